"""One EXECUTION_TASK while it is made to fit: everything that a SUBPLAN says, each with as many lines as it may have."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from scaffold.document import fields
from scaffold.document.budget import ALL, LINES, Listing, Slot, give_back, lengthen, lines_of, phase_lines, shorten, unfold
from scaffold.document.fields import Shown, heading_of, one_line, sentence
from scaffold.document.embed import blocks_of
from scaffold.document.remainder import remainder
from scaffold.document.shorten import MARKER, WIDTH, run_on
from scaffold.model import Json, Passage, Phase, Subplan
from scaffold.reading.landmarks import landmarks

_OBJECTIVE, _APPROACH = 4, 2
"""Lines of the objective and the approach before anything else gets a second one: the shortest that say something."""


class Draft:
    """A document that is made to fit. `said` is what it shows of the SUBPLAN, `whole` the SUBPLAN with all its phases."""

    def __init__(self, known: Mapping[str, Json], said: Subplan, whole: Subplan) -> None:
        """Begin with everything at its shortest."""
        self._known, self._said, self._whole = dict(known), said, whole
        before, after = _around_phases(whole)
        self._objective = _paragraphs(_without_criteria(said), "objective", _OBJECTIVE)
        self._approach = _paragraphs(before, "approach", _APPROACH)
        self._considerations = _note(after, "consideration") if after else None
        criteria, deliverables, tests = _once(said)
        self._criteria = _listing(criteria, "criterion", 8, 3)
        self._deliverables = _listing(deliverables, "deliverable", 10, 3, "[ ] ")
        self._tests = _listing(tests, "test", 3, 1, "[ ] ")
        repeated = {_bare(one) for one in criteria}
        self._steps = _steps_of(said.phases)
        self._phases = [] if self._steps else [_PhaseDraft(phase, repeated) for phase in said.phases]
        self._shown_phases = len(self._phases)
        self._is_compact = False
        self._elsewhere = remainder(whole.stretches, _copied(said, (self._objective, self._approach, self._considerations)))

    def fitted(self) -> dict[str, Json]:
        """Return the variables of the document, as full as it may be: whole if that fits, else shortened."""
        slots = [slot for slot in self._slots() if not slot.shown.whole]
        depths = [slot.depth for slot in slots]
        for slot in slots:
            slot.set(ALL)
        if lines_of(self.variables()) <= LINES:
            return self.variables()
        for slot, depth in zip(slots, depths, strict=True):
            slot.set(depth)
        self._tighten()
        self._give_back()
        return self.variables()

    # --- what is shown ----------------------------------------------------------------------------------------------

    def variables(self) -> dict[str, Json]:
        """Return the variables as the document stands."""
        shown, hidden = self._phases[: self._shown_phases], self._phases[self._shown_phases :]
        return {
            **self._known,
            "objective": _text(self._objective),
            "approach": _text(self._approach),
            "considerations": _text(self._considerations),
            "outline": self._outline(shown),
            "steps": [*self._steps],
            "phases": [phase.variables() for phase in shown],
            "phases_more": _pointer_to_phases([phase.phase for phase in hidden]) if hidden else None,
            "success_criteria": [*self._criteria.entries()],
            "optional": [one_line(group, fields.TITLE) for group in self._said.optional],
            "deliverables": [*self._deliverables.entries()],
            "tests": [*self._tests.entries()],
            "elsewhere": self._elsewhere,
        }

    def _outline(self, shown: Sequence["_PhaseDraft"]) -> list[Json]:
        """Return the headings of the phases, in one line where lines are short."""
        headings = [heading_of(phase.phase) for phase in shown]
        line = " · ".join(heading.removeprefix("Phase ") for heading in headings)
        if not self._is_compact or len(headings) < 2:
            return [*headings]
        return [f"Phases {line}"] if len(line) <= 2 * WIDTH else []

    def _slots(self) -> Iterator[Slot]:
        """Yield every passage that may be shown in part."""
        yield from (slot for slot in (self._objective, self._approach, self._considerations) if slot)
        for listing in (self._deliverables, self._criteria, self._tests):
            yield from listing.slots[: listing.count] if not listing.folded else ()
        for phase in self._phases[: self._shown_phases]:
            yield from phase.slots()

    # --- how it is made to fit --------------------------------------------------------------------------------------

    def _tighten(self) -> None:
        """Make the first lines of everything fit: first by form, then by what is left out."""
        self._is_compact = True
        if (excess := self._excess()) <= 0:
            return
        for phase in self._phases:
            phase.checks.folded = True
        if (excess := self._excess()) <= 0:
            return
        for is_asides in (True, False):
            for phase in reversed(self._phases):
                phase.hide_notes(only_plain=is_asides)
                if (excess := self._excess()) <= 0:
                    return
        for listing in (self._tests, self._criteria):
            listing.folded = True
            if (excess := self._excess()) <= 0:
                return
        lists = [self._criteria, self._deliverables, self._tests]
        for phase in self._phases:
            lists += [phase.steps, phase.checks]
        while (excess := self._excess()) > 0:
            if shorten(lists, excess) == excess and not self._hide_a_phase():
                break
            lists = lists[:3] + [one for phase in self._phases[: self._shown_phases] for one in phase.lists()]

    def _give_back(self) -> None:
        """Give back what is left of the lines: hidden notes first, then lines in rounds, then checks their own lines."""
        shown = self._phases[: self._shown_phases]
        lists = [self._criteria, self._deliverables, self._tests, *(one for phase in shown for one in phase.lists())]
        room = lengthen(lists, -self._excess())
        for phase in shown:
            room -= phase.show_notes(room)
        room = give_back(self._slots(), room)
        for listing in (self._criteria, self._tests):
            room -= unfold(listing, room)
        for phase in shown:
            room -= phase.unfold(room)

    def _excess(self) -> int:
        """Return how many lines the document is too long."""
        return lines_of(self.variables()) - LINES

    def _hide_a_phase(self) -> bool:
        """Leave the last phase to a pointer; false where there is only one."""
        if self._shown_phases <= 1:
            return False
        self._shown_phases -= 2 if self._shown_phases == len(self._phases) > 2 else 1
        return True


class _PhaseDraft:
    """One phase of a document."""

    def __init__(self, phase: Phase, repeated: set[str]) -> None:
        """Begin with everything at its shortest; checks that repeat a criterion are left to the criteria."""
        self.phase = phase
        self.steps = _listing(phase.steps, "step", 4, 1, numbered=True)
        checks = tuple(check for check in phase.verification if _bare(check) not in repeated)
        self.checks = _listing(checks, "check", 1.5, 1)
        self._notes = [slot for slot in map(_note, phase.notes) if slot]
        self.hidden: list[Slot] = []
        is_bare = not phase.steps and not phase.notes
        self._text = _paragraphs(Passage(phase.text, phase.line + 1), "step", 3) if is_bare else None

    def lists(self) -> tuple[Listing, ...]:
        """Return the lists of the phase."""
        return self.steps, self.checks

    def slots(self) -> Iterator[Slot]:
        """Yield the passages that may get more lines."""
        yield from self.steps.slots[: self.steps.count]
        if not self.checks.folded:
            yield from self.checks.slots[: self.checks.count]
        yield from (slot for slot in self._notes if slot not in self.hidden)
        if self._text:
            yield self._text

    def hide_notes(self, only_plain: bool) -> None:
        """Leave notes to one pointer, or only those that name no file and no command."""
        hidden = [slot for slot in self._notes if not only_plain or not landmarks(slot.passage.text)]
        self.hidden = hidden if len(hidden) > 1 else []

    def show_notes(self, room: int) -> int:
        """Show as many of the hidden notes as `room` lines allow, the first ones first; return the lines it takes."""
        hidden, before = self.hidden, self._lines
        for at in range(len(hidden), 0, -1):
            self.hidden = hidden[at:]
            if len(self.hidden) != 1 and (cost := self._lines - before) <= room:
                return cost
        self.hidden = hidden
        return 0

    def unfold(self, room: int) -> int:
        """Give every check its own line if `room` lines allow it; return the lines it takes."""
        before, was_folded = self._lines, self.checks.folded
        self.checks.folded = False
        if (cost := self._lines - before) <= room:
            return cost
        self.checks.folded = was_folded
        return 0

    @property
    def _lines(self) -> int:
        return phase_lines(self.variables())

    def variables(self) -> dict[str, Json]:
        """Return the variables of the phase as it stands."""
        phase = self.phase
        start = min((step.line for step in phase.steps), default=phase.line)
        shown = [slot for slot in self._notes if slot not in self.hidden]
        before = [slot.shown.text for slot in shown if slot.passage.line < start]
        after = [slot.shown.text for slot in shown if slot.passage.line >= start]
        more = [*after, *([_pointer_to(self.hidden)] if self.hidden else [])]
        text = "\n\n".join(before) or _text(self._text)
        steps = self.steps.entries()
        checks = self.checks.entries()
        if not (text or more or steps or checks or phase.goal):
            text = f"The SUBPLAN says no more of this phase than its title, on line {phase.line}."
        return {
            "number": one_line(phase.number, fields.TITLE),
            "title": one_line(phase.title, fields.TITLE),
            "time": one_line(phase.time, fields.TITLE) if phase.time else None,
            "heading": heading_of(phase),
            "line": phase.line,
            "goal": sentence(phase.goal, 2 * WIDTH),
            "steps": [*steps],
            "text": text,
            "more": "\n\n".join(more) or None,
            "verification": [*checks],
        }


def _pointer_to(hidden: Sequence[Slot]) -> str:
    """Return the pointer to notes that are left out, or the notes in one line where they are no longer than it."""
    passages = [slot.passage for slot in hidden]
    count = sum(1 for one in passages for line in one.text.split("\n") if line.strip())
    names = dict.fromkeys(name for one in passages for name in landmarks(one.text))
    said = fields.pointer(count, "line", passages[0].line, passages[-1].last, tuple(names))
    lines = [run_on(one.text) for one in passages]
    together = " ".join(line or "" for line in lines)
    return together if None not in lines and len(together) <= len(said) else said


def _pointer_to_phases(phases: Sequence[Phase]) -> str:
    """Return the pointer to phases that are left out."""
    parts = [part for one in phases for part in (one.goal, *one.steps, *one.verification, *one.notes) if part]
    last = max((part.last for part in parts), default=phases[-1].line)
    names = dict.fromkeys(name for part in parts for name in landmarks(part.text))
    return fields.pointer(len(phases), "phase", phases[0].line, last, tuple(names))


def _copied(said: Subplan, slots: Sequence[Slot | None]) -> Iterator[Passage]:
    """Yield what a document shows or points to, apart from the map of the rest."""
    yield from (slot.passage for slot in slots if slot)
    yield from (*said.success_criteria, *said.deliverables, *said.tests)
    yield from (Passage("", one.line) for one in (said.estimated_time,) if one)
    for phase in said.phases:
        yield Passage("", phase.line)
        yield from (part for part in (phase.goal, *phase.steps, *phase.verification, *phase.notes) if part)
        if not phase.notes:
            yield Passage(f"\n{phase.text}\n", phase.line)


# --- parts of a draft -----------------------------------------------------------------------------------------------


def _text(slot: Slot | None) -> str | None:
    return slot.shown.text if slot else None


def _paragraphs(passage: Passage | None, kind: str, depth: int) -> Slot | None:
    """Return the slot of a passage that is shown as blocks; None when it says nothing."""
    if passage is None or fields.paragraphs(passage, depth) is None:
        return None
    return Slot(passage, kind, _blocks, depth)


def _blocks(passage: Passage, depth: int) -> Shown:
    return fields.paragraphs(passage, depth) or Shown("")


def _note(passage: Passage, kind: str = "note") -> Slot | None:
    """Return the slot of a note: run on in a line where it begins with words, else as blocks."""
    if not passage.text.strip():
        return None
    is_words = fields.begins_as_paragraph(passage.text)
    return Slot(passage, kind, partial(_run_on_note, indent=0) if is_words else _blocks)


def _run_on_note(passage: Passage, depth: int, indent: int) -> Shown:
    if depth >= passage.text.count("\n") + 1:
        return _blocks(passage, depth)
    return fields.item(passage, indent, depth)


def _listing(
    passages: Sequence[Passage], noun: str, need: float, least: int, box: str = "", numbered: bool = False
) -> Listing:
    """Return a list at its shortest."""
    show = [partial(_item, indent=len(f"{at}. ") if numbered else 2) for at, _ in enumerate(passages, 1)]
    slots = [Slot(passage, noun, how) for passage, how in zip(passages, show, strict=True)]
    return Listing(noun, slots, need, least, numbered, box)


def _item(passage: Passage, depth: int, indent: int) -> Shown:
    return fields.item(passage, indent, depth)


# --- once -----------------------------------------------------------------------------------------------------------


def _once(said: Subplan) -> tuple[tuple[Passage, ...], tuple[Passage, ...], tuple[Passage, ...]]:
    """Return criteria, deliverables and tests without what another of them says already.

    A test that repeats a criterion or deliverable is left to it, a deliverable that repeats a criterion too, unless
    all of them do.
    """
    criteria = _distinct(said.success_criteria, set())
    known = {_bare(one) for one in criteria}
    deliverables = _distinct(said.deliverables, known) or _distinct(said.deliverables, set())
    tests = _distinct(said.tests, known | {_bare(one) for one in deliverables})
    return criteria, deliverables, tests


def _without_criteria(said: Subplan) -> Passage | None:
    """Return the objective without a list at its end that says what the criteria say."""
    objective = said.objective
    blocks = blocks_of(objective.text) if objective else ()
    if objective is None or len(blocks) < _SEVERAL or blocks[-1].kind != "list":
        return objective
    lines = objective.text.split("\n")
    listed = [Passage("\n".join(lines[one.first - 1 : one.last]), 0) for one in blocks[-1].children]
    if not {_bare(one) for one in listed} <= {_bare(one) for one in said.success_criteria}:
        return objective
    before = "\n".join(lines[: blocks[-1].first - 1]).rstrip()
    return replace(objective, text=f"{before} the success criteria below" if before.endswith(":") else before)


def _distinct(passages: Sequence[Passage], known: set[str]) -> tuple[Passage, ...]:
    seen = set(known)
    kept = []
    for passage in passages:
        bare = _bare(passage)
        if bare not in seen or len(bare) < _TELLING:
            kept.append(passage)
        seen.add(bare)
    return tuple(kept)


_TELLING = 8
"""Shorter texts may be the same by chance: `Tests`, `Code`."""


def _bare(passage: Passage) -> str:
    """Return the words of a passage, as they are compared."""
    return " ".join(re.sub(r"[^\w./]+", " ", MARKER.sub("", passage.text, count=1)).split()).strip(" .").casefold()


def _steps_of(phases: Sequence[Phase]) -> list[str]:
    """Return phases of one line each as steps: `1. **Dig** (1 h): the north bed`; empty where one says more."""
    if len(phases) < _SEVERAL or any(_says_more(phase) for phase in phases):
        return []
    return [f"{at}. {_step(phase)}" for at, phase in enumerate(phases, 1)]


_SEVERAL = 2


def _says_more(phase: Phase) -> bool:
    """Whether a phase has more than a title and a line of words."""
    is_long = phase.goal is not None and (len(phase.goal.text) > 2 * WIDTH or "\n" in phase.goal.text)
    return bool(phase.steps or phase.verification or phase.notes or phase.text.strip() or is_long or not phase.title)


def _step(phase: Phase) -> str:
    title = one_line(phase.title, fields.TITLE)
    time = f" ({one_line(phase.time, fields.TITLE)})" if phase.time else ""
    if phase.goal is None:
        return f"{title}{time}"
    return f"**{title.replace('**', '')}**{time}: {one_line(phase.goal.text, 2 * WIDTH)}"


# --- what stands around the phases ----------------------------------------------------------------------------------


def _around_phases(subplan: Subplan) -> tuple[Passage | None, Passage | None]:
    """Give what the approach says before its first phase and after its last one.

    Without phases, or with phases that lie elsewhere, all of it is the former.
    """
    approach, phases = subplan.approach, subplan.phases
    if approach is None or not phases:
        return approach, None
    lines = approach.text.split("\n")
    start = phases[0].line - approach.line
    if not 0 <= start < len(lines):
        return approach, None
    before = replace(approach, text="\n".join(lines[:start]))
    end = _end(phases[-1], lines, max(start, phases[-1].line - approach.line))
    return before, None if end is None else replace(approach, text="\n".join(lines[end:]), line=approach.line + end)


def _end(phase: Phase, lines: list[str], start: int) -> int | None:
    """Give the index of the line after `phase`, whose heading is `lines[start]`; None when its text is not there."""
    wanted = [line.strip() for line in reversed(phase.text.split("\n")) if line.strip()]
    for at in range(start, len(lines)):
        if wanted and lines[at].strip().endswith(wanted[-1]):
            wanted.pop()
        if not wanted and at > start:
            return at + 1
    return None


