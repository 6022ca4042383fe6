"""Template sets per team: which set a document gets, what layers make together, and what is said of mistakes."""

from pathlib import Path

import pytest

from scaffold import render
from tests import plans
from tests.batch_kit import recorded
from tests.conftest import Outcome, Scaffold
from tests.teams_kit import LAYERS, SETTINGS, complete, workspace
from tests.trees import build, snapshot

OPENING = "execution/EXECUTION_TASK_DEMO"


def created(plan: Path, slug: str) -> str:
    return (plan / f"{OPENING}_{slug}_01.md").read_text("utf-8")


def chosen(outcome: Outcome) -> dict[str, tuple[str, str]]:
    """Return, by achievement, the name of the set and what chose it."""
    data = outcome.document["data"]
    assert isinstance(data, dict)
    files = data["files"]
    assert isinstance(files, list)
    return {file["id"]: (file["template"]["name"], file["template"]["rule"]) for file in files}  # type: ignore[call-overload,index,misc]


def refused(outcome: Outcome, plan: Path, before: dict[str, bytes | str]) -> str:
    """Return what is said, where nothing was written."""
    assert (outcome.code, outcome.out) == (3, "")
    assert snapshot(plan) == before
    return outcome.err


def test_one_batch_makes_the_documents_of_all_teams_each_with_what_its_layers_add(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    plan = workspace(tmp_path)
    outcome = scaffold("executions", plan, "--batch", "--level", "all", "--yes")
    assert outcome.code == 0, outcome.err
    texts = {slug: created(plan, slug) for slug in ("11", "12", "21", "22", "31")}
    assert {slug for slug, text in texts.items() if "## Threat Model" in text} == {"11"}
    assert {slug for slug, text in texts.items() if "compared by Zoe" in text} == {"21"}
    assert {slug for slug, text in texts.items() if "**Escalation**: ops@example.org" in text} == set(texts)
    assert "\n\n## Threat Model\n\n- [ ] Who could misuse Part 1.1?\n\n## Execution Instructions\n" in texts["11"]
    assert not [text for text in texts.values() if "\n\n\n" in text or text.endswith("\n\n")]


def test_copier_runs_once_for_each_set_of_a_batch(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []
    rendered = render.render

    def counted(template: render.TemplateSet, *rest: object) -> render.Rendered:
        runs.append(template.name)
        return rendered(template, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(render, "render", counted)
    scaffold("executions", workspace(tmp_path), "--batch", "--level", "all", "--yes")
    assert sorted(runs) == ["data", "org", "security"]


def test_set_digest_and_rule_are_in_the_preview_the_json_and_the_record(tmp_path: Path, scaffold: Scaffold) -> None:
    plan = workspace(tmp_path)
    selection = (plan, "--batch", "--level", "all")
    shown = scaffold("executions", *selection, "--dry-run")
    data = scaffold("executions", *selection, "--dry-run", "--json")
    assert chosen(data) == {
        "1.1": ("security", "rule 1 (team: security or red)"),
        "1.2": ("org", "default"),
        "2.1": ("data", "rule 2 (id: 2.*, team: data)"),
        "2.2": ("org", "default"),
        "3.1": ("org", "default"),
    }
    used = data.document["data"]["templates"]  # type: ignore[index,call-overload]
    digests = {str(template["name"]): str(template["digest"]) for template in used}  # type: ignore[index,call-overload,union-attr]
    assert set(digests) == {"security", "org", "data"}
    for name, rule in set(chosen(data).values()):
        assert f"Template {name}: {rule}, digest {digests[name][:12]}\n" in shown.out
    scaffold("executions", *selection, "--yes")
    (record,) = recorded(plan)
    assert {(file.template, file.template_digest, file.template_rule) for file in record.files} == {
        (name, digests[name], rule) for name, rule in chosen(data).values()
    }


def test_a_line_that_changes_below_reaches_every_team_and_their_digests(tmp_path: Path, scaffold: Scaffold) -> None:
    base = complete("templates/base", body='{% block title %}# {{ task.title }}{% endblock %}\n{% include "more" %}')
    layer = '{% extends "org/body.md.jinja" %}{% block title %}{{ super() }} (TEAM){% endblock %}\n'
    layers = {f"templates/{team}/body.md.jinja": layer.replace("TEAM", team) for team in ("security", "data")}
    text = SETTINGS.replace("{directory: templates/org}", "{directory: templates/base, over: nothing}")
    plan = workspace(tmp_path, text, {**base, **layers, "templates/base/more": "Ask **Ann**.\n"})
    selection = (plan, "--batch", "--level", "all")
    before = scaffold("executions", *selection, "--dry-run", "--json").document["data"]
    build(tmp_path, {"templates/base/more": "Ask **Bob**.\n"})
    after = scaffold("executions", *selection, "--yes", "--json").document["data"]
    assert created(plan, "11") == "# Part 1.1 (security)\nAsk **Bob**.\n"
    assert {created(plan, slug).splitlines()[1] for slug in ("11", "12", "21", "22", "31")} == {"Ask **Bob**."}
    pairs = zip(before["templates"], after["templates"], strict=True)  # type: ignore[index,call-overload,arg-type]
    assert [old["name"] == new["name"] and old["digest"] != new["digest"] for old, new in pairs] == [True] * 3


@pytest.mark.parametrize(
    ("asked", "name"),
    [("org", "org"), ("built-in", "built-in execution_task"), ("security", "security"), ("./security", "security/")],
)
def test_what_the_command_line_names_comes_before_every_rule_and_a_name_before_a_directory(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch, asked: str, name: str
) -> None:
    plan = workspace(tmp_path)
    build(tmp_path, complete("security"))
    monkeypatch.chdir(tmp_path)
    outcome = scaffold("executions", plan, "--batch", "--dry-run", "--json", "--template", asked)
    assert set(chosen(outcome).values()) == {(name.rstrip("/"), "--template")}


@pytest.mark.parametrize(
    ("match", "extra", "uses"),
    [
        pytest.param("{id: 1.10}", {}, set(), id="1.10 is not 1.1"),
        pytest.param("{id: 1.1}", {}, {"1.1"}, id="an id"),
        pytest.param('{id: "2.*"}', {}, {"2.1", "2.2"}, id="a component"),
        pytest.param('{id: ["2.*", 3.1]}', {}, {"2.1", "2.2", "3.1"}, id="several"),
        pytest.param('{id: "*.1"}', {}, {"1.1", "2.1", "3.1"}, id="the first component"),
        pytest.param('{id: "*.*.*"}', {}, set(), id="as many components"),
        pytest.param("{level: 1}", {}, {"2.1", "2.2"}, id="a level"),
        pytest.param("{level: [0, 2]}", {}, {"1.1", "1.2", "3.1"}, id="levels"),
        pytest.param("{team: no}", {"1.2": {"team": "no"}}, {"1.2"}, id="no is text"),
        pytest.param("{team: no}", {"1.2": {"team": False}}, set(), id="no is not false"),
        pytest.param("{urgent: true}", {"1.2": {"urgent": True}}, {"1.2"}, id="true"),
        pytest.param("{owner: null}", {"1.2": {"owner": None}}, {"1.2"}, id="null"),
        pytest.param("{size: 3}", {"1.2": {"size": 3}}, {"1.2"}, id="a number"),
        pytest.param("{tags: db}", {"1.2": {"tags": ["ui", "db"]}}, {"1.2"}, id="an entry of a list"),
        pytest.param("{tags: db, size: 3}", {"1.2": {"tags": ["db"]}}, set(), id="keys are joined by and"),
        pytest.param('{title: "Part 3.1"}', {}, {"3.1"}, id="a known key"),
    ],
)
def test_a_rule_is_for_what_has_the_text_that_it_names(
    tmp_path: Path, scaffold: Scaffold, match: str, extra: dict[str, dict[str, object]], uses: set[str]
) -> None:
    text = "templates:\n  executions:\n    sets: {org: {directory: templates/org}}\n    rules:\n"
    plan = workspace(tmp_path, f"{text}      - {{match: {match}, use: org}}\n", more=extra)
    outcome = scaffold("executions", plan, "--batch", "--level", "all", "--dry-run", "--json")
    assert {id_ for id_, (name, _) in chosen(outcome).items() if name == "org"} == uses


def test_the_first_rule_that_matches_counts(tmp_path: Path, scaffold: Scaffold) -> None:
    rules = "- {match: {level: 0}, use: data}\n      - {match: {team: [security"
    plan = workspace(tmp_path, SETTINGS.replace("- {match: {team: [security", rules))
    assert chosen(scaffold("executions", plan, "--batch", "--dry-run", "--json"))["1.1"][0] == "data"


def test_where_the_default_is_refuse_every_achievement_without_a_rule_is_named_with_its_likely_mistake(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    text = SETTINGS.replace("default: org", "default: refuse")
    plan = workspace(tmp_path, text, more={"1.1": {"team": "secruity"}, "1.2": {"team": "red"}})
    before = snapshot(plan)
    said = refused(scaffold("executions", plan, "--batch", "--level", "all", "--yes"), plan, before)
    assert [line.split("achievement ")[1][:3] for line in said.splitlines() if "achievement" in line] == [
        "1.1",
        "2.2",
        "3.1",
    ]
    assert "scaffold.yml:10: no template set for achievement 1.1 (team 'secruity'): no rule matches" in said
    assert "did you mean team 'security'? Correct parallel.json, or add a rule" in said
    scaffold("executions", plan, "--achievement", "1.2", "--yes")
    assert "## Threat Model" in created(plan, "12")


@pytest.mark.parametrize(
    ("text", "layers", "message"),
    [
        pytest.param(
            "{directory: templates/nope}", {}, "the directory of org does not exist: templates/nope", id="gone"
        ),
        pytest.param("{directory: templates/out}", {}, "leads out of the workspace: templates/out", id="out"),
        pytest.param("{directory: templates/org, over: nothing}", {}, "needs a complete template set", id="incomplete"),
        pytest.param(
            "{directory: templates/full}", complete("templates/full"), "a layer has no copier.yml", id="complete"
        ),
    ],
)
def test_a_set_that_cannot_be_used_is_named_with_its_line(
    tmp_path: Path, scaffold: Scaffold, text: str, layers: dict[str, str], message: str
) -> None:
    plan = workspace(tmp_path / "ws", SETTINGS.replace("{directory: templates/org}", text), {**LAYERS, **layers})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "ws/templates/out").symlink_to(tmp_path / "elsewhere")
    before = snapshot(plan)
    assert message in refused(scaffold("executions", plan, "--batch", "--yes"), plan, before)


MISTAKES = {
    "templates/data/sections/completion_checklist.md.jinja": (
        '{% extends "org/sections/completion_checklist.md.jinja" %}\n{% block mor_checks %}- [ ] x\n{% endblock %}\n',
        "completion_checklist.md.jinja:2: ",
        "more_checks",
    ),
    "templates/org/sections/header.md.jinja": (
        '{% extends "built-in/sections/header.md.jinja" %}\n**Escalation**: ops\n',
        "header.md.jinja:",
        "block",
    ),
    "templates/data/document.md.jinja": (
        '{% extends "data/document.md.jinja" %}\n',
        "document.md.jinja:1: ",
        "org/document.md.jinja",
    ),
    "templates/org/document.md.jinja": (
        '{% extends "built-in/document.md.jinja" %}\n'
        '{% block more_sections %}{% if task.feedback %}{% include "nope.md" %}{% endif %}{% endblock %}\n',
        "document.md.jinja:2: ",
        "nope.md",
    ),
}


@pytest.mark.parametrize("file", MISTAKES)
def test_what_jinja_would_drop_without_a_word_stops_a_run_with_its_file_and_line(
    tmp_path: Path, scaffold: Scaffold, file: str
) -> None:
    content, place, named = MISTAKES[file]
    plan = workspace(tmp_path, layers={**LAYERS, file: content})
    before = snapshot(plan)
    said = refused(scaffold("executions", plan, "--batch", "--level", "all", "--yes"), plan, before)
    assert f"{file.removesuffix('document.md.jinja').removesuffix('header.md.jinja')}" in said
    assert place in said
    assert named in said
    (path,) = {line.split("error: ")[1].split(":")[0] for line in said.splitlines() if "error: " in line}
    assert Path(path).resolve() == (tmp_path / file).resolve()


def test_variables_of_a_layer_go_over_those_below_key_by_key(tmp_path: Path, scaffold: Scaffold) -> None:
    text = SETTINGS.replace(
        "org:      {directory: templates/org}",
        "org: {directory: templates/org, data: {reviewer: Ann, channel: '#ops'}}",
    )
    files = {**LAYERS, "templates/org/sections/provenance.md.jinja": "\n{{ reviewer }} {{ channel }}\n"}
    plan = workspace(tmp_path, text, files)
    scaffold("executions", plan, "--batch", "--level", "all", "--yes")
    assert {slug: created(plan, slug).splitlines()[-1] for slug in ("12", "21")} == {"12": "Ann #ops", "21": "Zoe #ops"}


@pytest.mark.parametrize(
    ("data", "question", "message"),
    [
        pytest.param("{revewer: Zoe}", "", "data answers revewer, which copier.yml does not ask", id="unknown"),
        pytest.param(
            "{}", "reviewer: {type: str}\n", "nothing answers the question reviewer, and it has no default", id="open"
        ),
    ],
)
def test_variables_for_a_complete_set_answer_its_questions(
    tmp_path: Path, scaffold: Scaffold, data: str, question: str, message: str
) -> None:
    files = complete("templates/old")
    files["templates/old/copier.yml"] += question
    old = f"{{directory: templates/old, over: nothing, data: {data}}}"
    text = f"templates: {{executions: {{sets: {{old: {old}}}, default: old}}}}\n"
    plan = workspace(tmp_path, text, files)
    before = snapshot(plan)
    assert message in refused(scaffold("executions", plan, "--batch", "--yes"), plan, before)


def test_an_achievement_that_lacks_what_a_template_asks_for_is_named(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {**LAYERS, "templates/org/sections/provenance.md.jinja": "\nOwner:\n{{ task.extra.owner }}\n"}
    plan = workspace(tmp_path, layers=files, more={"1.2": {"owner": "Ann"}})
    before = snapshot(plan)
    monkeypatch.chdir(plan)
    said = refused(scaffold("executions", "--batch", "--yes"), plan, before)
    place = "../templates/org/sections/provenance.md.jinja:3"
    assert said.splitlines() == [
        f"error: {place}: achievement 1.1 has no `owner` in parallel.json, which the template asks for",
        '  hint: add it there, or write {{ task.extra.owner | default("…") }} in the template',
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("{% if false %}# x{% endif %}", "would be empty", id="nothing"),
        pytest.param("   \n\n", "would be empty", id="blanks"),
        pytest.param("# {{ task.title }}", "would end with no line end", id="no line end"),
        pytest.param("# {{ task.title }}\n\n", "would end with blank lines", id="blank lines"),
        pytest.param("Text\n", "would not begin with a title", id="no title"),
        pytest.param("## {{ task.title }}\n", "would not begin with a title", id="a lower heading"),
        pytest.param("# x\0\n", "would have a NUL on line 1", id="NUL"),
        pytest.param("# x\n{{ '\ufeff' }}\n" + "y\n" * 300, "would have 302 lines, the limit is 200", id="long"),
        pytest.param("{{ '\\ufeff' }}# x\n", "would begin with a byte order mark", id="byte order mark"),
        pytest.param("# x\n/tmp/scaffold-rendering-a/x\n", "would name a temporary directory on line 2", id="path"),
        pytest.param("# x\n{{ '<built-in function x>' }}\n", "would have `<built-in …` on line 2", id="a function"),
    ],
)
def test_a_document_that_is_not_whole_is_refused_whatever_the_set(
    tmp_path: Path, scaffold: Scaffold, body: str, message: str
) -> None:
    plan = workspace(tmp_path, "{}\n", complete("set", body=body))
    before = snapshot(plan)
    said = refused(scaffold("executions", plan, "--batch", "--yes", "--template", tmp_path / "set"), plan, before)
    assert f"{OPENING}_11_01.md: {message}" in said
    assert f"{OPENING}_12_01.md: {message}" in said


@pytest.mark.parametrize("body", ["---\nowner: x\n---\n\n# {{ task.title }}\n", "<!-- a -->\n\n# {{ task.title }}\n"])
def test_front_matter_and_comments_may_stand_before_the_title(tmp_path: Path, scaffold: Scaffold, body: str) -> None:
    plan = workspace(tmp_path, "{}\n", complete("set", body=body))
    assert scaffold("executions", plan, "--batch", "--yes", "--template", tmp_path / "set").code == 0


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({"template/README.md": "x"}, "made README.md, which was not asked for", id="an extra file"),
        pytest.param(
            {"copier": "tasks: {type: yaml, default: []}\n"}, "write `_subdirectory: template`", id="no folder"
        ),
        pytest.param(
            {"copier": "_subdirectory: template\n\tx: 1\n"},
            "copier.yml:2: template SET: not valid YAML: while scanning",
            id="a tab",
        ),
        pytest.param({"copier": "_subdirectory: [\n"}, "copier.yml:2: template SET: not valid", id="no YAML"),
        pytest.param({"copier": "- x\n"}, "copier.yml: template SET: expected `key", id="a list"),
        pytest.param({"copier": "_external_data: {a: b}\n"}, "_external_data is refused", id="other data"),
    ],
)
def test_a_complete_set_that_is_wrong_says_what_is_accepted(
    tmp_path: Path, scaffold: Scaffold, files: dict[str, str], message: str
) -> None:
    plan = workspace(tmp_path, "{}\n", complete("set", **files))
    before = snapshot(plan)
    said = refused(scaffold("executions", plan, "--batch", "--yes", "--template", tmp_path / "set"), plan, before)
    assert message in said.replace(f"template {tmp_path / 'set'}", "template SET")


def test_a_set_for_the_other_kind_of_documents_is_told_apart(tmp_path: Path, scaffold: Scaffold) -> None:
    plan = workspace(tmp_path, "{}\n", {})
    before = snapshot(plan)
    here = Path(__file__).parent.parent / "templates/subplan"
    said = refused(scaffold("executions", plan, "--batch", "--yes", "--template", here), plan, before)
    assert "this is a template set for SUBPLANs: use it with scaffold subplans" in said


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("", "the name is empty"),
        ("secruity", "there is no template set and no directory of this name\n  hint: did you mean security?"),
        ("templates/org", "this is the layer org, not a complete template set\n  hint: name it: org"),
        ("https://example.org/x.git", "this is an address, and only directories are accepted"),
        ("scaffold.yml", "this is a file, and a template set is a directory"),
    ],
)
def test_what_is_no_template_set_is_told_with_what_is(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch, asked: str, message: str
) -> None:
    plan = workspace(tmp_path)
    before = snapshot(plan)
    monkeypatch.chdir(tmp_path)
    assert message in refused(scaffold("executions", plan, "--batch", "--yes", "--template", asked), plan, before)


