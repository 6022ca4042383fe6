"""The batches of a plan as `scaffold undo --list` shows them: a table for people, a list for programs."""

from pathlib import Path
from typing import Annotated, TypedDict

from scaffold.commands._paging import NO_PAGE, PageData
from scaffold.commands._plan import place_data
from scaffold.report import table
from scaffold.shapes import BatchId, Count, PlaceData, RelativePath
from scaffold.transaction.batches import History, Summary, TakenBack

_FILES = 10
"""How many files of a batch its list names to programs."""


class BatchTemplateData(TypedDict):
    """A template set that documents of a batch were made with."""

    name: str


class BatchData(TypedDict):
    """A batch as a list shows it."""

    id: BatchId
    time: str
    command: str
    selection: str
    templates: list[BatchTemplateData]
    files: list[RelativePath]
    total: Count
    taken_back: BatchId | None


class BatchesData(PlaceData, PageData):
    """`data` of `scaffold undo --list --json`."""

    batches: Annotated[
        list[BatchData],
        "the newest first: `id`, `time` (UTC), `command`, `selection`, `templates` (each with its `name`), "
        "`files` (the first ten) and `total` (of its files); `taken_back` is the id of the newest batch that took "
        "files of it back, null where it stands",
    ]


def batches_data(argument: Path, history: History) -> BatchesData:
    """Return `data` of `scaffold undo --list --json`, the newest batch first."""
    taken = history.taken_back()
    newest_first = reversed(history.summaries)
    return {
        **place_data(argument),
        "batches": [_summary_data(summary, taken.get(summary.id)) for summary in newest_first],
        **NO_PAGE,
    }


def batches_text(history: History, columns: int | None) -> str:
    """List the batches of a plan, the newest last; the id of each begins with the time, UTC."""
    if not history.summaries:
        return "This plan has no batches yet.\n"
    taken = history.taken_back()
    rows = [_row(summary, taken.get(summary.id)) for summary in history.summaries]
    return table(("Batch", "Command", "Selection", "Files", "Taken back"), rows, columns) + "\n"


def _row(batch: Summary, taken: TakenBack | None) -> tuple[str, ...]:
    count = len(batch.files)
    part = "" if taken is None else "all" if len(taken.files) == count else "partly"
    return batch.id, batch.command, batch.undoes or batch.selection, str(count), part


def _summary_data(batch: Summary, taken: TakenBack | None) -> BatchData:
    return {
        "id": batch.id,
        "time": batch.time,
        "command": batch.command,
        "selection": batch.selection,
        "templates": [{"name": name} for name in batch.templates],
        "files": list(batch.files[:_FILES]),
        "total": len(batch.files),
        "taken_back": taken.by if taken else None,
    }
