"""A file whose merge nobody has resolved is refused, with the line, and nothing is made from it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold import render
from scaffold.errors import InvalidInput
from scaffold.reading.merge_markers import merge_markers
from tests import plans
from tests.conftest import Scaffold
from tests.trees import build, snapshot

CONFLICT = "<<<<<<< HEAD\nBoil it.\n=======\nSteam it.\n>>>>>>> feature/steam\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(CONFLICT, 1, id="a whole file"),
        pytest.param(f"# Tea\n\n{CONFLICT}\nrest\n{CONFLICT}", 3, id="the first of two"),
        pytest.param("a\n<<<<<<<\nb\n>>>>>>>", 2, id="without names"),
        pytest.param("<<<<<<< a\nx\n||||||| b\ny\n=======\nz\n>>>>>>> c", 1, id="with the ancestor"),
        pytest.param("<<<<<<< a\r\nx\r\n>>>>>>> c\r\n", 1, id="line ends of Windows"),
        pytest.param(f"```python\n{CONFLICT}```\n", 2, id="in a code block"),
        pytest.param("<<<<<<< a\n>>>>>>>b\n", None, id="an opening alone"),
        pytest.param(">>>>>>> b\n<<<<<<< a\n", None, id="the other way round"),
        pytest.param(" " + CONFLICT.replace("\n", "\n "), None, id="an indented example"),
        pytest.param("Lines such as <<<<<<< HEAD\nand >>>>>>> HEAD\n", None, id="a mention"),
        pytest.param("<<<<<<<< a\n>>>>>>>> b\n", None, id="eight"),
        pytest.param("Title\n=======\n", None, id="a heading"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_an_opening_with_its_closing_is_found_at_the_beginning_of_lines(text: str, line: int | None) -> None:
    assert merge_markers(text) == line


@given(st.text(), st.text())
def test_whatever_stands_around_it_a_conflict_is_found(before: str, after: str) -> None:
    found = merge_markers(f"{before}\n{CONFLICT}{after}")
    assert found is not None
    assert found <= f"{before}\n".count("\n") + 1


@pytest.mark.parametrize(
    ("file", "content", "arguments", "code"),
    [
        ("subplans/SUBPLAN_DEMO_11.md", plans.subplan("1.1", CONFLICT), ("executions", "--batch", "--yes"), 4),
        ("subplans/SUBPLAN_DEMO_11.md", plans.subplan("1.1", CONFLICT), ("check",), 3),
        ("PLAN_DEMO.md", f"# PLAN: DEMO\n\n{CONFLICT}", ("subplans", "--achievement", "4.1", "--yes"), 3),
        ("parallel.json", f"{{\n{CONFLICT}}}\n", ("status",), 3),
        ("scaffold.yml", f"headings:\n{CONFLICT}", ("executions", "--batch", "--yes"), 3),
    ],
)
def test_a_file_with_merge_markers_is_refused_with_its_line(
    file: str, content: str, arguments: tuple[str, ...], code: int, tmp_path: Path, scaffold: Scaffold
) -> None:
    tree = plans.demo(tmp_path / "plan")
    if file == "PLAN_DEMO.md":
        build(tree, {"parallel.json": plans.parallel_json([*plans.THREE_LEVELS, plans.achievement("4.1", "3.1")])})
    build(tree, {file: content})
    before = snapshot(tree)
    outcome = scaffold(arguments[0], tree, *arguments[1:])
    line = content[: content.index("<<<<<<<")].count("\n") + 1
    assert outcome.code == code
    assert f"{file}:{line}: holds merge markers" in outcome.out + outcome.err
    assert snapshot(tree) == before


def test_a_plan_with_merge_markers_is_not_adopted(tmp_path: Path, scaffold: Scaffold) -> None:
    text = f"# PLAN: DEMO\n\n## Achievements\n\n### Achievement 1.1: Part\n\n{CONFLICT}"
    tree = build(tmp_path / "plan", {"PLAN_DEMO.md": text})
    outcome = scaffold("adopt", tree, "--yes")
    assert outcome.code == 3
    assert "PLAN_DEMO.md:7: holds merge markers" in outcome.err
    assert snapshot(tree) == {"PLAN_DEMO.md": text.encode()}


@pytest.mark.parametrize("name", ["sections/x.md.jinja", "template/x.md.jinja", "copier.yml"])
def test_a_template_set_with_merge_markers_is_refused(name: str, tmp_path: Path) -> None:
    root = build(tmp_path, {"copier.yml": "name: X\n", name: f"name: X\n{CONFLICT}"})
    with pytest.raises(InvalidInput) as caught:
        render.from_directory(str(root))
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.path, problem.line) == ("merge_markers", str(root / name), 2)


def test_what_a_merge_leaves_beside_a_template_does_no_harm(tmp_path: Path) -> None:
    root = build(tmp_path, {"copier.yml": "name: X\n", "template/x.md.jinja.orig": CONFLICT})
    assert render.from_directory(str(root)).name == str(root)
