"""Estimates are read as people write them, and added up as ranges."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.reading.durations import Effort, holds_time, in_parallel, in_sequence, is_time, read, without_time

QUARTERS = st.tuples(st.integers(0, 400), st.integers(0, 400)).map(lambda two: Effort(min(two) / 4, max(two) / 4))
EFFORTS = st.lists(QUARTERS, max_size=8)
CENTS = st.integers(0, 99_999_999)
KNOWN = st.tuples(CENTS, CENTS).map(lambda two: Effort(min(two) / 100, max(two) / 100))
UNKNOWN = Effort(unknown=1)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("5", 5, 5),
        ("3.5 hours", 3.5, 3.5),
        (".5 h", 0.5, 0.5),
        ("1,5 h", 1.5, 1.5),
        ("½ day", 4, 4),
        ("1½ hours", 1.5, 1.5),
        ("90 min", 1.5, 1.5),
        ("90min", 1.5, 1.5),
        ("2 hrs", 2, 2),
        ("8+ hours", 8, 8),
        ("3 DAYS", 24, 24),
        # ranges
        ("4-6 hours", 4, 6),
        ("4 – 6h", 4, 6),
        ("4 — 6h", 4, 6),
        ("~2 to 3 h", 2, 3),
        ("1-2 days", 8, 16),
        ("2 - 3 days", 16, 24),
        ("30m-1h", 0.5, 1),
        ("30 min - 2 h", 0.5, 2),
        ("4-6", 4, 6),
        ("6-4 h", 6, 6),
        # in several units
        ("1h 30m", 1.5, 1.5),
        ("1h30m", 1.5, 1.5),
        ("1 hour 30 minutes", 1.5, 1.5),
        ("1 hour and 30 minutes", 1.5, 1.5),
        ("1 day, 2h + 15 min", 10.25, 10.25),
        ("1h 30m - 2h", 1.5, 2),
        # words and signs around them
        ("approx 3 hours", 3, 3),
        ("approximately 3 hours", 3, 3),
        ("about 3 hours", 3, 3),
        ("ca. 3 hours", 3, 3),
        ("est. 2h", 2, 2),
        ("+2-3 hours", 2, 3),
        ("⏱️ 15-20 minutes", 0.25, 0.33),
        ("**Total**: 3-4 hours", 3, 4),
        ("3-4 hours (was 2-3 hours, +1 hour for the docs)", 3, 4),
        ("80-120 hours total, domain by domain", 80, 120),
        ("5 (a guess)", 5, 5),
        # at most
        ("< 5 minutes", 0, 0.08),
        ("up to 2h", 0, 2),
        ("max 2h", 0, 2),
        ("2h max", 0, 2),
        ("up to 2-3h", 2, 3),
        # an estimate of work that is over, or of something complete
        ("2h (actual: 3h)", 2, 2),
        ("2h (done in 1h)", 2, 2),
        ("78-108 hours (if all priorities completed)", 78, 108),
        ("2h (complete rewrite)", 2, 2),
        ("2h (completed PLAN)", 2, 2),
    ],
)
def test_an_estimate_is_read_as_hours(text: str, low: float, high: float) -> None:
    assert read(text) == Effort(low, high)


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "a while", "None", "h"),
        *("3 weeks", "1 week 2 days", "3 months", "1-2 months", "3 mo", "0 weeks"),
        *("3 documents", "3 doors", "3 models", "3 mice", "3 wheels", "2 or 3 hours", "5 or so", "5%", "$5", "-5h"),
        *("~25 minutes (completed)", "25 minutes (actual)", "2h actual", "2h (done ✅)", "2h (completed 2025-10-01)"),
        *("actual: 25 min", "took 2h", "✅ 2h (done)", "2h, actual time"),
        *("2h/day", "2 hours per day", "2h each", "3 days a week", "1h-2h-3h", "4h → 6h", "2h-3", "2h 2h", "2h + 1h"),
        *("2025-10-01", "1, 2 hours", "1,500 hours", "1.2.3", "1/2 day", "1h30", "1" * 7 + " h", "9" * 400, "٣ h"),
    ],
)
def test_what_is_no_clear_number_of_hours_of_work_to_do_is_unknown(text: str | None) -> None:
    assert read(text) == UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        *("5 min", "2h", "1-2 hours", "1.5–2 hrs", "3 to 4 days", "about 2 weeks", "2-3 hours total", "3 months"),
        *("1h 30m", "30m-1h", "up to 2h", "⏱️ 15 min", "~3 hours, if needed", "2h/day", "1,5 h"),
    ],
)
def test_spans_of_time(text: str) -> None:
    assert is_time(text)
    assert without_time(f"Heat ({text})") == without_time(f"Heat - {text}") == ("Heat", text)
    assert holds_time(f"Heat: {text}")


@pytest.mark.parametrize(
    "text",
    ["", "min", "5", "5 scripts", "3 documents", "2d plots", "see 5 min", "2h (actual)", "2h-3", "took 2h", "x" * 100],
)
def test_no_spans_of_time(text: str) -> None:
    assert not is_time(text)
    assert without_time(f"Heat ({text})") == (f"Heat ({text})", None)


@given(KNOWN | st.just(UNKNOWN))
def test_what_is_written_is_read_back(effort: Effort) -> None:
    assert read(effort.text) == effort


@given(st.text() | st.text(alphabet="0123456789.,½ hmdw+-–/()~<", max_size=20))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    effort = read(text)
    assert 0 <= effort.low <= effort.high
    assert effort.unknown in (0, 1)


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "text", ["est: ", "~ ", "up to ", "1h ", "1d 1h ", "½", "9", "1.", "1,", "2 -", " ", "(", "done "]
)
def test_no_time_takes_for_ever(text: str) -> None:
    assert read(text * 300_000).unknown == 1
    read("2h " + text * 300_000)


def test_a_range_is_shown_as_a_range_and_what_is_unknown_is_said() -> None:
    assert [Effort(4, 6).text, Effort(4, 4).text] == ["4-6 h", "4 h"]
    assert Effort(4.5, 6, 2).text == "4.5-6 h + 2 without an estimate"
    assert Effort(1_234_567.25, 2_000_000).text == "1234567.25-2000000 h"
    assert (Effort(0, 0, 2).text, Effort(0, 0).text) == ("2 without an estimate", "0 h")


@given(EFFORTS)
def test_in_parallel_is_never_longer_than_in_sequence_and_never_shorter_than_the_longest(efforts: list[Effort]) -> None:
    together, one_by_one = in_parallel(efforts), in_sequence(efforts)
    assert together.low <= one_by_one.low
    assert together.high <= one_by_one.high
    assert all(one.high <= together.high for one in efforts)
    assert one_by_one.high == sum(one.high for one in efforts)


def test_the_examples_of_times_in_the_manual_hold() -> None:
    page = (
        (Path(__file__).parent.parent / "docs/extraction.md").read_text("utf-8").split("## Times")[1].split("\n## ")[0]
    )
    rows = re.findall(r"^\| (`.*`) \| (.*) \|$", page, re.MULTILINE)
    assert len(rows) == 7
    for written, hours in rows:
        times = re.findall(r"`(.*?)`", written)
        expected = hours.split(", ") if hours[0].isdigit() else ["unknown"]
        for time, value in zip(times, expected * (len(times) // len(expected)), strict=True):
            effort = read(time)
            assert effort == UNKNOWN if value == "unknown" else effort.text == f"{value} h", time
