"""The places of a PLAN where an achievement may be defined: a heading, a label or a list item that begins with its id.

Where a place stands decides what it is worth. Sections about achievements define them; sections about progress (index,
log, tracking, status, history, …) only report on them, whatever they say.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Literal

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen, replace
from scaffold.reading.markdown import Block, Document, Section, as_written, sections
from scaffold.reading.parts import marker_width
from scaffold.reading.titles import Designation, designation
from scaffold.reading.vocabulary import key

Kind = Literal["heading", "label", "item"]
Where = Literal["achievements", "report", "elsewhere"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_REPORTS = _words(
    "status progress log logs tracking tracker index summary summaries history handoff archive archived archiving "
    "completed complete completion done closed statistics stats changelog retrospective recap learnings"
)
"""Words for what has happened to achievements that are defined elsewhere."""

_NEUTRAL = _words(
    "achievement achievements subplan subplans execution executions task tasks plan plans project overall current "
    "active our the this of for by and to per all up key when time work quick location final updates"
)
"""Words that may stand beside those: a heading with any other word has a subject of its own."""

_ADDED = _words("added addition additions additional new")
_WORD = regex(r"[a-z]+")
_PHASE = regex(r"(?:phase|milestone|stage|sprint|iteration|part|epic|release|week)\s+#?(?P<number>\d+)\b")


@frozen
class Candidate:
    """A place that may define an achievement.

    Its body is the lines `first` to `last`, with the blocks that begin there. `indent` is how far a list item's text
    is indented.
    """

    designation: Designation
    kind: Kind
    where: Where
    line: int
    first: int
    last: int
    blocks: tuple[Block, ...]
    indent: int = 0


@frozen
class _Start:
    """Where a candidate begins; `above` are the lines of the headings over it, `end` the last line it may have.

    `in_phase`: the heading over it has the first number of the id: `### 2.1 Title` below `## Phase 2: Build`.
    """

    designation: Designation
    kind: Kind
    where: Where
    block: Block
    line: int
    end: int
    above: tuple[int, ...]
    in_phase: bool = False


def find(document: Document, last: int) -> tuple[Candidate, ...]:
    """Return the candidates of a document up to line `last`, in order.

    Ids without the word Achievement count only in sections about achievements of a document that never uses the word
    there; in a document that has neither, headings count that number what is below a numbered phase. A list item in the
    body of a heading or label is a mention.
    """
    starts = list(_starts(document, last))
    words = any(start.designation.named and start.where == "achievements" for start in starts)
    kept = [start for start in starts if start.designation.named or (start.where == "achievements" and not words)]
    kept = kept or [replace(start, where="achievements") for start in starts if start.in_phase]
    tops = [start for start in kept if start.kind != "item"]
    bodies = [_body(document, start, later) for start, later in zip_longest(tops, tops[1:])]
    begins = [body.line for body in bodies]
    items = (_item(document, start) for start in kept if start.kind == "item")
    free = [item for item in items if not (at := bisect_left(begins, item.line)) or bodies[at - 1].last < item.line]
    return tuple(sorted((*bodies, *free), key=lambda place: place.line))


def _starts(document: Document, last: int) -> Iterator[_Start]:
    """Yield every place that begins with an id, with the headings above it."""
    for block, above, end in walk(document, last):
        if block.kind == "heading":
            yield from _of_heading(document, block, above, end)
        elif block.kind in ("paragraph", "list"):
            yield from _of_text(document, block, above, end)


def walk(document: Document, last: int) -> Iterator[tuple[Block, tuple[tuple[Section, Where], ...], int]]:
    """Yield the blocks up to line `last`, each with the sections it is in and the last line that its own may have.

    The document's title is no section here. A heading's own section ends where the heading's text does.
    """
    headings = sections(document, last)
    title = headings[0].line if headings and headings[0].level == 1 else 0
    above: tuple[tuple[Section, Where], ...] = ()
    by_line = {section.line: section for section in headings}
    for block in document.between(1, last):
        if block.kind == "heading":
            section = by_line[block.first]
            above = tuple(outer for outer in above if outer[0].level < section.level)
            yield block, above, section.last
            if block.first != title:
                above = (*above, (section, _subject(section.title)))
        else:
            yield block, above, above[-1][0].last if above else last


def _of_heading(document: Document, block: Block, above: Sequence[tuple[Section, Where]], end: int) -> Iterator[_Start]:
    named = designation(as_written(document.lines[block.first - 1]))
    if named:
        in_phase = where(above) != "report" and bool(above) and _is_phase_of(above[-1][0].title, named.id)
        yield _Start(named, "heading", where(above), block, block.first, end, _lines(above), in_phase)


def _is_phase_of(title: str, achievement_id: str) -> bool:
    """Whether a heading is the phase that an id belongs to: `Phase 2: Build` that of 2.1."""
    found = _PHASE.match(key(title))
    return found is not None and found["number"] == achievement_id.partition(".")[0]


def _of_text(document: Document, block: Block, above: Sequence[tuple[Section, Where]], end: int) -> Iterator[_Start]:
    """Yield the lines of a paragraph and the items of a list that begin with an id as a label does."""
    inside = where(above)
    kind: Kind = "item" if block.kind == "list" else "label"
    for named, place, line in _designated(document, block):
        plain = named.named and named.title and (inside != "elsewhere" or (kind == "item" and place.last > line))
        if named.bold or plain:
            yield _Start(named, kind, inside, place, line, end, _lines(above))


def _designated(document: Document, block: Block) -> Iterator[tuple[Designation, Block, int]]:
    """Yield the lines of a paragraph that name an achievement, or the outermost items of a list, at any depth."""
    if block.kind == "paragraph":
        for line in range(block.first, block.last + 1):
            if (found := designation(document.lines[line - 1])) and found.joined:
                yield found, block, line
    waiting = [block] if block.kind == "list" else []
    while waiting:
        current = waiting.pop()
        found = designation(document.lines[current.first - 1]) if current.kind == "item" else None
        if found and found.joined:
            yield found, current, current.first
        else:
            waiting.extend(reversed([child for child in current.children if child.kind in ("list", "item")]))


def where(above: Sequence[tuple[Section, Where]]) -> Where:
    """Return what the sections that something is in make of the ids there."""
    subjects = {subject for _, subject in above}
    return next((subject for subject in ("report", "achievements") if subject in subjects), "elsewhere")


def _lines(above: Sequence[tuple[Section, Where]]) -> tuple[int, ...]:
    return tuple(section.line for section, _ in above)


def _subject(title: str) -> Where:
    """Return what a section's heading makes of the ids below it."""
    words = _WORD.findall(key(title))
    if not words:
        return "elsewhere"
    if "achievements" in (words[0], words[-1]) or (words[0] == "achievement" and _ADDED & set(words)):
        rest = set(words) - _NEUTRAL
        return "report" if rest & _REPORTS and not _ADDED & rest else "achievements"
    return "report" if _REPORTS & set(words) and set(words) <= _REPORTS | _NEUTRAL else "elsewhere"


