"""What is said on a terminal, and that a reader who has gone is no error."""

import io
import os
import sys

import pytest

from scaffold import terminal
from scaffold.errors import NotConfirmed
from tests.conftest import Terminal


class Gone(io.StringIO):
    """A stream whose reader has gone."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_a_counter_runs_on_one_line_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    for done in (1, 2, 40):
        terminal.count(done, 40)
    assert shown.getvalue() == "\rCreating 1/40\rCreating 2/40\rCreating 40/40\n"


@pytest.mark.parametrize(("total", "stream"), [(20, Terminal()), (40, io.StringIO())])
def test_few_files_or_no_terminal_need_no_counter(
    monkeypatch: pytest.MonkeyPatch, total: int, stream: io.StringIO
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    terminal.count(1, total)
    assert stream.getvalue() == ""


@pytest.mark.parametrize("stream", [None, Gone()])
def test_a_reader_that_has_gone_is_no_error(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None) -> None:
    monkeypatch.setattr(sys, "stdout", stream)
    terminal.show("text")
    assert terminal.columns() is None


def test_the_width_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "77")
    assert terminal.columns() == 77


def test_without_standard_input_there_is_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(NotConfirmed, match="nobody to ask"):
        terminal.confirm("? ", may_ask=True)


def test_a_stream_that_cannot_be_flushed_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        stream.write("text")
        monkeypatch.setattr(sys, "stdout", stream)
        terminal.let_go()
        stream.flush()  # a second time it goes nowhere, and nothing is raised
