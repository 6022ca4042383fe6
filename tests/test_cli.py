"""The command line through its public door: what is created, what is said, and every exit code."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from scaffold import __version__, cli, terminal
from tests import batch_kit, manual, plans
from tests.conftest import Scaffold, codes
from tests.trees import added, build, snapshot

# --- the main job -----------------------------------------------------------------------------------------------------


def test_after_a_yes_the_previewed_files_are_there_and_nothing_else_changed(tmp_path: Path, scaffold: Scaffold) -> None:
    before = snapshot(plans.demo(tmp_path))
    outcome = scaffold("executions", tmp_path, "--batch", typed="y\n")
    assert outcome.code == 0, outcome.err
    assert added(tmp_path, before) == plans.LEVEL_0
    assert all(path in outcome.out for path in plans.LEVEL_0)
    assert outcome.err.endswith("Proceed with batch creation of 2 EXECUTION_TASKs? (y/N): ")
    assert "Next: Carry out execution/EXECUTION_TASK_DEMO_11_01.md, and set its Status to Complete" in outcome.out


@pytest.mark.parametrize("typed", ["n\n", "\n", "", "yess\n", "nein\n"])
def test_anything_but_yes_changes_nothing(tmp_path: Path, scaffold: Scaffold, typed: str) -> None:
    before = snapshot(plans.demo(tmp_path))
    outcome = scaffold("executions", tmp_path, "--batch", typed=typed)
    assert (outcome.code, added(tmp_path, before)) == (6, set())
    assert outcome.err.endswith("(y/N): " + ("" if typed else "\n") + "Not confirmed: nothing was changed.\n")
    assert "error" not in outcome.err


@pytest.mark.parametrize("typed", ["y\n", "YES\n", " Yes \n"])
def test_y_and_yes_in_any_case_confirm(tmp_path: Path, scaffold: Scaffold, typed: str) -> None:
    before = snapshot(plans.demo(tmp_path))
    outcome = scaffold("executions", tmp_path, "--batch", typed=typed)
    assert (outcome.code, added(tmp_path, before)) == (0, plans.LEVEL_0)


def test_a_dry_run_leaves_the_tree_as_it_was_and_says_what_the_real_run_then_does(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    before = snapshot(plans.demo(tmp_path), without=())
    dry = scaffold("executions", tmp_path, "--batch", "--dry-run")
    assert (dry.code, snapshot(tmp_path, without=())) == (0, before)
    real = scaffold("executions", tmp_path, "--batch", "--yes")
    assert dry.out.split("Dry run")[0].strip() == real.out.split("Created")[0].strip()


def test_a_second_run_changes_nothing_and_names_the_next_step(tmp_path: Path, scaffold: Scaffold) -> None:
    scaffold("executions", plans.demo(tmp_path), "--batch", "--yes")
    before = snapshot(tmp_path, without=())
    outcome = scaffold("executions", tmp_path, "--batch")
    assert (outcome.code, snapshot(tmp_path, without=())) == (0, before)
    assert "Nothing to create" in outcome.out
    assert "Next: Carry out execution/EXECUTION_TASK_DEMO_11_01.md" in outcome.out


def test_when_all_is_there_it_says_so(tmp_path: Path, scaffold: Scaffold) -> None:
    scaffold("executions", plans.demo(tmp_path), "--batch", "--level", "all", "--yes")
    outcome = scaffold("executions", tmp_path, "--batch", "--level", "all")
    assert "Nothing to create: no EXECUTION_TASK is missing here." in outcome.out


def test_a_plan_document_and_the_current_directory_name_the_plan_too(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans.demo(tmp_path)
    monkeypatch.chdir(tmp_path)
    by_file = scaffold("executions", "PLAN_DEMO.md", "--batch", "--dry-run")
    by_default = scaffold("executions", "--batch", "--dry-run")
    assert by_file.out == by_default.out
    assert scaffold("executions", "--achievement", "1.1", "--yes").out.endswith(
        "ready for review\nMore: scaffold next\n"
    )


@pytest.mark.parametrize(
    ("options", "slugs"),
    [
        (["--batch", "--level", "1"], {"21", "22"}),
        (["--batch", "--level", "all"], {"11", "12", "21", "22", "31"}),
        (["--achievement", "2.2", "--achievement", "1.1"], {"11", "22"}),
    ],
)
def test_a_selection_creates_its_achievements(
    tmp_path: Path, scaffold: Scaffold, options: list[str], slugs: set[str]
) -> None:
    before = snapshot(plans.demo(tmp_path))
    assert scaffold("executions", tmp_path, *options, "--yes").code == 0
    assert added(tmp_path, before) == {f"execution/EXECUTION_TASK_DEMO_{slug}_01.md" for slug in slugs}


def test_creating_before_the_dependencies_are_done_warns(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("executions", plans.demo(tmp_path), "--achievement", "2.2", "--dry-run")
    assert "achievement 2.2 is not ready: it waits for 1.1 (subplan created), 1.2 (subplan created)" in outcome.err


def test_many_warnings_of_a_kind_are_one_line_before_a_preview_and_all_are_in_the_json(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    ids = [f"2.{number}" for number in range(12)]
    entries = [plans.achievement("1.1"), *(plans.achievement(one, "1.1") for one in ids)]
    root = build(tmp_path, plans.tree(entries, subplans=["1.1", *ids]))
    shown = scaffold("executions", root, "--batch", "--level", "1", "--dry-run")
    said = "warning: 12 of the kind not_ready (--json lists all), the first: achievement 2.0 is not ready: it waits for"
    assert (shown.err.startswith(said), shown.err.count("\n")) == (True, 1)
    document = scaffold("executions", root, "--batch", "--level", "1", "--dry-run", "--json").document
    assert codes(document, "warning") == [("not_ready", None)] * 12


def test_what_a_subplan_says_is_in_the_document_and_is_never_evaluated(tmp_path: Path, scaffold: Scaffold) -> None:
    objective = "Compute {{ 7*7 }} and {% raw %} literally."
    extra = {"subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1", objective)}
    scaffold("executions", plans.demo(tmp_path, extra), "--achievement", "1.1", "--yes")
    assert objective in (tmp_path / "execution/EXECUTION_TASK_DEMO_11_01.md").read_text("utf-8")


def test_plain_copier_makes_the_same_files_from_the_answers(tmp_path: Path, scaffold: Scaffold) -> None:
    objective = 'Größe 🎯 "quoted" {{ 7*7 }}: - # \\ \x85\u2028\x7f end'
    root = plans.demo(tmp_path / "plan", {"subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1", objective)})
    data = scaffold("executions", root, "--batch", "--dry-run", "--json", "--answers").document["data"]
    assert isinstance(data, dict)
    built_in, answers = Path(__file__).parent.parent / "templates" / "execution_task", tmp_path / "answers.yml"
    answers.write_text(json.dumps(data["answers"], ensure_ascii=False), "utf-8")
    copier: list[str | Path] = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults", "--data-file", answers]
    subprocess.run([*copier, built_in, tmp_path / "plain"], check=True)
    scaffold("executions", root, "--batch", "--yes")
    assert snapshot(tmp_path / "plain") == snapshot(root / "execution")


def test_a_template_of_ones_own_makes_the_files(tmp_path: Path, scaffold: Scaffold) -> None:
    name = (
        "{% yield task from tasks %}EXECUTION_TASK_{{ plan_name }}_{{ task.slug }}_{{ task.number }}.md{% endyield %}"
    )
    config = "_subdirectory: t\nplan_name: {type: str}\nplan_document: {type: str}\ntasks: {type: yaml}\n"
    build(tmp_path / "mine", {"copier.yml": config, f"t/{name}.jinja": "# Do {{ task.slug }}.\n"})
    root = plans.demo(tmp_path / "plan")
    outcome = scaffold("executions", root, "--batch", "--yes", "--template", tmp_path / "mine")
    assert outcome.code == 0, outcome.err
    assert (root / "execution/EXECUTION_TASK_DEMO_11_01.md").read_text("utf-8") == "# Do 11.\n"
    (record,) = batch_kit.recorded(root)
    assert {file.template for file in record.files} == {"../mine"}
    build(tmp_path, {"scaffold.yml": "plan_roots: [plan]\n"})
    scaffold("undo", record.id, root, "--yes")
    scaffold("executions", root, "--batch", "--yes", "--template", tmp_path / "mine")
    assert {file.template for file in batch_kit.recorded(root)[-1].files} == {"mine"}


def test_a_document_over_the_limit_is_refused_with_its_longest_sections(tmp_path: Path, scaffold: Scaffold) -> None:
    name = (
        "{% yield task from tasks %}EXECUTION_TASK_{{ plan_name }}_{{ task.slug }}_{{ task.number }}.md{% endyield %}"
    )
    config = "_subdirectory: t\nplan_name: {type: str}\nplan_document: {type: str}\ntasks: {type: yaml}\n"
    body = "# T\n\n## Short\n\nx\n\n## Long\n\n" + "line\n" * 193
    build(tmp_path / "mine", {"copier.yml": config, f"t/{name}.jinja": body})
    before = snapshot(plans.demo(tmp_path / "plan"))
    run = ("executions", tmp_path / "plan", "--achievement", "1.1", "--yes", "--template", tmp_path / "mine")
    outcome = scaffold(*run)
    assert (outcome.code, added(tmp_path / "plan", before)) == (3, set())
    assert "would have 201 lines, the limit is 200; the longest sections: 'Long' 193, 'Short' 1" in outcome.err
    build(tmp_path / "mine", {f"t/{name}.jinja": body.removesuffix("line\n")})
    assert scaffold(*run).code == 0


def test_a_target_that_appears_before_the_yes_is_kept_and_nothing_is_created(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = plans.demo(tmp_path)
    theirs = {"execution/EXECUTION_TASK_DEMO_12_01.md": "somebody else's"}
    monkeypatch.setattr(terminal, "confirm", lambda *_, **__: build(root, theirs))
    outcome = scaffold("executions", root, "--batch")
    assert outcome.code == 5, outcome.err
    assert "EXECUTION_TASK_DEMO_12_01.md" in outcome.err
    assert snapshot(root / "execution") == {"EXECUTION_TASK_DEMO_12_01.md": b"somebody else's"}


def test_a_subplan_that_changes_before_the_yes_is_a_conflict(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = plans.demo(tmp_path)
    edited = {"subplans/SUBPLAN_DEMO_12.md": plans.subplan("1.2", "Another objective.")}
    monkeypatch.setattr(terminal, "confirm", lambda *_, **__: build(root, edited))
    outcome = scaffold("executions", root, "--batch")
    assert (outcome.code, (root / "execution").exists()) == (5, False)
    assert "subplans/SUBPLAN_DEMO_12.md" in outcome.err


PLANNED = """## Execution Strategy

