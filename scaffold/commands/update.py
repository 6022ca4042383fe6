"""`scaffold update`: brings EXECUTION_TASKs up to date with their SUBPLANs and templates, and keeps what was edited."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Unpack

import click

from scaffold import batch, clock, terminal, transaction
from scaffold.commands._conflicts import ConflictData, conflict_data, conflicts, places
from scaffold.commands._created_data import LeftOutData, left_out_data
from scaffold.commands._documents import ContentData, ShowOptions, show_options, with_documents
from scaffold.commands._ids import IDS_AND_PLAN, NamingAchievements, achievement_option
from scaffold.commands._paging import NO_PAGE, PageData, PageOptions, demand_json, page_options
from scaffold.commands._write import WriteOptions, carry_out, write_options
from scaffold.commands.recover import recover_first
from scaffold.document import execution_task
from scaffold.errors import Diagnostic, InvalidInput, PrerequisitesMissing, UsageProblem
from scaffold.lazy.values import frozen
from scaffold.model import Batch, ChangeSet
from scaffold.names import EXECUTION_TASK, counted, listed, printable
from scaffold.plan import attempts, workspace
from scaffold.plan.progress import Progress, Standing, in_words, progress_of
from scaffold.plan.selection import Selection, level_named, select
from scaffold.preview import LeftOut, Proposal, ShownDocument
from scaffold.reading.merge_markers import unresolved_at
from scaffold.report import table
from scaffold.shapes import (
    AchievementId,
    AppliedBatch,
    ChangeSetId,
    Count,
    NextCommand,
    NextStep,
    PlanData,
    RelativePath,
    plan_data,
)
from scaffold.update import known
from scaffold.update.remade import OnConflict, Remade, examine

_DECIDED = {"keep": "edit kept", "markers": "with markers"}


class UpdateOptions(WriteOptions, ShowOptions, PageOptions):
    """The options of `scaffold update`, by their names in the code."""

    ids: tuple[str, ...]
    level: str | None
    conflict: OnConflict | None
    refresh_facts: bool


_OPTIONS = (
    IDS_AND_PLAN,
    achievement_option("Only this achievement: the same as ID. Repeatable."),
    click.option("--level", metavar="N|all", help="Only a dependency level."),
    click.option(
        "--conflict",
        type=click.Choice(["keep", "markers"]),
        help="Where both changed: keep the edited lines, or write both between merge markers.",
    ),
    click.option("--refresh-facts", is_flag=True, help="Also what is said of dependencies' states and of siblings."),
)


def update_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that say what is updated, and the plan."""
    command = page_options(command)
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command(cls=NamingAchievements)
@update_options
@show_options
@write_options
def update(plan: Path, **options: Unpack[UpdateOptions]) -> int:
    """Bring EXECUTION_TASKs up to date, and keep what was edited.

    The newest attempt of every achievement that is not done is made again, with the date and the states that it was
    made with. What nobody edited is replaced; what somebody did is merged, line by line. Where both changed the same,
    nothing is changed at all, and the places are shown.
    """
    demand_json(options)
    if not options["dry_run"]:
        recover_first(plan)
    return carry_out(with_documents(propose(plan, options, clock.today()), options), options)


@frozen
class _Found:
    """What there is to update, in the order of the plan, and what is left alone."""

    progress: Progress
    outdated: tuple[Remade, ...]
    looked_at: int
    foreign: tuple[str, ...]
    merges: Mapping[str, int]
    left_out: tuple[LeftOut, ...]
    done: tuple[Standing, ...]
    warnings: tuple[Diagnostic, ...]


