"""A SUBPLAN's text becomes fields: the right passage, or nothing."""

from time import perf_counter

import pytest

from scaffold.reading import markdown, subplan
from scaffold.reading.content import Subplan


def read(text: str) -> Subplan:
    return subplan.parse(text, "subplans/SUBPLAN_TEA_11.md")


def objective(text: str) -> str | None:
    found = read(text).objective
    return found.text if found else None


def approach(text: str) -> str | None:
    found = read(text).approach
    return found.text if found else None


def test_objective_and_approach_are_the_lines_under_their_headings_verbatim_with_heading_and_line() -> None:
    text = (
        "# SUBPLAN: Tea\n\n## 🎯 Objective\n\n\nBoil *water*.  \n\n  Twice.\n\n---\n\n"
        "## Approach\n\n### Kettle\n- fill\n\n---\n"
    )
    found = read(text)
    assert found.objective is not None
    assert (found.objective.text, found.objective.line) == ("Boil *water*.  \n\n  Twice.", 6)
    assert found.objective.heading == "🎯 Objective"
    assert found.approach is not None
    assert (found.approach.text, found.approach.line) == ("### Kettle\n- fill", 14)
    assert found.diagnostics == ()


@pytest.mark.parametrize(
    "heading",
    [
        pytest.param("## Objective", id="plain"),
        pytest.param("## OBJECTIVE", id="other case"),
        pytest.param("## Objective ##", id="closing hashes"),
        pytest.param("## Objective:", id="colon"),
        pytest.param("## Objective (What)", id="parenthesis"),
        pytest.param("## Objective (what (exactly)):", id="nested parenthesis and colon"),
        pytest.param("## Objective [Required]", id="square brackets"),
        pytest.param("## 🎯 Objective", id="emoji"),
        pytest.param("## 🎯Objective", id="emoji without a blank"),
        pytest.param("## 🏗️ Objective", id="emoji with a variation selector"),
        pytest.param("## ðŸŽ¯ Objective", id="mojibake"),
        pytest.param("## :dart: Objective", id="shortcode"),
        pytest.param("## 2. Objective", id="number"),
        pytest.param("## 2.1 🎯 Objective", id="number and emoji"),
        pytest.param("## II. Objective", id="roman number"),
        pytest.param("## b) Objective", id="letter"),
        pytest.param("## Objective ✅", id="emoji behind"),
        pytest.param("## **Objective**", id="bold"),
        pytest.param("## `Objective`", id="code"),
        pytest.param("Objective\n---------", id="Setext"),
        pytest.param("   ##   Objective", id="indented by three"),
        pytest.param("# Objective", id="level 1"),
        pytest.param("### Objective", id="level 3"),
    ],
)
def test_a_heading_counts_however_it_is_adorned(heading: str) -> None:
    assert objective(f"# SUBPLAN: Tea\n\n{heading}\n\nBoil water.\n") == "Boil water."


@pytest.mark.parametrize(
    "heading",
    [
        pytest.param("## Tests Required (Validation Approach)", id="name in the parenthesis"),
        pytest.param("## Validation Approach", id="about validation"),
        pytest.param("## Testing Approach", id="about testing"),
        pytest.param("## Execution Strategy", id="how many executions"),
        pytest.param("## Approach to Risks", id="name within"),
        pytest.param("## Approaches Considered", id="name as a beginning"),
        pytest.param("##Approach", id="no heading"),
        pytest.param("\\## Approach", id="escaped"),
        pytest.param("    ## Approach", id="indented code"),
        pytest.param("> ## Approach", id="in a quote"),
        pytest.param("- ## Approach", id="in a list"),
        pytest.param("<!--\n## Approach\n-->", id="in a comment"),
        pytest.param("```\n## Approach\n```", id="in a fence"),
        pytest.param("<div>\n## Approach\n</div>", id="in HTML"),
        pytest.param("## " + "very " * 40 + "Approach", id="a sentence"),
    ],
)
def test_nothing_is_found_rather_than_the_wrong_thing(heading: str) -> None:
    assert read(f"# SUBPLAN: Tea\n\n{heading}\n\nSomething else.\n").approach is None


