"""What is wrong, not done yet or doubtful in a plan: all that `scaffold check` reports, in the order it is mended in.

An error is wrong, or a prerequisite that is missing for work that has begun; a note is what nobody has done yet; a
warning is something that a person should look at.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from scaffold import transaction
from scaffold.errors import SEVERITIES, Diagnostic, InvalidInput, PrerequisitesMissing, at_most_listed
from scaffold.lazy.values import frozen, replace
from scaffold.model import Plan
from scaffold.names import (
    EXECUTION_TASK,
    SUBPLAN,
    SUBPLAN_FOLDER,
    VERDICTS,
    Files,
    Words,
    invocation,
    listed,
    subplan_name,
    typed,
)
from scaffold.plan import attempts, drift, near_keys, parallel, prerequisites, settings, workspace
from scaffold.plan.drift import Difference
from scaffold.plan.prerequisites import REQUIRED, Policy
from scaffold.plan.progress import Progress, Standing, progress_of
from scaffold.plan.selection import irregular, not_a_file
from scaffold.plan.shared_files import shared_files
from scaffold.plan.strays import strays
from scaffold.reading import merge_markers, subplan
from scaffold.reading import plan as plan_text
from scaffold.reading.content import Passage, PlannedAchievement, Subplan
from scaffold.reading.markdown import decode
from scaffold.reading.vocabulary import Vocabulary

PREREQUISITES = frozenset({"subplan_missing", "subplan_unfilled"})
"""The codes of errors that are nothing wrong: something is missing for work that has begun."""

_OF_OPEN_WORK = frozenset({"subplan_unrecognised", "subplan_incomplete"})
"""The codes of what a SUBPLAN does not say: nobody works from it any more once its achievement is done."""


@frozen
class _Read:
    """A plan with where its achievements stand, in the order of `parallel.json`, and its SUBPLANs by id, as read."""

    plan: Plan
    progress: Progress
    standings: tuple[Standing, ...]
    subplans: Mapping[str, Subplan]
    begun: Mapping[str, str]


Look = Callable[[Progress], Iterable[Diagnostic]]
"""From how far a plan is to findings about it."""


def inspect(argument: Path, further: Look = lambda _: ()) -> tuple[Diagnostic, ...]:
    """Return every finding about a plan, the worst first, each severity in the order in which things are best mended.

    `further` looks at it too, with parts that stand above this one.
    Raises InvalidInput, with all that is wrong with it, for a plan that cannot be read any further.
    """
    plan = workspace.read_plan(argument)
    own = settings.read(plan.directory)
    progress = progress_of(plan)
    standings = tuple(progress[achievement.id] for achievement in plan.achievements)
    problems: list[Diagnostic] = [*transaction.interrupted(plan.directory), *plan.diagnostics]
    problems += [*irregular(standings, SUBPLAN), *irregular(standings, EXECUTION_TASK), *_verdicts(plan)]
    subplans = dict(_subplans(plan, standings, own.vocabulary, problems))
    read = _Read(plan, progress, standings, subplans, _begun(progress))
    problems += [*_unfilled(read), *_missing(read)]
    said = _said(plan, own.plan_vocabulary, problems)
    problems += [*_drift(plan, said), *_keys(plan), *strays(plan), *shared_files(progress, _deliverables(read, said))]
    problems += [*_lengths(plan, standings), *_unresolved(plan, standings), *further(progress)]
    return tuple(sorted(at_most_listed(problems), key=lambda problem: SEVERITIES.index(problem.severity)))


def _unresolved(plan: Plan, standings: Iterable[Standing]) -> Iterator[Diagnostic]:
    """Yield the merge markers of documents that somebody works in: an update may have written them, or git."""
    for standing in standings:
        for document in standing.attempt.documents if standing.attempt and not standing.is_done else ():
            if document.merge:
                yield merge_markers.unresolved_at(document.path, document.merge)


def _verdicts(plan: Plan) -> Iterator[Diagnostic]:
    """Yield what has the name of a verdict and is no regular file: nobody reads it, and no other can be written."""
    for achievement in plan.achievements:
        for verdict in VERDICTS:
            path = attempts.verdict_path(verdict, achievement)
            what = plan.feedbacks.get(path.rpartition("/")[2], "file")
            if what != "file":
                yield not_a_file(path, what, f"{verdict} verdict")


# --- SUBPLANs and EXECUTION_TASKs ------------------------------------------------------------------------------------


def _subplans(
    plan: Plan, standings: Iterable[Standing], vocabulary: Vocabulary, problems: list[Diagnostic]
) -> Iterator[tuple[str, Subplan]]:
    """Read the SUBPLANs that are there; what is wrong with them, but for places to fill, is added to the problems."""
    for standing in standings:
        achievement = standing.achievement
        name = subplan_name(plan, achievement)
        path = f"{SUBPLAN_FOLDER}/{name}"
        if plan.subplans.get(name) != "file":
            continue
        try:
            text = decode(workspace.read_subplan(plan, achievement))
        except PrerequisitesMissing as error:
            problems += error.diagnostics
            continue
        read = subplan.parse(text, path, vocabulary)
        found = prerequisites.check_text(read, achievement, path, Policy())
        problems += (problem for problem in found if not (standing.is_done and problem.code in _OF_OPEN_WORK))
        yield achievement.id, read


def _begun(progress: Progress) -> dict[str, str]:
    """Return the achievements that work has begun on or that begun work depends on, each with that work's id."""
    begun: dict[str, str] = {}
    waiting = [(standing.id, standing.id) for standing in progress if standing.executions.regular]
    begun |= dict(waiting)
    while waiting:
        id_, work = waiting.pop()
        for dependency in progress[id_].achievement.dependencies:
            if dependency not in begun:
                begun[dependency] = work
                waiting.append((dependency, work))
    return begun


