"""`scaffold why`: why an achievement is or is not ready."""

from collections.abc import Iterable
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated, TypedDict, Unpack

import click

from scaffold import clock, report, terminal
from scaffold.commands._claims import HeldData, held_data
from scaffold.commands._next import find_outdated, next_lines
from scaffold.commands._paging import NO_PAGE, PageData, PageOptions, demand_json, page, page_options
from scaffold.commands._plan import plan_argument
from scaffold.commands.status import AchievementData, StandingData, row_data, standing_data
from scaffold.errors import Diagnostic
from scaffold.lazy.values import frozen
from scaffold.model import Plan
from scaffold.names import EXECUTION_TASK, SUBPLAN, counted, listed, printable
from scaffold.plan import overview
from scaffold.plan.actions import Step, actions_for, blockers_of, kept_by_claims, step_of
from scaffold.plan.outlook import Outdated, OutOfDate
from scaffold.plan.overview import Row, Survey, those_of
from scaffold.plan.progress import Progress, Standing, in_words, state_line
from scaffold.plan.selection import Selection, select
from scaffold.report import table
from scaffold.shapes import AchievementId, Count, NextCommand, PlanData, RelativePath, plan_data
from scaffold.transaction.claims import Claims

_MANY = 20


@click.command()
@click.argument("achievement_id", metavar="ID")
@plan_argument
@page_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def why(achievement_id: str, plan: Path, as_json: bool, **options: Unpack[PageOptions]) -> int:
    """Explain why ID is or is not ready, and what to do next.

    Its dependencies are followed down to what can be worked on now.
    """
    demand_json({**options, "as_json": as_json})
    found = explain(plan, achievement_id)
    if as_json:
        data = page(why_data(found), options, ("blockers",))
        terminal.show(report.envelope("why", data, found.warnings, ok=True))
    else:
        terminal.tell(report.diagnostics_text(found.warnings))
        terminal.show(why_text(found, terminal.columns()))
    return 0


@frozen
class Blocker:
    """An achievement that must be done first, and which of its own dependencies are not; none: a root, in work now."""

    standing: Standing
    waits_for: tuple[str, ...]


@frozen
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
    outdated: tuple[Outdated, ...]
    claims: Claims
    warnings: tuple[Diagnostic, ...]


def explain(argument: Path, achievement_id: str) -> Explanation:
    """Look at one achievement of the plan that `argument` names; nothing is written.

    Raises InvalidInput as `workspace.read_plan` does, and with the nearest id for one that the plan does not have.
    """
    found = overview.take(argument, partial(_of_one, achievement_id), clock.now())
    progress = found.progress
    (standing,) = select(progress, Selection("achievements", ids=(achievement_id,)), SUBPLAN)
    rows = {row.standing.id: row for row in found.rows}
    waits_for = () if standing.is_done else _open_dependencies(progress, standing)
    return Explanation(
        plan=found.plan,
        row=rows[achievement_id],
        dependencies=progress.dependencies_of(standing.achievement),
        waits_for=waits_for,
        blockers=_blockers(progress, standing),
        subplan=_subplan(standing),
        executions=standing.paths(EXECUTION_TASK),
        next_step=_step(progress, standing, found),
        outdated=found.out_of_date.of(standing.id),
        claims=found.claims,
        warnings=found.warnings,
    )


def _of_one(achievement_id: str, progress: Progress, standings: Iterable[Standing]) -> OutOfDate:
    """Return what is out of date of one achievement: making all documents again takes as long as making them."""
    return find_outdated(progress, (standing for standing in standings if standing.id == achievement_id))


def _open_dependencies(progress: Progress, standing: Standing) -> tuple[str, ...]:
    return tuple(other.id for other in progress.dependencies_of(standing.achievement) if not other.is_done)


def _blockers(progress: Progress, standing: Standing) -> tuple[Blocker, ...]:
    """Return what keeps an achievement. `progress` is by level: a dependency comes before its dependents."""
    if standing.is_done:
        return ()
    found = blockers_of(progress, standing.id)
    blockers = (Blocker(other, _open_dependencies(progress, other)) for other in progress if other.id in found)
    return tuple(sorted(blockers, key=lambda blocker: bool(blocker.waits_for)))


def _subplan(standing: Standing) -> str | None:
    return next(iter(standing.paths(SUBPLAN)), None)


