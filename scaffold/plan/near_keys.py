"""Keys of an achievement in `parallel.json` that nearly are ours: nobody reads them, and people believe that we do."""

from collections.abc import Container, Iterator

from scaffold.model import Achievement, Json
from scaffold.names import UNTITLED, is_achievement_id

_DEPENDENCIES = "dependencies"
_CERTAIN = frozenset(
    ("dependson", "dependsupon", "depends", "dependency", "deps", "dependenton", "blockedby", "waitsfor")
)
_POSSIBLE = frozenset(("requires", "required", "prerequisites", "prerequisite", "prereqs", "needs", "after"))
"""Other words for dependencies, in small letters and without joints. Teams have some of them for other things, too."""

_KNOWN = ("title", _DEPENDENCIES, "estimated_hours")
_ALIKE = 0.85
_SHORTEST = 5


def misleading(achievement: Achievement, known: Container[str]) -> Iterator[str]:
    """Yield the keys that name achievements as dependencies, of an achievement that otherwise has none.

    Whoever left them out would read that it depends on nothing. What may mean something else counts where it names
    `known` achievements.
    """
    for key, value in () if achievement.dependencies else achievement.extra.items():
        ids = ids_in(value)
        if ids and meant(key) == _DEPENDENCIES and (_is_certain(key) or any(id_ in known for id_ in ids)):
            yield key


def ignored(achievement: Achievement, known: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield (key, what it should be called) for the keys that are not read though they seem to be meant.

    Dependencies under another name count where they name an achievement that `dependencies` does not, a `known` one if
    the name may mean something else; other keys where theirs says nothing.
    """
    for key, value in achievement.extra.items():
        name = meant(key)
        missing = [id_ for id_ in ids_in(value) if id_ not in achievement.dependencies]
        is_silent = {
            _DEPENDENCIES: any(_is_certain(key) or id_ in known for id_ in missing),
            "title": achievement.title == UNTITLED,
            "estimated_hours": achievement.estimated_time is None,
        }
        if name and is_silent[name]:
            yield key, name


def meant(key: str) -> str | None:
    """Return the known key that another key seems to be meant for, beyond doubt; None for a team's own key."""
    from difflib import SequenceMatcher

    bare = _bare(key)
    if bare in _CERTAIN | _POSSIBLE:
        return _DEPENDENCIES
    for known in _KNOWN:
        own = known.replace("_", "")
        alike = len(bare) >= _SHORTEST and SequenceMatcher(None, bare, own).ratio() >= _ALIKE
        if key != known and (bare == own or (alike and bare[0] == own[0])):
            return known
    return None


def _is_certain(key: str) -> bool:
    """Whether a key that is meant for dependencies cannot mean anything else."""
    return _bare(key) not in _POSSIBLE


def _bare(key: str) -> str:
    return "".join(character for character in key.casefold() if character.isalnum())


def ids_in(value: Json) -> tuple[str, ...]:
    """Return the achievement ids that a value is, or lists; also of those that somebody wrote as numbers."""
    values = value if isinstance(value, list) else [value]
    texts = (str(item) for item in values if isinstance(item, str | float))
    return tuple(text for text in texts if is_achievement_id(text))
