"""What `scaffold executions` and `scaffold subplans` share: selecting, previewing and creating documents."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from scaffold import batch, clock, terminal
from scaffold.commands._created_data import LISTS, batch_data, reasons
from scaffold.commands._documents import ShowOptions, with_documents
from scaffold.commands._ids import IDS_AND_PLAN, achievement_option
from scaffold.commands._paging import PageOptions, demand_json, page_options
from scaffold.commands._write import WriteOptions, carry_out, refused
from scaffold.commands.recover import recover_first
from scaffold.errors import PrerequisitesMissing, ScaffoldError, UsageProblem
from scaffold.names import DocumentKind, agreed, counted, printable
from scaffold.plan.outlook import Given
from scaffold.plan.prerequisites import Policy
from scaffold.plan.progress import in_words
from scaffold.plan.selection import Numbering, Selection, level_named
from scaffold.plan.template_settings import BUILT_IN
from scaffold.preview import Preview, Proposal, Request, ShownDocument
from scaffold.report import table
from scaffold.templates.teams import ASKED


class BatchOptions(WriteOptions, ShowOptions, PageOptions):
    """The options that every command that creates documents takes, by their names in the code."""

    batch: bool
    level: str | None
    ready: bool
    ids: tuple[str, ...]
    template: str | None
    answers: bool


_BATCH_OPTIONS = (
    IDS_AND_PLAN,
    click.option("--batch", is_flag=True, help="Create what is missing on a whole level (0 unless --level is given)."),
    click.option(
        "--level", metavar="N|next|all", help="A dependency level, the lowest with something missing, or all of them."
    ),
    click.option("--ready", is_flag=True, help="With --batch: what is ready to be worked on, on any level."),
    achievement_option("One achievement, such as 2.3: the same as ID. Repeatable."),
    click.option(
        "--template", metavar="NAME|DIR", help="Use this template set or directory, not the one of scaffold.yml."
    ),
    click.option("--answers", is_flag=True, help="With --json: also the variables of all documents."),
)


def batch_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options of `BatchOptions` to a command."""
    command = page_options(command)
    for option in reversed(_BATCH_OPTIONS):
        command = option(command)
    return command


Options = TypeVar("Options", bound=BatchOptions)


def create(plan: Path, options: Options, propose: Callable[[Path, Options, str], Proposal]) -> int:
    """Create documents as `propose` says, with the date of today; return the exit code."""
    demand_json(options, "answers")
    if not options["dry_run"]:
        recover_first(plan)
    today = clock.today()
    try:
        proposal = propose(plan, options, today)
    except PrerequisitesMissing as error:
        if rest := rest_of(lambda asked: propose(plan, asked, today), options):
            return refused(rest, error, options)
        raise
    return carry_out(with_documents(proposal, options), options)


def rest_of(propose: Callable[[Any], Proposal], options: Mapping[str, Any]) -> Proposal | None:
    """Return, for programs, what `--skip-missing` would do where a SUBPLAN is missing or wrong; None for people."""
    if not options["as_json"] or "skip_missing" not in options:
        return None
    with suppress(ScaffoldError):
        return propose({**options, "skip_missing": True})
    return None


def proposal_of(
    kind: DocumentKind, plan: Path, options: BatchOptions, created: str, numbering: Numbering, policy: Policy
) -> Proposal:
    """Return what a run would create of documents of a kind that carry the date `created`; nothing is written.

    Raises what `batch.prepare` raises, and UsageProblem for options that contradict each other.
    """
    request = Request(kind, plan, _selection(options), numbering, policy, options["template"], created)
    preview = batch.prepare(request)
    return Proposal(
        kind=preview.kind.command,
        batch=batch.batch_of(preview),
        argument=request.argument,
        directory=preview.plan.directory,
        warnings=preview.warnings,
        shown=preview_text(preview, terminal.columns(), dry_run=options["dry_run"]),
        question=question(preview.kind, len(preview.files)) if preview.files else None,
        data=batch_data(preview, created, with_answers=options["answers"]),
        lists=LISTS,
        done=f"Created {counted(len(preview.files), preview.kind.label)}",
        given=_given(request),
        documents=tuple(ShownDocument(file.achievement.id, file.target, None, file.content) for file in preview.files),
        made_from=preview.made_from,
    )


def _selection(options: BatchOptions) -> Selection:
    """Read which achievements are selected; raises UsageProblem for options that contradict each other."""
    level, ids = options["level"], options["ids"]
    if sum((level is not None, options["ready"], bool(ids))) > 1:
        message = "--level, --ready and --achievement are mutually exclusive"
        raise UsageProblem.of("usage", message, hint="use one of them")
    if ids:
        return Selection("achievements", ids=tuple(dict.fromkeys(ids)))
    if not options["batch"]:
        hint = "--batch creates what a whole level misses, an ID such as 2.3 what this achievement misses"
        raise UsageProblem.of("usage", "nothing selected: pass --batch or the ID of an achievement", hint=hint)
    if options["ready"]:
        return Selection("ready")
    return level_named(level or "0", ("next", "all"))


