"""The user's steps to take a batch back: another batch, prepared from the record of the first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold import transaction
from scaffold.errors import Conflict, Diagnostic, InvalidInput
from scaffold.model import Batch, BatchRecord
from scaffold.transaction import batches
from scaffold.transaction.batches import Undo

_KEPT = "keep it, or remove it yourself once nothing in it is needed"


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What taking a batch back would change: `undo` has the changes and the files that stay as they are."""

    directory: Path
    undo: Undo


def prepare(directory: Path, wanted: str | None) -> UndoPreview:
    """Work out what taking back the batch `wanted` would change; None stands for the newest that is not taken back.

    Raises InvalidInput when there is no such batch, or when it is not sure which one is the newest.
    """
    if wanted is None:
        return _newest(directory)
    return UndoPreview(directory, batches.undo_changes(directory, wanted))


def _newest(directory: Path) -> UndoPreview:
    """Take the newest batch that still has something to take back. A batch of edited files has, until it was tried."""
    tried: set[str] = set()
    problems: list[Diagnostic] = []
    for found in batches.newest_first(directory):
        if isinstance(found, Diagnostic):
            problems.append(found)
        elif found.undoes:
            tried.add(found.undoes)
        else:
            undo = batches.undo_changes(directory, found.id)
            if undo.changes.changes or (undo.edited and found.id not in tried):
                _demand_none(problems)
                return UndoPreview(directory, undo)
    _demand_none(problems)
    hint = "`scaffold undo --list` lists the batches"
    raise InvalidInput.of("nothing_to_undo", "there is no batch to take back in this plan", hint=hint)


def _demand_none(problems: list[Diagnostic]) -> None:
    """Refuse to guess past records that cannot be read: one of them may be of the batch that is meant."""
    if problems:
        hint = "restore it from version control, or name the BATCH (`scaffold undo --list` lists them)"
        raise InvalidInput(replace(one, severity="error", hint=hint) for one in reversed(problems))


def apply(preview: UndoPreview, now: str, progress: Callable[[int, int], None]) -> BatchRecord:
    """Take back exactly what `preview` shows; the record says which batch it undid. Raises as `transaction.apply`."""
    batch = Batch("undo", "", preview.undo.changes, {}, undoes=preview.undo.record.id)
    return transaction.apply(preview.directory, batch, now, progress)


def warnings(preview: UndoPreview) -> tuple[Diagnostic, ...]:
    """Warn of every file that stays as somebody left it since; raises Conflict when there is nothing else to do."""
    undo = preview.undo
    if undo.edited and not undo.changes.changes:
        message = f"nothing of batch {undo.record.id} is left to take back but what was edited since: "
        raise Conflict.of("edited", message + ", ".join(undo.edited), hint=_KEPT)
    removed = {one.target for one in undo.record.files if one.sha256 is None}
    return tuple(_stays(path, "written anew" if path in removed else "edited") for path in undo.edited)


def _stays(path: str, how: str) -> Diagnostic:
    return Diagnostic("edited", f"was {how} since, and is kept as it is", path, hint=_KEPT, severity="warning")


def check_writable(preview: UndoPreview) -> None:
    """Refuse what cannot be written before anybody is asked; raises what `transaction.check_writable` raises."""
    transaction.check_writable(preview.directory, tuple(one.target for one in preview.undo.changes.changes))
