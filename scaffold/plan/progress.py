"""The state of achievements, from the files beside `parallel.json`: its `status` field is stale in real plans."""

from collections.abc import Iterable, Mapping

from scaffold.model import Achievement, Plan, State
from scaffold.names import executions_by_slug, subplans_by_slug

DONE: frozenset[State] = frozenset({"complete", "skipped"})


def states(plan: Plan) -> Mapping[str, State]:
    """Give the state of every achievement by its id."""
    executions, subplans = executions_by_slug(plan), subplans_by_slug(plan)
    files = {name for name, kind in plan.feedbacks.items() if kind == "file"}

    def state(slug: str) -> State:
        if f"APPROVED_{slug}.md" in files:  # also beside a FIX: the approval came after it
            return "complete"
        if f"FIX_{slug}.md" in files:
            return "needs_fix"
        if f"SKIPPED_{slug}.md" in files:
            return "skipped"
        if slug in executions and executions[slug].regular:
            return "execution_created"
        if slug in subplans and subplans[slug].regular:
            return "subplan_created"
        return "not_started"

    return {achievement.id: state(achievement.slug) for achievement in plan.achievements}


def in_words(state: State) -> str:
    """Give a state as text for people has it: `needs fix`; programs get the state itself."""
    return state.replace("_", " ")


def ready(achievements: Iterable[Achievement], states: Mapping[str, State]) -> Mapping[str, bool]:
    """Say of every achievement whether it is ready: all its dependencies complete or skipped, itself neither."""
    return {
        achievement.id: states[achievement.id] not in DONE
        and all(states[one] in DONE for one in achievement.dependencies)
        for achievement in achievements
    }
