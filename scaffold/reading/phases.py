"""The phases of an approach: from headings, bold labels or numbered lists."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from scaffold.model import Phase
from scaffold.reading import items
from scaffold.reading.markdown import Block, Section
from scaffold.reading.outline import Outline, part_of, parts_of
from scaffold.reading.parts import Part, dedented, label_of, marker_width, split
from scaffold.reading.phase_body import Body, read_body
from scaffold.reading.titles import PhaseTitle, is_time, numbered_title, phase_title, without_time
from scaffold.reading.vocabulary import Vocabulary

_OTHER_MATTERS = frozenset({"success_criteria", "deliverables", "tests", "elsewhere", "estimated_time"})


_BOLD = re.compile(r"^(?:\*\*|__)(?P<bold>.+?)(?:\*\*|__)")


@dataclass(frozen=True, slots=True)
class _Entry:
    """The first line of a list item: the title of a phase, its number only if it has one itself, and what follows it.

    `is_bold` says that the line begins with bold text, `is_phase` that it begins with a phase word and a number.
    """

    title: PhaseTitle
    rest: str
    is_bold: bool
    is_phase: bool


def read(outline: Outline, approach: Part | None) -> tuple[Phase, ...]:
    """Give the phases of a document, in order; those inside the approach come before those elsewhere.

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
    """Give the phases whose headings stand highest; lower ones are steps of them."""
    titled = [(section, title) for section in sections if (title := phase_title(section.written, outline.vocabulary))]
    highest = min((section.level for section, _ in titled), default=0)
    tops = [(section, title) for section, title in titled if section.level == highest]
    return tuple(_of_section(outline, section, title) for section, title in tops if title.word == tops[0][1].word)


def _from_numbered_headings(outline: Outline, sections: Sequence[Section]) -> tuple[Phase, ...]:
    """Give the phases of an approach whose highest headings are all numbered."""
    highest = min((section.level for section in sections), default=0)
    tops = [section for section in sections if section.level == highest]
    titled = [(section, title) for section in tops if (title := numbered_title(section.written))]
    return tuple(_of_section(outline, *one) for one in titled) if len(titled) == len(tops) > 1 else ()


def _of_section(outline: Outline, section: Section, title: PhaseTitle) -> Phase:
    """Read the phase under a heading."""
    part = part_of(outline.document, section)
    text = outline.document.text(section.first, section.last)
    return _phase(title, read_body(outline, parts_of(outline.document, part)), text, section.line)


def _phase(title: PhaseTitle, body: Body, text: str, line: int) -> Phase:
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
    """Give the phases that bold labels begin: `**Phase 1: Set up** (2h)`."""
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
    body = read_body(outline, [replace(head, level=0, rest=rest), *run[1:]])
    return _phase(title, body, outline.document.text(first, final), head.line)


def _from_lists(outline: Outline, approach: Part | None) -> tuple[Phase, ...]:
    """Give the phases that are the items of a list: the first list in the approach that is one of phases."""
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
    """Say whether a numbered list in this part of an approach is one of phases.

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
    body = read_body(outline, [head, *parts], indent)
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
