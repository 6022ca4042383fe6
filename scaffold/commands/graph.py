"""`scaffold graph`: the levels of a plan, drawn for a terminal, as Mermaid, as DOT, and as data.

Every drawing says the state of an achievement in a word or a mark, never by colour alone, and shows what plans say as
it is: no title can end a label, start a comment or drive a terminal.
"""

import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated, TypedDict, Unpack

import click

from scaffold import report, terminal
from scaffold.commands._paging import PageData, PageOptions, demand_json, page, page_options
from scaffold.commands._plan import place_data, plan_argument
from scaffold.commands.status import StandingData, standing_data
from scaffold.errors import Diagnostic, ScaffoldError
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.model import State
from scaffold.names import counted, printable
from scaffold.plan import overview
from scaffold.plan.levels import implied
from scaffold.plan.levels import too_large as too_large_to_imply
from scaffold.plan.overview import Level, Survey
from scaffold.plan.progress import NOT_STATED, Standing, in_words, state_line
from scaffold.shapes import AchievementId, Count, PlanData, plan_data

_LAYOUTS = ["text", "mermaid", "dot", "json"]
_MARKS: dict[State, str] = {
    "complete": "x",
    "skipped": "-",
    "needs_fix": "!",
    "fix_in_progress": "+",
    "in_review": "?",
    "in_progress": "/",
    "blocked": "#",
    "execution_created": ">",
    "subplan_unfilled": ".",
    "subplan_created": "~",
    "not_started": " ",
}
_COLOURS: dict[State, tuple[str, str]] = {
    "complete": ("#d7f0dd", "#2e7d46"),
    "skipped": ("#eeeeee", "#8a8a8a"),
    "needs_fix": ("#fbdcd9", "#b3261e"),
    "fix_in_progress": ("#fde6d8", "#a8521f"),
    "in_review": ("#e6def7", "#5b3fa0"),
    "in_progress": ("#cfe8f5", "#13678f"),
    "blocked": ("#f5d0e3", "#9c1f5f"),
    "execution_created": ("#d8e8fb", "#1f5fa8"),
    "subplan_unfilled": ("#fff8e6", "#9a7400"),
    "subplan_created": ("#fdf1cf", "#9a7400"),
    "not_started": ("#ffffff", "#6b6b6b"),
}
"""Fill and border of each state; black text on every one of these fills has a contrast above 12:1."""
_LABEL_WIDTH = 28
_MERMAID_CHARACTERS = 50_000
_MERMAID_EDGES = 500
_MERMAID_MEANING = regex(r"""["#$%&*:;<>@\[\\\]^_`{|}~\u2060]""")
_MERMAID_PAIRS = regex(r"\\(?=n)|\$(?=\$)|:(?=fa-)|\ufb02(?=\u00b0)|\u00b6(?=\u00df)")
_LONGEST_TITLE = 1000
"""Of a longer title a drawing shows the beginning; folding a word of megabytes takes forever."""
_IMPLIED_COLOUR = "#aaaaaa"


