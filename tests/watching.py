"""A command line that watches the documents of a plan: what `scaffold preview --watch` does, with nothing around it.

`python -m tests.watching PLAN [FILE…] [--template NAME|DIR]`: FILE is what else is watched.
"""

import sys
from pathlib import Path

import click

from scaffold import batch, cli, clock, terminal
from scaffold.__main__ import main
from scaffold.commands._watch import Seen, watch
from scaffold.names import EXECUTION_TASK
from scaffold.plan.prerequisites import Policy
from scaffold.plan.selection import Selection
from scaffold.preview import Request


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("more", nargs=-1, type=click.Path(path_type=Path))
@click.option("--template")
def watching(plan: Path, more: tuple[Path, ...], template: str | None) -> int:
    """Watch the missing EXECUTION_TASKs of level 0."""
    policy = Policy(skip_missing=False, strict=False, allow_unfilled=False)
    request = Request(EXECUTION_TASK, plan, Selection("level"), "first", policy, template, clock.today())
    files = (plan, *more)

    def look() -> Seen:
        return Seen({file.target: file.content for file in batch.prepare(request).files}, files)

    return watch(look, colour=terminal.colour_wanted(), files=files)


if __name__ == "__main__":
    cli.app.add_command(click.Command("watching"))
    sys.modules["scaffold.commands.watching"] = sys.modules["__main__"]
    sys.argv[1:1] = ["watching"]
    main()
