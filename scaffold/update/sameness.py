"""Whether variables say the same: on which line of the SUBPLAN something stands, and its hash, are no news."""

import re
from collections.abc import Iterable, Mapping

from scaffold.lazy.patterns import regex
from scaffold.model import Json

_POINTER = regex(r"\bSUBPLAN lines? \d+(?:-\d+)?")
_PLACE = regex(r"(?P<title>.*?) \d+(?:-\d+)?(?: \((?P<names>`.*)\))?", re.DOTALL)
_OF_THE_FILE = ("subplan_hash", "created")
_BETWEEN = " · "


def settled(recorded: Mapping[str, Json], now: Mapping[str, Json]) -> dict[str, Json]:
    """Return the variables of now, with those of the record where these say the same.

    A paragraph more in a section of the SUBPLAN that a document only points to moves the rest; nothing has changed.
    """
    return {
        name: recorded[name] if name in recorded and _same(name, recorded[name], value) else value
        for name, value in now.items()
    }


def changed(recorded: Mapping[str, Json], now: Mapping[str, Json]) -> frozenset[str]:
    """Return the names of the variables that say something else now."""
    return frozenset(name for name, value in now.items() if not _same(name, recorded.get(name), value))


def _same(name: str, recorded: Json, now: Json) -> bool:
    if recorded == now or name in _OF_THE_FILE:
        return True
    if name == "elsewhere" and isinstance(recorded, str) and isinstance(now, str):
        return _same_map(recorded, now)
    return name != "extra" and _neutral(recorded) == _neutral(now)


def _same_map(recorded: str, now: str) -> bool:
    """Whether two maps of the rest of a SUBPLAN name the same sections, with the same files where both name some."""
    before, after = (_sections(text.split(_BETWEEN)) for text in (recorded, now))
    return [title for title, _ in before] == [title for title, _ in after] and all(
        not (one and other) or one == other for (_, one), (_, other) in zip(before, after, strict=True)
    )


def _sections(entries: Iterable[str]) -> list[tuple[str, str]]:
    found = ((entry, _PLACE.fullmatch(entry)) for entry in entries)
    return sorted((match["title"], match["names"] or "") if match else (entry, "") for entry, match in found)


def _neutral(value: Json) -> Json:
    """Return a value without the lines that it points to."""
    if isinstance(value, str):
        return _POINTER.sub("SUBPLAN", value)
    if isinstance(value, list):
        return [_neutral(item) for item in value]
    if isinstance(value, dict):
        return {key: 0 if key == "line" else _neutral(item) for key, item in value.items()}
    return value
