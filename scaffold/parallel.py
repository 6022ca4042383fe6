"""The text of `parallel.json` to achievements: lenient about what real files hold, strict about what would mislead."""

import difflib
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scaffold.errors import Diagnostic, InvalidInput
from scaffold.graph import cycles
from scaffold.model import Achievement, Json, slug_of
from scaffold.names import is_achievement_id, unsafe_name

FILE_NAME = "parallel.json"
OPEN = "dependencies_open"
"""The key with which `scaffold adopt` marks an achievement whose dependencies a person must still fill in."""

MAX_BYTES = 10_000_000
MAX_DEPTH = 50
_GUESSES = 10
"""For how many unknown ids the most similar one is looked for: it takes long, and with more the file is another's."""

_KNOWN_KEYS = frozenset({"id", "achievement_id", "title", "dependencies", "estimated_hours"})
_SHAPE = 'expected {"plan_name": "…", "achievements": [{"id": "1.1", "title": "…", "dependencies": []}]}'


@dataclass(frozen=True, slots=True)
class Parallel:
    """What `parallel.json` says: the plan's name, if it gives one, and the achievements in the file's order."""

    plan_name: str | None
    achievements: tuple[Achievement, ...]


@dataclass(frozen=True, slots=True)
class _Object:
    """A JSON object as its pairs, so that a key that comes twice is still seen."""

    pairs: list[tuple[str, object]]


@dataclass(frozen=True, slots=True)
class _NotANumber:
    """`NaN`, `Infinity` or a number too large: written in the file, but no JSON."""

    text: str


