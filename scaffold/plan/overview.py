"""Where a plan stands: every achievement with its level, state and files, and what to do next."""

from collections.abc import Iterable
from functools import partial
from itertools import groupby
from pathlib import Path

from scaffold import transaction
from scaffold.errors import Diagnostic
from scaffold.lazy.values import frozen
from scaffold.model import Plan
from scaffold.plan import workspace
from scaffold.plan.actions import Step, claims_of, first_step
from scaffold.plan.outlook import Find, OutOfDate, none_outdated
from scaffold.plan.progress import Progress, Standing, progress_of
from scaffold.reading import durations
from scaffold.reading.durations import Effort
from scaffold.transaction.claims import NO_CLAIMS, Claims


@frozen
class Row:
    """Where an achievement stands, and its hours."""

    standing: Standing
    effort: Effort


@frozen
class Level:
    """One dependency level: its rows, and their hours one after the other and all at once.

    `in_parallel` is None where nobody has stated what one of them depends on: they may not be possible at once.
    """

    level: int
    rows: tuple[Row, ...]
    in_sequence: Effort
    in_parallel: Effort | None


@frozen
class Survey:
    """A plan's levels from 0 up, its total hours, what to do next, what is out of date or claimed, and what to warn of.

    `in_parallel` is None where that of a level is.
    """

    progress: Progress
    levels: tuple[Level, ...]
    in_sequence: Effort
    in_parallel: Effort | None
    next_step: Step
    out_of_date: OutOfDate
    warnings: tuple[Diagnostic, ...]
    claims: Claims = NO_CLAIMS

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.progress.plan

    @property
    def rows(self) -> tuple[Row, ...]:
        """All achievements, by level and id."""
        return tuple(row for level in self.levels for row in level.rows)


def take(argument: Path, find_outdated: Find = none_outdated, time: str | None = None) -> Survey:
    """Look at the plan that `argument` names; nothing is written. `find_outdated` is called for every achievement.

    The claims are those that hold at the `time`: UTC, ISO 8601 to the second; without it nobody asks for claims.
    Raises InvalidInput as `workspace.read_plan` does.
    """
    plan = workspace.read_plan(argument)
    progress = progress_of(plan)
    out_of_date = find_outdated(progress, progress)
    claims = claims_of(progress, time) if time else NO_CLAIMS
    rows = tuple(Row(standing, durations.read(standing.achievement.estimated_time)) for standing in progress)
    by_level = tuple(_level(number, tuple(own)) for number, own in groupby(rows, key=lambda row: row.standing.level))
    return Survey(
        progress=progress,
        levels=by_level,
        in_sequence=durations.in_sequence(level.in_sequence for level in by_level),
        in_parallel=_all_in_parallel(by_level),
        next_step=first_step(progress, find_outdated=partial(those_of, out_of_date), claims=claims),
        out_of_date=out_of_date,
        warnings=(
            *transaction.interrupted(plan.directory),
            *plan.diagnostics,
            *out_of_date.warnings,
            *claims.warnings,
        ),
        claims=claims,
    )


def those_of(found: OutOfDate, progress: Progress, standings: Iterable[Standing]) -> OutOfDate:
    """Return the part of what was found that is about these achievements."""
    return OutOfDate({standing.id: documents for standing in standings if (documents := found.of(standing.id))})


def _all_in_parallel(levels: tuple[Level, ...]) -> Effort | None:
    efforts = [level.in_parallel for level in levels if level.in_parallel]
    return durations.in_sequence(efforts) if len(efforts) == len(levels) else None


def _level(number: int, rows: tuple[Row, ...]) -> Level:
    efforts = tuple(row.effort for row in rows)
    is_open = any(row.standing.is_open for row in rows)
    return Level(number, rows, durations.in_sequence(efforts), None if is_open else durations.in_parallel(efforts))
