"""Achievements named beside the plan: `scaffold executions 1.2 2.2 PLAN`, where no path can be meant."""

import json
from itertools import permutations
from pathlib import Path

import pytest

from scaffold import cli, names
from tests import plans
from tests.conftest import Scaffold
from tests.trees import build, snapshot

COMMANDS = ["executions", "subplans", "update", "preview executions", "preview subplans", "preview update"]


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plan of tests, which is the current directory; 2.2 has no SUBPLAN."""
    root = plans.demo(tmp_path / "plan")
    (root / "subplans/SUBPLAN_DEMO_22.md").unlink()
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("after", [[], ["."], ["PLAN_DEMO.md"], ["../plan"], ["{plan}"]])
def test_an_id_means_what_the_option_means(plan: Path, scaffold: Scaffold, command: str, after: list[str]) -> None:
    words = [*command.split(), *(["--dry-run"] if " " not in command else []), "--json"]
    named = [part.format(plan=plan) for part in after]
    first, second = ("1.1", "1.2") if "executions" in command else ("2.2", "2.1")
    wanted = scaffold(*words, *named, "--achievement", first, "--achievement", second)
    for order in permutations([first, *named]):
        given = scaffold(*words, *order, second)
        assert (given.code, given.err, json.loads(given.out)) == (wanted.code, wanted.err, json.loads(wanted.out))


def test_ids_and_options_add_up_and_count_once(plan: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("executions", "1.2", "--achievement", "1.1", "1.2", "--dry-run")
    assert outcome.out.startswith("Plan DEMO, achievements 1.1, 1.2, template")


def test_an_id_that_the_plan_does_not_have_is_an_unknown_achievement(plan: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("executions", "9.9")
    assert (outcome.code, outcome.err.splitlines()[0]) == (2, "error: there is no achievement 9.9")


@pytest.mark.parametrize(("path", "what"), [("1.2", "file"), ("1.2/", "directory")])
@pytest.mark.parametrize("command", COMMANDS)
def test_what_could_be_an_achievement_or_a_path_is_refused_with_both_ways_to_say_it(
    plan: Path, scaffold: Scaffold, command: str, path: str, what: str
) -> None:
    before = snapshot(build(plan, {path: ""}), without=())
    outcome = scaffold(*command.split(), "1.2")
    assert (outcome.code, outcome.err) == (
        2,
        f"error: 1.2 could be an achievement, or the {what} of this name\n"
        f"  hint: write --achievement 1.2 for the achievement, ./1.2 for the {what}\n",
    )
    assert scaffold("executions", "--achievement", "1.2", "--dry-run").code == 0
    assert snapshot(plan, without=()) == before


def test_a_link_that_leads_nowhere_is_a_path_too(plan: Path, scaffold: Scaffold) -> None:
    Path("1.2").symlink_to("nowhere")
    assert scaffold("executions", "1.2").code == 2


def test_a_plan_whose_directory_looks_like_an_id_is_named_so_that_it_is_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold
) -> None:
    plans.demo(tmp_path / "1.2")
    monkeypatch.chdir(tmp_path)
    outcome = scaffold("executions", "./1.2", "--batch", "--dry-run", "--json")
    assert (outcome.code, outcome.document["data"]["next_command"]) == (  # type: ignore[call-overload,index]
        0,
        "scaffold executions ./1.2 --batch",
    )
    assert scaffold("executions", "./1.2", "1.1", "--dry-run").out.startswith("Plan DEMO, achievement 1.1,")
    assert names.command("status", Path("1.2")) == "scaffold status ./1.2"


@pytest.mark.parametrize("command", COMMANDS)
def test_more_than_one_plan_is_a_mistake(plan: Path, scaffold: Scaffold, command: str) -> None:
    outcome = scaffold(*command.split(), "1.2", "one", "two")
    assert (outcome.code, outcome.err) == (
        2,
        "error: one PLAN is expected, and these would be 2: one, two\n"
        "  hint: an id is numbers joined by dots, such as 2.3\n",
    )


def test_with_json_both_mistakes_are_documents(plan: Path, scaffold: Scaffold) -> None:
    build(plan, {"1.2/": ""})
    for words in (["1.2"], ["one", "two"]):
        document = scaffold("executions", *words, "--json").document
        assert (document["kind"], document["ok"]) == ("error", False)


def test_a_kept_preview_and_the_next_command_name_achievements_so_that_no_path_can_be_meant(
    plan: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = scaffold("executions", "1.2", "--dry-run", "--json").document["data"]
    assert data["next_command"] == "scaffold executions --achievement 1.2"  # type: ignore[call-overload,index]
    change_set = scaffold("preview", "executions", "1.2", "--json").document["data"]["change_set"]  # type: ignore[call-overload,index]
    build(plan.parent, {"1.2/": ""})
    monkeypatch.chdir(plan.parent)
    assert scaffold("apply", str(change_set), "plan", "--yes").code == 0
    assert (plan / "execution/EXECUTION_TASK_DEMO_12_01.md").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_says_where_ids_stand(scaffold: Scaffold, command: str) -> None:
    shown = scaffold(*command.split(), "--help").out
    assert f"Usage: scaffold {command} [OPTIONS] [ID]... [PLAN]\n" in shown
    assert "the same as ID" in " ".join(shown.split())


def test_a_shell_completes_a_path_behind_an_id(
    plan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_SCAFFOLD_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "scaffold executions 1.2 PL")
    monkeypatch.setenv("COMP_CWORD", "3")
    with pytest.raises(SystemExit):
        cli.run([])
    assert capsys.readouterr().out == "file,PL\n"
