"""`scaffold executions`: creates the missing EXECUTION_TASKs of a plan."""

from collections.abc import Callable
from pathlib import Path
from typing import Unpack

import click

from scaffold import clock, terminal
from scaffold.commands.proposal import Manner, Proposal, carry_out, manner_options
from scaffold.commands.recovery import recover_first
from scaffold.documents import EXECUTION_TASK
from scaffold.errors import UsageProblem
from scaffold.preview import Numbering, Policy, Request, Selection


class BatchOptions(Manner):
    """The options that every command that creates documents takes, by their names in the code."""

    batch: bool
    level: str | None
    ids: tuple[str, ...]
    template: str | None
    skip_missing: bool
    strict: bool
    allow_unfilled: bool


_BATCH_OPTIONS = (
    click.argument("plan", default=".", type=click.Path(path_type=Path)),
    click.option("--batch", is_flag=True, help="Create what is missing on a whole level (0 unless --level is given)."),
    click.option("--level", metavar="N|all", help="The dependency level to create, or all of them."),
    click.option("--achievement", "ids", multiple=True, metavar="ID", help="One achievement, as 2.3. Repeatable."),
    click.option("--template", metavar="DIR", help="Use the copier template in DIR instead of the built-in one."),
    click.option("--skip-missing", is_flag=True, help="Go on without achievements whose SUBPLAN is missing or wrong."),
    click.option("--strict", is_flag=True, help="A SUBPLAN without objective or approach blocks instead of warning."),
    click.option("--allow-unfilled", is_flag=True, help="Accept [TO BE FILLED] markers in objective and approach."),
)


class ExecutionsOptions(BatchOptions):
    """What `scaffold executions` takes besides, by their names in the code."""

    planned: bool
    again: bool


def batch_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of `BatchOptions`."""
    command = manner_options(command)
    for option in reversed(_BATCH_OPTIONS):
        command = option(command)
    return command


@click.command()
@batch_options
@click.option("--planned", is_flag=True, help="Create every execution that the SUBPLAN plans: _01, _02, …")
@click.option("--again", is_flag=True, help="Create the next number, after a FIX. Needs --achievement.")
def executions(plan: Path, **options: Unpack[ExecutionsOptions]) -> int:
    """Create the missing EXECUTION_TASKs of a plan.

    PLAN is a plan directory or a PLAN_*.md file; without it, the current directory. The preview shows every file that
    will be created; after one confirmation all of them are created, or none.
    """
    policy = Policy(options["skip_missing"], options["strict"], options["allow_unfilled"])
    selection = _selection(options)
    numbering = _numbering(options)
    request = Request(EXECUTION_TASK, plan, selection, numbering, policy, options["template"], clock.today())
    if not options["dry_run"]:
        recover_first(plan)
    return carry_out(_proposal(request, options["dry_run"]), options)


def _proposal(request: Request, dry_run: bool) -> Proposal:
    from scaffold import batch, report  # parsing and rendering: not for --help and usage errors

    preview = batch.prepare(request)
    return Proposal(
        kind=preview.kind.command,
        warnings=preview.warnings,
        text=report.preview_text(preview, terminal.columns(), dry_run=dry_run),
        question=report.question(preview) if preview.files else None,
        data=lambda record: report.batch_data(preview, record),
        check=lambda: batch.check_writable(preview),
        apply=lambda: batch.apply(preview, clock.now(), terminal.count),
        done=lambda record: report.created_text(preview, record),
    )


def _numbering(options: ExecutionsOptions) -> Numbering:
    if options["planned"] and options["again"]:
        raise UsageProblem.of("usage", "--planned and --again exclude each other", hint="take one of them")
    if options["again"] and not options["ids"]:
        hint = "name the achievements: --achievement 2.3 --again"
        raise UsageProblem.of("usage", "--again creates one more for single achievements", hint=hint)
    return "planned" if options["planned"] else "again" if options["again"] else "first"


def _selection(options: BatchOptions) -> Selection:
    """Read which achievements are meant; raises UsageProblem for what contradicts itself."""
    level, ids = options["level"], options["ids"]
    if level is not None and ids:
        raise UsageProblem.of("usage", "--level and --achievement exclude each other", hint="take one of them")
    if ids:
        return Selection("achievements", ids=tuple(dict.fromkeys(ids)))
    if not options["batch"]:
        hint = "add --batch for a whole level, or --achievement ID for single ones"
        raise UsageProblem.of("usage", "what shall be created? Neither --batch nor --achievement is given", hint=hint)
    if level == "all":
        return Selection("all")
    if level is None or (level.isascii() and level.isdigit() and len(level) < 10):
        return Selection("level", int(level or 0))
    hint = "write --level 0, --level 1, … or --level all"
    raise UsageProblem.of("usage", f"--level {level}: expected a number or all", hint=hint)
