"""`scaffold status`: counts and hours per level, the state of every achievement, and what to do next."""

from pathlib import Path

import pytest

from tests import plans
from tests.conftest import Scaffold
from tests.trees import Tree, build, snapshot

EXECUTIONS = {f"execution/EXECUTION_TASK_DEMO_{slug}_01.md": "" for slug in ("11", "12", "21", "22", "31")}
APPROVED = {f"execution/feedbacks/APPROVED_{slug}.md": "" for slug in ("11", "12", "21", "22", "31")}
OPEN = {"subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1", "[FILL: what]", "```\n[FILL: not a marker]\n```\n")}


def test_levels_have_their_counts_and_their_hours_in_sequence_and_in_parallel(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    entries = [
        plans.achievement("1.1", estimated_hours="4-6"),
        plans.achievement("1.2", estimated_hours=5),
        plans.achievement("2.1", "1.1", estimated_hours=None),
    ]
    root = build(tmp_path, {**plans.tree(entries), "execution/feedbacks/APPROVED_11.md": ""})
    data = scaffold("status", root, "--json").document["data"]
    assert isinstance(data, dict)
    assert data["levels"] == [
        {
            "level": 0,
            "achievements": 2,
            "states": {"complete": 1, "not_started": 1},
            "ready": 1,
            "in_sequence": {"low": 9, "high": 11, "unknown": 0},
            "in_parallel": {"low": 5, "high": 6, "unknown": 0},
        },
        {
            "level": 1,
            "achievements": 1,
            "states": {"not_started": 1},
            "ready": 1,
            "in_sequence": {"low": 0, "high": 0, "unknown": 1},
            "in_parallel": {"low": 0, "high": 0, "unknown": 1},
        },
    ]
    shown = scaffold("status", root).out
    assert "Plan DEMO: 1 of 3 achievements done" in shown
    assert (
        "All levels: 9-11 h + 1 without an estimate one by one, 5-6 h + 1 without an estimate level by level" in shown
    )


def test_an_achievement_has_its_level_state_readiness_open_places_and_files(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {**OPEN, "execution/EXECUTION_TASK_DEMO_11_01.md": ""})
    data = scaffold("status", root, "--json").document["data"]
    assert isinstance(data, dict)
    assert isinstance(data["achievements"], list)
    assert data["achievements"][0] == {
        "id": "1.1",
        "title": "Part 1.1",
        "level": 0,
        "state": "execution_created",
        "ready": True,
        "unfilled": 1,
        "dependencies": [],
        "estimated_time": None,
        "files": ["subplans/SUBPLAN_DEMO_11.md", "execution/EXECUTION_TASK_DEMO_11_01.md"],
    }


def test_only_what_is_ready_is_listed_when_asked_for(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"execution/feedbacks/APPROVED_11.md": ""})
    data = scaffold("status", root, "--ready", "--json").document["data"]
    assert isinstance(data, dict)
    assert [one["id"] for one in data["achievements"]] == ["1.2", "2.1"]  # type: ignore[union-attr,index,call-overload]
    build(root, APPROVED)
    assert "No achievement is ready." in scaffold("status", root, "--ready").out


@pytest.mark.parametrize(
    ("files", "step"),
    [
        pytest.param({"execution/feedbacks/FIX_12.md": ""}, "Work on the feedback of 1.2", id="fix first"),
        pytest.param(OPEN, "Fill in the SUBPLANs of 1.1:", id="fill in"),
        pytest.param({}, "Create the EXECUTION_TASKs of level 0\n      scaffold executions", id="create"),
        pytest.param(EXECUTIONS, "Carry out the EXECUTION_TASKs of 1.1, 1.2;", id="carry out"),
        pytest.param(APPROVED, "Every achievement is done.", id="done"),
    ],
)
def test_the_next_step_is_the_one_that_helps_most(tmp_path: Path, scaffold: Scaffold, files: Tree, step: str) -> None:
    assert f"Next: {step}" in scaffold("status", plans.demo(tmp_path, files)).out


def test_without_subplans_the_next_step_is_to_create_them(tmp_path: Path, scaffold: Scaffold) -> None:
    root = build(tmp_path, plans.tree(plans.THREE_LEVELS))
    assert f"      scaffold subplans {root} --batch --level 0\n" in scaffold("status", root).out


def test_a_subplan_that_cannot_be_read_does_not_keep_the_status_from_being_shown(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    root = plans.demo(tmp_path, {"subplans/SUBPLAN_DEMO_11.md": b"\xff"})
    before = snapshot(root, without=())
    assert scaffold("status", root).code == 0
    assert snapshot(root, without=()) == before
