"""INT, TERM and HUP of this process: they unwind a run, until what it did is complete. Then they come too late."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from scaffold.errors import Interrupted

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
STOPPING = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))


_came: list[int] = []


def unwind(number: int, _frame: FrameType | None) -> NoReturn:
    """Be the handler of a signal: raise Interrupted."""
    _came.append(number)
    raise Interrupted(number)


def came() -> int | None:
    """Return the signal that first unwound the run, None for none: imports can turn Interrupted into other errors."""
    return _came[0] if _came else None


def unwind_on_signals() -> None:
    """Let the signals unwind the run; one that was ignored before (nohup) stays ignored."""
    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, unwind)


def ignore_signals() -> None:
    """Ignore the signals that unwind the run: its exit code is decided, and none but that one would be true."""
    for number in STOPPING:
        if signal.getsignal(number) is unwind:
            signal.signal(number, signal.SIG_IGN)


@contextmanager
def restored() -> Iterator[None]:
    """Let the signals do afterwards what they do now, for who goes on after a command is over."""
    before = {number: signal.getsignal(number) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
