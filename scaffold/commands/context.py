"""`scaffold context`: what a SUBPLAN says, as a template gets it, with the lines it comes from."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, TypedDict

import click

from scaffold import clock, from_subplan, report, terminal
from scaffold.commands._paging import demand_json
from scaffold.commands._plan import note, place_data
from scaffold.document import execution_task
from scaffold.errors import Diagnostic, InvalidInput, UsageProblem
from scaffold.lazy.values import frozen
from scaffold.model import Json
from scaffold.names import EXECUTION_TASK, SUBPLAN_FOLDER, printable, subplan_name
from scaffold.plan import settings, workspace
from scaffold.plan.prerequisites import Policy
from scaffold.plan.progress import progress_of
from scaffold.plan.selection import Selection, select
from scaffold.reading import subplan
from scaffold.reading.content import Passage, Phase, Subplan
from scaffold.reading.markdown import decode
from scaffold.shapes import ExecutionTask, LineNumber, PlaceData

_WITH_LINES = (
    *("title", "achievement", "objective", "approach", "estimated_time", "execution_strategy"),
    *("success_criteria", "deliverables", "tests", "phases", "planned_executions"),
)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE…|PLAN]")
@click.option("--achievement", "ids", multiple=True, metavar="ID", help="The SUBPLAN of this achievement. Repeatable.")
@click.option("--answers", is_flag=True, help="With --json: also the variables of its EXECUTION_TASK.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
@click.pass_context
def context(run: click.Context, files: tuple[Path, ...], ids: tuple[str, ...], answers: bool, as_json: bool) -> int:
    """Show the fields found in SUBPLANs, each with its line.

    Name FILEs, which need not belong to a plan, or use --achievement with a PLAN (default: the current directory).
    """
    demand_json({"answers": answers, "as_json": as_json}, "answers")
    if ids and len(files) > 1:
        raise UsageProblem.of("usage", "--achievement takes one PLAN", hint="scaffold context PLAN --achievement 2.3")
    if not ids and not files:
        hint = "name SUBPLAN files, or an achievement: --achievement 2.3"
        raise UsageProblem.of("usage", "nothing selected: pass a FILE or --achievement ID", hint=hint)
    plan = note(run, files[0] if files else Path()) if ids else Path()
    subplans = of_achievements(plan, ids, clock.today()) if ids else of_files(files)
    warnings = [warning for bound in subplans for warning in bound.subplan.diagnostics]
    if as_json:
        place = place_data(plan) if ids else None
        terminal.show(report.envelope("context", context_data(subplans, place, answers), warnings, ok=True))
    else:
        terminal.tell(report.diagnostics_text(warnings))
        terminal.show(context_text(subplans))
    return 0


@frozen
class SubplanFields:
    """A SUBPLAN and what it says. `task` has the template's variables where it belongs to an achievement of a plan."""

    path: str
    subplan: Subplan
    task: Mapping[str, Json] | None


def of_files(files: Iterable[Path]) -> tuple[SubplanFields, ...]:
    """Read any SUBPLANs, also outside of a plan, each with the settings nearest to it.

    Raises InvalidInput with every file that cannot be read.
    """
    subplans, problems = [], list[Diagnostic]()
    for file in files:
        try:
            content = workspace.read_text_file(file)
            vocabulary = settings.read(file.parent).vocabulary
            subplans.append(SubplanFields(str(file), subplan.parse(decode(content), str(file), vocabulary), None))
        except InvalidInput as error:
            problems += error.diagnostics
    if problems:
        raise InvalidInput(problems)
    return tuple(subplans)


def of_achievements(argument: Path, ids: tuple[str, ...], created: str) -> tuple[SubplanFields, ...]:
    """Read the SUBPLANs of achievements of a plan, with the variables that a template gets for each.

    Raises InvalidInput for the plan, PrerequisitesMissing for a SUBPLAN that is missing or for another achievement.
    """
    plan = workspace.read_plan(argument)
    progress = progress_of(plan)
    selected = select(progress, Selection("achievements", ids=ids), EXECUTION_TASK)
    vocabulary = settings.read(plan.directory).vocabulary
    achievements = [standing.achievement for standing in selected]
    bound, _ = from_subplan.bind(plan, achievements, Policy(allow_unfilled=True), vocabulary)
    return tuple(
        SubplanFields(
            f"{SUBPLAN_FOLDER}/{subplan_name(plan, match.achievement)}",
            match.subplan,
            execution_task.execution_task(facts, match.subplan),
        )
        for match in bound
        for facts in from_subplan.facts_of(progress, match, ("01",), created)
    )


class PhaseData(TypedDict):
    """A phase of an approach."""

    number: str
    title: str
    time: str | None
    goal: str | None
    steps: list[str]
    verification: list[str]
    line: LineNumber


class PlannedExecutionData(TypedDict):
    """One of several executions that a SUBPLAN plans."""

    number: str
    purpose: str
    line: LineNumber


class UnfilledData(TypedDict):
    """An open place."""

    marker: str
    line: LineNumber
    field: str | None


