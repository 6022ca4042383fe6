"""The `Next:` that every command ends with."""

from collections.abc import Iterable
from pathlib import Path

from scaffold.names import command, printable
from scaffold.plan.actions import Step
from scaffold.plan.outlook import OutOfDate
from scaffold.plan.progress import Progress, Standing


def next_lines(step: Step, plan: Path) -> list[str]:
    """Return what every command says last: what to do next, below it the command, and where the rest is listed."""
    lines = [printable(f"Next: {step.text}"), *([printable(f"      {step.command}")] if step.command else [])]
    return [*lines, printable(f"More: {command('next', plan)}")] if step.has_more else lines


def find_outdated(progress: Progress, standings: Iterable[Standing]) -> OutOfDate:
    """Return what is out of date of the documents of achievements, as `update.notice` finds it.

    What that needs is imported only where there are documents that may be.
    """
    open_ = tuple(standing for standing in standings if standing.attempt and not standing.is_done)
    if not open_:
        return OutOfDate()
    from scaffold.update import notice

    return notice.find_outdated(progress, open_)
