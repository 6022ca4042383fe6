"""Values to what people read and what programs read: text, or one JSON document. Both come from the same values."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, zip_longest
from pathlib import PurePath
from typing import Annotated, Literal, TypedDict

from scaffold import terminal
from scaffold.errors import SEVERITIES, Code, Diagnostic, Severity, at_most
from scaffold.lazy.patterns import regex
from scaffold.names import printable
from scaffold.shapes import AchievementId, Kind, LineNumber, PlaceData, Rule

_YAML_ALTERS = regex("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that JSON carries as they are and YAML does not: escaped, a document is both."""

MOST_ITEMS = 50
"""How many items of a list a JSON document has, unless `--limit` says otherwise: a reader has little context."""

_ROOM = 14_000
"""Characters that the problems of an answer take."""

_EACH = 3
"""How many warnings of a kind a preview shows one by one."""

_GAP = "  "
_EASE = 20
"""Columns in which a text is read with ease."""
_WHOLE = frozenset({"Batch", "File"})
"""Columns of names that people copy: their cells are never folded, not even at a space."""


class DiagnosticData(TypedDict):
    """An error or a warning."""

    code: Annotated[Code, Rule("code", "a word that stays the same")]
    severity: Severity
    message: Annotated[str, Rule(min_length=1)]
    path: Annotated[
        str | None,
        "relative to `directory`, the plan's; of a template set relative to that of scaffold.yml, of a file that was "
        "named as it was named",
    ]
    line: Annotated[LineNumber | None, "from 1"]
    hint: Annotated[str | None, "what to do next"]
    achievement: Annotated[AchievementId | None, "the achievement that it is about, where it is about a single one"]
    command: Annotated[list[str] | None, "the words of a command line that helps, where one does"]


class DocumentData(TypedDict):
    """One document for each run, also when it fails. What `data` holds depends on `kind`."""

    schema_version: Literal[2]
    kind: Kind
    ok: Annotated[bool, "true exactly when the exit code is 0"]
    data: Mapping[str, object]
    diagnostics: list[DiagnosticData]


class ErrorData(PlaceData):
    """`data` of a run that failed before it had anything to show."""


def envelope(
    kind: Kind, data: Mapping[str, object], diagnostics: Iterable[Diagnostic], *, ok: bool, most: int = MOST_ITEMS
) -> str:
    """Return the one JSON document of a `--json` run, ending in a line feed; `data` is the TypedDict of its kind.

    It has at most so many diagnostics, the worst of them, and then how many more there are. People at a terminal get
    it on many lines, programs on one.
    """
    problems = tuple(diagnostics)
    told: list[DiagnosticData] = [
        {
            "code": problem.code,
            "severity": problem.severity,
            "message": problem.message,
            "path": _relative(problem.path, data.get("directory")),
            "line": problem.line,
            "hint": problem.hint,
            "achievement": problem.achievement,
            "command": ["scaffold", *problem.command] if problem.command else None,
        }
        for problem in at_most(problems, _with_room(problems) if most == MOST_ITEMS else most)
    ]
    document: DocumentData = {"schema_version": 2, "kind": kind, "ok": ok, "data": data, "diagnostics": told}
    indent, separators = (None, (",", ":")) if terminal.columns() is None else (2, None)
    text = json.dumps(document, ensure_ascii=False, indent=indent, separators=separators)
    return _YAML_ALTERS.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def _with_room(problems: Sequence[Diagnostic]) -> int:
    """Return how many of the problems, the worst first, have room: at least one, at most `MOST_ITEMS`."""
    worst = sorted(problems, key=lambda problem: SEVERITIES.index(problem.severity))[:MOST_ITEMS]
    sizes = (len(problem.message) + len(problem.hint or "") + 2 * len(problem.path or "") + 150 for problem in worst)
    return max(1, sum(1 for size in accumulate(sizes) if size <= _ROOM))


def _relative(path: str | None, directory: object) -> str | None:
    """Return a path that is absolute as seen from the plan's directory: every path of an answer begins there."""
    if path is None or not isinstance(directory, str) or not PurePath(path).is_absolute():
        return path
    return PurePath(os.path.relpath(path, directory)).as_posix()


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], columns: int | None) -> str:
    """Lay out a table of plain text, columns of numbers to the right. `columns` is the width of the terminal, if any.

    Where that is too narrow, cells are folded at words, and what has no room beside the others stands below its row.
    """
    cells = [tuple(printable(cell) for cell in row) for row in rows]
    numbers = [at > 0 and all(row[at].isdigit() for row in cells if row[at]) for at in range(len(head))]
    widths = [max(map(width, column)) for column in zip(head, *cells, strict=True)]
    if columns is None or _total(widths) <= columns:
        return "\n".join(_line(row, widths, numbers) for row in (head, *cells))
    return "\n".join(_narrow_table(head, cells, numbers, columns))


