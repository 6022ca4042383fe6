"""Headings of a PLAN that look like achievements to people, and are not taken: named, so that nobody misses them."""

from collections.abc import Collection, Iterator, Sequence

from scaffold.errors import Code
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.names import agreed, counted, is_achievement_id
from scaffold.reading import plan_fields, titles
from scaffold.reading.markdown import Block, Document, as_written, code_lines, is_fold
from scaffold.reading.parts import BOX, marker_width
from scaffold.reading.plan_places import Candidate, walk, where
from scaffold.reading.titles import designation
from scaffold.reading.vocabulary import Vocabulary

Missed = tuple[Code, int, str, str]
"""The code, line, message and hint of something that was not taken."""

_LONGEST = 400
_SHOWN = 60
_ODD_ID = regex(
    rf"^[^\w`\[]*(?:{BOX}\W*)?(?i:achievement)[\s#*_]+(?P<id>(?=\w*\d)\w[\w.]*)(?:[*_]*\s*(?:[:：–—]|-\s|$)|[*_]+$)"
)
_BOXED = regex(rf"^\s*[-*+]\s+{BOX}\s+\W*(?i:achievement)\s+#?(?P<id>[0-9]+(?:\.[0-9]+)+)(?=\s)")
_WORDED = regex(r"^[^\w`\[]*(?!(?i:achievements?)\b)[^\W\d_]+\s+#?[0-9]+(?:\.[0-9]+)+(?=[\s:：–—*_-]|$)")
"""A heading with an id behind another word: `Milestone 1.1: Title`."""

_ROW = regex(r"^\s*\|?\s*(?:\*\*|`)?(?P<id>[0-9]+(?:\.[0-9]+)+)(?:\*\*|`)?(?=[\s|:])[^|]*\|")
_TAG = regex(r"<[^<>]*>")
_RICH = 2
"""A heading with a bare id is named from this number of fields on, or with a time; without any achievement, always."""


@frozen
class _Bare:
    """A heading with an id and without the word Achievement: its line, what it says, and the heading above it."""

    line: int
    text: str
    section: str | None


def find(
    document: Document, last: int, places: Sequence[Candidate], taken: Collection[str], vocabulary: Vocabulary
) -> Iterator[Missed]:
    """Yield what up to line `last` looks like an achievement and is none of those `taken`.

    `places` are those that begin with an id, or with what takes the place of one. Each odd id is named once, and
    headings with a bare id make one finding: where there are some, a whole PLAN is written so.
    """
    odd: dict[str, int] = {}
    bare, worded = list[_Bare](), list[_Bare]()
    in_places = {place.line for place in places if not is_achievement_id(place.designation.id)}
    for place in sorted(places, key=lambda place: place.where == "report"):
        if place.line in in_places:
            odd.setdefault(place.designation.id, place.line)
    for block, above, end in walk(document, last):
        if where(above) == "report" or block.kind not in ("heading", "paragraph"):
            continue
        for id_, line in _odd_ids(document, block):
            odd.setdefault(id_, line)
        if block.kind == "heading" and not taken and _WORDED.match(as_written(document.lines[block.first - 1])):
            section = above[-1][0].written if above else None
            worded.append(_Bare(block.first, document.lines[block.first - 1].strip(), section))
        if block.kind == "heading" and block.first not in in_places:
            bare += _bare(document, block, above[-1][0].written if above else None, end, taken, vocabulary)
    for id_, line in odd.items():
        message = f"achievement {id_} is not taken: an id is numbers joined by dots, such as 1.4 or 1.4.1"
        yield "id_not_taken", line, message, "number it so, here and wherever it is named"
    yield from _boxed(document, last, taken)
    yield from _in_html(document, last, taken)
    if bare:
        yield _of_bare(bare, "put them below '## Achievements', or begin them with 'Achievement 1.1: Title'")
    if worded:
        yield _of_bare(worded, "begin them with 'Achievement 1.1: Title'")
    if not (taken or bare or worded):
        yield from _in_tables(document, last)


