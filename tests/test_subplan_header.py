"""Titles, header lines, the achievement and the time, in the families of names that people use."""

import pytest

from scaffold.reading import subplan
from scaffold.reading.content import Subplan


def read(text: str) -> Subplan:
    return subplan.parse(text, "SUBPLAN_TEA_23.md")


def header(text: str) -> list[tuple[str, str]]:
    return [(field.name, field.value) for field in read(text).header]


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("# SUBPLAN: Tea", "Tea"),
        ("# SUBPLAN - Tea", "Tea"),
        ("# 🎯 Subplan: `tea()` *now*", "`tea()` *now*"),
        ("# SUBPLAN: Achievement 2.3 - Tea", "Tea"),
        ("# SUBPLAN: Achievement 2.3", "Achievement 2.3"),
        ("# Tea", "Tea"),
        ("## SUBPLAN: Tea", "Tea"),
        ("SUBPLAN: Tea\n============", "Tea"),
    ],
)
def test_the_title_is_the_first_heading_without_what_every_title_says(heading: str, title: str) -> None:
    found = read(f"{heading}\n\n## Objective\n\nx\n").title
    assert found is not None
    assert (found.text, found.line) == (title, 1)
    assert (found.heading or "?") in heading


@pytest.mark.parametrize("text", ["", "words\n", "# Objective\n\nx\n", "## Tea\n\nx\n", "#\n"])
def test_a_document_may_have_no_title(text: str) -> None:
    assert read(text).title is None


@pytest.mark.parametrize(
    "line",
    [
        "**PLAN**: TEA",
        "**PLAN:** TEA",
        "- **PLAN**: TEA",
        "* **PLAN**: TEA",
        "> **PLAN**: TEA",
        "PLAN: TEA",
        "| **PLAN** | TEA |",
        "| PLAN: | TEA |\n| --- | --- |",
    ],
)
def test_header_lines_are_read_in_every_form(line: str) -> None:
    assert header(f"# T\n\n{line}\n\n## Objective\n\n**Not**: this\n") == [("PLAN", "TEA")]


def test_header_lines_keep_their_order_names_and_lines() -> None:
    found = read(
        "# T\n\n**Mother Plan**: PLAN_TEA.md  \n**Status**: 🚀 Ready  \n**Tags**:\n\n---\n\n## Approach\n\nx\n"
    ).header
    assert [(field.name, field.value, field.line) for field in found] == [
        ("Mother Plan", "PLAN_TEA.md", 3),
        ("Status", "🚀 Ready", 4),
        ("Tags", "", 5),
    ]


def test_several_header_lines_may_share_a_line() -> None:
    assert header("# T\n\n**PLAN**: TEA | **Achievement**: 2.3 · **Status**: new | old\n") == [
        ("PLAN", "TEA"),
        ("Achievement", "2.3"),
        ("Status", "new | old"),
    ]


def test_any_number_of_blanks_parts_them_or_follows_a_value() -> None:
    far = " " * 40_000
    text = f"# T\n\n**PLAN**: TEA{far}|{far}**Status**: new{far}old\n"
    assert header(text) == [("PLAN", "TEA"), ("Status", f"new{far}old")]


def test_a_metadata_section_holds_header_lines_too() -> None:
    assert header("# T\n\n## 📋 Metadata\n\n- **PLAN**: TEA\n\n## Objective\n\nx\n") == [("PLAN", "TEA")]


def test_code_and_comments_hold_no_header_lines() -> None:
    assert header("# T\n\n```\n**PLAN**: A\n```\n\n<!--\n**PLAN**: B\n-->\n") == []


def test_without_a_rule_trailing_labels_are_part_of_the_last_section() -> None:
    text = "# T\n\n## Approach\n\nBoil.\n\n**Output**: tea\n"
    found = read(text)
    assert found.header == ()
    assert found.approach is not None
    assert found.approach.text.endswith("**Output**: tea")


def test_words_after_the_last_rule_are_no_foot() -> None:
    assert header("# T\n\n## Approach\n\nx\n\n---\n\n**Status**: new\n\nwords\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "**Achievement**: 2.3",
        "**Achievement**: 2.3 - Tea",
        "**Achievement**: 2.3: Tea (v1.4)",
        "**Achievement**: `2.3`",
        "**Achievement**: [2.3]",
        "**Achievement**: ✅ 2.3 of PLAN_TEA",
        "**Achievement:** Achievement 2.3 (Tea)",
        "**Achievement Addressed**: Achievement 2.3 (Tea)",
        "**Achievement ID**: 2.3",
        "**Achievement**: Priority 2, Achievement 2.3",
        "**Achievement**: 2.3 & 2.4",
        "**Achievements**: Achievements 2.3",
        "Achievement: 2.3",
        "achievement id: 2.3",
        "**Achievement**：2.3",
        "**Achievement：** 2.3",
        "Achievement：2.3",
        "**Achievement**:\u00a02.3",
        "**\u200bAchievement**: \u200b2.3",
        "**Achievement**: ２.３",
        "**Achievement #2.3**: Tea",
        "**Achievement: 2.3**",
        "**Achievement ID 2.3** (Tea)",
        "Achievement 2.3",
        "Achievement #2.3 - Tea",
        "> Achievement no. 2.3: Tea",
        "* Achievement **2.3**",
        "Achievement 2.3 builds on 1.1.",
        "**Achievement 2.3 notes**: hot",
        "| PLAN | Achievement | Status |\n|---|---|---|\n| TEA | 2.3 | new |",
        "| **Achievement** | 2.3 | Tea |\n|---|---|---|",
        "| Achievement | Title |\n|---|---|\n| 2.3 | Tea |",
        "| Achievement | 2.3 |\n|---|---|",
        "**Status**: new\n\n## Objective\n\nx\n\n---\n\n**Achievement**: 2.3",
    ],
)
def test_the_header_names_the_achievement(line: str) -> None:
    found = read(f"# T\n\n{line}\n").achievement
    assert found is not None
    assert found.text == "2.3"


