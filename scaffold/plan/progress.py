"""How far a plan is: level, state, readiness and files of every achievement, derived once from the plan as read.

States come from the files beside `parallel.json`, whose `status` field is stale in real plans: from the verdicts of
reviews, else from the Status of the newest attempt, else from which documents exist.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from scaffold.errors import Diagnostic
from scaffold.lazy.values import frozen
from scaffold.model import Achievement, Plan, State, id_order
from scaffold.names import (
    EXECUTION_TASK,
    FEEDBACK_FOLDER,
    SUBPLAN,
    VERDICTS,
    DocumentKind,
    Files,
    files_by_slug,
    listed,
)
from scaffold.plan import attempts, levels, settings
from scaffold.plan.attempts import Attempt
from scaffold.reading import subplan
from scaffold.reading.content import Unfilled

DONE: frozenset[State] = frozenset({"complete", "skipped"})

_MARKERS = (b"[TO BE FILLED", b"[FILL")

NOT_STATED = "dependencies not stated"
"""What is said of an achievement that nobody has stated the dependencies of: it is not ready, and not at once."""


@frozen
class Standing:
    """Where an achievement stands: its level, its state, whether it can be worked on now, and its documents.

    Nothing can be worked on of which nobody has stated what it depends on. `decided_by` is what the state was read
    from: a path, with the line where it is a line (`…md:4`), None where nothing exists yet. `attempt` is the newest,
    None where there is none or it is complete. `unfilled` are the open places of the SUBPLAN of what is not done.
    """

    achievement: Achievement
    level: int
    state: State
    decided_by: str | None
    ready: bool
    subplans: Files
    executions: Files
    attempt: Attempt | None
    unfilled: tuple[Unfilled, ...]

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
        """Whether nobody has stated yet what it depends on, or not all of it, and it is not done."""
        return self.achievement.dependencies_open and not self.is_done

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


@frozen
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

    def named_siblings(self, achievement: Achievement, most: int) -> tuple[tuple[tuple[str, str], ...], int]:
        """Return (id, title) of the first `most` other achievements of its level, and how many more there are."""
        level, place = self.neighbours[self.standings[achievement.id].level], self.place[achievement.id]
        first = level[: most + 1]  # cut before it is filtered: a level of thousands is asked for as often
        return tuple(name for at, name in enumerate(first) if at != place)[:most], max(0, len(level) - 1 - most)


def progress_of(plan: Plan) -> Progress:
    """Work out where every achievement of a plan stands."""
    level_of = levels.levels(plan.achievements)
    neighbours: dict[int, list[tuple[str, str]]] = {}
    place: dict[str, int] = {}
    for achievement in plan.achievements:
        level = neighbours.setdefault(level_of[achievement.id], [])
        place[achievement.id] = len(level)
        level.append((achievement.id, achievement.title))
    standings = {
        standing.id: standing
        for standing in sorted(_standings(plan, level_of), key=lambda standing: (standing.level, id_order(standing.id)))
    }
    return Progress(plan, standings, {number: tuple(level) for number, level in neighbours.items()}, place)


def _standings(plan: Plan, level_of: Mapping[str, int]) -> Iterator[Standing]:
    stands = _Stands(plan)
    done = {id_ for id_, (state, *_) in stands.decided.items() if state in DONE}
    for achievement in plan.achievements:
        state, decided_by, attempt, unfilled = stands.decided[achievement.id]
        yield Standing(
            achievement=achievement,
            level=level_of[achievement.id],
            state=state,
            decided_by=decided_by,
            ready=state not in DONE
            and not achievement.dependencies_open
            and all(dependency in done for dependency in achievement.dependencies),
            subplans=stands.subplans.get(achievement.slug, Files()),
            executions=stands.executions.get(achievement.slug, Files()),
            attempt=attempt,
            unfilled=unfilled,
        )


class _Decided(NamedTuple):
    """A state, what it was read from, the newest attempt, and the open places of the SUBPLAN."""

    state: State
    decided_by: str | None = None
    attempt: Attempt | None = None
    unfilled: tuple[Unfilled, ...] = ()


class _Stands:
    """Reads what decides the states of a plan: names first, and of documents only those that decide."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._verdicts = {name for name, kind in plan.feedbacks.items() if kind == "file"}
        self._vocabulary = settings.read(plan.directory).vocabulary
        self.subplans = files_by_slug(plan, SUBPLAN)
        self.executions = files_by_slug(plan, EXECUTION_TASK)
        self.decided = {achievement.id: self._decide(achievement) for achievement in plan.achievements}

    def _decide(self, achievement: Achievement) -> _Decided:
        approved, fix, skipped = (f"{verdict}_{achievement.slug}.md" for verdict in VERDICTS)
        if approved in self._verdicts:  # also beside a FIX: the approval came after it
            return _Decided("complete", f"{FEEDBACK_FOLDER}/{approved}")
        attempt = self._newest(achievement)
        if fix in self._verdicts and not attempts.is_answered(self._plan, achievement, attempt):
            return _Decided("needs_fix", f"{FEEDBACK_FOLDER}/{fix}", attempt)
        if skipped in self._verdicts:
            return _Decided("skipped", f"{FEEDBACK_FOLDER}/{skipped}", attempt)
        path, unfilled = self._unfilled(achievement)
        if attempt is None:
            without: State = "subplan_unfilled" if unfilled else "subplan_created" if path else "not_started"
            return _Decided(without, path or None, None, unfilled)
        state: State = attempt.reported or "execution_created"
        if fix in self._verdicts and state in ("in_progress", "execution_created"):
            state = "fix_in_progress"
        return _Decided(state, attempt.decided_by, attempt, unfilled)

    def _newest(self, achievement: Achievement) -> Attempt | None:
        names = self.executions.get(achievement.slug, Files()).regular

        def planned() -> list[str]:
            path, content = self._subplan(achievement)
            said = subplan.parse(attempts.text_of(content), path, self._vocabulary) if content else None
            return [execution.number for execution in said.planned_executions] if said else []

        return attempts.newest(self._plan, achievement, names, planned)

    def _unfilled(self, achievement: Achievement) -> tuple[str, tuple[Unfilled, ...]]:
        """Return the path of the SUBPLAN, empty without one, and its open places: only one with a mark is parsed."""
        path, content = self._subplan(achievement)
        if not content or not any(marker in content.upper() for marker in _MARKERS):
            return path, ()
        return path, subplan.parse(attempts.text_of(content), path, self._vocabulary).unfilled

    def _subplan(self, achievement: Achievement) -> tuple[str, bytes | None]:
        names = self.subplans.get(achievement.slug, Files()).regular
        path = f"{SUBPLAN.folder}/{names[0]}" if names else ""
        return path, attempts.read(self._plan, path) if path else None


def state_line(standing: Standing) -> str:
    """Return the state of an achievement for people, and what is known of its readiness: `subplan created, ready`."""
    not_stated = f", {NOT_STATED}" if standing.is_open else ""
    return in_words(standing.state) + (", ready" if standing.ready else not_stated)


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
        why = f"it waits for {listed(waits_for)}" if waits_for else ""
        if progress[achievement.id].is_open and not why:
            why = "nobody has stated in parallel.json what it depends on"
        if why:
            message = f"achievement {achievement.id} is not ready: {why}"
            hint = "its document can be created now and worked on later"
            yield Diagnostic("not_ready", message, hint=hint, severity="warning", achievement=achievement.id)
