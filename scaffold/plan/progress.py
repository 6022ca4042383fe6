"""How far a plan is: level, state, readiness and files of every achievement, derived once from the plan as read.

States come from the files beside `parallel.json`, whose `status` field is stale in real plans: from the verdicts of
reviews, else from the Status of the newest EXECUTION_TASK, else from which documents exist.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias

from scaffold.errors import Diagnostic
from scaffold.model import Achievement, EntryKind, Plan, State, id_order, sha256
from scaffold.names import (
    EXECUTION_TASK,
    FEEDBACK_FOLDER,
    SUBPLAN,
    DocumentKind,
    Files,
    files_by_slug,
    latest,
    numbers_of,
)
from scaffold.plan import attempts, levels
from scaffold.plan.parallel import OPEN
from scaffold.reading.markdown import decode
from scaffold.transaction import batches

DONE: frozenset[State] = frozenset({"complete", "skipped"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an achievement stands: its level, its state, whether it can be worked on now, and its documents.

    `decided_by` is what the state was read from: a path, with the line where it is one (`…md:4`); None where nothing
    exists yet. `newest` is the path of its newest EXECUTION_TASK.
    """

    achievement: Achievement
    level: int
    state: State
    decided_by: str | None
    ready: bool
    subplans: Files
    executions: Files
    newest: str | None

    @property
    def id(self) -> str:
        """The achievement's id."""
        return self.achievement.id

    @property
    def is_done(self) -> bool:
        """Whether it is complete or skipped."""
        return self.state in DONE

    @property
    def is_open(self) -> bool:
        """Whether nobody has stated what it depends on."""
        return bool(self.achievement.extra.get(OPEN))

    def documents(self, kind: DocumentKind) -> Files:
        """Return its documents of a kind, by their file names."""
        return self.executions if kind is EXECUTION_TASK else self.subplans

    def paths(self, kind: DocumentKind) -> tuple[str, ...]:
        """Return the paths of its documents of a kind, POSIX and relative to the plan."""
        return tuple(f"{kind.folder}/{name}" for name in self.documents(kind).regular)

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of all its documents, its SUBPLAN first."""
        return (*self.paths(SUBPLAN), *self.paths(EXECUTION_TASK))


@dataclass(frozen=True, slots=True)
class Progress:
    """A plan and where its achievements stand, by id, in the order of levels and ids.

    `neighbours` has (id, title) of the achievements of each level, in the order of `parallel.json`, and `place` which
    of them an achievement is.
    """

    plan: Plan
    standings: Mapping[str, Standing]
    neighbours: Mapping[int, tuple[tuple[str, str], ...]]
    place: Mapping[str, int]

    def __iter__(self) -> Iterator[Standing]:
        """Go through all achievements by level and id."""
        return iter(self.standings.values())

    def __getitem__(self, achievement_id: str) -> Standing:
        """Return where an achievement stands. Raises KeyError for an unknown id."""
        return self.standings[achievement_id]

    def dependencies_of(self, achievement: Achievement) -> tuple[Standing, ...]:
        """Return where everything stands that an achievement depends on."""
        return tuple(self.standings[dependency] for dependency in achievement.dependencies)

    def named_dependencies(self, achievement: Achievement) -> tuple[tuple[str, str, State], ...]:
        """Return (id, title, state) of everything that an achievement depends on, as documents name it."""
        return tuple(
            (standing.id, standing.achievement.title, standing.state) for standing in self.dependencies_of(achievement)
        )

    def named_siblings(self, achievement: Achievement) -> tuple[tuple[str, str], ...]:
        """Return (id, title) of the other achievements of its level, as documents name them."""
        level, place = self.neighbours[self.standings[achievement.id].level], self.place[achievement.id]
        return level[:place] + level[place + 1 :]  # cut, not filtered: a level of thousands is gone through as often


def progress_of(plan: Plan, created: Mapping[str, bytes] = MappingProxyType({})) -> Progress:
    """Work out where every achievement of a plan stands; with the documents `created`, by path, it is as if they were.

    Of an achievement without a verdict the newest EXECUTION_TASK is read, or the SUBPLAN, where there is none.
    """
    plan = _with_created(plan, created)
    level_of = levels.levels(plan.achievements)
    neighbours: dict[int, list[tuple[str, str]]] = {}
    place: dict[str, int] = {}
    for achievement in plan.achievements:
        level = neighbours.setdefault(level_of[achievement.id], [])
        place[achievement.id] = len(level)
        level.append((achievement.id, achievement.title))
    standings = {
        standing.id: standing
        for standing in sorted(
            _standings(plan, level_of, created), key=lambda standing: (standing.level, id_order(standing.id))
        )
    }
    return Progress(plan, standings, {number: tuple(level) for number, level in neighbours.items()}, place)


def _with_created(plan: Plan, created: Mapping[str, bytes]) -> Plan:
    if not created:
        return plan
    folders: dict[str, dict[str, EntryKind]] = {
        SUBPLAN.folder: dict(plan.subplans),
        EXECUTION_TASK.folder: dict(plan.executions),
        FEEDBACK_FOLDER: dict(plan.feedbacks),
    }
    for path in created:
        folder, _, name = path.rpartition("/")
        if folder in folders:
            folders[folder][name] = "file"
    return replace(
        plan,
        subplans=folders[SUBPLAN.folder],
        executions=folders[EXECUTION_TASK.folder],
        feedbacks=folders[FEEDBACK_FOLDER],
    )


def _standings(plan: Plan, level_of: Mapping[str, int], created: Mapping[str, bytes]) -> Iterator[Standing]:
    subplans, executions = files_by_slug(plan, SUBPLAN), files_by_slug(plan, EXECUTION_TASK)
    states = _states(plan, subplans, executions, created)
    done = {achievement_id for achievement_id, (state, _) in states.items() if state in DONE}
    for achievement in plan.achievements:
        state, decided_by = states[achievement.id]
        own = executions.get(achievement.slug, Files())
        depends_on_done = not achievement.extra.get(OPEN) and all(one in done for one in achievement.dependencies)
        yield Standing(
            achievement=achievement,
            level=level_of[achievement.id],
            state=state,
            decided_by=decided_by,
            ready=state not in DONE and depends_on_done,
            subplans=subplans.get(achievement.slug, Files()),
            executions=own,
            newest=f"{EXECUTION_TASK.folder}/{name}" if (name := latest(plan, achievement, own.regular)) else None,
        )


Decided: TypeAlias = tuple[State, str | None]
"""A state, and what it was read from."""


def _states(
    plan: Plan, subplans: Mapping[str, Files], executions: Mapping[str, Files], created: Mapping[str, bytes]
) -> Mapping[str, Decided]:
    verdicts = {name for name, kind in plan.feedbacks.items() if kind == "file"}

    def decided(achievement: Achievement) -> Decided:
        slug = achievement.slug
        if f"APPROVED_{slug}.md" in verdicts:  # also beside a FIX: the approval came after it
            return "complete", f"{FEEDBACK_FOLDER}/APPROVED_{slug}.md"
        names = executions[slug].regular if slug in executions else ()
        attempt = _attempt(plan, achievement, names, created)
        fix = f"{FEEDBACK_FOLDER}/FIX_{slug}.md"
        if f"FIX_{slug}.md" in verdicts and not _is_answered(plan, attempt, fix, created):
            return "needs_fix", fix
        if f"SKIPPED_{slug}.md" in verdicts:
            return "skipped", f"{FEEDBACK_FOLDER}/SKIPPED_{slug}.md"
        if attempt:
            return attempt.decided("fix_in_progress" if f"FIX_{slug}.md" in verdicts else "execution_created")
        return _of_subplan(plan, subplans[slug].regular if slug in subplans else (), created)

    return {achievement.id: decided(achievement) for achievement in plan.achievements}


_UNFILLED = (b"[TO BE FILLED", b"[FILL")


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The newest EXECUTION_TASK of an achievement: its path, its number and its text."""

    path: str
    number: int
    text: str

    def decided(self, otherwise: State) -> Decided:
        """Return what its Status says, or `otherwise`; work on a FIX stays `fix_in_progress` until it is finished."""
        if said := attempts.reported(self.text):
            state: State = otherwise if said[0] == "in_progress" and otherwise == "fix_in_progress" else said[0]
            return state, f"{self.path}:{said[1]}"
        return otherwise, self.path


