"""The variables of a document: as the table says, short enough, and nothing said twice or lost without a word."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase as Stage
from hypothesis import example, given, settings, strategies

from scaffold.document.budget import LINES, lines_of
from scaffold.document.execution_task import NAMED, answers
from scaffold.document.variables import VARIABLES
from scaffold.model import Achievement, Json
from scaffold.plan import workspace
from scaffold.plan.progress import progress_of
from scaffold.reading import subplan
from scaffold.reading.content import Passage, Phase, PlannedExecution, Subplan
from tests import plans
from tests.documents import EMPTY, designed, passages, phase, rendered, subplans, task
from tests.trees import build

FIXTURE = Path(__file__).parent / "fixtures" / "SUBPLAN_PARALLEL-AUTOMATION_23.md"
TYPES = {
    "text": str,
    "number": int,
    "list of text": list,
    "list of mappings": list,
    "mapping": dict,
    "true or false": bool,
}


def filled() -> Subplan:
    """The fixture, read."""
    return subplan.parse(FIXTURE.read_text("utf-8"), FIXTURE.name)


def names_in(value: Json, name: str) -> Iterator[tuple[str, Json]]:
    """Yield the dotted names below `name` as the table has them, with their values."""
    if name == "task.extra":
        return
    match value:
        case dict():
            for key, inner in value.items():
                yield f"{name}.{key}", inner
                yield from names_in(inner, f"{name}.{key}")
        case list():
            for inner in value:
                if isinstance(inner, dict):
                    yield from names_in(inner, f"{name}[]")
        case _:
            pass


def planned() -> Subplan:
    """The fixture, with two executions."""
    return replace(filled(), planned_executions=(PlannedExecution("01", "Core", 5), PlannedExecution("02", "Rest", 6)))


PLAN = """# PLAN: A

## Goal

Sell.

## Achievements

### Achievement 2.3: Invoices

