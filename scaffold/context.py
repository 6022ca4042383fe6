"""Values -> template variables: what a template set gets for one EXECUTION_TASK, short and sound already.

Everything that is copied is shortened and made sound here, so that a template only places values and a plain
`copier copy` with the same answers gives the same bytes.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from scaffold.fields import item, listed, one_line, paragraphs, pointer, sentence
from scaffold.model import Achievement, Input, Json, Passage, Phase, State, Subplan
from scaffold.shorten import WIDTH, weight

LINES = 150
"""The most lines a created document has with the built-in template set."""

NAMED = 8
"""The most dependencies, and the most siblings, that a document names."""

TITLE = 120
"""The longest title, in characters."""

_FIXED = 56
"""Lines of the built-in template in every document: those that no variable makes."""


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What is known about one EXECUTION_TASK besides its SUBPLAN.

    `number` is its two digits, `purpose` what the SUBPLAN plans this execution for, `source` the SUBPLAN file.
    `dependencies` are (id, title, state), `siblings` (id, title) of the other achievements of the level, `created` is
    `YYYY-MM-DD`.
    """

    achievement: Achievement
    number: str
    purpose: str | None
    source: Input
    dependencies: tuple[tuple[str, str, State], ...]
    siblings: tuple[tuple[str, str], ...]
    ready: bool
    created: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is shown: lines of a text (`step`, `item`, `objective`, `approach`), else a number of items."""

    step: int = 12
    steps: int = 12
    item: int = 5
    checks: int = 6
    criteria: int = 20
    deliverables: int = 15
    tests: int = 8
    objective: int = 14
    approach: int = 40
    phases: int = 12


def _ladder() -> Iterator[Limits]:
    """Yield ever tighter limits: steps first, then criteria and deliverables, then the approach, then phases."""
    limits = Limits()
    yield limits
    tightened: tuple[tuple[str, tuple[int, ...]], ...] = (
        ("step", (8, 6, 5, 4, 3)),
        ("checks", (4, 3)),
        ("step", (2, 1)),
        ("steps", (8, 6, 5, 4)),
        ("checks", (2, 1)),
        ("item", (4, 3, 2, 1)),
        ("criteria", (15, 12, 10)),
        ("deliverables", (12, 10, 8)),
        ("tests", (6, 4)),
        ("steps", (3, 2)),
        ("criteria", (8, 6)),
        ("deliverables", (6, 5)),
        ("tests", (3, 2)),
        ("approach", (30, 20, 15, 12, 8)),
        ("steps", (1,)),
        ("checks", (0,)),
        ("objective", (10, 8)),
        ("phases", (10, 8, 6, 5, 4)),
    )
    for name, values in tightened:
        for value in values:
            limits = replace(limits, **{name: value})
            yield limits


LADDER = tuple(_ladder())


def execution_task(facts: TaskFacts, subplan: Subplan) -> dict[str, Json]:
    """Give the variables of one document, `task` in the template: JSON-able, the names those of `VARIABLES`."""

    def fits(rung: int) -> bool:
        return _lines(_task(facts, subplan, LADDER[rung])) <= LINES

    rung = bisect_left(range(len(LADDER) - 1), True, key=fits)
    return _task(facts, subplan, LADDER[rung])


def answers(plan_name: str, plan_document: str, tasks: Iterable[Mapping[str, Json]]) -> dict[str, Json]:
    """Give what `copier copy --defaults --data-file` takes to make the documents of `tasks`."""
    return {"plan_name": plan_name, "plan_document": plan_document, "tasks": [dict(task) for task in tasks]}


def _lines(task: Mapping[str, Json]) -> int:
    """Give the number of lines that the built-in template makes of `task`, long ones counted as `weight` does."""
    outline, hidden = _weight(task["outline"]), 1 if task["phases_more"] else 0
    approach = _weight(task["approach"])
    total = _FIXED + (2 if task["ready"] == "no" else 0)
    total += sum(_weight(task[name]) or 1 for name in ("objective", "success_criteria", "deliverables"))
    total += (approach + (1 if approach and outline else 0) + outline + hidden) or 1
    total += _weight(task["tests"]) + (3 if task["tests"] else 0)
    phases = task["phases"]
    total += sum(map(_phase_lines, phases)) if isinstance(phases, list) and phases else 2
    return total + 2 * hidden


def _phase_lines(phase: Json) -> int:
    """Give the number of lines that the built-in template makes of one phase."""
    around = {"heading": 1, "goal": 1, "text": 1, "steps": 1, "more": 1, "verification": 3}
    if not isinstance(phase, dict):
        return 0
    return sum(_weight(phase[name]) + extra for name, extra in around.items() if phase[name])


def _weight(value: Json) -> int:
    """Give the weight of a text or of all texts of a list; 0 for nothing."""
    if isinstance(value, list):
        return sum(map(_weight, value))
    return weight(value) if isinstance(value, str) else 0


def _task(facts: TaskFacts, subplan: Subplan, limits: Limits) -> dict[str, Json]:
    """Give the variables of one document with every field within `limits`."""
    achievement = facts.achievement
    file = PurePosixPath(facts.source.path).name
    hidden = subplan.phases[limits.phases :]
    return {
        "id": achievement.id,
        "slug": achievement.slug,
        "number": facts.number,
        "title": one_line(achievement.title, TITLE),
        "purpose": one_line(facts.purpose) if facts.purpose else None,
        "estimated_time": _time(subplan, achievement),
        "created": facts.created,
        "subplan": facts.source.path,
        "subplan_file": file,
        "subplan_hash": facts.source.sha256[:12],
        "ready": "yes" if facts.ready else "no",
        "dependencies": [
            {"id": id, "title": one_line(title, TITLE), "state": state}
            for id, title, state in facts.dependencies[:NAMED]
        ],
        "dependencies_more": max(0, len(facts.dependencies) - NAMED),
        "siblings": [{"id": id, "title": one_line(title, TITLE)} for id, title in facts.siblings[:NAMED]],
        "siblings_more": max(0, len(facts.siblings) - NAMED),
        "objective": paragraphs(subplan.objective, limits.objective, file),
        "approach": paragraphs(_approach(subplan), limits.approach, file),
        "outline": [_heading(phase) for phase in subplan.phases[: limits.phases]],
        "phases": [_phase(phase, limits, file) for phase in subplan.phases[: limits.phases]],
        "phases_more": pointer(len(hidden), "phase", file, hidden[0].line) if hidden else None,
        "success_criteria": [*listed(subplan.success_criteria, limits.criteria, limits.item, "criterion", file)],
        "deliverables": [*listed(subplan.deliverables, limits.deliverables, limits.item, "deliverable", file)],
        "tests": [*listed(subplan.tests, limits.tests, limits.item, "test", file)],
        "extra": dict(achievement.extra),
    }


def _time(subplan: Subplan, achievement: Achievement) -> str | None:
    """Give the estimated time, the SUBPLAN's before the plan's; a bare number is of hours."""
    time = subplan.estimated_time.text if subplan.estimated_time else achievement.estimated_time
    if time is None or not time.strip():
        return None
    return one_line(f"{time} hours" if re.fullmatch(r"[0-9.,\s–-]+", time) else time)


def _heading(phase: Phase) -> str:
    """Give the text of a phase's heading."""
    title, number = one_line(phase.title, TITLE), one_line(phase.number, TITLE)
    time = f" ({one_line(phase.time, TITLE)})" if phase.time else ""
    return f"Phase {number}: {title}{time}" if title else f"Phase {number}{time}"


