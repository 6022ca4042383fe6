"""The Python API for EXECUTION_TASKs: names, shapes and texts of the original tool, on real directories."""

import io
import sys
from pathlib import Path

import pytest

from scaffold.batch_execution import (
    BatchResult,
    batch_create_executions,
    calculate_dependency_level,
    confirm_batch_creation,
    create_execution_file,
    detect_missing_executions,
    filter_by_dependency_level,
    show_batch_preview,
    validate_subplan_prerequisites,
)
from scaffold.errors import Conflict, InvalidInput, PrerequisitesMissing
from tests import plans
from tests.conftest import Answering, Scaffold
from tests.trees import build, snapshot

LEVEL_0: list[plans.Entry] = [{"id": "1.1", "dependencies": []}, {"achievement_id": "1.2", "title": "Part 1.2"}]
QUESTION = "Proceed with batch creation of 2 EXECUTION_TASKs? (y/N): "
PREVIEW = """
📋 Batch EXECUTION Creation Preview
================================================================================
Plan: DEMO
Dependency level: 0
Achievements to create: 2
  1. Achievement 1.1 - EXECUTION_TASK_DEMO_11_01.md
  2. Achievement 1.2 - EXECUTION_TASK_DEMO_12_01.md

"""


def created(root: Path) -> set[str]:
    """Return the names of the EXECUTION_TASKs that are there."""
    return {path.name for path in (root / "execution").glob("*.md")}


class TestBatchResult:
    def test_it_begins_with_lists_that_are_empty_and_its_own(self) -> None:
        first, second = BatchResult(), BatchResult()
        first.created.append(Path("x"))
        first.missing_subplans += ["1.1"]
        assert (second.created, second.skipped, second.errors, second.missing_subplans) == ([], [], [], [])
        assert second == BatchResult(created=[], skipped=[], errors=[], missing_subplans=[])

    def test_it_names_created_files_and_skipped_achievements(self) -> None:
        result = BatchResult([Path("a/b/ONE.md"), Path("TWO.md")], ["1.2"])
        assert str(result) == (
            "✅ Created 2 EXECUTION_TASKs:\n  - ONE.md\n  - TWO.md\n⏭️  Skipped 1 (already exists):\n  - Achievement 1.2"
        )

    def test_it_names_missing_subplans_and_errors(self) -> None:
        result = BatchResult(errors=[("1.3", "no room")], missing_subplans=["1.1", "1.2"])
        assert str(result) == (
            "⚠️  Missing 2 SUBPLANs (create these first):\n  - Achievement 1.1\n  - Achievement 1.2\n"
            "❌ Errors (1):\n  - Achievement 1.3: no room"
        )

    def test_it_says_so_when_nothing_was_created_and_cannot_drive_a_terminal(self) -> None:
        assert str(BatchResult()) == "No EXECUTION_TASK was created."
        assert "\x1b" not in str(BatchResult(errors=[("N/A", "\x1b[2J")]))


class TestPrerequisiteValidation:
    def test_achievements_with_a_subplan_are_valid_and_come_back_as_they_were_given(self, tmp_path: Path) -> None:
        valid, missing = validate_subplan_prerequisites(plans.demo(tmp_path), LEVEL_0)
        assert (valid, missing) == (LEVEL_0, [])
        assert all(one is given for one, given in zip(valid, LEVEL_0, strict=True))

    def test_without_any_subplan_all_ids_are_missing_also_without_a_parallel_json(self, tmp_path: Path) -> None:
        root = build(tmp_path, {"PLAN_DEMO.md": "# PLAN: DEMO\n", "subplans/SUBPLAN_DEMO_11.md/": ""})
        assert validate_subplan_prerequisites(root, LEVEL_0) == ([], ["1.1", "1.2"])

    def test_the_plan_may_be_named_by_its_file_and_the_missing_ones_are_told_from_the_valid_ones(
        self, tmp_path: Path
    ) -> None:
        root = plans.demo(tmp_path)
        (root / "subplans/SUBPLAN_DEMO_12.md").unlink()
        achievements = plans.read(root).achievements[:3]
        valid, missing = validate_subplan_prerequisites(str(root / "PLAN_DEMO.md"), achievements)
        assert ([one.id for one in valid], missing) == (["1.1", "2.1"], ["1.2"])


