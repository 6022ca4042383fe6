"""What every command that writes does with its proposal: show it, ask once, apply it, report it."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, TypedDict

import click
from click.core import ParameterSource

from scaffold import clock, report, terminal, transaction
from scaffold.commands._next import find_outdated, next_lines
from scaffold.commands._paging import PageOptions, page
from scaffold.errors import Conflict, Diagnostic, Interrupted, NotConfirmed, ScaffoldError, WriteFailed
from scaffold.lazy.values import replace
from scaffold.model import BatchRecord
from scaffold.names import Words, is_achievement_id, path_word, typed
from scaffold.plan import workspace
from scaffold.plan.actions import Step, claims_of, first_step
from scaffold.plan.progress import progress_of
from scaffold.preview import Proposal
from scaffold.shapes import ChangeData, Digest
from scaffold.transaction import claims, new_plan


class WriteOptions(TypedDict):
    """The options that every command that writes takes, by their names in the code."""

    dry_run: bool
    yes: bool
    no_input: bool
    as_json: bool
    quiet: bool
    expect: str | None


class TemplateData(TypedDict):
    """The template set that files are made with."""

    name: str
    digest: Digest


TemplateUsedData = Annotated[TemplateData, "`name` and `digest` (SHA-256 over its files) of the template set"]

_OF_THE_ANSWER = frozenset((*WriteOptions.__annotations__, *PageOptions.__annotations__, "answers"))
"""The parameters that say nothing of what is done."""

_OPTIONS = (
    click.option("--dry-run", is_flag=True, help="Show what would be done, and stop."),
    click.option("--yes", is_flag=True, help="Do it without asking."),
    click.option("--no-input", is_flag=True, help="Never ask: without --yes, stop with exit code 6."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text."),
    click.option("--quiet", is_flag=True, help="Print neither preview nor result, only errors and the question."),
    click.option("--expect", metavar="CHANGE_SET", help="Do it only if it is still exactly what a preview showed."),
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
            _demand_expected(proposal, options["expect"])
            _demand_possible(proposal)
        if proposal.question and not options["dry_run"]:
            may_ask = not (options["no_input"] or options["as_json"])
            if not options["yes"] and not terminal.confirm(proposal.question, may_ask=may_ask):
                return NotConfirmed.exit_code
            record = _apply(proposal)
    except ScaffoldError as error:
        if not options["as_json"]:
            raise
        unconfirmed = isinstance(error, NotConfirmed)
        told = _confirming(proposal, error) if unconfirmed else _about_achievements(proposal, error)
        diagnostics = (*told, *proposal.warnings)
        step = _carrying_out() if unconfirmed else None
        terminal.show(report.envelope(proposal.kind, told_data(proposal, None, step, options), diagnostics, ok=False))
        return error.exit_code
    text = _outcome(proposal, record, options)
    try:
        terminal.show(text)
    except (WriteFailed, Interrupted):
        if not record:  # a batch that is complete stays so, whether or not it can be told
            raise
    return 0


def told_data(
    proposal: Proposal, record: BatchRecord | None, step: Step | None, options: Mapping[str, Any]
) -> ChangeData:
    """Return `data` of a proposal, with what became of it, and the part of its lists that the options ask for."""
    data = proposal.data_with(record, step)
    return page(data, options, proposal.lists) if proposal.lists else data


def _outcome(proposal: Proposal, record: BatchRecord | None, options: WriteOptions) -> str:
    """Return what is told at the end: what was done, and what to do next."""
    is_left = bool(proposal.question) and record is None
    step = _carrying_out() if is_left else _step_after(proposal, record)
    if options["as_json"]:
        return report.envelope(proposal.kind, told_data(proposal, record, step, options), proposal.warnings, ok=True)
    if options["quiet"] or is_left:
        return ""
    lines = next_lines(step, proposal.argument) if step else []
    return (proposal.told(record) if record else "") + "".join(f"{line}\n" for line in lines)


def _carrying_out() -> Step:
    """Return the step that does what was shown and not done: the command line itself, without `--dry-run` and the like.

    It is told from the options, not from `sys.argv`: the menu and tests call commands too.
    """
    return Step("Run it without --dry-run, and confirm", typed(itself()))


def itself() -> Words:
    """Return the command that runs, without the options that say nothing of what is done."""
    context = click.get_current_context()
    return (*context.command_path.split()[1:], *given_words(context, _OF_THE_ANSWER))


def _confirming(proposal: Proposal, error: ScaffoldError) -> tuple[Diagnostic, ...]:
    """Return what nobody confirmed, with the command that does just what was shown."""
    verb, *rest = itself()
    named = (undone,) if (undone := proposal.batch.undoes) and undone not in rest else ()
    words = (verb, *named, *rest, "--yes", "--expect", proposal.batch.changes.id)
    return tuple(replace(problem, command=words) for problem in error.diagnostics)


def _about_achievements(proposal: Proposal, error: ScaffoldError) -> tuple[Diagnostic, ...]:
    """Return the problems, those with a document of the proposal with its achievement."""
    of = {document.target: document.achievement for document in proposal.documents}
    return tuple(
        replace(problem, achievement=of[problem.path]) if problem.path in of else problem
        for problem in error.diagnostics
    )


def given_words(context: click.Context, without: Collection[str]) -> Words:
    """Return what was given on the command line behind the command, but for the parameters of these names."""
    words: list[str] = []
    for parameter in context.command.params:
        name, value = parameter.name or "", context.params[parameter.name or ""]
        if name in without or context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        values = [str(each) for each in (value if isinstance(value, tuple) else (value,))]
        if isinstance(parameter, click.Argument):
            is_path = isinstance(value, Path)
            words += [path_word(each) if is_path or each.startswith("-") else each for each in values]
        elif value is True:
            words += parameter.opts[:1]
        else:
            words += [word for each in values for word in (parameter.opts[0], each)]
    return tuple(words)


def refused(proposal: Proposal, error: ScaffoldError, options: WriteOptions) -> int:
    """Show programs what could be done without what `error` is about; return its exit code. Nothing is written."""
    data = told_data(proposal, None, _step_after(proposal, None), options)
    terminal.show(report.envelope(proposal.kind, data, (*error.diagnostics, *proposal.warnings), ok=False))
    return error.exit_code


def _step_after(proposal: Proposal, record: BatchRecord | None) -> Step | None:
    """Return what to do next in the plan as it is now; None where it cannot be read, which others say."""
    if record and proposal.then:
        return proposal.then
    try:
        progress = progress_of(workspace.read_plan(proposal.argument))
        named = [word for word in proposal.batch.selection.split() if is_achievement_id(word)]
        own = named if len(named) == 1 else ()  # whoever names a single achievement may be its holder
        claimed = claims_of(progress, clock.now()).without(own)
        return first_step(progress, proposal.given, find_outdated, claimed)
    except (ScaffoldError, OSError, MemoryError):
        return None
    except Interrupted:
        if record is None:  # a batch that is complete stays so
            raise
        return None


def _demand_expected(proposal: Proposal, expected: str | None) -> None:
    """Raise Conflict where the changes are not those of the change set that somebody saw in a preview."""
    now = proposal.batch.changes.id
    if expected not in (None, now):
        message = f"expected the change set {expected}, and now it would be {now}; nothing was changed"
        hint = f"look at what it would be now; if that is right, use --expect {now}"
        raise Conflict.of("not_expected", message, hint=hint)


def _demand_possible(proposal: Proposal) -> None:
    """Refuse what could not be written before anybody is asked."""
    if proposal.is_new:
        new_plan.check_possible(proposal.directory, proposal.targets)
    else:
        transaction.check_writable(proposal.directory, proposal.targets)
    transaction.demand_recordable(proposal.batch, clock.now())


def _apply(proposal: Proposal) -> BatchRecord:
    """Apply the batch; then the claim of the achievement that it judges ends, whoever holds it."""
    time = clock.now()
    held = claims.read_claims(proposal.directory, proposal.judges, time).held.values() if proposal.judges else ()
    apply = new_plan.create if proposal.is_new else transaction.apply
    record = apply(proposal.directory, proposal.batch, time, terminal.count)
    for claim in held:
        claims.end(proposal.directory, claim, time)
    return record
