"""`scaffold menu`: a few numbered options, each of them a command line of scaffold.

It asks by lines, not with a widget: the options are numbers that one types anyway, a line works on every terminal and
with every reader of screens, and an interrupt leaves no terminal to restore.
"""

import signal
from pathlib import Path

import click

from scaffold import signals, terminal
from scaffold.errors import Interrupted, NotConfirmed, ScaffoldError


@click.command()
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@click.pass_context
def menu(context: click.Context, plan: Path) -> int:
    """Choose what to do with a plan, at a terminal.

    Shows where the plan stands and what to do next. Every option prints the command that does the same, and runs it:
    with its one preview and its one question. 0, Ctrl-D and Ctrl-C go back.
    """
    if not terminal.can_ask():
        hint = "use the commands themselves: scaffold status, graph, subplans, executions"
        raise NotConfirmed.of("not_a_terminal", "the menu needs a terminal, and there is none", hint=hint)
    while True:
        try:
            words = _chosen(plan)
        except Interrupted as interrupt:  # said here: "nothing was changed" may be untrue of what was done before
            terminal.tell("\n")
            return interrupt.exit_code
        if words is None:
            return 0
        _run(context.find_root().command, words)


def _chosen(plan: Path) -> tuple[str, ...] | None:
    """Show the menu until an option is chosen, and give its command line; None to go back."""
    from scaffold import menu, report
    from scaffold.plan import overview  # parsing: not for --help

    found = overview.take(plan)
    terminal.tell(report.diagnostics_text(found.warnings) + menu.screen(found))
    while True:
        choice = terminal.ask(menu.ASKED)
        if choice is None or choice == menu.BACK:
            return None
        if words := menu.reading(choice, plan):
            return words
        if kind := menu.KINDS.get(choice):
            missing = menu.missing_by_level(found, kind)
            selected = _selected(menu.level_question(missing, kind.label)) if missing else ("--level", "next")
            if selected:
                return menu.creating(kind, plan, selected)
            terminal.tell(menu.screen(found))
        else:
            terminal.tell("Type one of the numbers 0 to 5.\n")


def _selected(question: str) -> tuple[str, ...] | None:
    """Ask which achievements are meant until the answer says it; None to go back."""
    from scaffold import menu

    while True:
        answer = terminal.ask(question)
        if answer is None or answer.lower() in {"b", "back"}:
            return None
        if selected := menu.selection(answer):
            return selected
        terminal.tell("Type a number, next, all, ready or b.\n")


def _run(scaffold: click.Command, words: tuple[str, ...]) -> None:
    """Run a command line as if it had been typed; what goes wrong is said, and the menu comes again."""
    from scaffold import menu, report

    terminal.tell(f"\n$ {menu.command_line(words)}\n")
    try:
        with signals.restored():
            scaffold.main(args=list(words), prog_name="scaffold", standalone_mode=False)
    except ScaffoldError as error:
        terminal.tell(report.diagnostics_text(error.diagnostics))
    except Interrupted as interrupt:
        if interrupt.signal_number != signal.SIGINT:
            raise
        terminal.tell(f"\ninterrupted: {interrupt.outcome}\n")
