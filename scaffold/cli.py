"""The command line: arguments to a command, errors to exit codes, an interrupt to a clean end."""

from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

import click

from scaffold import __version__, terminal
from scaffold.errors import Interrupted, InvalidInput, NotConfirmed, ScaffoldError, UsageProblem, WriteFailed

COMMANDS: Mapping[str, str] = {
    "adopt": "Write the parallel.json that a plan lacks, from its PLAN.",
    "agents": "Tell a repository's coding agents how to work with scaffold.",
    "apply": "Do exactly what a kept preview showed, or nothing.",
    "brief": "Print the one text that whoever works on ID has to read.",
    "check": "Report everything that is wrong, doubtful or not done yet.",
    "claim": "Claim ID, so that nobody else works on it until then.",
    "context": "Show the fields found in SUBPLANs, each with its line.",
    "executions": "Create a plan's missing EXECUTION_TASKs, from its SUBPLANs.",
    "graph": "Draw the dependency levels of a plan, with every state.",
    "guide": "Print how to work with scaffold, from nothing to a plan's end.",
    "init": "Create a new plan: NAME/ with PLAN_NAME.md and parallel.json.",
    "menu": "Choose what to do with a plan from a menu at the terminal.",
    "next": "List what can be done now, the most urgent first.",
    "preview": "Show what a command would write, and keep it to be applied.",
    "recover": "Complete or take back what an interrupted run left in a plan.",
    "release": "End the claim of ID before its time.",
    "review": "Write the verdict on ID: approve, ask for a fix, or skip.",
    "status": "Show counts and hours per level, states, and what to do next.",
    "subplans": "Create a plan's missing SUBPLANs, from the PLAN's own text.",
    "template": "Look up, check and write template sets.",
    "undo": "Take back a BATCH: by default the newest that still stands.",
    "update": "Bring EXECUTION_TASKs up to date, and keep what was edited.",
    "why": "Explain why ID is or is not ready, and what to do next.",
}
"""Every command and the first line of its help. Each is the function of its name in a module of `scaffold.commands`.

Where Python has a name of its own, an underscore is behind it: `next_`.
"""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; every error that a user can act on becomes a message here."""
    terminal.write_anything()
    as_json = "--json" in arguments
    about: dict[str, Path] = {}
    failed = partial(_failed, about, as_json)
    try:
        code = app.main(args=list(arguments), prog_name="scaffold", standalone_mode=False, obj=about)
    except click.exceptions.NoArgsIsHelpError as error:
        terminal.tell(f"{error.ctx.get_help()}\n" if error.ctx else "")
        code = UsageProblem.exit_code
    except click.exceptions.UsageError as error:
        code = failed(_usage_problem(error))
    except ScaffoldError as error:
        code = failed(error)
    except MemoryError:
        hint = "free some, then run the command again: a batch is created completely or not at all"
        code = failed(WriteFailed.of("out_of_memory", "out of memory", hint=hint))
    except OSError as error:
        hint = "check that the current directory still exists and can be read"
        what = f"{error.filename or '.'}: {error.strerror or error}"
        code = failed(InvalidInput.of("unreadable", what, hint=hint))
    except Interrupted as interrupt:
        terminal.tell("\n")
        message = f"interrupted: {interrupt.outcome}"
        failed(NotConfirmed.of("interrupted", message, hint="run the command again"))
        code = interrupt.exit_code
    terminal.let_go()
    return int(code or 0)


def command(name: str) -> click.Command:
    """Return the command of that name, a key of `COMMANDS`; its module is imported only here."""
    module = import_module(f"scaffold.commands.{name}")
    loaded: click.Command = getattr(module, f"{name}_", None) or getattr(module, name)
    return loaded


class _LoadedWhenCalled(click.Group):
    """A group that lists its commands, in help and for completion, without importing the module of any."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that was called; until now only its summary was loaded."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, command(name) if name and listed else None, rest


@click.group(
    cls=_LoadedWhenCalled,
    commands={name: click.Command(name, help=summary) for name, summary in COMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="scaffold %(version)s")
def app() -> None:
    """Turn a PLAN and its SUBPLANs into EXECUTION_TASK files.

    A batch is created completely or not at all, and no existing file is ever overwritten.
    """


def _failed(about: Mapping[str, Path], as_json: bool, error: ScaffoldError) -> int:
    """Print what went wrong, in a run that may have been `about` a plan; return the exit code."""
    from scaffold import report

    if as_json:
        place: Mapping[str, object] = {"plan": None, "directory": None}
        if plan := about.get("plan"):
            from scaffold.commands._plan import place_data

            place = place_data(plan)
        terminal.show(report.envelope("error", place, error.diagnostics, ok=False))
    else:
        terminal.tell(report.diagnostics_text(error.diagnostics))
    return error.exit_code


def _usage_problem(error: click.exceptions.UsageError) -> UsageProblem:
    command = error.ctx.command_path if error.ctx else "scaffold"
    return UsageProblem.of("usage", error.format_message(), hint=f"see {command} --help")
