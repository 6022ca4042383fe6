"""Types of what a `--json` document holds, with the rules and descriptions that docs/json-schema.json publishes.

A text behind a type (`Annotated[str, "the plan's name"]`) describes the field, a `Rule` says what the type leaves open.
"""

from pathlib import Path
from typing import Annotated, Literal, TypedDict

from scaffold.lazy.values import frozen
from scaffold.model import Json, State

Kind = Literal[
    "status",
    "graph",
    "why",
    "next",
    "claim",
    "release",
    "brief",
    "check",
    "context",
    "template_check",
    "template_export",
    "template_new",
    "template_variables",
    "template_which",
    "subplans",
    "executions",
    "update",
    "apply",
    "review",
    "undo",
    "batches",
    "recover",
    "init",
    "adopt",
    "guide",
    "agents",
    "error",
]
"""Every kind of document. The type of its `data` has its name: `template_variables` is `TemplateVariablesData`."""


@frozen
class Rule:
    """What the schema says of a value besides its type; `name` and `description` are those of its definition there."""

    name: str = ""
    description: str = ""
    pattern: str | None = None
    minimum: int | None = None
    min_length: int | None = None


AchievementId = Annotated[
    str, Rule("achievement_id", "numbers joined by dots: 2.3", pattern=r"^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+$")
]
AchievementState = Annotated[State, Rule("state")]
RelativePath = Annotated[str, Rule("path", "POSIX, relative to the plan")]
BatchId = Annotated[str, Rule("batch_id", pattern="^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}(-[0-9]+)?$")]
Digest = Annotated[str, Rule(pattern="^[0-9a-f]{64}$")]
ShortDigest = Annotated[str, Rule(pattern="^[0-9a-f]{12}$")]
Time = Annotated[str, Rule(description="UTC, to the second", pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$")]
Date = Annotated[str, Rule(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Count = Annotated[int, Rule(minimum=0)]
LineNumber = Annotated[int, Rule(minimum=1)]

ChangeSetId = Annotated[
    str,
    Rule("change_set", pattern="^[0-9a-f]{12}$"),
    "12 hexadecimal digits: the same changes have the same id",
]
NextStep = Annotated[str | None, "what helps next, in words; null where the plan cannot be read"]
NextCommand = Annotated[str | None, "the same as a command, null where no command does it"]
AppliedBatch = Annotated[BatchId | None, "id of the batch, null unless it was carried out"]

ExecutionTask = Annotated[dict[str, Json], Rule("execution_task")]
ExecutionAnswers = Annotated[dict[str, Json], Rule("execution_task_answers")]
SubplanAnswers = Annotated[dict[str, Json], Rule("subplan_answers")]
"""What templates get is in the tables of `document.variables`, which the schema has it from."""


class PlanData(TypedDict):
    """What begins `data` where it is about a plan."""

    plan: Annotated[str, "the plan's name"]
    plan_document: Annotated[str, "file name of its PLAN"]
    directory: Annotated[str, "the plan's directory, absolute; every other path is relative to it"]


def plan_data(name: str, document: str, directory: Path) -> PlanData:
    """Return what begins `data` where it is about a plan; `directory` may be relative to the current directory."""
    return {"plan": name, "plan_document": document, "directory": directory.resolve().as_posix()}


class PlaceData(TypedDict):
    """What begins `data` where the plan itself may be what is wrong."""

    plan: Annotated[str | None, "the plan's name, null where it cannot be told"]
    directory: Annotated[str | None, "the plan's directory, absolute; null where there is none"]


class ChangeData(TypedDict):
    """What `data` of every command that writes has: the id of its changes, of the batch that they became, what is next.

    Only what carries a proposal out knows the last three.
    """

    change_set: ChangeSetId
    batch: BatchId | None
    next_step: NextStep
    next_command: NextCommand
