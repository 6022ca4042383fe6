"""`scaffold check`: everything that is wrong or missing, at once, with its severity and the exit code."""

from pathlib import Path

import pytest

from tests import plans
from tests.conftest import Scaffold
from tests.test_cli import codes
from tests.trees import Tree, build, snapshot

FIRST = "execution/EXECUTION_TASK_DEMO_11_01.md"
SECOND = "execution/EXECUTION_TASK_DEMO_12_01.md"
APPROVED_99 = "execution/feedbacks/APPROVED_99.md"
FIRST_SUBPLAN = "subplans/SUBPLAN_DEMO_11.md"


def test_a_plan_in_order_has_nothing_to_report(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("check", plans.demo(tmp_path))
    assert (outcome.code, outcome.out) == (0, "Nothing is wrong or missing.\n")


def test_a_plan_that_has_not_been_begun_misses_nothing(tmp_path: Path, scaffold: Scaffold) -> None:
    assert scaffold("check", build(tmp_path, plans.tree(plans.THREE_LEVELS))).code == 0


@pytest.mark.parametrize(
    ("files", "code", "problem"),
    [
        pytest.param({FIRST_SUBPLAN: plans.subplan("1.2")}, 4, ("subplan_mismatch", FIRST_SUBPLAN), id="binding"),
        pytest.param({FIRST_SUBPLAN: ""}, 4, ("subplan_not_text", FIRST_SUBPLAN), id="empty"),
        pytest.param(
            {FIRST_SUBPLAN: plans.subplan("1.1", "[FILL: what]")}, 4, ("subplan_unfilled", FIRST_SUBPLAN), id="unfilled"
        ),
        pytest.param({f"{FIRST}/": ""}, 4, ("not_a_file", FIRST), id="directory"),
        pytest.param(
            {"execution/EXECUTION_TASK_DEMO_21_01.md": "x", FIRST: "x"}, 4, ("execution_task_missing", None), id="gap"
        ),
        pytest.param({".scaffold/txn-0123456789abcdef/": ""}, 0, ("interrupted_run", None), id="interrupted"),
        pytest.param({FIRST: "x\n" * 201, SECOND: "x"}, 0, ("document_too_long", FIRST), id="too long"),
        pytest.param({FIRST: b"\xff", SECOND: "x"}, 0, ("unreadable", FIRST), id="unreadable"),
        pytest.param({"subplans/SUBPLAN_DEMO_99.md": ""}, 0, ("orphan", "subplans/SUBPLAN_DEMO_99.md"), id="orphan"),
        pytest.param(
            {"execution/EXECUTION_TASK_OTHER_11_01.md": ""},
            0,
            ("orphan", "execution/EXECUTION_TASK_OTHER_11_01.md"),
            id="of another plan",
        ),
        pytest.param(
            {"execution/feedbacks/APPROVED_99.md": ""},
            0,
            ("orphan", "execution/feedbacks/APPROVED_99.md"),
            id="feedback",
        ),
    ],
)
def test_each_kind_of_problem_is_reported_with_its_exit_code(
    tmp_path: Path, scaffold: Scaffold, files: Tree, code: int, problem: tuple[str, str | None]
) -> None:
    root = plans.demo(tmp_path)
    for path in files:
        if path.endswith("/") and (root / path).is_file():
            (root / path).unlink()
    before = snapshot(build(root, files), without=())
    outcome = scaffold("check", root, "--json")
    found = codes(outcome.document) + codes(outcome.document, "warning")
    assert outcome.code == code
    assert problem[0] in [name for name, _ in found]
    assert problem[1] is None or problem in found
    assert snapshot(root, without=()) == before


def test_a_subplan_is_missing_once_its_level_has_been_begun(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path)
    (root / "subplans/SUBPLAN_DEMO_12.md").unlink()
    outcome = scaffold("check", root)
    assert outcome.code == 4
    assert "achievement 1.2 has no SUBPLAN" in outcome.out
    assert outcome.out.endswith("\n1 error, 0 warnings\n")


def test_what_is_done_is_not_asked_for_any_more(tmp_path: Path, scaffold: Scaffold) -> None:
    done = {"execution/feedbacks/APPROVED_11.md": "", "execution/feedbacks/SKIPPED_12.md": "", FIRST: "x\n" * 900}
    root = plans.demo(tmp_path, {**done, FIRST_SUBPLAN: plans.subplan("1.1", "[FILL: never mind]")})
    (root / "subplans/SUBPLAN_DEMO_12.md").unlink()
    assert scaffold("check", root).code == 0


def test_all_problems_of_an_invalid_plan_are_reported_with_exit_code_3(tmp_path: Path, scaffold: Scaffold) -> None:
    content = plans.parallel_json([plans.achievement("1.1", "1.1", "9.9")])
    outcome = scaffold("check", build(tmp_path, {"PLAN_DEMO.md": "", "parallel.json": content}), "--json")
    assert (outcome.code, outcome.document["data"]) == (3, {"errors": 2, "warnings": 0})


def test_annotations_for_github_name_file_line_and_what_to_do(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {FIRST_SUBPLAN: plans.subplan("1.2")})
    place = f"file={root}/{FIRST_SUBPLAN},line=4"
    for argument in (root, root / "PLAN_DEMO.md"):
        outcome = scaffold("check", argument, "--format", "github")
        assert (outcome.code, outcome.out.startswith(f"::error {place}::is for achievement 1.2")) == (4, True)


def test_annotations_for_github_hold_what_a_plan_says_within_their_line(tmp_path: Path, scaffold: Scaffold) -> None:
    content = plans.parallel_json([plans.achievement("1.1", "9\n::error::100%")])
    root = build(tmp_path / "a,b", {"PLAN_DEMO.md": "", "parallel.json": content})
    outcome = scaffold("check", root, "--format", "github")
    assert outcome.out.startswith(f"::error file={str(root).replace(',', '%2C')}/parallel.json::")
    assert (outcome.code, outcome.out.count("\n"), "9\\n::error::100%25" in outcome.out) == (3, 1, True)


def test_annotations_for_github_of_a_plan_that_is_not_there_are_about_no_file(scaffold: Scaffold) -> None:
    outcome = scaffold("check", "nowhere", "--format", "github")
    assert (outcome.code, outcome.out.startswith("::error::nowhere does not exist")) == (3, True)
