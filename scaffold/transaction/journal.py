"""What a transaction writes down at its commit point, and how what is found on disk is checked before it is believed.

Journals and records may come from a clone, from a newer version or from a broken disk. They are read up to a size,
strictly, and only as what they must be.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.model import Json

VERSION = 3
JOURNAL_LIMIT = 64 << 20

_SHA256 = regex(r"[0-9a-f]{64}\Z")
_TIME = regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z", re.ASCII)
_BATCH = regex(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}\Z")
_DOCUMENT = regex(r"(?P<folder>execution|subplans)/(?P<name>[^/]+\.md)\Z")
_VERDICT = regex(r"(?P<folder>execution/feedbacks)/(?P<name>(?:APPROVED|FIX|SKIPPED)_[0-9]+\.md)\Z")
_ROOT = regex(r"(?P<name>parallel\.json|PLAN_[^/]+\.md)\Z")
_LONGEST_NAME = 255
FOLDERS = ("execution", "execution/feedbacks", "subplans")


class Damaged(Exception):
    """Bookkeeping that is not what it must be; the message says how. Whoever meets it knows what to do."""


class Newer(Damaged):
    """Bookkeeping of a version that this one does not know."""


@frozen
class Entry:
    """One change as the journal has it: like a `Change`, with the new bytes' SHA-256 in place of the bytes.

    `inode` is of the file that the new bytes are staged in; None where there is none, or where it is not known.
    """

    target: str
    old: str | None
    new: str | None
    inode: int | None


@frozen
class Journal:
    """All that recovery needs: the batch, the SHA-256 of its record, the directories it creates, its changes.

    `inode` is of the transaction's directory, None in a journal of version 1. With those of the staged files it proves
    that the batch was started here: a clone or a copy has other inodes. Devices are no proof: their numbers change
    when the system starts again.
    """

    batch: str
    inode: int | None
    record: str
    folders: tuple[str, ...]
    entries: tuple[Entry, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """The files that it changes."""
        return tuple(entry.target for entry in self.entries)


def split_target(target: str) -> tuple[str, str] | None:
    """Return the directory (`.` for the plan) and name of a target that a batch may write, None for any other.

    Allowed are `execution/NAME.md`, `subplans/NAME.md`, the verdicts in `execution/feedbacks/`, `PLAN_NAME.md` and
    `parallel.json`: everything that scaffold creates, and nothing else. Hidden names and characters that do not print
    (control, bidi, surrogates) are not.
    """
    match = _DOCUMENT.match(target) or _VERDICT.match(target) or _ROOT.match(target)
    if match is None:
        return None
    name = match["name"]
    if name.startswith(".") or not target.isprintable() or len(name.encode()) > _LONGEST_NAME:
        return None
    return match.groupdict().get("folder") or ".", name


@cache
def place_of(target: str) -> tuple[str, str]:
    """Return the directory and name of a target that `split_target` allows. Raises ValueError for any other."""
    place = split_target(target)
    if place is None:
        raise ValueError(f"{target!a} is not a file that scaffold may write")
    return place


def folders_of(targets: Iterable[str]) -> set[str]:
    """Return the directories that targets lie in, and those above them: also `execution` for `execution/feedbacks`."""
    inside = {place_of(target)[0] for target in targets}
    return inside | {folder.partition("/")[0] for folder in inside}


def is_batch_id(text: str) -> bool:
    """Whether `text` can be the id of a batch, which is the name of a directory too."""
    return _BATCH.match(text) is not None


# --- the envelope: version and checksum around any body --------------------------------------------------------------


def seal(body: Mapping[str, Json]) -> bytes:
    """Wrap a body with the version and the checksum of its content.

    Every field and every item of a list has a line of its own, so that git shows what changed. Only whole lines are
    left to the encoder: with an indent it would be the one that is written in Python.
    """
    fields = ",\n".join(f"  {_encoded(name)}: {_in_lines(value)}" for name, value in body.items())
    head = f'{{\n "version": {VERSION},\n "sha256": "{_checksum(dict(body))}",\n "body": {{\n'
    return f"{head}{fields}\n }}\n}}\n".encode()


def _in_lines(value: Json) -> str:
    if not isinstance(value, list) or not value:
        return _encoded(value)
    return "[\n" + ",\n".join(f"   {_encoded(item)}" for item in value) + "\n  ]"


_encoded = json.JSONEncoder().encode


def unseal(content: bytes) -> tuple[int, "Fields"]:
    """Return the version and the body of what was sealed.

    The checksum is of what it says, not of how it is laid out: git may turn its line ends. Raises
    Newer for a version above ours, Damaged for anything else that is wrong.
    """
    fields = Fields.of(parsed(content))
    version = fields.number("version")
    if version > VERSION:
        raise Newer(f"written by a newer scaffold (format {version}; this one knows {VERSION})")
    if version < 1 or set(fields.values) != {"version", "sha256", "body"}:
        raise Damaged("not what scaffold writes")
    if fields.sha256("sha256") != _checksum(fields.values["body"]):
        raise Damaged("its checksum does not match its content")
    return version, Fields.of(fields.values["body"])


def parsed(content: bytes) -> Json:
    """Return the value of JSON that is not believed yet. Raises Damaged, also where an object has a key twice."""
    try:
        value: Json = json.loads(content, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Damaged("not valid JSON") from error
    return value


def _checksum(body: Json) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _without_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("duplicate key")
    return values


def _no_constant(name: str) -> float:
    raise ValueError(name)


@frozen
class Fields:
    """An object of a document that is not believed yet: every look at a value says what it must be, or is Damaged."""

    values: Mapping[str, Json]

    @classmethod
    def of(cls, value: Json) -> "Fields":
        """Take a value that must be an object."""
        if not isinstance(value, dict):
            raise Damaged("expected an object")
        return cls(value)

    def only(self, *names: str) -> "Fields":
        """Demand exactly these keys."""
        if set(self.values) != set(names):
            raise Damaged(f"expected the keys {', '.join(names)}")
        return self

    def text(self, name: str) -> str:
        """Demand a string."""
        value = self.values.get(name)
        if not isinstance(value, str):
            raise Damaged(f"{name}: expected a string")
        return value

    def number(self, name: str) -> int:
        """Demand a whole number that is not negative."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise Damaged(f"{name}: expected a number")
        return value

    def number_or_none(self, name: str) -> int | None:
        """Demand a whole number that is not negative, or null."""
        return None if self.values.get(name) is None else self.number(name)

    def sha256(self, name: str) -> str:
        """Demand a SHA-256 in hexadecimal."""
        return self._sha256(name, self.text(name))

    def sha256_or_none(self, name: str) -> str | None:
        """Demand a SHA-256 in hexadecimal, or null."""
        return None if self.values.get(name) is None else self.sha256(name)

    def text_or_none(self, name: str) -> str | None:
        """Demand a string, or null."""
        return None if self.values.get(name) is None else self.text(name)

    def time(self, name: str) -> str:
        """Demand a time in UTC, to the second."""
        value = self.text(name)
        with suppress(ValueError):
            if _TIME.match(value) and datetime.fromisoformat(value):
                return value
        raise Damaged(f"{name}: expected UTC like 2026-01-31T12:00:00Z")

    def batch(self, name: str) -> str:
        """Demand a batch id."""
        value = self.text(name)
        if not is_batch_id(value):
            raise Damaged(f"{name}: not the id of a batch")
        return value

    def target(self, name: str) -> str:
        """Demand a path that a batch may write."""
        value = self.text(name)
        if split_target(value) is None:
            raise Damaged(f"{name}: {value!a} is not a file that scaffold writes")
        return value

    def mapping(self, name: str) -> Mapping[str, Json]:
        """Demand an object."""
        return Fields.of(self.values.get(name)).values

    def objects(self, name: str) -> "tuple[Fields, ...]":
        """Demand a list of objects."""
        return tuple(Fields.of(value) for value in self.items(name))

    def items(self, name: str) -> list[Json]:
        """Demand a list."""
        value = self.values.get(name)
        if not isinstance(value, list):
            raise Damaged(f"{name}: expected a list")
        return value

    @staticmethod
    def _sha256(name: str, value: str) -> str:
        if _SHA256.match(value) is None:
            raise Damaged(f"{name}: expected a SHA-256")
        return value


