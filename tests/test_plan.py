"""A PLAN's text gives its achievements: the definition of each, with what it says, and nothing from index or log."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.reading import plan
from scaffold.reading.content import PlannedAchievement, PlanText, StatedDependencies

HEAD = "# PLAN: Tea\n\n**Status**: Open\n\n## Goal\n\nHot *tea*.\n\n"
FIELDS = "- **Goal**: Boil.\n- **Success**: It boils.\n- **Effort**: 2 hours\n"


def read(text: str) -> PlanText:
    return plan.parse(text, "PLAN_TEA.md")


def below(body: str) -> PlanText:
    """Read a PLAN with this text in its section about achievements."""
    return read(f"{HEAD}## 🏆 Achievements\n\n{body}\n")


def only(body: str) -> PlannedAchievement:
    (one,) = below(body).achievements
    return one


def ids(found: PlanText) -> list[str]:
    return [one.id for one in found.achievements]


def titles(found: PlanText) -> list[tuple[str, str]]:
    return [(one.id, one.title) for one in found.achievements]


def codes(found: PlanText) -> list[tuple[str, int | None]]:
    return [(one.code, one.line) for one in found.diagnostics]


# --- the document ---------------------------------------------------------------------------------------------------


def test_a_plan_gives_its_title_its_goal_verbatim_and_its_header() -> None:
    found = read(HEAD)
    assert found.title is not None
    assert (found.title.text, found.title.line) == ("Tea", 1)
    assert found.goal is not None
    assert (found.goal.text, found.goal.line, found.goal.heading) == ("Hot *tea*.", 7, "Goal")
    assert [(line.name, line.value, line.line) for line in found.header] == [("Status", "Open", 3)]


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        pytest.param("# PLAN: A\n\n**Goal**: From the header\n", "From the header", id="header line"),
        pytest.param(
            "# PLAN: A\n\n**Goal**: x\n\n## 🎯 Goal\n\nOwn section\n", "Own section", id="section before header"
        ),
        pytest.param("# A\n\n## Purpose\n\nb\n\n## Goal\n\na\n", "a", id="the better name"),
        pytest.param("# A\n\n## Goal\n\n## Objective\n\nb\n", "b", id="an empty section says nothing"),
        pytest.param(
            "# A\n\n## Achievements\n\n### Achievement 1.1: B\n\n#### Goal\n\nits own\n", None, id="not another's"
        ),
    ],
)
def test_the_goal_is_the_plans_own(text: str, goal: str | None) -> None:
    found = read(text).goal
    assert (found.text if found else None) == goal


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("# 🚀 PLAN - Tea\n", "Tea", id="adorned"),
        pytest.param("# Tea\n", "Tea", id="without the word"),
        pytest.param("## PLAN: Tea\n", "Tea", id="lower level with the word"),
        pytest.param("## Goal\n", None, id="a section is no title"),
        pytest.param("# PLAN:\n", None, id="empty"),
        pytest.param("", None, id="no text"),
    ],
)
def test_the_title_is_the_first_heading_without_the_word_plan(text: str, title: str | None) -> None:
    found = read(text).title
    assert (found.text if found else None) == title


# --- ways of writing ------------------------------------------------------------------------------------------------

WAYS = {
    "bold id": "**Achievement 1.1**: Kettle on",
    "bold id and title": "**Achievement 1.1: Kettle on**",
    "bold id and colon": "**Achievement 1.1:** Kettle on",
    "bold with dash inside": "**Achievement 1.1 – Kettle on**",
    "bold id, dash outside": "**Achievement 1.1** — Kettle on",
    "all in bold": "**Achievement 1.1 Kettle on**",
    "remark before the colon": "**Achievement 1.1** (Added: 2026-01-02): Kettle on",
    "mark before it": "⏳ **Achievement 1.1**: Kettle on",
    "plain": "Achievement 1.1: Kettle on",
    "heading, colon": "### Achievement 1.1: Kettle on",
    "heading, dash": "### Achievement 1.1 — Kettle on",
    "heading, nothing": "#### Achievement 1.1 Kettle on",
    "heading in bold": "### **Achievement 1.1**: Kettle on",
    "heading with mark": "### 🔥 Achievement 1.1: Kettle on",
    "heading with closing hashes": "### Achievement 1.1: Kettle on ###",
    "heading, number only": "#### 1.1 Kettle on",
    "heading, number and colon": "### 1.1: Kettle on",
    "bold number": "**1.1**: Kettle on",
    "bold number and title": "**1.1 — Kettle on**",
    "number sign": "### Achievement #1.1: Kettle on",
    "title in bold": "### Achievement 1.1: **Kettle on**",
    "bold that never ends": "**Achievement 1.1: Kettle on",
    "setext heading": "Achievement 1.1: Kettle on\n--------------------------",
}
TAILS = {
    "none": "",
    "tick": " ✅",
    "tick and word": " ✅ COMPLETE",
    "tick and bold word": " ✅ **SUPERSEDED**",
    "tick and shout": " ✅ PHASES 1-2 COMPLETE (Phase 3 pending)",
    "bracket": " [DONE]",
    "parenthesis": " (in progress)",
    "dash": " - Complete",
    "dash and tick": " - ✅ COMPLETE",
    "shout": " COMPLETE",
}


@pytest.mark.parametrize("written", [pytest.param(text, id=name) for name, text in WAYS.items()])
def test_every_way_of_writing_gives_id_title_and_fields(written: str) -> None:
    one = only(f"{written}\n\n{FIELDS}")
    assert (one.id, one.title, one.line) == ("1.1", "Kettle on", 11)
    assert one.goal is not None
    assert one.goal.text == "Boil."


@pytest.mark.parametrize("tail", [pytest.param(text, id=name) for name, text in TAILS.items()])
@pytest.mark.parametrize("way", ["bold id", "heading, dash", "heading, number only"])
def test_marks_of_a_state_are_no_part_of_the_title(way: str, tail: str) -> None:
    assert only(f"{WAYS[way]}{tail}\n\n{FIELDS}").title == "Kettle on"


def test_list_items_with_fields_below_them_are_definitions() -> None:
    found = below(
        "- [x] **Achievement 1.1**: Kettle\n  - Effort: 1h\n- **Achievement 1.2**: Pot\n  on a tray\n\n  Goal: b\n"
    )
    assert titles(found) == [("1.1", "Kettle"), ("1.2", "Pot")]
    assert [one.body.text if one.body else None for one in found.achievements] == [
        "- Effort: 1h",
        "on a tray\n\nGoal: b",
    ]


def test_list_items_may_be_grouped_in_a_list() -> None:
    nested = "- Priority 1\n  - **Achievement 1.1**: Kettle\n    - Goal: g\n    - Effort: 1h\n"
    assert titles(below(nested)) == [("1.1", "Kettle")]
    assert titles(read(f"{HEAD}## Work\n\n{nested.replace('**', '')}")) == [("1.1", "Kettle")]


@pytest.mark.parametrize(
    "title",
    [
        "Text with `code` and (a remark)",
        "`code` first",
        "Ticks ✅ and crosses ❌ shown",
        "Export 📄 written",
        "Progress shown",
        "*Very* hot",
    ],
)
def test_a_title_keeps_what_only_looks_like_a_mark(title: str) -> None:
    assert only(f"**Achievement 1.1**: {title}\n\n{FIELDS}").title == title


def test_a_title_may_be_a_field() -> None:
    assert only(
        "**Achievement 1.1** (added later):\n\n- **Title**: Kettle ✅\n- **Why**: thirst\n- Effort: 1h\n"
    ).title == ("Kettle")


@pytest.mark.parametrize(
    ("line", "effort"),
    [
        pytest.param("### Achievement 1.1: T (2-3 hours)", "2-3 hours", id="parenthesis"),
        pytest.param("### Achievement 1.1: T **(~4 hours)**", "~4 hours", id="bold parenthesis"),
        pytest.param("**Achievement 1.1: T** ⏱️ 4-6 hours", "4-6 hours", id="behind bold"),
        pytest.param("**Achievement 1.1**: T (1.5h) ✅", "1.5h", id="before a mark"),
        pytest.param("**Achievement 1.1**: T (3 h)\n\n- Effort: 4 h", "4 h", id="a field counts more"),
        pytest.param("**Achievement 1.1: T** soon", None, id="no time"),
    ],
)
def test_a_time_in_the_title_is_the_effort_when_no_field_says_it(line: str, effort: str | None) -> None:
    one = only(f"{line}\n\n- Goal: g\n")
    assert (one.title, one.effort.text if one.effort else None) == ("T", effort)


# --- what is a definition -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    [
        "📋 Achievement Index",
        "Progress Log",
        "Subplan Tracking (Updated During Execution)",
        "Current Status & Handoff",
        "Completed Achievements",
        "Archive",
        "Summary",
    ],
)
def test_sections_that_report_on_achievements_define_none(heading: str) -> None:
    elsewhere = f"## {heading}\n\n### Priority 1\n\n### Achievement 1.1: Other ✅\n\n{FIELDS}- **Tests**: t\n\n"
    found = read(f"{HEAD}{elsewhere}## Achievements\n\n**Achievement 1.1**: Kettle\n\n- Goal: g\n\n{elsewhere}")
    assert titles(found) == [("1.1", "Kettle")]
    assert codes(found) == []
    assert ids(read(HEAD + elsewhere)) == []


def test_a_heading_about_something_may_have_such_words_in_it() -> None:
    found = below(f"### Priority 1: Status and Progress Pages\n\n**Achievement 1.1**: Kettle\n\n{FIELDS}")
    assert ids(found) == ["1.1"]


def test_a_log_of_added_achievements_defines_them() -> None:
    found = below(
        f"### Achievement 1.1: A\n\n{FIELDS}\n## Achievement Addition Log\n\n### Achievement 1.2: B\n\n{FIELDS}"
    )
    assert ids(found) == ["1.1", "1.2"]


@pytest.mark.parametrize(
    "mention",
    [
        "**Achievement 1.2** is next.",
        "Achievement 1.2 needs water.",
        "**Achievement 1.2 notes**: none",
        "**Achievement 1.2/1.3**: both",
        "**Achievements 1.2-1.4**: all",
        "**Achievement 1.2**, 1.3 and 1.4: all",
        "> **Achievement 1.2**: Quoted\n>\n> - Goal: g\n> - Effort: 1h",
        "```markdown\n**Achievement 1.2**: Fenced\n\n- Goal: g\n- Effort: 1h\n```",
        "<!--\n**Achievement 1.2**: Hidden\n-->",
        "- Achievement 1.2: must come first\n  - Effort: none",
        "## Notes\n\n- **Achievement 1.2**: see there\n  - Effort: 1h",
        "## Notes\n\n- Achievement 1.2: 2 hours\n  - sure",
        "**Achievement 1.2**: 2 hours",
        "**Achievement 1.2**: Complete",
        "**Achievement 01.2**: no id",
        "**Achievement X.Y**: no number",
        "### Achievement 2: no part",
        "See **Achievement 1.2**: it is " + "long " * 100,
        "**Achievement 1.2**: " + "long " * 100,
    ],
)
def test_a_mention_is_no_definition(mention: str) -> None:
    assert ids(below(f"**Achievement 1.1**: A\n\n{FIELDS}\n{mention}\n")) == ["1.1"]


def test_of_several_definitions_the_one_that_says_most_counts_and_the_other_is_told() -> None:
    found = below(
        f"**Achievement 1.1**: Thin\n\n- Goal: g\n\n**Achievement 1.1**: Rich\n\n{FIELDS}\n### Achievement 1.1\n"
    )
    assert titles(found) == [("1.1", "Rich")]
    assert codes(found) == [("duplicate_id", 11)]


def test_a_list_before_the_definitions_is_an_index() -> None:
    text = f"- **Achievement 1.1**: Index\n- Achievement 1.2: Gone\n\n### Achievement 1.1: Kettle\n\n{FIELDS}"
    found = below(text)
    assert titles(found) == [("1.1", "Kettle")]
    assert codes(found) == [("undefined_achievement", 12)]


def test_a_plan_that_is_no_more_than_its_list_is_that_list() -> None:
    found = below("- [ ] Achievement 1.1: Kettle (1h)\n- [x] **Achievement 1.2**: Pot\n")
    assert titles(found) == [("1.1", "Kettle"), ("1.2", "Pot")]
    assert codes(found) == []


def test_definitions_need_no_section_for_them() -> None:
    text = f"### Achievement 1.1: A\n\n{FIELDS}\n### Achievement 1.2: B\n\nDo it.\n\n### Achievement 1.3: C\n"
    assert ids(read(f"{HEAD}## Priority 1\n\n{text}")) == ["1.1", "1.2"]


def test_beside_definitions_a_place_elsewhere_needs_two_fields() -> None:
    elsewhere = f"## Gaps\n\n**Achievement 1.1**: Add a lid\n\n- Why: steam\n\n**Achievement 1.2**: Pot\n\n{FIELDS}"
    found = read(f"{HEAD}## Achievements\n\n**Achievement 1.1**: Kettle\n\n{elsewhere}")
    assert titles(found) == [("1.1", "Kettle"), ("1.2", "Pot")]


def test_bare_numbers_count_only_where_achievements_are_named_by_them() -> None:
    assert ids(below(f"### Achievement 1.1: A\n\n{FIELDS}\n#### 1.2 Step\n\ntext\n")) == ["1.1"]
    assert ids(read(f"{HEAD}## Setup\n\n### 3.11 Python\n\n{FIELDS}")) == []


# --- bodies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "body"),
    [
        pytest.param("**Achievement 1.2**: B", "a", id="next label"),
        pytest.param("### Priority 2\n\n**Achievement 2.1**: B", "a", id="heading over the next label"),
        pytest.param("---\n\n**Status**: foot", "a", id="rule before the foot"),
        pytest.param("---\n\nb\n\n## Next", "a", id="rule"),
        pytest.param("---\n\n#### Steps\n\nb", "a\n\n---\n\n#### Steps\n\nb", id="rule before a lower heading"),
        pytest.param("#### Steps\n\nb", "a\n\n#### Steps\n\nb", id="lower heading"),
        pytest.param("## Next\n\nc", "a", id="higher heading"),
    ],
)
def test_a_body_is_verbatim_up_to_what_begins_something_else(after: str, body: str) -> None:
    one = below(f"### Priority 1\n\n**Achievement 1.1**: A\n\na\n\n{after}\n").achievements[0]
    assert one.body is not None
    assert (one.body.text, one.body.line) == (body, 15)


def test_labels_in_one_paragraph_are_told_apart() -> None:
    found = below(
        "**Achievement 1.1**: A\n**Goal**: g\ngoes on\n**Effort**: 1h\n**Achievement 1.2**: B\nGoal: h\n"
    ).achievements
    assert [(one.goal.text if one.goal else "", one.effort.text if one.effort else "") for one in found] == [
        ("g\ngoes on", "1h"),
        ("h", ""),
    ]


# --- fields ---------------------------------------------------------------------------------------------------------

TIGHT = """\
- **Goal**: g
- **What**: w
- **Success**: s
- **Deliverables**:
  - d
  - e
