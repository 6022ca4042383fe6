"""What a person wrote and what is generated again come together, by laws that hold for every text."""

import re
import shutil
from collections import Counter
from pathlib import Path
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.document.merge import BETWEEN, CLOSING, OPENING, Merged, Place, merge
from scaffold.reading.merge_markers import unresolved
from tests import merge_pairs
from tests.fragments import fragments
from tests.lines import keys, lost, written

ROOT = Path(__file__).parent.parent

PLAIN = ("", "a", "b", "c d e f", "c d e g", "  b", "# A", "## B", "## C", "text", "more text", "```")
"""Lines that are merged as wholes: none has a box, a number or a label."""

LINES = (
    *PLAIN,
    "- [ ] one thing",
    "- [x] one thing",
    "- [ ] one thing more",
    "**Date**:  ",
    "**Date**: 5",
    "1. a",
    "2. a",
)


def documents(lines: tuple[str, ...] = LINES) -> st.SearchStrategy[str]:
    """Draw texts of few different lines, so that they have much in common and much twice."""
    return st.builds("\n".join, st.lists(st.sampled_from(lines), max_size=14)).flatmap(
        lambda text: st.sampled_from([text, f"{text}\n"])
    )


@st.composite
def changed(draw: st.DrawFn, text: str, lines: tuple[str, ...] = LINES) -> str:
    """Draw what can become of a text in a few edits: of a line, in a gap, of several lines, or a move."""
    made = text.split("\n")
    for _ in range(draw(st.integers(0, 4))):
        lo = draw(st.integers(0, len(made)))
        hi = draw(st.integers(lo, min(len(made), lo + 3)))
        put = draw(st.lists(st.sampled_from(lines), max_size=3) | st.just(made[lo:hi]))
        del made[lo:hi]
        at = draw(st.integers(0, len(made)) | st.just(lo))
        made[at:at] = put
    return "\n".join(made)


def triples(lines: tuple[str, ...] = LINES) -> st.SearchStrategy[tuple[str, str, str]]:
    """Draw what was generated, what a person made of it, and what is generated now."""
    related = documents(lines).flatmap(
        lambda text: st.tuples(st.just(text), changed(text, lines), changed(text, lines))
    )
    return related | st.tuples(*[documents(lines)] * 3) | st.tuples(*[fragments()] * 3)


ANY = triples() | st.tuples(*[st.text()] * 3) | st.tuples(*[st.text("ab \r\n-[x]*:#", max_size=60)] * 3)


@settings(deadline=None)
@given(triples(PLAIN))
def test_every_line_that_a_person_wrote_is_in_the_result(texts: tuple[str, str, str]) -> None:
    generated, edited, new = texts
    assert written(generated, edited) <= Counter(keys(merge(generated, edited, new).text))


@settings(deadline=None)
@given(ANY)
def test_what_a_person_wrote_is_in_the_result_or_merged_with_the_line_it_belongs_to(
    texts: tuple[str, str, str],
) -> None:
    generated, edited, new = texts
    assert lost(generated, edited, merge(generated, edited, new).text) == []


@settings(deadline=None)
@given(ANY)
def test_with_markers_too_every_line_of_both_sides_conflicts_is_in_the_text(texts: tuple[str, str, str]) -> None:
    kept, marked = merge(*texts), merge(*texts, on_conflict="markers")
    assert marked.conflicts == kept.conflicts
    there = Counter(keys(marked.text))
    for place in marked.conflicts:
        assert Counter(keys(place.theirs)) <= there
        assert Counter(keys(place.ours)) <= there
    assert bool(marked.conflicts) <= bool(unresolved(marked.text, "x"))
    if not marked.conflicts:
        assert marked == kept


@given(st.text() | documents(), st.text() | documents())
def test_what_nobody_edited_is_replaced(generated: str, new: str) -> None:
    assert merge(generated, generated, new) == Merged(new, ())


@given(st.text() | documents(), st.text() | documents())
def test_where_nothing_new_is_generated_nothing_is_touched(generated: str, edited: str) -> None:
    assert merge(generated, edited, generated) == Merged(edited, ())


@given(st.text() | documents(), st.text() | documents())
def test_where_the_person_did_what_is_generated_now_nothing_is_touched(generated: str, edited: str) -> None:
    assert merge(generated, edited, edited) == Merged(edited, ())


@settings(deadline=None)
@given(ANY)
def test_merging_again_changes_nothing(texts: tuple[str, str, str]) -> None:
    generated, edited, new = texts
    once = merge(generated, edited, new).text
    assert merge(new, once, new) == Merged(once, ())


