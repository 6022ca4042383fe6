"""`scaffold release`: ends a claim before its time."""

from pathlib import Path
from typing import Annotated

import click

from scaffold import clock, report, terminal
from scaffold.commands._claims import Holder, demand_name
from scaffold.commands._plan import plan_argument
from scaffold.errors import Conflict
from scaffold.names import SUBPLAN, invocation_for, printable, typed
from scaffold.plan import workspace
from scaffold.plan.progress import Progress, progress_of
from scaffold.plan.selection import Selection, select
from scaffold.shapes import AchievementId, PlanData, Time, plan_data
from scaffold.transaction import claims
from scaffold.transaction.claims import Claim


@click.command()
@click.argument("achievement_id", metavar="ID")
@plan_argument
@click.option("--as", "holder", metavar="NAME", required=True, help="Who claimed it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def release(achievement_id: str, plan: Path, holder: str, as_json: bool) -> int:
    """End the claim of ID before its time.

    Only under the NAME that claimed it, or where ID is done; a claim that ran out, or was ended by a review, needs no
    end.
    """
    demand_name(holder)
    progress = progress_of(workspace.read_plan(plan))
    (standing,) = select(progress, Selection("achievements", ids=(achievement_id,)), SUBPLAN)
    meant = None if standing.is_done else holder  # what is done is nobody's any more
    found = claims.give_back(progress.plan.directory, achievement_id, meant, clock.now())
    if found and found.holder != holder and not standing.is_done:
        raise _held(plan, found)
    if as_json:
        data = release_data(progress, achievement_id, found)
        terminal.show(report.envelope("release", data, progress.plan.diagnostics, ok=True))
    else:
        terminal.tell(report.diagnostics_text(progress.plan.diagnostics))
        done = (
            f"Released {achievement_id}, which {found.holder} had claimed"
            if found
            else f"{achievement_id} is not claimed"
        )
        terminal.show(f"{printable(done)}\n")
    return 0


def _held(argument: Path, found: Claim) -> Conflict:
    message = f"achievement {found.achievement} is claimed by {found.holder} until {found.end}"
    words = invocation_for("release", found.achievement, argument, "--as", found.holder)
    hint = f"if {found.holder} has given up, `{typed(words)}` ends the claim"
    return Conflict.of("claimed", message, hint=hint, achievement=found.achievement)


class ReleaseData(PlanData):
    """`data` of `scaffold release --json`."""

    id: Annotated[AchievementId, "the achievement that was named"]
    released: Annotated[bool, "whether there was a claim to end"]
    holder: Annotated[Holder | None, "who had claimed it, null where it was not claimed"]
    until: Annotated[Time | None, "when the claim would have ended, null where it was not claimed"]


def release_data(progress: Progress, achievement_id: str, ended: Claim | None) -> ReleaseData:
    """Return `data` of `scaffold release --json`; `ended` is the claim that held until now, if any."""
    plan = progress.plan
    return {
        **plan_data(plan.name, plan.document, plan.directory),
        "id": achievement_id,
        "released": ended is not None,
        "holder": ended.holder if ended else None,
        "until": ended.until if ended else None,
    }
