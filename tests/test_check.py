"""`scaffold check`: everything that is wrong or missing, at once, with its severity and the exit code."""

from pathlib import Path

import pytest

from scaffold.model import Json
from tests import plans
from tests.conftest import Outcome, Scaffold, codes
from tests.trees import Tree, build, snapshot

FIRST = "execution/EXECUTION_TASK_DEMO_11_01.md"
SECOND = "execution/EXECUTION_TASK_DEMO_12_01.md"
APPROVED_99 = "execution/feedbacks/APPROVED_99.md"
FIRST_SUBPLAN = "subplans/SUBPLAN_DEMO_11.md"
ALL = ("11", "12", "21", "22", "31")
CONFLICT = "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> branch\n"


def counts(outcome: Outcome) -> tuple[Json, Json, Json]:
    """Return how many errors, warnings and notes `scaffold check --json` counts."""
    data = outcome.document["data"]
    assert isinstance(data, dict)
    return data["errors"], data["warnings"], data["notes"]


def messages(outcome: Outcome) -> list[dict[str, Json]]:
    """Return the findings of a run with --json."""
    return outcome.document["diagnostics"]  # type: ignore[return-value]


def begun(root: Path, *slugs: str) -> Path:
    """Build the plan of tests with EXECUTION_TASKs for these achievements."""
    return plans.demo(root, {f"execution/EXECUTION_TASK_DEMO_{slug}_01.md": "x" for slug in slugs})


def test_a_plan_with_all_its_documents_has_nothing_to_report(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("check", begun(tmp_path, *ALL))
    assert (outcome.code, outcome.out) == (0, "Nothing is wrong or missing.\n")


def test_what_is_not_done_yet_is_a_note_and_no_failure(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path)
    (root / "subplans/SUBPLAN_DEMO_22.md").unlink()
    (root / "subplans/SUBPLAN_DEMO_31.md").write_text(plans.subplan("3.1", "[FILL: what]", "[FILL: how]"))
    for options in ([], ["--strict"]):
        outcome = scaffold("check", root, *options)
        assert (outcome.code, outcome.out) == (
            0,
            "note: subplans/SUBPLAN_DEMO_31.md:11: 2 places to fill: lines 11, 17\n"
            "  hint: fill them in\n"
            "note: 1 achievement has no SUBPLAN yet: 2.2\n"
            f"  hint: scaffold subplans {root} --achievement 2.2\n"
            "note: 3 achievements have no EXECUTION_TASK yet: 1.1, 1.2, 2.1\n"
            f"  hint: scaffold executions {root} --achievement 1.1 --achievement 1.2\n\n"
            "0 errors, 0 warnings, 3 notes\n",
        )
    assert counts(scaffold("check", root, "--json")) == (0, 0, 3)
    assert scaffold("check", root, "--format", "github").out.startswith(
        f"::notice file={root}/subplans/SUBPLAN_DEMO_31.md,line=11::2 places to fill: lines 11, 17: fill them in\n"
    )


def test_a_new_plan_and_the_example_are_in_order(tmp_path: Path, scaffold: Scaffold) -> None:
    scaffold("init", "TEA", "--directory", tmp_path, "--yes")
    example = Path(__file__).parent.parent / "docs/example/RECIPE-BOX"
    for root in (tmp_path / "TEA", example):
        for options in ([], ["--strict"]):
            assert scaffold("check", root, *options).code == 0
        assert "0 errors, 0 warnings, 1 note\n" in scaffold("check", root).out


def test_a_warning_fails_only_a_strict_run(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"subplans/SUBPLAN_DEMO_99.md": ""})
    assert scaffold("check", root).code == 0
    outcome = scaffold("check", root, "--strict", "--json")
    assert (outcome.code, outcome.document["ok"]) == (4, False)


