"""Texts are cut to a number of lines at a place where a reader can stop."""

import pytest
from hypothesis import given, strategies

from scaffold.document.embed import is_sound, plain
from scaffold.document.shorten import LONG, Kept, fold, place, run_on, weight
from tests.fragments import fragments

SENTENCES = "One sentence of some length. " * 40


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", 0), ("a", 1), ("a\n\nb", 3), ("x" * LONG, 1), ("x" * (LONG + 1), 2), ("x" * 750 + "\ny", 4)],
)
def test_long_lines_count_as_several(text: str, lines: int) -> None:
    assert weight(text) == lines


@given(fragments(30), strategies.integers(-1, 20))
def test_no_fragment_gets_longer_than_its_budget_or_unsound(fragment: str, budget: int) -> None:
    kept = place(fragment, budget)

    assert weight(kept.text) <= max(0, budget)
    assert not kept.text or is_sound(kept.text)


@given(fragments(30), strategies.integers(1, 20))
def test_a_fragment_that_fits_is_kept_whole_and_one_that_does_not_says_what_is_left_out(text: str, budget: int) -> None:
    kept = place(text, budget)

    assert kept.left_out <= sum(1 for line in plain(text).split("\n") if line.strip())
    assert 0 <= kept.at < len(plain(text).split("\n"))
    assert kept.left_out or kept.text.split() == place(text, 1000).text.split()  # a paragraph of blanks is nothing


@pytest.mark.parametrize(
    ("text", "budget", "expected"),
    [
        pytest.param("a\n\nb\n\nc", 3, Kept("a\n\nb", 1, 3), id="after a paragraph"),
        pytest.param("a\n\nb\nc\n\nd", 3, Kept("a", 3, 1), id="not inside a paragraph"),
        pytest.param("- a\n- b\n- c", 2, Kept("- a\n- b", 1, 2), id="after an item"),
        pytest.param("- a\n  - b\n  - c\n- d", 2, Kept("- a\n  - b", 2, 2), id="after an inner item"),
        pytest.param("a\n\n```\nb\n```\n\nc", 4, Kept("a", 4, 1), id="a fence is kept whole or not at all"),
        pytest.param("a\n\n### B\n\nc\nd", 4, Kept("a", 3, 1), id="no heading without its text"),
        pytest.param("a\n\nSteps:\n\n- b\n- c", 3, Kept("a", 3, 1), id="no announcement of what is left out"),
        pytest.param("a\n\n**Steps**:\n\n- b\n  c", 4, Kept("a", 3, 1), id="nor a bold one"),
        pytest.param("Steps:\n\n- b\n- c", 1, Kept("Steps:", 2, 1), id="unless there is nothing else"),
        pytest.param("```\na\nb\nc\n```", 3, Kept("```\na\n```", 3, 2), id="a fence that is too long is closed"),
        pytest.param("|a|\n|-|\n|b|\n|c|", 3, Kept("|a|\n|-|\n|b|", 1, 3), id="a table after a row"),
        pytest.param("    a\n    b\n    c", 2, Kept("    a", 2, 1), id="indented code after a line"),
        pytest.param(
            "Aa aa aa. Bb\nCc cc\nDd.", 2, Kept("Aa aa aa.", 3, 0, begun=True), id="a paragraph after a sentence"
        ),
        pytest.param("Aa aa\nbb bb\ncc cc", 2, Kept("Aa aa\nbb …", 2, 1, begun=True), id="else after a word"),
        pytest.param("aa `bb\ncc` dd\nee", 1, Kept("aa …", 3, 0, begun=True), id="not inside a code span"),
        pytest.param("a\n# b\n## c\nd", 2, Kept("a", 3, 1), id="a heading at the end of what fits"),
        pytest.param("\n\na\n\nb", 1, Kept("a", 1, 3), id="blank lines before it do not count"),
        pytest.param("a", 0, Kept("", 1, 0), id="no room"),
    ],
)
def test_a_text_is_cut_where_a_reader_can_stop(text: str, budget: int, expected: Kept) -> None:
    assert place(text, budget) == expected


def test_a_line_of_any_length_is_cut_at_a_sentence() -> None:
    kept = place(SENTENCES, 2)

    assert kept.text == ("One sentence of some length. " * 20).strip()
    assert (kept.left_out, kept.at) == (1, 0)


def test_an_endless_word_is_cut_anyway() -> None:
    assert weight(place("x" * 10_000, 2).text) <= 2


def test_repairs_that_need_lines_leave_fewer_for_the_text() -> None:
    assert place("# a\nx\n#### b\ny\n#### c\nz", 6).text == "#### a\nx"


@pytest.mark.parametrize(
    ("text", "budget", "expected"),
    [
        pytest.param("a:\n- b\n- c;", 1, Kept("a: b; c", 0, 0), id="a list"),
        pytest.param("a\nb\n\n1. c\n2. [ ] d", 1, Kept("a b: c; d", 0, 0), id="a wrapped line, numbers and boxes"),
        pytest.param("Do it.\n- b", 1, Kept("Do it. b", 0, 0), id="no colon after a sentence"),
        pytest.param("a\nb", 1, Kept("a b", 0, 0), id="no list"),
        pytest.param("a:\n- b\n- " + "c" * 195 + "\n- d", 1, Kept("a: b", 2, 2), id="whole parts only"),
        pytest.param("a:\n- " + "c" * 200, 1, None, id="no part fits"),
        pytest.param("a:\n- b\n  - c\n  - d\n- e:\n  - f", 1, Kept("a: b (c; d); e: f", 0, 0), id="a list in the list"),
        pytest.param("a:\n- b\n  c\n  - d\n  e", 1, Kept("a: b c (d e)", 0, 0), id="an item of two lines"),
        pytest.param("a:\n```\nb\n```", 1, Kept("a: `b`", 0, 0), id="a line of code"),
        pytest.param("a:\n```sh\n# now\nls b\nls c\n```", 1, Kept("a: now: `ls b`; `ls c`", 0, 0), id="commands"),
        pytest.param("a:\n- b\n\n```py\nb = 1\nc = 2\n```", 1, Kept("a: b", 4, 3), id="up to longer code"),
        pytest.param("a:\n```py\nb = 1\nc = 2\n```", 1, None, id="longer code"),
        pytest.param(
            "**What**: a\n**How**: b\n\n#### C\n\nd", 1, Kept("**What**: a; **How**: b; **C**: d", 0, 0), id="labels"
        ),
        pytest.param("- a\n- b", 1, None, id="nothing to run on from"),
        pytest.param("", 1, None, id="nothing"),
    ],
)
def test_an_item_with_a_short_list_is_run_on_in_one_line(text: str, budget: int, expected: Kept | None) -> None:
    assert fold(text, budget) == expected


def test_a_stop_in_the_middle_of_a_name_is_no_place_to_end_a_text() -> None:
    text = "Words that lead up to it " * 11 + "are in src/config.py, which every module imports. " * 9

    for cut in range(280, 320):
        assert not place("x" * (cut - 280) + text, 1).text.endswith(("config.", "config"))


def test_what_cannot_stand_in_a_line_is_not_run_on() -> None:
    assert run_on("- a\n- b\n\n> c") is None
    assert run_on("- a\n- b\n\nc") == "a; b; c"