@pytest.mark.parametrize(
    "above",
    ["Execution Strategy", "Tests", "Deliverables", "Risks", "Notes", "Phase 1: Boil", "Step 2 - Pour", "References"],
)
def test_a_name_below_a_heading_about_something_else_does_not_count(above: str) -> None:
    assert read(f"# SUBPLAN: Tea\n\n## {above}\n\n### Approach\n\nOne executor.\n").approach is None


@pytest.mark.parametrize("above", ["Overview", "Plan of Work", "Objective", "Achievement 2.3: Tea"])
def test_a_name_below_an_overview_or_an_unknown_heading_counts(above: str) -> None:
    assert approach(f"# SUBPLAN: Tea\n\n## {above}\n\nWords.\n\n### Approach\n\nBoil.\n") == "Boil."


def test_a_synonym_below_an_unknown_heading_does_not_count() -> None:
    assert read("# T\n\n## Kettle\n\n### Design\n\nRound.\n").approach is None
    assert approach("# T\n\n## Design\n\nRound.\n") == "Round."


def test_the_name_wins_over_synonyms_and_an_earlier_synonym_over_a_later_one() -> None:
    text = "## Implementation Plan\n\nb\n\n## Detailed Approach\n\na\n"
    assert approach(text) == "a"
    assert approach(text + "\n## Approach\n\nc\n") == "c"


def test_of_several_headings_the_highest_counts_then_the_first() -> None:
    text = "### Objective\n\nlow\n\n## Objective\n\nhigh\n\n## Objective\n\nlater\n"
    assert objective(f"# T\n\n{text}") == "high"


def test_a_heading_with_nothing_or_only_a_comment_under_it_does_not_count() -> None:
    assert objective("## Objective\n\n---\n\n## Objective\n\n<!-- say what -->\n\n## Goal\n\nTea.\n") == "Tea."
    assert objective("## Objective\n\n<!-- say what -->\n") is None
    assert objective("## Objective\n\n<!-- a --> Tea. <!-- b -->\n") == "<!-- a --> Tea. <!-- b -->"


def test_sections_contain_their_lower_headings_and_end_at_one_of_the_same_or_a_higher_level() -> None:
    text = "# T\n## Approach\na\n#### Deep\nb\n### Less\nc\n## Next\nd\n"
    assert approach(text) == "a\n#### Deep\nb\n### Less\nc"
    assert approach("# T\n### Approach\na\n# Other\nb\n") == "a"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        pytest.param("**Objective**: Boil water.", "Boil water.", id="colon behind"),
        pytest.param("**Objective:** Boil water.", "Boil water.", id="colon inside"),
        pytest.param("__Objective__: Boil water.", "Boil water.", id="underscores"),
        pytest.param("**🎯 Objective** (what): Boil water.", "Boil water.", id="emoji and remark"),
        pytest.param("**Objective** – Boil water.", "Boil water.", id="dash"),
        pytest.param("**Objective**\n\nBoil water.", "Boil water.", id="line of its own"),
        pytest.param("**Objective**:\nBoil water.\n\nTwice.", "Boil water.\n\nTwice.", id="paragraphs below"),
        pytest.param("**Objective**:\n- Boil\n- water", "- Boil\n- water", id="list below"),
        pytest.param("**Objective**: Boil\nwater.\n\nTwice.", "Boil\nwater.\n\nTwice.", id="text beside and below"),
        pytest.param("**Objective**: Boil\n\n- water", "Boil\n\n- water", id="a list further below"),
        pytest.param("**Goal**: Boil water.", "Boil water.", id="synonym"),
        pytest.param("**Objective** is a word.", None, id="emphasis"),
        pytest.param("- **Objective**: Boil water.", None, id="list item"),
        pytest.param("**Objective**:\n\n---\n\nBoil water.", None, id="empty before a rule"),
    ],
)
@pytest.mark.parametrize("end", ["\n\n**Owner**: me\n\nwords\n", "\n\n---\n\nwords\n", "\n\n## Next\n\nwords\n", "\n"])
def test_a_bold_label_in_the_preamble_stands_for_a_missing_heading(label: str, expected: str | None, end: str) -> None:
    assert objective(f"# SUBPLAN: Tea\n\n**Status**: new\n{label}{end}") == expected


