"""A transaction from its commit point on: forward to the end, or back to the start, from wherever it stands."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack

from scaffold.errors import InvalidInput
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import fresh, frozen, replace
from scaffold.transaction.files import (
    NO_PLAIN_DIRECTORY,
    Folder,
    has_digest,
    is_open_at,
    make_folder,
    move,
    names_in,
    naming,
    opened,
    remove,
    remove_folder,
    status,
    sync_folder,
)
from scaffold.transaction.journal import Journal, folders_of, place_of
from scaffold.transaction.records import RECORD
from scaffold.transaction.steps import (
    InTheWay,
    Kept,
    Memory,
    Step,
    backward,
    is_ours,
    is_staged,
    publish,
    rescue,
    take_away,
)

BOOKKEEPING = ".scaffold"
COMMIT, UNCOMMITTED = "commit.json", "commit.tmp"
BATCHES, STAGED_BATCH = "batches", "batch"

_OURS = regex(r"((copy-)?(new|old|back)-[0-9]{5,}(\.tmp)?|commit\.tmp|copying)\Z")
_OURS_IN_BATCH = regex(r"(record\.json|answers\.jsonl|contents\.jsonl?)\Z")


class ForeignFile(Exception):
    """A file in a transaction's directory that no transaction puts there; the argument is its path."""


class Targets:
    """The directories that a batch writes into, each opened once: swapping one for a link later changes nothing."""

    def __init__(self, plan: Folder, stack: ExitStack) -> None:
        self._stack = stack
        self._open = {".": plan}
        self.plan = plan

    def open_existing(self, names: set[str]) -> tuple[str, ...]:
        """Open those that are there and give the names of those that are not. Raises InvalidInput, OSError."""
        return tuple(name for name in sorted(names - set(self._open)) if not self._opened(name))

    def make_missing(self, names: set[str]) -> None:
        """Create and open those that are not open yet. Raises InvalidInput, OSError."""
        for name in self.open_existing(names):  # sorted: what is above comes first
            parent, last = self.place(name)
            if parent:
                make_folder(parent, last)
            self.open_existing({name})

    def _opened(self, name: str) -> bool:
        parent, last = self.place(name)
        if parent is None or status(parent, last) is None:
            return False
        self._open[name] = self.enter(parent, last)
        return True

    def place(self, name: str) -> tuple[Folder | None, str]:
        """Return the open directory that `name` lies in, None where it is not open, and its last part."""
        above, _, last = name.rpartition("/")
        return self.get(above or "."), last

    def enter(self, parent: Folder, name: str) -> Folder:
        """Open a directory for as long as the others. Raises InvalidInput, OSError."""
        try:
            return self._stack.enter_context(opened(parent, name))
        except OSError as error:
            raise refused(error, parent.named(name)) from None

    def get(self, name: str) -> Folder | None:
        """Return an open directory, None for one that does not exist."""
        return self._open.get(name)

    def sync(self) -> None:
        """Make the names in all of them durable. Raises OSError."""
        for folder in self._open.values():
            with naming(folder.path):
                sync_folder(folder)


def refused(error: OSError, path: str) -> InvalidInput | OSError:
    """Return the error for a directory that is a link, no directory, or on another device; any other error is kept."""
    if error.errno not in NO_PLAIN_DIRECTORY:
        return error
    return InvalidInput.of(
        "bad_directory",
        f"{path} must be a plain directory on the plan's own file system ({error.strerror})",
        path=path,
        hint="scaffold follows no links when it writes: put a directory there",
    )


@frozen
class Work:
    """A transaction: `.scaffold`, the directory in it with all that is staged, what is to be done, and where."""

    bookkeeping: Folder
    txn: Folder
    journal: Journal
    targets: Targets
    memory: Memory = fresh(factory=Memory)

    def steps(self) -> Iterator[Step]:
        """Yield the changes in order, those whose directory does not exist left out."""
        for number, entry in enumerate(self.journal.entries):
            folder, name = place_of(entry.target)
            if opened_folder := self.targets.get(folder):
                yield Step(entry, number, opened_folder, name, self.txn, self.bookkeeping, self.memory)


def commit(work: Work) -> None:
    """Pass the commit point: from the rename on, whoever comes next finishes the batch. Raises OSError."""
    with naming(work.txn.named(COMMIT)):
        move(work.txn, UNCOMMITTED, work.txn, COMMIT)
        sync_folder(work.txn)


def roll_forward(work: Work) -> tuple[Kept, ...]:
    """Publish everything durably, then the record: with that the batch is complete. Raises InTheWay, OSError."""
    if is_recorded(work):
        return ()
    work.targets.make_missing(folders_of(work.journal.targets))
    _demand_staged(work)
    for step in work.steps():
        take_away(step)
    with naming(work.txn.path):
        sync_folder(work.txn)
    for step in work.steps():
        publish(step)
    _sync(work)
    kept = _rescue(work)
    _publish_record(work)
    return kept


def is_lost(work: Work) -> bool:
    """Whether somebody has removed or moved the bookkeeping since it was opened. Raises OSError."""
    return not (
        is_open_at(work.targets.plan, BOOKKEEPING, work.bookkeeping)
        and is_open_at(work.bookkeeping, _name(work.txn), work.txn)
    )