def _approach(subplan: Subplan) -> Passage | None:
    """Give the approach: what stands before the first phase, or all of it when the phases lie elsewhere."""
    approach = subplan.approach
    if approach is None or not subplan.phases:
        return approach
    before = subplan.phases[0].line - approach.line
    lines = approach.text.split("\n")
    return replace(approach, text="\n".join(lines[:before])) if 0 <= before <= len(lines) else approach


def _phase(phase: Phase, limits: Limits, file: str) -> dict[str, Json]:
    """Give the variables of one phase."""
    steps: list[Json] = []
    for at, step in enumerate(phase.steps[: limits.steps], 1):
        marker = f"{at}. "
        steps.append(marker + item(step, len(marker), limits.step, file))
    hidden = phase.steps[limits.steps :]
    body = None if phase.steps else Passage(phase.text, phase.line + 1)
    return {
        "number": one_line(phase.number, TITLE),
        "title": one_line(phase.title, TITLE),
        "time": one_line(phase.time, TITLE) if phase.time else None,
        "heading": _heading(phase),
        "line": phase.line,
        "goal": sentence(phase.goal, 2 * WIDTH, file),
        "steps": steps,
        "text": paragraphs(body, min(limits.approach, limits.step * limits.steps), file),
        "more": pointer(len(hidden), "step", file, hidden[0].line) if hidden else None,
        "verification": [*listed(phase.verification, limits.checks, limits.item, "check", file)],
    }
