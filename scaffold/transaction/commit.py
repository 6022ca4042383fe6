"""A transaction from its commit point on: forward to the end, or back to the start, from wherever it stands."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from scaffold.errors import InvalidInput
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
from scaffold.transaction.journal import Journal, split_target
from scaffold.transaction.records import RECORD
from scaffold.transaction.steps import (
    InTheWay,
    Left,
    Memory,
    Step,
    backward,
    is_ours,
    is_staged,
    publish,
    rescue,
    take_away,
)

BOOK = ".scaffold"
COMMIT, UNCOMMITTED = "commit.json", "commit.tmp"
BATCHES, STAGED_BATCH = "batches", "batch"

_OURS = re.compile(r"((copy-)?(new|old|back)-[0-9]{5,}(\.tmp)?|commit\.tmp|copying)\Z")
_OURS_IN_BATCH = re.compile(r"(record|contents)\.json\Z")


class Stranger(Exception):
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
        for name in self.open_existing(names):
            make_folder(self.plan, name)
        self.open_existing(names)

    def _opened(self, name: str) -> bool:
        if status(self.plan, name) is None:
            return False
        self._open[name] = self.enter(self.plan, name)
        return True

    def enter(self, parent: Folder, name: str) -> Folder:
        """Open a directory for as long as the others. Raises InvalidInput, OSError."""
        try:
            return self._stack.enter_context(opened(parent, name))
        except OSError as error:
            raise refused(error, parent.named(name)) from None

    def get(self, name: str) -> Folder | None:
        """Give an open directory, None for one that does not exist."""
        return self._open.get(name)

    def sync(self) -> None:
        """Make the names in all of them durable. Raises OSError."""
        for folder in self._open.values():
            with naming(folder.path):
                sync_folder(folder)


def refused(error: OSError, path: str) -> InvalidInput | OSError:
    """Say that a directory of the plan is a link, no directory, or on another device; any other error stays itself."""
    if error.errno not in NO_PLAIN_DIRECTORY:
        return error
    return InvalidInput.of(
        "bad_directory",
        f"{path} must be a plain directory of the plan's own file system ({error.strerror})",
        path=path,
        hint="scaffold follows no links when it writes: put a directory there",
    )


@dataclass(frozen=True, slots=True)
class Work:
    """A transaction: `.scaffold`, the directory in it with all that is staged, what is to be done, and where."""

    book: Folder
    store: Folder
    journal: Journal
    targets: Targets
    memory: Memory = field(default_factory=Memory)

    def steps(self) -> Iterator[Step]:
        """Give the changes in order, those whose directory does not exist left out."""
        for number, entry in enumerate(self.journal.entries):
            folder, name = split_target(entry.target) or (".", entry.target)
            if opened_folder := self.targets.get(folder):
                yield Step(entry, number, opened_folder, name, self.store, self.book, self.memory)


def folders_of(journal: Journal) -> set[str]:
    """Give the directories that a journal's targets lie in."""
    return {where[0] for entry in journal.entries if (where := split_target(entry.target))}


def commit(work: Work) -> None:
    """Pass the commit point: from the rename on, whoever comes next finishes the batch. Raises OSError."""
    with naming(work.store.named(COMMIT)):
        move(work.store, UNCOMMITTED, work.store, COMMIT)
        sync_folder(work.store)


def roll_forward(work: Work) -> tuple[Left, ...]:
    """Publish everything durably, then the record: with that the batch is complete. Raises InTheWay, OSError."""
    if is_recorded(work):
        return ()
    work.targets.make_missing(folders_of(work.journal))
    _demand_staged(work)
    for step in work.steps():
        take_away(step)
    with naming(work.store.path):
        sync_folder(work.store)
    for step in work.steps():
        publish(step)
    _sync(work)
    left = _rescue(work)
    _publish_record(work)
    return left


def is_lost(work: Work) -> bool:
    """Whether somebody has removed or moved the bookkeeping since it was opened. Raises OSError."""
    return not (is_open_at(work.targets.plan, BOOK, work.book) and is_open_at(work.book, _name(work.store), work.store))


def regained(work: Work) -> Work:
    """Return the transaction with new, empty directories in place of lost ones: its way back is known from memory.

    Lost ones that were only moved stay in use: what was taken away lies in them. Raises OSError, InvalidInput.
    """
    if os.fstat(work.store.fd).st_nlink:
        return work
    plan = work.targets.plan
    make_folder(plan, BOOK)
    book = work.targets.enter(plan, BOOK)
    make_folder(book, _name(work.store))
    return replace(work, book=book, store=work.targets.enter(book, _name(work.store)))


