"""What interrupted runs left, finished or taken back. Nothing found there is believed before it is checked."""

import errno
from contextlib import ExitStack
from dataclasses import dataclass

from scaffold.errors import Diagnostic, InvalidInput, WriteFailed
from scaffold.transaction.commit import (
    BATCHES,
    COMMIT,
    Stranger,
    Targets,
    Work,
    close,
    roll_back,
    roll_forward,
    sweep,
)
from scaffold.transaction.files import NO_PLAIN_DIRECTORY, Folder, names_in, opened, read, status
from scaffold.transaction.journal import FOLDERS, JOURNAL_LIMIT, Damaged, Newer, journal_from_bytes
from scaffold.transaction.steps import InTheWay, Left

TRANSACTION = "txn-"
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
_LOOK = "look at it; remove it if nothing in it is needed, then run again"


@dataclass(frozen=True, slots=True)
class Recovery:
    """What recovery did: ids of batches that it completed, and of those that it took back; staging that it discarded.

    `problems` need a person: each names a file, says what is the matter with it and what to do.
    """

    completed: tuple[str, ...] = ()
    taken_back: tuple[str, ...] = ()
    discarded: tuple[str, ...] = ()
    problems: tuple[Diagnostic, ...] = ()

    def __add__(self, other: "Recovery") -> "Recovery":
        """Give what both did."""
        return Recovery(
            self.completed + other.completed,
            self.taken_back + other.taken_back,
            self.discarded + other.discarded,
            self.problems + other.problems,
        )


def stores(book: Folder) -> tuple[str, ...]:
    """Give the names of the transactions that are not over. Raises OSError."""
    return tuple(name for name in names_in(book) if name.startswith(TRANSACTION))


def recover_all(root: Folder, book: Folder) -> Recovery:
    """Recover every transaction, each for itself: a damaged one does not hold up the others. The lock must be held.

    Raises WriteFailed at the end if the system refused something; recovering again goes on from there.
    """
    total, failures = Recovery(), []
    for name in stores(book):
        try:
            total += _recover(root, book, name)
        except OSError as error:
            if error.errno in NO_PLAIN_DIRECTORY:
                total += _problem("not_a_directory", _path_of(book, name, error), "is not a plain directory", _LOOK)
            elif error.errno in _STUCK:
                total += _stuck(_path_of(book, name, error), error)
            else:
                failures.append(_failure(book, name, error))
    if failures:
        raise WriteFailed([*failures, *total.problems])
    return total


def _recover(root: Folder, book: Folder, name: str) -> Recovery:
    with opened(book, name) as store, ExitStack() as stack:
        if status(store, COMMIT) is None:
            return _sweep(book, store, Recovery(discarded=(store.path,)))
        try:
            journal = journal_from_bytes(read(store, COMMIT, JOURNAL_LIMIT))
        except (Damaged, OSError) as error:
            return _unreadable(store, error)
        return _finish(Work(book, store, journal, Targets(root, stack)))


def _unreadable(store: Folder, error: Damaged | OSError) -> Recovery:
    """Only what is wrong with the file itself is damage; a failing system says nothing about the file."""
    if isinstance(error, OSError) and error.errno not in (errno.ELOOP, errno.EINVAL, errno.EFBIG, errno.ENXIO):
        raise error
    what = error.strerror if isinstance(error, OSError) else str(error)
    hint = "use the newer scaffold to run `scaffold recover`" if isinstance(error, Newer) else _LOOK
    return _problem("bad_journal", store.named(COMMIT), f"cannot be used: {what}; nothing of it was touched", hint)


def _finish(work: Work) -> Recovery:
    try:
        left = roll_forward(work)
        outcome = Recovery(completed=(work.journal.batch,), problems=_kept(left, "its batch is complete"))
    except InTheWay as way:
        outcome = _take_back(work, way)
    except InvalidInput as error:
        return Recovery(problems=error.diagnostics)
    close(work)
    return _sweep(work.book, work.store, outcome)


def _take_back(work: Work, way: InTheWay) -> Recovery:
    left = roll_back(work)
    hint = "look at it; then run the command again"
    cause = Diagnostic("in_the_way", f"{way}; the interrupted batch was taken back", path=way.target, hint=hint)
    others = _kept([one for one in left if one.path != way.target], "its batch was taken back")
    return Recovery(taken_back=(work.journal.batch,), problems=(cause, *others))


def _sweep(book: Folder, store: Folder, outcome: Recovery) -> Recovery:
    try:
        sweep(book, store)
    except Stranger as stranger:
        problem = _problem("stranger", str(stranger), "was not made by scaffold; it stays", _LOOK)
        return Recovery(outcome.completed, outcome.taken_back) + Recovery(problems=outcome.problems) + problem
    return outcome


def _kept(left: list[Left] | tuple[Left, ...], outcome: str) -> tuple[Diagnostic, ...]:
    return tuple(
        Diagnostic("left", f"{one.path} {one.message} ({outcome})", path=one.path, hint="look at it") for one in left
    )


def _problem(code: str, path: str, what: str, hint: str) -> Recovery:
    return Recovery(problems=(Diagnostic(code, f"{path} {what}", path=path, hint=hint),))


def _stuck(path: str, error: OSError) -> Recovery:
    denied = error.errno in (errno.EACCES, errno.EPERM)
    hint = "give yourself access to it, then run `scaffold recover`" if denied else _LOOK
    what = error.strerror or "refused"
    if isinstance(error.filename, str) and error.filename not in path:
        what += f": {error.filename}"
    return _problem("recovery_stuck", path, f"keeps an interrupted batch from being finished ({what})", hint)


def _failure(book: Folder, name: str, error: OSError) -> Diagnostic:
    path = _path_of(book, name, error)
    return Diagnostic(
        "recovery_failed",
        f"{path}: an interrupted batch could not be finished ({error.strerror})",
        path=path,
        hint="mend the cause, then run `scaffold recover`",
    )


def _path_of(book: Folder, name: str, error: OSError) -> str:
    if not isinstance(error.filename, str):
        return book.named(name)
    if "/" in error.filename or error.filename in FOLDERS:
        return error.filename
    return book.named(BATCHES if error.filename == BATCHES else name)