def propose(plan: Path, options: UpdateOptions, _: str) -> Proposal:
    """Return what an update would change, exactly; nothing is written. Documents keep the date that they carry.

    Raises InvalidInput for a plan or template that is wrong, for achievements that it does not have, and for documents
    with unresolved merge markers; PrerequisitesMissing for a named achievement whose SUBPLAN is missing or wrong.
    """
    found = _find(plan, options)
    on_conflict = options["conflict"] or "keep"
    changes = _changes(found, on_conflict)
    documents = tuple(
        ShownDocument(each.standing.id, each.target, each.current, each.result(on_conflict)) for each in found.outdated
    )
    against = () if options["conflict"] else tuple(conflicts(found.outdated))
    read = found.progress.plan
    answers = execution_task.answers(read.name, read.document, (each.document.variables for each in found.outdated))
    count = len(found.outdated)
    return Proposal(
        kind="update",
        batch=Batch("update", _selection(options), changes, answers),
        argument=plan,
        directory=read.directory,
        warnings=(*transaction.interrupted(read.directory), *read.diagnostics, *found.warnings),
        shown=_text(found, changes, on_conflict, has_conflicts=bool(against), dry_run=options["dry_run"]),
        question=f"Proceed with updating {counted(count, 'EXECUTION_TASK')}? (y/N): " if count else None,
        data=_data(found, changes, on_conflict, _selection(options)),
        done=f"Updated {counted(count, 'EXECUTION_TASK')}",
        remark="; undo that batch to reverse this",
        conflicts=against,
        documents=documents,
        made_from=batch.made_from(found.progress, changes),
        lists=("files", "left_out", "foreign"),
    )


def _find(plan: Path, options: UpdateOptions) -> _Found:
    progress = progress_of(workspace.read_plan(plan))
    standings = select(progress, _selected(options), EXECUTION_TASK)
    looked_at = known.documents(progress, standings)
    merges = {path: line for standing in standings if standing.attempt for path, line in standing.attempt.merges}
    if merges and options["ids"]:
        raise InvalidInput(unresolved_at(path, line) for path, line in merges.items())
    resolved = tuple(each for each in looked_at.known if each.target not in merges)
    refresh = options["refresh_facts"]
    suspect = resolved if refresh else known.suspects(progress, resolved)
    examined = examine(progress, suspect, refresh=refresh)
    if looked_at.unusable and options["ids"]:
        raise InvalidInput(looked_at.unusable)
    if examined.left_out and options["ids"]:
        raise PrerequisitesMissing(problem for left_out in examined.left_out for problem in left_out.diagnostics)
    return _Found(
        progress,
        examined.outdated,
        examined.compared(resolved),
        looked_at.foreign,
        merges,
        examined.left_out,
        tuple(standing for standing in standings if standing.is_done) if options["ids"] else (),
        (*looked_at.all_warnings, *examined.unreadable),
    )


def _selected(options: UpdateOptions) -> Selection:
    if options["ids"] and options["level"] is not None:
        message = "--level and --achievement are mutually exclusive"
        raise UsageProblem.of("usage", message, hint="use one of them")
    if options["ids"]:
        return Selection("achievements", ids=tuple(dict.fromkeys(options["ids"])))
    return level_named(options["level"] or "all", others=("all",))


def _selection(options: UpdateOptions) -> str:
    """Return the options as the record keeps them."""
    words = [_selected(options).options]
    words += [f"--conflict {options['conflict']}"] if options["conflict"] else []
    words += ["--refresh-facts"] if options["refresh_facts"] else []
    return " ".join(words)


def _changes(found: _Found, on_conflict: OnConflict) -> ChangeSet:
    plan = found.progress.plan
    return ChangeSet(
        tuple(each.change(on_conflict) for each in found.outdated),
        (*plan.inputs, *dict.fromkeys(each.document.source for each in found.outdated)),
        tuple(path for each in found.outdated for path in attempts.absent_verdicts(plan, each.standing.achievement)),
    )


class UpdatedData(ContentData):
    """A document to update."""

    id: AchievementId
    title: str
    path: RelativePath
    lines: Count
    why: list[str]
    edited: bool
    conflicts: list[ConflictData]


