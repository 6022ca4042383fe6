"""`scaffold preview`: shows what a command would write, and keeps that, or regenerates it at every save."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import click

from scaffold import clock, report, terminal, transaction
from scaffold.commands import executions as executions_command
from scaffold.commands import subplans as subplans_command
from scaffold.commands import update as update_command
from scaffold.commands._create import batch_options, rest_of
from scaffold.commands._created_data import MadeAgainData
from scaffold.commands._documents import ShowOptions, documents_text, show_options, with_content
from scaffold.commands._ids import NamingAchievements
from scaffold.commands._next import next_lines
from scaffold.commands._paging import PageOptions, demand_json
from scaffold.commands._watch import Seen, watch
from scaffold.commands._write import WriteOptions, given_words, refused, told_data
from scaffold.commands.executions import executions_options
from scaffold.commands.update import update_options
from scaffold.errors import Conflict, Diagnostic, PrerequisitesMissing, ScaffoldError, UsageProblem
from scaffold.lazy.values import replace
from scaffold.names import EXECUTION_TASK, SUBPLAN, DocumentKind, Words, agreed, invocation_for, typed
from scaffold.plan import settings, workspace
from scaffold.plan.actions import Step
from scaffold.plan.progress import progress_of
from scaffold.preview import Proposal
from scaffold.shapes import ChangeData
from scaffold.templates import teams
from scaffold.templates.sets import built_in_layer
from scaffold.transaction import previews
from scaffold.transaction.previews import KeptChange, KeptPreview
from scaffold.update import made_now

Propose = Callable[[Path, Any, str], Proposal]
"""From a plan, the options of a command and the date that documents carry to what the command would do."""

PROPOSE: Mapping[str, Propose] = {
    "executions": executions_command.propose,
    "subplans": subplans_command.propose,
    "update": update_command.propose,
}
"""What a preview can be of: each command that makes documents."""

_MADE_NOW = {"executions": made_now.execution_tasks, "subplans": made_now.subplans}
"""What makes documents anew that exist already."""

NOTHING_WRITTEN = WriteOptions(dry_run=False, yes=False, no_input=True, as_json=False, quiet=False, expect=None)
NOTHING_SHOWN = ShowOptions(show=(), diff=False, content=False)

_NOT_OF_THE_REQUEST = frozenset(
    {"plan", "watch", "as_json", "quiet", "answers", *NOTHING_SHOWN, *PageOptions.__annotations__}
)
"""The parameters that say nothing of what would be written."""

_OPTIONS = (
    click.option("--watch", is_flag=True, help="Regenerate at every save, and print what changes, until Ctrl-C."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text."),
    click.option("--quiet", is_flag=True, help="Print only what --show and --diff ask for, and errors."),
)


def _preview_options(command: Callable[..., int]) -> Callable[..., int]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return show_options(command)


@click.group()
def preview() -> None:
    """Show what a command would write, and keep it to be applied.

    Nothing is written but the preview itself, in .scaffold/previews/ of the plan: the newest ten are kept.
    """


@preview.command(cls=NamingAchievements)
@executions_options
@_preview_options
def executions(plan: Path, **options: Any) -> int:
    """Show the EXECUTION_TASKs that would be created.

    Of named achievements also those that exist, as they would be made now: --show prints them, --diff how they differ.
    """
    return _preview("executions", plan, options)


@preview.command(cls=NamingAchievements)
@batch_options
@_preview_options
def subplans(plan: Path, **options: Any) -> int:
    """Show the SUBPLANs that would be created.

    Of named achievements also those that exist, as they would be made now from the PLAN.
    """
    return _preview("subplans", plan, options)


@preview.command(cls=NamingAchievements)
@update_options
@_preview_options
def update(plan: Path, **options: Any) -> int:
    """Show the EXECUTION_TASKs that would be updated.

    --diff prints how every document changes.
    """
    return _preview("update", plan, options)


def _preview(name: str, plan: Path, options: Mapping[str, Any]) -> int:
    words = _words(name, plan, options)
    asked = {**NOTHING_WRITTEN, **options}
    if options["watch"]:
        if options["as_json"] or options["show"]:
            wrong = "--json" if options["as_json"] else "--show"
            raise UsageProblem.of("usage", f"--watch and {wrong} are mutually exclusive", hint="use one of them")
        return _watch(name, plan, {**asked, **NOTHING_SHOWN})
    demand_json(options, *(["answers"] if "answers" in options else []))
    created = clock.today()
    try:
        proposal = _proposed(name, plan, asked, created)
    except PrerequisitesMissing as error:
        if rest := rest_of(lambda again: _proposed(name, plan, again, created), asked):
            return refused(rest, error, cast("WriteOptions", asked))
        raise
    earlier = _earlier(proposal.directory, words) if options["diff"] and name != "update" else {}
    asked_for = ShowOptions(show=options["show"], diff=options["diff"], content=options["content"])
    text = documents_text(proposal.documents, asked_for, earlier)
    shown = replace(proposal, shown=text if options["quiet"] else proposal.shown + text)
    proposal = with_content(shown) if options["content"] else shown
    if proposal.conflicts:
        _show(proposal, options, (), None)
        if not options["as_json"]:
            terminal.tell(report.diagnostics_text(proposal.conflicts))
        return Conflict.exit_code
    warning = _keep(proposal, words, created) if proposal.question else None
    step = None
    if proposal.question and not warning:
        step = Step("Apply it", typed(invocation_for("apply", proposal.batch.changes.id, plan)))
    _show(proposal, options, (warning,) if warning else (), step)
    return 0


def _words(name: str, plan: Path, options: Mapping[str, Any]) -> Words:
    """Return the request as words of a command line; a directory that --template names is found from anywhere."""
    words = (name, *given_words(click.get_current_context(), _NOT_OF_THE_REQUEST))
    template = options.get("template")
    if not template or template in teams.of(_kind(name), workspace.locate(plan)).names():
        return words
    found = str(Path(template).absolute())
    return tuple(found if before == "--template" else word for before, word in pairwise(("", *words)))


def _kind(name: str) -> DocumentKind:
    return SUBPLAN if name == "subplans" else EXECUTION_TASK


def _earlier(directory: Path, words: Words) -> Mapping[str, bytes]:
    """Return the documents of the last preview of the same request, by path; without such a preview there are none."""
    for summary in previews.kept(directory)[0]:
        if summary.words == words:
            try:
                found = previews.read_preview(directory, summary.id)
            except ScaffoldError:  # what it was like then cannot be told, which nothing depends on
                return {}
            return {change.target: change.new for change in found.changes if change.new is not None}
    return {}


def _keep(proposal: Proposal, words: Words, created: str) -> Diagnostic | None:
    """Keep a preview; return a warning where that is not possible: what it shows holds all the same."""
    changes = proposal.batch.changes
    kept = KeptPreview(
        id=changes.id,
        time=clock.now(),
        words=words,
        created=created,
        inputs=proposal.made_from,
        changes=tuple(KeptChange(each.target, each.old, each.new, each.generated) for each in changes.changes),
    )
    try:
        transaction.demand_recordable(proposal.batch, kept.time)
        previews.keep(proposal.directory, kept)
    except ScaffoldError as error:
        (first, *_) = error.diagnostics
        message = f"the preview is not kept, and `scaffold apply` cannot be told of it: {first.message}"
        return Diagnostic("preview_not_kept", message, first.path, hint=first.hint, severity="warning")
    return None


def _show(proposal: Proposal, options: Mapping[str, Any], more: tuple[Diagnostic, ...], step: Step | None) -> None:
    warnings = (*proposal.warnings, *more)
    if options["as_json"]:
        diagnostics = (*proposal.conflicts, *warnings)
        terminal.show(
            report.envelope(
                proposal.kind, told_data(proposal, None, step, options), diagnostics, ok=not proposal.conflicts
            )
        )
        return
    terminal.tell(report.warnings_text(warnings))
    terminal.show(proposal.shown)
    if step and not options["quiet"]:
        kept = f"Kept as {proposal.batch.changes.id}: nothing is written until it is applied."
        terminal.show("".join(f"{line}\n" for line in (kept, *next_lines(step, proposal.argument))))


def _watch(name: str, plan: Path, options: Mapping[str, Any]) -> int:
    """Regenerate at every save of what the documents are made from. Nothing is kept or written."""

    def look() -> Seen:
        proposal = _proposed(name, plan, options, clock.today())
        documents = {each.target: each.after for each in proposal.documents}
        return Seen(documents, _files(name, plan, options.get("template")))

    return watch(look, colour=terminal.colour_wanted(), files=_files(name, plan, options.get("template")))


def _files(name: str, plan: Path, template: str | None) -> tuple[Path, ...]:
    """Return all that documents are made from: the plan, the settings, and the directories of template sets."""
    directory = workspace.locate(plan)
    sets = teams.of(_kind(name), directory)
    files = [directory, sets.root / settings.FILE_NAME, built_in_layer(sets.kind).directory]
    files += [sets.root / said.directory for said in sets.said.sets.values()]
    return (*files, Path(template)) if template and template not in sets.names() else tuple(files)


def _proposed(name: str, plan: Path, options: Mapping[str, Any], created: str) -> Proposal:
    """Return what the command would do, with the documents of named achievements that exist already."""
    proposal = PROPOSE[name](plan, options, created)
    if name not in _MADE_NOW or not options["ids"]:
        return proposal
    progress = progress_of(workspace.read_plan(plan))
    made = {document.achievement for document in proposal.documents}
    named = [progress[id_] for id_ in dict.fromkeys(options["ids"]) if id_ not in made]
    again = _MADE_NOW[name](progress, named, created, options["template"])
    data: list[MadeAgainData] = [
        {"id": each.achievement, "path": each.target, "lines": each.after.count(b"\n"), "content": None}
        for each in again
    ]
    if again and not (options["show"] or options["diff"]):
        shown = f"As {agreed(len(again), 'it', 'they')} would be made now: --show prints, --diff compares.\n\n"
        proposal = replace(proposal, shown=proposal.shown + shown)
    return replace(
        proposal,
        documents=(*proposal.documents, *again),
        data=cast("ChangeData", {**proposal.data, "made_again": data}),
    )