def _unfilled(read: _Read) -> Iterator[Diagnostic]:
    """Yield one finding for each SUBPLAN with open places: a note, or an error where work has begun without it."""
    for standing in read.standings:
        found = read.subplans.get(standing.id)
        if not found or not found.unfilled or standing.is_done:
            continue
        lines = [place.line for place in found.unfilled]
        places = "a place to fill: line" if len(lines) == 1 else f"{len(lines)} places to fill: lines"
        message = f"{places} {listed(map(str, lines))}"
        path = f"{SUBPLAN_FOLDER}/{subplan_name(read.plan, standing.achievement)}"
        work = read.begun.get(standing.id)
        told = partial(Diagnostic, achievement=standing.id)
        if work and any(place.field in REQUIRED for place in found.unfilled):
            message = f"{message}, although {_has_begun(standing.id, work)}"
            yield told("subplan_unfilled", message, path, lines[0], "fill them in")
        else:
            yield told("subplan_unfilled", message, path, lines[0], "fill them in", "note")


def _has_begun(achievement_id: str, work: str) -> str:
    return "work on it has begun" if work == achievement_id else f"work on {work}, which depends on it, has begun"


def _missing(read: _Read) -> Iterator[Diagnostic]:
    """Report the documents that open achievements do not have: an error for each SUBPLAN that begun work needs.

    The others are not made yet, which is how a plan goes on: one note for each kind. An EXECUTION_TASK is not asked for
    before its SUBPLAN says what to do. What only has a document's name is another problem.
    """
    plan = read.plan
    still_open = [standing for standing in read.standings if not standing.is_done]
    without = [standing for standing in still_open if standing.subplans == Files()]
    for standing in without:
        if work := read.begun.get(standing.id):
            message = f"achievement {standing.id} has no SUBPLAN, although {_has_begun(standing.id, work)}"
            create = _creating(plan, "subplans", [standing])
            yield Diagnostic("subplan_missing", message, hint=typed(create), achievement=standing.id, command=create)
    if later := [standing for standing in without if standing.id not in read.begun]:
        message = f"{_have_no(later)} SUBPLAN yet: {_ids(later)}"
        create = _creating(plan, "subplans", later)
        yield Diagnostic("subplan_missing", message, hint=typed(create), severity="note", command=create)
    workable = [
        standing
        for standing in still_open
        if standing.executions == Files() and (found := read.subplans.get(standing.id)) and _is_workable(found)
    ]
    if workable:
        first = [standing for standing in workable if standing.ready] or workable
        message = f"{_have_no(workable)} EXECUTION_TASK yet: {_ids(workable)}"
        create = _creating(plan, "executions", first)
        yield Diagnostic("execution_task_missing", message, hint=typed(create), severity="note", command=create)


def _is_workable(found: Subplan) -> bool:
    return not any(place.field in REQUIRED for place in found.unfilled)


def _have_no(standings: list[Standing]) -> str:
    return "1 achievement has no" if len(standings) == 1 else f"{len(standings)} achievements have no"


def _ids(standings: Iterable[Standing]) -> str:
    return listed(standing.id for standing in standings)


def _creating(plan: Plan, verb: str, standings: list[Standing]) -> Words:
    """Return the command that creates these documents, or of the first ten; a batch of SUBPLANs needs nothing else."""
    if verb == "subplans" and len(standings) > 3:
        return invocation(verb, plan.argument, "--batch", "--level", "all")
    options = [word for standing in standings[:10] for word in ("--achievement", standing.id)]
    return invocation(verb, plan.argument, *options)


