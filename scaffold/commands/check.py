"""`scaffold check`: everything that is wrong or missing in a plan, for people and for continuous integration."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypedDict

import click

from scaffold import report, terminal, transaction
from scaffold.errors import Diagnostic, InvalidInput, PrerequisitesMissing, ScaffoldError, at_most_listed
from scaffold.model import Plan
from scaffold.names import (
    EXECUTION_FOLDER,
    EXECUTION_TASK,
    FEEDBACK_FOLDER,
    SUBPLAN,
    SUBPLAN_FOLDER,
    Files,
    command,
    composed,
    counted,
    printable,
    subplan_name,
)
from scaffold.plan import parallel, prerequisites, settings, workspace
from scaffold.plan.prerequisites import Policy
from scaffold.plan.progress import Standing, progress_of
from scaffold.plan.selection import irregular
from scaffold.reading import subplan
from scaffold.reading.markdown import decode
from scaffold.reading.vocabulary import Vocabulary
from scaffold.shapes import Count


@click.command()
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "github"]),
    default="text",
    help="github prints GitHub annotations.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def check(plan: Path, layout: str, as_json: bool) -> int:
    """Report everything that is wrong or missing in a plan, at once.

    Exit code 3: the plan itself is invalid; 4: documents are missing, unfilled or for the wrong achievement; 0:
    nothing, or only warnings. A document counts as missing once work on its level or a higher one has begun.
    """
    code = 0
    try:
        found = inspect(plan)
        code = PrerequisitesMissing.exit_code if any(diagnostic.severity == "error" for diagnostic in found) else 0
    except ScaffoldError as error:
        found, code = error.diagnostics, error.exit_code
    if as_json:
        terminal.show(report.envelope("check", count_data(found), found, ok=code == 0))
    elif layout == "github":
        terminal.show(github_text(found, _directory(plan)))
    else:
        terminal.show(report.diagnostics_text(found) + count_text(found))
    return code


def _directory(plan: Path) -> Path:
    try:
        return workspace.locate(plan)
    except InvalidInput:  # which is what is reported, and is about no file
        return plan


def inspect(argument: Path) -> tuple[Diagnostic, ...]:
    """Return every problem of a plan, errors and warnings, in the order in which they are best fixed.

    Raises InvalidInput, with all that is wrong with it, for a plan that cannot be read any further.
    """
    plan = workspace.read_plan(argument)
    vocabulary = settings.read(plan.directory).vocabulary
    progress = progress_of(plan)
    standings = tuple(progress[achievement.id] for achievement in plan.achievements)  # in the order of the file
    problems = [
        *transaction.interrupted(plan.directory),
        *plan.diagnostics,
        *irregular(standings, SUBPLAN),
        *irregular(standings, EXECUTION_TASK),
        *_subplans(plan, standings, vocabulary),
        *_missing(plan, standings),
        *_open(plan),
        *_orphans(plan),
        *_lengths(plan, standings),
    ]
    return tuple(sorted(at_most_listed(problems), key=lambda problem: problem.severity != "error"))


def _subplans(plan: Plan, standings: Iterable[Standing], vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """Check the SUBPLANs that exist; markers only count while the achievement is not done."""
    for standing in standings:
        achievement = standing.achievement
        path = f"{SUBPLAN_FOLDER}/{subplan_name(plan, achievement)}"
        if plan.subplans.get(subplan_name(plan, achievement)) != "file":
            continue
        try:
            read = subplan.parse(decode(workspace.read_subplan(plan, achievement)), path, vocabulary)
        except PrerequisitesMissing as error:
            yield from error.diagnostics
            continue
        found = prerequisites.check(read, achievement, path, Policy())
        yield from (problem for problem in found if not (standing.is_done and problem.code == "subplan_unfilled"))


def _missing(plan: Plan, standings: Iterable[Standing]) -> Iterator[Diagnostic]:
    """Report the gaps: a document is missing once one of its level or a higher level exists.

    Before that, work on its level has not begun, which is no problem. A directory or link with its name is another
    problem, and no command helps until that one is fixed.
    """
    for kind in (SUBPLAN, EXECUTION_TASK):
        begun = max((standing.level for standing in standings if standing.documents(kind).regular), default=-1)
        for standing in standings:
            is_open = not standing.is_done and standing.level <= begun and standing.documents(kind) == Files()
            if is_open and (kind is SUBPLAN or standing.subplans.regular):
                message = f"achievement {standing.id} has no {kind.label}, although work on its level has begun"
                hint = command(kind.command, plan.argument, "--achievement", standing.id)
                yield Diagnostic(f"{kind.label.lower()}_missing", message, hint=hint)


def _open(plan: Plan) -> Iterator[Diagnostic]:
    """Warn of dependencies that nobody has filled in since the plan was adopted."""
    for at, achievement in enumerate(plan.achievements):
        if achievement.extra.get(parallel.OPEN):
            message = f"achievements[{at}]: the dependencies of {achievement.id} are not filled in"
            hint = f"fill them in, then remove {parallel.OPEN}"
            yield Diagnostic("dependencies_open", message, parallel.FILE_NAME, hint=hint, severity="warning")


def _orphans(plan: Plan) -> Iterator[Diagnostic]:
    """Warn of files that look like a plan's documents, but belong to none of its achievements."""
    slugs = {achievement.slug for achievement in plan.achievements}
    patterns = (
        (SUBPLAN_FOLDER, plan.subplans, r"SUBPLAN_(?P<name>.+)_(?P<slug>[0-9]+)\.md"),
        (EXECUTION_FOLDER, plan.executions, r"EXECUTION_TASK_(?P<name>.+)_(?P<slug>[0-9]+)_[0-9]+.*\.md"),
        (FEEDBACK_FOLDER, plan.feedbacks, r"(?:APPROVED|FIX|SKIPPED)_(?P<slug>[0-9]+)\.md"),
    )
    for folder, names, pattern in patterns:
        for name in sorted(names):
            found = re.fullmatch(pattern, composed(name))
            if not found:
                continue
            of_plan = found.groupdict().get("name", composed(plan.name))
            if of_plan != composed(plan.name) or found["slug"] not in slugs:
                message = f"belongs to no achievement of {plan.name}"
                hint = "rename it, move it away, or add its achievement to parallel.json"
                yield Diagnostic("orphan", message, f"{folder}/{name}", hint=hint, severity="warning")


