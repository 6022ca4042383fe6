"""Every variable that a template set gets, for EXECUTION_TASKs and for SUBPLANs: the tables that help and docs show."""

from collections.abc import Mapping
from typing import Annotated, Literal

from scaffold.lazy.values import frozen
from scaffold.shapes import AchievementId, AchievementState, Date, LineNumber, RelativePath, Rule, ShortDigest

VariableType = Literal[
    "text", "text or null", "number", "number or null", "list of text", "list of mappings", "mapping", "true or false"
]


@frozen
class Variable:
    """One variable. `name` is as a template writes it, `[]` standing for each entry of a list."""

    name: str
    type: VariableType
    meaning: str
    example: str


def _table(*rows: tuple[str, VariableType, str, str]) -> tuple[Variable, ...]:
    return tuple(Variable(*row) for row in rows)


_OF_THE_PLAN = _table(
    ("plan_name", "text", "Name of the plan", "BILLING-REWORK"),
    ("plan_document", "text", "File name of the PLAN", "PLAN_BILLING-REWORK.md"),
)

_OF_THE_ACHIEVEMENT = _table(
    ("task.id", "text", "Id of the achievement", "2.3"),
    ("task.slug", "text", "The id without dots, as file names have it", "23"),
    ("task.title", "text", "Title of the achievement, for a place inside a line", "Invoices in batches"),
    ("task.created", "text", "Date on which the document was created", "2026-03-14"),
    ("task.dependencies", "list of mappings", "The achievements this one depends on; an EXECUTION_TASK names 8", ""),
    ("task.dependencies[].id", "text", "Id of the dependency", "2.1"),
    ("task.dependencies[].title", "text", "Its title", "Invoice model"),
    ("task.dependencies[].state", "text", "Its state when the document was created", "complete"),
    (
        "task.dependencies_open",
        "true or false",
        "Whether nobody has stated all dependencies: `parallel.json` says `dependencies_open`",
        "false",
    ),
    ("task.siblings", "list of mappings", "The first other achievements of the same level", ""),
    ("task.siblings[].id", "text", "Id of the sibling", "2.2"),
    ("task.siblings[].title", "text", "Its title", "Reminders"),
    ("task.siblings_more", "number", "How many siblings are not in the list", "0"),
    ("task.extra", "mapping", "Keys of `parallel.json` that scaffold does not know, as they are", "{team: payments}"),
)

_OF_AN_EXECUTION_TASK = _table(
    ("task.number", "text", "Number of this execution, two digits", "01"),
    (
        "task.previous",
        "text or null",
        "File name of the attempt before this one; null where a purpose is planned",
        "EXECUTION_TASK_BILLING-REWORK_23_01.md",
    ),
    ("task.feedback", "text or null", "The review that asks for a fix", "execution/feedbacks/FIX_23.md"),
    (
        "task.feedback_hash",
        "text or null",
        "First 12 digits of its SHA-256; a last line with them says that this document answers it",
        "9d4e1e23bd5b",
    ),
    ("task.purpose", "text or null", "What the SUBPLAN plans this execution for", "Import of old invoices"),
    (
        "task.part",
        "text or null",
        "The phases that are this execution's of several; null where the SUBPLAN does not say",
        "Phase 2: Import (2 h)",
    ),
    ("task.others", "list of mappings", "The other executions that the SUBPLAN plans", ""),
    ("task.others[].number", "text", "Its number, two digits", "02"),
    ("task.others[].purpose", "text", "What it is for", "Import of new invoices"),
    (
        "task.estimated_time",
        "text or null",
        "The SUBPLAN's estimate, else the plan's; of a part, the times of its phases",
        "5-7 hours",
    ),
    ("task.subplan", "text", "The SUBPLAN, relative to the plan", "subplans/SUBPLAN_BILLING-REWORK_23.md"),
    ("task.subplan_file", "text", "Its file name", "SUBPLAN_BILLING-REWORK_23.md"),
    ("task.subplan_hash", "text", "First 12 digits of its SHA-256", "0b21a3ae17c1"),
    ("task.ready", "text", "`yes` when every dependency is complete or skipped, else `no`", "yes"),
    ("task.dependencies_more", "number", "How many dependencies are not in the list", "0"),
    ("task.objective", "text or null", "The objective: Markdown blocks", "Send all invoices of a month at once."),
    (
        "task.approach",
        "text or null",
        "What the approach says before its first phase, or all of it when it has none: Markdown blocks",
        "Reuse the queue that reminders have.",
    ),
    (
        "task.considerations",
        "text or null",
        "What the approach says after its last phase: Markdown blocks",
        "Send nothing.",
    ),
    (
        "task.outline",
        "list of text",
        "Headings of the phases, in one entry where lines are short",
        "Phase 1: Collect (2 h)",
    ),
    (
        "task.steps",
        "list of text",
        "Phases of one line each: numbered steps, and no phases",
        "1. Query the open orders",
    ),
    ("task.phases", "list of mappings", "The phases", ""),
    ("task.phases[].number", "text", "Number as written", "1"),
    ("task.phases[].title", "text", "Title, for a place inside a line", "Collect"),
    ("task.phases[].time", "text or null", "Time as written", "2 h"),
    ("task.phases[].heading", "text", "Number, title and time together", "Phase 1: Collect (2 h)"),
    ("task.phases[].line", "number", "Line of its heading in the SUBPLAN", "41"),
    ("task.phases[].goal", "text or null", "Its goal, one line", "Know what is to be sent"),
    (
        "task.phases[].steps",
        "list of text",
        "Its steps: whole list items with their numbers",
        "1. Query the open orders",
    ),
    (
        "task.phases[].text",
        "text or null",
        "What it says before its steps, or all of it when it has none: Markdown blocks",
        "All of this is in `orders.py`:",
    ),
    (
        "task.phases[].more",
        "text or null",
        "What it says after its steps, and where the SUBPLAN says more: Markdown blocks",
        "**Output**: `invoices.csv`",
    ),
    ("task.phases[].verification", "list of text", "Its checks, each for a place after `- `", "Totals agree"),
    ("task.phases_more", "text or null", "Where further phases are", "… 3 more phases: SUBPLAN lines 90-140"),
    (
        "task.success_criteria",
        "list of text",
        "Success criteria, each for a place after `- `; those of a group nested below its name",
        "No invoice is sent twice",
    ),
    ("task.optional", "list of text", "Groups of success criteria that need not be met", "Nice to Have"),
    ("task.deliverables", "list of text", "Deliverables, each for a place after `- [ ] `", "`invoices/batch.py`"),
    ("task.tests", "list of text", "Tests to write or run, each for a place after `- [ ] `", "An empty month"),
    (
        "task.elsewhere",
        "text or null",
        "The sections of the SUBPLAN that the document says nothing of, with their lines and files",
        "Files to Review 40-52 (`orders.py`) · Risks 216-233",
    ),
)

