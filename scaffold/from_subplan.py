"""EXECUTION_TASKs from SUBPLANs: what is missing, whether its SUBPLAN can be worked from, and what it says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scaffold.document import execution_task
from scaffold.documents import (
    FEEDBACK_FOLDER,
    SUBPLAN_FOLDER,
    Files,
    execution_name,
    executions_by_slug,
    latest,
    next_number,
    numbers_of,
    subplan_name,
)
from scaffold.errors import Diagnostic, PrerequisitesMissing
from scaffold.model import Achievement, Input, Plan, Subplan, sha256
from scaffold.plan import prerequisites, settings, workspace
from scaffold.plan.selection import existing_of, split_missing
from scaffold.plan.surroundings import Surroundings, dependencies_of, not_ready, siblings_of, surroundings
from scaffold.preview import Assigned, Assignment, Existing, LeftOut, Numbering, Policy, Request
from scaffold.reading import subplan
from scaffold.reading.markdown import decode
from scaffold.reading.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Bound:
    """An achievement with the SUBPLAN it is worked from, the file that came from, and what to warn of.

    `written` is False where there is no such file and a caller says what it would.
    """

    achievement: Achievement
    subplan: Subplan
    source: Input
    warnings: tuple[Diagnostic, ...]
    written: bool = True


def assign(plan: Plan, selected: Iterable[Achievement], request: Request, given: Bound | None = None) -> Assigned:
    """Return an assignment for every EXECUTION_TASK that the selected achievements miss.

    `given` counts where the SUBPLAN of its achievement is not written.
    Raises PrerequisitesMissing for SUBPLANs that are missing or wrong, Conflict for something in the way.
    """
    missing, existing = split_missing(plan, selected, request.kind, request.numbering)
    bound, left_out = bind(plan, missing, request.policy, settings.read(plan.directory).vocabulary, given)
    around, files = surroundings(plan), executions_by_slug(plan)
    assignments: list[Assignment] = []
    complete: list[Existing] = []
    for one in bound:
        there = files.get(one.achievement.slug, Files())
        numbers = _numbers(one, numbers_of(plan, one.achievement, there.regular), request.numbering)
        if not numbers:
            complete.append(existing_of(one.achievement, around.states[one.achievement.id], there, request.kind))
        previous = latest(plan, one.achievement, there.regular)
        for facts in facts_of(around, one, numbers, request.created, previous):
            name = execution_name(plan, one.achievement, facts.number)
            source = one.source if one.written else _plan_itself(plan)
            assignments.append(
                Assignment(one.achievement, name, source, execution_task.execution_task(facts, one.subplan))
            )
    done = {one.achievement.id for one in complete}
    open_ = [one for one in bound if one.achievement.id not in done]
    warnings = (
        *not_ready(around, (one.achievement for one in open_)),
        *(warning for one in open_ for warning in one.warnings),
        *(_more_planned(open_) if request.numbering == "first" else ()),
    )
    return Assigned(tuple(assignments), (*existing, *complete), left_out, warnings)


def bind(
    plan: Plan,
    missing: Iterable[Achievement],
    policy: Policy,
    vocabulary: Vocabulary,
    given: Bound | None = None,
) -> tuple[tuple[Bound, ...], tuple[LeftOut, ...]]:
    """Read and check the SUBPLAN of every achievement in `missing`; `given` counts where that one is not written.

    Raises PrerequisitesMissing with all that blocks, unless `policy` goes on without those achievements: then they
    come back as left out.
    """
    bound, left_out = [], []
    for achievement in missing:
        if given and given.achievement == achievement and subplan_name(plan, achievement) not in plan.subplans:
            bound.append(given)
            continue
        found = _bind(plan, achievement, policy, vocabulary)
        if isinstance(found, Bound):
            bound.append(found)
        else:
            left_out.append(found)
    if left_out and not policy.skip_missing:
        raise PrerequisitesMissing(one for achievement in left_out for one in achievement.diagnostics)
    return tuple(bound), tuple(left_out)


def facts_of(
    around: Surroundings, bound: Bound, numbers: Iterable[str], created: str, previous: str | None = None
) -> Iterator[execution_task.TaskFacts]:
    """Yield, for each number, what the document says about its place in the plan and the attempt before it."""
    achievement = bound.achievement
    to_fix = around.states[achievement.id] == "needs_fix"
    purposes = {one.number: one.purpose for one in bound.subplan.planned_executions}
    for number in numbers:
        yield execution_task.TaskFacts(
            achievement=achievement,
            number=number,
            purpose=purposes.get(number),
            previous=previous,
            feedback=f"{FEEDBACK_FOLDER}/FIX_{achievement.slug}.md" if to_fix else None,
            source=bound.source,
            dependencies=dependencies_of(around, achievement),
            siblings=siblings_of(around, achievement),
            ready=around.ready[achievement.id],
            created=created,
        )


def _bind(plan: Plan, achievement: Achievement, policy: Policy, vocabulary: Vocabulary) -> Bound | LeftOut:
    path = f"{SUBPLAN_FOLDER}/{subplan_name(plan, achievement)}"
    try:
        content = workspace.read_subplan(plan, achievement)
    except PrerequisitesMissing as error:
        return LeftOut(achievement, error.diagnostics)
    read = subplan.parse(decode(content), path, vocabulary)
    diagnostics = prerequisites.check(read, achievement, path, policy)
    if any(one.severity == "error" for one in diagnostics):
        return LeftOut(achievement, diagnostics)
    return Bound(achievement, read, Input(path, sha256(content)), diagnostics)


def _plan_itself(plan: Plan) -> Input:
    return Input(plan.document, sha256(workspace.read_text_file(plan.directory / plan.document)))


def _numbers(bound: Bound, there: tuple[str, ...], numbering: Numbering) -> tuple[str, ...]:
    """Give the numbers of the documents to create: the first, those planned and not there yet, or the next."""
    match numbering:
        case "first":
            return ("01",)
        case "again":
            return (next_number(there),)
        case "planned":
            planned = [one.number for one in bound.subplan.planned_executions] or ["01"]
            taken = {int(number) for number in there}
            return tuple(number for number in planned if int(number) not in taken)


def _more_planned(bound: Iterable[Bound]) -> Iterator[Diagnostic]:
    """Warn where a SUBPLAN plans more executions than the one that is created."""
    for one in bound:
        count = len(one.subplan.planned_executions)
        if count > 1:
            message = f"plans {count} executions, one is created"
            hint = "--planned creates all of them"
            yield Diagnostic("more_planned", message, one.source.path, hint=hint, severity="warning")
