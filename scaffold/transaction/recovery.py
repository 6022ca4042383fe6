"""What interrupted runs left, finished or taken back. Nothing found there is believed before it is checked."""

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import Literal

from scaffold.errors import Code, Diagnostic, InvalidInput, WriteFailed
from scaffold.lazy.values import frozen, replace
from scaffold.model import sha256
from scaffold.transaction.commit import (
    BATCHES,
    COMMIT,
    ForeignFile,
    Targets,
    Work,
    close,
    is_recorded,
    roll_back,
    roll_forward,
    sweep,
)
from scaffold.transaction.copies import copied_inode
from scaffold.transaction.files import NO_PLAIN_DIRECTORY, Folder, names_in, opened, read, status
from scaffold.transaction.journal import FOLDERS, JOURNAL_LIMIT, Damaged, Entry, Newer, folders_of, journal_from_bytes
from scaffold.transaction.steps import InTheWay, Kept, hindrance, staged_name

TRANSACTION = "txn-"
_NOT_STARTED_HERE = (
    "is an interrupted batch that was not started in this directory: it came with a clone, a copy or a backup, or the "
    "file system has renumbered its files; nothing in it was touched"
)
_STUCK = (
    errno.EACCES,
    errno.EPERM,
    errno.EISDIR,
    errno.ENOTEMPTY,
    errno.EEXIST,
    errno.EINVAL,
    errno.EFBIG,
    errno.ENXIO,
)
"""What fails in the same way until somebody changes what lies there, unlike a full disk or a failing one."""
_LOOK = (
    "look at it and move it to a place outside of the plan, where nothing of it is lost; then run `scaffold recover`"
)


