"""A batch of documents, worked out: what is selected, what it is made from, what it would be."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from scaffold import __version__, from_plan, from_subplan, render, transaction
from scaffold.document import execution_task
from scaffold.document.budget import LINES, lines_of
from scaffold.errors import Diagnostic, InvalidInput
from scaffold.lazy.values import replace
from scaffold.model import Batch, ChangeSet, Input, Plan, TemplateUsed
from scaffold.names import EXECUTION_TASK, SUBPLAN, DocumentKind
from scaffold.plan import settings, workspace
from scaffold.plan.made_of import makings
from scaffold.plan.progress import Progress, Standing, in_words, progress_of
from scaffold.plan.selection import select
from scaffold.preview import Assigned, PlannedDocument, Preview, Request
from scaffold.render import output
from scaffold.templates import teams
from scaffold.templates.sets import TemplateSet
from scaffold.templates.teams import Choice, Teams

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
    sets = teams.of(request.kind, plan.directory)
    if request.template is not None and not assigned.documents:
        sets.open(request.template)  # a mistake in it is said at once, also where there is nothing to create
    standings = [progress[document.achievement.id] for document in assigned.documents]
    choices = sets.choices(request.template, ((standing.achievement, standing.level) for standing in standings))
    documents = rendered(plan, request.kind, sets, tuple(zip(assigned.documents, choices, strict=True)))
    sources: tuple[Input, ...] = tuple(dict.fromkeys(document.source for document in documents))
    changes = ChangeSet(
        tuple(document.change for document in documents),
        (*plan.inputs, *sources, *assigned.inputs),
        assigned.absent,
    )
    return Preview(
        plan=plan,
        kind=request.kind,
        selection=request.selection.resolved(selected),
        numbering=request.numbering,
        template=request.template,
        files=documents,
        existing=assigned.existing,
        left_out=assigned.left_out,
        warnings=(*transaction.interrupted(plan.directory), *plan.diagnostics, *assigned.warnings),
        answers=execution_task.answers(plan.name, plan.document, (document.variables for document in documents)),
        changes=changes,
        made_from=made_from(progress, changes),
    )


def made_from(progress: Progress, changes: ChangeSet) -> Mapping[str, str]:
    """Return all that decides the bytes of documents, as in a `Proposal`: inputs, templates, settings and states.

    Raises InvalidInput for settings that are wrong.
    """
    said = settings.read(progress.plan.directory)
    made = {input_.path: input_.sha256 for input_ in changes.inputs}
    made |= {settings.FILE_NAME: said.sha256, "scaffold": __version__}
    for change in changes.changes:
        made[change.target] = change.old or "nothing"
        if change.template:
            made[f"template {change.template.name}"] = change.template.digest
    for standing in progress:
        decided_by = f" ({standing.decided_by})" if standing.decided_by else ""
        made[f"the state of {standing.id}"] = f"{in_words(standing.state)}{decided_by}"
    return made


def batch_of(preview: Preview) -> Batch:
    """Return the batch that creates exactly what a preview shows."""
    return Batch(preview.kind.command, preview.selection.options, preview.changes, preview.answers)


def rendered(
    plan: Plan, kind: DocumentKind, sets: Teams, planned: tuple[tuple[PlannedDocument, Choice], ...]
) -> tuple[PlannedDocument, ...]:
    """Render all documents, those of each set in one go; raises InvalidInput with all that is wrong with any."""
    common = makings(plan)
    made: dict[str, PlannedDocument] = {}
    problems: list[Diagnostic] = []
    for name in dict.fromkeys(choice.name for _, choice in planned):
        try:
            template = sets.open(name)
            files = template.files_digest()
            chosen = [
                replace(
                    document,
                    template=TemplateUsed(template.recorded, "", choice.rule),
                    made_of=common.digest(document.achievement, files),
                )
                for document, choice in planned
                if choice.name == name
            ]
            written = _fitted(plan, template, _made(plan, template, chosen))
        except InvalidInput as error:
            problems += error.diagnostics
            continue
        problems += output.faults(
            template.name,
            kind,
            (output.Made(made.target, made.content, made.variables, made.achievement.id) for made in written),
        )
        made |= {document.target: document for document in written}
    if problems:
        raise InvalidInput(dict.fromkeys(problems))
    return tuple(made[document.target] for document, _ in planned)


def _made(plan: Plan, template: TemplateSet, documents: Sequence[PlannedDocument]) -> list[PlannedDocument]:
    """Render documents in one go, with their sets' digest; raises what `render.render` raises."""
    answers = execution_task.answers(plan.name, plan.document, (document.variables for document in documents))
    done = render.render(template, answers, tuple(document.name for document in documents))
    return [
        replace(
            document,
            template=document.template and replace(document.template, digest=done.digest, copier=done.copier),
            content=done.documents[document.name],
        )
        for document in documents
    ]


def _fitted(plan: Plan, template: TemplateSet, documents: list[PlannedDocument]) -> list[PlannedDocument]:
    """Return the documents, those made again that are too long because the set has more lines of its own.

    How many they are is measured with a document that copies nothing from the SUBPLAN.
    """
    long = {document.target: document.said for document in documents if document.said and document.lines > LINES}
    if not long or template.trusted:
        return documents
    bare, shorter = [], []
    for document in documents:
        if document.target in long:
            facts, read_again = long[document.target]
            bare.append(replace(document, variables=execution_task.bare(facts, read_again())))
    for measured in _made(plan, template, bare):
        room = LINES - max(0, measured.lines - lines_of(measured.variables))
        facts, read_again = long[measured.target]
        variables = execution_task.execution_task(facts, read_again(), room)
        shorter.append(replace(measured, variables=variables))
    fitting = {document.target: document for document in _made(plan, template, shorter)}
    return [fitting.get(document.target, document) for document in documents]
