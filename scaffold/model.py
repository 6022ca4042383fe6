"""The values that travel through scaffold: frozen, slotted, tuples inside. Text is parsed into them once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from scaffold.errors import Diagnostic

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""What a JSON document holds."""

EntryKind = Literal["file", "directory", "link", "other"]
State = Literal["complete", "needs_fix", "skipped", "execution_created", "subplan_created", "not_started"]


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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Input:
    """A file that a change set was made from: its path (POSIX, relative to the plan) and SHA-256."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan directory, read once.

    `argument` is how the user named it, for the commands in hints; `document` is the file name of the PLAN.
    `subplans`, `executions` and `feedbacks` map the names found in `subplans/`, `execution/` and
    `execution/feedbacks/` to what they are. `spelled` has those of them that are not composed characters (NFC), by
    their composed form. `inputs` are the files this was read from, `diagnostics` what looks wrong.
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
    spelled: Mapping[str, str] = field(default_factory=dict)


# --- a SUBPLAN ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Passage:
    """Text of a document, verbatim, with the 1-based line it begins on and the heading or label it was found under.

    `group` is the heading or label that sets an item apart from others of its list: `Nice to Have`, `Files to Modify`.
    """

    text: str
    line: int
    heading: str | None = None
    group: str | None = None

    @property
    def last(self) -> int:
        """The line it ends on."""
        return self.line + self.text.count("\n")


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of an approach. `text` is its verbatim body, from the line after its heading; `line` is its heading's.

    `number` is as written (`1`, `2b`, `A`); `time` too (`120 min`, `1.5-2h`), without parentheses. `notes` is what it
    says besides goal, steps and verification, in order: introductions, outputs, reasons.
    """

    number: str
    title: str
    time: str | None
    goal: Passage | None
    steps: tuple[Passage, ...]
    verification: tuple[Passage, ...]
    text: str
    line: int
    notes: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedExecution:
    """One of several executions that a SUBPLAN plans: its two-digit number, what it is for, and its line."""

    number: str
    purpose: str
    line: int


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One `**Name**: value` line at the head of a document, the name as written."""

    name: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A `[TO BE FILLED…` or `[FILL…` marker outside code fences; `field` is the Subplan field it lies in, if any."""

    marker: str
    line: int
    field: str | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """The text between two headings: `title` is the one above it, `section` the one of level 2 that it is below."""

    title: str
    section: str
    body: Passage


