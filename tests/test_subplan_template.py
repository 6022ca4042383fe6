"""The template set for SUBPLANs: it works with copier alone, and our rendering is the same."""

from pathlib import Path

import pytest
from pytest_copie.plugin import Copie

from scaffold.reading.markdown import parse, sections
from tests.conftest import Scaffold
from tests.plans import undesigned
from tests.trees import build, snapshot

TEMPLATE = Path(__file__).parent.parent / "templates" / "subplan"
OUTLINE = ["Objective", "Deliverables", "Approach", "Success Criteria", "Tests", "Execution Strategy"]


@pytest.mark.parametrize("level", ["0", "1", "all"])
def test_plain_copier_makes_the_same_files(tmp_path: Path, scaffold: Scaffold, copie: Copie, level: str) -> None:
    root = undesigned(tmp_path / "plan")
    data = scaffold("subplans", root, "--batch", "--level", level, "--dry-run", "--json", "--answers").document["data"]
    assert isinstance(data, dict)
    assert isinstance(data["answers"], dict)
    plain = copie.copy(extra_answers=data["answers"], template_dir=TEMPLATE)
    assert plain.exception is None
    assert plain.project_dir
    scaffold("subplans", root, "--batch", "--level", level, "--yes")
    assert snapshot(plain.project_dir) == snapshot(root / "subplans")


def test_the_set_renders_with_its_defaults(copie: Copie) -> None:
    plain = copie.copy(template_dir=TEMPLATE)
    assert plain.exception is None
    assert plain.project_dir
    assert snapshot(plain.project_dir) == {}


def test_the_outline_of_a_subplan_is_the_templates_own_whatever_the_plan_says(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    said = "## Goal\n\n<div>\n\n## Achievements\n\n### Achievement 1.1: Part 1.1\n\n**Goal**: Do `it\n\n"
    said += "#### Deep\n\n**What**:\n\n- one\n\n  ```\n  # Fake\n"
    build(undesigned(tmp_path), {"PLAN_DEMO.md": f"# PLAN: Demo\n\n{said}"})
    assert scaffold("subplans", tmp_path, "--achievement", "1.1", "--yes").code == 0
    made = (tmp_path / "subplans/SUBPLAN_DEMO_11.md").read_text("utf-8")
    titles = [one.title for one in sections(parse(made)) if one.level < 3]
    optional = {
        "What the PLAN asks for",
        "Goal of the PLAN",
        "Constraints of the PLAN",
        "Context of the PLAN",
        "References of the PLAN",
    }
    assert [one for one in titles if one not in optional] == ["SUBPLAN: Achievement 1.1 - Part 1.1", *OUTLINE]
    assert optional & set(titles)
    assert "\n\n\n" not in made
