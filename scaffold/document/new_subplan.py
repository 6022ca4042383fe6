"""Values -> template variables: what a template set gets for one SUBPLAN, from what the PLAN says of its achievement.

What the PLAN does not say is null or empty; the template asks for it with the one marker of what is not filled in.
"""

from scaffold.document.fields import item, one_line, paragraphs
from scaffold.document.shorten import WIDTH, place
from scaffold.lazy.values import frozen
from scaffold.model import Achievement, Input, Json, State
from scaffold.names import agreed
from scaffold.reading.content import Passage, PlannedAchievement

_LINES = 400
"""More lines than a field of a PLAN has: nothing is shortened for who designs."""

_SHARED = 40
"""Lines of what all SUBPLANs of a PLAN repeat."""

_DRAFTED = 3
"""As many criteria make an objective to confirm."""

NAMED = 8
"""As many achievements of the level are named; a level may have a thousand."""


@frozen
class DesignFacts:
    """What is known about one SUBPLAN besides the PLAN's words on it.

    `source` is the PLAN file, `goal`, `constraints`, `context` and `references` are the PLAN's own. `dependencies` are
    (id, title, state), `siblings` (id, title) of the other achievements of the level, `siblings_more` how many of these
    are not among them, `dependents` (id, title) of those that depend on this one, `created` is `YYYY-MM-DD`.
    """

    achievement: Achievement
    source: Input
    goal: Passage | None
    dependencies: tuple[tuple[str, str, State], ...]
    siblings: tuple[tuple[str, str], ...]
    created: str
    dependents: tuple[tuple[str, str], ...] = ()
    constraints: Passage | None = None
    context: Passage | None = None
    references: Passage | None = None
    siblings_more: int = 0


def subplan(facts: DesignFacts, planned: PlannedAchievement | None) -> dict[str, Json]:
    """Return the variables of one SUBPLAN, `task` in the template; `planned` is None where nobody defines it.

    Its line is 0 where somebody else than the PLAN does. The title of `parallel.json` counts before the
    PLAN's, the PLAN's effort before the hours of `parallel.json`.
    """
    achievement = facts.achievement
    title = achievement.title if achievement.title != "Untitled" or planned is None else planned.title
    stated = planned.dependencies.stated if planned and planned.dependencies else None
    effort = planned.effort.text if planned and planned.effort else achievement.estimated_time
    return {
        "id": achievement.id,
        "slug": achievement.slug,
        "title": one_line(title) or "Untitled",
        "created": facts.created,
        "estimated_time": one_line(effort) if effort else None,
        "plan_line": (planned.line or None) if planned else None,
        "plan_hash": facts.source.sha256[:12],
        "group": one_line(planned.group.text) if planned and planned.group else None,
        "plan_goal": _short(facts.goal),
        "plan_constraints": _short(facts.constraints),
        "plan_context": _short(facts.context),
        "plan_references": _short(facts.references),
        "goal": _paragraphs(planned.goal if planned else None),
        "draft": _draft(planned, title),
        "what": _what(planned),
        "success": _listed(planned.success if planned else ()),
        "deliverables": _listed(planned.deliverables if planned else ()),
        "tests": _listed(planned.tests if planned else ()),
        "stated_dependencies": one_line(stated.text, 2 * _LINES) if stated else None,
        "dependencies": [
            {"id": id, "title": one_line(title), "state": state} for id, title, state in facts.dependencies
        ],
        "dependencies_open": achievement.dependencies_open,
        "siblings": [{"id": id, "title": one_line(title)} for id, title in facts.siblings[:NAMED]],
        "siblings_more": max(0, len(facts.siblings) - NAMED) + facts.siblings_more,
        "dependents": [{"id": id, "title": one_line(title)} for id, title in facts.dependents[:NAMED]],
        "dependents_more": max(0, len(facts.dependents) - NAMED),
        "extra": dict(achievement.extra),
    }


def _what(planned: PlannedAchievement | None) -> str | None:
    """Return the work that the PLAN asks for, and what else its definition says that has no place of its own."""
    if planned is None:
        return None
    return "\n\n".join(text for text in map(_paragraphs, (planned.what, planned.rest)) if text) or None


def _draft(planned: PlannedAchievement | None, title: str) -> str | None:
    """Return an objective for a person to confirm, from title and success, where the PLAN states no goal."""
    if planned is None or planned.goal or not (planned.success and title):
        return None
    said = "; ".join(one_line(criterion.text).rstrip(".;") for criterion in planned.success[:_DRAFTED])
    return one_line(f"{title}: {said}".replace("[", "(").replace("]", ")"), 2 * WIDTH)


def _short(passage: Passage | None) -> str | None:
    """Return what holds for the whole PLAN, its beginning only where that is long: every SUBPLAN repeats it."""
    if passage is None or not passage.text.strip():
        return None
    kept = place(passage.text, _SHARED)
    if not kept.left_out:
        return kept.text
    more = f"{kept.left_out} more {agreed(kept.left_out, 'line')}"
    rest = f"… {more}: PLAN lines {passage.line + kept.at}-{passage.last}"
    return f"{kept.text}\n\n{rest}" if kept.text else rest


def _listed(passages: tuple[Passage, ...]) -> list[Json]:
    return [item(passage, 2, _LINES).text for passage in passages]


def _paragraphs(passage: Passage | None) -> str | None:
    shown = paragraphs(passage, _LINES)
    return shown.text if shown else None
