"""Which names may become part of a file name, and what is safe to print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.names import MAX_ID_LENGTH, agreed, counted, is_achievement_id, nearest, printable, unsafe_name
from scaffold.transaction.journal import split_target


@pytest.mark.parametrize("text", ["1.1", "0.1", "2.10", "1.4.1", "10.0"])
def test_numbers_joined_by_dots_are_an_id(text: str) -> None:
    assert is_achievement_id(text)


@pytest.mark.parametrize(
    "text", ["1", "", "1.", ".1", "01.1", "1.01", "a.1", "1.1 ", "1.1\n", "../x", "1..2", "١.٢", "1." + "1" * 60]
)
def test_anything_else_is_no_id(text: str) -> None:
    assert not is_achievement_id(text)


@pytest.mark.parametrize("name", ["DEMO", "GRAPH-2_B", "Größe", "a.b", "CONSOLE", "x" * 100])
def test_an_ordinary_name_is_safe(name: str) -> None:
    assert unsafe_name(name) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param(" DEMO", "begins or ends with a space", id="leading space"),
        pytest.param("a/b", "one of", id="separator"),
        pytest.param("a\\b", "one of", id="backslash"),
        pytest.param("../x", "one of", id="parent"),
        pytest.param("a..b", "'..'", id="dots"),
        pytest.param(".hidden", "begins", id="hidden"),
        pytest.param("-rf", "begins", id="looks like an option"),
        pytest.param("end.", "ends", id="trailing dot"),
        pytest.param("a\x1bb", "control", id="escape"),
        pytest.param("a\u202eb", "bidirectional", id="bidi"),
        pytest.param("a\u00a0b", "unusual spaces", id="space that does not break"),
        pytest.param("a\ue000b", "control", id="private use"),
        pytest.param("nul", "Windows", id="reserved"),
        pytest.param("COM1.x", "Windows", id="reserved with ending"),
        pytest.param("é" * 51, "100 bytes", id="too long in bytes"),
    ],
)
def test_an_unsafe_name_is_refused_with_its_reason(name: str, reason: str) -> None:
    assert reason in (unsafe_name(name) or "")


@given(st.text(min_size=1).filter(lambda name: unsafe_name(name) is None))
def test_every_safe_name_makes_a_file_that_a_batch_may_write(name: str) -> None:
    slug = "1" * MAX_ID_LENGTH
    assert split_target(f"PLAN_{name}.md")
    assert split_target(f"subplans/SUBPLAN_{name}_{slug}.md")
    assert split_target(f"execution/EXECUTION_TASK_{name}_{slug}_01.md")


def test_the_nearest_name_is_the_one_that_was_perhaps_meant() -> None:
    assert nearest("1.11", {"1.1": 1, "3.7": 2}) == "1.1"
    assert nearest("objectiv", iter(["approach", "objective"])) == "objective"
    assert nearest("xyz", ["approach", "objective"]) is None


def test_what_could_drive_or_deceive_a_terminal_is_escaped() -> None:
    assert printable("a\x1b[31mb\u202ec\nd\udcff") == "a\\x1b[31mb\\u202ec\\nd\\udcff"


def test_text_and_emoji_are_printed_as_they_are() -> None:
    assert printable("Größe → 👩\u200d🔬 ok") == "Größe → 👩\u200d🔬 ok"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (12_000, "12,000 files")], ids=str
)
def test_a_noun_agrees_with_its_number(count: int, said: str) -> None:
    assert counted(count, "file") == said


def test_a_plural_that_is_not_made_with_an_s_and_a_verb_agree_as_well() -> None:
    assert [counted(count, "batch", "batches") for count in (1, 2)] == ["1 batch", "2 batches"]
    assert [agreed(count, "is", "are") for count in (1, 2)] == ["is", "are"]
