"""The graph of dependencies: levels, order and cycles. Nothing here recurses, so that no chain is too long."""

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter

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
    """Give the dependencies that others bring about already, as (dependency, dependent).

    That 3 needs 1 is implied if 3 needs 2 and 2 needs 1. The dependencies must be as for `levels`.
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

    Each chain starts at its lowest id. No id is in two chains, and without the ids of all chains there is no cycle.
    """
    left = {one: iter(others) for one, others in dependencies.items()}  # every id that is not done with, and its rest
    chains = []
    for start in dependencies:
        way = {start: None} if start in left else {}  # each depends on the next
        while way:
            last = next(reversed(way))
            following = next((one for one in left[last] if one in left), None)
            if following is None:  # nothing leads from here into a cycle
                del left[last], way[last]
            elif following not in way:
                way[following] = None
            else:
                chain = _cut_off(way, following)
                chains.append(_from_lowest(chain))
                for one in chain:
                    del left[one]
    return chains


def _cut_off(way: dict[str, None], first: str) -> list[str]:
    """Take the end of a way, from `first` on."""
    end = []
    while first in way:
        end.append(way.popitem()[0])
    return end[::-1]


def _from_lowest(chain: list[str]) -> tuple[str, ...]:
    """Turn a circle so that it begins, and ends, with its lowest id."""
    at = chain.index(min(chain, key=id_order))
    return (*chain[at:], *chain[: at + 1])
