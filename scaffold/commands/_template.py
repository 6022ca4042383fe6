"""What the commands about template sets share: the kind of documents that a set is for, and the workspace it is in."""

from collections.abc import Callable
from pathlib import Path

import click

from scaffold.names import EXECUTION_TASK, SUBPLAN, DocumentKind
from scaffold.plan.template_settings import Kind
from scaffold.templates import teams
from scaffold.templates.sets import TemplateSet
from scaffold.templates.teams import Teams

KINDS: dict[str, DocumentKind] = {kind.command: kind for kind in (EXECUTION_TASK, SUBPLAN)}

DOCUMENT = "document.md.jinja"
"""The file of a set that a document begins with."""

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")


def for_option(default: Kind | None = "executions") -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Return the option that says which documents a template set is for."""
    meaning = "Which documents it is for." if default else "Only the sets for these documents."
    return click.option("--for", "kind", type=click.Choice([*KINDS]), default=default, show_default=True, help=meaning)


def here(kind: Kind) -> Teams:
    """Return the template sets of the workspace that the current directory is in."""
    return teams.of(KINDS[kind], Path())


def layers_text(template: TemplateSet) -> str:
    """Return the layers in words, the topmost first: `security (templates/security) over built-in`."""
    return " over ".join(
        layer.name if layer.trusted else f"{layer.name} ({layer.shown})" if layer.name else layer.shown
        for layer in template.layers
    )
