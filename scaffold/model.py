"""The values that travel through scaffold: frozen, slotted, tuples inside. Text is parsed into them once."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from scaffold.errors import Diagnostic
from scaffold.lazy.values import fresh, frozen

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""What a JSON document holds."""

DEPENDENCIES_OPEN = "dependencies_open"
"""The key of `parallel.json` that marks an achievement whose dependencies a person must still fill in."""

EntryKind = Literal["file", "directory", "link", "other"]
State = Literal[
    "complete",
    "needs_fix",
    "skipped",
    "fix_in_progress",
    "in_review",
    "in_progress",
    "blocked",
    "execution_created",
    "subplan_unfilled",
    "subplan_created",
    "not_started",
]


def sha256(content: bytes) -> str:
    """Return the SHA-256 of `content` in hexadecimal: 64 lower-case digits."""
    return hashlib.sha256(content).hexdigest()


def slug_of(achievement_id: str) -> str:
    """Return the id without its dots, as file names have it: `2.3` is `23`."""
    return achievement_id.replace(".", "")


def id_order(achievement_id: str) -> tuple[int, ...]:
    """Return the sort key of an achievement id: by number, so that 1.2 comes before 1.10."""
    return tuple(int(part) for part in achievement_id.split("."))


# --- a plan ---------------------------------------------------------------------------------------------------------


@frozen
class Achievement:
    """One entry of `parallel.json`. `estimated_time` is as written (`3.5`, `4-6`); `extra` holds its unknown keys."""

    id: str
    title: str
    dependencies: tuple[str, ...]
    estimated_time: str | None
    extra: Mapping[str, Json]

    @property
    def slug(self) -> str:
        """The id without its dots."""
        return slug_of(self.id)

    @property
    def dependencies_open(self) -> bool:
        """Whether nobody has stated what it depends on, or not all of it: `dependencies` may lack some."""
        return bool(self.extra.get(DEPENDENCIES_OPEN))


@frozen
class Input:
    """A file that a change set was made from: its path (POSIX, relative to the plan) and SHA-256."""

    path: str
    sha256: str


@frozen
class Plan:
    """A plan directory, read once.

    `argument` is how the user named it, for the commands in hints; `document` is the file name of the PLAN.
    `subplans`, `executions` and `feedbacks` map the names found in `subplans/`, `execution/` and `execution/feedbacks/`
    to what they are, `top` those beside the PLAN. `spelled` has those of the first two that are not composed
    characters (NFC), by their composed form. `inputs` are the files this was read from, `diagnostics` what looks wrong.
    """

    argument: Path
    directory: Path
    name: str
    document: str
    achievements: tuple[Achievement, ...]
    subplans: Mapping[str, EntryKind]
    executions: Mapping[str, EntryKind]
    feedbacks: Mapping[str, EntryKind]
    inputs: tuple[Input, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    spelled: Mapping[str, str] = fresh(factory=dict)
    top: Mapping[str, EntryKind] = fresh(factory=dict)


@frozen
class TemplateUsed:
    """A template set that a document is made with: its name as records keep it, the SHA-256 over all that reaches it.

    `rule` is what chose it: `rule 2 (team: data)`, `default`, `--template`; None where nothing chooses. `copier` says
    why copier was needed to render it, None where it was not.
    """

    name: str
    digest: str
    rule: str | None = None
    copier: str | None = None


# --- a change set and a batch ---------------------------------------------------------------------------------------


@frozen
class Change:
    """One file to create, replace or remove.

    `target` is POSIX and relative to the plan. `old` is the SHA-256 of what must be there now, None for nothing.
    `new` is the bytes that it should have, None to remove it. `source` is the file and `template` the set that they are
    made from, where they are; `generated` is what came of those where it is not what is written, as after a merge.
    `made_of` stands for all that could make it other but the source, as `plan.made_of` has it, and `source_wording` for
    what the source says, whatever its layout.
    """

    target: str
    old: str | None
    new: bytes | None
    source: Input | None = None
    template: TemplateUsed | None = None
    generated: bytes | None = None
    made_of: str | None = None
    source_wording: str | None = None


@frozen
class ChangeSet:
    """The exact changes that a run would make, with their bytes, and the inputs they were made from.

    `absent` are paths where there must still be nothing when they are made: what would have made them others.
    """

    changes: tuple[Change, ...]
    inputs: tuple[Input, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted (target, old hash, new bytes, generated bytes if others): 64 hexadecimal digits."""
        total = hashlib.sha256()
        for change in sorted(self.changes, key=lambda change: change.target):
            new = b"-" if change.new is None else b"+%d:%b" % (len(change.new), change.new)
            total.update(b"%b\0%b\0%b\0" % (change.target.encode(), (change.old or "-").encode(), new))
            if change.generated is not None:  # what is decided against
                total.update(b"%d:%b" % (len(change.generated), change.generated))
        return total.hexdigest()

    @property
    def id(self) -> str:
        """The first 12 digits of the digest: the same changes have the same id, whenever they are prepared."""
        return self.digest[:12]


@frozen
class Batch:
    """A change set to be applied, with what is remembered of it beside its files.

    `command` is what makes it (`executions`, `update`, `undo`), `selection` the options that chose it, `answers` the
    variables that its templates were given. `undoes` is the id of the batch that it takes back, None for none.
    """

    command: str
    selection: str
    changes: ChangeSet
    answers: Mapping[str, Json]
    undoes: str | None = None


@frozen
class RecordedFile:
    """One file of a batch.

    `sha256` is of the bytes that were written (None: removed), `generated_sha256` of those that source and template
    make, where they are others. `source` is the SUBPLAN or PLAN it came from, `template` the name of the set, and
    `template_rule` what chose it. `made_of` and `source_wording` are as in a `Change`.
    """

    target: str
    old_sha256: str | None
    sha256: str | None
    generated_sha256: str | None
    source: str | None
    source_sha256: str | None
    template: str | None
    template_digest: str | None
    template_rule: str | None = None
    made_of: str | None = None
    source_wording: str | None = None


@frozen
class BatchRecord:
    """What is kept of an applied batch: `time` is UTC, ISO 8601 to the second, ending in `Z`; the rest is as there.

    `scaffold` is the version that made it, None in records of versions that did not write it down.
    """

    id: str
    time: str
    command: str
    selection: str
    undoes: str | None
    files: tuple[RecordedFile, ...]
    scaffold: str | None = None


def batch_id(time: str, changes: ChangeSet) -> str:
    """Return `<UTC time>-<first 8 digits of the change set's id>`: `20261122T201500Z-1a2b3c4d`."""
    return f"{time.replace('-', '').replace(':', '')}-{changes.id[:8]}"
