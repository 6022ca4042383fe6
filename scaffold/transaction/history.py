"""What batches a plan has seen, read from their records, and the change set that takes one back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold.errors import Diagnostic, InvalidInput
from scaffold.model import BatchRecord, Change, ChangeSet, RecordedFile
from scaffold.transaction.files import Folder, has_digest, names_in, opened, opened_plan, read, status
from scaffold.transaction.journal import Damaged, is_batch_id, split_target
from scaffold.transaction.records import (
    CONTENTS,
    CONTENTS_LIMIT,
    RECORD,
    RECORD_LIMIT,
    Contents,
    Numbered,
    contents_from_bytes,
    record_from_bytes,
)

_BATCHES = ".scaffold/batches"


@dataclass(frozen=True, slots=True)
class History:
    """The records of a plan, the newest last, and a warning for each that cannot be read."""

    records: tuple[BatchRecord, ...]
    problems: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Undo:
    """What taking a batch back comes to: the `record` of that batch, and the `changes` that take it back.

    Other targets are left alone, for they are not as the batch left them: `edited` have other content by now, `gone`
    are not there any more, `done` are as they were before it.
    """

    record: BatchRecord
    changes: ChangeSet
    edited: tuple[str, ...]
    gone: tuple[str, ...]
    done: tuple[str, ...]


def batches(plan: Path) -> History:
    """Read the records of all batches. Damaged ones become problems; without any the history is empty."""
    records: list[Numbered] = []
    problems: list[Diagnostic] = []
    try:
        with _opened_batches(plan) as folder:
            for name in names_in(folder):
                try:
                    records.append(_record(folder, name))
                except (Damaged, OSError) as error:
                    problems.append(_unreadable(f"{_BATCHES}/{name}", error))
    except FileNotFoundError:
        return History((), ())
    except OSError as error:
        problems.append(_unreadable(_BATCHES, error))
    records.sort(key=lambda one: (one.record.time, one.sequence))  # where clones made both alike, by name as listed
    return History(tuple(one.record for one in records), tuple(problems))


def undo_changes(plan: Path, batch_id: str) -> Undo:
    """Prepare the change set that takes a batch back: a batch like any other, which can be undone too.

    A file that the batch created goes, one that it removed or replaced returns, each only if it is exactly as the
    batch left it. Directories stay: empty ones harm nobody, and who made them is not known for sure.

    Raises InvalidInput if there is no such batch, or if it cannot be read.
    """
    record, contents = _batch(plan, batch_id)
    changes: list[Change] = []
    others: dict[str, list[str]] = {"edited": [], "gone": [], "done": []}
    with opened_plan(plan) as root:
        for file in record.files:
            found = _standing(root, file)
            if found == "as left":
                changes.append(Change(file.target, file.sha256, contents.old.get(file.target)))
            else:
                others[found].append(file.target)
    return Undo(
        record,
        ChangeSet(tuple(changes)),
        **{name: tuple(targets) for name, targets in others.items()},  # in the record's order
    )


def _standing(root: Folder, file: RecordedFile) -> str:
    """Tell how a file is, against how the batch left it and found it."""
    if _is_at(root, file.target, file.sha256):
        return "as left"
    if _is_at(root, file.target, file.old_sha256):
        return "done"
    return "gone" if _is_at(root, file.target, None) else "edited"


def _is_at(root: Folder, target: str, wanted: str | None) -> bool:
    where, name = split_target(target) or (".", target)
    try:
        with opened(root, where) as folder:
            return status(folder, name) is None if wanted is None else has_digest(folder, name, wanted)
    except FileNotFoundError:
        return wanted is None
    except OSError:
        return False


def _batch(plan: Path, batch_id: str) -> tuple[BatchRecord, Contents]:
    path = f"{_BATCHES}/{batch_id}"
    try:
        if not is_batch_id(batch_id):
            raise FileNotFoundError
        with _opened_batches(plan) as folder:
            record = _record(folder, batch_id).record
            with opened(folder, batch_id) as batch:
                return record, contents_from_bytes(read(batch, CONTENTS, CONTENTS_LIMIT), record)
    except FileNotFoundError as error:
        message = f"{batch_id!a}: this plan has no complete record of such a batch"
        raise InvalidInput.of("no_such_batch", message, hint="`scaffold undo --list` lists the batches") from error
    except (Damaged, OSError) as error:
        raise InvalidInput([replace(_unreadable(path, error), severity="error")]) from error


@contextmanager
def _opened_batches(plan: Path) -> Iterator[Folder]:
    with opened_plan(plan) as root, opened(root, ".scaffold") as book, opened(book, "batches") as folder:
        yield folder


def _record(folder: Folder, name: str) -> Numbered:
    with opened(folder, name) as batch:
        numbered = record_from_bytes(read(batch, RECORD, RECORD_LIMIT))
    if numbered.record.id != name:
        raise Damaged("the record of another batch")
    return numbered


def _unreadable(path: str, error: Damaged | OSError) -> Diagnostic:
    what = error.strerror if isinstance(error, OSError) else str(error)
    return Diagnostic(
        "bad_record",
        f"this record cannot be used: {what}",
        path=path,
        hint="restore it from version control, or remove it",
        severity="warning",
    )