def _given(request: Request) -> Given:
    """Return what holds for the next run of the same kind as well."""
    template = ("--template", request.template) if request.template is not None else ()
    strict = ("--strict",) if request.policy.strict else ()
    unfilled = ("--allow-unfilled",) if request.policy.allow_unfilled else ()
    return Given(request.policy, {request.kind.command: (*template, *strict, *unfilled)})


def preview_text(preview: Preview, columns: int | None, *, dry_run: bool) -> str:
    """Show what a run would create. `columns` is the width of the terminal, None without one."""
    lines = [f"Plan {preview.plan.name}, {_chosen(preview)}{_one_template(preview)}", ""]
    count = len(preview.files)
    if count:
        lines += [f"{counted(count, preview.kind.label)} to create (change set {preview.changes.id}):", ""]
        lines += [_files_table(preview, columns), ""]
    else:
        lines += [_nothing(preview), ""]
    lines += _template_lines(preview)
    lines += _existing_lines(preview)
    lines += _left_out_lines(preview)
    if count and dry_run:
        lines += ["Dry run: nothing was created. The same command without --dry-run asks, then creates these files."]
    return "\n".join(lines).rstrip() + "\n\n"


def _one_template(preview: Preview) -> str:
    """Return the end of the first line: the set, where there is one for all and nothing more to say of it."""
    if _is_plain(preview):
        name = preview.templates[0].name if preview.templates else preview.template
        return f", template: {name}" if name else ""
    return ""


def _is_plain(preview: Preview) -> bool:
    """Whether no rule and no default of the settings had a part in choosing: then the name says it all."""
    return all(used.rule == ASKED or used.name.startswith(f"{BUILT_IN} ") for used in preview.templates) and (
        len({used.rule for used in preview.templates}) <= 1
    )


def _files_table(preview: Preview, columns: int | None) -> str:
    rows = [(file.achievement.id, file.achievement.title, file.target, str(file.lines)) for file in preview.files]
    if _is_plain(preview):
        return table(("Achievement", "Title", "File", "Lines"), rows, columns)
    names = [file.template.name if file.template else "" for file in preview.files]
    with_set = [(*row, name) for row, name in zip(rows, names, strict=True)]
    return table(("Achievement", "Title", "File", "Lines", "Template"), with_set, columns)


def _template_lines(preview: Preview) -> list[str]:
    """Return, for every set, what chose it and the beginning of its digest; nothing where one name says it all."""
    if _is_plain(preview):
        return []
    lines = [printable(f"Template {used.name}: {used.rule}, digest {used.digest[:12]}") for used in preview.templates]
    return [*lines, ""]


def _nothing(preview: Preview) -> str:
    """Return why nothing would be created."""
    if preview.left_out:
        return f"Nothing can be created: {counted(len(preview.left_out), 'achievement')} left out."
    if preview.numbering == "again":
        return "Nothing to create: no FIX waits for another attempt here."
    return f"Nothing to create: no {preview.kind.label} is missing here."


def question(kind: DocumentKind, count: int) -> str:
    """Return the one question that is asked before anything is created."""
    return f"Proceed with batch creation of {counted(count, kind.label)}? (y/N): "


def _chosen(preview: Preview) -> str:
    match preview.selection.by:
        case "level":
            return f"level {preview.selection.level}"
        case "next":
            level = preview.selection.came_to
            return "next level" if level is None else f"level {level} (next)"
        case "all":
            return "all levels"
        case "ready":
            return "everything that is ready"
        case "achievements":
            ids = preview.selection.ids
            return f"{agreed(len(ids), 'achievement')} {', '.join(ids)}"


def _existing_lines(preview: Preview) -> list[str]:
    if not preview.existing:
        return []
    with_files = [standing.id for standing in preview.existing if standing.paths(preview.kind)]
    without = [
        f"{standing.id} ({in_words(standing.state)})"
        for standing in preview.existing
        if not standing.paths(preview.kind)
    ]
    exist = agreed(len(with_files), "Already exists", "Already exist")
    lines = [f"{exist}, left unchanged: {', '.join(with_files)}"] if with_files else []
    lines += [f"Not needed: {', '.join(without)}"] if without else []
    return [*lines, ""]


def _left_out_lines(preview: Preview) -> list[str]:
    lines = []
    for left_out in preview.left_out:
        why = "; ".join(reasons(left_out))
        lines.append(printable(f"Left out: {left_out.achievement.id} {left_out.achievement.title}: {why}"))
    return [*lines, ""] if lines else []
