"""A batch or a single document for a caller of the Python API: read, prepared and applied as by the command line."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold import batch, clock, report, terminal
from scaffold.commands.recover import recover_first
from scaffold.errors import Conflict, ScaffoldError
from scaffold.model import Achievement, Plan
from scaffold.names import DocumentKind, files_by_slug, first_name
from scaffold.original.entries import Entry, Listed, achievements
from scaffold.original.texts import Result, said, show
from scaffold.plan import parallel, workspace
from scaffold.plan.prerequisites import Policy
from scaffold.plan.progress import progress_of
from scaffold.plan.selection import Selection, lowest_level_missing, part_missing
from scaffold.preview import Preview, Request

NO_ACHIEVEMENT = "N/A"
"""Stands for the id in an error that is about the plan, or that nobody can lay at one achievement's door."""


@dataclass(frozen=True, slots=True)
class Run:
    """One batch: what of, where, whether it is only shown, and the functions that show it and ask."""

    kind: DocumentKind
    plan_path: Path
    parallel_json: Path | None
    dry_run: bool
    show: Callable[[Sequence[Achievement], str, list[str], int | None], None]
    confirm: Callable[[Sequence[Achievement]], bool]


def create_batch(run: Run, result: Result) -> None:
    """Show, ask once and create what the lowest level that misses something misses; all that happens goes to `result`.

    What is shown is what is created. What an interrupted run left is finished first, unless this is a dry run.
    """
    plan = None
    try:
        if not run.dry_run:
            recover_first(run.plan_path)
        plan = workspace.read_plan(run.plan_path, run.parallel_json)
        level = lowest_level_missing(progress_of(plan), run.kind, ())
        selection = Selection("all") if level is None else Selection("level", level)
        policy = Policy(skip_missing=True)  # what blocks comes back by achievement, and nothing is created all the same
        request = Request(run.kind, run.plan_path, selection, "first", policy, None, clock.today())
        preview = batch.prepare_for(plan, request)
        _note(preview, result)
        _carry_out(run, preview, level, result)
    except ScaffoldError as error:
        ids = _ids_by_path(plan, run.kind) if plan else {}
        result.errors += [(ids.get(one.path or "", NO_ACHIEVEMENT), said(one)) for one in error.diagnostics]


def create_single(kind: DocumentKind, plan_path: Path, given: Achievement, stand_in: str) -> Path:
    """Create one document without asking and give its path; `stand_in` counts where no file says anything of it.

    `parallel.json` need not be there; where it is, it says what the achievement is. Raises ScaffoldError: Conflict when
    there is such a document or none is needed, what `batch.prepare` and `batch.apply` raise otherwise.
    """
    recover_first(plan_path)
    directory = workspace.locate(plan_path)
    if (directory / parallel.FILE_NAME).exists():
        plan = workspace.read_plan(plan_path)
    else:
        plan = workspace.read_plan_with(plan_path, [replace(given, dependencies=())])
    selection = Selection("achievements", ids=(given.id,))
    request = Request(kind, plan_path, selection, "first", Policy(), None, clock.today(), stand_in)
    preview = batch.prepare_for(plan, request)
    if not preview.files:
        (there,) = preview.existing
        message = f"achievement {given.id} needs no {kind.label}: it is {there.state.replace('_', ' ')}"
        path = next(iter(there.paths(kind)), None)
        raise Conflict.of("already_there", message, path=path, hint="nothing is overwritten: move it away first")
    return _applied(preview)[0]


def missing(kind: DocumentKind, plan_path: Path, entries: Iterable[Listed]) -> list[Listed]:
    """Give those of the achievements that miss a document of a kind; raises InvalidInput."""
    given = list(entries)
    plan, read = plan_with(plan_path, given)
    absent = {standing.id for standing in part_missing(progress_of(plan), kind, "first")[0]}
    return [entry for entry, one in zip(given, read, strict=True) if one.id in absent]


def plan_with(plan_path: Path, entries: Iterable[Entry]) -> tuple[Plan, tuple[Achievement, ...]]:
    """Read the plan with these achievements as its own, and give them as values; raises InvalidInput."""
    read = achievements(entries)
    return workspace.read_plan_with(plan_path, read), read


def _note(preview: Preview, result: Result) -> None:
    """Put what a preview passes over into the result: what is there, and what blocks."""
    result.skipped += [one.achievement.id for one in preview.existing]
    for left in preview.left_out:
        problems = [one for one in left.diagnostics if one.severity == "error"]
        if any(one.code == "subplan_missing" for one in problems):
            result.missing_subplans.append(left.achievement.id)
        else:
            result.errors += [(left.achievement.id, said(one)) for one in problems]


def _carry_out(run: Run, preview: Preview, level: int | None, result: Result) -> None:
    wanted = [file.achievement for file in preview.files]
    terminal.tell(report.warnings_text(preview.warnings))
    if wanted or preview.left_out:
        run.show(wanted, preview.plan.name, result.missing_subplans, level)
    else:
        show(f"✅ All {run.kind.label}s already exist\n")
    if run.dry_run:
        show("🔍 DRY-RUN MODE: No files created\n")
    elif wanted and not preview.left_out:
        batch.check_writable(preview)
        if run.confirm(wanted):
            result.created += _applied(preview)
        else:
            show("❌ Batch creation cancelled\n")


def _applied(preview: Preview) -> list[Path]:
    batch.apply(preview, clock.now(), terminal.count)
    return [preview.plan.directory / file.target for file in preview.files]


def _ids_by_path(plan: Plan, kind: DocumentKind) -> dict[str, str]:
    """Give whose document a path is: of what could be created, and of what is in its way."""
    by_slug, found = files_by_slug(plan, kind), {}
    for one in plan.achievements:
        there = [name for name, _ in by_slug[one.slug].irregular] if one.slug in by_slug else []
        for name in (first_name(kind, plan.name, one.slug), *there):
            found[f"{kind.folder}/{name}"] = one.id
    return found
