"""How long a SUBPLAN says its work takes."""

from collections.abc import Iterator, Sequence
from itertools import chain

from scaffold.model import HeaderField, Passage
from scaffold.reading.durations import holds_time, is_time
from scaffold.reading.header import value_of
from scaffold.reading.outline import Outline
from scaffold.reading.parts import Part, label_of, marker_width


def read(
    outline: Outline, header: Sequence[HeaderField], section: Part | None, strategy: Part | None
) -> Passage | None:
    """Give the estimated time: from a header line, else from the total in a section for it, else from the strategy."""
    if found := value_of(header, outline.vocabulary.keys("estimated_time")):
        return found
    return next(chain(_labelled(outline, section), _labelled(outline, strategy), _whole(outline, section)), None)


def _labelled(outline: Outline, part: Part | None) -> Iterator[Passage]:
    """Yield the lines of a part that begin with `**Total**:` or one of the names, as labels or list items."""
    for number in range(part.first, part.last + 1) if part else ():
        line = outline.document.lines[number - 1]
        label = label_of(line[marker_width(line) :], number)
        if label and holds_time(label.rest) and _is_total(outline, label.key):
            yield Passage(label.rest, number, label.label)


def _is_total(outline: Outline, key: str) -> bool:
    return key == "total" or outline.vocabulary.field_of(key) == "estimated_time"


def _whole(outline: Outline, part: Part | None) -> Iterator[Passage]:
    """Yield the lines of a section that are nothing but a time."""
    if part and holds_time(part.rest):
        yield Passage(part.rest, part.line, part.label)
    for number in range(part.first, part.last + 1) if part else ():
        line = outline.document.lines[number - 1]
        text = line[marker_width(line) :].strip()
        if is_time(text.strip("*")):
            yield Passage(text, number, part.label if part else None)