- **Tests**: t
- **Effort**: 1h
"""
FORMS = {
    "list with bold": TIGHT,
    "list with bold, loose": TIGHT.replace("\n", "\n\n"),
    "plain list": TIGHT.replace("**", "").replace("Tests", "Test"),
    "plain list with ticks": TIGHT.replace("**", "").replace("- G", "- ✅ G").replace("- E", "- ✅ E"),
    "below another label": f"**Why**: it is late.\n\n- Look.\n{TIGHT}",
    "bold labels": (
        "**Purpose**: g\n\n**What**:\n\nw\n\n**Success Criteria**:\n\n- s\n\n"
        "**Deliverables**:\n\n- d\n- e\n\n**Tests**: t\n\n**Estimated Time**: 1h\n"
    ),
    "plain labels": (
        "Goal: g\n\nWhat: w\n\nSuccess: s\n\nDeliverables:\n\n- d\n- e\n\nTests: t\n\nEffort: 1h\n"  # no bold at all
    ),
    "headings": (
        "#### Goal\n\ng\n\n#### What\n\nw\n\n#### Success Criteria\n\n- [ ] s\n\n"
        "#### Deliverables\n\n**Code**:\n\n- d\n\n##### More\n\n- e\n\n#### Tests\n\n- t\n\n#### Effort\n\n1h\n"
    ),
}


@pytest.mark.parametrize("body", [pytest.param(text, id=name) for name, text in FORMS.items()])
def test_every_form_of_a_body_gives_the_same_fields(body: str) -> None:
    one = only(f"**Achievement 1.1**: T\n\n{body}")
    passages = (one.goal, one.what, one.effort)
    assert [passage.text if passage else None for passage in passages] == ["g", "w", "1h"]
    listed = (one.success, one.deliverables, one.tests)
    assert [[item.text for item in items] for items in listed] == [["s"], ["d", "e"], ["t"]]


def test_a_field_begins_with_its_first_line_that_is_not_blank() -> None:
    what = only("**Achievement 1.1**: T\n\n- **What**:\n\n  - **Boil**:\n\n    - water\n").what
    assert what is not None
    assert (what.text, what.line) == ("- **Boil**:\n\n  - water", 15)


def test_fields_have_their_lines() -> None:
    one = only(f"**Achievement 1.1**: T\n\n{FORMS['list with bold']}")
    assert one.goal is not None
    assert [one.goal.line, *(item.line for item in one.deliverables)] == [13, 17, 18]


def test_what_stands_inside_a_field_is_no_field() -> None:
    one = only(
        "**Achievement 1.1**: T\n\n**What**:\n\n- **Effort**: huge\n- **Tests**: many\n\n**Why**: see:\n\n- Goal: x\n"
    )
    assert (one.effort, one.tests, one.goal) == (None, (), None)


def test_files_on_one_line_are_items() -> None:
    one = only("**Achievement 1.1**: T\n\n- Deliverables: `a.py` with, say, a lid, `b.py`\n- Tests: x, `c.py`\n")
    assert [item.text for item in one.deliverables] == ["`a.py` with, say, a lid", "`b.py`"]
    assert [item.text for item in one.tests] == ["x, `c.py`"]


def test_the_better_name_of_a_field_counts_and_an_empty_one_does_not() -> None:
    one = only(
        "**Achievement 1.1**: T\n\n- Description: d\n- **Goal**: <!-- later -->\n- Objective: o\n- Test: a\n- Test: b\n"
    )
    assert one.goal is not None
    assert one.goal.text == "o"
    assert [item.text for item in one.tests] == ["a", "b"]


# --- dependencies ---------------------------------------------------------------------------------------------------


def stated(line: str) -> StatedDependencies | None:
    """Read what 2.2 says about its dependencies in a PLAN with 1.1, 1.2, 1.3, 1.10, 2.1, 2.2 and 2.3."""
    others = "".join(f"**Achievement {id_}**: T\n\n" for id_ in ("1.1", "1.2", "1.3", "1.10", "2.1"))
    found = below(f"{others}**Achievement 2.2**: T\n\n{line}\n\n**Achievement 2.3**: T\n")
    return next(one for one in found.achievements if one.id == "2.2").dependencies


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- **Dependencies**: 1.1, 1.2", "1.1 1.2"),
        ("- Dependencies: Achievement 1.1 (the kettle, hot) and Achievement 1.2.", "1.1 1.2"),
        ("- **Depends on**: Achievements 1.1 & 1.2", "1.1 1.2"),
        ("- Depends on Achievement 1.1", "1.1"),
        ("Requires 1.1 complete", "1.1"),
        ("**Dependencies**:\n\n- Achievement 1.1: Kettle\n- ✅ **1.3** must be done\n", "1.1 1.3"),
        ("- **Prerequisites**: 1.1-1.3", "1.1 1.2 1.3"),
        ("- **Dependencies**: Achievements 1.2 through 1.10", "1.2 1.3 1.10"),
        ("- **Dependencies**: All Priority 1 achievements", "1.1 1.2 1.3 1.10"),
        ("- **Dependencies**: Priority 1 complete", "1.1 1.2 1.3 1.10"),
        ("- **Dependencies**: all previous achievements", "1.1 1.2 1.3 1.10 2.1"),
        ("- **Dependencies**: 1.1, 1.1", "1.1"),
        ("- **Dependencies**: None", ""),
        ("**Dependencies**: none (can start at once)", ""),
        ("- Dependencies: N/A", ""),
        ("- Dependencies: -", ""),
        ("- **Dependencies**: No dependencies.", ""),
        ("- **Dependencies**: none; blocks 1.1, 1.2 and 2.3", ""),
        ("- **Dependencies**: 1.1; blocks 2.3.", "1.1"),
        ("- **Dependencies**: 1.1. Blocks achievements 1.2 and 2.3", "1.1"),
        ("- **Dependencies**：1.1，1.2、1.3；2.1", "1.1 1.2 1.3 2.1"),
        ("- Dependencies：1.1,\u00a01.2\u200b", "1.1 1.2"),
    ],
)
def test_dependencies_beyond_doubt_are_ids(line: str, expected: str) -> None:
    found = stated(line)
    assert found is not None
    assert (" ".join(found.ids), found.unclear) == (expected, ())


@pytest.mark.parametrize(
    ("line", "expected", "unclear"),
    [
        ("- Dependencies: 1.1, PLAN_WATER, 1.2", "1.1 1.2", ["PLAN_WATER"]),
        ("- Dependencies: 1.1 or 1.2", "", ["1.1 or 1.2"]),
        ("- Dependencies: 1.1 (optional), 1.2", "1.2", ["1.1 (optional)"]),
        ("- Dependencies: Python 3.11", "", ["Python 3.11"]),
        ("- Dependencies: 1.1-2.1", "", ["1.1-2.1"]),
        ("- Dependencies: 1.1-1.9", "", ["1.1-1.9"]),
        ("- Dependencies: 2.1-2.3", "", ["2.1-2.3"]),
        ("- Dependencies: Priority 7", "", ["Priority 7"]),
        ("- Dependencies: None, but 1.1 helps", "", ["None, but 1.1 helps"]),
        ("- Dependencies: No dependencies; 1.1 and 1.2", "", ["No dependencies; 1.1 and 1.2"]),
        ("- Dependencies: 1.1, " + "long " * 80, "", ["1.1, " + ("long " * 80).strip()]),
    ],
)
def test_what_is_in_doubt_is_left_to_a_person(line: str, expected: str, unclear: list[str]) -> None:
    found = stated(line)
    assert found is not None
    assert (" ".join(found.ids), list(found.unclear)) == (expected, unclear)


@pytest.mark.parametrize(
    "clause",
    [
        "blocks 1.1, 1.2",
        "everything except 1.1, 1.2 and 1.3",
        "alongside 1.1, 1.2",
        "independent of 1.1 and 1.2",
        "without 1.1, 1.2",
        "1.1, 1.2 without the rest",
        "none, though 1.1, 1.2 help",
        "nothing but 1.1 and 1.2",
        "in parallel with 1.1, 1.2",
        "1.1, which blocks 1.2, 1.3",
    ],
)
def test_a_clause_about_something_else_than_dependencies_gives_no_ids(clause: str) -> None:
    found = stated(f"- Dependencies: {clause}")
    assert found is not None
    assert (found.ids, found.unclear) == ((), (clause,))
    assert codes(below(f"**Achievement 2.2**: T\n\n- Dependencies: {clause}\n")) == []
    before = stated(f"- Dependencies: 2.1; {clause}")
    assert before is not None
    assert before.ids == ("2.1",)


@pytest.mark.parametrize("id_", ["1.1b", "1.1.x"])
def test_a_dependency_on_what_is_no_id_is_left_to_a_person(id_: str) -> None:
    found = stated(f"- Dependencies: 1.2, {id_}")
    assert found is not None
    assert (found.ids, found.unclear) == (("1.2",), (id_,))


def test_a_plan_that_is_silent_about_dependencies_does_not_say_none() -> None:
    assert stated("- Goal: g") is None


def test_all_previous_achievements_are_in_doubt_when_they_stand_in_another_order() -> None:
    others = "**Achievement 2.1**: T\n\n**Achievement 1.1**: T\n\n"
    found = below(f"{others}**Achievement 3.1**: T\n\nDependencies: all previous achievements\n")
    assert [one.dependencies.unclear for one in found.achievements if one.dependencies] == [
        ("all previous achievements",)
    ]


def test_too_long_a_range_is_nothing_that_anybody_meant() -> None:
    many = "".join(f"**Achievement 1.{number}**: T\n\n" for number in range(1, 302))
    found = below(f"{many}**Achievement 2.1**: T\n\nDependencies: 1.1-1.301; all previous achievements\n").achievements[
        -1
    ]
    assert found.dependencies is not None
    assert found.dependencies.ids == ()


# --- warnings -------------------------------------------------------------------------------------------------------


def test_ids_that_nothing_defines_are_told_where_they_stand() -> None:
    found = read(
        f"{HEAD}## Index\n\n- Achievement 1.1: A\n- Achievement 1.9: Gone\n- Achievement 1.9: Gone\n\n"
        f"## Achievements\n\n**Achievement 1.1**: A\n\n- Dependencies: 1.1, 7.7\n"
    )
    assert codes(found) == [("undefined_achievement", 12), ("self_dependency", 19), ("unknown_dependency", 19)]
    assert all(one.severity == "warning" and one.path == "PLAN_TEA.md" and one.hint for one in found.diagnostics)
    assert found.achievements[0].dependencies is not None
    assert found.achievements[0].dependencies.ids == ()


def test_what_is_no_id_is_told_and_its_text_is_no_other_achievements() -> None:
    found = below(
        "### Achievement 1.4: Kettle\n\n- **Goal**: Boil.\n\n### Achievement 1.4b: Pot\n\n- **Effort**: 2 hours\n\n"
        "### Achievement 1.5: Cup\n\n- **Goal**: Pour.\n\n### Achievement 1.4b: again\n\n### Achievement 01.6: Jug\n"
    )
    assert ids(found) == ["1.4", "1.5"]
    assert found.achievements[0].effort is None
    assert codes(found) == [("id_not_taken", 15), ("id_not_taken", 25)]
    assert "achievement 1.4b is not taken" in found.diagnostics[0].message


def test_a_plan_whose_only_ids_are_none_says_so() -> None:
    assert codes(below("### Achievement 1.4b: Pot\n\n- **Goal**: Boil.\n")) == [
        ("no_achievements", None),
        ("id_not_taken", 11),
    ]


def test_ids_without_the_word_may_have_a_letter_but_a_time_is_no_id() -> None:
    found = below("### 1.1 Kettle\n\n- **Goal**: a\n\n**1.5h** of work\n\n### 1.2b Pot\n\n- **Goal**: b\n")
    assert (ids(found), codes(found)) == (["1.1"], [("id_not_taken", 17)])


def test_two_ids_that_would_share_their_file_names_are_told() -> None:
    found = below("**Achievement 1.11**: A\n\n**Achievement 11.1**: B\n")
    assert codes(found) == [("slug_collision", 13)]
    assert "1.11 and 11.1" in found.diagnostics[0].message


def test_a_plan_without_achievements_is_told_once_with_the_place_that_only_reports() -> None:
    assert codes(read(HEAD)) == [("no_achievements", None)]
    found = read(f"{HEAD}## Index\n\n- Achievement 1.1: A\n- Achievement 1.2: B\n")
    assert codes(found) == [("no_achievements", 11)]


def test_definitions_that_an_open_fence_hides_are_read_and_told() -> None:
    text = f"**Achievement 1.1**: A\n\n```bash\nmake\n\n### Priority 2\n\n**Achievement 2.1**: B\n\n{FIELDS}"
    found = below(text)
    assert titles(found) == [("1.1", "A"), ("2.1", "B")]
    assert codes(found) == [("unbalanced_fence", 18)]


def test_balanced_fences_are_read_as_they_are() -> None:
    assert codes(below(f"**Achievement 1.1**: A\n\n{FIELDS}\n```\nx\n```\n")) == []


# --- laws -----------------------------------------------------------------------------------------------------------

PIECES = (
    *(
        "# ",
        "## Achievements",
        "### ",
        "\n",
        "\n\n",
        "**Achievement 1.1**",
        ": ",
        "Achievement 1.2",
        "**",
        "- ",
        "  - ",
    ),
    *("```", "~~~", "---", "> ", "Goal:", "**Effort**: 1h", "Dependencies: ", "1.1-1.3", "✅", "(", ")", "[ ]", "`"),
    *("<!--", "1.1", "2.2.2", "None", ", ", " and ", "\t", "__", "|", " a ", "0.0", "²", "\u2028", "\ufeff", "\x00"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.text(max_size=300))
def test_any_text_gives_a_plan(text: str) -> None:
    found = below(text)
    assert len(set(ids(found))) == len(found.achievements)
    lines = text.count("\n") + 12
    assert all(0 < one.line <= lines and one.id for one in found.achievements)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "unit",
    [
        "**Achievement 1.1**: T\n\n- Goal: g\n- Dependencies: all previous achievements\n\n",
        "- Achievement 1.1: T\n",
        "#### a\n\n**b**: c\n\n",
        "**Dependencies**: (a), <!-- `",
        "> - ",
        "```\n",
        "**Achievement 1.1**: (",
        "---\n\n",
    ],
)
def test_the_time_grows_with_the_text_and_not_with_its_square(unit: str) -> None:
    text = unit * (60_000 // len(unit))  # with its square: minutes
    begun = time.process_time()
    below(text)
    assert time.process_time() - begun < 10


SHARED = """# PLAN: Tea

