"""What keeps a document from being made again keeps nobody from the others, and is said of that document alone."""

import shutil
from pathlib import Path

import pytest

from scaffold.templates.sets import built_in_layer
from tests import plans
from tests.conftest import Scaffold, codes
from tests.test_update import FIRST, SECOND, SUBPLAN, change
from tests.trees import snapshot
from tests.update_kit import create, outdated

pytestmark = pytest.mark.usefixtures("_no_real_fsync")


@pytest.fixture
def plan(tmp_path: Path, scaffold: Scaffold) -> Path:
    """Build a plan whose lowest level has its EXECUTION_TASKs."""
    root = plans.demo(tmp_path / "DEMO")
    create(scaffold, root)
    return root


def test_a_template_set_that_is_gone_keeps_only_its_own_documents_from_an_update(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    root = plans.demo(tmp_path / "DEMO")
    own = tmp_path / "own"
    shutil.copytree(built_in_layer("execution_task").directory, own)
    for options in (("--achievement", "1.1", "--template", own), ("--achievement", "1.2")):
        assert scaffold("executions", root, *options, "--yes").code == 0
    shutil.rmtree(own)
    change(root)
    change(root, "subplans/SUBPLAN_DEMO_12.md")
    assert outdated(scaffold, root) == {SECOND: ["the SUBPLAN"]}
    for command in ("status", "check", "update"):
        more = ("--dry-run",) if command == "update" else ()
        warnings = codes(scaffold(command, root, "--json", *more).document, "warning")
        assert ("template_not_found", FIRST) in warnings, command
    before = (root / FIRST).read_bytes()
    assert scaffold("update", root, "--yes").code == 0
    assert (root / FIRST).read_bytes() == before
    named = scaffold("update", root, "--achievement", "1.1", "--yes")
    assert (named.code, "put the template set back" in named.err) == (3, True)


def test_what_cannot_be_compared_is_not_called_up_to_date(scaffold: Scaffold, plan: Path) -> None:
    (plan / SUBPLAN).unlink()
    assert "Nothing to update: 1 EXECUTION_TASK up to date." in scaffold("update", plan, "--dry-run").out
    (plan / "subplans/SUBPLAN_DEMO_12.md").unlink()
    assert "Nothing to update: what there is cannot be made again." in scaffold("update", plan, "--dry-run").out


def test_a_document_that_cannot_be_read_is_named_where_it_would_be_another(scaffold: Scaffold, plan: Path) -> None:
    change(plan)
    (plan / FIRST).write_bytes((plan / FIRST).read_bytes() + b"x" * 2_000_000)
    before = snapshot(plan)
    outcome = scaffold("update", plan, "--yes")
    assert (outcome.code, snapshot(plan)) == (0, before)
    assert "Nothing to update: 1 EXECUTION_TASK up to date." in outcome.out
    assert f"{FIRST}: cannot be read, or has more than 2,000,000 bytes" in outcome.err
    for command in ("status", "check"):
        assert ("unreadable", FIRST) in codes(scaffold(command, plan, "--json").document, "warning")
