"""A new plan, as text and as JSON."""

from scaffold.founding import NewPlan
from scaffold.model import BatchRecord, Json
from scaffold.names import printable
from scaffold.report import table


def init_data(plan: NewPlan, record: BatchRecord | None) -> dict[str, Json]:
    """Give `data` of `scaffold init --json`; paths of files are relative to `directory`."""
    return {
        "plan": plan.name,
        "plan_document": plan.document,
        "directory": plan.directory.as_posix(),
        "change_set": plan.changes.id,
        "batch": record.id if record else None,
        "template": {"name": plan.template, "digest": plan.template_digest},
        "files": [{"path": one.target, "lines": _lines(one.new)} for one in plan.changes.changes],
        "answers": dict(plan.answers),
        "next_command": plan.next_command,
    }


def init_text(plan: NewPlan, columns: int | None, *, dry_run: bool) -> str:
    """Show what a new plan would have."""
    lines = [f"New plan {plan.name} in {printable(str(plan.directory))}/ (change set {plan.changes.id}):", ""]
    rows = [(one.target, str(_lines(one.new))) for one in plan.changes.changes]
    lines += [table(("File", "Lines"), rows, columns), ""]
    lines += ["Its three achievements are examples to replace."]
    if dry_run:
        lines += ["", "Dry run: nothing was created. The same command without --dry-run asks, then creates it."]
    return "\n".join(lines) + "\n\n"


def init_question(plan: NewPlan) -> str:
    """Give the one question that is asked before anything is created."""
    return f"Proceed with creation of the plan {plan.name}? (y/N): "


def founded_text(plan: NewPlan, record: BatchRecord) -> str:
    """Say what was created and what to do next."""
    where = printable(str(plan.directory))
    return (
        f"Created the plan {plan.name} in {where}/ (batch {record.id}).\n"
        f"Next: write your achievements into {plan.document} and parallel.json, then create their SUBPLANs:\n"
        f"      {printable(plan.next_command)}\n"
    )


def _lines(content: bytes | None) -> int:
    return (content or b"").count(b"\n")
