"""`scaffold undo` and `scaffold recover`: a batch is taken back by another batch; edited files are kept."""

import json
import os
import re
from functools import partial
from pathlib import Path

import pytest

from scaffold.model import Json
from scaffold.transaction import batches, journal
from tests import batch_kit, plans
from tests.broken_os import killed_at
from tests.conftest import Outcome, Scaffold, codes
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
    assert (outcome.code, f"warning: {ONE}: has been edited since" in outcome.err) == (0, True)
    assert snapshot(tmp_path / "execution") == {Path(ONE).name: b"my notes"}


def test_when_every_file_was_edited_nothing_changes_and_it_is_a_conflict(tmp_path: Path, scaffold: Scaffold) -> None:
    name = batch(tmp_path, scaffold)
    before = snapshot(build(tmp_path, {ONE: "x", TWO: "y"}))
    outcome = scaffold("undo", name, tmp_path, "--yes")
    assert (outcome.code, snapshot(tmp_path)) == (5, before)
    assert f"\nEdited since, left unchanged:\n  {ONE}\n  {TWO}\n\nNothing to take back.\n" in outcome.out
    assert (
        f"batch {name} cannot be taken back any further: these files have been edited since: {ONE}, {TWO}\n"
        in outcome.err
    )
    assert "hint: to take back an older batch, name it: `scaffold undo --list` lists them\n" in outcome.err


def test_taking_back_is_a_batch_that_can_be_taken_back(tmp_path: Path, scaffold: Scaffold) -> None:
    name = batch(tmp_path, scaffold)
    created = snapshot(tmp_path)
    data = scaffold("undo", name, tmp_path, "--yes", "--json").document["data"]
    assert isinstance(data, dict)
    assert (data["undoes"], data["removed"], data["restored"]) == (name, [ONE, TWO], [])
    assert scaffold("undo", str(data["batch"]), tmp_path, "--yes").code == 0
    assert snapshot(tmp_path) == created


def test_the_record_of_taking_back_names_the_batch_and_has_its_hashes(tmp_path: Path, scaffold: Scaffold) -> None:
    scaffold("undo", batch(tmp_path, scaffold), tmp_path, "--yes")
    created, undone = batch_kit.recorded(tmp_path)
    assert (undone.command, undone.selection, undone.undoes) == ("undo", "", created.id)
    assert {file.template for file in created.files} == {"built-in execution_task"}
    assert [(one.target, one.old_sha256, one.sha256) for one in undone.files] == [
        (one.target, one.sha256, None) for one in created.files
    ]


def test_taking_back_an_undo_says_what_it_restores(tmp_path: Path, scaffold: Scaffold) -> None:
    scaffold("executions", plans.demo(tmp_path), "--achievement", "1.1", "--yes")
    taken = scaffold("undo", tmp_path, typed="y\n")
    assert f"\nTo remove:\n  {ONE}\n" in taken.out
    assert "To restore:" not in taken.out
    assert taken.err == "Proceed with taking back 1 file? (y/N): "
    assert "\nTook back 1 file (batch " in taken.out
    name = batches.batches(tmp_path).summaries[-1].id
    restored = scaffold("undo", name, tmp_path, "--dry-run").out
    assert f"\nTo restore:\n  {ONE}\n" in restored
    assert "To remove:" not in restored
    data = scaffold("undo", name, tmp_path, "--dry-run", "--json").document["data"]
    assert isinstance(data, dict)
    assert (data["removed"], data["restored"]) == ([], [ONE])


def test_text_of_a_record_cannot_drive_the_terminal(tmp_path: Path, scaffold: Scaffold) -> None:
    name = batch(tmp_path, scaffold)
    record = tmp_path / ".scaffold/batches" / name / "record.json"
    body = json.loads(record.read_text("utf-8"))["body"]
    record.write_bytes(journal.seal({**body, "selection": "\x1b[2Jgone"}))
    for arguments in (["undo", name, tmp_path, "--dry-run"], ["undo", "--list", tmp_path]):
        outcome = scaffold(*arguments)
        assert (outcome.code, "\\x1b[2Jgone" in outcome.out) == (0, True)


