"""A new `parallel.json`, as text and as JSON."""

from scaffold.adoption import Adoption, dependencies, hours
from scaffold.invocation import command
from scaffold.model import BatchRecord, Json, PlannedAchievement
from scaffold.names import printable
from scaffold.report import table


def adoption_data(adoption: Adoption, record: BatchRecord | None) -> dict[str, Json]:
    """Give `data` of `scaffold adopt --json`."""
    return {
        "plan": adoption.plan_name,
        "plan_document": adoption.source.path,
        "change_set": adoption.changes.id,
        "batch": record.id if record else None,
        "achievements": [
            {
                "id": one.id,
                "title": one.title,
                "dependencies": [*dependencies(one)],
                "estimated_hours": hours(one),
                "stated": one.dependencies.stated.text.strip() if one.dependencies else None,
            }
            for one in adoption.achievements
        ],
        "dependencies_open": list(adoption.open_ids),
    }


def adoption_text(adoption: Adoption, columns: int | None, *, dry_run: bool) -> str:
    """Show the achievements that a new `parallel.json` would have."""
    count = len(adoption.achievements)
    head = f"Plan {adoption.plan_name}: parallel.json for {count} achievements of {adoption.source.path}"
    lines = [printable(head), ""]
    rows = [
        (one.id, one.title or "Untitled", _dependencies(adoption, one.id, dependencies(one)), _hours(one))
        for one in adoption.achievements
    ]
    lines += [table(("Achievement", "Title", "Depends on", "Hours"), rows, columns), ""]
    if adoption.open_ids:
        lines += [f"Dependencies that a person must fill in: {', '.join(adoption.open_ids)}", ""]
    if dry_run:
        lines += ["Dry run: nothing was created.", ""]
    return "\n".join(lines) + "\n"


def adoption_question(adoption: Adoption) -> str:
    """Give the one question."""
    return f"Proceed with creating parallel.json for {len(adoption.achievements)} achievements? (y/N): "


def adopted_text(adoption: Adoption, record: BatchRecord) -> str:
    """Say what was created and what to do next."""
    lines = [f"Created parallel.json (batch {record.id})."]
    status = printable(command("status", adoption.argument))
    if adoption.open_ids:
        lines += [f"Next: fill in the dependencies of {', '.join(adoption.open_ids)}, then run `{status}`."]
    else:
        lines += [f"Next: {status}"]
    return "\n".join(lines) + "\n"


def _hours(achievement: PlannedAchievement) -> str:
    found = hours(achievement)
    return "?" if found is None else str(found)


def _dependencies(adoption: Adoption, achievement_id: str, ids: list[str]) -> str:
    if ids:
        return ", ".join(ids) + (" and more?" if achievement_id in adoption.open_ids else "")
    return "?" if achievement_id in adoption.open_ids else "nothing"
