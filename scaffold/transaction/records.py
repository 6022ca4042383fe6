"""How a batch is recorded: what it did to which files, and what vouches for the pieces that lie beside its record."""

from collections.abc import Mapping

from scaffold import __version__
from scaffold.lazy.values import frozen
from scaffold.model import Batch, BatchRecord, Change, Json, RecordedFile, batch_id, sha256
from scaffold.transaction.journal import Damaged, Fields, seal, unseal

RECORD = "record.json"
RECORD_LIMIT = 64 << 20
"""Bytes of a record: about a hundred thousand files."""

_TEXTS = ("id", "time", "command", "selection")
_V1_SET = ("template", "template_digest")
"""Version 1 names one template set for the whole batch. An undo names that of the batch it takes back."""

_FILE = RecordedFile.__match_args__
_LATER = ("template_rule", "made_of", "source_wording")
_VERSION = "scaffold"
"""What the first records of version 2 do not have yet, of a file and of a batch."""
_LAST_WITH_ANSWERS = 2
"""The last version whose records hold the answers themselves."""

_V1_FILE = ("target", "old_sha256", "sha256", "source", "source_sha256")


@frozen
class Numbered:
    """A record and its place among the batches of the same second, of which a plan may have several.

    `sequence` is how many there were when the batch was made. In records of earlier versions it counts the batches of
    all time; that orders those of one second as well. `answers` is the SHA-256 of the lines beside it that have the
    answers; a record before version 3 holds the answers themselves.
    """

    sequence: int
    record: BatchRecord
    answers: str | Mapping[str, Json]


def second_of(batch: str) -> str:
    """Return the part of a batch's id that says when it was made, to the second: `20261122T201500Z`."""
    return batch.partition("-")[0]


def record_of(batch: Batch, time: str) -> BatchRecord:
    """Return what is kept of a batch that is applied at `time` (UTC, ISO 8601 to the second)."""
    return BatchRecord(
        id=batch_id(time, batch.changes),
        time=time,
        command=batch.command,
        selection=batch.selection,
        undoes=batch.undoes,
        files=tuple(_recorded(change) for change in batch.changes.changes),
        scaffold=__version__,
    )


def _recorded(change: Change) -> RecordedFile:
    return RecordedFile(
        target=change.target,
        old_sha256=change.old,
        sha256=None if change.new is None else sha256(change.new),
        generated_sha256=None if change.generated is None else sha256(change.generated),
        source=change.source.path if change.source else None,
        source_sha256=change.source.sha256 if change.source else None,
        template=change.template.name if change.template else None,
        template_digest=change.template.digest if change.template else None,
        template_rule=change.template.rule if change.template else None,
        made_of=change.made_of,
        source_wording=change.source_wording,
    )


def record_to_bytes(numbered: Numbered) -> bytes:
    """Write a record as `record.json` has it."""
    record = numbered.record
    body: dict[str, Json] = {name: getattr(record, name) for name in _TEXTS}
    files: list[Json] = [{name: getattr(file, name) for name in _FILE} for file in record.files]
    order: dict[str, Json] = {"undoes": record.undoes, "sequence": numbered.sequence, _VERSION: record.scaffold}
    answers = numbered.answers if isinstance(numbered.answers, str) else dict(numbered.answers)
    return seal({**body, **order, "answers": answers, "files": files})


def record_from_bytes(content: bytes) -> Numbered:
    """Read `record.json`, which must name a batch that did something, to each target once. Raises Damaged, Newer."""
    version, fields = unseal(content)
    later = (_VERSION,) if _VERSION in fields.values else ()
    fields.only(*_TEXTS, *(_V1_SET if version == 1 else ("undoes", *later)), "sequence", "files", "answers")
    is_undo = fields.text("command") == "undo"
    used = None if version > 1 or is_undo else (fields.text("template"), fields.text("template_digest"))
    files = tuple(_file(file, version, used, fields.text("command")) for file in fields.objects("files"))
    if not files or len({file.target for file in files}) != len(files):
        raise Damaged("files: expected each target once")
    record = BatchRecord(
        id=fields.batch("id"),
        time=fields.time("time"),
        command=fields.text("command"),
        selection="" if version == 1 and is_undo else fields.text("selection"),
        undoes=fields.text("selection") if version == 1 and is_undo else fields.text_or_none("undoes"),
        files=files,
        scaffold=fields.text_or_none(_VERSION),
    )
    answers = fields.sha256("answers") if version > _LAST_WITH_ANSWERS else fields.mapping("answers")
    return Numbered(fields.number("sequence"), record, answers)


def _file(fields: Fields, version: int, used: tuple[str, str] | None, command: str) -> RecordedFile:
    """Read a file; `used` is the template set that a record of version 1 names for all of them."""
    known = _V1_FILE if version == 1 else _FILE
    fields.only(*(name for name in known if name not in _LATER or name in fields.values))
    template, digest = used or (fields.text_or_none("template"), fields.text_or_none("template_digest"))
    file = RecordedFile(
        target=fields.target("target"),
        old_sha256=fields.sha256_or_none("old_sha256"),
        sha256=fields.sha256_or_none("sha256"),
        generated_sha256=fields.sha256_or_none("generated_sha256"),
        source=fields.text_or_none("source"),
        source_sha256=fields.sha256_or_none("source_sha256"),
        template=template or None,
        template_digest=digest or None,
        template_rule=fields.text_or_none("template_rule"),
        made_of=fields.sha256_or_none("made_of"),
        source_wording=fields.sha256_or_none("source_wording"),
    )
    decides = command in ("update", "undo")  # a decision that leaves the bytes as they are, or takes that back
    if file.old_sha256 == file.sha256 and not (file.sha256 and decides):
        raise Damaged(f"{file.target}: the batch did nothing to this file")
    return file
