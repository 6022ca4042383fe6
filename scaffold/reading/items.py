"""The items of a section (criteria, deliverables, tests), in one list whatever form they are written in."""

import re
from collections.abc import Callable, Iterator, Sequence

from scaffold.model import Passage
from scaffold.reading.markdown import Block, Document
from scaffold.reading.parts import Part, dedented, marker_width, passage_of

_TICK = re.compile(r"^(?:\[[ xX~/>!?*+-]\][ \t]+)?(?:[✅☑✔☐⬜✓]\ufe0f?[ \t]*)?")
_TICKED = re.compile(r"^\s*[✅☑✔☐⬜✓]\ufe0f?[ \t]*\S")
_NOTHING = re.compile(r"^[*_]*(?:None|N/A|n/a)[*_]*\s*(?:$|[-–—(.,;:])")
_NUMBERED = re.compile(r"^\W*(?:[A-Za-z]+ ){0,2}[A-Za-z]?\d+(?:\.\d+)*[a-z]?\s*(?:[.:)–—-]|$)")
_NUMBER = re.compile(r"^\W*\d+(?:\.\d+)*[.:)]\s+")


def of_parts(document: Document, parts: Sequence[Part]) -> tuple[Passage, ...]:
    """Give the items of neighbouring parts, in order, each with the heading or label that it stands under.

    Numbered sub-headings or labels (`### Test 1: …`) are the items where all of the highest level are numbered.
    Otherwise the items of all lists are, but for those that say `None`; without lists, table rows; without those,
    paragraphs.
    """
    readers: tuple[Callable[[Document, Sequence[Part]], Iterator[Passage | None]], ...]
    readers = (_of_numbered, _of_lists, _of_tables, _of_paragraphs)
    for reader in readers:
        if found := tuple(passage for passage in reader(document, parts) if passage):
            return found
    return ()


def of_lists(document: Document, parts: Sequence[Part]) -> tuple[Passage, ...]:
    """Give the items of the lists in these parts, and nothing else."""
    return tuple(passage for passage in _of_lists(document, parts) if passage)


def of_list(document: Document, block: Block, heading: str | None) -> Iterator[Passage]:
    """Yield the items of one list, nested lines included, without marker, box and tick."""
    for item in block.children:
        line = document.lines[item.first - 1]
        width = marker_width(line)
        rest = dedented(document, item.first + 1, item.last, width)
        text = _TICK.sub("", line[width:]) + ("\n" + rest if rest else "")
        found = passage_of(text, item.first, heading)
        if found and not _NOTHING.match(found.text):
            yield found


def _of_numbered(document: Document, parts: Sequence[Part]) -> Iterator[Passage | None]:
    """Yield the highest sub-headings, or else the labels, if there are several and all are numbered."""
    headings = [part for part in parts if 0 < part.level < 7]
    highest = min((part.level for part in headings), default=7)
    labels = [part for part in parts if part.level == 7]
    for tops in ([part for part in headings if part.level == highest], labels):
        if len(tops) > 1 and all(_NUMBERED.match(part.label or "") for part in tops):
            for part in tops:
                yield passage_of(_numberless(part.label or "", part.rest), part.line, part.label)
            return


def _numberless(label: str, rest: str) -> str:
    """Drop a bare number from a label: `2. Reader` is `Reader`; the text behind a mere `Test 1` is the item."""
    text = _NUMBER.sub("", label)
    return rest if rest and text[-1:].isdigit() else text


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
