"""What every command that writes does with what it has prepared: show it, ask once, carry it out, say so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

import click

from scaffold import report, terminal
from scaffold.errors import Diagnostic, Interrupted, ScaffoldError, WriteFailed
from scaffold.model import BatchRecord, Json


class Manner(TypedDict):
    """How a write command goes about it: the options that all of them share, by their names in the code."""

    dry_run: bool
    yes: bool
    no_input: bool
    as_json: bool
    quiet: bool


_OPTIONS = (
    click.option("--dry-run", is_flag=True, help="Show what would be done, and stop."),
    click.option("--yes", is_flag=True, help="Do it without asking."),
    click.option("--no-input", is_flag=True, help="Never ask: without --yes, stop with exit code 6."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text."),
    click.option("--quiet", is_flag=True, help="Print neither preview nor result; errors and the question remain."),
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a command has prepared.

    `question` is None where there is nothing to do. `data` gives the JSON, from the record once there is one; `check`
    refuses, before anybody is asked, what could not be written; `apply` does it; `done` tells of it.
    """

    kind: str
    warnings: tuple[Diagnostic, ...]
    text: str
    question: str | None
    data: Callable[[BatchRecord | None], dict[str, Json]]
    check: Callable[[], None]
    apply: Callable[[], BatchRecord]
    done: Callable[[BatchRecord], str]


def manner_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of `Manner`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def carry_out(proposal: Proposal, manner: Manner) -> int:
    """Show, ask, apply, tell; gives the exit code. With `--json` one document says all of it, also on failure."""
    silent = manner["quiet"] or manner["as_json"]
    if not manner["as_json"]:
        terminal.tell(report.warnings_text(proposal.warnings))
    if not silent:
        terminal.show(proposal.text)
    record = None
    try:
        if proposal.question:
            proposal.check()
        if proposal.question and not manner["dry_run"]:
            if not manner["yes"]:
                terminal.confirm(proposal.question, may_ask=not (manner["no_input"] or manner["as_json"]))
            record = proposal.apply()
    except ScaffoldError as error:
        if not manner["as_json"]:
            raise
        diagnostics = (*error.diagnostics, *proposal.warnings)
        terminal.show(report.envelope(proposal.kind, proposal.data(None), diagnostics, ok=False))
        return error.exit_code
    text = proposal.done(record) if record and not silent else ""
    if manner["as_json"]:
        text = report.envelope(proposal.kind, proposal.data(record), proposal.warnings, ok=True)
    try:
        terminal.show(text)
    except (WriteFailed, Interrupted):
        if not record:  # a batch that is complete stays so, whether or not it can be told
            raise
    return 0
