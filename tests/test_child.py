"""What comes from elsewhere is rendered within bounds, by a child that takes nothing along and leaves nothing."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold import render
from scaffold.errors import InvalidInput, WriteFailed
from scaffold.render import child, place
from scaffold.render.child import ChildBroken, LimitReached, Limits
from scaffold.templates import sets
from tests import plans
from tests.conftest import Scaffold
from tests.test_template_language import CONFIG, NAME, made, refused
from tests.trees import build, snapshot

FEW = Limits(processor=1, wall=2, memory=200_000_000, answer=1_000)


def seen(task: Callable[[], object], directory: Path, limits: Limits = FEW) -> object:
    """Return what `task` sees in a child."""
    loaded: object = json.loads(child.run(lambda: json.dumps(task()).encode(), directory, limits))
    return loaded


def test_a_child_has_no_environment_no_open_files_and_its_own_directory(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("wb"):
        assert seen(lambda: dict(os.environ), tmp_path) == {}
        assert seen(os.getcwd, tmp_path) == str(tmp_path)
        assert seen(lambda: os.path.samestat(os.fstat(0), Path(os.devnull).stat()), tmp_path) is True
        assert seen(lambda: [at for at in range(99) if _is_open(at)], tmp_path) == [0, 1, 2, 3]


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def test_a_child_can_write_no_file_and_start_no_exit_handler(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def write() -> str:
        os.write(1, b"never shown\n")
        try:
            (tmp_path / "file").write_bytes(b"x")
        except OSError as error:
            return str(error.strerror)
        return "written"

    sys.stdout.write("once\n")
    assert seen(write, tmp_path) == "File too large"
    assert (tmp_path / "file").read_bytes() == b""
    assert capfd.readouterr() == ("once\n", "")


def _spin() -> bytes:
    while True:
        pass


def _wait() -> bytes:
    time.sleep(60)
    return b""


@pytest.mark.parametrize(
    ("task", "limits", "message"),
    [
        pytest.param(_spin, replace(FEW, wall=60), "more than 1 seconds of processor time", id="processor"),
        pytest.param(_wait, FEW, "more than 2 seconds", id="waiting"),
        pytest.param(lambda: b"x" * 10**10, FEW, "more than 200 MB of memory", id="memory"),
        pytest.param(lambda: b"x" * 1_001, FEW, "more than 1,000 bytes in all", id="answer"),
    ],
)
def test_each_limit_ends_a_child_and_is_named(
    tmp_path: Path, task: Callable[[], bytes], limits: Limits, message: str
) -> None:
    with pytest.raises(LimitReached, match=f"^{message}$"):
        child.run(task, tmp_path, limits)


@pytest.mark.parametrize("number", [signal.SIGALRM, signal.SIGXCPU, signal.SIGSEGV, signal.SIGKILL, signal.SIGTERM])
def test_a_child_that_is_ended_from_outside_is_an_error_and_not_an_answer(tmp_path: Path, number: int) -> None:
    def ended() -> bytes:
        signal.signal(number, signal.SIG_DFL) if number != signal.SIGKILL else None
        os.kill(os.getpid(), number)
        return b""

    with pytest.raises((LimitReached, ChildBroken)):
        child.run(ended, tmp_path, FEW)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense",
        b"[]\n",
        b"{}\n",
        b'{"documents": [["T.md", 9]]}\nshort',
        b'{"documents": [["T.md", -1]]}\n',
        b'{"documents": [["T.md", 1], ["more.md", 1]]}\nab',
        b'{"documents": [["T.md", 1]]}\n\xff',
        b'{"documents": [["T.md", 1]]}\nab',
        b'{"invalid": ["code"]}\n',
        b"[" * 100_000,
        b'{"no_room": [[], ""]}\n',
    ],
)
def test_a_child_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setattr(render, "_packed", lambda _task: answer)
    with pytest.raises(ChildBroken):
        made(tmp_path, "x")


def test_a_child_is_gone_before_a_signal_unwinds_its_parent(tmp_path: Path) -> None:
    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            child.run(_wait, tmp_path, FEW)
    finally:
        timer.join()
        signal.signal(signal.SIGTERM, before)
    with pytest.raises(ChildProcessError):
        os.wait()


def test_other_threads_are_no_obstacle(tmp_path: Path) -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert made(tmp_path, "{{ name }}") == "T"
    finally:
        done.set()
        thread.join()


BOMBS = {
    "loops": "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "regular expression": "{{ ('a' * 40 ~ 'b') | regex_search('(a+)+$') }}",
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_what_takes_time_without_an_end_is_stopped_and_its_line_is_named(
    tmp_path: Path, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "_limits", lambda _documents: FEW)
    message = refused(tmp_path, f"ok\n{body}\n")
    assert message.startswith(f"{NAME}:2: ")
    assert "takes more than" in message
    assert message.endswith("seconds of processor time: rendering was stopped") or "2 seconds" in message


@pytest.mark.parametrize(
    ("body", "limit"),
    [
        ("{{ 'x' * 10**10 }}", "10,000,000 characters, items or bits"),
        ("{{ [1] * 10**10 }}", "10,000,000 characters, items or bits"),
        ("{{ 10 ** (10**10) }}", "10,000,000 characters, items or bits"),
        ("{{ 'x'.ljust(10**10) }}", "512 MB of memory"),
        ("{{ '%10000000000d' % 1 }}", "512 MB of memory"),
        ("{% set n = namespace(a='x') %}{% for i in range(99) %}{% set n.a = n.a ~ n.a %}{% endfor %}", "512 MB of"),
        ("{% macro f(a) %}{{ f(a ~ a) }}{% endmacro %}{{ f('x') }}", "512 MB of memory"),
        ("{% for i in range(200) %}{{ 'x' * 100000 }}{% endfor %}", "256,000 bytes for T.md"),
    ],
)
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not limit memory")
def test_what_takes_too_much_is_stopped_and_the_limit_is_named(tmp_path: Path, body: str, limit: str) -> None:
    assert f"takes more than {limit}" in refused(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ " + "(" * 10_000 + "1" + ")" * 10_000 + " }}",
        "{% if 1 %}" * 3_000 + "{% endif %}" * 3_000,
    ],
    ids=["macro", "parentheses", "blocks"],
)
def test_what_is_nested_without_an_end_is_an_error(tmp_path: Path, body: str) -> None:
    assert "it is nested too deeply, or recurses endlessly" in refused(tmp_path, body)


def test_a_bomb_of_aliases_in_the_settings_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_limits", lambda _documents: FEW)
    levels = "".join(
        f"{name}: &{name} [{','.join([f'*{below}'] * 9)}]\n" for below, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    assert "takes more than" in refused(tmp_path, "x", f"{CONFIG}a: &a [{','.join('x' * 9)}]\n{levels}")


def test_more_files_than_were_planned_are_not_counted_to_the_end(tmp_path: Path) -> None:
    more = {"template/{% yield x from range(99999) %}f{{ x }}.txt{% endyield %}.jinja": "x"}
    assert "takes more than 101 files" in refused(tmp_path, "x", **more)


def test_a_name_that_comes_out_twice_is_an_error(tmp_path: Path) -> None:
    more = {"template/{% yield x from ['T', 'T'] %}{{ x }}.txt{% endyield %}.jinja": "x"}
    assert "made T.txt twice" in refused(tmp_path, "x", **more)


def test_a_document_of_the_built_in_sets_has_its_limit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "MAX_DOCUMENT_BYTES", 100)
    with pytest.raises(InvalidInput, match="more than 100 bytes for"):
        render.render(render.built_in("plan"), {"plan_name": "X", "created": ""}, ("PLAN_X.md", "parallel.json"))


def test_a_template_set_is_read_up_to_a_number_of_files_and_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sets, "MAX_FILES", 3)
    root = build(tmp_path / "set", {"copier.yml": CONFIG, "a/b": "", ".git/1": "", ".git/2": "", ".git/3": ""})
    assert render.from_directory(str(root))
    with pytest.raises(InvalidInput, match="has more than 3 files"):
        render.from_directory(str(build(root, {"a/c/": ""})))
    monkeypatch.setattr(sets, "MAX_FILES", 9)
    monkeypatch.setattr(sets, "MAX_BYTES", len(CONFIG))
    assert render.from_directory(str(root))
    with pytest.raises(InvalidInput, match=rf"has more than {len(CONFIG)} bytes"):
        render.from_directory(str(build(root, {"a/d": "x"})))


RENDER = """
import sys
from scaffold import render
render.render(render.from_directory(sys.argv[1]), {"name": "T"}, ("T.md",))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_run_takes_its_child_along_and_leaves_what_the_next_run_removes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    scratch = build(
        tmp_path / "scratch", {"scaffold-rendering-not-empty/file": "x", "other/": "", "scaffold-else/": ""}
    )
    (scratch / "scaffold-rendering-link").symlink_to("other")
    before = snapshot(scratch)
    root = build(tmp_path / "set", {"copier.yml": CONFIG, NAME: BOMBS["loops"]})
    running = subprocess.Popen([sys.executable, "-c", RENDER, str(root)], env={"TMPDIR": str(scratch)})
    while len(snapshot(scratch)) == len(before):
        assert running.poll() is None
        time.sleep(0.01)
    while not _children(running.pid):
        time.sleep(0.01)
    (forked,) = _children(running.pid)
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    made(tmp_path / "alive", "x")
    assert len(snapshot(scratch)) == len(before) + 1  # what a run that lives has is left alone
    os.kill(running.pid, number)
    running.wait()
    while _is_alive(forked):
        time.sleep(0.01)
    made(tmp_path / "next", "x")
    assert snapshot(scratch) == before


