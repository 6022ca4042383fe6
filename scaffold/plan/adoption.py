"""What a PLAN's `parallel.json` should say: one to be created, or what an existing one must take over."""

import json
from collections.abc import Iterable
from pathlib import Path

from scaffold.errors import Conflict, Diagnostic, InvalidInput
from scaffold.lazy.values import frozen, replace
from scaffold.model import Change, ChangeSet, Input, Json, id_order, sha256, slug_of
from scaffold.names import FEEDBACK_FOLDER, invocation, plan_name_of, typed
from scaffold.plan import drift, json_text, parallel, settings, workspace
from scaffold.plan.drift import Difference
from scaffold.plan.json_text import EntryEdit
from scaffold.reading import plan
from scaffold.reading.content import PlannedAchievement, PlanText
from scaffold.reading.markdown import decode


@frozen
class Adoption:
    """A `parallel.json` to be created or, where there are `differences`, one to be changed.

    `entries` are those that are written, as the file will have them. `open_ids` are the achievements whose dependencies
    a person must fill in, `finished` those that the PLAN marks as finished and nobody has reviewed. `kept` are the keys
    that only a person writes, of any achievement.
    """

    argument: Path
    directory: Path
    plan_name: str
    achievements: tuple[PlannedAchievement, ...]
    entries: tuple[dict[str, Json], ...]
    open_ids: tuple[str, ...]
    finished: tuple[str, ...]
    source: Input
    changes: ChangeSet
    warnings: tuple[Diagnostic, ...]
    differences: tuple[Difference, ...] = ()
    kept: tuple[str, ...] = ()


def prepare(argument: Path) -> Adoption:
    """Work out the `parallel.json` of a plan; nothing is written.

    Raises Conflict when there is one, InvalidInput when the PLAN defines no achievements, or what it says of their
    dependencies cannot be; and as `settings.read` does.
    """
    directory, document = workspace.find_document(argument)
    if (directory / parallel.FILE_NAME).exists() or (directory / parallel.FILE_NAME).is_symlink():
        update = invocation("adopt", argument, "--update")
        hint = f"`{typed(update)}` brings it up to date with the PLAN"
        raise Conflict.of("target_exists", "already exists", path=parallel.FILE_NAME, hint=hint, command=update)
    said, source = _said(directory, document)
    achievements = tuple(sorted(said.achievements, key=lambda achievement: id_order(achievement.id)))
    name = plan_name_of(document)
    entries = tuple(drift.entry(achievement) for achievement in achievements)
    new = _text(name, entries).encode()
    _demand_sound(new, document)
    changes = ChangeSet((Change(parallel.FILE_NAME, None, new, source),), (source,))
    finished = _finished(directory, achievements)
    open_ids = _open_ids(entries)
    return Adoption(
        argument, directory, name, achievements, entries, open_ids, finished, source, changes, said.diagnostics
    )


def prepare_update(argument: Path) -> Adoption:
    """Work out what a `parallel.json` must take over from the PLAN; nothing is written, and no changes if nothing.

    Raises InvalidInput when there is no `parallel.json` or no sound one, when the PLAN defines no achievements, or when
    both together cannot be, such as dependencies in a circle.
    """
    found = workspace.read_plan(argument)
    said, source = _said(found.directory, found.document)
    old = workspace.read_parallel(found.directory / parallel.FILE_NAME) or b""
    written = parallel.parse(old).achievements
    differences = drift.differences(said.achievements, written)
    edits, added = _edits(differences)
    new = json_text.edited(old.decode(), edits, added).encode()
    _demand_sound(new, found.document)
    entries = tuple(json.loads(new.decode("utf-8-sig"))["achievements"])
    touched = {*edits, *(str(entry["id"]) for entry in added)}
    change = Change(parallel.FILE_NAME, sha256(old), new, source)
    return Adoption(
        argument=argument,
        directory=found.directory,
        plan_name=found.name,
        achievements=said.achievements,
        entries=tuple(entry for entry in entries if id_of(entry) in touched),
        open_ids=_open_ids(entries),
        finished=_finished(found.directory, said.achievements),
        source=source,
        changes=ChangeSet((change,) if touched else (), (source,)),
        warnings=(*found.diagnostics, *said.diagnostics),
        differences=differences,
        kept=tuple(dict.fromkeys(key for achievement in written for key in achievement.extra if key != parallel.OPEN)),
    )


def _said(directory: Path, document: str) -> tuple[PlanText, Input]:
    """Read a PLAN that defines achievements; raises InvalidInput for any other."""
    try:
        content = workspace.read_text_file(directory / document)
    except InvalidInput as error:
        raise InvalidInput(replace(problem, path=document) for problem in error.diagnostics) from error
    said = plan.parse(decode(content), document, settings.read(directory).plan_vocabulary)
    if not said.achievements:
        hint = "define them, each as a heading '### Achievement 1.1: Title' with goal, deliverables and dependencies"
        doubts = (doubt for doubt in said.diagnostics if doubt.code != "no_achievements")
        raise InvalidInput([*doubts, Diagnostic("no_achievements", "defines no achievements", document, hint=hint)])
    return said, Input(document, sha256(content))


def _edits(differences: Iterable[Difference]) -> tuple[dict[str, EntryEdit], list[dict[str, Json]]]:
    """Return what takes the differences over: by id the entries to change, and the entries to add."""
    values: dict[str, dict[str, Json]] = {}
    settled: set[str] = set()
    added: list[dict[str, Json]] = []
    for difference in differences:
        if difference.field != "achievement":
            values.setdefault(difference.achievement, {})[difference.field] = difference.value
            settled |= {difference.achievement} if difference.settles else set()
        elif isinstance(difference.stated, dict):
            added.append(difference.stated)
    gone = {id_: (parallel.OPEN,) if id_ in settled else () for id_ in values}
    return {id_: EntryEdit(new, gone[id_]) for id_, new in values.items()}, added


def _demand_sound(content: bytes, document: str) -> None:
    """Raise InvalidInput where the PLAN states a cycle, or gives two achievements the same file names."""
    try:
        parallel.parse(content)
    except InvalidInput as error:
        hint = "correct what the PLAN says of these achievements"
        raise InvalidInput(replace(diagnostic, path=document, hint=hint) for diagnostic in error.diagnostics) from error


def _text(plan_name: str, entries: Iterable[dict[str, Json]]) -> str:
    """Write one achievement a line: easy to read, to edit and to compare."""
    rows = ",\n".join(f"    {json.dumps(entry, ensure_ascii=False)}" for entry in entries)
    name = json.dumps(plan_name, ensure_ascii=False)
    return f'{{\n  "plan_name": {name},\n  "achievements": [\n{rows}\n  ]\n}}\n'


def id_of(entry: dict[str, Json]) -> str:
    """Return the id of an entry of the file."""
    return str(entry.get("id") or entry.get("achievement_id"))


def _open_ids(entries: Iterable[dict[str, Json]]) -> tuple[str, ...]:
    return tuple(id_of(entry) for entry in entries if entry.get(parallel.OPEN))


def _finished(directory: Path, achievements: Iterable[PlannedAchievement]) -> tuple[str, ...]:
    """Return the achievements that the PLAN marks as finished and that no file says so of."""
    folder = directory / FEEDBACK_FOLDER
    verdicts = ("APPROVED", "SKIPPED")
    return tuple(
        achievement.id
        for achievement in achievements
        if achievement.finished
        and not any((folder / f"{verdict}_{slug_of(achievement.id)}.md").exists() for verdict in verdicts)
    )