| Execution | Purpose |
|---|---|
| EXECUTION_TASK_DEMO_11_01 | Build the parser |
| EXECUTION_TASK_DEMO_11_02 | Build the printer |
| EXECUTION_TASK_DEMO_11_03 | Compare both |
"""


@pytest.mark.parametrize("there", ["02", "2", "002_retry"])
def test_planned_creates_every_execution_that_is_planned_and_not_there(
    tmp_path: Path, scaffold: Scaffold, there: str
) -> None:
    extra = {
        "subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1") + PLANNED,
        f"execution/EXECUTION_TASK_DEMO_11_{there}.md": "there",
    }
    before = snapshot(plans.demo(tmp_path, extra))
    assert scaffold("executions", tmp_path, "--achievement", "1.1", "--planned", "--yes").code == 0
    names = {f"execution/EXECUTION_TASK_DEMO_11_{number}.md" for number in ("01", "03")}
    assert added(tmp_path, before) == names
    assert "Compare both" in (tmp_path / "execution/EXECUTION_TASK_DEMO_11_03.md").read_text("utf-8")
    again = scaffold("executions", tmp_path, "--achievement", "1.1", "--planned")
    assert (again.code, "Nothing to create" in again.out) == (0, True)


@pytest.mark.parametrize(
    ("count", "options", "warning"),
    [
        (3, [], "warning: subplans/SUBPLAN_DEMO_11.md: plans 3 executions; only one is created\n"),
        (2, [], "warning: subplans/SUBPLAN_DEMO_11.md: plans 2 executions; only one is created\n"),
        (1, [], ""),
        (3, ["--planned"], ""),
        (3, ["--again"], ""),
    ],
)
def test_a_warning_says_that_more_is_planned_than_the_first_that_is_created(
    tmp_path: Path, scaffold: Scaffold, count: int, options: list[str], warning: str
) -> None:
    planned = "".join(PLANNED.splitlines(keepends=True)[: 4 + count])
    extra = {"subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1") + planned}
    outcome = scaffold("executions", plans.demo(tmp_path, extra), "--achievement", "1.1", "--dry-run", *options)
    assert (outcome.code, outcome.err.partition("  hint:")[0]) == (0, warning)


def test_what_is_planned_and_there_is_listed_as_existing_and_warns_of_nothing(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    path = "execution/EXECUTION_TASK_DEMO_21_01.md"
    outcome = scaffold("executions", plans.demo(tmp_path, {path: ""}), "--achievement", "2.1", "--planned", "--json")
    data = outcome.document["data"]
    assert isinstance(data, dict)
    assert (data["files"], outcome.document["diagnostics"]) == ([], [])
    assert data["existing"] == [{"id": "2.1", "state": "execution_created", "files": [path]}]


def test_the_answers_say_what_is_ready(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"execution/feedbacks/APPROVED_11.md": ""})
    outcome = scaffold("executions", root, "--batch", "--level", "all", "--dry-run", "--json", "--answers")
    tasks = json.loads(outcome.out)["data"]["answers"]["tasks"]
    assert {one["id"]: one["ready"] for one in tasks} == {"1.2": "yes", "2.1": "yes", "2.2": "no", "3.1": "no"}


def test_planned_creates_one_execution_where_none_is_planned(tmp_path: Path, scaffold: Scaffold) -> None:
    before = snapshot(plans.demo(tmp_path))
    scaffold("executions", tmp_path, "--achievement", "1.1", "--planned", "--yes")
    assert added(tmp_path, before) == {"execution/EXECUTION_TASK_DEMO_11_01.md"}


@pytest.mark.parametrize(("there", "created"), [([], "01"), (["01"], "02"), (["01", "09_retry"], "10")])
def test_again_creates_the_next_number(tmp_path: Path, scaffold: Scaffold, there: list[str], created: str) -> None:
    extra = {f"execution/EXECUTION_TASK_DEMO_11_{number}.md": "" for number in there}
    before = snapshot(plans.demo(tmp_path, {**extra, "execution/feedbacks/FIX_11.md": ""}))
    scaffold("executions", tmp_path, "--achievement", "1.1", "--again", "--yes")
    assert added(tmp_path, before) == {f"execution/EXECUTION_TASK_DEMO_11_{created}.md"}


def test_another_attempt_names_the_review_and_the_last_attempt(tmp_path: Path, scaffold: Scaffold) -> None:
    there = dict.fromkeys([f"execution/EXECUTION_TASK_DEMO_11_{number}.md" for number in ("9", "10_retry")], "")
    plans.demo(tmp_path, {**there, "execution/feedbacks/FIX_11.md": ""})
    scaffold("executions", tmp_path, "--achievement", "1.1", "--again", "--yes")
    text = (tmp_path / "execution/EXECUTION_TASK_DEMO_11_11.md").read_text("utf-8")
    assert "\n**Task**: 11 (after EXECUTION_TASK_DEMO_11_10_retry.md)  \n" in text
    assert "\n**Review to answer**: execution/feedbacks/FIX_11.md  \n**Estimated Time**" in text


# --- prerequisites ----------------------------------------------------------------------------------------------------


def test_every_missing_or_wrong_subplan_is_named_and_blocks_the_whole_batch(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"subplans/SUBPLAN_DEMO_12.md": plans.subplan("1.1")})
    (root / "subplans/SUBPLAN_DEMO_11.md").unlink()
    before = snapshot(root)
    outcome = scaffold("executions", root, "--batch", "--yes", "--json")
    assert (outcome.code, added(root, before)) == (4, set())
    assert codes(outcome.document) == [
        ("subplan_missing", "subplans/SUBPLAN_DEMO_11.md"),
        ("subplan_mismatch", "subplans/SUBPLAN_DEMO_12.md"),
    ]


def test_one_wrong_subplan_blocks_the_right_ones_too(tmp_path: Path, scaffold: Scaffold) -> None:
    before = snapshot(plans.demo(tmp_path, {"subplans/SUBPLAN_DEMO_12.md": plans.subplan("1.1")}))
    assert scaffold("executions", tmp_path, "--batch", "--yes").code == 4
    assert added(tmp_path, before) == set()


def test_skip_missing_creates_the_others_and_lists_what_was_left_out(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path)
    (root / "subplans/SUBPLAN_DEMO_11.md").unlink()
    before = snapshot(root)
    outcome = scaffold("executions", root, "--batch", "--yes", "--skip-missing")
    assert (outcome.code, added(root, before)) == (0, {"execution/EXECUTION_TASK_DEMO_12_01.md"})
    assert "Left out: 1.1 Part 1.1: achievement 1.1 has no SUBPLAN" in outcome.out


def test_the_subplan_of_an_achievement_that_misses_nothing_is_not_asked_for(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"execution/EXECUTION_TASK_DEMO_11_01.md": "there"})
    (root / "subplans/SUBPLAN_DEMO_11.md").unlink()
    before = snapshot(root)
    outcome = scaffold("executions", root, "--batch", "--yes")
    assert (outcome.code, added(root, before)) == (0, {"execution/EXECUTION_TASK_DEMO_12_01.md"})


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        pytest.param("\n", [], 4, id="empty"),
        pytest.param(b"\xff\n", [], 4, id="not UTF-8"),
        pytest.param(plans.subplan("1.2"), [], 4, id="another achievement"),
        pytest.param(plans.subplan("1.1", "[TO BE FILLED: say what]"), [], 4, id="unfilled"),
        pytest.param(plans.subplan("1.1", "[TO BE FILLED: say what]"), ["--allow-unfilled"], 0, id="allowed"),
        pytest.param("# SUBPLAN\n\n**Achievement**: 1.1\n", [], 4, id="nothing said"),
        pytest.param("# SUBPLAN\n\n## Objective\n\nSay it.\n", [], 0, id="half said"),
        pytest.param("# SUBPLAN\n\n## Objective\n\nSay it.\n", ["--strict"], 4, id="half said, strict"),
    ],
)
def test_a_subplan_blocks_or_warns_by_the_rules(
    tmp_path: Path, scaffold: Scaffold, text: str | bytes, options: list[str], code: int
) -> None:
    root = plans.demo(tmp_path, {"subplans/SUBPLAN_DEMO_11.md": text})
    outcome = scaffold("executions", root, "--achievement", "1.1", "--yes", *options)
    assert outcome.code == code, outcome.err
    assert ("SUBPLAN_DEMO_11.md" in outcome.err) == (code == 4 or "--allow-unfilled" in options or text[0] == "#")


# --- exit codes and JSON ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["executions"],
        ["executions", "--level", "1"],
        ["executions", "--batch", "--level", "one"],
        ["executions", "--batch", "--level", "-1"],
        ["executions", "--batch", "--level", "²"],
        ["executions", "--batch", "--level", "1", "--achievement", "1.1"],
        ["executions", "--batch", "--again"],
        ["executions", "--achievement", "1.1", "--again", "--planned"],
        ["executions", "--nope"],
        ["nope"],
    ],
)
def test_a_contradictory_or_unknown_command_line_is_a_usage_error(scaffold: Scaffold, arguments: list[str]) -> None:
    outcome = scaffold(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: ")
    assert "hint: " in outcome.err
    as_json = scaffold(*arguments, "--json")
    assert (as_json.code, codes(as_json.document)) == (2, [("usage", None)])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param('{"achievements": [', "not_json", id="truncated"),
        pytest.param("", "not_json", id="empty"),
        pytest.param(plans.parallel_json([plans.achievement("1.1", "1.1")]), "self_dependency", id="itself"),
    ],
)
def test_a_wrong_parallel_json_is_one_message_with_its_place(
    tmp_path: Path, scaffold: Scaffold, content: str, code: str
) -> None:
    root = build(tmp_path, {"PLAN_DEMO.md": "", "parallel.json": content})
    outcome = scaffold("executions", root, "--batch", "--json")
    assert (outcome.code, codes(outcome.document)) == (3, [(code, "parallel.json")])
    assert scaffold("executions", root, "--batch").err.startswith("error: parallel.json")


@pytest.mark.parametrize("option", ["--no-input", "--json", None])
def test_where_nobody_can_be_asked_nothing_is_changed_and_yes_is_named(
    tmp_path: Path, scaffold: Scaffold, option: str | None
) -> None:
    before = snapshot(plans.demo(tmp_path))
    typed = "y\n" if option else None
    outcome = scaffold("executions", tmp_path, "--batch", *([option] if option else []), typed=typed)
    assert (outcome.code, added(tmp_path, before)) == (6, set())
    assert "--yes" in outcome.out + outcome.err


def test_continuous_integration_is_never_asked(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    assert scaffold("executions", plans.demo(tmp_path), "--batch", typed="y\n").code == 6


@pytest.mark.parametrize("name", ["AI_AGENT", "AGENT", "CLAUDECODE", "CURSOR_AGENT", "GEMINI_CLI", "CODEX_SANDBOX"])
def test_an_agent_is_never_asked_and_is_told_why_and_what_to_do(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = snapshot(plans.demo(tmp_path))
    monkeypatch.setenv(name, "1")
    outcome = scaffold("executions", tmp_path, "--batch", typed="y\n")
    assert (outcome.code, added(tmp_path, before)) == (6, set())
    assert "(y/N)" not in outcome.err
    assert f"not confirmed: nobody is asked in an agent's environment: {name} is set;" in outcome.err
    assert "hint: look at the preview, then add --yes" in outcome.err
    assert scaffold("executions", tmp_path, "--batch", "--yes").code == 0


def test_json_says_what_was_created_and_carries_the_warnings(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"execution/EXECUTION_TASK_DEMO_21_01.md": ""})
    (root / "subplans/SUBPLAN_DEMO_31.md").unlink()
    outcome = scaffold("executions", root, "--batch", "--level", "all", "--yes", "--skip-missing", "--json")
    document = outcome.document
    assert (outcome.code, document["schema_version"], document["kind"], document["ok"]) == (0, 2, "executions", True)
    data = document["data"]
    assert isinstance(data, dict)
    assert [one["path"] for one in data["files"]] == [  # type: ignore[union-attr,index,call-overload]
        f"execution/EXECUTION_TASK_DEMO_{slug}_01.md" for slug in ("11", "12", "22")
    ]
    assert data["existing"] == [
        {"id": "2.1", "state": "execution_created", "files": ["execution/EXECUTION_TASK_DEMO_21_01.md"]}
    ]
    reasons = ["achievement 3.1 has no SUBPLAN"]
    assert data["left_out"] == [{"id": "3.1", "title": "Part 3.1", "reasons": reasons}]
    assert str(data["batch"]).endswith(str(data["change_set"])[:8])
    assert codes(document, "warning") == [("not_ready", None)]


def test_the_json_document_is_valid_yaml_too(tmp_path: Path, scaffold: Scaffold) -> None:
    title = "a\x7f\x85\u2028\ufeffb 🎯"
    entry = {**plans.achievement("1.1"), "team": title}
    outcome = scaffold(
        "executions",
        build(tmp_path, plans.tree([entry], subplans=["1.1"])),
        "--batch",
        "--dry-run",
        "--json",
        "--answers",
    )
    assert yaml.safe_load(outcome.out) == outcome.document
    assert outcome.document["data"]["answers"]["tasks"][0]["extra"] == {"team": title}  # type: ignore[index,call-overload]


def test_an_unconfirmed_json_run_still_carries_the_preview(tmp_path: Path, scaffold: Scaffold) -> None:
    document = scaffold("executions", plans.demo(tmp_path), "--batch", "--json").document
    assert (document["ok"], codes(document)) == (False, [("not_confirmed", None)])
    data = document["data"]
    assert isinstance(data, dict)
    assert data["batch"] is None
    assert len(data["files"]) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        (["--batch"], "level 0"),
        (["--batch", "--level", "1"], "level 1"),
        (["--batch", "--level", "next"], "level 0 (next)"),
        (["--batch", "--level", "all"], "all levels"),
        (["--batch", "--ready"], "everything that is ready"),
        (["--achievement", "2.1", "--achievement", "1.1"], "achievements 2.1, 1.1"),
    ],
)
def test_a_preview_begins_with_the_plan_and_what_was_chosen(
    tmp_path: Path, scaffold: Scaffold, options: list[str], chosen: str
) -> None:
    shown = scaffold("executions", plans.demo(tmp_path), *options, "--dry-run").out
    assert shown.startswith(f"Plan DEMO, {chosen}, template: built-in execution_task\n\n")


@pytest.mark.parametrize(("done", "level"), [([], 0), (["11", "12"], 1), (["11", "12", "21", "22"], 2)])
def test_the_next_level_is_named_in_the_preview_the_json_and_the_record(
    tmp_path: Path, scaffold: Scaffold, done: list[str], level: int
) -> None:
    root = plans.demo(tmp_path, {f"execution/EXECUTION_TASK_DEMO_{slug}_01.md": "x" for slug in done})
    words = ("executions", root, "--batch", "--level", "next")
    assert scaffold(*words, "--dry-run").out.startswith(f"Plan DEMO, level {level} (next), template")
    assert scaffold(*words, "--dry-run", "--json").document["data"]["selection"] == f"--level {level}"  # type: ignore[call-overload,index]
    scaffold(*words, "--yes")
    assert f"executions  --level {level}" in scaffold("undo", root, "--list").out


def test_without_a_next_level_none_is_named(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(
        tmp_path, {f"execution/EXECUTION_TASK_DEMO_{slug}_01.md": "x" for slug in ("11", "12", "21", "22", "31")}
    )
    words = ("executions", root, "--batch", "--level", "next", "--dry-run")
    assert scaffold(*words).out.startswith("Plan DEMO, next level\n\nNothing to create")
    assert scaffold(*words, "--json").document["data"]["selection"] == "--level next"  # type: ignore[call-overload,index]


def test_what_is_there_what_needs_none_and_what_was_left_out_is_listed_apart(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    there = {"execution/EXECUTION_TASK_DEMO_11_01.md": "", "execution/feedbacks/SKIPPED_12.md": ""}
    wrong = {"subplans/SUBPLAN_DEMO_21.md": plans.subplan("2.2")}
    root = plans.demo(tmp_path, {**there, **wrong})
    shown = scaffold("executions", root, "--batch", "--level", "all", "--skip-missing", "--dry-run").out
    assert shown.partition("\n\nAlready")[2].partition("\n\nDry run")[0] == (
        " exists, left unchanged: 1.1\nNot needed: 1.2 (skipped)\n\n"
        "Left out: 2.1 Part 2.1: its header names achievement 2.2, but its file name 2.1"
    )


def test_quiet_prints_nothing_but_what_is_wrong(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("executions", plans.demo(tmp_path), "--batch", "--yes", "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def test_text_that_comes_from_a_plan_cannot_drive_the_terminal(tmp_path: Path, scaffold: Scaffold) -> None:
    entry = {**plans.achievement("1.1"), "title": "[red]\x1b[2Jgone\u202e"}
    outcome = scaffold("executions", build(tmp_path, plans.tree([entry], subplans=["1.1"])), "--batch", "--dry-run")
    assert "[red]\\x1b[2Jgone\\u202e" in outcome.out


def test_messages_and_hints_cannot_drive_the_terminal_either(tmp_path: Path, scaffold: Scaffold) -> None:
    entry = {**plans.achievement("1.1"), "title": "\x1b[2Jgone"}
    root = build(
        tmp_path,
        {**plans.tree([entry]), "PLAN_DEMO.md": "# PLAN: DEMO\n", "subplans/SUBPLAN_\x1b[2J_11.md": ""},
    )
    hint = "  hint: add a heading '### Achievement 1.1: \\x1b[2Jgone' with goal and deliverables\n"
    assert hint in scaffold("subplans", root, "--batch", "--dry-run").err
    left_out = "\nLeft out: 1.1 \\x1b[2Jgone: achievement 1.1 has no SUBPLAN\n"
    assert left_out in scaffold("executions", root, "--batch", "--skip-missing", "--dry-run").out
    assert "warning: subplans/SUBPLAN_\\x1b[2J_11.md: belongs to no" in scaffold("check", root).out


def test_a_message_names_file_and_line(tmp_path: Path, scaffold: Scaffold) -> None:
    path = "subplans/SUBPLAN_DEMO_11.md"
    outcome = scaffold("executions", plans.demo(tmp_path, {path: plans.subplan("1.2")}), "--batch")
    assert outcome.err.startswith(f"error: {path}:4: its header names achievement 1.2")


def test_a_chain_of_ten_thousand_is_read(tmp_path: Path, scaffold: Scaffold) -> None:
    chain = [plans.achievement("1.1"), *(plans.achievement(f"1.{at}", f"1.{at - 1}") for at in range(2, 10_001))]
    root = build(tmp_path, plans.tree(chain, subplans=["1.10000"]))
    outcome = scaffold("executions", root, "--batch", "--level", "9999", "--dry-run")
    assert (outcome.code, "EXECUTION_TASK_DEMO_110000_01.md" in outcome.out) == (0, True), outcome.err


def test_out_of_memory_is_a_message_and_no_traceback(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scaffold import batch

    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(batch, "prepare", full)
    outcome = scaffold("executions", plans.demo(tmp_path), "--batch")
    assert (outcome.code, "error: out of memory\n" in outcome.err) == (8, True)


def test_the_bare_command_shows_its_help(scaffold: Scaffold) -> None:
    outcome = scaffold()
    assert (outcome.code, outcome.err.startswith("Usage: scaffold")) == (2, True)


def test_an_interrupt_is_told_in_json_too(tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch) -> None:
    from scaffold import batch
    from scaffold.errors import Interrupted

    def interrupted(*_: object) -> None:
        raise Interrupted(15)

    monkeypatch.setattr(batch, "prepare", interrupted)
    outcome = scaffold("executions", plans.demo(tmp_path), "--batch", "--json")
    assert (outcome.code, codes(outcome.document)) == (143, [("interrupted", None)])


def test_nothing_to_create_is_not_said_of_what_was_left_out(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path)
    (root / "subplans/SUBPLAN_DEMO_31.md").unlink()
    outcome = scaffold("executions", root, "--achievement", "3.1", "--skip-missing")
    assert "Nothing can be created: 1 achievement left out." in outcome.out
    assert "Nothing to create" not in outcome.out


@pytest.mark.parametrize("name", ["CI", "AGENT"])
@pytest.mark.parametrize(("value", "code"), [("", 0), ("false", 0), ("False", 0), ("0", 0), ("1", 6)])
def test_only_a_variable_that_says_so_bars_the_question(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: int
) -> None:
    monkeypatch.setenv(name, value)
    assert scaffold("executions", plans.demo(tmp_path), "--batch", typed="y\n").code == code


def test_a_dry_run_refuses_what_the_real_run_would_refuse(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path / "plan")
    (root / ".scaffold").symlink_to(tmp_path)
    codes = {scaffold("executions", root, "--batch", *options).code for options in (["--dry-run"], ["--yes"])}
    assert len(codes) == 1
    assert codes != {0}


# --- the process ------------------------------------------------------------------------------------------------------


def process(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m scaffold` as its users do."""
    command = [sys.executable, "-m", "scaffold", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, check=False)


