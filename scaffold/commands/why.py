"""`scaffold why`: why an achievement is or is not ready."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import click

from scaffold import report, terminal
from scaffold.commands.status import AchievementData, BriefData, NextCommand, brief_data, next_lines, row_data
from scaffold.errors import Diagnostic
from scaffold.model import Plan
from scaffold.names import SUBPLAN, SUBPLAN_FOLDER, command, printable
from scaffold.plan import overview
from scaffold.plan.overview import Row, Step
from scaffold.plan.progress import DONE, in_words
from scaffold.plan.selection import Selection, select
from scaffold.report import table
from scaffold.shapes import AchievementId, PlanData, RelativePath

_MANY = 20


@click.command()
@click.argument("achievement_id", metavar="ID")
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def why(achievement_id: str, plan: Path, as_json: bool) -> int:
    """Explain why the achievement ID is or is not ready, and what to do next.

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

    row: Row
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that explains the state of one achievement.

    `waits_for` are the dependencies that are not done; `blockers` these and whatever blocks them in turn, from the
    roots up, so that each comes after everything that it waits for. `subplan` and `executions` are POSIX paths.
    """

    plan: Plan
    row: Row
    dependencies: tuple[Row, ...]
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
    select(found.progress, Selection("achievements", ids=(achievement_id,)), SUBPLAN)
    rows = {row.achievement.id: row for row in found.rows}
    row = rows[achievement_id]
    waits_for = () if row.state in DONE else _open_dependencies(row, rows)
    blockers = _blockers(waits_for, rows)
    first = next((one.row for one in blockers), row)
    return Explanation(
        plan=found.plan,
        row=row,
        dependencies=tuple(rows[one] for one in row.achievement.dependencies),
        waits_for=waits_for,
        blockers=blockers,
        subplan=_subplan(row),
        executions=_executions(row),
        next_step=_step(first, argument),
        warnings=found.warnings,
    )


def _open_dependencies(row: Row, rows: Mapping[str, Row]) -> tuple[str, ...]:
    return tuple(one for one in row.achievement.dependencies if rows[one].state not in DONE)


def _blockers(waits_for: tuple[str, ...], rows: Mapping[str, Row]) -> tuple[Blocker, ...]:
    """Follow what is not done down to its roots. `rows` are by level, so a dependency comes before its dependents."""
    found, to_follow = set(waits_for), list(waits_for)
    while to_follow:
        further = set(_open_dependencies(rows[to_follow.pop()], rows)) - found
        found |= further
        to_follow += further
    blockers = (Blocker(row, _open_dependencies(row, rows)) for one, row in rows.items() if one in found)
    return tuple(sorted(blockers, key=lambda one: bool(one.waits_for)))


def _subplan(row: Row) -> str | None:
    return next((path for path in row.files if path.startswith(f"{SUBPLAN_FOLDER}/")), None)


def _executions(row: Row) -> tuple[str, ...]:
    return tuple(path for path in row.files if not path.startswith(f"{SUBPLAN_FOLDER}/"))


def _step(row: Row, plan: Path) -> Step:
    """Return the next step of one achievement, with the command where there is one."""
    one, slug, subplan = row.achievement.id, row.achievement.slug, _subplan(row)
    match row.state:
        case "complete" | "skipped":
            return Step(f"Achievement {one} is done.", None)
        case "needs_fix":
            text = f"Work on execution/feedbacks/FIX_{slug}.md"
            if subplan is None:  # which is what an EXECUTION_TASK would be made from
                return Step(text, None)
            again = command("executions", plan, "--achievement", one, "--again")
            return Step(f"{text}; the command creates an EXECUTION_TASK for it", again)
        case "execution_created":
            text = f"Carry out {_executions(row)[-1]}; its review creates execution/feedbacks/APPROVED_{slug}.md"
            return Step(text, None)
        case "subplan_created" if row.unfilled:
            places = "1 place is" if row.unfilled == 1 else f"{row.unfilled} places are"
            return Step(f"Fill in {subplan}: {places} marked [FILL: …] or [TO BE FILLED]", None)
        case "subplan_created":
            text = f"Create the EXECUTION_TASK of {one}"
            return Step(text, command("executions", plan, "--achievement", one))
        case "not_started":
            return Step(f"Create the SUBPLAN of {one}", command("subplans", plan, "--achievement", one))


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
        "dependencies": [brief_data(one) for one in found.dependencies],
        "blockers": [{**brief_data(one.row), "waits_for": list(one.waits_for)} for one in found.blockers],
        "subplan": found.subplan,
        "executions": list(found.executions),
        "next_step": found.next_step.text,
        "next_command": found.next_step.command,
    }


def why_text(found: Explanation, columns: int | None) -> str:
    """Return the state of an achievement, what it depends on, what blocks it, and what to do next, as text."""
    achievement = found.row.achievement
    lines = [f"Achievement {achievement.id} {printable(achievement.title)}", ""]
    lines += [f"Level {found.row.level}, {in_words(found.row.state)}: {_reason(found)}.", *_file_lines(found), ""]
    if found.dependencies:
        rows = [(one.achievement.id, one.achievement.title, _state(one)) for one in found.dependencies]
        lines += [table(("Depends on", "Title", "State"), rows, columns), ""]
    if any(one.waits_for for one in found.blockers):  # else they are just what it depends on
        rows = [(one.row.achievement.id, one.row.achievement.title, _hold(one)) for one in found.blockers[:_MANY]]
        lines += [table(("Blocked by", "Title", "State"), rows, columns)]
        more = len(found.blockers) - _MANY
        lines += [f"and {more} more; `scaffold graph` shows all", ""] if more > 0 else [""]
    return "\n".join(lines + next_lines(found.next_step)) + "\n"


def _reason(found: Explanation) -> str:
    if found.row.state in DONE:
        return "nothing is left to do"
    if found.waits_for:
        return f"not ready, because it waits for {', '.join(found.waits_for)}"
    return (
        "ready, because everything it depends on is done"
        if found.dependencies
        else "ready, because it depends on nothing"
    )


def _file_lines(found: Explanation) -> list[str]:
    unfilled = found.row.unfilled
    places = f" ({unfilled} place{'' if unfilled == 1 else 's'} to fill in)" if unfilled else ""
    subplan = printable(found.subplan) + places if found.subplan else "none yet"
    return [f"SUBPLAN: {subplan}", f"EXECUTION_TASK: {printable(', '.join(found.executions)) or 'none yet'}"]


def _state(row: Row) -> str:
    return in_words(row.state) + (", ready" if row.ready else "")


def _hold(one: Blocker) -> str:
    return f"{in_words(one.row.state)}, waits for {', '.join(one.waits_for)}" if one.waits_for else _state(one.row)
