"""What a run is asked for, and the preview that answers it: the values that batch, report and cli share."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scaffold.documents import DocumentKind
from scaffold.errors import Diagnostic
from scaffold.model import Achievement, ChangeSet, Input, Json, Plan, State


@dataclass(frozen=True, slots=True)
class Selection:
    """Which achievements a run is about.

    Those of one `level`, of the `next` level that misses something, `all`, those that are `ready`, or the ones that
    `ids` names.
    """

    by: Literal["level", "next", "all", "ready", "achievements"]
    level: int = 0
    ids: tuple[str, ...] = ()

    @property
    def options(self) -> str:
        """The options that say the same on the command line: `--level 1`, `--achievement 1.2 --achievement 1.3`."""
        if self.by == "achievements":
            return " ".join(f"--achievement {one}" for one in self.ids)
        words = {"all": "--level all", "next": "--level next", "ready": "--ready"}
        return words.get(self.by, f"--level {self.level}")


@dataclass(frozen=True, slots=True)
class Policy:
    """How strict a run is.

    `skip_missing` goes on without the achievements whose SUBPLAN is missing or wrong; `strict` also asks for an
    objective and an approach; `allow_unfilled` accepts markers in them.
    """

    skip_missing: bool = False
    strict: bool = False
    allow_unfilled: bool = False


Numbering = Literal["first", "planned", "again"]
"""Which executions of an achievement are meant: the `first`, all that its SUBPLAN has `planned`, one more `again`."""


@dataclass(frozen=True, slots=True)
class Request:
    """One run that creates documents of a kind: `argument` names the plan, `template` a directory or the built-in set.

    `created` is the date that documents carry, `YYYY-MM-DD`.
    """

    kind: DocumentKind
    argument: Path
    selection: Selection
    numbering: Numbering
    policy: Policy
    template: str | None
    created: str


@dataclass(frozen=True, slots=True)
class PreviewedFile:
    """One file that would be created: for which achievement, its target, its number of lines and what it is made of."""

    achievement: Achievement
    target: str
    lines: int
    source: Input


@dataclass(frozen=True, slots=True)
class Existing:
    """An achievement that needs nothing: its documents exist (`files`, POSIX paths), or it is complete or skipped."""

    achievement: Achievement
    state: State
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An achievement that is passed over because its prerequisites are not met, and why."""

    achievement: Achievement
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One document to create: for which achievement, its name, the file it is made from and its variables."""

    achievement: Achievement
    name: str
    source: Input
    task: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Assigned:
    """What a selection comes to: documents to create, achievements that need none, those left out, and warnings."""

    assignments: tuple[Assignment, ...]
    existing: tuple[Existing, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would create, exactly, and all that is shown of it. Applying it makes nothing else.

    `answers` are the template's variables, `next_command` is what helps afterwards (None: nothing is left to do).
    """

    plan: Plan
    kind: DocumentKind
    selection: Selection
    template: str
    template_digest: str
    files: tuple[PreviewedFile, ...]
    existing: tuple[Existing, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[Diagnostic, ...]
    answers: Mapping[str, Json]
    changes: ChangeSet
    next_command: str | None
