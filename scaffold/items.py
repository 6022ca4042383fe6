"""The items of a section (criteria, deliverables, tests), in one list whatever form they are written in."""

import re
from collections.abc import Callable, Iterator, Sequence

from scaffold.markdown import Block, Document
from scaffold.model import Passage
from scaffold.parts import Part, dedented, marker_width, passage_of

_TICK = re.compile(r"^(?:\[[ xX]\][ \t]+)?(?:[✅☑✔☐⬜✓]\ufe0f?[ \t]*)?")
_TICKED = re.compile(r"^\s*[✅☑✔☐⬜✓]\ufe0f?[ \t]*\S")
_NUMBERED = re.compile(r"^\W*(?:[A-Za-z]+ ){0,2}[A-Za-z]?\d+(?:\.\d+)*[a-z]?\s*(?:[.:)–—-]|$)")
_NUMBER = re.compile(r"^\W*\d+(?:\.\d+)*[.:)]\s+")


def of_parts(document: Document, parts: Sequence[Part]) -> tuple[Passage, ...]:
    """Give the items of neighbouring parts, in order, each with the heading or label that it stands under.

    Numbered sub-headings (`### Test 1: …`) are the items where every sub-heading of the highest level is numbered.
    Otherwise the items of all lists are; without lists, table rows; without those, paragraphs.
    """
    readers: tuple[Callable[[Document, Sequence[Part]], Iterator[Passage | None]], ...]
    readers = (_of_headings, _of_lists, _of_tables, _of_paragraphs)
    for reader in readers:
        if found := tuple(passage for passage in reader(document, parts) if passage):
            return found
    return ()


def of_list(document: Document, block: Block, heading: str | None) -> Iterator[Passage]:
    """Yield the items of one list, nested lines included, without marker, box and tick."""
    for item in block.children:
        line = document.lines[item.first - 1]
        width = marker_width(line)
        rest = dedented(document, item.first + 1, item.last, width)
        text = _TICK.sub("", line[width:]) + ("\n" + rest if rest else "")
        if found := passage_of(text, item.first, heading):
            yield found


def _of_headings(document: Document, parts: Sequence[Part]) -> Iterator[Passage | None]:
    headings = [part for part in parts if 0 < part.level < 7]
    highest = min((part.level for part in headings), default=0)
    tops = [part for part in headings if part.level == highest and part.label]
    if len(tops) > 1 and all(_NUMBERED.match(part.label or "") for part in tops):
        for part in tops:
            yield passage_of(_NUMBER.sub("", part.label or ""), part.line, part.label)


def _of_lists(document: Document, parts: Sequence[Part]) -> Iterator[Passage | None]:
    for part in parts:
        for block in part.blocks:
            if block.kind == "list":
                yield from of_list(document, block, part.label)
            elif block.kind == "paragraph":
                yield from _ticked(document, block, part.label)


def _ticked(document: Document, block: Block, heading: str | None) -> Iterator[Passage | None]:
    """Yield the lines of a paragraph that is a list to the eye: each line begins with a tick or an empty box."""
    lines = document.lines[block.first - 1 : block.last]
    if all(_TICKED.match(line) for line in lines):
        for number, line in enumerate(lines, block.first):
            yield passage_of(_TICK.sub("", line.lstrip()), number, heading)


def _of_tables(document: Document, parts: Sequence[Part]) -> Iterator[Passage | None]:
    for part in parts:
        for block in part.blocks:
            if block.kind == "table":
                for number in range(block.first + 2, block.last + 1):
                    yield passage_of(document.lines[number - 1].strip().strip("|").strip(), number, part.label)


def _of_paragraphs(document: Document, parts: Sequence[Part]) -> Iterator[Passage | None]:
    for part in parts:
        if part.rest:
            yield passage_of(part.rest, part.line, part.label)
        for block in part.blocks:
            if block.kind == "paragraph":
                yield passage_of(document.text(block.first, block.last), block.first, part.label)


def without_tick(text: str) -> str:
    """Drop a task box and a tick from the beginning of an item."""
    return _TICK.sub("", text)
