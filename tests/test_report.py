"""Tables of text: on a terminal and off it."""

import pytest

from scaffold.errors import Diagnostic
from scaffold.report import folded, table, warnings_text, width

HEAD = ("Achievement", "Title", "Lines")
ROWS = (("1.1", "日本 [b]plan[/b]", "7"), ("1.10", "Fol\u0301ders and files", "12"), ("1.2", "", ""))


@pytest.mark.parametrize("columns", [None, 38])
def test_a_table_that_fits_is_one_line_a_row_its_columns_in_line_and_numbers_to_the_right(columns: int | None) -> None:
    assert table(HEAD, ROWS, columns).split("\n") == [
        "Achievement  Title              Lines",
        "1.1          日本 [b]plan[/b]       7",
        "1.10         Fol\u0301ders and files     12",
        "1.2",
    ]


def test_a_table_that_is_too_wide_for_the_terminal_is_folded_inside_its_columns() -> None:
    assert table(HEAD, ROWS, 32).split("\n") == [
        "Achievement  Title         Lines",
        "1.1          日本              7",
        "             [b]plan[/b]",
        "1.10         Fol\u0301ders and      12",
        "             files",
        "1.2",
    ]


def test_a_table_without_rows_is_its_head() -> None:
    assert table(HEAD, (), None) == "Achievement  Title  Lines"


NAME = "execution/EXECUTION_TASK_GRAPHRAG-OBSERVABILITY-VALIDATION_11_01.md"
CREATED = ("Achievement", "Title", "File", "Lines")


@pytest.mark.parametrize("columns", [40, 60, 72, 79, 80, 100])
def test_a_file_name_is_never_broken_however_narrow_the_terminal(columns: int) -> None:
    shown = table(CREATED, [("1.1", "Collect all of the observability data", NAME, "112")], columns)
    assert shown.count(NAME) == 1
    assert all(width(line) <= columns for line in shown.split("\n") if NAME not in line)


def test_a_file_name_that_leaves_no_room_stands_below_its_row_by_itself() -> None:
    rows = [("1.1", "Collect all of the observability data of a run", NAME, "112"), ("1.2", "Show it", "", "7")]
    assert table(CREATED, rows, 60).split("\n") == [
        "Achievement  Title                                     Lines",
        "  File",
        "1.1          Collect all of the observability data of    112",
        "             a run",
        f"  {NAME}",
        "1.2          Show it                                       7",
    ]


def test_a_file_name_with_spaces_is_not_broken_at_them() -> None:
    name = "execution/EXECUTION_TASK_my own plan_11_01.md"
    assert f"\n  {name}\n" in table(CREATED, [("1.1", "A title of several words", name, "112")] * 2, 60)


def test_the_first_column_stays_even_where_nothing_fits() -> None:
    assert table(("File", "Lines"), [(NAME, "12")], 40).split("\n") == ["File", "  Lines", NAME, "  12"]


def test_words_without_room_go_below_too_and_are_folded_there() -> None:
    rows = [("1.1", "Internationalisation of internationalisation", "x")]
    assert table(("Achievement", "Title", "State"), rows, 32).split("\n") == [
        "Achievement  State",
        "  Title",
        "1.1          x",
        "  Internationalisation of",
        "  internationalisation",
    ]


def test_a_word_that_is_longer_than_the_terminal_stays_whole_below_its_row() -> None:
    word = "w" * 90
    assert table(("Achievement", "Title", "State"), [("1.1", word, "x")], 32).split("\n") == [
        "Achievement  State",
        "  Title",
        "1.1          x",
        f"  {word}",
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("short", ["short"]),
        ("one two three four", ["one two", "  three", "  four"]),
        ("  one two three", ["  one", "  two", "  three"]),
        ("one     two", ["one", "  two"]),
        ("a-name-that-is-long.md too", ["a-name-that-is-long.md", "  too"]),
        ("  a-name-that-is-long.md", ["  a-name-that-is-long.md"]),
        ("日本 日本 x", ["日本", "  日本", "  x"]),
    ],
)
def test_a_text_is_folded_at_words_and_a_long_word_stays_whole(text: str, lines: list[str]) -> None:
    assert folded(text, 7, "  ") == lines


def waiting(count: int) -> list[Diagnostic]:
    """Return so many warnings of a kind."""
    return [
        Diagnostic("not_ready", f"achievement 2.{at} is not ready", hint="later", severity="warning")
        for at in range(1, count + 1)
    ]


def test_up_to_three_warnings_of_a_kind_are_said_each() -> None:
    assert warnings_text(waiting(3)) == "".join(
        f"warning: achievement 2.{at} is not ready\n  hint: later\n" for at in (1, 2, 3)
    )


def test_more_than_three_warnings_of_a_kind_are_one_line_and_other_kinds_are_said_as_before() -> None:
    other = Diagnostic("edited", "has been\x1b edited", "a.md", 3, severity="warning")
    assert warnings_text([*waiting(4), other]) == (
        "warning: 4 of the kind not_ready (--json lists all), the first: achievement 2.1 is not ready\n"
        "warning: a.md:3: has been\\x1b edited\n"
    )