def test_python_m_scaffold_is_the_command() -> None:
    assert process("--version").stdout == f"scaffold {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["executions", "--help"], ["executions"], ["blocked"]]
)
def test_what_renders_nothing_imports_no_template_engine(tmp_path: Path, arguments: list[str]) -> None:
    if arguments == ["blocked"]:
        (plans.demo(tmp_path) / "subplans/SUBPLAN_DEMO_11.md").unlink()
        arguments = ["executions", str(tmp_path), "--batch"]
    code = (
        f"import sys; from scaffold.cli import run; run({arguments!r})\n"
        "print([name for name in ('copier', 'questionary', 'jinja2') if name in sys.modules], file=sys.stderr)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr
    assert shown.endswith("[]\n")


LOADED_EARLY = """
import sys
from scaffold.cli import run
run(sys.argv[1:])
heavy = {"yaml", "copier", "jinja2", "rich", "pyromark", "dataclasses", "base64", "random"}
heavy |= {"scaffold.report", "scaffold.transaction"}
print(sorted(name for name in sys.modules if name in heavy or name.startswith("scaffold.commands.")), file=sys.stderr)
"""


def loaded(*arguments: str | Path, **environment: str) -> list[str]:
    """Run a command line in a process of its own; gives the commands and the heavy modules that it imported."""
    command = [sys.executable, "-c", LOADED_EARLY, *map(str, arguments)]
    shown = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    ).stderr
    names = ast.literal_eval(shown.splitlines()[-1])
    assert isinstance(names, list)
    return names


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["-h"], []])
def test_the_list_of_commands_is_shown_without_importing_any_of_them(arguments: list[str]) -> None:
    assert loaded(*arguments) == []


