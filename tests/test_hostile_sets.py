"""Whatever a template set tries: one message, exit code 3, nothing run, nothing created."""

from pathlib import Path

import pytest

from tests.conftest import Scaffold
from tests.teams_kit import LAYERS, SETTINGS, complete, workspace
from tests.trees import build, snapshot

LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}"
RECURSION = "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"
ALIASES = "".join(f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9 if at else ['x'] * 9)}]\n" for at in range(12))

TEXTS = {
    "a loop in a loop": (LOOP, "template_limit"),
    "a long text": ('{{ "x" * 10**10 }}', "template_limit"),
    "a macro that calls itself": (RECURSION, "template_invalid"),
    "an absolute path": ('{% include "/etc/passwd" %}', "template_file_missing"),
    "a path that leads out": ('{% include "../../scaffold.yml" %}', "template_file_missing"),
    "a class": ("{{ ''.__class__.__mro__ }}", "template_invalid"),
    "the globals of a function": ("{{ range.__globals__ }}", "template_invalid"),
    "the environment": ("{{ 'HOME' | expandvars }}", "template_invalid"),
    "a file that includes itself": ('{% include "body.md.jinja" %}', "template_invalid"),
}

SETTINGS_OF_A_SET = {
    "tasks": "_tasks: [touch ran]\n",
    "migrations": "_migrations: [{version: 1, command: touch ran}]\n",
    "an object": "x: !!python/object/apply:os.system [touch ran]\n",
    "a bomb": ALIASES,
    "deep nesting": "x: " + "[" * 5000,
}


def told(plan: Path, scaffold: Scaffold, *options: str | Path) -> tuple[str, ...]:
    """Return the codes of the errors of a run that writes nothing, and check that it is one for people too."""
    before = snapshot(plan.parent, without=())
    outcome = scaffold("executions", plan, "--achievement", "1.2", "--yes", "--json", *options)
    assert outcome.code == 3
    assert snapshot(plan.parent, without=()) == before
    data = outcome.document
    assert isinstance(data["diagnostics"], list)
    return tuple(str(problem["code"]) for problem in data["diagnostics"])  # type: ignore[call-overload,index]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_tries_to_get_out_or_never_ends_is_stopped_in_a_complete_set(
    tmp_path: Path, scaffold: Scaffold, name: str
) -> None:
    text, code = TEXTS[name]
    plan = workspace(tmp_path, "{}\n", complete("set", body=f"# x\n{text}\n"))
    assert told(plan, scaffold, "--template", tmp_path / "set") == (code,)


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "a file that includes itself"])
def test_a_text_that_tries_to_get_out_or_never_ends_is_stopped_in_a_layer(
    tmp_path: Path, scaffold: Scaffold, name: str
) -> None:
    text, code = TEXTS[name]
    plan = workspace(tmp_path, layers={**LAYERS, "templates/org/sections/provenance.md.jinja": f"\n{text}\n"})
    assert told(plan, scaffold) == (code,)


@pytest.mark.parametrize("place", ["copier.yml", "more.yml"])
@pytest.mark.parametrize("name", SETTINGS_OF_A_SET)
def test_settings_that_run_or_never_end_are_stopped_also_in_a_file_that_is_included(
    tmp_path: Path, scaffold: Scaffold, name: str, place: str
) -> None:
    files = complete("set")
    wrong = SETTINGS_OF_A_SET[name]
    if place == "copier.yml":
        files["set/copier.yml"] += wrong
    else:
        files["set/copier.yml"] = "---\n!include more.yml\n---\n" + files["set/copier.yml"]
        files["set/more.yml"] = wrong
    plan = workspace(tmp_path, "{}\n", files)
    assert len(told(plan, scaffold, "--template", tmp_path / "set")) == 1
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("../x.md", "template_invalid"),
        ("a/b.md", "template_names"),
        ("same.md", "template_names"),
        ("EXECUTION_TASK_DEMO_12_01.md\n", "template_names"),
    ],
)
def test_names_that_lead_elsewhere_or_come_twice_make_nothing(
    tmp_path: Path, scaffold: Scaffold, name: str, named: str
) -> None:
    files = complete("set")
    (template,) = [path for path in files if "yield" in path]
    # `/` cannot be in the name of a file: it comes out of an expression
    inside = (
        "{{ "
        + " ~ ".join(repr(part) for part in name.replace("/", "\0").split("\0")).replace("' ~ '", "' ~ ('%c' % 47) ~ '")
        + " }}"
    )
    files[f"set/template/{{% yield task from tasks %}}{inside}{{% endyield %}}.jinja"] = files.pop(template)
    plan = workspace(tmp_path, "{}\n", files)
    assert told(plan, scaffold, "--template", tmp_path / "set") == (named,)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"\0\xff\xfe\x00", "template_invalid", id="binary"),
        pytest.param(b"x" * 11_000_000, "template_invalid", id="11 MB"),
    ],
)
def test_a_section_that_is_no_text_or_too_large_is_named(
    tmp_path: Path, scaffold: Scaffold, content: bytes, code: str
) -> None:
    layers: dict[str, str | bytes] = {**LAYERS, "templates/org/sections/provenance.md.jinja": content}
    plan = workspace(tmp_path, layers=layers)
    assert told(plan, scaffold) == (code,)
    said = scaffold("executions", plan, "--achievement", "1.2", "--yes").err
    assert "templates/org/sections/provenance.md.jinja" in said


def test_a_link_out_of_a_layer_is_refused(tmp_path: Path, scaffold: Scaffold) -> None:
    plan = workspace(tmp_path / "ws")
    build(tmp_path, {"secret": "secret"})
    (tmp_path / "ws/templates/org/sections/provenance.md.jinja").symlink_to(tmp_path / "secret")
    assert told(plan, scaffold) == ("template_invalid",)


def test_escapes_in_texts_of_settings_do_not_reach_the_terminal(tmp_path: Path, scaffold: Scaffold) -> None:
    text = SETTINGS.replace("default: org", 'default: "\\e[31mred\\a"').replace("team: data", '"\\e]0;x\\a": "\\e[2J"')
    plan = workspace(tmp_path, text)
    outcome = scaffold("executions", plan, "--batch", "--yes")
    assert (outcome.code, "\x1b" in outcome.err, "\a" in outcome.err) == (3, False, False)
    plan = workspace(
        tmp_path / "2",
        SETTINGS.replace("team: data", '"team\\e[2J": "\\e[31m"'),
        more={"2.1": {"team\x1b[2J": "\x1b[31m"}},
    )
    outcome = scaffold("executions", plan, "--batch", "--level", "all", "--dry-run")
    assert (outcome.code, "\x1b" in outcome.out + outcome.err) == (0, False)
