"""Criteria, deliverables, tests and planned executions come out as lists, whatever form they are written in."""

import pytest

from scaffold.model import Passage, PlannedExecution, Subplan
from scaffold.reading import subplan


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
        pytest.param("- [~] hot\n- [-] sweet", id="boxes of other kinds"),
        pytest.param("- ✅ hot\n- ☑️ sweet", id="ticks"),
        pytest.param("- [ ] ✅ hot\n- [ ] ⬜ sweet", id="both"),
        pytest.param("✅ hot\n✅ sweet", id="ticked lines"),
        pytest.param("It is:\n\n- hot\n\nand\n\n- sweet", id="words around"),
        pytest.param("### Must\n\n- hot\n\n### May\n\n- sweet", id="groups"),
        pytest.param("**Must**:\n- hot\n\n**May**:\n- sweet", id="labelled groups"),
        pytest.param("- hot\n- None\n- sweet\n- N/A (yet)", id="nothing said"),
        pytest.param("hot\n\nsweet", id="paragraphs"),
        pytest.param("**Hot**: hot\n\n**Sweet**: sweet", id="labels with text"),
        pytest.param("### 1. hot\n\nvery\n\n### 2. sweet\n\nnot too", id="numbered headings"),
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
        "Test 1: Taste (5 min)",
        "Test 2: Look",
    ]
    assert texts(read("## Tests\n\n### Group\n\n**Test 1: Taste**\n- sip\n\n**Test 2**: Look\n- see\n").tests) == [
        "Test 1: Taste",
        "Look",
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
