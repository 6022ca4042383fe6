"""Criteria, deliverables, tests and planned executions come out as lists, whatever form they are written in."""

import pytest

from scaffold.reading import subplan
from scaffold.reading.content import Passage, PlannedExecution, Subplan


def read(text: str) -> Subplan:
    return subplan.parse(f"# SUBPLAN: Tea\n\n{text}", "x")


def texts(items: tuple[Passage, ...]) -> list[str]:
    return [item.text for item in items]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("- hot\n- sweet", id="bullets"),
        pytest.param("1. hot\n2. sweet", id="numbers"),
        pytest.param("- [ ] hot\n- [x] sweet", id="boxes"),
        pytest.param("- [~] hot\n- [-] sweet", id="half done, dropped"),
        pytest.param("+ [/] hot\n+ [>] sweet", id="begun, moved on"),
        pytest.param("1. [✓] hot\n2. [\u00a0] sweet", id="a tick, a no-break space"),
        pytest.param("-\u00a0[!] hot\n-\u00a0[X]\u00a0sweet", id="no-break spaces"),
        pytest.param("- ✅ hot\n- ☑️ sweet", id="ticks"),
        pytest.param("- [ ] ✅ hot\n- [ ] ⬜ sweet", id="both"),
        pytest.param("✅ hot\n✅ sweet", id="ticked lines"),
        pytest.param("It is:\n\n- hot\n\nand\n\n- sweet", id="words around"),
        pytest.param("### Must\n\n- hot\n\n### May\n\n- sweet", id="groups"),
        pytest.param("**Must**:\n- hot\n\n**May**:\n- sweet", id="labelled groups"),
        pytest.param("- hot\n- None\n- sweet\n- N/A (yet)", id="nothing said"),
        pytest.param("hot\n\nsweet", id="paragraphs"),
        pytest.param("**Hot**: hot\n\n**Sweet**: sweet", id="labels with text"),
        pytest.param("### 1. hot\n\n### 2. sweet", id="numbered headings"),
        pytest.param("- [~] hot\n- [-] ✅ sweet", id="odd boxes"),
        pytest.param("**Note**:\n- read\n\n**Example**:\n- x\n\n**Must**:\n- hot\n- sweet", id="asides"),
        pytest.param("- hot\n- sweet\n\n### Tests\n\n- taste\n\n#### More\n\n- x", id="another field below"),
    ],
)
def test_items_are_found_in_every_form(body: str) -> None:
    assert texts(read(f"## Success Criteria\n\n{body}\n").success_criteria) == ["hot", "sweet"]


def test_an_item_has_its_nested_lines_its_line_and_the_heading_or_label_above_it() -> None:
    found = read(
        "## Deliverables\n\n- cup\n\n### Extra\n\n1. **pot**:\n   - lid\n     and handle\n\n   words\n"
    ).deliverables
    assert [(item.text, item.line, item.heading) for item in found] == [
        ("cup", 5, "Deliverables"),
        ("**pot**:\n- lid\n  and handle\n\nwords", 9, "Extra"),
    ]


def test_table_rows_are_items_where_there_is_no_list() -> None:
    assert texts(read("## Success Criteria\n\n| what | how |\n|---|---|\n| hot | 90 C |\n").success_criteria) == [
        "hot | 90 C"
    ]


def test_numbered_sub_headings_and_labels_are_the_items() -> None:
    assert texts(read("## Tests\n\n### Test 1: Taste (5 min)\n\n- sip\n\n### Test 2: Look\n\n- see\n").tests) == [
        "Test 1: Taste (5 min)\n\n- sip",
        "Test 2: Look\n\n- see",
    ]
    assert texts(read("## Tests\n\n### Group\n\n**Test 1: Taste**\n- sip\n\n**Test 2**: Look\n- see\n").tests) == [
        "Test 1: Taste\n- sip",
        "Look\n- see",
    ]


def test_of_a_section_on_tests_the_cases_count_if_they_are_named() -> None:
    cases = "### Test Cases\n\n**Cold**:\n- sip\n\n**Hot**:\n- blow\n"
    text = f"## Tests\n\n### Test File\n\n- tea.py\n\n{cases}\n### Coverage\n\n- 90 %\n"
    assert texts(read(text).tests) == ["sip", "blow"]


@pytest.mark.parametrize(
    "heading", ["Tests Required (Validation Approach)", "Testing Strategy", "🧪 Tests & Validation"]
)
def test_headings_for_tests(heading: str) -> None:
    assert texts(read(f"## {heading}\n\n- sip\n").tests) == ["sip"]


