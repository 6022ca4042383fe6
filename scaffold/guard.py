"""What keeps a transaction undisturbed: the right platform, one run at a time, and signals that wait."""

import errno
import os
import signal
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from scaffold.errors import Interrupted, NeedsPerson, PlanBusy, WriteFailed
from scaffold.files import Folder, status

LOCK = "lock"
WAIT = 2.0
_PAUSE = 0.02


def refuse_platform() -> None:
    """Refuse where there are no directory descriptors or no `flock`: Windows. Raises WriteFailed."""
    if os.name != "posix":
        raise WriteFailed.of(
            "unsupported_platform",
            f"scaffold cannot write safely on {sys.platform}: it needs links and locks as Linux and macOS have them",
            hint="run this command in WSL, or on Linux or macOS",
        )


def _stoppers() -> set[signal.Signals]:
    asked = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    # Blocking makes even an ignored signal pending, and `nohup` must stay what it is.
    return {one for one in asked if signal.getsignal(one) is not signal.SIG_IGN}


@contextmanager
def signals_held() -> Iterator[None]:
    """Let INT, TERM and HUP wait: no handler runs inside, at whatever step. `stop_if_asked` looks for them.

    Only this thread's: with other threads running a handler may still raise inside, which is then a failure like any.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, _stoppers())
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def stop_if_asked() -> None:
    """Raise Interrupted if a held signal has come. Called wherever stopping still leaves nothing behind."""
    if asked := signal.sigpending() & _stoppers():
        raise Interrupted(signal.sigwait(asked))


def forget_signals() -> None:
    """Drop the held signals: what they asked to stop is over, and exit 130 would say that nothing was changed."""
    while asked := signal.sigpending() & _stoppers():
        signal.sigwait(asked)


@contextmanager
def locked(book: Folder) -> Iterator[None]:
    """Hold the plan's lock, waiting at most `WAIT` seconds for another run.

    The file is never deleted, so that all runs lock one inode; the kernel frees it however a run ends. Raises
    PlanBusy, NeedsPerson if the lock is no plain file, Interrupted while waiting, OSError.
    """
    fd = _open_lock(book)
    try:
        _wait_for(fd)
        found = status(book, LOCK)
        if found is None or not os.path.samestat(found, os.fstat(fd)):
            raise _busy()  # somebody removed the bookkeeping meanwhile: what we hold excludes nobody
        yield
    finally:
        os.close(fd)


def _open_lock(book: Folder) -> int:
    try:
        fd = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666, dir_fd=book.fd)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise _not_ours(book) from error
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise _not_ours(book)
    return fd


def _wait_for(fd: int) -> None:
    import fcntl  # not there on Windows, where reading must still work

    give_up = time.monotonic() + WAIT
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stop_if_asked()
            if time.monotonic() > give_up:
                raise _busy() from error
            time.sleep(_PAUSE)
        else:
            return


def is_locked(book: Folder) -> bool:
    """Tell whether a run holds the plan at this moment, without creating or changing anything."""
    import fcntl  # not there on Windows, where reading must still work

    try:
        fd = os.open(LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=book.fd)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


def _busy() -> PlanBusy:
    return PlanBusy.of("plan_busy", "another run of scaffold holds this plan", hint="try again when it has ended")


def _not_ours(book: Folder) -> NeedsPerson:
    path = book.named(LOCK)
    return NeedsPerson.of(
        "bad_lock", f"{path} is not a plain file: scaffold did not make it so", path=path, hint="look at it, remove it"
    )
