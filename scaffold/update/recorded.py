"""What a document was told when it was made, read from its record: it keeps that when it is made again."""

from collections.abc import Mapping
from typing import get_args

from scaffold.document.execution_task import NAMED, TaskFacts
from scaffold.from_subplan import Bound
from scaffold.model import Input, Json, State
from scaffold.plan.progress import DONE, Progress

_STATES: tuple[State, ...] = get_args(State)


def facts(progress: Progress, bound: Bound, task: Mapping[str, Json], *, refresh: bool) -> TaskFacts:
    """Return the facts for making a document again that was made with the variables `task`.

    Its date, number, what it answers, its siblings and the states of its dependencies stay as they were told then; with
    `refresh`, siblings and states are those of now. What depends on what, titles and the rest are always those of now.
    """
    achievement = bound.achievement
    standing = progress[achievement.id]
    number = _text(task, "number")
    now = progress.named_dependencies(achievement)
    told = _named(task, "dependencies", "state")
    dependencies = now if refresh else tuple((id_, title, _state(told.get(id_), state)) for id_, title, state in now)
    siblings, siblings_more = tuple(_named(task, "siblings", "title").items()), _number(task, "siblings_more")
    if refresh:
        siblings, siblings_more = progress.named_siblings(achievement, NAMED)
    purposes = {execution.number: execution.purpose for execution in bound.subplan.planned_executions}
    return TaskFacts(
        achievement=achievement,
        number=number,
        purpose=purposes.get(number),
        previous=_text(task, "previous") or None,
        feedback=Input(_text(task, "feedback"), _text(task, "feedback_hash")) if _text(task, "feedback") else None,
        source=bound.source,
        dependencies=dependencies,
        siblings=siblings,
        ready=standing.ready if refresh else _ready(bound, task, dependencies),
        created=_text(task, "created"),
        siblings_more=siblings_more,
    )


def _ready(bound: Bound, task: Mapping[str, Json], dependencies: tuple[tuple[str, str, State], ...]) -> bool:
    """Return whether it could be begun, as it was told; where it depends on other things now, by what it is told."""
    is_open = bound.achievement.dependencies_open
    same = list(_named(task, "dependencies", "state")) == [id_ for id_, _, _ in dependencies[:NAMED]]
    if same and bool(task.get("dependencies_open")) == is_open:
        return _text(task, "ready") == "yes"
    return not is_open and all(state in DONE for _, _, state in dependencies)


def _named(task: Mapping[str, Json], name: str, value: str) -> dict[str, str]:
    """Return the entries of a list in a record that nobody has checked, by their ids."""
    entries = task.get(name)
    return {
        str(entry.get("id", "")): str(entry.get(value, ""))
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
    }


def _state(told: str | None, now: State) -> State:
    return told if told in _STATES else now


def _text(task: Mapping[str, Json], name: str) -> str:
    value = task.get(name)
    return value if isinstance(value, str) else ""


def _number(task: Mapping[str, Json], name: str) -> int:
    value = task.get(name)
    return value if isinstance(value, int) else 0
