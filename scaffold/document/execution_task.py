"""Values -> template variables: what a template set gets for one EXECUTION_TASK, short and sound already.

Everything that is copied is shortened and made sound here, so that a template only places values and a plain
`copier copy` with the same answers gives the same bytes.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from pathlib import PurePosixPath

from scaffold.document.budget import LINES
from scaffold.document.draft import Draft
from scaffold.document.fields import TITLE, heading_of, one_line
from scaffold.document.parting import Part, part_of
from scaffold.document.travel import travelled
from scaffold.lazy.values import frozen, replace
from scaffold.model import Achievement, Input, Json, State
from scaffold.reading import durations
from scaffold.reading.content import PlannedExecution, Subplan

NAMED = 8
"""The most dependencies, and the most siblings, that a document names."""

_MOST_REMEMBERED = 1024


@frozen
class TaskFacts:
    """What is known about one EXECUTION_TASK besides its SUBPLAN.

    `number` is its two digits, `purpose` what the SUBPLAN plans this execution for, `previous` the file name of the
    attempt before it, `feedback` the FIX that asks for this one, `source` the SUBPLAN file.
    `dependencies` are (id, title, state), `siblings` (id, title) of the other achievements of the level, and
    `siblings_more` how many of these are not among them; `created` is `YYYY-MM-DD`.
    """

    achievement: Achievement
    number: str
    purpose: str | None
    previous: str | None
    feedback: Input | None
    source: Input
    dependencies: tuple[tuple[str, str, State], ...]
    siblings: tuple[tuple[str, str], ...]
    ready: bool
    created: str
    siblings_more: int = 0


def _remembered(make: Callable[..., dict[str, Json]]) -> Callable[..., dict[str, Json]]:
    """Return what a document was last made of again: a process that watches asks for it at every save.

    A text that is read again is the same SUBPLAN, so that none has to be compared.
    """
    made: dict[tuple[str, str, int], tuple[TaskFacts, Subplan, dict[str, Json]]] = {}

    @wraps(make)
    def again(facts: TaskFacts, subplan: Subplan, lines: int = LINES) -> dict[str, Json]:
        key = (facts.source.path, facts.number, lines)
        found = made.get(key)
        if found is None or found[1] is not subplan or found[0] != facts:
            found = made[key] = facts, subplan, make(facts, subplan, lines)
            if len(made) > _MOST_REMEMBERED:
                del made[next(iter(made))]
        return found[2]

    return again


@_remembered
def execution_task(facts: TaskFacts, subplan: Subplan, lines: int = LINES) -> dict[str, Json]:
    """Return the variables of one document, `task` in the template: JSON-able, the names those of `VARIABLES`.

    They are as full as a document of `lines` lines allows that the built-in template set makes of them.
    """
    return _variables(facts, subplan, lines)


def _variables(facts: TaskFacts, subplan: Subplan, lines: int) -> dict[str, Json]:
    said = travelled(subplan, facts.source.path)
    part = part_of(said, facts.number) if facts.purpose else None
    known = {**_known(facts, subplan.planned_executions, part), "estimated_time": _time(subplan, facts, part)}
    draft = Draft(known, part.subplan if part else said, said)
    return draft.fitted(lines)


@_remembered
def bare(facts: TaskFacts, subplan: Subplan, lines: int = LINES) -> dict[str, Json]:
    """Return the variables of the same document with nothing copied from the SUBPLAN: they measure a template set."""
    nothing = replace(
        subplan, objective=None, approach=None, phases=(), success_criteria=(), deliverables=(), tests=(), stretches=()
    )
    return _variables(facts, nothing, lines)


def answers(plan_name: str, plan_document: str, tasks: Iterable[Mapping[str, Json]]) -> dict[str, Json]:
    """Return what `copier copy --defaults --data-file` takes to make the documents of `tasks`."""
    return {"plan_name": plan_name, "plan_document": plan_document, "tasks": [dict(task) for task in tasks]}


def _known(facts: TaskFacts, planned: Sequence[PlannedExecution], part: Part | None) -> dict[str, Json]:
    """Return the variables that come from elsewhere than the SUBPLAN, or from its plan of executions."""
    achievement = facts.achievement
    others = [execution for execution in planned if execution.number != facts.number] if facts.purpose else []
    return {
        "id": achievement.id,
        "slug": achievement.slug,
        "number": facts.number,
        "previous": None if facts.purpose or not facts.previous else one_line(facts.previous),
        "feedback": facts.feedback.path if facts.feedback else None,
        "feedback_hash": facts.feedback.sha256[:12] if facts.feedback else None,
        "title": one_line(achievement.title, TITLE),
        "purpose": one_line(facts.purpose) if facts.purpose else None,
        "others": [{"number": other.number, "purpose": one_line(other.purpose, TITLE)} for other in others],
        "part": "; ".join(map(heading_of, part.phases)) if part and part.phases else None,
        "created": facts.created,
        "subplan": facts.source.path,
        "subplan_file": PurePosixPath(facts.source.path).name,
        "subplan_hash": facts.source.sha256[:12],
        "ready": "yes" if facts.ready else "no",
        "dependencies": [
            {"id": id, "title": one_line(title, TITLE), "state": state}
            for id, title, state in facts.dependencies[:NAMED]
        ],
        "dependencies_more": max(0, len(facts.dependencies) - NAMED),
        "dependencies_open": achievement.dependencies_open,
        "siblings": [{"id": id, "title": one_line(title, TITLE)} for id, title in facts.siblings[:NAMED]],
        "siblings_more": max(0, len(facts.siblings) - NAMED) + facts.siblings_more,
        "extra": dict(achievement.extra),
    }


def _time(subplan: Subplan, facts: TaskFacts, part: Part | None) -> str | None:
    """Return the estimated time, the SUBPLAN's before the plan's; a bare number is of hours.

    Of several executions each has the times of its phases; where these are not stated, the time is that of all.
    """
    time = subplan.estimated_time.text if subplan.estimated_time else facts.achievement.estimated_time
    if part and part.phases and all(phase.time for phase in part.phases):
        effort = durations.in_sequence(durations.read(phase.time) for phase in part.phases)
        if not effort.unknown:
            return effort.text
    if time is None or not time.strip():
        return None
    unit = "hour" if time.strip() == "1" else "hours"
    hours = one_line(f"{time} {unit}" if re.fullmatch(r"[0-9.,\s–-]+", time) else time)
    others = len(subplan.planned_executions) > 1 and facts.purpose
    return f"{hours} for all {len(subplan.planned_executions)} executions" if others else hours
