"""`scaffold adopt`: gives a plan its parallel.json."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, TypedDict, Unpack

import click

from scaffold import terminal
from scaffold.commands._write import WriteOptions, carry_out, write_options
from scaffold.commands.recover import recover_first
from scaffold.errors import Conflict, Diagnostic, InvalidInput
from scaffold.model import Batch, Change, ChangeSet, Input, Json, id_order, sha256
from scaffold.names import command, counted, plan_name_of, printable
from scaffold.plan import parallel, settings, workspace
from scaffold.preview import Proposal
from scaffold.reading import durations, plan
from scaffold.reading.content import PlannedAchievement
from scaffold.reading.markdown import decode
from scaffold.report import table
from scaffold.shapes import AchievementId, AppliedBatch, ChangeSetId, PlanData


@click.command()
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@write_options
def adopt(plan: Path, **options: Unpack[WriteOptions]) -> int:
    """Write the parallel.json that a plan lacks, from its PLAN.

    Ids, titles, hours and the dependencies that the PLAN states for each achievement are copied. Where it states none,
    or not clearly, the achievement is listed for a person to fill them in. An existing file is never overwritten.
    """
    if not options["dry_run"]:
        recover_first(plan)
    return carry_out(_proposal(plan, options["dry_run"]), options)


def _proposal(argument: Path, dry_run: bool) -> Proposal:
    found = prepare(argument)
    return Proposal(
        kind="adopt",
        batch=Batch("adopt", "", found.changes, {}),
        directory=found.directory,
        warnings=found.warnings,
        shown=adoption_text(found, terminal.columns(), dry_run=dry_run),
        question=adoption_question(found),
        data=adoption_data(found),
        done="Created parallel.json",
        next_lines=(_next_line(found),),
    )


@dataclass(frozen=True, slots=True)
class Adoption:
    """A `parallel.json` to be created. `open_ids` are the achievements whose dependencies a person must fill in."""

    argument: Path
    directory: Path
    plan_name: str
    achievements: tuple[PlannedAchievement, ...]
    open_ids: tuple[str, ...]
    source: Input
    changes: ChangeSet
    warnings: tuple[Diagnostic, ...]


def prepare(argument: Path) -> Adoption:
    """Work out the `parallel.json` of a plan; nothing is written.

    Raises Conflict when there is one, InvalidInput when the PLAN defines no achievements, or states
    impossible dependencies; and as `settings.read` does.
    """
    directory, document = workspace.find_document(argument)
    if (directory / parallel.FILE_NAME).exists() or (directory / parallel.FILE_NAME).is_symlink():
        hint = f"edit it by hand; `{command('check', argument)}` shows what is wrong with it"
        raise Conflict.of("target_exists", "already exists", path=parallel.FILE_NAME, hint=hint)
    content = workspace.read_text_file(directory / document)
    said = plan.parse(decode(content), document, settings.read(directory).plan_vocabulary)
    if not said.achievements:
        hint = "define them, each as a heading '### Achievement 1.1: Title' with goal, deliverables and dependencies"
        raise InvalidInput(
            [*said.diagnostics, Diagnostic("no_achievements", "defines no achievements", document, hint=hint)]
        )
    achievements = tuple(sorted(said.achievements, key=lambda achievement: id_order(achievement.id)))
    name = plan_name_of(document)
    new = _text(name, achievements).encode()
    _demand_sound(new, document)
    source = Input(document, sha256(content))
    changes = ChangeSet((Change(parallel.FILE_NAME, None, new, source),), (source,))
    open_ids = tuple(achievement.id for achievement in achievements if _is_open(achievement))
    return Adoption(argument, directory, name, achievements, open_ids, source, changes, said.diagnostics)


def hours(achievement: PlannedAchievement) -> float | str | None:
    """Return the effort of an achievement as `parallel.json` has it: a number, a range as text, or null."""
    if achievement.effort is None:
        return None
    read = durations.read(achievement.effort.text)
    if read.unknown:
        return None
    if read.low < read.high:
        return f"{read.low:g}-{read.high:g}"
    return int(read.low) if read.low.is_integer() else read.low


def dependencies(achievement: PlannedAchievement) -> list[str]:
    """Return the ids that the PLAN states an achievement depends on, beyond doubt."""
    return list(achievement.dependencies.ids) if achievement.dependencies else []


def _is_open(achievement: PlannedAchievement) -> bool:
    return achievement.dependencies is None or bool(achievement.dependencies.unclear)


def _demand_sound(content: bytes, document: str) -> None:
    """Raise InvalidInput where the PLAN states a cycle, or gives two achievements the same file names."""
    try:
        parallel.parse(content)
    except InvalidInput as error:
        hint = "correct what the PLAN says of these achievements"
        raise InvalidInput(replace(diagnostic, path=document, hint=hint) for diagnostic in error.diagnostics) from error


def _entry(achievement: PlannedAchievement) -> dict[str, Json]:
    """Return an entry of the file; what a person must fill in is marked, so that `scaffold check` can ask for it."""
    entry: dict[str, Json] = {
        "id": achievement.id,
        "title": achievement.title or "Untitled",
        "dependencies": [*dependencies(achievement)],
        "estimated_hours": hours(achievement),
    }
    return {**entry, parallel.OPEN: True} if _is_open(achievement) else entry


def _text(plan_name: str, achievements: tuple[PlannedAchievement, ...]) -> str:
    """Write one achievement per line: easy to read, edit and compare."""
    lines = [json.dumps(_entry(achievement), ensure_ascii=False) for achievement in achievements]
    rows = ",\n".join(f"    {line}" for line in lines)
    name = json.dumps(plan_name, ensure_ascii=False)
    return f'{{\n  "plan_name": {name},\n  "achievements": [\n{rows}\n  ]\n}}\n'


class AdoptedData(TypedDict):
    """An achievement as `parallel.json` will have it."""

    id: AchievementId
    title: str | None
    dependencies: list[AchievementId]
    estimated_hours: float | str | None
    stated: str | None


class AdoptData(PlanData):
    """`data` of `scaffold adopt --json`."""

    change_set: ChangeSetId
    batch: AppliedBatch
    achievements: Annotated[
        list[AdoptedData],
        "what `parallel.json` will say: `id`, `title`, `dependencies`, `estimated_hours`; `stated` is the PLAN's own "
        "wording of the dependencies, null where it has none",
    ]
    dependencies_open: Annotated[list[AchievementId], "achievements whose dependencies a person must fill in"]


def adoption_data(adoption: Adoption) -> AdoptData:
    """Return `data` of `scaffold adopt --json`."""
    return {
        "plan": adoption.plan_name,
        "plan_document": adoption.source.path,
        "change_set": adoption.changes.id,
        "batch": None,
        "achievements": [
            {
                "id": achievement.id,
                "title": achievement.title,
                "dependencies": [*dependencies(achievement)],
                "estimated_hours": hours(achievement),
                "stated": achievement.dependencies.stated.text.strip() if achievement.dependencies else None,
            }
            for achievement in adoption.achievements
        ],
        "dependencies_open": list(adoption.open_ids),
    }


def adoption_text(adoption: Adoption, columns: int | None, *, dry_run: bool) -> str:
    """Show the achievements that a new `parallel.json` would have."""
    count = counted(len(adoption.achievements), "achievement")
    head = f"Plan {adoption.plan_name}: parallel.json for {count} of {adoption.source.path}"
    lines = [printable(head), ""]
    rows = [
        (
            achievement.id,
            achievement.title or "Untitled",
            _dependencies(adoption, achievement.id, dependencies(achievement)),
            _hours(achievement),
        )
        for achievement in adoption.achievements
    ]
    lines += [table(("Achievement", "Title", "Depends on", "Hours"), rows, columns), ""]
    if adoption.open_ids:
        lines += [f"Dependencies that a person must fill in: {', '.join(adoption.open_ids)}", ""]
    if dry_run:
        lines += ["Dry run: nothing was created.", ""]
    return "\n".join(lines) + "\n"


def adoption_question(adoption: Adoption) -> str:
    """Return the one question."""
    count = counted(len(adoption.achievements), "achievement")
    return f"Proceed with creating parallel.json for {count}? (y/N): "


def _next_line(adoption: Adoption) -> str:
    status = printable(command("status", adoption.argument))
    if adoption.open_ids:
        return f"Next: fill in the dependencies of {', '.join(adoption.open_ids)}, then run `{status}`."
    return f"Next: {status}"


def _hours(achievement: PlannedAchievement) -> str:
    found = hours(achievement)
    return "?" if found is None else str(found)


def _dependencies(adoption: Adoption, achievement_id: str, ids: list[str]) -> str:
    if ids:
        return ", ".join(ids) + (" and more?" if achievement_id in adoption.open_ids else "")
    return "?" if achievement_id in adoption.open_ids else "nothing"