def test_a_dry_run_refuses_what_cannot_be_written(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = batch(tmp_path, scaffold)
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    outcome = scaffold("undo", name, tmp_path, "--dry-run")
    assert (outcome.code, "this directory is not writable" in outcome.err) == (8, True)


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
    later = [f".scaffold/batches/3000010{day}T000000Z-00000000" for day in (1, 2)]
    before = snapshot(build(tmp_path, {f"{one}/record.json": "{" for one in later}), without=())
    outcome = scaffold("undo", tmp_path, typed="y\n")
    said = [line for line in outcome.err.splitlines() if not line.startswith("  hint: restore it")]
    assert (outcome.code, said) == (3, [f"error: {one}: this record cannot be used: not valid JSON" for one in later])
    assert outcome.err.count("or name the BATCH") == 2
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
    assert f"Already gone:\n  {ONE}\n" in scaffold("undo", name, tmp_path, "--yes").out
    assert "Nothing to take back." in scaffold("undo", name, tmp_path, "--yes").out


def test_a_file_that_a_batch_replaced_and_that_is_gone_is_said_too(tmp_path: Path, scaffold: Scaffold) -> None:
    root = batch_kit.make_plan(tmp_path)
    name = batch_kit.run(root, batch_kit.mixed()).id
    (root / "execution/OLD.md").unlink()
    (root / "execution/C.md").unlink()
    shown = scaffold("undo", name, root, "--dry-run").out
    assert shown.endswith("\nAlready gone:\n  execution/OLD.md\n  execution/C.md\n\nDry run: nothing was changed.\n\n")


def test_an_undo_that_is_taken_back_already_says_that_its_files_are_restored(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    scaffold("undo", batch(tmp_path, scaffold), tmp_path, "--yes")
    name = batches.batches(tmp_path).summaries[-1].id
    restored = scaffold("undo", name, tmp_path, typed="y\n")
    assert restored.err == "Proceed with restoring 2 files? (y/N): "
    assert "\nRestored 2 files (batch " in restored.out
    assert "; undo that batch to reverse this).\n" in restored.out
    again = scaffold("undo", name, tmp_path, "--yes").out
    assert f"\n\nAlready restored:\n  {ONE}\n  {TWO}\n\nNothing to take back.\n\nNext: " in again
    assert "Gone" not in again


def test_a_file_that_somebody_wrote_where_an_undo_removed_one_is_not_called_edited(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    scaffold("undo", batch(tmp_path, scaffold), tmp_path, "--yes")
    name = batches.batches(tmp_path).summaries[-1].id
    build(tmp_path, {ONE: "somebody's"})
    outcome = scaffold("undo", name, tmp_path, "--yes")
    assert f"\nCreated again since, left unchanged:\n  {ONE}\n" in outcome.out
    assert f"warning: {ONE}: has been created again since, and is left unchanged" in outcome.err
    assert "dited" not in outcome.out + outcome.err
    assert snapshot(tmp_path / "execution")[Path(ONE).name] == b"somebody's"


def test_each_file_of_a_batch_is_under_the_heading_that_is_true_of_it(tmp_path: Path, scaffold: Scaffold) -> None:
    root = batch_kit.make_plan(tmp_path)
    name = batch_kit.run(root, batch_kit.mixed()).id
    for target in ("execution/OLD.md", "execution/GONE.md"):
        build(root, {target: batch_kit.FOREIGN[target].decode()})
    (root / "execution/B.md").unlink()
    build(root, {"execution/C.md": "notes"})
    shown = scaffold("undo", name, root, "--dry-run").out
    assert shown.partition("\n\n")[2] == (
        "To remove:\n  subplans/A.md\n\n"
        "Edited since, left unchanged:\n  execution/C.md\n\n"
        "Already gone:\n  execution/B.md\n\n"
        "Already restored:\n  execution/OLD.md\n  execution/GONE.md\n\n"
        "Dry run: nothing was changed.\n\n"
    )


def test_a_batch_of_every_kind_asks_and_tells_of_what_it_takes_back_and_restores(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    root = batch_kit.make_plan(tmp_path)
    name = batch_kit.run(root, batch_kit.mixed()).id
    outcome = scaffold("undo", name, root, typed="y\n")
    assert outcome.err == "Proceed with taking back 3 files and restoring 2 files? (y/N): "
    assert "\nTook back 3 files and restored 2 files (batch " in outcome.out


@pytest.mark.parametrize(
    "arguments", [["--yes"], ["a", "b"], ["20260101T000000Z-00000000", "20260101T000000Z-00000001"]]
)
def test_which_batch_and_which_plan_must_be_clear(scaffold: Scaffold, arguments: list[str]) -> None:
    assert scaffold("undo", *arguments).code == 2


def test_an_unknown_batch_is_refused(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("undo", "20260101T000000Z-00000000", plans.demo(tmp_path), "--yes")
    assert (outcome.code, "undo --list" in outcome.err) == (2, True)


def test_the_batches_are_listed_the_newest_last_and_to_programs_the_newest_first(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    assert "no batches yet" in scaffold("undo", plans.demo(tmp_path), "--list").out
    name = batch(tmp_path, scaffold)
    scaffold("undo", name, tmp_path, "--yes")
    lines = scaffold("undo", "--list", tmp_path).out.splitlines()
    assert [line.split()[1] for line in lines[1:]] == ["executions", "undo"]
    assert lines[0].endswith("Files  Taken back")
    data = scaffold("undo", "--list", tmp_path, "--json").document["data"]
    assert isinstance(data, dict)
    assert [(one["command"], one["files"], one["total"]) for one in data["batches"]] == [  # type: ignore[union-attr,index,call-overload]
        ("undo", [ONE, TWO], 2),
        ("executions", [ONE, TWO], 2),
    ]


def test_without_an_interrupted_run_there_is_nothing_to_recover(tmp_path: Path, scaffold: Scaffold) -> None:
    before = snapshot(plans.demo(tmp_path), without=())
    assert scaffold("recover", tmp_path).out == "Nothing to recover.\n"
    nothing: dict[str, object] = {
        "plan": "DEMO",
        "directory": tmp_path.as_posix(),
        "completed": [],
        "taken_back": [],
        "discarded": [],
        "untrusted": [],
    }
    assert scaffold("recover", tmp_path, "--json").document["data"] == {
        "plan": "DEMO",
        "directory": tmp_path.as_posix(),
        **nothing,
    }
    assert snapshot(tmp_path, without=()) == before


def interrupted(root: Path) -> None:
    """Leave the staging of a run that was killed before its commit point."""
    build(root, {".scaffold/lock": "", ".scaffold/txn-0123456789abcdef/": ""})


@pytest.mark.parametrize(
    ("in_the_way", "code", "said", "files"),
    [
        ({}, 0, "Completed the interrupted batch ", {ONE, TWO}),
        ({TWO: "somebody's"}, 9, "Took back the interrupted batch ", {TWO}),
    ],
    ids=["completed", "taken back"],
)
def test_recover_says_what_it_did_with_a_batch(
    tmp_path: Path, scaffold: Scaffold, in_the_way: dict[str, str], code: int, said: str, files: set[str]
) -> None:
    run = partial(scaffold, "executions", plans.demo(tmp_path), "--batch", "--yes")
    assert killed_at(2, run, ("link",))
    outcome = scaffold("recover", build(tmp_path, in_the_way))
    assert (outcome.code, outcome.out.startswith(said), outcome.out.count("\n")) == (code, True, 1)
    assert {f"execution/{name}" for name in snapshot(tmp_path / "execution")} == files


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
        assert "Nothing to recover" not in outcome.out
    assert snapshot(tmp_path, without=()) == before


def test_a_newest_batch_that_was_edited_is_not_passed_over_for_an_older_one(tmp_path: Path, scaffold: Scaffold) -> None:
    batch(tmp_path, scaffold)
    scaffold("executions", tmp_path, "--achievement", "2.1", "--yes")
    before = snapshot(build(tmp_path, {"execution/EXECUTION_TASK_DEMO_21_01.md": "mine"}))
    assert scaffold("undo", tmp_path, typed="y\n").code == 5
    assert snapshot(tmp_path) == before


def undone(outcome: Outcome) -> dict[str, Json]:
    """Return `data` of an undo, which has the same keys whatever came of it, without its change set."""
    document = outcome.document
    data = document["data"]
    assert isinstance(data, dict)
    assert (document["kind"], document["ok"]) == ("undo", outcome.code == 0)
    following = {"plan", "directory", "change_set", "total", "more", "after", "next_step", "next_command"}
    assert set(data) == {"undoes", "batch", "removed", "restored", "edited", "gone", "done"} | following
    return {key: value for key, value in data.items() if value and key not in following}


@pytest.mark.parametrize("named", [True, False], ids=["named", "the newest"])
@pytest.mark.parametrize(
    ("edited", "code", "kept"),
    [
        ({}, 6, {"removed": [ONE, TWO]}),
        ({ONE: "mine"}, 6, {"removed": [TWO], "edited": [ONE]}),
        ({ONE: "mine", TWO: "mine"}, 5, {"edited": [ONE, TWO]}),
    ],
    ids=["untouched", "partly edited", "all edited"],
)
def test_the_json_of_an_undo_has_one_shape_however_much_of_the_batch_is_left(
    tmp_path: Path, scaffold: Scaffold, named: bool, edited: dict[str, str], code: int, kept: dict[str, Json]
) -> None:
    name = batch(tmp_path, scaffold)
    build(tmp_path, edited)
    words = [name, tmp_path] if named else [tmp_path]
    for more in ([], ["--dry-run"]):
        outcome = scaffold("undo", *words, "--json", *more)
        assert (outcome.code, undone(outcome)) == (code if code == 5 else 0 if more else 6, {"undoes": name, **kept})
    assert codes(outcome.document) == ([("edited", None)] if code == 5 else [])


def test_the_json_of_an_undo_that_has_nothing_to_do_has_the_same_shape(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("undo", plans.demo(tmp_path), "--json")
    assert (outcome.code, undone(outcome), codes(outcome.document)) == (3, {}, [("nothing_to_undo", None)])
    name = batch(tmp_path, scaffold)
    done = scaffold("undo", name, tmp_path, "--yes", "--json")
    taken = undone(done)
    assert (done.code, taken.pop("batch") is None, taken) == (0, False, {"undoes": name, "removed": [ONE, TWO]})
    again = scaffold("undo", name, tmp_path, "--yes", "--json")
    assert (again.code, undone(again)) == (0, {"undoes": name, "done": [ONE, TWO]})
    newest = scaffold("undo", tmp_path, "--json")
    assert (newest.code, undone(newest)) == (3, {})


@pytest.mark.parametrize("name", ["20260101T000000Z-00000000", "000000000000"], ids=["batch", "change set"])
def test_an_unknown_id_has_the_shape_of_an_undo_too(tmp_path: Path, scaffold: Scaffold, name: str) -> None:
    outcome = scaffold("undo", name, plans.demo(tmp_path), "--json", "--yes")
    assert (outcome.code, undone(outcome), codes(outcome.document)) == (2, {}, [("no_such_batch", None)])
    shown = scaffold("undo", name, tmp_path, "--yes")
    assert (shown.code, shown.out, "hint: `scaffold undo --list` lists the batches" in shown.err) == (2, "", True)


def test_bookkeeping_that_needs_a_person_has_the_shape_of_an_undo_too(tmp_path: Path, scaffold: Scaffold) -> None:
    build(plans.demo(tmp_path), {".scaffold/lock": "", ".scaffold/txn-0123456789abcdef/commit.json": "{}"})
    outcome = scaffold("undo", tmp_path, "--json")
    assert (outcome.code, undone(outcome)) == (9, {})


def test_the_id_of_the_change_set_that_a_preview_showed_finds_its_batch(tmp_path: Path, scaffold: Scaffold) -> None:
    shown = scaffold("executions", plans.demo(tmp_path), "--batch", typed="y\n").out
    (change_set,) = re.findall(r"\(change set ([0-9a-f]{12})\)", shown)
    scaffold("executions", tmp_path, "--batch", "--level", "1", "--yes")
    outcome = scaffold("undo", change_set, tmp_path, "--yes")
    assert (outcome.code, "\nTook back 2 files (batch " in outcome.out) == (0, True)
    assert [name for name in snapshot(tmp_path / "execution") if "_1" in name] == []


def test_of_batches_from_the_same_change_set_the_newest_is_meant(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    scaffold("undo", batch(tmp_path, scaffold), tmp_path, "--yes")
    data = scaffold("executions", tmp_path, "--batch", "--yes", "--json").document["data"]
    assert isinstance(data, dict)
    outcome = scaffold("undo", str(data["change_set"]), tmp_path, "--dry-run", "--json")
    assert undone(outcome)["undoes"] == data["batch"]


def test_a_change_set_that_shares_eight_digits_with_a_batch_is_not_taken_for_it(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    name = batch(tmp_path, scaffold)
    digits = name.partition("-")[2][:8]
    outcome = scaffold("undo", f"{digits}0000", tmp_path, "--json", "--yes")
    assert (outcome.code, codes(outcome.document)) == (2, [("no_such_batch", None)])
    build(tmp_path, {f".scaffold/batches/{name}/record.json": "{"})
    damaged = scaffold("undo", f"{digits}0000", tmp_path, "--json", "--yes").document
    assert codes(damaged) == [("bad_record", f".scaffold/batches/{name}")]


def listed(root: Path, scaffold: Scaffold) -> list[tuple[Json, str]]:
    """Return, for each batch of the list, what `taken_back` is in JSON and what its last column says."""
    data = scaffold("undo", "--list", root, "--json").document["data"]
    assert isinstance(data, dict)
    lines = scaffold("undo", "--list", root).out.splitlines()
    at = lines[0].index("Taken back")
    return [(one["taken_back"], line[at:]) for one, line in zip(data["batches"][::-1], lines[1:], strict=True)]  # type: ignore[arg-type,index]


def test_the_list_says_what_is_taken_back_already_and_by_which_batch(tmp_path: Path, scaffold: Scaffold) -> None:
    name = batch(tmp_path, scaffold)
    text = (tmp_path / ONE).read_text("utf-8")
    build(tmp_path, {ONE: "my notes"})
    assert listed(tmp_path, scaffold) == [(None, "")]
    scaffold("undo", name, tmp_path, "--yes")
    first = batches.batches(tmp_path).summaries[-1].id
    assert listed(tmp_path, scaffold) == [(first, "partly"), (None, "")]
    build(tmp_path, {ONE: text})
    scaffold("undo", name, tmp_path, "--yes")
    second = batches.batches(tmp_path).summaries[-1].id
    assert listed(tmp_path, scaffold) == [(second, "all"), (None, ""), (None, "")]


def test_what_an_undo_took_back_stands_again_once_the_undo_is_taken_back(tmp_path: Path, scaffold: Scaffold) -> None:
    scaffold("undo", batch(tmp_path, scaffold), tmp_path, "--yes")
    undo = batches.batches(tmp_path).summaries[-1].id
    scaffold("undo", undo, tmp_path, "--yes")
    redo = batches.batches(tmp_path).summaries[-1].id
    assert listed(tmp_path, scaffold) == [(None, ""), (redo, "all"), (None, "")]


def test_a_no_is_told_and_is_no_error(tmp_path: Path, scaffold: Scaffold) -> None:
    batch(tmp_path, scaffold)
    outcome = scaffold("undo", tmp_path, typed="n\n")
    assert outcome.code == 6
    assert outcome.err == "Proceed with taking back 2 files? (y/N): Not confirmed: nothing was changed.\n"


def test_a_single_file_that_stays_is_spoken_of_in_the_singular(tmp_path: Path, scaffold: Scaffold) -> None:
    scaffold("executions", plans.demo(tmp_path), "--achievement", "1.1", "--yes")
    build(tmp_path, {ONE: "mine"})
    said = f"cannot be taken back any further: this file has been edited since: {ONE}\n"
    assert said in scaffold("undo", tmp_path, typed="y\n").err


def test_files_that_were_created_again_are_not_said_to_be_edited(tmp_path: Path, scaffold: Scaffold) -> None:
    scaffold("undo", batch(tmp_path, scaffold), tmp_path, "--yes")
    undo = batches.batches(tmp_path).summaries[-1].id
    build(tmp_path, {ONE: "x", TWO: "y"})
    outcome = scaffold("undo", undo, tmp_path, "--yes")
    said = f"cannot be taken back any further: these files have been created again since: {ONE}, {TWO}\n"
    assert (outcome.code, said in outcome.err) == (5, True)


def test_what_is_neither_a_batch_nor_a_plan_is_said_to_be_that(tmp_path: Path, scaffold: Scaffold) -> None:
    for options in ([], ["--yes"]):
        outcome = scaffold("undo", str(tmp_path / "NOSUCH"), *options)
        assert (outcome.code, "NOSUCH is neither the id of a batch nor a plan\n" in outcome.err) == (2, True)


def test_what_nobody_confirmed_is_told_with_a_command_that_names_the_batch(tmp_path: Path, scaffold: Scaffold) -> None:
    name = batch(tmp_path, scaffold)
    (told,) = json.loads(scaffold("undo", tmp_path, "--json").out)["diagnostics"]
    words = told["command"]
    assert words[:4] == ["scaffold", "undo", name, str(tmp_path)]
    assert scaffold(*words[1:]).code == 0
