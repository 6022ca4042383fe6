"""The example workspace with a template set per team, and what its how-to promises of improvements and of copier."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from pytest_copie.plugin import Copie

from scaffold.model import Json
from scaffold.names import EXECUTION_TASK
from scaffold.templates import sets, teams
from tests import settings_schema
from tests.conftest import Scaffold

pytestmark = pytest.mark.usefixtures("_samples_made_once")

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs" / "example-teams"
PLAN = "TOOL-LIBRARY"
PAGE = ROOT / "docs" / "team-templates.md"
WANTED = {"1.1": "security", "1.2": "data", "1.3": "mobile", "2.1": "mobile", "2.2": "data", "2.3": "security"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the example, which is the current directory."""
    copy = tmp_path / "workspace"
    shutil.copytree(EXAMPLE, copy)
    monkeypatch.chdir(copy)
    return copy


def selected(*ids: str) -> list[str]:
    return [word for id_ in ids for word in ("--achievement", id_)]


def made(scaffold: Scaffold, *ids: str) -> dict[str, str]:
    """Create documents, and return their texts by id."""
    outcome = scaffold("executions", PLAN, *selected(*ids), "--yes")
    assert outcome.code == 0, outcome.err
    return {
        id_: Path(PLAN, f"execution/EXECUTION_TASK_{PLAN}_{id_.replace('.', '')}_01.md").read_text("utf-8")
        for id_ in ids
    }


def answers(scaffold: Scaffold, *ids: str) -> Mapping[str, Json]:
    """Return what a dry run says that a plain copier needs."""
    data = scaffold("executions", PLAN, *selected(*ids), "--dry-run", "--json", "--answers").document["data"]
    assert isinstance(data, dict)
    assert isinstance(data["answers"], dict)
    return data["answers"]


