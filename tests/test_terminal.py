"""What is said on a terminal, and that a reader who has gone is no error."""

import errno
import io
import os
import sys

import pytest

from scaffold import terminal
from scaffold.errors import NotConfirmed, WriteFailed
from tests.conftest import Terminal


class Broken(io.StringIO):
    """A stream that cannot be written."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def write(self, _text: str) -> int:
        raise self.error


class Slip(Terminal):
    """Standard input of a person whose fingers slip: what they type is no text."""

    def readline(self, _size: int | None = -1) -> str:  # type: ignore[override]
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")


def test_a_counter_runs_on_one_line_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    for done in (1, 2, 40):
        terminal.count(done, 40)
    assert shown.getvalue() == "\rCreating 1/40\rCreating 2/40\rCreating 40/40\n"


@pytest.mark.parametrize(
    ("total", "stream", "shown"), [(20, Terminal(), ""), (21, Terminal(), "\rCreating 1/21"), (40, io.StringIO(), "")]
)
def test_few_files_or_no_terminal_need_no_counter(
    monkeypatch: pytest.MonkeyPatch, total: int, stream: io.StringIO, shown: str
) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal() if shown == "" else io.StringIO())
    monkeypatch.setattr(sys, "stderr", stream)
    terminal.count(1, total)
    assert stream.getvalue() == shown


def test_without_standard_error_there_is_no_counter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    terminal.count(1, 40)


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(None, id="closed before the start"),
        pytest.param(Broken(BrokenPipeError()), id="gone"),
        pytest.param(Broken(ValueError("I/O operation on closed file")), id="closed"),
        pytest.param(Broken(OSError(errno.EBADF, "Bad file descriptor")), id="descriptor closed"),
    ],
)
def test_a_reader_that_has_gone_is_no_error(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None) -> None:
    monkeypatch.setattr(sys, "stdout", stream)
    terminal.show("text")
    assert terminal.columns() is None


def test_data_that_is_lost_is_an_error_and_talk_that_is_lost_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, Broken(OSError(errno.ENOSPC, "No space left on device")))
    terminal.tell("text")
    with pytest.raises(WriteFailed, match="the output could not be written: No space left on device"):
        terminal.show("text")


def test_what_is_said_is_there_at_once() -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written)
    terminal.say(stream, "text")
    assert written.getvalue() == b"text"


def test_the_width_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "77")
    assert terminal.columns() == 77


@pytest.mark.parametrize(
    ("stream", "environment", "expected"),
    [
        pytest.param(Terminal(), {}, True, id="a terminal"),
        pytest.param(Terminal(), {"NO_COLOR": ""}, True, id="a variable that says nothing"),
        pytest.param(Terminal(), {"NO_COLOR": "1"}, False, id="nobody wants colour"),
        pytest.param(Terminal(), {"TERM": "dumb"}, False, id="a terminal without colours"),
        pytest.param(io.StringIO(), {}, False, id="a file"),
        pytest.param(None, {}, False, id="nothing"),
    ],
)
def test_there_is_colour_on_a_terminal_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None, environment: dict[str, str], expected: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", stream)
    assert terminal.colour_wanted() is expected


def test_a_pipe_is_heard_until_its_reader_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert terminal.is_heard()
        os.close(reading)
        assert not terminal.is_heard()


@pytest.mark.parametrize("stream", [io.StringIO(), None], ids=["no file", "closed before the start"])
def test_what_is_no_pipe_has_no_reader_that_could_go(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None
) -> None:
    monkeypatch.setattr(sys, "stdout", stream)
    assert terminal.is_heard()


def test_without_standard_input_there_is_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(NotConfirmed, match="without a terminal"):
        terminal.confirm("? ", may_ask=True)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [(Terminal(""), "? \n"), (Terminal("n\n"), "? "), (Slip("y\n"), "? ")],
    ids=["end", "no", "slip"],
)
def test_no_answer_is_no_and_the_next_line_begins_at_the_left(
    monkeypatch: pytest.MonkeyPatch, typed: Terminal, shown: str
) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stdin", typed)
    monkeypatch.setattr(sys, "stderr", said)
    assert not terminal.confirm("? ", may_ask=True)
    assert said.getvalue() == f"{shown}Not confirmed: nothing was changed.\n"


def test_a_stream_that_is_closed_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO())
    stream.close()
    monkeypatch.setattr(sys, "stdout", stream)
    terminal.let_go()


def test_a_stream_that_cannot_be_flushed_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        stream.write("text")
        monkeypatch.setattr(sys, "stdout", stream)
        terminal.let_go()
        stream.flush()  # a second time it goes nowhere, and nothing is raised
