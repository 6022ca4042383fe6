"""What keeps a transaction undisturbed: the right platform, one run at a time, and signals that wait."""

import errno
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeAlias

from scaffold.errors import Interrupted, NeedsPerson, PlanBusy, WriteFailed
from scaffold.transaction.files import Folder, status

if sys.platform != "win32":  # where reading must work too
    import fcntl

Handler: TypeAlias = "Callable[[int, FrameType | None], object] | int | None"

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


class Signals:
    """INT, TERM and HUP while a transaction holds them: they are noted, and looked at where stopping is clean."""

    def __init__(self) -> None:
        self._asked: list[int] = []

    def note(self, number: int, frame: FrameType | None) -> None:
        """Be the handler of a held signal."""
        self._asked.append(number)

    def stop_if_asked(self) -> None:
        """Raise Interrupted if a signal has come. Called wherever stopping still leaves nothing behind."""
        if self._asked:
            raise Interrupted(self._asked[0])

    def forget(self) -> None:
        """Drop what has come: what it asked to stop is over, and exit 130 would say that nothing was changed."""
        self._asked.clear()

    def deliver(self) -> None:
        """Send what has come to whoever handles it now."""
        for number in self._asked:
            signal.raise_signal(number)


@contextmanager
def signals_held() -> Iterator[Signals]:
    """Hold INT, TERM and HUP: no handler raises inside, at whatever step, and none is lost; they come at the end.

    Held by handlers and not by the thread's mask alone, which would send them to another thread, if there is one.
    """
    signals = Signals()
    before: dict[int, Handler] = {}
    try:
        with _blocked():
            if threading.current_thread() is threading.main_thread():  # no handler runs in any other
                for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    handler = signal.getsignal(one)
                    if handler not in (signal.SIG_IGN, None):  # `nohup` must stay what it is
                        before[one] = handler
                        signal.signal(one, signals.note)
        yield signals
    finally:
        with _blocked():
            for number, handler in before.items():
                signal.signal(number, handler)
        signals.deliver()


@contextmanager
def _blocked() -> Iterator[None]:
    """Exchange handlers all or none: between two of them a signal would raise."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def locked(root: Folder, book: Folder, signals: Signals) -> Iterator[None]:
    """Hold the plan's lock, waiting at most `WAIT` seconds for another run.

    The file is never deleted, so that all runs lock one inode; the kernel frees it however a run ends. Raises
    PlanBusy, NeedsPerson if the lock is no plain file, Interrupted while waiting, OSError.
    """
    fd = _open_lock(book)
    try:
        _wait_for(fd, signals)
        if not (_leads_to(root, book.path, book.fd) and _leads_to(book, LOCK, fd)):
            raise _busy()  # somebody moved the bookkeeping meanwhile: what we hold excludes nobody
        yield
    finally:
        os.close(fd)


def _leads_to(folder: Folder, name: str, fd: int) -> bool:
    found = status(folder, name)
    return found is not None and os.path.samestat(found, os.fstat(fd))


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


def _wait_for(fd: int, signals: Signals) -> None:
    give_up = time.monotonic() + WAIT
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            signals.stop_if_asked()
            if time.monotonic() > give_up:
                raise _busy() from error
            time.sleep(_PAUSE)
        else:
            return


def is_locked(book: Folder) -> bool:
    """Tell whether a run holds the plan at this moment, without creating or changing anything."""
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
