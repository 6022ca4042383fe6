"""`scaffold claim`: takes an achievement for somebody, so that nobody else works on it."""

from pathlib import Path
from typing import Annotated

import click

from scaffold import clock, report, terminal
from scaffold.commands._claims import Holder, demand_name, seconds_of
from scaffold.commands._next import find_outdated, next_lines
from scaffold.commands._plan import plan_argument
from scaffold.errors import Conflict
from scaffold.names import EXECUTION_TASK, SUBPLAN, invocation, invocation_for, listed, printable, typed
from scaffold.plan import workspace
from scaffold.plan.actions import Step, actions_for, step_of
from scaffold.plan.progress import Progress, Standing, in_words, progress_of
from scaffold.plan.selection import Selection, select
from scaffold.shapes import AchievementId, NextCommand, NextStep, PlanData, Time, plan_data
from scaffold.transaction import claims
from scaffold.transaction.claims import Claim, until


@click.command()
@click.argument("achievement_id", metavar="ID")
@plan_argument
@click.option("--as", "holder", metavar="NAME", required=True, help="Who works on it: always the same name.")
@click.option(
    "--for", "period", metavar="TIME", default="2h", show_default=True, help="How long: 30m, 2h, 1d; at most 7d."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def claim(achievement_id: str, plan: Path, holder: str, period: str, as_json: bool) -> int:
    """Claim ID, so that nobody else works on it until then.

    `scaffold next` leaves out what others have claimed. The same NAME renews its claim; a review ends it, and so does
    `scaffold release`. Claims hold in this directory alone: other clones and worktrees do not see them.
    """
    demand_name(holder)
    seconds = seconds_of(period)
    progress = _demand_ready(plan, achievement_id)
    time = clock.now()
    wanted = Claim(achievement_id, holder, time, until(time, seconds))
    found = claims.take(progress.plan.directory, wanted, lambda: _demand_ready(plan, achievement_id))
    if found.holder != holder:
        raise _held(progress, found, holder)
    step = _step(progress, progress[achievement_id])
    if as_json:
        terminal.show(report.envelope("claim", claim_data(progress, found, step), progress.plan.diagnostics, ok=True))
    else:
        terminal.tell(report.diagnostics_text(progress.plan.diagnostics))
        done = printable(f"Claimed {found.achievement} for {found.holder} until {found.end}")
        terminal.show("".join(f"{line}\n" for line in (done, *next_lines(step, plan))))
    return 0


def _demand_ready(argument: Path, achievement_id: str) -> Progress:
    """Return how far the plan is. Raises Conflict for an achievement that nobody can work on, InvalidInput."""
    progress = progress_of(workspace.read_plan(argument))
    (standing,) = select(progress, Selection("achievements", ids=(achievement_id,)), SUBPLAN)
    if standing.is_done:
        message = f"achievement {standing.id} is {standing.state}: there is nothing to work on"
        following = invocation("next", argument)
        hint = f"`{typed(following)}` lists what can be done"
        path = standing.decided_by
        raise Conflict.of("already_done", message, path=path, hint=hint, achievement=standing.id, command=following)
    if not standing.ready:
        message = f"achievement {standing.id} cannot be claimed yet: {_waits_for(progress, standing)}"
        why = invocation_for("why", standing.id, argument)
        hint = f"`{typed(why)}` says what helps"
        raise Conflict.of("too_early", message, hint=hint, achievement=standing.id, command=why)
    return progress


def _waits_for(progress: Progress, standing: Standing) -> str:
    if standing.is_open:
        return "nobody has stated in parallel.json what it depends on"
    dependencies = progress.dependencies_of(standing.achievement)
    return f"it waits for {listed(f'{one.id} ({in_words(one.state)})' for one in dependencies if not one.is_done)}"


def _held(progress: Progress, found: Claim, holder: str) -> Conflict:
    argument = progress.plan.argument
    message = f"achievement {found.achievement} is claimed by {found.holder} until {found.end}"
    following = invocation("next", argument, "--as", holder)
    hint = f"`{typed(following)}` lists what is free; if {found.holder} has given up, "
    hint += f"`{typed(invocation_for('release', found.achievement, argument, '--as', found.holder))}` ends the claim"
    return Conflict.of("claimed", message, hint=hint, achievement=found.achievement, command=following)


def _step(progress: Progress, standing: Standing) -> Step:
    """Return what to do with what was claimed: read what there is to read, or what makes it."""
    if standing.paths(EXECUTION_TASK):
        brief = typed(invocation_for("brief", standing.id, progress.plan.argument))
        return Step("Read all that whoever works on it has to know", brief)
    return step_of(progress, actions_for(progress, standing.id, find_outdated))


class ClaimData(PlanData):
    """`data` of `scaffold claim --json`."""

    id: Annotated[AchievementId, "the achievement that is claimed"]
    holder: Holder
    until: Annotated[Time, "when it ends"]
    next_step: NextStep
    next_command: NextCommand


def claim_data(progress: Progress, found: Claim, step: Step) -> ClaimData:
    """Return `data` of `scaffold claim --json`."""
    plan = progress.plan
    return {
        **plan_data(plan.name, plan.document, plan.directory),
        "id": found.achievement,
        "holder": found.holder,
        "until": found.until,
        "next_step": step.text,
        "next_command": step.command,
    }