def _children(process: int) -> list[int]:
    shown = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return [int(pid) for pid, parent in (line.split() for line in shown.splitlines()) if int(parent) == process]


def _is_alive(process: int) -> bool:
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return bool(shown.stdout.strip()) and not shown.stdout.startswith("Z")


def test_without_a_directory_for_temporary_files_nothing_is_written_and_tmpdir_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold
) -> None:
    root = plans.demo(tmp_path / "plan")
    monkeypatch.chdir(root)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "nowhere"), str(root)])
    tried: list[Path] = []
    real = os.mkdir

    def noted(path: str, *rest: int) -> None:
        tried.append(Path(path))
        real(path, *rest)

    monkeypatch.setattr(os, "mkdir", noted)
    before = snapshot(root, without=())
    outcome = scaffold("executions", root, "--batch", "--dry-run")
    assert outcome.code == 8
    assert "TMPDIR" in outcome.err
    assert snapshot(root, without=()) == before
    assert {path.parent for path in tried} == {tmp_path / "nowhere"}


def test_the_next_directory_for_temporary_files_is_taken_when_the_first_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = build(tmp_path / "second", {})
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/dev/null", str(second), "/nowhere"])
    with place.private_directory() as own:
        assert own.parent == second
    assert snapshot(second) == {}


