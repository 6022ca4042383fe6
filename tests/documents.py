"""Documents of the built-in template set for tests: facts and SUBPLANs to begin with, and a quick way to render."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import jinja2
import yaml
from hypothesis import strategies
from jinja2.sandbox import SandboxedEnvironment

from scaffold.document import execution_task, new_subplan
from scaffold.document.execution_task import TaskFacts
from scaffold.document.new_subplan import DesignFacts
from scaffold.model import Achievement, Input, Json
from scaffold.reading import plan
from scaffold.reading.content import Passage, Phase, Subplan
from tests.fragments import fragments

TEMPLATES = Path(__file__).parent.parent / "templates"
TEMPLATE = TEMPLATES / "execution_task"

FACTS = TaskFacts(
    achievement=Achievement("2.3", "Invoices in batches", ("2.1", "2.2"), "5-7", {"team": "payments"}),
    number="01",
    purpose=None,
    previous=None,
    feedback=None,
    source=Input("subplans/SUBPLAN_BILLING_23.md", "0123456789ab" + "c" * 52),
    dependencies=(("2.1", "Invoice model", "complete"), ("2.2", "Reminders", "needs_fix")),
    siblings=(("2.4", "Refunds"),),
    ready=False,
    created="2026-03-14",
)

EMPTY = Subplan(
    title=None,
    header=(),
    achievement=None,
    objective=None,
    approach=None,
    phases=(),
    success_criteria=(),
    deliverables=(),
    tests=(),
    estimated_time=None,
    execution_strategy=None,
    planned_executions=(),
    unfilled=(),
    diagnostics=(),
)
"""A SUBPLAN that says nothing."""


LINE_NUMBERS = strategies.integers(1, 900)
BOOLEANS = strategies.booleans()


def passages(*texts: str, line: int = 1) -> tuple[Passage, ...]:
    """Make passages that follow each other from `line` on."""
    made = []
    for text in texts:
        made.append(Passage(text, line))
        line += text.count("\n") + 1
    return tuple(made)


def phase(number: str = "1", *steps: str, line: int = 20) -> Phase:
    """Make a phase that says nothing but its steps."""
    text = "\n".join(f"- {step}" for step in steps)
    return Phase(number, f"Part {number}", "2 h", None, passages(*steps, line=line + 1), (), text, line)


@strategies.composite
def subplans(draw: strategies.DrawFn) -> Subplan:
    """Draw SUBPLANs whose every field is awkward Markdown."""
    line = fragments(2)

    def passage() -> Passage:
        return Passage(draw(fragments()), draw(LINE_NUMBERS))

    def several() -> tuple[Passage, ...]:
        return tuple(passage() for _ in range(draw(strategies.integers(0, 8))))

    def phase() -> Phase:
        title, goal = (draw(line), draw(line), draw(strategies.none() | line)), passage() if draw(BOOLEANS) else None
        return Phase(*title, goal, several(), several(), draw(fragments()), draw(LINE_NUMBERS))

    return replace(
        EMPTY,
        objective=passage() if draw(BOOLEANS) else None,
        approach=passage() if draw(BOOLEANS) else None,
        phases=tuple(phase() for _ in range(draw(strategies.integers(0, 5)))),
        success_criteria=several(),
        deliverables=several(),
        tests=several(),
        estimated_time=passage() if draw(BOOLEANS) else None,
    )


def task(subplan: Subplan = EMPTY, **changes: object) -> dict[str, Json]:
    """Return the variables of a document made from `subplan`, with `changes` to the facts."""
    return execution_task.execution_task(replace(FACTS, **changes), subplan)  # type: ignore[arg-type]


def designed(text: str) -> dict[str, Json]:
    """Return the variables of a SUBPLAN for achievement 2.3 of a PLAN with this text."""
    said = plan.parse(text, "PLAN_A.md")
    facts = DesignFacts(
        FACTS.achievement, FACTS.source, said.goal, FACTS.dependencies, FACTS.siblings, FACTS.created, FACTS.siblings
    )
    return new_subplan.subplan(facts, next(iter(said.achievements), None))


def rendered(variables: Mapping[str, Json], plan_name: str = "BILLING", kind: str = "execution_task") -> str:
    """Render a built-in template as copier does, but without copier, which takes a hundred times as long."""
    return _template(kind).render(plan_name=plan_name, plan_document=f"PLAN_{plan_name}.md", task=variables)


@cache
def _template(kind: str) -> jinja2.Template:
    directory = TEMPLATES / kind
    settings = yaml.safe_load((directory / "copier.yml").read_text("utf-8"))["_envops"]
    assert settings == {"undefined": "jinja2.StrictUndefined"}
    environment = SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(directory), undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    (path,) = (directory / "template").iterdir()
    return environment.from_string(path.read_text("utf-8"))
