"""Keys of an achievement in `parallel.json` that nearly are ours: nobody reads them, and people believe that we do."""

from collections.abc import Container, Iterator

from scaffold.model import Achievement, Json
from scaffold.names import UNTITLED, is_achievement_id

_DEPENDENCIES = "dependencies"
_WORDS = (
    "dependson dependsupon depends dependency deps dependenton requires required prerequisites prerequisite prereqs "
    "blockedby needs after waitsfor"
)
"""Other words for dependencies, in small letters and without joints."""

_SAME = frozenset(_WORDS.split())

_KNOWN = ("title", _DEPENDENCIES, "estimated_hours")
_ALIKE = 0.85
_SHORTEST = 5


def misleading(achievement: Achievement, known: Container[str]) -> Iterator[str]:
    """Yield the keys that name `known` achievements as dependencies, of an achievement that otherwise has none.

    Whoever left them out would read that it depends on nothing.
    """
    for key, value in () if achievement.dependencies else achievement.extra.items():
        if any(id_ in known for id_ in ids_in(value)) and meant(key) == _DEPENDENCIES:
            yield key


def ignored(achievement: Achievement, known: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield (key, what it should be called) for the keys that are not read though they seem to be meant.

    Dependencies under another name count where they name a `known` achievement that `dependencies` does not, other keys
    where theirs says nothing.
    """
    for key, value in achievement.extra.items():
        name = meant(key)
        is_silent = {
            _DEPENDENCIES: any(id_ in known and id_ not in achievement.dependencies for id_ in ids_in(value)),
            "title": achievement.title == UNTITLED,
            "estimated_hours": achievement.estimated_time is None,
        }
        if name and is_silent[name]:
            yield key, name


def meant(key: str) -> str | None:
    """Return the known key that another key seems to be meant for, beyond doubt; None for a team's own key."""
    from difflib import SequenceMatcher

    bare = "".join(character for character in key.casefold() if character.isalnum())
    if bare in _SAME:
        return _DEPENDENCIES
    for known in _KNOWN:
        own = known.replace("_", "")
        alike = len(bare) >= _SHORTEST and SequenceMatcher(None, bare, own).ratio() >= _ALIKE
        if key != known and (bare == own or (alike and bare[0] == own[0])):
            return known
    return None


def ids_in(value: Json) -> tuple[str, ...]:
    """Return the achievement ids that a value is, or lists; also of those that somebody wrote as numbers."""
    values = value if isinstance(value, list) else [value]
    texts = (str(item) for item in values if isinstance(item, str | float))
    return tuple(text for text in texts if is_achievement_id(text))
