"""What a run is asked for, and the preview that answers it: the values that batch, report and cli share."""

from collections.abc import Callable, Mapping
from pathlib import Path

from scaffold.document.execution_task import TaskFacts
from scaffold.errors import Diagnostic
from scaffold.lazy.values import fresh, frozen
from scaffold.model import Achievement, Batch, BatchRecord, Change, ChangeSet, Input, Json, Plan, TemplateUsed
from scaffold.names import DocumentKind
from scaffold.plan.actions import Step
from scaffold.plan.outlook import Given
from scaffold.plan.prerequisites import Policy
from scaffold.plan.progress import Standing
from scaffold.plan.selection import Numbering, Selection
from scaffold.reading.content import Subplan
from scaffold.shapes import ChangeData, Kind


@frozen
class Request:
    """One run that creates documents of a kind: `argument` names the plan, `template` a set or a directory, if any.

    `created` is the date that documents carry, `YYYY-MM-DD`.
    """

    kind: DocumentKind
    argument: Path
    selection: Selection
    numbering: Numbering
    policy: Policy
    template: str | None
    created: str


@frozen
class PlannedDocument:
    """One document to create, for an achievement: `target` is its path, POSIX and relative to the plan.

    It is made from the file `source`, which gave the `variables`, with the set `template`, which gave the `content`.
    `said` is what the variables of an EXECUTION_TASK were made of, to make them shorter: its facts, and what reads the
    SUBPLAN again. `made_of` and `wording` stand for all that could make it other, as in a `Change`.
    """

    achievement: Achievement
    target: str
    source: Input
    variables: Mapping[str, Json]
    template: TemplateUsed | None = None
    content: bytes = b""
    said: tuple[TaskFacts, Callable[[], Subplan]] | None = None
    made_of: str | None = None
    wording: str | None = None

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
        return Change(
            self.target,
            None,
            self.content,
            self.source,
            self.template,
            made_of=self.made_of,
            source_wording=self.wording,
        )


@frozen
class LeftOut:
    """An achievement that is passed over because its prerequisites are not met, and why."""

    achievement: Achievement
    diagnostics: tuple[Diagnostic, ...]


@frozen
class Assigned:
    """What a selection amounts to: documents to create, achievements that need none, those left out, and warnings.

    `inputs` are files beside the documents' sources that they answer, `absent` paths where nothing may appear.
    """

    documents: tuple[PlannedDocument, ...]
    existing: tuple[Standing, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[Diagnostic, ...]
    inputs: tuple[Input, ...] = ()
    absent: tuple[str, ...] = ()


@frozen
class ShownDocument:
    """A document as a run would leave it: `before` is what is there now, None where nothing is."""

    achievement: str
    target: str
    before: bytes | None
    after: bytes


@frozen
class Preview:
    """What a run would create, exactly, and all that is shown of it. Applying it makes nothing else.

    `template` is what was asked for, None where the settings choose. `answers` are the variables of all documents.
    `made_from` is as in a `Proposal`.
    """

    plan: Plan
    kind: DocumentKind
    selection: Selection
    numbering: Numbering
    template: str | None
    files: tuple[PlannedDocument, ...]
    existing: tuple[Standing, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[Diagnostic, ...]
    answers: Mapping[str, Json]
    changes: ChangeSet
    made_from: Mapping[str, str]

    @property
    def templates(self) -> tuple[TemplateUsed, ...]:
        """The template sets that its files are made with, each with what chose it, in the order of the files."""
        return tuple(dict.fromkeys(file.template for file in self.files if file.template))


@frozen
class Proposal:
    """What a command that writes would do, exactly, and everything that is shown about it: one function carries it out.

    `argument` is how the user named the plan, `directory` where it is; where it `is_new`, it is created with the batch.
    `shown` is the preview for people, `question` what is asked (None: there is nothing to do); with `conflicts` the run
    ends there instead. `data` is the preview for programs, in a document of this `kind`. What is told once it is
    applied begins with `done`, names the batch, with `remark` behind its id, and goes on with `advice`. `given` holds
    for what is named as the next step. `documents` are those that it makes, `made_from` all that decides their bytes:
    what people call it, and a digest or a short text that says what it is like. `lists` are those of `data` that are
    read in parts, `judges` the achievements on which it writes a verdict, `then` what is next
    once it is done, where the plan itself cannot tell.
    """

    kind: Kind
    batch: Batch
    argument: Path
    directory: Path
    warnings: tuple[Diagnostic, ...]
    shown: str
    question: str | None
    data: ChangeData
    done: str
    remark: str = ""
    advice: tuple[str, ...] = ()
    conflicts: tuple[Diagnostic, ...] = ()
    given: Given = fresh(factory=Given)
    is_new: bool = False
    documents: tuple[ShownDocument, ...] = ()
    made_from: Mapping[str, str] = fresh(factory=dict)
    lists: tuple[str, ...] = ()
    then: Step | None = None
    judges: tuple[str, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """The files that it changes: POSIX, relative to the plan."""
        return tuple(change.target for change in self.batch.changes.changes)

    def data_with(self, record: BatchRecord | None, step: Step | None) -> ChangeData:
        """Return `data` with the id of the batch that it became, null before, and what to do next where known."""
        batch = record.id if record else None
        following: ChangeData = {**self.data, "batch": batch, "next_step": None, "next_command": None}
        return {**following, "next_step": step.text, "next_command": step.command} if step else following

    def told(self, record: BatchRecord) -> str:
        """Return what people are told once it is applied."""
        lines = (f"{self.done} (batch {record.id}{self.remark}).", *self.advice)
        return "".join(f"{line}\n" for line in lines)
