"""The user's steps, in order: prepare a preview, and apply it."""

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold import context, prerequisites, render, settings, subplan, transaction, workspace
from scaffold.documents import EXECUTION_FOLDER, EXECUTION_TASK, SUBPLAN_FOLDER, execution_name, subplan_name
from scaffold.errors import Diagnostic, InvalidInput, PrerequisitesMissing
from scaffold.graph import levels
from scaffold.markdown import decode, parse, sections
from scaffold.model import (
    Achievement,
    BatchRecord,
    Change,
    ChangeSet,
    Input,
    Json,
    Plan,
    RecordedFile,
    Subplan,
    batch_id,
    sha256,
)
from scaffold.preview import LeftOut, Policy, Preview, PreviewedFile, Request
from scaffold.selection import lowest_level_missing, select, split_missing
from scaffold.state import DONE, ready, states
from scaffold.vocabulary import Vocabulary

MAX_LINES = 200


@dataclass(frozen=True, slots=True)
class Bound:
    """An achievement with the SUBPLAN it is worked from, the file that came from, and what to warn of."""

    achievement: Achievement
    subplan: Subplan
    source: Input
    warnings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """The documents of a run: bytes by file name, and the template set and variables they were made with."""

    documents: Mapping[str, bytes]
    template: str
    template_digest: str
    answers: Mapping[str, Json]


def prepare(request: Request) -> Preview:
    """Work out exactly what a run would create; nothing is written.

    Raises InvalidInput for a plan or template that is wrong, PrerequisitesMissing for SUBPLANs that are, Conflict
    for something in the way.
    """
    plan = workspace.read_plan(request.argument)
    missing, existing = split_missing(plan, select(plan, request.selection))
    bound, left_out = bind(plan, missing, request.policy, settings.read(plan.directory).vocabulary)
    rendered = _render(plan, bound, request)
    changes = _changes(plan, bound, rendered)
    return Preview(
        plan=plan,
        command=EXECUTION_TASK.command,
        selection=request.selection,
        template=rendered.template,
        template_digest=rendered.template_digest,
        files=tuple(_previewed(one, change) for one, change in zip(bound, changes.changes, strict=True)),
        existing=existing,
        left_out=left_out,
        warnings=_warnings(plan, bound),
        answers=rendered.answers,
        changes=changes,
        next_command=_next_command(plan, request, (*bound, *left_out)),
    )


def apply(preview: Preview, now: str, progress: Callable[[int, int], None]) -> BatchRecord:
    """Create exactly what `preview` shows, all of it or nothing.

    `now` is UTC, ISO 8601 to the second. `progress` is told how many files of how many are made. Raises what
    `transaction.apply` raises.
    """
    record = BatchRecord(
        id=batch_id(now, preview.changes),
        time=now,
        command=preview.command,
        selection=preview.selection.options,
        template=preview.template,
        template_digest=preview.template_digest,
        files=tuple(
            RecordedFile(file.target, change.old, sha256(change.new or b""), file.source.path, file.source.sha256)
            for file, change in zip(preview.files, preview.changes.changes, strict=True)
        ),
        answers=preview.answers,
    )
    return transaction.apply(preview.plan.directory, preview.changes, record, progress)


def check_writable(preview: Preview) -> None:
    """Refuse what cannot be written before anybody is asked; raises what `transaction.check_writable` raises."""
    transaction.check_writable(preview.plan.directory, tuple(file.target for file in preview.files))


def bind(
    plan: Plan, missing: Iterable[Achievement], policy: Policy, vocabulary: Vocabulary
) -> tuple[tuple[Bound, ...], tuple[LeftOut, ...]]:
    """Read and check the SUBPLAN of every achievement in `missing`.

    Raises PrerequisitesMissing with all that blocks, unless `policy` goes on without those achievements: then they
    come back as left out.
    """
    bound, left_out = [], []
    for achievement in missing:
        found = _bind(plan, achievement, policy, vocabulary)
        if isinstance(found, Bound):
            bound.append(found)
        else:
            left_out.append(found)
    if left_out and not policy.skip_missing:
        raise PrerequisitesMissing(one for achievement in left_out for one in achievement.diagnostics)
    return tuple(bound), tuple(left_out)


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


