"""`scaffold recover --trust`: what came with a clone is shown, and carried out only by who says so."""

import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests import plans
from tests.broken_os import killed_at
from tests.conftest import Scaffold
from tests.trees import build, snapshot

DOCUMENTS = {"EXECUTION_TASK_DEMO_11_01.md", "EXECUTION_TASK_DEMO_12_01.md"}


@pytest.fixture
def clone(tmp_path: Path, scaffold: Scaffold) -> Path:
    """A copy of a plan whose batch was killed before it published anything."""
    original = tmp_path / "original"
    original.mkdir()
    assert killed_at(1, partial(scaffold, "executions", plans.demo(original), "--batch", "--yes"), ("link",))
    return Path(shutil.copytree(original, tmp_path / "clone"))


def documents(plan: Path) -> set[str]:
    return set(snapshot(plan / "execution"))


def test_a_batch_that_was_not_started_here_stops_every_command_that_writes(clone: Path, scaffold: Scaffold) -> None:
    before = snapshot(clone, without=())
    for arguments in (["recover", clone], ["executions", clone, "--batch", "--yes"], ["undo", clone]):
        outcome = scaffold(*arguments)
        assert outcome.code == 9
        assert "was not started in this directory" in outcome.err
        assert "scaffold recover --trust txn-" in outcome.err
    assert snapshot(clone, without=()) == before


def test_trust_shows_what_it_would_do_and_does_it_once_confirmed(clone: Path, scaffold: Scaffold) -> None:
    before = snapshot(clone, without=())
    refused = scaffold("recover", clone, "--trust", "all", typed="n\n")
    assert refused.code == 6
    assert (
        refused.err == "Proceed with recovering 1 batch not started here? (y/N): Not confirmed: nothing was changed.\n"
    )
    assert "would be completed:" in refused.out
    assert "  create execution/EXECUTION_TASK_DEMO_12_01.md\n" in refused.out
    assert snapshot(clone, without=()) == before
    assert scaffold("recover", clone, "--trust", "all", typed="y\n").code == 0
    assert documents(clone) == DOCUMENTS


def test_trust_without_a_terminal_needs_yes(clone: Path, scaffold: Scaffold) -> None:
    (name,) = (path.name for path in (clone / ".scaffold").glob("txn-*"))
    assert scaffold("recover", clone, "--trust", name, "--no-input").code == 6
    assert documents(clone) == set()
    assert scaffold("recover", clone, "--trust", name, "--yes").code == 0
    assert documents(clone) == DOCUMENTS


def test_trust_names_what_is_in_the_way(clone: Path, scaffold: Scaffold) -> None:
    (clone / "execution").mkdir(exist_ok=True)
    (clone / "execution/EXECUTION_TASK_DEMO_12_01.md").write_text("mine")
    outcome = scaffold("recover", clone, "--trust", "all", "--yes")
    assert outcome.code == 9
    assert "cannot be completed:" in outcome.out
    assert "create execution/EXECUTION_TASK_DEMO_12_01.md, but it already exists" in outcome.out
    assert documents(clone) == {"EXECUTION_TASK_DEMO_12_01.md"}
    assert (clone / "execution/EXECUTION_TASK_DEMO_12_01.md").read_text() == "mine"


def test_trust_in_what_does_not_exist_is_a_usage_error_that_names_what_does(clone: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("recover", clone, "--trust", "txn-0", "--yes")
    assert outcome.code == 2
    assert next((clone / ".scaffold").glob("txn-*")).name in outcome.err


def test_programs_are_told_what_is_not_trusted(clone: Path, scaffold: Scaffold) -> None:
    data: Any = scaffold("recover", clone, "--json").document["data"]
    (batch,) = data["untrusted"]
    assert {change["path"] for change in batch["changes"]} == {f"execution/{name}" for name in DOCUMENTS}
    done: Any = scaffold("recover", clone, "--trust", batch["transaction"], "--yes", "--json").document["data"]
    assert (len(done["completed"]), done["untrusted"]) == (1, [])


def lock_is_a_directory(plan: Path) -> None:
    build(plan, {".scaffold/lock/notes.md": "mine", ".scaffold/txn-0123456789abcdef/": ""})


def batches_are_a_file(plan: Path) -> None:
    build(plan, {".scaffold/lock": "", ".scaffold/batches": "mine"})


def transaction_is_a_link(plan: Path) -> None:
    build(plan, {".scaffold/lock": "", "notes.md": "mine"})
    (plan / ".scaffold/txn-0123456789abcdef").symlink_to(plan / "notes.md")


def transaction_has_a_foreign_file(plan: Path) -> None:
    build(plan, {".scaffold/lock": "", ".scaffold/txn-0123456789abcdef/notes.md": "mine"})


def journal_is_damaged(plan: Path) -> None:
    txn = ".scaffold/txn-0123456789abcdef"
    build(plan, {".scaffold/lock": "", f"{txn}/commit.json": "{", f"{txn}/old-00000": "the only copy"})


NEEDS_A_PERSON = {
    "bad_lock": (lock_is_a_directory, "lock"),
    "bad_directory": (batches_are_a_file, "batches"),
    "not_a_directory": (transaction_is_a_link, "txn-0123456789abcdef"),
    "stranger": (transaction_has_a_foreign_file, "txn-0123456789abcdef/notes.md"),
    "bad_journal": (journal_is_damaged, "txn-0123456789abcdef"),
}


@pytest.mark.parametrize("code", NEEDS_A_PERSON)
def test_what_needs_a_person_stays_and_the_hint_says_to_look_and_leads_to_the_end(
    tmp_path: Path, scaffold: Scaffold, code: str
) -> None:
    make, moved = NEEDS_A_PERSON[code]
    plan = plans.demo(tmp_path / "plan")
    make(plan)
    before = snapshot(plan, without=())
    refused = scaffold("executions", plan, "--batch", "--yes", "--json")
    diagnostics: Any = refused.document["diagnostics"]
    assert (refused.code, [problem["code"] for problem in diagnostics]) == (9, [code])
    hint = diagnostics[0]["hint"]
    assert "remove" not in hint
    assert hint.index("look") < hint.index("move")
    assert snapshot(plan, without=()) == before
    (plan / ".scaffold" / moved).rename(tmp_path / "moved away")
    assert scaffold("executions", plan, "--batch", "--yes").code == 0
    assert documents(plan) == DOCUMENTS


def test_the_hint_about_a_clone_shows_before_it_does_and_removes_nothing(clone: Path, scaffold: Scaffold) -> None:
    said = scaffold("recover", clone).err
    assert "shows what it would do, and asks; or look into it and move it out of the plan\n" in said
    assert "remove" not in said
    (txn,) = (clone / ".scaffold").glob("txn-*")
    txn.rename(clone.parent / "moved away")
    assert scaffold("executions", clone, "--batch", "--yes").code == 0
