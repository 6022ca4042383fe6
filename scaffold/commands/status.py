"""`scaffold status`: where a plan stands."""

from pathlib import Path

import click

from scaffold import terminal


@click.command()
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@click.option("--ready", "only_ready", is_flag=True, help="Only achievements that are ready to be worked on.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def status(plan: Path, only_ready: bool, as_json: bool) -> int:
    """Show counts and hours per level, the state of every achievement, and what to do next.

    State comes from the files of the plan: an EXECUTION_TASK, APPROVED_, FIX_ or SKIPPED_ feedback.
    """
    from scaffold import report
    from scaffold.plan import overview
    from scaffold.report import survey as survey_report

    found = overview.take(plan)
    if as_json:
        data = survey_report.status_data(found, only_ready=only_ready)
        terminal.show(report.envelope("status", data, found.warnings, ok=True))
    else:
        terminal.tell(report.diagnostics_text(found.warnings))
        terminal.show(survey_report.status_text(found, terminal.columns(), only_ready=only_ready))
    return 0
