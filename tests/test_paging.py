"""What programs are told of lists that grow with the plan: in parts, with what there is beyond, and nothing twice."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.commands._paging import page
from scaffold.errors import SEVERITIES, Diagnostic, Severity, UsageProblem, at_most
from scaffold.report import MOST_ITEMS
from tests import plans
from tests.conftest import Scaffold, codes
from tests.trees import build


def wide(root: Path, count: int) -> Path:
    """A plan of that many achievements without dependencies, each with its SUBPLAN."""
    ids = [f"{10 + at // 50}.{10 + at % 50}" for at in range(count)]
    return build(root, plans.tree([plans.achievement(id_) for id_ in ids], subplans=ids))


def told_in(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the diagnostics of a document."""
    return list(document["diagnostics"])


def answer(scaffold: Scaffold, *arguments: str | Path) -> dict[str, Any]:
    """Return `data` of a run with `--json`."""
    data = scaffold(*arguments, "--json").document["data"]
    assert isinstance(data, dict)
    return data


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (("status",), "achievements"),
        (("graph",), "nodes"),
        (("template", "which"), "achievements"),
        (("executions", "--batch", "--dry-run"), "files"),
        (("subplans", "--batch", "--dry-run"), "existing"),
    ],
)
def test_the_parts_of_a_list_come_one_after_the_other_and_are_the_whole(
    command: tuple[str, ...], name: str, tmp_path: Path, scaffold: Scaffold
) -> None:
    root = wide(tmp_path, 60)
    whole = answer(scaffold, *command, root, "--limit", "100")
    assert (whole["total"], whole["more"], len(whole[name])) == (60, False, 60)
    first = answer(scaffold, *command, root)
    assert (first["total"], first["more"], len(first[name])) == (60, True, MOST_ITEMS)
    second = answer(scaffold, *command, root, "--after", first["after"])
    assert (second["total"], second["more"], second["after"]) == (60, False, None)
    assert first[name] + second[name] == whole[name]


