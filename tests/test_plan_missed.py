"""What looks like an achievement and is not taken is named with what to do; what is beyond doubt is taken."""

import pytest

from scaffold.reading import plan
from scaffold.reading.content import PlanText

HEAD = "# PLAN: Tea\n\n## Achievements\n\n### Achievement 1.1: Kettle\n\n- **Goal**: Boil.\n\n"
FIELDS = "\n- **Goal**: Boil.\n- **Effort**: 2 hours\n\n"


def read(text: str) -> PlanText:
    return plan.parse(text, "PLAN_TEA.md")


def missed(text: str) -> list[tuple[int | None, str]]:
    codes = ("heading_not_taken", "id_not_taken")
    return [(warning.line, warning.message) for warning in read(text).diagnostics if warning.code in codes]


@pytest.mark.parametrize("said", ["1.4b", "7", "A1", "01.2"])
@pytest.mark.parametrize("form", ["### Achievement {}: Cup", "**Achievement {}**: Cup", "**Achievement {}: Cup**"])
def test_an_achievement_whose_id_is_none_is_named(said: str, form: str) -> None:
    expected = f"achievement {said} is not taken: an id is numbers joined by dots, such as 1.4 or 1.4.1"
    assert missed(f"{HEAD}{form.format(said)}\n{FIELDS}") == [(9, expected)]


def test_an_id_that_is_none_is_named_once_where_it_is_defined() -> None:
    index = "## Achievement Index\n\n- Achievement 1.4b: Cup\n\n"
    text = HEAD.replace("## Achievements\n", f"{index}## Achievements\n") + f"### Achievement 1.4b: Cup\n{FIELDS}"
    assert [line for line, _ in missed(text)] == [text[: text.index("### Achievement 1.4b")].count("\n") + 1]


@pytest.mark.parametrize(
    "text",
    [
        "### Achievements 1.1-1.3",
        "### Achievement 1.1 and 1.2",
        "### Achievement X.X: Example",
        "Achievement 7 is the one to watch.",
        "### Achievement tracking",
        "```\n### Achievement 1.4b: Cup\n```",
        "<!--\n### Achievement 2.1: Cup\n-->",
        "## Achievement Index\n\n### 1.4 Cup\n\n- **Goal**: x\n- **Effort**: 1h",
        "## Notes\n\n### 2.1 Scope\n\nWords.",
    ],
)
def test_what_only_speaks_of_achievements_is_not_named(text: str) -> None:
    assert missed(HEAD + text + "\n") == []


def test_headings_with_bare_ids_outside_the_achievements_are_named_together() -> None:
    text = (
        f"# PLAN: Tea\n\n## 1. Foundations\n\n### 1.1 Kettle\n{FIELDS}### 1.2 Cup\n{FIELDS}## 2. Rest\n\n### 2.1 Pot\n"
    )
    found = read(text + FIELDS)
    (warning,) = [warning for warning in found.diagnostics if warning.code == "heading_not_taken"]
    assert found.achievements == ()
    assert (warning.line, warning.message, warning.hint) == (
        5,
        "`### 1.1 Kettle` under `1. Foundations` is not taken as an achievement, nor are 2 more such headings",
        "put them below '## Achievements', or begin them with 'Achievement 1.1: Title'",
    )


@pytest.mark.parametrize(
    "fold",
    [
        "<details>\n<summary>Later</summary>\n",
        "<details><summary>Later</summary>\n",
        "<details open>\n",
        "<details>\n<summary>\nLater\n</summary>\n",
    ],
)
def test_an_achievement_in_a_fold_without_a_blank_line_is_taken_whole(fold: str) -> None:
    found = read(f"{HEAD}{fold}### Achievement 2.1: Brew\n\n- **Goal**: Brew.\n- **Dependencies**: 1.1\n</details>\n")
    assert found.diagnostics == ()
    assert [achievement.id for achievement in found.achievements] == ["1.1", "2.1"]
    assert found.achievements[1].dependencies is not None
    assert found.achievements[1].dependencies.ids == ("1.1",)
    assert found.achievements[1].dependencies.unclear == ()


def test_a_fold_in_code_is_code() -> None:
    found = read(f"{HEAD}```html\n<details>\n```\n")
    assert found.achievements[0].body is not None
    assert "<details>" in found.achievements[0].body.text


def test_an_achievement_in_html_is_named() -> None:
    expected = "`### Achievement 2.1: Brew` is not taken as an achievement: it stands inside HTML"
    assert missed(f"{HEAD}<div>\n### Achievement 2.1: Brew\n</div>\n") == [(10, expected)]
    summary = "`Achievement 2.1: Brew` is not taken as an achievement: it stands inside HTML"
    assert missed(f"{HEAD}<details><summary>Achievement 2.1: Brew</summary>\n\n</details>\n") == [(9, summary)]


