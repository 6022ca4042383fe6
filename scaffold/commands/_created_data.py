"""What `executions` and `subplans` print with `--json`."""

from typing import Annotated, TypedDict

from scaffold.commands._documents import ContentData
from scaffold.commands._write import TemplateData
from scaffold.model import Json
from scaffold.preview import LeftOut, PlannedDocument, Preview
from scaffold.shapes import (
    AchievementId,
    AchievementState,
    AppliedBatch,
    ChangeSetId,
    Count,
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

    achievement: AchievementId
    title: str
    path: RelativePath
    lines: Count
    subplan: RelativePath
    template: ChosenTemplateData


class MadeAgainData(ContentData):
    """A document that exists already."""

    achievement: AchievementId
    path: RelativePath
    lines: Count


class ExistingData(TypedDict):
    """An achievement that needs no document."""

    achievement: AchievementId
    state: AchievementState
    files: list[RelativePath]


class LeftOutData(TypedDict):
    """An achievement that is passed over."""

    achievement: AchievementId
    title: str
    reasons: list[str]


class DocumentsData(PlanData):
    """What `data` of `executions` and of `subplans` have in common; each adds what its documents are made from."""

    selection: Annotated[str, "the options that selected the achievements, such as `--level 1`"]
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
    existing: Annotated[list[ExistingData], "selected achievements that need nothing: `achievement`, `state`, `files`"]
    left_out: Annotated[
        list[LeftOutData], "with `--skip-missing`, what was passed over: `achievement`, `title`, `reasons`"
    ]
    answers: dict[str, Json]
    next_step: NextStep
    next_command: NextCommand


ANSWERS = "the template's variables: what a plain `copier copy --data-file` takes to make the same files"


def batch_data(preview: Preview) -> DocumentsData:
    """Return `data` of a batch: what would be created."""
    return {
        **plan_data(preview.plan.name, preview.plan.document, preview.plan.directory),
        "selection": preview.selection.options,
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
                "achievement": file.achievement.id,
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
            {"achievement": standing.id, "state": standing.state, "files": list(standing.paths(preview.kind))}
            for standing in preview.existing
        ],
        "left_out": [
            {"achievement": left.achievement.id, "title": left.achievement.title, "reasons": reasons(left)}
            for left in preview.left_out
        ],
        "answers": dict(preview.answers),
        "next_step": None,
        "next_command": None,
    }


def _chosen_template(file: PlannedDocument) -> ChosenTemplateData:
    used = file.template
    return {"name": used.name if used else "", "rule": used.rule if used else None}


def reasons(left_out: LeftOut) -> list[str]:
    """Return why an achievement is passed over."""
    return [found.message for found in left_out.diagnostics if found.severity == "error"]
