"""The user's steps to give a plan its `parallel.json`, from what the PLAN says of its achievements."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from scaffold import transaction
from scaffold.documents import plan_name_of
from scaffold.errors import Conflict, Diagnostic, InvalidInput
from scaffold.invocation import command
from scaffold.model import (
    BatchRecord,
    Change,
    ChangeSet,
    Input,
    Json,
    PlannedAchievement,
    RecordedFile,
    batch_id,
    id_order,
    sha256,
)
from scaffold.plan import parallel, settings, workspace
from scaffold.reading import durations, plan
from scaffold.reading.markdown import decode


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

    Raises Conflict when there is one, InvalidInput when the PLAN defines no achievements, or what it says of their
    dependencies cannot be, and as `settings.read` does.
    """
    directory, document = workspace.find_document(argument)
    if (directory / parallel.FILE_NAME).exists() or (directory / parallel.FILE_NAME).is_symlink():
        hint = f"edit it by hand; `{command('check', argument)}` says what is wrong with it"
        raise Conflict.of("target_exists", "is there already", path=parallel.FILE_NAME, hint=hint)
    content = workspace.read_text_file(directory / document)
    said = plan.parse(decode(content), document, settings.read(directory).plan_vocabulary)
    if not said.achievements:
        hint = "define them, each as a heading '### Achievement 1.1: Title' with goal, deliverables and dependencies"
        raise InvalidInput(
            [*said.diagnostics, Diagnostic("no_achievements", "defines no achievements", document, hint=hint)]
        )
    achievements = tuple(sorted(said.achievements, key=lambda one: id_order(one.id)))
    name = plan_name_of(document)
    new = _text(name, achievements).encode()
    _demand_sound(new, document)
    source = Input(document, sha256(content))
    changes = ChangeSet((Change(parallel.FILE_NAME, None, new),), (source,))
    open_ids = tuple(one.id for one in achievements if _is_open(one))
    return Adoption(argument, directory, name, achievements, open_ids, source, changes, said.diagnostics)


def check_writable(adoption: Adoption) -> None:
    """Refuse what cannot be written before anybody is asked; raises what `transaction.check_writable` raises."""
    transaction.check_writable(adoption.directory, (parallel.FILE_NAME,))


def apply(adoption: Adoption, now: str, progress: Callable[[int, int], None]) -> BatchRecord:
    """Create the `parallel.json`, as a batch that can be taken back. Raises as `transaction.apply`."""
    (change,) = adoption.changes.changes
    created = RecordedFile(change.target, None, sha256(change.new or b""), adoption.source.path, adoption.source.sha256)
    record = BatchRecord(batch_id(now, adoption.changes), now, "adopt", "", "", "", (created,), {})
    return transaction.apply(adoption.directory, adoption.changes, record, progress)


def hours(achievement: PlannedAchievement) -> Json:
    """Give the effort of an achievement as `parallel.json` has it: a number, a range as text, or null."""
    if achievement.effort is None:
        return None
    read = durations.read(achievement.effort.text)
    if read.unknown:
        return None
    if read.low < read.high:
        return f"{read.low:g}-{read.high:g}"
    return int(read.low) if read.low.is_integer() else read.low


def dependencies(achievement: PlannedAchievement) -> list[str]:
    """Give the ids that the PLAN states an achievement depends on, beyond doubt."""
    return list(achievement.dependencies.ids) if achievement.dependencies else []


def _is_open(achievement: PlannedAchievement) -> bool:
    return achievement.dependencies is None or bool(achievement.dependencies.unclear)


def _demand_sound(content: bytes, document: str) -> None:
    """What the PLAN states may be a circle, or name two achievements alike."""
    try:
        parallel.parse(content)
    except InvalidInput as error:
        hint = "correct what the PLAN says of these achievements"
        raise InvalidInput(replace(one, path=document, hint=hint) for one in error.diagnostics) from error


def _entry(achievement: PlannedAchievement) -> dict[str, Json]:
    """Give an entry of the file; what a person must fill in is marked, so that `scaffold check` can ask for it."""
    entry: dict[str, Json] = {
        "id": achievement.id,
        "title": achievement.title or "Untitled",
        "dependencies": [*dependencies(achievement)],
        "estimated_hours": hours(achievement),
    }
    return {**entry, parallel.OPEN: True} if _is_open(achievement) else entry


def _text(plan_name: str, achievements: tuple[PlannedAchievement, ...]) -> str:
    """Write one achievement a line: easy to read, to edit and to compare."""
    lines = [json.dumps(_entry(one), ensure_ascii=False) for one in achievements]
    rows = ",\n".join(f"    {line}" for line in lines)
    name = json.dumps(plan_name, ensure_ascii=False)
    return f'{{\n  "plan_name": {name},\n  "achievements": [\n{rows}\n  ]\n}}\n'
