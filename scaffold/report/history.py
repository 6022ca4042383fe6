"""Batches, taking them back and recovery, as text and as JSON."""

from collections.abc import Iterable

from scaffold.model import BatchRecord, Json
from scaffold.names import printable
from scaffold.report import table
from scaffold.transaction.batches import History, Summary
from scaffold.transaction.recovery import Recovery, Untrusted
from scaffold.undo import UndoPreview


def batches_data(history: History) -> dict[str, Json]:
    """Give `data` of `scaffold undo --list --json`, the newest batch last."""
    return {"batches": [_summary_data(one) for one in history.summaries]}


def batches_text(history: History, columns: int | None) -> str:
    """List the batches of a plan, the newest last."""
    if not history.summaries:
        return "This plan has no batches yet.\n"
    rows = [
        (one.id, one.time, one.command, one.undoes or one.selection, str(len(one.files))) for one in history.summaries
    ]
    return table(("Batch", "Time", "Command", "Selection", "Files"), rows, columns) + "\n"


def undo_data(preview: UndoPreview, record: BatchRecord | None) -> dict[str, Json]:
    """Give `data` of `scaffold undo --json`."""
    undo = preview.undo
    return {
        "undoes": undo.record.id,
        "change_set": undo.changes.id,
        "batch": record.id if record else None,
        "removed": [one.target for one in undo.changes.changes if one.new is None],
        "restored": [one.target for one in undo.changes.changes if one.new is not None],
        "edited": list(undo.edited),
        "gone": list(undo.gone),
        "done": list(undo.done),
    }


def undo_text(preview: UndoPreview, *, dry_run: bool) -> str:
    """Show what taking a batch back would change, and what it leaves alone."""
    record, undo = preview.undo.record, preview.undo
    created = {one.target for one in record.files if one.old_sha256 is None}
    removed = {one.target for one in record.files if one.sha256 is None}
    lines = [printable(f"Batch {record.id} ({record.command} {record.undoes or record.selection}, {record.time})"), ""]
    lines += _listed("To remove:", (one.target for one in undo.changes.changes if one.new is None))
    lines += _listed("To restore:", (one.target for one in undo.changes.changes if one.new is not None))
    lines += _listed("Edited since, kept as they are:", (one for one in undo.edited if one not in removed))
    lines += _listed("Written anew since, kept as they are:", (one for one in undo.edited if one in removed))
    lines += _listed("Gone already:", (*undo.gone, *(one for one in undo.done if one in created)))
    lines += _listed("Restored already:", (one for one in undo.done if one not in created))
    if not undo.changes.changes:
        lines += ["Nothing to take back.", ""]
    elif dry_run:
        lines += ["Dry run: nothing was changed.", ""]
    return "\n".join(lines) + "\n"


def undo_question(preview: UndoPreview) -> str | None:
    """Return the one question, None where there is nothing to take back."""
    changes = preview.undo.changes.changes
    removed = sum(one.new is None for one in changes)
    doing = _both("taking back", removed, "restoring", len(changes) - removed)
    return f"Proceed with {doing}? (y/N): " if changes else None


def undone_text(record: BatchRecord) -> str:
    """Say what was taken back and restored, and how to have it as it was."""
    removed = sum(one.sha256 is None for one in record.files)
    did = _both("took back", removed, "restored", len(record.files) - removed).capitalize()
    again = "to have them again" if removed == len(record.files) else "to have it as it was"
    return f"{did} (batch {record.id}; undo that one {again}).\n"


def _both(first: str, firsts: int, second: str, seconds: int) -> str:
    return " and ".join(
        f"{doing} {count} file{'' if count == 1 else 's'}"
        for doing, count in ((first, firsts), (second, seconds))
        if count
    )


def recovery_data(recovery: Recovery, untrusted: Iterable[Untrusted]) -> dict[str, Json]:
    """Return `data` of `scaffold recover --json`: ids of batches, names of directories, and what is not trusted."""
    return {
        "completed": list(recovery.completed),
        "taken_back": list(recovery.taken_back),
        "discarded": list(recovery.discarded),
        "untrusted": [_untrusted_data(batch) for batch in untrusted],
    }


def _untrusted_data(batch: Untrusted) -> Json:
    changes: list[Json] = [
        {"target": change.target, "action": change.action, "hindrance": change.hindrance} for change in batch.changes
    ]
    return {"transaction": batch.name, "batch": batch.batch, "changes": changes}


def untrusted_text(batches: Iterable[Untrusted]) -> str:
    """Show what recovery would do with batches that were not begun here."""
    return "".join(f"{line}\n" for batch in batches for line in (*_foreseen(batch), ""))


def _foreseen(batch: Untrusted) -> Iterable[str]:
    hindered = any(change.hindrance for change in batch.changes)
    yield f"Batch {batch.batch} ({batch.name}) {'cannot be completed:' if hindered else 'would be completed:'}"
    for change in batch.changes:
        hindrance = f", but it {change.hindrance}" if change.hindrance else ""
        yield printable(f"  {change.action} {change.target}{hindrance}")
    if hindered:
        yield "What it has made so far would be taken back."


def trust_question(batches: tuple[Untrusted, ...]) -> str:
    """Return the one question."""
    count = len(batches)
    return f"Proceed with recovering {count} batch{'' if count == 1 else 'es'} not begun here? (y/N): "


def recovery_text(recovery: Recovery, nothing: str) -> str:
    """Say what was recovered; `nothing` where there was nothing."""
    lines = [f"Completed the interrupted batch {one}.\n" for one in recovery.completed]
    lines += [f"Took back the interrupted batch {one}.\n" for one in recovery.taken_back]
    lines += [f"Discarded what an interrupted run had staged ({one}).\n" for one in recovery.discarded]
    return "".join(map(printable_lines, lines)) or ("" if recovery.problems else nothing)


def printable_lines(text: str) -> str:
    """Escape a line that ends in a line feed."""
    return printable(text.removesuffix("\n")) + "\n"


def _summary_data(batch: Summary) -> Json:
    return {
        "id": batch.id,
        "time": batch.time,
        "command": batch.command,
        "selection": batch.selection,
        "template": ", ".join(batch.templates),
        "files": list(batch.files),
    }


def _listed(head: str, targets: Iterable[str]) -> list[str]:
    lines = [f"  {printable(one)}" for one in targets]
    return [head, *lines, ""] if lines else []
