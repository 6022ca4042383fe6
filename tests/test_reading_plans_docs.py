"""What the page about PLANs says of a way of writing, the reader does: every cell of its tables is tried."""

import re

import pytest

from scaffold.reading import plan
from scaffold.reading.content import PlanText
from tests.conftest import ROOT

PAGE = (ROOT / "docs/reading-plans.md").read_text("utf-8")


def written(section: str) -> list[str]:
    """Return what is in code in the first column of a section's table."""
    (text,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| (.*?) \| ", text, re.MULTILINE)
    return [code for row in rows for code in re.findall(r"`([^`]+)`", row)]


ALL = ("1.1", "1.2", "1.3")
STATED: dict[str, tuple[tuple[str, ...], bool, list[str]]] = {
    **dict.fromkeys(("none", "nothing", "n/a", "—", "none; blocks 3.1"), ((), True, [])),
    **dict.fromkeys(("1.1, 1.2", "1.1 and 1.2"), (("1.1", "1.2"), True, [])),
    **dict.fromkeys(("Achievement 1.1 (the kettle)", "after 1.1", "1.1; blocks 3.1"), (("1.1",), True, [])),
    **dict.fromkeys(("1.1-1.3", "All Priority 1 achievements", "all previous achievements"), (ALL, True, [])),
    **dict.fromkeys(
        ("the kettle", "1.1 or 1.2", "1.1 (optional)", "everything except 1.1", "1.1 → 1.2"), ((), False, [])
    ),
    "1.1 and the kettle": (("1.1",), False, []),
    "1.9": ((), False, ["unknown_dependency"]),
}
"""Which ids are taken, whether that is all of it, and the warnings."""


@pytest.mark.parametrize("stated", written("Dependencies"))
def test_dependencies_are_taken_as_the_page_says(stated: str) -> None:
    ids = [*ALL, "2.1", "3.1"]
    said = {"2.1": f"- **Dependencies**: {stated}\n"}
    text = "".join(f"### Achievement {id_}: Part {id_}\n\n{said.get(id_, 'Text.')}\n\n" for id_ in ids)
    found = plan.parse(f"# PLAN: Tea\n\n## Achievements\n\n{text}", "PLAN_TEA.md")
    dependencies = found.achievements[3].dependencies
    assert dependencies is not None
    taken = (dependencies.ids, not dependencies.unclear, [warning.code for warning in found.diagnostics])
    assert taken == STATED[stated]


def read(section: str, place: str) -> PlanText:
    indent = "  " if place.startswith("- ") else ""
    inside = f"\n{indent}- Effort: 2 hours\n{indent}- Goal: x\n"
    return plan.parse(f"# PLAN: Tea\n\n## {section}\n\n{place}\n{inside}\n", "PLAN_TEA.md")


TAKEN = {
    "### Achievement 1.1: Kettle": ({"Achievements", "Desirable Achievements", "Later"}, set[str]()),
    "**Achievement 1.1**: Kettle": ({"Achievements", "Desirable Achievements", "Later"}, set[str]()),
    "**Achievement 1.1: Kettle**": ({"Achievements", "Desirable Achievements", "Later"}, set[str]()),
    "### 1.1 Kettle": ({"Achievements", "Desirable Achievements"}, {"Later"}),
    "**1.1 Kettle**": ({"Achievements", "Desirable Achievements"}, set[str]()),
    "- [ ] **Achievement 1.1**: Kettle": ({"Achievements", "Desirable Achievements", "Later"}, set[str]()),
    "### Milestone 1.1: Kettle": (set[str](), {"Achievements", "Desirable Achievements", "Later"}),
    "### Achievement A1: Kettle": (set[str](), {"Achievements", "Desirable Achievements", "Later"}),
}
"""Below which sections a place is taken, and below which it is named."""
REPORTS = ("Achievement Index", "Progress", "Status", "Completed Achievements", "Changelog")


@pytest.mark.parametrize("place", [code for code in written("What is an achievement") if not code.startswith("## ")])
def test_a_place_is_taken_or_named_below_a_section_as_the_page_says(place: str) -> None:
    taken, named = set(), set()
    for section in ("Achievements", "Desirable Achievements", "Later"):
        found = read(section, place)
        taken |= {section} if found.achievements else set()
        named |= {section} if {"heading_not_taken", "id_not_taken"} & {one.code for one in found.diagnostics} else set()
    assert (taken, named) == TAKEN[place]


def test_sections_that_report_define_nothing_and_are_those_that_the_page_names() -> None:
    headings = [code for code in written("What is an achievement") if code.startswith("## ")]
    assert headings == [f"## {section}" for section in REPORTS]
    for section in REPORTS:
        assert read(section, "### Achievement 1.1: Kettle").achievements == ()


def test_headings_below_a_phase_of_their_number_are_achievements_where_nothing_else_is() -> None:
    text = "# Tea\n\n## 🚀 Phase 1: Begin\n\n### 1.1 Kettle\n\n## {}\n\n### 2.1 Tea\n\n## Risks\n\n### 3.1 Heat\n"
    for second, titles in (("Sprint 2", ["Kettle", "Tea"]), ("Phase 3", ["Kettle"]), ("History of 2", ["Kettle"])):
        found = plan.parse(text.replace("{}", second), "PLAN_TEA.md")
        assert [one.title for one in found.achievements] == titles
    named = text.replace("{}", "Achievements")
    assert [one.title for one in plan.parse(named, "PLAN_TEA.md").achievements] == ["Tea"]


@pytest.mark.parametrize(
    ("below", "ids", "is_clear"),
    [
        ("Depends on: 1.1\n\nAgree on the shape first.", ("1.1",), True),
        ("Depends on: nothing\n\nIt is quick.", (), True),
        ("Depends on: 1.1\n\n- [ ] 50.000 cups in 20 minutes\n- [ ] hot", ("1.1",), True),
        ("Depends on: 1.1\n\n- plain\n- list", ("1.1",), True),
        ("Depends on: 1.1\n\nAnd 1.2, once it is approved.", ("1.1", "1.2"), False),
        ("Depends on: 1.1\nand the weather", ("1.1",), False),
    ],
)
def test_what_stands_below_a_clear_line_of_dependencies_is_about_something_else(
    below: str, ids: tuple[str, ...], is_clear: bool
) -> None:
    text = f"# Tea\n\n## Achievements\n\n### 1.1 Kettle\n\n### 1.2 Pot\n\n### 2.1 Tea\n\n{below}\n"
    last = plan.parse(text, "PLAN_TEA.md").achievements[-1]
    assert last.dependencies
    assert (last.dependencies.ids, not last.dependencies.unclear) == (ids, is_clear)
    rest = below.partition("\n\n")[2] if is_clear else ""
    assert (last.rest.text if last.rest else "") == rest


def test_a_heading_with_the_word_needs_no_text_where_nothing_else_is_an_achievement() -> None:
    text = "# Tea\n\n| 1.1 | Kettle |\n|---|---|\n\n### Achievement 1.1: Kettle\n\n{}### Achievement 1.2: Pot\n"
    for first, titles in (("", ["Kettle", "Pot"]), ("- **Goal**: x\n- **Effort**: 2h\n\n", ["Kettle"])):
        found = plan.parse(text.replace("{}", first), "PLAN_TEA.md")
        assert [one.title for one in found.achievements] == titles
