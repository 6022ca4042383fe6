"""`scaffold undo`: takes a batch back, or lists the batches."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Unpack

import click

from scaffold import report, terminal
from scaffold.commands._batches import batches_data, batches_text
from scaffold.commands._paging import NO_PAGE, PageData, PageOptions, demand_json, page, page_options
from scaffold.commands._plan import note, place_data
from scaffold.commands._write import WriteOptions, carry_out, write_options
from scaffold.commands.recover import recover_first
from scaffold.errors import Diagnostic, InvalidInput, ScaffoldError, UsageProblem
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen, replace
from scaffold.model import Batch, ChangeSet
from scaffold.names import FEEDBACK_FOLDER, agreed, counted, invocation, printable, typed
from scaffold.plan import workspace
from scaffold.preview import Proposal
from scaffold.shapes import BatchId, ChangeSetId, NextCommand, NextStep, PlaceData, RelativePath
from scaffold.transaction import batches
from scaffold.transaction.batches import Undo

_BATCH_ID = regex(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}.*")
_CHANGE_SET = regex(r"[0-9a-f]{12}")
_EXECUTION = regex(r"execution/EXECUTION_TASK_.+_(?P<slug>[0-9]+)_[0-9]{2,}(?:_.*)?\.md")
_KEPT = "keep it, or remove it yourself once you need nothing in it"


class UndoOptions(WriteOptions, PageOptions):
    """The options of `scaffold undo`, by their names in the code."""

    as_list: bool


@frozen
class UndoPreview:
    """What taking a batch back would change: `undo` has the changes and the files that stay as they are."""

    directory: Path
    undo: Undo


@click.command()
@click.argument("arguments", nargs=-1, metavar="[BATCH] [PLAN]")
@click.option("--list", "as_list", is_flag=True, help="List the batches of the plan, the newest last, and stop.")
@page_options
@write_options
@click.pass_context
def undo(context: click.Context, arguments: tuple[str, ...], **options: Unpack[UndoOptions]) -> int:
    """Take back a BATCH: by default the newest that still stands.

    A BATCH is named by its id, or by the 12 digits of the change set that its preview showed. Files that have been
    edited since then are kept and listed. An undo is a batch too, and can be undone. With --yes, the BATCH must be
    named.
    """
    demand_json(options)
    wanted, argument = _wanted(arguments)
    note(context, argument)
    if options["as_list"]:
        return _list(argument, options)
    if options["yes"] and not wanted and not options["dry_run"]:
        words = invocation("undo", argument, "--list")
        hint = f"`{typed(words)}` lists them"
        raise UsageProblem.of("usage", "undo --yes needs a BATCH", hint=hint, command=words)
    try:
        if not options["dry_run"]:
            recover_first(argument)
        proposal = _proposal(argument, prepare(workspace.locate(argument), wanted), options["dry_run"])
    except ScaffoldError as error:
        if not options["as_json"]:
            raise
        terminal.show(report.envelope("undo", undo_data(argument, None), error.diagnostics, ok=False))
        return error.exit_code
    return carry_out(proposal, options)


def _proposal(argument: Path, preview: UndoPreview, dry_run: bool) -> Proposal:
    changes = preview.undo.changes.changes
    removed = sum(change.new is None for change in changes)
    return Proposal(
        kind="undo",
        batch=Batch("undo", "", preview.undo.changes, {}, undoes=preview.undo.record.id),
        argument=argument,
        directory=preview.directory,
        warnings=() if conflicts(preview) else warnings(preview),
        conflicts=conflicts(preview),
        shown=undo_text(preview, dry_run=dry_run),
        question=undo_question(preview),
        data=undo_data(argument, preview.undo),
        lists=("removed", "restored", "edited", "gone", "done"),
        done=_both("took back", removed, "restored", len(changes) - removed).capitalize(),
        remark="; undo that batch to reverse this",
    )


def _list(argument: Path, options: UndoOptions) -> int:
    found = batches.batches(workspace.locate(argument))
    if not found.summaries and not found.problems:
        workspace.find_document(argument)  # where there is no plan, that is what is wrong
    if options["as_json"]:
        data = page(batches_data(argument, found), options, ("batches",))
        terminal.show(report.envelope("batches", data, found.problems, ok=True))
    else:
        terminal.tell(report.diagnostics_text(found.problems))
        terminal.show(batches_text(found, terminal.columns()))
    return 0


def _wanted(arguments: Sequence[str]) -> tuple[str | None, Path]:
    """Return the BATCH and the PLAN: an id has its own shape."""
    ids = [argument for argument in arguments if _BATCH_ID.fullmatch(argument) or _CHANGE_SET.fullmatch(argument)]
    plans = [argument for argument in arguments if argument not in ids]
    if len(ids) > 1 or len(plans) > 1:
        raise UsageProblem.of(
            "usage",
            f"expected one BATCH and one PLAN, found {' '.join(arguments)}",
            hint="`scaffold undo --list` lists the batches",
        )
    plan = Path(plans[0] if plans else ".")
    if plans and not ids and not plans[0].startswith("@") and not os.path.lexists(plan):
        message = f"{plans[0]} is neither the id of a batch nor a plan"
        raise UsageProblem.of("usage", message, hint="`scaffold undo --list` lists the batches")
    return (ids[0] if ids else None), plan


def prepare(directory: Path, wanted: str | None) -> UndoPreview:
    """Work out what taking back the batch `wanted` would change; None stands for the newest that is not taken back.

    `wanted` is the id of the batch or of its change set. Raises UsageProblem when there is no such batch, InvalidInput
    when its record cannot be used, or when it is unclear which one is the newest.
    """
    if wanted is None:
        return _newest(directory)
    try:
        if _CHANGE_SET.fullmatch(wanted):
            wanted = batches.of_change_set(directory, wanted)
        return UndoPreview(directory, batches.undo_changes(directory, wanted))
    except InvalidInput as error:
        if any(problem.code != "no_such_batch" for problem in error.diagnostics):
            raise
        raise UsageProblem(error.diagnostics) from error


def _newest(directory: Path) -> UndoPreview:
    """Take the newest batch that still has something to take back; what would change no byte counts until tried."""
    tried: set[str] = set()
    problems: list[Diagnostic] = []
    for found in batches.newest_first(directory):
        if isinstance(found, Diagnostic):
            problems.append(found)
        elif found.undoes:
            tried.add(found.undoes)
        else:
            undo = batches.undo_changes(directory, found.id)
            if undo.has_effect or ((undo.changes.changes or undo.edited) and found.id not in tried):
                _demand_none(problems)
                return UndoPreview(directory, undo)
    _demand_none(problems)
    hint = "`scaffold undo --list` lists the batches"
    raise InvalidInput.of("nothing_to_undo", "there is no batch to take back in this plan", hint=hint)


def _demand_none(problems: list[Diagnostic]) -> None:
    """Refuse to guess past records that cannot be read: one of them may belong to the batch that is meant."""
    if problems:
        hint = "restore it from version control, or name the BATCH (`scaffold undo --list` lists them)"
        raise InvalidInput(replace(problem, severity="error", hint=hint) for problem in reversed(problems))


def warnings(preview: UndoPreview) -> tuple[Diagnostic, ...]:
    """Warn of every file that is left unchanged, because somebody wrote it since, and of what a review has approved."""
    kept = (
        Diagnostic("edited", f"has been {how} since, and is left unchanged", path, hint=_KEPT, severity="warning")
        for path, how in _written_since(preview.undo).items()
    )
    return (*kept, *_approved(preview))


def _approved(preview: UndoPreview) -> Iterator[Diagnostic]:
    """Warn of each EXECUTION_TASK to remove whose achievement is complete: its approval would judge nothing."""
    removed = {change.target for change in preview.undo.changes.changes if change.new is None}
    for target in sorted(removed):
        if match := _EXECUTION.fullmatch(target):
            approval = f"{FEEDBACK_FOLDER}/APPROVED_{match['slug']}.md"
            if approval not in removed and (preview.directory / approval).is_file():
                hint = f"its achievement stays complete; to reopen it, take {approval} back as well"
                yield Diagnostic("approved", f"{approval} judges it", target, hint=hint, severity="warning")


def conflicts(preview: UndoPreview) -> tuple[Diagnostic, ...]:
    """Return why a batch cannot be taken back any further: all that is left of it was written by somebody since."""
    since = {} if preview.undo.changes.changes else _written_since(preview.undo)
    if not since:
        return ()
    these = agreed(len(since), "this file has been", "these files have been")
    how = " or ".join(dict.fromkeys(since.values()))
    message = (
        f"batch {preview.undo.record.id} cannot be taken back any further: {these} {how} since: {', '.join(since)}"
    )
    return (
        Diagnostic("edited", message, hint="to take back an older batch, name it: `scaffold undo --list` lists them"),
    )


def _written_since(undo: Undo) -> dict[str, str]:
    """Return how each file that stays has come to be: somebody edited it, or created it again."""
    removed = {file.target for file in undo.record.files if file.sha256 is None}
    return {path: "created again" if path in removed else "edited" for path in undo.edited}


class UndoData(PlaceData, PageData):
    """`data` of `scaffold undo --json`: with the same keys whatever comes of it."""

    undoes: Annotated[BatchId | None, "id of the batch that is taken back, null where none was found"]
    change_set: ChangeSetId
    batch: Annotated[BatchId | None, "id of the undo, which is a batch itself; null unless it was carried out"]
    next_step: NextStep
    next_command: NextCommand
    removed: Annotated[list[RelativePath], "files that the batch had created"]
    restored: Annotated[list[RelativePath], "files that it had replaced or removed"]
    edited: Annotated[list[RelativePath], "files that stay, because somebody edited them since"]
    gone: Annotated[list[RelativePath], "files that are not there any more"]
    done: Annotated[list[RelativePath], "files that are as they were before the batch"]


def undo_data(argument: Path, undo: Undo | None) -> UndoData:
    """Return `data` of `scaffold undo --json`; None stands for no batch that could be taken back: nothing changes."""
    changes = undo.changes if undo else ChangeSet(())
    return {
        **place_data(argument),
        "undoes": undo.record.id if undo else None,
        "change_set": changes.id,
        "batch": None,
        "next_step": None,
        "next_command": None,
        "removed": [change.target for change in changes.changes if change.new is None],
        "restored": [change.target for change in changes.changes if change.new is not None],
        "edited": list(undo.edited) if undo else [],
        "gone": list(undo.gone) if undo else [],
        "done": list(undo.done) if undo else [],
        **NO_PAGE,
    }


def undo_text(preview: UndoPreview, *, dry_run: bool) -> str:
    """Show what taking a batch back would change, and what it leaves alone."""
    record, undo = preview.undo.record, preview.undo
    created = {file.target for file in record.files if file.old_sha256 is None}
    removed = {file.target for file in record.files if file.sha256 is None}
    lines = [printable(f"Batch {record.id} ({record.command} {record.undoes or record.selection}, {record.time})"), ""]
    lines += _listed("To remove:", (change.target for change in undo.changes.changes if change.new is None))
    lines += _listed("To restore:", (change.target for change in undo.changes.changes if change.new is not None))
    lines += _listed("Edited since, left unchanged:", (target for target in undo.edited if target not in removed))
    lines += _listed("Created again since, left unchanged:", (target for target in undo.edited if target in removed))
    lines += _listed("Already gone:", (*undo.gone, *(target for target in undo.done if target in created)))
    lines += _listed("Already restored:", (target for target in undo.done if target not in created))
    if not undo.changes.changes:
        lines += ["Nothing to take back.", ""]
    elif dry_run:
        lines += ["Dry run: nothing was changed.", ""]
    return "\n".join(lines) + "\n"


def undo_question(preview: UndoPreview) -> str | None:
    """Return the one question, None where there is nothing to take back."""
    changes = preview.undo.changes.changes
    removed = sum(change.new is None for change in changes)
    doing = _both("taking back", removed, "restoring", len(changes) - removed)
    return f"Proceed with {doing}? (y/N): " if changes else None


def _both(first: str, firsts: int, second: str, seconds: int) -> str:
    return " and ".join(
        f"{doing} {counted(count, 'file')}" for doing, count in ((first, firsts), (second, seconds)) if count
    )


def _listed(head: str, targets: Iterable[str]) -> list[str]:
    lines = [f"  {printable(target)}" for target in targets]
    return [head, *lines, ""] if lines else []
