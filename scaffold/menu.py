"""The menu as values: what its screen says of a plan, and which command line each answer stands for."""

import shlex
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scaffold.documents import EXECUTION_TASK, SUBPLAN, DocumentKind
from scaffold.invocation import Words, invocation, typed
from scaffold.names import printable
from scaffold.plan.overview import Survey
from scaffold.plan.progress import DONE
from scaffold.plan.selection import part_missing

KINDS: Mapping[str, DocumentKind] = {"1": SUBPLAN, "2": EXECUTION_TASK}
BACK = "0"
ASKED = "Option (0-5): "
_READING: Mapping[str, tuple[str, Words]] = {
    "3": ("status", ("--ready",)),
    "4": ("graph", ()),
    "5": ("status", ()),
}
_SELECTIONS: Mapping[str, Words] = {
    **dict.fromkeys(("", "n", "next"), ("--level", "next")),
    **dict.fromkeys(("a", "all"), ("--level", "all")),
    **dict.fromkeys(("r", "ready"), ("--ready",)),
}


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the screen: the key to press, what it does, and how the plan stands in this."""

    key: str
    label: str
    note: str = ""


def screen(survey: Survey) -> str:
    """Show where a plan stands, what to do next, and the options."""
    done = sum(row.state in DONE for row in survey.rows)
    ready = [row.achievement.id for row in survey.rows if row.ready]
    total = len(survey.rows)
    recommended = _recommended(survey)
    lines = [
        _Line("1", "Batch create SUBPLANs", _missing_note(survey, SUBPLAN)),
        _Line("2", "Batch create EXECUTIONs", _missing_note(survey, EXECUTION_TASK)),
        _Line("3", "What can run in parallel now", _ready_note(ready)),
        _Line("4", "Dependency graph", "1 level" if len(survey.levels) == 1 else f"{len(survey.levels)} levels"),
        _Line("5", "Status", f"{done} of {total} done"),
        _Line(BACK, "Back"),
    ]
    shown = [f"{'>' if one.key == recommended else ' '} {one.key}  {one.label:<30}{one.note}".rstrip() for one in lines]
    where = f"  (option {recommended})" if recommended else ""
    head = [f"Plan {survey.plan.name}: {done} of {total} achievements done", f"Next: {survey.next_step.text}{where}"]
    return "\n".join(printable(line) for line in ("", *head, "", *shown, "")) + "\n"


def missing_by_level(survey: Survey, kind: DocumentKind) -> dict[int, int]:
    """Give how many documents of a kind are missing on each level that misses any, the lowest first."""
    missing, _ = part_missing(survey.plan, survey.plan.achievements, kind, "first")
    level_of = {row.achievement.id: row.level for row in survey.rows}
    return dict(sorted(Counter(level_of[one.id] for one in missing).items()))


def level_question(missing: Mapping[int, int], label: str) -> str:
    """Ask which of the missing documents are meant; an answer is read by `selection`."""
    numbers = ", ".join(f"{level} ({count})" for level, count in missing.items())
    return (
        f"Which {label}s? Missing on level {numbers}.\n"
        "A number: that level. next (or Enter): the lowest of these. all. ready: what can be worked on now. b: back.\n"
        "Level: "
    )


def selection(answer: str) -> Words | None:
    """Give the options that an answer to `level_question` stands for, None when it is no answer to it."""
    if answer.isascii() and answer.isdigit():
        return ("--level", answer)
    return _SELECTIONS.get(answer.lower())


def reading(choice: str, plan: Path) -> Words | None:
    """Give the command line of an option that only reads, None when the choice is none of these."""
    if choice not in _READING:
        return None
    verb, options = _READING[choice]
    return invocation(verb, plan, *options)


def creating(kind: DocumentKind, plan: Path, selected: Words) -> Words:
    """Give the command line that creates documents of a kind."""
    return invocation(kind.command, plan, "--batch", *selected)


def command_line(words: Words) -> str:
    """Give a command line as a person would type it."""
    return printable(typed(words))


def _recommended(survey: Survey) -> str | None:
    """Give the option that does the next step, if one does."""
    verb = shlex.split(survey.next_step.command)[1] if survey.next_step.command else None
    return next((key for key, kind in KINDS.items() if kind.command == verb), None)


def _missing_note(survey: Survey, kind: DocumentKind) -> str:
    missing = missing_by_level(survey, kind)
    levels = ", ".join(map(str, missing))
    return f"{sum(missing.values())} missing, level {levels}" if missing else "none missing"


def _ready_note(ids: list[str]) -> str:
    more = f", and {len(ids) - 8} more" if len(ids) > 8 else ""
    return f"{len(ids)} ready: {', '.join(ids[:8])}{more}" if ids else "nothing is ready"
