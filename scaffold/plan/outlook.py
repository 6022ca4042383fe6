"""What the next actions are worked out from: how far a plan is, and what was told to the run before."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

from scaffold.errors import Diagnostic, InvalidInput, PrerequisitesMissing
from scaffold.lazy.values import fresh, frozen
from scaffold.model import State, id_order
from scaffold.names import EXECUTION_TASK, SUBPLAN, VERDICTS, Words, invocation, listed
from scaffold.plan import attempts, prerequisites, settings, workspace
from scaffold.plan.prerequisites import Policy
from scaffold.plan.progress import Progress, Standing
from scaffold.reading import subplan
from scaffold.reading.content import Subplan
from scaffold.reading.markdown import decode
from scaffold.transaction.claims import NO_CLAIMS, Claims

ActionKind = Literal[
    "fix",
    "update",
    "execute",
    "review",
    "fill_subplan",
    "create_execution",
    "create_subplan",
    "declare_dependencies",
    "adopt",
    "ask_person",
]
"""What is to be done. What a person or an executor writes has no command."""


@frozen
class Action:
    """Something to do next, for one or several achievements.

    `text` says it in words, `command` as the words of a command line, None where a person or an executor has to write.
    `read` are the files to read for it, POSIX and relative to the plan.
    """

    kind: ActionKind
    ids: tuple[str, ...]
    text: str
    command: Words | None
    read: tuple[str, ...]


@frozen
class Given:
    """What a run was told that holds for the next one: how strict it is, and per command options such as a template."""

    policy: Policy = fresh(factory=Policy)
    options: Mapping[str, Words] = fresh(factory=dict)


NOTHING_GIVEN = Given()

AT_ONCE = 20
"""For how many achievements a command names them, and how many SUBPLANs are read before there is an answer."""


@frozen
class Outdated:
    """A document that would be made otherwise now: its achievement, its path, what has changed since, and at how many
    places what a person wrote stands against that.
    """

    id: str
    path: str
    why: tuple[str, ...]
    conflicts: int


@frozen
class OutOfDate:
    """The documents that are out of date, by their achievements, and warnings where that could not be told."""

    by_id: Mapping[str, tuple[Outdated, ...]] = fresh(factory=dict)
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def documents(self) -> tuple[Outdated, ...]:
        """All of them."""
        return tuple(document for documents in self.by_id.values() for document in documents)

    def of(self, achievement_id: str) -> tuple[Outdated, ...]:
        """Return those of one achievement."""
        return self.by_id.get(achievement_id, ())


Find: TypeAlias = Callable[[Progress, Iterable[Standing]], OutOfDate]
"""From achievements to what is out of date of their documents: a part above this one makes them again to find out."""


def none_outdated(progress: Progress, standings: Iterable[Standing]) -> OutOfDate:
    """Find nothing out of date: where nobody asks."""
    return OutOfDate()


@frozen
class Outlook:
    """What the actions are worked out from, as `actions.next_actions` takes it: what is claimed is left out."""

    progress: Progress
    given: Given
    only: Collection[str] | None
    find_outdated: Find = none_outdated
    claims: Claims = NO_CLAIMS

    def open(self) -> Iterator[Standing]:
        """Yield what is not done, and nobody else's work."""
        claimed = self.claims.ids
        for standing in self.progress:
            if not standing.is_done and standing.id not in claimed and (self.only is None or standing.id in self.only):
                yield standing

    def begun(self, *states: State) -> Iterator[Standing]:
        """Yield what is in one of these states, and can go on; also before its time, because somebody has begun."""
        return (
            standing
            for standing in self.open()
            if standing.state in states and not self.in_the_way(standing) and not merges_of(standing)
        )

    def in_the_way(self, standing: Standing) -> tuple[str, ...]:
        """Return what has the name of a document or a verdict and is no regular file: nothing can go on there."""
        feedbacks = self.progress.plan.feedbacks
        verdicts = (attempts.verdict_path(verdict, standing.achievement) for verdict in VERDICTS if feedbacks)
        irregular = (path for path in verdicts if feedbacks.get(path.rpartition("/")[2], "file") != "file")
        return (*_documents_in_the_way(standing), *irregular)

    def plan_problem(self) -> str | None:
        """Return why the PLAN cannot be read, None where it can: SUBPLANs are made from it."""
        plan = self.progress.plan
        try:
            workspace.read_text_file(plan.directory / plan.document)
        except InvalidInput as error:
            return error.diagnostics[0].message
        return None

    def ready(self, *states: State) -> Iterator[Standing]:
        """Yield what is ready, in one of these states, and can go on by command or by hand."""
        return (standing for standing in self.begun(*states) if standing.ready)

    def command(self, verb: str, *options: str) -> Words:
        """Return the words of a command about the plan, with the options that were given before."""
        return invocation(verb, self.progress.plan.argument, *options, *self.given.options.get(verb, ()))

    def read(self, standing: Standing) -> tuple[Subplan | None, tuple[str, ...]]:
        """Return what a SUBPLAN says, and what keeps an EXECUTION_TASK from being made from it, each with its line."""
        path = next(iter(standing.paths(SUBPLAN)), "")
        try:
            content = workspace.read_subplan(self.progress.plan, standing.achievement)
        except PrerequisitesMissing as error:
            return None, tuple(problem.message for problem in error.diagnostics)
        said = subplan.parse(decode(content), path, settings.read(self.progress.plan.directory).vocabulary)
        problems = prerequisites.check(said, standing.achievement, path, self.given.policy)
        return said, tuple(
            f"line {problem.line}: {problem.message}" if problem.line else problem.message
            for problem in problems
            if problem.severity == "error"
        )


def named(ids: Iterable[str]) -> str:
    """Name achievements by their ids, in order."""
    return listed(sorted(ids, key=id_order))


def merges_of(standing: Standing) -> tuple[tuple[str, int], ...]:
    """Return the documents of the newest attempt with an unresolved merge, each with its line: a person resolves it."""
    return standing.attempt.merges if standing.attempt else ()


def _documents_in_the_way(standing: Standing) -> tuple[str, ...]:
    """Return what has the name of a document that is to be created and is no regular file."""
    if standing.state not in ("not_started", "subplan_unfilled", "subplan_created", "needs_fix"):
        return ()
    another = standing.state == "needs_fix"
    return tuple(
        f"{kind.folder}/{name}"
        for kind in (SUBPLAN, EXECUTION_TASK)
        for name, _ in standing.documents(kind).irregular
        if not standing.documents(kind).regular or (another and kind is EXECUTION_TASK)
    )
