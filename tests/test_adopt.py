"""`scaffold adopt`: a plan without parallel.json gets one, from what its PLAN says and nothing else."""

import json
from pathlib import Path

import pytest

from tests import plans
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
    assert "\nNext: Create the SUBPLAN of 1.1\n" in outcome.out
    assert "State what 1.10 depends on: in PLAN_DEMO.md, then `scaffold adopt" in scaffold("next", tmp_path).out


def test_check_asks_for_what_is_open_until_it_is_filled_in(tmp_path: Path, scaffold: Scaffold) -> None:
    scaffold("adopt", demo(tmp_path), "--yes")
    assert "warning: parallel.json: the dependencies of 1.10 are not stated\n" in scaffold("check", tmp_path).out
    file = tmp_path / "parallel.json"
    file.write_text(file.read_text("utf-8").replace(', "dependencies_open": true', ""), "utf-8")
    assert "0 errors, 0 warnings, 1 note\n" in scaffold("check", tmp_path).out


def test_when_all_is_stated_the_next_step_is_the_first_subplan(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("adopt", demo(tmp_path, PLAN.split("### Achievement 1.10")[0]), "--yes")
    assert "\nNext: Create the SUBPLAN of " in outcome.out


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


# --- the update -------------------------------------------------------------------------------------------------------

WRITTEN = """{
  "owner": "me",
  "achievements": [
    {
      "achievement_id": "1.1",
      "priority":   0,
      "title": "Old name",
      "estimated_hours": 9.50,
      "note": "caf\\u00e9"
    },
    {"achievement_id": "1.10", "title": "Third ", "dependencies": ["1.1"]},
    {
      "achievement_id": "2.1",
      "title": "Brew (mine)",
      "dependencies": [
        "1.10"
      ],
      "blocks": []
    }
  ]
}
"""
UPDATED = """{
  "owner": "me",
  "achievements": [
    {
      "achievement_id": "1.1",
      "priority":   0,
      "title": "First",
      "estimated_hours": 3,
      "note": "caf\\u00e9"
    },
    {
      "achievement_id": "1.2",
      "title": "Second",
      "dependencies": ["1.1"],
      "estimated_hours": "4-6"
    },
    {"achievement_id": "1.10", "title": "Third ", "dependencies": ["1.1"]},
    {
      "achievement_id": "2.1",
      "title": "Brew (mine)",
      "dependencies": [
        "1.10"
      ],
      "blocks": []
    }
  ]
}
"""


def drifted(root: Path, text: str = PLAN) -> Path:
    return build(demo(root, text), {"parallel.json": WRITTEN})


def test_an_update_changes_what_the_plan_says_otherwise_and_nothing_else(tmp_path: Path, scaffold: Scaffold) -> None:
    shown = scaffold("adopt", drifted(tmp_path), "--update", "--dry-run", "--json").document["data"]
    change_set = shown["change_set"]  # type: ignore[index,call-overload]
    outcome = scaffold("adopt", tmp_path, "--update", typed="y\n")
    assert (tmp_path / "parallel.json").read_text("utf-8") == UPDATED
    assert outcome.err == "Proceed with updating 2 achievements in parallel.json? (y/N): "
    assert outcome.out.startswith(
        f"Plan DEMO: 3 differences between PLAN_DEMO.md and parallel.json (change set {change_set})\n\n"
        "Achievement  Field  Now       Then    Line of the PLAN\n"
        "1.2          new              Second                 5\n"
        "1.1          title  Old name  First                 11\n"
        "1.1          hours  9.5       3                     14\n\n"
        "Not defined in PLAN_DEMO.md, kept: 2.1\n\n"
        "Kept as written: priority, note, blocks, and everything that is not listed above\n\n"
    )


def test_what_was_updated_is_up_to_date_and_can_be_taken_back(tmp_path: Path, scaffold: Scaffold) -> None:
    before = snapshot(drifted(tmp_path))
    data = scaffold("adopt", tmp_path, "--update", "--yes", "--json").document["data"]
    assert isinstance(data, dict)
    again = scaffold("adopt", tmp_path, "--update", "--yes")
    assert (again.code, again.err) == (0, "")
    assert again.out.startswith("Nothing to update: parallel.json has everything that PLAN_DEMO.md states.\n")
    assert scaffold("undo", str(data["batch"]), tmp_path, "--yes").code == 0
    assert snapshot(tmp_path) == before


def test_the_differences_are_told_to_programs(tmp_path: Path, scaffold: Scaffold) -> None:
    data = scaffold("adopt", drifted(tmp_path), "--update", "--dry-run", "--json").document["data"]
    assert isinstance(data, dict)
    assert data["differences"] == [
        {"id": "1.2", "field": "achievement", "plan": "Second", "parallel": None, "line": 5},
        {"id": "1.1", "field": "title", "plan": "First", "parallel": "Old name", "line": 11},
        {"id": "1.1", "field": "estimated_hours", "plan": 3, "parallel": "9.5", "line": 14},
        {"id": "2.1", "field": "achievement", "plan": None, "parallel": "Brew (mine)", "line": None},
    ]
    assert [entry["id"] for entry in data["achievements"]] == ["1.1", "1.2"]  # type: ignore[union-attr,index,call-overload]


@pytest.mark.parametrize("arguments", [["--dry-run"], ["--no-input"], ["--json"]])
def test_without_a_yes_nothing_is_updated(tmp_path: Path, scaffold: Scaffold, arguments: list[str]) -> None:
    before = snapshot(drifted(tmp_path), without=())
    outcome = scaffold("adopt", tmp_path, "--update", *arguments)
    assert outcome.code == (0 if arguments == ["--dry-run"] else 6)
    assert snapshot(tmp_path, without=()) == before


def test_an_update_needs_a_file_and_names_the_way_to_one(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("adopt", demo(tmp_path), "--update")
    assert (outcome.code, f"`scaffold adopt {tmp_path}` creates one" in outcome.err) == (3, True)
    refused = scaffold("adopt", drifted(tmp_path))
    assert (refused.code, f"`scaffold adopt {tmp_path} --update` brings it up to date" in refused.err) == (5, True)


def test_an_update_that_gives_no_sound_file_is_refused(tmp_path: Path, scaffold: Scaffold) -> None:
    before = snapshot(drifted(tmp_path, PLAN.replace("none", "1.10")), without=())
    outcome = scaffold("adopt", tmp_path, "--update", "--yes", "--json")
    assert (outcome.code, codes(outcome.document)[0]) == (3, ("cycle", "PLAN_DEMO.md"))
    assert snapshot(tmp_path, without=()) == before


def test_a_file_that_changes_before_the_yes_is_a_conflict(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scaffold import terminal

    monkeypatch.setattr(terminal, "confirm", lambda *_, **__: build(tmp_path, {"parallel.json": WRITTEN + "\n"}))
    assert scaffold("adopt", drifted(tmp_path), "--update").code == 5


def test_what_the_plan_states_by_now_is_no_longer_open(tmp_path: Path, scaffold: Scaffold) -> None:
    scaffold("adopt", demo(tmp_path), "--yes")
    demo(tmp_path, PLAN + "- **Dependencies**: 1.1\n")
    assert scaffold("adopt", tmp_path, "--update", "--yes").code == 0
    entries = json.loads((tmp_path / "parallel.json").read_text("utf-8"))["achievements"]
    assert entries[2] == {"id": "1.10", "title": "Third", "dependencies": ["1.1"], "estimated_hours": None}


def test_marks_of_finished_work_are_shown_and_not_written(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("adopt", demo(tmp_path), "--yes")
    assert "Marked as finished in the PLAN, but not reviewed: 1.2\n" in outcome.out
    assert "✅" not in (tmp_path / "parallel.json").read_text("utf-8")
    build(tmp_path, {"execution/feedbacks/APPROVED_12.md": ""})
    (tmp_path / "parallel.json").unlink()
    assert "Marked as finished" not in scaffold("adopt", tmp_path, "--dry-run").out


def test_no_time_that_work_took_is_taken_for_an_estimate(tmp_path: Path, scaffold: Scaffold) -> None:
    head = "# PLAN: Demo\n\n## Achievements\n\n### Achievement 1.1: A ✅ COMPLETE (2h)\n\n"
    text = f"{head}- **Goal**: x\n- **Actual**: 3h\n- **Actual Effort**: 4 hours\n"
    scaffold("adopt", demo(tmp_path, text), "--yes")
    assert json.loads((tmp_path / "parallel.json").read_text("utf-8"))["achievements"][0]["estimated_hours"] is None


def test_an_update_shows_the_dependencies_that_a_person_wrote_before_it_takes_them_away(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    text = "# PLAN: DEMO\n\n## Achievements\n\n### Achievement 1.1: A\n\n- **Dependencies**: none\n\n"
    text += "### Achievement 1.2: B\n\n- **Dependencies**: none\n"
    entries = [
        plans.achievement("1.1", title="A"),
        plans.achievement("1.2", "1.1", title="B", dependencies_open=True),
    ]
    root = build(tmp_path, {"PLAN_DEMO.md": text, "parallel.json": plans.parallel_json(entries)})
    assert "depends on  1.1 and more?  nothing" in scaffold("adopt", root, "--update", "--dry-run").out
    assert "depends on nothing here; parallel.json has 1.1, and leaves open on what else" in scaffold("check", root).out
