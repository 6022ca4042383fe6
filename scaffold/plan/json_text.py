"""Changes entries of a `parallel.json` in its text: what does not change stays as a person wrote it, to the blank."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.model import Json, id_order

_decode = json.JSONDecoder().raw_decode
_BLANKS = regex(r"[ \t\r\n]*")


@frozen
class EntryEdit:
    """What is to change in the entry of one achievement: keys with their new values, and keys that go."""

    values: Mapping[str, Json]
    removed: Collection[str] = ()


@frozen
class _Member:
    """A member of an object: where its key begins, where its value begins and ends."""

    key: str
    at: int
    first: int
    end: int


@frozen
class _Cut:
    """A piece of the text from `first` up to `end`, and what takes its place."""

    first: int
    end: int
    text: str


def edited(text: str, edits: Mapping[str, EntryEdit], added: Sequence[Mapping[str, Json]]) -> str:
    """Return the text of a sound `parallel.json` with its entries edited, by id, and others added among them.

    An added entry has an `id`; it stands behind the last entry with a lower one, and looks like that entry. Members
    that are not edited, their order, and all blanks stay.
    """
    top = _blanks(text, text.startswith("\ufeff"))
    listed = next(member for member in _members(text, top) if member.key == "achievements")
    spans = list(_elements(text, listed.first))
    ids = [_id_of(text, first) for first, _ in spans]
    cuts = [
        cut
        for (first, _), achievement in zip(spans, ids, strict=True)
        if achievement in edits
        for cut in _of_entry(text, first, edits[achievement])
    ]
    cuts += _of_additions(text, listed, spans, ids, added)
    return _applied(text, cuts)


def _applied(text: str, cuts: Sequence[_Cut]) -> str:
    pieces, at = [], 0
    for cut in sorted(cuts, key=lambda cut: cut.first):
        pieces += [text[at : cut.first], cut.text]
        at = cut.end
    return "".join([*pieces, text[at:]])


# --- where things are ------------------------------------------------------------------------------------------------


def _blanks(text: str, at: int) -> int:
    """Return where the blanks end that begin at a place."""
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _members(text: str, at: int) -> Iterator[_Member]:
    """Yield the members of the object that begins at a place."""
    at = _blanks(text, at + 1)
    while text[at] != "}":
        key, end = _decode(text, at)
        first = _blanks(text, _blanks(text, end) + 1)  # over the colon
        _, end = _decode(text, first)
        yield _Member(str(key), at, first, end)
        at = _next(text, end)


def _elements(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Yield where the elements of the list that begins at a place begin and end."""
    at = _blanks(text, at + 1)
    while text[at] != "]":
        _, end = _decode(text, at)
        yield at, end
        at = _next(text, end)


def _next(text: str, end: int) -> int:
    at = _blanks(text, end)
    return _blanks(text, at + 1) if text[at] == "," else at


def _id_of(text: str, first: int) -> str:
    read, _ = _decode(text, first)
    return str(read["achievement_id"] if read.get("id") is None and "achievement_id" in read else read["id"])


# --- an entry --------------------------------------------------------------------------------------------------------


def _of_entry(text: str, first: int, edit: EntryEdit) -> Iterator[_Cut]:
    """Yield the cuts that an entry takes."""
    members = list(_members(text, first))
    by_key = {member.key: member for member in members}
    for key, value in edit.values.items():
        if member := by_key.get(key):
            yield _Cut(member.first, member.end, _value(value, text[member.first : member.end]))
        else:
            last = members[-1]
            is_single = len(members) == 1
            before = text[first + 1 : last.at] if is_single else text[members[-2].end + 1 : last.at]
            blanks = " " if before.strip() or (is_single and "\n" not in before) else before
            yield _Cut(last.end, last.end, f",{blanks}{_dumped(key)}: {_dumped(value)}")
    for at, member in enumerate(members):
        if member.key in edit.removed:
            yield _Cut(members[at - 1].end, member.end, "") if at else _Cut(member.at, _next(text, member.end), "")


def _value(value: Json, old: str) -> str:
    """Write a value; a list with an element a line stays one."""
    inside = old[1:-1]
    if not isinstance(value, list) or not value or not inside.strip() or "\n" not in inside:
        return _dumped(value)
    before, behind = inside[: _blanks(inside, 0)], inside[len(inside.rstrip()) :]
    return f"[{before}{f',{before}'.join(map(_dumped, value))}{behind}]"


def _dumped(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


# --- new entries -----------------------------------------------------------------------------------------------------


def _of_additions(
    text: str,
    listed: _Member,
    spans: Sequence[tuple[int, int]],
    ids: Sequence[str],
    added: Sequence[Mapping[str, Json]],
) -> Iterator[_Cut]:
    """Yield the cuts that put the added entries in their places."""
    ordered = sorted(added, key=lambda entry: id_order(str(entry["id"])))
    if not spans:
        if ordered:
            rows = ",\n".join(f"    {_dumped(dict(entry))}" for entry in ordered)
            yield _Cut(listed.first, listed.end, f"[\n{rows}\n  ]")
        return
    blanks = text[listed.first + 1 : spans[0][0]]
    for entry in ordered:
        own = id_order(str(entry["id"]))
        before = max((at for at, id_ in enumerate(ids) if id_order(id_) < own), default=None)
        first, end = spans[before or 0]
        new = _like(text, first, end, entry)
        if before is None:
            yield _Cut(first, first, f"{new},{blanks}")
        else:
            yield _Cut(end, end, f",{blanks}{new}")


def _like(text: str, first: int, end: int, entry: Mapping[str, Json]) -> str:
    """Write an entry as its neighbour from `first` to `end` is written: in a line or in several, with its id key."""
    members = list(_members(text, first))
    name = "achievement_id" if "id" not in {member.key for member in members} else "id"
    rows = [f"{_dumped(name if key == 'id' else key)}: {_dumped(value)}" for key, value in entry.items()]
    before, behind = text[first + 1 : members[0].at], text[members[-1].end : end - 1]
    between = before if "\n" in before else " "
    return f"{{{before}{f',{between}'.join(rows)}{behind}}}"
