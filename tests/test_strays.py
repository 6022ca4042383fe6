"""Files that are nearly named like documents are named with the name they should have; others are left in peace."""

from pathlib import Path

import pytest

from tests import plans
from tests.conftest import Scaffold
from tests.trees import build

SUBPLAN = "subplans/SUBPLAN_DEMO_11.md"
TASK = "execution/EXECUTION_TASK_DEMO_11_01.md"
APPROVED = "execution/feedbacks/APPROVED_11.md"


def warned(root: Path, scaffold: Scaffold, code: str = "name_nearly_fits") -> list[tuple[object, object]]:
    """Return (path, hint) of the warnings with a code."""
    found = scaffold("check", root, "--json").document["diagnostics"]
    return [(warning["path"], warning["hint"]) for warning in found if warning["code"] == code]  # type: ignore[union-attr,index,call-overload]


@pytest.mark.parametrize(
    ("path", "right"),
    [
        *(
            (f"subplans/{name}", SUBPLAN)
            for name in (
                *("subplan_demo_11.md", "SUBPLAN_DEMO_11.MD", "SUBPLAN_DEMO_1.1.md", "SUBPLAN_DEMO_1_1.md"),
                *("SUBPLAN-DEMO-11.md", "SUBPLAN_DEMO_11.txt", "SUBPLAN_DEMO_11.md.txt", "SUBPLAN_DEMO_11"),
                *("SUBPLAN_DEMO_11 (1).md", "SUBPLAN_DEMO_11 copy.md", "SUBPLAN DEMO 11.md", "SUBPLANS_DEMO_11.md"),
            )
        ),
        ("SUBPLAN_DEMO_11.md", SUBPLAN),
        ("execution/SUBPLAN_DEMO_11.md", SUBPLAN),
        ("subplan/SUBPLAN_DEMO_11.md", SUBPLAN),
        *(
            (f"execution/{name}", TASK)
            for name in (
                *("EXECUTION_TASK_DEMO_1.1_01.md", "EXECUTION_TASK_DEMO_1_1_01.md", "execution_task_DEMO_11_01.md"),
                *("EXECUTION-TASK_DEMO_11_01.md", "EXECUTION_TASK_DEMO_11.md", "EXECUTION_TASK_DEMO_11_01.markdown"),
            )
        ),
        ("EXECUTION_TASK_DEMO_11_01.md", TASK),
        ("subplans/EXECUTION_TASK_DEMO_11_01.md", TASK),
        ("execution/feedbacks/EXECUTION_TASK_DEMO_11_01.md", TASK),
        ("execution/EXECUTION_TASK_DEMO_1.1_02_retry.md", "execution/EXECUTION_TASK_DEMO_11_02_retry.md"),
        *(
            (f"execution/feedbacks/{name}", APPROVED)
            for name in (
                *("approved_11.md", "APPROVED-11.md", "APPROVED_1.1.md", "APPROVE_11.md", "APPROVED_11.txt"),
                *("APPROVED_DEMO_11.md", "APPROVED_11 (1).md", "APPROVED_11_01.md", "APPROVED_1.1_02.md"),
            )
        ),
        ("execution/APPROVED_11.md", APPROVED),
        ("APPROVED_11.md", APPROVED),
        ("feedbacks/APPROVED_11.md", APPROVED),
        ("execution/feedback/FIX_11.md", "execution/feedbacks/FIX_11.md"),
        ("execution/feedbacks/skip-1.1.md", "execution/feedbacks/SKIPPED_11.md"),
    ],
)
def test_a_name_that_nearly_fits_is_told_with_the_right_one(
    tmp_path: Path, scaffold: Scaffold, path: str, right: str
) -> None:
    root = build(tmp_path, {**plans.tree(plans.THREE_LEVELS), path: "x"})
    assert warned(root, scaffold) == [(path, f"rename it to {right}")]


@pytest.mark.parametrize(
    "path",
    [
        *("README.md", "notes/SUBPLAN_DEMO_1.1.md", "subplans/SUBPLAN_DEMO_11.md.bak", "subplans/SUBPLAN_DEMO_11.pdf"),
        *("subplans/SUBPLAN_OTHER_1.1.md", "execution/feedbacks/FIX_11_RESOLUTION.md", "fix-11.md"),
        *("subplans/SUBPLAN_DEMO_11_notes.md", "subplans/SUBPLAN_DEMO_9.9.md", "subplans/SUBPLAN_DEMO_11.MD/x"),
        *("execution/EXECUTION_TASK_DEMO_11_01_retry.md", "execution/EXECUTION_TASK_DEMO_11_1.md", SUBPLAN, TASK),
        APPROVED,
    ],
)
def test_other_names_are_left_in_peace(tmp_path: Path, scaffold: Scaffold, path: str) -> None:
    text = plans.subplan("1.1") if path == SUBPLAN else "x"
    assert warned(build(tmp_path, {**plans.tree(plans.THREE_LEVELS), path: text}), scaffold) == []


def test_where_the_right_name_is_taken_one_of_the_two_must_go(tmp_path: Path, scaffold: Scaffold) -> None:
    copy = "subplans/SUBPLAN_DEMO_11 (1).md"
    assert warned(plans.demo(tmp_path, {copy: "x"}), scaffold) == [(copy, f"{SUBPLAN} exists too: keep one of them")]


def test_a_copy_of_an_execution_task_is_said_to_count(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {TASK: "x", "execution/EXECUTION_TASK_DEMO_11_01 (1).md": "x"})
    said = "looks like a copy of an EXECUTION_TASK, and counts as one of achievement 1.1"
    hint = f"  hint: {TASK} exists too: keep one of them\n"
    expected = f"warning: execution/EXECUTION_TASK_DEMO_11_01 (1).md: {said}\n{hint}"
    assert expected in scaffold("check", root).out


def test_a_document_of_no_achievement_is_told_with_the_nearest_one(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"subplans/SUBPLAN_DEMO_113.md": "", "subplans/SUBPLAN_DEMO_777.md": ""})
    rest = "move it away, or add its achievement to parallel.json"
    assert warned(root, scaffold, "orphan") == [
        ("subplans/SUBPLAN_DEMO_113.md", f"rename it (did you mean 1.1?), {rest}"),
        ("subplans/SUBPLAN_DEMO_777.md", f"rename it, {rest}"),
    ]


def test_a_backup_of_a_document_is_not_told_to_get_its_name(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"execution/EXECUTION_TASK_DEMO_11_02.md.bak": "x"})
    assert ".bak" not in scaffold("check", root).out
