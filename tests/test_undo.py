"""`scaffold undo` and `scaffold recover`: a batch is taken back by another batch; edited files are kept."""

from pathlib import Path

import pytest

from tests import plans
from tests.conftest import Scaffold
from tests.trees import build, snapshot

ONE, TWO = "execution/EXECUTION_TASK_DEMO_11_01.md", "execution/EXECUTION_TASK_DEMO_12_01.md"


def batch(root: Path, scaffold: Scaffold) -> str:
    """Create level 0 of the demo plan, and give the id of that batch."""
    data = scaffold("executions", plans.demo(root), "--batch", "--yes", "--json").document["data"]
    assert isinstance(data, dict)
    return str(data["batch"])


def test_the_files_of_the_newest_batch_are_taken_back_after_a_yes(tmp_path: Path, scaffold: Scaffold) -> None:
    before = snapshot(plans.demo(tmp_path))
    batch(tmp_path, scaffold)
    outcome = scaffold("undo", tmp_path, typed="y\n")
    assert outcome.code == 0, outcome.err
    assert "Proceed with taking back 2 files? (y/N): " in outcome.err
    assert snapshot(tmp_path) == {**before, "execution": "/"}


def test_an_edited_file_is_kept_and_listed(tmp_path: Path, scaffold: Scaffold) -> None:
    name = batch(tmp_path, scaffold)
    build(tmp_path, {ONE: "my notes"})
    outcome = scaffold("undo", name, tmp_path, "--yes")
    assert (outcome.code, f"warning: {ONE}: was edited since" in outcome.err) == (0, True)
    assert snapshot(tmp_path / "execution") == {Path(ONE).name: b"my notes"}


def test_when_every_file_was_edited_nothing_changes_and_it_is_a_conflict(tmp_path: Path, scaffold: Scaffold) -> None:
    name = batch(tmp_path, scaffold)
    before = snapshot(build(tmp_path, {ONE: "x", TWO: "y"}))
    outcome = scaffold("undo", name, tmp_path, "--yes")
    assert (outcome.code, snapshot(tmp_path)) == (5, before)


def test_taking_back_is_a_batch_that_can_be_taken_back(tmp_path: Path, scaffold: Scaffold) -> None:
    name = batch(tmp_path, scaffold)
    created = snapshot(tmp_path)
    data = scaffold("undo", name, tmp_path, "--yes", "--json").document["data"]
    assert isinstance(data, dict)
    assert (data["undoes"], data["removed"], data["restored"]) == (name, [ONE, TWO], [])
    assert scaffold("undo", str(data["batch"]), tmp_path, "--yes").code == 0
    assert snapshot(tmp_path) == created


def test_the_newest_batch_that_is_not_taken_back_yet_is_meant(tmp_path: Path, scaffold: Scaffold) -> None:
    batch(tmp_path, scaffold)
    scaffold("executions", tmp_path, "--batch", "--level", "1", "--yes")
    for _ in range(2):
        assert scaffold("undo", tmp_path, typed="y\n").code == 0
    assert snapshot(tmp_path / "execution") == {}
    assert "there is no batch to take back" in scaffold("undo", tmp_path, typed="y\n").err


def test_a_batch_that_was_taken_back_but_for_edited_files_is_done_with(tmp_path: Path, scaffold: Scaffold) -> None:
    scaffold("executions", plans.demo(tmp_path), "--achievement", "2.1", "--skip-missing", "--yes")
    batch(tmp_path, scaffold)
    build(tmp_path, {ONE: "my notes"})
    for _ in range(2):
        assert scaffold("undo", tmp_path, typed="y\n").code == 0
    assert snapshot(tmp_path / "execution") == {Path(ONE).name: b"my notes"}
    outcome = scaffold("undo", tmp_path, typed="y\n")
    assert (outcome.code, "there is no batch to take back" in outcome.err) == (3, True)


def test_an_older_batch_is_not_taken_for_a_newer_one_that_cannot_be_read(tmp_path: Path, scaffold: Scaffold) -> None:
    name = batch(tmp_path, scaffold)
    before = snapshot(build(tmp_path, {".scaffold/batches/30000101T000000Z-00000000/record.json": "{"}), without=())
    outcome = scaffold("undo", tmp_path, typed="y\n")
    assert (outcome.code, "30000101T000000Z-00000000: this record cannot be used" in outcome.err) == (3, True)
    assert "or name the BATCH" in outcome.err
    assert snapshot(tmp_path, without=()) == before
    assert scaffold("undo", name, tmp_path, "--yes").code == 0


def test_a_damaged_record_of_long_ago_does_not_stop_the_newest(tmp_path: Path, scaffold: Scaffold) -> None:
    batch(tmp_path, scaffold)
    build(tmp_path, {".scaffold/batches/20000101T000000Z-00000000/record.json": "{"})
    assert scaffold("undo", tmp_path, typed="y\n").code == 0
    assert "this record cannot be used" in scaffold("undo", tmp_path, typed="y\n").err


