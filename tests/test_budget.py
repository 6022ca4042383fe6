"""Lines are given to what a document shows in the order that the docs state: breadth first, then the most useful."""

import re
from pathlib import Path

from scaffold.document.budget import give_back, lengthen, shorten, total, unfold
from scaffold.document.slots import ORDER, Slot, listing, paragraphs
from scaffold.reading.content import Passage
from tests.documents import passages

DOCS = Path(__file__).parent.parent / "docs" / "extraction.md"
LONG = "\n\n".join(f"Paragraph {number} of a text that says a great deal about one thing." for number in range(20))


def slot(kind: str) -> Slot:
    made = paragraphs(Passage(LONG, 1), kind, 1)
    assert made is not None
    return made


def lines(one: Slot) -> int:
    return one.shown.text.count("\n") + 1


def test_each_round_gives_in_the_stated_order_and_nobody_gets_a_second_line_before_all_have_the_first() -> None:
    slots = {kind: slot(kind) for kind in reversed(ORDER)}
    before = {kind: lines(one) for kind, one in slots.items()}

    left = give_back(slots.values(), 8)

    grown = [kind for kind in ORDER if lines(slots[kind]) > before[kind]]
    assert grown == list(ORDER[:4])  # a paragraph and the blank line before it cost two lines
    assert left == 0


def test_what_is_whole_and_run_on_in_a_line_is_laid_out_when_lines_are_left() -> None:
    (one,) = listing(passages("a:\n- b\n- c"), "step", 4, 1).slots

    assert one.shown.text == "a: b; c"
    assert give_back([one], 1) == 1
    assert give_back([one], 5) == 3
    assert one.shown.text == "a:\n  - b\n  - c"


def test_the_docs_state_the_order() -> None:
    stated = re.search(r"most useful first: (.*?)\.", DOCS.read_text("utf-8"), re.DOTALL)

    assert stated
    names = [" ".join(name.split()) for name in stated[1].split(",")]
    assert names == [
        "the objective",
        "deliverables",
        "steps",
        "success criteria",
        "checks",
        "tests",
        "notes of phases",
        "the approach",
        "what follows its phases",
    ]


def test_of_several_lists_the_longest_for_what_it_is_loses_items_and_gets_them_back_last() -> None:
    criteria = listing(passages(*(f"criterion {number}" for number in range(12))), "criterion", 8, 3)
    tests = listing(passages(*(f"test {number}" for number in range(12))), "test", 3, 1)

    assert shorten([criteria, tests], 6) <= 0
    assert (criteria.count, tests.count) == (12, 5)
    assert total(tests.entries()) == 6
    assert lengthen([criteria, tests], 3) == 0
    assert tests.count == 8


def test_a_list_is_not_shortened_below_what_always_stays() -> None:
    tests = listing(passages("a", "b", "c"), "test", 3, 1)

    assert shorten([tests], 9) == 8
    assert tests.entries() == ["a", "… 2 more tests: SUBPLAN lines 2-3"]


def test_short_items_of_a_folded_list_stand_several_in_a_line_until_there_is_room() -> None:
    tests = listing(passages("first test.", "second test", "third test"), "test", 3, 1)
    tests.folded = True

    assert tests.entries() == ["first test; second test; third test"]
    assert (unfold(tests, 1), tests.folded) == (0, True)
    assert (unfold(tests, 2), tests.folded) == (2, False)


def test_items_of_a_group_stand_below_its_name_with_boxes() -> None:
    items = tuple(
        Passage(text, line, group=group)
        for line, (text, group) in enumerate(
            [("a", None), ("b", "New *files*:"), ("c\n- d", "New *files*:"), ("e", "Old")]
        )
    )

    assert listing(items, "deliverable", 10, 1, "[ ] ").entries() == [
        "a",
        "**New files**:\n  - [ ] b\n  - [ ] c: d",
        "**Old**: e",
    ]
