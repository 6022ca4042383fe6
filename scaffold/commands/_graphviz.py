"""Has Graphviz lay boxes out in rows: a child process with limits of time and size, whose answer is not trusted."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

from scaffold.errors import InvalidInput
from scaffold.lazy.values import frozen
from scaffold.names import printable

if TYPE_CHECKING:
    import subprocess

SECONDS = 60.0
"""How long Graphviz may take: a layout of 300 boxes takes two or three seconds."""

_MOST_BYTES = 20_000_000
_PIECE = 65_536
_GLANCE = 0.1
"""Seconds after which it is seen that Graphviz has ended, while others hold its pipes."""

_LONGEST_COMPLAINT = 200
_INCH = 72
"""Units of a drawing in an inch, in which Graphviz counts."""

_INSTEAD = "`--format mermaid` and `--format text` need nothing"
_BROKEN = f"see whether `dot -V` works; {_INSTEAD}"
_DENSE = "the plan is too dense for a picture: use `--format mermaid` or `--format text`"
_INSTALLING = f"install it (apt install graphviz, brew install graphviz, dnf install graphviz); {_INSTEAD}"

Point = tuple[float, float]


@frozen
class Box:
    """Something to be placed, by its size."""

    name: str
    width: float
    height: float


@frozen
class Layout:
    """Where everything lies, from the top left: the centres of boxes by name, and arrows as Bézier curves.

    A curve has its first point, then three for each piece, the last of which is where the piece ends.
    """

    width: float
    height: float
    centres: Mapping[str, Point]
    curves: Mapping[tuple[str, str], tuple[Point, ...]]


def lay_out(rows: Sequence[Sequence[Box]], arrows: Sequence[tuple[str, str]]) -> Layout:
    """Return where Graphviz places the boxes, row below row, and how it leads the arrows.

    Raises InvalidInput where Graphviz is not installed, fails, takes too long or answers with something else.
    """
    names = {box.name: f"n{at}" for at, box in enumerate(box for row in rows for box in row)}
    said = _run(_question(rows, arrows, names))
    try:
        return _layout(said.decode("ascii"), {short: name for name, short in names.items()})
    except ValueError as error:
        raise _failed("what it printed is no layout") from error


def _question(rows: Sequence[Sequence[Box]], arrows: Sequence[tuple[str, str]], names: Mapping[str, str]) -> bytes:
    """Return the DOT of boxes without texts: no name in it is anybody's."""
    lines = ["digraph {", "graph [nodesep=0.15, ranksep=0.6];", 'node [shape=box, fixedsize=true, label=""];']
    lines += ["edge [arrowhead=none];"]
    for at, row in enumerate(rows):
        boxes = (f"{names[box.name]} [width={box.width / _INCH:.3f}, height={box.height / _INCH:.3f}];" for box in row)
        lines += [f"{{ rank=same; r{at} [style=invis, width=0.01, height=0.01];", *boxes, "}"]
    lines += [f"r{above} -> r{below} [style=invis];" for above, below in pairwise(range(len(rows)))]
    lines += [f"{names[before]} -> {names[after]};" for before, after in arrows]
    return "\n".join([*lines, "}"]).encode("ascii")


def _layout(said: str, names: Mapping[str, str]) -> Layout:
    """Read Graphviz's plain format; raises ValueError for anything else."""
    size: Point | None = None
    centres: dict[str, Point] = {}
    curves: dict[tuple[str, str], tuple[Point, ...]] = {}
    for words in map(str.split, said.splitlines()):
        match words:
            case ["graph", _, width, height]:
                size = _number(width), _number(height)
            case ["node", name, x, y, *_] if size and name in names:
                centres[names[name]] = _point(x, y, size)
            case ["edge", before, after, count, *rest] if size and before in names and after in names:
                points = tuple(_points(rest, int(count), size))
                if len(points) < 4 or len(points) % 3 != 1:
                    raise ValueError("curve")
                curves[names[before], names[after]] = points
    if size is None or centres.keys() != set(names.values()):
        raise ValueError("incomplete")
    return Layout(size[0] * _INCH, size[1] * _INCH, centres, curves)


