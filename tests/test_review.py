"""`scaffold review` writes a verdict as every command writes; and a retry answers a FIX once."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from scaffold import terminal
from tests import plans
from tests.conftest import Outcome, Scaffold, codes
from tests.trees import Tree, added, build, snapshot

FINISHED: Tree = {"execution/EXECUTION_TASK_DEMO_11_01.md": "**Status**: ✅ Complete\n"}
APPROVED, FIX, SKIPPED = (f"execution/feedbacks/{verdict}_11.md" for verdict in ("APPROVED", "FIX", "SKIPPED"))


def data(outcome: Outcome) -> Any:
    """Return `data` of the JSON document of a run."""
    return outcome.document["data"]


def state(root: Path, scaffold: Scaffold) -> str:
    return str(data(scaffold("status", root, "--all", "--json"))["achievements"][0]["state"])


@pytest.mark.parametrize(
    ("options", "path", "text", "then"),
    [
        pytest.param(
            ["--approve"],
            APPROVED,
            "# APPROVED: Achievement 1.1 - Part 1.1\n\n**Achievement**: 1.1  \n**Verdict**: Approved  \n"
            "**Judges**: `EXECUTION_TASK_DEMO_11_01.md`  \n**Created**: 2026-01-02\n",
            "complete",
            id="approve",
        ),
        pytest.param(
            ["--fix", "--message", "Handle `0`.\n"],
            FIX,
            "# FIX: Achievement 1.1 - Part 1.1\n\n**Achievement**: 1.1  \n**Verdict**: To fix  \n"
            "**Judges**: `EXECUTION_TASK_DEMO_11_01.md`  \n**Created**: 2026-01-02\n\n## What to fix\n\nHandle `0`.\n",
            "needs_fix",
            id="fix",
        ),
        pytest.param(
            ["--skip", "--message", "Not wanted."],
            SKIPPED,
            "# SKIPPED: Achievement 1.1 - Part 1.1\n\n**Achievement**: 1.1  \n**Verdict**: Skipped  \n"
            "**Judges**: `EXECUTION_TASK_DEMO_11_01.md`  \n**Created**: 2026-01-02\n\n## Why\n\nNot wanted.\n",
            "skipped",
            id="skip",
        ),
    ],
)
def test_a_verdict_is_shown_confirmed_written_and_can_be_taken_back(
    tmp_path: Path,
    scaffold: Scaffold,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    path: str,
    text: str,
    then: str,
) -> None:
    monkeypatch.setattr("scaffold.clock.today", lambda: "2026-01-02")
    before = snapshot(plans.demo(tmp_path, FINISHED))
    dry = scaffold("review", "1.1", tmp_path, *options, "--dry-run")
    assert (dry.code, snapshot(tmp_path)) == (0, before)
    assert scaffold("review", "1.1", tmp_path, *options, typed="n\n").code == 6
    written = scaffold("review", "1.1", tmp_path, *options, typed="y\n")
    assert (written.code, added(tmp_path, before)) == (0, {path})
    assert (tmp_path / path).read_text("utf-8") == text
    assert state(tmp_path, scaffold) == then
    assert f"Wrote {path} (batch " in written.out
    assert "\nNext: " in written.out
    (batch,) = data(scaffold("undo", "--list", tmp_path, "--json"))["batches"]
    assert batch["command"] == "review"
    assert scaffold("undo", str(batch["id"]), tmp_path, "--yes").code == 0
    assert not (tmp_path / path).exists()


def test_the_message_may_come_from_a_file(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path / "DEMO", FINISHED)
    (tmp_path / "why.md").write_text("- one\n- two\n")
    assert scaffold("review", "1.1", root, "--fix", "--file", tmp_path / "why.md", "--yes").code == 0
    assert (root / FIX).read_text("utf-8").endswith("\n\n## What to fix\n\n- one\n- two\n")


@pytest.mark.parametrize(
    ("files", "options", "code", "found"),
    [
        pytest.param({}, ["--approve"], 4, "no_attempt", id="approve nothing"),
        pytest.param({}, ["--fix", "--message", "x"], 4, "no_attempt", id="fix nothing"),
        pytest.param({**FINISHED, APPROVED: ""}, ["--fix", "--message", "x"], 5, "already_approved", id="fix approved"),
        pytest.param({**FINISHED, APPROVED: ""}, ["--skip"], 5, "already_approved", id="skip approved"),
        pytest.param({**FINISHED, FIX: ""}, ["--fix", "--message", "x"], 5, "fix_unanswered", id="another fix"),
        pytest.param({**FINISHED, FIX: ""}, ["--skip"], 5, "fix_unanswered", id="skip what is to be fixed"),
        pytest.param(FINISHED, [], 2, "usage", id="no verdict"),
        pytest.param(FINISHED, ["--fix"], 2, "usage", id="nothing to fix"),
        pytest.param(FINISHED, ["--approve", "--skip"], 2, "usage", id="two verdicts"),
        pytest.param(FINISHED, ["--fix", "--message", "x", "--file", "y"], 2, "usage", id="two messages"),
    ],
)
def test_a_verdict_without_effect_or_without_anything_to_judge_is_refused(
    tmp_path: Path, scaffold: Scaffold, files: Tree, options: list[str], code: int, found: str
) -> None:
    before = snapshot(plans.demo(tmp_path, files), without=())
    outcome = scaffold("review", "1.1", tmp_path, *options, "--yes", "--json")
    assert (outcome.code, [code for code, _ in codes(outcome.document)]) == (code, [found])
    assert snapshot(tmp_path, without=()) == before


def test_an_unknown_id_is_told_with_the_nearest(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("review", "1.11", plans.demo(tmp_path), "--approve")
    assert (outcome.code, "did you mean 1.1?" in outcome.err) == (2, True)


@pytest.mark.parametrize(
    "options", [["--approve"], ["--fix", "--message", "Mend it."], ["--skip"]], ids=["approve", "fix", "skip"]
)
def test_the_same_verdict_twice_changes_nothing(tmp_path: Path, scaffold: Scaffold, options: list[str]) -> None:
    plans.demo(tmp_path, FINISHED)
    assert scaffold("review", "1.1", tmp_path, *options, "--yes").code == 0
    before = snapshot(tmp_path, without=())
    again = scaffold("review", "1.1", tmp_path, *options)
    assert (again.code, "Nothing to write" in again.out) == (0, True)
    assert snapshot(tmp_path, without=()) == before


def test_another_message_for_the_same_verdict_is_not_dropped_without_a_word(tmp_path: Path, scaffold: Scaffold) -> None:
    plans.demo(tmp_path)
    assert scaffold("review", "1.1", tmp_path, "--skip", "--yes").code == 0
    again = scaffold("review", "1.1", tmp_path, "--skip", "--message", "Nobody needs it.", "--yes")
    assert (again.code, f"warning: {SKIPPED}: exists already: the message is not added" in again.err) == (0, True)


def test_an_approval_of_what_does_not_say_that_it_is_finished_warns(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"execution/EXECUTION_TASK_DEMO_11_01.md": "**Status**: In progress\n"})
    outcome = scaffold("review", "1.1", root, "--approve", "--yes")
    assert (outcome.code, "its Status does not say that it is finished" in outcome.err) == (0, True)


def test_an_answered_fix_is_replaced_by_the_next_and_comes_back_with_an_undo(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    plans.demo(tmp_path, FINISHED)
    assert scaffold("review", "1.1", tmp_path, "--fix", "--message", "First.", "--yes").code == 0
    assert scaffold("executions", tmp_path, "--achievement", "1.1", "--again", "--yes").code == 0
    first = (tmp_path / FIX).read_bytes()
    assert state(tmp_path, scaffold) == "fix_in_progress"
    second = data(scaffold("review", "1.1", tmp_path, "--fix", "--message", "Second.", "--yes", "--json"))
    assert "`EXECUTION_TASK_DEMO_11_02.md`" in (tmp_path / FIX).read_text("utf-8")
    assert state(tmp_path, scaffold) == "needs_fix"
    assert scaffold("undo", second["batch"], tmp_path, "--yes").code == 0
    assert (tmp_path / FIX).read_bytes() == first


def test_another_attempt_is_made_once_for_each_fix(tmp_path: Path, scaffold: Scaffold) -> None:
    plans.demo(tmp_path, {**FINISHED, FIX: "Mend it.\n"})
    assert scaffold("executions", tmp_path, "--achievement", "1.1", "--again", "--yes").code == 0
    assert (tmp_path / "execution/EXECUTION_TASK_DEMO_11_02.md").read_text("utf-8").rstrip().endswith("…).")
    before = snapshot(tmp_path, without=())
    again = scaffold("executions", tmp_path, "--achievement", "1.1", "--again", "--yes")
    assert (again.code, snapshot(tmp_path, without=())) == (0, before)
    assert "Nothing to create: no FIX waits for another attempt here." in again.out
    (tmp_path / FIX).write_text("Mend this too.\n")
    assert scaffold("executions", tmp_path, "--achievement", "1.1", "--again", "--yes").code == 0
    assert (tmp_path / "execution/EXECUTION_TASK_DEMO_11_03.md").is_file()


def test_a_template_without_the_hash_is_answered_by_the_record_of_its_batch(tmp_path: Path, scaffold: Scaffold) -> None:
    plans.demo(tmp_path, {**FINISHED, FIX: "Mend it.\n"})
    assert scaffold("executions", tmp_path, "--achievement", "1.1", "--again", "--yes").code == 0
    document = tmp_path / "execution/EXECUTION_TASK_DEMO_11_02.md"
    document.write_text(document.read_text("utf-8").rpartition("\n---\n")[0] + "\n")
    assert state(tmp_path, scaffold) == "fix_in_progress"


@pytest.mark.parametrize(
    ("fix", "then"),
    [
        pytest.param("See EXECUTION_TASK_DEMO_11_01.md.", "in_review", id="an attempt before"),
        pytest.param("See EXECUTION_TASK_DEMO_11_02.md.", "needs_fix", id="this attempt"),
        pytest.param("See EXECUTION_TASK_DEMO_12_01.md.", "needs_fix", id="an attempt at something else"),
        pytest.param("Mend it.", "needs_fix", id="none"),
    ],
)
def test_a_fix_that_names_an_attempt_before_the_newest_is_answered(
    tmp_path: Path, scaffold: Scaffold, fix: str, then: str
) -> None:
    two = {**FINISHED, "execution/EXECUTION_TASK_DEMO_11_02.md": "**Status**: Done\n", FIX: fix}
    assert state(plans.demo(tmp_path, two), scaffold) == then


def test_six_processes_that_retry_at_once_make_one_document(tmp_path: Path) -> None:
    plans.demo(tmp_path, {**FINISHED, FIX: "Mend it.\n"})
    line = [sys.executable, "-m", "scaffold", "executions", str(tmp_path), "--achievement", "1.1", "--again", "--yes"]
    runs = [subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(6)]
    assert {run.wait() for run in runs} <= {0, 5, 7}
    made = sorted(path.name for path in (tmp_path / "execution").glob("*.md"))
    assert made == ["EXECUTION_TASK_DEMO_11_01.md", "EXECUTION_TASK_DEMO_11_02.md"]


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("**Status**: ✅ COMPLETE", "in_review"),
        ("**Status**: Done, but for the docs", "in_review"),
        ("Status: Implementation Complete", "in_review"),
        ("**Status:** Ready for Review", "in_review"),
        ("**Status**: 🚧 In Progress", "in_progress"),
        ("> **Status**: Starting", "in_progress"),
        ("**Status**: ⛔ Blocked: no access", "blocked"),
        ("**Status**: Not started", "execution_created"),
        ("**Status**: Pending", "execution_created"),
        ("no such line", "execution_created"),
        ("\n" * 60 + "**Status**: Complete", "execution_created"),
        ("**Status**: IN_PROGRESS", "in_progress"),
        ("**Status**: ready-for-review", "in_review"),
        ("| **Status** | Complete |", "in_review"),
        ("**Status**: ~~Complete~~ In progress", "in_progress"),
        ("**Status**: Completed 60%", "in_progress"),
        ("**Status**: Complete (100%)", "in_review"),
        ("**Status**: [Complete / In progress]", "execution_created"),
        ("**Status**: Complete | In Progress | Blocked", "execution_created"),
        ("**Status**: [ ] Complete", "execution_created"),
        ("**Status**: [x] Complete", "in_review"),
        ("**Status**: Нет complete", "execution_created"),
    ],
)
def test_the_status_of_the_newest_attempt_decides(tmp_path: Path, scaffold: Scaffold, said: str, then: str) -> None:
    older = {"execution/EXECUTION_TASK_DEMO_11_01.md": "**Status**: Blocked\n"}
    root = plans.demo(tmp_path, {**older, "execution/EXECUTION_TASK_DEMO_11_02.md": f"# T\n\n{said}\n"})
    assert state(root, scaffold) == then


@pytest.mark.parametrize(
    ("statuses", "then"),
    [
        (("Complete", "Complete"), "in_review"),
        (("Complete", "Not started"), "in_progress"),
        (("Not started", "Complete"), "in_progress"),
        (("Blocked", "Complete"), "blocked"),
        (("Not started", "Not started"), "execution_created"),
    ],
)
def test_a_planned_set_is_finished_when_each_of_its_documents_is(
    tmp_path: Path, scaffold: Scaffold, statuses: tuple[str, str], then: str
) -> None:
    strategy = "\n## Execution Strategy\n\n" + "".join(f"- EXECUTION_TASK_DEMO_11_0{n}: part {n}\n" for n in (1, 2))
    documents = {
        f"execution/EXECUTION_TASK_DEMO_11_0{number}.md": f"**Status**: {status}\n"
        for number, status in enumerate(statuses, 1)
    }
    root = plans.demo(tmp_path, {"subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1") + strategy, **documents})
    assert state(root, scaffold) == then


def test_next_creates_all_executions_that_a_subplan_plans(tmp_path: Path, scaffold: Scaffold) -> None:
    strategy = "\n## Execution Strategy\n\n" + "".join(f"- EXECUTION_TASK_DEMO_11_0{n}: part {n}\n" for n in (1, 2))
    root = build(
        tmp_path,
        {**plans.tree([plans.achievement("1.1")]), "subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1") + strategy},
    )
    (action,) = json.loads(scaffold("next", root, "--json").out)["data"]["actions"]
    assert scaffold(*action["command"][1:], "--yes").code == 0
    assert sorted(path.name[-5:] for path in (root / "execution").glob("*.md")) == ["01.md", "02.md"]


def test_taking_back_what_is_approved_warns(tmp_path: Path, scaffold: Scaffold) -> None:
    plans.demo(tmp_path)
    made = data(scaffold("executions", tmp_path, "--achievement", "1.1", "--yes", "--json"))
    assert "judges it" not in scaffold("undo", tmp_path, "--dry-run").err
    assert scaffold("review", "1.1", tmp_path, "--approve", "--yes").code == 0
    taken = scaffold("undo", made["batch"], tmp_path, "--dry-run")
    assert f"warning: execution/EXECUTION_TASK_DEMO_11_01.md: {APPROVED} judges it" in taken.err


def test_next_names_no_planned_execution_of_what_has_begun(tmp_path: Path, scaffold: Scaffold) -> None:
    def strategy(slug: str) -> str:
        return "\n## Execution Strategy\n\n" + "".join(f"- EXECUTION_TASK_DEMO_{slug}_0{n}: part {n}\n" for n in (1, 2))

    ids = ("1.1", "1.2", "1.3")
    broken = {"subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1", "[FILL: it]"), **FINISHED}
    planned = {
        f"subplans/SUBPLAN_DEMO_{s}.md": plans.subplan(i) + strategy(s) for i, s in (("1.2", "12"), ("1.3", "13"))
    }
    root = build(tmp_path, {**plans.tree([plans.achievement(i) for i in ids]), **broken, **planned})
    actions = json.loads(scaffold("next", root, "--json").out)["data"]["actions"]
    (create,) = [action for action in actions if action["kind"] == "create_execution"]
    assert create["achievements"] == ["1.2", "1.3"]
    assert scaffold(*create["command"][1:], "--yes").code == 0
    made = {path.name for path in (root / "execution").glob("*.md")}
    assert made == {f"EXECUTION_TASK_DEMO_{name}.md" for name in ("11_01", "12_01", "12_02", "13_01", "13_02")}


def test_an_execution_task_without_a_number_stops_no_command(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"execution/EXECUTION_TASK_DEMO_11_draft.md": "**Status**: Complete\n"})
    assert [scaffold(command, root).code for command in ("status", "next", "check", "graph")] == [0, 0, 0, 0]
    assert state(root, scaffold) == "in_review"


def asked(
    monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, arguments: Sequence[str | Path], between: Callable[[], object]
) -> int:
    """Run a command, do something while its question waits, and answer y; return the exit code."""

    def confirm(_question: str, *, may_ask: bool) -> bool:
        monkeypatch.undo()
        between()
        return may_ask

    monkeypatch.setattr(terminal, "confirm", confirm)
    return scaffold(*arguments).code


@pytest.mark.parametrize(
    ("options", "between"),
    [
        (["--fix", "--message", "x"], ["--approve"]),
        (["--fix", "--message", "x"], ["--skip"]),
        (["--skip"], ["--fix", "--message", "x"]),
        (["--approve"], ["--fix", "--message", "x"]),
        (["--approve"], ["--approve"]),
    ],
)
def test_of_two_verdicts_at_once_the_second_is_a_conflict(
    tmp_path: Path, scaffold: Scaffold, options: list[str], between: list[str]
) -> None:
    root = plans.demo(tmp_path, FINISHED)
    with pytest.MonkeyPatch.context() as patch:
        other = lambda: scaffold("review", "1.1", root, *between, "--yes")  # noqa: E731
        assert asked(patch, scaffold, ["review", "1.1", root, *options], other) == 5
    assert len(list((root / "execution/feedbacks").iterdir())) == 1


def test_an_approval_of_an_attempt_that_is_not_the_newest_any_more_is_a_conflict(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    root = plans.demo(tmp_path, {**FINISHED, FIX: "Mend it.\n"})
    again = ("executions", root, "--achievement", "1.1", "--again", "--yes")
    with pytest.MonkeyPatch.context() as patch:
        assert asked(patch, scaffold, ["review", "1.1", root, "--approve"], lambda: scaffold(*again)) == 5
    assert not (root / APPROVED).exists()


@pytest.mark.parametrize("between", ["approve", "edit"])
def test_an_attempt_whose_fix_is_another_meanwhile_is_a_conflict(
    tmp_path: Path, scaffold: Scaffold, between: str
) -> None:
    root = plans.demo(tmp_path, {**FINISHED, FIX: "Mend it.\n"})
    other = {
        "approve": lambda: scaffold("review", "1.1", root, "--approve", "--yes"),
        "edit": lambda: (root / FIX).write_text("Mend that too.\n"),
    }
    with pytest.MonkeyPatch.context() as patch:
        arguments: list[str | Path] = ["executions", root, "--achievement", "1.1", "--again"]
        assert asked(patch, scaffold, arguments, other[between]) == 5
    assert not (root / "execution/EXECUTION_TASK_DEMO_11_02.md").exists()


def test_a_part_of_what_was_said_is_another_complaint(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, FINISHED)
    assert scaffold("review", "1.1", root, "--fix", "--message", "First complaint.", "--yes").code == 0
    for message in ("complaint", "1.1", "First complaint. And more."):
        assert scaffold("review", "1.1", root, "--fix", "--message", message, "--yes").code == 5


def test_a_message_that_is_not_utf_8_is_a_usage_problem(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("review", "1.1", plans.demo(tmp_path, FINISHED), "--fix", "--message", "a\udcff", "--yes")
    assert (outcome.code, "--message is not UTF-8" in outcome.err) == (2, True)


def test_a_fix_that_is_too_long_to_be_answered_is_told_and_makes_no_attempt_after_attempt(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    root = plans.demo(tmp_path, {**FINISHED, FIX: "x" * 2_000_001})
    outcome = scaffold("executions", root, "--achievement", "1.1", "--again", "--yes")
    assert (outcome.code, f"{FIX}: cannot be read, or has more than 2,000,000 bytes" in outcome.err) == (3, True)
    assert f"1. Make {FIX} a readable file of at most 2 MB" in scaffold("next", root).out


@pytest.mark.parametrize("verdict", ["APPROVED", "FIX", "SKIPPED"])
def test_a_verdict_that_is_no_regular_file_is_told_by_check_and_next(
    tmp_path: Path, scaffold: Scaffold, verdict: str
) -> None:
    root = plans.demo(tmp_path, FINISHED)
    (root / "execution/feedbacks").mkdir()
    (root / f"execution/feedbacks/{verdict}_11.md").symlink_to("nowhere")
    checked = scaffold("check", root)
    assert checked.code == 3
    assert f"feedbacks/{verdict}_11.md: is a symbolic link where the {verdict} verdict belongs\n" in checked.out
    assert f"1. Move execution/feedbacks/{verdict}_11.md away" in scaffold("next", root).out


def test_a_plan_that_cannot_be_read_is_what_next_asks_a_person_to_correct(tmp_path: Path, scaffold: Scaffold) -> None:
    markers = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"
    root = build(tmp_path, {**plans.tree(plans.THREE_LEVELS), "PLAN_DEMO.md": f"# PLAN: DEMO\n\n{markers}"})
    (action,) = json.loads(scaffold("next", root, "--json").out)["data"]["actions"]
    assert (action["kind"], action["achievements"], action["command"]) == ("ask_person", ["1.1", "1.2"], None)
    assert action["text"].startswith("Correct PLAN_DEMO.md: holds merge markers")


def test_of_very_many_what_is_in_the_way_of_one_stops_no_other(tmp_path: Path, scaffold: Scaffold) -> None:
    ids = [f"1.{number}" for number in range(1, 31)]
    root = build(tmp_path, plans.tree([plans.achievement(id_) for id_ in ids], subplans=ids))
    (root / "execution/EXECUTION_TASK_DEMO_115_01.md").mkdir(parents=True)
    actions = json.loads(scaffold("next", root, "--json").out)["data"]["actions"]
    (create,) = [action for action in actions if action["kind"] == "create_execution"]
    assert scaffold(*create["command"][1:], "--yes", "--quiet").code == 0
    assert (len(create["achievements"]), create["total"]) == (10, 20)


def test_an_approval_warns_of_planned_executions_that_nobody_has_created(tmp_path: Path, scaffold: Scaffold) -> None:
    strategy = "\n## Execution Strategy\n\n" + "".join(f"- EXECUTION_TASK_DEMO_11_0{n}: part {n}\n" for n in (1, 2))
    root = plans.demo(tmp_path, {**FINISHED, "subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1") + strategy})
    outcome = scaffold("review", "1.1", root, "--approve", "--dry-run")
    assert "warning: subplans/SUBPLAN_DEMO_11.md: plans 2 executions, and 02 has no EXECUTION_TASK\n" in outcome.err


def test_whoever_makes_another_attempt_reads_the_fix_that_it_answers(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, FINISHED)
    scaffold("review", "1.1", root, "--fix", "--message", "More.", "--yes")
    scaffold("executions", root, "--achievement", "1.1", "--again", "--yes")
    (action, *_) = json.loads(scaffold("next", root, "--json").out)["data"]["actions"]
    attempt, fix = "execution/EXECUTION_TASK_DEMO_11_02.md", "execution/feedbacks/FIX_11.md"
    assert (action["kind"], action["read"]) == ("execute", [attempt, fix])
