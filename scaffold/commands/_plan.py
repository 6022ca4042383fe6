"""The argument PLAN, which most commands take, and what their answers say of where the plan is."""

from collections.abc import Callable
from pathlib import Path

import click

from scaffold.plan import workspace
from scaffold.shapes import PlaceData


def note(context: click.Context, plan: Path) -> Path:
    """Note which plan a run is about, so that an error can say so too; return it."""
    if isinstance(context.obj, dict):
        context.obj["plan"] = plan
    return plan


_ARGUMENT = click.argument(
    "plan", default=".", type=click.Path(path_type=Path), callback=lambda context, _, plan: note(context, plan)
)


def plan_argument(command: Callable[..., int]) -> Callable[..., int]:
    """Add the argument PLAN to a command: a directory, a PLAN or @NAME; the current directory unless given."""
    return _ARGUMENT(command)


def place_data(argument: Path) -> PlaceData:
    """Return the name of a plan and its directory, as far as they can be told: it may be what is wrong."""
    name, directory = workspace.whereabouts(argument)
    return {"plan": name, "directory": directory.resolve().as_posix() if directory else None}
