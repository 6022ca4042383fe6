"""The EXECUTION_TASKs of open achievements whose records say what they were made of, and which may be out of date."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from scaffold.errors import Diagnostic, InvalidInput
from scaffold.model import Json, Plan, sha256
from scaffold.names import EXECUTION_TASK
from scaffold.plan import attempts
from scaffold.plan.made_of import makings
from scaffold.plan.progress import Progress, Standing
from scaffold.plan.template_settings import BUILT_IN
from scaffold.reading.wording import wording_digest
from scaffold.templates import teams
from scaffold.templates.teams import ASKED, Choice, Teams
from scaffold.transaction import origins
from scaffold.transaction.origins import Origin


@dataclass(frozen=True, slots=True)
class Known:
    """A document: its achievement, its path, what is recorded of it, and the variables that it was made with."""

    standing: Standing
    target: str
    origin: Origin
    task: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
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


def documents(progress: Progress, standings: Iterable[Standing]) -> Documents:
    """Return the documents of the newest attempts of what is not done: what is done is history.

    Raises NeedsPerson if the directory of all records cannot be read, InvalidInput for settings that are wrong.
    """
    paths = {
        document.path: standing
        for standing in standings
        if not standing.is_done and standing.attempt
        for document in standing.attempt.documents
    }
    found = origins.origins(progress.plan.directory, paths)
    known, foreign = [], []
    for path, standing in paths.items():
        origin = found.found.get(path)
        task = task_of(origin, standing.achievement.slug) if origin else None
        if origin and task is not None:
            known.append(Known(standing, path, origin, task))
        else:
            foreign.append(path)
    unusable = {each.target: problem for each in known for problem in _gone(progress.plan, each)}
    return Documents(
        tuple(each for each in known if each.target not in unusable),
        tuple(foreign),
        tuple(unusable.values()),
        (found.problem,) if found.problem else (),
    )


def _gone(plan: Plan, document: Known) -> Iterator[Diagnostic]:
    """Yield why the template set cannot be opened that was asked for when a document was made: settings may lack it."""
    if document.origin.file.template_rule != ASKED:
        return
    sets = teams.of(EXECUTION_TASK, plan.directory)
    try:
        sets.open(_asked(sets, document.origin.file.template or ""))
    except InvalidInput as error:
        (problem, *_) = error.diagnostics
        hint = (
            "put the template set back where it was when the document was made; until then the document stays as it is"
        )
        yield replace(problem, path=document.target, hint=hint)


def task_of(origin: Origin, slug: str) -> Mapping[str, Json] | None:
    """Return the variables that a document was made with, None where its record does not have them."""
    number = origin.file.target.removesuffix(".md").rpartition("_")[2]
    tasks = origin.answers.get("tasks")
    for task in tasks if isinstance(tasks, list) else ():
        if isinstance(task, dict) and (task.get("slug"), task.get("number")) == (slug, number):
            return task
    return None


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
        file = each.origin.file
        asked = _asked(sets, file.template or "") if file.template_rule == ASKED else None
        yield from sets.choices(asked, [(each.standing.achievement, each.standing.level)])


def _asked(sets: Teams, name: str) -> str:
    """Return what to pass to --template for the set of this name in a record."""
    if name in sets.said.sets:
        return name
    return BUILT_IN if name == f"{BUILT_IN} {sets.kind}" else os.path.relpath(sets.root / name)
