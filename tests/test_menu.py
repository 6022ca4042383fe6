"""`scaffold menu`: every option is a command line, run with its one preview and its one question."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from scaffold.commands import menu
from scaffold.plan import overview
from tests import plans
from tests.conftest import Scaffold
from tests.plans import undesigned
from tests.trees import added, build, snapshot


def test_the_screen_says_where_the_plan_stands_and_marks_the_option_that_does_the_next_step(tmp_path: Path) -> None:
    root = plans.demo(tmp_path, {"execution/feedbacks/APPROVED_11.md": ""})
    (root / "subplans/SUBPLAN_DEMO_31.md").unlink()
    assert menu.screen(overview.take(root)) == (
        "\nPlan DEMO: 1 of 5 achievements done\nNext: Create the EXECUTION_TASKs of 1.2, 2.1  (option 2)\n\n"
        "  1  Batch create SUBPLANs         1 missing, level 2\n"
        "> 2  Batch create EXECUTIONs       4 missing, levels 0, 1, 2\n"
        "  3  What can run in parallel now  2 ready: 1.2, 2.1\n"
        "  4  Dependency graph              3 levels\n"
        "  5  Status                        1 of 5 done\n"
        "  0  Back\n\n"
    )


def test_where_no_option_does_the_next_step_none_is_marked_and_a_long_list_is_cut(tmp_path: Path) -> None:
    entries = [plans.achievement(f"1.{at}", title="\x1b[2J") for at in range(1, 12)]
    finished = {"execution/EXECUTION_TASK_DEMO_11_01.md": "**Status**: Complete\n"}
    shown = menu.screen(overview.take(build(tmp_path, {**plans.tree(entries), **finished})))
    assert "11 ready: 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, and 3 more" in shown
    assert ("Next: Review execution/EXECUTION_TASK_DEMO_11_01.md" in shown, ">" in shown, "\x1b" in shown) == (
        True,
        False,
        False,
    )


def test_a_note_without_room_goes_on_below_itself(tmp_path: Path) -> None:
    root = build(tmp_path, plans.tree([plans.achievement(f"1.{at}") for at in range(1, 12)]))
    assert (
        "\n  3  What can run in parallel now  11 ready: 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7,\n"
        "                                   1.8, and 3 more\n"
    ) in menu.screen(overview.take(root), 80)
    assert (
        "\nNext: Create the SUBPLANs of 1.1,\n      1.2, 1.3, 1.4, 1.5, 1.6, 1.7,\n      1.8, 1.9, 1.10 and 1 more\n"
    ) in menu.screen(overview.take(root), 36)
    assert "\n> 1  Batch create SUBPLANs\n     11 missing, level 0\n" in menu.screen(overview.take(root), 33)


@pytest.mark.parametrize(
    ("answer", "options"),
    [
        ("", ("--level", "next")),
        ("Next", ("--level", "next")),
        ("2", ("--level", "2")),
        ("a", ("--level", "all")),
        ("READY", ("--ready",)),
        ("-1", None),
        ("²", None),
        ("what", None),
    ],
)
def test_an_answer_is_what_the_options_would_have_said(answer: str, options: tuple[str, ...] | None) -> None:
    assert menu.selection(answer) == options


def test_option_2_shows_the_command_and_one_preview_asks_once_and_creates_what_it_showed(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    before = snapshot(plans.demo(tmp_path))
    outcome = scaffold("menu", tmp_path, typed="2\n\ny\n0\n")
    assert (outcome.code, added(tmp_path, before)) == (0, plans.LEVEL_0)
    assert f"\n$ scaffold executions {tmp_path} --batch --level next\n" in outcome.err
    assert (outcome.out.count("to create"), outcome.err.count("(y/N)")) == (1, 1)
    assert all(path in outcome.out for path in plans.LEVEL_0)
    assert "Next: Carry out execution/EXECUTION_TASK_DEMO_11_01.md" in outcome.err


@pytest.mark.parametrize(
    ("level", "slugs"), [("next", {"11", "12"}), ("1", {"21", "22"}), ("ready", {"11", "12"}), ("all", None)]
)
def test_option_1_creates_subplans_of_any_level(
    tmp_path: Path, scaffold: Scaffold, level: str, slugs: set[str] | None
) -> None:
    before = snapshot(undesigned(tmp_path))
    assert scaffold("menu", tmp_path, typed=f"1\n{level}\ny\n").code == 0
    names = {f"subplans/SUBPLAN_DEMO_{slug}.md" for slug in slugs or {"11", "12", "21", "22", "31"}}
    assert added(tmp_path, before) == names


@pytest.mark.parametrize(
    ("choice", "words"), [("3", "status {} --ready"), ("4", "graph {}"), ("5", "status {}")], ids=["3", "4", "5"]
)
def test_an_option_that_reads_prints_what_its_command_prints(
    tmp_path: Path, scaffold: Scaffold, choice: str, words: str
) -> None:
    command = words.format(plans.demo(tmp_path))
    outcome = scaffold("menu", tmp_path, typed=f"{choice}\n0\n")
    assert f"\n$ scaffold {command}\n" in outcome.err
    assert (outcome.code, outcome.out) == (0, scaffold(*command.split()).out)


def test_the_plan_here_needs_no_name_and_what_is_there_is_not_asked_for(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(plans.demo(tmp_path))
    outcome = scaffold("menu", typed="1\n0\n")
    assert "\n$ scaffold subplans --batch --level next\n" in outcome.err
    assert ("Nothing to create" in outcome.out, "Level:" in outcome.err) == (True, False)


@pytest.mark.parametrize("typed", ["0\n", "", "x\n\n9\n0\n", "2\nwhat\nb\n0\n", "2\n", "2\n1\nn\n0\n", "2\n9\n0\n"])
def test_going_back_changes_nothing_and_is_no_failure(tmp_path: Path, scaffold: Scaffold, typed: str) -> None:
    before = snapshot(plans.demo(tmp_path), without=())
    assert scaffold("menu", tmp_path, typed=typed).code == 0
    assert snapshot(tmp_path, without=()) == before


def test_a_no_at_the_question_of_an_option_is_told_and_is_no_error(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("menu", plans.demo(tmp_path), typed="2\n\nn\n0\n")
    assert "(y/N): Not confirmed: nothing was changed.\n\nPlan DEMO" in outcome.err
    assert "error" not in outcome.err


def test_a_plan_of_a_single_achievement_is_spoken_of_in_the_singular(tmp_path: Path, scaffold: Scaffold) -> None:
    root = build(tmp_path, plans.tree([plans.achievement("1.1")], subplans=["1.1"]))
    shown = scaffold("menu", root, typed="2\nb\n0\n").err
    assert "Plan DEMO: 0 of 1 achievement done\n" in shown
    assert ("1 missing, level 0" in shown, "  1 level\n" in shown) == (True, True)
    assert "Which EXECUTION_TASK? Missing on level 0 (1).\n" in shown
    for command in ("status", "graph"):
        assert scaffold(command, root).out.startswith("Plan DEMO: 0 of 1 achievement done\n")


def test_what_goes_wrong_is_said_and_the_menu_comes_again(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("menu", undesigned(tmp_path), typed="2\n0\n0\n")
    assert "achievement 1.1 has no SUBPLAN" in outcome.err
    assert (outcome.code, outcome.err.count("Option (0-5): ")) == (0, 2)


def test_without_a_terminal_the_menu_refuses_and_names_the_commands(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = scaffold("menu", plans.demo(tmp_path))
    assert (outcome.code, "needs a terminal" in outcome.err, "scaffold status" in outcome.err) == (6, True, True)
    for name, where in (("CI", "continuous integration"), ("CURSOR_AGENT", "an agent's environment")):
        monkeypatch.setenv(name, "1")
        outcome = scaffold("menu", tmp_path, typed="0\n")
        assert (outcome.code, f"this is {where}: {name} is set" in outcome.err) == (6, True)


def test_a_plan_that_cannot_be_read_ends_the_menu(tmp_path: Path, scaffold: Scaffold) -> None:
    assert scaffold("menu", tmp_path / "nothing", typed="0\n").code == 3


COLUMNS = 60
"""The width of the real terminal: narrower than the texts of the menu."""


@dataclass
class Screen:
    """A real terminal with `scaffold menu` in it."""

    keyboard: int
    process: subprocess.Popen[bytes]

    def seen_until(self, text: str, *, nudge: Callable[[], None] | None = None) -> str:
        """Return what is shown until `text` is; when nothing comes for long, `nudge` once more, or fail."""
        shown = ""
        while text not in shown:
            if not select.select([self.keyboard], [], [], 10)[0]:
                assert nudge, f"{text!r} does not come after {shown!r}"
                nudge()
                nudge = None
                continue
            shown += os.read(self.keyboard, 4096).decode(errors="replace")
        return shown

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def ended(self) -> int:
        """Return the exit code after an interrupt."""
        with suppress(subprocess.TimeoutExpired):
            return self.process.wait(timeout=10)
        self.interrupt()
        return self.process.wait(timeout=10)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    keyboard, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, COLUMNS))
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    environment["PYTHONIOENCODING"] = "utf-8"
    command = [sys.executable, "-m", "scaffold", "menu", str(plans.demo(tmp_path))]
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment) as process:
        os.close(terminal)
        yield Screen(keyboard, process)
        process.kill()
        os.close(keyboard)


def test_at_a_real_terminal_an_interrupt_goes_back_from_the_question_and_then_from_the_menu(
    tmp_path: Path, screen: Screen
) -> None:
    before = snapshot(tmp_path)
    screen.seen_until("Option (0-5): ")
    os.write(screen.keyboard, b"\xff\n2\n\n")
    assert "Type a number from 0 to 5." in screen.seen_until("(y/N): ")
    screen.interrupt()
    # A signal in the instant before the program begins to read is noticed only when it is sent once more.
    again = screen.seen_until("Option (0-5): ", nudge=screen.interrupt)
    assert "interrupted: nothing was changed" in again
    screen.interrupt()
    assert screen.ended() == 130
    assert added(tmp_path, before) == set()


def test_at_a_real_terminal_the_texts_of_the_menu_are_folded_at_words(screen: Screen) -> None:
    shown = screen.seen_until("Option (0-5): ")
    os.write(screen.keyboard, b"2\n")
    shown += screen.seen_until("Level: ")
    assert [line for line in shown.splitlines() if len(line) > COLUMNS] == []
    assert "\n> 2  Batch create EXECUTIONs       5 missing, levels 0, 1, 2\r\n" in shown
    assert (
        "\nA number: that level; next (or Enter): the lowest; all;\r\nready: what can be worked on now; b: back."
        in shown
    )
