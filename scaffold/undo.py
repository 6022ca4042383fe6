"""The user's steps to take a batch back: another batch, prepared from the record of the first."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scaffold import transaction
from scaffold.errors import Conflict, Diagnostic, InvalidInput
from scaffold.model import BatchRecord, RecordedFile, batch_id, sha256
from scaffold.transaction import history
from scaffold.transaction.history import Undo

_KEPT = "keep it, or remove it yourself once nothing in it is needed"


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What taking a batch back would change: `undo` has the changes and the files that stay as they are."""

    directory: Path
    record: BatchRecord
    undo: Undo


def prepare(directory: Path, wanted: str | None) -> UndoPreview:
    """Work out what taking back the batch `wanted` would change; None stands for the newest that can be taken back.

    Raises InvalidInput when there is no such batch, Conflict when every file of it was edited since.
    """
    records = history.batches(directory).records
    candidates = [one for one in records if wanted in (one.id, None) and (wanted or one.command != "undo")]
    for record in reversed(candidates):
        undo = history.undo_changes(directory, record.id)
        if undo.changes.changes or undo.edited or wanted:
            return UndoPreview(directory, record, undo)
    if wanted:
        history.undo_changes(directory, wanted)  # says what is the matter with it
    hint = "`scaffold undo --list` lists the batches"
    raise InvalidInput.of("nothing_to_undo", "there is no batch to take back in this plan", hint=hint)


def apply(preview: UndoPreview, now: str, progress: Callable[[int, int], None]) -> BatchRecord:
    """Take back exactly what `preview` shows; the record says which batch it undid. Raises as `transaction.apply`."""
    changes = preview.undo.changes
    record = BatchRecord(
        id=batch_id(now, changes),
        time=now,
        command="undo",
        selection=preview.record.id,
        template=preview.record.template,
        template_digest=preview.record.template_digest,
        files=tuple(
            RecordedFile(one.target, one.old, None if one.new is None else sha256(one.new), None, None)
            for one in changes.changes
        ),
        answers={},
    )
    return transaction.apply(preview.directory, changes, record, progress)


def warnings(preview: UndoPreview) -> tuple[Diagnostic, ...]:
    """Warn of every file that stays because somebody edited it since; raises Conflict when that is all of them."""
    edited = tuple(
        Diagnostic(
            "edited",
            "was edited since, and is kept as it is",
            path,
            None,
            "keep it, or remove it yourself once nothing in it is needed",
            "warning",
        )
        for path in preview.undo.edited
    )
    if edited and not preview.undo.changes.changes:
        message = f"every file of batch {preview.record.id} was edited since: {', '.join(preview.undo.edited)}"
        raise Conflict.of("edited", message, hint=_KEPT)
    return edited


def check_writable(preview: UndoPreview) -> None:
    """Refuse what cannot be written before anybody is asked; raises what `transaction.check_writable` raises."""
    transaction.check_writable(preview.directory, tuple(one.target for one in preview.undo.changes.changes))
