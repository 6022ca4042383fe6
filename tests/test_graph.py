"""The graph of a plan, drawn: states without colour, and no title that breaks out of its label."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.commands._drawing_dot import dot
from scaffold.commands._drawing_mermaid import mermaid, too_large
from scaffold.commands._drawing_text import text
from scaffold.model import Achievement, Plan
from scaffold.names import printable
from scaffold.plan import overview
from scaffold.plan.actions import Step
from scaffold.plan.outlook import OutOfDate
from scaffold.plan.overview import Level, Row, Survey
from scaffold.plan.progress import progress_of
from scaffold.reading.durations import read as effort
from tests import plans
from tests.conftest import Scaffold
from tests.trees import build

EVERY_STATE = {
    "execution/feedbacks/APPROVED_11.md": "",
    "execution/feedbacks/SKIPPED_12.md": "",
    "execution/feedbacks/FIX_21.md": "",
    "execution/EXECUTION_TASK_DEMO_22_01.md": "",
}
NASTY = (
    'say "hi"',
    "a [b] (c) {d} | e",
    "`code` and #35; and #quot; and &lt;b&gt;",
    "<script>alert(1)</script>",
    "two\nlines\r\nand\u2028three",
    "🎯 ✅ naïve 数据",
    "\u202eesrever\u202c",
    "\x1b[31mred",
    "back\\slash\\n and \\N",
    "%% comment --> arrow; end",
    "$$x^2$$ fa:fa-car style: #fff; classDef x: #1;",
    "\ufb02\u00b0\u00b060\u00b6\u00dfb",
    "1. a list, *bold*, __strong__",
    "ends with a backslash \\",
    "$$$ and \\\\nn",
    "",
)
titles = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(NASTY)


def of_title(title: str, name: str = "DEMO") -> Survey:
    """Return the survey of a plan of two achievements, one waiting for the other, both of this title."""
    first, second = Achievement("1.1", title, (), None, {}), Achievement("1.2", title, ("1.1",), None, {})
    plan = Plan(Path(), Path(), name, f"PLAN_{name}.md", (first, second), {}, {}, {}, ())
    nothing = effort(None)
    progress = progress_of(plan)
    levels = tuple(Level(standing.level, (Row(standing, nothing),), nothing, nothing) for standing in progress)
    return Survey(progress, levels, nothing, nothing, Step("", None), OutOfDate(), ())


def test_the_text_shows_state_readiness_and_what_comes_before(tmp_path: Path) -> None:
    found = overview.take(plans.demo(tmp_path, EVERY_STATE))
    assert text(found, None) == (
        "Plan DEMO: 2 of 5 achievements done\n"
        "\n"
        "Level 0: 2 of 2 done\n"
        "  [x] 1.1  Part 1.1\n"
        "  [-] 1.2  Part 1.2\n"
        "\n"
        "Level 1: 0 of 2 done, 2 ready\n"
        "* [!] 2.1  Part 2.1  (after 1.1)\n"
        "* [>] 2.2  Part 2.2  (after 1.1, 1.2)\n"
        "\n"
        "Level 2: 0 of 1 done\n"
        "  [~] 3.1  Part 3.1  (waits for 2.1, 2.2)\n"
        "\n"
        "[x] complete   [-] skipped   [!] needs fix   [>] execution created   [~] subplan created\n"
        "* ready: everything it depends on is done\n"
    )


def test_on_a_narrow_terminal_a_line_goes_on_below_its_title(tmp_path: Path) -> None:
    found = overview.take(plans.demo(tmp_path, EVERY_STATE))
    assert "\n* [>] 2.2  Part 2.2  (after\n           1.1, 1.2)\n" in text(found, 31)


def test_a_plan_of_a_thousand_achievements_takes_a_line_for_each(tmp_path: Path) -> None:
    entries = [plans.achievement(f"{one // 100 + 1}.{one % 100}") for one in range(1000)]
    drawn = text(overview.take(build(tmp_path, plans.tree(entries))), None)
    assert len(drawn.splitlines()) == 1000 + 6
    assert "\n* [ ] 10.99  Part 10.99\n" in drawn


@pytest.mark.parametrize("draw", [mermaid, dot])
def test_every_state_has_its_word_in_a_picture(tmp_path: Path, draw: Callable[[Survey], str]) -> None:
    drawn = draw(overview.take(plans.demo(tmp_path, EVERY_STATE)))
    for word in ("complete", "skipped", "needs fix, ready", "execution created, ready", "subplan created"):
        assert re.search(rf'(?:<br/>|\\n){word}"', drawn), word


def test_what_is_ready_what_waits_and_what_is_next_differ_in_more_than_colour(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    root = plans.demo(tmp_path, {"execution/feedbacks/APPROVED_12.md": ""})
    drawn = scaffold("graph", root, "--format", "dot").out
    looks = dict(re.findall(r'^    "([\d.]+)" \[.*?(penwidth.*)\];$', drawn, re.MULTILINE))
    assert looks == {
        "1.1": "penwidth=3, peripheries=2",
        "1.2": "penwidth=1",
        **dict.fromkeys(("2.1", "2.2", "3.1"), 'penwidth=1, style="rounded,filled,dashed"'),
    }
    drawn = scaffold("graph", root, "--format", "mermaid").out
    assert '    a1_1[["1.1 Part 1.1<br/>subplan created, ready, next"]]:::subplan_created\n' in drawn
    assert "  class a1_1 ready\n  class a2_1 waiting\n  class a2_2 waiting\n  class a3_1 waiting\n" in drawn


@given(titles)
def test_no_title_breaks_out_of_its_label_in_mermaid(title: str) -> None:
    head, *lines = mermaid(of_title(title)).splitlines()
    assert head == "flowchart TD"
    nodes = [line for line in lines if ":::" in line]
    label = re.compile(r'    (a[0-9_]+)\["((?:#[0-9]+;|<br/>|[^#<>"`\\\[\]{}|%$&;:*_])+)"\]:::not_started')
    assert [found[1] for line in nodes if (found := label.fullmatch(line))] == ["a1_1", "a1_2"]
    structure = [line for line in lines if ":::" not in line and "classDef" not in line]
    assert structure == [
        *('  subgraph level_0["Level 0#58; 0 of 1 done, 1 ready"]', "  end"),
        *('  subgraph level_1["Level 1#58; 0 of 1 done"]', "  end", "  a1_1 -.-> a1_2"),
        *("  class a1_1 ready", "  class a1_2 waiting", "  class level_0 level", "  class level_1 level"),
        "  linkStyle 0 stroke-width:2px,stroke-dasharray:6 4",
    ]


@given(titles)
def test_a_mermaid_label_says_the_title_when_its_numbers_are_read(title: str) -> None:
    line = next(line for line in mermaid(of_title(title)).splitlines() if "a1_1[" in line)
    label = line.split('["')[1].split("<br/>")[0]
    said = re.sub(r"#([0-9]+);", lambda found: chr(int(found[1])), label).replace("\u2060", "")
    assert said == f"1.1 {printable(' '.join(title.split()))}"


@given(titles)
def test_no_title_breaks_out_of_its_label_in_dot(title: str) -> None:
    string = r'"(?:[^"\\]|\\.)*"'
    value = rf"(?:{string}|[\w.]+)"
    attributes = rf"\[\w+={value}(?:, \w+={value})*\]"
    lines = dot(of_title(title, "a{b}") if title.isascii() else of_title(title)).splitlines()
    statement = re.compile(rf"\s*(?:{string}(?: -> {string})?|graph|node)(?: {attributes})?;")
    others = [line for line in lines if not statement.fullmatch(line)]
    assert len([line for line in lines if 'fillcolor="' in line]) == 2
    assert [line.strip() for line in others[1:]] == [*("{", "rank=same;", "}") * 2, "}"]
    assert re.fullmatch(rf"digraph {string} \{{", others[0])


@given(titles)
def test_nothing_that_drives_a_terminal_is_drawn(title: str) -> None:
    found = of_title(title)
    for drawn in (text(found, 40), mermaid(found), dot(found)):
        assert all(line == printable(line) for line in drawn.split("\n"))


def test_an_arrow_that_others_imply_is_grey(tmp_path: Path) -> None:
    entries = [plans.achievement("1.1"), plans.achievement("1.2", "1.1"), plans.achievement("1.3", "1.1", "1.2")]
    found = overview.take(build(tmp_path, plans.tree(entries)))
    assert "\n  linkStyle 1 stroke:#aaaaaa,stroke-width:2px,stroke-dasharray:6 4\n" in mermaid(found)
    grey = [line for line in dot(found).splitlines() if "#aaaaaa" in line]
    assert grey == ['  "1.1" -> "1.3" [color="#aaaaaa", style=dashed, weight=0];']


def test_mermaids_own_limits_are_warned_of() -> None:
    assert too_large(mermaid(of_title("A"))) == ()
    (warning,) = too_large(" --> " * 501)
    assert "501 arrows" in warning.message
    assert warning.hint == "draw it with Graphviz: --format svg"


def test_json_has_nodes_and_edges(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, EVERY_STATE)
    outcome = scaffold("graph", root, "--json")
    data = outcome.document["data"]
    assert outcome.document["kind"] == "graph"
    assert isinstance(data, dict)
    assert isinstance(data["nodes"], list)
    assert isinstance(data["edges"], list)
    assert data["levels"] == [
        {"level": 0, "achievements": ["1.1", "1.2"]},
        {"level": 1, "achievements": ["2.1", "2.2"]},
        {"level": 2, "achievements": ["3.1"]},
    ]
    assert data["nodes"][2] == {
        "id": "2.1",
        "title": "Part 2.1",
        "level": 1,
        "state": "needs_fix",
        "ready": True,
        "dependencies_open": False,
    }
    assert data["edges"][0] == {"from": "1.1", "to": "2.1", "done": True, "implied": False}
    assert data["edges"][-1] == {"from": "2.2", "to": "3.1", "done": False, "implied": False}
    assert scaffold("graph", root, "--format", "json").out == outcome.out


@pytest.mark.parametrize(
    ("layout", "head"), [("text", "Plan DEMO"), ("mermaid", "flowchart TD\n"), ("dot", 'digraph "DEMO" {\n')]
)
def test_the_command_draws_what_is_asked_for(tmp_path: Path, scaffold: Scaffold, layout: str, head: str) -> None:
    outcome = scaffold("graph", plans.demo(tmp_path), "--format", layout)
    assert outcome.out.startswith(head)
    assert (outcome.code, outcome.err) == (0, "")


def test_a_failure_is_a_json_document_where_json_was_asked_for(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("graph", tmp_path, "--format", "json")
    assert (outcome.code, outcome.document["ok"]) == (3, False)
    assert scaffold("graph", tmp_path).err.startswith("error: ")
