"""`scaffold template`: what a template set gets to work with."""

import click

from scaffold import terminal


@click.group()
def template() -> None:
    """Look things up that help in writing a template set."""


@template.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def variables(as_json: bool) -> int:
    """List every variable that a template gets, with its type, meaning and an example."""
    from scaffold import report
    from scaffold.report import subplans as describe

    if as_json:
        terminal.show(report.envelope("template_variables", describe.variables_data(), (), ok=True))
    else:
        terminal.show(describe.variables_text())
    return 0
