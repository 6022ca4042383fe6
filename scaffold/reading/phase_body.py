"""What the body of a phase says: its goal, its steps, how to check them, and its time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scaffold.model import Passage
from scaffold.reading import items
from scaffold.reading.landmarks import is_file_label
from scaffold.reading.markdown import Document
from scaffold.reading.outline import Outline
from scaffold.reading.parts import Part, dedented, passage_of, says_something
from scaffold.reading.titles import numbered_title, phase_title
from scaffold.reading.vocabulary import Vocabulary


_TIERS = frozenset({"optional", "mandatory"})
_OWN_LABELS = frozenset({"goal", "steps", "verification"})
"""Marks of labels that say nothing beside what stands under them."""


@dataclass(frozen=True, slots=True)
class Body:
    """What stands under the title of a phase."""

    time: str | None
    goal: Passage | None
    steps: tuple[Passage, ...]
    verification: tuple[Passage, ...]
    notes: tuple[Passage, ...]


def read_body(outline: Outline, parts: Sequence[Part], indent: int = 0) -> Body:
    """Read the parts of a phase, whose lines are indented by up to `indent` blanks.

    The first part is what stands under the title itself; text on the title's line is the goal if nothing else is.
    """
    marked = [one for part in parts for one in _sentence_apart(outline, part)]
    goals = [part.passage(outline.document, indent) for mark, part in marked if mark == "goal"]
    times = [part.rest for mark, part in marked if mark == "time" and part.rest]
    head = parts[0] if parts and parts[0].level == 0 else None
    intro = Passage(head.rest, head.line, head.label) if head and head.rest else None
    checked = [part for mark, part in marked if mark == "verification"]
    goal = next((goal for goal in goals if goal), intro)
    steps = _steps(outline, marked, indent)
    verification = tuple(check for part in checked for check in items.of_parts(outline.document, [part]))
    taken = {
        line for one in (goal, *steps, *verification) if one for line in range(one.line, max(one.line, one.last) + 1)
    }
    notes = _notes(outline, [part for part in parts if _mark(part, outline.vocabulary) != "time"], taken, indent)
    return Body(next(iter(times), None), goal, steps, verification, tuple(notes))


def _notes(outline: Outline, parts: Sequence[Part], taken: set[int], indent: int) -> Iterator[Passage]:
    """Yield what is in the parts of a phase beside the lines that are `taken`, in stretches.

    A label or heading whose text is taken says nothing by itself.
    """
    document = outline.document
    for part in parts:
        first = part.line if part.level else part.first
        free = [number for number in range(first, part.last + 1) if number not in taken]
        for run in _runs(free):
            begin, end = document.trim(run[0], run[-1])
            is_mere_label = part.level and begin == part.line and not part.rest
            if is_mere_label and (_mark(part, outline.vocabulary) in _OWN_LABELS or begin == end):
                begin, end = document.trim(begin + 1, end)
            text = dedented(document, begin, end, indent)
            if begin <= end and says_something(text) and any(map(str.isalnum, text)):
                yield Passage(text, begin, part.label)


def _runs(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the stretches of numbers that follow each other."""
    start = 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or numbers[at] != numbers[at - 1] + 1:
            yield numbers[start:at]
            start = at


def _sentence_apart(outline: Outline, part: Part) -> Iterator[tuple[str, Part]]:
    """Yield a part with its mark. A goal or aside in words ends with them: the list that follows is the phase's own."""
    mark = _mark(part, outline.vocabulary)
    listed = next((block for block in part.blocks if block.kind != "paragraph"), None)
    if mark not in ("goal", "aside") or not listed or not (part.rest or part.blocks[0].kind == "paragraph"):
        yield mark, part
        return
    first, last = outline.document.trim(part.first, listed.first - 1)
    yield mark, replace(part, first=first, last=last, blocks=())
    blocks = tuple(block for block in part.blocks if block.first >= listed.first)
    yield "body", Part(None, 0, listed.first, listed.first, part.last, blocks)


def _mark(part: Part, vocabulary: Vocabulary) -> str:
    """Say what a part of a phase is: `body`, `time`, one of the vocabulary's marks, `numbered`, or empty."""
    if part.level == 0:
        return "body"
    if vocabulary.field_of(part.key) == "estimated_time":
        return "time"
    if part.key.startswith("why "):
        return "aside"
    label = part.label or ""
    if is_file_label(part.key):
        return "output"
    mark = vocabulary.mark_of(part.key)
    if mark and mark not in _TIERS:
        return mark
    return "numbered" if phase_title(label, vocabulary) or numbered_title(label) else ""


def _steps(outline: Outline, marked: Sequence[tuple[str, Part]], indent: int) -> tuple[Passage, ...]:
    """Give the steps of a phase.

    They are the items under its labels for steps; without these the numbered labels or sub-headings, each with what
    follows it; without these its list items, and what other labels introduce, each label as one step. A phase that
    has only words or code is one step.
    """
    document = outline.document
    explicit = [part for mark, part in marked if mark == "steps"]
    if found := tuple(step for part in explicit for step in items.of_parts(document, [part])):
        return found
    if any(mark == "numbered" for mark, _ in marked):
        return tuple(_numbered_blocks(document, marked, indent))
    loose = [("body" if mark == "body" else "", part) for mark, part in marked if mark in ("body", "cases", "")]
    if found := tuple(step for mark, part in loose for step in _loose_steps(document, mark, part, indent)):
        return found
    passages = (replace(part, rest="").passage(document, indent) for _, part in loose)
    return tuple(passage for passage in passages if passage)


def _numbered_blocks(document: Document, marked: Sequence[tuple[str, Part]], indent: int) -> Iterator[Passage]:
    """Yield each numbered label with everything up to the next one, or to a goal, a check or an aside."""
    begun: Part | None = None
    last = 0
    for mark, part in [*marked, ("numbered", None)]:
        if mark == "" and begun and part:
            last = part.last
            continue
        if begun and (step := _block(document, begun, last, indent)):
            yield step
        begun = part if mark == "numbered" else None
        last = part.last if part else 0


def _block(document: Document, part: Part, last: int, indent: int) -> Passage | None:
    """Give a label or heading with the lines under it, up to `last`, as one passage."""
    line = document.lines[part.line - 1]
    text = part.label or "" if 0 < part.level < 7 else line.lstrip()
    rest = dedented(document, part.line + 1, max(last, part.line), indent)
    return passage_of(f"{text}\n{rest}" if rest else text, part.line, None)


def _loose_steps(document: Document, mark: str, part: Part, indent: int) -> Iterator[Passage]:
    """Yield the steps in a part that no label calls steps."""
    if mark == "":
        if step := _block(document, part, part.last, indent):
            yield step
        return
    for block in part.blocks:
        if block.kind == "list":
            yield from items.of_list(document, block, part.label)
