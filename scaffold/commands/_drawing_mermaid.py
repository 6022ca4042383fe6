"""A plan drawn as a Mermaid flowchart, for Markdown pages."""

import re
from collections.abc import Collection, Iterator

from scaffold.commands._drawing import (
    COLOURS,
    IMPLIED_COLOUR,
    Edge,
    edges_of,
    is_waiting,
    level_line,
    said_of,
    title_of,
)
from scaffold.errors import Diagnostic
from scaffold.lazy.patterns import regex
from scaffold.names import printable
from scaffold.plan.overview import Survey
from scaffold.plan.progress import Standing

_CHARACTERS = 50_000
_EDGES = 500
_MEANING = regex(r"""["#$%&*:;<>@\[\\\]^_`{|}~\u2060]""")
_PAIRS = regex(r"\\(?=n)|\$(?=\$)|:(?=fa-)|\ufb02(?=\u00b0)|\u00b6(?=\u00df)")


def mermaid(survey: Survey, following: Collection[str] = ()) -> str:
    """Draw a Mermaid flowchart: a subgraph for each level, dotted arrows from what is not done yet.

    What is ready has a thick border, what waits a dashed one, what is `following` next double sides. Arrows that others
    imply are grey.
    """
    lines = ["flowchart TD"]
    for level in survey.levels:
        lines += [f'  subgraph level_{level.level}["{_text(level_line(level))}"]']
        lines += [f"    {_box(row.standing, following)}:::{row.standing.state}" for row in level.rows]
        lines += ["  end"]
    edges = edges_of(survey)
    lines += [f"  {_node(edge.before)} {'-->' if edge.done else '-.->'} {_node(edge.after)}" for edge in edges]
    for state, (fill, border) in COLOURS.items():
        lines += [f"  classDef {state} fill:{fill},stroke:{border},color:#000000"]
    lines += ["  classDef ready stroke-width:4px", "  classDef waiting stroke-dasharray:6 3"]
    lines += ["  classDef level fill:none,stroke:#8a8a8a"]
    lines += [f"  class {_node(row.standing.id)} ready" for row in survey.rows if row.standing.ready]
    lines += [f"  class {_node(row.standing.id)} waiting" for row in survey.rows if is_waiting(row.standing)]
    lines += [f"  class level_{level.level} level" for level in survey.levels]
    return "\n".join([*lines, *_looks(edges)]) + "\n"


def too_large(drawn: str) -> tuple[Diagnostic, ...]:
    """Warn of a Mermaid drawing that Mermaid, in its usual configuration, refuses to show."""
    edges = sum(1 for _ in re.finditer(r" (?:-->|-\.->) ", drawn))
    if len(drawn) <= _CHARACTERS and edges <= _EDGES:
        return ()
    message = f"this drawing has {len(drawn):,} characters and {edges:,} arrows; Mermaid shows "
    message += f"{_CHARACTERS:,} and {_EDGES} unless maxTextSize and maxEdges are raised"
    hint = "draw it with Graphviz: --format svg"
    return (Diagnostic("drawing_too_large", message, hint=hint, severity="warning"),)


def _node(achievement_id: str) -> str:
    return f"a{achievement_id.replace('.', '_')}"


def _box(standing: Standing, following: Collection[str]) -> str:
    title = f"{standing.id} {' '.join(title_of(standing).split())}"
    label = f'"{_text(title)}<br/>{said_of(standing, following)}"'
    return f"{_node(standing.id)}[[{label}]]" if standing.id in following else f"{_node(standing.id)}[{label}]"


def _text(text: str) -> str:
    r"""Write every character that could mean something to Mermaid, to HTML or to Markdown as its number: `#34;`.

    `\n` (a line break), `$$` (a formula) and `:fa-` (an icon) mean something even as numbers: an invisible joiner
    parts them. So it does the two pairs of letters that Mermaid itself writes in place of `&` and `;`.
    """
    shown = _PAIRS.sub("\\g<0>\u2060", printable(text))
    return _MEANING.sub(lambda found: f"#{ord(found[0])};", shown)


def _looks(edges: tuple[Edge, ...]) -> Iterator[str]:
    """Style arrows by their number: dotted ones thicker and with gaps that can be seen, implied ones grey."""
    numbers: dict[str, list[str]] = {}
    for at, edge in enumerate(edges):
        parts = (
            f"stroke:{IMPLIED_COLOUR}" if edge.implied else "",
            "" if edge.done else "stroke-width:2px,stroke-dasharray:6 4",
        )
        if look := ",".join(part for part in parts if part):
            numbers.setdefault(look, []).append(str(at))
    for look, of in numbers.items():
        yield f"  linkStyle {','.join(of)} {look}"