def _lengths(plan: Plan, standings: Iterable[Standing]) -> Iterator[Diagnostic]:
    """Warn of EXECUTION_TASKs over the limit that are still to be worked from: executors have little context."""
    for standing in standings:
        for path in () if standing.is_done else standing.paths(EXECUTION_TASK):
            try:
                lines = workspace.read_text_file(plan.directory / path).count(b"\n")
            except InvalidInput as error:
                if error.diagnostics[0].code != "merge_markers":  # which are an error, and told as that
                    problem = error.diagnostics[0]
                    yield replace(problem, path=path, severity="warning", achievement=standing.id)
                continue
            if lines > EXECUTION_TASK.max_lines:
                message = f"has {lines} lines, the limit is {EXECUTION_TASK.max_lines}"
                hint = "move elsewhere what the work does not need"
                yield Diagnostic(
                    "document_too_long", message, path, hint=hint, severity="warning", achievement=standing.id
                )


# --- the PLAN and parallel.json --------------------------------------------------------------------------------------


def _said(plan: Plan, vocabulary: Vocabulary, problems: list[Diagnostic]) -> tuple[PlannedAchievement, ...]:
    """Return what the PLAN says of its achievements; what is wrong or doubtful in it is added to the problems."""
    try:
        text = decode(workspace.read_text_file(plan.directory / plan.document))
    except InvalidInput as error:
        problems += (replace(diagnostic, path=plan.document) for diagnostic in error.diagnostics)
        return ()
    said = plan_text.parse(text, plan.document, vocabulary)
    problems += said.diagnostics
    return said.achievements


def _drift(plan: Plan, said: Sequence[PlannedAchievement]) -> Iterator[Diagnostic]:
    """Report where PLAN and `parallel.json` differ, and what neither says."""
    differences = drift.differences(said, plan.achievements)
    yield from (_difference(plan, difference) for difference in differences if _is_contradiction(difference))
    if undefined := [difference.achievement for difference in differences if difference.stated is None]:
        message = f"does not define {_named(undefined)} of parallel.json"
        hint = f"define {'it' if len(undefined) == 1 else 'them'} there, or remove from parallel.json what is no more"
        yield Diagnostic("achievement_undefined", message, plan.document, hint=hint, severity="warning")
    yield from _open(plan, {difference.achievement for difference in differences if difference.settles})


def _is_contradiction(difference: Difference) -> bool:
    is_silent = difference.field == "estimated_hours" and difference.written is None
    return difference.stated is not None and not is_silent


def _named(ids: Sequence[str]) -> str:
    return f"achievement{'' if len(ids) == 1 else 's'} {listed(ids)}"


def _difference(plan: Plan, difference: Difference) -> Diagnostic:
    """Return the warning about a difference, at the line of the PLAN."""
    document, line = plan.document, difference.line
    message = f"achievement {difference.achievement} {drift.in_words(difference)}"
    adopt = invocation("adopt", plan.argument, "--update")
    hint = f"correct {document}, or take it over: {typed(adopt)}"
    told = partial(Diagnostic, severity="warning", achievement=difference.achievement, command=adopt)
    match difference.field:
        case "title":
            return told("title_differs", message, document, line, hint)
        case "estimated_hours":
            return told("hours_differ", message, document, line, hint)
        case "dependencies":
            return told("dependencies_differ", message, document, line, hint)
    return told("achievement_not_in_parallel", message, document, line, hint)


def _deliverables(read: _Read, said: Iterable[PlannedAchievement]) -> dict[str, tuple[Passage, ...]]:
    """Return what each achievement delivers by its SUBPLAN, or by the PLAN where there is none yet."""
    planned = {achievement.id: achievement.deliverables for achievement in said}
    return {**planned, **{id_: found.deliverables for id_, found in read.subplans.items()}}


def _open(plan: Plan, settled: Collection[str]) -> Iterator[Diagnostic]:
    """Warn of dependencies that nobody has stated since the plan was adopted, also not the PLAN by now."""
    marked = (achievement for achievement in plan.achievements if achievement.dependencies_open)
    ids = [achievement.id for achievement in marked if achievement.id not in settled]
    if ids:
        message = f"the dependencies of {listed(ids)} are not stated"
        hint = f"fill them in, then remove {parallel.OPEN}; or state them in {plan.document} and take them over: "
        adopt = invocation("adopt", plan.argument, "--update")
        hint += typed(adopt)
        yield Diagnostic("dependencies_open", message, parallel.FILE_NAME, hint=hint, severity="warning", command=adopt)


def _keys(plan: Plan) -> Iterator[Diagnostic]:
    """Warn of keys that are not read though somebody seems to count on them."""
    known = {achievement.id for achievement in plan.achievements}
    for at, achievement in enumerate(plan.achievements):
        for key, name in near_keys.ignored(achievement, known):
            message = f"achievements[{at}].{key} ({achievement.id}): the key is not read, it must be called {name}"
            hint = "rename it, or remove it"
            yield Diagnostic(
                "key_ignored", message, parallel.FILE_NAME, hint=hint, severity="warning", achievement=achievement.id
            )
