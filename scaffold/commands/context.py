"""`scaffold context`: what a SUBPLAN says, as a template gets it, with the lines it comes from."""

from pathlib import Path

import click

from scaffold import clock, terminal
from scaffold.errors import UsageProblem


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE…|PLAN]")
@click.option("--achievement", "ids", multiple=True, metavar="ID", help="The SUBPLAN of this achievement. Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def context(files: tuple[Path, ...], ids: tuple[str, ...], as_json: bool) -> int:
    """Show the fields that are found in SUBPLANs, each with its line.

    Give FILEs, which need not belong to a plan, or --achievement with a PLAN (default: the current directory). For an
    achievement, the JSON also has the variables that its EXECUTION_TASK is made with.
    """
    from scaffold import contexts, report  # parsing: not for --help and usage errors
    from scaffold.report import subplans as describe

    if ids and len(files) > 1:
        raise UsageProblem.of("usage", "--achievement takes one PLAN", hint="scaffold context PLAN --achievement 2.3")
    if not ids and not files:
        hint = "name SUBPLAN files, or an achievement: --achievement 2.3"
        raise UsageProblem.of("usage", "which SUBPLAN? Neither a FILE nor --achievement is given", hint=hint)
    if ids:
        described = contexts.of_achievements(files[0] if files else Path(), ids, clock.today())
    else:
        described = contexts.of_files(files)
    warnings = [warning for one in described for warning in one.subplan.diagnostics]
    if as_json:
        terminal.show(report.envelope("context", describe.context_data(described), warnings, ok=True))
    else:
        terminal.tell(report.diagnostics_text(warnings))
        terminal.show(describe.context_text(described))
    return 0
