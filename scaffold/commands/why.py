"""`scaffold why`: why an achievement is or is not ready."""

from pathlib import Path

import click

from scaffold import terminal


@click.command()
@click.argument("achievement_id", metavar="ID")
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def why(achievement_id: str, plan: Path, as_json: bool) -> int:
    """Say why the achievement ID is or is not ready, and what helps.

    What it depends on is followed down to what can be worked on now.
    """
    from scaffold import explanation, report
    from scaffold.report import explanation as explanation_report

    found = explanation.explain(plan, achievement_id)
    if as_json:
        terminal.show(report.envelope("why", explanation_report.why_data(found), found.warnings, ok=True))
    else:
        terminal.tell(report.diagnostics_text(found.warnings))
        terminal.show(explanation_report.why_text(found, terminal.columns()))
    return 0
