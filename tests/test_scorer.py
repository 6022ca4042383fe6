"""What the measures of documents count: each finds what it is for, and nothing where there is nothing."""

import pytest

from tests import scorer

SOURCE = """# SUBPLAN: Beds

Not `counted/above.md`.

## Objective

See `counted/nowhere.md`.

## Deliverables

### 1. Map

**File**: `maps/beds.json`, not `a sentence.` or `2.3`

## Approach

### Phase 1: Check

Look into `docs/beds.md` and `maps/beds.json`:

```bash
# comment
pytest tests/test_beds.py  -v  # quickly
echo done
```

```python
python_is(no=command)
```

## Success Criteria

### Nice to Have

- A bench
"""

HEADINGS = "\n".join(
    (
        "# EXECUTION_TASK",
        *("## SUBPLAN Context", "### Objective", "x", "### Approach", "x", "### Success Criteria", "x"),
        *("## Execution Instructions", "{}", "## Iteration Log", "### Iteration 1", "x", "## Completion Checklist"),
        "## Learning Summary",
    )
)


def test_the_paths_of_a_source_are_those_under_headings_on_files_phases_and_tests() -> None:
    assert scorer.source_paths(SOURCE) == ("maps/beds.json", "docs/beds.md")


def test_the_commands_of_a_source_are_those_of_short_shell_blocks() -> None:
    assert scorer.source_commands(SOURCE) == ("pytest tests/test_beds.py -v",)
    assert scorer.source_commands("```\nls a\nls b\nls c\nls d\n```") == ()


def test_the_tiers_of_a_source_are_those_of_its_criteria() -> None:
    assert scorer.source_tiers(SOURCE) == ("nice to have",)


def test_a_path_reaches_a_document_whole_or_not_at_all() -> None:
    assert scorer.score("## Files\n\n`a/b.py` `c.py`", "`x/c.py` a/b.py.\n").paths_reached == 1


def test_a_phase_without_a_body_is_empty() -> None:
    document = HEADINGS.format("### Phase 1: A\n\n### Phase 2: B\n\ntext\n\n### Phase 3: C\n")

    assert scorer.empty_phases(document) == ("### Phase 1: A", "### Phase 3: C")


def test_an_item_that_comes_again_is_a_duplicate_whatever_its_marker() -> None:
    assert scorer.duplicates("- Beds are all dug\n\n2. [ ] **Beds** are all dug.\n- ok\n- ok\n") == (
        "2. [ ] **Beds** are all dug.",
    )
    details = "- Beds\n  - are all dug here\n- Paths\n  - are all dug here\n"
    assert scorer.duplicates(f"{details}```\n- are all dug here\n- are all dug here\n```\n") == ()
    assert scorer.duplicates("### Phase 1\n\n1. Look at it well\n\n### Phase 2\n\n1. Look at it well\n") == ()


@pytest.mark.parametrize(
    ("document", "is_dear"),
    [
        ("- Do it: … 3 more lines: SUBPLAN lines 1-3", False),
        ("… 1 more line: SUBPLAN line 1", True),
        ("- … 1 more line: SUBPLAN line 1", False),
        ("- Run: … 3 more lines: SUBPLAN lines 5-7", True),
        ("- … 2 more items: SUBPLAN line 3", False),
    ],
)
def test_a_pointer_is_dear_when_what_it_hides_is_shorter(document: str, is_dear: bool) -> None:
    source = "a line of many words, as plans have them\n" * 4 + "```bash\nls\n```\n"

    assert bool(scorer.dear_pointers(source, document)) == is_dear


def test_a_document_has_its_own_outline_when_its_headings_are_the_templates() -> None:
    assert scorer.has_own_outline(HEADINGS.format("### Phase 1\n"))
    assert not scorer.has_own_outline(HEADINGS.format("## Copied\n"))
    assert not scorer.has_own_outline(HEADINGS.format("x").replace("## Iteration Log\n", ""))


def test_a_line_is_reached_by_its_words_or_by_a_range_of_lines() -> None:
    source = "# S\n\n## A\n\n- one **two**\n- three\n- four\n- five\n"

    assert scorer.lines_without_pointer(source, "one two … SUBPLAN lines 6-7") == ("- five",)


def test_sums_are_sums_and_the_longest_document_is_a_maximum() -> None:
    result = scorer.total([scorer.Score(documents=1, longest=9), scorer.Score(documents=1, longest=5)])

    assert (result.documents, result.longest) == (2, 9)
    assert "0 in 2 documents" in scorer.report(result)