def test_the_example_has_no_mistake_and_editors_find_its_schema(root: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("template", "check", "--strict")
    assert (outcome.code, outcome.err) == (0, "")
    text = (EXAMPLE / "scaffold.yml").read_text("utf-8")
    (schema,) = re.findall(r"^# yaml-language-server: \$schema=(\S+)$", text.splitlines()[0])
    assert (EXAMPLE / schema).resolve() == settings_schema.FILE.resolve()
    assert settings_schema.faults(text) == []


def test_each_team_gets_what_its_layer_adds_and_all_get_what_the_organisation_adds(
    root: Path, scaffold: Scaffold
) -> None:
    texts = made(scaffold, *WANTED)
    adds = {"security": "## Threat Model", "data": "compared by Zoe", "mobile": "**Devices tried**:"}
    assert {id_: [team for team, text in adds.items() if text in texts[id_]] for id_ in texts} == {
        id_: [team] for id_, team in WANTED.items()
    }
    assert all("**Escalation**: #tool-library, then Ines Okafor" in text for text in texts.values())
    owners = {id_: re.findall(r"^\*\*Owner\*\*: (.*?) *$", text, re.MULTILINE) for id_, text in texts.items()}
    nobody = ["whoever takes it"]
    assert owners == {**dict.fromkeys(WANTED, nobody), "1.1": ["Amara"], "1.3": ["Jun"]}


def test_a_changed_line_of_the_built_in_header_reaches_all_teams_without_a_change_of_their_files(
    root: Path, tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = tmp_path / "newer"
    shutil.copytree(ROOT / "templates", newer / "templates")
    header = newer / "templates/execution_task/sections/header.md.jinja"
    text = header.read_text("utf-8")
    assert text.count("**Actual Time**:") == 1
    header.write_text(text.replace("**Actual Time**:", "**Hours it took**:"), "utf-8")
    monkeypatch.setattr(sets, "_PACKAGE", newer / "scaffold")
    texts = made(scaffold, *WANTED)
    assert [id_ for id_, text in texts.items() if "\n**Hours it took**:" in text] == list(WANTED)
    assert not [id_ for id_, text in texts.items() if "**Actual Time**" in text]


def test_what_the_organisation_begins_to_override_reaches_the_sets_over_it(root: Path, scaffold: Scaffold) -> None:
    (root / "templates/org/sections/iteration_log.md.jinja").write_text(
        '{% extends "built-in/sections/iteration_log.md.jinja" %}\n'
        "{% block more_iteration %}**Commit**:\n{% endblock %}\n"
        "{% block log_rules %}Write short.\n{% endblock %}\n",
        "utf-8",
    )
    texts = made(scaffold, *WANTED)
    assert {id_ for id_, text in texts.items() if "**Commit**:" in text} == {
        id_ for id_, team in WANTED.items() if team != "mobile"
    }
    assert {id_ for id_, text in texts.items() if "Write short." in text} == {"1.1", "1.2", "2.2", "2.3"}


@pytest.mark.parametrize("name", ["security", "data", "mobile"])
def test_plain_copier_makes_of_an_exported_set_the_files_that_scaffold_makes(
    name: str, root: Path, scaffold: Scaffold
) -> None:
    ids = tuple(id_ for id_, team in WANTED.items() if team == name)
    assert scaffold("template", "export", name, "exported").code == 0
    Path("answers.json").write_text(json.dumps(answers(scaffold, *ids)), "utf-8")
    copier = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults", "--data-file", "answers.json"]
    subprocess.run([*copier, "exported", "made"], check=True)
    texts = made(scaffold, *ids)
    names = [f"EXECUTION_TASK_{PLAN}_{id_.replace('.', '')}_01.md" for id_ in ids]
    assert {path.name: path.read_text("utf-8") for path in Path("made").iterdir()} == dict(
        zip(names, texts.values(), strict=True)
    )


@pytest.mark.parametrize("name", ["security", "data", "mobile"])
def test_pytest_copie_makes_the_samples_and_the_real_documents_of_an_exported_set(
    name: str, root: Path, scaffold: Scaffold, copie: Copie
) -> None:
    ids = tuple(id_ for id_, team in WANTED.items() if team == name)
    assert scaffold("template", "export", name, "exported").code == 0
    sample = copie.copy(json.loads(Path("exported/sample.json").read_text("utf-8")), template_dir=root / "exported")
    real = copie.copy(dict(answers(scaffold, *ids)), template_dir=root / "exported")
    assert (sample.exit_code, real.exit_code) == (0, 0), (sample.exception, real.exception)
    assert sample.project_dir is not None
    assert real.project_dir is not None
    assert len([*sample.project_dir.iterdir()]) == 4
    assert {path.read_text("utf-8") for path in real.project_dir.iterdir()} == {*made(scaffold, *ids).values()}


def workflow() -> list[str]:
    """Return the commands of the page's workflow."""
    (text,) = re.findall(r"^`\.github/\S+`:\n\n```yaml\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (job,) = yaml.safe_load(text)["jobs"].values()
    return [step["run"] for step in job["steps"] if "run" in step]


@pytest.mark.parametrize(
    ("file", "before", "after", "code"),
    [
        pytest.param("scaffold.yml", "#", "#", 0, id="nothing is wrong"),
        pytest.param("templates/data/sections/completion_checklist.md.jinja", "more_checks", "more", 3, id="a block"),
        pytest.param("templates/security/document.md.jinja", "org/", "built-in/", 4, id="a layer passed over"),
        pytest.param("templates/org/sections/header.md.jinja", "task.extra", "task.exta", 3, id="a variable"),
        pytest.param(f"{PLAN}/parallel.json", '"data"', '"date"', 3, id="a team"),
    ],
)
def test_the_workflow_of_the_page_fails_when_something_is_wrong(
    root: Path, scaffold: Scaffold, file: str, before: str, after: str, code: int
) -> None:
    text = (root / file).read_text("utf-8")
    assert before in text
    (root / file).write_text(text.replace(before, after), "utf-8")
    commands = [shlex.split(command, comments=True) for command in workflow()]
    codes = [scaffold(*words[1:]).code for words in commands if words[0] == "scaffold"]
    assert len(codes) == 2
    assert max(codes) == code


def test_names_of_files_mean_what_the_page_about_the_language_says(root: Path) -> None:
    (root / "templates/security/sections/header.md.jinja").write_text("x", "utf-8")
    text = (ROOT / "docs/template-language.md").read_text("utf-8").partition("\n## Sets and layers\n")[2]
    names = re.findall(r"^\| `(\S+)` \|", text.partition("\n## ")[0], re.MULTILINE)
    opened = teams.of(EXECUTION_TASK, Path(PLAN)).open("security")
    found = [opened.find(name) for name in names]
    assert [source and source.layer.name for source in found] == ["security", "security", "org", "built-in"]
    assert opened.find("org/document.md.jinja") == sets.Source(
        "org/document.md.jinja", opened.layers[-1], "document.md.jinja"
    )
