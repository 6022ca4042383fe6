"""What the body of a phase says: its goal, its steps, how to check them, and its time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scaffold.model import Passage
from scaffold.reading import items
from scaffold.reading.markdown import Document
from scaffold.reading.outline import Outline
from scaffold.reading.parts import Part, dedented, passage_of
from scaffold.reading.titles import numbered_title, phase_title
from scaffold.reading.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Body:
    """What stands under the title of a phase."""

    time: str | None
    goal: Passage | None
    steps: tuple[Passage, ...]
    verification: tuple[Passage, ...]


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
    return Body(
        time=next(iter(times), None),
        goal=next((goal for goal in goals if goal), intro),
        steps=_steps(outline, marked, indent),
        verification=tuple(check for part in checked for check in items.of_parts(outline.document, [part])),
    )


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
    if mark := vocabulary.mark_of(part.key):
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