def test_criteria_below_expected_results_or_tests_count() -> None:
    assert texts(read("## Expected Results\n\n### Success Criteria\n\n- hot\n").success_criteria) == ["hot"]
    assert texts(read("## Tests\n\n- sip\n\n### Success Criteria\n\n- hot\n").success_criteria) == ["hot"]
    assert texts(read("## Expected Results\n\n**Success Criteria**:\n- hot\n").success_criteria) == ["hot"]
    assert texts(read("## Objective\n\nTea.\n\n**Success Criteria**:\n- hot\n").success_criteria) == ["hot"]


def test_of_expected_results_only_the_list_right_below_stands_for_criteria() -> None:
    assert texts(read("## Expected Results\n\nAfter it:\n\n- hot\n\n### Inventory\n\n- cups\n").success_criteria) == [
        "hot"
    ]
    assert read("## Expected Results\n\n### Inventory\n\n- cups\n").success_criteria == ()
    assert read("## Expected Results\n\nAll is well.\n").success_criteria == ()


def test_lists_of_files_to_read_are_no_deliverables() -> None:
    text = "## What Needs to Be Created\n\n### Files to Review\n\n- a\n\n### Files to Create\n\n- b\n"
    assert texts(read(text).deliverables) == ["b"]


def test_a_numbered_heading_is_an_item_with_what_stands_under_it() -> None:
    text = (
        "## Deliverables\n\n### 1. Cup\n\n**File**: `a.md`\n\n**Holds**:\n\n- tea\n\n### 2. Pot\n**Files**:\n- `b.md`\n"
    )
    assert [(item.text, item.line) for item in read(text).deliverables] == [
        ("Cup\n\n**File**: `a.md`\n\n**Holds**:\n\n- tea", 5),
        ("Pot\n**Files**:\n- `b.md`", 13),
    ]


def test_headings_that_name_files_are_items_too() -> None:
    assert texts(read("## Deliverables\n\n### `a.md`\n\nx\n\n### `b/c.py` (new)\n\n- y\n").deliverables) == [
        "`a.md`\n\nx",
        "`b/c.py` (new)\n\n- y",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "**File**: `a.md`\n- b\n\n**Test File**: `c.md`",
            ["**File**: `a.md`\n- b", "**Test File**: `c.md`"],
            id="labels for files",
        ),
        pytest.param("In `a.md`:\n\n- b\n- c", ["In `a.md`:\n\n- b\n- c"], id="an announced file"),
        pytest.param("These:\n\n- b\n- c", ["b", "c"], id="an announcement of nothing"),
        pytest.param("**Note**: be quick\n\n- b", ["b"], id="a note before a list"),
    ],
)
def test_a_list_keeps_the_file_that_it_is_about(body: str, expected: list[str]) -> None:
    assert texts(read(f"## Deliverables\n\n- x\n\n### More\n\n{body}\n").deliverables[1:]) == expected


@pytest.mark.parametrize(
    "heading",
    [
        *("Files to Modify", "Files to Modify/Create", "📁 Files to Create/Modify", "What Needs to Be Modified"),
        *("Deliverables Checklist", "Files Created", "New Files"),
    ],
)
def test_headings_for_deliverables(heading: str) -> None:
    assert texts(read(f"## {heading}\n\n- cup\n").deliverables) == ["cup"]
    assert texts(read(f"## Approach\n\nBoil.\n\n### {heading}\n\n- cup\n").deliverables) == ["cup"]


def test_what_needs_to_be_done_is_no_list_of_deliverables() -> None:
    assert read("## What Needs to Be Done\n\n- The cup leaks\n").deliverables == ()


def test_deliverables_of_a_phase_are_not_those_of_the_subplan() -> None:
    assert read("## Approach\n\n### Phase 1: x\n\n#### Deliverables\n\n- cup\n").deliverables == ()


def test_further_sections_add_the_files_that_nobody_has_named() -> None:
    text = "## Deliverables\n\n- `a.md`\n- tea\n\n## Files to Modify\n\n- `a.md`: more\n- `b.md`\n- stir\n"
    assert texts(read(text).deliverables) == ["`a.md`", "tea", "`b.md`"]


def test_tests_have_the_commands_that_run_them() -> None:
    text = "## Tests\n\nRun them:\n\n```bash\nmake tea\n```\n\n- sip\n\n```bash\nls\nls\nls\nls\n```\n"
    assert texts(read(text).tests) == ["Run them:\n\n```bash\nmake tea\n```", "sip"]


