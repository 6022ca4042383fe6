"""The text of `parallel.json` to achievements: lenient about what real files hold, strict about what would mislead."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scaffold.errors import Code, Diagnostic, InvalidInput, Problems
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.model import DEPENDENCIES_OPEN, Achievement, Json, slug_of
from scaffold.names import UNTITLED, is_achievement_id, listed, nearest, shown, unsafe_name
from scaffold.plan import near_keys
from scaffold.plan.levels import cycles
from scaffold.reading import merge_markers

FILE_NAME = "parallel.json"
OPEN = DEPENDENCIES_OPEN

MAX_BYTES = 10_000_000
MAX_DEPTH = 50
_MOST_DIGITS = 1000
_LONGEST = 60
"""Of how many characters a message repeats a key or number of the file."""

_GUESSES = 10
"""For how many unknown ids the most similar is looked up: it takes long, and with more it is the wrong file."""

_GUESSED_AMONG = 20_000
"""Among how many ids it is looked up; it takes a second for each 100,000."""

_NAMED = 10
"""How many ids a message names."""

_ALWAYS_SOUND = (int, float, type(None))
_HALF_PAIR = regex("[\ud800-\udfff]")

_KNOWN_KEYS = frozenset({"id", "achievement_id", "title", "dependencies", "estimated_hours"})
_SHAPE = 'expected {"plan_name": "…", "achievements": [{"id": "1.1", "title": "…", "dependencies": []}]}'


@frozen
class Parallel:
    """What `parallel.json` says: the plan's name, if it gives one, and the achievements in the file's order."""

    plan_name: str | None
    achievements: tuple[Achievement, ...]


class _Repeating(dict[str, object]):
    """A JSON object in which keys come more than once: `repeated` counts these keys."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        self.repeated = {key: count for key, count in Counter(key for key, _ in pairs).items() if count > 1}


@frozen
class _NotANumber:
    """`NaN`, `Infinity` or a number too large: written in the file, but not JSON."""

    text: str


class _Path(NamedTuple):
    """The path to a JSON value, written out only where there is a problem."""

    step: str | int
    above: "_Path | None"

    def __str__(self) -> str:
        steps: list[str] = []
        at: _Path | None = self
        while at:
            steps.append(f"[{at.step}]" if isinstance(at.step, int) else f".{_cut(at.step)}")
            at = at.above
        return "".join(reversed(steps)).removeprefix(".")


class _Problems(Problems):
    """The problems of a `parallel.json`; the default hint is to correct it."""

    def __init__(self) -> None:
        super().__init__(FILE_NAME)

    def add(self, code: Code, message: str, *, line: int | None = None, hint: str | None = None) -> None:
        super().add(code, message, line=line, hint=hint or f"correct {FILE_NAME}")


def parse(content: bytes) -> Parallel:
    """Read the bytes of a `parallel.json`.

    Raises InvalidInput with every problem found, of more than a hundred the first and their number; each names its
    JSON path or its line and column. Problems of the JSON itself hide those of its meaning, and wrong entries those of
    the graph between them.
    """
    problems = _Problems()
    top = _sound(_loaded(content), problems)
    if not isinstance(top, dict):
        raise _broken("wrong_type", f"the top level is {_kind(top)}, not an object", hint=_SHAPE)
    entries = top.get("achievements")
    if not isinstance(entries, list):
        raise _broken("wrong_type", f"achievements: expected a list, found {_kind(entries)}", hint=_SHAPE)
    plan_name = _plan_name(top, problems)
    achievements = [_achievement(entry, f"achievements[{at}]", problems) for at, entry in enumerate(entries)]
    problems.raise_if_any()
    known = tuple(achievement for achievement in achievements if achievement is not None)
    _check_ids(known, problems)
    _check_dependencies(known, problems)
    problems.raise_if_any()
    return Parallel(plan_name, known)


def read_entries(entries: Iterable[Mapping[str, object]]) -> tuple[Achievement, ...]:
    """Read achievements from mappings, each like an entry of a file.

    Raises InvalidInput as `parse` does, but follows no dependency: what a caller has may be a part of a plan.
    """
    problems = _Problems()
    content = json.dumps([dict(entry) for entry in entries], default=str).encode()
    listed = _sound(_loaded(content), problems)
    assert isinstance(listed, list)  # noqa: S101 - it was written as one
    achievements = [_achievement(entry, f"achievements[{at}]", problems) for at, entry in enumerate(listed)]
    problems.raise_if_any()
    return tuple(achievement for achievement in achievements if achievement is not None)