class _Problems:
    """Collects every problem of one file, so that all are reported at once."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def add(self, code: str, message: str, *, hint: str = f"correct {FILE_NAME}") -> None:
        self.found.append(Diagnostic(code, message, FILE_NAME, hint=hint))

    def stop_if_any(self) -> None:
        if self.found:
            raise InvalidInput(self.found)


def parse(content: bytes) -> Parallel:
    """Read the bytes of a `parallel.json`.

    Raises InvalidInput with every problem found; each names its JSON path or its line and column. Problems of the
    JSON itself hide those of its meaning, and wrong entries those of the graph between them.
    """
    problems = _Problems()
    top = _plain(_loaded(content), problems)
    problems.stop_if_any()
    if not isinstance(top, dict):
        raise _broken("wrong_type", f"the top is {_kind(top)}, not an object", hint=_SHAPE)
    entries = top.get("achievements")
    if not isinstance(entries, list):
        raise _broken("wrong_type", f"achievements: expected a list, found {_kind(entries)}", hint=_SHAPE)
    plan_name = _plan_name(top, problems)
    achievements = [_achievement(entry, f"achievements[{at}]", problems) for at, entry in enumerate(entries)]
    problems.stop_if_any()
    known = tuple(one for one in achievements if one is not None)
    _check_ids(known, problems)
    _check_dependencies(known, problems)
    problems.stop_if_any()
    return Parallel(plan_name, known)


def read_entries(entries: Iterable[Mapping[str, object]]) -> tuple[Achievement, ...]:
    """Read achievements that are at hand as mappings, each as an entry of a file is read.

    Raises InvalidInput as `parse` does, but follows no dependency: what a caller has may be a part of a plan.
    """
    problems = _Problems()
    content = json.dumps([dict(entry) for entry in entries], default=str).encode()
    found = _plain(_loaded(content), problems)
    assert isinstance(found, list)  # noqa: S101 - it was written as one
    achievements = [_achievement(entry, f"achievements[{at}]", problems) for at, entry in enumerate(found)]
    problems.stop_if_any()
    return tuple(one for one in achievements if one is not None)


def _broken(code: str, message: str, *, line: int | None = None, hint: str = f"correct {FILE_NAME}") -> InvalidInput:
    """Build the error for a file that cannot be read any further."""
    return InvalidInput([Diagnostic(code, message, FILE_NAME, line, hint)])


def _loaded(content: bytes) -> object:
    """Decode and parse; what the standard library lets pass comes back as `_Object` and `_NotANumber`."""
    if len(content) > MAX_BYTES:
        raise _broken("too_large", f"the file has more than {MAX_BYTES:,} bytes")
    try:
        text = content.decode("utf-8-sig")
        if not text.strip():
            raise _broken("not_json", "the file is empty", line=1, hint=_SHAPE)
        return json.loads(text, object_pairs_hook=_Object, parse_constant=_NotANumber, parse_float=_float)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8"
        raise _broken("not_utf8", message, line=line, hint=f"save {FILE_NAME} as UTF-8") from error
    except json.JSONDecodeError as error:
        message = f"column {error.colno}: not JSON: {error.msg}"
        raise _broken("not_json", message, line=error.lineno) from error
    except RecursionError as error:
        raise _broken("too_deep", f"nested more than {MAX_DEPTH} levels deep") from error
    except ValueError as error:  # a whole number of thousands of digits
        raise _broken("not_json", f"not JSON: {error}") from error


def _float(text: str) -> float | _NotANumber:
    number = float(text)
    return number if math.isfinite(number) else _NotANumber(text)


def _plain(value: object, problems: _Problems, path: str = "", depth: int = 0) -> Json:
    """Turn what was loaded into plain JSON values, noting where it is not sound."""
    if depth > MAX_DEPTH:
        problems.add("too_deep", f"{path[:60]}…: nested more than {MAX_DEPTH} levels deep")
        return None
    match value:
        case _Object(pairs):
            return _plain_object(pairs, problems, path, depth)
        case list():
            elements: list[object] = list(value)
            return [_plain(one, problems, f"{path}[{at}]", depth + 1) for at, one in enumerate(elements)]
        case _NotANumber(text):
            problems.add("not_json", f"{path}: {text} is no JSON number", hint="write a number or null")
            return None
        case str(text):
            _check_text(text, problems, path)
            return text
        case bool() | int() | float() | None:
            return value
    raise AssertionError(f"JSON gave {type(value)}")


def _plain_object(pairs: list[tuple[str, object]], problems: _Problems, path: str, depth: int) -> dict[str, Json]:
    for key, count in Counter(key for key, _ in pairs).items():
        if count > 1:
            message = f"{_join(path, key)}: the key is there {count} times"
            problems.add("duplicate_key", message, hint="keep one of them")
        _check_text(key, problems, path)
    return {key: _plain(one, problems, _join(path, key), depth + 1) for key, one in pairs}


def _check_text(text: str, problems: _Problems, path: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        message = f"{path or 'top'}: half of a surrogate pair ({ascii(text)[:60]})"
        problems.add("lone_surrogate", message, hint="write the character itself instead of \\u escapes")


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _plan_name(top: dict[str, Json], problems: _Problems) -> str | None:
    name = top.get("plan_name")
    if name is None:
        return None
    if not isinstance(name, str):
        problems.add("wrong_type", f"plan_name: expected a string, found {_kind(name)}")
        return None
    if reason := unsafe_name(name):
        hint = "use the name as in PLAN_<NAME>.md: letters, digits, '-' and '_'"
        problems.add("unsafe_plan_name", f"plan_name: {name!r} cannot be part of a file name: {reason}", hint=hint)
    return name


def _achievement(entry: Json, path: str, problems: _Problems) -> Achievement | None:
    """Read one entry; None, with the problems noted, when it is not sound."""
    if not isinstance(entry, dict):
        problems.add("wrong_type", f"{path}: expected an object, found {_kind(entry)}", hint=_SHAPE)
        return None
    before = len(problems.found)
    key = "achievement_id" if entry.get("id") is None and "achievement_id" in entry else "id"
    achievement_id = entry.get(key)
    if not isinstance(achievement_id, str) or not is_achievement_id(achievement_id):
        shown = _kind(achievement_id) if not isinstance(achievement_id, str) else repr(achievement_id)
        hint = 'write numbers joined by dots, in quotes: "2.3"'
        problems.add("bad_id", f'{path}.{key}: expected an id such as "2.3", found {shown}', hint=hint)
    title = entry.get("title")
    if not isinstance(title, str | None):
        problems.add("wrong_type", f"{path}.title: expected a string, found {_kind(title)}")
    hours = entry.get("estimated_hours")
    if isinstance(hours, bool) or not isinstance(hours, int | float | str | None):
        problems.add("wrong_type", f'{path}.estimated_hours: expected 3.5, "4-6" or null, found {_kind(hours)}')
    dependencies = _dependencies(entry.get("dependencies"), f"{path}.dependencies", problems)
    if len(problems.found) > before:
        return None
    extra = {name: value for name, value in entry.items() if name not in _KNOWN_KEYS}
    title_text = " ".join(str(title or "").split()) or "Untitled"
    return Achievement(str(achievement_id), title_text, dependencies, _time(hours), extra)


def _dependencies(value: Json, path: str, problems: _Problems) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        problems.add("wrong_type", f"{path}: expected a list of ids, found {_kind(value)}", hint='write ["1.1"] or []')
        return ()
    for at, one in enumerate(value):
        if not isinstance(one, str):
            hint = "put the id in quotes"
            problems.add("wrong_type", f"{path}[{at}]: expected an id in quotes, found {_kind(one)}", hint=hint)
    return tuple(dict.fromkeys(str(one) for one in value))


def _time(hours: Json) -> str | None:
    """Give hours as a reader expects them: `3.5` and `"4-6"` get their unit, other text stays as it is."""
    text = "" if hours is None else str(hours).strip()
    if text and text[-1].isdigit():
        return f"{text} hour" if text == "1" else f"{text} hours"
    return text or None


def _check_ids(achievements: Iterable[Achievement], problems: _Problems) -> None:
    """No id twice, and no two ids with one slug: both would name the same files."""
    by_slug: dict[str, list[str]] = {}
    for achievement in achievements:
        by_slug.setdefault(achievement.slug, []).append(achievement.id)
    for slug, ids in by_slug.items():
        for one, count in Counter(ids).items():
            if count > 1:
                problems.add("duplicate_id", f"achievement {one} is there {count} times", hint="give each its own id")
        if len(set(ids)) > 1:
            named = " and ".join(dict.fromkeys(ids))
            message = f"achievements {named} would share their file names: without dots both are {slug}"
            problems.add("slug_collision", message, hint="renumber one of them")


def _check_dependencies(achievements: tuple[Achievement, ...], problems: _Problems) -> None:
    """Every dependency is known, none is the achievement itself, and they do not go in a circle."""
    graph = {achievement.id: achievement.dependencies for achievement in achievements}
    by_slug = {slug_of(one): one for one in graph}
    guesses = _GUESSES
    for at, achievement in enumerate(achievements):
        path = f"achievements[{at}].dependencies ({achievement.id})"
        for one in achievement.dependencies:
            if one == achievement.id:
                problems.add("self_dependency", f"{path}: {one} depends on itself", hint=f"remove {one} from the list")
            elif one not in graph:
                near = by_slug.get(slug_of(one))
                if near in (None, achievement.id) and guesses:
                    guesses -= 1
                    near = _nearest(one, graph.keys() - {achievement.id})
                hint = f"did you mean {near}?" if near else "remove it, or add that achievement"
                problems.add("unknown_dependency", f"{path}: there is no achievement {one!r}", hint=hint)
    known = {one: [other for other in others if other in graph and other != one] for one, others in graph.items()}
    for chain in cycles(known):
        message = f"dependencies go in a circle: {' → '.join(chain)}"
        problems.add("cycle", message, hint="remove one of these dependencies")


def _nearest(wanted: str, known: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)), None)


def _kind(value: Json) -> str:
    """Name what was found, in JSON's words."""
    match value:
        case None:
            return "nothing (null or missing)"
        case bool():
            return f"the boolean {str(value).lower()}"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the string {value[:40]!r}"
        case list():
            return "a list"
        case dict():
            return "an object"
