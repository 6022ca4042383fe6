"""Which achievements a run is about, and what is missing among them."""

import os
from pathlib import Path

import pytest

from scaffold.errors import Conflict, UsageProblem
from scaffold.names import EXECUTION_TASK
from scaffold.plan.progress import Progress, progress_of
from scaffold.plan.selection import Selection, lowest_level_missing, select, split_missing
from tests import plans
from tests.conftest import Scaffold
from tests.trees import build, snapshot


def progress_in(root: Path) -> Progress:
    return progress_of(plans.read(root))


@pytest.mark.parametrize(
    ("selection", "ids", "options"),
    [
        (Selection("level"), ["1.1", "1.2"], "--level 0"),
        (Selection("level", 1), ["2.1", "2.2"], "--level 1"),
        (Selection("all"), ["1.1", "1.2", "2.1", "2.2", "3.1"], "--level all"),
        (
            Selection("achievements", ids=("3.1", "1.2")),
            ["1.2", "3.1"],
            "--achievement 3.1 --achievement 1.2",
        ),
    ],
)
def test_a_selection_gives_its_achievements_by_level_and_id(
    tmp_path: Path, selection: Selection, ids: list[str], options: str
) -> None:
    assert [one.id for one in select(progress_in(plans.demo(tmp_path)), selection, EXECUTION_TASK)] == ids
    assert selection.options == options


def test_achievements_of_a_level_are_ordered_by_number(tmp_path: Path) -> None:
    progress = progress_in(build(tmp_path, plans.tree([plans.achievement(one) for one in ("1.10", "1.2", "10.1")])))
    assert [one.id for one in select(progress, Selection("level"), EXECUTION_TASK)] == ["1.2", "1.10", "10.1"]


def test_a_level_comes_before_the_next_one_whatever_the_ids_are(tmp_path: Path) -> None:
    progress = progress_in(build(tmp_path, plans.tree([plans.achievement("1.1", "2.1"), plans.achievement("2.1")])))
    assert [one.id for one in select(progress, Selection("all"), EXECUTION_TASK)] == ["2.1", "1.1"]


def test_a_plan_without_achievements_has_an_empty_level_0(tmp_path: Path) -> None:
    assert select(progress_in(build(tmp_path, plans.tree([]))), Selection("level"), EXECUTION_TASK) == ()


@pytest.mark.parametrize(
    ("entries", "level", "levels"),
    [
        pytest.param(plans.THREE_LEVELS[:2], 1, "the only level of DEMO is 0", id="one level"),
        pytest.param(plans.THREE_LEVELS, 3, "the levels of DEMO are 0 to 2", id="three levels"),
    ],
)
def test_a_level_that_does_not_exist_is_refused_with_the_levels_there_are(
    tmp_path: Path, entries: list[plans.Entry], level: int, levels: str
) -> None:
    progress = progress_in(build(tmp_path, plans.tree(entries)))
    with pytest.raises(UsageProblem, match=f"there is no level {level}: {levels}$"):
        select(progress, Selection("level", level), EXECUTION_TASK)


def test_a_plan_without_achievements_has_no_other_level(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="there is no level 1: DEMO has no achievements"):
        select(progress_in(build(tmp_path, plans.tree([]))), Selection("level", 1), EXECUTION_TASK)


def test_unknown_ids_are_all_named_with_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem) as caught:
        select(progress_in(plans.demo(tmp_path)), Selection("achievements", ids=("2.3", "1.1", "x")), EXECUTION_TASK)
    assert [(one.message, one.hint) for one in caught.value.diagnostics] == [
        ("there is no achievement 2.3", "did you mean 2.2?"),
        ("there is no achievement x", "parallel.json lists the ids"),
    ]


def test_an_achievement_with_any_execution_task_or_done_misses_none(tmp_path: Path) -> None:
    files = {
        "execution/EXECUTION_TASK_DEMO_11_02.md": "",
        "execution/feedbacks/SKIPPED_12.md": "",
        "execution/feedbacks/FIX_21.md": "",
    }
    progress = progress_in(plans.demo(tmp_path, files))
    missing, existing = split_missing(progress, EXECUTION_TASK, "first")
    assert [one.id for one in missing] == ["2.1", "2.2", "3.1"]
    assert [(one.id, one.state, one.paths(EXECUTION_TASK)) for one in existing] == [
        ("1.1", "execution_created", ("execution/EXECUTION_TASK_DEMO_11_02.md",)),
        ("1.2", "skipped", ()),
    ]
    assert lowest_level_missing(progress, EXECUTION_TASK, []) == 1
    assert lowest_level_missing(progress, EXECUTION_TASK, ["2.1", "2.2"]) == 2
    assert lowest_level_missing(progress, EXECUTION_TASK, ["2.1", "2.2", "3.1"]) is None


@pytest.mark.parametrize("numbering", [[], ["--planned"], ["--again"]])
@pytest.mark.parametrize(("feedback", "state"), [("APPROVED", "complete"), ("SKIPPED", "skipped")])
def test_what_is_done_gets_no_document_however_documents_are_numbered(
    tmp_path: Path, scaffold: Scaffold, numbering: list[str], feedback: str, state: str
) -> None:
    before = snapshot(plans.demo(tmp_path, {f"execution/feedbacks/{feedback}_11.md": ""}))
    outcome = scaffold("executions", tmp_path, "--achievement", "1.1", "--yes", *numbering)
    assert (outcome.code, f"\nNot needed: 1.1 ({state})\n" in outcome.out) == (0, True)
    assert "Already exist" not in outcome.out
    assert snapshot(tmp_path) == before


def test_what_is_in_the_way_of_others_does_not_matter(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"execution/EXECUTION_TASK_DEMO_12_01.md/": ""})
    outcome = scaffold("executions", root, "--achievement", "1.1", "--yes")
    names = {path.name for path in (root / "execution").iterdir()}
    assert (outcome.code, names) == (0, {"EXECUTION_TASK_DEMO_11_01.md", "EXECUTION_TASK_DEMO_12_01.md"})
    assert (root / "execution/EXECUTION_TASK_DEMO_12_01.md").is_dir()


def test_whatever_else_has_the_name_of_an_execution_task_is_a_conflict(tmp_path: Path) -> None:
    root = plans.demo(tmp_path, {"execution/EXECUTION_TASK_DEMO_11_01.md/": ""})
    (root / "execution/EXECUTION_TASK_DEMO_12_01.md").symlink_to("x")
    os.mkfifo(root / "execution/EXECUTION_TASK_DEMO_21_01.md")
    progress = progress_in(root)
    with pytest.raises(Conflict) as caught:
        split_missing(progress, EXECUTION_TASK, "first")
    assert [one.message for one in caught.value.diagnostics] == [
        "is a directory where the EXECUTION_TASK belongs",
        "is a symbolic link where the EXECUTION_TASK belongs",
        "is a special file where the EXECUTION_TASK belongs",
    ]
