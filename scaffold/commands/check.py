"""`scaffold check`: all that is wrong, doubtful or not done yet in a plan, for people and continuous integration."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click

from scaffold import report, terminal
from scaffold.commands import _github
from scaffold.commands._paging import demand_json, demand_layout
from scaffold.commands._plan import place_data, plan_argument
from scaffold.errors import SEVERITIES, Diagnostic, InvalidInput, PrerequisitesMissing, ScaffoldError, Severity
from scaffold.names import EXECUTION_TASK, SUBPLAN, counted
from scaffold.plan import settings, workspace
from scaffold.plan.findings import PREREQUISITES, inspect
from scaffold.plan.progress import Progress, Standing
from scaffold.shapes import Count, PlaceData

if TYPE_CHECKING:
    from scaffold.templates.teams import Teams


@click.command()
@plan_argument
@click.option("--strict", is_flag=True, help="Let a warning fail too, with exit code 4.")
@_github.FORMAT
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="With --json: at most N findings, the worst.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def check(plan: Path, strict: bool, layout: str, limit: int | None, as_json: bool) -> int:
    """Report everything that is wrong, doubtful or not done yet.

    Exit code 3: something is wrong; 4: a SUBPLAN is missing or unfilled though work that needs it has begun, or, with
    --strict, there is a warning; 0: otherwise. A note is about what is not done yet and never fails.
    """
    demand_json({"limit": limit, "as_json": as_json})
    demand_layout(layout, as_json)
    try:
        found = inspect(plan, _of_documents)
        code = exit_code(found, strict=strict)
    except ScaffoldError as error:
        found, code = error.diagnostics, error.exit_code
    if as_json:
        data = count_data(plan, found)
        terminal.show(report.envelope("check", data, found, ok=code == 0, most=limit or report.MOST_ITEMS))
    elif layout == "github":
        terminal.show(_github.annotations(found, *_place(plan)))
    else:
        terminal.show(report.diagnostics_text(found) + count_text(found))
    return code


def _of_documents(progress: Progress) -> Iterator[Diagnostic]:
    yield from _out_of_date(progress)
    yield from _template_sets(progress)


def _template_sets(progress: Progress) -> Iterator[Diagnostic]:
    """Yield why a template set that scaffold.yml chooses for open achievements cannot be used."""
    if not settings.read(progress.plan.directory).templates:
        return
    from scaffold.templates import teams

    for kind in (EXECUTION_TASK, SUBPLAN):
        sets = teams.of(kind, progress.plan.directory)
        names: dict[str, None] = {}
        for standing in progress:
            with suppress(InvalidInput):  # who gets no set, is told by the command that needs it
                names |= {} if standing.is_done else dict.fromkeys(_chosen(sets, standing))
        for name in names:
            try:
                sets.open(name)
            except InvalidInput as error:
                yield from error.diagnostics


def _chosen(sets: "Teams", standing: Standing) -> Iterator[str]:
    return (choice.name for choice in sets.choices(None, [(standing.achievement, standing.level)]))


def _out_of_date(progress: Progress) -> Iterable[Diagnostic]:
    if not any(standing.attempt for standing in progress):
        return ()
    from scaffold.update import notice  # which imports much: only where there are documents that may be out of date

    return notice.findings(progress)


def exit_code(found: Iterable[Diagnostic], *, strict: bool) -> int:
    """Return the exit code that findings come to; what is wrong counts before what is missing."""
    errors = {diagnostic.code for diagnostic in found if diagnostic.severity == "error"}
    if errors - PREREQUISITES:
        return InvalidInput.exit_code
    doubtful = strict and any(diagnostic.severity == "warning" for diagnostic in found)
    return PrerequisitesMissing.exit_code if errors or doubtful else 0


def _place(argument: Path) -> tuple[Path, Path]:
    """Return the directory that paths are relative to, and the PLAN, or what comes closest to it."""
    with suppress(InvalidInput):
        plan = workspace.read_plan(argument)
        return plan.directory, plan.directory / plan.document
    with suppress(InvalidInput):
        directory, document = workspace.find_document(argument)
        return directory, directory / document
    with suppress(InvalidInput):
        directory = workspace.locate(argument)
        return directory, directory
    return Path(), argument


def counts(diagnostics: Iterable[Diagnostic]) -> dict[Severity, int]:
    """Return how many findings there are of each severity, with those that are counted but not listed."""
    found = Counter[Severity]()
    for diagnostic in diagnostics:
        found[diagnostic.severity] += diagnostic.count
    return {severity: found[severity] for severity in SEVERITIES}


class CheckData(PlaceData):
    """`data` of `scaffold check --json`."""

    errors: Annotated[Count, "how many of the diagnostics are errors"]
    warnings: Annotated[Count, "how many are warnings"]
    notes: Annotated[Count, "how many are notes: what is not done yet"]


def count_data(plan: Path, diagnostics: Iterable[Diagnostic]) -> CheckData:
    """Return `data` of `scaffold check --json`; the findings themselves are its diagnostics."""
    found = counts(diagnostics)
    return {**place_data(plan), "errors": found["error"], "warnings": found["warning"], "notes": found["note"]}


def count_text(diagnostics: Sequence[Diagnostic]) -> str:
    """Sum the findings up in a line."""
    if not diagnostics:
        return "Nothing is wrong or missing.\n"
    return f"\n{', '.join(counted(count, severity) for severity, count in counts(diagnostics).items())}\n"
