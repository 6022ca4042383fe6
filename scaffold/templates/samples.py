"""Four sample achievements for each kind of document: what `template check` renders, and `template export` writes."""

from collections.abc import Callable, Mapping
from typing import Literal

from scaffold.document import execution_task, new_subplan, travel
from scaffold.document.execution_task import TaskFacts
from scaffold.document.new_subplan import DesignFacts
from scaffold.model import DEPENDENCIES_OPEN, Achievement, Input, Json, State, sha256, slug_of
from scaffold.reading import plan, subplan
from scaffold.templates import sample_texts as texts

Kind = Literal["execution_task", "subplan"]

PLAN_NAME, PLAN_DOCUMENT = "SAMPLE", "PLAN_SAMPLE.md"
_CREATED = "2026-03-14"

_DEPENDENCIES: tuple[tuple[str, str, State], ...] = (
    ("1.11", "Invoice model", "complete"),
    ("1.12", "Reminders", "skipped"),
    ("1.13", "Queue of the reminders", "needs_fix"),
    ("1.14", "Addresses", "fix_in_progress"),
    ("1.15", "Dunning levels", "in_review"),
    ("1.16", "Currencies", "in_progress"),
    ("1.17", "Bank accounts", "blocked"),
    ("1.18", "Discounts", "not_started"),
    ("1.19", "Taxes", "subplan_created"),
    ("1.20", "Rounding", "execution_created"),
)
_OTHERS = tuple((f"2.{number}", f"Part {number} of the billing") for number in range(11, 31))
_AWKWARD: tuple[tuple[str, str, State], ...] = (("1.21", texts.AWKWARD_TITLE, "subplan_unfilled"),)


def samples(kind: Kind, extra: Mapping[str, Json]) -> tuple[tuple[str, dict[str, Json]], ...]:
    """Return the samples of a kind by name: `bare`, `full`, `long` and `awkward`, the variables of one task each.

    `bare` has nothing but an id and a title. Together they have a value for every variable, and null for each that may
    be. Each has the keys and values `extra`, which `parallel.json` may have. They are the same in every run.
    """
    make: Callable[[str, str, Mapping[str, Json]], dict[str, Json]]
    make = _execution_task if kind == "execution_task" else _subplan
    names = ("bare", "full", "long", "awkward")
    return tuple((name, make(name, f"2.{at}", _extra(extra, name))) for at, name in enumerate(names, 1))


def sample_answers(kind: Kind, extra: Mapping[str, Json]) -> dict[str, Json]:
    """Return what `copier copy --data-file` takes to make a document of every sample."""
    return execution_task.answers(PLAN_NAME, PLAN_DOCUMENT, [variables for _, variables in samples(kind, extra)])


def _extra(extra: Mapping[str, Json], name: str) -> dict[str, Json]:
    """Return the further keys of a sample; nobody has stated all dependencies of the last two."""
    is_open = name in ("long", "awkward")
    known = {key: is_open if key == DEPENDENCIES_OPEN else value for key, value in sorted(extra.items())}
    return {**known, DEPENDENCIES_OPEN: True} if is_open else known


def _execution_task(name: str, achievement_id: str, extra: Mapping[str, Json]) -> dict[str, Json]:
    slug = slug_of(achievement_id)
    text = {"bare": "", "full": texts.SUBPLAN, "long": _long_subplan(), "awkward": texts.AWKWARD_SUBPLAN}[name]
    source = Input(f"subplans/SUBPLAN_{PLAN_NAME}_{slug}.md", sha256(text.encode()))
    said = subplan.parse(text, source.path)
    number = "02" if name in ("full", "long") else "01"
    purposes = {execution.number: execution.purpose for execution in said.planned_executions}
    fix = f"execution/feedbacks/FIX_{slug}.md"
    facts = TaskFacts(
        achievement=_achievement(name, achievement_id, extra),
        number=number,
        purpose=purposes.get(number),
        previous=f"EXECUTION_TASK_{PLAN_NAME}_{slug}_01.md" if name == "long" else None,
        feedback=Input(fix, sha256(fix.encode())) if name == "full" else None,
        source=source,
        dependencies=_dependencies(name),
        siblings=_others(name, achievement_id),
        ready=name != "full",
        created=_CREATED,
    )
    return execution_task.execution_task(facts, said)


def _subplan(name: str, achievement_id: str, extra: Mapping[str, Json]) -> dict[str, Json]:
    text = {"bare": "", "full": texts.PLAN, "long": _long_plan(), "awkward": texts.AWKWARD_PLAN}[name]
    said = travel.from_plan(plan.parse(text.replace("ID", achievement_id), PLAN_DOCUMENT), PLAN_DOCUMENT)
    facts = DesignFacts(
        achievement=_achievement(name, achievement_id, extra),
        source=Input(PLAN_DOCUMENT, sha256(text.encode())),
        goal=said.goal,
        constraints=said.constraints,
        context=said.context,
        references=said.references,
        dependencies=_dependencies(name),
        siblings=_others(name, achievement_id),
        dependents=_others(name, achievement_id),
        created=_CREATED,
    )
    return new_subplan.subplan(facts, next(iter(said.achievements), None))


def _achievement(name: str, achievement_id: str, extra: Mapping[str, Json]) -> Achievement:
    title = {"bare": "Bare", "full": "Invoices in batches", "long": texts.LONG_TITLE, "awkward": texts.AWKWARD_TITLE}
    dependencies = tuple(id_ for id_, _, _ in _dependencies(name))
    return Achievement(achievement_id, title[name], dependencies, None, extra)


def _dependencies(name: str) -> tuple[tuple[str, str, State], ...]:
    return {"bare": (), "full": _DEPENDENCIES, "long": _DEPENDENCIES * 2, "awkward": _AWKWARD}[name]


def _others(name: str, achievement_id: str) -> tuple[tuple[str, str], ...]:
    awkward = ((_AWKWARD[0][0], texts.AWKWARD_TITLE),)
    return {"bare": (), "full": _OTHERS[:10], "long": _OTHERS, "awkward": awkward}[name]


def _long_subplan() -> str:
    """Return a SUBPLAN that has more of everything than a document can show."""
    phases = (texts.LONG_PHASE.replace("NUMBER", str(number)) for number in range(2, 31))
    return texts.LONG_SUBPLAN.format(
        phases="\n".join((texts.AWKWARD_PHASE, *phases)),
        criteria=_many("Criterion", "holds for every invoice of the month, however many there are"),
        deliverables=_many("`invoices/part.py`, part", "of the batches, and the page that says how it is used"),
        tests=_many("Test", "of a month without orders"),
    )


def _long_plan() -> str:
    """Return a PLAN that says much of everything."""
    return texts.LONG_PLAN.format(
        goal="\n".join(f"Line {number} of what the plan is for." for number in range(1, 61)),
        what=_many("Work", "that is described in a line which is longer than most lines of a PLAN are"),
        success=_many("Criterion", "holds for every invoice of the month"),
        deliverables=_many("`invoices/part.py`, part", "of the batches"),
        tests=_many("Test", "of a month without orders"),
    )


def _many(first: str, rest: str) -> str:
    return "\n".join(f"- {first} {number} {rest}" for number in range(1, 41))
