"""Whether a SUBPLAN can be worked from: it is bound to its achievement, filled in, and says what it must say."""

from collections.abc import Iterable, Iterator

from scaffold.errors import Diagnostic, Severity, at_most_listed
from scaffold.lazy.values import frozen, replace
from scaffold.model import Achievement
from scaffold.names import agreed
from scaffold.reading.content import Subplan

_MARKER_WIDTH = 70
REQUIRED = ("objective", "approach")
"""The fields that nobody can work without."""

_NAMED = 8
"""How many headings of a document a message names."""


@frozen
class Policy:
    """How strict a run is.

    `skip_missing` goes on without the achievements whose SUBPLAN is missing or wrong; `strict` also asks for an
    objective and an approach; `allow_unfilled` accepts markers in them.
    """

    skip_missing: bool = False
    strict: bool = False
    allow_unfilled: bool = False


def check(subplan: Subplan, achievement: Achievement, path: str, policy: Policy) -> tuple[Diagnostic, ...]:
    """Return every problem of a SUBPLAN; those of severity `error` keep its EXECUTION_TASK from being created.

    A SUBPLAN whose own header names another achievement would bind silently to the wrong one, so it always blocks.
    """
    found = (
        *_binding(subplan, achievement, path),
        *_unfilled(subplan, path, policy),
        *_unsaid(subplan, path, policy),
        *subplan.diagnostics,
    )
    return at_most_listed(about(achievement, found))


def check_text(subplan: Subplan, achievement: Achievement, path: str, policy: Policy) -> tuple[Diagnostic, ...]:
    """Return every problem of a SUBPLAN but for the places that are still to fill."""
    found = (*_binding(subplan, achievement, path), *_unsaid(subplan, path, policy), *subplan.diagnostics)
    return at_most_listed(about(achievement, found))


def about(achievement: Achievement, problems: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the problems, each with the achievement that it is about."""
    return (replace(problem, achievement=achievement.id) for problem in problems)


def _binding(subplan: Subplan, achievement: Achievement, path: str) -> Iterator[Diagnostic]:
    named = subplan.achievement
    if named is None:
        message = f"does not say which achievement it is for; its file name says {achievement.id}"
        hint = f"add the line **Achievement**: {achievement.id}"
        yield Diagnostic("subplan_unbound", message, path, hint=hint, severity="warning")
    elif named.text != achievement.id:
        message = f"its header names achievement {named.text}, but its file name {achievement.id}"
        hint = f"write **Achievement**: {achievement.id}, or rename the file to the achievement it is about"
        yield Diagnostic("subplan_mismatch", message, path, named.line, hint)


def _unfilled(subplan: Subplan, path: str, policy: Policy) -> Iterator[Diagnostic]:
    for place in subplan.unfilled:
        if place.field in REQUIRED:
            severity: Severity = "warning" if policy.allow_unfilled else "error"
            hint = "fill it in, or accept it with --allow-unfilled"
            yield Diagnostic(
                "subplan_unfilled",
                f"its {place.field} is not filled in: {_short(place.marker)}",
                path,
                place.line,
                hint,
                severity,
            )
        else:
            message = f"a place is not filled in: {_short(place.marker)}"
            yield Diagnostic("subplan_unfilled", message, path, place.line, "fill it in", "warning")


def _unsaid(subplan: Subplan, path: str, policy: Policy) -> Iterator[Diagnostic]:
    """Yield what a SUBPLAN must say and does not; one that says neither objective nor approach always blocks."""
    if subplan.objective is None and subplan.approach is None:
        message = f"has neither an objective nor an approach; {_its_headings(subplan.headings)}"
        message += f"; this is how documents of {subplan.tool} look" if subplan.tool else ""
        hint = "add '## Objective' and '## Approach', or list your own names for them under headings in scaffold.yml"
        yield Diagnostic("subplan_unrecognised", message, path, None, hint)
        return
    for name, passage in (("objective", subplan.objective), ("approach", subplan.approach)):
        if passage is None:
            severity: Severity = "error" if policy.strict else "warning"
            hint = f"add a section '## {name.title()}'"
            yield Diagnostic("subplan_incomplete", f"has no {name}", path, None, hint, severity)


def _its_headings(headings: tuple[str, ...]) -> str:
    if not headings:
        return "it has no headings"
    names = ", ".join(f"'{_short(heading)}'" for heading in headings[:_NAMED])
    more = len(headings) - _NAMED
    verb = agreed(len(headings), "its heading is", "its headings are")
    return f"{verb} {names}" + (f" and {more} more" if more > 0 else "")


def _short(marker: str) -> str:
    return marker if len(marker) <= _MARKER_WIDTH else f"{marker[: _MARKER_WIDTH - 2]}…]"
