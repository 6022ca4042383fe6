"""The Python API for SUBPLANs, under the names of the original tool: the counterpart of `batch_execution`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from scaffold import _original, from_plan
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
from scaffold.names import SUBPLAN
from scaffold.reading import plan

__all__ = [
    "BatchResult",
    "batch_create_subplans",
    "calculate_dependency_level",
    "confirm_batch_creation",
    "create_subplan_file",
    "detect_missing_subplans",
    "filter_by_dependency_level",
    "show_batch_preview",
]

_FIELDS = {
    "goal": "#### Goal",
    "objective": "#### Objective",
    "description": "#### Description",
    "what": "#### What",
    "approach": "#### Approach",
    "success_criteria": "#### Success Criteria",
    "deliverables": "#### Deliverables",
    "tests": "#### Tests",
}


@dataclass
class BatchResult(Result):
    """What `batch_create_subplans` did.

    `created` are the paths of the new files, `skipped` the ids that need none, `errors` pairs of id and message (id
    `N/A` for the plan); `missing_subplans` stays empty here. `str()` is the text for people.
    """

    label: ClassVar[str] = SUBPLAN.label


def batch_create_subplans(
    plan_path: str | Path, dry_run: bool = False, parallel_json_path: str | Path | None = None
) -> BatchResult:
    """Show, ask through `input`, and create the SUBPLANs of the lowest level that misses some: all of them, or none.

    They are made from the PLAN's own text. `dry_run` shows the same and stops. `parallel_json_path` is read instead of
    the `parallel.json` beside the PLAN. Every problem comes back in the result; none is raised.
    """
    result = BatchResult()
    parallel_json = None if parallel_json_path is None else Path(parallel_json_path)
    show, confirm = show_batch_preview, confirm_batch_creation
    _original.create_batch(Run(SUBPLAN, Path(plan_path), parallel_json, dry_run, show, confirm), result)
    return result


def detect_missing_subplans(plan_path: str | Path, achievements: Iterable[Listed]) -> list[Listed]:
    """Return the achievements without a SUBPLAN that are neither complete nor skipped.

    Raises InvalidInput for a plan that cannot be read and for mappings that are not achievements.
    """
    return _original.missing(SUBPLAN, Path(plan_path), achievements)


def show_batch_preview(
    achievements: Iterable[Entry],
    plan_name: str,
    missing_subplans: Sequence[str] | None = None,
    level: int | None = None,
) -> None:
    """Print what would be created."""
    _original.show_preview(SUBPLAN, achievements, plan_name, missing_subplans or (), level)


def confirm_batch_creation(achievements: Iterable[Entry]) -> bool:
    """Ask once through `input`; anything but y or yes, and the end of input, is a no."""
    return _original.confirmed(SUBPLAN, achievements)


def create_subplan_file(plan_path: str | Path, achievement_id: str, plan_data: Mapping[str, object]) -> Path:
    """Create the SUBPLAN of an achievement without asking, and return its path.

    It is made from what the PLAN says of the achievement. Where the PLAN does not define it, from `plan_data`: `title`,
    `estimated_hours`, and `goal` (or `objective`, `description`), `what` (or `approach`), `success_criteria`,
    `deliverables` and `tests` as text or lists of text. A plan needs nothing but its PLAN file; where there is a
    `parallel.json`, it says what the achievement is. Raises ScaffoldError: Conflict when there is such a file already.
    """
    given = described(achievement_id, plan_data)
    text = f"## Achievements\n\n### Achievement {given.id}: {given.title}\n\n{under_headings(plan_data, _FIELDS)}"
    planned = {achievement.id: achievement for achievement in plan.parse(text, "").achievements}
    assign = partial(from_plan.assign, given=planned.get(given.id))
    return _original.create_single(SUBPLAN, Path(plan_path), given, assign)