def _attempt(
    plan: Plan, achievement: Achievement, names: tuple[str, ...], created: Mapping[str, bytes]
) -> _Attempt | None:
    name = latest(plan, achievement, names)
    if name is None:
        return None
    path = f"{EXECUTION_TASK.folder}/{name}"
    content = attempts.read(plan.directory, path, created)
    number = max(map(int, numbers_of(plan, achievement, (name,))), default=0)
    return _Attempt(path, number, "" if content is None else decode(content))


def _is_answered(plan: Plan, attempt: _Attempt | None, fix: str, created: Mapping[str, bytes]) -> bool:
    content = attempts.read(plan.directory, fix, created)
    if attempt is None or content is None:
        return False
    if attempts.answers(attempt.text, content, attempt.number):
        return True
    return sha256(content) in batches.feedback_answered(plan.directory, attempt.path)


def _of_subplan(plan: Plan, names: tuple[str, ...], created: Mapping[str, bytes]) -> Decided:
    if not names:
        return "not_started", None
    path = f"{SUBPLAN.folder}/{names[0]}"
    content = attempts.read(plan.directory, path, created)
    is_unfilled = content is not None and any(marker in content.upper() for marker in _UNFILLED)
    return "subplan_unfilled" if is_unfilled else "subplan_created", path


def in_words(state: State) -> str:
    """Return a state as text for people has it: `needs fix`; programs get the state itself."""
    return state.replace("_", " ")


def not_ready(progress: Progress, achievements: Iterable[Achievement]) -> Iterator[Diagnostic]:
    """Warn of documents that are created before what they depend on is done; that is allowed."""
    for achievement in achievements:
        waits_for = [
            f"{standing.id} ({in_words(standing.state)})"
            for standing in progress.dependencies_of(achievement)
            if not standing.is_done
        ]
        if waits_for:
            message = f"achievement {achievement.id} is not ready: it waits for {', '.join(waits_for)}"
            hint = "its document can be created now and worked on later"
            yield Diagnostic("not_ready", message, hint=hint, severity="warning")
