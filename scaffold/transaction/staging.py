"""A transaction up to its commit point: what exists is checked, and what is to be written is staged durably."""

import errno
import os
import stat
from collections.abc import Callable, Mapping

from scaffold.errors import Code, Conflict, Diagnostic, InvalidInput
from scaffold.lazy.values import frozen, replace
from scaffold.model import Batch, BatchRecord, Change, Input, sha256
from scaffold.transaction.batches import unusable
from scaffold.transaction.bookkeeping import ignore_own_files
from scaffold.transaction.commit import BATCHES, STAGED_BATCH, UNCOMMITTED, Targets, Work
from scaffold.transaction.files import (
    NO_PLAIN_DIRECTORY,
    Folder,
    digest_of_input,
    exists,
    inherit,
    make_folder,
    names_in,
    naming,
    opened,
    read,
    status,
    sync_file,
    sync_folder,
    write_lines,
    write_new,
)
from scaffold.transaction.guard import Signals
from scaffold.transaction.journal import JOURNAL_LIMIT, Entry, Journal, folders_of, journal_to_bytes, place_of
from scaffold.transaction.pieces import ANSWERS, CONTENTS, LINE_LIMIT, answers_to_lines, contents_to_lines
from scaffold.transaction.records import RECORD, RECORD_LIMIT, Numbered, record_of, record_to_bytes, second_of
from scaffold.transaction.steps import Memory, staged_name

_AGAIN = "run the preview again"


