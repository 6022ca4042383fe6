"""The first batch of a plan: its directory is created with it, and removed again if the batch fails."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from scaffold.errors import Conflict, Interrupted, ScaffoldError, WriteFailed
from scaffold.model import Batch, BatchRecord
from scaffold.transaction import apply, check_writable
from scaffold.transaction.commit import BATCHES, BOOKKEEPING
from scaffold.transaction.files import Folder, names_in, opened, opened_plan, remove, remove_folder, sync_folder
from scaffold.transaction.guard import LOCK, Signals, locked, refuse_platform, signals_held

_OURS = (".gitignore", "gitignore.tmp", LOCK)
"""The files that a transaction that was taken back leaves in the bookkeeping of a plan that had none."""

_NOTHING = (BOOKKEEPING, ".git", ".gitignore")


def create(directory: Path, batch: Batch, time: str, progress: Callable[[int, int], None]) -> BatchRecord:
    """Create a plan's directory, durably, and apply its first batch to it; return the record as it was written.

    The directory may exist already, if it is empty. Raises what `transaction.apply` raises, and Conflict where
    something is in the way; then the directory is as it was before, if it existed.
    """
    refuse_platform()
    demand_free(directory)
    done: BatchRecord | None = None
    try:
        with signals_held() as signals, _made(directory):
            signals.stop_if_asked()
            done = apply(directory, batch, time, progress)
            signals.come_too_late()
    except (Interrupted, KeyboardInterrupt):
        if done is None:  # else it came too late: the plan is complete
            raise
    return done


def demand_free(directory: Path) -> None:
    """Raise Conflict unless nothing is there, or an empty directory.

    Nothing is also what a repository begins with, and bookkeeping of a batch taken back: a plan has no such files.
    """
    try:
        if not stat.S_ISDIR(directory.lstat().st_mode):
            raise _taken(directory, "already exists and is not a directory")
        if others := sorted(entry.name for entry in directory.iterdir() if not _is_nothing(entry.name)):
            raise _taken(directory, f"already exists and is not empty: it contains {others[0]}")
    except FileNotFoundError:
        return
    except OSError as error:
        raise _taken(directory, f"cannot be listed ({error.strerror})") from error


def _is_nothing(name: str) -> bool:
    return name in _NOTHING or name.lower().startswith(("readme", "license"))


def check_possible(directory: Path, targets: tuple[str, ...]) -> None:
    """Refuse what `create` would have to refuse, before anybody is asked. Writes nothing.

    Raises InvalidInput, Conflict, WriteFailed.
    """
    refuse_platform()
    demand_free(directory)
    if directory.exists():
        check_writable(directory, targets)
    elif not os.access(directory.parent, os.W_OK | os.X_OK):
        message = "this directory is not writable; nothing was changed"
        hint = "change its permissions, or name another --directory"
        raise WriteFailed.of("not_writable", message, path=str(directory.parent), hint=hint)


@contextmanager
def _made(directory: Path) -> Iterator[None]:
    """Make the directory durable before anything is in it; take it away again if what follows fails."""
    with ExitStack() as stack:
        with _failing(directory):
            parent = stack.enter_context(opened_plan(directory.parent))
            made = _make(parent, directory.name)
        try:
            with _failing(directory):
                sync_folder(parent)
            yield
        except BaseException:
            if made:
                with suppress(OSError, ScaffoldError):
                    _take_back(parent, directory.name)
            raise


@contextmanager
def _failing(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"this directory could not be created ({error.strerror}); nothing was changed"
        hint = "fix the cause, then run the command again"
        raise WriteFailed.of("write_failed", message, path=str(directory), hint=hint) from error


def _make(parent: Folder, name: str) -> bool:
    try:
        os.mkdir(name, dir_fd=parent.fd)
    except FileExistsError:
        return False
    return True


def _take_back(parent: Folder, name: str) -> None:
    """Remove the directory if there is nothing in it, and the bookkeeping before it if there is nothing else.

    Under the lock: a run that waits for it finds it gone, and a run that has it keeps all.
    """
    with opened(parent, name) as made:
        root = Folder(made.fd, ".")  # as every plan is: paths are relative to it
        with (
            suppress(OSError, ScaffoldError),
            opened(root, BOOKKEEPING) as bookkeeping,
            locked(root, bookkeeping, Signals()),
        ):
            if names_in(root) == [BOOKKEEPING]:
                remove_folder(bookkeeping, BATCHES)
                for own in _OURS:
                    remove(bookkeeping, own)
        remove_folder(root, BOOKKEEPING)
    remove_folder(parent, name)


def _taken(directory: Path, what: str) -> Conflict:
    hint = "use another NAME or another --directory"
    return Conflict.of("target_exists", f"{what}; nothing was changed", path=str(directory), hint=hint)