def _step(progress: Progress, standing: Standing, found: Survey) -> Step:
    """Return what brings an achievement on: the first action for what it waits for, else for itself."""
    if standing.is_done:
        return Step(f"Achievement {standing.id} is done.")
    actions = actions_for(progress, standing.id, partial(those_of, found.out_of_date), found.claims)
    if (first := next(actions, None)) is not None:
        return step_of(progress, chain((first,), actions))
    return Step(kept_by_claims(progress, standing.id, found.claims) or f"Nothing can be done for {standing.id} now")


class BlockerData(StandingData):
    """An achievement that must be done first, and what it waits for itself."""

    waits_for: list[AchievementId]


class OutdatedData(TypedDict):
    """A document that is out of date."""

    path: RelativePath
    why: list[str]
    conflicts: Count


class WhyData(PlanData, PageData):
    """`data` of `scaffold why --json`."""

    achievement: Annotated[AchievementData, "the achievement, as in `status`"]
    waits_for: Annotated[
        list[AchievementId], "ids of the dependencies that are not done; empty when it is ready or done itself"
    ]
    blockers: Annotated[
        list[BlockerData],
        "what is to be done before, at any distance: `id`, `title`, `level`, `state`, `ready`, `waits_for`; those that "
        "wait for nothing come first",
    ]
    subplan: Annotated[str | None, "path of the SUBPLAN, null without one"]
    executions: Annotated[list[RelativePath], "paths of the EXECUTION_TASKs"]
    out_of_date: Annotated[
        list[OutdatedData],
        "those that would be made otherwise now: `path`, `why` (what has changed), and at how many places an edit "
        "stands against that (`conflicts`)",
    ]
    claim: Annotated[HeldData | None, "who works on it, null where nobody has claimed it"]
    next_step: Annotated[str, "what helps: for what is not ready, a step of the first blocker"]
    next_command: NextCommand


def why_data(found: Explanation) -> WhyData:
    """Return `data` of `scaffold why --json`; `blockers` are from the roots up."""
    return {
        **plan_data(found.plan.name, found.plan.document, found.plan.directory),
        "achievement": row_data(found.row, OutOfDate({found.row.standing.id: found.outdated}), found.claims),
        "waits_for": list(found.waits_for),
        "blockers": [
            {**standing_data(blocker.standing), "waits_for": list(blocker.waits_for)} for blocker in found.blockers
        ],
        **NO_PAGE,
        "subplan": found.subplan,
        "executions": list(found.executions),
        "out_of_date": [
            {"path": outdated.path, "why": list(outdated.why), "conflicts": outdated.conflicts}
            for outdated in found.outdated
        ],
        "claim": next((held for held in held_data(found.claims) if held["id"] == found.row.standing.id), None),
        "next_step": found.next_step.text,
        "next_command": found.next_step.command,
    }


def why_text(found: Explanation, columns: int | None) -> str:
    """Return the state of an achievement, what it depends on, what blocks it, and what to do next, as text."""
    standing = found.row.standing
    lines = [f"Achievement {standing.id} {printable(standing.achievement.title)}", ""]
    claim = found.claims.held.get(standing.id)
    claimed = [printable(f"Claimed by {claim.holder} until {claim.end}.")] if claim else []
    lines += [f"Level {standing.level}, {in_words(standing.state)}: {_reason(found)}.", *claimed, *_file_lines(found)]
    lines += [""]
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
    return "\n".join([*lines, *next_lines(found.next_step, found.plan.argument)]) + "\n"


def _reason(found: Explanation) -> str:
    if found.row.standing.is_done:
        return "nothing is left to do"
    if found.waits_for:
        return f"not ready, because it waits for {', '.join(found.waits_for)}"
    if found.row.standing.is_open:
        return "not ready, because nobody has stated in parallel.json what it depends on"
    return (
        "ready, because everything it depends on is done"
        if found.dependencies
        else "ready, because it depends on nothing"
    )


def _file_lines(found: Explanation) -> list[str]:
    standing = found.row.standing
    unfilled = len(standing.unfilled)
    places = f" ({counted(unfilled, 'place')} to fill in)" if unfilled else ""
    subplan = printable(found.subplan) + places if found.subplan else "none yet"
    outdated = {document.path: f" (out of date: {listed(document.why)} changed)" for document in found.outdated}
    executions = [f"EXECUTION_TASK: {printable(name)}{outdated.get(name, '')}" for name in found.executions]
    lines = [f"SUBPLAN: {subplan}", *(executions or ["EXECUTION_TASK: none yet"])]
    return [f"Decided by: {printable(standing.decided_by)}", *lines] if standing.decided_by else lines


def _hold(blocker: Blocker) -> str:
    if blocker.waits_for:
        return f"{in_words(blocker.standing.state)}, waits for {', '.join(blocker.waits_for)}"
    return state_line(blocker.standing)