@pytest.mark.parametrize(
    ("files", "code", "problem"),
    [
        pytest.param({FIRST_SUBPLAN: plans.subplan("1.2")}, 3, ("subplan_mismatch", FIRST_SUBPLAN), id="binding"),
        pytest.param({FIRST_SUBPLAN: ""}, 3, ("subplan_not_text", FIRST_SUBPLAN), id="empty"),
        pytest.param(
            {FIRST_SUBPLAN: plans.subplan("1.1", "[FILL: what]"), FIRST: "x"},
            4,
            ("subplan_unfilled", FIRST_SUBPLAN),
            id="unfilled, and begun",
        ),
        pytest.param({f"{FIRST}/": ""}, 3, ("not_a_file", FIRST), id="directory"),
        pytest.param(
            {FIRST_SUBPLAN: f"# A\n\n{CONFLICT}"}, 3, ("merge_markers", FIRST_SUBPLAN), id="merge of a SUBPLAN"
        ),
        pytest.param(
            {"PLAN_DEMO.md": f"# A\n\n{CONFLICT}"}, 3, ("merge_markers", "PLAN_DEMO.md"), id="merge of the PLAN"
        ),
        pytest.param({"PLAN_DEMO.md": ""}, 3, ("unreadable", "PLAN_DEMO.md"), id="empty PLAN"),
        pytest.param({".scaffold/txn-0123456789abcdef/": ""}, 0, ("interrupted_run", None), id="interrupted"),
        pytest.param({FIRST: "x\n" * 201, SECOND: "x"}, 0, ("document_too_long", FIRST), id="too long"),
        pytest.param({f"{FIRST_SUBPLAN}/": ""}, 3, ("not_a_file", FIRST_SUBPLAN), id="SUBPLAN a directory"),
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


def test_a_subplan_is_missing_once_work_on_its_achievement_has_begun(tmp_path: Path, scaffold: Scaffold) -> None:
    root = begun(tmp_path, *ALL)
    (root / "subplans/SUBPLAN_DEMO_12.md").unlink()
    outcome = scaffold("check", root)
    assert (outcome.code, outcome.out) == (
        4,
        "error: achievement 1.2 has no SUBPLAN, although work on it has begun\n"
        f"  hint: scaffold subplans {root} --achievement 1.2\n\n1 error, 0 warnings, 0 notes\n",
    )


@pytest.mark.parametrize(
    ("there", "errors", "notes"),
    [
        pytest.param([], [], ["2 achievements have no SUBPLAN yet: 1.1, 2.2"], id="nothing begun"),
        pytest.param(["12"], [], ["2 achievements have no SUBPLAN yet: 1.1, 2.2"], id="what needs neither"),
        pytest.param(
            ["21"],
            ["achievement 1.1 has no SUBPLAN, although work on 2.1, which depends on it, has begun"],
            ["1 achievement has no SUBPLAN yet: 2.2"],
            id="what needs 1.1",
        ),
        pytest.param(
            ["31"],
            [
                "achievement 1.1 has no SUBPLAN, although work on 3.1, which depends on it, has begun",
                "achievement 2.2 has no SUBPLAN, although work on 3.1, which depends on it, has begun",
            ],
            [],
            id="what needs both, over others",
        ),
    ],
)
def test_a_subplan_is_missing_once_work_that_depends_on_its_achievement_has_begun(
    tmp_path: Path, scaffold: Scaffold, there: list[str], errors: list[str], notes: list[str]
) -> None:
    root = begun(tmp_path, *there)
    for slug in ("11", "22"):
        (root / f"subplans/SUBPLAN_DEMO_{slug}.md").unlink()
    outcome = scaffold("check", root, "--json")
    found = [(said["severity"], said["message"]) for said in messages(outcome) if said["code"] == "subplan_missing"]
    assert found == [*(("error", message) for message in errors), *(("note", message) for message in notes)]
    assert outcome.code == (4 if errors else 0)


def test_what_is_wrong_counts_before_what_is_missing(tmp_path: Path, scaffold: Scaffold) -> None:
    root = begun(tmp_path, *ALL)
    (root / "subplans/SUBPLAN_DEMO_12.md").unlink()
    (root / FIRST_SUBPLAN).write_text(plans.subplan("1.2"))
    assert scaffold("check", root).code == 3


def test_places_to_fill_elsewhere_than_in_objective_and_approach_are_a_note_though_work_has_begun(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    root = begun(tmp_path, *ALL)
    (root / FIRST_SUBPLAN).write_text(plans.subplan("1.1") + "- [FILL: more]\n")
    outcome = scaffold("check", root)
    assert (outcome.code, outcome.out.splitlines()[0]) == (0, f"note: {FIRST_SUBPLAN}:23: a place to fill: line 23")


def test_an_execution_task_is_not_asked_for_before_its_subplan(tmp_path: Path, scaffold: Scaffold) -> None:
    root = begun(tmp_path, *ALL)
    (root / FIRST).unlink()
    (root / FIRST_SUBPLAN).write_text(plans.subplan("1.1", "[FILL: what]"))
    (root / "execution/EXECUTION_TASK_DEMO_31_01.md").unlink()
    (root / "subplans/SUBPLAN_DEMO_31.md").unlink()
    said = "".join(str(finding["message"]) for finding in messages(scaffold("check", root, "--json")))
    assert "EXECUTION_TASK" not in said


@pytest.mark.parametrize("path", [FIRST_SUBPLAN, FIRST])
def test_what_only_has_the_name_of_a_document_is_one_problem_and_not_a_missing_document_too(
    tmp_path: Path, scaffold: Scaffold, path: str
) -> None:
    root = begun(tmp_path, *ALL)
    (root / path).unlink()
    build(root, {f"{path}/": ""})
    assert codes(scaffold("check", root, "--json").document) == [("not_a_file", path)]


def test_errors_come_before_warnings_and_these_before_notes_each_in_the_order_in_which_they_are_mended(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    subplans = [f"subplans/SUBPLAN_DEMO_{slug}.md" for slug in ("11", "21", "98", "99")]
    orphans = {subplans[3]: "", subplans[2]: "", "execution/feedbacks/FIX_99.md": ""}
    wrong = {FIRST: "x\n" * 201, f"{SECOND}/": "", ".scaffold/txn-0123456789abcdef/": ""}
    root = plans.demo(tmp_path, {**orphans, **wrong, subplans[1]: plans.subplan("1.2")})
    build(root, {"execution/EXECUTION_TASK_DEMO_22_01.md": "x"})
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
    severities = [finding["severity"] for finding in document["diagnostics"]]  # type: ignore[union-attr,index,call-overload]
    assert severities == ["error"] * 4 + ["warning"] * 5 + ["note"]


def test_a_document_may_be_as_long_as_the_limit(tmp_path: Path, scaffold: Scaffold) -> None:
    assert scaffold("check", build(begun(tmp_path, *ALL), {FIRST: "x\n" * 200}), "--json").out.count("code") == 0


def test_what_is_done_is_not_asked_for_any_more(tmp_path: Path, scaffold: Scaffold) -> None:
    done = {"execution/feedbacks/APPROVED_11.md": "", "execution/feedbacks/SKIPPED_12.md": "", FIRST: "x\n" * 900}
    root = build(begun(tmp_path, *ALL), {**done, FIRST_SUBPLAN: plans.subplan("1.1", "[FILL: never mind]")})
    (root / "subplans/SUBPLAN_DEMO_12.md").unlink()
    (root / SECOND).unlink()
    assert scaffold("check", root).out == "Nothing is wrong or missing.\n"


def test_what_is_done_must_still_be_bound_to_its_achievement(tmp_path: Path, scaffold: Scaffold) -> None:
    text = plans.subplan("1.2", "[FILL: never mind]")
    root = build(begun(tmp_path, *ALL), {"execution/feedbacks/APPROVED_11.md": "", FIRST_SUBPLAN: text})
    document = scaffold("check", root, "--json").document
    assert codes(document) + codes(document, "warning") == [("subplan_mismatch", FIRST_SUBPLAN)]


def test_what_a_subplan_does_not_say_is_nothing_to_fix_once_its_achievement_is_done(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    root = build(begun(tmp_path, *ALL), {FIRST_SUBPLAN: "**Achievement**: 1.1\n\n# Notes\n\n## Why\n\nx\n"})
    assert codes(scaffold("check", root, "--json").document) == [("subplan_unrecognised", FIRST_SUBPLAN)]
    build(root, {"execution/feedbacks/APPROVED_11.md": ""})
    assert scaffold("check", root).out == "Nothing is wrong or missing.\n"


def test_a_plan_that_cannot_be_compared_is_not_said_to_be_in_order(tmp_path: Path, scaffold: Scaffold) -> None:
    root = build(begun(tmp_path, *ALL), {"PLAN_DEMO.md": "# PLAN: DEMO\n\nNothing yet.\n"})
    outcome = scaffold("check", root)
    assert (outcome.code, outcome.out.splitlines()[0]) == (
        0,
        "warning: PLAN_DEMO.md: the PLAN defines no achievement",
    )


def test_achievements_that_the_plan_does_not_define_are_one_finding(tmp_path: Path, scaffold: Scaffold) -> None:
    root = build(begun(tmp_path, *ALL), {"PLAN_DEMO.md": plans.stated([plans.achievement("1.1")])})
    outcome = scaffold("check", root)
    assert outcome.out == (
        "warning: PLAN_DEMO.md: does not define achievements 1.2, 2.1, 2.2, 3.1 of parallel.json\n"
        "  hint: define them there, or remove from parallel.json what is no more\n\n0 errors, 1 warning, 0 notes\n"
    )


def test_all_problems_of_an_invalid_plan_are_reported_with_exit_code_3(tmp_path: Path, scaffold: Scaffold) -> None:
    content = plans.parallel_json([plans.achievement("1.1", "1.1", "9.9")])
    outcome = scaffold("check", build(tmp_path, {"PLAN_DEMO.md": "", "parallel.json": content}), "--json")
    assert (outcome.code, counts(outcome)) == (3, (2, 0, 0))


def delivering(achievement_id: str, *items: str) -> str:
    """Return a SUBPLAN with these deliverables."""
    return plans.subplan(achievement_id) + "\n## Deliverables\n\n" + "".join(f"- {item}\n" for item in items)


def shared(root: Path, scaffold: Scaffold, first: str, second: str) -> list[object]:
    """Return the messages about files that two achievements of one level deliver."""
    build(root, {FIRST_SUBPLAN: delivering("1.1", first), "subplans/SUBPLAN_DEMO_12.md": delivering("1.2", second)})
    found = messages(scaffold("check", root, "--json"))
    return [finding["message"] for finding in found if finding["code"] == "same_file"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("`tea/kettle.py`", "**File**: `./tea/kettle.py` (new)"),
        ("`tea/kettle.py`: boils", "`cup.py`, `tea/kettle.py:10-20`"),
    ],
)
def test_two_achievements_of_one_level_that_deliver_the_same_file_are_a_warning(
    tmp_path: Path, scaffold: Scaffold, first: str, second: str
) -> None:
    root = plans.demo(tmp_path)
    assert shared(root, scaffold, first, second) == ["achievements 1.1, 1.2 of level 0 deliver the same: tea/kettle.py"]
    build(root, {"execution/feedbacks/APPROVED_11.md": ""})
    assert shared(root, scaffold, first, second) == []


def test_where_there_is_no_subplan_yet_the_plan_says_what_is_delivered(tmp_path: Path, scaffold: Scaffold) -> None:
    entries = [plans.achievement("1.1"), plans.achievement("1.2")]
    text = plans.stated(entries).replace(
        "\n\n### Achievement 1.2", "\n\n- **Deliverables**: `tea.py`\n\n### Achievement 1.2"
    )
    root = build(tmp_path, {**plans.tree(entries), "PLAN_DEMO.md": f"{text}- **Deliverables**: `tea.py`\n"})
    said = "warning: achievements 1.1, 1.2 of level 0 deliver the same: tea.py\n"
    assert said in scaffold("check", root).out
    build(root, {FIRST_SUBPLAN: delivering("1.1", "`cup.py`")})
    assert said not in scaffold("check", root).out


@pytest.mark.parametrize(
    "item",
    ["`tea.kettle`", "`boil()`", "tea/kettle.py", "`__init__.py`", "`*.py`", "`tea/`", "`pytest tests/test_a.py`"],
)
def test_what_is_no_file_for_certain_is_shared_without_a_word(tmp_path: Path, scaffold: Scaffold, item: str) -> None:
    assert shared(plans.demo(tmp_path), scaffold, item, item) == []


def test_files_that_are_declared_count_too_and_those_of_other_levels_do_not(tmp_path: Path, scaffold: Scaffold) -> None:
    entries = [
        plans.achievement("1.1", files=["tea.py", "cup.py"]),
        plans.achievement("1.2", files="tea.py"),
        plans.achievement("2.1", "1.1", files=["cup.py"]),
    ]
    outcome = scaffold("check", build(tmp_path, plans.tree(entries)))
    assert "warning: achievements 1.1, 1.2 of level 0 deliver the same: tea.py\n" in outcome.out
    assert "cup.py" not in outcome.out
    entries[1] = plans.achievement("1.2", files="tea.py", dependencies_open=True)
    assert "deliver the same" not in scaffold("check", build(tmp_path, plans.tree(entries))).out


def test_a_template_set_that_cannot_be_used_is_wrong(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path / "DEMO")
    said = "templates:\n  executions:\n    sets:\n      org: {{directory: nowhere}}\n    default: {}\n"
    for default, code in (("org", 3), ("built-in", 0)):
        build(tmp_path, {"scaffold.yml": said.format(default)})
        outcome = scaffold("check", root)
        assert (outcome.code, "nowhere" in outcome.out) == (code, code == 3), outcome.out
