"""Differences between documents are told completely, once, and harmlessly."""

import re
from collections import Counter
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.commands._diff import Difference, diff_text

HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
NO_END = "\\ No newline at end of file"
COLOUR = re.compile("\x1b\\[[0-9]*m")

TEXTS = st.builds(
    lambda lines, end: "\n".join(lines) + end,
    st.lists(st.sampled_from(["", "a", "b", "c", "-- a", "++ b", "@@ -1 +1 @@", "\ttab", "é"]), max_size=24),
    st.sampled_from(["", "\n"]),
).map(str.encode)
"""Few different lines, so that two texts have much in common; some look like lines of a diff."""


def told(before: bytes | None, after: bytes | None) -> str:
    return diff_text([Difference("D.md", before, after)], colour=False)


def applied(before: bytes, diff: str) -> bytes:
    """Return what a text becomes where a diff of one document is carried out, held against the text at each line."""
    old = re.findall(rb"[^\n]*\n|[^\n]+", before)
    lines = diff.splitlines()[2:]
    made, at = list[bytes](), 0
    while lines:
        head = HUNK.fullmatch(lines.pop(0))
        assert head, diff
        start, removed = int(head[1]), int(head[2] or 1)
        _, added = int(head[3]), int(head[4] or 1)
        here = start if removed == 0 else start - 1
        assert here >= at
        made += old[at:here]
        assert len(made) == (int(head[3]) if added == 0 else int(head[3]) - 1), "where it goes"
        at = here
        while removed or added:
            line = lines.pop(0)
            end = b"\n"
            if lines and lines[0] == NO_END:
                lines.pop(0)
                end = b""
            content = line[1:].encode() + end
            if line[0] != "+":
                assert old[at] == content
                at, removed = at + 1, removed - 1
            if line[0] != "-":
                made.append(content)
                added -= 1
    return b"".join(made + old[at:])


def changes(diff: str) -> Counter[str]:
    """Return the removed and added lines of a diff, without the lines that name the documents."""
    lines = [line for line in diff.splitlines() if not re.match(r"--- D|\+\+\+ D|in \d", line)]
    return Counter(line for line in lines if line[0] in "-+")


def of_block(diff: str, path: str) -> Counter[str]:
    """Return the removed and added lines of those parts of a diff that are about a document."""
    blocks = re.split(r"(?m)^(?=in \d|--- D)", diff)
    whole = [
        first + second if first.startswith("in ") else second
        for first, second in zip(["", *blocks], blocks, strict=False)
        if not second.startswith("in ")
    ]
    return sum((changes(block) for block in whole if path in block), Counter())


@given(TEXTS, TEXTS)
def test_who_carries_out_what_is_told_has_the_new_text(before: bytes, after: bytes) -> None:
    if before != after:
        assert applied(before, told(before, after)) == after


@given(TEXTS)
def test_of_equal_documents_nothing_is_told(text: bytes) -> None:
    assert told(text, text) == ""


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=2, max_size=3))
def test_of_several_documents_everything_is_told_that_is_told_of_each_alone(pairs: list[tuple[bytes, bytes]]) -> None:
    diff = diff_text([Difference(f"D{at}.md", *pair) for at, pair in enumerate(pairs)], colour=False)
    for at, pair in enumerate(pairs):
        assert of_block(diff, f"D{at}.md") == changes(told(*pair))


@given(TEXTS, TEXTS)
def test_colour_changes_nothing_but_colour(before: bytes, after: bytes) -> None:
    coloured = diff_text([Difference("D.md", before, after)], colour=True)
    assert COLOUR.sub("", coloured) == told(before, after)


def test_removed_lines_are_red_added_ones_green_and_heads_of_hunks_cyan() -> None:
    assert diff_text([Difference("D.md", b"same\n-- old\n", b"same\nnew\n")], colour=True) == (
        "--- D.md\n+++ D.md\n\x1b[36m@@ -1,2 +1,2 @@\x1b[m\n same\n\x1b[31m--- old\x1b[m\n\x1b[32m+new\x1b[m\n"
    )


