"""The built-in template sets, rendered as a user would: with nothing but copier."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from pytest_copie.plugin import Copie

from scaffold.document.execution_task import TaskFacts, answers, execution_task
from scaffold.model import Achievement, Input, Json
from scaffold.reading import markdown, subplan
from scaffold.reading.content import Passage, Phase, PlannedExecution, Subplan
from tests.documents import EMPTY, TEMPLATE, designed, passages, phase, rendered, subplans, task
from tests.trees import snapshot

HERE = Path(__file__).parent
FIXTURE = HERE / "fixtures" / "SUBPLAN_PARALLEL-AUTOMATION_23.md"
GOLDEN = HERE / "golden"

EVIL = (
    "{{ 7*7 }} {% raw %} {# no comment #} {% include 'x' %}",
    "# A heading\n\n<!-- open",
    "Text\n===\n\n```\nopen",
    "a\x0bb\x0cc\x1cd\u2028e\x85f \ufeff ünïcödé ✅ 📋",
    "- - -",
    "'quotes': \"and\" colons: [1, 2] & *anchors | > %",
)


def awkward() -> Subplan:
    """A SUBPLAN that tries to break out of every place it is put into."""
    items = passages(*EVIL, line=30)
    phases = tuple(Phase(text, text, text, Passage(text, 5), items, items, text, 5) for text in EVIL)
    return replace(
        EMPTY,
        objective=Passage("\n\n".join(EVIL), 3),
        approach=Passage("\n\n".join(reversed(EVIL)), 9),
        phases=phases,
        success_criteria=items,
        deliverables=items,
        tests=items,
        estimated_time=Passage(EVIL[3], 2),
    )


def outline(text: str) -> list[tuple[int, str]]:
    """Return level and text of the top-level headings of levels 1 to 3, without what depends on copied references."""
    headings = (block for block in markdown.parse(text).blocks if block.kind == "heading" and block.level < 4)
    return [(heading.level, heading.text.translate({ord("["): "", ord("]"): ""})) for heading in headings]


def expected_outline(variables: dict[str, Json]) -> list[tuple[int, str]]:
    """Return the outline of the template itself, with one heading for every phase."""
    (_, title), *_ = outline(f"# EXECUTION_TASK: Achievement {variables['id']} - {variables['title']}")
    phases = variables["phases"]
    assert isinstance(phases, list)
    shown = [outline(f"### {phase['heading']}")[0] for phase in phases if isinstance(phase, dict)]
    return [
        (1, title),
        *((2, "SUBPLAN Context"), (3, "Objective"), (3, "Approach"), (3, "Success Criteria")),
        (2, "Execution Instructions"),
        *shown,
        *((2, "Iteration Log"), (3, "Iteration 1"), (2, "Completion Checklist"), (2, "Learning Summary")),
    ]


@settings(max_examples=60, deadline=None)
@given(subplans())
def test_the_outline_of_a_document_is_the_templates_own_whatever_is_copied_into_it(said: Subplan) -> None:
    variables = task(said)

    assert outline(rendered(variables)) == expected_outline(variables)


@pytest.mark.parametrize("said", [EMPTY, awkward()], ids=["nothing", "awkward"])
def test_a_document_is_utf_8_with_lf_and_ends_with_one_line_end(copie: Copie, said: Subplan) -> None:
    result = copie.copy(answers("BILLING", "PLAN_BILLING.md", [task(said)]))

    assert result.project_dir is not None, result.exception
    content = (result.project_dir / "EXECUTION_TASK_BILLING_23_01.md").read_bytes()
    assert content.decode("utf-8").endswith(".\n")
    assert len(content.decode("utf-8").splitlines()) == content.count(b"\n")
    assert b"\n\n\n" not in content.replace(b"\n \n", b"")


def test_one_run_makes_one_document_for_each_task_and_nothing_else(copie: Copie) -> None:
    tasks = [task(), task(awkward(), number="02"), task(achievement=Achievement("10.1", "B", (), None, {}))]

    result = copie.copy(answers("BILLING", "PLAN_BILLING.md", tasks))

    assert result.project_dir is not None, result.exception
    assert {path.name: path.read_text("utf-8") for path in result.project_dir.iterdir()} == {
        f"EXECUTION_TASK_BILLING_{name}.md": rendered(variables)
        for name, variables in zip(("23_01", "23_02", "101_01"), tasks, strict=True)
    }


def test_a_document_does_not_depend_on_what_else_is_in_the_batch(copie: Copie) -> None:
    one, other = task(awkward()), task(number="02")

    alone = copie.copy(answers("BILLING", "PLAN_BILLING.md", [one]))
    together = copie.copy(answers("BILLING", "PLAN_BILLING.md", [other, one]))

    assert alone.project_dir is not None
    assert together.project_dir is not None
    name = "EXECUTION_TASK_BILLING_23_01.md"
    assert (alone.project_dir / name).read_bytes() == (together.project_dir / name).read_bytes()


def test_the_defaults_make_nothing(copie: Copie) -> None:
    result = copie.copy()

    assert result.project_dir is not None, result.exception
    assert list(result.project_dir.iterdir()) == []


def test_the_copier_command_makes_the_same_bytes_from_a_data_file(tmp_path: Path) -> None:
    tasks = [task(awkward()), task(number="02")]
    data = tmp_path / "answers.json"
    data.write_text(json.dumps(answers("BILLING", "PLAN_BILLING.md", tasks), ensure_ascii=False), "utf-8")
    copier = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults", "--data-file", str(data)]

    subprocess.run([*copier, str(TEMPLATE), str(tmp_path / "made")], check=True)

    assert snapshot(tmp_path / "made") == {
        f"EXECUTION_TASK_BILLING_23_{number}.md": rendered(variables).encode()
        for number, variables in zip(("01", "02"), tasks, strict=True)
    }


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # copier leaves a directory open
def test_a_variable_that_does_not_exist_is_an_error_and_not_empty(copie: Copie) -> None:
    incomplete = {name: value for name, value in task().items() if name != "objective"}

    result = copie.copy(answers("BILLING", "PLAN_BILLING.md", [incomplete]))

    assert "objective" in str(result.exception)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, "**Task**: 01  \n", id="one execution"),
        pytest.param({"purpose": "Old invoices"}, "**Task**: 01 (Old invoices)  \n", id="a planned execution"),
        pytest.param(
            {"number": "02", "previous": "EXECUTION_TASK_BILLING_23_01.md"},
            "**Task**: 02 (after EXECUTION_TASK_BILLING_23_01.md)  \n**Estimated Time**",
            id="another attempt",
        ),
        pytest.param(
            {"feedback": Input("execution/feedbacks/FIX_23.md", "9d4e1e23bd5b" + "c" * 52)},
            "**Task**: 01  \n**Review to answer**: execution/feedbacks/FIX_23.md  \n**Estimated Time**",
            id="after a review",
        ),
        pytest.param(
            {},
            "**Depends on**: 2.1 Invoice model (complete); 2.2 Reminders (needs fix)  \n**Same level**: 2.4 Refunds\n",
            id="neighbours",
        ),
        pytest.param(
            {"dependencies": (), "siblings": ()},
            "**Depends on**: nothing  \n**Same level**: no other achievement\n",
            id="no neighbours",
        ),
        pytest.param({"siblings": (("1.1", "A"),) * 9}, "1.1 A; 1.1 A; and 1 more\n", id="too many neighbours"),
        pytest.param({}, "> Not ready when this was created", id="not ready"),
        pytest.param({}, "`subplans/SUBPLAN_BILLING_23.md` (SHA-256 0123456789ab…) of PLAN_BILLING.md.\n", id="source"),
    ],
)
def test_the_header_says_what_is_known(changes: dict[str, object], expected: str) -> None:
    assert expected in rendered(task(EMPTY, **changes))


def test_a_ready_task_carries_no_warning() -> None:
    assert "Not ready" not in rendered(task(ready=True))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (EMPTY, "No objective found in the SUBPLAN: see `SUBPLAN_BILLING_23.md`."),
        (EMPTY, "No approach found in the SUBPLAN: see `SUBPLAN_BILLING_23.md`."),
        (EMPTY, "No success criteria found in the SUBPLAN: see `SUBPLAN_BILLING_23.md`."),
        (EMPTY, "No steps found in the SUBPLAN: see `SUBPLAN_BILLING_23.md`."),
        (EMPTY, "No deliverables found in the SUBPLAN: see `SUBPLAN_BILLING_23.md`."),
        (EMPTY, "**Estimated Time**: 5-7 hours"),
        (
            replace(EMPTY, approach=Passage("Do it.", 4)),
            "The SUBPLAN divides the work into no phases: follow the Approach above.",
        ),
    ],
)
def test_what_the_subplan_does_not_say_is_said_to_be_absent(said: Subplan, sentence: str) -> None:
    text = rendered(task(said))

    assert sentence in text
    assert "TO BE FILLED" not in text


def made_from_the_fixture() -> str:
    """Return the document made from the fixture SUBPLAN."""
    content = FIXTURE.read_bytes()
    said = subplan.parse(markdown.decode(content), FIXTURE.name)
    facts = TaskFacts(
        achievement=Achievement("2.3", "Batch EXECUTION Creation", ("2.2",), "5-7", {}),
        number="01",
        purpose=None,
        previous=None,
        feedback=None,
        source=Input(f"subplans/{FIXTURE.name}", "5eed" * 16),
        dependencies=(("2.2", "Batch SUBPLAN Creation", "complete"),),
        siblings=(("2.4", "Parallel Menu"),),
        ready=True,
        created="2026-03-14",
    )
    return rendered(execution_task(facts, said), "PARALLEL-AUTOMATION")


PLAN = """# PLAN: Billing