def _render(plan: Plan, bound: tuple[Bound, ...], request: Request) -> Rendered:
    """Render the documents of all bound achievements in one go; with none of them there is nothing to render."""
    tasks = [context.execution_task(facts, one.subplan) for one, facts in facts_of(plan, bound, request.created)]
    answers = context.answers(plan.name, plan.document, tasks)
    template = render.from_directory(request.template) if request.template else render.built_in(EXECUTION_TASK.template)
    names = tuple(execution_name(plan, one.achievement, "01") for one in bound)
    documents = render.render(template, answers, names) if names else {}
    _check_lengths(template.name, documents)
    return Rendered(documents, template.name, template.digest, answers)


def facts_of(plan: Plan, bound: tuple[Bound, ...], created: str) -> Iterator[tuple[Bound, context.TaskFacts]]:
    """Yield what each document says about its place in the plan."""
    state_of, level_of = states(plan), levels(plan.achievements)
    ready_now, by_id = ready(plan.achievements, state_of), {one.id: one for one in plan.achievements}
    on_level: dict[int, list[Achievement]] = {}
    for achievement in plan.achievements:
        on_level.setdefault(level_of[achievement.id], []).append(achievement)
    for one in bound:
        achievement = one.achievement
        yield (
            one,
            context.TaskFacts(
                achievement=achievement,
                number="01",
                purpose=None,
                source=one.source,
                dependencies=tuple((id_, by_id[id_].title, state_of[id_]) for id_ in achievement.dependencies),
                siblings=tuple(
                    (other.id, other.title) for other in on_level[level_of[achievement.id]] if other != achievement
                ),
                ready=ready_now[achievement.id],
                created=created,
            ),
        )


def _changes(plan: Plan, bound: tuple[Bound, ...], rendered: Rendered) -> ChangeSet:
    created = tuple(Change(f"{EXECUTION_FOLDER}/{name}", None, new) for name, new in rendered.documents.items())
    return ChangeSet(created, (*plan.inputs, *(one.source for one in bound)))


def _previewed(bound: Bound, change: Change) -> PreviewedFile:
    return PreviewedFile(bound.achievement, change.target, (change.new or b"").count(b"\n"), bound.source)


def _check_lengths(template: str, documents: Mapping[str, bytes]) -> None:
    """Executors have little context to spare: no document of more than 200 lines is created."""
    problems = []
    for name, content in documents.items():
        length = content.count(b"\n")
        if length > MAX_LINES:
            longest = sorted(sections(parse(content.decode())), key=lambda one: one.first - one.last)
            named = ", ".join(f"'{one.title}' {one.last - one.first + 1}" for one in longest if one.level > 1)
            message = f"would have {length} lines, the limit is {MAX_LINES}; the longest sections: {named[:200]}"
            hint = f"make these sections of the template {template} shorter"
            problems.append(Diagnostic("document_too_long", message, f"{EXECUTION_FOLDER}/{name}", hint=hint))
    if problems:
        raise InvalidInput(problems)


def _warnings(plan: Plan, bound: tuple[Bound, ...]) -> tuple[Diagnostic, ...]:
    said = (warning for one in bound for warning in one.warnings)
    return (*transaction.interrupted(plan.directory), *_not_ready(plan, bound), *said)


def _not_ready(plan: Plan, bound: tuple[Bound, ...]) -> Iterator[Diagnostic]:
    """Warn of documents that are created before what they depend on is done; that is allowed."""
    state_of = states(plan)
    for one in bound:
        waiting = [f"{id_} ({state_of[id_]})" for id_ in one.achievement.dependencies if state_of[id_] not in DONE]
        if waiting:
            message = f"achievement {one.achievement.id} is not ready: it waits for {', '.join(waiting)}"
            hint = "its document can be created now and worked on later"
            yield Diagnostic("not_ready", message, hint=hint, severity="warning")


def _next_command(plan: Plan, request: Request, dealt_with: Iterable[Bound | LeftOut]) -> str | None:
    """Name the command for the lowest level that still misses something after this run."""
    level = lowest_level_missing(plan, (one.achievement.id for one in dealt_with))
    if level is None:
        return None
    argument = "" if request.argument == Path() else f" {shlex.quote(str(request.argument))}"
    return f"scaffold executions{argument} --batch --level {level}"
