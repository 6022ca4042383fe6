"""The Python API for SUBPLANs: the counterpart of that for EXECUTION_TASKs, on real directories."""

from pathlib import Path

import pytest

from scaffold import batch_execution
from scaffold.batch_subplan import (
    BatchResult,
    batch_create_subplans,
    calculate_dependency_level,
    confirm_batch_creation,
    create_subplan_file,
    detect_missing_subplans,
    filter_by_dependency_level,
    show_batch_preview,
)
from scaffold.errors import Conflict, InvalidInput
from tests import plans
from tests.conftest import Answering
from tests.plans import undesigned
from tests.trees import build, snapshot

LEVEL_0: list[plans.Entry] = [plans.achievement("1.1"), {"achievement_id": "1.2"}]
QUESTION = "Proceed with batch creation of 2 SUBPLANs? (y/N): "
PREVIEW = """
📋 Batch SUBPLAN Creation Preview
================================================================================
Plan: DEMO
Dependency level: 0
Achievements to create: 2
  1. Achievement 1.1 - SUBPLAN_DEMO_11.md
  2. Achievement 1.2 - SUBPLAN_DEMO_12.md

"""


class TestBatchResult:
    def test_it_speaks_of_subplans(self) -> None:
        result = BatchResult([Path("a/ONE.md")], ["1.2"], [("1.3", "no room")])
        assert str(result) == (
            "✅ Created 1 SUBPLAN:\n  - ONE.md\n⏭️  Skipped 1 (already exists):\n  - Achievement 1.2\n"
            "❌ Errors (1):\n  - Achievement 1.3: no room"
        )

    def test_it_says_so_when_nothing_was_created(self) -> None:
        assert str(BatchResult()) == "No SUBPLAN was created."


class TestDetection:
    def test_without_subplans_every_achievement_misses_one_and_comes_back_as_given(self, tmp_path: Path) -> None:
        found = detect_missing_subplans(undesigned(tmp_path) / "PLAN_DEMO.md", LEVEL_0)
        assert [id(one) for one in found] == [id(one) for one in LEVEL_0]

    def test_one_that_has_its_subplan_or_is_complete_misses_none(self, tmp_path: Path) -> None:
        there = {"subplans/SUBPLAN_DEMO_11.md": "mine", "execution/feedbacks/APPROVED_12.md": ""}
        root = build(undesigned(tmp_path), there)
        assert [one.id for one in detect_missing_subplans(root, plans.read(root).achievements)] == ["2.1", "2.2", "3.1"]

    def test_of_several_plans_the_one_that_parallel_json_names_is_meant(self, tmp_path: Path) -> None:
        names = ("PLAN_OTHER.md", "subplans/SUBPLAN_OTHER_11.md", "subplans/SUBPLAN_DEMO_12.md")
        assert detect_missing_subplans(build(undesigned(tmp_path), dict.fromkeys(names, "")), LEVEL_0) == LEVEL_0[:1]

    def test_what_is_no_achievement_and_no_plan_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match="expected an id"):
            detect_missing_subplans(undesigned(tmp_path), [{"title": "no id"}])
        with pytest.raises(InvalidInput, match="does not exist"):
            detect_missing_subplans(tmp_path / "nothing", LEVEL_0)

    def test_levels_are_the_same_functions_as_for_executions(self) -> None:
        assert filter_by_dependency_level is batch_execution.filter_by_dependency_level
        assert calculate_dependency_level is batch_execution.calculate_dependency_level


class TestPreviewAndConfirmation:
    def test_the_preview_lists_every_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        show_batch_preview(LEVEL_0, "DEMO", level=0)
        assert capsys.readouterr().out == PREVIEW

    @pytest.mark.parametrize(("answer", "confirmed"), [("y", True), ("YES", True), ("", False), ("no", False)])
    def test_only_y_and_yes_confirm(self, answering: Answering, answer: str, confirmed: bool) -> None:
        questions = answering(answer)
        assert (confirm_batch_creation(LEVEL_0), questions) == (confirmed, [QUESTION])