def regained(work: Work) -> Work:
    """Return the transaction with new, empty directories in place of lost ones: its way back is known from memory.

    Lost ones that were only moved stay in use: what was taken away lies in them. Raises OSError, InvalidInput.
    """
    if os.fstat(work.txn.fd).st_nlink:
        return work
    plan = work.targets.plan
    make_folder(plan, BOOKKEEPING)
    bookkeeping = work.targets.enter(plan, BOOKKEEPING)
    make_folder(bookkeeping, _name(work.txn))
    return replace(work, bookkeeping=bookkeeping, txn=work.targets.enter(bookkeeping, _name(work.txn)))


def published(work: Work) -> tuple[str, ...]:
    """Return the targets at which a file of this transaction lies. Raises OSError."""
    return tuple(step.entry.target for step in work.steps() if is_ours(step))


def _name(txn: Folder) -> str:
    return txn.path.rpartition("/")[2]


def close(work: Work) -> None:
    """Remove the journal of a transaction that is at either end, durably. Raises OSError."""
    with naming(work.txn.named(COMMIT)):
        remove(work.txn, COMMIT)
        sync_folder(work.txn)


def roll_back(work: Work) -> tuple[Kept, ...]:
    """Take back what is ours and return what was taken; a step that fails does not stop the others.

    The journal stays; returns what of somebody else's stays in the plan or was kept. Raises the first OSError.
    """
    _take_back_record(work)
    kept: list[Kept] = []
    failures: list[OSError] = []
    for step in work.steps():
        try:
            kept += backward(step)
        except OSError as error:
            failures.append(error)
    for name in reversed(work.journal.folders):  # sorted: what is below goes first
        parent, last = work.targets.place(name)
        if parent:
            remove_folder(parent, last)
    if failures:
        raise failures[0]
    _sync(work)
    return (*kept, *_rescue(work))


def is_recorded(work: Work) -> bool:
    """Whether the batch is complete: its record is published last. After that, edits are the user's business."""
    if status(work.bookkeeping, BATCHES) is None:
        return False
    with opened(work.bookkeeping, BATCHES) as batches:
        if status(batches, work.journal.batch) is None:
            return False
        with opened(batches, work.journal.batch) as batch:
            return has_digest(batch, RECORD, work.journal.record)


def _demand_staged(work: Work) -> None:
    for step in work.steps():
        if not is_staged(step):
            raise InTheWay(step.entry.target, "its staged bytes are damaged")
    record = work.txn.named(f"{STAGED_BATCH}/{RECORD}")
    if status(work.txn, STAGED_BATCH) is None:
        raise InTheWay(record, "missing")
    with opened(work.txn, STAGED_BATCH) as batch:
        if not has_digest(batch, RECORD, work.journal.record):
            raise InTheWay(record, "damaged")


def _publish_record(work: Work) -> None:
    if is_lost(work):
        raise InTheWay(BOOKKEEPING, "removed or moved in the meantime")
    with naming(work.bookkeeping.named(f"{BATCHES}/{work.journal.batch}")):
        make_folder(work.bookkeeping, BATCHES)
        with opened(work.bookkeeping, BATCHES) as batches:
            if status(batches, work.journal.batch) is not None:
                raise InTheWay(batches.named(work.journal.batch), "already exists, created by somebody else")
            move(work.txn, STAGED_BATCH, batches, work.journal.batch)
            sync_folder(batches)
        sync_folder(work.txn)
        sync_folder(work.bookkeeping)


def _take_back_record(work: Work) -> None:
    """Undo `_publish_record` before anything else: a record that is there means that the batch is complete."""
    if not is_recorded(work):
        return
    with opened(work.bookkeeping, BATCHES) as batches:
        move(batches, work.journal.batch, work.txn, STAGED_BATCH)
        sync_folder(work.txn)
        sync_folder(batches)


def _sync(work: Work) -> None:
    work.targets.sync()
    with naming(work.txn.path):
        sync_folder(work.txn)


def _rescue(work: Work) -> tuple[Kept, ...]:
    return tuple(kept for step in work.steps() for kept in rescue(step))


# --- what is left over ----------------------------------------------------------------------------------------------


def sweep(bookkeeping: Folder, txn: Folder) -> None:
    """Remove a transaction's directory that has no journal (any more). Raises ForeignFile, OSError."""
    own = [name for name in names_in(txn) if name != STAGED_BATCH]
    _demand_no_foreign_file(txn, own, _OURS)
    with naming(txn.path):
        if status(txn, STAGED_BATCH) is not None:
            _sweep_batch(txn)
        for name in own:
            remove(txn, name)
        remove_folder(bookkeeping, _name(txn))


def _sweep_batch(txn: Folder) -> None:
    with opened(txn, STAGED_BATCH) as batch:
        own = names_in(batch)
        _demand_no_foreign_file(batch, own, _OURS_IN_BATCH)
        for name in own:
            remove(batch, name)
    remove_folder(txn, STAGED_BATCH)


def _demand_no_foreign_file(folder: Folder, names: list[str], ours: re.Pattern[str]) -> None:
    for name in names:
        if ours.match(name) is None:
            raise ForeignFile(folder.named(name))
