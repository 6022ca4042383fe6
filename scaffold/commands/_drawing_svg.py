"""A plan drawn as an SVG: boxes in rows, a band for each level, a legend; readable in light, in dark, without colour.

What is placed by Graphviz is drawn here: no text of a plan goes through its syntax, and none comes back from it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from scaffold.commands._drawing import COLOURS, MARKS, Edge, edges_of, folded, is_waiting, said_of, span, title_of
from scaffold.commands._graphviz import Box, Layout, Point, lay_out
from scaffold.lazy.values import frozen
from scaffold.model import State
from scaffold.names import counted, printable
from scaffold.plan.overview import Level, Survey
from scaffold.plan.progress import Standing, in_words

_PER_ROW = 8
"""Most boxes side by side: a level with more takes several rows, so that a picture stays as wide as a page."""

_BOX = 212
_PADDING = 10
_LINE = 15
_TITLE_LINES = 4
_SECOND = 4
"""How far the second border of what is next lies outside of the first."""
_MARGIN = 24
_STRIP = 22
"""Room at the top of a band, for what is said of its level."""
_AGAIN = 1600
"""After so many units it is said again: who looks at a part of a wide picture must see on which level it is."""
_LEAST = 820
"""How wide a picture is at least, so that the legend has room."""
_FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif"

_LIGHT = {"page": "#ffffff", "band": "#f3f5f7", "text": "#1f2328", "soft": "#57606a", "past": "#9aa4ae"}
_DARK = {"page": "#0d1117", "band": "#161d26", "text": "#e6edf3", "soft": "#a8b3bf", "past": "#5d6772"}
_DARK_STATES: dict[State, tuple[str, str]] = {
    "complete": ("#12301f", "#4fb877"),
    "skipped": ("#23282e", "#8f99a3"),
    "needs_fix": ("#3f1815", "#ff8f86"),
    "fix_in_progress": ("#3a2413", "#f0a55f"),
    "in_review": ("#281f45", "#b79df5"),
    "in_progress": ("#0e2d3d", "#5cb9e8"),
    "blocked": ("#3d132b", "#f48cc1"),
    "execution_created": ("#10274a", "#7ab5ff"),
    "subplan_unfilled": ("#2a230c", "#c9a83a"),
    "subplan_created": ("#362c0d", "#e0bb45"),
    "not_started": ("#0d1117", "#8f99a3"),
}
"""Fill and border of each state on a dark page; light text on every one of these fills has a contrast above 10:1."""


@frozen
class _Drawn:
    """An achievement to be drawn: its title in lines, and what is said of its state."""

    standing: Standing
    title: tuple[str, ...]
    said: str
    is_next: bool

    @property
    def box(self) -> Box:
        """The room that it takes."""
        more = 2 * _SECOND if self.is_next else 0
        return Box(self.standing.id, _BOX + more, 2 * _PADDING + _LINE * (len(self.title) + 2) + more)


def svg(survey: Survey, following: Collection[str] = (), next_text: str = "") -> str:
    """Draw an SVG; `following` are the achievements to work on next, `next_text` says what to do.

    Arrows that others imply are left out. Raises InvalidInput where Graphviz cannot lay it out.
    """
    drawn = {row.standing.id: _drawn(row.standing, following) for row in survey.rows}
    edges = tuple(edge for edge in edges_of(survey) if not edge.implied)
    left_out = sum(len(row.standing.achievement.dependencies) for row in survey.rows) - len(edges)
    rows = [row for level in survey.levels for row in _rows(level)]
    boxes = [[drawn[id_].box for id_ in row] for row in rows]
    layout = lay_out(boxes, [(edge.before, edge.after) for edge in edges]) if boxes else Layout(0, 0, {}, {})
    width = max(_LEAST, layout.width + 2 * _MARGIN)
    top, head = _head(survey, drawn.values(), next_text, left_out, width)
    bands = _bands(survey.levels, drawn, layout)
    height = top + layout.height + _MARGIN
    x = (width - layout.width) / 2
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="{_FONT}" font-size="12" '
            'role="graphics-document" aria-labelledby="scaffold-title scaffold-description">',
            f'<title id="scaffold-title">{_text(_summary(survey))}</title>',
            f'<desc id="scaffold-description">{_text(_description(survey, next_text))}</desc>',
            f"<style>{_style()}</style>",
            *_markers(),
            f'<rect class="page" width="{width:.0f}" height="{height:.0f}" fill="{_LIGHT["page"]}"/>',
            *head,
            f'<g transform="translate(0 {top:.0f})">',
            *(_band(band, width) for _, band in bands[::2]),
            f'<g transform="translate({x:.1f} 0)">',
            *(_arrow(edge, layout.curves, drawn) for edge in edges),
            *(line for each in drawn.values() for line in _box(each, layout.centres[each.standing.id])),
            "</g>",
            *(word for at, (level, band) in enumerate(bands) for word in _heading(level, band[0], width, at)),
            "</g>",
            "</svg>",
            "",
        )
    )


def _drawn(standing: Standing, following: Collection[str]) -> _Drawn:
    lines = folded(printable(" ".join(title_of(standing).split())), _BOX - 2 * _PADDING)
    if len(lines) > _TITLE_LINES:
        lines = [*lines[: _TITLE_LINES - 1], f"{lines[_TITLE_LINES - 1][:-1]}…"]
    return _Drawn(standing, tuple(lines), said_of(standing, following), standing.id in following)


def _rows(level: Level) -> Iterator[list[str]]:
    """Yield the ids of a level in rows of about the same length."""
    ids = [row.standing.id for row in level.rows]
    count = -(-len(ids) // _PER_ROW)
    each = -(-len(ids) // count)
    yield from (ids[at : at + each] for at in range(0, len(ids), each))


def _bands(
    levels: Sequence[Level], drawn: Mapping[str, _Drawn], layout: Layout
) -> list[tuple[Level, tuple[float, float]]]:
    """Return each level with top and bottom of its band, which begins a strip above its boxes."""
    spans = []
    for level in levels:
        boxes = [(layout.centres[row.standing.id][1], drawn[row.standing.id].box.height) for row in level.rows]
        spans.append((min(y - height / 2 for y, height in boxes), max(y + height / 2 for y, height in boxes)))
    tops = [top - _STRIP for top, _ in spans]
    ends = [*tops, layout.height + _MARGIN / 2][1:]
    return list(zip(levels, zip(tops, ends, strict=True), strict=True))


# --- what is said ---------------------------------------------------------------------------------------------------


def _summary(survey: Survey) -> str:
    done = sum(row.standing.is_done for row in survey.rows)
    return f"Plan {survey.plan.name}: {done} of {counted(len(survey.rows), 'achievement')} done"


def _description(survey: Survey, next_text: str) -> str:
    said = [level_said for level in survey.levels if (level_said := ": ".join(_level_lines(level)))]
    return ". ".join([*said, *([f"Next: {next_text}"] if next_text else [])])


def _level_lines(level: Level) -> tuple[str, ...]:
    done, ready = sum(row.standing.is_done for row in level.rows), sum(row.standing.ready for row in level.rows)
    return (f"Level {level.level}", f"{done} of {len(level.rows)} done", *((f"{ready} ready",) if ready else ()))


def _head(
    survey: Survey, drawn: Collection[_Drawn], next_text: str, left_out: int, width: float
) -> tuple[float, list[str]]:
    """Return how high the head is, and its lines: the plan, what to do next, and the legend."""
    room = width - 2 * _MARGIN
    y = _MARGIN + 14.0
    lines = [_word(_MARGIN, y, _summary(survey), "text", 'font-size="18" font-weight="bold"')]
    for line in folded(f"Next: {printable(next_text)}", room) if next_text else ():
        y += 20
        lines.append(_word(_MARGIN, y, line, "text"))
    x, y = float(_MARGIN), y + 28
    for sample, text in _legend(drawn, left_out):
        length = 52 + span(text)
        if x > _MARGIN and x + length > width - _MARGIN:
            x, y = float(_MARGIN), y + 26
        lines += [f'<g transform="translate({x:.0f} {y - 13:.0f})">', *sample, "</g>"]
        lines += [_word(x + 40, y, text, "soft")]
        x += length + 12
    return y + 20 + _STRIP, lines


def _legend(drawn: Collection[_Drawn], left_out: int) -> Iterator[tuple[list[str], str]]:
    """Yield samples with what they mean, of what is drawn."""
    states = {each.standing.state for each in drawn}
    for state in (state for state in MARKS if state in states):
        mark = _word(17, 13, f"[{MARKS[state]}]", "text", 'text-anchor="middle" font-family="monospace"')
        yield [_rectangle(0, 0, 34, 18, state, 4, "1"), mark], in_words(state)
    looks = {_look(each) for each in drawn}
    if "ready" in looks:
        yield [_rectangle(1, 1, 32, 16, "not_started", 4, "3")], "thick border: ready"
    if any(each.is_next for each in drawn):
        yield [*_double(4, 4, 26, 10, "not_started"), _triangle(14, 6)], "double border: next"
    if "waiting" in looks:
        yield [_rectangle(0, 0, 34, 18, "not_started", 4, "1", "5 3")], "dashed border: waits"
    if any(each.standing.achievement.dependencies for each in drawn):
        implied = f" ({left_out:,} more that these imply are not drawn)" if left_out else ""
        yield [_path("M0 9 L26 9", "soft", dashed=False)], "arrow: from what is done"
        yield [_path("M0 9 L26 9", "soft", dashed=True)], f"dashed arrow: from what is not done yet{implied}"


# --- what is drawn --------------------------------------------------------------------------------------------------


def _style() -> str:
    """Return the rules for a dark page; a light one needs none, so that every viewer shows that at least."""
    rules = [f".page{{fill:{_DARK['page']}}}", f".band{{fill:{_DARK['band']}}}"]
    rules += [f"text.{name}{{fill:{_DARK[name]}}}" for name in ("text", "soft")]
    rules += [f".line-{name}{{stroke:{_DARK[name]}}}.tip-{name}{{fill:{_DARK[name]}}}" for name in ("soft", "past")]
    rules += [f".on-{name}{{stroke:{_DARK[name]}}}" for name in ("page", "band")]
    rules += [".tip-text{fill:" + _DARK["text"] + "}"]
    rules += [f".{state}{{fill:{fill};stroke:{border}}}" for state, (fill, border) in _DARK_STATES.items()]
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"


def _markers() -> Iterator[str]:
    yield "<defs>"
    for name in ("soft", "past"):
        yield (
            f'<marker id="scaffold-{name}" viewBox="0 0 10 8" refX="9" refY="4" markerWidth="10" markerHeight="8" '
            f'markerUnits="userSpaceOnUse" orient="auto"><path class="tip-{name}" fill="{_LIGHT[name]}" '
            'd="M0 0 L10 4 L0 8 z"/></marker>'
        )
    yield "</defs>"


def _band(band: tuple[float, float], width: float) -> str:
    top, bottom = band
    size = f'width="{width:.0f}" height="{bottom - top:.1f}"'
    return f'<rect class="band" y="{top:.1f}" {size} fill="{_LIGHT["band"]}"/>'


def _heading(level: Level, top: float, width: float, at: int) -> Iterator[str]:
    """Yield what is said of a level, on a ground of its own: arrows go through behind it."""
    ground = "page" if at % 2 else "band"
    halo = f'paint-order="stroke" stroke="{_LIGHT[ground]}" stroke-width="6"'
    name, *rest = _level_lines(level)
    for x in range(_MARGIN, max(_MARGIN + 1, int(width) - _AGAIN // 2), _AGAIN):
        yield f'<g class="on-{ground}" {halo}>'
        yield _word(x, top + 15, name, "text", 'font-size="14" font-weight="bold"')
        yield _word(x + span(name) * 14 / 12 + 14, top + 15, ", ".join(rest), "soft")
        yield "</g>"


def _arrow(edge: Edge, curves: Mapping[tuple[str, str], tuple[Point, ...]], drawn: Mapping[str, _Drawn]) -> str:
    points = curves.get((edge.before, edge.after))
    if points is None:  # Graphviz draws every arrow that it was asked for
        return ""
    first, *rest = points
    pieces = " ".join(f"{x:.1f} {y:.1f}" for x, y in rest)
    colour = "past" if drawn[edge.after].standing.is_done else "soft"
    return _path(f"M{first[0]:.1f} {first[1]:.1f} C{pieces}", colour, dashed=not edge.done)


def _box(each: _Drawn, centre: Point) -> Iterator[str]:
    standing = each.standing
    height = each.box.height - (2 * _SECOND if each.is_next else 0)
    x, y = centre[0] - _BOX / 2, centre[1] - height / 2
    name = f"{standing.id} {printable(title_of(standing))}: {each.said}"
    if before := standing.achievement.dependencies:
        name += f"; after {', '.join(before)}"
    yield f'<g role="graphics-symbol"><title>{_text(name)}</title>'
    look = _look(each)
    if each.is_next:
        yield from _double(x, y, _BOX, height, standing.state)
    else:
        yield _rectangle(x, y, _BOX, height, standing.state, 8, *_BORDERS[look])
    left, line = x + _PADDING, y + _PADDING + 10
    yield _word(left, line, standing.id, "text", 'font-weight="bold" font-size="13"')
    mark = f"[{MARKS[standing.state]}]"
    yield _word(x + _BOX - _PADDING, line, mark, "text", 'text-anchor="end" font-family="monospace" font-size="13"')
    for text in each.title:
        line += _LINE
        yield _word(left, line, text, "text")
    line += _LINE + 1
    if each.is_next:
        yield _triangle(left, line - 9)
        left += 14
    yield _word(left, line, each.said, "text", 'font-weight="bold"' if standing.ready else 'font-style="italic"')
    yield "</g>"


_BORDERS = {"done": ("1",), "ready": ("3",), "waiting": ("1", "6 3")}
"""Width of a border, and its dashes."""


def _look(each: _Drawn) -> str:
    if each.standing.ready:
        return "ready"
    return "waiting" if is_waiting(each.standing) else "done"


def _double(x: float, y: float, width: float, height: float, state: State) -> Iterator[str]:
    yield _rectangle(x - _SECOND, y - _SECOND, width + 2 * _SECOND, height + 2 * _SECOND, state, 11, "1.5")
    yield _rectangle(x, y, width, height, state, 8, "3")


def _rectangle(
    x: float, y: float, width: float, height: float, state: State, radius: int, thick: str, dashes: str = ""
) -> str:
    fill, border = COLOURS[state]
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<rect class="{state}" x="{x:.1f}" y="{y:.1f}" width="{width:.0f}" height="{height:.0f}" rx="{radius}" '
        f'fill="{fill}" stroke="{border}" stroke-width="{thick}"{dashed}/>'
    )


def _triangle(x: float, y: float) -> str:
    return f'<path class="tip-text" fill="{_LIGHT["text"]}" d="M{x:.1f} {y:.1f} l9 5 l-9 5 z"/>'


def _path(pieces: str, colour: str, *, dashed: bool) -> str:
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<path class="line-{colour}" d="{pieces}" fill="none" stroke="{_LIGHT[colour]}" stroke-width="1.4"{dashes} '
        f'marker-end="url(#scaffold-{colour})"/>'
    )


def _word(x: float, y: float, text: str, colour: str, more: str = "") -> str:
    return f'<text class="{colour}" x="{x:.1f}" y="{y:.1f}" fill="{_LIGHT[colour]}" {more}>{_text(text)}</text>'


def _text(text: str) -> str:
    """Escape what would mean something in XML, and write out what XML cannot have."""
    shown = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return shown.replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")