def test_a_dry_run_and_a_no_change_nothing(tmp_path: Path, scaffold: Scaffold) -> None:
    name = batch(tmp_path, scaffold)
    before = snapshot(tmp_path, without=())
    shown = scaffold("undo", tmp_path, "--dry-run")
    assert (shown.code, ONE in shown.out, "Dry run" in shown.out) == (0, True, True)
    assert scaffold("undo", tmp_path, typed="n\n").code == 6
    assert scaffold("undo", name, tmp_path, "--no-input").code == 6
    assert scaffold("undo", name, tmp_path, "--json").document["ok"] is False
    assert snapshot(tmp_path, without=()) == before


def test_what_is_gone_already_is_said(tmp_path: Path, scaffold: Scaffold) -> None:
    name = batch(tmp_path, scaffold)
    (tmp_path / ONE).unlink()
    assert f"Gone already:\n  {ONE}\n" in scaffold("undo", name, tmp_path, "--yes").out
    assert "Nothing to take back." in scaffold("undo", name, tmp_path, "--yes").out


@pytest.mark.parametrize(
    "arguments", [["--yes"], ["a", "b"], ["20260101T000000Z-00000000", "20260101T000000Z-00000001"]]
)
def test_which_batch_and_which_plan_must_be_clear(scaffold: Scaffold, arguments: list[str]) -> None:
    assert scaffold("undo", *arguments).code == 2


def test_an_unknown_batch_is_refused(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("undo", "20260101T000000Z-00000000", plans.demo(tmp_path), "--yes")
    assert (outcome.code, "undo --list" in outcome.err) == (3, True)


def test_the_batches_are_listed_the_newest_last(tmp_path: Path, scaffold: Scaffold) -> None:
    assert "no batches yet" in scaffold("undo", plans.demo(tmp_path), "--list").out
    name = batch(tmp_path, scaffold)
    scaffold("undo", name, tmp_path, "--yes")
    lines = scaffold("undo", "--list", tmp_path).out.splitlines()
    assert [line.split()[2] for line in lines[1:]] == ["executions", "undo"]
    data = scaffold("undo", "--list", tmp_path, "--json").document["data"]
    assert isinstance(data, dict)
    assert data["batches"][0]["files"] == [ONE, TWO]  # type: ignore[index,call-overload]


def test_without_an_interrupted_run_there_is_nothing_to_recover(tmp_path: Path, scaffold: Scaffold) -> None:
    before = snapshot(plans.demo(tmp_path), without=())
    assert scaffold("recover", tmp_path).out == "Nothing to recover.\n"
    nothing: dict[str, list[str]] = {"completed": [], "taken_back": [], "discarded": []}
    assert scaffold("recover", tmp_path, "--json").document["data"] == nothing
    assert snapshot(tmp_path, without=()) == before


def interrupted(root: Path) -> None:
    """Leave the staging of a run that was killed before its commit point."""
    build(root, {".scaffold/lock": "", ".scaffold/txn-0123456789abcdef/": ""})


def test_a_command_that_reads_warns_of_an_interrupted_run_and_leaves_it(tmp_path: Path, scaffold: Scaffold) -> None:
    interrupted(plans.demo(tmp_path))
    before = snapshot(tmp_path, without=())
    outcome = scaffold("executions", tmp_path, "--batch", "--dry-run")
    assert (outcome.code, "a run of scaffold was interrupted here" in outcome.err) == (0, True)
    assert snapshot(tmp_path, without=()) == before


def test_recover_and_every_command_that_writes_clean_up_and_say_so(tmp_path: Path, scaffold: Scaffold) -> None:
    interrupted(plans.demo(tmp_path))
    assert "Discarded what an interrupted run had staged" in scaffold("recover", tmp_path).out
    interrupted(tmp_path)
    outcome = scaffold("executions", tmp_path, "--batch", "--yes")
    assert (outcome.code, "Discarded what an interrupted run had staged" in outcome.err) == (0, True)


def test_bookkeeping_that_cannot_be_understood_is_left_to_a_person(tmp_path: Path, scaffold: Scaffold) -> None:
    build(plans.demo(tmp_path), {".scaffold/lock": "", ".scaffold/txn-0123456789abcdef/commit.json": "{}"})
    before = snapshot(tmp_path, without=())
    for arguments in (["recover", tmp_path], ["recover", tmp_path, "--json"], ["executions", tmp_path, "--batch"]):
        outcome = scaffold(*arguments)
        assert (outcome.code, "commit.json" in outcome.out + outcome.err) == (9, True)
    assert snapshot(tmp_path, without=()) == before


def test_a_newest_batch_that_was_edited_is_not_passed_over_for_an_older_one(tmp_path: Path, scaffold: Scaffold) -> None:
    batch(tmp_path, scaffold)
    scaffold("executions", tmp_path, "--achievement", "2.1", "--yes")
    before = snapshot(build(tmp_path, {"execution/EXECUTION_TASK_DEMO_21_01.md": "mine"}))
    assert scaffold("undo", tmp_path, typed="y\n").code == 5
    assert snapshot(tmp_path) == before