@pytest.mark.parametrize(
    ("body", "groups"),
    [
        pytest.param(
            "### Must Have\n\n- a\n\n### Nice to Have (Optional)\n\n- b",
            ["Must Have", "Nice to Have (Optional)"],
            id="tiers",
        ),
        pytest.param("- a\n\n**Should have**:\n- b", [None, "Should have"], id="a tier after others"),
        pytest.param(
            "### Must Have\n\n**Cup**:\n- a\n\n**Pot**:\n- b", ["Must Have", "Must Have"], id="labels in a tier"
        ),
        pytest.param("### Cup\n\n- a\n\n### Pot\n\n- b", ["Cup", "Pot"], id="groups"),
        pytest.param("### Acceptance Criteria\n\n- a\n- b", [None, None], id="another name of the list"),
        pytest.param("**All**:\n- a\n- b", [None, None], id="a single group"),
    ],
)
def test_items_know_the_group_that_sets_them_apart(body: str, groups: list[str | None]) -> None:
    found = read(f"## Success Criteria\n\n{body}\n")
    assert [item.group for item in found.success_criteria] == groups
    assert set(found.optional) == {
        group for group in groups if group and "have" in group.lower() and "Must" not in group
    }


def test_criteria_of_a_phase_are_not_those_of_the_subplan() -> None:
    assert read("## Approach\n\n### Phase 1: x\n\n#### Success Criteria\n\n- hot\n").success_criteria == ()


# --- planned executions -----------------------------------------------------------------------------------------------

TWO = (PlannedExecution("01", "black", 7), PlannedExecution("02", "green", 8))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            "| Execution | Purpose |\n|---|---|\n| EXECUTION_01 | black |\n| EXECUTION_02 | green |", id="table"
        ),
        pytest.param(
            "| EXECUTION | Time | Focus |\n|---|---|---|\n| `EXECUTION_TASK_TEA_23_01.md` | 2h | black |\n"
            "| EXECUTION_TASK_TEA_23_02 | 1h | green |",
            id="full names, purpose in another column",
        ),
        pytest.param(
            "| No | Execution | Kind |\n|---|---|---|\n| 1 | EXECUTION\\_TASK\\_TEA\\_01 | black |\n"
            "| 2 | EXECUTION*TASK*TEA\\_02 | green |",
            id="escaped, purpose in the next column",
        ),
        pytest.param("Two:\n\n- **EXECUTION_01**: black\n- **EXECUTION_02** - green", id="list"),
        pytest.param(
            "Two:\n\n- [ ] `EXECUTION_TASK_TEA_23_01.md` (black)\n- [x] `EXECUTION_TASK_TEA_23_02.md` (green)",
            id="boxes",
        ),
        pytest.param("Two:\n\n1. EXECUTION 01: black\n2. EXECUTION 02: green\n3. EXECUTION 02: again", id="spaces"),
    ],
)
@pytest.mark.parametrize("heading", ["Planned Executions (If Multiple)", "Execution Strategy"])
def test_planned_executions_come_from_a_table_or_list(heading: str, body: str) -> None:
    found = read(f"## {heading}\n\n{body}\n").planned_executions
    assert [(one.number, one.purpose) for one in found] == [(one.number, one.purpose) for one in TWO]
    assert found[0].line == 7


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("**EXECUTION_TASK**: `EXECUTION_TASK_TEA_23_01.md`", id="a name in words"),
        pytest.param("- EXECUTION_TASK_TEA_23_01.md", id="a single name without purpose"),
        pytest.param("- Could be split:\n  - EXECUTION_01: black\n  - EXECUTION_02: green", id="nested alternative"),
        pytest.param("- After EXECUTION_01: black\n- After EXECUTION_02: green", id="named in an item"),
        pytest.param(
            "| E | Purpose |\n|---|---|\n| EXECUTION_01 | [Purpose] |\n| EXECUTION_02 | [Purpose] |", id="unwritten"
        ),
    ],
)
def test_other_mentions_plan_nothing(body: str) -> None:
    assert read(f"## Execution Strategy\n\n{body}\n").planned_executions == ()


def test_words_beside_a_label_are_an_item_where_phases_follow_them() -> None:
    text = "## Overview\n\n**Tests**: sip\n\n**Phase 1**: pour\n"
    assert texts(read(text).tests) == ["sip", "pour"]


def test_the_section_for_planned_executions_counts_before_the_strategy() -> None:
    text = "## Execution Strategy\n\n- EXECUTION_01: a\n\n## Planned Executions\n\n- EXECUTION_02: b\n"
    assert [one.number for one in read(text).planned_executions] == ["02"]


def test_the_execution_strategy_is_a_section_or_a_header_line() -> None:
    section = read("## 🔄 Execution Strategy\n\nOne executor.\n").execution_strategy
    line = read("**Execution Strategy**: Single\n\n## Approach\n\nx\n").execution_strategy
    assert section is not None
    assert line is not None
    assert (section.text, line.text) == ("One executor.", "Single")
