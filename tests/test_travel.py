"""What is copied still leads somewhere: links and footnotes are made to fit their new place."""

from dataclasses import replace

import pytest
from hypothesis import given

from scaffold.document.travel import from_plan, travelled
from scaffold.reading import markdown, plan, subplan
from scaffold.reading.content import Passage
from scaffold.reading.links import definitions, footnotes
from tests.documents import EMPTY
from tests.fragments import fragments

DEFINED = (
    '[r]: https://example.org/rules "Rules"\n[Local One]: <a b.md>\n\n[^1]: Not for\n  green tea.\n[^2]: '
    + "long " * 90
)


def moved(text: str, defined: str = DEFINED) -> str:
    said = subplan.parse(f"# SUBPLAN: Tea\n\n## Objective\n\n{text}\n\n## References\n\n{defined}\n", "x")
    objective = travelled(said, "subplans/SUBPLAN_TEA_11.md").objective
    assert objective is not None
    return objective.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[a](table.md)", "[a](../subplans/table.md)", id="beside the SUBPLAN"),
        pytest.param("[a](../notes/x.md#y)", "[a](../notes/x.md#y)", id="in the plan"),
        pytest.param("[a](../execution/x.md)", "[a](x.md)", id="beside the document"),
        pytest.param("[a](sub/)", "[a](../subplans/sub/)", id="a directory"),
        pytest.param('![a](b.png "T")', '![a](../subplans/b.png "T")', id="an image"),
        pytest.param("[a](<b c.md>)", "[a](<../subplans/b c.md>)", id="with blanks"),
        pytest.param("[a](#risks)", "[a](../subplans/SUBPLAN_TEA_11.md#risks)", id="inside the SUBPLAN"),
        pytest.param(
            "[a](https://x.org) [b](mailto:a@b) [c](/root)",
            "[a](https://x.org) [b](mailto:a@b) [c](/root)",
            id="elsewhere",
        ),
        pytest.param("the [rules][r] say", "the [rules](https://example.org/rules) say", id="a reference"),
        pytest.param(
            "[R][] and [r]", "[R](https://example.org/rules) and [r](https://example.org/rules)", id="short ones"
        ),
        pytest.param("[local  one]", "[local  one](<../subplans/a b.md>)", id="a file of a reference"),
        pytest.param("[other][x] [ ] [y]", "[other][x] [ ] [y]", id="not defined"),
        pytest.param("say[^1].", "say (Not for green tea.).", id="a footnote"),
        pytest.param("say[^2].", "say (footnote: SUBPLAN line 14).", id="a long footnote"),
        pytest.param("`[a](b.md)` [c](d.md)", "`[a](b.md)` [c](../subplans/d.md)", id="code stays"),
        pytest.param(
            "```\n[a](b.md)\n```\n[a](b.md)", "```\n[a](b.md)\n```\n[a](../subplans/b.md)", id="so do blocks of it"
        ),
    ],
)
def test_links_lead_where_they_led(text: str, expected: str) -> None:
    assert moved(text) == expected


@given(fragments(8))
def test_no_line_is_added_or_taken_away(text: str) -> None:
    said = replace(
        EMPTY, objective=Passage(text, 3), links=(("a", "b.md"), ("ref", "/x")), footnotes=(("1", Passage("n\nm", 9)),)
    )

    objective = travelled(said, "subplans/S.md").objective

    assert objective is not None
    assert objective.text.count("\n") == text.count("\n")


def test_what_a_plan_says_leads_from_subplans() -> None:
    said = plan.parse(
        "# PLAN: A\n\n## Goal\n\n[a](docs/x.md), [b](subplans/S.md), [c]\n\n## References\n\n[c]: y.md\n", "P.md"
    )

    goal = from_plan(said, "PLAN_A.md").goal

    assert goal is not None
    assert goal.text == "[a](../docs/x.md), [b](S.md), [c](../y.md)"


def test_definitions_and_footnotes_in_code_are_none() -> None:
    document = markdown.parse("```\n[a]: b\n[^1]: c\n```\n\n[A  b]: <c d>\n[a b]: e\n[^x]: y\n")

    assert definitions(document) == (("a b", "c d"),)
    assert footnotes(document) == (("x", Passage("y", 8)),)
