"""The phases of an approach, from headings, bold labels or numbered lists, and what the body of each says."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen, replace
from scaffold.reading import items
from scaffold.reading.content import Passage, Phase
from scaffold.reading.durations import is_time, without_time
from scaffold.reading.landmarks import is_file_label
from scaffold.reading.markdown import Block, Document, Section
from scaffold.reading.outline import Outline, part_of, parts_of
from scaffold.reading.parts import Part, dedented, label_of, marker_width, passage_of, says_something, split
from scaffold.reading.titles import PhaseTitle, numbered_title, phase_title
from scaffold.reading.vocabulary import Vocabulary

_OTHER_MATTERS = frozenset({"success_criteria", "deliverables", "tests", "elsewhere", "estimated_time"})
_TIERS = frozenset({"optional", "mandatory"})
_OWN_LABELS = frozenset({"goal", "steps", "verification"})
"""Marks of labels that say nothing beside what stands under them."""

_BOLD = regex(r"^(?:\*\*|__)(?P<bold>.+?)(?:\*\*|__)")


@frozen
class _Entry:
    """The first line of a list item: the title of a phase, its number only if it has one itself, and what follows it.

    `is_bold` says that the line begins with bold text, `is_phase` that it begins with a phase word and a number.
    """

    title: PhaseTitle
    rest: str
    is_bold: bool
    is_phase: bool


@frozen
class _Body:
    """What stands under the title of a phase."""

    time: str | None
    goal: Passage | None
    steps: tuple[Passage, ...]
    verification: tuple[Passage, ...]
    notes: tuple[Passage, ...]


def read(outline: Outline, approach: Part | None) -> tuple[Phase, ...]:
    """Return the phases of a document, in order; those inside the approach come before those elsewhere.

    `### Phase 1: …` headings and bold labels count wherever they are clear; headings with a bare number and numbered
    lists only in the approach.
    """
    inside = [
        place.section for place in outline.places if approach and approach.first <= place.section.line <= approach.last
    ]
    found = _from_headings(outline, inside) or _from_labels(outline, approach)
    if not found:
        elsewhere = [place.section for place in outline.places if not place.above & _OTHER_MATTERS]
        series = _from_headings(outline, elsewhere)
        found = series if len(series) > 1 else ()
    return found or _from_numbered_headings(outline, inside) or _from_lists(outline, approach)


def _from_headings(outline: Outline, sections: Sequence[Section]) -> tuple[Phase, ...]:
    """Return the phases whose headings stand highest; lower ones are steps of them."""
    titled = [(section, title) for section in sections if (title := phase_title(section.written, outline.vocabulary))]
    highest = min((section.level for section, _ in titled), default=0)
    tops = [(section, title) for section, title in titled if section.level == highest]
    return tuple(_of_section(outline, section, title) for section, title in tops if title.word == tops[0][1].word)


def _from_numbered_headings(outline: Outline, sections: Sequence[Section]) -> tuple[Phase, ...]:
    """Return the phases of an approach whose highest headings are all numbered."""
    highest = min((section.level for section in sections), default=0)
    tops = [section for section in sections if section.level == highest]
    titled = [(section, title) for section in tops if (title := numbered_title(section.written))]
    return tuple(_of_section(outline, *numbered) for numbered in titled) if len(titled) == len(tops) > 1 else ()


def _of_section(outline: Outline, section: Section, title: PhaseTitle) -> Phase:
    """Read the phase under a heading."""
    part = part_of(outline.document, section)
    text = outline.document.text(section.first, section.last)
    return _phase(title, _body(outline, parts_of(outline.document, part)), text, section.line)


def _phase(title: PhaseTitle, body: _Body, text: str, line: int) -> Phase:
    return Phase(
        number=title.number,
        title=title.title,
        time=title.time or body.time,
        goal=body.goal,
        steps=body.steps,
        verification=body.verification,
        text=text,
        line=line,
        notes=body.notes,
    )


def _from_labels(outline: Outline, approach: Part | None) -> tuple[Phase, ...]:
    """Return the phases that bold labels begin: `**Phase 1: Set up** (2h)`."""
    parts = parts_of(outline.document, approach) if approach else ()
    titled = [(at, title) for at, part in enumerate(parts) if (title := _label_title(part, outline.vocabulary))]
    series = [(at, title) for at, title in titled if title.word == titled[0][1].word]
    runs = (
        [
            [parts[begin], *takewhile(_is_label, parts[begin + 1 : stop])]
            for (begin, _), stop in zip(series, [*(at for at, _ in series[1:]), len(parts)], strict=True)
        ]
        if series
        else []
    )
    if runs and all(outline.vocabulary.mark_of(part.key) for run in runs[:-1] for part in run[1:]):
        runs[-1] = [runs[-1][0], *takewhile(lambda part: outline.vocabulary.mark_of(part.key), runs[-1][1:])]
    return tuple(_of_run(outline, run, title) for run, (_, title) in zip(runs, series, strict=True))


def _is_label(part: Part) -> bool:
    return part.level == 7


def _label_title(part: Part, vocabulary: Vocabulary) -> PhaseTitle | None:
    """Read the title of a phase from a label, the remark behind it and, after a mere `**Phase 1**:`, its line."""
    found = phase_title(f"{part.label} {part.remark}".strip(), vocabulary) if part.label and part.level == 7 else None
    if found and part.rest and not found.title:
        title, time = without_time(part.rest)
        return replace(found, title=title, time=found.time or time)
    if found and is_time(part.rest):
        return replace(found, time=found.time or part.rest)
    return found


def _of_run(outline: Outline, run: Sequence[Part], title: PhaseTitle) -> Phase:
    """Read the phase that a label begins, with the labels that belong to it."""
    head, last = run[0], max(part.last for part in run)
    rest = "" if title.title in head.rest or is_time(head.rest) else head.rest
    first, final = outline.document.trim(head.first, last)
    body = _body(outline, [replace(head, level=0, rest=rest), *run[1:]])
    return _phase(title, body, outline.document.text(first, final), head.line)


def _from_lists(outline: Outline, approach: Part | None) -> tuple[Phase, ...]:
    """Return the phases that are the items of a list: the first list in the approach that is one of phases."""
    parts = parts_of(outline.document, approach) if approach else ()
    lists = [(part, block) for part in parts for block in part.blocks if block.kind == "list"]
    for part, block in lists:
        entries = [_entry(outline, item) for item in block.children]
        is_clear = all(entry.is_phase for entry in entries)
        is_numbered = block.start is not None and _introduces_phases(outline.vocabulary, part, entries, len(lists))
        if len(entries) > 1 and (is_clear or is_numbered):
            numbered = enumerate(zip(block.children, entries, strict=True), block.start or 1)
            return tuple(_of_item(outline, item, entry, position) for position, (item, entry) in numbered)
    return ()


def _introduces_phases(vocabulary: Vocabulary, part: Part, entries: Sequence[_Entry], lists: int) -> bool:
    """Whether a numbered list in this part of an approach is one of phases.

    It is under a label such as Method. Under none, its items must have bold titles, or it is the only list there is:
    an approach may also number its reasons.
    """
    if vocabulary.mark_of(part.key) == "steps":
        return True
    is_open = part.level == 0 or vocabulary.field_of(part.key) == "approach"
    return is_open and (lists == 1 or all(entry.is_bold for entry in entries))


def _of_item(outline: Outline, item: Block, entry: _Entry, position: int) -> Phase:
    """Read the phase that a list item is."""
    document = outline.document
    indent = marker_width(document.lines[item.first - 1])
    first, last = document.trim(item.first + 1, item.last)
    head = Part(None, 0, item.first, first, first - 1, rest=entry.rest)
    parts = split(document, [block for block in item.children if block.first > item.first], last)
    number = entry.title.number or str(position)
    body = _body(outline, [head, *parts], indent)
    return _phase(replace(entry.title, number=number), body, dedented(document, first, last, indent), item.first)


def _unbolded(title: str) -> str:
    """Return a title without the bold marks around its first words: `**Heat** the kettle` is `Heat the kettle`."""
    found = _BOLD.match(title)
    return found["bold"] + title[found.end() :] if found else title


def _entry(outline: Outline, item: Block) -> _Entry:
    """Read the first line of a list item."""
    line = outline.document.lines[item.first - 1]
    text = items.without_tick(line[marker_width(line) :]).strip()
    label = label_of(text, item.first)
    written = f"{label.label} {label.remark}".strip() if label else text
    rest = label.rest if label else ""
    titled = phase_title(written, outline.vocabulary)
    title, time = without_time(written)
    found = titled or PhaseTitle("", "", _unbolded(title).strip("*_").rstrip(":"), time)
    if label and titled and not titled.title:
        title, time = without_time(rest)
        found, rest = replace(titled, title=title, time=titled.time or time), ""
    elif is_time(rest):
        found, rest = replace(found, time=found.time or rest), ""
    return _Entry(found, rest, bool(_BOLD.match(text)), titled is not None)


# --- what the body of a phase says -----------------------------------------------------------------------------------


def _body(outline: Outline, parts: Sequence[Part], indent: int = 0) -> _Body:
    """Read the parts of a phase, whose lines are indented by up to `indent` blanks.

    The first part is what stands under the title itself; text on the title's line is the goal if nothing else is.
    """
    marked = [mark for part in parts for mark in _sentence_apart(outline, part)]
    goals = [part.passage(outline.document, indent) for mark, part in marked if mark == "goal"]
    times = [part.rest for mark, part in marked if mark == "time" and part.rest]
    head = parts[0] if parts and parts[0].level == 0 else None
    intro = Passage(head.rest, head.line, head.label) if head and head.rest else None
    checked = [part for mark, part in marked if mark == "verification"]
    goal = next((goal for goal in goals if goal), intro)
    steps = _steps(outline, marked, indent)
    verification = tuple(check for part in checked for check in items.of_parts(outline.document, [part]))
    taken = {
        line for passage in (goal, *steps, *verification) if passage for line in range(passage.line, passage.last + 1)
    }
    notes = _notes(outline, [part for part in parts if _mark(part, outline.vocabulary) != "time"], taken, indent)
    return _Body(next(iter(times), None), goal, steps, verification, tuple(notes))


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
    """Return what a part of a phase is: `body`, `time`, one of the vocabulary's marks, `numbered`, or empty."""
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
    """Return the steps of a phase.

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
    """Return a label or heading with the lines under it, up to `last`, as one passage."""
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
