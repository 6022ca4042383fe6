"""Why an achievement is or is not ready, as text and as JSON."""

from scaffold.explanation import Blocker, Explanation
from scaffold.model import Json
from scaffold.names import printable
from scaffold.plan.overview import Row
from scaffold.plan.progress import DONE, in_words
from scaffold.report import table
from scaffold.report.survey import next_lines, row_data

_MANY = 20


def why_data(found: Explanation) -> dict[str, Json]:
    """Give `data` of `scaffold why --json`; `blockers` are from the roots up."""
    return {
        "plan": found.plan.name,
        "plan_document": found.plan.document,
        "achievement": row_data(found.row),
        "waits_for": list(found.waits_for),
        "dependencies": [_brief_data(one) for one in found.dependencies],
        "blockers": [{**_brief_data(one.row), "waits_for": list(one.waits_for)} for one in found.blockers],
        "subplan": found.subplan,
        "executions": list(found.executions),
        "next_step": found.next_step.text,
        "next_command": found.next_step.command,
    }


def why_text(found: Explanation, columns: int | None) -> str:
    """Say how an achievement stands, what it depends on, what keeps it, and what to do next."""
    achievement = found.row.achievement
    lines = [f"Achievement {achievement.id} {printable(achievement.title)}", ""]
    lines += [f"Level {found.row.level}, {in_words(found.row.state)}: {_reason(found)}.", *_file_lines(found), ""]
    if found.dependencies:
        rows = [(one.achievement.id, one.achievement.title, _state(one)) for one in found.dependencies]
        lines += [table(("Depends on", "Title", "State"), rows, columns), ""]
    if any(one.waits_for for one in found.blockers):  # else they are just what it depends on
        rows = [(one.row.achievement.id, one.row.achievement.title, _hold(one)) for one in found.blockers[:_MANY]]
        lines += [table(("To do before", "Title", "State"), rows, columns)]
        more = len(found.blockers) - _MANY
        lines += [f"and {more} more; `scaffold graph` shows all", ""] if more > 0 else [""]
    return "\n".join(lines + next_lines(found.next_step)) + "\n"


def _reason(found: Explanation) -> str:
    if found.row.state in DONE:
        return "nothing is left to do"
    if found.waits_for:
        return f"not ready, because it waits for {', '.join(found.waits_for)}"
    return "ready, because all it depends on is done" if found.dependencies else "ready, because it depends on nothing"


def _file_lines(found: Explanation) -> list[str]:
    unfilled = found.row.unfilled
    places = f" ({unfilled} place{'' if unfilled == 1 else 's'} to fill in)" if unfilled else ""
    subplan = printable(found.subplan) + places if found.subplan else "none yet"
    return [f"SUBPLAN: {subplan}", f"EXECUTION_TASK: {printable(', '.join(found.executions)) or 'none yet'}"]


def _state(row: Row) -> str:
    return in_words(row.state) + (", ready" if row.ready else "")


def _hold(one: Blocker) -> str:
    return f"{in_words(one.row.state)}, waits for {', '.join(one.waits_for)}" if one.waits_for else _state(one.row)


def _brief_data(row: Row) -> dict[str, Json]:
    achievement = row.achievement
    return {
        "id": achievement.id,
        "title": achievement.title,
        "level": row.level,
        "state": row.state,
        "ready": row.ready,
    }
