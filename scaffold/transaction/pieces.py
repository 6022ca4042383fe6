"""What a batch has for every document, written and read line by line: the answers of templates, and bytes of files.

Each line is a JSON value of its own, so that a batch of any size needs memory for no more than a line while it is
written, and so that git shows and merges it document by document.
"""

import binascii
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping

from scaffold.lazy.values import fresh, frozen
from scaffold.model import BatchRecord, ChangeSet, Json, sha256
from scaffold.transaction.journal import Damaged, Fields, parsed, unseal

ANSWERS, CONTENTS = "answers.jsonl", "contents.jsonl"
LINE_LIMIT = 256 << 20
"""Bytes of one line: what is kept of one document."""

OLDER_CONTENTS = "contents.json"
OLDER_LIMIT = 256 << 20
"""Bytes of the contents of a whole batch in one value, as they were kept before version 3."""


@frozen
class Contents:
    """The bytes of a batch by target: `new` that it wrote, `old` that it replaced or removed.

    `generated` has what source and template made, where something else was written.
    """

    new: dict[str, bytes] = fresh(factory=dict)
    old: dict[str, bytes] = fresh(factory=dict)
    generated: dict[str, bytes] = fresh(factory=dict)


def answers_to_lines(answers: Mapping[str, Json]) -> Iterator[bytes]:
    """Yield the lines of answers: all of them with empty lists, then `[name, item]` for every item of a list."""
    lists = {name: value for name, value in answers.items() if isinstance(value, list)}
    yield _line({name: [] if name in lists else value for name, value in answers.items()})
    for name, items in lists.items():
        for item in items:
            yield _line([name, item])


def answers_from_lines(lines: Iterable[bytes], wanted: str) -> Mapping[str, Json]:
    """Read the lines of answers, of which the record names the SHA-256. Raises Damaged."""
    total = hashlib.sha256()
    answers: dict[str, Json] | None = None
    lists: dict[str, list[Json]] = {}
    for line in lines:
        total.update(line + b"\n")
        value = parsed(line)
        if answers is None:
            answers = dict(Fields.of(value).values)
            lists = {name: each for name, each in answers.items() if isinstance(each, list)}
        elif isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and value[0] in lists:
            lists[value[0]].append(value[1])
        else:
            raise Damaged("expected the name of a list and an item in every line")
    if answers is None or total.hexdigest() != wanted:
        raise Damaged("not the answers that the record names")
    return answers


def contents_to_lines(changes: ChangeSet, before: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield a line for each file of a change set: text as text, so that git can show and pack it, else in base64.

    `before` has the bytes that are replaced or removed, by target.
    """
    for change in changes.changes:
        contents = {"new": change.new, "old": before.get(change.target), "generated": change.generated}
        values = {name: None if value is None else content_to_json(value) for name, value in contents.items()}
        yield _line({"target": change.target, **values})


def contents_from_lines(
    lines: Iterable[bytes], record: BatchRecord, targets: Collection[str] | None = None
) -> Contents:
    """Read the lines of a record's files, or of those `targets`; the record names the hash of all that must be in them.

    Raises Damaged.
    """
    files = {file.target: file for file in record.files}
    left = set(files)
    contents = Contents()
    for line in lines:
        fields = Fields.of(parsed(line)).only("target", "new", "old", "generated")
        target = fields.text("target")
        if target not in left:
            raise Damaged(f"{target!a}: not a file of this batch, or a second time")
        left.remove(target)
        if targets is not None and target not in targets:
            continue
        file = files[target]
        _take(contents.new, fields, "new", file.sha256)
        _take(contents.old, fields, "old", file.old_sha256)
        _take(contents.generated, fields, "generated", file.generated_sha256)
    if left:
        raise Damaged(f"{min(left)}: missing")
    return contents


def contents_from_older(content: bytes, record: BatchRecord) -> Contents:
    """Read `contents.json` of a record before version 3. Raises Damaged."""
    version, fields = unseal(content)
    names = ("new", "old", *(("generated",) if version > 1 else ()))
    fields.only(*names)
    read = {
        name: {target: content_from_json(value) for target, value in fields.mapping(name).items()} for name in names
    }
    contents = Contents(**read)
    for file in record.files:
        _demand(file.target, contents.new.get(file.target), file.sha256)
        _demand(file.target, contents.old.get(file.target), file.old_sha256)
        _demand(file.target, contents.generated.get(file.target), file.generated_sha256)
    return contents


def _take(contents: dict[str, bytes], fields: Fields, name: str, wanted: str | None) -> None:
    value, target = fields.values[name], fields.text("target")
    content = None if value is None else content_from_json(value)
    _demand(target, content, wanted)
    if content is not None:
        contents[target] = content


def _demand(target: str, content: bytes | None, wanted: str | None) -> None:
    """Raise Damaged where content, None for none, has another SHA-256 than the record names."""
    if wanted != (None if content is None else sha256(content)):
        raise Damaged(f"{target}: not the content that the record names")


def content_to_json(content: bytes) -> Json:
    """Return the bytes of a file as bookkeeping has them: text as text, anything else in base64."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        import base64

        return {"base64": base64.b64encode(content).decode()}


def content_from_json(value: Json) -> bytes:
    """Return the bytes of `content_to_json`. Raises Damaged."""
    try:
        if isinstance(value, str):
            return value.encode()
        import base64

        return base64.b64decode(Fields.of(value).only("base64").text("base64"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Damaged("not the bytes of a file") from error


def _line(value: Json) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
