"""What SUBPLANs say, for who writes templates: the fields of any file, and the variables of an achievement's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold import from_subplan
from scaffold.document import execution_task
from scaffold.documents import EXECUTION_TASK, SUBPLAN_FOLDER, subplan_name
from scaffold.errors import Diagnostic, InvalidInput
from scaffold.model import Json, Subplan
from scaffold.plan import settings, workspace
from scaffold.plan.selection import select
from scaffold.plan.surroundings import surroundings
from scaffold.preview import Policy, Selection
from scaffold.reading import subplan
from scaffold.reading.markdown import decode


@dataclass(frozen=True, slots=True)
class Described:
    """A SUBPLAN and what it says. `task` has the template's variables where it belongs to an achievement of a plan."""

    path: str
    subplan: Subplan
    task: Mapping[str, Json] | None


def of_files(files: Iterable[Path]) -> tuple[Described, ...]:
    """Read any SUBPLANs, also outside of a plan; each with the settings that are nearest to it.

    Raises InvalidInput with every file that cannot be read.
    """
    described, problems = [], list[Diagnostic]()
    for file in files:
        try:
            content = workspace.read_text_file(file)
            vocabulary = settings.read(file.parent).vocabulary
            described.append(Described(str(file), subplan.parse(decode(content), str(file), vocabulary), None))
        except InvalidInput as error:
            problems += error.diagnostics
    if problems:
        raise InvalidInput(problems)
    return tuple(described)


def of_achievements(argument: Path, ids: tuple[str, ...], created: str) -> tuple[Described, ...]:
    """Read the SUBPLANs of achievements of a plan, with the variables that a template gets for each.

    Raises InvalidInput for the plan, PrerequisitesMissing for a SUBPLAN that is missing or for another achievement.
    """
    plan = workspace.read_plan(argument)
    selected = select(plan, Selection("achievements", ids=ids), EXECUTION_TASK)
    vocabulary = settings.read(plan.directory).vocabulary
    bound, _ = from_subplan.bind(plan, selected, Policy(allow_unfilled=True), vocabulary)
    around = surroundings(plan)
    return tuple(
        Described(
            f"{SUBPLAN_FOLDER}/{subplan_name(plan, one.achievement)}",
            one.subplan,
            execution_task.execution_task(facts, one.subplan),
        )
        for one in bound
        for facts in from_subplan.facts_of(around, one, ("01",), created)
    )
