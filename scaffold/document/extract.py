"""Stretches of several files in one text of at most so many characters, which names what it had to leave out."""

from collections.abc import Iterator, Sequence

from scaffold.lazy.values import frozen
from scaffold.names import printable

_NAMED = 8
"""How many of the stretches that are left out the text names; programs get all."""

_TAB = 4


@frozen
class Excerpt:
    """Lines of a file, each with its 1-based number, under a heading; `path` is POSIX and relative to the plan."""

    heading: str
    path: str
    lines: tuple[tuple[int, str], ...]


@frozen
class LeftOut:
    """Lines of a file that had no room; `first` and `last` are None where nobody has looked into the file."""

    path: str
    first: int | None = None
    last: int | None = None

    @property
    def in_words(self) -> str:
        """Name the place: `lines 80-140 of execution/….md`."""
        return f"{_lines(self.first, self.last)} of {self.path}" if self.first and self.last else self.path


@frozen
class Extract:
    """The text, and what it leaves out, in the order of the excerpts."""

    text: str
    left_out: tuple[LeftOut, ...]


def excerpt(heading: str, path: str, text: str, first: int = 1) -> Excerpt:
    """Return an excerpt of a text, the first line of which is line `first`, without blank lines at its ends."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), first)]
    while lines and not lines[-1][1].strip():
        lines.pop()
    while lines and not lines[0][1].strip():
        lines.pop(0)
    return Excerpt(heading, path, tuple(lines))


def fitted(head: str, excerpts: Sequence[Excerpt], limit: int, more: str, unread: Sequence[LeftOut] = ()) -> Extract:
    """Return a text of at most `limit` characters: `head`, and of the excerpts as much as has room, the first first.

    An excerpt without room for all its lines has the first of them. `unread` is left out in any case; `more` is what to
    do to see more. Where not even the head has room, it is cut.
    """
    given = [
        Excerpt(each.heading, each.path, tuple((at, printable(line.expandtabs(_TAB))) for at, line in each.lines))
        for each in excerpts
        if each.lines
    ]
    kept = [0] * len(given)

    def fits(at: int, count: int) -> bool:
        return len(_laid_out(head, given, [*kept[:at], count, *kept[at + 1 :]], more, unread)) <= limit

    for at, each in enumerate(given):
        fewest, most = 0, len(each.lines)
        if fits(at, most):
            kept[at] = most
            continue
        while fewest < most - 1:  # fewest has room, most has not
            middle = (fewest + most) // 2
            fewest, most = (middle, most) if fits(at, middle) else (fewest, middle)
        kept[at] = fewest
    return Extract(_laid_out(head, given, kept, more, unread)[:limit], tuple(_left_out(given, kept, unread)))


def _laid_out(head: str, given: Sequence[Excerpt], kept: Sequence[int], more: str, unread: Sequence[LeftOut]) -> str:
    text = [head]
    heading = ""
    for each, count in zip(given, kept, strict=True):
        if not count:
            continue
        if each.heading != heading:
            text.append(f"\n==> {each.heading} <==\n")
            heading = each.heading
        text.append(f"\n{each.path}, {_lines(each.lines[0][0], each.lines[count - 1][0])}:\n\n")
        text += [f"{line}\n" for _, line in each.lines[:count]]
    left_out = [each.in_words for each in _left_out(given, kept, unread)]
    if left_out:
        text.append("\n")
        text += [f"left out: {printable(words)}\n" for words in left_out[:_NAMED]]
        others = len(left_out) - _NAMED
        text += [f"left out: {others} more stretches\n"] if others > 0 else []
        text += [f"For more: {more}\n"] if len(left_out) > len(unread) else []
    return "".join(text)


def _left_out(given: Sequence[Excerpt], kept: Sequence[int], unread: Sequence[LeftOut]) -> Iterator[LeftOut]:
    for each, count in zip(given, kept, strict=True):
        if count < len(each.lines):
            yield LeftOut(each.path, each.lines[count][0], each.lines[-1][0])
    yield from unread


def _lines(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first}-{last}"
