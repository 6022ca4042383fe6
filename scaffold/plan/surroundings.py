"""What the documents of a plan say of the achievements around them, worked out once for all of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scaffold.errors import Diagnostic
from scaffold.model import Achievement, Plan, State
from scaffold.plan.levels import levels
from scaffold.plan.progress import DONE, in_words, ready, states


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Titles, states, readiness and levels of all achievements of a plan, by id.

    `on_level` has (id, title) of every achievement of a level, and `place` which of them an achievement is.
    """

    titles: Mapping[str, str]
    states: Mapping[str, State]
    ready: Mapping[str, bool]
    level_of: Mapping[str, int]
    on_level: Mapping[int, tuple[tuple[str, str], ...]]
    place: Mapping[str, int]


def surroundings(plan: Plan) -> Surroundings:
    """Work out states and levels of a plan's achievements."""
    level_of, state_of = levels(plan.achievements), states(plan)
    on_level: dict[int, list[tuple[str, str]]] = {}
    place: dict[str, int] = {}
    for achievement in plan.achievements:
        level = on_level.setdefault(level_of[achievement.id], [])
        place[achievement.id] = len(level)
        level.append((achievement.id, achievement.title))
    return Surroundings(
        titles={one.id: one.title for one in plan.achievements},
        states=state_of,
        ready=ready(plan.achievements, state_of),
        level_of=level_of,
        on_level={number: tuple(level) for number, level in on_level.items()},
        place=place,
    )


def dependencies_of(around: Surroundings, achievement: Achievement) -> tuple[tuple[str, str, State], ...]:
    """Give (id, title, state) of everything that an achievement depends on."""
    return tuple((id_, around.titles[id_], around.states[id_]) for id_ in achievement.dependencies)


def siblings_of(around: Surroundings, achievement: Achievement) -> tuple[tuple[str, str], ...]:
    """Give (id, title) of the other achievements of its level."""
    level, place = around.on_level[around.level_of[achievement.id]], around.place[achievement.id]
    return level[:place] + level[place + 1 :]  # cut, not filtered: a level of thousands is gone through as often


def not_ready(around: Surroundings, achievements: Iterable[Achievement]) -> Iterator[Diagnostic]:
    """Warn of documents that are created before what they depend on is done; that is allowed."""
    for one in achievements:
        waiting = [f"{id_} ({in_words(state)})" for id_, _, state in dependencies_of(around, one) if state not in DONE]
        if waiting:
            message = f"achievement {one.id} is not ready: it waits for {', '.join(waiting)}"
            hint = "its document can be created now and worked on later"
            yield Diagnostic("not_ready", message, hint=hint, severity="warning")
