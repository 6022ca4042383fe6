"""EXECUTION_TASKs from SUBPLANs: what is missing, whether its SUBPLAN can be worked from, and what it says."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from scaffold.document import execution_task
from scaffold.errors import Diagnostic, InvalidInput, PrerequisitesMissing
from scaffold.lazy.values import frozen
from scaffold.model import Achievement, Input, Plan, sha256
from scaffold.names import (
    EXECUTION_FOLDER,
    FEEDBACK_FOLDER,
    SUBPLAN_FOLDER,
    execution_name,
    invocation,
    latest,
    next_number,
    numbers_of,
    subplan_name,
)
from scaffold.plan import attempts, prerequisites, settings, workspace
from scaffold.plan.prerequisites import Policy
from scaffold.plan.progress import Progress, Standing, not_ready
from scaffold.plan.selection import Numbering, split_missing
from scaffold.preview import Assigned, LeftOut, PlannedDocument, Request
from scaffold.reading import subplan
from scaffold.reading.content import Subplan
from scaffold.reading.markdown import decode
from scaffold.reading.vocabulary import Vocabulary
from scaffold.reading.wording import wording_digest


@frozen
class Bound:
    """An achievement with the SUBPLAN it is worked from, the file that came from, and what to warn of.

    `written` is False where there is no such file and a caller passed its content; `wording` stands for what it says.
    `again` reads the SUBPLAN once more: with thousands of documents, that is what cannot be kept.
    """

    achievement: Achievement
    subplan: Subplan
    source: Input
    warnings: tuple[Diagnostic, ...]
    written: bool = True
    wording: str | None = None
    again: Callable[[], Subplan] | None = None

    @property
    def read_again(self) -> Callable[[], Subplan]:
        """What reads the SUBPLAN again; it holds the SUBPLAN only where there is no file to read."""
        held = self.subplan
        return self.again or (lambda: held)


def assign(progress: Progress, selected: Iterable[Standing], request: Request, given: Bound | None = None) -> Assigned:
    """Return what is to be created: every EXECUTION_TASK that the selected achievements miss.

    `given` counts where the SUBPLAN of its achievement is not written.
    Raises PrerequisitesMissing for SUBPLANs that are missing or wrong, Conflict for something in the way.
    """
    plan = progress.plan
    missing, existing = split_missing(selected, request.kind, request.numbering)
    achievements = [standing.achievement for standing in missing]
    vocabulary = settings.read(plan.directory).vocabulary
    documents: list[PlannedDocument] = []
    complete: list[Standing] = []
    open_: list[Achievement] = []
    left_out: list[LeftOut] = []
    warnings: list[Diagnostic] = []
    more_planned: list[Diagnostic] = []
    for match in _each_bound(plan, achievements, request.policy, vocabulary, given):
        if isinstance(match, LeftOut):
            left_out.append(match)
        elif left_out and not request.policy.skip_missing:
            continue  # nothing will be made: only what else is missing counts
        elif made := tuple(_documents(progress, match, request)):
            documents += made
            open_.append(match.achievement)
            warnings += match.warnings
            more_planned += _more_planned(request.argument, match) if request.numbering == "first" else ()
        else:
            complete.append(progress[match.achievement.id])
    _demand_bound(left_out, request.policy)
    answered = [achievement for achievement in open_ if progress[achievement.id].state == "needs_fix"]
    return Assigned(
        documents=tuple(documents),
        existing=(*existing, *complete),
        left_out=tuple(left_out),
        warnings=(*not_ready(progress, open_), *warnings, *more_planned),
        inputs=tuple(_feedback(plan, achievement) for achievement in answered),
        absent=tuple(path for achievement in answered for path in attempts.absent_verdicts(plan, achievement)),
    )


def _documents(progress: Progress, match: Bound, request: Request) -> Iterator[PlannedDocument]:
    """Yield the documents that an achievement misses."""
    plan, achievement = progress.plan, match.achievement
    names = progress[achievement.id].executions.regular
    numbers = _numbers(match, numbers_of(plan, achievement, names), request.numbering)
    source = match.source if match.written else _plan_itself(plan)
    for facts in facts_of(progress, match, numbers, request.created, latest(plan, achievement, names)):
        yield PlannedDocument(
            achievement=achievement,
            target=f"{EXECUTION_FOLDER}/{execution_name(plan, achievement, facts.number)}",
            source=source,
            variables=execution_task.execution_task(facts, match.subplan),
            said=(facts, match.read_again),
            wording=match.wording,
        )


def bind(
    plan: Plan,
    missing: Iterable[Achievement],
    policy: Policy,
    vocabulary: Vocabulary,
    given: Bound | None = None,
) -> tuple[tuple[Bound, ...], tuple[LeftOut, ...]]:
    """Read and check the SUBPLAN of every achievement in `missing`; `given` counts where that one is not written.

    Raises PrerequisitesMissing with all that blocks, unless `policy` goes on without those achievements: then they
    are returned as left out.
    """
    found = tuple(_each_bound(plan, missing, policy, vocabulary, given))
    left_out = tuple(outcome for outcome in found if isinstance(outcome, LeftOut))
    _demand_bound(left_out, policy)
    return tuple(outcome for outcome in found if isinstance(outcome, Bound)), left_out


def _each_bound(
    plan: Plan, missing: Iterable[Achievement], policy: Policy, vocabulary: Vocabulary, given: Bound | None
) -> Iterator[Bound | LeftOut]:
    for achievement in missing:
        if given and given.achievement == achievement and subplan_name(plan, achievement) not in plan.subplans:
            yield given
        else:
            yield _bind(plan, achievement, policy, vocabulary)


def _demand_bound(left_out: Iterable[LeftOut], policy: Policy) -> None:
    problems = [problem for achievement in left_out for problem in achievement.diagnostics]
    if problems and not policy.skip_missing:
        raise PrerequisitesMissing(problems)


def facts_of(
    progress: Progress, bound: Bound, numbers: Iterable[str], created: str, previous: str | None = None
) -> Iterator[execution_task.TaskFacts]:
    """Yield, for each number, what the document says about its place in the plan and the attempt before it."""
    achievement = bound.achievement
    standing = progress[achievement.id]
    feedback = _feedback(progress.plan, achievement) if standing.state == "needs_fix" else None
    purposes = {execution.number: execution.purpose for execution in bound.subplan.planned_executions}
    siblings, siblings_more = progress.named_siblings(achievement, execution_task.NAMED)
    for number in numbers:
        yield execution_task.TaskFacts(
            achievement=achievement,
            number=number,
            purpose=purposes.get(number),
            previous=previous,
            feedback=feedback,
            source=bound.source,
            dependencies=progress.named_dependencies(achievement),
            siblings=siblings,
            siblings_more=siblings_more,
            ready=standing.ready,
            created=created,
        )


def _feedback(plan: Plan, achievement: Achievement) -> Input:
    """Return the FIX that an achievement's next attempt answers; raises InvalidInput for one that cannot be read."""
    path = f"{FEEDBACK_FOLDER}/FIX_{achievement.slug}.md"
    content = attempts.read(plan, path)
    if content is None:
        message, hint = "cannot be read, or has more than 2,000,000 bytes", "make it a readable, shorter file"
        raise InvalidInput.of("unreadable", message, path=path, hint=hint, achievement=achievement.id)
    return Input(path, sha256(content))