# --- the journal ----------------------------------------------------------------------------------------------------


def journal_to_bytes(journal: Journal) -> bytes:
    """Write a journal as `commit.json` has it."""
    changes: list[Json] = [
        {"target": entry.target, "old": entry.old, "new": entry.new, "inode": entry.inode} for entry in journal.entries
    ]
    body: dict[str, Json] = {"batch": journal.batch, "inode": journal.inode, "record": journal.record}
    return seal({**body, "folders": list(journal.folders), "changes": changes})


def journal_from_bytes(content: bytes) -> Journal:
    """Read `commit.json`. Every target is held against the rule again, none may occur twice. Raises Damaged, Newer."""
    version, fields = unseal(content)
    inode = ("inode",) if version > 1 else ()
    fields.only("batch", "record", "folders", "changes", *inode)
    entries = tuple(_entry(change.only("target", "old", "new", *inode)) for change in fields.objects("changes"))
    if not entries or len({entry.target for entry in entries}) != len(entries):
        raise Damaged("changes: expected each target once")
    folders = fields.items("folders")
    if not all(isinstance(folder, str) and folder in FOLDERS for folder in folders):
        raise Damaged(f"folders: expected only {', '.join(FOLDERS)}")
    names = tuple(str(name) for name in folders)
    return Journal(fields.batch("batch"), fields.number_or_none("inode"), fields.sha256("record"), names, entries)


def _entry(fields: Fields) -> Entry:
    old, new = fields.sha256_or_none("old"), fields.sha256_or_none("new")
    entry = Entry(fields.target("target"), old, new, fields.number_or_none("inode"))
    if entry.old is None and entry.new is None:
        raise Damaged(f"{entry.target}: it says neither what to write nor what to remove")
    return entry
