"""A SUBPLAN blocks, or warns, by stated rules."""

from dataclasses import replace

import pytest

from scaffold.model import Achievement
from scaffold.plan.prerequisites import Policy, check
from scaffold.reading.content import Passage, Subplan, Unfilled
from tests.documents import EMPTY

DEFAULT = Policy()
ACHIEVEMENT = Achievement("1.1", "Part", (), None, {})
FILLED = replace(
    EMPTY, achievement=Passage("1.1", 3), objective=Passage("Make it.", 5), approach=Passage("Just do it.", 9)
)


def found(subplan: Subplan, policy: Policy = DEFAULT) -> list[tuple[str, str, int | None]]:
    """Return (code, severity, line) of every problem."""
    return [(one.code, one.severity, one.line) for one in check(subplan, ACHIEVEMENT, "s.md", policy)]


def test_a_filled_subplan_of_the_right_achievement_has_no_problem() -> None:
    assert found(FILLED) == []


def test_another_achievement_in_the_header_blocks() -> None:
    assert found(replace(FILLED, achievement=Passage("1.2", 3))) == [("subplan_mismatch", "error", 3)]


def test_no_achievement_in_the_header_warns() -> None:
    assert found(replace(FILLED, achievement=None)) == [("subplan_unbound", "warning", None)]


@pytest.mark.parametrize(
    ("field", "policy", "severity"),
    [
        ("objective", Policy(), "error"),
        ("approach", Policy(), "error"),
        ("objective", Policy(allow_unfilled=True), "warning"),
        ("tests", Policy(), "warning"),
        (None, Policy(), "warning"),
    ],
)
def test_a_marker_blocks_in_objective_and_approach_and_warns_elsewhere(
    field: str | None, policy: Policy, severity: str
) -> None:
    subplan = replace(FILLED, unfilled=(Unfilled("[TO BE FILLED: x]", 7, field),))
    assert found(subplan, policy) == [("subplan_unfilled", severity, 7)]


@pytest.mark.parametrize(("policy", "severity"), [(Policy(), "warning"), (Policy(strict=True), "error")])
def test_a_missing_objective_or_approach_warns_and_blocks_when_strict(policy: Policy, severity: str) -> None:
    for name in ("objective", "approach"):
        subplan = replace(FILLED, **{name: None})  # type: ignore[arg-type]
        assert found(subplan, policy) == [("subplan_incomplete", severity, None)]


def test_neither_objective_nor_approach_blocks_and_names_the_headings_that_are_there() -> None:
    subplan = replace(FILLED, objective=None, approach=None, headings=tuple(f"H{at}" for at in range(10)), tool="Kiro")
    (one,) = check(subplan, ACHIEVEMENT, "s.md", Policy(skip_missing=True, allow_unfilled=True))
    assert (one.code, one.severity) == ("subplan_unrecognised", "error")
    assert one.message == (
        "has neither an objective nor an approach; its headings are 'H0', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'H7' and "
        "2 more; this is how documents of Kiro look"
    )
    (one,) = check(replace(FILLED, objective=None, approach=None), ACHIEVEMENT, "s.md", DEFAULT)
    assert one.message == "has neither an objective nor an approach; it has no headings"


def test_a_long_marker_is_shortened_in_the_message() -> None:
    subplan = replace(FILLED, unfilled=(Unfilled("[FILL: " + "x" * 100 + "]", 7, "approach"),))
    (one,) = check(subplan, ACHIEVEMENT, "s.md", DEFAULT)
    assert one.message.endswith("x…]")
    assert len(one.message) < 110