def _broken(code: Code, message: str, *, line: int | None = None, hint: str = f"correct {FILE_NAME}") -> InvalidInput:
    """Build the error for a file that cannot be read any further."""
    return InvalidInput([Diagnostic(code, message, FILE_NAME, line, hint)])


def _loaded(content: bytes) -> object:
    """Decode and parse; what the standard library lets pass comes back as `_Repeating` and `_NotANumber`."""
    if len(content) > MAX_BYTES:
        raise _broken("too_large", f"the file has more than {MAX_BYTES:,} bytes")
    try:
        text = content.decode("utf-8-sig")
        if not text.strip():
            raise _broken("not_json", "the file is empty", line=1, hint=_SHAPE)
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_NotANumber, parse_float=_float, parse_int=_whole
        )
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8"
        raise _broken("not_utf8", message, line=line, hint=f"save {FILE_NAME} as UTF-8") from error
    except json.JSONDecodeError as error:
        broken = _broken("not_json", f"column {error.colno}: not valid JSON: {error.msg}", line=error.lineno)
        raise InvalidInput(merge_markers.unresolved(text, FILE_NAME) or broken.diagnostics) from error
    except RecursionError as error:
        raise _broken("too_deep", f"nested more than {MAX_DEPTH} levels deep") from error


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    plain = dict(pairs)
    return plain if len(plain) == len(pairs) else _Repeating(pairs)


def _float(text: str) -> float | _NotANumber:
    number = float(text)
    return number if math.isfinite(number) else _NotANumber(text)


def _whole(text: str) -> int | _NotANumber:
    return int(text) if len(text) <= _MOST_DIGITS else _NotANumber(text)


def _sound(value: object, problems: _Problems) -> Json:
    """Return what was loaded, which is plain JSON; raises InvalidInput with every place where it is not."""
    _check(value, problems, None, 0)
    problems.raise_if_any()
    return value  # type: ignore[return-value]  # nothing but JSON is left


def _check(value: object, problems: _Problems, path: _Path | None, depth: int) -> None:
    """Note where a value, or anything in it, is not sound."""
    match value:
        case dict() | list() if depth > MAX_DEPTH:
            problems.add("too_deep", f"{str(path)[:60]}…: nested more than {MAX_DEPTH} levels deep")
        case dict():
            _check_keys(value, problems, path)
            for key, item in value.items():
                if not isinstance(item, _ALWAYS_SOUND):
                    _check(item, problems, _Path(key, path), depth + 1)
        case list():
            for at, item in enumerate(value):
                if not isinstance(item, _ALWAYS_SOUND):
                    _check(item, problems, _Path(at, path), depth + 1)
        case _NotANumber(text):
            what = f"is too long with {len(text):,} digits" if len(text) > _MOST_DIGITS else "is not a JSON number"
            problems.add("not_json", f"{path}: {_cut(text)} {what}", hint="write a number or null")
        case str() if not value.isascii():
            _check_text(value, problems, path)


def _check_keys(value: dict[str, object], problems: _Problems, path: _Path | None) -> None:
    for key, count in value.repeated.items() if isinstance(value, _Repeating) else ():
        message = f"{_Path(key, path)}: the key is defined {_times(count)}"
        problems.add("duplicate_key", message, hint="keep one of them")
    for key in value:
        if not key.isascii():
            _check_text(key, problems, path)


def _check_text(text: str, problems: _Problems, path: _Path | None) -> None:
    if found := _HALF_PAIR.search(text):
        near = ascii(text[max(found.start() - 20, 0) : found.start() + 20])
        message = f"{path or 'top'}: half of a surrogate pair ({near[:60]})"
        problems.add("lone_surrogate", message, hint="write the character itself instead of \\u escapes")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _plan_name(top: dict[str, Json], problems: _Problems) -> str | None:
    name = top.get("plan_name")
    if name is None:
        return None
    if not isinstance(name, str):
        problems.add("wrong_type", f"plan_name: expected a string, found {_kind(name)}")
        return None
    if reason := unsafe_name(name):
        hint = "use the name as in PLAN_<NAME>.md: letters, digits, '-' and '_'"
        problems.add("unsafe_plan_name", f"plan_name: {shown(name)} cannot be part of a file name: {reason}", hint=hint)
    return name


