"""`scaffold why`: why an achievement is or is not ready."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import click

from scaffold import report, terminal
from scaffold.commands.status import AchievementData, BriefData, NextCommand, brief_data, next_lines, row_data
from scaffold.errors import Diagnostic
from scaffold.model import Plan
from scaffold.names import EXECUTION_TASK, SUBPLAN, agreed, command, counted, printable
from scaffold.plan import overview
from scaffold.plan.overview import Row, Step
from scaffold.plan.progress import Progress, Standing, in_words, state_line
from scaffold.plan.selection import Selection, select
from scaffold.report import table
from scaffold.shapes import AchievementId, PlanData, RelativePath

_MANY = 20


@click.command()
@click.argument("achievement_id", metavar="ID")
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def why(achievement_id: str, plan: Path, as_json: bool) -> int:
    """Explain why ID is or is not ready, and what to do next.

    Its dependencies are followed down to what can be worked on now.
    """
    found = explain(plan, achievement_id)
    if as_json:
        terminal.show(report.envelope("why", why_data(found), found.warnings, ok=True))
    else:
        terminal.tell(report.diagnostics_text(found.warnings))
        terminal.show(why_text(found, terminal.columns()))
    return 0


@dataclass(frozen=True, slots=True)
class Blocker:
    """An achievement that must be done first, and which of its own dependencies are not; none: a root, in work now."""

    standing: Standing
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that explains the state of one achievement.

    `waits_for` are the dependencies that are not done; `blockers` these and whatever blocks them in turn, from the
    roots up, so that each comes after everything that it waits for. `subplan` and `executions` are POSIX paths.
    """

    plan: Plan
    row: Row
    dependencies: tuple[Standing, ...]
    waits_for: tuple[str, ...]
    blockers: tuple[Blocker, ...]
    subplan: str | None
    executions: tuple[str, ...]
    next_step: Step
    warnings: tuple[Diagnostic, ...]


def explain(argument: Path, achievement_id: str) -> Explanation:
    """Look at one achievement of the plan that `argument` names; nothing is written.

    Raises InvalidInput as `workspace.read_plan` does, and with the nearest id for one that the plan does not have.
    """
    found = overview.take(argument)
    progress = found.progress
    (standing,) = select(progress, Selection("achievements", ids=(achievement_id,)), SUBPLAN)
    rows = {row.standing.id: row for row in found.rows}
    waits_for = () if standing.is_done else _open_dependencies(progress, standing)
    blockers = _blockers(progress, waits_for)
    first = next((blocker.standing.id for blocker in blockers), achievement_id)
    return Explanation(
        plan=found.plan,
        row=rows[achievement_id],
        dependencies=progress.dependencies_of(standing.achievement),
        waits_for=waits_for,
        blockers=blockers,
        subplan=_subplan(standing),
        executions=standing.paths(EXECUTION_TASK),
        next_step=_step(rows[first], argument),
        warnings=found.warnings,
    )


def _open_dependencies(progress: Progress, standing: Standing) -> tuple[str, ...]:
    return tuple(other.id for other in progress.dependencies_of(standing.achievement) if not other.is_done)


def _blockers(progress: Progress, waits_for: tuple[str, ...]) -> tuple[Blocker, ...]:
    """Follow what is not done down to its roots. `progress` is by level: a dependency comes before its dependents."""
    found, to_follow = set(waits_for), list(waits_for)
    while to_follow:
        further = set(_open_dependencies(progress, progress[to_follow.pop()])) - found
        found |= further
        to_follow += further
    blockers = (
        Blocker(standing, _open_dependencies(progress, standing)) for standing in progress if standing.id in found
    )
    return tuple(sorted(blockers, key=lambda blocker: bool(blocker.waits_for)))


def _subplan(standing: Standing) -> str | None:
    return next(iter(standing.paths(SUBPLAN)), None)


def _step(row: Row, plan: Path) -> Step:
    """Return the next step of one achievement, with the command where there is one."""
    standing, subplan = row.standing, _subplan(row.standing)
    id_, slug = standing.id, standing.achievement.slug
    match standing.state:
        case "complete" | "skipped":
            return Step(f"Achievement {id_} is done.", None)
        case "needs_fix":
            text = f"Work on execution/feedbacks/FIX_{slug}.md"
            if subplan is None:  # which is what an EXECUTION_TASK would be made from
                return Step(text, None)
            again = command("executions", plan, "--achievement", id_, "--again")
            return Step(f"{text}; the command creates an EXECUTION_TASK for it", again)
        case "execution_created":
            task = standing.paths(EXECUTION_TASK)[-1]
            return Step(f"Carry out {task}; its review creates execution/feedbacks/APPROVED_{slug}.md", None)
        case "subplan_created" if row.unfilled:
            places = f"{counted(row.unfilled, 'place')} {agreed(row.unfilled, 'is', 'are')}"
            return Step(f"Fill in {subplan}: {places} marked [FILL: …] or [TO BE FILLED]", None)
        case "subplan_created":
            text = f"Create the EXECUTION_TASK of {id_}"
            return Step(text, command("executions", plan, "--achievement", id_))
        case "not_started":
            return Step(f"Create the SUBPLAN of {id_}", command("subplans", plan, "--achievement", id_))


