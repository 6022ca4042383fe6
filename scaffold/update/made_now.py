"""Documents that exist, as they would be made now: to see what a template or a SUBPLAN comes to."""

from collections.abc import Iterable, Sequence

from scaffold import batch, from_plan, from_subplan
from scaffold.document import execution_task
from scaffold.lazy.values import replace
from scaffold.names import EXECUTION_TASK, SUBPLAN, DocumentKind, Files
from scaffold.plan import attempts, settings
from scaffold.plan.prerequisites import Policy
from scaffold.plan.progress import Progress, Standing
from scaffold.plan.selection import Selection
from scaffold.preview import PlannedDocument, Request, ShownDocument
from scaffold.templates import teams
from scaffold.templates.teams import Choice
from scaffold.update import known
from scaffold.update.remade import planned_again


def execution_tasks(
    progress: Progress, standings: Iterable[Standing], created: str, template: str | None
) -> tuple[ShownDocument, ...]:
    """Return the newest EXECUTION_TASKs of achievements as they would be made now, changed or not.

    What they were told when they were made stays as in an update; what no batch wrote is made as of now, with the date
    `created`. `template` is the set to make them with, None for their own. Raises InvalidInput for settings and
    templates that are wrong, PrerequisitesMissing where a SUBPLAN is missing or wrong.
    """
    plan = progress.plan
    chosen = tuple(standing for standing in standings if standing.attempt)
    found = {each.target: each for each in known.documents(progress, chosen).known}
    policy = Policy(allow_unfilled=True)
    vocabulary = settings.read(plan.directory).vocabulary
    bound, _ = from_subplan.bind(plan, [standing.achievement for standing in chosen], policy, vocabulary)
    sets = teams.of(EXECUTION_TASK, plan.directory)
    planned: list[PlannedDocument] = []
    choices: list[Choice] = []
    for standing, match in zip(chosen, bound, strict=True):
        for document in standing.attempt.documents if standing.attempt else ():
            if (each := found.get(document.path)) and template is None:
                choices += known.choices(sets, [each])
            else:
                choices += sets.choices(template, [(standing.achievement, standing.level)])
            if each:
                planned.append(planned_again(progress, each, match, refresh=False))
            else:
                (facts,) = from_subplan.facts_of(progress, match, [f"{document.number:02d}"], created)
                variables, said = execution_task.execution_task(facts, match.subplan), (facts, match.read_again)
                planned.append(PlannedDocument(standing.achievement, document.path, match.source, variables, said=said))
    return _shown(progress, EXECUTION_TASK, planned, choices)


def subplans(
    progress: Progress, standings: Iterable[Standing], created: str, template: str | None
) -> tuple[ShownDocument, ...]:
    """Return the SUBPLANs of achievements as they would be made now from the PLAN; raises as `batch.prepare` does."""
    plan = progress.plan
    without = tuple(
        replace(standing, subplans=Files())
        for standing in standings
        if standing.subplans.regular and not standing.is_done
    )
    ids = tuple(standing.id for standing in without)
    request = Request(SUBPLAN, plan.argument, Selection("achievements", ids=ids), "first", Policy(), template, created)
    planned = from_plan.assign(progress, without, request).documents
    sets = teams.of(SUBPLAN, plan.directory)
    choices = sets.choices(template, ((standing.achievement, standing.level) for standing in without))
    return _shown(progress, SUBPLAN, planned, choices)


def _shown(
    progress: Progress, kind: DocumentKind, planned: Sequence[PlannedDocument], choices: Sequence[Choice]
) -> tuple[ShownDocument, ...]:
    plan = progress.plan
    pairs = tuple(zip(planned, choices, strict=True))
    return tuple(
        ShownDocument(made.achievement.id, made.target, attempts.read(plan, made.target), made.content)
        for made in batch.rendered(plan, kind, teams.of(kind, plan.directory), pairs)
    )