def _body(document: Document, start: _Start, later: _Start | None) -> Candidate:
    """Return the body of a heading or label: up to the next one, to the headings above that, or to a rule."""
    last = start.end
    if later and later.line <= last:
        last = min(line for line in (*later.above, later.line) if line > start.line) - 1
    first = start.line + 1
    last = _rule(document, first, last)
    first, last = document.trim(first, last)
    blocks = document.between(first, last)
    if start.kind == "label" and start.block.last > start.line and start.line < first <= start.block.last:
        rest = Block("paragraph", first, min(start.block.last, last))  # the lines of the paragraph below the label's
        blocks = (rest, *blocks)
    return Candidate(start.designation, start.kind, start.where, start.line, first, last, blocks)


def _rule(document: Document, first: int, last: int) -> int:
    """Return the line before the first `---` that ends a body: one that no lower heading follows."""
    blocks = document.between(first, last)
    for block, after in zip_longest(blocks, blocks[1:]):
        if block.kind == "rule" and not (after and after.kind == "heading"):
            return block.first - 1
    return last


def text_of(item: Block) -> tuple[int, tuple[Block, ...]]:
    """Return the last line of the text that a list item begins with, and the blocks behind it.

    In a list without blank lines that text is no block of its own.
    """
    own = item.children[:1]
    if own and own[0].kind == "paragraph" and own[0].first == item.first:
        return own[0].last, item.children[1:]
    return (max(own[0].first - 1, item.first) if own else item.last), item.children


def _item(document: Document, start: _Start) -> Candidate:
    """Return a list item as a candidate: its body is what stands below its first line."""
    line = start.line
    text_last, blocks = text_of(start.block)
    if text_last > line:
        blocks = (Block("paragraph", line + 1, text_last), *blocks)
    first, last = document.trim(line + 1, start.block.last)
    indent = marker_width(document.lines[line - 1])
    return Candidate(start.designation, "item", start.where, line, first, last, blocks, indent)
