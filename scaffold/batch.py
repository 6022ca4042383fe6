"""The user's steps, in order: prepare a preview, and apply it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from scaffold import from_plan, from_subplan, render, transaction
from scaffold.document import execution_task
from scaffold.documents import EXECUTION_TASK, SUBPLAN, DocumentKind
from scaffold.errors import Diagnostic, InvalidInput
from scaffold.invocation import command
from scaffold.model import (
    Achievement,
    BatchRecord,
    Change,
    ChangeSet,
    Input,
    Json,
    Plan,
    RecordedFile,
    batch_id,
    sha256,
)
from scaffold.plan import workspace
from scaffold.plan.selection import lowest_level_missing, select
from scaffold.preview import Assigned, Assignment, Preview, PreviewedFile, Request
from scaffold.reading.markdown import parse, sections

Assign: TypeAlias = Callable[[Plan, Iterable[Achievement], Request], Assigned]
"""A plan, the selected achievements and what is asked for, to the documents that these achievements miss."""

_ASSIGN: Mapping[str, Assign] = {EXECUTION_TASK.label: from_subplan.assign, SUBPLAN.label: from_plan.assign}
"""What makes the documents of a kind out of what: the one place where the two commands part."""


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
    return prepare_for(workspace.read_plan(request.argument), request)


def prepare_for(plan: Plan, request: Request, assign: Assign | None = None) -> Preview:
    """Work out the same for a plan that is already read; raises what `prepare` raises.

    `assign` says what the documents are made from, if it is not the files of the plan alone.
    """
    assigned = (assign or _ASSIGN[request.kind.label])(plan, select(plan, request.selection, request.kind), request)
    rendered = _render(plan, assigned.assignments, request)
    changes = _changes(plan, assigned, rendered, request.kind.folder)
    pairs = zip(assigned.assignments, changes.changes, strict=True)
    return Preview(
        plan=plan,
        kind=request.kind,
        selection=request.selection,
        template=rendered.template,
        template_digest=rendered.template_digest,
        files=tuple(_previewed(one, change) for one, change in pairs),
        existing=assigned.existing,
        left_out=assigned.left_out,
        warnings=(*transaction.interrupted(plan.directory), *plan.diagnostics, *assigned.warnings),
        answers=rendered.answers,
        changes=changes,
        next_command=_next_command(plan, request, assigned),
    )


def check_writable(preview: Preview) -> None:
    """Refuse what cannot be written before anybody is asked; raises what `transaction.check_writable` raises."""
    transaction.check_writable(preview.plan.directory, tuple(file.target for file in preview.files))


def apply(preview: Preview, now: str, progress: Callable[[int, int], None]) -> BatchRecord:
    """Create exactly what `preview` shows, all of it or nothing.

    `now` is UTC, ISO 8601 to the second. `progress` is told how many files of how many are made. Raises what
    `transaction.apply` raises.
    """
    record = BatchRecord(
        id=batch_id(now, preview.changes),
        time=now,
        command=preview.kind.command,
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


def _render(plan: Plan, assignments: Iterable[Assignment], request: Request) -> Rendered:
    """Render all documents in one go; without any there is nothing to render."""
    tasks = {one.name: one.task for one in assignments}
    answers = execution_task.answers(plan.name, plan.document, tasks.values())
    template = render.from_directory(request.template) if request.template else render.built_in(request.kind.template)
    documents = render.render(template, answers, tuple(tasks)) if tasks else {}
    _check_lengths(template.name, request.kind, documents)
    return Rendered(documents, template.name, template.digest, answers)


def _changes(plan: Plan, assigned: Assigned, rendered: Rendered, folder: str) -> ChangeSet:
    """Make the change set; what it was made from is checked again before it is applied."""
    created = tuple(Change(f"{folder}/{name}", None, new) for name, new in rendered.documents.items())
    sources: tuple[Input, ...] = tuple(dict.fromkeys(one.source for one in assigned.assignments))
    return ChangeSet(created, (*plan.inputs, *sources))


def _previewed(assignment: Assignment, change: Change) -> PreviewedFile:
    lines = (change.new or b"").count(b"\n")
    return PreviewedFile(assignment.achievement, change.target, lines, assignment.source)


def _check_lengths(template: str, kind: DocumentKind, documents: Mapping[str, bytes]) -> None:
    """Nobody is given a document that is longer than its readers can take."""
    problems = []
    for name, content in documents.items():
        length = content.count(b"\n")
        if length > kind.max_lines:
            longest = sorted(sections(parse(content.decode())), key=lambda one: one.first - one.last)
            named = ", ".join(f"'{one.title}' {one.last - one.first + 1}" for one in longest if one.level > 1)
            message = f"would have {length} lines, the limit is {kind.max_lines}; the longest sections: {named[:200]}"
            hint = f"make these sections of the template {template} shorter"
            problems.append(Diagnostic("document_too_long", message, f"{kind.folder}/{name}", hint=hint))
    if problems:
        raise InvalidInput(problems)


def _next_command(plan: Plan, request: Request, assigned: Assigned) -> str | None:
    """Name the command for the lowest level that still misses something after this run."""
    created = [one.achievement.id for one in assigned.assignments]
    left_out = [one.achievement.id for one in assigned.left_out]
    level = lowest_level_missing(plan, request.kind, (*created, *left_out))
    if level is None:
        return None
    return command(request.kind.command, plan.argument, "--batch", "--level", str(level))