@pytest.mark.parametrize(
    "text",
    [
        "### Achievement 1.1: Kettle ✅ COMPLETE",
        "### ✅ Achievement 1.1: Kettle",
        "### Achievement 1.1: Kettle [DONE]",
        "- [x] **Achievement 1.1**: Kettle\n  - Goal: x",
        "### Achievement 1.1: Kettle\n\n**Status**: ✅ Complete",
        "### Achievement 1.1: Kettle\n\n- Status: done on Monday",
        "### Achievement 1.1: Kettle\n\n## Achievement Index\n\n- ✅ Achievement 1.1: Kettle",
    ],
)
def test_a_mark_of_finished_work_is_seen(text: str) -> None:
    (achievement,) = read(f"# PLAN: Tea\n\n## Achievements\n\n{text}\n").achievements
    assert achievement.finished


@pytest.mark.parametrize(
    "text",
    [
        "### Achievement 1.1: Done deals listed",
        "### Achievement 1.1: Kettle (not done)",
        "### Achievement 1.1: Kettle ⏳",
        "### Achievement 1.1: Kettle - In Progress",
        "### Achievement 1.1: Kettle\n\n- **Status**: partially complete",
        "### Achievement 1.1: Kettle\n\nThe status is complete.",
        "- [ ] **Achievement 1.1**: Kettle\n  - Goal: x",
    ],
)
def test_work_that_goes_on_is_not_finished(text: str) -> None:
    (achievement,) = read(f"# PLAN: Tea\n\n## Achievements\n\n{text}\n").achievements
    assert not achievement.finished


def test_where_nothing_is_taken_every_heading_with_an_id_is_named() -> None:
    read = plan.parse("# PLAN\n\n## 1. Foundations\n\n### 1.1 Base\n\nDo it.\n\n### 1.2 Top\n\nDo it.\n", "PLAN_X.md")
    (found,) = [one for one in read.diagnostics if one.code == "heading_not_taken"]
    assert (found.line, "`### 1.1 Base` under `1. Foundations`" in found.message, "`### 1.2 Top`" in found.message) == (
        5,
        True,
        True,
    )


def test_what_reads_like_an_achievement_beside_others_is_named() -> None:
    text = "### 1.1 Timetable fetched (~3 hours)\n\nFetch it.\n\n### Achievement 2.1: Board\n\n- **Goal**: g\n"
    read = plan.parse(f"# PLAN\n\n## Part A\n\n{text}", "PLAN_X.md")
    assert [found.id for found in read.achievements] == ["2.1"]
    assert ["`### 1.1 Timetable fetched (~3 hours)`" in found.message for found in read.diagnostics] == [True]


def test_a_task_without_a_colon_behind_its_id_is_named() -> None:
    tasks = "- [ ] Achievement 1.1 Timetable\n- [ ] Achievement 1.2: Board\n- [x] Achievement 1.3 Box\n"
    read = plan.parse(f"# PLAN\n\n## Achievements\n\n{tasks}", "PLAN_X.md")
    assert [(found.code, found.line) for found in read.diagnostics] == [("heading_not_taken", 5)]
    assert "`- [ ] Achievement 1.1 Timetable` is not taken as an achievement, nor is 1 other item" in (
        read.diagnostics[0].message
    )


def test_where_nothing_is_taken_headings_with_another_word_are_named_together() -> None:
    text = "# PLAN\n\n## Milestones\n\n### Milestone 1.1: Base (2h)\n\nDo it.\n\n### 🏁 Milestone 1.2 - Top\n\nDo it.\n"
    (found,) = [one for one in read(text).diagnostics if one.code == "heading_not_taken"]
    expected = (
        "`### Milestone 1.1: Base (2h)` under `Milestones` is not taken as an achievement, nor is `### 🏁 Milestone"
    )
    assert (found.line, expected in found.message, found.hint) == (5, True, "begin them with 'Achievement 1.1: Title'")
    assert missed(HEAD + "## Later\n\n### Milestone 2.1: More\n\nDo it.\n") == []


def test_where_nothing_is_taken_the_rows_of_a_table_are_named_together() -> None:
    table = "| # | Task | After |\n|---|---|---|\n| 1.1 | Base | - |\n| **1.2** Top | | 1.1 |\n| 7 | Roof | 1.2 |\n\n"
    (found,) = [one for one in read(f"# PLAN\n\n## Tasks\n\n{table}").diagnostics if one.code == "heading_not_taken"]
    expected = "the row of 1.1 in a table is not taken as an achievement, nor is 1 other row"
    assert (found.line, found.message) == (7, expected)
    assert missed(f"{HEAD}## Tasks\n\n{table}") == []