@settings(deadline=None)
@given(triples(), st.lists(st.sampled_from(["", " ", "  ", "\t"]), min_size=1))
def test_blanks_at_the_end_of_lines_are_no_edit(texts: tuple[str, str, str], blanks: list[str]) -> None:
    generated, _, new = texts
    edited = "\n".join(line.rstrip(" \t") + blanks[at % len(blanks)] for at, line in enumerate(generated.split("\n")))
    if generated != new:
        assert merge(generated, edited, new) == Merged(new, ())


@settings(deadline=None)
@given(ANY)
def test_the_sides_have_the_same_conflicts_when_they_change_places(texts: tuple[str, str, str]) -> None:
    generated, edited, new = texts
    one, other = merge(generated, edited, new), merge(generated, new, edited)
    assert [(place.theirs, place.ours, place.base, place.line, place.new_line) for place in one.conflicts] == [
        (place.ours, place.theirs, place.base, place.new_line, place.line) for place in other.conflicts
    ]
    if not one.conflicts:
        assert keys(one.text) == keys(other.text)


@settings(deadline=None)
@given(triples(PLAIN))
def test_every_line_of_the_result_comes_from_one_of_the_three_texts(texts: tuple[str, str, str]) -> None:
    there = {key for text in texts for key in keys(text)} | {OPENING, BETWEEN, CLOSING}
    assert set(keys(merge(*texts, on_conflict="markers").text)) <= there


@settings(deadline=None)
@given(ANY)
def test_a_conflict_says_where_it_is(texts: tuple[str, str, str]) -> None:
    _, edited, new = (text.split("\n") for text in texts)
    for place in merge(*texts).conflicts:
        assert place.theirs != place.ours
        for said, line, text in ((place.theirs, place.line, edited), (place.ours, place.new_line, new)):
            lines = said.split("\n")[:-1]
            there = text[line - 1 : line - 1 + len(lines)]
            assert [each.removesuffix("\r") for each in there] == lines


@settings(deadline=None)
@given(st.lists(st.sampled_from(["kept", "theirs", "ours"]), max_size=30))
def test_sides_that_change_different_lines_never_conflict(fates: list[str]) -> None:
    def text(side: str) -> str:
        return "".join(f"Line {at} says {side if fate == side else 'this'}\n" for at, fate in enumerate(fates))

    wanted = "".join(f"Line {at} says {'this' if fate == 'kept' else fate}\n" for at, fate in enumerate(fates))
    assert merge(text("kept").replace("kept", "this"), text("theirs"), text("ours")) == Merged(wanted, ())


def examples() -> list[tuple[list[str], int]]:
    """Return of every table in the docs the texts of its columns, and how many conflicts it names."""
    said = (ROOT / "docs/updating.md").read_text("utf-8")
    found = []
    for block in re.findall(r"^```text\ngenerated last.*\n((?:.*\n)*?)```$", said, re.MULTILINE):
        table, _, conflicts = block.partition("\nconflicts: ")
        rows = [re.split(r" *\| ?", line) for line in table.splitlines()]
        columns = zip(*rows, strict=True)
        found.append((["".join(f"{cell}\n" for cell in column if cell) for column in columns], int(conflicts or 0)))
    return found


def test_the_docs_show_merges_with_and_without_conflicts() -> None:
    assert [conflicts for _, conflicts in examples()] == [0, 0, 0, 3]


@pytest.mark.parametrize(("texts", "conflicts"), examples())
def test_the_docs_examples_are_merged_as_they_say(texts: list[str], conflicts: int) -> None:
    generated, edited, new, result = texts
    merged = merge(generated, edited, new)
    assert merged.text == result
    assert len(merged.conflicts) == conflicts


@pytest.mark.parametrize("pair", list(merge_pairs.pairs()), ids=lambda pair: pair.name)
def test_no_edit_of_a_real_document_is_lost(pair: merge_pairs.Pair) -> None:
    merged = merge(pair.generated, pair.edited, pair.new)
    assert lost(pair.generated, pair.edited, merged.text) == []
    if not merged.conflicts:
        assert lost(pair.generated, pair.new, merged.text) == []


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not there to compare with")
def test_there_are_at_most_a_third_of_the_conflicts_that_git_has() -> None:
    *_, printed = merge_pairs.table()
    count, ours, of_git = map(int, re.findall(r"\d+", printed))
    assert count > 100
    assert 0 < 3 * ours <= of_git
    words = (
        f"{count} pairs of what people do in a document and what changes when it is generated again: {ours} conflicts"
    )
    said = " ".join((ROOT / "docs/updating.md").read_text("utf-8").split())
    assert f"{words}, where `git merge-file` has {of_git}." in said


