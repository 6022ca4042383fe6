"""SUBPLANs from the PLAN: what is missing, and what the PLAN's own text says of each achievement."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from scaffold.document import new_subplan
from scaffold.errors import Diagnostic
from scaffold.model import Achievement, Input, Passage, Plan, PlanText, sha256
from scaffold.names import SUBPLAN_FOLDER, subplan_name
from scaffold.plan import settings, workspace
from scaffold.plan.progress import Progress, Standing, not_ready
from scaffold.plan.selection import split_missing
from scaffold.preview import Assigned, PlannedDocument, Request
from scaffold.reading import plan
from scaffold.reading.markdown import decode


def assign(progress: Progress, selected: Iterable[Standing], request: Request) -> Assigned:
    """Return what is to be created: every SUBPLAN that the selected achievements miss.

    Raises InvalidInput when the PLAN or the settings cannot be read, Conflict for something in the way.
    """
    standings, existing = split_missing(selected, request.kind, request.numbering)
    if not standings:
        return Assigned((), existing, (), ())
    read, missing = progress.plan, tuple(standing.achievement for standing in standings)
    content = workspace.read_text_file(read.directory / read.document)
    source = Input(read.document, sha256(content))
    said = plan.parse(decode(content), read.document, settings.read(read.directory).plan_vocabulary)
    if request.stand_in is not None:
        said = _completed(said, request.stand_in)
    planned = {one.id: one for one in said.achievements}
    facts = partial(_facts, progress, source, said.goal, request.created)
    documents = tuple(
        PlannedDocument(
            achievement=one,
            target=f"{SUBPLAN_FOLDER}/{subplan_name(read, one)}",
            source=source,
            variables=new_subplan.subplan(facts(one), planned.get(one.id)),
        )
        for one in missing
    )
    warnings = (*said.diagnostics, *_undefined(read, missing, said), *not_ready(progress, missing))
    return Assigned(documents, existing, (), warnings)


def _facts(
    progress: Progress, source: Input, goal: Passage | None, created: str, achievement: Achievement
) -> new_subplan.DesignFacts:
    return new_subplan.DesignFacts(
        achievement=achievement,
        source=source,
        goal=goal,
        dependencies=progress.named_dependencies(achievement),
        siblings=progress.named_siblings(achievement),
        created=created,
    )


def _completed(said: PlanText, stand_in: str) -> PlanText:
    """Add what `stand_in` defines and the PLAN does not; its lines are no lines of the PLAN."""
    defined = {one.id for one in said.achievements}
    more = [one for one in plan.parse(stand_in, "").achievements if one.id not in defined]
    return replace(said, achievements=(*said.achievements, *(replace(one, line=0) for one in more)))


def _undefined(read: Plan, missing: Iterable[Achievement], said: PlanText) -> Iterator[Diagnostic]:
    """Warn of achievements that `parallel.json` has and the PLAN does not define."""
    defined = {one.id for one in said.achievements}
    for achievement in missing:
        if achievement.id not in defined:
            message = f"does not define achievement {achievement.id}: its SUBPLAN will be all questions"
            hint = f"add a heading '### Achievement {achievement.id}: {achievement.title}' with goal and deliverables"
            yield Diagnostic("achievement_undefined", message, read.document, hint=hint, severity="warning")
