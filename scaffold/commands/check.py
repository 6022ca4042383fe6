"""`scaffold check`: everything that is wrong or missing in a plan, for people and for continuous integration."""

from pathlib import Path

import click

from scaffold import terminal
from scaffold.errors import InvalidInput, PrerequisitesMissing, ScaffoldError


@click.command()
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@click.option("--format", "layout", type=click.Choice(["text", "github"]), default="text", help="github: annotations.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def check(plan: Path, layout: str, as_json: bool) -> int:
    """Report everything that is wrong or missing in a plan, at once.

    Exit code 3: the plan itself is invalid; 4: documents are missing, unfilled or bound to the wrong achievement; 0:
    nothing, or only warnings. A document is missing once its level or a higher one has been begun.
    """
    from scaffold import inspection, report
    from scaffold.report import annotations

    code = 0
    try:
        found = inspection.inspect(plan)
        code = PrerequisitesMissing.exit_code if any(one.severity == "error" for one in found) else 0
    except ScaffoldError as error:
        found, code = error.diagnostics, error.exit_code
    if as_json:
        terminal.show(report.envelope("check", report.count_data(found), found, ok=code == 0))
    elif layout == "github":
        terminal.show(annotations.github_text(found, _directory(plan)))
    else:
        terminal.show(report.diagnostics_text(found) + report.count_text(found))
    return code


def _directory(plan: Path) -> Path:
    from scaffold.plan import workspace

    try:
        return workspace.locate(plan)
    except InvalidInput:  # which is what is reported, and is about no file
        return plan
