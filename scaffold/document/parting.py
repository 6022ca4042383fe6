"""What of a SUBPLAN belongs to one of several planned executions: phases by their titles, or as its purpose says."""

import re
from collections.abc import Mapping, Sequence

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen, replace
from scaffold.reading.content import Passage, Phase, Subplan

_NUMBERS = regex(
    r"\b(?:phases?|steps?|parts?|stages?|tasks?)\s+(?P<list>\d+[a-z]?(?:\s*(?:[-–,&/+]|to|and|through)\s*\d+[a-z]?)*)",
    re.IGNORECASE,
)
_RANGE = regex(r"(\d+)\s*(?:[-–]|to|through)\s*(\d+)")
_WORD = regex(r"[^\W_]{2,}")
_COMMON = frozenset(
    {"and", "or", "of", "the", "for", "in", "on", "to", "with", "from", "by", "all", "work"}
) | frozenset({"phase", "step", "part", "stage", "task", "execution"})


@frozen
class Part:
    """What one execution is about: its phases, and the SUBPLAN with what belongs to other executions left out."""

    subplan: Subplan
    phases: tuple[Phase, ...]


def part_of(subplan: Subplan, number: str) -> Part | None:
    """Return the part of execution `number`; None where the plan of executions does not part the phases.

    It does where every execution has phases of its own: those whose numbers its purpose names (`Phases 1-2`), or whose
    titles match it. Phases of none belong to all. Deliverables and tests that match one execution are its own.
    """
    purposes = {execution.number: execution.purpose for execution in subplan.planned_executions}
    if number not in purposes or len(purposes) < 2:
        return None
    owners = [_owner_of_phase(phase, purposes) for phase in subplan.phases]
    if set(purposes) - set(owners):
        return None
    mine = tuple(phase for phase, owner in zip(subplan.phases, owners, strict=True) if owner in (None, number))
    return Part(
        replace(
            subplan,
            phases=mine,
            deliverables=_mine(subplan.deliverables, purposes, number),
            tests=_mine(subplan.tests, purposes, number),
        ),
        tuple(phase for phase, owner in zip(subplan.phases, owners, strict=True) if owner == number),
    )


def _owner_of_phase(phase: Phase, purposes: Mapping[str, str]) -> str | None:
    """Return the one execution that names the phase's number, else the one whose purpose matches its title."""
    named = [number for number, purpose in purposes.items() if phase.number in _numbers(purpose)]
    return named[0] if len(named) == 1 else None if named else _owner(phase.title, purposes)


def _numbers(purpose: str) -> set[str]:
    """Return the numbers of phases that a purpose names: `Phases 1-3 and 5`."""
    found: set[str] = set()
    for match in _NUMBERS.finditer(purpose):
        for first, last in _RANGE.findall(match["list"]):
            found.update(str(number) for number in range(int(first), min(int(last), int(first) + 99) + 1))
        found.update(re.findall(r"\d+[a-z]?", match["list"]))
    return found


def _owner(text: str, purposes: Mapping[str, str]) -> str | None:
    """Return the one execution whose purpose a text matches: all words of the one stand in the other."""
    words = _words(text)
    matching = [number for number, purpose in purposes.items() if _matches(words, _words(purpose))]
    return matching[0] if len(matching) == 1 else None


def _matches(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and (one <= other or other <= one)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text)) - _COMMON


def _mine(passages: Sequence[Passage], purposes: Mapping[str, str], number: str) -> tuple[Passage, ...]:
    """Return the items that do not belong to another execution."""
    return tuple(passage for passage in passages if _owner(passage.text.split("\n")[0], purposes) in (None, number))