## Goal

Customers get one invoice a month.

## Achievements

### Achievement 2.3: Invoices in batches

**Goal**: Send all invoices of a month at once.

**What**:

- Use the queue of the reminders
- Keep the old command

**Success**: No invoice is sent twice

**Tests**: An empty month

**Effort**: 5-7 hours

**Dependencies**: 2.1, and the new queue

**Deliverables**:

- `invoices/batch.py`
"""
FURTHER: dict[str, Json] = {
    "group": "Priority 1: Billing",
    "plan_constraints": "No new services.",
    "plan_context": "Orders are in `orders.db`.",
    "plan_references": "- `docs/billing.md`",
}


def made_with_everything() -> str:
    """Return the document of an execution, one of several and the answer to a review, of a SUBPLAN that says much."""
    criteria = passages("No invoice is sent twice", "None is lost", line=50)
    checks = passages("Totals agree", "The log has one line per order", line=60)
    phases = (
        replace(phase("1", "Query", "Sort"), goal=Passage("Know what is to be sent", 21), verification=checks[:1]),
        replace(phase("2", "Send", line=30), text="In `orders.py`:", verification=checks),
    )
    said = replace(
        EMPTY,
        objective=Passage("Send all invoices.", 3),
        approach=Passage("Reuse the queue.", 9),
        phases=phases,
        success_criteria=criteria,
        deliverables=passages("`batch.py`", "`batch.md`"),
        tests=passages("An empty month"),
        planned_executions=(PlannedExecution("01", "Old", 5), PlannedExecution("02", "New", 6)),
    )
    review = Input("execution/feedbacks/FIX_23.md", "9d4e1e23bd5b" + "c" * 52)
    return rendered(task(said, number="02", purpose="New", feedback=review))


GOLDEN_DOCUMENTS: dict[str, Callable[[], str]] = {
    "EXECUTION_TASK_PARALLEL-AUTOMATION_23_01.md": made_from_the_fixture,
    "EXECUTION_TASK_of_everything.md": made_with_everything,
    "EXECUTION_TASK_of_nothing.md": lambda: rendered(task(EMPTY)),
    "SUBPLAN_of_everything.md": lambda: rendered(designed(PLAN) | FURTHER, kind="subplan"),
    "SUBPLAN_of_nothing.md": lambda: rendered(designed("# PLAN: Billing\n"), kind="subplan"),
}


@pytest.mark.parametrize("name", GOLDEN_DOCUMENTS)
def test_documents_are_the_golden_ones(name: str, request: pytest.FixtureRequest) -> None:
    """`pytest tests/test_templates.py --rewrite` makes them anew."""
    text = GOLDEN_DOCUMENTS[name]()
    if request.config.getoption("--rewrite"):
        (GOLDEN / name).write_text(text, "utf-8")

    assert text == (GOLDEN / name).read_text("utf-8")


def test_nothing_is_said_twice_in_the_document_of_the_fixture() -> None:
    lines = [line.strip(" -[]0123456789.") for line in made_from_the_fixture().splitlines()]
    said = [line for line in lines if len(line) > 30 and not line.startswith("Phase")]

    assert {line for line in said if said.count(line) > 1} == set()
