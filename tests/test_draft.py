"""Fitting takes short cuts, and what comes out is what came out without them."""

from dataclasses import replace
from unittest.mock import patch

from hypothesis import given, settings, strategies

from scaffold.document import draft, execution_task, fields
from scaffold.document.budget import phase_lines
from scaffold.document.phases import ShownPhase
from scaffold.document.slots import Listing, Slot
from scaffold.model import Json
from scaffold.reading.content import Passage, Phase, Subplan
from tests.documents import EMPTY, FACTS, passages, subplans
from tests.fragments import fragments


def long_list(count: int, words: int) -> tuple[Passage, ...]:
    texts = (f"{'word ' * words}{at}" + ("\n- below\n- it" if at % 3 == 0 else "") for at in range(count))
    return passages(*texts, line=5)


@strategies.composite
def long_subplans(draw: strategies.DrawFn) -> Subplan:
    """Draw SUBPLANs that say more than fits, of ordinary words: every way to make a document shorter is gone."""
    sizes = strategies.integers(0, 24)

    def listed() -> tuple[Passage, ...]:
        return long_list(draw(sizes), draw(strategies.integers(1, 80)))

    def phase(number: int) -> Phase:
        notes = tuple(replace(note, line=note.line + 900) for note in long_list(draw(strategies.integers(0, 4)), 9))
        return Phase(str(number), f"Part {number}", None, None, listed(), listed()[:5], "", number, notes)

    return replace(
        EMPTY,
        objective=Passage("\n\n".join(["Something is to be done."] * draw(sizes)), 1),
        phases=tuple(phase(number) for number in range(draw(strategies.integers(0, 20)))),
        success_criteria=listed(),
        deliverables=listed(),
        tests=listed(),
    )


def without_short_cuts(said: Subplan, lines: int) -> dict[str, Json]:
    """Make a document anew at every step, whole passages and their beginnings at once."""

    def entries(listing: Listing) -> list[str]:
        return listing._entries()

    def as_it_stands(phase: ShownPhase) -> tuple[dict[str, Json], int]:
        variables = phase._variables()
        return variables, phase_lines(variables)

    def shown(slot: Slot) -> fields.Shown:
        return slot.show(slot.passage, slot.depth)

    with (
        patch.object(Listing, "entries", entries),
        patch.object(ShownPhase, "_as_it_stands", as_it_stands),
        patch.object(Slot, "shown", property(shown)),
        patch.object(draft, "_may_fit", lambda slots, most: len(slots) <= most),
    ):
        return execution_task.execution_task.__wrapped__(FACTS, said, lines)  # type: ignore[attr-defined,no-any-return]


@settings(max_examples=60)
@given(long_subplans() | subplans(), strategies.integers(62, 150))
def test_a_document_is_the_same_when_nothing_is_remembered_while_it_is_made_to_fit(said: Subplan, lines: int) -> None:
    assert execution_task.execution_task(FACTS, said, lines) == without_short_cuts(said, lines)


@given(fragments(2) | strategies.text(), strategies.integers(0, 4), strategies.integers(0, 6))
def test_an_item_of_one_line_of_words_is_what_it_is_the_long_way(text: str, indent: int, budget: int) -> None:
    passage = Passage(text, 7)

    with (
        patch.object(fields, "is_line_of_words", lambda _: False),
        patch.object(fields, "_as_item", fields._as_item.__wrapped__),
    ):
        the_long_way = fields.item(passage, indent, budget)

    assert fields.item(passage, indent, budget) == the_long_way


@given(
    strategies.lists(
        strategies.tuples(strategies.integers(0, 1), strategies.integers(0, 1), strategies.sampled_from((150, 90))),
        max_size=6,
    ),
    subplans(),
    subplans(),
)
@settings(max_examples=20)
def test_what_is_remembered_of_a_document_is_what_would_be_made_of_it(
    asked: list[tuple[int, int, int]], one: Subplan, other: Subplan
) -> None:
    facts = (FACTS, replace(FACTS, ready=not FACTS.ready))
    for which, said, lines in asked:
        arguments = (facts[which], (one, other)[said], lines)
        for make in (execution_task.execution_task, execution_task.bare):
            assert make(*arguments) == make.__wrapped__(*arguments)  # type: ignore[attr-defined]