class TestSubplanCreation:
    def test_a_plan_with_nothing_but_its_plan_file_gets_a_subplan_from_the_data(self, tmp_path: Path) -> None:
        root = build(tmp_path, {"PLAN_DEMO.md": "# PLAN: DEMO\n"})
        data = {
            "title": "Sieve",
            "objective": "Find {{ primes }}.",
            "deliverables": ["`sieve.py`"],
            "estimated_hours": 3,
        }
        path = create_subplan_file(root, "1.1", data)
        assert path == root / "subplans/SUBPLAN_DEMO_11.md"
        text = path.read_text("utf-8")
        for said in (
            "Achievement 1.1 - Sieve\n",
            "3 hours",
            "Find {{ primes }}.",
            "- `sieve.py`",
            "from `PLAN_DEMO.md` (",
        ):
            assert said in text
        before = snapshot(root)
        with pytest.raises(Conflict, match=r"achievement 1\.1 needs no SUBPLAN: it is subplan unfilled"):
            create_subplan_file(root, "1.1", data)
        assert snapshot(root) == before

    def test_what_the_plan_says_counts_before_the_data(self, tmp_path: Path) -> None:
        text = create_subplan_file(undesigned(tmp_path), "1.1", {"goal": "Another."}).read_text("utf-8")
        assert ("Build {{ the }} first part." in text, "Another." in text) == (True, False)
        assert "Another." in create_subplan_file(tmp_path, "1.2", {"goal": "Another."}).read_text("utf-8")


class TestBatchCreation:
    def test_after_one_question_the_files_shown_are_there_and_in_the_result(
        self, tmp_path: Path, answering: Answering, capsys: pytest.CaptureFixture[str]
    ) -> None:
        root, questions = undesigned(tmp_path), answering("y")
        result = batch_create_subplans(root)
        names = ["SUBPLAN_DEMO_11.md", "SUBPLAN_DEMO_12.md"]
        assert result == BatchResult(created=[root / "subplans" / name for name in names])
        assert (questions, capsys.readouterr().out) == ([QUESTION], PREVIEW)
        assert sorted(path.name for path in (root / "subplans").iterdir()) == names

    def test_a_dry_run_shows_the_same_asks_nothing_and_writes_nothing(
        self, tmp_path: Path, answering: Answering, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before, questions = snapshot(undesigned(tmp_path), without=()), answering()
        assert batch_create_subplans(str(tmp_path), dry_run=True) == BatchResult()
        assert capsys.readouterr().out == PREVIEW + "🔍 DRY-RUN MODE: No files created\n"
        assert (questions, snapshot(tmp_path, without=())) == ([], before)

    def test_what_is_there_is_skipped_and_kept_and_the_next_level_comes_when_one_is_done(
        self, tmp_path: Path, answering: Answering
    ) -> None:
        root = build(undesigned(tmp_path), {"subplans/SUBPLAN_DEMO_11.md": "mine"})
        answering("y", "y", "y")
        results = [batch_create_subplans(root) for _ in range(4)]
        assert [one.skipped for one in results] == [["1.1"], [], [], ["1.1", "1.2", "2.1", "2.2", "3.1"]]
        assert [[path.name[13:15] for path in one.created] for one in results] == [["12"], ["21", "22"], ["31"], []]
        assert (root / "subplans/SUBPLAN_DEMO_11.md").read_text("utf-8") == "mine"

    def test_a_no_and_the_end_of_input_create_nothing(self, tmp_path: Path, answering: Answering) -> None:
        before = snapshot(undesigned(tmp_path))
        answering("n", EOFError())
        assert [batch_create_subplans(tmp_path), batch_create_subplans(tmp_path)] == [BatchResult()] * 2
        assert snapshot(tmp_path) == before

    def test_every_problem_comes_back_in_the_result(self, tmp_path: Path, answering: Answering) -> None:
        answering("y")
        root = build(tmp_path / "plan", {"PLAN_DEMO.md": ""})
        result = batch_create_subplans(root)
        ((achievement, message),) = result.errors
        assert (achievement, message.startswith(f"parallel.json not found at {root}/parallel.json")) == ("N/A", True)
        assert str(result).startswith("❌ Errors (1):\n  - Achievement N/A: parallel.json not found at ")
        (root / "parallel.json").write_text("[")
        ((achievement, message),) = batch_create_subplans(root).errors
        assert (achievement, message.startswith("Invalid JSON: parallel.json, line 1: ")) == ("N/A", True)

    def test_a_file_that_appears_after_the_preview_is_kept_and_reported_for_its_achievement(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root, theirs = undesigned(tmp_path), {"subplans/SUBPLAN_DEMO_12.md": "somebody else's"}
        monkeypatch.setattr("builtins.input", lambda _: "y" if build(root, theirs) else "n")
        ((achievement, message),) = batch_create_subplans(root).errors
        assert (achievement, "SUBPLAN_DEMO_12.md" in message) == ("1.2", True)
        assert snapshot(root / "subplans") == {"SUBPLAN_DEMO_12.md": b"somebody else's"}