def test_no_answer_is_longer_than_an_agent_can_read_however_much_everything_depends_on(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    roots = [f"1.{number}" for number in range(1, 121)]
    others = [f"2.{number}" for number in range(1, 61)]
    entries = [plans.achievement(id_) for id_ in roots] + [plans.achievement(id_, *roots) for id_ in others]
    root = build(tmp_path, plans.tree(entries, subplans=[*roots, *others]))
    for command in (
        *(["status", "--after", "1.120"], ["graph", "--after", "1.120"], ["check"], ["why", "2.1"], ["next"]),
        ["executions", "--batch", "--level", "1", "--dry-run"],
        ["adopt", "--update", "--dry-run"],
    ):
        outcome = scaffold(*command, root, "--json")
        assert len(outcome.out) < 40_000, command
        if command[0] in ("status", "graph"):
            name = "achievements" if command[0] == "status" else "nodes"
            data = outcome.document["data"]
            assert isinstance(data, dict)
            assert data["more"]
            assert data["after"] == data[name][-1]["id"]  # type: ignore[index,call-overload]


def test_what_was_finished_since_the_page_before_is_no_reason_to_begin_again(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    root = plans.demo(tmp_path)
    build(root, {"execution/feedbacks/APPROVED_12.md": ""})
    rows = answer(scaffold, "status", root, "--after", "1.2")["achievements"]
    assert [row["id"] for row in rows] == ["2.1", "2.2", "3.1"]


def test_an_id_that_the_list_does_not_have_is_a_wrong_argument(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("status", plans.demo(tmp_path), "--after", "7.7", "--json")
    assert (outcome.code, codes(outcome.document)) == (2, [("usage", None)])


@pytest.mark.parametrize(
    "line",
    [
        *("status --limit 5", "graph --after 1.1", "why 1.1 --limit 2", "check --limit 3", "adopt --update --limit 1"),
        *("executions --batch --answers --dry-run", "status --all", "undo --list --limit 3"),
        *("context --achievement 1.1 --answers", "template which --limit 2", "preview update --after 1.1"),
    ],
)
def test_what_says_something_of_json_alone_is_not_dropped_without_a_word(
    line: str, tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(plans.demo(tmp_path))
    outcome = scaffold(*line.split())
    assert (outcome.code, outcome.out) == (2, "")
    assert re.search(r"--\w+ (works|and --\w+ work) only with --json\n  hint: add --json\n", outcome.err)


def test_status_tells_programs_what_is_left_and_with_all_what_is_done_too(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"execution/feedbacks/APPROVED_11.md": ""})
    left = answer(scaffold, "status", root)
    assert ([row["id"] for row in left["achievements"]], left["total"]) == (["1.2", "2.1", "2.2", "3.1"], 4)
    assert left["states"] == {"complete": 1, "subplan_created": 4}
    assert answer(scaffold, "status", root, "--all")["achievements"][0]["id"] == "1.1"


def test_the_variables_of_templates_are_told_where_they_are_asked_for(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path)
    command = ("executions", root, "--batch", "--dry-run")
    assert answer(scaffold, *command)["answers"] is None
    assert [task["id"] for task in answer(scaffold, *command, "--answers")["answers"]["tasks"]] == ["1.1", "1.2"]


def test_what_keeps_a_batch_from_being_made_is_told_with_what_could_be(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path)
    (root / "subplans/SUBPLAN_DEMO_11.md").unlink()
    outcome = scaffold("executions", root, "--batch", "--yes", "--json")
    document, data = outcome.document, outcome.document["data"]
    assert (outcome.code, document["kind"], document["ok"]) == (4, "executions", False)
    assert isinstance(data, dict)
    assert ([row["id"] for row in data["files"]], [row["id"] for row in data["left_out"]]) == (["1.2"], ["1.1"])  # type: ignore[union-attr,index,call-overload]
    assert not (root / "execution").exists()
    (told,) = told_in(document)
    assert (told["achievement"], told["command"]) == (
        "1.1",
        ["scaffold", "subplans", str(root), "--achievement", "1.1"],
    )
    again = answer(scaffold, "executions", root, "--batch", "--skip-missing", "--dry-run")
    assert again["change_set"] == data["change_set"]


def test_what_nobody_confirmed_comes_with_the_command_that_does_just_that(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(plans.demo(tmp_path))
    document = scaffold("executions", "--batch", "--limit", "1", "--json").document
    (told,) = told_in(document)
    change_set = document["data"]["change_set"]  # type: ignore[index,call-overload]
    words = told["command"]
    assert words == ["scaffold", "executions", "--batch", "--yes", "--expect", change_set]
    assert scaffold(*words[1:]).code == 0


@pytest.mark.parametrize("command", [["status"], ["why", "1.1"], ["check"], ["undo", "--list"], ["recover"]])
def test_an_answer_says_which_plan_it_is_about_and_where_it_lies(
    command: list[str], tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = plans.demo(tmp_path / "DEMO")
    monkeypatch.chdir(tmp_path)
    data = answer(scaffold, *command, "DEMO")
    assert (data["plan"], data["directory"]) == ("DEMO", root.as_posix())


def test_an_error_says_it_too_as_far_as_it_can_be_told(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(plans.demo(tmp_path))
    assert answer(scaffold, "why", "9.9") == {"plan": "DEMO", "directory": tmp_path.as_posix()}
    assert answer(scaffold, "why", "9.9", "nowhere") == {"plan": None, "directory": None}
    (tmp_path / "PLAN_DEMO.md").unlink()
    assert answer(scaffold, "status") == {"plan": None, "directory": tmp_path.as_posix()}


def test_a_file_above_the_plan_is_named_from_the_plan(tmp_path: Path, scaffold: Scaffold) -> None:
    build(tmp_path, {"scaffold.yml": "nope: 1\n"})
    root = plans.demo(tmp_path / "plans/DEMO")
    assert codes(scaffold("status", root, "--json").document) == [("settings_invalid", "../../scaffold.yml")]


def test_programs_get_one_line_and_people_at_a_terminal_many(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = plans.demo(tmp_path)
    outcome = scaffold("status", root, "--json")
    assert outcome.out == json.dumps(outcome.document, ensure_ascii=False, separators=(",", ":")) + "\n"
    monkeypatch.setattr("scaffold.terminal.columns", lambda: 80)
    assert scaffold("status", root, "--json").out == json.dumps(outcome.document, ensure_ascii=False, indent=2) + "\n"


rows = st.lists(st.integers(0, 30), max_size=40)


@given(rows, rows, st.integers(1, 12))
def test_pages_have_every_item_of_every_list_once(first: list[int], second: list[int], limit: int) -> None:
    lists = {"a": [{"id": f"1.{at}"} for at in first], "b": [{"id": f"1.{at}"} for at in second]}
    data: dict[str, Any] = {**lists, "total": 0, "more": True}
    found: dict[str, list[object]] = {"a": [], "b": []}
    after: str | None = None
    for _ in range(100):
        part = page(data, {"limit": limit, "after": after}, ("a", "b"))
        for name in found:
            found[name] += part[name]
        ids = list(dict.fromkeys(item["id"] for name in ("a", "b") for item in part[name]))
        assert len(ids) <= limit
        assert part["total"] == len({*first, *second})
        if not part["more"]:
            break
        after = part["after"]
    assert {name: sorted(map(str, items)) for name, items in found.items()} == {
        name: sorted(map(str, items)) for name, items in lists.items()
    }


def test_a_page_behind_nothing_is_refused() -> None:
    with pytest.raises(UsageProblem):
        page({"a": [], "total": 0, "more": False}, {"after": "1.1"}, ("a",))


@given(st.lists(st.sampled_from(SEVERITIES), max_size=30), st.integers(1, 12))
def test_of_many_problems_the_worst_are_told_and_the_others_counted(severities: list[Severity], most: int) -> None:
    given_ = [Diagnostic("usage", str(at), severity=severity) for at, severity in enumerate(severities)]
    told = at_most(given_, most)
    for severity in SEVERITIES:
        assert sum(one.count for one in told if one.severity == severity) == severities.count(severity)
    kept = [one for one in told if one.code == "usage"]
    assert kept == [one for one in given_ if one in kept]
    assert len(kept) == min(most, len(given_))
    worst = sorted(severities, key=SEVERITIES.index)[: len(kept)]
    assert sorted((one.severity for one in kept), key=SEVERITIES.index) == worst


@pytest.mark.parametrize("command", [["check"], ["template", "check"]])
def test_annotations_and_json_are_not_asked_for_at_once(
    command: list[str], tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(plans.demo(tmp_path))
    outcome = scaffold(*command, "--format", "github", "--json")
    assert (outcome.code, codes(outcome.document)) == (2, [("usage", None)])