def _points(words: Sequence[str], count: int, size: Point) -> Iterator[Point]:
    if not 0 < count <= len(words) // 2:
        raise ValueError("points")
    for at in range(count):
        yield _point(words[2 * at], words[2 * at + 1], size)


def _point(x: str, y: str, size: Point) -> Point:
    return _number(x) * _INCH, (size[1] - _number(y)) * _INCH


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or abs(number) > 1e6:
        raise ValueError("number")
    return number


# --- the child process ----------------------------------------------------------------------------------------------


def _run(question: bytes) -> bytes:
    """Return what `dot` prints for DOT on its stdin; raises InvalidInput."""
    import shutil
    import subprocess

    program = shutil.which("dot")
    if program is None:
        message = "Graphviz lays pictures out, and it is not installed: there is no program `dot`"
        raise InvalidInput.of("graphviz_missing", message, hint=_INSTALLING)
    deadline = time.monotonic() + SECONDS
    try:
        child = subprocess.Popen(  # no word of a plan is on its command line, and no shell reads it
            [program, "-Tplain"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "LC_ALL": "C"},
        )
    except OSError as error:
        raise _failed(f"it cannot be started: {error.strerror}") from error
    try:
        out, err = _talked(child, question, deadline)
        code = child.wait(max(0.1, deadline - time.monotonic()))
    except (TimeoutError, subprocess.TimeoutExpired):
        raise _failed(f"it is not done after {SECONDS:g} seconds", _DENSE) from None
    finally:
        _end(child)
    if code:
        raise _failed(_first_line(err) or f"it ended with exit code {code}")
    return out


def _talked(child: subprocess.Popen[bytes], question: bytes, deadline: float) -> tuple[bytes, bytes]:
    """Ask, and return what is answered and complained; raises TimeoutError, and InvalidInput for too long an answer.

    What Graphviz has started and left behind ends with it, and what still holds a pipe then is not waited for.
    """
    import selectors

    asked, answer, complaints = child.stdin, child.stdout, child.stderr
    if asked is None or answer is None or complaints is None:
        raise TypeError("a child without pipes")
    said = {answer: bytearray(), complaints: bytearray()}
    with selectors.DefaultSelector() as ready:
        for stream, event in (
            (asked, selectors.EVENT_WRITE),
            (answer, selectors.EVENT_READ),
            (complaints, selectors.EVENT_READ),
        ):
            os.set_blocking(stream.fileno(), False)
            ready.register(stream, event)
        while ready.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            has_ended = child.poll() is not None
            if has_ended:
                _kill_group(child)
            events = ready.select(min(left, _GLANCE))
            if has_ended and not events:
                break
            for key, _ in events:
                if key.fileobj is asked:
                    question = _written(key.fd, question)
                    if not question:
                        ready.unregister(asked)
                        asked.close()
                    continue
                stream = answer if key.fileobj is answer else complaints
                piece = os.read(key.fd, _PIECE)
                said[stream] += piece
                if len(said[stream]) > _MOST_BYTES:
                    raise _failed(f"it prints more than {_MOST_BYTES:,} bytes")
                if not piece:
                    ready.unregister(stream)
    return bytes(said[answer]), bytes(said[complaints])


def _written(fd: int, question: bytes) -> bytes:
    """Write what there is room for, and return the rest: nothing where nobody reads it."""
    try:
        return question[os.write(fd, question[:_PIECE]) :]
    except BrokenPipeError:
        return b""


def _end(child: subprocess.Popen[bytes]) -> None:
    """End what is still at work, and all that it has started."""
    _kill_group(child)
    child.wait()
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream:
            with suppress(BrokenPipeError):
                stream.close()


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS forbids it where all of the group have ended
        os.killpg(child.pid, signal.SIGKILL)


def _first_line(complained: bytes) -> str:
    lines = complained.decode("utf-8", "replace").strip().splitlines()
    return printable(lines[0][:_LONGEST_COMPLAINT]) if lines else ""


def _failed(what: str, hint: str = _BROKEN) -> InvalidInput:
    return InvalidInput.of("graphviz_failed", f"Graphviz did not lay the picture out: {what}", hint=hint)
