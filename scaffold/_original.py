"""What the two modules of the Python API share: achievements as callers pass them, the original's texts, its runs.

Nothing is decided here that is decided elsewhere: a batch or a single document is read, prepared and applied as by the
command line.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import BuiltinFunctionType
from typing import ClassVar, TypeAlias, TypeVar

from scaffold import batch, clock, report, terminal, transaction
from scaffold.commands import _create
from scaffold.commands.recover import recover_first
from scaffold.errors import Conflict, Diagnostic, InvalidInput, ScaffoldError
from scaffold.model import Achievement, Plan, slug_of
from scaffold.names import DocumentKind, agreed, counted, files_by_slug, first_name, printable
from scaffold.plan import levels as graph
from scaffold.plan import parallel, workspace
from scaffold.plan.prerequisites import Policy
from scaffold.plan.progress import progress_of
from scaffold.plan.selection import Selection, lowest_level_missing, part_missing, unknown
from scaffold.preview import Preview, Request

Entry: TypeAlias = Achievement | Mapping[str, object]
"""An achievement: the library's value, or a mapping as in `parallel.json`, with `id` or `achievement_id`."""

Listed = TypeVar("Listed", bound=Entry)


def achievements(entries: Iterable[Entry]) -> tuple[Achievement, ...]:
    """Return achievements as values; raises InvalidInput for mappings that are not achievements."""
    return tuple(entry if isinstance(entry, Achievement) else parallel.read_entries([entry])[0] for entry in entries)


def id_of(entry: Entry) -> str:
    """Return the id of an achievement in either form; raises InvalidInput."""
    return achievements([entry])[0].id


def described(achievement_id: str, data: Mapping[str, object]) -> Achievement:
    """Return the achievement that `data` describes as an entry of `parallel.json` does; raises InvalidInput."""
    return parallel.read_entries([{**data, "id": achievement_id}])[0]


def under_headings(data: Mapping[str, object], headings: Mapping[str, str]) -> str:
    """Return `data` as Markdown, each value below its heading, lists as list items."""
    parts = []
    for name, heading in headings.items():
        match data.get(name):
            case None | "":
                continue
            case list() | tuple() as items:
                parts.append(f"{heading}\n\n" + "".join(f"- {item}\n" for item in items))
            case value:
                parts.append(f"{heading}\n\n{value}\n")
    return "\n".join(parts)


def levels(entries: Iterable[Entry]) -> dict[str, int]:
    """Return the level of each achievement; one that the list lacks counts as level 0, and what needs it is above.

    Raises InvalidInput when the dependencies form a cycle.
    """
    known = {achievement.id: achievement for achievement in achievements(entries)}
    strangers = {id_ for achievement in known.values() for id_ in achievement.dependencies} - known.keys()
    if circles := graph.cycles({achievement.id: achievement.dependencies for achievement in known.values()}):
        raise InvalidInput.of("cycle", f"dependencies form a cycle: {' → '.join(circles[0])}")
    return graph.levels([*known.values(), *(Achievement(id_, id_, (), None, {}) for id_ in strangers)])


def filter_by_dependency_level(achievements: Iterable[Listed], level: int = 0) -> list[Listed]:
    """Return those of the achievements that are on a dependency level, 0 being those without dependencies.

    A dependency that is not in the list counts as one of level 0. Raises InvalidInput for mappings that are not
    achievements and for dependencies that form a cycle.
    """
    given = list(achievements)
    level_of = levels(given)
    return [entry for entry in given if level_of[id_of(entry)] == level]


def calculate_dependency_level(
    achievement_id: str, achievements: Iterable[Entry], memo: dict[str, int] | None = None
) -> int:
    """Return the level of an achievement: 0 without dependencies, else 1 + the highest among its dependencies.

    An achievement that is not in the list is on level 0. Known levels are taken from `memo`, and the levels of the
    list are added to it. Raises InvalidInput as `filter_by_dependency_level` does.
    """
    known = {} if memo is None else memo
    if achievement_id not in known:
        known.update(levels(achievements))
    return known.get(achievement_id, 0)


# --- what it says ---------------------------------------------------------------------------------------------------


