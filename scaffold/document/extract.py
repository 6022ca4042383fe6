"""Stretches of several files in one text of at most so many characters, which names what it had to leave out."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scaffold.lazy.values import frozen
from scaffold.names import printable

_SHARE = 4
"""The names of what is left out may take a fourth of the room from the excerpts, and what these leave free."""

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


def fitted(
    head: str, excerpts: Sequence[Excerpt], limit: int, more: str, unread: Sequence[LeftOut] = (), note: str = ""
) -> Extract:
    """Return a text of at most `limit` characters: `head`, and of the excerpts as much as has room, the first first.

    An excerpt without room for all its lines has the first of them. `unread` is left out in any case, and so is what
    `note` says, if anything; `more` is what to do to see more. What is left out is named at the end, as much of it as
    has room; the end is never cut. Where not even the head has room, the head is.
    """
    given = [
        Excerpt(each.heading, each.path, tuple((at, printable(line.expandtabs(_TAB))) for at, line in each.lines))
        for each in excerpts
        if each.lines
    ]
    ending = _Ending(more, note, len(unread))
    whole = _body(head, given, [len(each.lines) for each in given])
    whole += ending.text(unread, limit - len(whole))
    if len(whole) <= limit:
        return Extract(whole, tuple(unread))
    kept = [0] * len(given)
    reserved = limit // _SHARE + len(more) + len(note)

    def fits(at: int, count: int) -> bool:
        tried = [*kept[:at], count, *kept[at + 1 :]]
        left_out = tuple(_left_out(given, tried, unread))
        return len(_body(head, given, tried)) + len(ending.text(left_out, reserved)) <= limit

    for at, each in enumerate(given):
        fewest, most = 0, len(each.lines)
        if fits(at, most):
            kept[at] = most
            continue
        while fewest < most - 1:  # fewest has room, most has not
            middle = (fewest + most) // 2
            fewest, most = (middle, most) if fits(at, middle) else (fewest, middle)
        kept[at] = fewest
    left_out = tuple(_left_out(given, kept, unread))
    body = _body(head, given, kept)
    end = ending.text(left_out, limit - len(body))[:limit]
    return Extract(body[: limit - len(end)] + end, left_out)


class _Ending(NamedTuple):
    """What the end of a text says of what is left out."""

    more: str
    note: str
    unread: int

    def text(self, left_out: Sequence[LeftOut], room: int) -> str:
        """Return the lines of the end: of the files as many as have room, then how many others there are."""
        named = [f"left out: {printable(each)}\n" for each in _by_file(left_out)]
        last = f"left out: {printable(self.note)}\n" if self.note else ""
        last += f"For more: {self.more}\n" if len(left_out) > self.unread else ""
        if not named and not last:
            return ""
        best, length = 0, 1 + len(last)
        for count, line in enumerate(named, 1):
            length += len(line)
            if length > room:
                break
            if length + len(_others(len(named) - count)) <= room:
                best = count
        return f"\n{''.join(named[:best])}{_others(len(named) - best)}{last}"


def _others(count: int) -> str:
    return f"left out: {count} more {'file' if count == 1 else 'files'}\n" if count else ""


def _by_file(left_out: Sequence[LeftOut]) -> list[str]:
    """Name what is left out, each file once: `execution/….md: lines 80-140, 150`; a file as a whole by its path."""
    stretches: dict[str, list[str]] = {}
    for each in left_out:
        known = stretches.setdefault(each.path, [])
        if each.first and each.last:
            known.append(str(each.first) if each.first == each.last else f"{each.first}-{each.last}")
    return [f"{path}: {_numbered(known)}" if known else path for path, known in stretches.items()]


def _numbered(stretches: Sequence[str]) -> str:
    is_single = len(stretches) == 1 and "-" not in stretches[0]
    return f"{'line' if is_single else 'lines'} {', '.join(stretches)}"


def _body(head: str, given: Sequence[Excerpt], kept: Sequence[int]) -> str:
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
    return "".join(text)


def _left_out(given: Sequence[Excerpt], kept: Sequence[int], unread: Sequence[LeftOut]) -> Iterator[LeftOut]:
    for each, count in zip(given, kept, strict=True):
        if count < len(each.lines):
            yield LeftOut(each.path, each.lines[count][0], each.lines[-1][0])
    yield from unread


def _lines(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first}-{last}"
