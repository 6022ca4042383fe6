"""`scaffold menu`: a few numbered options, each of them a command line of scaffold.

It asks by lines, not with a widget: the options are numbers that are typed anyway, lines work on every terminal
and with every screen reader, and an interrupt leaves no terminal to restore.
"""

import shlex
import signal
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from scaffold import clock, report, terminal
from scaffold.commands._next import find_outdated
from scaffold.commands._plan import plan_argument
from scaffold.errors import Interrupted, NotConfirmed, ScaffoldError, signals_restored
from scaffold.lazy.values import frozen
from scaffold.names import EXECUTION_TASK, SUBPLAN, DocumentKind, Words, agreed, counted, invocation, printable, typed
from scaffold.plan import overview
from scaffold.plan.overview import Survey
from scaffold.plan.selection import part_missing

KINDS: Mapping[str, DocumentKind] = {"1": SUBPLAN, "2": EXECUTION_TASK}
BACK = "0"
ASKED = "Option (0-5): "
_NOTES = 35
"""The column at which the notes on the plan begin, beside the options."""
_READING: Mapping[str, tuple[str, Words]] = {
    "3": ("status", ("--ready",)),
    "4": ("graph", ()),
    "5": ("status", ()),
}
_SELECTIONS: Mapping[str, Words] = {
    **dict.fromkeys(("", "n", "next"), ("--level", "next")),
    **dict.fromkeys(("a", "all"), ("--level", "all")),
    **dict.fromkeys(("r", "ready"), ("--ready",)),
}


@click.command()
@plan_argument
@click.pass_context
def menu(context: click.Context, plan: Path) -> int:
    """Choose what to do with a plan from a menu at the terminal.

    Shows where the plan stands and what to do next. Every option prints the command that does the same, and runs it:
    with its one preview and its one question. 0, Ctrl-D and Ctrl-C go back.
    """
    if not terminal.can_ask():
        hint = "use the commands themselves: scaffold status, graph, subplans, executions"
        where = terminal.unattended()
        message = f"the menu is for people, and this is {where}" if where else "the menu needs a terminal"
        raise NotConfirmed.of("not_a_terminal", message, hint=hint)
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
    """Show the menu until an option is chosen, and return its command line; None to go back."""
    found = overview.take(plan, find_outdated, clock.now())
    terminal.tell(report.diagnostics_text(found.warnings) + screen(found, terminal.talk_columns()))
    while True:
        choice = terminal.ask(ASKED)
        if choice is None or choice == BACK:
            return None
        if words := reading(choice, plan):
            return words
        if kind := KINDS.get(choice):
            missing = missing_by_level(found, kind)
            question = level_question(missing, kind.label, terminal.talk_columns())
            selected = _selected(question) if missing else ("--level", "next")
            if selected:
                return creating(kind, plan, selected)
            terminal.tell(screen(found, terminal.talk_columns()))
        else:
            terminal.tell("Type a number from 0 to 5.\n")


def _selected(question: str) -> tuple[str, ...] | None:
    """Ask which achievements are meant until the answer is valid; None to go back."""
    while True:
        answer = terminal.ask(question)
        if answer is None or answer.lower() in {"b", "back"}:
            return None
        if selected := selection(answer):
            return selected
        terminal.tell("Type a number, next, all, ready or b.\n")


def _run(scaffold: click.Command, words: tuple[str, ...]) -> None:
    """Run a command line as if it had been typed; errors are shown, and the menu comes back."""
    terminal.tell(f"\n$ {command_line(words)}\n")
    try:
        with signals_restored():
            scaffold.main(args=list(words), prog_name="scaffold", standalone_mode=False)
    except ScaffoldError as error:
        terminal.tell(report.diagnostics_text(error.diagnostics))
    except Interrupted as interrupt:
        if interrupt.signal_number != signal.SIGINT:
            raise
        terminal.tell(f"\ninterrupted: {interrupt.outcome}\n")


@frozen
class _Line:
    """One line of the screen: the key to press, what it does, and a note on the plan."""

    key: str
    label: str
    note: str = ""


