"""The commands that scaffold names can be run as they stand, from where the user is."""

import re
import shlex
from pathlib import Path

import pytest

from tests import plans
from tests.conftest import Scaffold
from tests.trees import build

NAMES = ["plan", "my plan's", "-plan"]


@pytest.fixture(params=NAMES)
def plan(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plan that is not the current directory, of a name that is harmless or not, with one SUBPLAN missing."""
    plans.demo(tmp_path / request.param)
    (tmp_path / request.param / "subplans/SUBPLAN_DEMO_11.md").unlink()
    monkeypatch.chdir(tmp_path)
    return Path(request.param)


def named(text: str, pattern: str) -> list[str]:
    """Return the arguments of the command line that a text names."""
    found = re.search(pattern, text)
    assert found, text
    return shlex.split(found[1])


def test_the_command_for_a_missing_subplan_creates_it(plan: Path, scaffold: Scaffold) -> None:
    blocked = scaffold("executions", f"./{plan}", "--batch")
    arguments = named(blocked.err, r"create it with `scaffold (.*?)`")
    assert (blocked.code, scaffold(*arguments, "--yes").code) == (4, 0)
    assert (plan / "subplans/SUBPLAN_DEMO_11.md").is_file()


def test_the_commands_that_check_names_do_what_is_missing(plan: Path, scaffold: Scaffold) -> None:
    arguments = named(scaffold("check", f"./{plan}").out, r"hint: scaffold (subplans .*)")
    assert scaffold(*arguments, "--yes").code == 0
    assert "has no SUBPLAN" not in scaffold("check", f"./{plan}").out


def test_the_commands_of_the_next_steps_can_be_run(plan: Path, scaffold: Scaffold) -> None:
    for arguments in (("next", f"./{plan}"), ("why", "1.1", f"./{plan}")):
        step = named(scaffold(*arguments).out, r"\n +scaffold (subplans .*)")
        assert "SUBPLAN_DEMO_11.md" in scaffold(*step, "--dry-run").out
    created = scaffold("executions", f"./{plan}", "--achievement", "1.2", "--yes")
    assert "EXECUTION_TASK_DEMO_12_01.md" in scaffold(*named(created.out, r"More: scaffold (.*)")).out


def test_a_plan_without_parallel_json_is_told_the_command_that_writes_it(plan: Path, scaffold: Scaffold) -> None:
    definition = "# PLAN: DEMO\n\n## Achievements\n\n### Achievement 1.1: Part\n\n**Goal**: Make it.\n"
    build(plan, {"PLAN_DEMO.md": definition})
    (plan / "parallel.json").unlink()
    arguments = named(scaffold("status", f"./{plan}").err, r"hint: `scaffold (.*?)` creates one")
    assert scaffold(*arguments, "--yes").code == 0
    assert [one.id for one in plans.read(plan).achievements] == ["1.1"]
    refused = scaffold(*arguments)
    assert scaffold(*named(refused.err, r"`scaffold (adopt.*?)` brings")).out.startswith("Nothing to update: ")


def test_a_plan_found_by_its_name_is_named_so(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(plans.demo(tmp_path / "work/plans/DEMO"), {"../../scaffold.yml": ""})
    monkeypatch.chdir(tmp_path)
    assert scaffold("executions", "@DEMO", "--batch", "--yes").out.endswith("More: scaffold next @DEMO\n")


def test_an_interrupted_run_is_told_the_command_that_recovers_it(plan: Path, scaffold: Scaffold) -> None:
    build(plan, {".scaffold/lock": "", ".scaffold/txn-0123456789abcdef/": ""})
    arguments = named(scaffold("status", f"./{plan}").err, r"run `scaffold (recover.*?)`")
    assert "Discarded" in scaffold(*arguments).out
