"""`scaffold subplans`: what the PLAN says is there, what is left to design is marked, and the rest is as executions."""

from pathlib import Path

import pytest

from tests import plans
from tests.conftest import Scaffold, codes
from tests.plans import undesigned
from tests.trees import added, build, snapshot


def test_what_the_plan_says_is_in_the_subplan_and_what_it_does_not_say_is_asked_for(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    assert scaffold("subplans", undesigned(tmp_path), "--batch", "--level", "all", "--yes").code == 0
    full = (tmp_path / "subplans/SUBPLAN_DEMO_11.md").read_text("utf-8")
    for said in ("Build {{ the }} first part.", "- It runs.", "- `one.py`\n- `two.py`", "3-4 hours", "- `test_one.py`"):
        assert said in full
    assert full.count("[FILL:") == 2
    empty = (tmp_path / "subplans/SUBPLAN_DEMO_31.md").read_text("utf-8")
    assert empty.count("[FILL:") == 7


def test_a_subplan_that_was_just_made_blocks_executions_and_counts_as_unfilled(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    scaffold("subplans", undesigned(tmp_path), "--batch", "--yes")
    blocked = scaffold("executions", tmp_path, "--achievement", "1.1", "--json")
    assert (blocked.code, codes(blocked.document)) == (4, [("subplan_unfilled", "subplans/SUBPLAN_DEMO_11.md")])
    assert "Next: Fill in subplans/SUBPLAN_DEMO_11.md: line" in scaffold("status", tmp_path).out


def test_an_achievement_that_the_plan_does_not_define_warns(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("subplans", undesigned(tmp_path), "--achievement", "1.2", "--dry-run")
    assert "PLAN_DEMO.md: does not define achievement 1.2" in outcome.err


def test_of_a_large_level_a_few_achievements_are_named(tmp_path: Path, scaffold: Scaffold) -> None:
    root = build(tmp_path, plans.tree([plans.achievement(f"1.{at}") for at in range(1, 31)]))
    scaffold("subplans", root, "--achievement", "1.1", "--yes")
    said = (root / "subplans/SUBPLAN_DEMO_11.md").read_text("utf-8")
    assert "1.9 Part 1.9; and 21 more  \n" in said or "1.9 Part 1.9; and 21 more\n" in said


def test_a_definition_without_labels_is_copied_whole(tmp_path: Path, scaffold: Scaffold) -> None:
    text = "# PLAN: Demo\n\n## Achievements\n\n### Achievement 1.1: Part 1.1\n\n- Write it\n- Test it\n"
    scaffold("subplans", build(undesigned(tmp_path), {"PLAN_DEMO.md": text}), "--achievement", "1.1", "--yes")
    said = (tmp_path / "subplans/SUBPLAN_DEMO_11.md").read_text("utf-8")
    assert "## What the PLAN asks for\n\n- Write it\n- Test it\n" in said


def test_the_preview_speaks_of_subplans_and_names_the_next_command(tmp_path: Path, scaffold: Scaffold) -> None:
    before = snapshot(undesigned(tmp_path))
    outcome = scaffold("subplans", tmp_path, "--batch", typed="y\n")
    assert outcome.err.endswith("Proceed with batch creation of 2 SUBPLANs? (y/N): ")
    assert "Next: Fill in subplans/SUBPLAN_DEMO_11.md: line" in outcome.out
    assert added(tmp_path, before) == {f"subplans/SUBPLAN_DEMO_{slug}.md" for slug in ("11", "12")}


def test_existing_subplans_and_finished_achievements_are_left_alone(tmp_path: Path, scaffold: Scaffold) -> None:
    root = build(
        undesigned(tmp_path), {"subplans/SUBPLAN_DEMO_11.md": "mine", "execution/feedbacks/APPROVED_12.md": ""}
    )
    before = snapshot(root, without=())
    outcome = scaffold("subplans", root, "--batch")
    assert (outcome.code, "Nothing to create: no SUBPLAN is missing here." in outcome.out) == (0, True)
    assert snapshot(root, without=()) == before


def test_something_else_with_the_name_of_a_subplan_is_a_conflict(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold(
        "subplans", build(undesigned(tmp_path), {"subplans/SUBPLAN_DEMO_11.md/": ""}), "--batch", "--yes"
    )
    assert (outcome.code, "is a directory where the SUBPLAN belongs" in outcome.err) == (5, True)


def test_a_plan_that_changes_before_the_yes_is_a_conflict(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scaffold import terminal

    root = undesigned(tmp_path)
    monkeypatch.setattr(terminal, "confirm", lambda *_, **__: build(root, {"PLAN_DEMO.md": "# PLAN: Another\n"}))
    assert (scaffold("subplans", root, "--batch").code, (root / "subplans").exists()) == (5, False)


def test_an_unreadable_plan_is_refused(tmp_path: Path, scaffold: Scaffold) -> None:
    assert scaffold("subplans", build(undesigned(tmp_path), {"PLAN_DEMO.md": b"\xff"}), "--batch").code == 3


@pytest.mark.parametrize(
    ("options", "slugs"),
    [
        (["--batch", "--level", "next"], {"21", "22"}),
        (["--batch", "--ready"], {"21"}),
    ],
)
def test_the_next_level_and_what_is_ready_can_be_selected(
    tmp_path: Path, scaffold: Scaffold, options: list[str], slugs: set[str]
) -> None:
    there = {"subplans/SUBPLAN_DEMO_11.md": "x", "subplans/SUBPLAN_DEMO_12.md": "x"}
    before = snapshot(build(undesigned(tmp_path), {**there, "execution/feedbacks/APPROVED_11.md": ""}))
    assert scaffold("subplans", tmp_path, *options, "--yes").code == 0
    assert added(tmp_path, before) == {f"subplans/SUBPLAN_DEMO_{slug}.md" for slug in slugs}


def test_without_anything_missing_the_next_level_is_nothing_to_do(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("subplans", plans.demo(tmp_path), "--batch", "--level", "next")
    assert (outcome.code, "Nothing to create" in outcome.out) == (0, True)


def test_only_one_way_of_selecting_is_taken(tmp_path: Path, scaffold: Scaffold) -> None:
    assert scaffold("subplans", undesigned(tmp_path), "--batch", "--ready", "--level", "1").code == 2


def test_what_holds_for_the_whole_plan_is_in_every_subplan_and_nothing_is_said_twice(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    text = plans.PLAN.replace(
        "## Achievements", "## Constraints\n\n- Keep [it](notes.md) small.\n\n## Priority 1: First"
    )
    text = text.replace("- **Tests**", "- **Approach**: with care\n- **Hint**: ask Ann\n- **Tests**")
    scaffold("subplans", build(undesigned(tmp_path), {"PLAN_DEMO.md": text}), "--batch", "--level", "all", "--yes")
    said = (tmp_path / "subplans/SUBPLAN_DEMO_11.md").read_text("utf-8")
    assert "**In the PLAN**: Priority 1: First  \n" in said
    assert "\n**Needed by**: 2.1 Part 2.1; 2.2 Part 2.2  \n" in said
    assert "## What the PLAN asks for\n\nwith care\n\n- **Hint**: ask Ann\n" in said
    assert "## Constraints of the PLAN\n\n- Keep [it](../notes.md) small.\n" in said
    for once in ("It runs.", "`one.py`", "test_one.py", "first part"):
        assert said.count(once) == 1


def test_without_a_goal_an_objective_is_drafted_and_stays_to_be_filled_in(tmp_path: Path, scaffold: Scaffold) -> None:
    text = plans.PLAN.replace("- **Goal**: Build {{ the }} first part.\n", "")
    scaffold("subplans", build(undesigned(tmp_path), {"PLAN_DEMO.md": text}), "--achievement", "1.1", "--yes")
    said = (tmp_path / "subplans/SUBPLAN_DEMO_11.md").read_text("utf-8")
    assert "## Objective\n\n[FILL: confirm or replace this draft: Part 1.1: It runs]\n" in said
    assert scaffold("executions", tmp_path, "--achievement", "1.1").code == 4


def test_what_a_long_plan_repeats_in_every_subplan_is_cut_and_pointed_to(tmp_path: Path, scaffold: Scaffold) -> None:
    long = "\n".join(f"- rule {number}" for number in range(60))
    text = plans.PLAN.replace("## Achievements", f"## Constraints\n\n{long}\n\n## Achievements")
    scaffold("subplans", build(undesigned(tmp_path), {"PLAN_DEMO.md": text}), "--achievement", "1.1", "--yes")
    said = (tmp_path / "subplans/SUBPLAN_DEMO_11.md").read_text("utf-8")
    assert "- rule 39\n\n… 20 more lines: PLAN lines 49-68\n" in said
