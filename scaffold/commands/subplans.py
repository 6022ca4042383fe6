"""`scaffold subplans`: creates the missing SUBPLANs of a plan."""

from pathlib import Path
from typing import Annotated, Unpack

import click

from scaffold.commands._create import BatchOptions, batch_options, create, proposal_of
from scaffold.commands._created_data import ANSWERS, CreatedData, DocumentsData
from scaffold.commands._documents import show_options
from scaffold.commands._ids import NamingAchievements
from scaffold.commands._write import write_options
from scaffold.names import SUBPLAN
from scaffold.plan.prerequisites import Policy
from scaffold.preview import Proposal
from scaffold.shapes import SubplanAnswers


class SubplansData(DocumentsData):
    """`data` of `scaffold subplans --json`."""

    files: Annotated[
        list[CreatedData],
        "what would be or was created: `id`, `title`, `path`, `lines`, `subplan` (the PLAN it is made from)",
    ]
    answers: Annotated[SubplanAnswers | None, ANSWERS]


@click.command(cls=NamingAchievements)
@batch_options
@show_options
@write_options
def subplans(plan: Path, **options: Unpack[BatchOptions]) -> int:
    """Create a plan's missing SUBPLANs, from the PLAN's own text.

    What the PLAN says of an achievement is filled in; what is left for the designer is marked [FILL: …]. No
    EXECUTION_TASK is created from a SUBPLAN whose objective or approach has such a mark: a SUBPLAN needs thinking.
    """
    return create(plan, options, propose)


def propose(plan: Path, options: BatchOptions, created: str) -> Proposal:
    """Return what a run would create; raises what `proposal_of` raises."""
    return proposal_of(SUBPLAN, plan, options, created, "first", Policy())
