"""What a preview showed is what `scaffold apply` does: with the template that was named, and the decisions seen."""

import shutil
from pathlib import Path

import pytest

from scaffold.templates.sets import built_in_layer
from tests import plans
from tests.conftest import Scaffold
from tests.test_update import FIRST, SUBPLAN
from tests.update_kit import create, edit, outdated

pytestmark = pytest.mark.usefixtures("_no_real_fsync")


def test_a_preview_with_a_template_of_a_command_s_name_is_applied(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = plans.demo(tmp_path / "DEMO")
    shutil.copytree(built_in_layer("execution_task").directory, tmp_path / "executions")
    monkeypatch.chdir(tmp_path)
    shown = scaffold("preview", "executions", root, "--batch", "--template", "executions", "--json").document["data"]
    monkeypatch.chdir(root)
    assert scaffold("apply", str(shown["change_set"]), root, "--yes").code == 0  # type: ignore[call-overload,index]
    assert (root / FIRST).is_file()


def test_a_preview_decides_only_against_what_it_showed(tmp_path: Path, scaffold: Scaffold) -> None:
    plan = plans.demo(tmp_path / "DEMO")
    create(scaffold, plan)
    last = next(line for line in (plan / FIRST).read_text().splitlines() if line.startswith("Made on"))
    edit(plan, FIRST, ("Make it work.", "Make it mine."), (last, "Made by me."))
    edit(plan, SUBPLAN, ("Make it work.", "Make it theirs."))
    preview = ("preview", "update", plan, "--conflict", "keep", "--json")
    shown = str(scaffold(*preview).document["data"]["change_set"])  # type: ignore[call-overload,index]
    edit(plan, SUBPLAN, ("Make it theirs.", "Make it something that nobody has seen."))
    refused = scaffold("apply", shown, plan, "--yes")
    assert (refused.code, "preview_outdated" in scaffold("apply", shown, plan, "--yes", "--json").out) == (5, True)
    assert outdated(scaffold, plan) == {FIRST: ["the SUBPLAN"]}
    edit(plan, SUBPLAN, ("Make it something that nobody has seen.", "Make it theirs."))
    assert scaffold("apply", shown, plan, "--yes").code == 0
    assert outdated(scaffold, plan) == {}
