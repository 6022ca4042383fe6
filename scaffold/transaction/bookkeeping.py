"""Opening a plan and its bookkeeping, with what the system refuses told as what the user can act on."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from scaffold.errors import InvalidInput, WriteFailed
from scaffold.transaction.batches import unusable
from scaffold.transaction.commit import BOOKKEEPING, refused
from scaffold.transaction.files import (
    NO_PLAIN_DIRECTORY,
    Folder,
    make_folder,
    move,
    naming,
    opened,
    opened_plan,
    remove,
    status,
    sync_file,
    write_new,
)

_IGNORE, _IGNORE_NEW = ".gitignore", "gitignore.tmp"
_IGNORED = b"/*\n!/batches/\n"


@contextmanager
def writing(plan: Path, outcome: str = "nothing was changed") -> Iterator[Folder]:
    """Open the plan; `outcome` is what becomes of what was to be written where the system refuses anything inside.

    Raises InvalidInput where the plan cannot be opened, WriteFailed for any OSError or MemoryError.
    """
    with ExitStack() as stack:
        try:
            root = stack.enter_context(opened_plan(plan))
        except OSError as error:
            message = f"{plan}: this plan directory cannot be opened ({error.strerror})"
            raise InvalidInput.of("no_plan", message, path=str(plan), hint="name an existing plan") from error
        try:
            yield root
        except (OSError, MemoryError) as error:
            raise failed(error, outcome) from error


@contextmanager
def opened_bookkeeping(root: Folder) -> Iterator[Folder]:
    """Open the bookkeeping of a plan. Raises InvalidInput where it is a link or on another device, OSError."""
    with ExitStack() as stack:
        try:
            bookkeeping = stack.enter_context(opened(root, BOOKKEEPING))
        except OSError as error:
            raise refused(error, BOOKKEEPING) from None
        yield bookkeeping


@contextmanager
def made_bookkeeping(root: Folder) -> Iterator[Folder]:
    """Open the bookkeeping of a plan, and make it first where there is none. Raises as `opened_bookkeeping`."""
    with naming(BOOKKEEPING):
        make_folder(root, BOOKKEEPING)
    with opened_bookkeeping(root) as bookkeeping:
        yield bookkeeping


@contextmanager
def made_own_folder(bookkeeping: Folder, name: str) -> Iterator[Folder]:
    """Open a directory of the bookkeeping, and make it first where there is none. Raises as `own_folder`."""
    with naming(bookkeeping.named(name)):
        make_folder(bookkeeping, name)
    with own_folder(bookkeeping, name) as folder:
        yield folder


@contextmanager
def own_folder(bookkeeping: Folder, name: str) -> Iterator[Folder]:
    """Open a directory of the bookkeeping. Raises NeedsPerson for a link and what is no directory of it, OSError."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(opened(bookkeeping, name))
        except OSError as error:
            if error.errno not in NO_PLAIN_DIRECTORY:
                raise
            raise unusable(error, bookkeeping.named(name)) from error
        yield folder


@contextmanager
def opened_own_folder(plan: Path, name: str) -> Iterator[Folder]:
    """Open a directory of the bookkeeping to read it. Raises FileNotFoundError where there is none, NeedsPerson."""
    if os.name != "posix":  # where nothing can be written
        raise FileNotFoundError
    with ExitStack() as stack:
        try:
            root = stack.enter_context(opened_plan(plan))
            folder = stack.enter_context(opened(stack.enter_context(opened(root, BOOKKEEPING)), name))
        except FileNotFoundError:
            raise
        except OSError as error:
            raise unusable(error, f"{BOOKKEEPING}/{name}") from error
        yield folder


def ignore_own_files(bookkeeping: Folder) -> None:
    """Keep all of the bookkeeping but the batches out of version control; a file that says so stays as it is.

    The lock must be held. Raises OSError.
    """
    if status(bookkeeping, _IGNORE) is not None:
        return
    with naming(bookkeeping.named(_IGNORE)):
        remove(bookkeeping, _IGNORE_NEW)
        write_new(bookkeeping, _IGNORE_NEW, _IGNORED)
        sync_file(bookkeeping, _IGNORE_NEW)
        move(bookkeeping, _IGNORE_NEW, bookkeeping, _IGNORE)


def failed(error: OSError | MemoryError, outcome: str) -> WriteFailed:
    """Return the error for what the system refused; `outcome` says what that means for the plan."""
    path = error.filename if isinstance(error, OSError) and isinstance(error.filename, str) else None
    why = error.strerror if isinstance(error, OSError) else "out of memory"
    message = f"{path or 'the batch'}: could not be written ({why}); {outcome}"
    return WriteFailed.of("write_failed", message, path=path, hint="fix the cause, then run the command again")