class TestDetection:
    def test_without_executions_every_achievement_misses_one(self, tmp_path: Path) -> None:
        assert detect_missing_executions(plans.demo(tmp_path), LEVEL_0) == LEVEL_0

    def test_an_execution_of_any_number_is_there_and_of_another_plan_or_a_directory_is_not(
        self, tmp_path: Path
    ) -> None:
        names = ("DEMO_11_02.md", "OTHER_12_01.md", "DEMO_12_01.md/")
        root = plans.demo(tmp_path, {f"execution/EXECUTION_TASK_{name}": "" for name in names})
        assert detect_missing_executions(root, LEVEL_0) == LEVEL_0[1:]

    def test_what_is_complete_or_skipped_misses_none(self, tmp_path: Path) -> None:
        feedbacks = {"execution/feedbacks/APPROVED_11.md": "", "execution/feedbacks/SKIPPED_12.md": ""}
        assert detect_missing_executions(plans.demo(tmp_path, feedbacks), LEVEL_0) == []

    def test_levels_are_those_of_the_dependencies_in_either_form(self, tmp_path: Path) -> None:
        read = plans.read(plans.demo(tmp_path)).achievements
        assert [one.id for one in filter_by_dependency_level(read, 1)] == ["2.1", "2.2"]
        assert filter_by_dependency_level(plans.THREE_LEVELS) == list(plans.THREE_LEVELS[:2])
        memo: dict[str, int] = {}
        assert calculate_dependency_level("3.1", plans.THREE_LEVELS, memo) == 2
        assert calculate_dependency_level("2.1", [], memo) == 1
        assert filter_by_dependency_level([plans.achievement("2.1", "1.1")], 1) == [plans.achievement("2.1", "1.1")]
        for circle in ([plans.achievement("1.1", "1.2"), plans.achievement("1.2", "1.1")], [plans.achievement("1.x")]):
            with pytest.raises(InvalidInput, match=r"form a cycle: 1.1 → 1.2 → 1.1|expected an id"):
                filter_by_dependency_level(circle)

    def test_an_achievement_that_is_not_in_the_list_is_on_level_0(self) -> None:
        memo: dict[str, int] = {}
        assert calculate_dependency_level("9.9", plans.THREE_LEVELS, memo) == 0
        assert memo == {"1.1": 0, "1.2": 0, "2.1": 1, "2.2": 1, "3.1": 2}
        assert calculate_dependency_level("9.9", []) == 0


