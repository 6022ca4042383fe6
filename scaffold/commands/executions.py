"""`scaffold executions`: creates the missing EXECUTION_TASKs of a plan."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Unpack

import click

from scaffold.commands._create import BatchOptions, batch_options, create, proposal_of
from scaffold.commands._created_data import ANSWERS, CreatedData, DocumentsData
from scaffold.commands._documents import show_options
from scaffold.commands._ids import NamingAchievements
from scaffold.commands._write import write_options
from scaffold.errors import UsageProblem
from scaffold.names import EXECUTION_TASK
from scaffold.plan.prerequisites import Policy
from scaffold.plan.selection import Numbering
from scaffold.preview import Proposal
from scaffold.shapes import ExecutionAnswers


class ExecutionsOptions(BatchOptions):
    """The options that only `scaffold executions` takes, by their names in the code."""

    skip_missing: bool
    strict: bool
    allow_unfilled: bool
    planned: bool
    again: bool


class ExecutionsData(DocumentsData):
    """`data` of `scaffold executions --json`."""

    files: Annotated[
        list[CreatedData],
        "what would be or was created: `id`, `title`, `path`, `lines`, `subplan` (it is made from)",
    ]
    answers: Annotated[ExecutionAnswers | None, ANSWERS]


_OPTIONS = (
    click.option("--skip-missing", is_flag=True, help="Skip achievements whose SUBPLAN is missing or wrong."),
    click.option("--strict", is_flag=True, help="A SUBPLAN without objective or approach is an error, not a warning."),
    click.option("--allow-unfilled", is_flag=True, help="Accept [FILL] and [TO BE FILLED] in objective and approach."),
    click.option("--planned", is_flag=True, help="Create every execution that the SUBPLAN plans: _01, _02, …"),
    click.option(
        "--again", is_flag=True, help="After a FIX, create the next attempt: _02, _03, … Needs --achievement."
    ),
)


def executions_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that say what is created, and the plan."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return batch_options(command)


@click.command(cls=NamingAchievements)
@executions_options
@show_options
@write_options
def executions(plan: Path, **options: Unpack[ExecutionsOptions]) -> int:
    """Create a plan's missing EXECUTION_TASKs, from its SUBPLANs.

    ID is an achievement, such as 2.3. PLAN is a plan directory, a PLAN_*.md file or @NAME; without it, the current
    directory. The preview shows every
    file that will be created; after one confirmation all of them are created, or none.
    """
    return create(plan, options, propose)


def propose(plan: Path, options: ExecutionsOptions, created: str) -> Proposal:
    """Return what a run would create; raises what `proposal_of` raises."""
    policy = Policy(options["skip_missing"], options["strict"], options["allow_unfilled"])
    return proposal_of(EXECUTION_TASK, plan, options, created, _numbering(options), policy)


def _numbering(options: ExecutionsOptions) -> Numbering:
    if options["planned"] and options["again"]:
        raise UsageProblem.of("usage", "--planned and --again are mutually exclusive", hint="use one of them")
    if options["again"] and not options["ids"]:
        hint = "name the achievements: --achievement 2.3 --again"
        raise UsageProblem.of("usage", "--again needs --achievement", hint=hint)
    return "planned" if options["planned"] else "again" if options["again"] else "first"
