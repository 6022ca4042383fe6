"""Markdown becomes blocks and sections by CommonMark, with the lines they stand on."""

import pytest

from scaffold.reading import markdown
from scaffold.reading.markdown import Block


def test_decoding_drops_the_byte_order_mark_and_makes_every_line_end_lf() -> None:
    assert markdown.decode(b"\xef\xbb\xbfa\r\nb\rc\n") == "a\nb\nc\n"
    with pytest.raises(UnicodeDecodeError):
        markdown.decode(b"\xff")


def kinds(text: str) -> list[tuple[str, int, int]]:
    return [(block.kind, block.first, block.last) for block in markdown.parse(text).blocks]


def test_blocks_have_their_kind_and_first_and_last_line() -> None:
    text = "# Ä *b* `c`\n\nwords\nmore\n\n- a\n\n  b\n- c\n\n> q\n\n```sh\nx\n```\n\n    y\n\n"
    text += "<!-- c\n-->\n\n| a |\n|---|\n| b |\n\n***\n"
    assert kinds(text) == [
        ("heading", 1, 1),
        ("paragraph", 3, 4),
        ("list", 6, 10),
        ("quote", 11, 11),
        ("code", 13, 15),
        ("code", 17, 17),
        ("html", 19, 20),
        ("table", 22, 24),
        ("rule", 26, 26),
    ]


def test_headings_have_a_level_and_their_text_without_markup() -> None:
    (heading, setext) = markdown.parse("### A [*b*](c) `d` &amp; <i>e</i>\n\nTwo\nlines\n===\n").blocks
    assert heading == Block("heading", 1, 1, "A b d & e", 3)
    assert setext == Block("heading", 3, 5, "Two lines", 1)


def test_lists_have_their_first_number_and_their_items_their_blocks() -> None:
    (numbered, bullets) = markdown.parse("3. a\n4. b\n\n   c\n\n- d\n  - e\n").blocks
    assert (numbered.start, [(item.kind, item.first, item.last) for item in numbered.children]) == (
        3,
        [("item", 1, 1), ("item", 2, 5)],
    )
    assert bullets.start is None
    assert [child.kind for child in bullets.children[0].children] == ["list"]


def test_a_section_runs_to_the_next_heading_of_its_level_or_a_higher_one_without_rules_and_blanks_at_its_ends() -> None:
    document = markdown.parse("## A ##\n\n---\na\n\n### B\nb\n\n---\n\n## C\n# D\n")
    found = [(one.written, one.level, one.line, one.first, one.last) for one in markdown.sections(document)]
    assert found == [("A", 2, 1, 4, 7), ("B", 3, 6, 7, 7), ("C", 2, 11, 12, 11), ("D", 1, 12, 14, 13)]
    assert document.text(4, 7) == "a\n\n### B\nb"
    assert document.text(12, 11) == ""


def test_sections_can_be_kept_from_the_last_lines() -> None:
    document = markdown.parse("## A\na\nb\n## C\n")
    assert [(one.title, one.last) for one in markdown.sections(document, 2)] == [("A", 2)]


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("## 🎯 A", "🎯 A"),
        ("  ## **A**  ##  ", "**A**"),
        ("# C#", "C#"),
        ("#", ""),
        ("## ##", ""),
        ("A", "A"),
    ],
)
def test_headings_as_they_are_written(line: str, written: str) -> None:
    assert markdown.as_written(line) == written


def test_blocks_between_lines() -> None:
    document = markdown.parse("a\n\nb\n\nc\n")
    assert [block.first for block in document.between(2, 3)] == [3]
    assert document.between(6, 9) == ()


def test_code_lines_are_found_at_any_depth() -> None:
    document = markdown.parse("a\n\n- b\n\n  > ```\n  > c\n  > ```\n\n    d\n\n```\ne\n```\n\n    f\n")
    assert markdown.code_lines(document) == {5, 6, 7, 11, 12, 13, 15}


@pytest.mark.parametrize(
    "text", ["> " * 10_000 + "x", "".join(" " * 2 * n + "- x\n" for n in range(500)), "- " * 10_000]
)
def test_no_nesting_is_too_deep(text: str) -> None:
    assert len(markdown.parse(text).blocks) == 1


# --- fences -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("a\n```\nb\n```\nc", {2, 3, 4}, id="a pair"),
        pytest.param("```md\n```sh\na\n```\nb\n```\nc", {1, 2, 3, 4, 5, 6}, id="a pair in a pair"),
        pytest.param("```md\na\n## H\nb\n```sh\nc\n```\nd", {1, 2, 5, 6, 7}, id="unclosed up to a heading"),
        pytest.param("```md\na\n# H\nb", {1, 2, 3, 4}, id="unclosed to the end: level 1 may be a comment"),
        pytest.param("````\n```\na\n````\nb", {1, 2, 3, 4}, id="shorter inside"),
        pytest.param("~~~\n```\n~~~\nb", {1, 2, 3}, id="another character inside"),
        pytest.param("```\na\n````\nb", {1, 2, 3}, id="closed by a longer one"),
        pytest.param("``` a`b\nc", set(), id="inline code"),
        pytest.param("- ```\n  a\n  ```", {3}, id="in a list item's first line"),
        pytest.param("", set(), id="empty"),
    ],
)
def test_fences_are_paired_like_brackets(text: str, masked: set[int]) -> None:
    assert markdown.masked_lines(text.split("\n")) == masked


def test_a_rebalanced_document_keeps_its_lines_and_has_no_blocks_in_fences() -> None:
    document = markdown.parse_rebalanced("```md\n```sh\na\n```\nb\n```\n## H\nc\n")
    assert [(block.kind, block.first) for block in document.blocks] == [("heading", 7), ("paragraph", 8)]
    assert document.text(1, 3) == "```md\n```sh\na"


@pytest.mark.parametrize(
    ("text", "swallows"),
    [
        ("```\na\n## H\n", True),
        ("```\na\n## H\n```\n", False),
        ("```\na\n# H\n", False),
        ("```\n", False),
    ],
)
def test_unclosed_code_swallows_headings_of_level_2_and_lower(text: str, swallows: bool) -> None:
    assert markdown.swallows_headings(text.split("\n"), 1) is swallows
