"""Passages become values that are sound where a template places them, and point to what they leave out."""

import pytest
from hypothesis import given, strategies

from scaffold.document.fields import code, item, listed, one_line, paragraphs, sentence
from scaffold.model import Passage
from scaffold.reading import markdown
from tests.documents import passages
from tests.fragments import fragments


@given(fragments() | strategies.text(), strategies.integers(2, 80))
def test_a_value_for_a_line_has_no_line_end_and_stays_in_a_heading_whole(text: str, longest: int) -> None:
    line = one_line(text, longest)

    assert line == " ".join(line.split())
    assert len(line.splitlines()) <= 1
    assert len(line.replace("\\#", "#")) <= longest
    (heading,) = markdown.parse(f"# A {line}").blocks
    assert heading.kind == "heading"
    assert not line.endswith("#") or heading.text.rstrip().endswith("#")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(" a\n\tb\r\nc ", "a b c", id="line ends and tabs"),
        pytest.param("a\x00b\x1b[1mc\x85d\u2028e", "a b [1mc d e", id="control characters and line separators"),
        pytest.param("## A", "A", id="leading hashes"),
        pytest.param("#1 thing", "#1 thing", id="a hash that is text"),
        pytest.param("C #", "C \\#", id="a hash at the end"),
        pytest.param("#", "", id="only hashes"),
    ],
)
def test_a_value_for_a_line_keeps_its_words(text: str, expected: str) -> None:
    assert one_line(text) == expected


def test_a_value_for_a_line_ends_with_a_whole_word() -> None:
    assert one_line("one two three", 11) == "one two…"


@pytest.mark.parametrize(("text", "expected"), [("a", "`a`"), ("a`b", "``a`b``"), ("`a", "`` `a ``")])
def test_a_code_span_holds_any_backticks(text: str, expected: str) -> None:
    assert code(text) == expected


def test_paragraphs_say_how_much_more_there_is_and_where() -> None:
    assert paragraphs(Passage("a\n\nb\n\nc\nd", 40), 3) == "a\n\nb\n\n… 2 more lines: SUBPLAN line 43"


@pytest.mark.parametrize("passage", [None, Passage(" \n", 1)])
def test_a_passage_that_says_nothing_has_no_value(passage: Passage | None) -> None:
    assert paragraphs(passage, 5) is None
    assert sentence(passage, 50) is None


def test_a_sentence_is_one_line_and_points_to_the_rest() -> None:
    assert sentence(Passage("Know\nwhat is there", 7), 50) == "Know what is there"
    assert sentence(Passage("Know what is there", 7), 10) == "Know… (all of it: SUBPLAN line 7)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a", "a", id="text"),
        pytest.param("- [x] ✅ a", "a", id="marker, box and tick go"),
        pytest.param("12. ☑️ a", "a", id="so does a number"),
        pytest.param("- a\n     - b\n       c", "a\n   - b\n     c", id="the template's indentation"),
        pytest.param("a\n\n  b", "a\n\n   b", id="blank lines stay blank"),
        pytest.param("a\n\n# b", "a\n\n   #### b", id="a heading inside"),
        pytest.param("## a", "a", id="a heading at the start is a line"),
        pytest.param(">90 % done", "\\>90 % done", id="what looks like a quote is a line"),
        pytest.param("```\na\n```", "``` a ```", id="so is a fence at the start"),
        pytest.param("|a|\n|-|", "|a| |-|", id="so is a table"),
        pytest.param("<!-- a", "\\<!-- a", id="so is a comment"),
        pytest.param("[a]: b", "\\[a]: b", id="so is a reference"),
        pytest.param("- [ ] ", "see SUBPLAN line 10", id="nothing"),
        pytest.param("a\nb\nc\nd\ne", "a b c d e", id="wrapped lines are run on when they do not fit"),
        pytest.param("a:\n- b\n- c\n- d\n- e", "a: b; c; d; e", id="so is a list"),
        pytest.param(
            "a:\n- b\n\n  ```\n  c\n  ```\n- d",
            "a:\n   - b\n   - … 4 more lines: SUBPLAN line 12",
            id="code does not fit",
        ),
        pytest.param("a\n```\nb\nc\nd\n```", "a … 5 more lines: SUBPLAN line 11", id="one line and a pointer"),
        pytest.param(
            "a:\n" + "\n".join("- " + c * 190 for c in "bcdef"),
            f"a: {'b' * 190}; {'c' * 190}; {'d' * 190}; {'e' * 190}; … 1 more line: SUBPLAN line 15",
            id="as many parts as fit",
        ),
    ],
)
def test_an_item_is_one_item_wherever_it_is_placed(text: str, expected: str) -> None:
    assert item(Passage(text, 10), 3, 4) == expected


@given(strategies.lists(fragments(), max_size=4), strategies.integers(1, 6))
def test_items_stay_items_and_change_nothing_behind_them(texts: list[str], budget: int) -> None:
    shown = [f"{marker}{text}" for marker in ("- ", "- [ ] ") for text in listed(passages(*texts), 9, budget, "test")]

    document = markdown.parse("\n".join([*shown, "", "## After"]))

    assert [block.kind for block in document.blocks] == ["list"] * bool(texts) + ["heading"]
    if texts:
        assert len(document.blocks[0].children) == 2 * len(texts)


def test_a_list_points_to_what_is_beyond_its_limit_but_never_to_a_single_item() -> None:
    three = passages("a", "b", "c", line=5)

    assert listed(three, 1, 3, "criterion") == ["a", "… 2 more criteria: SUBPLAN line 6"]
    assert listed(three, 2, 3, "criterion") == ["a", "b", "c"]
