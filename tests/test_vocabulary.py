"""Names are data: compared in their bare form, extended by teams, listed by the manual."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.reading.markdown import as_written
from scaffold.reading.vocabulary import Terms, Vocabulary, key, parts
from scaffold.reading.words import FIELDS, MARKS, PLAN, SUBPLAN


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("🎯 Objective", "objective"),
        ("3.1 Objective (What) :", "objective"),
        ("Objective & Approach", "objective & approach"),
        ("✅", "✅"),
        ("2025", "2025"),
        ("🎯 目标", "目标"),
        ("(a) Objective", "objective"),
        ("C++", "c"),
        ("  Two   words ", "two words"),
        ("Objective (", "objective"),
        ("", ""),
        ("x" * 121, ""),
    ],
)
def test_the_bare_form_of_a_heading(title: str, bare: str) -> None:
    assert key(title) == bare


@settings(deadline=None)
@given(st.text(max_size=60))
def test_the_bare_form_is_its_own_bare_form_and_never_raises(title: str) -> None:
    assert key(key(title)) in (key(title), key(key(key(title))))


def test_combined_headings_fall_into_parts() -> None:
    assert parts("objective & approach") == ("objective", "approach")
    assert parts("tests and validation/checks, x") == ("tests", "validation", "checks", "x")
    assert parts("brand") == ("brand",)


def test_additions_come_before_the_built_in_synonyms_and_after_the_names() -> None:
    extended = SUBPLAN.extended({"objective": ["Ziel", "Wozu"], "steps": ["Schritte"]})
    assert extended.keys("objective")[:3] == (frozenset({"objective"}), frozenset({"ziel"}), frozenset({"wozu"}))
    assert extended.keys("objective")[3:] == SUBPLAN.keys("objective")[1:]
    assert (extended.field_of("ziel"), SUBPLAN.field_of("ziel")) == ("objective", None)
    assert extended.mark_of("schritte") == "steps"
    assert extended.extendable == SUBPLAN.extendable


def test_nothing_added_is_the_same_vocabulary() -> None:
    assert SUBPLAN.extended({}) == SUBPLAN


def test_an_unknown_field_is_a_key_error_with_its_name() -> None:
    with pytest.raises(KeyError, match="colour"):
        SUBPLAN.extended({"objective": ["x"], "colour": ["y"]})
    assert "colour" not in SUBPLAN.extendable


def test_a_name_belongs_to_the_field_that_has_it_first_and_names_before_synonyms() -> None:
    vocabulary = Vocabulary(
        (Terms("a", ("A",), ("C",)), Terms("b", ("B", "C"), ("D",)), Terms("c", ("E",), ("D",))), ()
    )
    assert [vocabulary.field_of(name) for name in ("a", "b", "c", "d", "e")] == ["a", "b", "b", "b", "c"]


def test_names_too_long_for_a_heading_match_nothing() -> None:
    assert SUBPLAN.extended({"objective": ["x" * 200]}).field_of("") is None


@pytest.mark.parametrize("group", [FIELDS, MARKS, PLAN.fields], ids=["fields", "marks", "fields of a PLAN"])
def test_no_built_in_name_appears_twice(group: tuple[Terms, ...]) -> None:
    names = [key(name) for terms in group for name in (*terms.names, *terms.synonyms)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("trap", ["Execution Strategy", "Validation Approach", "Testing Approach", "Risks"])
def test_traps_name_no_approach(trap: str) -> None:
    assert SUBPLAN.field_of(key(trap)) != "approach"


def test_the_example_in_the_manual_runs() -> None:
    text = (Path(__file__).parent.parent / "docs" / "extraction.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert found
    exec(found[1], {})  # noqa: S102 - our own page


def test_the_examples_of_headings_in_the_manual_hold() -> None:
    text = (Path(__file__).parent.parent / "docs" / "extraction.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `#+ (.*?)` \| (.*?) \| (?:`(\w+)`)?", text, re.MULTILINE)
    assert len(rows) == 7
    for heading, bare, field in rows:
        assert (key(as_written(f"## {heading}")), SUBPLAN.field_of(bare)) == (bare, field or None)
