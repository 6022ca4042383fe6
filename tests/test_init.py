"""`scaffold init`: a new plan appears whole or not at all, and can be worked on at once."""

import errno
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest
from pytest_copie.plugin import Copie

from scaffold import transaction
from scaffold.commands import init
from scaffold.errors import Interrupted, ScaffoldError, WriteFailed
from scaffold.model import Batch
from scaffold.reading import plan as plan_text
from scaffold.transaction import guard, new_plan
from tests import plans
from tests.broken_os import CALLS, at_call, failing, killed_at, no_space
from tests.conftest import Scaffold
from tests.trees import added, build, snapshot

TEMPLATE = Path(__file__).parent.parent / "templates" / "plan"
FILES = {"PLAN_DEMO.md", "parallel.json"}
TIME = "2026-11-22T20:15:00Z"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_new_plan_passes_the_check_and_can_be_worked_on_at_once(tmp_path: Path, scaffold: Scaffold) -> None:
    assert scaffold("init", "DEMO", "--yes").code == 0
    assert set(snapshot(tmp_path / "DEMO")) == FILES
    checked = scaffold("check", "DEMO")
    assert (checked.code, checked.out.splitlines()[-1]) == (0, "0 errors, 0 warnings, 1 note")
    made = scaffold("subplans", "DEMO", "--batch", "--level", "all", "--yes", "--json").document
    assert made["ok"]
    assert set(snapshot(tmp_path / "DEMO/subplans")) == {f"SUBPLAN_DEMO_{slug}.md" for slug in ("11", "12", "21")}
    build(tmp_path / "DEMO", {"subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1")})
    assert scaffold("executions", "DEMO", "--achievement", "1.1", "--yes").code == 0


def test_what_the_plan_says_and_what_parallel_json_says_agree(tmp_path: Path, scaffold: Scaffold) -> None:
    scaffold("init", "DEMO", "--yes")
    said = plan_text.parse((tmp_path / "DEMO/PLAN_DEMO.md").read_text("utf-8"), "PLAN_DEMO.md")
    read = plans.read(tmp_path / "DEMO")
    assert said.diagnostics == ()
    assert [(one.id, one.title) for one in said.achievements] == [(one.id, one.title) for one in read.achievements]
    for planned, achievement in zip(said.achievements, read.achievements, strict=True):
        assert planned.dependencies
        assert planned.dependencies.ids == achievement.dependencies
        assert planned.effort
        assert planned.effort.text == achievement.estimated_time
        assert all((planned.goal, planned.success, planned.deliverables, planned.tests))
    levels = scaffold("graph", "DEMO", "--json").document["data"]["levels"]  # type: ignore[index,call-overload]
    assert levels == [{"level": 0, "achievements": ["1.1", "1.2"]}, {"level": 1, "achievements": ["2.1"]}]