def test_a_command_that_reads_a_plan_imports_no_other_command_and_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    names = loaded("status", plans.demo(tmp_path))
    assert names == [
        "pyromark",
        "scaffold.commands._next",
        "scaffold.commands._paging",
        "scaffold.commands._plan",
        "scaffold.commands.status",
        "scaffold.report",
        "scaffold.transaction",
    ]


def test_documents_of_the_built_in_set_are_made_with_jinja_alone(tmp_path: Path) -> None:
    names = loaded("executions", plans.demo(tmp_path), "--batch", "--yes")
    assert not {"yaml", "copier", "rich", "base64"} & set(names)
    assert "jinja2" in names


def test_yaml_is_imported_for_a_workspace_that_has_settings(tmp_path: Path) -> None:
    (plans.demo(tmp_path) / "scaffold.yml").write_text("plan_roots: [.]\n")
    assert "yaml" in loaded("status", tmp_path)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_the_list_of_commands_says_of_each_what_its_own_help_begins_with(name: str) -> None:
    assert cli.command(name).get_short_help_str(1000) == cli.COMMANDS[name]


@pytest.mark.parametrize("path", [context.command_path for context in manual.contexts()])
def test_every_help_fits_into_80_columns_and_no_summary_is_cut_short(
    path: str, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    usage, *lines = scaffold(*path.split()[1:], "--help").out.splitlines()
    assert usage.startswith(f"Usage: {path} ")
    assert len(usage) <= 80
    assert [line for line in lines if len(line) > 80 or line.endswith("...")] == []


@pytest.mark.parametrize("columns", [60, 80, 100])
@pytest.mark.parametrize("command", ["executions --batch --dry-run", "init NEW --dry-run", "undo --list"])
def test_no_file_name_is_broken_on_a_narrow_terminal(
    command: str, columns: int, tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "GRAPHRAG-OBSERVABILITY-VALIDATION"
    entries = [
        plans.achievement("1.1"),
        plans.achievement("1.2", title="Collect what there is to be observed of a run"),
    ]
    monkeypatch.chdir(build(tmp_path, plans.tree(entries, subplans=["1.1", "1.2"], plan_name=name)))
    scaffold("undo", str(_batch(scaffold)), "--yes")
    wide = scaffold(*command.split()).out.split()
    monkeypatch.setattr(terminal, "columns", lambda: columns)
    narrow = scaffold(*command.split()).out
    words = [word for word in wide if "." in word or "-" in word or "/" in word]
    assert words
    assert [word for word in words if word not in narrow.split()] == []
    assert [
        line for line in narrow.splitlines() if len(line) > columns and len(line.split()) > 1 and ":" not in line
    ] == []


def _batch(scaffold: Scaffold) -> object:
    data = scaffold("executions", "--batch", "--yes", "--json").document["data"]
    assert isinstance(data, dict)
    return data["batch"]


def test_every_command_is_listed() -> None:
    folder = Path(cli.__file__).parent / "commands"
    assert {path.stem for path in folder.iterdir() if not path.stem.startswith("_")} == set(cli.COMMANDS)


def test_an_unknown_command_is_refused_with_the_name_that_was_perhaps_meant(scaffold: Scaffold) -> None:
    outcome = scaffold("statsu")
    assert (outcome.code, outcome.out) == (2, "")
    assert "No such command 'statsu'" in outcome.err
    assert "status" in outcome.err


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("scaffold st", ["status"]),
        ("scaffold ", sorted(cli.COMMANDS)),
        ("scaffold status --re", ["--ready"]),
        ("scaffold template va", ["variables"]),
    ],
)
def test_a_shell_completes_commands_and_their_options(words: str, completed: list[str]) -> None:
    asked = {"_SCAFFOLD_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    assert process(**asked).stdout.split() == [f"plain,{word}" for word in completed]


def test_a_closed_stdout_does_not_change_what_the_run_did(tmp_path: Path) -> None:
    root = plans.demo(tmp_path)
    command = f"{sys.executable} -m scaffold executions {root} --batch --yes"
    shown = subprocess.run(
        ["sh", "-c", f"{command} | true; {command} >&-"], capture_output=True, text=True, check=False
    )
    assert (shown.returncode, shown.stderr) == (0, "")
    assert {f"execution/{path}" for path in snapshot(root / "execution")} == plans.LEVEL_0


def test_an_output_without_utf8_gets_escapes_and_no_traceback(tmp_path: Path) -> None:
    entry = {**plans.achievement("1.1"), "title": "Größe →"}
    root = build(tmp_path, plans.tree([entry], subplans=["1.1"]))
    shown = process("executions", root, "--batch", "--dry-run", PYTHONIOENCODING="ascii")
    assert (shown.returncode, "Gr\\u00f6\\u00dfe" in shown.stdout) == (0, True), shown.stderr


@pytest.mark.parametrize(
    ("settings", "encoding"),
    [
        pytest.param({"PYTHONIOENCODING": "ascii"}, "ascii", id="ascii"),
        pytest.param({"PYTHONIOENCODING": "latin-1"}, "latin-1", id="latin-1"),
        pytest.param({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "ascii", id="C"),
    ],
)
@pytest.mark.parametrize("command", ["status", "graph"])
def test_json_is_the_same_whatever_the_output_can_encode(
    tmp_path: Path, settings: dict[str, str], encoding: str, command: str
) -> None:
    title = 'Größe → 🍲 \\ "'
    root = build(tmp_path, plans.tree([{**plans.achievement("1.1"), "title": title}]))

    def output(**variables: str) -> bytes:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), **variables}
        run = [sys.executable, "-m", "scaffold", command, str(root), "--json"]
        return subprocess.run(run, capture_output=True, env=environment, check=False).stdout

    written = output(**settings)
    assert json.loads(written.decode(encoding)) == json.loads(output(PYTHONIOENCODING="utf-8"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's own")
def test_output_that_is_lost_is_a_failure_of_a_command_that_only_reads(tmp_path: Path) -> None:
    root = plans.demo(tmp_path)
    command = f"{sys.executable} -m scaffold status {root} > /dev/full"
    shown = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (shown.returncode, "the output could not be written" in shown.stderr) == (8, True)
    command = f"{sys.executable} -m scaffold executions {root} --batch --yes --json > /dev/full"
    assert subprocess.run(["sh", "-c", command], capture_output=True, check=False).returncode == 0


def test_a_directory_that_is_gone_is_said(tmp_path: Path) -> None:
    command = f"mkdir {tmp_path}/gone && cd {tmp_path}/gone && rmdir ../gone && {sys.executable} -m scaffold status"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    shown = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment, check=False)
    assert (shown.returncode, "Traceback" in shown.stderr) == (3, False), shown.stderr


@pytest.mark.parametrize("wraps", [False, True], ids=["as it is", "inside another error"])
def test_an_interrupt_while_scaffold_is_still_loading_is_an_ordinary_end(wraps: bool) -> None:
    program = f"""
import os, signal, sys
from scaffold.__main__ import main

class Interrupting:
    def find_spec(self, name, *_):
        if name == "scaffold.cli":
            try:
                os.kill(os.getpid(), signal.SIGINT)
            except BaseException as interrupt:
                if {wraps}:
                    raise RuntimeError("Error calling __set_name__") from interrupt
                raise

sys.meta_path.insert(0, Interrupting())
main()
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "\nerror: interrupted: nothing was changed\n")


def test_an_empty_name_of_a_template_set_is_not_the_built_in_one(tmp_path: Path, scaffold: Scaffold) -> None:
    before = snapshot(plans.demo(tmp_path), without=())
    outcome = scaffold("executions", tmp_path, "--batch", "--yes", "--template", "")
    assert (outcome.code, "error: template '': the name is empty" in outcome.err) == (3, True)
    assert snapshot(tmp_path, without=()) == before
