"""`scaffold adopt`: gives a plan its parallel.json, and takes over later what its PLAN says now."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Literal, TypedDict, Unpack

import click

from scaffold import terminal
from scaffold.commands._paging import NO_PAGE, PageData, PageOptions, demand_json, page_options
from scaffold.commands._plan import plan_argument
from scaffold.commands._write import WriteOptions, carry_out, write_options
from scaffold.commands.recover import recover_first
from scaffold.model import Batch, Json
from scaffold.names import UNTITLED, counted, invocation, invocation_for, listed, printable, typed
from scaffold.plan import adoption, drift
from scaffold.plan.adoption import Adoption
from scaffold.plan.drift import Difference
from scaffold.preview import Proposal
from scaffold.reading.content import PlannedAchievement
from scaffold.report import table
from scaffold.shapes import (
    AchievementId,
    AppliedBatch,
    ChangeSetId,
    LineNumber,
    NextCommand,
    NextStep,
    PlanData,
    plan_data,
)

_LISTS = ("achievements", "differences", "dependencies_open", "finished")
"""What programs read in parts, an achievement in all of them on the same page."""


class AdoptOptions(WriteOptions, PageOptions):
    """The options of `scaffold adopt`, by their names in the code."""

    update: bool


@click.command()
@plan_argument
@click.option("--update", is_flag=True, help="Bring an existing parallel.json up to date with the PLAN.")
@page_options
@write_options
def adopt(plan: Path, **options: Unpack[AdoptOptions]) -> int:
    """Write the parallel.json that a plan lacks, from its PLAN.

    Ids, titles, hours and the dependencies that the PLAN states for each achievement are copied. Where it states none,
    or not clearly, the achievement is listed for a person to fill them in. An existing file is never overwritten.

    With --update, an existing file is changed where the PLAN says something else: achievements are added; titles, hours
    and clearly stated dependencies are corrected. Everything else in it stays as written; no achievement is removed.
    """
    demand_json(options)
    if not options["dry_run"]:
        recover_first(plan)
    make = _update if options["update"] else _creation
    return carry_out(make(plan, options["dry_run"]), options)


def _creation(argument: Path, dry_run: bool) -> Proposal:
    found = adoption.prepare(argument)
    return Proposal(
        kind="adopt",
        batch=Batch("adopt", "", found.changes, {}),
        argument=argument,
        directory=found.directory,
        warnings=found.warnings,
        shown=adoption_text(found, terminal.columns(), dry_run=dry_run),
        question=f"Proceed with creating parallel.json for {counted(len(found.achievements), 'achievement')}? (y/N): ",
        data=adoption_data(found),
        done="Created parallel.json",
        lists=_LISTS,
    )


def _update(argument: Path, dry_run: bool) -> Proposal:
    found = adoption.prepare_update(argument)
    touched = {difference.achievement for difference in found.differences if difference.stated is not None}
    question = f"Proceed with updating {counted(len(touched), 'achievement')} in parallel.json? (y/N): "
    return Proposal(
        kind="adopt",
        batch=Batch("adopt", "--update", found.changes, {}),
        argument=argument,
        directory=found.directory,
        warnings=found.warnings,
        shown=update_text(found, terminal.columns(), dry_run=dry_run),
        question=question if touched else None,
        data=adoption_data(found),
        done="Updated parallel.json",
        lists=_LISTS,
    )


class AdoptedData(TypedDict):
    """An achievement as `parallel.json` will have it."""

    id: AchievementId
    title: str | None
    dependencies: list[AchievementId]
    estimated_hours: float | str | None
    stated: str | None


class DifferenceData(TypedDict):
    """A field in which PLAN and `parallel.json` differ."""

    id: AchievementId
    field: Literal["achievement", "title", "dependencies", "estimated_hours"]
    plan: list[str] | float | str | None
    parallel: list[str] | float | str | None
    line: LineNumber | None


class AdoptData(PlanData, PageData):
    """`data` of `scaffold adopt --json`."""

    change_set: ChangeSetId
    batch: AppliedBatch
    next_step: NextStep
    next_command: NextCommand
    achievements: Annotated[
        list[AdoptedData],
        "what `parallel.json` will say, with --update only of those that change: `id`, `title`, `dependencies`, "
        "`estimated_hours`; `stated` is the PLAN's own wording of the dependencies, null where it has none",
    ]
    dependencies_open: Annotated[list[AchievementId], "achievements whose dependencies a person must fill in"]
    finished: Annotated[
        list[AchievementId], "achievements that the PLAN marks as finished and that have no verdict; nothing is done"
    ]
    differences: Annotated[
        list[DifferenceData],
        "with --update, what PLAN and `parallel.json` say differently: `id`, `field`, one of the file's keys, or "
        "`achievement` for one that the other does not have, with its title; `line` is in the PLAN. What the PLAN does "
        "not say (`plan` null) stays",
    ]
    kept: Annotated[
        list[str], "with --update, the keys of achievements that only a person writes: they stay as written"
    ]


def adoption_data(found: Adoption) -> AdoptData:
    """Return `data` of `scaffold adopt --json`."""
    stated = {
        achievement.id: achievement.dependencies.stated.text.strip()
        for achievement in found.achievements
        if achievement.dependencies
    }
    return {
        **plan_data(found.plan_name, found.source.path, found.directory),
        "change_set": found.changes.id,
        "batch": None,
        "next_step": None,
        "next_command": None,
        "achievements": [_entry_data(entry, stated.get(adoption.id_of(entry))) for entry in found.entries],
        "dependencies_open": list(found.open_ids),
        "finished": list(found.finished),
        "differences": [
            {
                "id": difference.achievement,
                "field": difference.field,
                "plan": _value_data(difference.stated),
                "parallel": _value_data(difference.written),
                "line": difference.line,
            }
            for difference in found.differences
        ],
        "kept": list(found.kept),
        **NO_PAGE,
    }


def _entry_data(entry: dict[str, Json], stated: str | None) -> AdoptedData:
    hours, ids = entry.get("estimated_hours"), entry.get("dependencies")
    return {
        "id": adoption.id_of(entry),
        "title": str(entry["title"]) if entry.get("title") else None,
        "dependencies": [str(id_) for id_ in ids] if isinstance(ids, list) else [],
        "estimated_hours": hours if isinstance(hours, int | float | str) else None,
        "stated": stated,
    }


def _value_data(value: Json) -> list[str] | float | str | None:
    if isinstance(value, dict):
        return str(value["title"])
    return [str(item) for item in value] if isinstance(value, list) else value


def adoption_text(found: Adoption, columns: int | None, *, dry_run: bool) -> str:
    """Show the achievements that a new `parallel.json` would have."""
    count = counted(len(found.achievements), "achievement")
    head = f"Plan {found.plan_name}: parallel.json for {count} of {found.source.path} (change set {found.changes.id})"
    lines = [printable(head), ""]
    rows = [
        (
            achievement.id,
            achievement.title or UNTITLED,
            _dependencies(drift.dependencies(achievement), is_open=achievement.id in found.open_ids),
            _hours(achievement),
        )
        for achievement in found.achievements
    ]
    lines += [table(("Achievement", "Title", "Depends on", "Hours"), rows, columns), ""]
    lines += _for_people(found)
    if dry_run:
        lines += ["Dry run: nothing was created.", ""]
    return "\n".join(lines) + "\n"


def update_text(found: Adoption, columns: int | None, *, dry_run: bool) -> str:
    """Show what a `parallel.json` would take over, and what it has that the PLAN does not."""
    document = found.source.path
    taken = [difference for difference in found.differences if difference.stated is not None]
    kept = [difference.achievement for difference in found.differences if difference.stated is None]
    if not taken:
        lines = [printable(f"Nothing to update: parallel.json has everything that {document} states."), ""]
    else:
        head = f"Plan {found.plan_name}: {counted(len(taken), 'difference')} between {document} and parallel.json"
        head += f" (change set {found.changes.id})"
        rows = [(difference.achievement, *_sides(difference), str(difference.line)) for difference in taken]
        lines = [printable(head), ""]
        lines += [table(("Achievement", "Field", "Now", "Then", "Line of the PLAN"), rows, columns), ""]
    if kept:
        lines += [printable(f"Not defined in {document}, kept: {listed(kept)}"), ""]
    if taken and found.kept:
        lines += [printable(f"Kept as written: {listed(found.kept)}, and everything that is not listed above"), ""]
    lines += _for_people(found)
    if dry_run:
        lines += ["Dry run: nothing was changed.", ""]
    return "\n".join(lines) + "\n"


def _sides(difference: Difference) -> tuple[str, str, str]:
    """Return a difference as a row has it: the field, what the file says, and what it will say."""
    field, now, then = difference.field, difference.written, difference.value
    if isinstance(then, dict):
        return "new", "", str(then["title"])
    if field == "dependencies":
        told = drift.ids_text(now) if now or not difference.settles else "not stated"
        return "depends on", f"{told} and more?" if now and difference.settles else told, drift.ids_text(then)
    return ("hours" if field == "estimated_hours" else field), "none" if now is None else str(now), str(then)


def _for_people(found: Adoption) -> list[str]:
    """Return the lines about what is left to a person."""
    lines = []
    if found.open_ids:
        update = typed(invocation("adopt", found.argument, "--update"))
        lines += [
            f"Dependencies that a person must fill in: {listed(found.open_ids)}",
            printable(f"  write `Depends on: none`, or ids, in {found.source.path}, now or later (then {update})"),
            "",
        ]
    if found.finished:
        lines += [
            f"Marked as finished in the PLAN, but not reviewed: {listed(found.finished)}",
            f"  once reviewed: {printable(typed(invocation_for('review', 'ID', found.argument, '--approve')))}",
            "",
        ]
    return lines


def _hours(achievement: PlannedAchievement) -> str:
    found = drift.hours(achievement)
    return "?" if found is None else str(found)


def _dependencies(ids: Collection[str], *, is_open: bool) -> str:
    if ids:
        return ", ".join(ids) + (" and more?" if is_open else "")
    return "?" if is_open else "nothing"
