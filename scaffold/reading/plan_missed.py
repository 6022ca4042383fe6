"""Headings of a PLAN that look like achievements to people, and are not taken: named, so that nobody misses them."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from scaffold.reading import plan_fields
from scaffold.reading.markdown import Block, Document, as_written
from scaffold.reading.parts import marker_width
from scaffold.reading.plan_places import Candidate, walk, where
from scaffold.reading.titles import designation
from scaffold.reading.vocabulary import Vocabulary

_LONGEST = 400
_SHOWN = 60
_ODD_ID = re.compile(
    r"^[^\w`\[]*(?:\[.\]\W*)?(?P<said>(?i:achievement)[\s#*_]+(?P<id>(?=\w*\d)\w[\w.]*))(?:[*_]*\s*(?:[:–—]|-\s|$)|[*_]+$)"
)
_TAG = re.compile(r"<[^<>]*>")
_FEW = 1
_RICH = 2
"""A heading with a bare id is worth naming from this number of fields on, from fewer where there is no achievement."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A line that was not taken: its number, what it says, and the heading above it, as written."""

    line: int
    text: str
    section: str | None


def find(
    document: Document, last: int, taken: Collection[str], vocabulary: Vocabulary
) -> Iterator[tuple[int, str, str]]:
    """Yield (line, message, hint) for what up to line `last` looks like an achievement and is none of those `taken`.

    Headings with a bare id make one finding: where there are some, a whole PLAN is written so.
    """
    bare: list[Missed] = []
    for block, above, end in walk(document, last):
        if where(above) == "report":
            continue
        section = above[-1][0].written if above else None
        if block.kind == "html":
            yield from _in_html(document, block, taken)
        elif block.kind in ("heading", "paragraph"):
            yield from _odd_ids(document, block)
            bare += _bare(document, block, section, end, taken, vocabulary) if block.kind == "heading" else ()
    if bare:
        yield _of_bare(bare)


def _odd_ids(document: Document, block: Block) -> Iterator[tuple[int, str, str]]:
    """Yield the headings and labels with the word Achievement and something that is no id: `Achievement 1.4b`."""
    for line in range(block.first, block.last + 1):
        text = document.lines[line - 1]
        text = text[marker_width(text) :].strip()
        is_label = block.kind == "heading" or text.startswith(("**", "__"))
        if is_label and len(text) <= _LONGEST and not designation(text) and (found := _ODD_ID.match(text.lstrip("#"))):
            said = " ".join(found["said"].replace("*", "").split())
            message = f"`{said}` is not taken as an achievement: its id is not numbers joined by dots"
            yield line, message, "give it an id such as 1.4 or 1.4.2, here and where it is named"


def _in_html(document: Document, block: Block, taken: Collection[str]) -> Iterator[tuple[int, str, str]]:
    """Yield the achievements in a block of HTML, which no reader of Markdown takes for headings; comments are quiet."""
    if document.lines[block.first - 1].lstrip().startswith("<!--"):
        return
    for line in range(block.first, block.last + 1):
        text = _TAG.sub("", document.lines[line - 1]).strip()
        found = designation(text)
        if found and found.named and found.joined and found.id not in taken:
            message = f"`{_short(text)}` is not taken as an achievement: it stands inside HTML"
            yield line, message, "put a blank line above it, and write it as a heading '### Achievement 1.1: Title'"


def _bare(
    document: Document, block: Block, section: str | None, last: int, taken: Collection[str], vocabulary: Vocabulary
) -> Iterator[Missed]:
    """Yield a heading whose id stands without the word Achievement, if its section reads like an achievement."""
    found = designation(as_written(document.lines[block.first - 1]))
    if found and not found.named and found.id not in taken:
        first = block.last + 1
        body = Candidate(found, "heading", "elsewhere", block.first, first, last, document.between(first, last))
        if plan_fields.read(document, body, vocabulary).count >= (_RICH if taken else _FEW):
            yield Missed(block.first, document.lines[block.first - 1].strip(), section)


def _of_bare(bare: list[Missed]) -> tuple[int, str, str]:
    first = bare[0]
    place = f" under `{_short(first.section)}`" if first.section else ""
    more = f", nor are {len(bare) - 1} more such headings" if len(bare) > 2 else ""
    more = f", nor is `{_short(bare[1].text)}`" if len(bare) == 2 else more
    message = f"`{_short(first.text)}`{place} is not taken as an achievement{more}"
    return first.line, message, "put them below '## Achievements', or begin them with 'Achievement 1.1: Title'"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