def test_subplans_have_sets_and_rules_of_their_own(tmp_path: Path, scaffold: Scaffold) -> None:
    text = (
        "templates:\n  subplans:\n    sets: {org: {directory: templates/org}}\n"
        "    rules: [{match: {team: security}, use: org}]\n"
    )
    files = {
        "templates/org/document.md.jinja": (
            '{% extends "built-in/document.md.jinja" %}\n'
            "{% block more_sections %}\n## Threats\n\n[FILL: who could misuse it]\n{% endblock %}\n"
        )
    }
    plan = workspace(tmp_path, text, files)
    for subplan in (plan / "subplans").iterdir():
        subplan.unlink()
    assert scaffold("subplans", plan, "--batch", "--level", "all", "--yes").code == 0
    with_threats = {path.name for path in (plan / "subplans").iterdir() if "## Threats" in path.read_text("utf-8")}
    assert with_threats == {"SUBPLAN_DEMO_11.md"}


def test_a_set_with_more_lines_of_its_own_leaves_fewer_to_the_subplan_so_that_documents_stay_short(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    steps = "\n".join(f"- [ ] Question {at}" for at in range(40))
    files = {**LAYERS, "templates/security/sections/threat_model.md.jinja": f"\n## Threat Model\n\n{steps}\n"}
    plan = workspace(tmp_path, layers=files)
    phases = "\n\n".join(
        f"### Phase {at}: Step {at}\n\n" + "\n".join(f"{n}. Do {at}.{n}" for n in range(1, 9)) for at in range(1, 12)
    )
    for slug, id_ in (("11", "1.1"), ("12", "1.2")):
        build(plan, {f"subplans/SUBPLAN_DEMO_{slug}.md": plans.subplan(id_, approach=f"In steps.\n\n{phases}")})
    assert scaffold("executions", plan, "--batch", "--yes").code == 0
    with_threats, without = created(plan, "11"), created(plan, "12")
    assert "- [ ] Question 39" in with_threats
    assert 140 <= with_threats.count("\n") <= 150
    assert 140 <= without.count("\n") <= 150


def test_all_settings_that_are_wrong_and_all_keys_that_are_missing_are_named_at_once(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    wrong = "_subdirectory: template\n_tasks: [ls]\n_exclude: [x]\nwho: {type: str}\nwhy: {type: str}\n"
    plan = workspace(tmp_path, "{}\n", complete("set", copier=wrong))
    before = snapshot(plan)
    options = ("--batch", "--yes", "--template", tmp_path / "set")
    said = refused(scaffold("executions", plan, *options), plan, before)
    lines = [line.split("copier.yml:")[1].split(": ")[0] for line in said.splitlines() if line.startswith("error")]
    assert sorted(lines) == ["2", "3", "4", "5"]
    build(tmp_path, complete("set", body="# {{ task.title }}\n{{ task.extra.owner }}\n"))
    said = refused(scaffold("executions", plan, *options), plan, before)
    named = [line.split("achievement ")[1][:3] for line in said.splitlines() if line.startswith("error")]
    assert named == ["1.1", "1.2"]


def test_an_answer_that_reaches_a_document_by_the_default_of_another_question_changes_the_digest(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    files = complete("old", body="# {{ task.title }} {{ greeting }}\n")
    files["old/copier.yml"] += 'who: {type: str, default: x}\ngreeting: {type: str, default: "Hi {{ who }}"}\n'
    text = "templates: {executions: {sets: {old: {directory: old, over: nothing, data: {who: WHO}}}, default: old}}\n"
    digests = set()
    for who in ("Zoe", "Max"):
        plan = workspace(tmp_path, text.replace("WHO", who), files)
        data = scaffold("executions", plan, "--batch", "--dry-run", "--json").document["data"]
        digests.add(data["templates"][0]["digest"])  # type: ignore[index,call-overload]
    assert len(digests) == 2


def test_a_level_of_any_length_can_be_in_a_rule(tmp_path: Path, scaffold: Scaffold) -> None:
    plan = workspace(tmp_path, SETTINGS.replace("{team: [security, red]}", f"{{level: {'9' * 5000}}}"))
    assert scaffold("template", "which", plan).code == 0


def test_a_set_that_is_called_like_a_folder_of_a_layer_is_refused(tmp_path: Path, scaffold: Scaffold) -> None:
    plan = workspace(tmp_path, layers={**LAYERS, "templates/org/security/box.jinja": "x"})
    before = snapshot(plan)
    said = refused(scaffold("executions", plan, "--batch", "--yes"), plan, before)
    assert "scaffold.yml:5: the set security has the name of a folder in " in said
