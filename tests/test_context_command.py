"""`scaffold context` and `scaffold template variables`: what a template gets, and from where."""

from pathlib import Path

import pytest

from scaffold.document.variables import VARIABLES
from tests import plans
from tests.conftest import Scaffold
from tests.trees import build

TEXT = """# SUBPLAN: Part 1.1

**Achievement**: 1.1
**Team**: blue

## Objective

Make it.

## Approach

First think.

### Phase 1: Build (2 h)

**Goal**: It runs.

1. Write it
2. Run it
"""


def test_each_field_comes_with_its_line_in_the_order_of_the_files(tmp_path: Path, scaffold: Scaffold) -> None:
    build(tmp_path, {"a.md": TEXT, "b.md": "# Nothing\n"})
    outcome = scaffold("context", tmp_path / "a.md", tmp_path / "b.md", "--json")
    data = outcome.document["data"]
    assert isinstance(data, dict)
    assert isinstance(data["subplans"], list)
    first, second = data["subplans"]
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert (first["objective"], first["approach"]) == ("Make it.", TEXT[TEXT.index("First") :].rstrip())
    assert first["metadata"] == {"Achievement": "1.1", "Team": "blue"}
    assert first["phases"] == [
        {
            "number": "1",
            "title": "Build",
            "time": "2 h",
            "goal": "It runs.",
            "steps": ["Write it", "Run it"],
            "verification": [],
            "line": 14,
        }
    ]
    assert first["sources"] == {"title": 1, "achievement": 3, "objective": 8, "approach": 12, "phases": 14}
    assert (first["task"], second["objective"], second["deliverables"]) == (None, None, [])
    assert second["sources"] == {"title": 1}


def test_for_people_every_field_stands_below_its_name_and_line(tmp_path: Path, scaffold: Scaffold) -> None:
    shown = scaffold("context", build(tmp_path, {"a.md": TEXT}) / "a.md").out
    assert "\n  objective, line 8:\n    Make it.\n" in shown
    assert "    - number: 1\n      title: Build\n      time: 2 h\n      goal: It runs.\n" in shown
    assert "\n  not found: " in shown


def test_what_is_strange_about_a_subplan_is_said_beside_its_fields(tmp_path: Path, scaffold: Scaffold) -> None:
    text = "# SUBPLAN: A\n\n## Objective\n\n```\nx\n\n## Approach\n\nDo it.\n"
    outcome = scaffold("context", build(tmp_path, {"a.md": text}) / "a.md")
    assert (outcome.code, "a.md:5: a code fence is not closed" in outcome.err) == (0, True)
    assert "approach, line 10:\n    Do it.\n" in outcome.out


def test_an_achievement_comes_with_the_variables_of_its_document(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path)
    data = scaffold("context", root, "--achievement", "2.1", "--json", "--answers").document["data"]
    answers = scaffold("executions", root, "--achievement", "2.1", "--dry-run", "--json", "--answers").document["data"]
    assert isinstance(data, dict)
    assert isinstance(answers, dict)
    assert data["subplans"][0]["task"] == answers["answers"]["tasks"][0]  # type: ignore[index,call-overload]


def test_settings_that_are_nearest_to_a_file_name_its_headings(tmp_path: Path, scaffold: Scaffold) -> None:
    tree = {"scaffold.yml": "headings: {objective: [Why]}\n", "a.md": "# S\n\n## Why\n\nBecause.\n"}
    assert "objective, line 5:\n    Because." in scaffold("context", build(tmp_path, tree) / "a.md").out


def test_every_file_that_cannot_be_read_is_named_at_once(tmp_path: Path, scaffold: Scaffold) -> None:
    build(tmp_path, {"empty.md": "", "bad.md": b"\xff"})
    outcome = scaffold("context", *(tmp_path / name for name in ("empty.md", "bad.md", "none.md")))
    assert outcome.code == 3
    assert all(name in outcome.err for name in ("empty.md", "bad.md", "none.md"))


def test_context_needs_files_or_an_achievement(tmp_path: Path, scaffold: Scaffold) -> None:
    assert scaffold("context").code == 2
    assert scaffold("context", tmp_path, tmp_path, "--achievement", "1.1").code == 2


@pytest.mark.parametrize(
    ("arguments", "template"),
    [((), "execution_task"), (("execution_task",), "execution_task"), (("subplan",), "subplan")],
)
def test_every_variable_of_a_template_set_is_listed_with_its_meaning(
    scaffold: Scaffold, arguments: tuple[str, ...], template: str
) -> None:
    shown = scaffold("template", "variables", *arguments).out
    data = scaffold("template", "variables", *arguments, "--json").document["data"]
    assert isinstance(data, dict)
    assert isinstance(data["variables"], list)
    assert data["template"] == template
    assert [one["name"] for one in data["variables"]] == [one.name for one in VARIABLES[template]]  # type: ignore[index,call-overload]
    assert all(f"{one.name}  ({one.type})\n    {one.meaning}\n" in shown for one in VARIABLES[template])