def _bind(plan: Plan, achievement: Achievement, policy: Policy, vocabulary: Vocabulary) -> Bound | LeftOut:
    path = f"{SUBPLAN_FOLDER}/{subplan_name(plan, achievement)}"
    try:
        content = workspace.read_subplan(plan, achievement)
    except PrerequisitesMissing as error:
        return LeftOut(achievement, error.diagnostics)
    text = decode(content)
    read = subplan.parse(text, path, vocabulary)
    diagnostics = prerequisites.check(read, achievement, path, policy)
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        return LeftOut(achievement, diagnostics)
    again = partial(_read, plan, achievement, path, vocabulary)
    return Bound(
        achievement, read, Input(path, sha256(content)), diagnostics, wording=wording_digest(text), again=again
    )


def _read(plan: Plan, achievement: Achievement, path: str, vocabulary: Vocabulary) -> Subplan:
    """Read a SUBPLAN that was sound; where it has changed since, nothing that is made of it can be applied."""
    return subplan.parse(decode(workspace.read_subplan(plan, achievement)), path, vocabulary)


def _plan_itself(plan: Plan) -> Input:
    return Input(plan.document, sha256(workspace.read_text_file(plan.directory / plan.document)))


def _numbers(bound: Bound, existing: tuple[str, ...], numbering: Numbering) -> tuple[str, ...]:
    """Return the numbers of the documents to create: the first, those planned and not there yet, or the next."""
    match numbering:
        case "first":
            return ("01",)
        case "again":
            return (next_number(existing),)
        case "planned":
            planned = [execution.number for execution in bound.subplan.planned_executions] or ["01"]
            taken = {int(number) for number in existing}
            return tuple(number for number in planned if int(number) not in taken)


def _more_planned(plan: Path, match: Bound) -> Iterator[Diagnostic]:
    """Warn where a SUBPLAN plans more executions than the one that is created."""
    count = len(match.subplan.planned_executions)
    if count > 1:
        message = f"plans {count} executions; only one is created"
        hint = "--planned creates all of them"
        yield Diagnostic(
            "more_planned",
            message,
            match.source.path,
            hint=hint,
            severity="warning",
            achievement=match.achievement.id,
            command=invocation("executions", plan, "--achievement", match.achievement.id, "--planned"),
        )
