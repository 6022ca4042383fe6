"""`scaffold template`: what helps in writing template sets; each command below it is a module of its own."""

import click

from scaffold.commands.template.check import check
from scaffold.commands.template.export import export
from scaffold.commands.template.new import new
from scaffold.commands.template.variables import variables
from scaffold.commands.template.which import which


@click.group()
def template() -> None:
    """Look up, check and write template sets."""


for below in (check, export, new, variables, which):
    template.add_command(below)
