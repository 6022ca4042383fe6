"""`scaffold update`: brings EXECUTION_TASKs up to date with their SUBPLANs and templates, and keeps what was edited."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypedDict, Unpack

import click

from scaffold import batch, clock, terminal, transaction
from scaffold.commands._documents import ContentData, ShowOptions, show_options, with_documents
from scaffold.commands._write import WriteOptions, carry_out, write_options
from scaffold.commands.recover import recover_first
from scaffold.document import execution_task
from scaffold.document.merge import Place
from scaffold.errors import Diagnostic, InvalidInput, PrerequisitesMissing, UsageProblem
from scaffold.model import Batch, ChangeSet
from scaffold.names import EXECUTION_TASK, agreed, counted, listed, printable
from scaffold.plan import attempts, workspace
from scaffold.plan.progress import Progress, Standing, in_words, progress_of
from scaffold.plan.selection import Selection, level_named, select
from scaffold.preview import LeftOut, Proposal, ShownDocument
from scaffold.reading import merge_markers
from scaffold.report import table
from scaffold.shapes import (
    AchievementId,
    AppliedBatch,
    ChangeSetId,
    Count,
    LineNumber,
    NextCommand,
    NextStep,
    PlanData,
    RelativePath,
)
from scaffold.update import known
from scaffold.update.remade import OnConflict, Remade, examine

_TEXT = 60
"""How much of a line is shown where two stand against each other."""


class UpdateOptions(WriteOptions, ShowOptions):
    """The options of `scaffold update`, by their names in the code."""

    ids: tuple[str, ...]
    level: str | None
    conflict: OnConflict | None
    refresh_facts: bool


_OPTIONS = (
    click.argument("plan", default=".", type=click.Path(path_type=Path)),
    click.option("--achievement", "ids", multiple=True, metavar="ID", help="Only this achievement. Repeatable."),
    click.option("--level", metavar="N|all", help="Only a dependency level."),
    click.option(
        "--conflict",
        type=click.Choice(["keep", "markers"]),
        help="Where both changed: keep the edited lines, or write both between merge markers.",
    ),
    click.option("--refresh-facts", is_flag=True, help="Also what is said of dependencies' states and of siblings."),
)


def update_options(command: click.decorators.FC) -> click.decorators.FC:
    """Add the options that say what is updated, and the plan."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@update_options
@show_options
@write_options
def update(plan: Path, **options: Unpack[UpdateOptions]) -> int:
    """Bring EXECUTION_TASKs up to date, and keep what was edited.

    The newest attempt of every achievement that is not done is made again, with the date and the states that it was
    made with. What nobody edited is replaced; what somebody did is merged, line by line. Where both changed the same,
    nothing is changed at all, and the places are shown.
    """
    if not options["dry_run"]:
        recover_first(plan)
    return carry_out(with_documents(propose(plan, options, clock.today()), options), options)


@dataclass(frozen=True, slots=True)
class _Found:
    """What there is to update, in the order of the plan, and what is left alone."""

    progress: Progress
    outdated: tuple[Remade, ...]
    looked_at: int
    foreign: tuple[str, ...]
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
    conflicts = () if options["conflict"] else tuple(_conflicts(found.outdated))
    read = found.progress.plan
    answers = execution_task.answers(read.name, read.document, (each.document.variables for each in found.outdated))
    count = len(found.outdated)
    return Proposal(
        kind="update",
        batch=Batch("update", _selection(options), changes, answers),
        argument=plan,
        directory=read.directory,
        warnings=(*transaction.interrupted(read.directory), *read.diagnostics, *found.warnings),
        shown=_text(found, changes, on_conflict, has_conflicts=bool(conflicts), dry_run=options["dry_run"]),
        question=f"Proceed with updating {counted(count, 'EXECUTION_TASK')}? (y/N): " if count else None,
        data=_data(found, changes, on_conflict, _selection(options)),
        done=f"Updated {counted(count, 'EXECUTION_TASK')}",
        remark=f"; `scaffold undo` brings {agreed(count, 'it', 'them')} back",
        conflicts=conflicts,
        documents=documents,
        made_from=batch.made_from(found.progress, changes),
    )