@pytest.mark.parametrize(
    ("generated", "edited", "new", "result", "conflicts"),
    [
        pytest.param("- [ ] Write tests\n", "- [x] Write tests\n", "- [ ] Write docs\n", None, 1, id="another demand"),
        pytest.param("- [ ] a\n", "- [x] a\n", "- [~] a\n", None, 1, id="both changed the box"),
        pytest.param(
            "1. Read it\n", "1. Read all\n", "2. Read it\n", "2. Read all\n", 0, id="a step with a new number"
        ),
        pytest.param("**Surprises**:\n", "**Surprises**: 1\n", "**Risks**:\n", None, 1, id="a value for another label"),
        pytest.param(
            "**Time**: 1\n", "**Time**: 2\n", "**Time taken**: 1\n", "**Time taken**: 2\n", 0, id="a new label"
        ),
        pytest.param("**A**: 1  \n", "**A**: 2  \n", "**A**: 1\n", "**A**: 2\n", 0, id="a hard break that is gone"),
        pytest.param(
            "a\n- b\nc\n", "a\n- b\n  x\nc\n", "a\nc\n", "a\n- b\n  x\nc\n", 1, id="a note below what is gone"
        ),
        pytest.param(
            "a\n- b\n- c\nd\n", "a\n- b\n- c\n- x\nd\n", "a\n- b\nd\n", "a\n- b\n- x\nd\n", 0, id="an item after"
        ),
        pytest.param(
            "a\n\n## B\n\nb\n\n## C\n",
            "a\n\n## B\n\nb\n\nmine\n\n## C\n",
            "a\n\n## C\n",
            "a\n\n## B\n\nb\n\nmine\n\n## C\n",
            1,
            id="text in a section that is gone",
        ),
        pytest.param(
            "a\n\n## B\n\nb\n\n## D\n",
            "a\n\n## B\n\nb\n\n## C\n\nmine\n\n## D\n",
            "a\n\n## D\n",
            "a\n\n## C\n\nmine\n\n## D\n",
            0,
            id="a section after a section that is gone",
        ),
        pytest.param("a\nb\nc\n", "a\nb c\nc\n", "a\nc\nb\n", "a\nc\nb c\n", 0, id="a line that was moved"),
        pytest.param("a\nb\n", "a\nx\ny\nb\n", "a\nx\nb\n", "a\nx\ny\nb\n", 0, id="all of the other's and more"),
        pytest.param("a\r\nb\n", "a\r\nB\r\n", "A\nb\n", "A\r\nB\r\n", 0, id="line ends of Windows"),
        pytest.param("a\nb", "a\nb\nc", "a\nB\n", "a\nB\nc\n", 0, id="no line end at the end"),
    ],
)
def test_a_merge_does_what_people_expect(
    generated: str, edited: str, new: str, result: str | None, conflicts: int
) -> None:
    merged = merge(generated, edited, new)
    assert merged.text == (edited if result is None else result)
    assert len(merged.conflicts) == conflicts


def test_conflicts_say_their_lines_and_their_three_texts() -> None:
    (place,) = merge("a\nb\n", "x\na\nB\n", "a\nbb\n").conflicts
    assert place == Place(theirs="B\n", ours="bb\n", base="b\n", line=3, new_line=2)


def test_markers_stand_around_both_texts() -> None:
    merged = merge("a\nb\nc\n", "a\nB\nc\n", "a\nbb\nc\n", on_conflict="markers")
    assert merged.text == "a\n<<<<<<< edited\nB\n=======\nbb\n>>>>>>> generated again\nc\n"


VOCABULARIES = {
    "the same line": ["a"],
    "two lines": ["a", ""],
    "fields": ["", "**Date**: 1", "**Date**: 2", "- [ ] a b c", "- [x] a b c"],
    "many lines": [f"word{number} with text{number % 9}" for number in range(3000)],
}


@pytest.mark.parametrize("vocabulary", VOCABULARIES.values(), ids=VOCABULARIES)
def test_long_texts_are_merged_quickly_however_much_in_them_is_the_same(vocabulary: list[str]) -> None:
    random = Random(1)  # noqa: S311  # not for secrets
    texts = ["".join(f"{random.choice(vocabulary)}\n" for _ in range(2000 + more)) for more in (0, -50, 50)]
    before = process_time()
    merge(*texts)
    assert process_time() - before < 3  # half a second, but for what a measure of coverage adds
