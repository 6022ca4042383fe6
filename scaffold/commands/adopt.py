"""`scaffold adopt`: gives a plan its parallel.json."""

from pathlib import Path
from typing import Unpack

import click

from scaffold import clock, terminal
from scaffold.commands._write import Manner, Proposal, carry_out, manner_options
from scaffold.commands.recover import recover_first


@click.command()
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@manner_options
def adopt(plan: Path, **options: Unpack[Manner]) -> int:
    """Write the parallel.json of a plan that has none, from its PLAN.

    Ids, titles, hours and the dependencies that the PLAN states per achievement are taken over; where it states none,
    or not clearly, the achievement is listed for a person to fill them in. An existing file is never overwritten.
    """
    if not options["dry_run"]:
        recover_first(plan)
    return carry_out(_proposal(plan, options["dry_run"]), options)


def _proposal(argument: Path, dry_run: bool) -> Proposal:
    from scaffold import adoption
    from scaffold.report import adoption as report

    found = adoption.prepare(argument)
    return Proposal(
        kind="adopt",
        warnings=found.warnings,
        text=report.adoption_text(found, terminal.columns(), dry_run=dry_run),
        question=report.adoption_question(found),
        data=lambda record: report.adoption_data(found, record),
        check=lambda: adoption.check_writable(found),
        apply=lambda: adoption.apply(found, clock.now(), terminal.count),
        done=lambda record: report.adopted_text(found, record),
    )
