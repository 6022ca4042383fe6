"""`scaffold next`: what to do next, all of it that can be done now."""

from itertools import islice
from pathlib import Path
from typing import Annotated, TypedDict

import click

from scaffold import clock, report, terminal, transaction
from scaffold.commands._claims import HeldData, demand_name, held_data
from scaffold.commands._next import find_outdated
from scaffold.commands._plan import plan_argument
from scaffold.names import command, counted, listed, printable, typed
from scaffold.plan import workspace
from scaffold.plan.actions import claims_of, next_actions, step_of
from scaffold.plan.outlook import Action, ActionKind
from scaffold.plan.progress import Progress, progress_of
from scaffold.shapes import AchievementId, Count, PlanData, RelativePath, plan_data
from scaffold.transaction.claims import Claims

_USUAL = 10
_FILES = 3
"""How many of the files to read an action names: a command that makes many documents reads them itself."""
_IDS = 10
"""How many of its achievements an action names; of more, `total` says how many there are."""


@click.command("next")
@plan_argument
@click.option("--limit", default=_USUAL, type=click.IntRange(min=1), help="At most so many actions.", show_default=True)
@click.option("--as", "holder", metavar="NAME", help="Show what NAME has claimed, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def next_(plan: Path, limit: int, holder: str | None, as_json: bool) -> int:
    """List what can be done now, the most urgent first.

    Reviews to answer and to write, EXECUTION_TASKs to carry out, documents to create or to fill in, dependencies to
    state: everything that is ready, on all levels. Where a command does it, it is named. What is claimed is left out.
    """
    read = workspace.read_plan(plan)
    progress = progress_of(read)
    if holder is not None:
        demand_name(holder)
    claims = claims_of(progress, clock.now())
    others = claims.of_others(holder)
    actions = tuple(islice(next_actions(progress, find_outdated=find_outdated, claims=others), limit + 1))
    warnings = (*transaction.interrupted(read.directory), *read.diagnostics, *claims.warnings)
    if as_json:
        terminal.show(report.envelope("next", next_data(progress, actions, claims, limit), warnings, ok=True))
    else:
        terminal.tell(report.diagnostics_text(warnings))
        terminal.show(next_text(progress, actions, claims, limit))
    return 0


class ActionData(TypedDict):
    """Something to do next."""

    kind: ActionKind
    achievements: list[AchievementId]
    total: Count
    text: str
    command: list[str] | None
    read: list[RelativePath]


class NextData(PlanData):
    """`data` of `scaffold next --json`."""

    actions: Annotated[
        list[ActionData],
        "the most urgent first: `kind`, `achievements` (the first ten ids), `total` (of its achievements), `text`, "
        "`command` (the words of a command line, null where a person or an executor has to write), `read` (files to "
        "read for it; where there is a command, three of them)",
    ]
    claims: Annotated[
        list[HeldData],
        "who works on what, `until` when (both null where a claim cannot be used), at most `--limit`: of these only "
        "what is claimed under the name that `--as` gives is among `actions`",
    ]
    claimed: Annotated[Count, "how many achievements are claimed"]
    more: Annotated[bool, "whether there are others beyond `--limit`"]


def next_data(progress: Progress, actions: tuple[Action, ...], claims: Claims, limit: int) -> NextData:
    """Return `data` of `scaffold next --json`; one action more than `limit` says that there are others."""
    return {
        **plan_data(progress.plan.name, progress.plan.document, progress.plan.directory),
        "actions": [_action_data(action) for action in actions[:limit]],
        "claims": held_data(claims)[:limit],
        "claimed": len(claims.ids),
        "more": len(actions) > limit,
    }


def _action_data(action: Action) -> ActionData:
    return {
        "kind": action.kind,
        "achievements": list(action.ids[:_IDS]),
        "total": len(action.ids),
        "text": action.text,
        "command": ["scaffold", *action.command] if action.command else None,
        "read": list(action.read[:_FILES] if action.command else action.read),
    }


def next_text(progress: Progress, actions: tuple[Action, ...], claims: Claims, limit: int) -> str:
    """List the actions, each with its command or the files to read for it, and who works on what."""
    done = sum(standing.is_done for standing in progress)
    total = counted(len(progress.standings), "achievement")
    lines = [f"Plan {printable(progress.plan.name)}: {done} of {total} done", ""]
    for number, action in enumerate(actions[:limit], 1):
        lines += [printable(f"{number}. {action.text}")]
        if action.command:
            lines += [printable(f"   {typed(action.command)}")]
        elif action.read:
            more = f" and {len(action.read) - _FILES} more" if len(action.read) > _FILES else ""
            lines += [printable(f"   read {', '.join(action.read[:_FILES])}{more}")]
    if not actions:
        lines += [printable(step_of(progress, iter(()), claims).text)]
    elif claims.ids:
        lines += ["", printable(f"Claimed: {listed(claims.in_words, '; ')}")]
    if len(actions) > limit:
        options = () if limit < _USUAL else ("--limit", str(10 * limit))
        lines += ["", f"There is more: {printable(command('next', progress.plan.argument, *options))}"]
    return "\n".join(lines) + "\n"
