"""What every drawing of a plan has: marks and colours of states, arrows, and titles of a bearable length.

A drawing says the state of an achievement in a word or a mark, never by colour alone, and shows what plans say as it
is: no title can end a label, start a comment or drive a terminal.
"""

import unicodedata
from collections.abc import Collection

from scaffold.lazy.values import frozen
from scaffold.model import State
from scaffold.plan.levels import implied
from scaffold.plan.overview import Level, Survey
from scaffold.plan.progress import Standing, state_line

MARKS: dict[State, str] = {
    "complete": "x",
    "skipped": "-",
    "needs_fix": "!",
    "fix_in_progress": "+",
    "in_review": "?",
    "in_progress": "/",
    "blocked": "#",
    "execution_created": ">",
    "subplan_unfilled": ".",
    "subplan_created": "~",
    "not_started": " ",
}
COLOURS: dict[State, tuple[str, str]] = {
    "complete": ("#d7f0dd", "#2e7d46"),
    "skipped": ("#eeeeee", "#8a8a8a"),
    "needs_fix": ("#fbdcd9", "#b3261e"),
    "fix_in_progress": ("#fde6d8", "#a8521f"),
    "in_review": ("#e6def7", "#5b3fa0"),
    "in_progress": ("#cfe8f5", "#13678f"),
    "blocked": ("#f5d0e3", "#9c1f5f"),
    "execution_created": ("#d8e8fb", "#1f5fa8"),
    "subplan_unfilled": ("#fff8e6", "#9a7400"),
    "subplan_created": ("#fdf1cf", "#9a7400"),
    "not_started": ("#ffffff", "#6b6b6b"),
}
"""Fill and border of each state; black text on every one of these fills has a contrast above 12:1."""
IMPLIED_COLOUR = "#aaaaaa"
LABEL_WIDTH = 28
"""Columns of a title in a box."""
_NARROW = frozenset(" iljtfrI.,:;'|!()[]-")
_LONGEST_TITLE = 1000
"""Of a longer title a drawing shows the beginning; folding a word of megabytes takes forever."""


@frozen
class Edge:
    """An arrow to an achievement from one it depends on. `implied`: other arrows lead there as well."""

    before: str
    after: str
    done: bool
    implied: bool


def edges_of(survey: Survey) -> tuple[Edge, ...]:
    """Return an arrow from each dependency, in the order of what depends on it."""
    done = {row.standing.id for row in survey.rows if row.standing.is_done}
    by_others = implied(survey.plan.achievements)
    return tuple(
        Edge(before, row.standing.id, before in done, (before, row.standing.id) in by_others)
        for row in survey.rows
        for before in row.standing.achievement.dependencies
    )


def title_of(standing: Standing) -> str:
    """Return the title of an achievement; of a very long one the beginning."""
    said = standing.achievement.title
    return said if len(said) <= _LONGEST_TITLE else f"{said[:_LONGEST_TITLE]}…"


def said_of(standing: Standing, following: Collection[str]) -> str:
    """Return the state of an achievement in words, and whether it is next: `in review, ready, next`."""
    return state_line(standing) + (", next" if standing.id in following else "")


def is_waiting(standing: Standing) -> bool:
    """Whether something has to be done before an achievement can be worked on."""
    return not (standing.is_done or standing.ready)


def level_line(level: Level) -> str:
    """Return how far a level is, in words."""
    done, ready = sum(row.standing.is_done for row in level.rows), sum(row.standing.ready for row in level.rows)
    return f"Level {level.level}: {done} of {len(level.rows)} done" + (f", {ready} ready" if ready else "")


# --- lines ----------------------------------------------------------------------------------------------------------


def folded(text: str, room: float) -> list[str]:
    """Return a text in lines that take up to `room` units, broken at spaces, and inside of words that are longer."""
    lines = [""]
    for word in text.split(" "):
        rest = word
        if lines[-1] and span(f"{lines[-1]} {rest}") <= room:
            lines[-1] += f" {rest}"
            continue
        if lines[-1]:
            lines.append("")
        while span(rest) > room:
            cut = next(at for at in range(len(rest), 0, -1) if at == 1 or span(rest[:at]) <= room)
            lines[-1:] = [rest[:cut], ""]
            rest = rest[cut:]
        lines[-1] = rest
    return lines


def span(text: str) -> float:
    """Return about how many units a text of size 12 takes, in the widest of the usual fonts."""
    return sum(map(_span, text))


def _span(character: str) -> float:
    if unicodedata.combining(character) or character == "\u200d":
        return 0
    if unicodedata.east_asian_width(character) in "WF" or character in "MW@%…—":
        return 12.5
    if character in _NARROW:
        return 4.6
    return 8.4 if character.isupper() else 7.2
