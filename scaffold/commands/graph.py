"""`scaffold graph`: the levels of a plan, drawn for a terminal, as a picture, as Mermaid, as DOT, and as data."""

from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, TypedDict, Unpack

import click

from scaffold import report, terminal
from scaffold.commands._drawing import edges_of
from scaffold.commands._drawing_dot import dot
from scaffold.commands._drawing_mermaid import mermaid, too_large
from scaffold.commands._drawing_svg import svg
from scaffold.commands._drawing_text import text
from scaffold.commands._next import find_outdated
from scaffold.commands._paging import NO_PAGE, PageData, PageOptions, demand_json, page, page_options
from scaffold.commands._plan import place_data, plan_argument
from scaffold.commands.status import StandingData, standing_data
from scaffold.errors import Diagnostic, ScaffoldError
from scaffold.lazy.values import replace
from scaffold.plan import overview
from scaffold.plan.actions import next_actions
from scaffold.plan.levels import too_large as too_large_to_imply
from scaffold.plan.overview import Survey
from scaffold.shapes import AchievementId, Count, PlanData, plan_data

_ARROW = 70
"""Characters that an arrow takes in JSON."""
_LAYOUTS = ["text", "svg", "mermaid", "dot", "json"]


@click.command()
@plan_argument
@click.option("--format", "layout", type=click.Choice(_LAYOUTS), default="text", help="svg needs Graphviz.")
@page_options
@click.option("--json", "layout", flag_value="json", help="Same as --format json.")
def graph(plan: Path, layout: str, **options: Unpack[PageOptions]) -> int:
    """Draw the dependency levels of a plan, with every state.

    svg is a picture, which Graphviz lays out where it is installed: `scaffold graph --format svg > plan.svg`. mermaid
    is for Markdown pages, dot for Graphviz itself.
    """
    demand_json({**options, "as_json": layout == "json"})
    try:
        found = overview.take(plan)
    except ScaffoldError as error:
        if layout != "json":
            raise
        terminal.show(report.envelope("error", place_data(plan), error.diagnostics, ok=False))
        return error.exit_code
    warnings = found.warnings + (() if layout == "text" else not_sought(found))
    match layout:
        case "json":
            drawn = report.envelope("graph", _page(data(found), options), warnings, ok=True)
        case "svg":
            following, text_of_it = to_do_next(found)
            drawn = svg(found, following, text_of_it)
        case "mermaid":
            drawn = mermaid(found, to_do_next(found)[0])
            warnings += too_large(drawn)
        case "dot":
            drawn = dot(found, to_do_next(found)[0])
        case _:
            drawn = text(found, terminal.columns())
    if layout != "json":
        terminal.tell(report.diagnostics_text(warnings))
    terminal.show(drawn)
    return 0


def to_do_next(survey: Survey) -> tuple[Collection[str], str]:
    """Return the achievements that are to be worked on next, and what to do: what `scaffold next` has first.

    A picture travels: commands are said as they are called inside of the plan.
    """
    progress = replace(survey.progress, plan=replace(survey.plan, argument=Path()))
    first = next(next_actions(progress, find_outdated=find_outdated), None)
    return (first.ids, first.text) if first else ((), "")


class GraphLevelData(TypedDict):
    """A level and what is on it."""

    level: Count
    achievements: list[AchievementId]


EdgeData = TypedDict("EdgeData", {"from": AchievementId, "to": AchievementId, "done": bool, "implied": bool})


class NodeData(StandingData):
    """An achievement as a drawing has it."""

    dependencies_open: bool


class GraphData(PlanData, PageData):
    """`data` of `scaffold graph --json`."""

    levels: Annotated[list[GraphLevelData], "from 0 up: `level`, `achievements` (ids)"]
    nodes: Annotated[
        list[NodeData],
        "by level and id: `id`, `title`, `level`, `state`, `ready`; `dependencies_open`: it is not done, and nobody "
        "has stated them all",
    ]
    edges: Annotated[
        list[EdgeData],
        "`from` a dependency `to` what needs it; `done`: the dependency is; `implied`: other edges say so too "
        "(false for all where a warning `implied_not_sought` says so)",
    ]


def data(survey: Survey) -> GraphData:
    """Return `data` of `scaffold graph --json`: nodes by level and id, and an edge from each dependency."""
    return {
        **plan_data(survey.plan.name, survey.plan.document, survey.plan.directory),
        "levels": [
            {"level": level.level, "achievements": [row.standing.id for row in level.rows]} for level in survey.levels
        ],
        "nodes": [{**standing_data(row.standing), "dependencies_open": row.standing.is_open} for row in survey.rows],
        **NO_PAGE,
        "edges": [
            {"from": edge.before, "to": edge.after, "done": edge.done, "implied": edge.implied}
            for edge in edges_of(survey)
        ],
    }


def _page(data: GraphData, options: PageOptions) -> GraphData:
    """Return the part of the nodes that the options ask for, with the arrows that lead there, and their levels."""
    arrows = Counter(edge["to"] for edge in data["edges"])
    part = page(data, options, ("nodes",), beside={id_: _ARROW * count for id_, count in arrows.items()})
    shown = {node["id"] for node in part["nodes"]}
    levels: list[GraphLevelData] = [
        {"level": level["level"], "achievements": [id_ for id_ in level["achievements"] if id_ in shown]}
        for level in part["levels"]
    ]
    edges = [edge for edge in part["edges"] if edge["to"] in shown]
    return {**part, "levels": [level for level in levels if level["achievements"]], "edges": edges}


def not_sought(survey: Survey) -> tuple[Diagnostic, ...]:
    """Warn of a plan with so many arrows that it was not determined which of them others imply."""
    if not too_large_to_imply(survey.plan.achievements):
        return ()
    count = sum(len(row.standing.achievement.dependencies) for row in survey.rows)
    message = f"it was not determined which of the {count:,} arrows are implied by others: all are drawn alike"
    hint = "no arrow is missing; in a smaller plan, implied arrows are grey"
    return (Diagnostic("implied_not_sought", message, hint=hint, severity="warning"),)