@pytest.mark.parametrize(
    "line",
    [
        "**Achievement**: Tea",
        "**Achievement**: 3",
        "**Achievement**: [X.Y]",
        "**Achievement**: uses Python 3.11",
        "**Depends on**: Achievement 2.3",
        "It follows Achievement 2.3.",
        "| Achievement | Status |\n|---|---|\n| 2.3 | new |\n| 2.4 | new |",
        "**Achievement**: 1.2.x",
        "**Status**: 2.3",
        "words about Achievement 2.3",
    ],
)
def test_a_header_may_name_no_achievement(line: str) -> None:
    assert read(f"# T\n\n{line}\n").achievement is None


@pytest.mark.parametrize(
    "front",
    [
        "achievement: 2.3",
        'achievement: "2.3"  # the cup',
        "achievement_id: 2.3",
        "achievementId: '2.3'",
        "Achievement: 2.3",
        "title: Tea\n\nachievements: [2.3, 2.4]",
        "achievements:\n  - 2.3\nstatus: new",
        "scaffold:\n  # which one\n  achievement: 2.3",
    ],
)
def test_front_matter_names_the_achievement_and_is_no_heading(front: str) -> None:
    found = read(f"---\n{front}\n---\n\n# Tea\n\n## Objective\n\nBoil.\n")
    assert found.achievement is not None
    assert found.achievement.text == "2.3"
    assert found.title is not None
    assert (found.title.text, found.objective and found.objective.text) == ("Tea", "Boil.")


def test_rules_around_a_header_are_no_front_matter() -> None:
    found = read("---\n**Achievement**: 2.3\n\n# Tea\n\n---\n\n## Objective\n\nBoil.\n")
    assert found.title is not None
    assert found.title.text == "Tea"


@pytest.mark.parametrize("id_", ["2.3b", "02.3", "2.03", "2.3.1"])
def test_what_stands_where_the_id_belongs_is_not_read_as_another_id(id_: str) -> None:
    for line in (f"**Achievement**: {id_}", f"Achievement {id_}: Tea"):
        found = read(f"# T\n\n{line}\n").achievement
        assert found is not None
        assert found.text == id_


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("# Achievement 2.3: Tea\n\n**Achievement**: 1.1\n", ("1.1", "2.3")),
        ("# Achievement 2.3: Tea\n\n## Objective\n\nx\n\n---\n\n**Achievement**: 1.1\n", ("2.3", "1.1")),
        ("---\nachievement: 2.3\n---\n\n**Achievement**: 1.1\n", ("2.3", "1.1")),
        ("Achievement 2.3 is hot.\nAchievement 1.1 is not.\n", ("2.3", "1.1")),
    ],
)
def test_of_two_achievements_the_first_counts_and_the_other_is_warned_of(text: str, ids: tuple[str, str]) -> None:
    found = read(text)
    assert found.achievement is not None
    assert found.achievement.text == ids[0]
    (warning,) = found.diagnostics
    assert (warning.code, warning.severity) == ("achievement_ambiguous", "warning")
    assert f"achievement {ids[0]} is named on line" in warning.message
    assert f"{ids[1]} here" in warning.message


def test_deep_ids_are_read_whole() -> None:
    found = read("# T\n\n**Achievement**: Achievement 1.4.10 (Tea)\n").achievement
    assert found is not None
    assert (found.text, found.line, found.heading) == ("1.4.10", 3, "Achievement")


@pytest.mark.parametrize("title", ["SUBPLAN: Achievement 2.3 - Tea", "SUBPLAN: Tea (Achievement 2.3)"])
def test_where_the_header_names_none_the_title_may(title: str) -> None:
    found = read(f"# {title}\n\n**Status**: new\n").achievement
    assert found is not None
    assert (found.text, found.line) == ("2.3", 1)


def test_two_achievements_in_one_header_are_a_warning() -> None:
    found = read("# T\n\n**Achievement Addressed**: Achievement 2.3\n**Achievement**: 2.4\n")
    assert found.achievement is not None
    assert found.achievement.text == "2.3"
    (warning,) = found.diagnostics
    assert (warning.code, warning.path, warning.line) == ("achievement_ambiguous", "SUBPLAN_TEA_23.md", 4)
    assert read("# T\n\n**Achievement Addressed**: Achievement 2.3\n**Achievement**: 2.3\n").diagnostics == ()


