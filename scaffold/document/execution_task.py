"""Values -> template variables: what a template set gets for one EXECUTION_TASK, short and sound already.

Everything that is copied is shortened and made sound here, so that a template only places values and a plain
`copier copy` with the same answers gives the same bytes.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from scaffold.document.budget import LADDER, LINES, Limits, lines_of
from scaffold.document.fields import item, listed, one_line, paragraphs, pointer, sentence, shown_of
from scaffold.document.shorten import MARKER, WIDTH
from scaffold.model import Achievement, Input, Json, Passage, Phase, State, Subplan

NAMED = 8
"""The most dependencies, and the most siblings, that a document names."""

TITLE = 120
"""The longest title, in characters."""

_LABEL = re.compile(r"(?:\*\*[^*]+\*\*:?|[A-Z][\w ]*:|-{3,})")


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What is known about one EXECUTION_TASK besides its SUBPLAN.

    `number` is its two digits, `purpose` what the SUBPLAN plans this execution for, `previous` the file name of the
    attempt before it, `feedback` the path of the review that asks for a fix, `source` the SUBPLAN file.
    `dependencies` are (id, title, state), `siblings` (id, title) of the other achievements of the level, `created` is
    `YYYY-MM-DD`.
    """

    achievement: Achievement
    number: str
    purpose: str | None
    previous: str | None
    feedback: str | None
    source: Input
    dependencies: tuple[tuple[str, str, State], ...]
    siblings: tuple[tuple[str, str], ...]
    ready: bool
    created: str


def execution_task(facts: TaskFacts, subplan: Subplan) -> dict[str, Json]:
    """Give the variables of one document, `task` in the template: JSON-able, the names those of `VARIABLES`.

    They are as full as a document of `LINES` lines allows.
    """

    def fits(rung: int) -> bool:
        return lines_of(_task(facts, subplan, LADDER[rung])) <= LINES

    if fits(0):  # as most do
        return _task(facts, subplan, LADDER[0])
    rung = bisect_left(range(len(LADDER) - 1), True, key=fits)
    return _task(facts, subplan, LADDER[rung])


def answers(plan_name: str, plan_document: str, tasks: Iterable[Mapping[str, Json]]) -> dict[str, Json]:
    """Give what `copier copy --defaults --data-file` takes to make the documents of `tasks`."""
    return {"plan_name": plan_name, "plan_document": plan_document, "tasks": [dict(task) for task in tasks]}


def _task(facts: TaskFacts, subplan: Subplan, limits: Limits) -> dict[str, Json]:
    """Give the variables of one document with every field within `limits`."""
    phases, hidden = subplan.phases[: limits.phases], subplan.phases[limits.phases :]
    before, after = _around_phases(subplan)
    return {
        **_known(facts),
        "estimated_time": _time(subplan, facts.achievement),
        "objective": paragraphs(subplan.objective, limits.objective),
        "approach": paragraphs(before, limits.approach),
        "considerations": paragraphs(after, limits.considerations),
        "outline": [_heading(phase) for phase in phases],
        "phases": [_phase(phase, limits) for phase in phases],
        "phases_more": pointer(len(hidden), "phase", hidden[0].line) if hidden else None,
        "success_criteria": [*listed(subplan.success_criteria, limits.criteria, limits.item, "criterion")],
        "deliverables": [*listed(subplan.deliverables, limits.deliverables, limits.item, "deliverable")],
        "tests": [*listed(subplan.tests, limits.tests, limits.item, "test")],
    }


def _known(facts: TaskFacts) -> dict[str, Json]:
    """Give the variables that come from elsewhere than the SUBPLAN."""
    achievement = facts.achievement
    return {
        "id": achievement.id,
        "slug": achievement.slug,
        "number": facts.number,
        "previous": None if facts.purpose or not facts.previous else one_line(facts.previous),
        "feedback": facts.feedback,
        "title": one_line(achievement.title, TITLE),
        "purpose": one_line(facts.purpose) if facts.purpose else None,
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
        "siblings_more": max(0, len(facts.siblings) - NAMED),
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


# --- phases and what stands around them -----------------------------------------------------------------------------


def _around_phases(subplan: Subplan) -> tuple[Passage | None, Passage | None]:
    """Give what the approach says before its first phase and after its last one.

    Without phases, or with phases that lie elsewhere, all of it is the former.
    """
    approach, phases = subplan.approach, subplan.phases
    if approach is None or not phases:
        return approach, None
    lines = approach.text.split("\n")
    start = phases[0].line - approach.line
    if not 0 <= start < len(lines):
        return approach, None
    before = replace(approach, text="\n".join(lines[:start]))
    end = _end(phases[-1], lines, max(start, phases[-1].line - approach.line))
    return before, None if end is None else replace(approach, text="\n".join(lines[end:]), line=approach.line + end)


def _end(phase: Phase, lines: list[str], start: int) -> int | None:
    """Give the index of the line after `phase`, whose heading is `lines[start]`; None when its text is not there."""
    wanted = [line.strip() for line in reversed(phase.text.split("\n")) if line.strip()]
    for at in range(start, len(lines)):
        if wanted and lines[at].strip().endswith(wanted[-1]):
            wanted.pop()
        if not wanted and at > start:
            return at + 1
    return None


def _phase(phase: Phase, limits: Limits) -> dict[str, Json]:
    """Give the variables of one phase."""
    shown = shown_of(phase.steps, limits.steps)
    steps: list[Json] = [f"{at}. {item(step, len(f'{at}. '), limits.step)}" for at, step in enumerate(shown, 1)]
    if hidden := phase.steps[len(shown) :]:
        steps.append(f"{len(shown) + 1}. {pointer(len(hidden), 'step', hidden[0].line)}")
    body = None if phase.steps else Passage(phase.text, phase.line + 1)
    return {
        "number": one_line(phase.number, TITLE),
        "title": one_line(phase.title, TITLE),
        "time": one_line(phase.time, TITLE) if phase.time else None,
        "heading": _heading(phase),
        "line": phase.line,
        "goal": sentence(phase.goal, 2 * WIDTH),
        "steps": steps,
        "text": paragraphs(body, min(limits.approach, limits.step * limits.steps)),
        "more": _more(phase, limits),
        "verification": [*listed(phase.verification, limits.checks, limits.item, "check")] if limits.checks else [],
    }


def _more(phase: Phase, limits: Limits) -> str | None:
    """Point to what a phase says besides its goal, steps and checks, and to its checks when they are not shown."""
    if phase.verification and not limits.checks:
        return f"**Verification**: SUBPLAN line {phase.verification[0].line}"
    if not phase.steps:
        return None
    taken = [passage.text for passage in (phase.goal, *phase.steps, *phase.verification) if passage]
    known = {_bare(line) for text in taken for line in text.split("\n")}
    left = [line for line in map(_bare, phase.text.split("\n")) if line and line not in known]
    count = sum(1 for line in left if not _LABEL.fullmatch(line) and not any(map(line.endswith, known - {""})))
    return pointer(count, "line", phase.line) if count else None


def _bare(line: str) -> str:
    """Give a line without indentation and item marker."""
    return MARKER.sub("", line, count=1).strip()
