"""Watching: every save is told that changes a document, nothing else is, and Ctrl-C ends it."""

import contextlib
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from scaffold import terminal
from scaffold.commands import _watch
from scaffold.commands._watch import Seen, watch
from scaffold.errors import InvalidInput, UsageProblem
from tests import plans, teams_kit
from tests.trees import build

ROOT = Path(__file__).parent.parent
TIME = re.compile(r"^\d\d:\d\d:\d\d  ", re.MULTILINE)

Act = Callable[[], object]
Awaited = str | Callable[[], bool]
"""What is waited for before something is done: a text that is shown, or anything that can be asked."""

PATIENCE = 50
"""Seconds after which what is waited for will not come."""

WATCHING = "Watching 1 document; Ctrl-C ends it."


def put(path: Path, text: str) -> None:
    """Save a file in one step, as careful editors do."""
    beside = path.with_name("4913")
    beside.write_text(text)
    beside.replace(path)


def saving(path: Path, text: str) -> Act:
    return lambda: put(path, text)


def changed(old: str, new: str, saved: str = "a.md saved") -> list[str]:
    return [f"{saved}: 1 of 1 document changed", "--- a.md", "+++ a.md", "@@ -1 +1 @@", f"-{old}", f"+{new}"]


def wait_for(condition: Callable[[], bool]) -> bool:
    """Wait until a condition is met, and return whether it was in the end."""
    ends = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < ends:
        time.sleep(0.01)
    return condition()


