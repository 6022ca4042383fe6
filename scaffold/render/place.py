"""A private empty directory for a run of copier, and the removal of those that killed runs left behind.

Nothing is ever written into it: it is the destination and working directory of a template, so that nobody else's
files can be in it. A run holds a lock on its directory for as long as it lives.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scaffold.errors import WriteFailed

PREFIX = "scaffold-rendering-"
"""What the names of these directories begin with."""

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@contextmanager
def private_directory() -> Iterator[Path]:
    """Return a new directory below TMPDIR that nobody else may enter; it is removed at the end.

    Raises WriteFailed when there is no usable directory for temporary files, and for an OSError inside.
    """
    with _no_room_is_said():
        place, lock = _made()
        _remove_left_over(place)
        try:
            yield place
        finally:
            with suppress(OSError):
                place.rmdir()
            os.close(lock)


@contextmanager
def _no_room_is_said() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f" below {' or '.join(_candidates())}" if _candidates() else ""
        message = f"rendering failed{where}: {error.strerror or error}; nothing was changed"
        hint = "free space there, or set TMPDIR to a writable directory"
        raise WriteFailed.of("write_failed", message, hint=hint) from error


def _candidates() -> tuple[str, ...]:
    """Return the directories that Python takes for temporary files, but for the last: the working directory.

    That one is likely the plan's. To ask for the first that can be written to (`tempfile.gettempdir`) would make
    a file in each, there as well.
    """
    if tempfile.tempdir:
        return (os.fsdecode(tempfile.tempdir),)
    candidates: list[str] = tempfile._candidate_tempdir_list()  # type: ignore[attr-defined]
    return tuple(dict.fromkeys(candidates[:-1]))


def _made() -> tuple[Path, int]:
    """Return a new directory, and the descriptor that says for as long as it is open that its run is alive."""
    problem = OSError("there is no usable directory for temporary files")
    for candidate in _candidates():
        try:
            return _made_below(candidate)
        except OSError as error:
            problem = error
    raise problem


def _made_below(candidate: str) -> tuple[Path, int]:
    """Return a new, locked directory. Until it is locked, another run may remove it as left over: then try again."""
    while True:
        place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=candidate))
        with suppress(FileNotFoundError):
            lock = os.open(place, _OPEN)
            if _locked(lock) and place.exists():
                return place, lock
            os.close(lock)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # nothing can be locked there: so nobody else can lock it either, which removing takes
        return True
    return True


def _remove_left_over(own: Path) -> None:
    """Remove what killed runs left beside `own`: empty directories of the same owner that no run holds any more."""
    with suppress(OSError), os.scandir(own.parent) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX) and entry.name != own.name:
                with suppress(OSError):
                    _remove_if_dead(entry.path)


def _remove_if_dead(path: str) -> None:
    """Remove an empty directory of ours, and raise OSError for anything else. Nothing in it is ever removed."""
    descriptor = os.open(path, _OPEN)
    try:
        if os.fstat(descriptor).st_uid == os.geteuid():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.rmdir(path)  # noqa: PTH106 - of the name just opened; one with anything in it stays
    finally:
        os.close(descriptor)
