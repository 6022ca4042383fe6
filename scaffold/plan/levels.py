"""The graph of dependencies: levels, order and cycles. Nothing here recurses, so that no chain is too long."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter

from scaffold.model import Achievement, id_order

MOST_STEPS = 5_000_000
"""How many dependencies are followed to find those that others imply: some seconds."""

_AT_ONCE = 2048
"""For how many achievements that is found in one pass: with as many bits for each achievement, memory stays small."""


def levels(achievements: Iterable[Achievement]) -> dict[str, int]:
    """Return the level of every achievement id: 0 without dependencies, else 1 + the highest among its dependencies.

    The dependencies must be known and without cycles: `parallel.parse` has seen to that.
    """
    dependencies = {achievement.id: achievement.dependencies for achievement in achievements}
    level_of: dict[str, int] = {}
    for achievement_id in TopologicalSorter(dependencies).static_order():
        level_of[achievement_id] = 1 + max(
            (level_of[dependency] for dependency in dependencies[achievement_id]), default=-1
        )
    return level_of


def implied(achievements: Iterable[Achievement]) -> frozenset[tuple[str, str]]:
    """Return the dependencies that others bring about already, as (dependency, dependent).

    That 3 needs 1 is implied if 3 needs 2 and 2 needs 1. The dependencies must be as for `levels`. Of a graph that is
    `too_large` for it none are returned.
    """
    graph = tuple(achievements)
    level_of = levels(graph)
    starts = _starts(graph, level_of)
    if _steps(graph, starts) > MOST_STEPS:
        return frozenset()
    upward = sorted(graph, key=lambda achievement: level_of[achievement.id])
    passes = (starts[begin : begin + _AT_ONCE] for begin in range(0, len(starts), _AT_ONCE))
    return frozenset(arrow for some in passes for arrow in _implied_from(some, upward))


def too_large(achievements: Iterable[Achievement]) -> bool:
    """Whether it would take too long to find what `implied` returns."""
    graph = tuple(achievements)
    return _steps(graph, _starts(graph, levels(graph))) > MOST_STEPS


def _starts(graph: Iterable[Achievement], level_of: Mapping[str, int]) -> Sequence[str]:
    """Return what anything more than one level above depends on: a detour takes two steps, and so two levels."""
    reaching = ((dependency, achievement.id) for achievement in graph for dependency in achievement.dependencies)
    return tuple(dict.fromkeys(below for below, above in reaching if level_of[below] < level_of[above] - 1))


def _steps(graph: Sequence[Achievement], starts: Sequence[str]) -> int:
    """Return how many dependencies are followed to find what is implied."""
    passes = -(-len(starts) // _AT_ONCE)
    return passes * sum(1 + len(achievement.dependencies) for achievement in graph)


def _implied_from(starts: Sequence[str], upward: Iterable[Achievement]) -> Iterator[tuple[str, str]]:
    """Yield the dependencies on one of `starts` that are implied; of `upward`, each comes after what it depends on."""
    bit = {start: 1 << at for at, start in enumerate(starts)}
    reached: dict[str, int] = {}  # which starts an achievement depends on at any distance, as the bits of a number
    for achievement in upward:
        further = 0
        for dependency in achievement.dependencies:
            further |= reached.get(dependency, 0)
        for dependency in achievement.dependencies:
            if further & bit.get(dependency, 0):
                yield dependency, achievement.id
        for dependency in achievement.dependencies:
            further |= bit.get(dependency, 0)
        if further:
            reached[achievement.id] = further


def cycles(dependencies: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Return a chain for each group of connected cycles, each id depending on the next, its ends the same: (a, b, a).

    Each chain starts at its lowest id. No id is in two chains, and without the ids of all chains there is no cycle.
    """
    left = {id_: iter(others) for id_, others in dependencies.items()}  # every id that is not done with, and its rest
    chains = []
    for start in dependencies:
        way = {start: None} if start in left else {}  # each depends on the next
        while way:
            last = next(reversed(way))
            following = next((id_ for id_ in left[last] if id_ in left), None)
            if following is None:  # nothing leads from here into a cycle
                del left[last], way[last]
            elif following not in way:
                way[following] = None
            else:
                chain = _cut_off(way, following)
                chains.append(_from_lowest(chain))
                for id_ in chain:
                    del left[id_]
    return chains


def _cut_off(way: dict[str, None], first: str) -> list[str]:
    """Return the end of a path, from `first` on."""
    end = []
    while first in way:
        end.append(way.popitem()[0])
    return end[::-1]


def _from_lowest(chain: list[str]) -> tuple[str, ...]:
    """Rotate a cycle so that it begins and ends with its lowest id."""
    at = chain.index(min(chain, key=id_order))
    return (*chain[at:], *chain[: at + 1])
