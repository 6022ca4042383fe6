"""The EXECUTION_TASKs of open achievements whose records say what they were made of, and which may be out of date."""

import os
from collections.abc import Iterable, Iterator, Mapping

from scaffold.errors import Diagnostic, InvalidInput
from scaffold.lazy.values import frozen, replace
from scaffold.model import Json, Plan, sha256
from scaffold.names import EXECUTION_TASK
from scaffold.plan import attempts
from scaffold.plan.made_of import makings
from scaffold.plan.progress import Progress, Standing
from scaffold.plan.template_settings import BUILT_IN
from scaffold.reading.wording import wording_digest
from scaffold.templates import teams
from scaffold.templates.teams import ASKED, Choice, Teams
from scaffold.transaction import batches, origins
from scaffold.transaction.origins import Origin


@frozen
class Known:
    """A document: its achievement, its path, what is recorded of it, and the variables that it was made with."""

    standing: Standing
    target: str
    origin: Origin
    task: Mapping[str, Json]


@frozen
class Documents:
    """The documents of the newest attempts: those that are `known`, and the paths of those that no batch wrote.

    `unusable` are errors: each says of a document that the template set it was made with is gone. `warnings` say why
    more may be known.
    """

    known: tuple[Known, ...] = ()
    foreign: tuple[str, ...] = ()
    unusable: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def all_warnings(self) -> tuple[Diagnostic, ...]:
        """What is unusable as warnings, and the others."""
        return (*(replace(problem, severity="warning") for problem in self.unusable), *self.warnings)


def documents(progress: Progress, standings: Iterable[Standing], *, only_suspects: bool = False) -> Documents:
    """Return the documents of the newest attempts of what is not done: what is done is history.

    With `only_suspects`, those are known that `suspects` returns: the variables of the others need not be read.

    Raises NeedsPerson if the directory of all records cannot be read, InvalidInput for settings that are wrong.
    """
    paths = {
        document.path: standing
        for standing in standings
        if not standing.is_done and standing.attempt
        for document in standing.attempt.documents
    }
    found = origins.origins(progress.plan.directory, paths)
    recorded = [Known(paths[path], path, origin, {}) for path, origin in found.found.items()]
    gone = _gone(progress.plan, recorded)
    unusable = {
        each.target: replace(gone[name], path=each.target) for each in recorded if (name := _by_name(each)) in gone
    }
    usable = [each for each in recorded if each.target not in unusable]
    looked_at = suspects(progress, usable) if only_suspects else usable
    tasks, unread = _tasks(progress.plan, {each.origin.batch for each in looked_at})
    known = {each.target: replace(each, task=task) for each in looked_at if (task := tasks.get(_place(each)))}
    lacking = {each.target for each in looked_at} - known.keys()
    return Documents(
        tuple(known[path] for path in paths if path in known),
        tuple(path for path in paths if path not in found.found or path in lacking),
        tuple(unusable[path] for path in paths if path in unusable),
        (*((found.problem,) if found.problem else ()), *unread),
    )


def _by_name(document: Known) -> str | None:
    """Return the name in its record of the template set that was asked for, None where the settings chose it."""
    file = document.origin.file
    return (file.template or "") if file.template_rule == ASKED else None


def _gone(plan: Plan, known: Iterable[Known]) -> Mapping[str | None, Diagnostic]:
    """Return why template sets cannot be opened that were asked for when documents were made, by their names."""
    names = dict.fromkeys(name for each in known if (name := _by_name(each)) is not None)
    gone: dict[str | None, Diagnostic] = {}
    if not names:
        return gone
    sets = teams.of(EXECUTION_TASK, plan.directory)
    for name in names:
        try:
            sets.open(_asked(sets, name))
        except InvalidInput as error:
            (problem, *_) = error.diagnostics
            hint = "put the template set back where it was when the document was made; until then that stays as it is"
            gone[name] = replace(problem, hint=hint)
    return gone


def _place(document: Known) -> tuple[str, Json, Json]:
    """Return where the variables of a document are found: its batch, its achievement's slug, its number."""
    number = document.target.removesuffix(".md").rpartition("_")[2]
    return document.origin.batch, document.standing.achievement.slug, number


def _tasks(
    plan: Plan, names: Iterable[str]
) -> tuple[Mapping[tuple[str, Json, Json], Mapping[str, Json]], tuple[Diagnostic, ...]]:
    """Return the variables that documents of these batches were made with, and a warning for each not to be read."""
    found: dict[tuple[str, Json, Json], Mapping[str, Json]] = {}
    problems: list[Diagnostic] = []
    for batch in sorted(names):
        try:
            tasks = batches.answers_of(plan.directory, batch).get("tasks")
        except InvalidInput as error:
            problems += (replace(problem, severity="warning") for problem in error.diagnostics)
            continue
        for task in tasks if isinstance(tasks, list) else ():
            if isinstance(task, dict) and isinstance(task.get("slug"), str) and isinstance(task.get("number"), str):
                found[batch, task["slug"], task["number"]] = task
    return found, tuple(problems)


def suspects(progress: Progress, known: Iterable[Known]) -> tuple[Known, ...]:
    """Return the documents of which something that they are made of is not as it was; nothing is rendered.

    Raises InvalidInput for settings and template sets that are wrong.
    """
    candidates = tuple(known)
    if not candidates:
        return ()
    plan = progress.plan
    sets = teams.of(EXECUTION_TASK, plan.directory)
    common = makings(plan)
    files: dict[str, str] = {}
    suspect = []
    for each, choice in zip(candidates, choices(sets, candidates), strict=True):
        if choice.name not in files:
            files[choice.name] = sets.open(choice.name).files_digest()
        now = common.digest(each.standing.achievement, files[choice.name])
        if now != each.origin.file.made_of or not says_the_same(plan, each):
            suspect.append(each)
    return tuple(suspect)


def says_the_same(plan: Plan, document: Known) -> bool:
    """Whether the SUBPLAN says what it said when a document was made from it: at most its layout has changed."""
    file = document.origin.file
    content = attempts.read(plan, file.source or "") or b""
    return sha256(content) == file.source_sha256 or wording_digest(attempts.text_of(content)) == file.source_wording


def choices(sets: Teams, known: Iterable[Known]) -> Iterator[Choice]:
    """Yield the template set of each document: what was asked for when it was made, else what the settings choose.

    Raises InvalidInput where these refuse.
    """
    for each in known:
        name = _by_name(each)
        asked = None if name is None else _asked(sets, name)
        yield from sets.choices(asked, [(each.standing.achievement, each.standing.level)])


def _asked(sets: Teams, name: str) -> str:
    """Return what to pass to --template for the set of this name in a record."""
    if name in sets.said.sets:
        return name
    return BUILT_IN if name == f"{BUILT_IN} {sets.kind}" else os.path.relpath(sets.root / name)
