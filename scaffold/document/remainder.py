"""The map of the rest: the sections of a SUBPLAN that a document says nothing of, with their lines, in one line."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from scaffold.document.fields import one_line
from scaffold.document.shorten import WIDTH, as_code
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.reading.content import Passage, Stretch
from scaffold.reading.landmarks import landmarks

_LONGEST = 3 * WIDTH
"""Characters up to which files are named beside the sections that name them."""

_TITLE = 48
_SILENT = regex(
    r"\s*(?:[-=*_|: ]*|[`~]{3,}.*|(?:[-*+]|\d+[.)])?\s*(?:\*\*|__)?[^*_:]{1,60}(?:\*\*|__)?:(?:\*\*|__)?)\s*"
)
"""A line that says nothing by itself: a rule, a fence, a label or an announcement without what it announces."""

_ADORNED = regex(r"^[^\w`(\[]+|^(?:\d+[.)]\s+)")


@frozen
class _Entry:
    """A section or a part of one that a document says nothing of."""

    title: str
    first: int
    last: int
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """The entry as the map has it."""
        where = f"{self.first}-{self.last}" if self.last > self.first else f"{self.first}"
        return f"{self.title} {where}"


def remainder(stretches: Sequence[Stretch], shown: Iterable[Passage]) -> str | None:
    """Return the sections whose text lies on none of the lines of `shown`: `Files to Review 40-52 · Risks 216-233`.

    A section of which nothing is shown is named itself, otherwise the headings below it whose text is left out.
    """
    taken = {line for passage in shown for line in range(passage.line, passage.last + 1)}
    entries = [
        entry
        for section, group in groupby(stretches, key=lambda stretch: stretch.section)
        for entry in _entries(section, [*group], taken)
    ]
    if not entries:
        return None
    texts = [entry.text for entry in entries]
    room = _LONGEST - len(" · ".join(texts))
    for at, entry in enumerate(entries):
        if entry.names and len(said := f" ({', '.join(map(as_code, entry.names))})") <= room:
            texts[at] += said
            room -= len(said)
    return " · ".join(texts)


def _entries(section: str, stretches: Sequence[Stretch], taken: set[int]) -> Iterator[_Entry]:
    """Yield what is left of one section."""
    said = [(stretch, _telling(stretch)) for stretch in stretches]
    left = [(stretch, [line for line in lines if line not in taken]) for stretch, lines in said]
    if left == said and (lines := _all(left)):
        yield _entry(section, stretches[0].body.line, max(lines), "\n".join(stretch.body.text for stretch in stretches))
        return
    for stretch, lines in left:
        if lines:
            yield _entry(stretch.title, min(lines), max(lines), _text(stretch, lines))


def _entry(title: str, first: int, last: int, text: str) -> _Entry:
    return _Entry(one_line(_ADORNED.sub("", title), _TITLE) or "…", first, last, landmarks(text))


def _all(left: Sequence[tuple[Stretch, Sequence[int]]]) -> list[int]:
    return [line for _, lines in left for line in lines]


def _telling(stretch: Stretch) -> list[int]:
    """Return the lines of a stretch that say something."""
    lines = enumerate(stretch.body.text.split("\n"), stretch.body.line)
    return [number for number, line in lines if not _is_silent(line)]


def _is_silent(line: str) -> bool:
    text = line.strip()
    may_be = text[-1:] in "-=*_|:" or text[:1] in "`~"  # most lines end with a letter or a stop: these are seen at once
    return may_be and _SILENT.fullmatch(line) is not None


def _text(stretch: Stretch, lines: Sequence[int]) -> str:
    """Return the text of a stretch from the first of some lines to the last."""
    start = stretch.body.line
    return "\n".join(stretch.body.text.split("\n")[min(lines) - start : max(lines) - start + 1])
