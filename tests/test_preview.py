"""`scaffold preview` of documents that exist already: what a template, a SUBPLAN or the PLAN comes to now."""

from pathlib import Path
from typing import Any

import pytest

from tests import plans, teams_kit
from tests.conftest import Scaffold, codes
from tests.trees import build, put, snapshot

pytestmark = pytest.mark.usefixtures("_no_real_fsync")


def made_again(scaffold: Scaffold, *command: str | Path) -> dict[str, str]:
    data: Any = scaffold("preview", *command, "--json", "--content").document["data"]
    assert data["files"] == []
    return {document["path"]: document["content"] for document in data["made_again"]}


def test_a_named_achievement_shows_its_documents_with_a_template_that_is_tried(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    root = plans.demo(tmp_path / "DEMO")
    assert scaffold("executions", root, "--batch", "--yes").code == 0
    put(root / "execution/EXECUTION_TASK_DEMO_21_01.md", b"# By hand\n")
    before = snapshot(root, without=())
    template = build(tmp_path, teams_kit.complete("own", body="# {{ task.id }} {{ task.title }}\n")) / "own"
    named = ("--achievement", "1.1", "--achievement", "2.1")
    assert made_again(scaffold, "executions", root, *named, "--template", template) == {
        "execution/EXECUTION_TASK_DEMO_11_01.md": "# 1.1 Part 1.1\n",
        "execution/EXECUTION_TASK_DEMO_21_01.md": "# 2.1 Part 2.1\n",
    }
    told = scaffold("preview", "executions", root, *named, "--template", template, "--show", "2.1", "--quiet")
    assert told.out == "==> execution/EXECUTION_TASK_DEMO_21_01.md <==\n\n# 2.1 Part 2.1\n\n"
    assert snapshot(root, without=()) == before


def test_a_named_achievement_shows_its_subplan_as_the_plan_would_have_it_now(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    root = plans.demo(tmp_path / "DEMO")
    (root / "subplans/SUBPLAN_DEMO_12.md").unlink()
    data: Any = scaffold(
        *("preview", "subplans", root, "--achievement", "1.1", "--achievement", "1.2", "--json", "--content")
    ).document["data"]
    (new,), (again,) = data["files"], data["made_again"]
    assert (new["path"], again["path"]) == ("subplans/SUBPLAN_DEMO_12.md", "subplans/SUBPLAN_DEMO_11.md")
    assert again["content"].splitlines()[0] == "# SUBPLAN: Achievement 1.1 - Part 1.1"
    assert "**Needed by**: 2.1 Part 2.1; 2.2 Part 2.2" in again["content"]


def test_what_is_done_is_not_made_again(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path / "DEMO", {"execution/feedbacks/APPROVED_11.md": "Good.\n"})
    assert made_again(scaffold, "executions", root, "--achievement", "1.1") == {}
    assert made_again(scaffold, "subplans", root, "--achievement", "1.1") == {}


def test_a_batch_of_more_files_than_a_record_can_name_is_refused_before_anybody_is_asked(
    scaffold: Scaffold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plans.demo(tmp_path / "DEMO")
    before = snapshot(plan, without=())
    monkeypatch.setattr("scaffold.transaction.staging.RECORD_LIMIT", 1000)
    outcome = scaffold("executions", plan, "--batch", "--dry-run", "--json")
    assert (outcome.code, codes(outcome.document, "error")) == (3, [("batch_too_large", None)])
    preview = scaffold("preview", "executions", plan, "--batch")
    assert (preview.code, "Apply it" in preview.out) == (0, False)
    assert "`scaffold apply` cannot be told of it: the bookkeeping of this batch has" in preview.err
    assert snapshot(plan, without=()) == before
