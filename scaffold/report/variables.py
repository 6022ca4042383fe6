"""The variables of a template set, as text, as JSON and as a table of the manual."""

import dataclasses

from scaffold.document.variables import VARIABLES, Variable
from scaffold.model import Json


def variables_data(template: str) -> dict[str, Json]:
    """Give `data` of `scaffold template variables --json`."""
    return {
        "template": template,
        "variables": [dict[str, Json](dataclasses.asdict(one)) for one in VARIABLES[template]],
    }


def variables_text(template: str) -> str:
    """List every variable that the template set gets: type and meaning, and an example."""
    return "\n".join(line for one in VARIABLES[template] for line in _lines(one)) + "\n"


def variables_table(template: str) -> str:
    """Give the same as a Markdown table, for the manual."""
    rows = [f"| `{one.name}` | {one.type} | {one.meaning} | {_cell(one.example)} |" for one in VARIABLES[template]]
    return "\n".join(["| variable | type | meaning | example |", "|---|---|---|---|", *rows])


def _cell(example: str) -> str:
    return f"`` {example} ``" if "`" in example else f"`{example}`" if example else ""


def _lines(one: Variable) -> list[str]:
    example = [f"    e.g. {one.example}"] if one.example else []
    return [f"{one.name}  ({one.type})", f"    {one.meaning}", *example]