- **Goal**: Send them.
- **Effort**: 2 hours
- **Dependencies**: 2.1
"""

FILLED = [
    pytest.param("execution_task", task(planned(), purpose="Core", number="01"), id="EXECUTION_TASK"),
    pytest.param("execution_task", task(EMPTY), id="EXECUTION_TASK of an empty SUBPLAN"),
    pytest.param("subplan", designed(PLAN), id="SUBPLAN"),
    pytest.param("subplan", designed("# PLAN: A\n"), id="SUBPLAN of an empty PLAN"),
]


@pytest.mark.parametrize(("template", "values"), FILLED)
def test_the_table_of_variables_has_the_type_of_every_variable(template: str, values: Json) -> None:
    types = {variable.name: variable.type for variable in VARIABLES[template]}
    data = answers("A", "PLAN_A.md", [])

    for name, value in [("plan_name", data["plan_name"]), *names_in(values, "task")]:
        expected = types[name]
        assert isinstance(value, TYPES[expected.removesuffix(" or null")]) or (value is None and " or null" in expected)


@pytest.mark.parametrize(("template", "values"), [FILLED[0], FILLED[2]])
def test_the_table_names_every_variable_and_no_other(template: str, values: Json) -> None:
    names = [variable.name for variable in VARIABLES[template]]

    assert set(names) == {"plan_name", "plan_document"} | {name for name, _ in names_in(values, "task")}
    assert len(names) == len(set(names))


def test_no_variable_has_the_name_of_a_method_of_mappings() -> None:
    names = {variable.name.rpartition(".")[2] for table in VARIABLES.values() for variable in table}
    assert not names & set(dir(dict))


def test_answers_are_what_copier_reads_from_a_data_file() -> None:
    data = answers("A", "PLAN_A.md", (task() for _ in range(2)))

    assert json.loads(json.dumps(data)) == data
    assert list(data) == ["plan_name", "plan_document", "tasks"]


def test_known_facts_come_through() -> None:
    variables = task()

    assert {name: variables[name] for name in ("id", "slug", "number", "title", "created", "extra")} == {
        "id": "2.3",
        "slug": "23",
        "number": "01",
        "title": "Invoices in batches",
        "created": "2026-03-14",
        "extra": {"team": "payments"},
    }
    assert variables["dependencies"] == [
        {"id": "2.1", "title": "Invoice model", "state": "complete"},
        {"id": "2.2", "title": "Reminders", "state": "needs_fix"},
    ]
    assert variables["siblings"] == [{"id": "2.4", "title": "Refunds"}]
    assert (variables["ready"], task(ready=True)["ready"]) == ("no", "yes")
    assert (variables["subplan_file"], variables["subplan_hash"]) == ("SUBPLAN_BILLING_23.md", "0123456789ab")


def test_a_second_attempt_knows_the_one_before_it_and_a_planned_execution_its_purpose() -> None:
    assert (task(previous="E_02.md")["previous"], task()["previous"]) == ("E_02.md", None)
    planned = task(number="02", purpose="Old\ninvoices", previous="E_01.md")
    assert (planned["previous"], planned["purpose"]) == (None, "Old invoices")


@pytest.mark.parametrize(
    ("in_subplan", "in_plan", "expected"),
    [
        (None, "3.5", "3.5 hours"),
        (None, "4-6", "4-6 hours"),
        (None, "2 days", "2 days"),
        (None, None, None),
        ("90 min", "3.5", "90 min"),
        (" ", "3", None),
    ],
)
def test_the_time_of_the_subplan_goes_before_that_of_the_plan(
    in_subplan: str | None, in_plan: str | None, expected: str | None
) -> None:
    said = replace(EMPTY, estimated_time=Passage(in_subplan, 5) if in_subplan else None)

    assert task(said, achievement=Achievement("1.1", "A", (), in_plan, {}))["estimated_time"] == expected


def test_a_crowd_of_neighbours_is_counted_and_not_listed() -> None:
    many = tuple((f"1.{number}", "T") for number in range(1, NAMED + 4))

    variables = task(siblings=many, dependencies=tuple((*one, "skipped") for one in many))

    assert (variables["siblings_more"], variables["dependencies_more"]) == (3, 3)
    assert isinstance(variables["siblings"], list)
    assert len(variables["siblings"]) == NAMED


APPROACH = "Before.\n\n### Phase 1: A\n\n- a\n\n### Phase 2: B\n\n- b\n- c\n\n### Considerations\n\nAfter."
PHASES = (
    Phase("1", "A", None, None, passages("a", line=14), (), "- a", 12),
    Phase("2", "B", "1 h", None, passages("b", "c", line=18), (), "- b\n- c", 16),
)


def test_with_phases_the_approach_is_what_stands_around_them_and_their_outline() -> None:
    variables = task(replace(EMPTY, approach=Passage(APPROACH, 10), phases=PHASES))

    assert variables["approach"] == "Before."
    assert variables["considerations"] == "#### Considerations\n\nAfter."
    assert variables["outline"] == ["Phase 1: A", "Phase 2: B (1 h)"]


@pytest.mark.parametrize(
    ("phases", "reason"),
    [
        pytest.param((replace(PHASES[0], line=2),), "before it", id="phases before the approach"),
        pytest.param((replace(PHASES[0], line=200),), "behind it", id="phases behind the approach"),
        pytest.param((), "none", id="no phases"),
    ],
)
def test_an_approach_without_phases_of_its_own_is_kept_whole(phases: tuple[Phase, ...], reason: str) -> None:
    variables = task(replace(EMPTY, approach=Passage("One.\n\nTwo.", 10), phases=phases))

    assert (variables["approach"], variables["considerations"]) == ("One.\n\nTwo.", None), reason


def test_what_follows_phases_that_cannot_be_found_again_is_left_to_them() -> None:
    phases = (replace(PHASES[1], text="not there"),)

    assert task(replace(EMPTY, approach=Passage(APPROACH, 10), phases=phases))["considerations"] is None


def test_a_phase_without_steps_shows_its_text() -> None:
    one = Phase("1", "", None, None, (), (), "Just do it.", 20)

    assert task(replace(EMPTY, phases=(one,)))["phases"] == [
        {
            "number": "1",
            "title": "",
            "time": None,
            "heading": "Phase 1",
            "line": 20,
            "goal": None,
            "steps": [],
            "text": "Just do it.",
            "more": None,
            "verification": [],
        }
    ]


@pytest.mark.parametrize(("count", "shown"), [(17, 17), (18, 16), (40, 16)])
def test_phases_that_are_not_shown_are_pointed_to_in_the_outline_and_behind_the_others(count: int, shown: int) -> None:
    many = tuple(phase(str(number), "Go", line=20 * number) for number in range(1, count + 1))

    variables = task(replace(EMPTY, phases=many))

    assert isinstance(variables["phases"], list)
    assert len(variables["phases"]) == shown
    more = variables["phases_more"]
    document = rendered(variables)
    assert document.count(str(more)) == (2 if more else 0)
    if count > shown:
        assert more == f"… {count - shown} more phases: SUBPLAN lines {20 * (shown + 1)}-{20 * count + 1}"
        assert document.index(f"### Phase {shown}: ") < document.rindex(str(more)) < document.index("## Iteration Log")


def test_what_a_phase_says_besides_its_steps_stands_before_and_after_them() -> None:
    notes = (Passage("In `a.py`:", 21), Passage("**Output**: b", 30))
    one = Phase("1", "A", None, None, passages("a", line=25), (), "", 20, notes)

    shown = task(replace(EMPTY, phases=(one,)))["phases"]

    assert isinstance(shown, list)
    assert isinstance(shown[0], dict)
    assert (shown[0]["text"], shown[0]["steps"], shown[0]["more"]) == ("In `a.py`:", ["1. a"], "**Output**: b")


def test_phases_of_a_line_each_are_steps_and_no_phases() -> None:
    phases = (
        Phase("1", "Dig", "1 h", None, (), (), "", 20),
        Phase("2", "Rake", None, Passage("twice", 21), (), (), "", 21),
    )

    variables = task(replace(EMPTY, phases=phases))

    assert variables["steps"] == ["1. Dig (1 h)", "2. **Rake**: twice"]
    assert (variables["phases"], variables["outline"]) == ([], [])


def test_a_phase_of_a_title_alone_says_so() -> None:
    variables = task(replace(EMPTY, phases=(PHASES[0], Phase("2", "Rake", None, None, (), (), "", 40))))

    assert "The SUBPLAN says no more of this phase than its title, on line 40." in str(variables["phases"])


def fullest() -> Subplan:
    """Make a SUBPLAN that has more of everything than the loosest limits let through."""
    points = [f"- point {number}" for number in range(45)]
    whole = Passage("\n".join(["A line of text that goes on and on. " * 10, "", *points]), 3)
    items = passages(*["\n".join(["A line of text that goes on and on. " * 10, "", *points[:18]])] * 22, line=1000)
    phases = tuple(Phase("1" * 300, "T" * 300, "9" * 300, whole, items, items, whole.text, 9) for _ in range(14))
    return Subplan(None, (), None, whole, whole, phases, items, items, items, whole, None, (), (), ())


CROWDED = {"purpose": "P" * 300, "dependencies": (("1.1", "T" * 300, "complete"),) * 60}


# Not shrunk, and only the first failure told: with drawn SUBPLANs as large as these, that would take minutes.
@settings(max_examples=40, phases=[Stage.explicit, Stage.generate], report_multiple_bugs=False)
@given(subplans(), strategies.sampled_from([{}, CROWDED]))
@example(fullest(), {})
@example(fullest(), CROWDED)
def test_no_document_is_longer_than_promised_or_than_counted(said: Subplan, facts: dict[str, object]) -> None:
    variables = task(said, **facts)

    length, counted = rendered(variables).count("\n"), lines_of(variables)
    assert length <= min(counted, LINES)


@pytest.mark.parametrize("said", [filled(), EMPTY], ids=["much", "nothing"])
@pytest.mark.parametrize("ready", [True, False])
def test_the_fixed_part_is_measured(said: Subplan, ready: bool) -> None:
    variables = task(said, ready=ready)

    assert lines_of(variables) - rendered(variables).count("\n") in {0, 1, 2}


@pytest.mark.parametrize("most", [0, 1, 3, 8])
def test_siblings_are_named_in_their_order_up_to_as_many_as_are_asked_for(tmp_path: Path, most: int) -> None:
    ids = ["1.1", "1.2", "1.3", "1.4", "1.5"]
    tree = plans.tree([plans.achievement(id_) for id_ in ids])
    progress = progress_of(workspace.read_plan(build(tmp_path, tree)))
    for id_ in ids:
        others = [other for other in ids if other != id_]
        named, more = progress.named_siblings(progress[id_].achievement, most)
        assert [name for name, _ in named] == others[:most]
        assert more == len(others[most:])
