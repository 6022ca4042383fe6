"""How a batch is remembered: its record, and in one file the bytes it wrote (the merge bases) and took away."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass

from scaffold.model import BatchRecord, Json, RecordedFile, sha256
from scaffold.transaction.journal import Damaged, Fields, seal, unseal

RECORD, CONTENTS = "record.json", "contents.json"
RECORD_LIMIT = 64 << 20
CONTENTS_LIMIT = 256 << 20

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z", re.ASCII)
_TEXTS = ("id", "time", "command", "selection", "template", "template_digest")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A record and its place among the batches of the same second, of which a plan may have several.

    `sequence` is how many there were when the batch was made. In records of earlier versions it counts the batches of
    all time; that orders those of one second as well.
    """

    sequence: int
    record: BatchRecord


@dataclass(frozen=True, slots=True)
class Contents:
    """The bytes of a batch by target: `new` that it wrote, `old` that it replaced or removed."""

    new: Mapping[str, bytes]
    old: Mapping[str, bytes]


def second_of(batch: str) -> str:
    """Return the part of a batch's id that says when it was made, to the second: `20261122T201500Z`."""
    return batch.partition("-")[0]


def record_to_bytes(numbered: Numbered) -> bytes:
    """Write a record as `record.json` has it."""
    record = numbered.record
    body: dict[str, Json] = {name: getattr(record, name) for name in _TEXTS}
    files: list[Json] = [{name: getattr(file, name) for name in RecordedFile.__slots__} for file in record.files]
    return seal({**body, "sequence": numbered.sequence, "files": files, "answers": dict(record.answers)})


def record_from_bytes(content: bytes) -> Numbered:
    """Read `record.json`, which must name a batch that did something, to each target once. Raises Damaged, Newer."""
    fields = unseal(content)[1].only(*_TEXTS, "sequence", "files", "answers")
    if _TIME.match(fields.text("time")) is None:
        raise Damaged("time: UTC like 2026-01-31T12:00:00Z was expected")
    files = tuple(_file(one) for one in fields.objects("files"))
    if not files or len({one.target for one in files}) != len(files):
        raise Damaged("files: each target once was expected")
    record = BatchRecord(
        id=fields.batch("id"),
        time=fields.text("time"),
        command=fields.text("command"),
        selection=fields.text("selection"),
        template=fields.text("template"),
        template_digest=fields.text("template_digest"),
        files=files,
        answers=fields.mapping("answers"),
    )
    return Numbered(fields.number("sequence"), record)


def _file(fields: Fields) -> RecordedFile:
    fields.only(*RecordedFile.__slots__)
    file = RecordedFile(
        target=fields.target("target"),
        old_sha256=fields.sha256_or_none("old_sha256"),
        sha256=fields.sha256_or_none("sha256"),
        source=fields.text_or_none("source"),
        source_sha256=fields.sha256_or_none("source_sha256"),
    )
    if file.old_sha256 == file.sha256:
        raise Damaged(f"{file.target}: the batch did nothing to this file")
    return file


def contents_to_bytes(contents: Contents) -> bytes:
    """Write `contents.json`: text as text, so that git can show and pack it, anything else in base64."""
    return seal({"new": _all_to_json(contents.new), "old": _all_to_json(contents.old)})


def contents_from_bytes(content: bytes, record: BatchRecord) -> Contents:
    """Read `contents.json` of a record, which names the hash of every file that must be in it, and no other.

    Raises Damaged, Newer.
    """
    fields = unseal(content)[1].only("new", "old")
    contents = Contents(_all_from_json(fields.mapping("new")), _all_from_json(fields.mapping("old")))
    for file in record.files:
        _demand(contents.new, file.target, file.sha256)
        _demand(contents.old, file.target, file.old_sha256)
    return contents


def _demand(found: Mapping[str, bytes], target: str, wanted: str | None) -> None:
    if wanted != (sha256(found[target]) if target in found else None):
        raise Damaged(f"{target}: not the content that the record names")


def _all_to_json(contents: Mapping[str, bytes]) -> dict[str, Json]:
    return {target: _to_json(content) for target, content in contents.items()}


def _to_json(content: bytes) -> Json:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _all_from_json(contents: Mapping[str, Json]) -> dict[str, bytes]:
    return {target: _from_json(value) for target, value in contents.items()}


def _from_json(value: Json) -> bytes:
    try:
        if isinstance(value, str):
            return value.encode()
        return base64.b64decode(Fields.of(value).only("base64").text("base64"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Damaged("not the bytes of a file") from error
