"""The user's steps to a new plan: prepare its first batch, and apply it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold import render
from scaffold.errors import InvalidInput
from scaffold.invocation import command
from scaffold.model import Batch, BatchRecord, Change, ChangeSet, Json, TemplateUsed
from scaffold.names import unsafe_name
from scaffold.plan import parallel
from scaffold.transaction import new_plan
from scaffold.transaction.journal import split_target


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan that would be made in `directory`, exactly. `next_command` makes its first documents."""

    name: str
    directory: Path
    template: str
    template_digest: str
    answers: Mapping[str, Json]
    changes: ChangeSet
    next_command: str

    @property
    def document(self) -> str:
        """The file name of the PLAN."""
        return _document(self.name)


def prepare(name: str, parent: Path, created: str) -> NewPlan:
    """Work out what a new plan `name` in a directory of that name below `parent` would be; nothing is written.

    `created` is the date that its PLAN carries, `YYYY-MM-DD`. Raises InvalidInput for a name that cannot be part of
    file names and a `parent` that is no directory, Conflict where something is there already.
    """
    check_name(name)
    if not parent.is_dir():
        message = f"--directory {parent}: there is no such directory"
        raise InvalidInput.of("directory_not_found", message, hint="create it, or name another one")
    directory = parent / name
    new_plan.demand_free(directory)
    answers: dict[str, Json] = {"plan_name": name, "created": created}
    template = render.built_in("plan")
    documents = render.render(template, answers, (_document(name), parallel.FILE_NAME))
    used = TemplateUsed(template.name, template.digest)
    return NewPlan(
        name=name,
        directory=directory,
        template=template.name,
        template_digest=template.digest,
        answers=answers,
        changes=ChangeSet(tuple(Change(target, None, new, template=used) for target, new in documents.items())),
        next_command=command("subplans", directory, "--batch", "--level", "all"),
    )


def check_name(name: str) -> None:
    """Raise InvalidInput for a name that cannot be part of the names of files, on whatever platform."""
    reason = unsafe_name(name)
    if reason is None and split_target(_document(name)) is None:
        reason = "it has characters that do not print"
    if reason:
        hint = "take letters, digits, '-' and '_'"
        raise InvalidInput.of("unsafe_plan_name", f"{name!r} cannot be a plan's name: {reason}", hint=hint)


def check_possible(plan: NewPlan) -> None:
    """Refuse what cannot be made before anybody is asked; raises InvalidInput, Conflict, WriteFailed."""
    new_plan.check_possible(plan.directory, tuple(one.target for one in plan.changes.changes))


def apply(plan: NewPlan, now: str, progress: Callable[[int, int], None]) -> BatchRecord:
    """Make exactly what `plan` shows, all of it or nothing; raises what `transaction.founding.found` raises.

    `now` is UTC, ISO 8601 to the second.
    """
    return new_plan.found(plan.directory, Batch("init", plan.name, plan.changes, plan.answers), now, progress)


def _document(name: str) -> str:
    return f"PLAN_{name}.md"
