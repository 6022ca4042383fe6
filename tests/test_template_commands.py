"""`scaffold template which`, `check`, `new` and `export`, as the people of a team use them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.names import printable
from tests.conftest import Outcome, Scaffold
from tests.teams_kit import LAYERS, SETTINGS, complete, workspace
from tests.trees import build, snapshot

pytestmark = pytest.mark.usefixtures("_samples_made_once")

HEADER = "templates/org/sections/header.md.jinja"
CHECKLIST = "templates/data/sections/completion_checklist.md.jinja"
NO_HEADER = '{% extends "org/document.md.jinja" %}\n{% block header %}{% endblock %}\n'
NOT_STRICT = "_subdirectory: template\nplan_name: x\nplan_document: x\ntasks: []\n"
SETTINGS_FILE = "scaffold.yml"
ASKS_REVIEWER = (
    '{% extends "built-in/sections/header.md.jinja" %}\n'
    "{% block more_header %}\n**Reviewer**: {{ reviewer }}\n{% endblock %}\n"
)
EXTENDS_CHECKLIST = '{% extends "org/sections/completion_checklist.md.jinja" %}\n'


def checks(text: str) -> dict[str, str]:
    """Return the checklist of the data team, with this in it."""
    return {CHECKLIST: f"{EXTENDS_CHECKLIST}{{% block more_checks %}}{text}{{% endblock %}}\n"}


def copied(source: str, answers: str) -> dict[str, bytes | str]:
    """Return what plain copier makes of a set with a file of answers."""
    options = ["--quiet", "--defaults", "--data-file", answers]
    subprocess.run([sys.executable, "-m", "copier", "copy", *options, source, "made"], check=True)
    return snapshot(Path("made"))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a workspace, which is the current directory; its plan is `DEMO`."""
    workspace(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problems(outcome: Outcome, severity: str = "error") -> list[tuple[str, str | None, int | None]]:
    """Return (code, path, line) of what a check found."""
    listed = outcome.document["diagnostics"]
    assert isinstance(listed, list)
    return [(one["code"], one["path"], one["line"]) for one in listed if one["severity"] == severity]  # type: ignore[call-overload,index,misc]


# --- which ------------------------------------------------------------------------------------------------------------


def test_which_lists_the_set_of_every_achievement_and_what_chose_it(root: Path, scaffold: Scaffold) -> None:
    shown = scaffold("template", "which", "DEMO")
    assert (shown.code, [line.split(maxsplit=4) for line in shown.out.splitlines()[1:]]) == (
        0,
        [
            ["1.1", "Part", "1.1", "security", "rule 1 (team: security or red)"],
            ["1.2", "Part", "1.2", "org", "default"],
            ["2.1", "Part", "2.1", "data", "rule 2 (id: 2.*, team: data)"],
            ["2.2", "Part", "2.2", "org", "default"],
            ["3.1", "Part", "3.1", "org", "default"],
        ],
    )


def test_which_shows_for_one_achievement_where_each_section_comes_from(root: Path, scaffold: Scaffold) -> None:
    shown = scaffold("template", "which", "2.1", "DEMO").out
    assert "Template: data, chosen by rule 2 (id: 2.*, team: data)\n" in shown
    assert "Layers: data (templates/data) over org (templates/org) over built-in\n" in shown
    assert "Data: reviewer = Zoe\n" in shown
    data = scaffold("template", "which", "2.1", "DEMO", "--json").document["data"]
    files = {file["name"]: (file["path"], file["extends"]) for file in data["set"]["files"]}  # type: ignore[index,call-overload,union-attr]
    assert files["sections/header.md.jinja"] == (HEADER, ["built-in"])
    assert files["sections/completion_checklist.md.jinja"] == (CHECKLIST, ["built-in"])
    assert files["sections/iteration_log.md.jinja"] == ("built-in/sections/iteration_log.md.jinja", [])
    assert "sections/threat_model.md.jinja" not in files


def test_which_names_what_the_rules_refuse_and_fails(root: Path, scaffold: Scaffold) -> None:
    build(root, {"scaffold.yml": SETTINGS.replace("default: org", "default: refuse")})
    shown = scaffold("template", "which", "DEMO")
    assert (shown.code, shown.out.count("refused"), shown.err.count("error: ")) == (3, 3, 3)


def test_which_needs_no_settings(root: Path, scaffold: Scaffold) -> None:
    (root / "scaffold.yml").unlink()
    shown = scaffold("template", "which", "1.1", "DEMO").out
    assert "Template: built-in, chosen by default\nLayers: built-in\n" in shown


# --- check ------------------------------------------------------------------------------------------------------------


def test_check_finds_nothing_wrong_with_sets_that_are_right(root: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("template", "check", "--strict")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [
        "ok     executions: org (templates/org) over built-in",
        "ok     executions: security (templates/security) over org (templates/org) over built-in",
        "ok     executions: data (templates/data) over org (templates/org) over built-in",
        "ok     subplans: built-in",
        "",
        "0 errors, 0 warnings",
    ]


FAULTS: dict[str, tuple[dict[str, str], list[tuple[str, str | None, int | None]]]] = {
    "a mistyped block": (
        {CHECKLIST: EXTENDS_CHECKLIST + "{% block mor_checks %}- [ ] x\n{% endblock %}\n"},
        [("template_block_unknown", CHECKLIST, 2)],
    ),
    "text outside blocks": (
        {CHECKLIST: EXTENDS_CHECKLIST + "\n- [ ] x\n"},
        [("template_text_outside_blocks", CHECKLIST, 3)],
    ),
    "a section that nothing includes": (
        {"templates/org/sections/risks.md.jinja": "\n## Risks\n"},
        [("template_file_unused", "templates/org/sections/risks.md.jinja", None)],
    ),
    "a section with a mistyped name": (
        {"templates/org/sections/iteration_logs.md.jinja": "\n## Log\n"},
        [("template_file_unused", "templates/org/sections/iteration_logs.md.jinja", None)],
    ),
    "a file that extends itself": (
        {CHECKLIST: '{% extends "sections/completion_checklist.md.jinja" %}\n'},
        [("template_extends_itself", CHECKLIST, 1)],
    ),
    "a missing file behind a condition": (
        checks('{% if task.feedback %}{% include "no" %}{% endif %}'),
        [("template_file_missing", CHECKLIST, 2)],
    ),
    "a variable that no document has behind a condition": (
        checks("{% if task.feedback %}{{ task.feedbak }}{% endif %}"),
        [("template_variable_unknown", CHECKLIST, 2)],
    ),
    "a variable of nothing": (
        checks("- [ ] {{ reviewr }}\n"),
        [("template_variable_unknown", CHECKLIST, 2)],
    ),
    "a syntax error": (
        checks("{% if %}"),
        [("template_invalid", CHECKLIST, 2)],
    ),
    "a layer with settings": (
        {"templates/data/copier.yml": "_subdirectory: template\n"},
        [("template_layer", "templates/data/copier.yml", None)],
    ),
    "nothing made": (
        {
            "templates/data/document.md.jinja": (
                '{% extends "org/document.md.jinja" %}\n{% block header %}{% endblock %}\n'
            )
        },
        [("document_invalid", f"the {sample} sample of data", None) for sample in ("bare", "full", "long", "awkward")],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_check_finds(root: Path, scaffold: Scaffold, name: str) -> None:
    files, expected = FAULTS[name]
    build(root, files)
    outcome = scaffold("template", "check", "--json")
    assert outcome.code == 3
    assert problems(outcome) == expected
    listed = outcome.document["diagnostics"]
    assert all(one["hint"] for one in listed)  # type: ignore[call-overload,index,union-attr]


WRONG_SETS = {
    "an undefined variable is empty": (
        {"copier": NOT_STRICT},
        "template_not_strict",
    ),
    "a refused setting": ({"copier": "_subdirectory: template\n_tasks: [ls]\n"}, "template_invalid"),
    "a misspelt setting": ({"copier": "_subdirectory: template\n_tsks: [ls]\n"}, "template_invalid"),
    "a question without default": ({"more": "who: {type: str}\n"}, "template_invalid"),
    "an unused file": ({"sections/x.md.jinja": "x", "body": "# {{ task.title }}\n"}, "template_file_unused"),
}


@pytest.mark.parametrize("name", WRONG_SETS)
def test_check_of_a_complete_set_in_a_directory_finds(root: Path, scaffold: Scaffold, name: str) -> None:
    files, code = WRONG_SETS[name]
    tree = complete("./old", **{key: text for key, text in files.items() if key != "more"})
    tree["./old/copier.yml"] += files.get("more", "")
    build(root, tree)
    outcome = scaffold("template", "check", "./old", "--json")
    assert (outcome.code, {found[0] for found in problems(outcome)}) == (3, {code})


def test_a_complete_set_that_is_right_is_found_to_be(root: Path, scaffold: Scaffold) -> None:
    build(root, complete("old"))
    assert scaffold("template", "check", "./old").out == "ok     executions: ./old\n\n0 errors, 0 warnings\n"


def test_a_layer_that_passes_over_another_and_a_rule_that_never_counts_are_warnings(
    root: Path, scaffold: Scaffold
) -> None:
    rules = '- {match: {team: data}, use: data}\n      - {match: {id: ["2.*"]'
    build(
        root,
        {
            CHECKLIST: EXTENDS_CHECKLIST.replace("org/", "built-in/"),
            "scaffold.yml": SETTINGS.replace('- {match: {id: ["2.*"]', rules),
        },
    )
    outcome = scaffold("template", "check", "--json")
    assert (outcome.code, problems(outcome)) == (0, [])
    assert problems(outcome, "warning") == [
        ("template_layer_skipped", CHECKLIST, 1),
        ("template_rule_unused", "scaffold.yml", 10),
    ]
    assert scaffold("template", "check", "--strict").code == 4


def test_what_is_refused_is_found_where_no_sample_comes(root: Path, scaffold: Scaffold) -> None:
    refused = {
        "{{ task.title | strftime }}": "the filter strftime is refused (reads the clock or the time zone)",
        "{{ [1] | map('md5') | list }}": "the filter md5 is refused (depends on the hashes that the machine's "
        "Python was built with)",
        "{{ now() }}": "the variable now is refused (reads the clock)",
        "{{ lipsum }}": "the variable lipsum is refused (random: a different document in every run)",
        "{{ _copier_conf.dst_path }}": "the variable _copier_conf is refused (paths and settings of this machine)",
    }
    unusable = "\n".join(refused)
    build(root, checks(f"{{% if task.title == 'never' %}}\n{unusable}\n{{% endif %}}"))
    outcome = scaffold("template", "check", "--json")
    listed = outcome.document["diagnostics"]
    assert isinstance(listed, list)
    found = {(problem["line"], problem["message"]) for problem in listed}  # type: ignore[call-overload,index]
    assert found == {*enumerate(refused.values(), 3)}
    build(root, checks("{% if now is defined %}{{ now() }}{% endif %}"))
    assert scaffold("template", "check").code == 0


def test_keys_of_parallel_json_that_a_template_asks_for_are_in_the_samples(root: Path, scaffold: Scaffold) -> None:
    uses = (
        "{{ task.extra.owner }}",
        "{{ task.extra.contact.name }}",
        "{{ (task.extra.second | default({'name': 'x'})).name }}",
        "{{ task.extra.points * 2 + 1 }}",
        "{% for r in task.extra.reviewers | default([]) %}{{ r.name }}{% endfor %}",
        "{% if task.extra.bar is defined %}{{ task.extra.bar.baz }}{% endif %}",
    )
    build(root, checks("".join(f"- [ ] Ask {use}\n" for use in uses)))
    assert scaffold("template", "check").code == 0


def test_an_empty_name_as_of_a_variable_that_is_not_set_is_no_check_of_all(root: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("template", "check", "")
    assert (outcome.code, "template '': the name is empty" in outcome.err) == (3, True)


def test_check_of_an_unknown_name_says_which_there_are(root: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("template", "check", "secruity")
    assert (outcome.code, "did you mean security?" in outcome.err) == (3, True)


# --- new --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options", [(), ("--section", "header"), ("--section", "completion_checklist", "--over", "org")]
)
@pytest.mark.parametrize("copy", [(), ("--copy",)])
def test_what_new_begins_is_right_at_once_and_changes_no_document(
    root: Path, scaffold: Scaffold, options: tuple[str, ...], copy: tuple[str, ...]
) -> None:
    before = snapshot(root)
    outcome = scaffold("template", "new", "web", *options, *copy, "--json")
    assert outcome.code == 0, outcome.err
    data = outcome.document["data"]
    assert isinstance(data, dict)
    (written,) = set(snapshot(root)) - set(before) - {"templates/web", "templates/web/sections"}
    assert data["path"] == written
    settings = str(data["settings"]).splitlines()
    assert settings[:3] == SETTINGS.splitlines()[:3]
    build(root, {"scaffold.yml": SETTINGS.replace("      org:", f"{settings[3]}\n      org:", 1)})
    assert scaffold("template", "check", "web").code == 0
    below = "org" if "--over" in options else "built-in"
    made = [
        scaffold("executions", "DEMO", "--batch", "--dry-run", "--json", "--template", name).document["data"]
        for name in ("web", below)
    ]
    assert made[0]["change_set"] == made[1]["change_set"]  # type: ignore[index,call-overload]


def test_a_new_section_comes_with_the_line_that_includes_it(root: Path, scaffold: Scaffold) -> None:
    shown = scaffold("template", "new", "security", "--section", "data_flow").out
    assert (root / "templates/security/sections/data_flow.md.jinja").read_text("utf-8").startswith("\n## Data Flow\n")
    assert '{% include "sections/data_flow.md.jinja" -%}' in shown
    assert "scaffold.yml needs" not in shown


def test_new_touches_nothing_that_exists(root: Path, scaffold: Scaffold) -> None:
    before = snapshot(root)
    assert scaffold("template", "new", "security").code == 5
    assert snapshot(root) == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("built-in",), "'built-in' is reserved"),
        (("a/b",), "no set can have the name 'a/b'"),
        (("Sections",), "'Sections' is reserved"),
        (("ORG",), "ORG and org differ in capitals only"),
        (("web", "--section", "template/x.md.jinja"), "is not a file of a template set"),
        (("web", "--section", "built-in/document.md.jinja"), "is not a file of a template set"),
        (("web", "--section", "org/document.md.jinja"), "is not a file of a template set"),
        (("web", "--over", "ogr"), "did you mean org?"),
        (("security", "--over", "built-in"), "security lies over org, as scaffold.yml says"),
        (("web", "--section", "../x"), "is not a file of a template set"),
        (("web", "--section", "/x.jinja"), "is not a file of a template set"),
    ],
)
def test_new_refuses_names_that_cannot_be(
    root: Path, scaffold: Scaffold, options: tuple[str, ...], message: str
) -> None:
    before = snapshot(root)
    outcome = scaffold("template", "new", *options)
    assert (outcome.code, message in outcome.err, snapshot(root) == before) == (2, True, True)


# --- export -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "id_"), [("security", "1.1"), ("data", "2.1"), ("built-in", "1.2")])
def test_plain_copier_makes_of_an_exported_set_what_scaffold_makes(
    root: Path, scaffold: Scaffold, name: str, id_: str
) -> None:
    values = '{reviewer: "{{ 7*7 }} {% raw %} \\"Zoë\\" \\u2028 😀", more: [{a: {b: ["[[", "#}"]}}], size: 3}'
    build(root, {"scaffold.yml": SETTINGS.replace("{reviewer: Zoe}", values)})
    build(root, {CHECKLIST: LAYERS[CHECKLIST].replace("{{ reviewer }}", "{{ reviewer }} {{ more }} {{ size }}")})
    assert scaffold("template", "export", name, "out").code == 0
    selection = ("executions", "DEMO", "--achievement", id_, "--template", name)
    answers = scaffold(*selection, "--dry-run", "--json", "--answers").document["data"]["answers"]  # type: ignore[index,call-overload]
    build(root, {"answers.json": json.dumps(answers)})
    made = copied("out", "answers.json")
    assert scaffold(*selection, "--yes").code == 0
    assert {f"execution/{path}": content for path, content in made.items()} == {
        path: content for path, content in snapshot(root / "DEMO").items() if path.startswith("execution/")
    }


def test_an_exported_set_is_a_complete_set_with_samples(root: Path, scaffold: Scaffold) -> None:
    scaffold("template", "export", "security", "out")
    assert scaffold("template", "check", "./out").code == 0
    assert len(copied("out", "out/sample.json")) == 4


def test_export_writes_only_where_nothing_is(root: Path, scaffold: Scaffold) -> None:
    build(root, {"out/x": "mine", "empty/": ""})
    before = snapshot(root)
    for place in ("out", "empty", ".", ""):
        assert (scaffold("template", "export", "security", place).code, snapshot(root)) == (5, before)


def test_names_from_settings_are_shown_harmlessly(root: Path, scaffold: Scaffold) -> None:
    build(root, {"scaffold.yml": SETTINGS.replace("reviewer: Zoe", 'reviewer: "\\e[31mZoe"')})
    shown = scaffold("template", "which", "2.1", "DEMO").out
    assert f"Data: reviewer = {printable(chr(27))}[31mZoe\n" in shown


def test_a_set_that_only_others_lie_over_may_leave_variables_to_them(root: Path, scaffold: Scaffold) -> None:
    own = {SETTINGS_FILE: SETTINGS.replace("default: org", "default: data"), HEADER: ASKS_REVIEWER}
    build(root, own)
    assert problems(scaffold("template", "check", "--json")) == [("template_variable_unknown", HEADER, 3)]
    build(root, {SETTINGS_FILE: own[SETTINGS_FILE].replace("over: org}", "over: org, data: {reviewer: Ann}}", 1)})
    assert scaffold("template", "check").code == 0
    assert scaffold("template", "check", "org").code == 0


def test_a_section_that_a_set_above_uses_is_not_unused_below(root: Path, scaffold: Scaffold) -> None:
    above = LAYERS["templates/security/document.md.jinja"].replace("threat_model", "shared")
    (root / "templates/security/sections/threat_model.md.jinja").unlink()
    shared = {"templates/org/sections/shared.md.jinja": "\n## Shared\n"}
    build(root, {"templates/security/document.md.jinja": above, **shared})
    assert [scaffold("template", "check", *name).code for name in ((), ("org",), ("security",))] == [0, 0, 0]


def test_a_set_with_a_file_that_nobody_uses_is_called_wrong(root: Path, scaffold: Scaffold) -> None:
    build(root, {"templates/data/sections/risks.md.jinja": "\n## Risks\n"})
    lines = scaffold("template", "check").out.splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["ok", "ok", "wrong", "ok"]


def test_a_directory_is_checked_for_the_documents_that_it_makes(root: Path, scaffold: Scaffold) -> None:
    scaffold("template", "export", "built-in", "out", "--for", "subplans")
    assert scaffold("template", "check", "./out").out == "ok     subplans: ./out\n\n0 errors, 0 warnings\n"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("_envops: {block_start_string: '[%', block_end_string: '%]'}\n", "delimiters of its own"),
        ("", "old has no document.md.jinja"),
    ],
)
def test_new_begins_nothing_that_would_not_work_over_a_complete_set(
    root: Path, scaffold: Scaffold, settings: str, message: str
) -> None:
    tree = complete("old")
    tree["old/copier.yml"] = settings + tree["old/copier.yml"]
    text = SETTINGS.replace("    sets:\n", "    sets:\n      old: {directory: old, over: nothing}\n", 1)
    build(root, {**tree, SETTINGS_FILE: text})
    before = snapshot(root)
    outcome = scaffold("template", "new", "web", "--over", "old")
    assert (outcome.code, message in outcome.err, snapshot(root) == before) == (2, True, True)


def test_new_writes_no_templates_into_a_plan(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = workspace(tmp_path)
    (tmp_path / "scaffold.yml").unlink()
    monkeypatch.chdir(plan)
    outcome = scaffold("template", "new", "web")
    assert (outcome.code, "this is the directory of a plan" in outcome.err) == (2, True)
