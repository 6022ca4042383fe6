"""`scaffold init`: a new plan."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated, TypedDict, Unpack

import click

from scaffold import clock, render, terminal
from scaffold.commands._write import TemplateUsedData, WriteOptions, carry_out, write_options
from scaffold.commands.recover import recover_first
from scaffold.errors import Conflict, UsageProblem
from scaffold.lazy.values import frozen
from scaffold.model import Batch, Change, ChangeSet, Json, TemplateUsed
from scaffold.names import command, composed, printable, unsafe_name
from scaffold.plan import parallel
from scaffold.plan.actions import Step
from scaffold.preview import Proposal
from scaffold.report import table
from scaffold.shapes import (
    AppliedBatch,
    ChangeSetId,
    Count,
    Date,
    NextCommand,
    NextStep,
    PlanData,
    RelativePath,
    plan_data,
)
from scaffold.transaction import new_plan
from scaffold.transaction.journal import split_target


class InitOptions(WriteOptions):
    """The options of `scaffold init`, by their names in the code."""

    directory: Path


@click.command()
@click.argument("name")
@click.option(
    "--directory",
    default=".",
    type=click.Path(path_type=Path),
    help="Where to create it; default: the current directory.",
)
@write_options
def init(name: str, **options: Unpack[InitOptions]) -> int:
    """Create a new plan: NAME/ with PLAN_NAME.md and parallel.json.

    Its three achievements are examples, on two levels, that show what goes where. The directory must not exist, or be
    empty but for .git, .gitignore, README and LICENSE; existing files are never touched. In such a directory of that
    name the plan is made right there.
    """
    check_name(name)  # before anything is done to a directory of that name
    directory = _directory(name, options["directory"])
    if directory.is_dir() and not options["dry_run"]:
        recover_first(directory)
    return carry_out(_proposal(name, options), options)


def _proposal(name: str, options: InitOptions) -> Proposal:
    plan = prepare(name, options["directory"], clock.today())
    return Proposal(
        kind="init",
        batch=Batch("init", plan.name, plan.changes, plan.answers),
        argument=plan.directory,
        directory=plan.directory if plan.directory.name == plan.name else plan.directory.resolve(),
        warnings=(),
        shown=init_text(plan, terminal.columns(), dry_run=options["dry_run"]),
        question=init_question(plan),
        data=init_data(plan),
        done=f"Created the plan {plan.name} in {printable(str(plan.directory))}/",
        then=Step(
            f"Replace the three examples in {plan.document} with your achievements, then take them over",
            command("adopt", plan.directory, "--update"),
        ),
        is_new=True,
    )


@frozen
class NewPlan:
    """A plan that would be made in `directory`, exactly."""

    name: str
    directory: Path
    template: str
    template_digest: str
    created: str
    changes: ChangeSet

    @property
    def document(self) -> str:
        """The file name of the PLAN."""
        return _document(self.name)

    @property
    def answers(self) -> dict[str, Json]:
        """The template's variables."""
        return _answers(self.name, self.created)


def prepare(name: str, parent: Path, created: str) -> NewPlan:
    """Work out what a new plan `name` would be; nothing is written.

    Its directory lies below `parent` and has its name; where `parent` itself has it and is empty, it is that.

    `created` is the date that its PLAN carries, `YYYY-MM-DD`. Raises UsageProblem for a name that cannot be part of
    file names and a `parent` that is not a directory, Conflict where something already exists.
    """
    check_name(name)
    if not parent.is_dir():
        message = f"--directory {parent}: there is no such directory"
        raise UsageProblem.of("directory_not_found", message, hint="create it, or name another directory")
    directory = _directory(name, parent)
    new_plan.demand_free(directory if directory != parent else directory.resolve())
    template = render.built_in("plan")
    made = render.render(template, _answers(name, created), (_document(name), parallel.FILE_NAME))
    used = TemplateUsed(template.recorded, made.digest)
    return NewPlan(
        name=name,
        directory=directory,
        template=template.name,
        template_digest=made.digest,
        created=created,
        changes=ChangeSet(tuple(Change(target, None, new, template=used) for target, new in made.documents.items())),
    )


def _directory(name: str, parent: Path) -> Path:
    """Return the directory of a new plan: `parent` where that has this name and is empty, else one in it.

    Where `parent` has a plan of this name already, a second one inside of it is not what anybody wants.
    """
    real = parent.resolve()
    if composed(real.name) != composed(name) or not real.is_dir():
        return parent / name
    with suppress(Conflict):
        new_plan.demand_free(real)
        return parent
    return parent if (real / _document(name)).exists() else parent / name


def check_name(name: str) -> None:
    """Raise UsageProblem for a name that cannot be part of file names on every platform."""
    reason = unsafe_name(name)
    if reason is None and split_target(_document(name)) is None:
        reason = "it has unprintable characters"
    if reason:
        hint = "use letters, digits, '-' and '_'"
        raise UsageProblem.of("unsafe_plan_name", f"{name!r} cannot be a plan's name: {reason}", hint=hint)


def _answers(name: str, created: str) -> dict[str, Json]:
    return {"plan_name": name, "created": created}


def _document(name: str) -> str:
    return f"PLAN_{name}.md"


class NewFileData(TypedDict):
    """A file to create."""

    path: RelativePath
    lines: Count


class InitAnswersData(TypedDict):
    """The variables of the template of a plan."""

    plan_name: str
    created: Date


class InitData(PlanData):
    """`data` of `scaffold init --json`."""

    change_set: ChangeSetId
    batch: AppliedBatch
    template: TemplateUsedData
    files: Annotated[list[NewFileData], "what would be or was created: `path`, `lines`"]
    answers: Annotated[InitAnswersData, "the template's variables"]
    next_step: NextStep
    next_command: NextCommand


def init_data(plan: NewPlan) -> InitData:
    """Return `data` of `scaffold init --json`."""
    return {
        **plan_data(plan.name, plan.document, plan.directory),
        "change_set": plan.changes.id,
        "batch": None,
        "template": {"name": plan.template, "digest": plan.template_digest},
        "files": [{"path": change.target, "lines": _lines(change.new)} for change in plan.changes.changes],
        "answers": {"plan_name": plan.name, "created": plan.created},
        "next_step": None,
        "next_command": None,
    }


def init_text(plan: NewPlan, columns: int | None, *, dry_run: bool) -> str:
    """Show what a new plan would have."""
    lines = [f"New plan {plan.name} in {printable(str(plan.directory))}/ (change set {plan.changes.id}):", ""]
    rows = [(change.target, str(_lines(change.new))) for change in plan.changes.changes]
    lines += [table(("File", "Lines"), rows, columns), ""]
    lines += ["Its three achievements are examples to replace."]
    if dry_run:
        lines += ["", "Dry run: nothing was created. The same command without --dry-run asks, then creates it."]
    return "\n".join(lines) + "\n\n"


def init_question(plan: NewPlan) -> str:
    """Return the one question that is asked before anything is created."""
    return f"Proceed with creation of the plan {plan.name}? (y/N): "


def _lines(content: bytes | None) -> int:
    return (content or b"").count(b"\n")