def _odd_ids(document: Document, block: Block) -> Iterator[tuple[str, int]]:
    """Yield the ids of headings and labels with the word Achievement and something that is none: `Achievement A1`."""
    for line in range(block.first, block.last + 1):
        text = document.lines[line - 1]
        text = text[marker_width(text) :].strip()
        is_label = block.kind == "heading" or text.startswith(("**", "__"))
        if is_label and len(text) <= _LONGEST and not designation(text) and (found := _ODD_ID.match(text.lstrip("#"))):
            yield found["id"], line


def _boxed(document: Document, last: int, taken: Collection[str]) -> Iterator[Missed]:
    """Yield the first task with an achievement's id and no colon behind it, and how many more there are."""
    code = code_lines(document)
    lines = [
        (at, line)
        for at, line in enumerate(document.lines[:last], 1)
        if (found := _BOXED.match(line)) and found["id"] not in taken and at not in code
    ]
    if lines:
        (at, line), more = lines[0], len(lines) - 1
        others = f", nor {agreed(more, 'is', 'are')} {counted(more, 'other item')}" if more else ""
        message = f"`{_short(line.strip())}` is not taken as an achievement{others}"
        yield "heading_not_taken", at, message, "put a colon behind the id: '- [ ] Achievement 1.1: Title'"


def _in_html(document: Document, last: int, taken: Collection[str]) -> Iterator[Missed]:
    """Yield the achievements in HTML, which no reader of Markdown takes for headings; comments are quiet."""
    code = code_lines(document)
    lines = {at for at, line in enumerate(document.lines[:last], 1) if is_fold(line) and at not in code}
    for block in document.between(1, last):
        if block.kind == "html" and not document.lines[block.first - 1].lstrip().startswith("<!--"):
            lines.update(range(block.first, block.last + 1))
    for line in sorted(lines):
        text = _TAG.sub("", document.lines[line - 1]).strip()
        found = designation(text)
        if found and found.named and found.joined and found.id not in taken:
            message = f"`{_short(text)}` is not taken as an achievement: it stands inside HTML"
            hint = "put a blank line above it, and write it as a heading '### Achievement 1.1: Title'"
            yield "heading_not_taken", line, message, hint


def _bare(
    document: Document, block: Block, section: str | None, last: int, taken: Collection[str], vocabulary: Vocabulary
) -> Iterator[_Bare]:
    """Yield a heading whose id stands without the word Achievement, if its section reads like an achievement.

    Where the PLAN has no achievement, each of these headings may be one.
    """
    found = designation(as_written(document.lines[block.first - 1]))
    if found and not found.named and found.id not in taken:
        first = block.last + 1
        body = Candidate(found, "heading", "elsewhere", block.first, first, last, document.between(first, last))
        is_timed = titles.cleaned(as_written(document.lines[block.first - 1]))[1] is not None
        if not taken or is_timed or plan_fields.read(document, body, vocabulary).count >= _RICH:
            yield _Bare(block.first, document.lines[block.first - 1].strip(), section)


def _in_tables(document: Document, last: int) -> Iterator[Missed]:
    """Yield the first row of a table that begins with an id, and how many more there are."""
    rows = [
        (line, found["id"])
        for block in document.between(1, last)
        if block.kind == "table"
        for line in range(block.first, block.last + 1)
        if (found := _ROW.match(document.lines[line - 1])) and is_achievement_id(found["id"])
    ]
    if rows:
        (line, id_), more = rows[0], len(rows) - 1
        others = f", nor {agreed(more, 'is', 'are')} {counted(more, 'other row')}" if more else ""
        message = f"the row of {id_} in a table is not taken as an achievement{others}"
        yield "heading_not_taken", line, message, "give each a heading of its own: '### Achievement 1.1: Title'"


def _of_bare(bare: Sequence[_Bare], hint: str) -> Missed:
    first = bare[0]
    place = f" under `{_short(first.section)}`" if first.section else ""
    more = f", nor are {len(bare) - 1} more such headings" if len(bare) > 2 else ""
    more = f", nor is `{_short(bare[1].text)}`" if len(bare) == 2 else more
    message = f"`{_short(first.text)}`{place} is not taken as an achievement{more}"
    return "heading_not_taken", first.line, message, hint


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