## Goal

Drink.

## Constraints

- No milk.

## Priority 1: Leaves

### Achievement 1.1: Picked

They are to be dry.

- **Goal**: Pick.
- **Success**: A basket is full.

**Context**: the hill.

## References

- [map](map.md)

## Context

Water is hard here.
"""


def test_an_achievement_knows_the_heading_it_stands_under_and_what_its_fields_leave() -> None:
    said = plan.parse(SHARED, "PLAN_TEA.md")
    (one,) = said.achievements

    assert one.group is not None
    assert (one.group.text, one.group.line) == ("Priority 1: Leaves", 11)
    assert one.rest is not None
    assert one.rest.text == "They are to be dry.\n\n**Context**: the hill."
    assert said.constraints is not None
    assert said.references is not None
    assert said.context is not None
    assert said.context.text == "Water is hard here."
    assert (said.constraints.text, said.references.text) == ("- No milk.", "- [map](map.md)")


@pytest.mark.parametrize("heading", ["Achievements", "Desirable Achievements (Priority Order)", "Planned Achievements"])
def test_a_heading_that_only_announces_achievements_is_no_group(heading: str) -> None:
    (one,) = plan.parse(
        f"# PLAN: Tea\n\n## {heading}\n\n**Achievement 1.1**: x\n\n- Goal: y\n- Success: z\n", "x"
    ).achievements

    assert one.group is None
    assert one.rest is None


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("label", ["Depends on: 1.1", "**Depends on**: 1.1"])
def test_a_checklist_below_the_line_about_dependencies_is_of_tasks(label: str, gap: str) -> None:
    head = "# PLAN: Tea\n\n## Achievements\n\n### 1.1 Kettle\n\nBoil.\n\n### 1.2 Cup\n\n"
    tasks, ids = (
        f"{head}{label}{gap}- [ ] {first}\n- [x] {second}\n" for first, second in (("pour", "stir"), ("the 1.1", "1.3"))
    )
    (_, taken), (_, left) = (plan.parse(text, "PLAN_TEA.md").achievements for text in (tasks, ids))
    assert taken.dependencies is not None
    assert left.dependencies is not None
    assert (taken.dependencies.ids, taken.dependencies.unclear) == (("1.1",), ())
    assert "pour" in (taken.rest.text if taken.rest else "")
    assert left.dependencies.unclear != ()


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        ("Needs 1.1 and 1.2.", ("1.1", "1.2")),
        ("- waits for Achievement 1.1", ("1.1",)),
        ("Depends on 1.1, 1.2", ("1.1", "1.2")),
        ("Needs two people.", None),
        ("Needs care: 1.1 is brittle.", None),
    ],
)
def test_a_sentence_that_begins_with_what_is_needed_and_an_id_states_dependencies(
    line: str, ids: tuple[str, ...] | None
) -> None:
    head = "# PLAN: Tea\n\n## Achievements\n\n### 1.1 Kettle\n\nBoil.\n\n### 1.2 Cup\n\nBuy.\n\n### 2.1 Tea\n\n"
    *_, found = plan.parse(f"{head}{line}\n\n1. pour\n", "PLAN_TEA.md").achievements
    assert (found.dependencies.ids if found.dependencies else None) == ids
