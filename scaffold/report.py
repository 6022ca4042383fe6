"""Values to what people read and what programs read: text, or one JSON document. Both come from the same values."""

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal, TypedDict

from scaffold.errors import Diagnostic, Severity
from scaffold.names import printable
from scaffold.shapes import Kind, LineNumber, Rule

_YAML_ALTERS = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that JSON carries as they are and YAML does not: escaped, a document is both."""

_WARNINGS = 10
"""How many warnings of a kind a preview shows."""


class DiagnosticData(TypedDict):
    """An error or a warning."""

    code: Annotated[str, Rule(pattern="^[a-z0-9]+(_[a-z0-9]+)*$"), "a stable word"]
    severity: Severity
    message: Annotated[str, Rule(min_length=1)]
    path: Annotated[str | None, "as the user would name it, relative to the plan where it lies inside it"]
    line: Annotated[LineNumber | None, "from 1"]
    hint: Annotated[str | None, "what to do next"]


class DocumentData(TypedDict):
    """One document for each run, also when it fails. What `data` holds depends on `kind`."""

    schema_version: Literal[2]
    kind: Kind
    ok: Annotated[bool, "true exactly when the exit code is 0"]
    data: Mapping[str, object]
    diagnostics: list[DiagnosticData]


class ErrorData(TypedDict):
    """`data` of a run that failed before it had anything to show."""


def envelope(kind: Kind, data: Mapping[str, object], diagnostics: Iterable[Diagnostic], *, ok: bool) -> str:
    """Return the one JSON document of a `--json` run, ending in a line feed; `data` is the TypedDict of its kind."""
    problems: list[DiagnosticData] = [
        {
            "code": problem.code,
            "severity": problem.severity,
            "message": problem.message,
            "path": problem.path,
            "line": problem.line,
            "hint": problem.hint,
        }
        for problem in diagnostics
    ]
    document: DocumentData = {"schema_version": 2, "kind": kind, "ok": ok, "data": data, "diagnostics": problems}
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return _YAML_ALTERS.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], columns: int | None) -> str:
    """Lay out a table of plain text, columns of numbers to the right; a terminal that is too narrow folds cells."""
    cells = [tuple(printable(cell) for cell in row) for row in rows]
    numbers = [at > 0 and all(row[at].isdigit() for row in cells if row[at]) for at in range(len(head))]
    plain = _plain_table(head, cells, numbers)
    if columns is None or all(_width(line) <= columns for line in plain):
        return "\n".join(plain)
    return _folded_table(head, cells, numbers, columns)


def _plain_table(head: tuple[str, ...], cells: Sequence[tuple[str, ...]], numbers: Sequence[bool]) -> list[str]:
    """Pad every cell to its column: all that most tables need, and rich takes a second for a thousand rows."""
    widths = [max(map(_width, column)) for column in zip(head, *cells, strict=True)]

    def padded(text: str, width: int, number: bool) -> str:
        blanks = " " * (width - _width(text))
        return blanks + text if number else text + blanks

    return ["  ".join(map(padded, row, widths, numbers)).rstrip() for row in (head, *cells)]


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes: some characters take two, some none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _folded_table(
    head: tuple[str, ...], cells: Sequence[tuple[str, ...]], numbers: Sequence[bool], columns: int
) -> str:
    from rich.console import Console  # 70 ms: only here, when text for people is folded
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title, number in zip(head, numbers, strict=True):
        table.add_column(title, justify="right" if number else "left", overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))  # Text: what a plan says is never markup
    out = io.StringIO()
    Console(file=out, width=columns, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().rstrip().splitlines())


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
    """Return the warnings of a preview, a few of each kind: hundreds would hide the preview below them."""
    by_kind: dict[str, list[Diagnostic]] = {}
    for warning in warnings:
        by_kind.setdefault(warning.code, []).append(warning)
    text = ""
    for code, same in by_kind.items():
        text += diagnostics_text(same[:_WARNINGS])
        if more := same[_WARNINGS:]:
            text += f"warning: {len(more)} more of the kind {code}; --json lists all of them\n"
    return text
