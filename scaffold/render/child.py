"""Runs a function in a bounded child process: its resources are limited, and all that remains of it is its answer.

The child is forked and not started anew, because what it works with takes long to import. It is not
trusted: its answer is bytes of a limited length, read from a pipe.
"""

import gc
import os
import resource
import select
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from scaffold.lazy.values import frozen

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ANSWERED, _LIMITED, _BROKEN = b"+", b"=", b"!"
_LENGTH = 8
_OPEN_FILES = 64
_MORE_TO_END = 1
"""Seconds that a child gets to end by itself, so that it can say where it was; then the system kills it."""


class LimitReached(Exception):
    """A limit was reached; the text says which: `more than 4 seconds of processor time`."""


class ChildBroken(RuntimeError):
    """The function failed with an error that it should not have, or the child answered nonsense: a bug."""


@frozen
class Limits:
    """What a child may take: seconds of processor time and of waiting, bytes of memory and of its answer."""

    processor: int
    wall: int
    memory: int
    answer: int

    @property
    def processor_reached(self) -> str:
        """The message when the processor time is used up."""
        return f"more than {self.processor} seconds of processor time"

    @property
    def wall_reached(self) -> str:
        """The message when it takes too long."""
        return f"more than {self.wall} seconds"

    @property
    def memory_reached(self) -> str:
        """The message when the memory is used up."""
        return f"more than {self.memory // 1_000_000:,} MB of memory"


def run(task: Callable[[], bytes], directory: Path, limits: Limits) -> bytes:
    """Return what `task` returns in a child process that has no environment, no open files, and `directory` to be in.

    `task` may let LimitReached and MemoryError pass. Raises LimitReached, ChildBroken; OSError when no child can be
    made. Whatever is raised here, also by a signal's handler, the child is gone before.
    """
    reading, writing = os.pipe()
    held = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)  # none may arrive while nobody answers for the child
    parent = os.getpid()
    child = None
    try:
        child = _fork()
        if child == 0:
            _be_the_child(task, writing, directory, limits, parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        os.close(writing)
        answer = _read(reading, limits)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        os.close(reading)
        if child:
            os.kill(child, signal.SIGKILL)  # it has answered, or shall not any more
            _, status, used = os.wait4(child, 0)
    return _believed(answer, os.waitstatus_to_exitcode(status), used, limits)


def _fork() -> int:
    with warnings.catch_warnings():  # of other threads: the child needs none of them, and waits for nothing for ever
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _read(pipe: int, limits: Limits) -> bytes:
    """Read until the child has closed its end; raises LimitReached when that takes too long or is too much."""
    ends = time.monotonic() + limits.wall + 2 * _MORE_TO_END
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    parts: list[bytes] = []
    length = 0
    while poll.poll(max(0, int((ends - time.monotonic()) * 1000))):
        part = os.read(pipe, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
        length += len(part)
        if length > limits.answer + 1 + _LENGTH:
            raise LimitReached(f"more than {limits.answer:,} bytes in all")
    raise LimitReached(limits.wall_reached)


def _believed(answer: bytes, status: int, used: resource.struct_rusage, limits: Limits) -> bytes:
    mark, length, content = answer[:1], answer[1 : 1 + _LENGTH], answer[1 + _LENGTH :]
    complete = len(length) == _LENGTH and int.from_bytes(length, "big") == len(content)
    if complete and mark == _ANSWERED:
        return content
    if complete and mark == _LIMITED:
        raise LimitReached(content.decode("utf-8", "replace")[:200])
    if complete and mark == _BROKEN:
        raise ChildBroken(content.decode("utf-8", "replace"))
    if status == -signal.SIGALRM:
        raise LimitReached(limits.wall_reached)
    if status == -signal.SIGXCPU or used.ru_utime + used.ru_stime >= limits.processor:
        raise LimitReached(limits.processor_reached)
    if status == -signal.SIGSEGV:
        raise LimitReached("deeper nesting than can be processed")
    if status in (-signal.SIGKILL, -signal.SIGABRT, -signal.SIGBUS):
        raise LimitReached(limits.memory_reached)
    raise ChildBroken(f"the child process ended with {status} and without an answer")


def _be_the_child(task: Callable[[], bytes], writing: int, directory: Path, limits: Limits, parent: int) -> NoReturn:
    """Answer and exit silently: nothing of the parent's is finished, flushed or removed from here."""
    try:
        gc.freeze()  # what the parent has is not the child's to finalize
        _die_with(parent)
        pipe = _keep_only(writing)
        os.environ.clear()
        os.chdir(directory)
        _limit(limits)
        _write(pipe, *_answer(task, limits))
    finally:
        os._exit(0)


def _answer(task: Callable[[], bytes], limits: Limits) -> tuple[bytes, bytes]:
    try:
        return _ANSWERED, task()
    except LimitReached as error:
        return _LIMITED, str(error).encode()
    except MemoryError:
        return _LIMITED, limits.memory_reached.encode()
    except BaseException:
        return _BROKEN, traceback.format_exc().encode("utf-8", "replace")


def _write(pipe: int, mark: bytes, content: bytes) -> None:
    left = memoryview(mark + len(content).to_bytes(_LENGTH, "big") + content)
    while left:
        left = left[os.write(pipe, left) :]


def _die_with(parent: int) -> None:
    """Where the system can do it, a child ends with its parent; elsewhere its limits of time end it soon after."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(0)


def _keep_only(writing: int) -> int:
    """Close every file but the pipe, locks among them, and let standard input and output lead nowhere."""
    pipe = 3
    os.dup2(writing, pipe)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(pipe + 1, max(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 1024))
    return pipe


def _limit(limits: Limits) -> None:
    """Reaching the time limit first raises an exception, which knows its place; a second later it kills the process."""

    def used_up(number: int, _frame: FrameType | None) -> NoReturn:
        signal.signal(number, signal.SIG_DFL)
        raise LimitReached(limits.wall_reached if number == signal.SIGALRM else limits.processor_reached)

    for number in _ENDING:
        signal.signal(number, signal.SIG_DFL)
    for number in (signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, used_up)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.setitimer(signal.ITIMER_REAL, limits.wall, _MORE_TO_END)
    for kind, most in (
        (resource.RLIMIT_CPU, limits.processor),
        (resource.RLIMIT_AS, _memory_now() + limits.memory),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        _, hard = resource.getrlimit(kind)
        last = most + _MORE_TO_END if kind == resource.RLIMIT_CPU else most
        most, last = (most, last) if hard == resource.RLIM_INFINITY else (min(most, hard), min(last, hard))
        with suppress(OSError, ValueError):  # macOS knows limits that it refuses to set
            resource.setrlimit(kind, (most, last))


def _memory_now() -> int:
    """Return the bytes of address space that the process has already; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0
