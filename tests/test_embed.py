"""Copied Markdown is made sound: nothing in it changes the document around it."""

from unittest.mock import patch

import pytest
from hypothesis import given, strategies

from scaffold.document.embed import blocks_of, embed, is_sound
from scaffold.document.fields import begins_as_paragraph
from scaffold.reading import markdown
from tests.fragments import fragments


@given(fragments())
def test_a_heading_after_any_embedded_fragment_is_seen_and_is_the_only_high_one(fragment: str) -> None:
    embedded = embed(fragment)

    document = markdown.parse(f"{embedded}\n\n## After")

    assert [(block.level, block.text) for block in document.blocks if block.kind == "heading" and block.level < 4] == [
        (2, "After")
    ]


@given(fragments())
def test_repairing_is_enough_and_no_fragment_needs_to_become_a_code_block_as_a_whole(fragment: str) -> None:
    with patch("scaffold.document.embed.fenced", side_effect=AssertionError("not repaired")):
        embed(fragment)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Plain *text*.\n\n- a\n  - b", "Plain *text*.\n\n- a\n  - b", id="ordinary text is verbatim"),
        pytest.param("\n \n    code\nx  \n\n", "    code\nx", id="blank ends go, indentation stays"),
        pytest.param(" \n\t\n", "", id="blank is empty"),
        pytest.param("a\r\nb\rc", "a\nb\nc", id="line ends become LF"),
        pytest.param("# A\nx\n## B\n### C", "#### A\nx\n##### B\n###### C", id="headings begin at level 4"),
        pytest.param("### A\n#### B", "#### A\n##### B", id="the highest heading decides"),
        pytest.param("##### A\n###### B", "##### A\n###### B", id="deep headings stay"),
        pytest.param("# A\n#### B\ntext", "#### A\n\n**B**\n\ntext", id="below level 6 is bold"),
        pytest.param("# A\n#### B **C**", "#### A\n\n__B **C**__", id="bold around bold"),
        pytest.param("# A\n####\nx", "#### A\n\nx", id="an empty heading below level 6 vanishes"),
        pytest.param("#\nx", "####\nx", id="an empty heading"),
        pytest.param("# A ##\n#### B ##", "#### A\n\n**B**", id="closing hashes go"),
        pytest.param("#\tA", "#### A", id="a tab behind the hashes"),
        pytest.param("A\nB\n===\nC\n---\nD", "#### A B\n##### C\nD", id="Setext headings become ATX"),
        pytest.param("A #\n===", "#### A \\#", id="a hash at the end of a Setext heading stays"),
        pytest.param("- # A\n  - B\n    ---\n> ## C", "- #### A\n  - ##### B\n> ##### C", id="headings in containers"),
        pytest.param("# A\n- ##### B", "#### A\n- ###### B", id="a container keeps its heading, at level 6"),
        pytest.param(
            "#hash\n\n    # code\n\n```\n# code\n```", "#hash\n\n    # code\n\n```\n# code\n```", id="no headings"
        ),
        pytest.param("```py\nx", "```py\nx\n```", id="an open fence is closed"),
        pytest.param("~~~~ a`b\n```\nx", "~~~~ a`b\n```\nx\n~~~~", id="an open tilde fence is closed"),
        pytest.param("- ```\n  x", "- ```\n  x", id="a fence in an item ends with it"),
        pytest.param(
            "```md\n```py\nx\n```\n# y\n```\nz", "````md\n```py\nx\n```\n# y\n````\nz", id="fences that hold fences"
        ),
        pytest.param("````md\n```py\nx\n```\n````", "````md\n```py\nx\n```\n````", id="fences that are long enough"),
        pytest.param("<!-- a\n\n# b", "<!-- a\n\n# b\n\n<!-- -->", id="an open comment"),
        pytest.param("<!-- a --> b\n\n<!--->", "<!-- a --> b\n\n<!--->", id="closed comments"),
        pytest.param("<?php\n\nx", "<?php\n\nx\n\n?>", id="an open instruction"),
        pytest.param("<![CDATA[\n\nx", "<![CDATA[\n\nx\n\n]]>", id="open data"),
        pytest.param("<!DOCTYPE\n\nx", "<!DOCTYPE\n\nx\n\n>", id="an open declaration"),
        pytest.param("<script>\n<div>\n\nx", "<script>\n<div>\n\nx\n\n</script>", id="an open script"),
        pytest.param("<PRE\nx", "<PRE\nx\n\n</pre>", id="an open pre"),
        pytest.param("<script>x</script>\n\ny", "<script>x</script>\n\ny", id="a closed script"),
        pytest.param(
            "<details>\n<summary>a</summary>\n\n<div><p>b<br><x/></div>\n\nc",
            "<details>\n<summary>a</summary>\n\n<div><p>b<br><x/></div>\n\nc\n\n</details>",
            id="an open element",
        ),
        pytest.param(
            "- <div>\n\n</p>\n\na <b> c", "- <div>\n\n</p>\n\na <b> c\n\n</div>", id="an element open in a list"
        ),
        pytest.param("a\x0bb\u2028# c\x1b[1md\te", "a b # c [1md\te", id="characters that nobody sees are blanks"),
        pytest.param("{{ 7*7 }} {% raw %}", "{{ 7*7 }} {% raw %}", id="Jinja is text"),
    ],
)
def test_a_fragment_is_changed_only_where_it_must_be(text: str, expected: str) -> None:
    assert embed(text) == expected


def test_a_fragment_that_could_not_be_repaired_becomes_a_code_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scaffold.document.embed._closed", str)

    assert embed("````\n# x\n```") == "`````markdown\n````\n# x\n```\n`````"


@pytest.mark.parametrize("text", ["```", "<!--", "# A", "A\n---", "### A", "<pre>", "- # A"])
def test_unsound_text_is_known_as_such(text: str) -> None:
    assert not is_sound(text)


@pytest.mark.parametrize("text", ["A", "#### A", "<div>", "    # A", "[a]: b", "|a|\n|-|"])
def test_sound_text_is_known_as_such(text: str) -> None:
    assert is_sound(text)


WORDS = ("Plain words", "**Bold** words", "`code` and words", "a. no list", "End: ", "x | y", "a")
BELOW = ("", "  more", "---", "===", "- item", "| --- | --- |", "|-", ": x", "> ---", "\ttab", "--- no", "    ===")


@given(strategies.lists(strategies.sampled_from(WORDS + BELOW), max_size=5).map("\n".join) | fragments(4))
def test_a_text_that_begins_with_words_is_read_as_by_the_parser(text: str) -> None:
    blocks = markdown.parse(text).blocks
    is_paragraph = bool(blocks) and blocks[0].kind == "paragraph" and blocks[0].first == 1
    assert blocks_of(text) == blocks
    assert begins_as_paragraph(text) == is_paragraph