class BlockerData(BriefData):
    """An achievement that must be done first, and what it waits for itself."""

    waits_for: list[AchievementId]


class WhyData(PlanData):
    """`data` of `scaffold why --json`."""

    achievement: Annotated[AchievementData, "the achievement, as in `status`"]
    waits_for: Annotated[
        list[AchievementId], "ids of the dependencies that are not done; empty when it is ready or done itself"
    ]
    dependencies: Annotated[list[BriefData], "each with `id`, `title`, `level`, `state`, `ready`"]
    blockers: Annotated[
        list[BlockerData],
        "what is to be done before, at any distance, also with `waits_for`; those that wait for nothing come first",
    ]
    subplan: Annotated[str | None, "path of the SUBPLAN, null without one"]
    executions: Annotated[list[RelativePath], "paths of the EXECUTION_TASKs"]
    next_step: Annotated[str, "what helps: for what is not ready, a step of the first blocker"]
    next_command: NextCommand


def why_data(found: Explanation) -> WhyData:
    """Return `data` of `scaffold why --json`; `blockers` are from the roots up."""
    return {
        "plan": found.plan.name,
        "plan_document": found.plan.document,
        "achievement": row_data(found.row),
        "waits_for": list(found.waits_for),
        "dependencies": [brief_data(other) for other in found.dependencies],
        "blockers": [
            {**brief_data(blocker.standing), "waits_for": list(blocker.waits_for)} for blocker in found.blockers
        ],
        "subplan": found.subplan,
        "executions": list(found.executions),
        "next_step": found.next_step.text,
        "next_command": found.next_step.command,
    }


def why_text(found: Explanation, columns: int | None) -> str:
    """Return the state of an achievement, what it depends on, what blocks it, and what to do next, as text."""
    standing = found.row.standing
    lines = [f"Achievement {standing.id} {printable(standing.achievement.title)}", ""]
    lines += [f"Level {standing.level}, {in_words(standing.state)}: {_reason(found)}.", *_file_lines(found), ""]
    if found.dependencies:
        rows = [(other.id, other.achievement.title, state_line(other)) for other in found.dependencies]
        lines += [table(("Depends on", "Title", "State"), rows, columns), ""]
    if any(blocker.waits_for for blocker in found.blockers):  # else they are just what it depends on
        rows = [
            (blocker.standing.id, blocker.standing.achievement.title, _hold(blocker))
            for blocker in found.blockers[:_MANY]
        ]
        lines += [table(("Blocked by", "Title", "State"), rows, columns)]
        more = len(found.blockers) - _MANY
        lines += [f"and {more} more; `scaffold graph` shows all", ""] if more > 0 else [""]
    return "\n".join(lines + next_lines(found.next_step)) + "\n"


def _reason(found: Explanation) -> str:
    if found.row.standing.is_done:
        return "nothing is left to do"
    if found.waits_for:
        return f"not ready, because it waits for {', '.join(found.waits_for)}"
    if found.row.standing.achievement.dependencies_open:
        return "not ready, because nobody has stated in parallel.json what it depends on"
    return (
        "ready, because everything it depends on is done"
        if found.dependencies
        else "ready, because it depends on nothing"
    )


def _file_lines(found: Explanation) -> list[str]:
    unfilled = found.row.unfilled
    places = f" ({counted(unfilled, 'place')} to fill in)" if unfilled else ""
    subplan = printable(found.subplan) + places if found.subplan else "none yet"
    executions = [f"EXECUTION_TASK: {printable(name)}" for name in found.executions]
    return [f"SUBPLAN: {subplan}", *(executions or ["EXECUTION_TASK: none yet"])]


def _hold(blocker: Blocker) -> str:
    if blocker.waits_for:
        return f"{in_words(blocker.standing.state)}, waits for {', '.join(blocker.waits_for)}"
    return state_line(blocker.standing)