class TestPreviewAndConfirmation:
    def test_the_preview_lists_every_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        show_batch_preview(LEVEL_0, "DEMO", level=0)
        assert capsys.readouterr().out == PREVIEW

    def test_the_preview_warns_of_missing_subplans_and_survives_a_screen_without_emoji(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        screen = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        monkeypatch.setattr(sys, "stdout", screen)
        show_batch_preview(LEVEL_0[:1], "DEMO", ["1.2", "1.3"])
        screen.seek(0)
        shown = screen.read().encode().decode("unicode_escape")
        assert (
            "⚠️  WARNING: 2 SUBPLANs missing (create these first):\n  - Achievement 1.2\n  - Achievement 1.3\n"
        ) in shown
        assert "Achievements to create: 1\n" in shown

    @pytest.mark.parametrize("answer", ["y", "Y", " yes "])
    def test_y_and_yes_confirm(self, answering: Answering, answer: str) -> None:
        questions = answering(answer)
        assert confirm_batch_creation(LEVEL_0) is True
        assert questions == [QUESTION]

    @pytest.mark.parametrize("answer", ["", "n", "yess", EOFError()])
    def test_anything_else_and_the_end_of_input_do_not(self, answering: Answering, answer: str | BaseException) -> None:
        answering(answer)
        assert confirm_batch_creation(LEVEL_0) is False

    @pytest.mark.parametrize("name", ["CLAUDECODE", "CI"])
    def test_nobody_is_asked_at_a_terminal_that_an_agent_or_continuous_integration_has(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
    ) -> None:
        before = snapshot(plans.demo(tmp_path))
        keyboard = Keyboard("y\n")
        monkeypatch.setattr(sys, "stdin", keyboard)
        monkeypatch.setenv(name, "1")
        result = batch_create_executions(tmp_path)
        assert (result.created, result.errors, snapshot(tmp_path), keyboard.tell()) == ([], [], before, 0)
        assert f": {name} is set; nothing was changed.\n" in capsys.readouterr().err
        monkeypatch.delenv(name)
        assert confirm_batch_creation(LEVEL_0) is True

    def test_a_pipe_and_a_callers_own_input_are_asked_everywhere(
        self, monkeypatch: pytest.MonkeyPatch, answering: Answering
    ) -> None:
        monkeypatch.setenv("CLAUDECODE", "1")
        monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
        assert confirm_batch_creation(LEVEL_0) is True
        monkeypatch.setattr(sys, "stdin", Keyboard())
        answering("y")
        assert confirm_batch_creation(LEVEL_0) is True


class Keyboard(io.StringIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


class TestExecutionCreation:
    def test_a_plan_with_nothing_but_its_plan_file_gets_an_execution_from_the_data(self, tmp_path: Path) -> None:
        root = build(tmp_path, {"PLAN_DEMO.md": "# PLAN: DEMO\n"})
        data = {
            "title": "Sieve",
            "estimated_hours": 3,
            "dependencies": ["1.0"],
            "objective": "Find {{ primes }}.",
            "success_criteria": ["2 is one", "4 is none"],
        }
        path = create_execution_file(root / "PLAN_DEMO.md", "1.1", data)
        assert path == root / "execution/EXECUTION_TASK_DEMO_11_01.md"
        text = path.read_text("utf-8")
        assert "\n**SUBPLAN**: SUBPLAN_DEMO_11.md (not written yet: this is from what the caller gave)  \n" in text
        for said in ("Achievement 1.1 - Sieve\n", "3 hours", "Find {{ primes }}.", "- 2 is one", "not written yet"):
            assert said in text
        before = snapshot(root)
        with pytest.raises(Conflict, match=r"achievement 1\.1 needs no EXECUTION_TASK: it is execution created"):
            create_execution_file(root, "1.1", data)
        assert snapshot(root) == before

    def test_a_document_from_a_subplan_is_that_of_the_command_line_but_names_the_file_without_its_directory(
        self, tmp_path: Path, scaffold: Scaffold
    ) -> None:
        ours, theirs = plans.demo(tmp_path / "DEMO"), plans.demo(tmp_path / "again/DEMO")
        text = create_execution_file(ours, "1.1", {}).read_text("utf-8")
        assert "\n**SUBPLAN**: SUBPLAN_DEMO_11.md  \n" in text
        assert scaffold("executions", theirs, "--achievement", "1.1", "--yes").code == 0
        expected = (theirs / "execution/EXECUTION_TASK_DEMO_11_01.md").read_text("utf-8")
        assert text == expected.replace("subplans/SUBPLAN_DEMO_11.md", "SUBPLAN_DEMO_11.md")
        assert "\n**SUBPLAN**: subplans/SUBPLAN_DEMO_11.md  \n" in expected


class TestBatchCreation:
    def test_after_one_question_the_files_shown_are_there_and_in_the_result(
        self, tmp_path: Path, answering: Answering, capsys: pytest.CaptureFixture[str]
    ) -> None:
        root, questions = plans.demo(tmp_path), answering("y")
        result = batch_create_executions(root / "PLAN_DEMO.md")
        names = ["EXECUTION_TASK_DEMO_11_01.md", "EXECUTION_TASK_DEMO_12_01.md"]
        assert result == BatchResult(created=[root / "execution" / name for name in names])
        assert (questions, capsys.readouterr().out) == ([QUESTION], PREVIEW)
        assert created(root) == set(names)

    def test_a_dry_run_shows_the_same_asks_nothing_and_writes_nothing(
        self, tmp_path: Path, answering: Answering, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before, questions = snapshot(plans.demo(tmp_path), without=()), answering()
        assert batch_create_executions(tmp_path, dry_run=True) == BatchResult()
        assert capsys.readouterr().out == PREVIEW + "🔍 DRY-RUN MODE: No files created\n"
        assert (questions, snapshot(tmp_path, without=())) == ([], before)

    def test_missing_subplans_block_the_whole_batch(
        self, tmp_path: Path, answering: Answering, capsys: pytest.CaptureFixture[str]
    ) -> None:
        root, questions = plans.demo(tmp_path), answering()
        (root / "subplans/SUBPLAN_DEMO_12.md").unlink()
        before = snapshot(root)
        assert batch_create_executions(root) == BatchResult(missing_subplans=["1.2"])
        assert "⚠️  WARNING: 1 SUBPLAN missing (create it first):\n  - Achievement 1.2\n" in capsys.readouterr().out
        (root / "subplans/SUBPLAN_DEMO_11.md").unlink()
        for dry_run in (False, True):
            assert batch_create_executions(root, dry_run).missing_subplans == ["1.1", "1.2"]
            assert "❌ Missing 2 SUBPLANs: write them first, nothing is created before\n" in capsys.readouterr().out
        assert (questions, snapshot(root)) == ([], {path: one for path, one in before.items() if "_11" not in path})

    def test_a_no_and_a_subplan_that_is_not_filled_in_create_nothing(
        self, tmp_path: Path, answering: Answering
    ) -> None:
        before = snapshot(plans.demo(tmp_path))
        answering("n")
        assert (batch_create_executions(tmp_path), snapshot(tmp_path)) == (BatchResult(), before)
        build(tmp_path, {"subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1", "[FILL: what]")})
        ((achievement, message),) = batch_create_executions(tmp_path).errors
        assert (achievement, created(tmp_path)) == ("1.1", set())
        assert "SUBPLAN_DEMO_11.md, line 11: its objective is not filled in" in message

    def test_what_is_there_is_skipped_and_kept_and_the_next_level_comes_when_one_is_done(
        self, tmp_path: Path, answering: Answering, capsys: pytest.CaptureFixture[str]
    ) -> None:
        root = plans.demo(tmp_path, {"execution/EXECUTION_TASK_DEMO_11_01.md": "mine"})
        answering("y", "y", "y")
        results = [batch_create_executions(root) for _ in range(4)]
        assert [one.skipped for one in results] == [["1.1"], [], [], ["1.1", "1.2", "2.1", "2.2", "3.1"]]
        assert [[path.name[20:22] for path in one.created] for one in results] == [["12"], ["21", "22"], ["31"], []]
        assert (root / "execution/EXECUTION_TASK_DEMO_11_01.md").read_text("utf-8") == "mine"
        assert capsys.readouterr().out.endswith("✅ All EXECUTION_TASKs already exist\n")

    def test_every_problem_comes_back_in_the_result(self, tmp_path: Path, answering: Answering) -> None:
        answering()
        missing = tmp_path / "nowhere.json"
        root = plans.demo(tmp_path / "plan", {"execution/EXECUTION_TASK_DEMO_12_01.md/": ""})
        ((achievement, message),) = batch_create_executions(root).errors
        assert (achievement, "is a directory where the EXECUTION_TASK belongs" in message) == ("1.2", True)
        ((achievement, message),) = batch_create_executions(root, parallel_json_path=missing).errors
        assert (achievement, message.startswith(f"parallel.json not found at {missing}")) == ("N/A", True)
        ((achievement, message),) = batch_create_executions(tmp_path / "nothing").errors
        assert (achievement, "does not exist" in message) == ("N/A", True)


class TestBeyondTheOriginal:
    def test_a_subplan_counts_before_the_data(self, tmp_path: Path) -> None:
        root = plans.demo(tmp_path, {"subplans/SUBPLAN_DEMO_12.md": plans.subplan("1.1")})
        text = create_execution_file(root, "1.1", {"title": "Another", "objective": "Another."}).read_text("utf-8")
        assert ("Make it work." in text, "Another" in text) == (True, False)
        with pytest.raises(PrerequisitesMissing, match=r"its header names achievement 1\.1"):
            create_execution_file(root, "1.2", {})
        with pytest.raises(InvalidInput, match=r"no achievement 9\.9"):
            create_execution_file(root, "9.9", {})

    def test_another_parallel_json_says_what_there_is_to_create_and_is_watched(
        self, tmp_path: Path, answering: Answering, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root, other = plans.demo(tmp_path / "plan"), tmp_path / "other.json"
        (root / "parallel.json").unlink()
        other.write_text(plans.parallel_json([plans.achievement("2.1")]))
        answering("y")
        assert [path.name for path in batch_create_executions(root, parallel_json_path=str(other)).created] == [
            "EXECUTION_TASK_DEMO_21_01.md"
        ]
        other.write_text(plans.parallel_json([plans.achievement("2.2")]))
        monkeypatch.setattr("builtins.input", lambda _: [other.write_text("{}"), "y"][1])
        ((achievement, message),) = batch_create_executions(root, parallel_json_path=other).errors
        assert (achievement, "has changed since the preview" in message) == ("N/A", True)
        for broken, where in (
            (b'{"achievements": [}', "line 1: column 19"),
            (b"\xff", "line 1: byte 0xff"),
            (b"", "line 1"),
        ):
            other.write_bytes(broken)
            ((achievement, message),) = batch_create_executions(root, parallel_json_path=other).errors
            assert (achievement, message.startswith(f"Invalid JSON: {other}, {where}")) == ("N/A", True)
        other.write_text('{"achievements": 1}')
        ((_, message),) = batch_create_executions(root, parallel_json_path=other).errors
        assert message.startswith(f"{other}: achievements: expected a list")
