"""The command line: arguments to a command, errors to exit codes, an interrupt to an end without a mess."""

from collections.abc import Sequence

import click

from scaffold import __version__, terminal
from scaffold.commands.adopt import adopt
from scaffold.commands.check import check
from scaffold.commands.context import context
from scaffold.commands.executions import executions
from scaffold.commands.graph import graph
from scaffold.commands.init import init
from scaffold.commands.menu import menu
from scaffold.commands.recover import recover
from scaffold.commands.status import status
from scaffold.commands.subplans import subplans
from scaffold.commands.template import template
from scaffold.commands.undo import undo
from scaffold.commands.why import why
from scaffold.errors import Interrupted, InvalidInput, NotConfirmed, ScaffoldError, UsageProblem, WriteFailed


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code; every error a user can act on becomes a message here."""
    terminal.write_anything()
    as_json = "--json" in arguments
    try:
        code = app.main(args=list(arguments), prog_name="scaffold", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        terminal.tell(f"{error.ctx.get_help()}\n" if error.ctx else "")
        code = UsageProblem.exit_code
    except click.exceptions.UsageError as error:
        code = _failed(_usage_problem(error), as_json)
    except ScaffoldError as error:
        code = _failed(error, as_json)
    except MemoryError:
        hint = "free some, then run again: a batch is complete or not there at all"
        code = _failed(WriteFailed.of("out_of_memory", "out of memory", hint=hint), as_json)
    except OSError as error:
        hint = "look whether the directory you are in is still there, and can be read"
        what = f"{error.filename or '.'}: {error.strerror or error}"
        code = _failed(InvalidInput.of("unreadable", what, hint=hint), as_json)
    except Interrupted as interrupt:
        terminal.tell("\n")
        message = f"interrupted: {interrupt.outcome}"
        _failed(NotConfirmed.of("interrupted", message, hint="run it again"), as_json)
        code = interrupt.exit_code
    terminal.let_go()
    return int(code or 0)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="scaffold %(version)s")
def app() -> None:
    """Turn a PLAN and its SUBPLANs into EXECUTION_TASK files.

    A batch appears whole or not at all, and nothing that is there already is ever overwritten.
    """


for command in (status, graph, why, check, context, subplans, executions, undo, recover, init, adopt, menu, template):
    app.add_command(command)


def _failed(error: ScaffoldError, as_json: bool) -> int:
    from scaffold import report

    if as_json:
        terminal.show(report.envelope("error", {}, error.diagnostics, ok=False))
    else:
        terminal.tell(report.diagnostics_text(error.diagnostics))
    return error.exit_code


def _usage_problem(error: click.exceptions.UsageError) -> UsageProblem:
    command = error.ctx.command_path if error.ctx else "scaffold"
    return UsageProblem.of("usage", error.format_message(), hint=f"see {command} --help")
