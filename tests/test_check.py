"""`scaffold check`: everything that is wrong or missing, at once, with its severity and the exit code."""

import json
from pathlib import Path

import pytest

from tests import plans
from tests.conftest import Scaffold, codes
from tests.trees import Tree, build, snapshot

FIRST = "execution/EXECUTION_TASK_DEMO_11_01.md"
SECOND = "execution/EXECUTION_TASK_DEMO_12_01.md"
APPROVED_99 = "execution/feedbacks/APPROVED_99.md"
FIRST_SUBPLAN = "subplans/SUBPLAN_DEMO_11.md"


def test_a_plan_in_order_has_nothing_to_report(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("check", plans.demo(tmp_path))
    assert (outcome.code, outcome.out) == (0, "Nothing is wrong or missing.\n")


def test_a_plan_that_has_not_been_begun_misses_nothing(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("check", build(tmp_path, plans.tree(plans.THREE_LEVELS)))
    assert (outcome.code, outcome.out) == (0, "Nothing is wrong or missing.\n")


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
        pytest.param({f"{FIRST_SUBPLAN}/": ""}, 4, ("not_a_file", FIRST_SUBPLAN), id="SUBPLAN a directory"),
        pytest.param({FIRST: b"\xff", SECOND: "x"}, 0, ("unreadable", FIRST), id="unreadable"),
        pytest.param({"subplans/SUBPLAN_DEMO_99.md": ""}, 0, ("orphan", "subplans/SUBPLAN_DEMO_99.md"), id="orphan"),
        pytest.param(
            {"execution/EXECUTION_TASK_OTHER_11_01.md": ""},
            0,
            ("orphan", "execution/EXECUTION_TASK_OTHER_11_01.md"),
            id="of another plan",
        ),
        pytest.param(
            {"execution/EXECUTION_TASK_DEMO_99_01_retry.md": ""},
            0,
            ("orphan", "execution/EXECUTION_TASK_DEMO_99_01_retry.md"),
            id="of no achievement",
        ),
        *(
            pytest.param({path: ""}, 0, ("orphan", path), id=path)
            for path in (f"execution/feedbacks/{word}_99.md" for word in ("APPROVED", "FIX", "SKIPPED"))
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
    assert (outcome.code, outcome.out) == (
        4,
        "error: achievement 1.2 has no SUBPLAN, although work on its level has begun\n"
        f"  hint: scaffold subplans {root} --achievement 1.2\n\n1 error, 0 warnings\n",
    )


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        pytest.param([], [], id="nothing begun"),
        pytest.param(["11"], ["1.2"], id="level 0 begun"),
        pytest.param(["11", "12"], [], id="level 0 whole"),
        pytest.param(["11", "12", "22"], ["2.1"], id="level 1 begun"),
        pytest.param(["21"], ["1.1", "1.2", "2.2"], id="level 1 begun without level 0"),
    ],
)
def test_an_execution_task_is_missing_once_its_level_or_a_higher_one_has_been_begun(
    tmp_path: Path, scaffold: Scaffold, there: list[str], missing: list[str]
) -> None:
    root = plans.demo(tmp_path, {f"execution/EXECUTION_TASK_DEMO_{slug}_01.md": "x" for slug in there})
    diagnostics = json.loads(scaffold("check", root, "--json").out)["diagnostics"]
    assert [(one["code"], one["hint"]) for one in diagnostics] == [
        ("execution_task_missing", f"scaffold executions {root} --achievement {one}") for one in missing
    ]


def test_an_execution_task_is_not_asked_for_before_its_subplan(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {FIRST: "x"})
    (root / "subplans/SUBPLAN_DEMO_12.md").unlink()
    assert codes(scaffold("check", root, "--json").document) == [("subplan_missing", None)]


@pytest.mark.parametrize("path", [FIRST_SUBPLAN, FIRST])
def test_what_only_has_the_name_of_a_document_is_one_problem_and_not_a_missing_document_too(
    tmp_path: Path, scaffold: Scaffold, path: str
) -> None:
    root = plans.demo(tmp_path, {SECOND: "x"})
    (root / path).unlink(missing_ok=True)
    build(root, {f"{path}/": ""})
    assert codes(scaffold("check", root, "--json").document) == [("not_a_file", path)]


def test_errors_come_before_warnings_and_each_in_the_order_in_which_they_are_mended(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    subplans = [f"subplans/SUBPLAN_DEMO_{slug}.md" for slug in ("11", "21", "98", "99")]
    orphans = {subplans[3]: "", subplans[2]: "", "execution/feedbacks/FIX_99.md": ""}
    wrong = {FIRST: "x\n" * 201, f"{SECOND}/": "", ".scaffold/txn-0123456789abcdef/": ""}
    root = plans.demo(tmp_path, {**orphans, **wrong, subplans[1]: plans.subplan("1.2")})
    for slug in ("11", "12"):
        (root / f"subplans/SUBPLAN_DEMO_{slug}.md").unlink()
    document = scaffold("check", build(root, {f"{subplans[0]}/": ""}), "--json").document
    assert codes(document) == [
        ("not_a_file", subplans[0]),
        ("not_a_file", SECOND),
        ("subplan_mismatch", subplans[1]),
        ("subplan_missing", None),
    ]
    assert codes(document, "warning") == [
        ("interrupted_run", ".scaffold/txn-0123456789abcdef"),
        ("orphan", subplans[2]),
        ("orphan", subplans[3]),
        ("orphan", "execution/feedbacks/FIX_99.md"),
        ("document_too_long", FIRST),
    ]
    assert [one["severity"] for one in document["diagnostics"]] == ["error"] * 4 + ["warning"] * 5  # type: ignore[union-attr,index,call-overload]


def test_a_document_may_be_as_long_as_the_limit(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("check", plans.demo(tmp_path, {FIRST: "x\n" * 200, SECOND: "x"}))
    assert (outcome.code, outcome.out) == (0, "Nothing is wrong or missing.\n")


def test_what_is_done_is_not_asked_for_any_more(tmp_path: Path, scaffold: Scaffold) -> None:
    done = {"execution/feedbacks/APPROVED_11.md": "", "execution/feedbacks/SKIPPED_12.md": "", FIRST: "x\n" * 900}
    root = plans.demo(tmp_path, {**done, FIRST_SUBPLAN: plans.subplan("1.1", "[FILL: never mind]")})
    (root / "subplans/SUBPLAN_DEMO_12.md").unlink()
    assert scaffold("check", root).out == "Nothing is wrong or missing.\n"


def test_what_is_done_must_still_be_bound_to_its_achievement(tmp_path: Path, scaffold: Scaffold) -> None:
    text = plans.subplan("1.2", "[FILL: never mind]")
    root = plans.demo(tmp_path, {"execution/feedbacks/APPROVED_11.md": "", FIRST_SUBPLAN: text})
    document = scaffold("check", root, "--json").document
    assert codes(document) + codes(document, "warning") == [("subplan_mismatch", FIRST_SUBPLAN)]


def test_all_problems_of_an_invalid_plan_are_reported_with_exit_code_3(tmp_path: Path, scaffold: Scaffold) -> None:
    content = plans.parallel_json([plans.achievement("1.1", "1.1", "9.9")])
    outcome = scaffold("check", build(tmp_path, {"PLAN_DEMO.md": "", "parallel.json": content}), "--json")
    assert (outcome.code, outcome.document["data"]) == (3, {"errors": 2, "warnings": 0})


def test_annotations_for_github_name_file_line_and_what_to_do(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {FIRST_SUBPLAN: plans.subplan("1.2")})
    place = f"file={root}/{FIRST_SUBPLAN},line=4"
    wrong = "its header names achievement 1.2, but its file name 1.1"
    hint = "write **Achievement**: 1.1, or rename the file to the achievement it is about"
    for argument in (root, root / "PLAN_DEMO.md"):
        outcome = scaffold("check", argument, "--format", "github")
        assert (outcome.code, outcome.out) == (4, f"::error {place}::{wrong}: {hint}\n")


def test_annotations_for_github_have_their_severity_and_escape_what_would_end_them(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    escaped = f"{tmp_path}/a%3Ab%2Cc%25"
    root = plans.demo(tmp_path / "a:b,c%", {"subplans/SUBPLAN_DEMO_99.md": ""})
    orphan = scaffold("check", root, "--format", "github").out
    assert orphan.startswith(f"::warning file={escaped}/subplans/SUBPLAN_DEMO_99.md::belongs to no achievement of DEMO")
    build(root, {"parallel.json": '{"achievements": [], "1,000%:\\r\\n": 1, "1,000%:\\r\\n": 2}'})
    twice = scaffold("check", root, "--format", "github")
    text = "1,000%25:\\r\\n: the key is defined twice: keep one of them"
    assert (twice.code, twice.out) == (3, f"::error file={escaped}/parallel.json::{text}\n")


def test_annotations_for_github_of_a_plan_that_is_not_there_are_about_no_file(scaffold: Scaffold) -> None:
    outcome = scaffold("check", "nowhere", "--format", "github")
    assert (outcome.code, outcome.out.startswith("::error::nowhere does not exist")) == (3, True)
