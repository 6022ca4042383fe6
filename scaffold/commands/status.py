"""`scaffold status`: where a plan stands."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, TypedDict, Unpack

import click

from scaffold import clock, report, terminal
from scaffold.commands._next import find_outdated, next_lines
from scaffold.commands._paging import NO_PAGE, PageData, PageOptions, demand_json, page, page_options
from scaffold.commands._plan import plan_argument
from scaffold.names import command, counted, listed, printable
from scaffold.plan import overview
from scaffold.plan.outlook import OutOfDate
from scaffold.plan.overview import Level, Row, Survey
from scaffold.plan.progress import NOT_STATED, Standing, in_words
from scaffold.reading.durations import Effort
from scaffold.report import table
from scaffold.shapes import AchievementId, AchievementState, Count, NextCommand, PlanData, RelativePath, Rule, plan_data
from scaffold.transaction.claims import Claims

_LEVEL_HEADS = ("Level", "Achievements", "Done", "Ready", "Sequential", "Parallel")
_ACHIEVEMENT_HEADS = ("Achievement", "Title", "Level", "State", "Ready", "Unfilled", "Files")


@click.command()
@plan_argument
@click.option("--ready", "only_ready", is_flag=True, help="Show only achievements that are ready to be worked on.")
@click.option("--all", "with_done", is_flag=True, help="With --json: also the achievements that are done.")
@page_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def status(plan: Path, only_ready: bool, with_done: bool, as_json: bool, **options: Unpack[PageOptions]) -> int:
    """Show counts and hours per level, states, and what to do next.

    The state comes from the files of the plan: the verdict of a review (APPROVED_, FIX_, SKIPPED_), else the Status of
    the newest EXECUTION_TASK, else which documents exist.
    """
    demand_json({**options, "all": with_done, "as_json": as_json}, "all")
    found = overview.take(plan, find_outdated, clock.now())
    if as_json:
        data = status_data(found, options, only_ready=only_ready, with_done=with_done)
        terminal.show(report.envelope("status", data, found.warnings, ok=True))
    else:
        terminal.tell(report.diagnostics_text(found.warnings))
        terminal.show(status_text(found, terminal.columns(), only_ready=only_ready))
    return 0


StatesData = dict[AchievementState, Annotated[int, Rule(minimum=1)]]
"""How many achievements are in each state."""


class EffortData(TypedDict):
    """Hours, and the number of achievements without an estimate."""

    low: Annotated[float, Rule(minimum=0)]
    high: Annotated[float, Rule(minimum=0)]
    unknown: Count


class LevelData(TypedDict):
    """A level, in numbers."""

    level: Count
    total: Count
    states: StatesData
    ready_total: Count
    in_sequence: EffortData
    in_parallel: EffortData | None


class StandingData(TypedDict):
    """How an achievement stands."""

    id: AchievementId
    title: str
    level: Count
    state: AchievementState
    ready: bool


class AchievementData(StandingData):
    """Everything known about an achievement."""

    decided_by: str | None
    claimed: bool
    unfilled: Count
    out_of_date: Count
    dependencies: list[AchievementId]
    estimated_time: str | None
    files: list[RelativePath]


class StatusData(PlanData, PageData):
    """`data` of `scaffold status --json`."""

    states: Annotated[StatesData, "of all achievements of the plan: state to number"]
    in_sequence: Annotated[
        EffortData,
        "the whole plan, one achievement after the other: hours `low` and `high`, and `unknown`, "
        "the number of achievements without an estimate",
    ]
    in_parallel: Annotated[
        EffortData | None,
        "the whole plan, level by level, all of a level at once; null, as in `levels`, where nobody has stated what an "
        "achievement depends on",
    ]
    levels: Annotated[
        list[LevelData],
        "those of the `achievements` that follow, from 0 up: `level`, `total` (of its achievements), `states` (state "
        "to number), `ready_total` (how many are ready), `in_sequence`, `in_parallel`",
    ]
    achievements: Annotated[
        list[AchievementData],
        "by level and id, those that are done only with `--all`, with `--ready` only those: `id`, `title`, `level`, "
        "`state`, `ready`, `decided_by` (what the state was read from: a path, with its line where there is one), "
        "`claimed` (whether somebody works on it, and `why` says who), "
        "`unfilled` (open places of its SUBPLAN), `out_of_date` (EXECUTION_TASKs that would be made otherwise now), "
        "`dependencies`, `estimated_time`, `files`",
    ]
    next_step: Annotated[str, "what helps next, in words"]
    next_command: NextCommand


def status_data(
    survey: Survey, options: Mapping[str, object], *, only_ready: bool = False, with_done: bool = False
) -> StatusData:
    """Return `data` of `scaffold status --json`. Hours are `{low, high, unknown}`, the last a number of estimates."""
    rows = [
        row for row in survey.rows if (row.standing.ready or not only_ready) and (with_done or not row.standing.is_done)
    ]
    whole: StatusData = {
        **plan_data(survey.plan.name, survey.plan.document, survey.plan.directory),
        "in_sequence": _effort_data(survey.in_sequence),
        "in_parallel": _effort_data(survey.in_parallel) if survey.in_parallel else None,
        "states": _states(survey.rows),
        "levels": [],
        "achievements": [row_data(row, survey.out_of_date, survey.claims) for row in rows],
        **NO_PAGE,
        "next_step": survey.next_step.text,
        "next_command": survey.next_step.command,
    }
    data = page(whole, options, ("achievements",), (row.standing.id for row in survey.rows))
    levels = {row["level"] for row in data["achievements"]}
    return {**data, "levels": [_level_data(level) for level in survey.levels if level.level in levels]}


def status_text(survey: Survey, columns: int | None, *, only_ready: bool) -> str:
    """Show counts and hours per level, then a row for each achievement, then what to do next."""
    done = sum(row.standing.is_done for row in survey.rows)
    lines = [f"Plan {survey.plan.name}: {done} of {counted(len(survey.rows), 'achievement')} done", ""]
    lines += [table(_LEVEL_HEADS, [_level_row(level) for level in survey.levels], columns), ""]
    lines += [
        f"All levels: {survey.in_sequence.text} in sequence, {_parallel(survey)}",
        "",
    ]
    rows = [row for row in survey.rows if row.standing.ready or not only_ready]
    if rows:
        marked = [_achievement_row(row, survey) for row in rows]
        lines += [table(_ACHIEVEMENT_HEADS, marked, columns), ""]
    elif only_ready:
        lines += ["No achievement is ready.", ""]
    if count := len(survey.out_of_date.documents):
        update = printable(command("update", survey.plan.argument))
        lines += [f"{counted(count, 'EXECUTION_TASK')} out of date: {update}", ""]
    return "\n".join([*lines, *next_lines(survey.next_step, survey.plan.argument)]) + "\n"


def _parallel(survey: Survey) -> str:
    if survey.in_parallel:
        return f"{survey.in_parallel.text} with each level in parallel"
    return f"in parallel not known: {NOT_STATED} of {listed([s.id for s in survey.progress if s.is_open])}"


def _level_row(level: Level) -> tuple[str, ...]:
    done = sum(row.standing.is_done for row in level.rows)
    ready = sum(row.standing.ready for row in level.rows)
    counts = (str(level.level), str(len(level.rows)), str(done), str(ready))
    return (*counts, level.in_sequence.text, level.in_parallel.text if level.in_parallel else "not known")


def _achievement_row(row: Row, survey: Survey) -> tuple[str, ...]:
    is_outdated = bool(survey.out_of_date.of(row.standing.id))
    is_claimed = row.standing.id in survey.claims.ids
    return (
        row.standing.id,
        row.standing.achievement.title,
        str(row.standing.level),
        in_words(row.standing.state) + (", out of date" if is_outdated else "") + (", claimed" if is_claimed else ""),
        "ready" if row.standing.ready else "not stated" if row.standing.is_open else "",
        str(len(row.standing.unfilled)) if len(row.standing.unfilled) else "",
        str(len(row.standing.files)) if row.standing.files else "",
    )


def _states(rows: Iterable[Row]) -> StatesData:
    return dict(Counter(row.standing.state for row in rows))


def _level_data(level: Level) -> LevelData:
    return {
        "level": level.level,
        "total": len(level.rows),
        "states": _states(level.rows),
        "ready_total": sum(row.standing.ready for row in level.rows),
        "in_sequence": _effort_data(level.in_sequence),
        "in_parallel": _effort_data(level.in_parallel) if level.in_parallel else None,
    }


def standing_data(standing: Standing) -> StandingData:
    """Return how an achievement stands, as `scaffold graph` and `scaffold why` have it."""
    return {
        "id": standing.id,
        "title": standing.achievement.title,
        "level": standing.level,
        "state": standing.state,
        "ready": standing.ready,
    }


def row_data(row: Row, out_of_date: OutOfDate, claims: Claims) -> AchievementData:
    """Return one achievement as `scaffold status` and `scaffold why` have it."""
    return {
        **standing_data(row.standing),
        "decided_by": row.standing.decided_by,
        "claimed": row.standing.id in claims.ids,
        "unfilled": len(row.standing.unfilled),
        "out_of_date": len(out_of_date.of(row.standing.id)),
        "dependencies": list(row.standing.achievement.dependencies),
        "estimated_time": row.standing.achievement.estimated_time,
        "files": list(row.standing.files),
    }


def _effort_data(effort: Effort) -> EffortData:
    return {"low": effort.low, "high": effort.high, "unknown": effort.unknown}
