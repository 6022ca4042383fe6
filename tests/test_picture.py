"""The picture of a plan: what it says without colour, in light and dark, and whatever Graphviz does or does not do."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from unittest import mock
from xml.etree import ElementTree

import pytest
from hypothesis import given

from scaffold.commands import _drawing, _drawing_svg, _graphviz
from scaffold.commands._graphviz import Box, Layout
from scaffold.errors import InvalidInput
from scaffold.names import printable
from scaffold.plan.progress import in_words
from tests import plans
from tests.conftest import Outcome, Scaffold
from tests.test_graph import EVERY_STATE, of_title, titles
from tests.trees import build

SVG = "{http://www.w3.org/2000/svg}"
GRAPHVIZ = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")

FAKE = f"""#!{sys.executable}
import re, sys
rows = re.split("rank=same", sys.stdin.read())
boxes = [(name, x, y) for y, row in enumerate(rows) for x, name in enumerate(re.findall(r"^(n\\d+) \\[", row, re.M))]
print("graph 1 40 40")
for name, x, y in boxes:
    print(f"node {{name}} {{4 * x + 2}} {{40 - 2 * y}} 2.9 0.9 L solid box black lightgrey")
for tail, head in re.findall(r"^(n\\d+) -> (n\\d+);", rows[-1], re.M):
    print(f"edge {{tail}} {{head}} 4 1 1 1 2 2 3 2 4 solid black")
