"""How far a plan is: level, state, readiness and files of every achievement, derived once from the plan as read.

States come from the files beside `parallel.json`: its `status` field is stale in real plans.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scaffold.errors import Diagnostic
from scaffold.model import Achievement, Plan, State, id_order
from scaffold.names import EXECUTION_TASK, SUBPLAN, DocumentKind, Files, files_by_slug
from scaffold.plan import levels

DONE: frozenset[State] = frozenset({"complete", "skipped"})

NOT_STATED = "dependencies not stated"
"""What is said of an achievement that nobody has stated the dependencies of: it is not ready, and not at once."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an achievement stands: its level, its state, whether it can be worked on now, and its documents.

    Nothing can be worked on of which nobody has stated what it depends on.
    """

    achievement: Achievement
    level: int
    state: State
    ready: bool
    subplans: Files
    executions: Files

    @property
    def id(self) -> str:
        """The achievement's id."""
        return self.achievement.id

    @property
    def is_done(self) -> bool:
        """Whether it is complete or skipped."""
        return self.state in DONE

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
    subplans, executions = files_by_slug(plan, SUBPLAN), files_by_slug(plan, EXECUTION_TASK)
    states = _states(plan, subplans, executions)
    for achievement in plan.achievements:
        state = states[achievement.id]
        yield Standing(
            achievement=achievement,
            level=level_of[achievement.id],
            state=state,
            ready=state not in DONE
            and not achievement.dependencies_open
            and all(states[dependency] in DONE for dependency in achievement.dependencies),
            subplans=subplans.get(achievement.slug, Files()),
            executions=executions.get(achievement.slug, Files()),
        )


def _states(plan: Plan, subplans: Mapping[str, Files], executions: Mapping[str, Files]) -> Mapping[str, State]:
    verdicts = {name for name, kind in plan.feedbacks.items() if kind == "file"}

    def state(slug: str) -> State:
        if f"APPROVED_{slug}.md" in verdicts:  # also beside a FIX: the approval came after it
            return "complete"
        if f"FIX_{slug}.md" in verdicts:
            return "needs_fix"
        if f"SKIPPED_{slug}.md" in verdicts:
            return "skipped"
        if slug in executions and executions[slug].regular:
            return "execution_created"
        return "subplan_created" if slug in subplans and subplans[slug].regular else "not_started"

    return {achievement.id: state(achievement.slug) for achievement in plan.achievements}


def state_line(standing: Standing) -> str:
    """Return the state of an achievement for people, and what is known of its readiness: `subplan created, ready`."""
    not_stated = f", {NOT_STATED}" if standing.achievement.dependencies_open and not standing.is_done else ""
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
        if waits_for:
            message = f"achievement {achievement.id} is not ready: it waits for {', '.join(waits_for)}"
            hint = "its document can be created now and worked on later"
            yield Diagnostic("not_ready", message, hint=hint, severity="warning")
