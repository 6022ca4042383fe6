"""Estimates are read as people write them, and added up as ranges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.reading.durations import Effort, in_parallel, in_sequence, read

EFFORTS = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 400)).map(lambda two: Effort(min(two) / 4, max(two) / 4)), max_size=8
)


@pytest.mark.parametrize(
    ("text", "effort"),
    [
        ("3.5 hours", Effort(3.5, 3.5)),
        ("4-6 hours", Effort(4, 6)),
        ("4 – 6h", Effort(4, 6)),
        ("~2 to 3 h", Effort(2, 3)),
        ("90 min", Effort(1.5, 1.5)),
        ("1-2 days", Effort(8, 16)),
        ("8+ hours", Effort(8, 8)),
        ("5", Effort(5, 5)),
        ("6-4 h", Effort(6, 6)),
        ("a while", Effort(unknown=1)),
        ("3 weeks", Effort(unknown=1)),
        (None, Effort(unknown=1)),
    ],
)
def test_an_estimate_is_read_as_hours_or_is_unknown(text: str | None, effort: Effort) -> None:
    assert read(text) == effort


def test_a_range_is_shown_as_a_range_and_what_is_unknown_is_said() -> None:
    assert [Effort(4, 6).text, Effort(4, 4).text] == ["4-6 h", "4 h"]
    assert Effort(4.5, 6, 2).text == "4.5-6 h + 2 without an estimate"
    assert (Effort(0, 0, 2).text, Effort(0, 0).text) == ("2 without an estimate", "0 h")


@given(EFFORTS)
def test_in_parallel_is_never_longer_than_in_sequence_and_never_shorter_than_the_longest(efforts: list[Effort]) -> None:
    together, one_by_one = in_parallel(efforts), in_sequence(efforts)
    assert together.low <= one_by_one.low
    assert together.high <= one_by_one.high
    assert all(one.high <= together.high for one in efforts)
    assert one_by_one.high == sum(one.high for one in efforts)
