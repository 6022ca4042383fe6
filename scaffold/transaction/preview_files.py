"""How a kept preview is written down: whole, and with the place where it lies, which no clone and no copy has."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date

from scaffold.lazy.values import frozen
from scaffold.model import Change, ChangeSet, Json
from scaffold.transaction.journal import Damaged, Fields, seal, unseal
from scaffold.transaction.pieces import content_from_json, content_to_json


class MadeElsewhere(Damaged):
    """A sound preview that was not kept where it is found."""


@frozen
class KeptChange:
    """One change that a preview showed: as `Change`, without what it was made from."""

    target: str
    old: str | None
    new: bytes | None
    generated: bytes | None


@frozen
class KeptPreview:
    """A preview that was shown: what was asked for, what it was made from, and the changes, with their bytes.

    `id` is that of the change set, `time` when it was shown: UTC, ISO 8601 to the second, ending in `Z`. `words` are
    the request as on a command line, without the plan: `("executions", "--batch", "--level", "0")`. `created` is the
    date that its documents carry, `YYYY-MM-DD`. `inputs` has, by the name that people know it by, a digest or a short
    text of everything that can make the documents others.
    """

    id: str
    time: str
    words: tuple[str, ...]
    created: str
    inputs: Mapping[str, str]
    changes: tuple[KeptChange, ...]


@frozen
class Place:
    """Where a preview is kept: the inodes of its directory and of its file. Devices are no proof, as for journals."""

    folder: int
    file: int


def preview_to_bytes(preview: KeptPreview, place: Place) -> bytes:
    """Write a preview that is kept in this place."""
    return seal({**_body(preview), "folder": place.folder, "file": place.file})


def preview_from_bytes(content: bytes, place: Place) -> KeptPreview:
    """Read a preview that was found in this place. Raises MadeElsewhere, Damaged, Newer."""
    _, fields = unseal(content)
    fields.only("id", "time", "words", "created", "inputs", "changes", "folder", "file")
    preview = _preview(fields)
    if Place(fields.number("folder"), fields.number("file")) != place:
        raise MadeElsewhere("it was not kept here")
    return preview


def demand_readable(preview: KeptPreview) -> None:
    """Raise Damaged for a preview that would not be believed when it is read again."""
    _preview(Fields(_body(preview)))


def _body(preview: KeptPreview) -> dict[str, Json]:
    changes: list[Json] = [
        {"target": change.target, "old": change.old, "new": _json(change.new), "generated": _json(change.generated)}
        for change in preview.changes
    ]
    body: dict[str, Json] = {"id": preview.id, "time": preview.time, "words": list(preview.words)}
    return {**body, "created": preview.created, "inputs": dict(preview.inputs), "changes": changes}


def _json(content: bytes | None) -> Json:
    return None if content is None else content_to_json(content)


def _content(fields: Fields, name: str) -> bytes | None:
    value = fields.values[name]
    return None if value is None else content_from_json(value)


def _preview(fields: Fields) -> KeptPreview:
    """Return the preview that a body holds. Raises Damaged, also where its id is not that of its changes."""
    words, inputs = fields.items("words"), Fields(fields.mapping("inputs"))
    if not words or not all(isinstance(word, str) for word in words):
        raise Damaged("words: expected a command line")
    changes = tuple(_change(change) for change in fields.objects("changes"))
    if len({change.target for change in changes}) != len(changes):
        raise Damaged("changes: expected each target once")
    preview = KeptPreview(
        id=fields.text("id"),
        time=fields.time("time"),
        words=tuple(str(word) for word in words),
        created=_date(fields.text("created")),
        inputs={name: inputs.text(name) for name in inputs.values},
        changes=changes,
    )
    made = (Change(change.target, change.old, change.new, generated=change.generated) for change in changes)
    if preview.id != ChangeSet(tuple(made)).id:
        raise Damaged("its id is not that of its changes")
    return preview


def _change(fields: Fields) -> KeptChange:
    fields.only("target", "old", "new", "generated")
    new, generated = _content(fields, "new"), _content(fields, "generated")
    change = KeptChange(fields.target("target"), fields.sha256_or_none("old"), new, generated)
    if change.old is None and change.new is None:
        raise Damaged(f"{change.target}: it says neither what to write nor what to remove")
    return change


def _date(text: str) -> str:
    with suppress(ValueError):
        if date.fromisoformat(text).isoformat() == text:  # others than YYYY-MM-DD are read too
            return text
    raise Damaged("created: expected a date like 2026-01-31")
