"""A conflict that a merge has left in a file is found, and nothing else is taken for one."""

import pytest

from scaffold.reading.merge_markers import merge_markers

CONFLICT = "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> branch\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(CONFLICT, id="two sides"),
        pytest.param("<<<<<<< ours\na\n||||||| base\nb\n=======\nc\n>>>>>>> theirs\n", id="with the base"),
        pytest.param("<<<<<<<\n=======\n>>>>>>>\n", id="without names"),
        pytest.param(CONFLICT.replace("\n", "\r\n"), id="line ends of Windows"),
    ],
)
def test_a_conflict_is_found_on_the_line_where_it_begins(text: str) -> None:
    assert merge_markers(f"# Tea\n\n{text}") == 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<<<<<<< HEAD\n=======\n", id="never closed"),
        pytest.param("=======\n>>>>>>> branch\n", id="never opened"),
        pytest.param("<<<<<<< HEAD\n>>>>>>> branch\n", id="never parted"),
        pytest.param("Title\n=======\n", id="a heading"),
        pytest.param("Look for `<<<<<<< HEAD`, `=======` and `>>>>>>> branch`.\n", id="prose"),
        pytest.param(">>>>>>> branch\n=======\n<<<<<<< HEAD\n", id="the wrong way round"),
    ],
)
def test_marks_that_are_no_conflict_are_text(text: str) -> None:
    assert merge_markers(text) is None
