"""What protects a transaction: the right platform, one run at a time, and held signals."""

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

from scaffold.errors import STOPPING, Interrupted, NeedsPerson, PlanBusy, WriteFailed, unwind
from scaffold.transaction.files import Folder, is_open_at, naming

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
        self.too_late = False

    def note(self, number: int, frame: FrameType | None) -> None:
        """Handle a held signal."""
        self._asked.append(number)

    def stop_if_asked(self) -> None:
        """Raise Interrupted if a signal has come. Called wherever stopping still leaves nothing behind."""
        if self._asked:
            raise Interrupted(self._asked[0])

    @property
    def first(self) -> int | None:
        """The signal that has come first, None for none."""
        return self._asked[0] if self._asked else None

    def forget(self) -> None:
        """Drop what has come: what it asked to stop is over, and exit 130 would say that nothing was changed."""
        self._asked.clear()

    def come_too_late(self) -> None:
        """Drop what has come and what will come: the command has done what it was called for."""
        self.too_late = True
        self.forget()

    def deliver(self) -> None:
        """Send what has come to whoever handles it now."""
        for number in self._asked:
            signal.raise_signal(number)


@contextmanager
def signals_held() -> Iterator[Signals]:
    """Hold INT, TERM and HUP: no handler raises inside, at whatever step, and none is lost; they come at the end.

    Held by handlers and not by the thread's mask alone, which would send them to another thread, if there is one. Once
    they come too late the command line's own handlers do not return; those of other callers do.
    """
    signals = Signals()
    before: dict[int, Handler] = {}
    try:
        with _blocked():
            if threading.current_thread() is threading.main_thread():  # no handler runs in any other
                for number in STOPPING:
                    handler = signal.getsignal(number)
                    if handler not in (signal.SIG_IGN, None):  # `nohup` must stay what it is
                        before[number] = handler
                        signal.signal(number, signals.note)
        yield signals
    finally:
        with _blocked():
            for number, handler in before.items():
                signal.signal(number, signal.SIG_IGN if signals.too_late and handler is unwind else handler)
        signals.deliver()


@contextmanager
def _blocked() -> Iterator[None]:
    """Exchange handlers all or none: between two of them a signal would raise."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def locked(root: Folder, bookkeeping: Folder, signals: Signals, wait: float | None = None) -> Iterator[None]:
    """Hold the plan's lock, waiting at most `wait` seconds for another run, without it `WAIT`.

    The file is never deleted, so that all runs lock one inode; the kernel frees it however a run ends. Raises
    PlanBusy, NeedsPerson if the lock is no plain file, Interrupted while waiting, OSError.
    """
    fd = _open_lock(bookkeeping)
    try:
        _wait_for(fd, signals, WAIT if wait is None else wait)
        if not (is_open_at(root, bookkeeping.path, bookkeeping) and is_open_at(bookkeeping, LOCK, Folder(fd, LOCK))):
            raise _busy()  # somebody moved the bookkeeping meanwhile: what we hold excludes nobody
        yield
    finally:
        os.close(fd)


def _open_lock(bookkeeping: Folder) -> int:
    try:
        with naming(bookkeeping.named(LOCK)):
            fd = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666, dir_fd=bookkeeping.fd)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise _not_ours(bookkeeping) from error
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise _not_ours(bookkeeping)
    return fd


def _wait_for(fd: int, signals: Signals, wait: float) -> None:
    give_up = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            signals.stop_if_asked()
            if time.monotonic() > give_up:
                raise _busy() from error
            time.sleep(_PAUSE)
        except OSError as error:
            raise _no_locks(error) from error
        else:
            return


def is_locked(bookkeeping: Folder) -> bool:
    """Whether a run holds the plan at this moment; nothing is created or changed.

    Where the file system has no locks no run can hold it.
    """
    try:
        fd = os.open(LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=bookkeeping.fd)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(fd)
    return False


def _no_locks(error: OSError) -> WriteFailed:
    message = f"this file system has no locks ({error.strerror}), so two runs could mix; nothing was changed"
    hint = "mount it with locks (NFS: without nolock), or move the plan to a local file system"
    return WriteFailed.of("no_locks", message, path=f".scaffold/{LOCK}", hint=hint)


def _busy() -> PlanBusy:
    return PlanBusy.of(
        "plan_busy", "another run of scaffold holds this plan", hint="run the command again when it has ended"
    )


def _not_ours(bookkeeping: Folder) -> NeedsPerson:
    path = bookkeeping.named(LOCK)
    return NeedsPerson.of(
        "bad_lock",
        f"{path} is not a plain file, and scaffold did not create it",
        path=path,
        hint="look at it and move it to a place outside of the plan, then run the command again",
    )
