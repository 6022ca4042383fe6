"""`scaffold init`: a new plan."""

from pathlib import Path
from typing import Unpack

import click

from scaffold import clock, terminal
from scaffold.commands._write import Manner, Proposal, carry_out, manner_options
from scaffold.commands.recover import recover_first


class InitOptions(Manner):
    """The options of `scaffold init`, by their names in the code."""

    directory: Path


@click.command()
@click.argument("name")
@click.option("--directory", default=".", type=click.Path(path_type=Path), help="Where; else the current directory.")
@manner_options
def init(name: str, **options: Unpack[InitOptions]) -> int:
    """Create a new plan: a directory NAME with PLAN_NAME.md and parallel.json.

    Its three achievements are examples, on two levels, that show what goes where. The directory must not exist, or be
    empty; nothing that is there already is touched.
    """
    from scaffold import founding  # rendering: not for --help and usage errors

    founding.check_name(name)  # before anything is done to a directory of that name
    directory = options["directory"] / name
    if directory.is_dir() and not options["dry_run"]:
        recover_first(directory)
    return carry_out(_proposal(name, options), options)


def _proposal(name: str, options: InitOptions) -> Proposal:
    from scaffold import founding
    from scaffold.report import founding as founding_report

    plan = founding.prepare(name, options["directory"], clock.today())
    return Proposal(
        kind="init",
        warnings=(),
        text=founding_report.init_text(plan, terminal.columns(), dry_run=options["dry_run"]),
        question=founding_report.init_question(plan),
        data=lambda record: founding_report.init_data(plan, record),
        check=lambda: founding.check_possible(plan),
        apply=lambda: founding.apply(plan, clock.now(), terminal.count),
        done=lambda record: founding_report.founded_text(plan, record),
    )