def screen(survey: Survey, columns: int | None = None) -> str:
    """Show where a plan stands, what to do next, and the options. `columns` is the width of the terminal, if any."""
    done = sum(row.standing.is_done for row in survey.rows)
    ready = [row.standing.id for row in survey.rows if row.standing.ready]
    total = len(survey.rows)
    recommended = _recommended(survey)
    lines = [
        _Line("1", "Batch create SUBPLANs", _missing_note(survey, SUBPLAN)),
        _Line("2", "Batch create EXECUTIONs", _missing_note(survey, EXECUTION_TASK)),
        _Line("3", "What can run in parallel now", _ready_note(ready)),
        _Line("4", "Dependency graph", counted(len(survey.levels), "level")),
        _Line("5", "Status", f"{done} of {total} done"),
        _Line(BACK, "Back"),
    ]
    shown = [
        f"{'>' if line.key == recommended else ' '} {line.key}  {line.label:<{_NOTES - 5}}{line.note}".rstrip()
        for line in lines
    ]
    where = f"  (option {recommended})" if recommended else ""
    head = [
        f"Plan {survey.plan.name}: {done} of {counted(total, 'achievement')} done",
        f"Next: {survey.next_step.text}{where}",
    ]
    wide = columns is None or columns >= 2 * _NOTES
    folded = [*_folded(head, columns, " " * len("Next: ")), "", *_folded(shown, columns, " " * (_NOTES if wide else 5))]
    return "\n".join(("", *folded, "")) + "\n"


def _folded(lines: Iterable[str], columns: int | None, hanging: str = "") -> list[str]:
    """Fold lines that are wider than the terminal, at words."""
    shown = map(printable, lines)
    return [part for line in shown for part in ([line] if columns is None else report.folded(line, columns, hanging))]


def missing_by_level(survey: Survey, kind: DocumentKind) -> dict[int, int]:
    """Return how many documents of a kind are missing on each level that misses any, the lowest first."""
    missing, _ = part_missing(survey.progress, kind, "first")
    return dict(sorted(Counter(standing.level for standing in missing).items()))


def level_question(missing: Mapping[int, int], label: str, columns: int | None = None) -> str:
    """Ask which of the missing documents are meant; an answer is read by `selection`."""
    numbers = ", ".join(f"{level} ({count})" for level, count in missing.items())
    lines = (
        f"Which {agreed(sum(missing.values()), label)}? Missing on {agreed(len(missing), 'level')} {numbers}.",
        "A number: that level; next (or Enter): the lowest; all; ready: what can be worked on now; b: back.",
    )
    return "\n".join((*_folded(lines, columns), "Level: "))


def selection(answer: str) -> Words | None:
    """Return the options that an answer to `level_question` stands for, None when it is not an answer."""
    if answer.isascii() and answer.isdigit():
        return ("--level", answer)
    return _SELECTIONS.get(answer.lower())


def reading(choice: str, plan: Path) -> Words | None:
    """Return the command line of an option that only reads, None when the choice is none of these."""
    if choice not in _READING:
        return None
    verb, options = _READING[choice]
    return invocation(verb, plan, *options)


def creating(kind: DocumentKind, plan: Path, selected: Words) -> Words:
    """Return the command line that creates documents of a kind."""
    return invocation(kind.command, plan, "--batch", *selected)


def command_line(words: Words) -> str:
    """Return a command line as a person would type it."""
    return printable(typed(words))


def _recommended(survey: Survey) -> str | None:
    """Return the option that does the next step, if one does."""
    verb = shlex.split(survey.next_step.command)[1] if survey.next_step.command else None
    return next((key for key, kind in KINDS.items() if kind.command == verb), None)


def _missing_note(survey: Survey, kind: DocumentKind) -> str:
    missing = missing_by_level(survey, kind)
    if not missing:
        return "none missing"
    levels = ", ".join(map(str, missing))
    return f"{sum(missing.values())} missing, {agreed(len(missing), 'level')} {levels}"


def _ready_note(ids: list[str]) -> str:
    more = f", and {len(ids) - 8} more" if len(ids) > 8 else ""
    return f"{len(ids)} ready: {', '.join(ids[:8])}{more}" if ids else "nothing is ready"
