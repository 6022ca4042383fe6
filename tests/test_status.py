"""`scaffold status`: counts and hours per level, the state of every achievement, and what to do next."""

import json
from pathlib import Path

import pytest

from scaffold import terminal
from scaffold.model import Json
from tests import plans
from tests.conftest import Outcome, Scaffold, codes
from tests.trees import Tree, build, snapshot

EXECUTIONS = {f"execution/EXECUTION_TASK_DEMO_{slug}_01.md": "" for slug in ("11", "12", "21", "22", "31")}
APPROVED = {f"execution/feedbacks/APPROVED_{slug}.md": "" for slug in ("11", "12", "21", "22", "31")}
OPEN = {"subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1", "[FILL: what]", "```\n[FILL: not a marker]\n```\n")}


def rows(outcome: Outcome) -> list[dict[str, Json]]:
    """Return the achievements of `scaffold status --json`."""
    found: list[dict[str, Json]] = json.loads(outcome.out)["data"]["achievements"]
    return found


def test_levels_have_their_counts_and_their_hours_in_sequence_and_in_parallel(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    entries = [
        plans.achievement("1.1", estimated_hours="4-6"),
        plans.achievement("1.2", estimated_hours=5),
        plans.achievement("2.1", "1.1", estimated_hours=None),
        plans.achievement("2.2", "1.1", estimated_hours=3),
    ]
    done = {"execution/feedbacks/APPROVED_11.md": "", "execution/feedbacks/SKIPPED_22.md": ""}
    root = build(tmp_path, {**plans.tree(entries), **done})
    data = scaffold("status", root, "--json").document["data"]
    assert isinstance(data, dict)
    assert data["levels"] == [
        {
            "level": 0,
            "total": 2,
            "states": {"complete": 1, "not_started": 1},
            "ready_total": 1,
            "in_sequence": {"low": 9, "high": 11, "unknown": 0},
            "in_parallel": {"low": 5, "high": 6, "unknown": 0},
        },
        {
            "level": 1,
            "total": 2,
            "states": {"not_started": 1, "skipped": 1},
            "ready_total": 1,
            "in_sequence": {"low": 3, "high": 3, "unknown": 1},
            "in_parallel": {"low": 3, "high": 3, "unknown": 1},
        },
    ]
    shown = scaffold("status", root).out
    assert "Plan DEMO: 2 of 4 achievements done" in shown
    assert (
        "All levels: 12-14 h + 1 without an estimate in sequence, 8-9 h + 1 without an estimate with each level"
        in shown
    )
    assert [line.split()[:4] for line in shown.splitlines()[3:5]] == [["0", "2", "1", "1"], ["1", "2", "1", "1"]]


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
        "decided_by": "execution/EXECUTION_TASK_DEMO_11_01.md",
        "claimed": False,
        "unfilled": 1,
        "out_of_date": 0,
        "dependencies": [],
        "estimated_time": None,
        "files": ["subplans/SUBPLAN_DEMO_11.md", "execution/EXECUTION_TASK_DEMO_11_01.md"],
    }


@pytest.mark.parametrize(
    ("objective", "unfilled"),
    [
        ("[FILL: what]", 1),
        ("[FILL] and [FILL: why]", 2),
        ("[TO BE FILLED]", 1),
        ("[To be filled: what]", 1),
        ("[fill the bottle](x.md)", 0),
    ],
)
def test_an_open_place_counts_as_templates_and_people_write_it(
    tmp_path: Path, scaffold: Scaffold, objective: str, unfilled: int
) -> None:
    root = plans.demo(tmp_path, {"subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1", objective)})
    assert rows(scaffold("status", root, "--json"))[0]["unfilled"] == unfilled


def test_achievements_are_listed_by_level_and_then_by_number(tmp_path: Path, scaffold: Scaffold) -> None:
    entries = [
        plans.achievement("1.10"),
        plans.achievement("1.1", "2.1"),
        plans.achievement("2.1"),
        plans.achievement("1.9"),
    ]
    found = rows(scaffold("status", build(tmp_path, plans.tree(entries)), "--json"))
    assert [(one["level"], one["id"]) for one in found] == [(0, "1.9"), (0, "1.10"), (0, "2.1"), (1, "1.1")]
    assert "\nNext: Create the SUBPLANs of 1.9, 1.10, 2.1\n" in scaffold("status", tmp_path).out