_OF_A_SUBPLAN = _table(
    ("task.estimated_time", "text or null", "The PLAN's effort, else the hours of `parallel.json`", "5-7 hours"),
    ("task.plan_line", "number or null", "Line of the PLAN where it defines the achievement", "88"),
    ("task.plan_hash", "text", "First 12 digits of the PLAN's SHA-256", "0b21a3ae17c1"),
    ("task.group", "text or null", "The heading that the achievement stands under in the PLAN", "Priority 1: Billing"),
    ("task.plan_goal", "text or null", "The PLAN's own goal: Markdown blocks", "Customers get one invoice a month."),
    ("task.plan_constraints", "text or null", "The PLAN's constraints: Markdown blocks", "No new services."),
    ("task.plan_context", "text or null", "The PLAN's context: Markdown blocks", "Orders are in `orders.db`."),
    ("task.plan_references", "text or null", "The PLAN's references: Markdown blocks", "- `docs/billing.md`"),
    ("task.goal", "text or null", "The achievement's goal: Markdown blocks", "Send all invoices of a month at once."),
    (
        "task.draft",
        "text or null",
        "An objective to confirm, from title and success, where the PLAN states no goal",
        "Invoices in batches: no invoice is sent twice",
    ),
    ("task.what", "text or null", "What else the PLAN says of it: Markdown blocks", "Use the queue of the reminders."),
    ("task.success", "list of text", "Success criteria, each for a place after `- `", "No invoice is sent twice"),
    ("task.deliverables", "list of text", "Deliverables, each for a place after `- `", "`invoices/batch.py`"),
    ("task.tests", "list of text", "Tests to write or run, each for a place after `- `", "An empty month"),
    ("task.dependents", "list of mappings", "The first achievements that depend on this one", ""),
    ("task.dependents[].id", "text", "Id of the dependent", "3.1"),
    ("task.dependents[].title", "text", "Its title", "Statements"),
    ("task.dependents_more", "number", "How many dependents are not in the list", "0"),
    ("task.stated_dependencies", "text or null", "The PLAN's own words on dependencies", "2.1, and the new queue"),
)

VARIABLES: Mapping[str, tuple[Variable, ...]] = {
    "execution_task": (*_OF_THE_PLAN, *_OF_THE_ACHIEVEMENT, *_OF_AN_EXECUTION_TASK),
    "subplan": (*_OF_THE_PLAN, *_OF_THE_ACHIEVEMENT, *_OF_A_SUBPLAN),
}
"""The variables of each template set, by the name of the built-in one."""

SHAPES: Mapping[str, object] = {
    "task.id": AchievementId,
    "task.slug": Annotated[str, Rule(pattern="^[0-9]+$")],
    "task.created": Date,
    "task.dependencies[].id": AchievementId,
    "task.dependencies[].state": AchievementState,
    "task.siblings[].id": AchievementId,
    "task.number": Annotated[str, Rule(pattern="^[0-9]{2,}$")],
    "task.feedback": RelativePath | None,
    "task.feedback_hash": ShortDigest | None,
    "task.subplan": RelativePath,
    "task.subplan_hash": ShortDigest,
    "task.ready": Literal["yes", "no"],
    "task.phases[].line": LineNumber,
    "task.plan_line": LineNumber | None,
    "task.plan_hash": ShortDigest,
}
"""What the JSON schema says of variables that are narrower than their type in the tables."""