def _lengths(plan: Plan, standings: Iterable[Standing]) -> Iterator[Diagnostic]:
    """Warn of EXECUTION_TASKs over the limit that are still to be worked from: executors have little context."""
    for standing in standings:
        for path in () if standing.is_done else standing.paths(EXECUTION_TASK):
            try:
                lines = workspace.read_text_file(plan.directory / path).count(b"\n")
            except InvalidInput as error:
                yield replace(error.diagnostics[0], path=path, severity="warning")
                continue
            if lines > EXECUTION_TASK.max_lines:
                message = f"has {lines} lines, the limit is {EXECUTION_TASK.max_lines}"
                hint = "move elsewhere what the work does not need"
                yield Diagnostic("document_too_long", message, path, hint=hint, severity="warning")


def github_text(diagnostics: Iterable[Diagnostic], directory: Path) -> str:
    """Return a line for each. `directory` is the plan's: paths in it are written as seen from the current directory."""
    return "".join(_line(diagnostic, directory) for diagnostic in diagnostics)


def _line(diagnostic: Diagnostic, directory: Path) -> str:
    place = f" file={_property(str(directory / diagnostic.path))}" if diagnostic.path else ""
    place += f",line={diagnostic.line}" if diagnostic.path and diagnostic.line else ""
    text = f"{diagnostic.message}: {diagnostic.hint}" if diagnostic.hint else diagnostic.message
    return f"::{diagnostic.severity}{place}::{_escaped(text)}\n"


def _escaped(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def counts(diagnostics: Iterable[Diagnostic]) -> tuple[int, int]:
    """Return the number of errors and of warnings, with those that are counted but not listed."""
    found = Counter[str]()
    for diagnostic in diagnostics:
        found[diagnostic.severity] += diagnostic.count
    return found["error"], found["warning"]


class CheckData(TypedDict):
    """`data` of `scaffold check --json`."""

    errors: Annotated[Count, "how many of the diagnostics are errors"]
    warnings: Annotated[Count, "how many are warnings"]


def count_data(diagnostics: Iterable[Diagnostic]) -> CheckData:
    """Return `data` of `scaffold check --json`; the problems themselves are its diagnostics."""
    errors, warnings = counts(diagnostics)
    return {"errors": errors, "warnings": warnings}


def count_text(diagnostics: Sequence[Diagnostic]) -> str:
    """Sum up a list of problems in one line."""
    errors, warnings = counts(diagnostics)
    if not diagnostics:
        return "Nothing is wrong or missing.\n"
    return f"\n{counted(errors, 'error')}, {counted(warnings, 'warning')}\n"
