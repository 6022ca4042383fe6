"""What a PLAN says of its achievements, as `parallel.json` would have it, and where the file says something else."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from scaffold.lazy.values import frozen
from scaffold.model import Achievement, Json
from scaffold.names import UNTITLED, composed, listed, printable
from scaffold.plan import parallel
from scaffold.reading import durations, titles
from scaffold.reading.content import PlannedAchievement

Field = Literal["achievement", "title", "dependencies", "estimated_hours"]
_LONGEST = 60
_SAME_HOURS = 0.02
"""Hours are written with two decimals."""


@frozen
class Difference:
    """A field of an achievement in which PLAN and `parallel.json` differ.

    `stated` is what the PLAN says, `written` what the file says, `value` what it would say after taking that over; all
    as the file has it. For the field `achievement` they are a whole entry, or None where it is not there. `line` is in
    the PLAN, None for what it does not define. `settles`: the file says that nobody has stated the dependencies, and
    now the PLAN does.
    """

    achievement: str
    field: Field
    stated: Json
    written: Json
    value: Json
    line: int | None
    settles: bool = False


# --- what a PLAN says ------------------------------------------------------------------------------------------------


def hours(achievement: PlannedAchievement) -> float | str | None:
    """Return the effort of an achievement as `parallel.json` has it: a number, a range as text, or null."""
    if achievement.effort is None:
        return None
    read = durations.read(achievement.effort.text)
    if read.unknown:
        return None
    if read.low < read.high:
        return f"{read.low:g}-{read.high:g}"
    return int(read.low) if read.low.is_integer() else read.low


def dependencies(achievement: PlannedAchievement) -> list[str]:
    """Return the ids that the PLAN states an achievement depends on, beyond doubt."""
    return list(achievement.dependencies.ids) if achievement.dependencies else []


def is_open(achievement: PlannedAchievement) -> bool:
    """Whether a person must say what an achievement depends on: the PLAN does not, or not clearly."""
    return achievement.dependencies is None or bool(achievement.dependencies.unclear)


def entry(achievement: PlannedAchievement) -> dict[str, Json]:
    """Return an entry of the file; what a person must fill in is marked, so that `scaffold check` can ask for it."""
    made: dict[str, Json] = {
        "id": achievement.id,
        "title": achievement.title or UNTITLED,
        "dependencies": [*dependencies(achievement)],
        "estimated_hours": hours(achievement),
    }
    return {**made, parallel.OPEN: True} if is_open(achievement) else made


# --- where the file differs -------------------------------------------------------------------------------------------


def differences(planned: Sequence[PlannedAchievement], written: Sequence[Achievement]) -> tuple[Difference, ...]:
    """Return where a PLAN and `parallel.json` differ: by achievement as the PLAN has them, then what it does not have.

    Only what the PLAN states counts, and of dependencies only what is beyond doubt. Hours that the file does not have
    (`written` None) are no contradiction, but an update fills them in. A PLAN without achievements says
    nothing. One that implies a dependency through others, or a file that does, says the same.
    """
    if not planned:
        return ()
    known = {achievement.id: achievement for achievement in written}
    graph = _as_stated(planned, written)
    defined = {achievement.id for achievement in planned}
    found: list[Difference] = []
    for stated in planned:
        if stated.id in known:
            found.extend(_of_one(stated, known[stated.id], graph, defined))
        else:
            found.append(Difference(stated.id, "achievement", entry(stated), None, entry(stated), stated.line))
    for other in written:
        if other.id not in defined:
            kept: Json = {"id": other.id, "title": other.title}
            found.append(Difference(other.id, "achievement", None, kept, kept, None))
    return tuple(found)


_Graph = Mapping[str, Sequence[str]]


def _as_stated(planned: Sequence[PlannedAchievement], written: Sequence[Achievement]) -> _Graph:
    """Return what everything depends on once the PLAN is taken over: an update leaves no difference behind."""
    graph: dict[str, Sequence[str]] = {achievement.id: achievement.dependencies for achievement in written}
    for achievement in planned:
        stated = dependencies(achievement)
        graph[achievement.id] = [*graph.get(achievement.id, ()), *stated] if is_open(achievement) else stated
    return graph


def _of_one(
    planned: PlannedAchievement, written: Achievement, graph: _Graph, defined: Collection[str]
) -> Iterator[Difference]:
    if planned.title and _bare(planned.title) != _bare(written.title):
        yield Difference(planned.id, "title", planned.title, written.title, planned.title, planned.line)
    said = hours(planned)
    if said is not None and (written.estimated_time is None or _differ(str(said), written.estimated_time)):
        line = planned.effort.line if planned.effort else planned.line
        now = written.estimated_time and written.estimated_time.removesuffix("s").removesuffix(" hour")
        yield Difference(planned.id, "estimated_hours", said, now, said, line)
    yield from _of_dependencies(planned, written, graph, defined)


def _bare(title: str) -> str:
    """Return a title as titles are compared: without marks of a state, a time, markup, punctuation and case."""
    text = titles.cleaned(composed(title))[0] or title
    return "".join(character for character in text.casefold() if character.isalnum())


def _differ(stated: str, written: str | None) -> bool:
    """Whether both are times and mean others: a number inside the range that the PLAN gives is no other time."""
    plan, file = durations.read(stated), durations.read(written)
    if plan.unknown or file.unknown:
        return False
    if file.low == file.high and plan.low - _SAME_HOURS <= file.low <= plan.high + _SAME_HOURS:
        return False
    return abs(plan.low - file.low) > _SAME_HOURS or abs(plan.high - file.high) > _SAME_HOURS


def _of_dependencies(
    planned: PlannedAchievement, written: Achievement, graph: _Graph, defined: Collection[str]
) -> Iterator[Difference]:
    said = planned.dependencies
    if said is None:
        return
    missing = [id_ for id_ in said.ids if id_ not in written.dependencies]
    surplus = [id_ for id_ in written.dependencies if id_ in defined and id_ not in said.ids and not said.unclear]
    is_missing = bool(missing) and not _reached(graph, written.dependencies).issuperset(missing)
    is_surplus = bool(surplus) and not _reached(graph, said.ids).issuperset(surplus)
    settles = written.dependencies_open and not said.unclear
    if is_missing or is_surplus or settles:
        now: list[Json] = [*written.dependencies]
        then: list[Json] = [*(id_ for id_ in now if id_ not in surplus), *missing]
        yield Difference(planned.id, "dependencies", [*said.ids], now, then, said.stated.line, settles)


def _reached(graph: _Graph, starts: Iterable[str]) -> set[str]:
    """Return everything that is reached from some achievements by following dependencies, these included."""
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        id_ = waiting.pop()
        if id_ not in reached:
            reached.add(id_)
            waiting.extend(graph.get(id_, ()))
    return reached


# --- in words --------------------------------------------------------------------------------------------------------


def in_words(difference: Difference) -> str:
    """Return how a file differs, for who stands in the PLAN: `depends on 1.1 here, but on nothing in …`."""
    if difference.field == "achievement":
        return "is not in parallel.json"
    if difference.field == "title":
        return f'is called "{_cut(difference.stated)}" here, but "{_cut(difference.written)}" in parallel.json'
    if difference.field == "estimated_hours":
        hours_ = "hour" if str(difference.stated) == "1" else "hours"
        return f"takes {difference.stated} {hours_} here, but {difference.written} in parallel.json"
    if difference.settles and difference.written:
        stated, written = ids_text(difference.stated), ids_text(difference.written)
        return f"depends on {stated} here; parallel.json has {written}, and leaves open on what else"
    if difference.settles:
        return f"depends on {ids_text(difference.stated)} here, and parallel.json leaves open on what"
    return f"depends on {ids_text(difference.stated)} here, but on {ids_text(difference.written)} in parallel.json"


def ids_text(value: Json) -> str:
    """Name the ids of a list of dependencies."""
    return (listed(map(str, value)) if isinstance(value, list) else "") or "nothing"


def _cut(value: Json) -> str:
    text = printable(str(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