print("stop")
"""
"""A `dot` that places boxes on a grid."""

Dot = Callable[[str], Path]


@pytest.fixture
def dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dot:
    """Put a program of this text on PATH as `dot`, alone but for what the system has."""

    def put(text: str) -> Path:
        program = build(tmp_path / "bin", {"dot": text}) / "dot"
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.defpath}")
        return program

    return put


def elements(outcome: Outcome, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(outcome.out).iter(f"{SVG}{name}"))  # noqa: S314 - our own text


def boxes(outcome: Outcome) -> dict[str, ElementTree.Element]:
    """Return the group of each achievement, by what it says of itself to a screen reader."""
    groups = [group for group in elements(outcome, "g") if group.get("role") == "graphics-symbol"]
    return {str(group.findtext(f"{SVG}title")): group for group in groups}


def borders(group: ElementTree.Element) -> list[tuple[str | None, str | None]]:
    return [(one.get("stroke-width"), one.get("stroke-dasharray")) for one in group.iter(f"{SVG}rect")]


def grid(rows: Sequence[Sequence[Box]], arrows: Sequence[tuple[str, str]]) -> Layout:
    """Lay out on a grid, without any program."""
    centres = {box.name: (250.0 * x + 150, 120.0 * y + 60) for y, row in enumerate(rows) for x, box in enumerate(row)}
    curve = ((0.0, 0.0),) * 4
    return Layout(2000, 120 * len(rows), centres, dict.fromkeys(arrows, curve))


def test_a_picture_says_state_and_readiness_and_what_is_next_in_words_marks_and_borders(
    tmp_path: Path, scaffold: Scaffold, dot: Dot
) -> None:
    dot(FAKE)
    outcome = scaffold("graph", plans.demo(tmp_path / "plan", EVERY_STATE), "--format", "svg")
    assert (outcome.code, outcome.err) == (0, "")
    found = boxes(outcome)
    assert {name: borders(group) for name, group in found.items()} == {
        "1.1 Part 1.1: complete": [("1", None)],
        "1.2 Part 1.2: skipped": [("1", None)],
        "2.1 Part 2.1: needs fix, ready, next; after 1.1": [("1.5", None), ("3", None)],
        "2.2 Part 2.2: execution created, ready; after 1.1, 1.2": [("3", None)],
        "3.1 Part 3.1: subplan created; after 2.1, 2.2": [("1", "6 3")],
    }
    said = {name.split()[0]: [text.text for text in group.iter(f"{SVG}text")] for name, group in found.items()}
    assert said["2.1"] == ["2.1", "[!]", "Part 2.1", "needs fix, ready, next"]
    assert said["3.1"] == ["3.1", "[~]", "Part 3.1", "subplan created"]


def test_a_picture_has_a_title_the_levels_a_legend_and_what_to_do_next(
    tmp_path: Path, scaffold: Scaffold, dot: Dot
) -> None:
    dot(FAKE)
    outcome = scaffold("graph", plans.demo(tmp_path / "plan", EVERY_STATE), "--format", "svg")
    root = ElementTree.fromstring(outcome.out)  # noqa: S314 - our own text
    assert root.findtext(f"{SVG}title") == "Plan DEMO: 2 of 5 achievements done"
    assert "Level 1: 0 of 2 done: 2 ready" in str(root.findtext(f"{SVG}desc"))
    assert root.get("aria-labelledby") == " ".join(str(child.get("id")) for child in list(root)[:2])
    texts = [str(one.text) for one in elements(outcome, "text")]
    assert "Next: Create the EXECUTION_TASK that answers execution/feedbacks/FIX_21.md" in texts
    levels = [text for text in texts if text.startswith("Level")]
    assert levels == [f"Level {level}" for level in (0, 0, 1, 1, 2, 2)], "a wide picture says it again"
    for meaning in ("complete", "needs fix", "thick border: ready", "double border: next", "dashed border: waits"):
        assert meaning in texts
    assert "not started" not in texts, "the legend has only what is drawn"


def test_arrows_that_others_imply_are_counted_and_not_drawn(tmp_path: Path, scaffold: Scaffold, dot: Dot) -> None:
    dot(FAKE)
    entries = [plans.achievement("1.1"), plans.achievement("1.2", "1.1"), plans.achievement("1.3", "1.1", "1.2")]
    outcome = scaffold("graph", build(tmp_path / "plan", plans.tree(entries)), "--format", "svg")
    arrows = [path for path in elements(outcome, "path") if "C" in str(path.get("d"))]
    assert [path.get("stroke-dasharray") for path in arrows] == ["5 4", "5 4"]
    assert "dashed arrow: from what is not done yet (1 more that these imply are not drawn)" in outcome.out


def test_no_word_of_a_plan_is_told_to_graphviz(tmp_path: Path, scaffold: Scaffold, dot: Dot) -> None:
    asked, words = tmp_path / "asked", tmp_path / "words"
    dot(f'#!/bin/sh\necho "$@" >{words}\nexec tee {asked}\n')
    scaffold("graph", plans.demo(tmp_path / "plan"), "--format", "svg")
    assert words.read_text() == "-Tplain\n"
    question = asked.read_text()
    assert re.findall(r"[A-Za-z]{3,}", re.sub(r"\b(label|width|height|style|shape)=", "", question)) != []
    assert not re.search("Part|DEMO|1\\.1\\b", question)


@given(titles)
def test_no_title_breaks_out_of_the_picture(title: str) -> None:
    with mock.patch.object(_drawing_svg, "lay_out", grid):
        drawn = _drawing_svg.svg(of_title(title), ("1.1",), title)
    root = ElementTree.fromstring(drawn)  # noqa: S314 - our own text
    names = [str(group.findtext(f"{SVG}title")) for group in root.iter(f"{SVG}g") if group.get("role")]
    shown = printable(title).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
    assert names == [f"1.1 {shown}: not started, ready, next", f"1.2 {shown}: not started; after 1.1"]
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
        *("svg", "title", "desc", "style", "defs", "marker", "path", "rect", "g", "text")
    }
    assert all(line == printable(line) for line in drawn.split("\n"))


def test_a_picture_runs_nothing_and_fetches_nothing(tmp_path: Path, scaffold: Scaffold, dot: Dot) -> None:
    dot(FAKE)
    drawn = scaffold("graph", plans.demo(tmp_path / "plan", EVERY_STATE), "--format", "svg").out
    assert not re.search(r"<script|\son\w+=|href|@import|<foreignObject|<image", drawn)
    assert set(re.findall(r"url\((.*?)\)", drawn)) <= {"#scaffold-soft", "#scaffold-past"}
    assert set(re.findall(r"https?://[^\"]*", drawn)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Short", 1),
        ("Legacy Collection Coexistence Verified", 2),
        ("x" * 150, 4),
        ("word " * 100, 4),
        ("数据" * 40, 4),
    ],
)
def test_a_title_takes_as_many_lines_as_it_needs_up_to_four_and_none_is_too_long(title: str, lines: int) -> None:
    with mock.patch.object(_drawing_svg, "lay_out", grid):
        drawn = _drawing_svg.svg(of_title(title))
    root = ElementTree.fromstring(drawn)  # noqa: S314 - our own text
    group = next(group for group in root.iter(f"{SVG}g") if group.get("role"))
    shown = [str(text.text) for text in group.iter(f"{SVG}text")][2:-1]
    assert len(shown) == lines
    assert all(_drawing.span(line) <= 200 for line in shown)
    assert shown[-1].endswith("…") == (lines == 4)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG defines it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("page", "states"),
    [(_drawing_svg._LIGHT, _drawing.COLOURS), (_drawing_svg._DARK, _drawing_svg._DARK_STATES)],
    ids=["light", "dark"],
)
def test_everything_can_be_read_in_light_and_in_dark(page: dict[str, str], states: dict[str, tuple[str, str]]) -> None:
    assert states.keys() == _drawing.MARKS.keys()
    for ground in (page["page"], page["band"]):
        assert contrast(page["text"], ground) >= 12
        assert contrast(page["soft"], ground) >= 5.5
        assert contrast(page["past"], ground) >= 2
        assert all(contrast(border, ground) >= 3 for _, border in states.values())
    assert all(contrast(page["text"], fill) >= 10 for fill, _ in states.values())


def test_the_dark_page_has_every_class_that_is_drawn(tmp_path: Path, scaffold: Scaffold, dot: Dot) -> None:
    dot(FAKE)
    outcome = scaffold("graph", plans.demo(tmp_path / "plan", EVERY_STATE), "--format", "svg")
    (style,) = elements(outcome, "style")
    assert str(style.text).startswith("@media (prefers-color-scheme:dark){")
    for one in ElementTree.fromstring(outcome.out).iter():  # noqa: S314 - our own text
        if name := one.get("class"):
            assert re.search(rf"(?:text)?\.{name}\{{", str(style.text)), name


def test_a_plan_without_achievements_needs_no_graphviz(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    root = build(tmp_path, plans.tree([]))
    outcome = scaffold("graph", root, "--format", "svg")
    assert (outcome.code, "0 of 0 achievements done" in outcome.out) == (0, True)


# --- what Graphviz does or does not do ------------------------------------------------------------------------------


def test_without_graphviz_one_message_says_how_to_get_it_and_what_to_do_without(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    outcome = scaffold("graph", plans.demo(tmp_path / "plan"), "--format", "svg")
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err == (
        "error: Graphviz lays pictures out, and it is not installed: there is no program `dot`\n"
        "  hint: install it (apt install graphviz, brew install graphviz, dnf install graphviz); "
        "`--format mermaid` and `--format text` need nothing\n"
    )


PLACED = "graph 1 9 9\n" + "".join(f"node n{at} 1 {at} 2 1 x solid box black grey\n" for at in range(5))


@pytest.mark.parametrize(
    ("program", "what"),
    [
        pytest.param("#!/bin/sh\necho 'Error: no layout' >&2; exit 1\n", "Error: no layout", id="says why"),
        pytest.param("#!/bin/sh\nprintf '\\033[31mred' >&2; exit 1\n", r"\x1b[31mred", id="drives a terminal"),
        pytest.param("#!/bin/sh\nexit 7\n", "it ended with exit code 7", id="says nothing"),
        pytest.param("#!/bin/sh\nkill -9 $$\n", "it ended with exit code -9", id="killed"),
        pytest.param("#!/nowhere\n", "it cannot be started: No such file or directory", id="cannot be started"),
        *(
            pytest.param(f"#!/bin/sh\ncat >/dev/null\nprintf '{text}'\n", "what it printed is no layout", id=name)
            for name, text in {
                "nothing": "",
                "garbage": "hello\\n",
                "bytes": "\\377\\376\\000",
                "no boxes": "graph 1 1 1\\nstop\\n",
                "nodes first": "node n0 1 1 1 1\\n",
                "no number": PLACED.replace("1 3 2", "1 x 2"),
                "not a number": PLACED.replace("1 3 2", "1 nan 2"),
                "far away": PLACED.replace("1 3 2", "1 1e300 2"),
                "too few points": f"{PLACED}edge n0 n2 4 1 1\\n",
                "no curve": f"{PLACED}edge n0 n2 2 1 1 2 2\\n",
                "negative": f"{PLACED}edge n0 n2 -4 1 1 2 2\\n",
            }.items()
        ),
    ],
)
def test_a_graphviz_that_fails_or_answers_with_something_else_is_one_message(
    tmp_path: Path, scaffold: Scaffold, dot: Dot, program: str, what: str
) -> None:
    dot(program)
    outcome = scaffold("graph", plans.demo(tmp_path / "plan"), "--format", "svg")
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err == (
        f"error: Graphviz did not lay the picture out: {what}\n"
        "  hint: see whether `dot -V` works; `--format mermaid` and `--format text` need nothing\n"
    )


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("#!/bin/sh\nsleep 1000\n", id="hangs"),
        pytest.param("#!/bin/sh\nexec >&- 2>&-; sleep 1000\n", id="closes them and hangs"),
        pytest.param("#!/bin/sh\ntrap '' TERM INT HUP; while :; do sleep 1; done\n", id="ignores signals"),
    ],
)
def test_a_graphviz_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, scaffold: Scaffold, dot: Dot, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(_graphviz, "SECONDS", 0.5)
    dot(program)
    begun = time.monotonic()
    outcome = scaffold("graph", plans.demo(tmp_path / "plan"), "--format", "svg")
    assert time.monotonic() - begun < 30
    assert (outcome.code, outcome.err) == (
        3,
        "error: Graphviz did not lay the picture out: it is not done after 0.5 seconds\n"
        "  hint: the plan is too dense for a picture: use `--format mermaid` or `--format text`\n",
    )


@pytest.mark.parametrize("streams", ["", ">/dev/null 2>&1 </dev/null"], ids=["with the pipes", "without them"])
def test_what_graphviz_leaves_behind_is_ended_and_not_waited_for(
    tmp_path: Path, scaffold: Scaffold, dot: Dot, streams: str
) -> None:
    left = tmp_path / "left"
    first, rest = FAKE.split("\n", 1)
    assert "python" in first
    child = f"import subprocess\nsubprocess.Popen('sleep 1000 {streams} & echo $! >{left}', shell=True).wait()\n"
    dot(f"{first}\n{child}{rest}")
    begun = time.monotonic()
    outcome = scaffold("graph", plans.demo(tmp_path / "plan"), "--format", "svg")
    assert (outcome.code, outcome.err) == (0, "")
    assert time.monotonic() - begun < 30
    assert not is_running(int(left.read_text()))


def is_running(process: int) -> bool:
    """Whether a process still does something; one that has ended may wait for whoever has to notice."""
    for _ in range(50):
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True).stdout
        if not state.strip() or state.startswith("Z"):
            return False
        time.sleep(0.1)
    return True


def test_a_graphviz_that_prints_without_end_is_ended(
    tmp_path: Path, scaffold: Scaffold, dot: Dot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_graphviz, "_MOST_BYTES", 1_000_000)
    dot("#!/bin/sh\nexec yes\n")
    outcome = scaffold("graph", plans.demo(tmp_path / "plan"), "--format", "svg")
    assert (outcome.code, "it prints more than 1,000,000 bytes" in outcome.err) == (3, True)


def test_a_graphviz_that_reads_nothing_of_a_large_plan_is_no_deadlock(
    dot: Dot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dot("#!/bin/sh\nexit 0\n")
    rows = [[Box(f"b{row}.{at}", 100, 50) for at in range(8)] for row in range(1000)]
    with pytest.raises(InvalidInput, match="no layout"):
        _graphviz.lay_out(rows, ())


# --- the real one ---------------------------------------------------------------------------------------------------


@GRAPHVIZ
def test_graphviz_lays_levels_out_from_top_to_bottom_and_no_boxes_over_each_other() -> None:
    rows = [[Box(f"{row}.{at}", 212, 65) for at in range(1 + row % 3)] for row in range(6)]
    arrows = [(above[0].name, box.name) for above, below in pairwise(rows) for box in below]
    layout = _graphviz.lay_out(rows, arrows)
    assert layout.curves.keys() == set(arrows)
    heights = [{layout.centres[box.name][1] for box in row} for row in rows]
    assert all(len(height) == 1 for height in heights)
    assert sorted(map(min, heights)) == list(map(min, heights))
    for row in rows:
        places = sorted(layout.centres[box.name][0] for box in row)
        assert all(right - left >= 212 for left, right in pairwise(places))
        assert all(106 <= place <= layout.width - 106 for place in places)


@GRAPHVIZ
def test_three_hundred_achievements_are_drawn_with_each_level_in_a_band_of_its_own(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    ids = [[f"{level}.{at}" for at in range(1, 31)] for level in range(1, 11)]
    entries = [plans.achievement(id_) for id_ in ids[0]]
    entries += [plans.achievement(id_, above[at]) for above, below in pairwise(ids) for at, id_ in enumerate(below)]
    files = {f"execution/feedbacks/APPROVED_1{at}.md": "" for at in range(1, 31)}
    outcome = scaffold("graph", build(tmp_path, {**plans.tree(entries), **files}), "--format", "svg")
    assert outcome.code == 0
    assert len(boxes(outcome)) == 300
    assert {str(one.text) for one in elements(outcome, "text")} >= {f"Level {level}" for level in range(10)}


@GRAPHVIZ
def test_every_state_has_its_word_in_the_picture(tmp_path: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("graph", plans.demo(tmp_path, EVERY_STATE), "--format", "svg")
    for state in ("complete", "skipped", "needs_fix", "execution_created", "subplan_created"):
        assert f">{in_words(state)}" in outcome.out
