"""An operating system that fails, kills or lets somebody in between at the k-th call that changes anything."""

import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

CALLS = ("open", "write", "fsync", "mkdir", "link", "rename", "unlink", "rmdir")


class Count:
    """How many calls were made."""

    def __init__(self) -> None:
        self.calls = 0


@contextmanager
def at_call(number: int, action: Callable[[], object], names: tuple[str, ...] = CALLS) -> Iterator[Count]:
    """Run `action` before the given call of `os`, counted from 1; what it raises is what the call fails with."""
    with at_calls(lambda count: count == number, action, names) as count:
        yield count


@contextmanager
def from_call(number: int, action: Callable[[], object], names: tuple[str, ...] = CALLS) -> Iterator[Count]:
    """Run `action` before the given call and before every later one."""
    with at_calls(lambda count: count >= number, action, names) as count:
        yield count


@contextmanager
def at_calls(
    chosen: Callable[[int], bool], action: Callable[[], object], names: tuple[str, ...] = CALLS
) -> Iterator[Count]:
    """Run `action` before every chosen call; calls that the action makes itself are not counted."""
    real = {name: getattr(os, name) for name in names}
    count = Count()
    busy: list[bool] = []

    def wrapped(name: str) -> Callable[..., object]:
        def call(*args: object, **options: object) -> object:
            if not busy:
                count.calls += 1
                if chosen(count.calls):
                    busy.append(True)
                    try:
                        action()
                    finally:
                        busy.clear()
            return real[name](*args, **options)

        return call

    for name in names:
        setattr(os, name, wrapped(name))
    try:
        yield count
    finally:
        for name, function in real.items():
            setattr(os, name, function)


def failing(number: int) -> Callable[[], NoReturn]:
    """Return an action that fails with an errno."""

    def fail() -> NoReturn:
        raise OSError(number, os.strerror(number))

    return fail


def no_space() -> NoReturn:
    """Fail as a full disk does."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def kill_myself() -> None:
    """Die without any handler, clean-up or flush."""
    os.kill(os.getpid(), signal.SIGKILL)


def in_child(work: Callable[[], object]) -> int:
    """Run `work` in a forked child; give its exit code, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(number: int, work: Callable[[], object], names: tuple[str, ...] = CALLS) -> bool:
    """Run `work` in a child that dies at the given call. False if it was over before."""

    def killed() -> None:
        with at_call(number, kill_myself, names):
            work()

    return in_child(killed) == -signal.SIGKILL