class Desk:
    """Documents that are the Markdown files of a directory, somebody who saves them, and a screen that tells of it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.shown = ""
        self.is_heard = True
        self.is_broken = False
        self.looks = 0
        self.rests = 0
        """How often nothing was left to look at or to tell, and it was asked whether anybody still listens."""
        self.meanwhile: dict[int, Act] = {}
        """What is done while the documents are made, by the number of the look."""

    def look(self) -> Seen:
        self.looks += 1
        made = {path.name: path.read_bytes() for path in sorted(self.directory.glob("*.md"))}
        self.meanwhile.get(self.looks, lambda: None)()
        wrong = [name for name, content in made.items() if b"{%" in content or self.is_broken]
        if wrong:
            raise InvalidInput.of("template_invalid", "expected %}", path=wrong[0], line=1, hint="close the block")
        return Seen(made, (self.directory,))

    def show(self, text: str) -> None:
        self.shown += text

    def asked(self) -> bool:
        self.rests += 1
        return self.is_heard

    def has(self, awaited: Awaited) -> bool:
        return awaited in self.shown if isinstance(awaited, str) else awaited()

    def watch(self, *steps: tuple[Awaited, Act], until: Awaited, files: tuple[Path, ...] | None = None) -> list[str]:
        """Watch while each thing is done once what comes before it is there, until nobody looks; gives the lines."""
        self.is_heard = True
        missing: list[Awaited] = []

        def act() -> None:
            for awaited, then in (*steps, (until, lambda: None)):
                if not wait_for(partial(self.has, awaited)):
                    missing.append(awaited)
                    break
                then()
            self.is_heard = False

        thread = threading.Thread(target=act)
        thread.start()
        try:
            assert watch(self.look, colour=False, files=(self.directory,) if files is None else files) == 0
        finally:
            thread.join()
        assert not missing, self.shown
        return [TIME.sub("", line) for line in self.shown.splitlines()]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(terminal, "show", made.show)
    monkeypatch.setattr(terminal, "tell", made.show)
    monkeypatch.setattr(terminal, "is_heard", made.asked)
    put(tmp_path / "a.md", "one\n")
    return made


# --- what is told ---------------------------------------------------------------------------------------------------


def test_what_a_save_changes_is_told_with_the_time_and_the_files(desk: Desk) -> None:
    lines = desk.watch((WATCHING, saving(desk.directory / "a.md", "two\n")), until="+two")
    assert lines == [WATCHING, *changed("one", "two")]
    assert len(TIME.findall(desk.shown)) == 1


def test_a_save_that_comes_while_the_documents_are_made_is_not_lost(desk: Desk) -> None:
    desk.meanwhile = {2: saving(desk.directory / "a.md", "six\n")}
    lines = desk.watch((WATCHING, saving(desk.directory / "a.md", "two\n")), until="+six")
    assert lines == [WATCHING, *changed("one", "six")], "what was made of half of what was saved is not told"


def test_a_save_that_comes_before_anything_is_watched_is_not_lost(desk: Desk) -> None:
    desk.meanwhile = {1: saving(desk.directory / "a.md", "two\n")}
    lines = desk.watch(until="+two", files=())
    assert lines == [WATCHING, "1 of 1 document changed", *changed("one", "two")[1:]]


def test_whoever_saves_all_the_time_is_told_all_the_same(desk: Desk) -> None:
    path = desk.directory / "a.md"
    desk.meanwhile = {look: saving(path, f"{look}\n") for look in range(2, 20)}
    desk.watch((WATCHING, saving(path, "two\n")), until="+2\n")


def coarse(look: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
    """Return what looks at a file where its times are as coarse as on most systems: hundredths of a second."""

    def stat(*arguments: Any, **options: Any) -> os.stat_result:
        found = look(*arguments, **options)
        times = {name: getattr(found, name) // 10_000_000 * 10_000_000 for name in ("st_mtime_ns", "st_ctime_ns")}
        return os.stat_result(tuple(found), times)

    return stat


def test_saves_of_the_same_length_at_the_same_time_are_all_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "stat", coarse(os.stat))
    path = desk.directory / "a.md"
    desk.meanwhile = {at: partial(path.write_text, text) for at, text in enumerate(("two\n", "six\n", "ten\n"), 1)}
    assert desk.watch(until="+ten") == [WATCHING, *changed("two", "ten")]


def test_documents_that_appear_and_disappear_are_counted(desk: Desk) -> None:
    def act() -> None:
        put(desk.directory / "b.md", "")
        (desk.directory / "a.md").unlink()

    assert desk.watch((WATCHING, act), until="+++ b.md") == [
        WATCHING,
        "b.md saved, a.md removed: 1 new document, 1 document gone",
        *("--- a.md", "+++ /dev/null", "@@ -1 +0,0 @@", "-one", "--- /dev/null", "+++ b.md"),
    ]


def test_of_a_save_that_changes_no_document_nothing_is_told(desk: Desk) -> None:
    def act() -> None:
        put(desk.directory / "notes.txt", "x")
        wait_for(lambda: desk.looks == 2)
        rests = desk.rests
        wait_for(lambda: desk.rests > rests)
        put(desk.directory / "a.md", "two\n")

    lines = desk.watch((WATCHING, act), until="+two")
    assert [line for line in lines if line.endswith("changed")] == ["a.md saved: 1 of 1 document changed"]


def test_what_editors_version_control_and_scaffold_keep_is_no_reason_to_look(desk: Desk) -> None:
    build(desk.directory, {"sub/.git/": "", ".git/": "", ".scaffold/": ""})

    def act() -> None:
        for path in (".scaffold/lock", ".git/index", ".a.md.swp", "a.md~", "sub/.git/index"):
            (desk.directory / path).write_text("x")
        time.sleep(0.5)  # long enough to look, if it were a reason
        put(desk.directory / "a.md", "two\n")

    assert desk.watch((WATCHING, act), until="+two") == [WATCHING, *changed("one", "two")]
    assert desk.looks == 2


def test_an_error_is_told_once_while_it_stays_the_same(desk: Desk) -> None:
    path = desk.directory / "a.md"
    lines = desk.watch(
        (WATCHING, saving(path, "{% if\n")),
        ("hint", saving(path, "{% if x\n")),
        (lambda: desk.looks > 2, saving(path, "two\n")),
        until="+two",
    )
    assert lines == [
        WATCHING,
        *("a.md saved: 1 problem", "error: a.md:1: expected %}", "  hint: close the block"),
        "a.md saved: works again, 1 of 1 document changed",
        *changed("one", "two")[1:],
    ]


def test_that_it_works_again_is_told_although_no_document_changed(desk: Desk) -> None:
    path = desk.directory / "a.md"
    lines = desk.watch((WATCHING, saving(path, "{% if\n")), ("hint", saving(path, "one\n")), until="again")
    assert lines[-1] == "a.md saved: works again, no document changed"


def test_the_same_error_is_told_again_after_it_worked(desk: Desk) -> None:
    path = desk.directory / "a.md"
    desk.watch(
        (WATCHING, saving(path, "{% if\n")),
        ("hint", saving(path, "one\n")),
        ("works again", saving(path, "{% if\n")),
        until=lambda: desk.shown.count("hint") == 2,
    )


def test_an_error_at_the_start_is_told_and_a_save_puts_it_right(desk: Desk) -> None:
    put(desk.directory / "a.md", "{% if\n")
    assert desk.watch(("corrects", saving(desk.directory / "a.md", "one\n")), until=WATCHING) == [
        *("error: a.md:1: expected %}", "  hint: close the block"),
        "Watching for a save that corrects it; Ctrl-C ends it.",
        f"a.md saved: {WATCHING}",
    ]


def test_an_error_because_somebody_was_just_saving_is_not_told(desk: Desk) -> None:
    path = desk.directory / "a.md"
    desk.meanwhile = {2: saving(path, "two\n")}
    assert desk.watch((WATCHING, saving(path, "{% if\n")), until="+two") == [WATCHING, *changed("one", "two")]


def test_a_file_that_an_editor_replaces_is_never_missing(desk: Desk) -> None:
    path = desk.directory / "a.md"

    def act() -> None:  # as vim does, with a backup
        path.rename(path.with_name("a.md~"))
        path.write_text("two\n")
        path.with_name("a.md~").unlink()

    for _ in range(2):
        assert desk.watch((WATCHING, act), until="+two") == [WATCHING, *changed("one", "two")]
        put(path, "one\n")
        desk.shown = ""


def test_without_events_of_the_system_a_save_is_found_all_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import watchfiles

    def refuse(*_paths: Path, **_options: object) -> None:
        raise OSError("OS file watch limit reached.")

    monkeypatch.setattr(watchfiles, "watch", refuse)
    lines = desk.watch((WATCHING, saving(desk.directory / "a.md", "two\n")), until="+two")
    assert lines == [WATCHING, *changed("one", "two")]


def test_what_is_wrong_with_the_command_line_is_raised_at_once(tmp_path: Path) -> None:
    def look() -> Seen:
        raise UsageProblem.of("usage", "no such set")

    with pytest.raises(UsageProblem):
        watch(look, colour=False, files=(tmp_path,))


def test_an_error_at_the_start_is_raised_where_it_is_unknown_what_to_watch() -> None:
    def look() -> Seen:
        raise InvalidInput.of("plan_not_found", "no such plan")

    with pytest.raises(InvalidInput):
        watch(look, colour=False)


def test_it_ends_when_nobody_reads_what_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    gone = os.fdopen(writing, "w")
    monkeypatch.setattr(sys, "stdout", gone)
    assert watch(Desk(tmp_path).look, colour=False, files=(tmp_path,)) == 0
    terminal.let_go()
    with contextlib.suppress(OSError):
        gone.close()


def test_while_it_fails_it_is_looked_again_although_nothing_that_is_watched_was_saved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_watch, "RETRY", 0.1)

    def act() -> None:
        desk.is_broken = True
        put(desk.directory / "a.md", "two\n")

    def repair() -> None:
        desk.is_broken = False

    lines = desk.watch((WATCHING, act), ("hint", repair), until="+two")
    assert lines[-6:] == ["works again, 1 of 1 document changed", *changed("one", "two")[1:]]


# --- in a terminal --------------------------------------------------------------------------------------------------


class Session:
    """A command line that watches, in a terminal of its own; `plan` has two documents, made with the set `set`."""

    def __init__(self, root: Path, *command: str) -> None:
        self.root = root
        self.shown = ""
        self._keyboard, terminal_ = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
            stdin=terminal_,
            stdout=terminal_,
            stderr=terminal_,
            start_new_session=True,
        )
        os.close(terminal_)

    def until(self, text: str) -> str:
        """Read what is shown until a text is there, and return it."""
        begins, ends = len(self.shown), time.monotonic() + PATIENCE
        while text not in self.shown[begins:]:
            assert select.select([self._keyboard], [], [], max(0, ends - time.monotonic()))[0], self.shown
            try:
                self.shown += os.read(self._keyboard, 100_000).decode().replace("\r\n", "\n")
            except OSError:  # the terminal is closed: the process has ended
                pytest.fail(self.shown)
        return self.shown[begins:]

    def after(self, act: Act, text: str) -> str:
        act()
        return self.until(text)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal to all that runs in the terminal, as the keyboard does; return the exit code."""
        os.killpg(self.process.pid, number)
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self._keyboard)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Session]]:
    """Start the command line that watches, in a terminal, for the plan in a directory."""
    sessions: list[Session] = []

    def run(plan: str = "plan") -> Session:
        plans.demo(tmp_path / "plan")
        build(tmp_path / "set", teams_kit.COMPLETE)
        sessions.append(Session(tmp_path, "-m", "tests.watching", plan, "set", "--template", "./set"))
        return sessions[-1]

    yield run
    for session in sessions:
        session.close()