def _line(cells: Iterable[str], widths: Iterable[int], numbers: Iterable[bool]) -> str:
    """Pad every cell to its column."""

    def padded(text: str, column: int, number: bool) -> str:
        blanks = " " * (column - width(text))
        return blanks + text if number else text + blanks

    return _GAP.join(map(padded, cells, widths, numbers)).rstrip()


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes: some characters take two, some none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def folded(text: str, columns: int, hanging: str = "") -> list[str]:
    """Return a text as lines that fit, broken at spaces; further lines begin with `hanging`.

    A word that is longer stays whole: a file name that is broken cannot be copied.
    """
    lines: list[str] = []
    indent = text[: len(text) - len(text.lstrip(" "))]
    line, begins = indent, True
    for word in text.lstrip(" ").split(" "):
        if begins or width(line) + 1 + width(word) <= columns:
            line += word if begins else f" {word}"
            begins = begins and not word
        else:
            lines.append(line.rstrip())
            line, begins = hanging + word, not word
    return [*lines, line.rstrip()]


def _narrow_table(
    head: tuple[str, ...], cells: Sequence[tuple[str, ...]], numbers: Sequence[bool], columns: int
) -> Iterator[str]:
    """Yield the lines of a table that is wider than the terminal."""
    texts = [(name, *(row[at] for row in cells)) for at, name in enumerate(head)]
    natural = [max(map(width, column)) for column in texts]
    whole = [name in _WHOLE for name in head]
    least = [room if kept else _longest_word(column) for room, kept, column in zip(natural, whole, texts, strict=True)]
    beside = _beside(natural, least, whole, columns)
    widths = _shares([natural[at] for at in beside], [least[at] for at in beside], columns)
    for row in (head, *cells):
        stacks = [[row[at]] if whole[at] else folded(row[at], room) for at, room in zip(beside, widths, strict=True)]
        for line in zip_longest(*stacks, fillvalue=""):
            yield _line(line, widths, [numbers[at] for at in beside])
        for at in range(len(head)):
            if at not in beside and row[at]:
                yield from [f"  {row[at]}"] if whole[at] else folded(f"  {row[at]}", columns, "  ")


def _longest_word(texts: Iterable[str]) -> int:
    return max(width(word) for text in texts for word in text.split(" "))


def _beside(natural: Sequence[int], least: Sequence[int], whole: Sequence[bool], columns: int) -> list[int]:
    """Return which columns stand side by side: the first, and of the others those that leave each other room.

    A column of names goes below its row before the texts beside it become narrower than is read with ease.
    """
    beside = list(range(len(natural)))
    eased = [max(room, min(wanted, _EASE)) for room, wanted in zip(least, natural, strict=True)]
    for rooms, can_go in ((eased, whole), (least, [True] * len(natural))):
        while _total([rooms[at] for at in beside]) > columns and (others := [at for at in beside[1:] if can_go[at]]):
            beside.remove(max(others, key=least.__getitem__))
    return beside


def _shares(natural: Sequence[int], least: Sequence[int], columns: int) -> list[int]:
    """Return how wide each column becomes: the widest give way, none becomes narrower than its longest word."""
    widths = list(natural)
    while _total(widths) > columns and (wide := [at for at, room in enumerate(least) if widths[at] > room]):
        widths[max(wide, key=widths.__getitem__)] -= 1
    return widths


def diagnostics_text(diagnostics: Iterable[Diagnostic]) -> str:
    """Return two lines for each: what is wrong and where, and what to do."""
    lines = []
    for problem in diagnostics:
        lines.append(printable(f"{problem.severity}: {_place(problem)}{problem.message}"))
        if problem.hint:
            lines.append(printable(f"  hint: {problem.hint}"))
    return "".join(f"{line}\n" for line in lines)


def _place(diagnostic: Diagnostic) -> str:
    """Return where it is, unless the message begins with it."""
    path, line = diagnostic.path, diagnostic.line
    if not path or (line is None and diagnostic.message.startswith(path)):
        return ""
    return f"{path}:{line}: " if line else f"{path}: "


def warnings_text(warnings: Sequence[Diagnostic]) -> str:
    """Return the warnings of a preview: a few of a kind each, more in one line, or they would hide the preview."""
    by_kind: dict[str, list[Diagnostic]] = {}
    for warning in warnings:
        by_kind.setdefault(warning.code, []).append(warning)
    return "".join(
        diagnostics_text(same) if len(same) <= _EACH else _summed_up(code, same) for code, same in by_kind.items()
    )


def _summed_up(code: str, same: Sequence[Diagnostic]) -> str:
    first = f"{_place(same[0])}{same[0].message}"
    return printable(f"warning: {len(same)} of the kind {code} (--json lists all), the first: {first}") + "\n"
