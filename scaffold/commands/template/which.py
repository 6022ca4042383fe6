"""`scaffold template which`: the template set of each achievement, what chose it, and the layers of its sections."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, TypedDict, Unpack

import click

from scaffold import report, terminal
from scaffold.commands._created_data import ChosenTemplateData
from scaffold.commands._paging import NO_PAGE, PageData, PageOptions, demand_json, page, page_options
from scaffold.commands._plan import note
from scaffold.commands._template import JSON, KINDS, for_option, layers_text
from scaffold.errors import Diagnostic, InvalidInput, UsageProblem
from scaffold.lazy.values import frozen
from scaffold.model import Json, Plan
from scaffold.names import is_achievement_id, printable
from scaffold.plan import workspace
from scaffold.plan.progress import Standing, progress_of
from scaffold.plan.selection import Selection, select
from scaffold.plan.template_settings import Kind
from scaffold.render.inspection import Inspected, inspect
from scaffold.report import table
from scaffold.shapes import AchievementId, Digest, PlanData, plan_data
from scaffold.templates import teams
from scaffold.templates.sets import Source
from scaffold.templates.teams import Choice


@click.command()
@click.argument("achievement_id", metavar="[ID]", required=False)
@click.argument("plan", required=False, type=click.Path(path_type=Path))
@for_option()
@page_options
@JSON
@click.pass_context
def which(
    context: click.Context,
    achievement_id: str | None,
    plan: Path | None,
    kind: Kind,
    as_json: bool,
    **options: Unpack[PageOptions],
) -> int:
    """Show which template set each achievement gets, and why.

    For an ID: the rule, the layers of the set, and for each section the layer and the file that it comes from.
    """
    if achievement_id is not None and not is_achievement_id(achievement_id):
        if plan is not None:
            hint = "name an achievement, such as 2.3, then the plan"
            raise UsageProblem.of("usage", f"{achievement_id}: expected the id of an achievement", hint=hint)
        plan, achievement_id = Path(achievement_id), None
    demand_json({**options, "as_json": as_json})
    found = look(note(context, plan or Path()), achievement_id, kind)
    if as_json:
        data = page(which_data(found), options, ("achievements",))
        terminal.show(report.envelope("template_which", data, found.refused, ok=not found.refused))
    else:
        terminal.show(which_text(found, terminal.columns()))
        terminal.tell(report.diagnostics_text(found.refused))
    return InvalidInput.exit_code if found.refused else 0


@frozen
class Chosen:
    """The achievements that were asked about, each with its choice; `inspected` is the set of a single one."""

    plan: Plan
    kind: Kind
    choices: tuple[tuple[Standing, Choice | None], ...]
    refused: tuple[Diagnostic, ...]
    inspected: Inspected | None


def look(argument: Path, achievement_id: str | None, kind: Kind) -> Chosen:
    """Work out which set each achievement gets, or one alone; raises InvalidInput, UsageProblem for an unknown id."""
    plan = workspace.read_plan(argument)
    progress = progress_of(plan)
    only = Selection("achievements", ids=(achievement_id,)) if achievement_id else None
    standings = tuple(select(progress, only, KINDS[kind])) if only else tuple(progress)
    sets = teams.of(KINDS[kind], plan.directory)
    choices: list[tuple[Standing, Choice | None]] = []
    refused: list[Diagnostic] = []
    for standing in standings:
        try:
            (choice,) = sets.choices(None, [(standing.achievement, standing.level)])
            choices.append((standing, choice))
        except InvalidInput as error:
            choices.append((standing, None))
            refused += error.diagnostics
    single = choices[0][1] if achievement_id else None
    inspected = inspect(sets.open(single.name), KINDS[kind].template) if single else None
    return Chosen(plan, kind, tuple(choices), tuple(refused), inspected)


class FileData(TypedDict):
    """A file of a template set, and the layer that it comes from."""

    name: str
    layer: str
    path: str
    extends: list[str]


class SetData(TypedDict):
    """A template set: its layers, the topmost first, and the file behind each name."""

    digest: Digest
    copier: str | None
    layers: list[str]
    files: list[FileData]
    data: dict[str, Json]


class ChosenData(TypedDict):
    """The template set of an achievement, null where the rules refuse it."""

    id: AchievementId
    title: str
    template: ChosenTemplateData | None


class TemplateWhichData(PlanData, PageData):
    """`data` of `scaffold template which --json`."""

    kind: Annotated[Kind, "which documents: `executions` or `subplans`"]
    achievements: Annotated[
        list[ChosenData],
        "`id`, `title`, `template` (`name` of the set and the `rule` that chose it; null where the rules refuse it)",
    ]
    set: Annotated[
        SetData | None,
        "for one ID: `digest`, `copier` (why it is rendered by copier, null where that is not needed), `layers` from "
        "the topmost down, `files` (`name` as templates call it, `layer`, `path`, and the layers that it `extends`) "
        "and `data`",
    ]


def which_data(found: Chosen) -> TemplateWhichData:
    """Return `data` of `scaffold template which --json`."""
    inspected = found.inspected
    return {
        **plan_data(found.plan.name, found.plan.document, found.plan.directory),
        "kind": found.kind,
        "achievements": [
            {
                "id": standing.id,
                "title": standing.achievement.title,
                "template": {"name": choice.name, "rule": choice.rule} if choice else None,
            }
            for standing, choice in found.choices
        ],
        **NO_PAGE,
        "set": {
            "digest": inspected.digest,
            "copier": inspected.copier,
            "layers": [layer.name or layer.shown for layer in inspected.template.layers],
            "files": [
                {
                    "name": name,
                    "layer": chain[0].layer.name,
                    "path": path_of(chain[0]),
                    "extends": [source.layer.name for source in chain[1:]],
                }
                for name, chain in files_of(inspected)
            ],
            "data": dict(inspected.template.data),
        }
        if inspected
        else None,
    }


def which_text(found: Chosen, columns: int | None) -> str:
    """Show the set of every achievement, or all about the set of one."""
    if not found.inspected:
        rows = [
            (
                standing.id,
                standing.achievement.title,
                choice.name if choice else "refused",
                choice.rule if choice else "",
            )
            for standing, choice in found.choices
        ]
        return table(("Achievement", "Title", "Template", "Chosen by"), rows, columns) + "\n"
    ((standing, choice),), inspected = found.choices, found.inspected
    files = [
        (name, path_of(chain[0]), ", ".join(source.layer.name for source in chain[1:]))
        for name, chain in files_of(inspected)
    ]
    lines = [
        printable(f"Achievement {standing.id} {standing.achievement.title}"),
        "",
        printable(f"Template: {choice.name if choice else ''}, chosen by {choice.rule if choice else ''}"),
        printable(f"Layers: {layers_text(inspected.template)}"),
        f"Digest: {inspected.digest[:12]}",
        *([printable(f"Rendered by copier, because {inspected.copier}")] if inspected.copier else []),
        *(printable(f"Data: {key} = {value}") for key, value in inspected.template.data.items()),
        "",
        table(("Section", "File", "Extends"), files, columns),
    ]
    return "\n".join(lines) + "\n"


def files_of(inspected: Inspected) -> Iterable[tuple[str, Sequence[Source]]]:
    """Yield each file of the topmost view by its name, with the files that it extends behind it.

    What gives documents their names is left out: no layer can have another.
    """
    below = tuple(f"{layer.name}/" for layer in inspected.template.layers if layer.name)
    for name in sorted(inspected.views):
        chain = inspected.chain(name)
        if chain and not name.startswith(below) and "{" not in name:
            yield name, chain


def path_of(source: Source) -> str:
    """Return the path of a file; for what comes with scaffold as templates call it."""
    return f"{source.layer.name}/{source.file}" if source.layer.trusted else source.path