@frozen
class Checked:
    """A batch that may go on: its record, its place among those of its second, and the bytes it replaces or removes."""

    batch: Batch
    record: BatchRecord
    sequence: int
    before: Mapping[str, bytes]

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is to be done."""
        return self.batch.changes.changes


@frozen
class Watch:
    """What is watched and told while files are staged: signals that have come, and progress as (done, total)."""

    signals: Signals
    progress: Callable[[int, int], None]


def check(bookkeeping: Folder, targets: Targets, batch: Batch, time: str) -> Checked:
    """Compare inputs and targets with what the change set was made from. Raises Conflict with all that differs.

    Also InvalidInput and NeedsPerson for directories that are links or on another device, OSError.
    """
    changes = batch.changes
    targets.open_existing(folders_of(change.target for change in changes.changes))
    problems = [problem for wanted in changes.inputs if (problem := _input_problem(targets.plan, wanted))]
    problems += [_appeared(path) for path in changes.absent if exists(targets.plan, path)]
    before: dict[str, bytes] = {}
    for change in changes.changes:
        with naming(change.target):
            problem = _target_problem(targets, change, before)
        if problem:
            problems.append(problem)
    if problems:
        raise Conflict(problems)
    make_folder(bookkeeping, BATCHES)
    return Checked(batch, *_numbered(bookkeeping, record_of(batch, time)), before)


def _input_problem(plan: Folder, wanted: Input) -> Diagnostic | None:
    try:
        digest = digest_of_input(plan, wanted.path)
    except OSError:
        digest = None
    if digest == wanted.sha256:
        return None
    message = f"{wanted.path} has changed since the preview; nothing was changed"
    return Diagnostic("changed_since_preview", message, path=wanted.path, hint=_AGAIN)


def _appeared(path: str) -> Diagnostic:
    message = f"{path} has appeared since the preview; nothing was changed"
    return Diagnostic("changed_since_preview", message, path=path, hint=_AGAIN)


def _target_problem(targets: Targets, change: Change, before: dict[str, bytes]) -> Diagnostic | None:
    """Check a target; if it is as it must be, its bytes go into `before`."""
    where, name = place_of(change.target)
    folder = targets.get(where)
    target = status(folder, name) if folder else None
    if change.old is None:
        return _conflict(change, "target_exists", "already exists") if target else None
    if folder is None or target is None:
        return _conflict(change, "target_gone", "no longer exists")
    if not stat.S_ISREG(target.st_mode):
        return _conflict(change, "target_not_a_file", "is not a plain file")
    content = read(folder, name, LINE_LIMIT)
    if sha256(content) != change.old:
        return _conflict(change, "target_edited", "has been edited since the preview")
    before[change.target] = content
    return None


def _conflict(change: Change, code: Code, what: str) -> Diagnostic:
    return Diagnostic(code, f"{change.target} {what}; nothing was changed", path=change.target, hint=_AGAIN)


def _numbered(bookkeeping: Folder, record: BatchRecord) -> tuple[BatchRecord, int]:
    """Return the record with an id that no batch has, and how many batches of its second there are before it.

    Counting only that second makes the record of a batch the same in every clone, whatever else their histories hold.
    """
    try:
        with opened(bookkeeping, BATCHES) as batches:
            if not os.access(".", os.W_OK | os.X_OK, dir_fd=batches.fd):  # the batch could not be completed
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            free, tried = record.id, 1
            while status(batches, free) is not None:
                tried += 1
                free = f"{record.id}-{tried}"
            same_second = [name for name in names_in(batches) if second_of(name) == second_of(record.id)]
            return replace(record, id=free), len(same_second)
    except OSError as error:
        if error.errno not in (*NO_PLAIN_DIRECTORY, errno.EACCES, errno.EPERM):
            raise
        raise unusable(error) from error


# --- writing aside --------------------------------------------------------------------------------------------------


def stage(bookkeeping: Folder, txn: Folder, targets: Targets, checked: Checked, watch: Watch) -> Work:
    """Write everything into the transaction's directory and make it durable: all that is missing is the commit.

    Raises OSError, InvalidInput for a batch over a limit, Interrupted for a signal that waits.
    """
    ignore_own_files(bookkeeping)
    record = _write_batch(txn, checked)
    inodes = _write_all(txn, targets, checked.changes, watch)
    _sync_all(txn, checked.changes, watch)
    journal = _journal(checked, record, targets, os.fstat(txn.fd).st_ino, inodes)
    with naming(txn.path):
        write_new(txn, UNCOMMITTED, _limited(journal_to_bytes(journal), JOURNAL_LIMIT))
        sync_file(txn, UNCOMMITTED)
        for folder in (txn, bookkeeping, targets.plan):
            sync_folder(folder)
    watch.signals.stop_if_asked()
    new = {change.target: change.new for change in checked.changes if change.new is not None}
    return Work(bookkeeping, txn, journal, targets, Memory(checked.before, new))


def _write_all(txn: Folder, targets: Targets, changes: tuple[Change, ...], watch: Watch) -> dict[str, int]:
    """Stage the new bytes and return the inodes they got, by target."""
    inodes = {}
    heir = None
    for number, change in enumerate(changes):
        watch.signals.stop_if_asked()
        if change.new is not None:
            where, name = place_of(change.target)
            parent = targets.get(where) or targets.plan  # a directory that will be made inherits from the plan
            with naming(change.target):
                if parent is not heir:
                    inherit(txn, parent)
                    heir = parent
                like = status(parent, name) if change.old is not None else None
                inodes[change.target] = write_new(txn, staged_name(number), change.new, like)
    return inodes


def _sync_all(txn: Folder, changes: tuple[Change, ...], watch: Watch) -> None:
    for number, change in enumerate(changes):
        watch.signals.stop_if_asked()
        if change.new is not None:
            with naming(change.target):
                sync_file(txn, staged_name(number))
        watch.progress(number + 1, len(changes))


def _write_batch(txn: Folder, checked: Checked) -> str:
    """Stage what is kept of the batch, and return the SHA-256 of its record."""
    with naming(txn.named(STAGED_BATCH)):
        make_folder(txn, STAGED_BATCH)
        with opened(txn, STAGED_BATCH) as batch:
            answers = write_lines(batch, ANSWERS, map(_limited, answers_to_lines(checked.batch.answers)))
            write_lines(batch, CONTENTS, map(_limited, contents_to_lines(checked.batch.changes, checked.before)))
            record = _limited(record_to_bytes(Numbered(checked.sequence, checked.record, answers)), RECORD_LIMIT)
            write_new(batch, RECORD, record)
            for name in (ANSWERS, CONTENTS, RECORD):
                sync_file(batch, name)
            sync_folder(batch)
    return sha256(record)


def _journal(checked: Checked, record: str, targets: Targets, inode: int, inodes: Mapping[str, int]) -> Journal:
    entries = tuple(
        Entry(change.target, change.old, None if change.new is None else sha256(change.new), inodes.get(change.target))
        for change in checked.changes
    )
    folders = folders_of(entry.target for entry in entries)
    missing = tuple(sorted(name for name in folders if targets.get(name) is None))
    return Journal(checked.record.id, inode, record, missing, entries)


def demand_recordable(batch: Batch, time: str) -> None:
    """Refuse a batch of more files than a record can name, before anybody is asked, as `stage` would. Writes nothing.

    Raises InvalidInput. The journal is shorter, and the other pieces have no limit for all of them together.
    """
    _limited(record_to_bytes(Numbered(0, record_of(batch, time), sha256(b""))), RECORD_LIMIT)


def _limited(content: bytes, limit: int = LINE_LIMIT) -> bytes:
    if len(content) > limit:
        raise InvalidInput.of(
            "batch_too_large",
            f"the bookkeeping of this batch has {len(content):,} bytes, more than {limit:,}; nothing was changed",
            hint="create the documents in several batches",
        )
    return content
