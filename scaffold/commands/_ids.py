"""Achievements named beside the plan, as in `scaffold executions 1.2 2.2 PLAN`: which word is what."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.core import ParameterSource

from scaffold.commands._plan import note
from scaffold.errors import UsageProblem
from scaffold.names import is_achievement_id, listed

IDS_AND_PLAN = click.argument("plan", nargs=-1, metavar="[ID]... [PLAN]", type=click.Path())

ACHIEVEMENT = "--achievement"


def achievement_option(meaning: str) -> Callable[[click.decorators.FC], click.decorators.FC]:
    """Return the option that names an achievement, wherever a path could be meant too; `meaning` is its help."""
    return click.option(ACHIEVEMENT, "ids", multiple=True, metavar="ID", help=meaning)


class NamingAchievements(click.Command):
    """A command with `IDS_AND_PLAN` and `achievement_option`: ids among the words count as if the option named them.

    So whoever writes a command line down, in a record or a preview, writes one that means the same from anywhere.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; raises UsageProblem for more than one PLAN, and for what is both an id and a path."""
        rest = super().parse_args(ctx, args)
        if ctx.resilient_parsing:  # a shell asks how the line could go on
            return rest
        ids, plan = told_apart(ctx.params["plan"])
        if ids:
            ctx.params["ids"] = (*ctx.params["ids"], *ids)
            ctx.set_parameter_source("ids", ParameterSource.COMMANDLINE)
        if plan is None:
            ctx.set_parameter_source("plan", ParameterSource.DEFAULT)
        ctx.params["plan"] = note(ctx, Path(plan or "."))
        return rest


def told_apart(words: Iterable[str]) -> tuple[tuple[str, ...], str | None]:
    """Return the ids among words, and the one that names the plan, None without one; raises UsageProblem."""
    ids: list[str] = []
    plans: list[str] = []
    for word in words:
        (ids if is_achievement_id(word) else plans).append(word)
    for word in ids:
        if os.path.lexists(word):
            what = "directory" if os.path.isdir(word) else "file"  # noqa: PTH112 - as the word was typed
            message = f"{word} could be an achievement, or the {what} of this name"
            hint = f"write {ACHIEVEMENT} {word} for the achievement, ./{word} for the {what}"
            raise UsageProblem.of("usage", message, hint=hint)
    if len(plans) > 1:
        message = f"one PLAN is expected, and these would be {len(plans)}: {listed(plans)}"
        raise UsageProblem.of("usage", message, hint="an id is numbers joined by dots, such as 2.3")
    return tuple(ids), plans[0] if plans else None
