"""`scaffold executions`: creates the missing EXECUTION_TASKs of a plan."""

from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, Unpack

import click

from scaffold import clock, terminal
from scaffold.errors import ScaffoldError, UsageProblem
from scaffold.preview import Policy, Request, Selection


class BatchOptions(TypedDict):
    """The options that every command that creates documents takes, by their names in the code."""

    batch: bool
    level: str | None
    ids: tuple[str, ...]
    dry_run: bool
    yes: bool
    no_input: bool
    template: str | None
    skip_missing: bool
    strict: bool
    allow_unfilled: bool
    as_json: bool
    quiet: bool


_BATCH_OPTIONS = (
    click.argument("plan", default=".", type=click.Path(path_type=Path)),
    click.option("--batch", is_flag=True, help="Create what is missing on a whole level (0 unless --level is given)."),
    click.option("--level", metavar="N|all", help="The dependency level to create, or all of them."),
    click.option("--achievement", "ids", multiple=True, metavar="ID", help="One achievement, as 2.3. Repeatable."),
    click.option("--dry-run", is_flag=True, help="Show what would be created, and stop."),
    click.option("--yes", is_flag=True, help="Create it without asking."),
    click.option("--no-input", is_flag=True, help="Never ask: without --yes, stop with exit code 6."),
    click.option("--template", metavar="DIR", help="Use the copier template in DIR instead of the built-in one."),
    click.option("--skip-missing", is_flag=True, help="Go on without achievements whose SUBPLAN is missing or wrong."),
    click.option("--strict", is_flag=True, help="A SUBPLAN without objective or approach blocks instead of warning."),
    click.option("--allow-unfilled", is_flag=True, help="Accept [TO BE FILLED] markers in objective and approach."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text."),
    click.option("--quiet", is_flag=True, help="Print neither preview nor result; errors and the question remain."),
)


def _batch_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of `BatchOptions`."""
    for option in reversed(_BATCH_OPTIONS):
        command = option(command)
    return command


@click.command()
@_batch_options
def executions(plan: Path, **options: Unpack[BatchOptions]) -> int:
    """Create the missing EXECUTION_TASKs of a plan.

    PLAN is a plan directory or a PLAN_*.md file; without it, the current directory. The preview shows every file that
    will be created; after one confirmation all of them are created, or none.
    """
    policy = Policy(options["skip_missing"], options["strict"], options["allow_unfilled"])
    return _run_batch(Request(plan, _selection(options), policy, options["template"], clock.today()), options)


def _run_batch(request: Request, options: BatchOptions) -> int:
    """Prepare, show, ask, apply: what every command that creates documents does."""
    from scaffold import batch, report  # parsing and rendering: not for --help and usage errors

    preview = batch.prepare(request)
    quiet = options["quiet"] or options["as_json"]
    if not options["as_json"]:
        terminal.tell(report.diagnostics_text(preview.warnings))
    if not quiet:
        terminal.show(report.preview_text(preview, terminal.columns(), dry_run=options["dry_run"]))
    record = None
    try:
        if preview.files and not options["dry_run"]:
            batch.check_writable(preview)
            if not options["yes"]:
                terminal.confirm(report.question(preview), may_ask=not (options["no_input"] or options["as_json"]))
            record = batch.apply(preview, clock.now(), terminal.count)
    except ScaffoldError as error:
        if not options["as_json"]:
            raise
        terminal.show(report.batch_envelope(preview, None, error.diagnostics))
        return error.exit_code
    if options["as_json"]:
        terminal.show(report.batch_envelope(preview, record, ()))
    elif record and not quiet:
        terminal.show(report.created_text(preview, record))
    return 0


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
