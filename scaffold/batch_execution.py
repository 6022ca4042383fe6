"""The Python API for EXECUTION_TASKs, under the names of the original tool: a caller switches by changing the import.

`plan_path` is a plan directory or its PLAN file. Achievements are the library's values or the mappings of
`parallel.json`. docs/python-api.md has an example.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from scaffold import _original, from_subplan
from scaffold._original import (
    Entry,
    Listed,
    Result,
    Run,
    calculate_dependency_level,
    described,
    filter_by_dependency_level,
    under_headings,
)
from scaffold.model import Achievement, Input, Plan, sha256
from scaffold.names import EXECUTION_TASK, SUBPLAN_FOLDER, subplan_name, subplans_by_slug
from scaffold.plan import settings
from scaffold.plan.progress import Progress, Standing
from scaffold.preview import Assigned, PlannedDocument, Request
from scaffold.reading import subplan

__all__ = [
    "BatchResult",
    "batch_create_executions",
    "calculate_dependency_level",
    "confirm_batch_creation",
    "create_execution_file",
    "detect_missing_executions",
    "filter_by_dependency_level",
    "show_batch_preview",
    "validate_subplan_prerequisites",
]

_SECTIONS = {
    "objective": "## Objective",
    "approach": "## Approach",
    "success_criteria": "## Success Criteria",
    "deliverables": "## Deliverables",
    "tests": "## Tests",
}


@dataclass
class BatchResult(Result):
    """What `batch_create_executions` did.

    `created` are the paths of the new files, `skipped` the ids that need none, `errors` pairs of id and message (id
    `N/A` for the plan), `missing_subplans` the ids whose SUBPLAN must be written first. `str()` is the text for people.
    """

    label: ClassVar[str] = EXECUTION_TASK.label


def batch_create_executions(
    plan_path: str | Path, dry_run: bool = False, parallel_json_path: str | Path | None = None
) -> BatchResult:
    """Show, ask through `input`, and create the EXECUTION_TASKs of the lowest level that misses some: all, or none.

    A missing SUBPLAN on that level blocks. `dry_run` shows the same and stops. `parallel_json_path` is read instead of
    the `parallel.json` beside the PLAN. Every problem comes back in the result; none is raised.
    """
    result = BatchResult()
    parallel_json = None if parallel_json_path is None else Path(parallel_json_path)
    show, confirm = show_batch_preview, confirm_batch_creation
    _original.create_batch(Run(EXECUTION_TASK, Path(plan_path), parallel_json, dry_run, show, confirm), result)
    return result


def validate_subplan_prerequisites(
    plan_path: str | Path, achievements: Iterable[Listed]
) -> tuple[list[Listed], list[str]]:
    """Return the achievements that have a SUBPLAN, and the ids of those that have none.

    Only whether the file exists: its content is checked when its EXECUTION_TASK is created. Raises InvalidInput for
    a plan that cannot be read and for mappings that are not achievements.
    """
    given = list(achievements)
    plan, read = _original.plan_with(Path(plan_path), given)
    written = {slug for slug, files in subplans_by_slug(plan).items() if files.regular}
    valid = [entry for entry, achievement in zip(given, read, strict=True) if achievement.slug in written]
    return valid, [achievement.id for achievement in read if achievement.slug not in written]


def detect_missing_executions(plan_path: str | Path, achievements: Iterable[Listed]) -> list[Listed]:
    """Return the achievements without an EXECUTION_TASK of any number that are neither complete nor skipped.

    Raises InvalidInput as `validate_subplan_prerequisites` does.
    """
    return _original.missing(EXECUTION_TASK, Path(plan_path), achievements)


def show_batch_preview(
    achievements: Iterable[Entry],
    plan_name: str,
    missing_subplans: Sequence[str] | None = None,
    level: int | None = None,
) -> None:
    """Print what would be created, and which SUBPLANs must be written first."""
    _original.show_preview(EXECUTION_TASK, achievements, plan_name, missing_subplans or (), level)


def confirm_batch_creation(achievements: Iterable[Entry]) -> bool:
    """Ask once through `input`; anything but y or yes, and the end of input, is a no."""
    return _original.confirmed(EXECUTION_TASK, achievements)


def create_execution_file(plan_path: str | Path, achievement_id: str, subplan_data: Mapping[str, object]) -> Path:
    """Create the first EXECUTION_TASK of an achievement without asking, and return its path.

    It is made from the SUBPLAN. Where there is none, from `subplan_data`: `title`, `estimated_hours`, and `objective`,
    `approach`, `success_criteria`, `deliverables` and `tests` as text or lists of text. A plan needs nothing but its
    PLAN file; where there is a `parallel.json`, it says what the achievement is. The document names the SUBPLAN without
    its directory. Raises ScaffoldError: Conflict when there is such a file already.
    """
    given = described(achievement_id, subplan_data)
    text = f"# SUBPLAN: {given.title}\n\n**Achievement**: {given.id}\n\n{under_headings(subplan_data, _SECTIONS)}"

    def assign(progress: Progress, selected: Iterable[Standing], request: Request) -> Assigned:
        (standing,) = selected
        bound = _bound(progress.plan, standing.achievement, text)
        assigned = from_subplan.assign(progress, (standing,), request, bound)
        return replace(assigned, documents=tuple(map(_without_folder, assigned.documents)))

    return _original.create_single(EXECUTION_TASK, Path(plan_path), given, assign)


def _without_folder(document: PlannedDocument) -> PlannedDocument:
    """Name the SUBPLAN in the document as the original does: `**SUBPLAN**: SUBPLAN_DEMO_11.md`."""
    return replace(document, variables={**document.variables, "subplan": document.variables["subplan_file"]})


def _bound(plan: Plan, achievement: Achievement, text: str) -> from_subplan.Bound:
    """Return a stand-in for a SUBPLAN that is not written yet, from what the caller passed."""
    path = f"{SUBPLAN_FOLDER}/{subplan_name(plan, achievement)}"
    source = Input(f"{path} (not written yet: this is from what the caller gave)", sha256(text.encode()))
    parsed = subplan.parse(text, path, settings.read(plan.directory).vocabulary)
    return from_subplan.Bound(achievement, parsed, source, (), written=False)
