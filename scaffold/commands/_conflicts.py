"""Where an edit stands against what is generated now: as errors, as text with both sides, and as JSON."""

from collections.abc import Iterable, Iterator
from typing import TypedDict

from scaffold.document.merge import Place
from scaffold.errors import Diagnostic
from scaffold.names import counted, printable
from scaffold.shapes import LineNumber
from scaffold.update.remade import Remade

_TEXT = 60
"""How much of a line is shown where two stand against each other."""


def conflicts(outdated: Iterable[Remade]) -> Iterator[Diagnostic]:
    """Yield an error for every place where both changed the same."""
    hint = (
        "--conflict keep keeps the edited lines and updates the rest, --conflict markers writes both into the document"
    )
    for each in outdated:
        for place in each.kept.conflicts:
            message = (
                f"the edit stands against what is generated now: {_quoted(place.theirs)}, not {_quoted(place.ours)}"
            )
            yield Diagnostic("update_conflict", message, each.target, place.line, hint, achievement=each.standing.id)


def _quoted(text: str) -> str:
    lines = text.splitlines()
    if not lines:
        return "nothing"
    more = f" and {counted(len(lines) - 1, 'more line')}" if len(lines) > 1 else ""
    first = lines[0] if len(lines[0]) <= _TEXT else f"{lines[0][:_TEXT]}…"
    return f'"{first.strip()}"{more}'


class ConflictData(TypedDict):
    """A place where both changed the same."""

    line: LineNumber
    generated_line: LineNumber
    edited: str
    generated: str
    before: str


def conflict_data(place: Place) -> ConflictData:
    """Return a conflict as `scaffold update --json` has it."""
    return {
        "line": place.line,
        "generated_line": place.new_line,
        "edited": place.theirs,
        "generated": place.ours,
        "before": place.base,
    }


def places(each: Remade) -> list[str]:
    """Return the conflicts of a document, each with the text of both sides."""
    lines: list[str] = []
    for place in each.kept.conflicts:
        lines += [f"Conflict in {each.target}, line {place.line} (line {place.new_line} of what is generated now):"]
        for name, text in (("before", place.base), ("edited", place.theirs), ("generated", place.ours)):
            shown = (printable(line.rstrip()) for line in text.splitlines() or ["(nothing)"])
            lines += [f"  {name + ':':<11}{line}" for line in shown]
        lines += [""]
    return lines
