"""A batch of documents, worked out: what is selected, what it is made from, what it would be."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from scaffold import from_plan, from_subplan, render, transaction
from scaffold.document import execution_task
from scaffold.errors import Diagnostic, InvalidInput
from scaffold.model import Batch, ChangeSet, Input, Json, Plan, TemplateUsed
from scaffold.names import EXECUTION_TASK, SUBPLAN, DocumentKind
from scaffold.plan import settings, workspace
from scaffold.plan.progress import Progress, Standing, progress_of
from scaffold.plan.selection import select
from scaffold.preview import Assigned, PlannedDocument, Preview, Request
from scaffold.reading.markdown import parse, sections
from scaffold.render import TemplateSet

Assign: TypeAlias = Callable[[Progress, Iterable[Standing], Request], Assigned]
"""From progress, the selected achievements and the request to the documents that these achievements miss."""

_ASSIGN: Mapping[str, Assign] = {EXECUTION_TASK.label: from_subplan.assign, SUBPLAN.label: from_plan.assign}
"""What prepares the documents of each kind: the one place where the two commands differ."""


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
    progress = progress_of(plan)
    selected = select(progress, request.selection, request.kind)
    assigned = (assign or _ASSIGN[request.kind.label])(progress, selected, request)
    given, kind = request.template, request.kind.template
    template = render.built_in(kind) if given is None else render.from_directory(given)
    answers = execution_task.answers(plan.name, plan.document, (planned.variables for planned in assigned.documents))
    documents = _rendered(assigned.documents, template, answers, plan)
    _check_lengths(template.name, request.kind, documents)
    sources: tuple[Input, ...] = tuple(dict.fromkeys(document.source for document in documents))
    return Preview(
        plan=plan,
        kind=request.kind,
        selection=request.selection,
        numbering=request.numbering,
        template=template.name,
        template_digest=template.digest,
        files=documents,
        existing=assigned.existing,
        left_out=assigned.left_out,
        warnings=(*transaction.interrupted(plan.directory), *plan.diagnostics, *assigned.warnings),
        answers=answers,
        changes=ChangeSet(
            tuple(document.change for document in documents),
            (*plan.inputs, *sources, *assigned.inputs),
            assigned.absent,
        ),
    )


def batch_of(preview: Preview) -> Batch:
    """Return the batch that creates exactly what a preview shows."""
    return Batch(preview.kind.command, preview.selection.options, preview.changes, preview.answers)


def _rendered(
    planned: tuple[PlannedDocument, ...], template: TemplateSet, answers: Mapping[str, Json], plan: Plan
) -> tuple[PlannedDocument, ...]:
    """Render all documents in one go; without any there is nothing to render."""
    if not planned:
        return ()
    made = render.render(template, answers, tuple(document.name for document in planned))
    used = TemplateUsed(_name_in_records(template, plan), template.digest)
    return tuple(replace(document, template=used, content=made[document.name]) for document in planned)


def _name_in_records(template: TemplateSet, plan: Plan) -> str:
    """Return a name that means the same set to everybody: a directory's path from the workspace, not from here."""
    if template.trusted:
        return template.name
    return Path(os.path.relpath(template.directory.resolve(), settings.workspace_root(plan.directory))).as_posix()


def _check_lengths(template: str, kind: DocumentKind, documents: Iterable[PlannedDocument]) -> None:
    """Raise InvalidInput for documents that are longer than their readers can handle."""
    problems = []
    for document in documents:
        if document.lines > kind.max_lines:
            longest = sorted(sections(parse(document.content.decode())), key=lambda part: part.first - part.last)
            named = ", ".join(f"'{part.title}' {part.last - part.first + 1}" for part in longest if part.level > 1)
            over = f"would have {document.lines} lines, the limit is {kind.max_lines}"
            message = f"{over}; the longest sections: {named[:200]}"
            hint = f"make these sections of the template {template} shorter"
            problems.append(Diagnostic("document_too_long", message, document.target, hint=hint))
    if problems:
        raise InvalidInput(problems)
