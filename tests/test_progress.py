"""State and readiness come from the files, whatever parallel.json says."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scaffold.plan import levels, progress
from scaffold.plan.progress import progress_of
from tests import plans
from tests.conftest import Scaffold
from tests.trees import build

EXECUTION = "execution/EXECUTION_TASK_DEMO_11_01.md"
ONCE = ("", "subplans", "execution", "feedbacks", "levels", "states")
APPROVED, FIX, SKIPPED = (f"execution/feedbacks/{word}_11.md" for word in ("APPROVED", "FIX", "SKIPPED"))


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ([], "not_started"),
        (["subplans/SUBPLAN_DEMO_11.md"], "subplan_created"),
        (["subplans/SUBPLAN_DEMO_11.md", EXECUTION], "execution_created"),
        ([EXECUTION, SKIPPED], "skipped"),
        ([EXECUTION, FIX], "needs_fix"),
        ([EXECUTION, FIX, APPROVED], "complete"),
        ([EXECUTION, FIX, SKIPPED], "needs_fix"),
        ([EXECUTION, SKIPPED, APPROVED], "complete"),
        (["execution/feedbacks/FIX_11_NOTES.md", EXECUTION], "execution_created"),
        (["execution/feedbacks/APPROVED_111.md"], "not_started"),
        (["execution/EXECUTION_TASK_OTHER_11_01.md", "execution/EXECUTION_TASK_DEMO_111_01.md"], "not_started"),
        (["execution/EXECUTION_TASK_DEMO_11_02.md"], "execution_created"),
        (["execution/feedbacks/APPROVED_11.md/"], "not_started"),
        ([f"{EXECUTION}/"], "not_started"),
        (["subplans/SUBPLAN_DEMO_11.md/"], "not_started"),
    ],
)
def test_the_state_of_an_achievement_follows_from_its_files(tmp_path: Path, files: list[str], state: str) -> None:
    entry = plans.achievement("1.1", status="whatever")
    root = build(tmp_path, {**plans.tree([entry]), **dict.fromkeys(files, "")})
    assert [standing.state for standing in progress_of(plans.read(root))] == [state]


def test_an_achievement_is_ready_when_all_it_depends_on_is_done_and_itself_is_not(tmp_path: Path) -> None:
    feedbacks = {"execution/feedbacks/APPROVED_11.md": "", "execution/feedbacks/SKIPPED_12.md": ""}
    standings = progress_of(plans.read(plans.demo(tmp_path, feedbacks)))
    ready = {standing.id: standing.ready for standing in standings}
    assert ready == {"1.1": False, "1.2": False, "2.1": True, "2.2": True, "3.1": False}


@pytest.mark.parametrize(
    "command",
    [
        ["executions", ".", "--batch", "--level", "all", "--skip-missing", "--dry-run"],
        ["subplans", ".", "--batch", "--level", "all", "--dry-run"],
        ["status"],
        ["why", "3.1"],
        ["check"],
        ["graph"],
    ],
    ids=lambda command: command[0],
)
def test_every_command_lists_directories_and_works_out_states_and_levels_once(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(plans.demo(tmp_path, {APPROVED: ""}))
    Path("subplans/SUBPLAN_DEMO_31.md").unlink()  # so that there is something to create for both
    calls = Counter[str]()

    def count(module: object, name: str, label: Callable[[Any], str]) -> None:
        real = getattr(module, name)

        def counted(*arguments: Any) -> Any:
            calls[label(arguments[0])] += 1
            return real(*arguments)

        monkeypatch.setattr(module, name, counted)

    count(os, "scandir", lambda path: Path(path).name)  # the plan itself has no name: it is the current directory
    count(levels, "levels", lambda achievements: "levels")
    count(progress, "_Stands", lambda plan: "states")
    assert scaffold(*command).code in (0, 4)
    assert {name: calls[name] for name in ONCE} == dict.fromkeys(ONCE, 1)