@frozen
class Recovery:
    """What recovery did: ids of batches that it completed, and of those that it took back; staging that it discarded.

    `problems` need a person: each names a file, says what is the matter with it and what to do. `signal_number` is the
    signal that came meanwhile, None for none: what it asks to stop is what follows.
    """

    completed: tuple[str, ...] = ()
    taken_back: tuple[str, ...] = ()
    discarded: tuple[str, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    signal_number: int | None = None

    @property
    def has_changed(self) -> bool:
        """Whether anything was recovered."""
        return bool(self.completed or self.taken_back or self.discarded)

    def __add__(self, other: "Recovery") -> "Recovery":
        """Return what both did."""
        return Recovery(
            self.completed + other.completed,
            self.taken_back + other.taken_back,
            self.discarded + other.discarded,
            self.problems + other.problems,
        )


Action = Literal["create", "replace", "remove"]


@frozen
class Foreseen:
    """One change of an interrupted batch: what would be done to `target`, and what hinders it, if anything does."""

    target: str
    action: Action
    hindrance: str | None


@frozen
class Untrusted:
    """An interrupted batch that was not started here, as far as can be told, and what recovery would do with it.

    `name` is the transaction's, `journal` the SHA-256 of its journal. With a hindrance in any of the `changes` the
    batch would be taken back, else it would be completed.
    """

    name: str
    journal: str
    batch: str
    changes: tuple[Foreseen, ...]


def untrusted(root: Folder, bookkeeping: Folder) -> tuple[Untrusted, ...]:
    """Return the interrupted batches that recovery does not touch until somebody trusts them. Raises OSError."""
    batches = []
    for name in transactions(bookkeeping):
        try:
            with opened(bookkeeping, name) as txn, ExitStack() as stack:
                content = read(txn, COMMIT, JOURNAL_LIMIT)
                work = Work(bookkeeping, txn, journal_from_bytes(content), Targets(root, stack))
                if not is_recorded(work) and not _is_started_here(work):
                    changes = tuple(_foreseen(work))
                    batches.append(Untrusted(name, sha256(content), work.journal.batch, changes))
        except (Damaged, InvalidInput, OSError):  # what recovery finds wrong with it, recovery says
            continue
    return tuple(batches)


def _foreseen(work: Work) -> Iterator[Foreseen]:
    hindrances = {step.entry.target: hindrance(step) for step in _as_found(work).steps()}
    for entry in work.journal.entries:
        action: Action = "create" if entry.old is None else "replace" if entry.new is not None else "remove"
        yield Foreseen(entry.target, action, hindrances.get(entry.target))


def _is_started_here(work: Work) -> bool:
    """Whether a transaction lies where it was started: its directory and staged files have the inodes written down."""
    if work.journal.inode != os.fstat(work.txn.fd).st_ino:
        return False
    for number, entry in enumerate(work.journal.entries):
        staged = status(work.txn, staged_name(number)) if entry.new is not None else None
        if staged is not None and not (stat.S_ISREG(staged.st_mode) and staged.st_ino == entry.inode):
            return False
    return True


def _as_found(work: Work) -> Work:
    """Return the transaction with the inodes that its files have now, for who trusts it. Raises InvalidInput, OSError.

    A copy is taken for ours by its name, if a note says that there was one; its bytes are still compared.
    """
    work.targets.open_existing(folders_of(work.journal.targets))
    entries = tuple(_entry_as_found(work, number, entry) for number, entry in enumerate(work.journal.entries))
    trusted = replace(work, journal=replace(work.journal, entries=entries))
    for step in trusted.steps():
        target = status(step.folder, step.name)
        for stored in (step.staged, step.taken, step.back):
            if target and copied_inode(step.txn, stored, step.memory.copies) is not None:
                step.memory.copies[stored] = target.st_ino
    return trusted


def _entry_as_found(work: Work, number: int, entry: Entry) -> Entry:
    staged = status(work.txn, staged_name(number)) if entry.new is not None else None
    return replace(entry, inode=staged.st_ino if staged else None)


def transactions(bookkeeping: Folder) -> tuple[str, ...]:
    """Return the names of the transactions that are not over. Raises OSError."""
    return tuple(name for name in names_in(bookkeeping) if name.startswith(TRANSACTION))


def recover_all(root: Folder, bookkeeping: Folder, trusted: Mapping[str, str]) -> Recovery:
    """Recover every transaction, each for itself: a damaged one does not hold up the others. The lock must be held.

    What was not started here is only carried out if `trusted` has the SHA-256 of its journal, by its name.

    Raises WriteFailed at the end if the system refused something; recovering again goes on from there.
    """
    total, failures = Recovery(), []
    for name in transactions(bookkeeping):
        try:
            total += _recover(root, bookkeeping, name, trusted.get(name))
        except OSError as error:
            if error.errno in NO_PLAIN_DIRECTORY:
                total += _problem(
                    "not_a_directory", _path_of(bookkeeping, name, error), "is not a plain directory", _LOOK
                )
            elif error.errno in _STUCK:
                total += _stuck(_path_of(bookkeeping, name, error), error)
            else:
                failures.append(_failure(bookkeeping, name, error))
    if failures:
        raise WriteFailed([*failures, *total.problems])
    return total


def _recover(root: Folder, bookkeeping: Folder, name: str, trusted: str | None) -> Recovery:
    with opened(bookkeeping, name) as txn, ExitStack() as stack:
        if status(txn, COMMIT) is None:
            return _sweep(bookkeeping, txn, Recovery(discarded=(txn.path,)))
        try:
            content = read(txn, COMMIT, JOURNAL_LIMIT)
            work = Work(bookkeeping, txn, journal_from_bytes(content), Targets(root, stack))
        except (Damaged, OSError) as error:
            return _unreadable(txn, error)
        if not is_recorded(work) and not _is_started_here(work):
            if sha256(content) != trusted:
                return _problem("not_started_here", txn.path, _NOT_STARTED_HERE, _trust_hint(name))
            work = _as_found(work)
        return _finish(work)


def _trust_hint(name: str) -> str:
    shows = f"`scaffold recover --trust {name}` shows what it would do, and asks"
    return f"{shows}; or look into it and move it out of the plan"


def _unreadable(txn: Folder, error: Damaged | OSError) -> Recovery:
    """Only what is wrong with the file itself is damage; a failing system says nothing about the file."""
    if isinstance(error, OSError) and error.errno not in (errno.ELOOP, errno.EINVAL, errno.EFBIG, errno.ENXIO):
        raise error
    what = error.strerror if isinstance(error, OSError) else str(error)
    hint = (
        "run `scaffold recover` with the newer version of scaffold"
        if isinstance(error, Newer)
        else f"look into {txn.path}: new-… are new files, old-… what was taken away for them; keep what you need, then "
        "move that whole directory out of the plan, and run `scaffold recover`"
    )
    return _problem("bad_journal", txn.named(COMMIT), f"cannot be used: {what}; nothing in it was touched", hint)


def _finish(work: Work) -> Recovery:
    try:
        kept = roll_forward(work)
        outcome = Recovery(completed=(work.journal.batch,), problems=kept_problems(kept, "its batch is complete"))
    except InTheWay as way:
        outcome = _take_back(work, way)
    except InvalidInput as error:
        return Recovery(problems=error.diagnostics)
    close(work)
    return _sweep(work.bookkeeping, work.txn, outcome)


def _take_back(work: Work, way: InTheWay) -> Recovery:
    kept = roll_back(work)
    hint = "look at it; then run the command again"
    cause = Diagnostic("in_the_way", f"{way}; the interrupted batch was taken back", path=way.target, hint=hint)
    others = kept_problems([file for file in kept if file.path != way.target], "its batch was taken back")
    return Recovery(taken_back=(work.journal.batch,), problems=(cause, *others))


def _sweep(bookkeeping: Folder, txn: Folder, outcome: Recovery) -> Recovery:
    try:
        sweep(bookkeeping, txn)
    except ForeignFile as error:
        problem = _problem("stranger", str(error), "was not made by scaffold; it stays", _LOOK)
        return Recovery(outcome.completed, outcome.taken_back) + Recovery(problems=outcome.problems) + problem
    return outcome


def kept_problems(kept: Iterable[Kept], outcome: str) -> tuple[Diagnostic, ...]:
    """Return a problem for each file of somebody else that a transaction met; `outcome` is what became of the batch."""
    hint = "look at it, and keep it or not: scaffold does nothing more with it"
    return tuple(
        Diagnostic("left", f"{file.path} {file.message} ({outcome})", path=file.path, hint=hint) for file in kept
    )


def _problem(code: Code, path: str, what: str, hint: str) -> Recovery:
    return Recovery(problems=(Diagnostic(code, f"{path} {what}", path=path, hint=hint),))


def _stuck(path: str, error: OSError) -> Recovery:
    denied = error.errno in (errno.EACCES, errno.EPERM)
    hint = "give yourself access to it, then run `scaffold recover`" if denied else _LOOK
    what = error.strerror or "refused"
    if isinstance(error.filename, str) and error.filename not in path:
        what += f": {error.filename}"
    return _problem("recovery_stuck", path, f"keeps an interrupted batch from being finished ({what})", hint)


def _failure(bookkeeping: Folder, name: str, error: OSError) -> Diagnostic:
    path = _path_of(bookkeeping, name, error)
    return Diagnostic(
        "recovery_failed",
        f"{path}: an interrupted batch could not be finished ({error.strerror})",
        path=path,
        hint="fix the cause, then run `scaffold recover`",
    )


def _path_of(bookkeeping: Folder, name: str, error: OSError) -> str:
    if not isinstance(error.filename, str):
        return bookkeeping.named(name)
    if "/" in error.filename or error.filename in FOLDERS:
        return error.filename
    return bookkeeping.named(BATCHES if error.filename == BATCHES else name)
