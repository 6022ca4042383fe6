"""How much of a SUBPLAN a document shows: the limits, the order in which they tighten, and what they are held against.

A document has at most 150 lines when it is created: its readers are often agents with little context, and an executor
still writes into it. The limits are for the built-in template set; another one may have a longer fixed part.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from scaffold.document.shorten import weight
from scaffold.model import Json

LINES = 150
"""The most lines a created document has with the built-in template set."""

_FIXED = 57
"""Lines of the built-in template in every document: those that no variable makes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is shown: lines of a text (`step`, `item`, `objective`, `approach`, `considerations`) or numbers."""

    step: int = 16
    steps: int = 12
    item: int = 5
    checks: int = 6
    criteria: int = 20
    deliverables: int = 15
    tests: int = 8
    objective: int = 14
    approach: int = 40
    considerations: int = 16
    phases: int = 12


def _ladder() -> Iterator[Limits]:
    """Yield ever tighter limits: steps first, then criteria and deliverables, then the approach, then phases."""
    limits = Limits()
    yield limits
    tightened: tuple[tuple[str, tuple[int, ...]], ...] = (
        ("step", (12, 8, 6, 5, 4, 3)),
        ("checks", (4, 3)),
        ("tests", (5,)),
        ("step", (2,)),
        ("item", (4, 3, 2)),
        ("steps", (8, 6, 5)),
        ("step", (1,)),
        ("steps", (4,)),
        ("checks", (2, 1)),
        ("criteria", (15, 12, 10)),
        ("deliverables", (12, 10, 8)),
        ("tests", (3,)),
        ("item", (1,)),
        ("steps", (3, 2)),
        ("checks", (0,)),
        ("criteria", (8, 6)),
        ("deliverables", (6, 5)),
        ("considerations", (8, 4)),
        ("approach", (30, 20, 15, 12, 8)),
        ("steps", (1,)),
        ("considerations", (2,)),
        ("objective", (10, 8)),
        ("phases", (10, 8, 6, 5, 4)),
    )
    for name, values in tightened:
        for value in values:
            limits = replace(limits, **{name: value})
            yield limits


LADDER = tuple(_ladder())


def lines_of(task: Mapping[str, Json]) -> int:
    """Give the number of lines that the built-in template makes of `task`, long ones counted as `weight` does."""
    outline, hidden = _weight(task["outline"]), 1 if task["phases_more"] else 0
    approach, after = _weight(task["approach"]), _weight(task["considerations"])
    total = _FIXED + (2 if task["ready"] == "no" else 0) + (1 if task["feedback"] else 0)
    total += sum(_weight(task[name]) or 1 for name in ("objective", "success_criteria", "deliverables"))
    total += (approach + (1 if approach and outline else 0) + outline + hidden) or 1
    total += after + 1 if after else 0
    total += _weight(task["tests"]) + (3 if task["tests"] else 0)
    phases = task["phases"]
    shown = [phase for phase in phases if isinstance(phase, dict)] if isinstance(phases, list) else []
    return total + 2 * hidden + (sum(map(_phase_lines, shown)) or 2)


def _phase_lines(phase: Mapping[str, Json]) -> int:
    """Give the number of lines that the built-in template makes of one phase."""
    around = {"heading": 1, "goal": 1, "text": 1, "steps": 1, "more": 1, "verification": 3}
    return sum(_weight(phase[name]) + extra for name, extra in around.items() if phase[name])


def _weight(value: Json) -> int:
    """Give the weight of a text or of all texts of a list; 0 for nothing."""
    if isinstance(value, list):
        return sum(map(_weight, value))
    return weight(value) if isinstance(value, str) else 0
