"""Header lines: `**Name**: value` pairs at the head and foot of a document, in every form that people write them in."""

import re
from collections.abc import Iterator, Sequence

from scaffold.model import HeaderField, Passage
from scaffold.reading.markdown import Document, Section
from scaffold.reading.outline import Outline
from scaffold.reading.parts import label_of
from scaffold.reading.vocabulary import key

_PREFIX = re.compile(r"^[\s>]*(?:[-*+][ \t]+)?")
_SEVERAL = re.compile(r"(?<!\s)\s+[|•·]\s+(?=\*\*)")  # a run of blanks is tried from its first one only
_PLAIN = re.compile(r"^(?P<name>[A-Z][A-Za-z ]{2,30}):[ \t]+(?P<value>\S.*)$")
_ID = r"(?P<id>(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+)(?!\w|\.\w)"
_NAMED = re.compile(rf"(?i:\bachievements?)(?:\s*(?i:id))?[\s#:*_`\[]*{_ID}")
_LEADING = re.compile(rf"^[^\w]*{_ID}")
_TITLE = re.compile(r"^[^\w`\[]*(?i:SUBPLAN)\s*[:–—-]\s*")
_NUMBERED_TITLE = re.compile(r"^(?i:Achievement)\s+\d+(?:\.\d+)+\s*[:–—-]\s*(?=\S)")
_PLACEHOLDER = re.compile(r"\[[^\]]*\]\W*")


def read(outline: Outline, foot: int) -> tuple[HeaderField, ...]:
    """Return the header lines of the preamble, of a metadata section, and of the foot (from line `foot`), in order."""
    document = outline.document
    begin = outline.title.line + 1 if outline.title else 1
    end = min((place.section.line for place in outline.places), default=foot) - 1
    ranges = [(begin, end)]
    for place in outline.places:
        if outline.vocabulary.field_of(place.key) == "metadata" and not place.above:
            ranges.append((place.section.first, place.section.last))
    ranges.append((foot, len(document.lines)))
    known = frozenset[str]().union(*outline.vocabulary.keys("plan"), *outline.vocabulary.keys("achievement"))
    return tuple(found for first, last in ranges for found in _fields(document, first, last, known))


def foot_line(document: Document) -> int:
    """Return the line on which the foot begins: header lines after the last rule; one after the last line if none."""
    after = len(document.lines) + 1
    for block in reversed(document.blocks):
        if block.kind == "rule":
            return after
        lines = range(block.first, block.last + 1)
        if block.kind != "paragraph" or not all(label_of(document.lines[line - 1], line) for line in lines):
            break
        after = block.first
    return len(document.lines) + 1


def value_of(header: Sequence[HeaderField], keys: Sequence[frozenset[str]]) -> Passage | None:
    """Return the first value under one of the names, then under each synonym; a bare `[placeholder]` is no value."""
    for group in keys:
        for field in header:
            if key(field.name) in group and field.value and not _PLACEHOLDER.fullmatch(field.value):
                return Passage(field.value, field.line, field.name)
    return None


def achievements(header: Sequence[HeaderField], keys: Sequence[frozenset[str]]) -> tuple[Passage, ...]:
    """Return the achievement id of every header line that names one.

    A value names the id it begins with (`2.3 - Title`), or the one after the word Achievement.
    """
    names = frozenset[str]().union(*keys)
    found = ((field, _LEADING.match(field.value) or _NAMED.search(field.value)) for field in header)
    return tuple(
        Passage(match["id"], field.line, field.name) for field, match in found if match and key(field.name) in names
    )


def achievement(header: Sequence[HeaderField], keys: Sequence[frozenset[str]], title: Section | None) -> Passage | None:
    """Return the first achievement id that the header names, else the one that the title names."""
    if found := achievements(header, keys):
        return found[0]
    match = _NAMED.search(title.title) if title else None
    return Passage(match["id"], title.line, title.written) if title and match else None


def title(outline: Outline) -> Passage | None:
    """Return the document's title without `SUBPLAN:` and, where more follows, without `Achievement 2.3 -`."""
    if not outline.title:
        return None
    text = _TITLE.sub("", outline.title.written)
    text = _NUMBERED_TITLE.sub("", text)
    return Passage(text, outline.title.line, outline.title.written) if text else None


def _fields(document: Document, first: int, last: int, known: frozenset[str]) -> Iterator[HeaderField]:
    """Yield the header lines in a range of lines; without bold, only under names that are `known`."""
    for block in document.between(first, last):
        if block.kind in ("code", "html", "heading"):
            continue
        for number in range(block.first, block.last + 1):
            line = _PREFIX.sub("", document.lines[number - 1])
            if line.startswith("|"):
                yield from _row(line, number)
            for piece in _SEVERAL.split(line):
                yield from _pair(piece, number, known)


def _pair(text: str, number: int, known: frozenset[str]) -> Iterator[HeaderField]:
    """Yield the header field that a piece of a line is."""
    label = label_of(text, number)
    if label and label.label:
        yield HeaderField(label.label, label.rest, number)
    elif (plain := _PLAIN.match(text)) and key(plain["name"]) in known:
        yield HeaderField(plain["name"], plain["value"].rstrip(), number)


def _row(line: str, number: int) -> Iterator[HeaderField]:
    """Yield the header field that a table row of two cells is, emphasis off its name."""
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    if len(cells) == 2 and not set(cells[1]) <= set(":- "):
        name = cells[0].strip("*_ ").rstrip(":").strip("*_ ")
        if name:
            yield HeaderField(name, cells[1], number)
