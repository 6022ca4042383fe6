"""What `executions` and `subplans` print with `--json`."""

from typing import Annotated, TypedDict

from scaffold.commands._documents import ContentData
from scaffold.commands._paging import NO_PAGE, PageData
from scaffold.commands._write import TemplateData
from scaffold.model import Json
from scaffold.preview import LeftOut, PlannedDocument, Preview
from scaffold.shapes import (
    AchievementId,
    AchievementState,
    AppliedBatch,
    ChangeSetId,
    Count,
    Date,
    NextCommand,
    NextStep,
    PlanData,
    RelativePath,
    plan_data,
)


class RenderedTemplateData(TemplateData):
    """A template set that documents are made with, and why copier rendered it."""

    copier: str | None


class ChosenTemplateData(TypedDict):
    """The template set that a document is made with, and what chose it."""

    name: str
    rule: str | None


class CreatedData(ContentData):
    """A document to create."""

    id: AchievementId
    title: str
    path: RelativePath
    lines: Count
    subplan: RelativePath
    template: ChosenTemplateData


class MadeAgainData(ContentData):
    """A document that exists already."""

    id: AchievementId
    path: RelativePath
    lines: Count


class ExistingData(TypedDict):
    """An achievement that needs no document."""

    id: AchievementId
    state: AchievementState
    files: list[RelativePath]


class LeftOutData(TypedDict):
    """An achievement that is passed over."""

    id: AchievementId
    title: str
    reasons: list[str]


class DocumentsData(PlanData, PageData):
    """What `data` of `executions` and of `subplans` have in common; each adds what its documents are made from."""

    selection: Annotated[str, "the options that selected the achievements, such as `--level 1`"]
    created: Annotated[Date, "the date that the documents carry"]
    change_set: ChangeSetId
    batch: AppliedBatch
    templates: Annotated[
        list[RenderedTemplateData],
        "the template sets that the files are made with: `name` and `digest` (SHA-256 over all that can reach a "
        "document: files of every layer, settings, further variables); `copier`: why it is rendered by copier, null "
        "where that is not needed",
    ]
    files: list[CreatedData]
    made_again: Annotated[
        list[MadeAgainData],
        "in a preview of named achievements: the documents that exist already, as they would be made now",
    ]
    existing: Annotated[list[ExistingData], "selected achievements that need nothing: `id`, `state`, `files`"]
    left_out: Annotated[
        list[LeftOutData],
        "what was passed over, with `--skip-missing`, or what keeps the rest from being made: `id`, `title`, `reasons`",
    ]
    answers: dict[str, Json] | None
    next_step: NextStep
    next_command: NextCommand


ANSWERS = (
    "with `--answers`, the template's variables: what a plain `copier copy --data-file` takes to make the same files"
)


LISTS = ("files", "left_out", "made_again", "existing")
"""The lists of `DocumentsData` that are read in parts: first what would be written."""


def batch_data(preview: Preview, created: str, *, with_answers: bool) -> DocumentsData:
    """Return `data` of a batch: what would be created, with the date `created`."""
    return {
        **plan_data(preview.plan.name, preview.plan.document, preview.plan.directory),
        "selection": preview.selection.options,
        "created": created,
        "change_set": preview.changes.id,
        "batch": None,
        "templates": [
            {"name": name, "digest": digest, "copier": copier}
            for name, digest, copier in dict.fromkeys(
                (used.name, used.digest, used.copier) for used in preview.templates
            )
        ],
        "files": [
            {
                "id": file.achievement.id,
                "title": file.achievement.title,
                "path": file.target,
                "lines": file.lines,
                "subplan": file.source.path,
                "template": _chosen_template(file),
                "content": None,
            }
            for file in preview.files
        ],
        "made_again": [],
        "existing": [
            {"id": standing.id, "state": standing.state, "files": list(standing.paths(preview.kind))}
            for standing in preview.existing
        ],
        "left_out": [left_out_data(left) for left in preview.left_out],
        **NO_PAGE,
        "answers": dict(preview.answers) if with_answers else None,
        "next_step": None,
        "next_command": None,
    }


def _chosen_template(file: PlannedDocument) -> ChosenTemplateData:
    used = file.template
    return {"name": used.name if used else "", "rule": used.rule if used else None}


def left_out_data(left_out: LeftOut) -> LeftOutData:
    """Return what is told of an achievement that is passed over."""
    achievement = left_out.achievement
    return {"id": achievement.id, "title": achievement.title, "reasons": reasons(left_out)}


def reasons(left_out: LeftOut) -> list[str]:
    """Return why an achievement is passed over."""
    return [found.message for found in left_out.diagnostics if found.severity == "error"]
