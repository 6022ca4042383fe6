"""A plan drawn as a DOT digraph, for Graphviz."""

import textwrap
from collections.abc import Collection
from itertools import pairwise

from scaffold.commands._drawing import COLOURS, IMPLIED_COLOUR, LABEL_WIDTH, edges_of, is_waiting, said_of, title_of
from scaffold.names import printable
from scaffold.plan.overview import Survey
from scaffold.plan.progress import Standing

_LEGEND = r"thick border: ready   double border: next   dashed border: waits   grey arrow: others say so too"


def dot(survey: Survey, following: Collection[str] = ()) -> str:
    """Draw a DOT digraph for Graphviz: one rank for each level, dashed arrows from what is not done yet.

    What is ready has a thick border, what waits a dashed one, what is `following` next a double one. Arrows that others
    imply are grey.
    """
    label = f'"{_text(f"Plan {survey.plan.name}")}\\n{_LEGEND}"'
    lines = [
        f"digraph {_quoted(survey.plan.name)} {{",
        f"  graph [label={label}, labelloc=t, fontname=Helvetica, fontsize=14];",
        '  node [shape=box, style="rounded,filled", fontname=Helvetica, fontsize=12, margin="0.2,0.1"];',
    ]
    for level in survey.levels:
        name = _quoted(f"Level {level.level}")
        lines += ["  {", "    rank=same;", f'    {name} [shape=plaintext, style="", fontsize=16];']
        lines += [f"    {_quoted(row.standing.id)} [{_look(row.standing, following)}];" for row in level.rows]
        lines += ["  }"]
    for above, below in pairwise(survey.levels):
        lines += [f"  {_quoted(f'Level {above.level}')} -> {_quoted(f'Level {below.level}')} [style=invis];"]
    for edge in edges_of(survey):
        colour = IMPLIED_COLOUR if edge.implied else "#333333"
        look = f'color="{colour}", style={"solid" if edge.done else "dashed"}, weight={0 if edge.implied else 1}'
        lines += [f"  {_quoted(edge.before)} -> {_quoted(edge.after)} [{look}];"]
    return "\n".join([*lines, "}"]) + "\n"


def _look(standing: Standing, following: Collection[str]) -> str:
    fill, border = COLOURS[standing.state]
    title = textwrap.wrap(f"{standing.id} {title_of(standing)}", LABEL_WIDTH)
    label = r"\n".join(_text(line) for line in (*title, said_of(standing, following)))
    look = f'label="{label}", fillcolor="{fill}", color="{border}", penwidth={3 if standing.ready else 1}'
    look += ', style="rounded,filled,dashed"' if is_waiting(standing) else ""
    return look + (", peripheries=2" if standing.id in following else "")


def _quoted(text: str) -> str:
    return f'"{_text(text)}"'


def _text(text: str) -> str:
    r"""Keep `\N`, `"` and `&lt;` what they are: inside quotes Graphviz reads escapes and HTML entities."""
    return printable(text).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
