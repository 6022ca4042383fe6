"""Where a plan stands: every achievement with its level, state and files, and what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from scaffold import transaction
from scaffold.errors import Diagnostic, PrerequisitesMissing
from scaffold.model import Achievement, Plan, State, id_order
from scaffold.names import (
    EXECUTION_FOLDER,
    SUBPLAN_FOLDER,
    Files,
    command,
    executions_by_slug,
    subplan_name,
    subplans_by_slug,
)
from scaffold.plan import settings, workspace
from scaffold.plan.levels import levels
from scaffold.plan.progress import DONE, ready, states
from scaffold.reading import durations, subplan
from scaffold.reading.durations import Effort
from scaffold.reading.markdown import decode
from scaffold.reading.vocabulary import Vocabulary

_MARKERS = (b"[TO BE FILLED", b"[FILL")


@dataclass(frozen=True, slots=True)
class Row:
    """One achievement. `unfilled` is the number of places that its SUBPLAN leaves open; `files` are POSIX paths."""

    achievement: Achievement
    level: int
    state: State
    ready: bool
    unfilled: int
    effort: Effort
    files: tuple[str, ...]


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

    plan: Plan
    levels: tuple[Level, ...]
    in_sequence: Effort
    in_parallel: Effort
    next_step: Step
    warnings: tuple[Diagnostic, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """All achievements, by level and id."""
        return tuple(row for level in self.levels for row in level.rows)


def take(argument: Path) -> Survey:
    """Look at the plan that `argument` names; nothing is written.

    Raises InvalidInput as `workspace.read_plan` does.
    """
    plan = workspace.read_plan(argument)
    rows = _rows(plan, settings.read(plan.directory).vocabulary)
    by_level = tuple(_level(number, tuple(own)) for number, own in groupby(rows, key=lambda row: row.level))
    return Survey(
        plan=plan,
        levels=by_level,
        in_sequence=durations.in_sequence(level.in_sequence for level in by_level),
        in_parallel=durations.in_sequence(level.in_parallel for level in by_level),
        next_step=_next_step(argument, rows),
        warnings=(*transaction.interrupted(plan.directory), *plan.diagnostics),
    )


def _rows(plan: Plan, vocabulary: Vocabulary) -> tuple[Row, ...]:
    """Give a row for every achievement, by level and id."""
    state_of, level_of = states(plan), levels(plan.achievements)
    ready_now = ready(plan.achievements, state_of)
    subplans, executions = subplans_by_slug(plan), executions_by_slug(plan)

    def row(achievement: Achievement) -> Row:
        files = (
            *(f"{SUBPLAN_FOLDER}/{name}" for name in subplans.get(achievement.slug, Files()).regular),
            *(f"{EXECUTION_FOLDER}/{name}" for name in executions.get(achievement.slug, Files()).regular),
        )
        return Row(
            achievement=achievement,
            level=level_of[achievement.id],
            state=state_of[achievement.id],
            ready=ready_now[achievement.id],
            unfilled=_unfilled(plan, achievement, vocabulary),
            effort=durations.read(achievement.estimated_time),
            files=files,
        )

    ordered = sorted(plan.achievements, key=lambda one: (level_of[one.id], id_order(one.id)))
    return tuple(row(one) for one in ordered)


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
    """Name the one thing that helps most: mend, then create, fill and work on, on the lowest level that is not done."""
    if broken := [row for row in rows if row.state == "needs_fix"]:
        return Step(f"Work on the feedback of {_ids(broken)}: see execution/feedbacks/FIX_*.md", None)
    open_rows = [row for row in rows if row.state not in DONE]
    if not open_rows:
        return Step("Every achievement is done.", None)
    level = open_rows[0].level
    own = [row for row in open_rows if row.level == level]
    if [row for row in own if row.state == "not_started"]:
        return Step(
            f"Create the SUBPLANs of level {level}", command("subplans", plan, "--batch", "--level", str(level))
        )
    if unfilled := [row for row in own if row.unfilled and row.state == "subplan_created"]:
        return Step(f"Fill in the SUBPLANs of {_ids(unfilled)}: every [FILL: …] is a question to answer", None)
    if [row for row in own if row.state == "subplan_created"]:
        create = command("executions", plan, "--batch", "--level", str(level))
        return Step(f"Create the EXECUTION_TASKs of level {level}", create)
    return Step(
        f"Carry out the EXECUTION_TASKs of {_ids(own)}; a review leaves execution/feedbacks/APPROVED_*.md", None
    )


def _ids(rows: Iterable[Row]) -> str:
    return ", ".join(row.achievement.id for row in rows)
