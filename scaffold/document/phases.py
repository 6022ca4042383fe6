"""The phases of a document, each with what is shown of its steps, its checks and its notes."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from scaffold.document.budget import phase_lines
from scaffold.document.fields import TITLE, heading_of, one_line, pointer, sentence
from scaffold.document.once import bare
from scaffold.document.shorten import WIDTH, run_on
from scaffold.document.slots import Listing, Slot, listing, note, paragraphs, text_of
from scaffold.model import Json
from scaffold.reading.content import Passage, Phase
from scaffold.reading.landmarks import landmarks


class ShownPhase:
    """One phase of a document."""

    def __init__(self, phase: Phase, repeated: set[str]) -> None:
        """Begin with everything at its shortest; checks that repeat a criterion are left to the criteria."""
        self.phase = phase
        self.steps = listing(phase.steps, "step", 4, 1, numbered=True)
        checks = tuple(check for check in phase.verification if bare(check) not in repeated)
        self.checks = listing(checks, "check", 1.5, 1)
        self._notes = [slot for slot in map(note, phase.notes) if slot]
        self.hidden: list[Slot] = []
        is_bare = not phase.steps and not phase.notes
        self._text = paragraphs(Passage(phase.text, phase.line + 1), "step", 3) if is_bare else None
        self._start = min((step.line for step in phase.steps), default=phase.line)
        self.heading = heading_of(phase)
        self._fixed: Mapping[str, Json] = {
            "number": one_line(phase.number, TITLE),
            "title": one_line(phase.title, TITLE),
            "time": one_line(phase.time, TITLE) if phase.time else None,
            "heading": self.heading,
            "line": phase.line,
            "goal": sentence(phase.goal, 2 * WIDTH),
        }
        self._made: tuple[list[object], dict[str, Json], int] | None = None

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
        hidden, before = self.hidden, self.lines
        for at in range(len(hidden), 0, -1):
            self.hidden = hidden[at:]
            if len(self.hidden) != 1 and (cost := self.lines - before) <= room:
                return cost
        self.hidden = hidden
        return 0

    def unfold(self, room: int) -> int:
        """Put every check on its own line if `room` lines allow it; return the lines it takes."""
        before, was_folded = self.lines, self.checks.folded
        self.checks.folded = False
        if (cost := self.lines - before) <= room:
            return cost
        self.checks.folded = was_folded
        return 0

    @property
    def lines(self) -> int:
        """The number of lines that it takes as it stands."""
        return self._as_it_stands()[1]

    def variables(self) -> dict[str, Json]:
        """Return the variables of the phase as it stands."""
        return self._as_it_stands()[0]

    def _as_it_stands(self) -> tuple[dict[str, Json], int]:
        """Return variables and lines, made once for as long as nothing changes: they are asked for again and again."""
        depths = [slot.depth for slot in (*self._notes, self._text) if slot]
        stand = [*self.steps.stand(), *self.checks.stand(), *depths, *map(id, self.hidden)]
        if self._made is None or self._made[0] != stand:
            variables = self._variables()
            self._made = stand, variables, phase_lines(variables)
        return self._made[1:]

    def _variables(self) -> dict[str, Json]:
        phase, start = self.phase, self._start
        shown = [slot for slot in self._notes if slot not in self.hidden]
        before = [slot.shown.text for slot in shown if slot.passage.line < start]
        after = [slot.shown.text for slot in shown if slot.passage.line >= start]
        more = [*after, *([_pointer_to(self.hidden)] if self.hidden else [])]
        text = "\n\n".join(before) or text_of(self._text)
        steps = self.steps.entries()
        checks = self.checks.entries()
        if not (text or more or steps or checks or phase.goal):
            text = f"The SUBPLAN says no more of this phase than its title, on line {phase.line}."
        return {
            **self._fixed,
            "steps": [*steps],
            "text": text,
            "more": "\n\n".join(more) or None,
            "verification": [*checks],
        }


def _pointer_to(hidden: Sequence[Slot]) -> str:
    """Return the pointer to notes that are left out, or the notes in one line where they are no longer than it."""
    passages = [slot.passage for slot in hidden]
    count = sum(1 for passage in passages for line in passage.text.split("\n") if line.strip())
    names = dict.fromkeys(name for passage in passages for name in landmarks(passage.text))
    said = pointer(count, "line", passages[0].line, passages[-1].last, tuple(names))
    lines = [run_on(passage.text) for passage in passages]
    together = " ".join(line or "" for line in lines)
    return together if None not in lines and len(together) <= len(said) else said


@lru_cache(maxsize=64)
def pointer_to(phases: tuple[Phase, ...]) -> str:
    """Return the pointer to phases that are left out."""
    parts = [part for phase in phases for part in (phase.goal, *phase.steps, *phase.verification, *phase.notes) if part]
    last = max((part.last for part in parts), default=phases[-1].line)
    names = dict.fromkeys(name for part in parts for name in landmarks(part.text))
    return pointer(len(phases), "phase", phases[0].line, last, tuple(names))