def test_labels_with_the_line_of_their_text() -> None:
    found = read("# T\n\n**Objective**:\n\nBoil.\n\n**Approach**: Heat.\n").objective
    assert found is not None
    assert (found.line, found.heading) == (5, "Objective")


def test_a_heading_wins_over_a_label() -> None:
    assert objective("# T\n\n**Objective**: short\n\n## Goal\n\nlong\n") == "long"


def test_labels_elsewhere_do_not_stand_for_headings() -> None:
    text = "# T\n\n## Execution Strategy\n\n**Approach**: one after the other\n\n## Phase 1: x\n\n**Objective**: y\n"
    assert (objective(text), approach(text)) == (None, None)


def test_an_approach_label_holds_the_labels_of_its_phases() -> None:
    text = "# T\n\n**Approach**:\n\n**Phase 1: Heat** (5 min)\n- on\n\n**Phase 2: Pour**\n- out\n\n**Owner**: me\n"
    assert approach(text) == "**Phase 1: Heat** (5 min)\n- on\n\n**Phase 2: Pour**\n- out"


@pytest.mark.parametrize("joint", ["&", "and", "+", "/", "&amp;"])
def test_a_combined_section_is_split_at_its_labels(joint: str) -> None:
    section = f"## 🎯 Objective {joint} Approach\n\n**Objective**: Tea.\n\n**Approach**:\n\n1. Boil\n"
    text = f"# T\n\n**Objective**: short\n\n{section}"
    assert (objective(text), approach(text)) == ("Tea.", "1. Boil")


def test_a_combined_section_is_split_at_its_sub_headings() -> None:
    text = "# T\n\n## Goal and Approach\n\n### Goal\n\nTea.\n\n### Approach\n\nBoil.\n"
    assert (objective(text), approach(text)) == ("Tea.", "Boil.")


@pytest.mark.parametrize("label", ["**Implementation**", "**Steps**", "**Strategy**"])
def test_a_synonym_below_the_heading_of_another_field_is_not_that_field(label: str) -> None:
    text = f"# T\n\n## Objective\n\nTea.\n\n{label}: Boil.\n"
    assert (objective(text), approach(text)) == (f"Tea.\n\n{label}: Boil.", None)
    assert approach(text.replace(label, "**Approach**")) == "Boil."


@pytest.mark.parametrize("heading", ["### Implementation", "### Steps"])
def test_a_heading_that_is_a_synonym_is_not_that_field_below_success_criteria(heading: str) -> None:
    assert approach(f"# T\n\n## Success Criteria\n\n- hot\n\n{heading}\n\nBoil.\n") is None


def test_without_labels_the_first_paragraph_is_the_objective_and_the_rest_the_approach() -> None:
    text = "# T\n\n## Objective & Approach\n\nTea for\ntwo.\n\n1. Boil\n2. Pour\n"
    assert (objective(text), approach(text)) == ("Tea for\ntwo.", "1. Boil\n2. Pour")
    assert approach("# T\n\n## Objective & Approach\n\nTea.\n") is None
    assert objective("# T\n\n## Objective & Approach\n\n1. Boil\n") is None


def test_a_section_whose_heading_only_has_a_synonym_beside_something_unknown_does_not_count() -> None:
    assert approach("# T\n\n## Problem & Solution\n\nCold tea.\n") is None
    assert approach("# T\n\n## Design & Implementation\n\nBoil.\n") == "Boil."


def test_synonyms_below_a_heading_that_names_the_achievement_count() -> None:
    assert objective("# T\n\n## Achievement 2.3: Tea\n\n### Goal\n\nBoil.\n") == "Boil."


def test_a_section_combined_with_something_unknown_is_the_field_if_nothing_else_is() -> None:
    assert objective("# T\n\n## Objective & Scope\n\nTea.\n") == "Tea."
    assert objective("# T\n\n## Objective & Scope\n\nTea.\n\n## Goal\n\nMore.\n") == "More."
    assert approach("# T\n\n## Execution Strategy & Approach\n\nOne executor.\n") is None


