"""What a SUBPLAN says as text and as JSON: every field by its name, with the line it comes from."""

import dataclasses
from collections.abc import Iterable

from scaffold.contexts import Described
from scaffold.model import Json, Passage, Phase, Subplan
from scaffold.names import printable

_PASSAGES = ("title", "achievement", "objective", "approach", "estimated_time", "execution_strategy")
_LISTS = ("success_criteria", "deliverables", "tests")


def context_data(described: Iterable[Described]) -> dict[str, Json]:
    """Give `data` of `scaffold context --json`: `subplans`, in the order they were asked for."""
    return {"subplans": [_subplan_data(one) for one in described]}


def context_text(described: Iterable[Described]) -> str:
    """Show every field that a SUBPLAN has, below its name and line, and name those that it has not."""
    lines = []
    for one in described:
        fields, sources = _fields(one.subplan)
        lines.append(printable(one.path))
        for name, value in fields.items():
            if value:
                at = f", line {sources[name]}" if name in sources else ""
                lines += ["", f"  {name}{at}:", *(f"    {printable(line)}" for line in _lines(value))]
        absent = [name for name, value in fields.items() if not value]
        lines += ["", f"  not there: {', '.join(absent)}", ""] if absent else [""]
    return "\n".join(lines)


def _subplan_data(described: Described) -> dict[str, Json]:
    fields, sources = _fields(described.subplan)
    task = dict(described.task) if described.task is not None else None
    return {"file": described.path, **fields, "sources": sources, "task": task}


def _fields(subplan: Subplan) -> tuple[dict[str, Json], dict[str, Json]]:
    """Give each field as text, a list or null, and the line on which each that is there begins."""
    fields: dict[str, Json] = {}
    sources: dict[str, Json] = {}
    for name in _PASSAGES:
        passage: Passage | None = getattr(subplan, name)
        fields[name] = passage.text if passage else None
        if passage:
            sources[name] = passage.line
    for name in _LISTS:
        items: tuple[Passage, ...] = getattr(subplan, name)
        fields[name] = [item.text for item in items]
        if items:
            sources[name] = items[0].line
    fields["phases"] = [_phase(one) for one in subplan.phases]
    fields["planned_executions"] = [dict[str, Json](dataclasses.asdict(one)) for one in subplan.planned_executions]
    fields["metadata"] = {one.name: one.value for one in subplan.header}
    fields["unfilled"] = [dict[str, Json](dataclasses.asdict(one)) for one in subplan.unfilled]
    for name, found in (("phases", subplan.phases), ("planned_executions", subplan.planned_executions)):
        if found:
            sources[name] = found[0].line
    return fields, sources


def _phase(phase: Phase) -> dict[str, Json]:
    return {
        "number": phase.number,
        "title": phase.title,
        "time": phase.time,
        "goal": phase.goal.text if phase.goal else None,
        "steps": [one.text for one in phase.steps],
        "verification": [one.text for one in phase.verification],
        "line": phase.line,
    }


def _lines(value: Json) -> list[str]:
    """Lay a field's value out: text as its lines, a list as items, a mapping as `key: value` lines."""
    match value:
        case dict():
            return [line for key, one in value.items() if one for line in _labelled(key, one)]
        case list():
            return [line for one in value for line in _item(_lines(one))]
        case _:
            return str(value).splitlines()


def _labelled(key: str, value: Json) -> list[str]:
    lines = _lines(value)
    if len(lines) == 1 and not isinstance(value, list | dict):
        return [f"{key}: {lines[0]}"]
    return [f"{key}:", *(f"  {line}" for line in lines)]


def _item(lines: list[str]) -> list[str]:
    return [f"- {lines[0]}", *(f"  {line}" for line in lines[1:])] if lines else []
