"""Levels and cycles of a dependency graph."""

from graphlib import TopologicalSorter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scaffold.model import Achievement
from scaffold.plan.levels import cycles, implied, levels
from tests.plans import node


@st.composite
def acyclic(draw: st.DrawFn) -> list[Achievement]:
    """Draw a graph in which every achievement depends only on earlier ones."""
    ids = [f"1.{number}" for number in range(draw(st.integers(1, 12)))]
    return [
        node(one, *draw(st.lists(st.sampled_from(ids[:at]), unique=True) if at else st.just([])))
        for at, one in enumerate(ids)
    ]


@given(acyclic(), st.randoms())
def test_a_level_is_one_above_the_highest_dependency_in_whatever_order_the_file_has_them(
    graph: list[Achievement], random: object
) -> None:
    shuffled = sorted(graph, key=lambda _: random.random())  # type: ignore[attr-defined]
    found = levels(shuffled)
    assert set(found) == {one.id for one in graph}
    for one in graph:
        assert found[one.id] == max((found[other] + 1 for other in one.dependencies), default=0)


def test_a_chain_of_ten_thousand_has_ten_thousand_levels() -> None:
    chain = [node("1.0"), *(node(f"1.{at}", f"1.{at - 1}") for at in range(1, 10_000))]
    assert levels(reversed(chain))["1.9999"] == 9999


def reaches(graph: dict[str, tuple[str, ...]], start: str, end: str) -> bool:
    return start == end or any(reaches(graph, one, end) for one in graph[start])


@given(acyclic())
def test_a_dependency_is_implied_when_another_one_leads_to_it(graph: list[Achievement]) -> None:
    dependencies = {one.id: one.dependencies for one in graph}
    assert implied(graph) == {
        (one, achievement.id)
        for achievement in graph
        for one in achievement.dependencies
        if any(other != one and reaches(dependencies, other, one) for other in achievement.dependencies)
    }


@given(acyclic())
def test_a_graph_without_cycles_has_none(graph: list[Achievement]) -> None:
    assert cycles({one.id: one.dependencies for one in graph}) == []


def test_every_knot_is_reported_as_a_chain_from_its_lowest_id_along_the_dependencies() -> None:
    graph = {"1.10": ["1.2"], "1.2": ["1.3"], "1.3": ["1.10"], "4.1": ["4.2"], "4.2": ["4.1"], "5.1": ["4.1"]}
    assert sorted(cycles(graph)) == [("1.2", "1.3", "1.10", "1.2"), ("4.1", "4.2", "4.1")]


@given(st.dictionaries(ids := st.integers(1, 9).map("1.{}".format), st.lists(ids, unique=True)))
def test_chains_are_cycles_apart_from_each_other_and_without_their_ids_no_cycle_is_left(
    graph: dict[str, list[str]],
) -> None:
    chains = cycles(graph)
    members = [one for chain in chains for one in chain[1:]]
    assert len(members) == len(set(members))
    for chain in chains:
        assert chain[0] == chain[-1] == min(chain)
        assert all(after in graph[one] for one, after in pairwise(chain))
    rest = {one: [other for other in others if other not in members] for one, others in graph.items()}
    TopologicalSorter({one: others for one, others in rest.items() if one not in members}).prepare()


def test_ten_thousand_knots_at_the_end_of_a_long_way_are_all_found() -> None:
    way = {f"1.{at}": [f"1.{at + 1}", f"2.{at}"] for at in range(10_000)}
    knots = {f"2.{at}": [f"2.{at}"] for at in range(10_000)}
    assert len(cycles({**way, **knots})) == 10_000
