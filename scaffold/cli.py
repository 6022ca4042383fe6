"""The command line: options to a request, errors to exit codes. Only here are the clock and the environment read."""

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn, TextIO, TypedDict, Unpack

import click

from scaffold import __version__
from scaffold.errors import Interrupted, NotConfirmed, ScaffoldError, UsageProblem
from scaffold.preview import Policy, Request, Selection

COUNTER_FROM = 21
"""Fewer files than this are made before a counter could be read."""


def main() -> NoReturn:
    """Run the command line of this process and exit."""
    _raise_on_signals()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code; every error a user can act on becomes a message here."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a plan's text must not break a terminal that has no UTF-8
            stream.reconfigure(errors="backslashreplace")
    as_json = "--json" in arguments
    try:
        code = app.main(args=list(arguments), prog_name="scaffold", standalone_mode=False)
    except click.exceptions.UsageError as error:
        code = _failed(_usage_problem(error), as_json)
    except ScaffoldError as error:
        code = _failed(error, as_json)
    except Interrupted as interrupt:
        _say(sys.stderr, "\ninterrupted: nothing was changed\n")
        code = interrupt.exit_code
    for stream in (sys.stdout, sys.stderr):
        _let_go(stream)
    return int(code or 0)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="scaffold %(version)s")
def app() -> None:
    """Turn a PLAN and its SUBPLANs into EXECUTION_TASK files.

    A batch appears whole or not at all, and nothing that is there already is ever overwritten.
    """


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


@app.command()
@_batch_options
def executions(plan: Path, **options: Unpack[BatchOptions]) -> int:
    """Create the missing EXECUTION_TASKs of a plan.

    PLAN is a plan directory or a PLAN_*.md file; without it, the current directory. The preview shows every file that
    will be created; after one confirmation all of them are created, or none.
    """
    policy = Policy(options["skip_missing"], options["strict"], options["allow_unfilled"])
    return _run_batch(Request(plan, _selection(options), policy, options["template"], _today()), options)


def _run_batch(request: Request, options: BatchOptions) -> int:
    """Prepare, show, ask, apply: what every command that creates documents does."""
    from scaffold import batch, report

    preview = batch.prepare(request)
    _say(sys.stderr, report.diagnostics_text(preview.warnings), unless=options["as_json"])
    quiet = options["quiet"] or options["as_json"]
    _say(sys.stdout, report.preview_text(preview, _columns(), dry_run=options["dry_run"]), unless=quiet)
    record = None
    try:
        if preview.files and not options["dry_run"]:
            batch.check_writable(preview)
            _confirm(report.question(preview), options)
            record = batch.apply(preview, _now(), _counter if len(preview.files) >= COUNTER_FROM else _no_counter)
            _say(sys.stdout, report.created_text(preview, record), unless=quiet)
    except ScaffoldError as error:
        if not options["as_json"]:
            raise
        _say(sys.stdout, report.batch_envelope(preview, None, error.diagnostics))
        return error.exit_code
    if options["as_json"]:
        _say(sys.stdout, report.batch_envelope(preview, record, ()))
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


def _confirm(question: str, options: BatchOptions) -> None:
    """Ask once, on stderr; raises NotConfirmed unless the answer is y or yes."""
    if options["yes"]:
        return
    asks_nobody = options["no_input"] or options["as_json"] or "CI" in os.environ
    if asks_nobody or sys.stdin is None or not sys.stdin.isatty():
        message = "not confirmed, and there is nobody to ask: nothing was changed"
        raise NotConfirmed.of("not_confirmed", message, hint="look at the preview, then add --yes")
    _say(sys.stderr, question)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise NotConfirmed.of(
            "not_confirmed", "not confirmed: nothing was changed", hint="answer y to create the files"
        )


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _today() -> str:
    return datetime.now().astimezone().date().isoformat()


def _columns() -> int | None:
    """Give the width of the terminal that stdout is, None when it is none."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def _counter(done: int, total: int) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        _say(sys.stderr, f"\rCreating {done}/{total}" + ("\n" if done == total else ""))


def _no_counter(_done: int, _total: int) -> None:
    """Say nothing."""


def _say(stream: TextIO | None, text: str, *, unless: bool = False) -> None:
    """Write text at once. A reader that has gone does not change what the run did, so a closed stream is no error."""
    if stream is None or unless:
        return
    with contextlib.suppress(OSError, ValueError):
        stream.write(text)
        stream.flush()


def _failed(error: ScaffoldError, as_json: bool) -> int:
    from scaffold import report

    if as_json:
        _say(sys.stdout, report.envelope("error", {}, error.diagnostics, ok=False))
    else:
        _say(sys.stderr, report.diagnostics_text(error.diagnostics))
    return error.exit_code


def _usage_problem(error: click.exceptions.UsageError) -> UsageProblem:
    command = error.ctx.command_path if error.ctx else "scaffold"
    return UsageProblem.of("usage", error.format_message(), hint=f"see {command} --help")


def _raise_on_signals() -> None:
    """Let INT, TERM and HUP unwind the run; a signal that was ignored before (nohup) stays ignored."""

    def interrupt(number: int, _frame: FrameType | None) -> NoReturn:
        raise Interrupted(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)


def _let_go(stream: TextIO | None) -> None:
    """Flush, and where the reader has gone, keep the interpreter from complaining about it at exit."""
    if stream is None:
        return
    try:
        stream.flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