@dataclass
class Result:
    """The outcome of a batch. Each module has its own; `label` is the word for what it creates."""

    created: list[Path] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    missing_subplans: list[str] = field(default_factory=list)

    label: ClassVar[str]

    def __str__(self) -> str:
        """Return the outcome of the batch in the original's words."""
        lines: list[str] = []
        if self.missing_subplans:
            missing = counted(len(self.missing_subplans), "SUBPLAN")
            lines += [f"⚠️  Missing {missing} {_to_create_first(self.missing_subplans)}:"]
            lines += [f"  - Achievement {id_}" for id_ in self.missing_subplans]
        if self.created:
            lines += [
                f"✅ Created {counted(len(self.created), self.label)}:",
                *(f"  - {path.name}" for path in self.created),
            ]
        if self.skipped:
            lines += [f"⏭️  Skipped {len(self.skipped)} (already {agreed(len(self.skipped), 'exists', 'exist')}):"]
            lines += [f"  - Achievement {id_}" for id_ in self.skipped]
        if self.errors:
            lines += [f"❌ Errors ({len(self.errors)}):"]
            lines += [f"  - Achievement {id_}: {message}" for id_, message in self.errors]
        return "\n".join(map(printable, lines)) or f"No {self.label} was created."


def _to_create_first(missing_subplans: Sequence[str]) -> str:
    return f"(create {agreed(len(missing_subplans), 'it', 'these')} first)"


def show_preview(
    kind: DocumentKind, entries: Iterable[Entry], plan_name: str, missing_subplans: Sequence[str], level: int | None
) -> None:
    """Print what a batch would create, in the original's words."""
    ids = [id_of(entry) for entry in entries]
    lines = [f"📋 Batch {kind.label.removesuffix('_TASK')} Creation Preview", "=" * 80, f"Plan: {plan_name}"]
    lines += [] if level is None else [f"Dependency level: {level}"]
    lines += [f"Achievements to create: {len(ids)}"]
    names = [first_name(kind, plan_name, slug_of(id_)) for id_ in ids]
    lines += [f"  {at}. Achievement {id_} - {name}" for at, (id_, name) in enumerate(zip(ids, names, strict=True), 1)]
    if missing_subplans:
        lines += [
            f"⚠️  WARNING: {counted(len(missing_subplans), 'SUBPLAN')} missing {_to_create_first(missing_subplans)}:"
        ]
        lines += [f"  - Achievement {id_}" for id_ in missing_subplans]
    show("\n" + "\n".join(map(printable, lines)) + "\n\n")


def confirmed(kind: DocumentKind, entries: Iterable[Entry]) -> bool:
    """Ask once; anything but y or yes, the end of input, and a terminal at which nobody answers, is a no."""
    if _asks_nobody():
        terminal.tell(f"Not confirmed: nobody is asked in {terminal.unattended()}; nothing was changed.\n")
        return False
    try:
        answer = input(_create.question(kind, len(list(entries))))
    except EOFError:
        return False
    return answer.strip().lower() in {"y", "yes"}


def _asks_nobody() -> bool:
    """Whether `input` would wait for ever: Python's own, at what an agent or continuous integration has for a terminal.

    What a caller has put in its place is asked everywhere, and so is a file or a pipe that has the answer.
    """
    is_own = isinstance(input, BuiltinFunctionType)
    return is_own and terminal.unattended() is not None and sys.stdin is not None and sys.stdin.isatty()


def show(text: str) -> None:
    """Print; what the encoding of the output lacks is escaped, so that a preview is never lost before a question."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    terminal.show(text.encode(encoding, terminal.ESCAPING).decode(encoding))


def error_text(diagnostic: Diagnostic) -> str:
    """Return a problem as `said` does; invalid JSON begins with the original's words."""
    return f"Invalid JSON: {said(diagnostic)}" if diagnostic.code in {"not_json", "not_utf8"} else said(diagnostic)


def said(diagnostic: Diagnostic) -> str:
    """Return a problem in one line: where, what, and what to do."""
    place = diagnostic.path if diagnostic.path and diagnostic.path not in diagnostic.message else None
    line = f", line {diagnostic.line}" if diagnostic.line else ""
    where = f"{place}{line}: " if place else ""
    return f"{where}{diagnostic.message}" + (f" ({diagnostic.hint})" if diagnostic.hint else "")


# --- what it does ---------------------------------------------------------------------------------------------------


NO_ACHIEVEMENT = "N/A"
"""Stands for the id in an error that is about the plan, or that belongs to no single achievement."""


@dataclass(frozen=True, slots=True)
class Run:
    """One batch: the kind of document, the plan, whether it is only shown, and the functions that show it and ask."""

    kind: DocumentKind
    plan_path: Path
    parallel_json: Path | None
    dry_run: bool
    show: Callable[[Sequence[Achievement], str, list[str], int | None], None]
    confirm: Callable[[Sequence[Achievement]], bool]


