"""One EXECUTION_TASK while it is made to fit: all that a SUBPLAN says, each with as many lines as it may have."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from scaffold.document.budget import FIXED, LINES, give_back, lengthen, lines_with, shorten, unfold
from scaffold.document.fields import TITLE, one_line
from scaffold.document.once import bare, objective_of, once, steps_of
from scaffold.document.phases import ShownPhase, pointer_to
from scaffold.document.remainder import remainder
from scaffold.document.shorten import WIDTH, weight
from scaffold.document.slots import ALL, Listing, Slot, listing, note, paragraphs, text_of
from scaffold.lazy.values import replace
from scaffold.model import Json
from scaffold.reading.content import Passage, Phase, Subplan

_OBJECTIVE, _APPROACH, _WORK = 4, 2, 8
"""Lines of the objective, the approach, and an approach without phases before anything else gets a second one."""

_MOST_PHASES = 16
"""More phases are never shown: each takes five lines."""


class Draft:
    """A document that is made to fit. `said` is what it shows of the SUBPLAN, `whole` the SUBPLAN of all executions."""

    def __init__(self, known: Mapping[str, Json], said: Subplan, whole: Subplan) -> None:
        """Begin with everything at its shortest."""
        self._known, self._said, self._whole = dict(known), said, whole
        before, after = _around_phases(whole)
        self._objective = paragraphs(objective_of(said), "objective", _OBJECTIVE)
        is_the_work = not said.phases
        self._approach = paragraphs(before, "step" if is_the_work else "approach", _WORK if is_the_work else _APPROACH)
        self._considerations = note(after, "consideration") if after else None
        criteria, deliverables, tests = once(said)
        self._criteria = listing(criteria, "criterion", 8, 3)
        self._deliverables = listing(deliverables, "deliverable", 10, 3, "[ ] ")
        self._tests = listing(tests, "test", 3, 1, "[ ] ")
        repeated = {bare(criterion) for criterion in criteria}
        self._steps = steps_of(said.phases)
        phases = said.phases if not self._steps else ()
        most = _MOST_PHASES if len(phases) > _MOST_PHASES + 1 else len(phases)
        self._phases = [ShownPhase(phase, repeated) for phase in phases[:most]]
        self._beyond = phases[most:]
        self._shown_phases = len(self._phases)
        self._is_compact = False
        self._optional = [one_line(group, TITLE) for group in said.optional]
        self._lines = LINES
        self._elsewhere = remainder(
            whole.stretches, _copied(said, (self._objective, self._approach, self._considerations))
        )

    def fitted(self, lines: int = LINES) -> dict[str, Json]:
        """Return the variables of the document, as full as `lines` lines allow: whole if that fits, else shortened."""
        self._lines = lines
        slots = [*self._slots()]
        depths = [slot.depth for slot in slots]
        for slot in slots:
            slot.set(ALL)
        if _may_fit(slots, lines) and self._count(whole := self.variables()) <= lines:
            return whole
        for slot, depth in zip(slots, depths, strict=True):
            slot.set(depth)
        self._tighten()
        short = self.variables()
        self._give_back()
        full = self.variables()
        return full if self._count(full) <= lines else short  # the limit is a law, whatever a give-back is counted as

    # --- what is shown ----------------------------------------------------------------------------------------------

    def variables(self) -> dict[str, Json]:
        """Return the variables as the document stands."""
        shown = self._phases[: self._shown_phases]
        hidden = [*(phase.phase for phase in self._phases[self._shown_phases :]), *self._beyond]
        return {
            **self._known,
            "objective": text_of(self._objective),
            "approach": text_of(self._approach),
            "considerations": text_of(self._considerations),
            "outline": self._outline(shown),
            "steps": [*self._steps],
            "phases": [phase.variables() for phase in shown],
            "phases_more": pointer_to(tuple(hidden)) if hidden else None,
            "success_criteria": [*self._criteria.entries()],
            "optional": [*self._optional],
            "deliverables": [*self._deliverables.entries()],
            "tests": [*self._tests.entries()],
            "elsewhere": self._elsewhere,
        }

    def _outline(self, shown: Sequence[ShownPhase]) -> list[Json]:
        """Return the headings of the phases, in one line where lines are short."""
        headings = [phase.heading for phase in shown]
        line = " · ".join(heading.removeprefix("Phase ") for heading in headings)
        if not self._is_compact or len(headings) < 2:
            return [*headings]
        return [f"Phases {line}"] if len(line) <= 2 * WIDTH else []

    def _slots(self) -> Iterator[Slot]:
        """Yield every passage that may be shown in part."""
        yield from (slot for slot in (self._objective, self._approach, self._considerations) if slot)
        for items in (self._deliverables, self._criteria, self._tests):
            yield from items.slots[: items.count] if not items.folded else ()
        for phase in self._phases[: self._shown_phases]:
            yield from phase.slots()

    # --- how it is made to fit --------------------------------------------------------------------------------------

    def _tighten(self) -> None:
        """Make the first lines of everything fit: first by form, then by what is left out."""
        for _ in self._tightened():
            if self._excess() <= 0:
                return

    def _tightened(self) -> Iterator[None]:
        """Make the document shorter, step by step."""
        self._is_compact = True
        yield
        for phase in self._phases:
            phase.checks.folded = True
        yield
        for only_plain in (True, False):
            for phase in reversed(self._phases):
                phase.hide_notes(only_plain)
                yield
        for folded in (self._tests, self._criteria):
            folded.folded = True
            yield
        while shorten(self._lists(), self._excess()) <= 0 or self._hide_a_phase():
            yield

    def _give_back(self) -> None:
        """Hand back what is left of the lines: hidden items, hidden notes, lines in rounds, then lines of their own."""
        shown = self._phases[: self._shown_phases]
        room = lengthen(self._lists(), -self._excess())
        for phase in shown:
            room -= phase.show_notes(room)
        room = give_back(self._slots(), room)
        for folded in (self._criteria, self._tests):
            room -= unfold(folded, room)
        for phase in shown:
            room -= phase.unfold(room)

    def _lists(self) -> list[Listing]:
        """Return every list that may be shorter."""
        phases = self._phases[: self._shown_phases]
        return [
            self._criteria,
            self._deliverables,
            self._tests,
            *(items for phase in phases for items in phase.lists()),
        ]

    def _excess(self) -> int:
        """Return how many lines the document is too long."""
        return self._count(self.variables()) - self._lines

    def _count(self, variables: Mapping[str, Json]) -> int:
        """Return how many lines the document has as it stands, with these variables."""
        return lines_with(variables, sum(phase.lines for phase in self._phases[: self._shown_phases]))

    def _hide_a_phase(self) -> bool:
        """Leave the last phase to a pointer; false where there is only one."""
        if self._shown_phases <= 1:
            return False
        is_first = self._shown_phases == len(self._phases) and not self._beyond
        self._shown_phases -= 2 if is_first and self._shown_phases > 2 else 1
        return True


def _may_fit(slots: Sequence[Slot], lines: int) -> bool:
    """Whether passages may stand in so many lines: false as soon as the first of them take more by themselves."""
    weights = (weight(slot.shown.text) for slot in slots)
    return len(slots) <= lines and all(FIXED + taken <= lines for taken in accumulate(weights))


def _copied(said: Subplan, slots: Sequence[Slot | None]) -> Iterator[Passage]:
    """Yield what a document shows or points to, apart from the map of the rest."""
    yield from (slot.passage for slot in slots if slot)
    yield from (*said.success_criteria, *said.deliverables, *said.tests)
    yield from (Passage("", stated.line) for stated in (said.estimated_time,) if stated)
    for phase in said.phases:
        yield Passage("", phase.line)
        yield from (part for part in (phase.goal, *phase.steps, *phase.verification, *phase.notes) if part)
        if not phase.notes:
            yield Passage(f"\n{phase.text}\n", phase.line)


# --- what stands around the phases ----------------------------------------------------------------------------------


def _around_phases(subplan: Subplan) -> tuple[Passage | None, Passage | None]:
    """Return what the approach says before its first phase and after its last one.

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
    """Return the index of the line after `phase`, whose heading is `lines[start]`; None when its text is not there."""
    wanted = [line.strip() for line in reversed(phase.text.split("\n")) if line.strip()]
    for at in range(start, len(lines)):
        if wanted and lines[at].strip().endswith(wanted[-1]):
            wanted.pop()
        if not wanted and at > start:
            return at + 1
    return None
