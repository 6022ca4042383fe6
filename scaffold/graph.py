"""The graph of dependencies: levels, order and cycles. Nothing here recurses, so that no chain is too long."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from scaffold.model import Achievement, id_order


def levels(achievements: Iterable[Achievement]) -> dict[str, int]:
    """Give the level of every achievement id: 0 without dependencies, else 1 + the highest among its dependencies.

    The dependencies must be known and without cycles: `parallel.parse` has seen to that.
    """
    dependencies = {achievement.id: achievement.dependencies for achievement in achievements}
    found: dict[str, int] = {}
    for achievement_id in TopologicalSorter(dependencies).static_order():
        found[achievement_id] = 1 + max((found[one] for one in dependencies[achievement_id]), default=-1)
    return found


def implied(achievements: Iterable[Achievement]) -> frozenset[tuple[str, str]]:
    """Give the dependencies that others bring about already, as (dependency, dependent): 3 needs 1, if 3 needs 2 and

    2 needs 1. The dependencies must be as for `levels`.
    """
    dependencies = {achievement.id: achievement.dependencies for achievement in achievements}
    bit = {achievement_id: 1 << at for at, achievement_id in enumerate(dependencies)}
    before: dict[str, int] = {}  # what an achievement depends on at any distance: a set, as the bits of a number
    found = set()
    for achievement_id in TopologicalSorter(dependencies).static_order():
        direct = dependencies[achievement_id]
        further = 0
        for one in direct:
            further |= before[one]
        found |= {(one, achievement_id) for one in direct if further & bit[one]}
        before[achievement_id] = further | sum({bit[one] for one in direct})
    return frozenset(found)


def cycles(dependencies: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Give one chain for every knot of cycles, each id depending on the next, first and last the same: (a, b, a).

    Each chain starts at its lowest id.
    """
    remaining = {one: tuple(others) for one, others in dependencies.items()}
    chains = []
    while chain := _cycle(remaining):
        chains.append(chain)
        for one in chain[:-1]:
            remaining.pop(one)
        remaining = {one: tuple(other for other in others if other in remaining) for one, others in remaining.items()}
    return chains


def _cycle(dependencies: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """Find one cycle; graphlib names it from dependency to dependent."""
    try:
        TopologicalSorter(dependencies).prepare()
    except CycleError as error:
        members: list[str] = error.args[1][:0:-1]
        first = members.index(min(members, key=id_order))
        rotated = members[first:] + members[:first]
        return (*rotated, rotated[0])
    return None
