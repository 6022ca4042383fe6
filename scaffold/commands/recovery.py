"""`scaffold recover`, and the recovery that every command that writes begins with."""

from pathlib import Path

import click

from scaffold import terminal
from scaffold.errors import NeedsPerson


def recover_first(argument: Path) -> None:
    """Finish what an interrupted run left, and say so: what is prepared next must see the plan as it will be.

    Raises NeedsPerson for what no program may decide about.
    """
    from scaffold import transaction, workspace
    from scaffold.report import history as history_report

    recovery = transaction.recover(workspace.locate(argument))
    terminal.tell(history_report.recovery_text(recovery, nothing=""))
    if recovery.problems:
        raise NeedsPerson(recovery.problems)


@click.command()
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def recover(plan: Path, as_json: bool) -> int:
    """Finish what an interrupted run left in a plan: complete it, or take it back.

    Every command that writes does this by itself; run it to have it done now.
    """
    from scaffold import report, transaction, workspace
    from scaffold.report import history as history_report

    recovery = transaction.recover(workspace.locate(plan))
    if as_json:
        data = history_report.recovery_data(recovery)
        terminal.show(report.envelope("recover", data, recovery.problems, ok=not recovery.problems))
        return NeedsPerson.exit_code if recovery.problems else 0
    terminal.show(history_report.recovery_text(recovery, nothing="Nothing to recover.\n"))
    if recovery.problems:
        raise NeedsPerson(recovery.problems)
    return 0
