"""Achievements as callers have them: the library's values, or mappings as in `parallel.json`; and their levels."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias, TypeVar

from scaffold.errors import InvalidInput
from scaffold.model import Achievement
from scaffold.plan import levels as graph
from scaffold.plan import parallel

Entry: TypeAlias = Achievement | Mapping[str, object]
"""An achievement: the library's value, or a mapping as in `parallel.json`, with `id` or `achievement_id`."""

Listed = TypeVar("Listed", bound=Entry)


def achievements(entries: Iterable[Entry]) -> tuple[Achievement, ...]:
    """Give achievements as values; raises InvalidInput for mappings that are none."""
    return tuple(one if isinstance(one, Achievement) else parallel.read_entries([one])[0] for one in entries)


def id_of(entry: Entry) -> str:
    """Give the id of an achievement in either form; raises InvalidInput."""
    return achievements([entry])[0].id


def described(achievement_id: str, data: Mapping[str, object]) -> Achievement:
    """Give the achievement that `data` describes as an entry of `parallel.json` does; raises InvalidInput."""
    return parallel.read_entries([{**data, "id": achievement_id}])[0]


def under_headings(data: Mapping[str, object], headings: Mapping[str, str]) -> str:
    """Give what `data` has, each value below its heading, a list as items: Markdown that is read like a document."""
    parts = []
    for name, heading in headings.items():
        match data.get(name):
            case None | "":
                continue
            case list() | tuple() as items:
                parts.append(f"{heading}\n\n" + "".join(f"- {one}\n" for one in items))
            case value:
                parts.append(f"{heading}\n\n{value}\n")
    return "\n".join(parts)


def levels(entries: Iterable[Entry]) -> dict[str, int]:
    """Give the level of each achievement. One that the list lacks counts as one of level 0, so what needs it is above.

    Raises InvalidInput when the dependencies go in a circle.
    """
    known = {one.id: one for one in achievements(entries)}
    strangers = {id_ for one in known.values() for id_ in one.dependencies} - known.keys()
    if circles := graph.cycles({one.id: one.dependencies for one in known.values()}):
        raise InvalidInput.of("cycle", f"dependencies go in a circle: {' → '.join(circles[0])}")
    return graph.levels([*known.values(), *(Achievement(id_, id_, (), None, {}) for id_ in strangers)])


def filter_by_dependency_level(achievements: Iterable[Listed], level: int = 0) -> list[Listed]:
    """Give those of the achievements that are on a dependency level, 0 being those without dependencies.

    A dependency that is not in the list counts as one of level 0. Raises InvalidInput for mappings that are no
    achievements and for dependencies in a circle.
    """
    given = list(achievements)
    level_of = levels(given)
    return [entry for entry in given if level_of[id_of(entry)] == level]


def calculate_dependency_level(
    achievement_id: str, achievements: Iterable[Entry], memo: dict[str, int] | None = None
) -> int:
    """Give the level of an achievement: 0 without dependencies, else 1 + the highest among its dependencies.

    What `memo` knows already is taken from it, and all levels are put into it. Raises InvalidInput as
    `filter_by_dependency_level` does, and when there is no such achievement.
    """
    found = {} if memo is None else memo
    if achievement_id not in found:
        found.update(levels(achievements))
    if achievement_id not in found:
        hint = "give a list that has it"
        raise InvalidInput.of("unknown_achievement", f"there is no achievement {achievement_id}", hint=hint)
    return found[achievement_id]