@dataclass(frozen=True, slots=True)
class Subplan:
    """What a SUBPLAN says, field by field; None or empty is what it does not say.

    `achievement` is the id that its own header names. `diagnostics` are warnings about the text itself. `stretches` are
    its text from heading to heading, `links` its link definitions (label, target), `footnotes` its footnotes
    by label, `optional` the groups of its success criteria that need not be met.
    """

    title: Passage | None
    header: tuple[HeaderField, ...]
    achievement: Passage | None
    objective: Passage | None
    approach: Passage | None
    phases: tuple[Phase, ...]
    success_criteria: tuple[Passage, ...]
    deliverables: tuple[Passage, ...]
    tests: tuple[Passage, ...]
    estimated_time: Passage | None
    execution_strategy: Passage | None
    planned_executions: tuple[PlannedExecution, ...]
    unfilled: tuple[Unfilled, ...]
    diagnostics: tuple[Diagnostic, ...]
    stretches: tuple[Stretch, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    footnotes: tuple[tuple[str, Passage], ...] = ()
    optional: tuple[str, ...] = ()


# --- a PLAN ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatedDependencies:
    """What a PLAN says about the dependencies of one achievement.

    `ids` are the achievements of the same PLAN that it names beyond doubt, in its order. `unclear` are the pieces of
    `stated` that a person must read: other plans, unknown ids, words. Neither: it says that there are none.
    """

    stated: Passage
    ids: tuple[str, ...]
    unclear: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedAchievement:
    """An achievement as a PLAN defines it; None or empty is what it does not say.

    `line` is where its definition begins, `body` all of it below that line, verbatim. `title` is without its id, its
    time and marks of its state, and empty when there is none. `effort` is as written. `what` is the work to do,
    `dependencies` None when the PLAN is silent about them. `group` is the heading that it stands under, such as a
    priority; `rest` is what its definition says beside all of these.
    """

    id: str
    title: str
    line: int
    goal: Passage | None
    what: Passage | None
    success: tuple[Passage, ...]
    deliverables: tuple[Passage, ...]
    tests: tuple[Passage, ...]
    effort: Passage | None
    dependencies: StatedDependencies | None
    body: Passage | None
    group: Passage | None = None
    rest: Passage | None = None


@dataclass(frozen=True, slots=True)
class PlanText:
    """What a PLAN says: its title and goal, its header lines, and its achievements in the order of the document.

    `constraints` and `references` are its sections on what holds for every achievement, and on what to read. `links`
    are its link definitions (label, target), `footnotes` its footnotes by label.
    `diagnostics` are warnings about the text itself.
    """

    title: Passage | None
    goal: Passage | None
    header: tuple[HeaderField, ...]
    achievements: tuple[PlannedAchievement, ...]
    diagnostics: tuple[Diagnostic, ...]
    constraints: Passage | None = None
    references: Passage | None = None
    links: tuple[tuple[str, str], ...] = ()
    footnotes: tuple[tuple[str, Passage], ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateUsed:
    """A template set that a document is made with: its name as records keep it, and the SHA-256 over its files."""

    name: str
    digest: str


# --- a change set and a batch ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One file to create, replace or remove.

    `target` is POSIX and relative to the plan. `old` is the SHA-256 of what must be there now, None for nothing.
    `new` is the bytes that it should have, None to remove it. `source` is the file and `template` the set that they are
    made from, where they are; `generated` is what came of those where it is not what is written, as after a merge.
    """

    target: str
    old: str | None
    new: bytes | None
    source: Input | None = None
    template: TemplateUsed | None = None
    generated: bytes | None = None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """The exact changes that a run would make, with their bytes, and the inputs they were made from."""

    changes: tuple[Change, ...]
    inputs: tuple[Input, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted (target, old hash, new bytes): 64 hexadecimal digits."""
        total = hashlib.sha256()
        for change in sorted(self.changes, key=lambda change: change.target):
            new = b"-" if change.new is None else b"+%d:%b" % (len(change.new), change.new)
            total.update(b"%b\0%b\0%b\0" % (change.target.encode(), (change.old or "-").encode(), new))
        return total.hexdigest()

    @property
    def id(self) -> str:
        """The first 12 digits of the digest: the same changes have the same id, whenever they are prepared."""
        return self.digest[:12]


@dataclass(frozen=True, slots=True)
class Batch:
    """A change set to be applied, with what is remembered of it beside its files.

    `command` is what makes it (`executions`, `subplans`, `undo`), `selection` the options that chose it, `answers` the
    variables that its templates were given. `undoes` is the id of the batch that it takes back, None for none.
    """

    command: str
    selection: str
    changes: ChangeSet
    answers: Mapping[str, Json]
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """One file of a batch.

    `sha256` is of the bytes that were written (None: removed), `generated_sha256` of those that source and template
    make, where they are others. `source` is the SUBPLAN or PLAN it came from, `template` the name of the set.
    """

    target: str
    old_sha256: str | None
    sha256: str | None
    generated_sha256: str | None
    source: str | None
    source_sha256: str | None
    template: str | None
    template_digest: str | None


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """What is kept of an applied batch: `time` is UTC, ISO 8601 to the second, ending in `Z`; the rest is as there."""

    id: str
    time: str
    command: str
    selection: str
    undoes: str | None
    files: tuple[RecordedFile, ...]
    answers: Mapping[str, Json]


def batch_id(time: str, changes: ChangeSet) -> str:
    """Return `<UTC time>-<first 8 digits of the change set's id>`: `20261122T201500Z-1a2b3c4d`."""
    return f"{time.replace('-', '').replace(':', '')}-{changes.id[:8]}"