BODY = "set/body.md.jinja"
BOTH = "Watching 2 documents; Ctrl-C ends it.\n"


def one_line(old: str, new: str) -> str:
    """Return what is shown where one line changes in both documents, from the first hunk on."""
    return f"\x1b[36m@@ -1 +1 @@\x1b[m\n\x1b[31m-{old}\x1b[m\n\x1b[32m+{new}\x1b[m\n"


def test_in_a_terminal_every_way_to_save_is_told_until_ctrl_c(start: Callable[..., Session]) -> None:
    session = start()
    body = session.root / BODY
    assert session.until(BOTH) == BOTH
    shown = session.after(saving(body, "# All\n"), "+# All\x1b[m\n")
    assert TIME.sub("", shown).startswith(f"{BODY} saved: 2 of 2 documents changed\n--- execution/")

    shown = session.after(saving(body, "# Renamed\n"), "+# Renamed\x1b[m\n")
    names = [f"execution/EXECUTION_TASK_DEMO_{slug}_01.md" for slug in ("11", "12")]
    head = f"in 2 documents: {', '.join(names)}\n--- {names[0]}\n+++ {names[0]}\n"
    assert TIME.sub("", shown).partition("\n")[2] == head + one_line("# All", "# Renamed")

    def twice() -> None:
        put(body, "# First\n")
        time.sleep(0.03)
        put(body, "# Second\n")

    session.after(twice, "+# Second\x1b[m\n")

    def as_vim_does() -> None:
        body.with_name(".body.md.jinja.swp").write_text("swap")
        body.with_name("4913").write_text("")
        body.with_name("4913").unlink()
        body.rename(body.with_name("body.md.jinja~"))
        body.write_text("# Vim\n")
        body.with_name("body.md.jinja~").unlink()
        body.with_name(".body.md.jinja.swp").unlink()

    shown = session.after(as_vim_does, "+# Vim\x1b[m\n")
    assert one_line("# Second", "# Vim") in shown
    assert len(TIME.findall(shown)) == 1

    def quietly_first() -> None:
        build(session.root / "plan", {".scaffold/lock": "", ".git/index": "x", "notes.txt": "x"})
        time.sleep(0.5)
        put(body, "# New\n")

    assert len(TIME.findall(session.after(quietly_first, "+# New\x1b[m\n"))) == 1
    assert "error" not in session.shown
    assert session.end() == 0
    assert session.until("\n") == "\n", "the prompt has a line of its own, and nothing else is said"


