"""A plain template set gives the same bytes without copier; any other is left to copier, and its messages count."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from scaffold import render
from scaffold.model import sha256
from scaffold.render import environment, plain
from scaffold.templates.sets import TemplateSet
from tests import plain_features, plans, teams_kit
from tests.conftest import Scaffold
from tests.plain_features import ANSWERS, BODIES, PLANNED, SETS, outcome
from tests.trees import build

LEFT_TO_COPIER = {
    *("a list of its own, appended to", "a mapping of its own, changed", "the answers, changed"),
    *("a missing variable", "a missing key", "a missing filter", "a missing test", "a syntax error"),
    *("an endless macro", "a division by zero", "a wrong type", "the text of a function"),
    *("a refused filter", "a refused global", "a refused attribute", "copier's answers", "now"),
    *("a yield tag in a file", "no suffix", "no folder", "a static file", "a file in a subfolder"),
    *("a question of its own", "a question with a template", "a question in short", "a question of numbers"),
    *("a question with a choice", "a question with a condition", "tasks in short", "an include in copier.yml"),
    *("a Python tag in copier.yml", "a folder with a dot", "a null in copier.yml"),
    *("a newer copier", "a refused setting", "a wrong name", "a name twice", "a broken copier.yml"),
}


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TemplateSet]:
    return dict(plain_features.template_sets(tmp_path_factory.mktemp("sets")))


@pytest.mark.parametrize("feature", [*BODIES, *SETS])
def test_a_feature_gives_the_same_with_and_without_copier(sets: dict[str, TemplateSet], feature: str) -> None:
    expected = "fallen back" if feature in LEFT_TO_COPIER else "same bytes"
    assert outcome(sets[feature], ANSWERS, PLANNED) == expected


def planned(scaffold: Scaffold, root: Path, command: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    data: Any = scaffold(command, root, "--batch", "--level", "all", "--dry-run", "--json", "--content").document[
        "data"
    ]
    return {file["path"]: file["content"] for file in data["files"]}, data["templates"]


@pytest.mark.parametrize("command", ["executions", "subplans"])
def test_the_shipped_sets_are_plain_and_give_the_same(tmp_path: Path, scaffold: Scaffold, command: str) -> None:
    tree = plans.tree(plans.THREE_LEVELS, subplans=() if command == "subplans" else ("1.1", "1.2", "2.1", "2.2", "3.1"))
    root = build(tmp_path / "DEMO", tree)
    made, templates = planned(scaffold, root, command)
    with plain_features.copier_alone():
        by_copier, told = planned(scaffold, root, command)
    assert (made, [used["copier"] for used in templates]) == (by_copier, [None])
    assert [used["copier"] for used in told] == ["a test wants it"]
    assert [used["digest"] for used in told] == [used["digest"] for used in templates]


def test_layered_sets_are_plain_and_give_the_same(tmp_path: Path, scaffold: Scaffold) -> None:
    root = teams_kit.workspace(tmp_path / "w", more={"1.1": {"team": "security"}, "1.2": {"team": "data"}})
    made, templates = planned(scaffold, root, "executions")
    with plain_features.copier_alone():
        by_copier, told = planned(scaffold, root, "executions")
    assert made == by_copier
    assert [used["copier"] for used in templates] == [None] * len(told)
    assert [used["digest"] for used in told] == [used["digest"] for used in templates]


def test_a_template_cannot_change_the_answers_that_are_recorded(tmp_path: Path, sets: dict[str, TemplateSet]) -> None:
    before = repr(ANSWERS)
    made = render.render(sets["the answers, changed"], ANSWERS, PLANNED)
    assert made.documents["E_11.md"] == b"gone\n"
    assert repr(ANSWERS) == before


def test_copier_is_imported_only_where_it_is_needed(tmp_path: Path) -> None:
    root = teams_kit.workspace(tmp_path / "w", more={"1.1": {"team": "security"}})
    python = (sys.executable, "-X", "importtime", "-m", "scaffold", "executions", str(root), "--batch", "--dry-run")
    own = str(tmp_path / "own")
    for body, needed in (("# {{ task.title }}\n", False), ("# T{% set _ = [].append(1) %}\n", True)):
        build(tmp_path, teams_kit.complete("own", body=body))
        for options in ([], ["--template", "built-in"], ["--template", own]):
            run = subprocess.run([*python, *options], capture_output=True, text=True, check=True)
            assert (" copier\n" in run.stderr) == (needed and own in options)


def test_what_scaffold_yml_answers_must_be_asked_on_the_plain_path_too(tmp_path: Path, scaffold: Scaffold) -> None:
    own = "{directory: own, over: nothing, data: {revewer: Zoe}}"
    settings = f"templates: {{executions: {{sets: {{own: {own}}}, default: own}}}}\n"
    root = teams_kit.workspace(tmp_path / "w", settings, teams_kit.complete("own"))
    outcome = scaffold("executions", root, "--batch", "--dry-run")
    assert (outcome.code, "data answers revewer, which copier.yml does not ask" in outcome.err) == (3, True)


def test_it_is_told_why_copier_was_needed(tmp_path: Path, scaffold: Scaffold) -> None:
    root = teams_kit.workspace(tmp_path / "w")
    assert "Rendered by copier" not in scaffold("template", "which", "1.1", root).out
    own = "templates: {executions: {sets: {own: {directory: own, over: nothing}}, default: own}}\n"
    build(tmp_path / "w", {"scaffold.yml": own, **teams_kit.complete("own")})
    copier = "own/copier.yml"
    text = (tmp_path / "w" / copier).read_text() + "more: {type: str, default: x}\n"
    build(tmp_path / "w", {copier: text})
    because = "copier has to answer the question more"
    assert [used["copier"] for used in planned(scaffold, root, "executions")[1]] == [because]
    assert f"Rendered by copier, because {because}" in scaffold("template", "which", "1.1", root).out.splitlines()


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let children run in this process, with nothing compiled yet, and note what is compiled: name and path."""
    files: list[str] = []
    generate = Environment._generate

    def noting(self: Environment, tree: Any, name: Any, filename: Any, *options: Any, **more: Any) -> Any:
        files.append(f"{name} in {filename}")
        return generate(self, tree, name, filename, *options, **more)

    monkeypatch.setattr(Environment, "_generate", noting)
    monkeypatch.setattr(render.child, "run", lambda task, place, limits: task())
    monkeypatch.setattr(environment, "_CODE", {})
    monkeypatch.setattr(plain, "_prepared", set())
    return files