def published(work: Work) -> tuple[str, ...]:
    """Return the targets at which a file of this transaction lies. Raises OSError."""
    return tuple(step.entry.target for step in work.steps() if is_ours(step))


def _name(store: Folder) -> str:
    return store.path.rpartition("/")[2]


def close(work: Work) -> None:
    """Remove the journal of a transaction that is at either end, durably. Raises OSError."""
    with naming(work.store.named(COMMIT)):
        remove(work.store, COMMIT)
        sync_folder(work.store)


def roll_back(work: Work) -> tuple[Left, ...]:
    """Take back what is ours and return what was taken; a step that fails does not stop the others.

    The journal stays; tells what of somebody else's stays in the plan or was kept. Raises the first OSError.
    """
    _take_back_record(work)
    left: list[Left] = []
    failures: list[OSError] = []
    for step in work.steps():
        try:
            left += backward(step)
        except OSError as error:
            failures.append(error)
    for name in work.journal.folders:
        remove_folder(work.targets.plan, name)
    if failures:
        raise failures[0]
    _sync(work)
    return (*left, *_rescue(work))


def is_recorded(work: Work) -> bool:
    """Tell whether the batch is complete: its record is published last. After that, edits are the user's business."""
    if status(work.book, BATCHES) is None:
        return False
    with opened(work.book, BATCHES) as batches:
        if status(batches, work.journal.batch) is None:
            return False
        with opened(batches, work.journal.batch) as batch:
            return has_digest(batch, RECORD, work.journal.record)


def _demand_staged(work: Work) -> None:
    for step in work.steps():
        if not is_staged(step):
            raise InTheWay(step.entry.target, "its staged bytes are damaged")
    record = work.store.named(f"{STAGED_BATCH}/{RECORD}")
    if status(work.store, STAGED_BATCH) is None:
        raise InTheWay(record, "missing")
    with opened(work.store, STAGED_BATCH) as batch:
        if not has_digest(batch, RECORD, work.journal.record):
            raise InTheWay(record, "damaged")


def _publish_record(work: Work) -> None:
    if is_lost(work):
        raise InTheWay(BOOK, "removed or moved meanwhile")
    with naming(work.book.named(f"{BATCHES}/{work.journal.batch}")):
        make_folder(work.book, BATCHES)
        with opened(work.book, BATCHES) as batches:
            if status(batches, work.journal.batch) is not None:
                raise InTheWay(batches.named(work.journal.batch), "exists already, from somebody else")
            move(work.store, STAGED_BATCH, batches, work.journal.batch)
            sync_folder(batches)
        sync_folder(work.store)
        sync_folder(work.book)


def _take_back_record(work: Work) -> None:
    """Undo `_publish_record` before anything else: a record that is there means that the batch is complete."""
    if not is_recorded(work):
        return
    with opened(work.book, BATCHES) as batches:
        move(batches, work.journal.batch, work.store, STAGED_BATCH)
        sync_folder(work.store)
        sync_folder(batches)


def _sync(work: Work) -> None:
    work.targets.sync()
    with naming(work.store.path):
        sync_folder(work.store)


def _rescue(work: Work) -> tuple[Left, ...]:
    return tuple(left for step in work.steps() for left in rescue(step))


# --- what is left over ----------------------------------------------------------------------------------------------


def sweep(book: Folder, store: Folder) -> None:
    """Remove a transaction's directory that has no journal (any more). Raises Stranger, OSError."""
    own = [name for name in names_in(store) if name != STAGED_BATCH]
    _demand_no_stranger(store, own, _OURS)
    with naming(store.path):
        if status(store, STAGED_BATCH) is not None:
            _sweep_batch(store)
        for name in own:
            remove(store, name)
        remove_folder(book, _name(store))


def _sweep_batch(store: Folder) -> None:
    with opened(store, STAGED_BATCH) as batch:
        own = names_in(batch)
        _demand_no_stranger(batch, own, _OURS_IN_BATCH)
        for name in own:
            remove(batch, name)
    remove_folder(store, STAGED_BATCH)


def _demand_no_stranger(folder: Folder, names: list[str], ours: re.Pattern[str]) -> None:
    for name in names:
        if ours.match(name) is None:
            raise Stranger(folder.named(name))
