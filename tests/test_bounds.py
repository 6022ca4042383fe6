"""Garbage and size: what is listed, held and computed is bounded by the input, whatever the input is.

Nothing here is timed: at the complexity that each test forbids, its input takes hours or more memory than it gets.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.errors import MOST_LISTED, Diagnostic, InvalidInput, at_most_listed
from scaffold.plan import levels, parallel, settings
from scaffold.reading import markdown, plan, subplan
from scaffold.report import MOST_ITEMS
from tests import plans
from tests.conftest import Scaffold
from tests.plans import entries, node
from tests.trees import build

MANY = 20_000
LONG = 1_000_000

size_alone = pytest.mark.no_cover
"""Coverage sees no more at the millionth line than at the first; to trace them all doubles the time."""


def ids(count: int) -> list[str]:
    return [f"{at // 900 + 100}.{at % 900 + 100}" for at in range(count)]


def pairs(count: int) -> list[object]:
    """Return entries of which two and two depend on each other."""
    known = ids(count)
    return [{"id": one, "dependencies": [known[at ^ 1]]} for at, one in enumerate(known)]


def ring(count: int) -> list[object]:
    """Return entries that all lie on one circle."""
    known = ids(count)
    return [{"id": one, "dependencies": [known[at - 1]]} for at, one in enumerate(known)]


def refused(content: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(InvalidInput) as caught:
        parallel.parse(content.encode())
    return caught.value.diagnostics


# --- how many problems are listed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "count"),
    [
        pytest.param(entries(*[1] * MANY), MANY, id="no objects"),
        pytest.param(entries(*[{"id": 1}] * MANY), MANY, id="wrong ids"),
        pytest.param(entries({"id": "1.1", "dependencies": [1] * MANY}), MANY, id="dependencies that are no texts"),
        pytest.param(entries({"id": "1.1", "dependencies": ids(MANY)}), MANY, id="unknown dependencies"),
        pytest.param(entries(*[{"id": one} for one in ids(MANY)] * 2), MANY, id="duplicate ids"),
        pytest.param(entries(*[{"id": one, "dependencies": [one]} for one in ids(MANY)]), MANY, id="self dependencies"),
        pytest.param(entries(*pairs(MANY)), MANY // 2, id="cycles"),
        pytest.param('{"achievements": [' + ", ".join(["NaN"] * MANY) + "]}", MANY, id="no numbers"),
        pytest.param('{"achievements": [' + ", ".join(['"\\ud800"'] * MANY) + "]}", MANY, id="half pairs"),
        pytest.param('{"achievements": [' + ", ".join(['{"a": 1, "a": 2}'] * MANY) + "]}", MANY, id="duplicate keys"),
    ],
)
def test_a_hundred_problems_of_parallel_json_are_listed_and_the_others_counted(content: str, count: int) -> None:
    *listed, more = refused(content)
    assert len(listed) == MOST_LISTED
    assert (more.code, more.message, more.count) == ("more_problems", f"and {count - 100:,} more", count - 100)


def test_the_count_of_what_is_not_listed_is_in_text_json_and_annotations(scaffold: Scaffold, tmp_path: Path) -> None:
    root = build(tmp_path, {"PLAN_X.md": "# PLAN: X\n", "parallel.json": entries(*[{"id": 1}] * 150)})
    text = scaffold("check", root).out
    assert "error: parallel.json: and 50 more\n" in text
    assert text.endswith("\n150 errors, 0 warnings, 0 notes\n")
    assert text.count("error: ") == MOST_LISTED + 1
    assert "::and 50 more: " in scaffold("check", root, "--format", "github").out.splitlines()[-1]
    document = scaffold("check", root, "--json").document
    assert isinstance(data := document["data"], dict)
    assert (data["errors"], data["warnings"], data["notes"]) == (150, 0, 0)
    assert isinstance(listed := document["diagnostics"], list)
    assert 40 < len(listed) <= MOST_ITEMS + 1
    assert isinstance(last := listed[-1], dict)
    assert (last["code"], last["message"]) == ("more_problems", f"and {150 - len(listed[:-1])} more")
    more = scaffold("check", root, "--json", "--limit", "200").document["diagnostics"]
    assert isinstance(more, list)
    assert len(more) == MOST_LISTED + 1
    assert scaffold("status", root).err.count("error: ") == MOST_LISTED + 1


def test_a_hundred_problems_of_scaffold_yml_are_listed_and_the_others_counted() -> None:
    with pytest.raises(InvalidInput) as caught:
        settings.parse("".join(f"key{at}: 1\n" for at in range(150)), "scaffold.yml")
    assert [one.message for one in caught.value.diagnostics[-1:]] == ["and 50 more"]
    assert len(caught.value.diagnostics) == MOST_LISTED + 1


def test_the_places_to_fill_of_a_subplan_are_one_finding_however_many_there_are(
    scaffold: Scaffold, tmp_path: Path
) -> None:
    text = plans.subplan("1.1") + "\n## Notes\n\n" + "[FILL: x]\n" * 150
    files = {**plans.tree([plans.achievement("1.1")]), "subplans/SUBPLAN_DEMO_11.md": text}
    outcome = scaffold("check", build(tmp_path, files))
    assert ": 150 places to fill: lines 26, 27, 28, 29, 30, 31, 32, 33, 34, 35 and 140 more\n" in outcome.out
    assert outcome.out.endswith("\n0 errors, 0 warnings, 2 notes\n")


@given(st.lists(st.tuples(st.sampled_from([None, "a", "b"]), st.booleans()), max_size=400))
def test_no_problem_is_lost_from_the_counts_and_errors_are_listed_before_warnings(
    drawn: list[tuple[str | None, bool]],
) -> None:
    given_ = [
        Diagnostic("usage", str(at), path, severity="error" if bad else "warning")
        for at, (path, bad) in enumerate(drawn)
    ]
    found = at_most_listed(given_)
    assert at_most_listed(found) == found
    for path in ("a", "b"):
        listed = [one for one in found if one.path == path and one.code == "usage"]
        assert len(listed) == min(MOST_LISTED, sum(one.path == path for one in given_))
        errors = [one for one in given_ if one.path == path and one.severity == "error"]
        assert [one for one in listed if one.severity == "error"] == errors[:MOST_LISTED]
    for severity in ("error", "warning"):
        assert sum(one.count for one in found if one.severity == severity) == sum(
            one.severity == severity for one in given_
        )
    assert [one for one in found if one.path is None] == [one for one in given_ if one.path is None]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(entries({"id": "x" * LONG}), id="id"),
        pytest.param(entries({"id": "1.1", "dependencies": ["x" * LONG]}), id="dependency"),
        pytest.param(json.dumps({"plan_name": "/" * LONG, "achievements": []}), id="plan name"),
        pytest.param(json.dumps({"x" * LONG: ["\ud800"] * 200, "achievements": []}), id="key above"),
        pytest.param('{"achievements": [], "x": ' + "9" * LONG + "}", id="whole number"),
        pytest.param('{"achievements": [], "x": 1' + "0" * LONG + "e1}", id="number"),
        pytest.param(json.dumps({"achievements": [{"id": int("9" * 900)}] * 200}), id="numbers for ids"),
        pytest.param(entries(*ring(MANY)), id="one long circle"),
        pytest.param(
            entries(*[{"id": "1" * at + "." + "1" * (49 - at)} for at in range(1, 49)]),
            id="many ids without dots alike",
        ),
    ],
)
def test_no_message_repeats_what_is_endless(content: str) -> None:
    for one in refused(content):
        assert len(one.message) + len(one.hint or "") < 1000


# --- Markdown -------------------------------------------------------------------------------------------------------


@size_alone
def test_a_heading_of_a_million_lines_is_read() -> None:
    document = markdown.parse("a\n" * LONG + "===\n")
    assert [(block.kind, block.last, len(block.text)) for block in document.blocks] == [
        ("heading", LONG + 1, 2 * LONG - 1)
    ]


def of_plan(body: str) -> str:
    return f"# PLAN: X\n\n## Achievements\n\n### Achievement 1.1: {body}\n"


@size_alone
@pytest.mark.parametrize(
    ("read", "text"),
    [
        pytest.param(subplan.parse, "~" * LONG + "`\n```\n", id="fence of tildes"),
        pytest.param(
            subplan.parse, "# S\n\n**Achievement**: achievement" + " " * LONG + "x\n", id="blanks before an id"
        ),
        pytest.param(subplan.parse, "# S\n\n## Estimated Time\n\n" + "est: " * 12 + "x\n", id="words before a time"),
        pytest.param(subplan.parse, "# S\n\n## Estimated Time\n\n" + " ~ " * 20 + "x\n", id="signs before a time"),
        pytest.param(plan.parse, of_plan("t " + "- " * 190 + "x\n\n") * 2000, id="dashes behind a title"),
        pytest.param(plan.parse, of_plan("t" + " " * 370 + "x\n\n") * 2000, id="blanks in a title"),
        pytest.param(plan.parse, of_plan("t " + " | " * 120 + "x\n\n") * 2000, id="bars behind a title"),
        pytest.param(plan.parse, of_plan("t " + " ✅ (A)" * 50 + "x\n\n") * 2000, id="marks behind a title"),
    ],
)
def test_no_line_takes_for_ever(read: Callable[[str, str], object], text: str) -> None:
    assert read(text, "x.md")


@size_alone
def test_a_range_or_priority_of_thousands_is_stated_once_however_often_it_is_named() -> None:
    achievements = "".join(f"### Achievement 1.{at}: t\n\n" for at in range(1, 5000))
    text = f"# PLAN: X\n\n## Achievements\n\n{achievements}### Achievement 2.1: t\n\n**Dependencies**:\n\n"
    found = plan.parse(text + "- 1.1-1.4999, Priority 1\n" * 5000, "x.md").achievements[-1]
    assert found.dependencies
    assert found.dependencies.ids == ()


# --- graphs ---------------------------------------------------------------------------------------------------------


def test_what_is_implied_is_found_in_many_passes_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    known = ids(60)
    nodes = [node(one, *known[max(0, at - 7) : at]) for at, one in enumerate(known)]
    whole = levels.implied(nodes)
    monkeypatch.setattr(levels, "_AT_ONCE", 4)
    assert levels.implied(nodes) == whole
    assert len(whole) == sum(len(each.dependencies) - 1 for each in nodes if each.dependencies)


def test_beyond_a_number_of_steps_all_arrows_are_drawn_alike_and_that_is_said(
    scaffold: Scaffold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = [plans.achievement("1.1"), plans.achievement("1.2", "1.1"), plans.achievement("1.3", "1.1", "1.2")]
    root = build(tmp_path, plans.tree(chain))
    assert "implied_not_sought" not in scaffold("graph", root, "--json").out
    monkeypatch.setattr(levels, "MOST_STEPS", 5)
    document = scaffold("graph", root, "--json").document
    assert isinstance(warnings := document["diagnostics"], list)
    assert [one["code"] for one in warnings if isinstance(one, dict)] == ["implied_not_sought"]
    assert '"implied": true' not in json.dumps(document)
    for layout in ("mermaid", "dot"):
        outcome = scaffold("graph", root, "--format", layout)
        assert "it was not determined which of the 3 arrows are implied" in outcome.err
        assert outcome.out.count("->" if layout == "dot" else "-.->") >= 3
    assert scaffold("graph", root).err == ""


@pytest.mark.parametrize("layout", ["dot", "json"])
def test_a_large_plan_without_arrows_is_drawn_in_little_memory(tmp_path: Path, layout: str) -> None:
    root = build(
        tmp_path, {"PLAN_X.md": "# PLAN: X\n", "parallel.json": entries(*[{"id": one} for one in ids(60_000)])}
    )
    run = subprocess.run(
        [sys.executable, "-m", "scaffold", "graph", root, "--format", layout],
        check=False,
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (600_000_000, 600_000_000)),
    )
    assert (run.returncode, run.stderr) == (0, b"")


def test_a_title_of_a_megabyte_is_cut_in_a_label(scaffold: Scaffold, tmp_path: Path) -> None:
    root = build(tmp_path, plans.tree([plans.achievement("1.1", title="x" * LONG)]))
    for layout in ("text", "mermaid", "dot"):
        assert len(scaffold("graph", root, "--format", layout).out) < 10_000
