"""`scaffold next`: what to do next, all of it that can be done now."""

import shlex
from itertools import islice
from pathlib import Path

import click

from scaffold import report, terminal, transaction
from scaffold.model import Json
from scaffold.names import printable, typed
from scaffold.plan import workspace
from scaffold.plan.actions import Action, next_actions
from scaffold.plan.progress import Progress, progress_of

_FILES = 3
"""How many of the files to read the text names; `--json` has all of them."""


@click.command("next")
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@click.option("--limit", default=50, type=click.IntRange(min=1), help="At most so many actions.", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def next_(plan: Path, limit: int, as_json: bool) -> int:
    """List what can be done now, the most urgent first.

    What is ready on all levels: feedback to work on, reviews, EXECUTION_TASKs to carry out, documents to create or to
    fill in, dependencies to state. Where a command does it, it is named.
    """
    read = workspace.read_plan(plan)
    progress = progress_of(read)
    found = tuple(islice(next_actions(progress), limit + 1))
    warnings = (*transaction.interrupted(read.directory), *read.diagnostics)
    if as_json:
        terminal.show(report.envelope("next", next_data(progress, found, limit), warnings, ok=True))
    else:
        terminal.tell(report.diagnostics_text(warnings))
        terminal.show(next_text(progress, found, limit))
    return 0


def next_data(progress: Progress, found: tuple[Action, ...], limit: int) -> dict[str, Json]:
    """Return `data` of `scaffold next --json`; `more` says that there are others beyond the limit."""
    return {
        "plan": progress.plan.name,
        "plan_document": progress.plan.document,
        "actions": [action_data(action) for action in found[:limit]],
        "more": len(found) > limit,
    }


def action_data(action: Action) -> Json:
    """Return an action as JSON has it: `command` as the words of a command line, or null."""
    return {
        "kind": action.kind,
        "achievements": list(action.ids),
        "text": action.text,
        "command": ["scaffold", *action.command] if action.command else None,
        "read": list(action.read),
    }


def next_text(progress: Progress, found: tuple[Action, ...], limit: int) -> str:
    """List the actions, each with its command or the files to read for it."""
    done = sum(standing.is_done for standing in progress)
    lines = [f"Plan {printable(progress.plan.name)}: {done} of {len(progress.standings)} achievements done", ""]
    for number, action in enumerate(found[:limit], 1):
        lines += [printable(f"{number}. {action.text}")]
        if action.command:
            lines += [printable(f"   {typed(action.command)}")]
        elif action.read:
            more = f" and {len(action.read) - _FILES} more" if len(action.read) > _FILES else ""
            lines += [printable(f"   read {', '.join(map(shlex.quote, action.read[:_FILES]))}{more}")]
    if not found:
        lines += [report.NOTHING_LEFT if progress.standings else report.NO_ACHIEVEMENTS]
    if len(found) > limit:
        lines += ["", f"There is more: scaffold next --limit {2 * limit}"]
    return "\n".join(lines) + "\n"
