"""`scaffold recover`, and the recovery that every command that writes begins with."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold import terminal
from scaffold.errors import Interrupted, NeedsPerson, UsageProblem

if TYPE_CHECKING:
    from scaffold.transaction.recovery import Recovery, Untrusted

_ALL = "all"


def recover_first(argument: Path) -> None:
    """Finish what an interrupted run left, and say so: what is prepared next must see the plan as it will be.

    Raises NeedsPerson for what no program may decide about.
    """
    from scaffold import transaction
    from scaffold.plan import workspace
    from scaffold.report import history as history_report

    recovery = transaction.recover(workspace.locate(argument))
    terminal.tell(history_report.recovery_text(recovery, nothing=""))
    if recovery.problems:
        raise NeedsPerson(recovery.problems)
    if recovery.signal_number:
        raise Interrupted(recovery.signal_number, "nothing else was changed")


@click.command()
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@click.option("--trust", metavar="TXN|all", help="Also a batch that was not begun here (a clone, a copy, a backup).")
@click.option("--yes", is_flag=True, help="Trust it without asking.")
@click.option("--no-input", is_flag=True, help="Never ask: without --yes, stop with exit code 6.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def recover(plan: Path, trust: str | None, yes: bool, no_input: bool, as_json: bool) -> int:
    """Finish what an interrupted run left in a plan: complete it, or take it back.

    Every command that writes does this by itself; run it to have it done now. What was not begun in this directory is
    left alone: --trust shows what it would do, and does it once confirmed.
    """
    from scaffold import report, transaction
    from scaffold.plan import workspace
    from scaffold.report import history as history_report

    directory = workspace.locate(plan)
    trusted = _trusted(directory, trust) if trust is not None else ()
    if trusted and not as_json:
        terminal.show(history_report.untrusted_text(trusted))
    if trusted and not yes:
        terminal.confirm(history_report.trust_question(trusted), may_ask=not (no_input or as_json))
    recovery = transaction.recover(directory, trusted, then_ends=True)
    if as_json:
        data = history_report.recovery_data(recovery, transaction.untrusted_batches(directory))
        terminal.show(report.envelope("recover", data, recovery.problems, ok=not recovery.problems))
        return NeedsPerson.exit_code if recovery.problems else 0
    terminal.show(history_report.recovery_text(recovery, nothing="Nothing to recover.\n"))
    if recovery.problems:
        raise NeedsPerson(recovery.problems)
    return _exit_code(recovery)


def _exit_code(recovery: "Recovery") -> int:
    """A signal that comes when all is done is too late; when nothing was, it stops the run as ever."""
    if recovery.signal_number and not recovery.has_changed:
        raise Interrupted(recovery.signal_number)
    return 0


def _trusted(directory: Path, trust: str) -> "tuple[Untrusted, ...]":
    """Return the batches that `--trust` names; raises UsageProblem where there is none of that name."""
    from scaffold import transaction

    batches = transaction.untrusted_batches(directory)
    if trust == _ALL:
        return batches
    chosen = tuple(batch for batch in batches if batch.name == trust)
    if not chosen:
        names = ", ".join(batch.name for batch in batches) or "there is none"
        hint = f"interrupted batches that were not begun here: {names}"
        raise UsageProblem.of("usage", f"--trust {trust}: there is no such batch", hint=hint)
    return chosen
