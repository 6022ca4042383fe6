"""Passages become values that are sound where a template places them, and point to what they leave out."""

import pytest
from hypothesis import given, strategies

from scaffold.document.fields import Shown, item, left_out, one_line, paragraphs, pointer, sentence
from scaffold.document.shorten import as_code
from scaffold.reading import markdown
from scaffold.reading.content import Passage
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


CODE = "\n".join(f"line_{number} = {number}" for number in range(7))


def test_a_value_for_a_line_ends_with_a_whole_word() -> None:
    assert one_line("one two three", 11) == "one two…"


@pytest.mark.parametrize(("text", "expected"), [("a", "`a`"), ("a`b", "``a`b``"), ("`a", "`` `a ``")])
def test_a_code_span_holds_any_backticks(text: str, expected: str) -> None:
    assert as_code(text) == expected


LONG = "\n".join(f"- point {number} of many that a reader wants to see" for number in range(9))


def test_paragraphs_say_how_much_more_there_is_and_where() -> None:
    assert paragraphs(Passage(f"a\n\nb\n\n{LONG}", 40), 3) == Shown(
        "a\n\nb\n\n… 9 more lines: SUBPLAN lines 44-52", whole=False
    )


def test_what_is_no_longer_than_a_pointer_stands_in_its_place() -> None:
    assert paragraphs(Passage("a\n\nb\n\n- c\n- d\n- e\n- f\n- g\n- h\n- i", 40), 3) == Shown(
        "a\n\nb\n\nc; d; e; f; g; h; i"
    )
    assert item(Passage("Run:\n\n```bash\nls\n```", 3), 2, 1) == Shown("Run: `ls`")


def test_a_pointer_names_the_files_and_commands_that_it_hides_as_far_as_they_fit() -> None:
    text = "Do it.\n\n" + "\n\n".join(f"Then `src/part_{number}.py` is to be changed." for number in range(40))
    shown = paragraphs(Passage(f"{text}\n\n```bash\nmake it\n```", 1), 1)
    assert shown is not None
    assert "… 43 more lines (`src/part_0.py`, `src/part_1.py`," in shown.text
    assert shown.text.endswith(", …): SUBPLAN lines 3-85")
    assert pointer(2, "line", 5, 9, ("a.py", "make it")) == "… 2 more lines (`a.py`, `make it`): SUBPLAN lines 5-9"


@pytest.mark.parametrize("passage", [None, Passage(" \n", 1)])
def test_a_passage_that_says_nothing_has_no_value(passage: Passage | None) -> None:
    assert paragraphs(passage, 5) is None
    assert sentence(passage, 50) is None


def test_a_sentence_is_one_line_and_points_to_the_rest() -> None:
    assert sentence(Passage("Know\nwhat is there", 7), 50) == "Know what is there"
    assert sentence(Passage(f"Know {'what is there ' * 9}", 7), 10) == "Know… (all of it: SUBPLAN line 7)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a", "a", id="text"),
        pytest.param("- [x] ✅ a", "a", id="marker, box and tick go"),
        pytest.param("12. ☑️ a", "a", id="so does a number"),
        pytest.param("- a\n     - b\n       c", "a\n   - b\n     c", id="the template's indentation"),
        pytest.param("a\n\n  b", "a\n\n   b", id="blank lines stay blank"),
        pytest.param("a\n\n# b", "a\n\n   #### b", id="a heading inside"),
        pytest.param("## a\n\nb", "**a**: b", id="a heading at the start is a line"),
        pytest.param(">90 % done", "\\>90 % done", id="what looks like a quote is a line"),
        pytest.param("```\na\n```", "`a`", id="so is a fence at the start"),
        pytest.param("|a|\n|-|", "|a| |-|", id="so is a table"),
        pytest.param("<!-- a", "\\<!-- a", id="so is a comment"),
        pytest.param("[a]: b", "\\[a]: b", id="so is a reference"),
        pytest.param("- [ ] ", "see SUBPLAN line 10", id="nothing"),
        pytest.param("a\nb\nc\nd\ne", "a b c d e", id="wrapped lines are run on when they do not fit"),
        pytest.param("a:\n- b\n- c\n- d\n- e", "a: b; c; d; e", id="so is a list"),
        pytest.param("a:\n- b\n\n  ```\n  ls c\n  ```\n- d", "a: b (`ls c`); d", id="so is code of a line"),
        pytest.param(
            f"a:\n\n```py\n{CODE}\n```", "a: … 9 more lines: SUBPLAN lines 12-20", id="more code is pointed to"
        ),
        pytest.param(
            "a:\n" + "\n".join("- " + c * 190 for c in "bcdefgh"),
            f"a: {'b' * 190}; {'c' * 190}; {'d' * 190}; {'e' * 190}; {'f' * 190}; … 2 more lines: SUBPLAN lines 16-17",
            id="as many parts as fit",
        ),
        pytest.param("Map\n\n**File**: `a/b.md`\n\n- c", "Map: `a/b.md`; c", id="its file comes first"),
        pytest.param(
            "**What**: a\n**How**: b\n**Where**: c\n**Why**: d\ne",
            "**What**: a; **How**: b; **Where**: c; **Why**: d e",
            id="labels",
        ),
    ],
)
def test_an_item_is_one_item_wherever_it_is_placed(text: str, expected: str) -> None:
    assert item(Passage(text, 10), 3, 4).text == expected


@given(strategies.lists(fragments(), max_size=4), strategies.integers(1, 6))
def test_items_stay_items_and_change_nothing_behind_them(texts: list[str], budget: int) -> None:
    items = [item(passage, 2, budget).text for passage in passages(*texts)]
    shown = [f"{marker}{text}" for marker in ("- ", "- [ ] ") for text in items]

    document = markdown.parse("\n".join([*shown, "", "## After"]))

    assert [block.kind for block in document.blocks] == ["list"] * bool(texts) + ["heading"]
    if texts:
        assert len(document.blocks[0].children) == 2 * len(texts)


def test_what_is_left_out_of_a_list_is_pointed_to_with_its_groups_and_files() -> None:
    hidden = (Passage("a\nb", 6, group="Nice to Have"), Passage("`c.py`", 8, group="Nice to Have"))

    assert left_out(hidden, "criterion") == "… 2 more criteria (`c.py`), *Nice to Have*: SUBPLAN lines 6-8"
