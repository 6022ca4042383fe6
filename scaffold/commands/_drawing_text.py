"""A plan drawn as text, for a terminal: a line for each achievement, below its level."""

from scaffold import report
from scaffold.commands._drawing import MARKS, level_line, title_of
from scaffold.names import counted, printable
from scaffold.plan.overview import Survey
from scaffold.plan.progress import NOT_STATED, Standing, in_words


def text(survey: Survey, columns: int | None) -> str:
    """Draw the levels as a list: every achievement with its state, its title and what it depends on.

    `columns` is the width of the terminal, None without one: then no line is folded.
    """
    rows = survey.rows
    done = {row.standing.id for row in rows if row.standing.is_done}
    width = max((len(row.standing.id) for row in rows), default=0)
    lines = [f"Plan {printable(survey.plan.name)}: {len(done)} of {counted(len(rows), 'achievement')} done", ""]
    for level in survey.levels:
        lines += [
            level_line(level),
            *(_achievement_line(row.standing, done, width, columns) for row in level.rows),
            "",
        ]
    return "\n".join(lines + _legend(survey, columns)) + "\n"


def _achievement_line(standing: Standing, done: set[str], width: int, columns: int | None) -> str:
    """Return the line of an achievement, folded below its title; `width` is that of the longest id."""
    head = f"{'*' if standing.ready else ' '} [{MARKS[standing.state]}] {standing.id:<{width}}  "
    body = "  ".join(part for part in (printable(title_of(standing)), _after(standing, done)) if part)
    return _folded(head + body, columns, len(head))


def _after(standing: Standing, done: set[str]) -> str:
    """Name the dependencies, first what keeps the achievement from being ready, last whether they are all."""
    before = standing.achievement.dependencies
    waiting = [id_ for id_ in before if id_ not in done and not standing.is_done]
    rest = [id_ for id_ in before if id_ in done or standing.is_done]
    parts = [f"waits for {', '.join(waiting)}"] if waiting else []
    parts += [f"after {', '.join(rest)}"] if rest else []
    parts += [NOT_STATED] if standing.is_open else []
    return f"({'; '.join(parts)})" if parts else ""


def _legend(survey: Survey, columns: int | None) -> list[str]:
    """Return what the marks that are drawn mean."""
    drawn = {row.standing.state for row in survey.rows}
    states = "   ".join(f"[{mark}] {in_words(state)}" for state, mark in MARKS.items() if state in drawn)
    return [_folded(states, columns, 0), _folded("* ready: everything it depends on is done", columns, 2)]


def _folded(line: str, columns: int | None, indent: int) -> str:
    if columns is None:
        return line
    return "\n".join(report.folded(line, max(columns, indent + 20), " " * indent))