class FieldsData(TypedDict):
    """What a SUBPLAN says, field by field."""

    title: str | None
    achievement: str | None
    objective: str | None
    approach: str | None
    estimated_time: str | None
    execution_strategy: str | None
    success_criteria: list[str]
    deliverables: list[str]
    tests: list[str]
    phases: list[PhaseData]
    planned_executions: list[PlannedExecutionData]
    metadata: dict[str, str]
    unfilled: list[UnfilledData]


class SubplanData(FieldsData):
    """A SUBPLAN, and where its fields come from."""

    path: Annotated[str, "relative to the plan; of a file that was named, as it was named"]
    sources: dict[str, LineNumber]
    task: ExecutionTask | None


class ContextData(PlaceData):
    """`data` of `scaffold context --json`."""

    subplans: Annotated[
        list[SubplanData],
        "in the order they were asked for: `path`; a key for each field, null or empty where the SUBPLAN does not say "
        "it; `metadata`, its header lines; `unfilled`, its open places; `sources`, the line on which each field "
        "begins; `task`, with `--answers` the variables of its EXECUTION_TASK, null for files that were given by path",
    ]


def context_data(subplans: Iterable[SubplanFields], place: PlaceData | None, with_answers: bool) -> ContextData:
    """Return `data` of `scaffold context --json`: `subplans`, in the order they were asked for.

    Files that were named need not belong to a plan: then `place` is None.
    """
    nowhere: PlaceData = {"plan": None, "directory": None}
    return {**(place or nowhere), "subplans": [_subplan_data(bound, with_answers) for bound in subplans]}


def context_text(subplans: Iterable[SubplanFields]) -> str:
    """Show every field of a SUBPLAN below its name and line, and list those that were not found."""
    lines = []
    for document in subplans:
        fields, sources = _fields(document.subplan), _sources(document.subplan)
        lines.append(printable(document.path))
        for name, value in fields.items():
            if value:
                at = f", line {sources[name]}" if name in sources else ""
                lines += ["", f"  {name}{at}:", *(f"    {printable(line)}" for line in _lines(value))]
        absent = [name for name, value in fields.items() if not value]
        lines += ["", f"  not found: {', '.join(absent)}", ""] if absent else [""]
    return "\n".join(lines)


def _subplan_data(fields: SubplanFields, with_answers: bool) -> SubplanData:
    return {
        "path": fields.path,
        **_fields(fields.subplan),
        "sources": _sources(fields.subplan),
        "task": dict(fields.task) if fields.task is not None and with_answers else None,
    }


def _fields(subplan: Subplan) -> FieldsData:
    return {
        "title": _text(subplan.title),
        "achievement": _text(subplan.achievement),
        "objective": _text(subplan.objective),
        "approach": _text(subplan.approach),
        "estimated_time": _text(subplan.estimated_time),
        "execution_strategy": _text(subplan.execution_strategy),
        "success_criteria": _texts(subplan.success_criteria),
        "deliverables": _texts(subplan.deliverables),
        "tests": _texts(subplan.tests),
        "phases": [_phase(phase) for phase in subplan.phases],
        "planned_executions": [
            {"number": execution.number, "purpose": execution.purpose, "line": execution.line}
            for execution in subplan.planned_executions
        ],
        "metadata": {entry.name: entry.value for entry in subplan.header},
        "unfilled": [{"marker": place.marker, "line": place.line, "field": place.field} for place in subplan.unfilled],
    }


def _text(passage: Passage | None) -> str | None:
    return passage.text if passage else None


def _texts(passages: Iterable[Passage]) -> list[str]:
    return [passage.text for passage in passages]


def _sources(subplan: Subplan) -> dict[str, int]:
    """Return the line on which each existing field begins."""
    sources = dict[str, int]()
    for name in _WITH_LINES:
        value = getattr(subplan, name)
        if value:
            sources[name] = value[0].line if isinstance(value, tuple) else value.line
    return sources


def _phase(phase: Phase) -> PhaseData:
    return {
        "number": phase.number,
        "title": phase.title,
        "time": phase.time,
        "goal": _text(phase.goal),
        "steps": _texts(phase.steps),
        "verification": _texts(phase.verification),
        "line": phase.line,
    }


def _lines(value: object) -> list[str]:
    """Lay out a field's value: text as its lines, a list as items, a mapping as `key: value` lines."""
    match value:
        case dict():
            return [line for key, content in value.items() if content for line in _labelled(key, content)]
        case list():
            return [line for item in value for line in _item(_lines(item))]
        case _:
            return str(value).splitlines()


def _labelled(key: str, value: object) -> list[str]:
    lines = _lines(value)
    if len(lines) == 1 and not isinstance(value, list | dict):
        return [f"{key}: {lines[0]}"]
    return [f"{key}:", *(f"  {line}" for line in lines)]


def _item(lines: list[str]) -> list[str]:
    return [f"- {lines[0]}", *(f"  {line}" for line in lines[1:])] if lines else []
