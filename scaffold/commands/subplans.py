"""`scaffold subplans`: creates the missing SUBPLANs of a plan."""

from pathlib import Path
from typing import Annotated, Unpack

import click

from scaffold.commands._create import ANSWERS, BatchOptions, CreatedData, DocumentsData, batch_options, create
from scaffold.names import SUBPLAN
from scaffold.plan.prerequisites import Policy
from scaffold.shapes import SubplanAnswers


class SubplansData(DocumentsData):
    """`data` of `scaffold subplans --json`."""

    files: Annotated[
        list[CreatedData],
        "what would be or was created: `achievement`, `title`, `path`, `lines`, `subplan` (the PLAN it is made from)",
    ]
    answers: Annotated[SubplanAnswers, ANSWERS]


@click.command()
@batch_options
def subplans(plan: Path, **options: Unpack[BatchOptions]) -> int:
    """Create a plan's missing SUBPLANs, from the PLAN's own text.

    What the PLAN says of an achievement is filled in; what is left for the designer is marked [FILL: …]. No
    EXECUTION_TASK is created from a SUBPLAN whose objective or approach has such a mark: a SUBPLAN needs thinking.
    """
    return create(SUBPLAN, plan, options, numbering="first", policy=Policy())