def test_the_preview_is_shown_and_one_question_asked(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("init", "DEMO", typed="y\n")
    assert outcome.out.startswith("New plan DEMO in DEMO/ (change set ")
    assert "PLAN_DEMO.md" in outcome.out
    assert outcome.err == "Proceed with creation of the plan DEMO? (y/N): "
    assert "      scaffold adopt DEMO --update\n" in outcome.out
    assert scaffold("init", "DEMO2", "--yes", "--quiet").out == ""


@pytest.mark.parametrize(
    ("options", "typed", "code"),
    [
        pytest.param((), "n\n", 6, id="no"),
        pytest.param((), None, 6, id="nobody there"),
        pytest.param(("--no-input",), "y\n", 6, id="no input"),
        pytest.param(("--json",), "y\n", 6, id="json"),
        pytest.param(("--dry-run",), None, 0, id="dry run"),
    ],
)
def test_without_a_yes_nothing_is_there(
    tmp_path: Path, scaffold: Scaffold, options: tuple[str, ...], typed: str | None, code: int
) -> None:
    assert scaffold("init", "DEMO", *options, typed=typed).code == code
    assert snapshot(tmp_path, without=()) == {}


def test_a_dry_run_says_what_the_run_then_makes(tmp_path: Path, scaffold: Scaffold) -> None:
    options = ("init", "DEMO", "--directory", tmp_path, "--json")
    before, after = (scaffold(*options, one).document["data"] for one in ("--dry-run", "--yes"))
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert after["batch"]
    run = {
        "batch": None,
        "next_step": before["next_step"],
        "next_command": f"scaffold init DEMO --directory {tmp_path}",
    }
    assert before == {**after, **run}
    there = snapshot(tmp_path / "DEMO")
    assert after["files"] == [
        {"path": path, "lines": content.count(b"\n")}
        for path in ("PLAN_DEMO.md", "parallel.json")
        if isinstance(content := there[path], bytes)
    ]
    assert after["directory"] == str(tmp_path / "DEMO")


@pytest.mark.parametrize("name", ["", "..", "a/b", "/etc/x", "-x", "CON", "a\u202eb", "x" * 101, "a\u00a0b", "PLAN|x"])
def test_a_name_that_cannot_be_in_file_names_is_refused(tmp_path: Path, scaffold: Scaffold, name: str) -> None:
    outcome = scaffold("init", "--yes", "--", name)
    assert (outcome.code, outcome.out) == (2, "")
    assert "cannot be a plan's name" in outcome.err
    assert snapshot(tmp_path, without=()) == {}


def test_a_name_that_leads_elsewhere_recovers_nothing_there(tmp_path: Path, scaffold: Scaffold) -> None:
    left = build(tmp_path / "other", {".scaffold/txn-0123456789abcdef/new-00000": "staged"})
    assert scaffold("init", "../other", "--directory", tmp_path, "--yes").code == 2
    assert (left / ".scaffold/txn-0123456789abcdef/new-00000").exists()


@pytest.mark.parametrize("name", ["Ärger", "it's & more", "{{ plan }}", "100%", "a`b`", "x.md", "🎯"])
def test_any_other_name_works(tmp_path: Path, scaffold: Scaffold, name: str) -> None:
    assert scaffold("init", name, "--yes").code == 0
    assert set(snapshot(tmp_path / name)) == {f"PLAN_{name}.md", "parallel.json"}
    assert scaffold("check", name).code == 0
    assert json.loads((tmp_path / name / "parallel.json").read_text("utf-8"))["plan_name"] == name


def test_an_empty_directory_is_taken(tmp_path: Path, scaffold: Scaffold) -> None:
    (tmp_path / "DEMO").mkdir()
    assert scaffold("init", "DEMO", "--yes").code == 0
    assert set(snapshot(tmp_path / "DEMO")) == FILES


def test_what_is_there_is_left_alone(tmp_path: Path, scaffold: Scaffold) -> None:
    build(tmp_path, {"full/note": "mine", "file": "mine", "empty/": ""})
    (tmp_path / "link").symlink_to("empty")
    before = snapshot(tmp_path, without=())
    for name in ("full", "file", "link"):
        outcome = scaffold("init", name, "--yes")
        assert outcome.code == 5
        assert f"error: {name}: already exists and is not" in outcome.err
    assert scaffold("init", "DEMO", "--directory", "nowhere", "--yes").code == 2
    assert snapshot(tmp_path, without=()) == before


def test_what_comes_into_the_directory_while_the_question_waits_is_left_alone(tmp_path: Path) -> None:
    plan = init.prepare("DEMO", tmp_path, "2026-11-22")
    build(tmp_path, {"DEMO/note": "mine"})
    with pytest.raises(ScaffoldError, match="is not empty: it contains note"):
        made(plan)
    assert snapshot(tmp_path, without=()) == {"DEMO": "/", "DEMO/note": b"mine"}


def test_a_parent_that_cannot_be_written_is_refused_before_anybody_is_asked(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode, **more: mode == os.R_OK and real(path, mode, **more))
    outcome = scaffold("init", "DEMO", typed="y\n")
    assert outcome.code == 8
    assert "(y/N)" not in outcome.err


def test_a_new_plan_can_be_taken_back_and_made_again(tmp_path: Path, scaffold: Scaffold) -> None:
    batch = scaffold("init", "DEMO", "--yes", "--json").document["data"]["batch"]  # type: ignore[index,call-overload]
    assert isinstance(batch, str)
    assert "init" in scaffold("undo", "--list", "DEMO").out
    assert scaffold("undo", batch, "DEMO", "--yes").code == 0
    assert snapshot(tmp_path / "DEMO") == {}
    assert scaffold("init", "DEMO", "--yes").code == 0
    assert set(snapshot(tmp_path / "DEMO")) == FILES


# --- whole or not at all --------------------------------------------------------------------------------------------


def made(plan: init.NewPlan, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Make a new plan."""
    batch = Batch("init", plan.name, plan.changes, plan.answers)
    new_plan.create(plan.directory, batch, TIME, progress)


def new(root: Path) -> init.NewPlan:
    """Prepare a new plan below a directory of its own."""
    root.mkdir()
    return init.prepare("DEMO", root, "2026-11-22")


def steps(root: Path) -> int:
    """Count the calls that change anything while a plan is made."""
    plan = new(root)
    with at_call(0, no_space) as count:
        made(plan)
    return count.calls


@pytest.mark.usefixtures("_no_real_fsync")
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=errno.errorcode.get)
def test_a_failure_at_any_step_leaves_a_whole_plan_or_nothing(tmp_path: Path, number: int) -> None:
    for step in range(1, steps(tmp_path / "count") + 1):
        plan = new(tmp_path / str(step))
        failed = None
        with at_call(step, failing(number), CALLS):
            try:
                made(plan)
            except ScaffoldError as error:
                failed = error
        there = snapshot(tmp_path / str(step), without=())
        if failed is None or "the batch is complete" in str(failed):
            assert set(snapshot(plan.directory)) == FILES, (step, failed)
        else:
            assert there == {}, (step, failed)


@pytest.mark.usefixtures("_no_real_fsync")
def test_a_signal_at_any_step_leaves_a_whole_plan_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(number: int, frame: object) -> None:
        raise Interrupted(number)

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        for step in range(1, steps(tmp_path / "count") + 1):
            plan = new(tmp_path / str(step))
            interrupted = False
            with at_call(step, partial(os.kill, os.getpid(), signal.SIGTERM)):
                try:
                    made(plan)
                except Interrupted:
                    interrupted = True
            there = snapshot(tmp_path / str(step))
            assert there == {} if interrupted else set(snapshot(plan.directory)) == FILES, (step, there, interrupted)
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("_no_real_fsync")
def test_a_run_killed_at_any_step_can_be_done_again(tmp_path: Path, scaffold: Scaffold) -> None:
    step = 1
    plan = new(tmp_path / str(step))
    while killed_at(step, partial(made, plan)):
        again = scaffold("init", "DEMO", "--directory", tmp_path / str(step), "--yes")
        assert again.code == 0 or (again.code == 5 and "it contains PLAN_DEMO.md" in again.err), step
        assert set(snapshot(plan.directory)) == FILES, step
        assert transaction.interrupted(plan.directory) == ()
        step += 1
        plan = new(tmp_path / str(step))
    assert step > 30


@pytest.mark.parametrize("left", [[], ["lock"], ["lock", ".gitignore", "batches/"]], ids=len)
def test_a_directory_with_nothing_but_bookkeeping_is_taken(tmp_path: Path, scaffold: Scaffold, left: list[str]) -> None:
    build(tmp_path, {"DEMO/.scaffold/": "", **{f"DEMO/.scaffold/{name}": "" for name in left}})
    assert scaffold("init", "DEMO", "--yes").code == 0
    assert set(snapshot(tmp_path / "DEMO")) == FILES


def test_what_somebody_puts_there_while_the_first_batch_fails_stays(tmp_path: Path) -> None:
    plan = new(tmp_path / "root")

    def disturb(done: int, total: int) -> None:
        build(plan.directory, {"note": "mine"})
        no_space()

    with pytest.raises(WriteFailed):
        made(plan, disturb)
    assert snapshot(plan.directory) == {"note": b"mine"}
    assert {path.name for path in (plan.directory / ".scaffold").iterdir()} == {"lock", ".gitignore", "batches"}


def test_bookkeeping_that_another_run_holds_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = new(tmp_path / "root")
    with ExitStack() as stack:

        def overtaken(directory: Path, *_: object) -> NoReturn:
            build(directory, {".scaffold/lock": ""})
            fcntl.flock(stack.enter_context((directory / ".scaffold/lock").open()), fcntl.LOCK_EX)
            no_space()

        monkeypatch.setattr(new_plan, "apply", overtaken)
        monkeypatch.setattr(guard, "WAIT", 0.05)
        with pytest.raises(OSError, match="No space"):
            made(plan)
    assert snapshot(plan.directory, without=()) == {".scaffold": "/", ".scaffold/lock": b""}


@pytest.mark.parametrize(
    ("current", "options", "shown"),
    [
        ("DEMO", [], "./"),
        ("DEMO", ["--directory", "."], "./"),
        (".", ["--directory", "DEMO"], "DEMO/"),
        (".", ["--directory", "link"], "link/"),
    ],
)
def test_in_an_empty_directory_of_its_name_a_plan_is_made_right_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, current: str, options: list[str], shown: str
) -> None:
    build(tmp_path, {"DEMO/.scaffold/": ""})
    (tmp_path / "link").symlink_to("DEMO")
    monkeypatch.chdir(current)
    outcome = scaffold("init", "DEMO", *options, "--yes")
    assert (outcome.code, f"New plan DEMO in {shown} (change set" in outcome.out) == (0, True)
    assert f"Created the plan DEMO in {shown} (batch" in outcome.out
    assert set(snapshot(tmp_path / "DEMO")) == FILES
    where = next(line for line in outcome.out.splitlines() if line.startswith("      scaffold adopt "))
    assert where.split()[2:] == [*([shown.rstrip("/")] if shown != "./" else []), "--update"]
    again = scaffold("init", "DEMO", *options, "--yes")
    assert (again.code, "it contains PLAN_DEMO.md" in again.err) == (5, True)


@pytest.mark.parametrize(("current", "options"), [("DEMO", []), ("DEMO", ["--directory", "."]), (".", [])])
def test_in_a_repository_that_has_just_begun_a_plan_is_made_right_there_and_touches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, current: str, options: list[str]
) -> None:
    begun = {".git/HEAD": "x", ".gitignore": "y", "README.md": "# Demo\n", "LICENSE-MIT.txt": "z"}
    before = snapshot(build(tmp_path / "DEMO", begun), without=())
    monkeypatch.chdir(current)
    assert scaffold("init", "DEMO", *options, "--yes").code == 0
    assert added(tmp_path / "DEMO", before) == FILES
    monkeypatch.chdir(tmp_path)
    assert scaffold("check", "DEMO").code == 0
    build(tmp_path / "OTHER", {**begun, "src/": ""})
    assert "is not empty: it contains src" in scaffold("init", "OTHER", "--yes").err


def test_in_a_directory_of_its_name_that_is_not_empty_a_plan_gets_one_of_its_own(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    build(tmp_path, {"DEMO/note": "mine"})
    assert scaffold("init", "DEMO", "--directory", "DEMO", "--yes").code == 0
    assert set(snapshot(tmp_path / "DEMO")) == {"note", "DEMO", *(f"DEMO/{file}" for file in FILES)}


def test_a_directory_of_another_name_is_where_a_plan_gets_its_own(tmp_path: Path, scaffold: Scaffold) -> None:
    build(tmp_path, {"plans/": ""})
    assert scaffold("init", "DEMO", "--directory", "plans", "--yes").code == 0
    assert set(snapshot(tmp_path / "plans/DEMO")) == FILES


def test_a_dry_run_and_a_no_leave_an_empty_directory_of_its_name_empty(tmp_path: Path, scaffold: Scaffold) -> None:
    build(tmp_path, {"DEMO/": ""})
    assert scaffold("init", "DEMO", "--directory", "DEMO", "--dry-run").code == 0
    assert scaffold("init", "DEMO", "--directory", "DEMO", typed="n\n").code == 6
    assert snapshot(tmp_path / "DEMO", without=()) == {}


def test_what_everybody_must_know_is_in_every_subplan_and_every_execution_task_names_its_lines(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    scaffold("init", "DEMO", "--yes")
    root = tmp_path / "DEMO"
    document = root / "PLAN_DEMO.md"
    document.write_text(
        document.read_text("utf-8").replace("- Greetings are in", "- [Notes](notes.md): greetings are in")
    )
    scaffold("subplans", root, "--batch", "--level", "all", "--yes")
    for subplan in (root / "subplans").iterdir():
        text = subplan.read_text("utf-8")
        assert "\n## Context of the PLAN\n\nWhat every achievement must know" in text
        assert "\n- [Notes](../notes.md): greetings are in `greetings.json`" in text
        subplan.write_text(re.sub(r"\[FILL:.*?\]", "It is decided.", text))
    scaffold("executions", root, "--batch", "--level", "all", "--yes")
    for task in (root / "execution").iterdir():
        (first, last) = re.findall(
            r"^Also in the SUBPLAN: .* Context of the PLAN (\d+)-(\d+)", task.read_text("utf-8"), re.M
        )[0]
        (subplan,) = (root / "subplans").glob(f"*_{task.name.split('_')[3]}.md")
        shown = subplan.read_text("utf-8").splitlines()[int(first) - 1 : int(last)]
        assert "- A language that is not in the file gets English." in shown


# --- the template set -----------------------------------------------------------------------------------------------


def test_the_template_set_works_with_nothing_but_copier(copie: Copie, tmp_path: Path) -> None:
    result = copie.copy({"plan_name": "DEMO", "created": "2026-11-22"}, template_dir=TEMPLATE)
    assert result.project_dir is not None, result.exception
    plan = new(tmp_path / "ours")
    assert snapshot(result.project_dir) == {one.target: one.new for one in plan.changes.changes}
    for content in snapshot(result.project_dir).values():
        assert isinstance(content, bytes)
        assert content.endswith(b"\n")
        assert b"[FILL" not in content


def test_plain_copier_asks_for_the_name_alone(tmp_path: Path) -> None:
    copier = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults", "--data", "plan_name=BILLING"]
    subprocess.run([*copier, str(TEMPLATE), str(tmp_path / "made")], check=True)
    assert set(snapshot(tmp_path / "made")) == {"PLAN_BILLING.md", "parallel.json"}
