"""State and readiness come from the files, whatever parallel.json says."""

from pathlib import Path

import pytest

from scaffold.plan.progress import ready, states
from tests import plans
from tests.trees import build

EXECUTION = "execution/EXECUTION_TASK_DEMO_11_01.md"
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
    assert states(plans.read(root)) == {"1.1": state}


def test_an_achievement_is_ready_when_all_it_depends_on_is_done_and_itself_is_not(tmp_path: Path) -> None:
    feedbacks = {"execution/feedbacks/APPROVED_11.md": "", "execution/feedbacks/SKIPPED_12.md": ""}
    plan = plans.read(plans.demo(tmp_path, feedbacks))
    found = ready(plan.achievements, states(plan))
    assert found == {"1.1": False, "1.2": False, "2.1": True, "2.2": True, "3.1": False}