class UpdateData(PlanData, PageData):
    """`data` of `scaffold update --json`."""

    selection: Annotated[str, "the options, such as `--level 1`"]
    change_set: ChangeSetId
    batch: AppliedBatch
    next_step: NextStep
    next_command: NextCommand
    files: Annotated[
        list[UpdatedData],
        "what would be or was updated: `id`, `title`, `path`, `lines`, `why` (what has changed), whether it "
        "was `edited`, and the `conflicts`: `line` in the document and `generated_line` in what is generated now, with "
        "the lines of both and those `before`",
    ]
    foreign: Annotated[list[RelativePath], "documents that no batch wrote, which are left alone"]
    left_out: Annotated[list[LeftOutData], "achievements whose SUBPLAN is missing or wrong: `id`, `title`, `reasons`"]


def _data(found: _Found, changes: ChangeSet, on_conflict: OnConflict, selection: str) -> UpdateData:
    return {
        **plan_data(found.progress.plan.name, found.progress.plan.document, found.progress.plan.directory),
        "selection": selection,
        "change_set": changes.id,
        "batch": None,
        "next_step": None,
        "next_command": None,
        "files": [
            {
                "id": each.standing.id,
                "title": each.standing.achievement.title,
                "path": each.target,
                "lines": each.result(on_conflict).count(b"\n"),
                "why": list(each.why),
                "edited": each.is_edited,
                "conflicts": [conflict_data(place) for place in each.kept.conflicts],
                "content": None,
            }
            for each in found.outdated
        ],
        **NO_PAGE,
        "foreign": list(found.foreign),
        "left_out": [left_out_data(left_out) for left_out in found.left_out],
    }


def _text(found: _Found, changes: ChangeSet, on_conflict: OnConflict, *, has_conflicts: bool, dry_run: bool) -> str:
    """Show what an update would change, where it cannot, and what it leaves alone."""
    lines = [f"Plan {printable(found.progress.plan.name)}", ""]
    count = len(found.outdated)
    if count:
        lines += [f"{counted(count, 'EXECUTION_TASK')} out of date (change set {changes.id}):", ""]
        decided = None if has_conflicts else _DECIDED[on_conflict]
        rows = [
            (each.standing.id, each.target, *_in_numbers(each, on_conflict), _how(each, decided), listed(each.why))
            for each in found.outdated
        ]
        head = ("Achievement", "File", "Added", "Removed", "How", "What has changed")
        lines += [table(head, rows, terminal.columns()), ""]
    elif found.looked_at:
        lines += [f"Nothing to update: {counted(found.looked_at, 'EXECUTION_TASK')} up to date.", ""]
    elif found.left_out or found.warnings:
        lines += ["Nothing to update: what there is cannot be made again.", ""]
    else:
        lines += ["Nothing to update: there is no EXECUTION_TASK of an open achievement that scaffold made.", ""]
    for each in found.outdated:
        lines += places(each)
    lines += _left_alone(found)
    if has_conflicts:
        lines += ["Nothing is changed until the conflicts are decided."]
    elif count and dry_run:
        lines += ["Dry run: nothing was changed. The same command without --dry-run asks, then updates these files."]
    return "\n".join(lines).rstrip() + "\n\n"


def _how(each: Remade, decided: str | None) -> str:
    if each.kept.conflicts:
        return decided or "conflict"
    return "merged" if each.is_edited else "replaced"


def _in_numbers(each: Remade, on_conflict: OnConflict) -> tuple[str, str]:
    """Return how many lines the document gets and loses."""
    from collections import Counter

    before, after = (Counter(text.splitlines()) for text in (each.current, each.result(on_conflict)))
    return str((after - before).total()), str((before - after).total())


def _left_alone(found: _Found) -> list[str]:
    lines = [f"Left alone: {path}, which scaffold has no record of" for path in found.foreign]
    lines += [
        f"Left alone: {path}: a merge that nobody has resolved begins on line {line}"
        for path, line in found.merges.items()
    ]
    lines += [
        f"Left alone: {left_out.achievement.id} {left_out.achievement.title}: {left_out.diagnostics[0].message}"
        for left_out in found.left_out
    ]
    lines += [
        f"Left alone: {standing.id} is {in_words(standing.state)}: its documents are history" for standing in found.done
    ]
    return [*map(printable, lines), ""] if lines else []
