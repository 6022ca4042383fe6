"""What `scaffold executions` and `scaffold subplans` share: selecting, previewing and creating documents."""

from collections.abc import Callable
from pathlib import Path

import click

from scaffold import clock, terminal
from scaffold.commands._write import Manner, Proposal, carry_out, manner_options
from scaffold.commands.recover import recover_first
from scaffold.documents import DocumentKind
from scaffold.errors import UsageProblem
from scaffold.preview import Numbering, Policy, Request, Selection


class BatchOptions(Manner):
    """The options that every command that creates documents takes, by their names in the code."""

    batch: bool
    level: str | None
    ready: bool
    ids: tuple[str, ...]
    template: str | None


_BATCH_OPTIONS = (
    click.argument("plan", default=".", type=click.Path(path_type=Path)),
    click.option("--batch", is_flag=True, help="Create what is missing on a whole level (0 unless --level is given)."),
    click.option("--level", metavar="N|next|all", help="A dependency level; the lowest that misses something; all."),
    click.option("--ready", is_flag=True, help="With --batch: what is ready to be worked on, on whatever level."),
    click.option("--achievement", "ids", multiple=True, metavar="ID", help="One achievement, as 2.3. Repeatable."),
    click.option("--template", metavar="DIR", help="Use the copier template in DIR instead of the built-in one."),
)


def batch_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of `BatchOptions`."""
    command = manner_options(command)
    for option in reversed(_BATCH_OPTIONS):
        command = option(command)
    return command


def create(kind: DocumentKind, plan: Path, options: BatchOptions, *, numbering: Numbering, policy: Policy) -> int:
    """Create documents of a kind, as the options say; gives the exit code."""
    request = Request(kind, plan, _selection(options), numbering, policy, options["template"], clock.today())
    if not options["dry_run"]:
        recover_first(plan)
    return carry_out(_proposal(request, options["dry_run"]), options)


def _proposal(request: Request, dry_run: bool) -> Proposal:
    from scaffold import batch, report  # parsing and rendering: not for --help and usage errors

    preview = batch.prepare(request)
    return Proposal(
        kind=preview.kind.command,
        warnings=preview.warnings,
        text=report.preview_text(preview, terminal.columns(), dry_run=dry_run),
        question=report.question(preview.kind, len(preview.files)) if preview.files else None,
        data=lambda record: report.batch_data(preview, record),
        check=lambda: batch.check_writable(preview),
        apply=lambda: batch.apply(preview, clock.now(), terminal.count),
        done=lambda record: report.created_text(preview, record),
    )


def _selection(options: BatchOptions) -> Selection:
    """Read which achievements are meant; raises UsageProblem for what contradicts itself."""
    level, ids = options["level"], options["ids"]
    if sum((level is not None, options["ready"], bool(ids))) > 1:
        message = "--level, --ready and --achievement exclude each other"
        raise UsageProblem.of("usage", message, hint="take one of them")
    if ids:
        return Selection("achievements", ids=tuple(dict.fromkeys(ids)))
    if not options["batch"]:
        hint = "add --batch for a whole level, or --achievement ID for single ones"
        raise UsageProblem.of("usage", "what shall be created? Neither --batch nor --achievement is given", hint=hint)
    if options["ready"]:
        return Selection("ready")
    return _level(level)


def _level(level: str | None) -> Selection:
    if level == "all":
        return Selection("all")
    if level == "next":
        return Selection("next")
    if level is None or (level.isascii() and level.isdigit() and len(level) < 10):
        return Selection("level", int(level or 0))
    hint = "write --level 0, --level 1, …, --level next or --level all"
    raise UsageProblem.of("usage", f"--level {level}: expected a number, next or all", hint=hint)
