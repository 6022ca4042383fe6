"""`scaffold why`: why an achievement is or is not ready, and the one step that helps."""

import itertools
from pathlib import Path

import pytest

from scaffold.commands import why
from tests import plans
from tests.conftest import Scaffold
from tests.trees import Tree, build, snapshot

FIRST_DONE = {"execution/feedbacks/APPROVED_11.md": ""}
EXECUTING = {"execution/EXECUTION_TASK_DEMO_11_01.md": "", "execution/EXECUTION_TASK_DEMO_11_02.md": ""}
OPEN = {"subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1", "[FILL: what]", "[TO BE FILLED]")}


def test_what_keeps_an_achievement_is_followed_to_its_roots(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, FIRST_DONE)
    assert scaffold("why", "3.1", root).out == (
        "Achievement 3.1 Part 3.1\n"
        "\n"
        "Level 2, subplan created: not ready, because it waits for 2.1, 2.2.\n"
        "Decided by: subplans/SUBPLAN_DEMO_31.md\n"
        "SUBPLAN: subplans/SUBPLAN_DEMO_31.md\n"
        "EXECUTION_TASK: none yet\n"
        "\n"
        "Depends on  Title     State\n"
        "2.1         Part 2.1  subplan created, ready\n"
        "2.2         Part 2.2  subplan created\n"
        "\n"
        "Blocked by  Title     State\n"
        "1.2         Part 1.2  subplan created, ready\n"
        "2.1         Part 2.1  subplan created, ready\n"
        "2.2         Part 2.2  subplan created, waits for 1.2\n"
        "\n"
        "Next: Create the EXECUTION_TASKs of 1.2, 2.1\n"
        f"      scaffold executions {root} --batch --ready\n"
    )


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        pytest.param({}, "Level 1, subplan created: not ready, because it waits for 1.1.", id="waiting"),
        pytest.param(
            FIRST_DONE, "Level 1, subplan created: ready, because everything it depends on is done.", id="ready"
        ),
        pytest.param(
            {"execution/feedbacks/SKIPPED_21.md": ""}, "Level 1, skipped: nothing is left to do.", id="done before"
        ),
    ],
)
def test_the_reason_is_said_in_a_sentence(tmp_path: Path, scaffold: Scaffold, files: Tree, reason: str) -> None:
    assert reason in scaffold("why", "2.1", plans.demo(tmp_path, files)).out


def test_what_depends_on_nothing_is_ready_for_that_reason(tmp_path: Path, scaffold: Scaffold) -> None:
    shown = scaffold("why", "1.1", plans.demo(tmp_path)).out
    assert "Level 0, subplan created: ready, because it depends on nothing." in shown
    assert "Depends on" not in shown


@pytest.mark.parametrize(
    ("files", "step"),
    [
        pytest.param({}, "Next: Create the EXECUTION_TASK of 1.1\n      scaffold executions", id="create"),
        pytest.param(
            OPEN,
            "Next: Fill in subplans/SUBPLAN_DEMO_11.md: lines 11, 17\n",
            id="fill",
        ),
        pytest.param(
            EXECUTING,
            "Next: Carry out execution/EXECUTION_TASK_DEMO_11_02.md, "
            "and set its Status to Complete when it is ready for review\n",
            id="review",
        ),
        pytest.param(
            {"execution/feedbacks/FIX_11.md": ""},
            "Next: Create the EXECUTION_TASK that answers execution/feedbacks/FIX_11.md\n      scaffold executions",
            id="fix",
        ),
        pytest.param(FIRST_DONE, "Next: Achievement 1.1 is done.\n", id="done"),
    ],
)
def test_one_step_helps(tmp_path: Path, scaffold: Scaffold, files: Tree, step: str) -> None:
    assert step in scaffold("why", "1.1", plans.demo(tmp_path, files)).out


def test_feedback_without_a_subplan_asks_for_one_first(tmp_path: Path, scaffold: Scaffold) -> None:
    root = build(tmp_path, {**plans.tree(plans.THREE_LEVELS), "execution/feedbacks/FIX_11.md": ""})
    shown = scaffold("why", "1.1", root).out
    assert shown.endswith(f"\nNext: Create the SUBPLAN of 1.1\n      scaffold subplans {root} --achievement 1.1\n")


def test_without_a_subplan_the_step_is_to_create_it(tmp_path: Path, scaffold: Scaffold) -> None:
    root = build(tmp_path / "a plan", plans.tree(plans.THREE_LEVELS))
    shown = scaffold("why", "1.1", root).out
    assert "SUBPLAN: none yet\n" in shown
    assert f"Next: Create the SUBPLAN of 1.1\n      scaffold subplans '{root}' --achievement 1.1\n" in shown


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="designed"),
        pytest.param({"execution/feedbacks/FIX_11.md": "", **EXECUTING}, id="needs a fix"),
    ],
)
def test_the_command_that_it_names_works(tmp_path: Path, scaffold: Scaffold, files: Tree) -> None:
    root = plans.demo(tmp_path, files)
    command = scaffold("why", "1.1", root, "--json").document["data"]["next_command"]  # type: ignore[index,call-overload]
    assert isinstance(command, str)
    assert scaffold(*command.split()[1:], "--yes").code == 0


def test_json_says_the_same(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {**FIRST_DONE, **OPEN})
    document = scaffold("why", "2.2", root, "--json").document
    assert (document["kind"], document["ok"]) == ("why", True)
    second = {"id": "1.2", "title": "Part 1.2", "level": 0, "state": "subplan_created", "ready": True}
    assert document["data"] == {
        "plan": "DEMO",
        "plan_document": "PLAN_DEMO.md",
        "directory": root.as_posix(),
        "achievement": {
            "id": "2.2",
            "title": "Part 2.2",
            "level": 1,
            "state": "subplan_created",
            "ready": False,
            "decided_by": "subplans/SUBPLAN_DEMO_22.md",
            "claimed": False,
            "unfilled": 0,
            "out_of_date": 0,
            "dependencies": ["1.1", "1.2"],
            "estimated_time": None,
            "files": ["subplans/SUBPLAN_DEMO_22.md"],
        },
        "waits_for": ["1.2"],
        "blockers": [{**second, "waits_for": []}],
        "total": 1,
        "more": False,
        "after": None,
        "subplan": "subplans/SUBPLAN_DEMO_22.md",
        "executions": [],
        "out_of_date": [],
        "claim": None,
        "next_step": "Create the EXECUTION_TASK of 1.2",
        "next_command": f"scaffold executions {root} --achievement 1.2",
    }


def test_an_unknown_id_ends_with_2_and_the_nearest_one(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path)
    before = snapshot(root, without=())
    outcome = scaffold("why", "2.11", root)
    assert (outcome.code, outcome.out) == (2, "")
    assert "there is no achievement 2.11\n  hint: did you mean 2.1?" in outcome.err
    assert snapshot(root, without=()) == before


def test_a_chain_of_a_thousand_is_followed_and_only_its_beginning_shown(tmp_path: Path, scaffold: Scaffold) -> None:
    ids = [f"1.{at}" for at in range(1000)]
    chain = [plans.achievement(ids[0]), *(plans.achievement(b, a) for a, b in itertools.pairwise(ids))]
    root = build(tmp_path, plans.tree(chain))
    found = why.explain(root, "1.999")
    assert [one.standing.id for one in found.blockers] == ids[:-1]
    shown = scaffold("why", "1.999", root).out
    assert "and 979 more; `scaffold graph` shows all\n" in shown
    assert "Next: Create the SUBPLAN of 1.0\n" in shown
