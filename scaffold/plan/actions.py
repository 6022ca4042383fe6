"""What to do next: from how far a plan is to the actions that bring it on. All commands say what is worked out here.

The law, held by a test over random plans: whoever follows these actions never meets exit code 4, never repeats one that
succeeded, and comes to the end.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from scaffold.errors import PrerequisitesMissing
from scaffold.model import State
from scaffold.names import EXECUTION_TASK, FEEDBACK_FOLDER, SUBPLAN, DocumentKind, Words, invocation, typed
from scaffold.plan import parallel, prerequisites, settings, workspace
from scaffold.plan.prerequisites import Policy
from scaffold.plan.progress import Progress, Standing
from scaffold.reading import subplan
from scaffold.reading.markdown import decode

Kind = Literal[
    "fix",
    "execute",
    "review",
    "fill_subplan",
    "create_execution",
    "create_subplan",
    "declare_dependencies",
    "ask_person",
]
"""What is to be done. Not all of it has a command: what a person or an executor writes has none."""

AT_ONCE = 20
"""For how many achievements one command is named: the next time there are the others."""

_LISTED = 8


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do next for one or several achievements.

    `text` says it in words, `command` as the words of a command line, None where a person or an executor has to write.
    `read` are the files to read for it, POSIX and relative to the plan.
    """

    kind: Kind
    ids: tuple[str, ...]
    text: str
    command: Words | None
    read: tuple[str, ...]


def next_actions(
    progress: Progress,
    given: Mapping[str, Words] = MappingProxyType({}),
    created: Mapping[str, bytes] = MappingProxyType({}),
) -> Iterator[Action]:
    """Yield what can be done now, the most urgent first: what is ready on all levels, what keeps the rest, and last the
    SUBPLANs that can be designed ahead of it.

    `given` are options to keep in the commands of a kind of document (`--template DIR`), by its command. `created` are
    documents that do not exist yet, by path, as for `progress_of`. A SUBPLAN is read when its action is asked for.
    """
    outlook = _Outlook(progress, given, created)
    for actions in (_stuck, _fix, _blocked, _review, _execute, _from_subplans, _from_plan, _declare, _ahead):
        yield from actions(outlook)


def actions_for(progress: Progress, achievement_id: str) -> tuple[Action, ...]:
    """Return the actions that bring one achievement on: its own, or those of what it waits for."""
    wanted = {achievement_id, *blockers_of(progress, achievement_id)}
    found = [action for action in next_actions(progress) if wanted.intersection(action.ids)]
    return tuple(sorted(found, key=lambda action: achievement_id not in action.ids))


