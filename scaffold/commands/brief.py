"""`scaffold brief`: the one text that whoever works on an achievement has to read."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, TypedDict

import click

from scaffold import clock, report, terminal
from scaffold.commands._brief import Material, gather, task_paths, to_do
from scaffold.commands._next import find_outdated
from scaffold.commands._plan import plan_argument
from scaffold.document.extract import Extract, LeftOut, fitted
from scaffold.document.fields import TITLE, one_line
from scaffold.errors import PrerequisitesMissing
from scaffold.names import SUBPLAN, invocation_for, printable, typed
from scaffold.plan import workspace
from scaffold.plan.actions import actions_for, claims_of, kept_by_claims
from scaffold.plan.progress import Progress, Standing, in_words, progress_of
from scaffold.plan.selection import Selection, select
from scaffold.shapes import AchievementId, AchievementState, Count, LineNumber, PlanData, RelativePath, plan_data
from scaffold.transaction.claims import Claims

_USUAL = 3000
_FEWEST = 500
"""Tokens in which the steps, and the names of what is left out, have room."""

_CHARACTERS = 4
"""As many as a token has, by rule of thumb."""

_ROUNDS = 12
"""How often a text is made shorter: what it leaves out then makes the document a little longer again."""


@click.command()
@click.argument("achievement_id", metavar="ID")
@plan_argument
@click.option(
    "--max-tokens",
    default=_USUAL,
    show_default=True,
    type=click.IntRange(min=_FEWEST),
    help="The answer has at most so many, of 4 characters each.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def brief(achievement_id: str, plan: Path, max_tokens: int, as_json: bool) -> int:
    """Print the one text that whoever works on ID has to read.

    How to finish it, the FIX, the newest EXECUTION_TASK, the PLAN's goal, constraints and context, what its
    dependencies deliver and what was learned there, and the files that others may be at work on. What has no room is
    named, the last first. --max-tokens holds for all of the answer, with --json for the whole document.
    """
    progress = progress_of(workspace.read_plan(plan))
    (standing,) = select(progress, Selection("achievements", ids=(achievement_id,)), SUBPLAN)
    claims = claims_of(progress, clock.now())
    if not task_paths(progress, standing):
        raise _nothing_to_read(progress, standing, claims)
    found = gather(progress, standing, claims)
    wider = typed(invocation_for("brief", standing.id, plan, "--max-tokens", str(4 * max_tokens)))
    warnings = (*progress.plan.diagnostics, *found.warnings, *claims.warnings)
    limit = max_tokens * _CHARACTERS
    head = _head(progress, standing)
    made_in = partial(_made, head, found, f"`{wider}`")
    if as_json:
        read = tuple(dict.fromkeys(each.path for each in found.excerpts if each.lines))

        def printed(made: Extract, left_out: int, read_count: int) -> str:
            data = brief_data(progress, standing, made, made.left_out[:left_out], read[:read_count])
            data["more"] = left_out < len(made.left_out) or read_count < len(read)
            return report.envelope("brief", data, warnings, ok=True)

        terminal.show(_within(limit, len(head), made_in, printed, len(read)))
    else:
        terminal.tell(report.diagnostics_text(warnings))
        terminal.show(made_in(limit).text)
    return 0


def _made(head: str, found: Material, wider: str, room: int) -> Extract:
    return fitted(head, found.excerpts, room, wider, found.unread, found.note)


def _within(
    limit: int,
    head: int,
    made_in: Callable[[int], Extract],
    printed: Callable[[Extract, int, int], str],
    read: int,
) -> str:
    """Return the JSON document with all of the text that leaves it within the limit.

    Where the steps, which have `head` characters, would have no room otherwise, the lists give way, the last first.
    """
    room = limit
    made = made_in(room)
    left_out = len(made.left_out)
    document = printed(made, left_out, read)
    for least in (head + limit // _CHARACTERS, 0):
        for _ in range(_ROUNDS):
            over = len(document) - limit
            if over <= 0 or room <= least:
                break
            room = max(least, min(room, len(made.text)) - over)
            made = made_in(room)
            left_out = len(made.left_out) if least else 0
            document = printed(made, left_out, read)
        while len(document) > limit and left_out + read > 0:
            left_out, read = (left_out - 1, read) if left_out else (0, read - 1)
            document = printed(made, left_out, read)
    return document


def _head(progress: Progress, standing: Standing) -> str:
    title = one_line(standing.achievement.title, TITLE)
    lines = [f"Achievement {standing.id} {title}, {in_words(standing.state)}: plan {progress.plan.name}", ""]
    lines += [f"{number}. {step}" for number, step in enumerate(to_do(progress, standing), 1)]
    return "".join(f"{printable(line)}\n" for line in lines)


def _nothing_to_read(progress: Progress, standing: Standing, claims: Claims) -> PrerequisitesMissing:
    message = f"achievement {standing.id} has no EXECUTION_TASK yet"
    action = next(actions_for(progress, standing.id, find_outdated, claims), None)
    words = action.command if action else None
    hint = action.text if action else kept_by_claims(progress, standing.id, claims)
    hint = hint or f"nothing is left to do: it is {in_words(standing.state)}"
    if words:
        hint += f": `{typed(words)}`"
    return PrerequisitesMissing.of("nothing_to_carry_out", message, hint=hint, achievement=standing.id, command=words)


class StretchData(TypedDict):
    """What has no room in a brief."""

    path: RelativePath
    first: Annotated[LineNumber | None, "the first line that is left out, null where it is all of the file"]
    last: Annotated[LineNumber | None, "the last line that is left out, null where it is all of the file"]


class BriefData(PlanData):
    """`data` of `scaffold brief --json`."""

    id: Annotated[AchievementId, "the achievement that it is about"]
    title: Annotated[str, "its title"]
    state: Annotated[AchievementState, "its state"]
    text: Annotated[str, "all of the brief, as it is printed without `--json`"]
    tokens: Annotated[Count, "of `text`, 4 characters each; the whole document has at most `--max-tokens`"]
    left_out: Annotated[list[StretchData], "what has no room: `path`, and the lines from `first` to `last`"]
    read: Annotated[list[RelativePath], "the files that it was made from, the most needed first"]
    more: Annotated[bool, "whether `left_out` or `read` are longer: they have no room for all within `--max-tokens`"]


def brief_data(
    progress: Progress, standing: Standing, made: Extract, left_out: Sequence[LeftOut], read: Sequence[str]
) -> BriefData:
    """Return `data` of `scaffold brief --json`, with so much of what is left out and of what was read."""
    plan = progress.plan
    return {
        **plan_data(plan.name, plan.document, plan.directory),
        "id": standing.id,
        "title": standing.achievement.title,
        "state": standing.state,
        "text": made.text,
        "tokens": -(-len(made.text) // _CHARACTERS),
        "left_out": [{"path": each.path, "first": each.first, "last": each.last} for each in left_out],
        "read": list(read),
        "more": False,
    }