def test_what_came_with_scaffold_is_compiled_once_and_not_for_every_child(
    tmp_path: Path, scaffold: Scaffold, compiled: list[str]
) -> None:
    root = teams_kit.workspace(tmp_path)
    for _ in range(2):
        assert scaffold("executions", root, "--batch", "--dry-run").code == 0
    came_along = [path for path in compiled if "templates/execution_task/" in path]
    assert len(came_along) > 5
    assert len(came_along) == len(set(came_along))


def test_nothing_of_a_set_that_did_not_come_with_scaffold_is_read_outside_of_a_child(
    tmp_path: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yaml.load", lambda *_, **__: pytest.fail("its copier.yml was read"))
    template = render.from_directory(str(build(tmp_path, teams_kit.complete("own")) / "own"))
    plain.compile_what_is_trusted(template)
    assert compiled == []


@pytest.mark.parametrize("kind", ["execution_task", "subplan"])
def test_what_is_known_of_the_copier_yml_of_a_shipped_set_is_what_it_says(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = render.built_in(kind)
    known = plain._settings(template)
    assert sha256(template.base.files["copier.yml"]) in plain._SHIPPED
    monkeypatch.setattr(plain, "_SHIPPED", {})
    assert plain._settings(template) == known


@pytest.mark.parametrize("name", ["format", "format_map"])
def test_a_method_that_formats_is_wrapped_also_after_it_was_asked_about(name: str) -> None:
    sandbox = plain._environment(render.built_in("execution_task"), {})
    method = getattr("{0.__class__}", name)
    assert sandbox.is_safe_attribute("{0.__class__}", name, method)
    assert type(sandbox.getattr("{0.__class__}", name)) is not type(method)