def _find(plan: Path, options: UpdateOptions) -> _Found:
    progress = progress_of(workspace.read_plan(plan))
    standings = select(progress, _selected(options), EXECUTION_TASK)
    looked_at = known.documents(progress, standings)
    refresh = options["refresh_facts"]
    suspect = looked_at.known if refresh else known.suspects(progress, looked_at.known)
    examined = examine(progress, suspect, refresh=refresh)
    if looked_at.unusable and options["ids"]:
        raise InvalidInput(looked_at.unusable)
    if examined.left_out and options["ids"]:
        raise PrerequisitesMissing(problem for left_out in examined.left_out for problem in left_out.diagnostics)
    markers = [
        problem
        for each in examined.outdated
        for problem in merge_markers.unresolved(attempts.text_of(each.current), each.target)
    ]
    if markers:
        raise InvalidInput(markers)
    return _Found(
        progress,
        examined.outdated,
        examined.compared(looked_at.known),
        looked_at.foreign,
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


def _conflicts(outdated: Sequence[Remade]) -> Iterator[Diagnostic]:
    """Yield an error for every place where both changed the same."""
    hint = (
        "--conflict keep keeps the edited lines and updates the rest, --conflict markers writes both into the document"
    )
    for each in outdated:
        for place in each.kept.conflicts:
            message = (
                f"the edit stands against what is generated now: {_quoted(place.theirs)}, not {_quoted(place.ours)}"
            )
            yield Diagnostic("update_conflict", message, each.target, place.line, hint)


def _quoted(text: str) -> str:
    lines = text.splitlines()
    if not lines:
        return "nothing"
    more = f" and {counted(len(lines) - 1, 'more line')}" if len(lines) > 1 else ""
    first = lines[0] if len(lines[0]) <= _TEXT else f"{lines[0][:_TEXT]}…"
    return f'"{first.strip()}"{more}'


class ConflictData(TypedDict):
    """A place where both changed the same."""

    line: LineNumber
    generated_line: LineNumber
    edited: str
    generated: str
    before: str


class UpdatedData(ContentData):
    """A document to update."""

    achievement: AchievementId
    title: str
    path: RelativePath
    lines: Count
    why: list[str]
    edited: bool
    conflicts: list[ConflictData]


class UpdateData(PlanData):
    """`data` of `scaffold update --json`."""

    selection: Annotated[str, "the options, such as `--level 1`"]
    change_set: ChangeSetId
    batch: AppliedBatch
    next_step: NextStep
    next_command: NextCommand
    files: Annotated[
        list[UpdatedData],
        "what would be or was updated: `achievement`, `title`, `path`, `lines`, `why` (what has changed), whether it "
        "was `edited`, and the `conflicts`: `line` in the document and `generated_line` in what is generated now, with "
        "the lines of both and those `before`",
    ]
    foreign: Annotated[list[RelativePath], "documents that no batch wrote, which are left alone"]
    left_out: Annotated[list[AchievementId], "achievements whose SUBPLAN is missing or wrong"]


def _data(found: _Found, changes: ChangeSet, on_conflict: OnConflict, selection: str) -> UpdateData:
    return {
        "plan": found.progress.plan.name,
        "plan_document": found.progress.plan.document,
        "selection": selection,
        "change_set": changes.id,
        "batch": None,
        "next_step": None,
        "next_command": None,
        "files": [
            {
                "achievement": each.standing.id,
                "title": each.standing.achievement.title,
                "path": each.target,
                "lines": each.result(on_conflict).count(b"\n"),
                "why": list(each.why),
                "edited": each.is_edited,
                "conflicts": [_conflict_data(place) for place in each.kept.conflicts],
                "content": None,
            }
            for each in found.outdated
        ],
        "foreign": list(found.foreign),
        "left_out": [left_out.achievement.id for left_out in found.left_out],
    }


def _conflict_data(place: Place) -> ConflictData:
    return {
        "line": place.line,
        "generated_line": place.new_line,
        "edited": place.theirs,
        "generated": place.ours,
        "before": place.base,
    }


def _text(found: _Found, changes: ChangeSet, on_conflict: OnConflict, *, has_conflicts: bool, dry_run: bool) -> str:
    """Show what an update would change, where it cannot, and what it leaves alone."""
    lines = [f"Plan {printable(found.progress.plan.name)}", ""]
    count = len(found.outdated)
    if count:
        lines += [f"{counted(count, 'EXECUTION_TASK')} out of date (change set {changes.id}):", ""]
        rows = [
            (each.standing.id, each.target, *_added_and_removed(each, on_conflict), _how(each), listed(each.why))
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
        lines += _places(each)
    lines += _left_alone(found)
    if has_conflicts:
        lines += ["Nothing is changed until the conflicts are decided."]
    elif count and dry_run:
        lines += ["Dry run: nothing was changed. The same command without --dry-run asks, then updates these files."]
    return "\n".join(lines).rstrip() + "\n\n"


def _how(each: Remade) -> Literal["replaced", "merged", "conflict", "kept as it is"]:
    if each.kept.conflicts:
        return "conflict"
    return "merged" if each.is_edited else "replaced"


def _added_and_removed(each: Remade, on_conflict: OnConflict) -> tuple[str, str]:
    """Return how many lines the document gets and loses."""
    from collections import Counter

    before, after = (Counter(text.splitlines()) for text in (each.current, each.result(on_conflict)))
    return str((after - before).total()), str((before - after).total())


def _places(each: Remade) -> list[str]:
    """Return the conflicts of a document, each with the text of both sides."""
    lines: list[str] = []
    for place in each.kept.conflicts:
        lines += [f"Conflict in {each.target}, line {place.line} (line {place.new_line} of what is generated now):"]
        for name, text in (("before", place.base), ("edited", place.theirs), ("generated", place.ours)):
            lines += [f"  {name + ':':<11}{line}" for line in map(printable, text.splitlines() or ["(nothing)"])]
        lines += [""]
    return lines


def _left_alone(found: _Found) -> list[str]:
    lines = [f"Left alone: {path}, which scaffold has no record of" for path in found.foreign]
    lines += [
        f"Left alone: {left_out.achievement.id} {left_out.achievement.title}: {left_out.diagnostics[0].message}"
        for left_out in found.left_out
    ]
    lines += [
        f"Left alone: {standing.id} is {in_words(standing.state)}: its documents are history" for standing in found.done
    ]
    return [*map(printable, lines), ""] if lines else []
