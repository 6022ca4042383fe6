"""Dependencies that nobody has stated are open in every document and drawing, and never read as nothing."""

from pathlib import Path

import pytest

from scaffold.commands import graph
from scaffold.commands._drawing_dot import dot
from scaffold.commands._drawing_mermaid import mermaid
from scaffold.commands._drawing_text import text
from scaffold.model import DEPENDENCIES_OPEN
from scaffold.plan import overview
from tests import plans
from tests.conftest import Scaffold
from tests.trees import build

ENTRIES = (
    plans.achievement("1.1"),
    plans.achievement("1.2", **{DEPENDENCIES_OPEN: True}),
    plans.achievement("2.1", "1.1", **{DEPENDENCIES_OPEN: True}),
)
SAID = {
    "11": "**Depends on**: nothing  \n",
    "12": "**Depends on**: not stated in parallel.json  \n",
    "21": "**Depends on**: 1.1 Part 1.1 (subplan created); whether on more is not stated in parallel.json  \n",
}


def test_an_execution_task_says_which_dependencies_nobody_has_stated(tmp_path: Path, scaffold: Scaffold) -> None:
    tree = build(tmp_path, plans.tree(ENTRIES, subplans=("1.1", "1.2", "2.1")))
    assert scaffold("executions", tree, "--batch", "--level", "all", "--yes").code == 0
    for slug, line in SAID.items():
        assert line in (tree / f"execution/EXECUTION_TASK_DEMO_{slug}_01.md").read_text("utf-8")


def test_a_subplan_says_which_dependencies_nobody_has_stated(tmp_path: Path, scaffold: Scaffold) -> None:
    tree = build(tmp_path, plans.tree(ENTRIES))
    assert scaffold("subplans", tree, "--batch", "--level", "all", "--yes").code == 0
    for slug, line in SAID.items():
        expected = line.replace("subplan created", "not started")
        assert expected in (tree / f"subplans/SUBPLAN_DEMO_{slug}.md").read_text("utf-8")


@pytest.mark.parametrize("value", [False, None, ""])
def test_a_mark_that_says_no_is_none(value: object, tmp_path: Path, scaffold: Scaffold) -> None:
    tree = build(tmp_path, plans.tree([plans.achievement("1.1", **{DEPENDENCIES_OPEN: value})]))
    scaffold("subplans", tree, "--batch", "--yes")
    assert SAID["11"] in (tree / "subplans/SUBPLAN_DEMO_11.md").read_text("utf-8")


def test_every_drawing_marks_them(tmp_path: Path) -> None:
    found = overview.take(build(tmp_path, plans.tree(ENTRIES)))
    lines = text(found, None).splitlines()
    assert [line.split("Part", 1)[1] for line in lines if "Part" in line] == [
        " 1.1",
        " 1.2  (dependencies not stated)",
        " 2.1  (waits for 1.1; dependencies not stated)",
    ]
    for drawn in (mermaid(found), dot(found)):
        assert drawn.count("dependencies not stated") == 2
    assert [node["dependencies_open"] for node in graph.data(found)["nodes"]] == [False, True, True]


def test_a_level_with_open_dependencies_is_not_said_to_be_possible_at_once(tmp_path: Path, scaffold: Scaffold) -> None:
    hours = [{**entry, "estimated_hours": 2} for entry in ENTRIES]
    tree = build(tmp_path, plans.tree(hours, subplans=("1.1", "1.2", "2.1")))
    shown = scaffold("status", tree).out
    assert [line.split()[-2:] for line in shown.splitlines()[3:5]] == [["not", "known"], ["not", "known"]]
    assert "All levels: 6 h in sequence, in parallel not known: dependencies not stated of 1.2, 2.1\n" in shown
    data = scaffold("status", tree, "--json").document["data"]
    assert isinstance(data, dict)
    assert data["in_parallel"] is None
    build(tree, {"execution/feedbacks/APPROVED_12.md": "", "execution/feedbacks/SKIPPED_21.md": ""})
    assert "All levels: 6 h in sequence, 4 h with each level in parallel\n" in scaffold("status", tree).out
