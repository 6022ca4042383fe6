"""Tables of text: on a terminal and off it."""

import pytest

from scaffold.report import table

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