@click.command()
@plan_argument
@click.option("--format", "layout", type=click.Choice(_LAYOUTS), default="text", help="dot is for Graphviz.")
@page_options
@click.option("--json", "layout", flag_value="json", help="Same as --format json.")
def graph(plan: Path, layout: str, **options: Unpack[PageOptions]) -> int:
    """Draw the dependency levels of a plan, with every state.

    For a picture: `scaffold graph --format dot | dot -Tsvg -o plan.svg`. Mermaid is for Markdown pages.
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
        case "mermaid":
            drawn = mermaid(found)
            warnings += too_large(drawn)
        case "dot":
            drawn = dot(found)
        case _:
            drawn = text(found, terminal.columns())
    if layout != "json":
        terminal.tell(report.diagnostics_text(warnings))
    terminal.show(drawn)
    return 0


@frozen
class Edge:
    """An arrow to an achievement from one it depends on. `implied`: other arrows lead there as well."""

    before: str
    after: str
    done: bool
    implied: bool


def text(survey: Survey, columns: int | None) -> str:
    """Draw the levels as a list: every achievement with its state, its title and what it depends on.

    `columns` is the width of the terminal, None without one: then no line is folded.
    """
    rows = survey.rows
    done = {row.standing.id for row in rows if row.standing.is_done}
    width = max((len(row.standing.id) for row in rows), default=0)
    lines = [f"Plan {printable(survey.plan.name)}: {len(done)} of {counted(len(rows), 'achievement')} done", ""]
    for level in survey.levels:
        lines += [
            _level_line(level),
            *(_achievement_line(row.standing, done, width, columns) for row in level.rows),
            "",
        ]
    return "\n".join(lines + _legend(survey, columns)) + "\n"


def mermaid(survey: Survey) -> str:
    """Draw a Mermaid flowchart: a subgraph for each level, dotted arrows from what is not done yet.

    Arrows that others imply are grey.
    """
    lines = ["flowchart TD"]
    for level in survey.levels:
        lines += [f'  subgraph level_{level.level}["Level {level.level}"]']
        lines += [
            f'    {_node(row.standing.id)}["{_mermaid_label(row.standing)}"]:::{row.standing.state}'
            for row in level.rows
        ]
        lines += ["  end"]
    edges = _edges(survey)
    lines += [f"  {_node(edge.before)} {'-->' if edge.done else '-.->'} {_node(edge.after)}" for edge in edges]
    for state, (fill, border) in _COLOURS.items():
        lines += [f"  classDef {state} fill:{fill},stroke:{border},color:#000000"]
    lines += ["  classDef ready stroke-width:4px", "  classDef level fill:#fafafa,stroke:#cccccc,color:#000000"]
    lines += [f"  class {_node(row.standing.id)} ready" for row in survey.rows if row.standing.ready]
    lines += [f"  class level_{level.level} level" for level in survey.levels]
    return "\n".join([*lines, *_mermaid_looks(edges)]) + "\n"


def dot(survey: Survey) -> str:
    """Draw a DOT digraph for Graphviz: one rank for each level, dashed arrows from what is not done yet.

    Arrows that others imply are grey.
    """
    lines = [
        f"digraph {_quoted(survey.plan.name)} {{",
        f"  graph [label={_quoted(f'Plan {survey.plan.name}')}, labelloc=t, fontname=Helvetica, fontsize=20];",
        '  node [shape=box, style="rounded,filled", fontname=Helvetica, fontsize=12, margin="0.2,0.1"];',
    ]
    for level in survey.levels:
        name = _quoted(f"Level {level.level}")
        lines += ["  {", "    rank=same;", f'    {name} [shape=plaintext, style="", fontsize=16];']
        lines += [f"    {_quoted(row.standing.id)} [{_dot_look(row.standing)}];" for row in level.rows]
        lines += ["  }"]
    for above, below in pairwise(survey.levels):
        lines += [f"  {_quoted(f'Level {above.level}')} -> {_quoted(f'Level {below.level}')} [style=invis];"]
    for edge in _edges(survey):
        colour = _IMPLIED_COLOUR if edge.implied else "#333333"
        look = f'color="{colour}", style={"solid" if edge.done else "dashed"}, weight={0 if edge.implied else 1}'
        lines += [f"  {_quoted(edge.before)} -> {_quoted(edge.after)} [{look}];"]
    return "\n".join([*lines, "}"]) + "\n"


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
        "total": len(survey.rows),
        "more": False,
        "edges": [
            {"from": edge.before, "to": edge.after, "done": edge.done, "implied": edge.implied}
            for edge in _edges(survey)
        ],
    }


def _page(data: GraphData, options: PageOptions) -> GraphData:
    """Return the part of the nodes that the options ask for, with the arrows that lead there, and their levels."""
    part = page(data, options, ("nodes",))
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


def too_large(drawn: str) -> tuple[Diagnostic, ...]:
    """Warn of a Mermaid drawing that Mermaid, in its usual configuration, refuses to show."""
    edges = sum(1 for _ in re.finditer(r" (?:-->|-\.->) ", drawn))
    if len(drawn) <= _MERMAID_CHARACTERS and edges <= _MERMAID_EDGES:
        return ()
    message = f"this drawing has {len(drawn):,} characters and {edges:,} arrows; Mermaid shows "
    message += f"{_MERMAID_CHARACTERS:,} and {_MERMAID_EDGES} unless maxTextSize and maxEdges are raised"
    hint = "draw it with Graphviz: --format dot"
    return (Diagnostic("drawing_too_large", message, hint=hint, severity="warning"),)


def _edges(survey: Survey) -> tuple[Edge, ...]:
    done = {row.standing.id for row in survey.rows if row.standing.is_done}
    by_others = implied(survey.plan.achievements)
    return tuple(
        Edge(before, row.standing.id, before in done, (before, row.standing.id) in by_others)
        for row in survey.rows
        for before in row.standing.achievement.dependencies
    )


def _title(standing: Standing) -> str:
    title = standing.achievement.title
    return title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE]}…"


# --- text -----------------------------------------------------------------------------------------------------------


def _level_line(level: Level) -> str:
    done, ready = sum(row.standing.is_done for row in level.rows), sum(row.standing.ready for row in level.rows)
    return f"Level {level.level}: {done} of {len(level.rows)} done" + (f", {ready} ready" if ready else "")


def _achievement_line(standing: Standing, done: set[str], width: int, columns: int | None) -> str:
    """Return the line of an achievement, folded below its title; `width` is that of the longest id."""
    head = f"{'*' if standing.ready else ' '} [{_MARKS[standing.state]}] {standing.id:<{width}}  "
    body = "  ".join(part for part in (printable(_title(standing)), _after(standing, done)) if part)
    return _folded(head + body, columns, len(head))


def _after(standing: Standing, done: set[str]) -> str:
    """Name the dependencies, first what keeps the achievement from being ready, last whether they are all."""
    before = standing.achievement.dependencies
    waiting = [id_ for id_ in before if id_ not in done and not standing.is_done]
    rest = [id_ for id_ in before if id_ in done or standing.is_done]
    parts = [f"waits for {', '.join(waiting)}"] if waiting else []
    parts += [f"after {', '.join(rest)}"] if rest else []
    parts += [NOT_STATED] if standing.is_open else []
    return f"({'; '.join(parts)})" if parts else ""


def _legend(survey: Survey, columns: int | None) -> list[str]:
    """Return what the marks that are drawn mean."""
    drawn = {row.standing.state for row in survey.rows}
    states = "   ".join(f"[{mark}] {in_words(state)}" for state, mark in _MARKS.items() if state in drawn)
    return [_folded(states, columns, 0), _folded("* ready: everything it depends on is done", columns, 2)]


def _folded(line: str, columns: int | None, indent: int) -> str:
    if columns is None:
        return line
    return "\n".join(report.folded(line, max(columns, indent + 20), " " * indent))


# --- Mermaid and DOT ------------------------------------------------------------------------------------------------


def _node(achievement_id: str) -> str:
    return f"a{achievement_id.replace('.', '_')}"


def _mermaid_label(standing: Standing) -> str:
    title = f"{standing.id} {' '.join(_title(standing).split())}"
    return f"{_mermaid_text(title)}<br/>{state_line(standing)}"


def _mermaid_text(text: str) -> str:
    r"""Write every character that could mean something to Mermaid, to HTML or to Markdown as its number: `#34;`.

    `\n` (a line break), `$$` (a formula) and `:fa-` (an icon) mean something even as numbers: an invisible joiner
    parts them. So it does the two pairs of letters that Mermaid itself writes in place of `&` and `;`.
    """
    shown = _MERMAID_PAIRS.sub("\\g<0>\u2060", printable(text))
    return _MERMAID_MEANING.sub(lambda found: f"#{ord(found[0])};", shown)


def _mermaid_looks(edges: tuple[Edge, ...]) -> Iterator[str]:
    """Style arrows by their number: dotted ones thicker, because they are hard to see, and implied ones grey."""
    numbers: dict[str, list[str]] = {}
    for at, edge in enumerate(edges):
        parts = (f"stroke:{_IMPLIED_COLOUR}" if edge.implied else "", "" if edge.done else "stroke-width:2px")
        if look := ",".join(part for part in parts if part):
            numbers.setdefault(look, []).append(str(at))
    for look, of in numbers.items():
        yield f"  linkStyle {','.join(of)} {look}"


def _dot_look(standing: Standing) -> str:
    fill, border = _COLOURS[standing.state]
    title = textwrap.wrap(f"{standing.id} {_title(standing)}", _LABEL_WIDTH)
    label = r"\n".join(_dot_text(line) for line in (*title, state_line(standing)))
    width = 3 if standing.ready else 1
    return f'label="{label}", fillcolor="{fill}", color="{border}", penwidth={width}'


def _quoted(text: str) -> str:
    return f'"{_dot_text(text)}"'


def _dot_text(text: str) -> str:
    r"""Keep `\N`, `"` and `&lt;` what they are: inside quotes Graphviz reads escapes and HTML entities."""
    return printable(text).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
