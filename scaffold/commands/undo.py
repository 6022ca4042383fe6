"""`scaffold undo`: takes a batch back, or lists the batches there are."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

import click

from scaffold import clock, terminal
from scaffold.commands._write import Manner, Proposal, carry_out, manner_options
from scaffold.commands.recover import recover_first
from scaffold.errors import UsageProblem

_BATCH_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}.*")


class UndoOptions(Manner):
    """The options of `scaffold undo`, by their names in the code."""

    as_list: bool


@click.command()
@click.argument("arguments", nargs=-1, metavar="[BATCH] [PLAN]")
@click.option("--list", "as_list", is_flag=True, help="List the batches of the plan, the newest last, and stop.")
@manner_options
def undo(arguments: tuple[str, ...], **options: Unpack[UndoOptions]) -> int:
    """Take back the files of a BATCH, by default of the newest one that is not taken back yet.

    Files that somebody edited since are kept and listed. Taking back is a batch too, and can be taken back. With
    --yes the BATCH must be named.
    """
    wanted, argument = _wanted(arguments)
    if options["as_list"]:
        return _list(argument, options)
    if options["yes"] and not wanted and not options["dry_run"]:
        raise UsageProblem.of("usage", "undo --yes needs the BATCH", hint="`scaffold undo --list` lists them")
    if not options["dry_run"]:
        recover_first(argument)
    return carry_out(_proposal(argument, wanted, options["dry_run"]), options)


def _proposal(argument: Path, wanted: str | None, dry_run: bool) -> Proposal:
    from scaffold import undo
    from scaffold.plan import workspace
    from scaffold.report import history as history_report

    preview = undo.prepare(workspace.locate(argument), wanted)
    return Proposal(
        kind="undo",
        warnings=undo.warnings(preview),
        text=history_report.undo_text(preview, dry_run=dry_run),
        question=history_report.undo_question(preview),
        data=lambda record: history_report.undo_data(preview, record),
        check=lambda: undo.check_writable(preview),
        apply=lambda: undo.apply(preview, clock.now(), terminal.count),
        done=history_report.undone_text,
    )


def _list(argument: Path, options: Manner) -> int:
    from scaffold import report
    from scaffold.plan import workspace
    from scaffold.report import history as history_report
    from scaffold.transaction import batches

    found = batches.batches(workspace.locate(argument))
    if options["as_json"]:
        terminal.show(report.envelope("batches", history_report.batches_data(found), found.problems, ok=True))
    else:
        terminal.tell(report.diagnostics_text(found.problems))
        terminal.show(history_report.batches_text(found, terminal.columns()))
    return 0


def _wanted(arguments: Sequence[str]) -> tuple[str | None, Path]:
    """Tell the BATCH from the PLAN: an id has its own shape."""
    ids = [one for one in arguments if _BATCH_ID.fullmatch(one)]
    plans = [one for one in arguments if one not in ids]
    if len(ids) > 1 or len(plans) > 1:
        raise UsageProblem.of(
            "usage",
            f"expected a BATCH and a PLAN, found {' '.join(arguments)}",
            hint="`scaffold undo --list` lists the batches",
        )
    return (ids[0] if ids else None), Path(plans[0] if plans else ".")