def test_a_new_directory_that_another_run_takes_for_a_left_over_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    real, tries = os.open, []

    def late(path: str | Path, *rest: int, **more: int) -> int:
        tries.append(path)
        if len(tries) == 1:
            place._remove_left_over(tmp_path / "own")
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", late)
    with place.private_directory() as own:
        assert own.exists()
    assert snapshot(tmp_path) == {}


def test_where_nothing_can_be_locked_rendering_works_and_nothing_of_others_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    monkeypatch.setattr(tempfile, "tempdir", str(build(tmp_path / "scratch", {"scaffold-rendering-left/": ""})))
    assert made(tmp_path, "{{ name }}") == "T"
    assert snapshot(tmp_path / "scratch") == {"scaffold-rendering-left": "/"}


def test_a_child_that_cannot_be_made_is_no_fault_of_the_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", full)
    with pytest.raises(WriteFailed, match="temporarily unavailable"):
        made(tmp_path, "x")


@pytest.mark.parametrize("place_of_set", [".", "../set"])
@pytest.mark.parametrize("path", ["", ".", "{programs}", "{programs}:/usr/bin:/bin"])
def test_no_program_is_run_whatever_is_found_under_the_names_of_programs(
    tmp_path: Path, place_of_set: str, path: str
) -> None:
    root = build(tmp_path / "set", {"copier.yml": CONFIG, NAME: "x"})
    for folder in (root, build(tmp_path / "programs", {})):
        for name in ("git", "uname", "sh", "ldconfig", "gcc"):
            (folder / name).write_text(f"#!/bin/sh\n: > {tmp_path}/ran-{name}\n")
            (folder / name).chmod(0o755)
    script = f"""
from scaffold import render
assert render.render(render.from_directory({place_of_set!r}), {{"name": "T"}}, ("T.md",)).documents == {{"T.md": b"x"}}
render.render(render.built_in("plan"), {{"plan_name": "X", "created": ""}}, ("PLAN_X.md", "parallel.json"))
"""
    environment = {
        "PATH": path.format(programs=tmp_path / "programs"),
        "PYTHONPATH": str(Path(render.__file__).parents[2]),
    }
    subprocess.run([sys.executable, "-W", "error", "-c", script], cwd=root, env=environment, check=True)
    assert list(tmp_path.glob("ran-*")) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_a_child_renders_ends_the_run_as_at_any_other_time(tmp_path: Path, number: int) -> None:
    root = plans.demo(tmp_path / "plan")
    before = snapshot(root, without=())
    own = build(tmp_path / "set", {"copier.yml": CONFIG, NAME: BOMBS["loops"]})
    scratch = build(tmp_path / "scratch", {})
    command = [sys.executable, "-m", "scaffold", "executions", str(root), "--batch", "--yes", "--template", str(own)]
    running = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(scratch)}, stderr=subprocess.PIPE, text=True)
    while not (children := _children(running.pid)):
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(number)
    _, told = running.communicate()
    assert (running.returncode, told.strip().splitlines()[0]) == (
        128 + number,
        "error: interrupted: nothing was changed",
    )
    assert not _is_alive(children[0])
    assert (snapshot(root, without=()), snapshot(scratch)) == (before, {})