def test_in_a_terminal_templates_that_are_broken_or_gone_are_told_and_that_they_work_again(
    start: Callable[..., Session],
) -> None:
    session = start()
    body = session.root / BODY
    session.until(BOTH)
    shown = session.after(saving(body, "# {{ task.title\n"), "hint: ")
    assert TIME.sub("", shown).startswith(f"{BODY} saved: 1 problem\nerror: {BODY}:1: ")
    shown = session.after(saving(body, "# {{ task.title }}\n"), "works again")
    assert f"{BODY} saved: works again" in TIME.sub("", shown)

    session.after(lambda: shutil.rmtree(session.root / "set"), "hint: ")
    build(session.root / "set", teams_kit.COMPLETE)
    session.until("works again, no document changed")
    session.after(saving(body, "# New\n"), "+# New\x1b[m\n")
    shutil.rmtree(session.root / "set")
    build(session.root / "set", teams_kit.COMPLETE)
    session.until("+# Part 1.1\x1b[m\n")
    assert "Traceback" not in session.shown
    assert session.end(signal.SIGTERM) == 128 + signal.SIGTERM, "only Ctrl-C is how it is meant to end"


def test_in_a_terminal_a_change_in_three_hundred_documents_is_told_once_and_ctrl_c_ends_it_while_they_are_made(
    start: Callable[..., Session], tmp_path: Path
) -> None:
    ids = [f"1.{number}" for number in range(1, 301)]
    build(tmp_path / "many", plans.tree(map(plans.achievement, ids), subplans=ids))
    session = start("many")
    session.until("Watching 300 documents; Ctrl-C ends it.\n")
    put(session.root / BODY, "# {{ task.title }}\n\none more line\n")
    shown = session.until("+one more line\x1b[m\n")
    assert TIME.sub("", shown).startswith(f"{BODY} saved: 300 of 300 documents changed\nin 300 documents: execution/")
    assert shown.count("one more line") == 1
    put(session.root / BODY, "# {{ task.title }}\n")
    time.sleep(0.2)
    assert session.end() == 0
    assert "Traceback" not in session.until("\n")