def test_user_names_are_tried_before_the_built_in_synonyms() -> None:
    text = "# T\n\n## Goal\n\nbuilt in\n\n## Why we do it\n\nours\n"
    vocabulary = subplan.DEFAULT.extended({"objective": ["Why we do it"]})
    found = subplan.parse(text, "x", vocabulary).objective
    assert found is not None
    assert found.text == "ours"


def test_header_lines_after_the_last_rule_belong_to_no_section() -> None:
    text = "# T\n\n## Approach\n\nBoil.\n\n---\n\n**Status**: new  \n**Estimated Effort**: 2 hours\n"
    found = read(text)
    assert found.approach is not None
    assert found.approach.text == "Boil."
    assert [(field.name, field.value) for field in found.header] == [("Status", "new"), ("Estimated Effort", "2 hours")]


# --- fences -----------------------------------------------------------------------------------------------------------

BEFORE = "# T\n\n## Objective\n\nTea.\n\n## Files\n\n"
NESTED = BEFORE + "```markdown\n# Cup\n```bash\nls\n```\n\nwords\n```\n\n## Approach\n\nBoil.\n"
REOPENED = BEFORE + "```md\n```sh\na\n```\nb\n```\n\n## Approach\n\nBoil.\n\n## End\n\n```sh\nc\n```\n"
UNCLOSED = BEFORE + "```bash\nls # all\n\n## Approach\n\nBoil.\n\n## Success Criteria\n\n- hot\n"


@pytest.mark.parametrize(
    "text",
    [pytest.param(NESTED, id="nested"), pytest.param(REOPENED, id="reopened"), pytest.param(UNCLOSED, id="unclosed")],
)
def test_a_section_that_an_unbalanced_fence_swallows_is_recovered_with_a_warning(text: str) -> None:
    found = read(text)
    assert found.approach is not None
    assert found.approach.text == "Boil."
    assert found.approach.line == text.split("\n").index("Boil.") + 1
    (warning,) = found.diagnostics
    assert (warning.code, warning.severity, warning.path) == (
        "unbalanced_fence",
        "warning",
        "subplans/SUBPLAN_TEA_11.md",
    )


def test_what_an_unclosed_fence_swallows_is_recovered_even_if_nothing_required_is_missing() -> None:
    text = "# T\n## Objective\nTea.\n## Approach\nBoil.\n## Files\n```\nls\n\n## Success Criteria\n- hot\n"
    found = read(text)
    assert [one.text for one in found.success_criteria] == ["hot"]
    assert found.diagnostics[0].line == 7


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# T\n\n## Objective\n\nTea.\n\n```markdown\n## Approach\n\nBoil.\n```\n", id="balanced"),
        pytest.param("# T\n\n## Objective\n\nTea.\n\n~~~\n```\n## Approach\n~~~\n", id="other character"),
        pytest.param("# T\n\n## Objective\n\nTea.\n\n````\n```\n## Approach\n````\n", id="longer fence"),
        pytest.param("# T\n\n## Objective\n\nTea.\n\n```\n# Approach\nls\n", id="unclosed code without a heading"),
    ],
)
def test_what_lies_in_a_fence_is_never_recovered(text: str) -> None:
    found = read(text)
    assert found.approach is None
    assert found.diagnostics == ()


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    text = "# T\n\n**Achievement**: 1.1\n\n## Objective\n\nTea.\n\n## Approach\n\n1. **Boil** (5 min)\n2. **Pour**\n"
    windows = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert read(markdown.decode(windows)) == read(text)


# --- unfilled ---------------------------------------------------------------------------------------------------------


def test_unfilled_markers_come_with_their_line_and_the_field_they_lie_in() -> None:
    text = (
        "# T\n\n**Status**: [FILL: state]\n\n## Objective\n\n[TO BE FILLED]\n\n## Approach\n"
        "\n- a\n- [FILL: step 1] [FILL\n\n## Risks\n\n[To be filled by the designer]\n\n## Tests\n\n- [FILL IN]\n"
    )
    assert [(one.marker, one.line, one.field) for one in read(text).unfilled] == [
        ("[FILL: state]", 3, "header"),
        ("[TO BE FILLED]", 7, "objective"),
        ("[FILL: step 1]", 12, "approach"),
        ("[FILL", 12, "approach"),
        ("[To be filled by the designer]", 16, None),
        ("[FILL IN]", 20, "tests"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "```\n[FILL: x]\n```",
        "- a\n\n  ```\n  [FILL: x]\n  ```",
        "    [FILL: x]",
        "`[FILL: x]`",
        "[FILLED]",
        "[fill rate](x)",
    ],
)
def test_markers_in_code_and_other_words_are_not_unfilled(text: str) -> None:
    assert read(f"# T\n\n## Objective\n\n{text}\n").unfilled == ()