def create_batch(run: Run, result: Result) -> None:
    """Show, ask once, and create what is missing on the lowest incomplete level; `result` collects what happens.

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
        result.errors += [
            (ids.get(diagnostic.path or "", NO_ACHIEVEMENT), error_text(diagnostic)) for diagnostic in error.diagnostics
        ]


def create_single(kind: DocumentKind, plan_path: Path, given: Achievement, assign: batch.Assign) -> Path:
    """Create one document without asking and return its path; `assign` says what it is made from.

    `parallel.json` need not exist; where it does, it says what the achievement is. Raises ScaffoldError: Conflict when
    there is such a document or none is needed, what `batch.prepare` and `transaction.apply` raise otherwise.
    """
    recover_first(plan_path)
    directory = workspace.locate(plan_path)
    if (directory / parallel.FILE_NAME).exists():
        plan = workspace.read_plan(plan_path)
    else:
        plan = workspace.read_plan_with(plan_path, [replace(given, dependencies=())])
    if wrong := unknown((given.id,), {achievement.id for achievement in plan.achievements}):
        raise InvalidInput(wrong)  # it is no word of a command line here
    selection = Selection("achievements", ids=(given.id,))
    request = Request(kind, plan_path, selection, "first", Policy(), None, clock.today())
    preview = batch.prepare_for(plan, request, assign)
    if not preview.files:
        (standing,) = preview.existing
        message = f"achievement {given.id} needs no {kind.label}: it is {standing.state.replace('_', ' ')}"
        path = next(iter(standing.paths(kind)), None)
        raise Conflict.of("already_there", message, path=path, hint="nothing is overwritten: move it away first")
    return _applied(preview)[0]


def missing(kind: DocumentKind, plan_path: Path, entries: Iterable[Listed]) -> list[Listed]:
    """Return those of the achievements that miss a document of a kind; raises InvalidInput."""
    given = list(entries)
    plan, read = plan_with(plan_path, given)
    absent = {standing.id for standing in part_missing(progress_of(plan), kind, "first")[0]}
    return [entry for entry, achievement in zip(given, read, strict=True) if achievement.id in absent]


def plan_with(plan_path: Path, entries: Iterable[Entry]) -> tuple[Plan, tuple[Achievement, ...]]:
    """Read the plan with these achievements as its own, and return them as values; raises InvalidInput."""
    read = achievements(entries)
    return workspace.read_plan_with(plan_path, read), read


def _note(preview: Preview, result: Result) -> None:
    """Add to the result what a preview passes over: what exists, and what blocks."""
    result.skipped += [standing.achievement.id for standing in preview.existing]
    for left in preview.left_out:
        problems = [diagnostic for diagnostic in left.diagnostics if diagnostic.severity == "error"]
        if any(problem.code == "subplan_missing" for problem in problems):
            result.missing_subplans.append(left.achievement.id)
        else:
            result.errors += [(left.achievement.id, said(problem)) for problem in problems]


def _carry_out(run: Run, preview: Preview, level: int | None, result: Result) -> None:
    wanted = [file.achievement for file in preview.files]
    terminal.tell(report.warnings_text(preview.warnings))
    if wanted or preview.left_out:
        run.show(wanted, preview.plan.name, result.missing_subplans, level)
    else:
        show(f"✅ All {run.kind.label}s already exist\n")
    if result.missing_subplans:
        count = len(result.missing_subplans)
        what, them = counted(count, "SUBPLAN"), agreed(count, "it", "them")
        show(f"❌ Missing {what}: write {them} first, nothing is created before\n")
    if run.dry_run:
        show("🔍 DRY-RUN MODE: No files created\n")
    elif wanted and not preview.left_out:
        transaction.check_writable(preview.plan.directory, tuple(file.target for file in preview.files))
        if run.confirm(wanted):
            result.created += _applied(preview)
        else:
            show("❌ Batch creation cancelled\n")


def _applied(preview: Preview) -> list[Path]:
    transaction.apply(preview.plan.directory, batch.batch_of(preview), clock.now(), terminal.count)
    return [preview.plan.directory / file.target for file in preview.files]


def _ids_by_path(plan: Plan, kind: DocumentKind) -> dict[str, str]:
    """Return the achievement id for each path: of what could be created, and of what is in its way."""
    by_slug, ids = files_by_slug(plan, kind), {}
    for achievement in plan.achievements:
        irregular = [name for name, _ in by_slug[achievement.slug].irregular] if achievement.slug in by_slug else []
        for name in (first_name(kind, plan.name, achievement.slug), *irregular):
            ids[f"{kind.folder}/{name}"] = achievement.id
    return ids
