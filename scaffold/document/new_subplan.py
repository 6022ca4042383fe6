"""Values -> template variables: what a template set gets for one SUBPLAN, from what the PLAN says of its achievement.

What the PLAN does not say is null or empty; the template asks for it with the one marker of what is not filled in.
"""

from dataclasses import dataclass

from scaffold.document.fields import listed, one_line, paragraphs
from scaffold.model import Achievement, Input, Json, Passage, PlannedAchievement, State

_LINES = 400
"""More lines than a field of a PLAN has: nothing is shortened for who designs."""

_ITEMS = 100
_NAMED = 8
"""As many achievements of the level are named; a level may have a thousand."""


@dataclass(frozen=True, slots=True)
class DesignFacts:
    """What is known about one SUBPLAN besides the PLAN's words on it.

    `source` is the PLAN file, `goal` the PLAN's own goal. `dependencies` are (id, title, state), `siblings`
    (id, title) of the other achievements of the level, `created` is `YYYY-MM-DD`.
    """

    achievement: Achievement
    source: Input
    goal: Passage | None
    dependencies: tuple[tuple[str, str, State], ...]
    siblings: tuple[tuple[str, str], ...]
    created: str


def subplan(facts: DesignFacts, planned: PlannedAchievement | None) -> dict[str, Json]:
    """Give the variables of one SUBPLAN, `task` in the template; `planned` is None where nobody defines it.

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
        "plan_goal": paragraphs(facts.goal, _LINES),
        "goal": paragraphs(planned.goal if planned else None, _LINES),
        "what": paragraphs(_what(planned), _LINES),
        "success": _listed(planned.success if planned else (), "criterion"),
        "deliverables": _listed(planned.deliverables if planned else (), "deliverable"),
        "tests": _listed(planned.tests if planned else (), "test"),
        "stated_dependencies": one_line(stated.text, 2 * _LINES) if stated else None,
        "dependencies": [
            {"id": id, "title": one_line(title), "state": state} for id, title, state in facts.dependencies
        ],
        "dependencies_open": achievement.dependencies_open,
        "siblings": [{"id": id, "title": one_line(title)} for id, title in facts.siblings[:_NAMED]],
        "siblings_more": max(0, len(facts.siblings) - _NAMED),
        "extra": dict(achievement.extra),
    }


def _what(planned: PlannedAchievement | None) -> Passage | None:
    """Give the work that the PLAN asks for; a definition that labels neither it nor a goal is all about it."""
    if planned is None:
        return None
    return planned.what if planned.what or planned.goal else planned.body


def _listed(passages: tuple[Passage, ...], noun: str) -> list[Json]:
    return [*listed(passages, _ITEMS, _LINES, noun)]