def blockers_of(progress: Progress, achievement_id: str) -> frozenset[str]:
    """Return what is not done of all that an achievement depends on, directly or not."""
    found: set[str] = set()
    to_follow = [achievement_id]
    while to_follow:
        for dependency in progress.dependencies_of(progress[to_follow.pop()].achievement):
            if not dependency.is_done and dependency.id not in found:
                found.add(dependency.id)
                to_follow.append(dependency.id)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What the actions are worked out from; `given` and `created` as for `next_actions`."""

    progress: Progress
    given: Mapping[str, Words]
    created: Mapping[str, bytes]

    def ready(self, *states: State) -> Iterator[Standing]:
        """Yield what is ready and in one of these states, and can go on by command or by hand."""
        for standing in self.progress:
            if standing.ready and standing.state in states and not _irregular(standing):
                yield standing

    def command(self, verb: str, *options: str) -> Words:
        """Return the words of a command about the plan."""
        return invocation(verb, self.progress.plan.argument, *options, *self.given.get(verb, ()))

    def unfit(self, standing: Standing) -> tuple[str, ...]:
        """Return what keeps an EXECUTION_TASK from being made from a SUBPLAN, each with its line; nothing if it can."""
        path = next(iter(standing.paths(SUBPLAN)), "")
        try:
            content = self.created.get(path) or workspace.read_subplan(self.progress.plan, standing.achievement)
        except PrerequisitesMissing as error:
            return tuple(problem.message for problem in error.diagnostics)
        vocabulary = settings.read(self.progress.plan.directory).vocabulary
        said = subplan.parse(decode(content), path, vocabulary)
        problems = prerequisites.check(said, standing.achievement, path, Policy())
        return tuple(
            f"line {problem.line}: {problem.message}" if problem.line else problem.message
            for problem in problems
            if problem.severity == "error"
        )


# --- the kinds of actions -------------------------------------------------------------------------------------------


def _irregular(standing: Standing) -> tuple[str, ...]:
    """Return what has the name of a document that is missing and is no regular file: no command can go on there."""
    return tuple(
        f"{kind.folder}/{name}"
        for kind in (SUBPLAN, EXECUTION_TASK)
        if not standing.documents(kind).regular
        for name, _ in standing.documents(kind).irregular
    )


def _stuck(outlook: _Outlook) -> Iterator[Action]:
    for standing in outlook.progress:
        if standing.ready and (paths := _irregular(standing)):
            text = f"Move {', '.join(paths)} away: no regular file, where a document of {standing.id} belongs"
            yield Action("ask_person", (standing.id,), text, None, ())


def _fix(outlook: _Outlook) -> Iterator[Action]:
    for standing in outlook.ready("needs_fix"):
        feedback = f"{FEEDBACK_FOLDER}/FIX_{standing.achievement.slug}.md"
        if reasons := outlook.unfit(standing):
            text = f"Work on {feedback}; its SUBPLAN cannot give another EXECUTION_TASK: {reasons[0]}"
            yield Action("fix", (standing.id,), text, None, (feedback, *standing.files))
        else:
            again = outlook.command("executions", "--achievement", standing.id, "--again")
            text = f"Create the EXECUTION_TASK that answers {feedback}"
            yield Action("fix", (standing.id,), text, again, (feedback,))


def _blocked(outlook: _Outlook) -> Iterator[Action]:
    for standing in outlook.ready("blocked"):
        text = f"Ask about {standing.id}: {standing.decided_by} says that it is blocked"
        yield Action("ask_person", (standing.id,), text, None, _existing(standing.newest))


def _review(outlook: _Outlook) -> Iterator[Action]:
    for standing in outlook.ready("in_review"):
        review = typed(outlook.command("review", standing.id))
        text = f"Review {standing.newest}, then run `{review}` with --approve, or --fix and what is to be done"
        yield Action("review", (standing.id,), text, None, (*_existing(standing.newest), *standing.paths(SUBPLAN)))


def _execute(outlook: _Outlook) -> Iterator[Action]:
    for standing in outlook.ready("fix_in_progress", "in_progress", "execution_created"):
        verb = "Carry out" if standing.state == "execution_created" else "Go on with"
        text = f"{verb} {standing.newest}, and set its Status to complete when it is ready for review"
        yield Action("execute", (standing.id,), text, None, _existing(standing.newest))


def _from_subplans(outlook: _Outlook) -> Iterator[Action]:
    fit: list[Standing] = []
    for standing in outlook.ready("subplan_unfilled", "subplan_created"):
        if reasons := outlook.unfit(standing):
            yield _filling(outlook, standing, reasons)
        else:
            fit.append(standing)
        if len(fit) == AT_ONCE:
            yield _creation(outlook, EXECUTION_TASK, fit)
            fit = []
    if fit:
        yield _creation(outlook, EXECUTION_TASK, fit)


def _filling(outlook: _Outlook, standing: Standing, reasons: Sequence[str]) -> Action:
    (path,) = standing.paths(SUBPLAN)[:1]
    more = f", and {len(reasons) - 1} more" if len(reasons) > 1 else ""
    read = (path, outlook.progress.plan.document)
    return Action("fill_subplan", (standing.id,), f"Fill in {path}: {reasons[0]}{more}", None, read)


def _ahead(outlook: _Outlook) -> Iterator[Action]:
    """What waits for others can be designed before they are done; its EXECUTION_TASK would be told of less."""
    waiting = [one for one in outlook.progress if not (one.ready or one.is_done or one.is_open or _irregular(one))]
    for standing in waiting:
        if standing.state == "subplan_unfilled" and (reasons := outlook.unfit(standing)):
            yield _filling(outlook, standing, reasons)
    yield from _creations(outlook, [standing for standing in waiting if standing.state == "not_started"])


def _from_plan(outlook: _Outlook) -> Iterator[Action]:
    yield from _creations(outlook, list(outlook.ready("not_started")))


def _creations(outlook: _Outlook, missing: Sequence[Standing]) -> Iterator[Action]:
    for begin in range(0, len(missing), AT_ONCE):
        yield _creation(outlook, SUBPLAN, missing[begin : begin + AT_ONCE])


def _creation(outlook: _Outlook, kind: DocumentKind, missing: Sequence[Standing]) -> Action:
    ids = tuple(standing.id for standing in missing)
    selected = tuple(word for achievement_id in ids for word in ("--achievement", achievement_id))
    noun = kind.label if len(ids) == 1 else f"{kind.label}s"
    text, command = f"Create the {noun} of {_named(ids)}", outlook.command(kind.command, *selected)
    if kind is SUBPLAN:
        return Action("create_subplan", ids, text, command, (outlook.progress.plan.document,))
    return Action("create_execution", ids, text, command, tuple(path for one in missing for path in one.paths(SUBPLAN)))


def _declare(outlook: _Outlook) -> Iterator[Action]:
    ids = tuple(standing.id for standing in outlook.progress if standing.is_open and not standing.is_done)
    if ids:
        depends = "depends" if len(ids) == 1 else "depend"
        text = f"State in parallel.json what {_named(ids)} {depends} on, and remove {parallel.OPEN} there"
        read = (parallel.FILE_NAME, outlook.progress.plan.document)
        yield Action("declare_dependencies", ids, text, None, read)


def _named(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_LISTED]) + (f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else "")


def _existing(path: str | None) -> tuple[str, ...]:
    return () if path is None else (path,)
