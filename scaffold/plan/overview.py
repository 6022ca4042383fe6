"""Where a plan stands: every achievement with its level, state and files, and what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from scaffold import transaction
from scaffold.errors import Diagnostic, PrerequisitesMissing
from scaffold.model import Achievement, Plan
from scaffold.names import SUBPLAN_FOLDER, command, subplan_name
from scaffold.plan import settings, workspace
from scaffold.plan.progress import Progress, Standing, progress_of
from scaffold.reading import durations, subplan
from scaffold.reading.durations import Effort
from scaffold.reading.markdown import decode
from scaffold.reading.vocabulary import Vocabulary

_MARKERS = (b"[TO BE FILLED", b"[FILL")


@dataclass(frozen=True, slots=True)
class Row:
    """Where an achievement stands, its hours, and the number of places that its SUBPLAN leaves open."""

    standing: Standing
    unfilled: int
    effort: Effort


@dataclass(frozen=True, slots=True)
class Level:
    """One dependency level: its rows, and their hours one after the other and all at once."""

    level: int
    rows: tuple[Row, ...]
    in_sequence: Effort
    in_parallel: Effort


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next: in words, and as a command where there is one for it."""

    text: str
    command: str | None


@dataclass(frozen=True, slots=True)
class Survey:
    """A plan's levels from 0 up, its total hours, what to do next, and what to warn of."""

    progress: Progress
    levels: tuple[Level, ...]
    in_sequence: Effort
    in_parallel: Effort
    next_step: Step
    warnings: tuple[Diagnostic, ...]

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.progress.plan

    @property
    def rows(self) -> tuple[Row, ...]:
        """All achievements, by level and id."""
        return tuple(row for level in self.levels for row in level.rows)


def take(argument: Path) -> Survey:
    """Look at the plan that `argument` names; nothing is written.

    Raises InvalidInput as `workspace.read_plan` does.
    """
    plan = workspace.read_plan(argument)
    progress = progress_of(plan)
    rows = _rows(progress, settings.read(plan.directory).vocabulary)
    by_level = tuple(_level(number, tuple(own)) for number, own in groupby(rows, key=lambda row: row.standing.level))
    return Survey(
        progress=progress,
        levels=by_level,
        in_sequence=durations.in_sequence(level.in_sequence for level in by_level),
        in_parallel=durations.in_sequence(level.in_parallel for level in by_level),
        next_step=_next_step(argument, rows),
        warnings=(*transaction.interrupted(plan.directory), *plan.diagnostics),
    )


def _rows(progress: Progress, vocabulary: Vocabulary) -> tuple[Row, ...]:
    return tuple(
        Row(
            standing,
            _unfilled(progress.plan, standing.achievement, vocabulary),
            durations.read(standing.achievement.estimated_time),
        )
        for standing in progress
    )


def _unfilled(plan: Plan, achievement: Achievement, vocabulary: Vocabulary) -> int:
    """Count the open places of a SUBPLAN. Only one that has such a marker at all is parsed."""
    if subplan_name(plan, achievement) not in plan.subplans:
        return 0
    try:
        content = workspace.read_subplan(plan, achievement)
    except PrerequisitesMissing:  # unreadable or empty: `check` says what is the matter with it
        return 0
    if not any(marker in content.upper() for marker in _MARKERS):
        return 0
    path = f"{SUBPLAN_FOLDER}/{subplan_name(plan, achievement)}"
    return len(subplan.parse(decode(content), path, vocabulary).unfilled)


def _level(number: int, rows: tuple[Row, ...]) -> Level:
    efforts = tuple(row.effort for row in rows)
    return Level(number, rows, durations.in_sequence(efforts), durations.in_parallel(efforts))


def _next_step(plan: Path, rows: tuple[Row, ...]) -> Step:
    """Return the most useful next step: fix, then create, fill in and execute, on the lowest level that is not done."""
    if broken := [row for row in rows if row.standing.state == "needs_fix"]:
        return Step(f"Work on the feedback of {_ids(broken)}: see execution/feedbacks/FIX_*.md", None)
    open_rows = [row for row in rows if not row.standing.is_done]
    if not open_rows:
        return Step("Every achievement is done.", None)
    level = open_rows[0].standing.level
    own = [row for row in open_rows if row.standing.level == level]
    if [row for row in own if row.standing.state == "not_started"]:
        return Step(
            f"Create the SUBPLANs of level {level}", command("subplans", plan, "--batch", "--level", str(level))
        )
    if unfilled := [row for row in own if row.unfilled and row.standing.state == "subplan_created"]:
        return Step(f"Fill in the SUBPLANs of {_ids(unfilled)}: every [FILL: …] is a question to answer", None)
    if [row for row in own if row.standing.state == "subplan_created"]:
        create = command("executions", plan, "--batch", "--level", str(level))
        return Step(f"Create the EXECUTION_TASKs of level {level}", create)
    return Step(
        f"Carry out the EXECUTION_TASKs of {_ids(own)}; a review creates execution/feedbacks/APPROVED_*.md", None
    )


def _ids(rows: Iterable[Row]) -> str:
    return ", ".join(row.standing.id for row in rows)
