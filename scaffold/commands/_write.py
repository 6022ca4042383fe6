"""What every command that writes does with its proposal: show it, ask once, apply it, report it."""

from collections.abc import Callable
from typing import Annotated, TypedDict

import click

from scaffold import clock, report, terminal, transaction
from scaffold.errors import Conflict, Interrupted, NotConfirmed, ScaffoldError, WriteFailed
from scaffold.model import BatchRecord
from scaffold.preview import Proposal
from scaffold.shapes import Digest
from scaffold.transaction import new_plan


class WriteOptions(TypedDict):
    """The options that every command that writes takes, by their names in the code."""

    dry_run: bool
    yes: bool
    no_input: bool
    as_json: bool
    quiet: bool


class TemplateData(TypedDict):
    """The template set that files are made with."""

    name: str
    digest: Digest


TemplateUsedData = Annotated[TemplateData, "`name` and `digest` (SHA-256 over its files) of the template set"]

_OPTIONS = (
    click.option("--dry-run", is_flag=True, help="Show what would be done, and stop."),
    click.option("--yes", is_flag=True, help="Do it without asking."),
    click.option("--no-input", is_flag=True, help="Never ask: without --yes, stop with exit code 6."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text."),
    click.option("--quiet", is_flag=True, help="Print neither preview nor result, only errors and the question."),
)


def write_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options of `WriteOptions` to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def carry_out(proposal: Proposal, options: WriteOptions) -> int:
    """Show, ask, apply, tell; return the exit code. With `--json` one document says all of it, also on failure."""
    silent = options["quiet"] or options["as_json"]
    if not options["as_json"]:
        terminal.tell(report.warnings_text(proposal.warnings))
    if not silent:
        terminal.show(proposal.shown)
    record = None
    try:
        if proposal.conflicts:
            raise Conflict(proposal.conflicts)
        if proposal.question:
            _demand_possible(proposal)
        if proposal.question and not options["dry_run"]:
            may_ask = not (options["no_input"] or options["as_json"])
            if not options["yes"] and not terminal.confirm(proposal.question, may_ask=may_ask):
                return NotConfirmed.exit_code
            record = _apply(proposal)
    except ScaffoldError as error:
        if not options["as_json"]:
            raise
        diagnostics = (*error.diagnostics, *proposal.warnings)
        terminal.show(report.envelope(proposal.kind, proposal.data_with(None), diagnostics, ok=False))
        return error.exit_code
    text = proposal.told(record) if record and not silent else ""
    if options["as_json"]:
        text = report.envelope(proposal.kind, proposal.data_with(record), proposal.warnings, ok=True)
    try:
        terminal.show(text)
    except (WriteFailed, Interrupted):
        if not record:  # a batch that is complete stays so, whether or not it can be told
            raise
    return 0


def _demand_possible(proposal: Proposal) -> None:
    """Refuse what could not be written before anybody is asked."""
    if proposal.is_new:
        new_plan.check_possible(proposal.directory, proposal.targets)
    else:
        transaction.check_writable(proposal.directory, proposal.targets)


def _apply(proposal: Proposal) -> BatchRecord:
    apply = new_plan.create if proposal.is_new else transaction.apply
    return apply(proposal.directory, proposal.batch, clock.now(), terminal.count)
