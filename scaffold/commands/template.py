"""`scaffold template`: what a template set gets to work with."""

import click

from scaffold import terminal
from scaffold.documents import EXECUTION_TASK, SUBPLAN


@click.group()
def template() -> None:
    """Look things up that help in writing a template set."""


@template.command()
@click.argument(
    "template_set", type=click.Choice([EXECUTION_TASK.template, SUBPLAN.template]), default=EXECUTION_TASK.template
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def variables(template_set: str, as_json: bool) -> int:
    """List every variable that a template gets, with its type, meaning and an example.

    A TEMPLATE_SET for EXECUTION_TASKs gets others than one for SUBPLANs.
    """
    from scaffold import report
    from scaffold.report import variables as describe

    if as_json:
        terminal.show(report.envelope("template_variables", describe.variables_data(template_set), (), ok=True))
    else:
        terminal.show(describe.variables_text(template_set))
    return 0