@pytest.mark.parametrize(
    "text",
    [
        "**Estimated Time**: 2-3 hours",
        "**Estimated Effort**: 2-3 hours",
        "**Estimated Time:** 2-3 hours",
        "**Duration**: 2-3 hours",
        "**Effort**: [X hours]\n**Estimated Total Time**: 2-3 hours",
        "**Time**: 9 h\n**Estimated Effort**: 2-3 hours",
        "## Approach\n\nx\n\n---\n\n**Status**: new\n**Estimated Effort**: 2-3 hours",
        "## ⏱️ Time Estimate\n\n2-3 hours",
        "## Estimated Time\n\n**2-3 hours**",
        "## Time Breakdown\n\n- Phase 1: 1 hour\n- **Total**: 2-3 hours",
        "## Effort Estimate\n\n**Total Estimated Time**: 2-3 hours\n\n**Breakdown**:\n- x: 1 hour",
        "## Execution Strategy\n\nOne.\n\n**Total Estimated Time**: 2-3 hours",
        "## Execution Strategy\n\n**Timeline**: soon\n**Estimated Duration**: 2-3 hours",
        "## Execution Strategy\n\n### Estimated Time\n\n2-3 hours",
        "## Overview\n\n**Estimated Time**: 2-3 hours",
    ],
)
def test_the_estimated_time_is_found_where_people_write_it(text: str) -> None:
    found = read(f"# T\n\n{text}\n").estimated_time
    assert found is not None
    assert found.text.strip("*") == "2-3 hours"


@pytest.mark.parametrize(
    "text",
    [
        "**Estimated Effort**: [X-Y hours]",
        "**Actual Effort**: 2 hours",
        "## Execution Strategy\n\n**Timeline**: all at once",
        "## Time Breakdown\n\n- Phase 1: 1 hour",
        "## Phase 1: x\n\n**Estimated Time**: 1 hour",
    ],
)
def test_other_times_are_not_the_subplan_s(text: str) -> None:
    assert read(f"# T\n\n{text}\n").estimated_time is None


OWN = "**Achievement**: 2.1"


@pytest.mark.parametrize(
    "head",
    [
        f"**Depends on**:\n\n- Achievement 1.1: Parser\n- Achievement 1.2: Units\n\n{OWN}",
        f"{OWN}\n\n**Depends on**:\n- Achievement 1.1: Parser\n  - Achievement 1.2: Units",
        f"{OWN}\n\n| Depends on | |\n|---|---|\n| Achievement 1.1 | Parser |",
        f"{OWN}\n\nAchievement 1.1 - the parser - must be done first.",
        f"{OWN}\n\n**Achievement 1.2 (dependency)**: Units",
        f"Achievement 1.1: the parser is done first.\n\n{OWN}",
    ],
)
def test_what_is_said_of_other_achievements_is_not_taken_for_the_own_id(head: str) -> None:
    read = subplan.parse(f"# SUBPLAN: Search\n\n{head}\n\n## Objective\n\no\n", "SUBPLAN_X_21.md")
    assert (read.achievement and read.achievement.text, read.diagnostics) == ("2.1", ())


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("---\ndepends_on:\n  - achievement: 1.1\nachievement: 2.1\n---\n# SUBPLAN\n\n## Objective\n\no\n", "2.1"),
        ("---\ndepends_on:\n  - achievement: 1.1\n---\n# SUBPLAN\n\n## Objective\n\no\n", None),
        ("# SUBPLAN\n\n**Depends on**:\n\n- Achievement 1.1: Parser\n\n## Objective\n\no\n", None),
        ("# SUBPLAN\n\n**About**:\n\n- **Achievement**: 2.1\n- **Plan**: X\n\n## Objective\n\no\n", "2.1"),
    ],
)
def test_ids_below_a_label_or_key_about_others_name_no_own_achievement(text: str, own: str | None) -> None:
    read = subplan.parse(text, "SUBPLAN_X_21.md")
    assert (read.achievement.text if read.achievement else None, read.diagnostics) == (own, ())


@pytest.mark.parametrize(
    "line",
    [
        "<b>Achievement</b>: 1.2",
        "## Achievement: 1.2",
        "**For**: Achievement 1.2",
        "Implements achievement #1.2 of the plan.",
    ],
)
def test_a_line_that_names_an_achievement_in_any_form_is_compared_with_the_file_name(line: str) -> None:
    read = subplan.parse(f"# SUBPLAN: Search\n\n{line}\n\n## Objective\n\no\n", "SUBPLAN_X_21.md")
    assert read.achievement
    assert read.achievement.text == "1.2"


@pytest.mark.parametrize(
    "line", ["**Depends on**: Achievement 1.2", "Blocks achievement 1.2.", "After Achievement 1.2 ends."]
)
def test_a_line_about_another_achievement_names_no_own_one(line: str) -> None:
    read = subplan.parse(f"# SUBPLAN: Search\n\n{line}\n\n## Objective\n\no\n", "SUBPLAN_X_21.md")
    assert read.achievement is None
