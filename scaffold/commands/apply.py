"""`scaffold apply`: does exactly what a kept preview showed, or nothing."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Unpack

import click

from scaffold import report, terminal
from scaffold.commands import executions, subplans, update
from scaffold.commands._diff import Difference, diff_text
from scaffold.commands._paging import PageOptions, demand_json, page_options
from scaffold.commands._plan import place_data, plan_argument
from scaffold.commands._write import WriteOptions, carry_out, write_options
from scaffold.commands.preview import PROPOSE
from scaffold.commands.recover import recover_first
from scaffold.errors import Diagnostic, InvalidInput, NeedsPerson, UsageProblem
from scaffold.lazy.values import replace
from scaffold.model import sha256
from scaffold.names import invocation, printable, typed
from scaffold.plan import workspace
from scaffold.preview import Proposal
from scaffold.shapes import BatchId, ChangeSetId, PlaceData
from scaffold.transaction import batches, previews
from scaffold.transaction.previews import KeptPreview

_COMMANDS: Mapping[str, click.Command] = {
    "executions": executions.executions,
    "subplans": subplans.subplans,
    "update": update.update,
}


_DIGITS = 64
"""Of a SHA-256 in hexadecimal."""


class ApplyOptions(WriteOptions, PageOptions):
    """The options of `scaffold apply`, by their names in the code."""


class ApplyData(PlaceData):
    """`data` of `scaffold apply --json` where the preview has been applied already; else it is that of the command."""

    change_set: Annotated[ChangeSetId, "the id of the preview"]
    batch: Annotated[BatchId, "id of the batch that it became"]


@click.command("apply")
@click.argument("preview_id", metavar="ID")
@plan_argument
@page_options
@write_options
def apply(preview_id: str, plan: Path, **options: Unpack[ApplyOptions]) -> int:
    """Do exactly what a kept preview showed, or nothing.

    ID is what `scaffold preview` said. Its request is prepared again, with its date: if one byte of a document would be
    another, nothing is written, and what has changed since is named.
    """
    demand_json(options)
    directory = workspace.locate(plan)
    if not options["dry_run"]:
        recover_first(plan)
    try:
        kept = previews.read_preview(directory, preview_id)
    except UsageProblem:
        if batch := _applied(directory, preview_id):
            return _nothing_to_do(plan, preview_id, batch, options)
        raise
    proposal = _prepared(kept, plan, dry_run=options["dry_run"])
    if proposal.batch.changes.id == kept.id:
        return carry_out(proposal, options)
    if batch := _applied(directory, kept.id):
        return _nothing_to_do(plan, kept.id, batch, options)
    conflicts = tuple(_conflicts(kept, proposal))
    differences = _differences(kept, proposal)
    shown = f"Since preview {kept.id} of {kept.time}, its documents have changed:\n\n{differences}\n"
    return carry_out(replace(proposal, conflicts=conflicts, shown=shown, warnings=()), options)


def _prepared(kept: KeptPreview, plan: Path, *, dry_run: bool) -> Proposal:
    """Prepare the request of a preview again, with its date; raises NeedsPerson where it is no such request."""
    name, *words = kept.words or ("",)
    try:
        context = _COMMANDS[name].make_context(name, [*words, "--", str(plan)], help_option_names=[])
    except (KeyError, click.exceptions.ClickException) as error:
        message = f"the preview asks for what this scaffold does not have: {printable(' '.join(kept.words))}"
        hint = "remove the file, and make the preview again"
        path = f".scaffold/previews/{kept.id}.json"
        raise NeedsPerson.of("bad_preview", message, path=path, hint=hint) from error
    options: dict[str, Any] = {name: value for name, value in context.params.items() if name != "plan"}
    return PROPOSE[name](plan, {**options, "dry_run": dry_run}, kept.created)


def _applied(directory: Path, change_set: str) -> str | None:
    """Return the batch that a change set became and that still stands, None without one."""
    try:
        batch = batches.of_change_set(directory, change_set)
    except (InvalidInput, NeedsPerson):
        return None
    return None if batch in batches.batches(directory).taken_back() else batch


def _nothing_to_do(plan: Path, change_set: str, batch: str, options: WriteOptions) -> int:
    text = f"Preview {change_set} has been applied already, as batch {batch}: there is nothing to do."
    if options["as_json"]:
        data: ApplyData = {**place_data(plan), "change_set": change_set, "batch": batch}
        terminal.show(report.envelope("apply", data, (), ok=True))
    elif not options["quiet"]:
        terminal.show(f"{text}\n")
    return 0


def _conflicts(kept: KeptPreview, proposal: Proposal) -> Iterator[Diagnostic]:
    """Yield why a preview is not applied: first that its documents would be others, then all that has changed since."""
    name, *words = kept.words
    again = ("preview", *invocation(name, proposal.argument, *words))
    message = f"preview {kept.id} showed other documents than would be made now; nothing was changed"
    hint = f"look at what it would be now, `{typed(again)}`, or change back what has changed"
    yield Diagnostic("preview_outdated", message, hint=hint, command=again)
    there = {change.target: _there(proposal.directory, change.target) for change in kept.changes}
    now = {**there, **proposal.made_from}
    for what in dict.fromkeys((*kept.inputs, *now)):
        before, after = kept.inputs.get(what, "nothing"), now.get(what, "nothing")
        if before != after:
            both = _is_digest(before) and _is_digest(after)
            how = "has changed" if both else f"is {_told(after)}, it was {_told(before)}"
            path = what if (proposal.directory / what).exists() else None
            yield Diagnostic("changed_since_preview", f"{what} {how} since the preview", path)


def _there(directory: Path, target: str) -> str:
    try:
        return sha256((directory / target).read_bytes())
    except OSError:
        return "nothing"


def _is_digest(text: str) -> bool:
    return len(text) == _DIGITS


def _told(text: str) -> str:
    return "a file" if _is_digest(text) else text or "nothing"


def _differences(kept: KeptPreview, proposal: Proposal) -> str:
    """Return how the documents that would be made now differ from those that the preview showed."""
    now = {document.target: document.after for document in proposal.documents}
    before = {change.target: change.new for change in kept.changes}
    pairs = (Difference(target, before.get(target), now.get(target)) for target in dict.fromkeys((*before, *now)))
    return diff_text(pairs, terminal.colour_wanted())
