"""SUBPLANs from the PLAN: what is missing, and what the PLAN's own text says of each achievement."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import partial

from scaffold.document import new_subplan, travel
from scaffold.errors import Diagnostic
from scaffold.lazy.values import replace
from scaffold.model import Achievement, Input, Plan, sha256
from scaffold.names import SUBPLAN_FOLDER, subplan_name
from scaffold.plan import settings, workspace
from scaffold.plan.progress import Progress, Standing, not_ready
from scaffold.plan.selection import split_missing
from scaffold.preview import Assigned, PlannedDocument, Request
from scaffold.reading import plan
from scaffold.reading.content import PlannedAchievement, PlanText
from scaffold.reading.markdown import decode


def assign(
    progress: Progress, selected: Iterable[Standing], request: Request, given: PlannedAchievement | None = None
) -> Assigned:
    """Return what is to be created: every SUBPLAN that the selected achievements miss.

    `given` counts where the PLAN does not define the achievement; its lines are not lines of the PLAN.
    Raises InvalidInput when the PLAN or the settings cannot be read, Conflict for something in the way.
    """
    standings, existing = split_missing(selected, request.kind, request.numbering)
    if not standings:
        return Assigned((), existing, (), ())
    read, missing = progress.plan, tuple(standing.achievement for standing in standings)
    content = workspace.read_text_file(read.directory / read.document)
    source = Input(read.document, sha256(content))
    said = travel.from_plan(
        plan.parse(decode(content), read.document, settings.read(read.directory).plan_vocabulary), read.document
    )
    planned = {achievement.id: achievement for achievement in said.achievements}
    if given is not None:
        planned.setdefault(given.id, replace(given, line=0))
    facts = partial(_facts, progress, source, said, _dependents(read), request.created)
    documents = tuple(
        PlannedDocument(
            achievement=achievement,
            target=f"{SUBPLAN_FOLDER}/{subplan_name(read, achievement)}",
            source=source,
            variables=new_subplan.subplan(facts(achievement), planned.get(achievement.id)),
        )
        for achievement in missing
    )
    warnings = (*said.diagnostics, *_undefined(read, missing, planned), *not_ready(progress, missing))
    return Assigned(documents, existing, (), warnings)


def _dependents(read: Plan) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return (id, title) of what depends on each achievement."""
    found: dict[str, list[tuple[str, str]]] = {}
    for achievement in read.achievements:
        for id_ in achievement.dependencies:
            found.setdefault(id_, []).append((achievement.id, achievement.title))
    return found


def _facts(
    progress: Progress,
    source: Input,
    said: PlanText,
    dependents: Mapping[str, Sequence[tuple[str, str]]],
    created: str,
    achievement: Achievement,
) -> new_subplan.DesignFacts:
    siblings, siblings_more = progress.named_siblings(achievement, new_subplan.NAMED)
    return new_subplan.DesignFacts(
        achievement=achievement,
        source=source,
        goal=said.goal,
        constraints=said.constraints,
        context=said.context,
        references=said.references,
        dependents=tuple(dependents.get(achievement.id, ())),
        dependencies=progress.named_dependencies(achievement),
        siblings=siblings,
        siblings_more=siblings_more,
        created=created,
    )


def _undefined(read: Plan, missing: Iterable[Achievement], defined: Container[str]) -> Iterator[Diagnostic]:
    """Warn of achievements that `parallel.json` has and the PLAN does not define."""
    for achievement in missing:
        if achievement.id not in defined:
            message = f"does not define achievement {achievement.id}: its SUBPLAN will contain only questions"
            hint = f"add a heading '### Achievement {achievement.id}: {achievement.title}' with goal and deliverables"
            yield Diagnostic(
                "achievement_undefined",
                message,
                read.document,
                hint=hint,
                severity="warning",
                achievement=achievement.id,
            )