def test_a_change_is_told_with_three_lines_around_it() -> None:
    before = "".join(f"{number}\n" for number in range(1, 21))
    assert told(before.encode(), before.replace("10\n", "ten\n").encode()) == (
        "--- D.md\n+++ D.md\n@@ -7,7 +7,7 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13\n"
    )


def test_a_missing_end_of_the_last_line_is_told() -> None:
    assert told(b"a\n", b"a") == f"--- D.md\n+++ D.md\n@@ -1 +1 @@\n-a\n+a\n{NO_END}\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(None, b"a\n", "--- /dev/null\n+++ D.md\n@@ -0,0 +1 @@\n+a\n", id="a new document"),
        pytest.param(b"a\n", None, "--- D.md\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", id="a document that is gone"),
        pytest.param(None, b"", "--- /dev/null\n+++ D.md\n", id="a new document without a line"),
        pytest.param(None, None, "", id="no document at all"),
    ],
)
def test_documents_that_appear_and_disappear_are_told(before: bytes | None, after: bytes | None, expected: str) -> None:
    assert told(before, after) == expected


def test_nothing_of_a_document_or_its_name_reaches_the_terminal_raw() -> None:
    diff = diff_text([Difference("D\x1b]0;x\x07.md", b"", "\x1b[2Ja\tb\r\n\u202e\xff\n".encode() + b"\xff\n")], False)
    assert diff.splitlines()[1:] == [
        "+++ D\\x1b]0;x\\x07.md",
        "@@ -0,0 +1,3 @@",
        "+\\x1b[2Ja\tb\\r",
        "+\\u202e\xff",
        "+\N{REPLACEMENT CHARACTER}",
    ]


def template(number: int, line: str) -> bytes:
    """Return a document of a template: its title, and the text that changes at different places in each."""
    own = "".join(f"- criterion {each} of {number}\n" for each in range(number % 7))
    return f"# Part {number}\n\n{own}\n## Steps\n\nfirst\n{line}\nlast\n\nObjective of {number}\n".encode()


def test_one_changed_line_of_a_template_is_told_once_for_all_documents() -> None:
    pairs = [Difference(f"D{at:03}.md", template(at, "old"), template(at, "new")) for at in range(300)]
    assert diff_text(pairs, colour=False) == (
        "in 300 documents: D000.md, D001.md and 298 more\n--- D000.md\n+++ D000.md\n"
        "@@ -4,6 +4,6 @@\n ## Steps\n \n first\n-old\n+new\n last\n \n"
    ), "only lines around it that are the same in all"


def test_documents_that_change_alike_in_one_place_and_not_in_another_are_told_together_where_they_do() -> None:
    middle = "".join(f"{number}\n" for number in range(10))
    pairs = [Difference(f"D{at}.md", f"a\n{middle}x\n".encode(), f"b\n{middle}{at}\n".encode()) for at in range(2)]
    diff = diff_text(pairs, colour=False)
    assert [line for line in diff.splitlines() if line[0] in "i-+"] == [
        *("in 2 documents: D0.md, D1.md", "--- D0.md", "+++ D0.md", "-a", "+b"),
        *("--- D0.md", "+++ D0.md", "-x", "+0"),
        *("--- D1.md", "+++ D1.md", "-x", "+1"),
    ]


def test_a_change_that_a_document_has_twice_is_told_twice() -> None:
    middle = "".join(f"{number}\n" for number in range(10))
    before, after = (f"{line}\n{middle}{line}\n".encode() for line in "ab")
    assert changes(told(before, after)) == {"-a": 2, "+b": 2}


def test_three_hundred_documents_are_told_in_no_time() -> None:
    pairs = []
    for at in range(300):
        lines = [f"line {number} of {at}\n" for number in range(150)]
        changed = [*lines[:75], f"changed in {at}\n", *lines[76:]]
        pairs.append(Difference(f"D{at}.md", "".join(lines).encode(), "".join(changed).encode()))
    began = process_time()
    diff = diff_text(pairs, colour=True)
    assert diff.count("@@ -73,7 +73,7 @@") == 300
    assert process_time() - began < 1  # a third of that at most, where nothing else runs
