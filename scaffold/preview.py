"""What a run is asked for, and the preview that answers it: the values that batch, report and cli share."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold.errors import Diagnostic
from scaffold.model import Achievement, Change, ChangeSet, Input, Json, Plan, TemplateUsed
from scaffold.names import DocumentKind
from scaffold.plan.prerequisites import Policy
from scaffold.plan.progress import Standing
from scaffold.plan.selection import Numbering, Selection


@dataclass(frozen=True, slots=True)
class Request:
    """One run that creates documents of a kind: `argument` names the plan, `template` a directory or the built-in set.

    `created` is the date that documents carry, `YYYY-MM-DD`. `stand_in` is text for a single achievement, in the form
    of the document that it is made from, which counts where no file says anything of it: the Python API takes such.
    """

    kind: DocumentKind
    argument: Path
    selection: Selection
    numbering: Numbering
    policy: Policy
    template: str | None
    created: str
    stand_in: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """One document to create, for an achievement: `target` is its path, POSIX and relative to the plan.

    It is made from the file `source`, which gave the `variables`, with the set `template`, which gave the `content`.
    """

    achievement: Achievement
    target: str
    source: Input
    variables: Mapping[str, Json]
    template: TemplateUsed | None = None
    content: bytes = b""

    @property
    def name(self) -> str:
        """Its file name."""
        return self.target.rpartition("/")[2]

    @property
    def lines(self) -> int:
        """Its number of lines."""
        return self.content.count(b"\n")

    @property
    def change(self) -> Change:
        """The change that creates it."""
        return Change(self.target, None, self.content, self.source, self.template)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An achievement that is passed over because its prerequisites are not met, and why."""

    achievement: Achievement
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """What a selection comes to: documents to create, achievements that need none, those left out, and warnings."""

    documents: tuple[PlannedDocument, ...]
    existing: tuple[Standing, ...]
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
    files: tuple[PlannedDocument, ...]
    existing: tuple[Standing, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[Diagnostic, ...]
    answers: Mapping[str, Json]
    changes: ChangeSet
    next_command: str | None
