"""The `Next:` that every command ends with."""

from pathlib import Path

from scaffold.names import command, printable
from scaffold.plan.actions import Step


def next_lines(step: Step, plan: Path) -> list[str]:
    """Return what every command says last: what to do next, below it the command, and where the rest is listed."""
    lines = [printable(f"Next: {step.text}"), *([printable(f"      {step.command}")] if step.command else [])]
    return [*lines, printable(f"More: {command('next', plan)}")] if step.has_more else lines
