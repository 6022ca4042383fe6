"""The built-in template sets, rendered as a user would: with nothing but copier."""

from pathlib import Path

import pytest
from pytest_copie.plugin import Copie

from scaffold.context import TaskFacts, answers, execution_task
from scaffold.model import Achievement, Input, Subplan

EMPTY = Subplan(
    title=None,
    header=(),
    achievement=None,
    objective=None,
    approach=None,
    phases=(),
    success_criteria=(),
    deliverables=(),
    tests=(),
    estimated_time=None,
    execution_strategy=None,
    planned_executions=(),
    unfilled=(),
    diagnostics=(),
)


@pytest.fixture(autouse=True)
def _no_real_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep copier from the settings of whoever runs the tests."""
    settings = tmp_path / "copier-settings.yml"
    settings.write_text("{}\n")
    monkeypatch.setenv("COPIER_SETTINGS_PATH", str(settings))


def test_an_empty_subplan_gives_a_document_that_says_what_is_absent(copie: Copie) -> None:
    facts = TaskFacts(
        Achievement("2.3", "A {{ 7*7 }} title", (), None, {}),
        "01",
        None,
        Input("subplans/SUBPLAN_X_23.md", "0" * 64),
        (),
        (),
        True,
        "2026-01-02",
    )

    result = copie.copy(answers("X", "PLAN_X.md", [execution_task(facts, EMPTY)]))

    assert result.exception is None
    assert result.project_dir is not None
    text = (result.project_dir / "EXECUTION_TASK_X_23_01.md").read_text("utf-8")
    assert text.startswith("# EXECUTION_TASK: Achievement 2.3 - A {{ 7*7 }} title\n")
    assert "The SUBPLAN states no objective: see `SUBPLAN_X_23.md`." in text
