"""`scaffold template variables`: the variables that a template set gets."""

from typing import Annotated, TypedDict

import click

from scaffold import report, terminal
from scaffold.document.variables import VARIABLES, Variable, VariableType
from scaffold.names import EXECUTION_TASK, SUBPLAN, TemplateKind


@click.command()
@click.argument(
    "template_set", type=click.Choice([EXECUTION_TASK.template, SUBPLAN.template]), default=EXECUTION_TASK.template
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def variables(template_set: TemplateKind, as_json: bool) -> int:
    """List the variables that a template gets, each with an example.

    A template set for EXECUTION_TASKs gets other variables than one for SUBPLANs.
    """
    if as_json:
        terminal.show(report.envelope("template_variables", variables_data(template_set), (), ok=True))
    else:
        terminal.show(variables_text(template_set))
    return 0


class VariableData(TypedDict):
    """A variable of a template."""

    name: str
    type: VariableType
    meaning: str
    example: str


class TemplateVariablesData(TypedDict):
    """`data` of `scaffold template variables --json`."""

    template: Annotated[TemplateKind, "`execution_task` or `subplan`"]
    variables: Annotated[list[VariableData], "`name`, `type`, `meaning`, `example`"]


def variables_data(template: TemplateKind) -> TemplateVariablesData:
    """Return `data` of `scaffold template variables --json`."""
    return {
        "template": template,
        "variables": [
            {"name": variable.name, "type": variable.type, "meaning": variable.meaning, "example": variable.example}
            for variable in VARIABLES[template]
        ],
    }


def variables_text(template: str) -> str:
    """List every variable that the template set gets: type and meaning, and an example."""
    return "\n".join(line for variable in VARIABLES[template] for line in _lines(variable)) + "\n"


def variables_table(template: str) -> str:
    """Return the same as a Markdown table, for the manual."""
    rows = [
        f"| `{variable.name}` | {variable.type} | {variable.meaning} | {_cell(variable.example)} |"
        for variable in VARIABLES[template]
    ]
    return "\n".join(["| variable | type | meaning | example |", "|---|---|---|---|", *rows])


def _cell(example: str) -> str:
    return f"`` {example} ``" if "`" in example else f"`{example}`" if example else ""


def _lines(variable: Variable) -> list[str]:
    example = [f"    e.g. {variable.example}"] if variable.example else []
    return [f"{variable.name}  ({variable.type})", f"    {variable.meaning}", *example]
