"""`scaffold recover`, and the recovery that every command that writes begins with."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, TypedDict

import click

from scaffold import report, terminal, transaction
from scaffold.commands._plan import place_data, plan_argument
from scaffold.errors import Interrupted, NeedsPerson, NotConfirmed, UsageProblem
from scaffold.names import counted, printable
from scaffold.plan import workspace
from scaffold.shapes import BatchId, PlaceData
from scaffold.transaction.recovery import Action, Recovery, Untrusted

_ALL = "all"


def recover_first(argument: Path) -> None:
    """Finish what an interrupted run left, and report it: what is prepared next must see the plan as it will be.

    Raises NeedsPerson for what only a person can decide.
    """
    recovery = transaction.recover(workspace.locate(argument))
    terminal.tell(recovery_text(recovery, nothing=""))
    if recovery.problems:
        raise NeedsPerson(recovery.problems)
    if recovery.signal_number:
        raise Interrupted(recovery.signal_number, "nothing else was changed")


@click.command()
@plan_argument
@click.option(
    "--trust", metavar="TXN|all", help="Also recover a batch that was not started here (a clone, a copy, a backup)."
)
@click.option("--yes", is_flag=True, help="Trust it without asking.")
@click.option("--no-input", is_flag=True, help="Never ask: without --yes, stop with exit code 6.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def recover(plan: Path, trust: str | None, yes: bool, no_input: bool, as_json: bool) -> int:
    """Complete or take back what an interrupted run left in a plan.

    Every command that writes does this by itself; run it to have it done now. What was not started in this directory
    is left alone: --trust shows what it would do, and does it once confirmed.
    """
    directory = workspace.locate(plan)
    trusted = _trusted(directory, trust) if trust is not None else ()
    if trusted and not as_json:
        terminal.show(untrusted_text(trusted))
    if trusted and not yes and not terminal.confirm(trust_question(trusted), may_ask=not (no_input or as_json)):
        return NotConfirmed.exit_code
    recovery = transaction.recover(directory, trusted, then_ends=True)
    if as_json:
        data = recovery_data(plan, recovery, transaction.untrusted_batches(directory))
        terminal.show(report.envelope("recover", data, recovery.problems, ok=not recovery.problems))
        return NeedsPerson.exit_code if recovery.problems else 0
    terminal.show(recovery_text(recovery, nothing="Nothing to recover.\n"))
    if recovery.problems:
        raise NeedsPerson(recovery.problems)
    return _exit_code(recovery)


def _exit_code(recovery: Recovery) -> int:
    """Return 0; a signal that came when nothing had been recovered stops the run as usual."""
    if recovery.signal_number and not recovery.has_changed:
        raise Interrupted(recovery.signal_number)
    return 0


def _trusted(directory: Path, trust: str) -> tuple[Untrusted, ...]:
    """Return the batches that `--trust` names; raises UsageProblem where none has that name."""
    batches = transaction.untrusted_batches(directory)
    if trust == _ALL:
        return batches
    chosen = tuple(batch for batch in batches if batch.name == trust)
    if not chosen:
        names = ", ".join(batch.name for batch in batches) or "there is none"
        hint = f"interrupted batches that were not started here: {names}"
        raise UsageProblem.of("usage", f"--trust {trust}: there is no such batch", hint=hint)
    return chosen


class ForeseenData(TypedDict):
    """What recovery would do to one file."""

    path: str
    action: Action
    hindrance: str | None


class UntrustedData(TypedDict):
    """An interrupted batch that was not started here."""

    transaction: Annotated[str, "what `--trust` takes"]
    batch: BatchId
    changes: Annotated[list[ForeseenData], "what it would do; with a hindrance in one of them it would be taken back"]


class RecoverData(PlaceData):
    """`data` of `scaffold recover --json`."""

    completed: Annotated[list[BatchId], "ids of interrupted batches that are complete now"]
    taken_back: Annotated[list[BatchId], "ids of interrupted batches that were taken back"]
    discarded: Annotated[list[str], "directories with what interrupted runs had staged"]
    untrusted: Annotated[list[UntrustedData], "interrupted batches that were not started here and are left alone"]


def recovery_data(argument: Path, recovery: Recovery, untrusted: Iterable[Untrusted]) -> RecoverData:
    """Return `data` of `scaffold recover --json`: ids of batches, names of directories, and what is not trusted."""
    return {
        **place_data(argument),
        "completed": list(recovery.completed),
        "taken_back": list(recovery.taken_back),
        "discarded": list(recovery.discarded),
        "untrusted": [_untrusted_data(batch) for batch in untrusted],
    }


def _untrusted_data(batch: Untrusted) -> UntrustedData:
    changes: list[ForeseenData] = [
        {"path": change.target, "action": change.action, "hindrance": change.hindrance} for change in batch.changes
    ]
    return {"transaction": batch.name, "batch": batch.batch, "changes": changes}


def untrusted_text(batches: Iterable[Untrusted]) -> str:
    """Show what recovery would do with batches that were not started here."""
    return "".join(f"{line}\n" for batch in batches for line in (*_foreseen(batch), ""))


def _foreseen(batch: Untrusted) -> Iterable[str]:
    hindered = any(change.hindrance for change in batch.changes)
    yield f"Batch {batch.batch} ({batch.name}) {'cannot be completed:' if hindered else 'would be completed:'}"
    for change in batch.changes:
        hindrance = f", but it {change.hindrance}" if change.hindrance else ""
        yield printable(f"  {change.action} {change.target}{hindrance}")
    if hindered:
        yield "What it has made so far would be taken back."


def trust_question(batches: tuple[Untrusted, ...]) -> str:
    """Return the one question."""
    return f"Proceed with recovering {counted(len(batches), 'batch', 'batches')} not started here? (y/N): "


def recovery_text(recovery: Recovery, nothing: str) -> str:
    """Return what was recovered, as text; `nothing` where nothing was."""
    lines = [f"Completed the interrupted batch {txn}.\n" for txn in recovery.completed]
    lines += [f"Took back the interrupted batch {txn}.\n" for txn in recovery.taken_back]
    lines += [f"Discarded what an interrupted run had staged ({txn}).\n" for txn in recovery.discarded]
    return "".join(map(printable_lines, lines)) or ("" if recovery.problems else nothing)


def printable_lines(text: str) -> str:
    """Escape a line that ends in a line feed."""
    return printable(text.removesuffix("\n")) + "\n"
