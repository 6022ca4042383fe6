"""`scaffold graph`: the levels of a plan, drawn."""

from pathlib import Path

import click

from scaffold import terminal
from scaffold.errors import ScaffoldError

_LAYOUTS = ["text", "mermaid", "dot", "json"]


@click.command()
@click.argument("plan", default=".", type=click.Path(path_type=Path))
@click.option("--format", "layout", type=click.Choice(_LAYOUTS), default="text", help="dot is for Graphviz.")
@click.option("--json", "layout", flag_value="json", help="The same as --format json.")
def graph(plan: Path, layout: str) -> int:
    """Draw the dependency levels of a plan, with the state of every achievement.

    A picture: `scaffold graph --format dot | dot -Tsvg -o plan.svg`. Mermaid is what Markdown pages take.
    """
    from scaffold import drawing, report
    from scaffold.plan import overview

    try:
        found = overview.take(plan)
    except ScaffoldError as error:
        if layout != "json":
            raise
        terminal.show(report.envelope("error", {}, error.diagnostics, ok=False))
        return error.exit_code
    warnings = found.warnings + (() if layout == "text" else drawing.not_sought(found))
    match layout:
        case "json":
            drawn = report.envelope("graph", drawing.data(found), warnings, ok=True)
        case "mermaid":
            drawn = drawing.mermaid(found)
            warnings += drawing.too_large(drawn)
        case "dot":
            drawn = drawing.dot(found)
        case _:
            drawn = drawing.text(found, terminal.columns())
    if layout != "json":
        terminal.tell(report.diagnostics_text(warnings))
    terminal.show(drawn)
    return 0
