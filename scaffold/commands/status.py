"""`scaffold status`: where a plan stands."""

from collections import Counter
from pathlib import Path
from typing import Annotated, TypedDict

import click

from scaffold import report, terminal
from scaffold.commands._next import find_outdated, next_lines
from scaffold.names import command, counted, listed, printable
from scaffold.plan import overview
from scaffold.plan.outlook import OutOfDate
from scaffold.plan.overview import Level, Row, Survey
from scaffold.plan.progress import NOT_STATED, Standing, in_words
from scaffold.reading.durations import Effort
from scaffold.report import table
from scaffold.shapes import AchievementId, AchievementState, Count, NextCommand, PlanData, RelativePath, Rule, plan_data

_LEVEL_HEADS = ("Level", "Achievements", "Done", "Ready", "Sequential", "Parallel")
_ACHIEVEMENT_HEADS = ("Achievement", "Title", "Level", "State", "Ready", "Unfilled", "Files")


@click.command()
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@click.option("--ready", "only_ready", is_flag=True, help="Show only achievements that are ready to be worked on.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def status(plan: Path, only_ready: bool, as_json: bool) -> int:
    """Show counts and hours per level, states, and what to do next.

    The state comes from the files of the plan: the verdict of a review (APPROVED_, FIX_, SKIPPED_), else the Status of
    the newest EXECUTION_TASK, else which documents exist.
    """
    found = overview.take(plan, find_outdated)
    if as_json:
        data = status_data(found, only_ready=only_ready)
        terminal.show(report.envelope("status", data, found.warnings, ok=True))
    else:
        terminal.tell(report.diagnostics_text(found.warnings))
        terminal.show(status_text(found, terminal.columns(), only_ready=only_ready))
    return 0


class EffortData(TypedDict):
    """Hours, and the number of achievements without an estimate."""

    low: Annotated[float, Rule(minimum=0)]
    high: Annotated[float, Rule(minimum=0)]
    unknown: Count


class LevelData(TypedDict):
    """A level, in numbers."""

    level: Count
    achievements: Count
    states: dict[AchievementState, Annotated[int, Rule(minimum=1)]]
    ready: Count
    in_sequence: EffortData
    in_parallel: EffortData | None


class BriefData(TypedDict):
    """How an achievement stands."""

    id: AchievementId
    title: str
    level: Count
    state: AchievementState
    ready: bool


class AchievementData(BriefData):
    """Everything known about an achievement."""

    decided_by: str | None
    unfilled: Count
    out_of_date: Count
    dependencies: list[AchievementId]
    estimated_time: str | None
    files: list[RelativePath]


class StatusData(PlanData):
    """`data` of `scaffold status --json`."""

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
        "from 0 up: `level`, `achievements` and how many are `ready` (numbers), `states` (state to number), "
        "`in_sequence`, `in_parallel`",
    ]
    achievements: Annotated[
        list[AchievementData],
        "by level and id; with `--ready` only those: `id`, `title`, `level`, `state`, `ready`, `decided_by` "
        "(what the state was read from: a path, with its line where there is one), `unfilled` (open places of its "
        "SUBPLAN), `out_of_date` (EXECUTION_TASKs that would be made otherwise now), `dependencies`, `estimated_time`, "
        "`files`",
    ]
    next_step: Annotated[str, "what helps next, in words"]
    next_command: NextCommand


def status_data(survey: Survey, *, only_ready: bool) -> StatusData:
    """Return `data` of `scaffold status --json`. Hours are `{low, high, unknown}`, the last a number of estimates."""
    return {
        **plan_data(survey.plan.name, survey.plan.document, survey.plan.directory),
        "in_sequence": _effort_data(survey.in_sequence),
        "in_parallel": _effort_data(survey.in_parallel) if survey.in_parallel else None,
        "levels": [_level_data(level) for level in survey.levels],
        "achievements": [
            row_data(row, survey.out_of_date) for row in survey.rows if row.standing.ready or not only_ready
        ],
        "next_step": survey.next_step.text,
        "next_command": survey.next_step.command,
    }


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
        marked = [_achievement_row(row, survey.out_of_date) for row in rows]
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


def _achievement_row(row: Row, out_of_date: OutOfDate) -> tuple[str, ...]:
    is_outdated = bool(out_of_date.of(row.standing.id))
    return (
        row.standing.id,
        row.standing.achievement.title,
        str(row.standing.level),
        in_words(row.standing.state) + (", out of date" if is_outdated else ""),
        "ready" if row.standing.ready else "not stated" if row.standing.is_open else "",
        str(len(row.standing.unfilled)) if len(row.standing.unfilled) else "",
        str(len(row.standing.files)) if row.standing.files else "",
    )


def _level_data(level: Level) -> LevelData:
    return {
        "level": level.level,
        "achievements": len(level.rows),
        "states": dict(Counter(row.standing.state for row in level.rows)),
        "ready": sum(row.standing.ready for row in level.rows),
        "in_sequence": _effort_data(level.in_sequence),
        "in_parallel": _effort_data(level.in_parallel) if level.in_parallel else None,
    }


def brief_data(standing: Standing) -> BriefData:
    """Return how an achievement stands, as `scaffold graph` and `scaffold why` have it."""
    return {
        "id": standing.id,
        "title": standing.achievement.title,
        "level": standing.level,
        "state": standing.state,
        "ready": standing.ready,
    }


def row_data(row: Row, out_of_date: OutOfDate) -> AchievementData:
    """Return one achievement as `scaffold status` and `scaffold why` have it."""
    return {
        **brief_data(row.standing),
        "decided_by": row.standing.decided_by,
        "unfilled": len(row.standing.unfilled),
        "out_of_date": len(out_of_date.of(row.standing.id)),
        "dependencies": list(row.standing.achievement.dependencies),
        "estimated_time": row.standing.achievement.estimated_time,
        "files": list(row.standing.files),
    }


def _effort_data(effort: Effort) -> EffortData:
    return {"low": effort.low, "high": effort.high, "unknown": effort.unknown}