def _achievement(entry: Json, path: str, problems: _Problems) -> Achievement | None:
    """Read one entry; None, with the problems noted, when it is not sound."""
    if not isinstance(entry, dict):
        problems.add("wrong_type", f"{path}: expected an object, found {_kind(entry)}", hint=_SHAPE)
        return None
    before = problems.count
    key = "achievement_id" if entry.get("id") is None and "achievement_id" in entry else "id"
    achievement_id = entry.get(key)
    if not isinstance(achievement_id, str) or not is_achievement_id(achievement_id):
        given = shown(achievement_id) if isinstance(achievement_id, str) else _kind(achievement_id)
        hint = 'write numbers joined by dots, in quotes: "2.3"'
        problems.add("bad_id", f'{path}.{key}: expected an id such as "2.3", found {given}', hint=hint)
    title = entry.get("title")
    if not isinstance(title, str | None):
        problems.add("wrong_type", f"{path}.title: expected a string, found {_kind(title)}")
    hours = entry.get("estimated_hours")
    if isinstance(hours, bool) or not isinstance(hours, int | float | str | None):
        problems.add("wrong_type", f'{path}.estimated_hours: expected 3.5, "4-6" or null, found {_kind(hours)}')
    dependencies = _dependencies(entry.get("dependencies"), f"{path}.dependencies", problems)
    if problems.count > before:
        return None
    extra = {name: value for name, value in entry.items() if name not in _KNOWN_KEYS}
    title_text = " ".join(str(title or "").split()) or UNTITLED
    return Achievement(str(achievement_id), title_text, dependencies, _time(hours), extra)


def _dependencies(value: Json, path: str, problems: _Problems) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        problems.add("wrong_type", f"{path}: expected a list of ids, found {_kind(value)}", hint='write ["1.1"] or []')
        return ()
    for at, item in enumerate(value):
        if not isinstance(item, str):
            hint = "put the id in quotes"
            problems.add("wrong_type", f"{path}[{at}]: expected an id in quotes, found {_kind(item)}", hint=hint)
    return tuple(dict.fromkeys(str(item) for item in value))


def _time(hours: Json) -> str | None:
    """Return hours as a reader expects them: `3.5` and `"4-6"` get their unit, other text stays as it is."""
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
        for id_, count in Counter(ids).items():
            if count > 1:
                message = f"achievement {id_} is defined {_times(count)}"
                problems.add("duplicate_id", message, hint="give each its own id")
        if len(set(ids)) > 1:
            named = listed(dict.fromkeys(ids), " and ")
            message = f"achievements {named} would share their file names: without dots both are {slug}"
            problems.add("slug_collision", message, hint="renumber one of them")


def _check_dependencies(achievements: tuple[Achievement, ...], problems: _Problems) -> None:
    """Every dependency is known, none is the achievement itself, and they form no cycle."""
    graph = {achievement.id: achievement.dependencies for achievement in achievements}
    by_slug = {slug_of(id_): id_ for id_ in graph}
    guesses = _GUESSES
    for at, achievement in enumerate(achievements):
        for key in near_keys.misleading(achievement, graph):
            message = f"achievements[{at}].{key} ({achievement.id}): the key must be called dependencies"
            problems.add("key_ignored", message, hint="rename it: as it is, the achievement would depend on nothing")
        path = f"achievements[{at}].dependencies ({achievement.id})"
        for needed in achievement.dependencies:
            if needed == achievement.id:
                hint = f"remove {needed} from the list"
                problems.add("self_dependency", f"{path}: {needed} depends on itself", hint=hint)
            elif needed not in graph:
                near = by_slug.get(slug_of(needed))
                if near in (None, achievement.id) and guesses:
                    guesses -= 1
                    near = nearest(needed, graph.keys() - {achievement.id}) if len(graph) <= _GUESSED_AMONG else None
                hint = f"did you mean {near}?" if near else "remove it, or add that achievement"
                problems.add("unknown_dependency", f"{path}: there is no achievement {shown(needed)}", hint=hint)
    known = {id_: [other for other in others if other in graph and other != id_] for id_, others in graph.items()}
    for chain in cycles(known):
        message = f"dependencies form a cycle: {_circle(chain)}"
        problems.add("cycle", message, hint="remove one of these dependencies")


def _circle(chain: tuple[str, ...]) -> str:
    """Write a cycle; of a long one its beginning and its end."""
    if len(chain) <= 2 * _NAMED:
        return " → ".join(chain)
    return " → ".join([*chain[:_NAMED], f"… {len(chain) - _NAMED - 2:,} more …", *chain[-2:]])


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"


def _kind(value: Json) -> str:
    """Return the kind of a value in JSON's words."""
    match value:
        case None:
            return "nothing (null or missing)"
        case bool():
            return f"the boolean {str(value).lower()}"
        case int() | float():
            return f"the number {_cut(str(value))}"
        case str():
            return f"the string {value[:40]!r}"
        case list():
            return "a list"
        case dict():
            return "an object"