def test_an_interrupted_run_is_told_and_left(tmp_path: Path, scaffold: Scaffold) -> None:
    left = ".scaffold/txn-0123456789abcdef"
    before = snapshot(plans.demo(tmp_path, {f"{left}/": ""}), without=())
    assert f"warning: {left}: a run of scaffold was interrupted here" in scaffold("status", tmp_path).err
    assert codes(scaffold("status", tmp_path, "--json").document, "warning") == [("interrupted_run", left)]
    assert snapshot(tmp_path, without=()) == before


@pytest.mark.parametrize("columns", [70, 100])
def test_on_a_terminal_text_is_folded_to_its_width_and_nothing_is_lost(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    title = " ".join(f"w{at:02}" for at in range(50))
    monkeypatch.setattr(terminal, "columns", lambda: columns)
    shown = scaffold(
        "status", build(tmp_path, plans.tree([{**plans.achievement("1.1"), "title": title}])), "--ready"
    ).out
    lines = shown.partition("Achievement ")[2].partition("\n\n")[0].splitlines()
    start, end = (len("Achievement ") + lines[0].index(head) for head in ("Title", "Level"))
    assert " ".join(line[start:end].strip() for line in lines[1:]) == title
    assert max(map(len, lines[1:])) <= columns < len(title)


def test_only_what_is_ready_is_listed_when_asked_for(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"execution/feedbacks/APPROVED_11.md": ""})
    assert [one["id"] for one in rows(scaffold("status", root, "--ready", "--json"))] == ["1.2", "2.1"]
    build(root, APPROVED)
    assert "No achievement is ready." in scaffold("status", root, "--ready").out


@pytest.mark.parametrize(
    ("files", "step"),
    [
        pytest.param(
            {"execution/feedbacks/FIX_12.md": ""},
            "Create the EXECUTION_TASK that answers execution/feedbacks/FIX_12.md",
            id="fix first",
        ),
        pytest.param(
            {"execution/feedbacks/FIX_22.md": "", "execution/feedbacks/FIX_31.md": ""},
            "Create the EXECUTION_TASK that answers execution/feedbacks/FIX_22.md",
            id="fix, on whatever level",
        ),
        pytest.param(OPEN, "Create the EXECUTION_TASK of 1.2\n", id="create before others are filled in"),
        pytest.param(
            {**OPEN, "execution/feedbacks/SKIPPED_12.md": ""},
            "Fill in subplans/SUBPLAN_DEMO_11.md: line 11\n",
            id="fill",
        ),
        pytest.param({}, "Create the EXECUTION_TASKs of 1.1, 1.2\n      scaffold executions", id="create"),
        pytest.param(
            {"execution/feedbacks/APPROVED_11.md": "", "execution/feedbacks/SKIPPED_12.md": ""},
            "Create the EXECUTION_TASKs of 2.1, 2.2\n",
            id="create on the lowest level that is not done",
        ),
        pytest.param(
            {**EXECUTIONS, **OPEN}, "Carry out execution/EXECUTION_TASK_DEMO_11_01.md, ", id="carry out, though open"
        ),
        pytest.param(EXECUTIONS, "Carry out execution/EXECUTION_TASK_DEMO_11_01.md, ", id="carry out"),
        pytest.param(APPROVED, "Every achievement is done.", id="done"),
    ],
)
def test_the_next_step_is_the_one_that_helps_most(tmp_path: Path, scaffold: Scaffold, files: Tree, step: str) -> None:
    assert f"Next: {step}" in scaffold("status", plans.demo(tmp_path, files)).out


def test_without_subplans_the_next_step_is_to_create_them(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = build(tmp_path, plans.tree(plans.THREE_LEVELS))
    assert f"      scaffold subplans {root} --batch --level 0\n" in scaffold("status", root).out
    monkeypatch.chdir(root)
    assert "      scaffold subplans --batch --level 0\n" in scaffold("status").out


def test_a_command_to_copy_is_quoted_and_cannot_drive_the_terminal(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path / "my \x1b[2Jplan")
    plan = f"'{tmp_path}/my \\x1b[2Jplan'"
    assert f"      scaffold executions {plan} --batch --level 0\n" in scaffold("status", root).out
    assert f"More: scaffold next {plan}\n" in scaffold("executions", root, "--batch", "--yes").out


def test_a_subplan_that_cannot_be_read_does_not_keep_the_status_from_being_shown(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    root = plans.demo(tmp_path, {"subplans/SUBPLAN_DEMO_11.md": b"\xff"})
    before = snapshot(root, without=())
    assert scaffold("status", root).code == 0
    assert snapshot(root, without=()) == before
