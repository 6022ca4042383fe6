"""`scaffold adopt`: a plan without parallel.json gets one, from what its PLAN says and nothing else."""

import json
from pathlib import Path

import pytest

from tests.conftest import Scaffold, codes
from tests.trees import build, snapshot

PLAN = """# PLAN: Demo

## Achievements

### Achievement 1.2: Second ✅

- **Goal**: Do the second.
- **Effort**: 4-6 hours
- **Dependencies**: 1.1

### Achievement 1.1: First

- **Goal**: Do the first.
- **Effort**: 180 min
- **Dependencies**: none

### Achievement 1.10: Third

- **Goal**: Do the third.
- **Effort**: as long as it takes
"""


def demo(root: Path, text: str = PLAN) -> Path:
    return build(root, {"PLAN_DEMO.md": text})


def test_ids_titles_hours_and_stated_dependencies_are_taken_over(tmp_path: Path, scaffold: Scaffold) -> None:
    assert scaffold("adopt", demo(tmp_path), "--yes").code == 0
    text = (tmp_path / "parallel.json").read_text("utf-8")
    assert '"estimated_hours": 3}' in text  # a whole number as people write it
    assert json.loads(text) == {
        "plan_name": "DEMO",
        "achievements": [
            {"id": "1.1", "title": "First", "dependencies": [], "estimated_hours": 3},
            {"id": "1.2", "title": "Second", "dependencies": ["1.1"], "estimated_hours": "4-6"},
            {
                "id": "1.10",
                "title": "Third",
                "dependencies": [],
                "estimated_hours": None,
                "dependencies_open": True,
            },
        ],
    }
    assert scaffold("status", tmp_path).code == 0


@pytest.mark.parametrize(
    ("effort", "hours"),
    [
        *(
            ("30m-1h", "0.5-1"),
            ("1h 30m", 1.5),
            ("approx 3 hours", 3),
            ("+2-3 hours", "2-3"),
            ("30 min - 2 h", "0.5-2"),
        ),
        *(("⏱️ 15-20 minutes", "0.25-0.33"), ("< 5 minutes", "0-0.08")),
        *(("3 months", None), ("3 documents", None), ("~25 minutes (completed)", None)),
    ],
)
def test_an_effort_in_any_form_becomes_hours_or_is_left_open(
    tmp_path: Path, scaffold: Scaffold, effort: str, hours: object
) -> None:
    assert scaffold("adopt", demo(tmp_path, PLAN.replace("180 min", effort)), "--yes").code == 0
    assert json.loads((tmp_path / "parallel.json").read_text("utf-8"))["achievements"][0]["estimated_hours"] == hours
    assert scaffold("status", tmp_path).code == 0


def test_achievements_whose_dependencies_are_not_stated_are_listed_for_a_person(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    outcome = scaffold("adopt", demo(tmp_path), typed="y\n")
    assert "Dependencies that a person must fill in: 1.10\n" in outcome.out
    assert outcome.err == "Proceed with creating parallel.json for 3 achievements? (y/N): "
    assert outcome.out.endswith(f"Next: fill in the dependencies of 1.10, then run `scaffold status {tmp_path}`.\n")


def test_check_asks_for_what_is_open_until_it_is_filled_in(tmp_path: Path, scaffold: Scaffold) -> None:
    scaffold("adopt", demo(tmp_path), "--yes")
    assert "achievements[2]: the dependencies of 1.10 are not filled in" in scaffold("check", tmp_path).out
    file = tmp_path / "parallel.json"
    file.write_text(file.read_text("utf-8").replace(', "dependencies_open": true', ""), "utf-8")
    assert scaffold("check", tmp_path).out == "Nothing is wrong or missing.\n"


def test_when_all_is_stated_the_next_step_is_the_status(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("adopt", demo(tmp_path, PLAN.split("### Achievement 1.10")[0]), "--yes")
    assert outcome.out.endswith(f"Next: scaffold status {tmp_path}\n")


def test_an_existing_file_is_never_overwritten(tmp_path: Path, scaffold: Scaffold) -> None:
    before = snapshot(build(demo(tmp_path), {"parallel.json": "mine"}), without=())
    assert scaffold("adopt", tmp_path, "--yes").code == 5
    assert snapshot(tmp_path, without=()) == before


@pytest.mark.parametrize("arguments", [["--dry-run"], ["--no-input"], ["--json"]])
def test_without_a_yes_nothing_is_created(tmp_path: Path, scaffold: Scaffold, arguments: list[str]) -> None:
    before = snapshot(demo(tmp_path), without=())
    assert scaffold("adopt", tmp_path, *arguments).code == (0 if arguments == ["--dry-run"] else 6)
    assert snapshot(tmp_path, without=()) == before


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("# PLAN: Demo\n\nNothing yet.\n", "no_achievements", id="no achievements"),
        pytest.param(PLAN.replace("none", "1.2"), "cycle", id="circle"),
    ],
)
def test_a_plan_that_gives_no_sound_file_is_refused(tmp_path: Path, scaffold: Scaffold, text: str, code: str) -> None:
    outcome = scaffold("adopt", demo(tmp_path, text), "--yes", "--json")
    assert (outcome.code, codes(outcome.document)[0][0]) == (3, code)
    assert not (tmp_path / "parallel.json").exists()


def test_a_plan_that_changes_before_the_yes_is_a_conflict(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scaffold import terminal

    monkeypatch.setattr(terminal, "confirm", lambda *_, **__: demo(tmp_path, PLAN + "\n"))
    assert scaffold("adopt", demo(tmp_path)).code == 5


def test_adopting_can_be_taken_back(tmp_path: Path, scaffold: Scaffold) -> None:
    before = snapshot(demo(tmp_path))
    data = scaffold("adopt", tmp_path, "--yes", "--json").document["data"]
    assert isinstance(data, dict)
    assert (data["dependencies_open"], len(data["achievements"])) == (["1.10"], 3)  # type: ignore[arg-type]
    assert scaffold("undo", str(data["batch"]), tmp_path, "--yes").code == 0
    assert snapshot(tmp_path) == before


def test_a_plan_without_the_file_is_told_of_adopt(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("status", demo(tmp_path))
    assert (outcome.code, "scaffold adopt" in outcome.err) == (3, True)


def test_a_plan_that_is_a_link_to_a_file_is_read_through_it(tmp_path: Path, scaffold: Scaffold) -> None:
    demo(tmp_path / "kept")
    linked = tmp_path / "plan/PLAN_DEMO.md"
    linked.parent.mkdir()
    linked.symlink_to("../kept/PLAN_DEMO.md")
    assert scaffold("adopt", linked, "--yes").code == 0
    assert scaffold("subplans", linked, "--batch", "--yes").code == 0
    assert scaffold("executions", linked, "--batch", "--yes", "--allow-unfilled").code == 0
    assert linked.is_symlink()
    assert {"subplans/SUBPLAN_DEMO_11.md", "execution/EXECUTION_TASK_DEMO_11_01.md"} <= snapshot(linked.parent).keys()
