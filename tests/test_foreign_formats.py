"""A document of another planning tool is told by its headings, and is no SUBPLAN."""

from pathlib import Path

import pytest

from scaffold.reading import subplan
from tests import plans
from tests.conftest import Scaffold
from tests.trees import build, snapshot

DOCUMENTS = {
    "spec-kit": "# Feature Specification: Tea\n\n## User Scenarios & Testing *(mandatory)*\n\n## Requirements\n\nx\n",
    "OpenSpec": "# Change: Tea\n\n## Why\n\nx\n\n## What Changes\n\n- x\n\n## Impact\n\nx\n",
    "Kiro": "# Requirements Document\n\n## Introduction\n\nx\n\n## Requirements\n\n### Requirement 1\n\nx\n",
    "task-master": "# Task ID: 1\n# Title: Tea\n# Status: pending\n# Dependencies: None\n# Details:\nx\n",
    "BMAD": "# Story 1.1: Tea\n\n## Story\n\nx\n\n## Tasks / Subtasks\n\n- [ ] x\n\n## Dev Notes\n\nx\n",
    "get-shit-done": "---\nphase: 01\nwave: 1\n---\n\n<objective>\nx\n</objective>\n\n<tasks>\n</tasks>\n",
    "Agent OS": "# Spec Requirements Document\n\n## Spec Scope\n\nx\n\n## Expected Deliverable\n\nx\n",
}


@pytest.mark.parametrize("tool", DOCUMENTS)
def test_the_tool_is_told_by_its_typical_headings(tool: str) -> None:
    found = subplan.parse(DOCUMENTS[tool], "s.md")
    assert (found.objective, found.approach, found.tool) == (None, None, tool)


def test_what_is_in_doubt_is_of_no_tool() -> None:
    found = subplan.parse("# Tea\n\n## Why\n\nx\n\n## Story\n\nx\n", "s.md")
    assert (found.headings, found.tool) == (("Why", "Story"), None)


def test_a_subplan_is_of_no_tool_whatever_headings_it_has() -> None:
    found = subplan.parse(f"{DOCUMENTS['OpenSpec']}\n## Approach\n\nx\n", "s.md")
    assert (found.headings, found.tool) == ((), None)


def test_a_document_that_is_no_subplan_makes_no_execution_task(tmp_path: Path, scaffold: Scaffold) -> None:
    tree = plans.demo(tmp_path)
    build(tree, {"subplans/SUBPLAN_DEMO_11.md": f"**Achievement**: 1.1\n\n{DOCUMENTS['OpenSpec']}"})
    before = snapshot(tree)
    outcome = scaffold("executions", tree, "--batch", "--yes", "--allow-unfilled")
    assert outcome.code == 4
    assert (
        "SUBPLAN_DEMO_11.md: has neither an objective nor an approach; its headings are 'Why', 'What Changes', "
        "'Impact'; this is how documents of OpenSpec look"
    ) in outcome.err
    assert snapshot(tree) == before
    assert scaffold("check", tree).code == 3
    assert scaffold("executions", tree, "--batch", "--yes", "--skip-missing").code == 0