def test_a_marker_is_given_as_written_with_the_code_in_it() -> None:
    (one,) = read("# S\n\n[FILL: a `### Phase` each]\n").unfilled
    assert one.marker == "[FILL: a `### Phase` each]"


def test_a_marker_beside_a_label_lies_in_the_label_s_field() -> None:
    assert read("# T\n\n**Objective**: [FILL: what]\n").unfilled[0].field == "objective"


def test_a_marker_is_given_as_it_is_written_with_the_code_in_it() -> None:
    assert (
        read("# T\n\n## Objective\n\n[FILL: a `### Phase` each]\n").unfilled[0].marker == "[FILL: a `### Phase` each]"
    )


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# a\n" * 25_000, id="headings"),
        pytest.param("#" * 100_000, id="hashes"),
        pytest.param("## Objective" + " " * 100_000 + "(", id="blanks in a heading"),
        pytest.param("## Objective\n" * 7_500, id="empty sections"),
        pytest.param("**Objective**:\n**Phase 1**: a\n" * 3_000, id="labels"),
        pytest.param("```a\n" * 20_000, id="fences"),
        pytest.param("*a _b " * 16_000, id="emphasis"),
        pytest.param("## Planned Executions\n- " + "EXECUTION_" * 10_000, id="one long name"),
        pytest.param("".join("  " * depth + "- x\n" for depth in range(300)), id="deep list"),
        pytest.param("> " * 10_000 + "x", id="deep quote"),
        pytest.param("## Approach\n\n" + "1. **a**: b\n" * 9_000, id="long list"),
        pytest.param("x [FILL" * 10_000 + "`" * 30_000 + "x`" * 10_000, id="markers and ticks"),
    ],
)
def test_strange_texts_of_a_hundred_thousand_characters_are_read_in_seconds(text: str) -> None:
    begun = perf_counter()
    read(text)
    assert perf_counter() - begun < 20


@pytest.mark.parametrize(
    "heading",
    ["Design: Implementation Strategy", "Approach - Kettle", "Hybrid Approach", "Detailed Implementation Plan"],
)
def test_an_approach_with_a_qualifier_is_found_where_there_is_no_better(heading: str) -> None:
    assert approach(f"# T\n\n## {heading}\n\nBoil.\n") == "Boil."
    assert approach(f"# T\n\n## {heading}\n\nBoil.\n\n## Steps\n\nPour.\n") == "Pour."


@pytest.mark.parametrize(
    "heading", ["Testing Approach", "Risk Mitigation Approach", "Execution Approach", "Approach to Risks"]
)
def test_an_approach_to_something_else_is_none(heading: str) -> None:
    assert approach(f"# T\n\n## {heading}\n\nBoil.\n") is None


def test_a_plan_of_numbered_phases_by_another_name_is_the_approach_where_there_is_no_better() -> None:
    made = "### Phase 1: Heat\n\nx\n\n### Phase 2: Pour\n\ny"
    assert approach(f"# T\n\n## Work Packages\n\n{made}\n") == made
    assert approach(f"# T\n\n## Tests\n\n{made}\n") is None
    assert approach("# T\n\n## Work Packages\n\n### Phase 1: Heat\n\nx\n") is None


def test_a_document_is_known_stretch_by_stretch() -> None:
    found = read("# T\n\nx\n\n## A\n\na\n\n### B\n\nb\nb\n\n### C\n\n## D\n\nd\n").stretches
    assert [(one.title, one.section, one.body.text, one.body.line) for one in found] == [
        ("A", "A", "a", 7),
        ("B", "A", "b\nb", 11),
        ("D", "D", "d", 18),
    ]
