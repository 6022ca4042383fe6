"""Values to what people read and what programs read: text, or one JSON document. Both come from the same values."""

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from scaffold.documents import DocumentKind
from scaffold.errors import Diagnostic
from scaffold.model import BatchRecord, Json
from scaffold.names import printable
from scaffold.plan.progress import in_words
from scaffold.preview import Existing, LeftOut, Preview

SCHEMA_VERSION = 2
_YAML_ALTERS = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that JSON carries as they are and YAML does not: escaped, a document is both."""

_WARNINGS = 10
"""How many warnings of a kind a preview shows."""


def envelope(kind: str, data: Mapping[str, Json], diagnostics: Iterable[Diagnostic], *, ok: bool) -> str:
    """Give the one JSON document of a `--json` run, ending in a line feed."""
    found: list[Json] = [
        {
            "code": one.code,
            "severity": one.severity,
            "message": one.message,
            "path": one.path,
            "line": one.line,
            "hint": one.hint,
        }
        for one in diagnostics
    ]
    document = {"schema_version": SCHEMA_VERSION, "kind": kind, "ok": ok, "data": dict(data), "diagnostics": found}
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return _YAML_ALTERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def batch_data(preview: Preview, record: BatchRecord | None) -> dict[str, Json]:
    """Give `data` of a batch: what would be created, and the id of the batch once it has been (else null)."""
    return {
        "plan": preview.plan.name,
        "plan_document": preview.plan.document,
        "selection": preview.selection.options,
        "change_set": preview.changes.id,
        "batch": record.id if record else None,
        "template": {"name": preview.template, "digest": preview.template_digest},
        "files": [
            {
                "achievement": file.achievement.id,
                "title": file.achievement.title,
                "path": file.target,
                "lines": file.lines,
                "subplan": file.source.path,
            }
            for file in preview.files
        ],
        "existing": [
            {"achievement": one.achievement.id, "state": one.state, "files": list(one.files)}
            for one in preview.existing
        ],
        "left_out": [
            {"achievement": one.achievement.id, "title": one.achievement.title, "reasons": _reasons(one)}
            for one in preview.left_out
        ],
        "answers": dict(preview.answers),
        "next_command": preview.next_command,
    }


def preview_text(preview: Preview, columns: int | None, *, dry_run: bool) -> str:
    """Show what a run would create. `columns` is the width of the terminal, None when it is none."""
    lines = [f"Plan {preview.plan.name}, {_chosen(preview)}, template: {preview.template}", ""]
    count = len(preview.files)
    if count:
        lines += [f"{_counted(count, preview.kind.label)} to create (change set {preview.changes.id}):", ""]
        rows = [(one.achievement.id, one.achievement.title, one.target, str(one.lines)) for one in preview.files]
        lines += [table(("Achievement", "Title", "File", "Lines"), rows, columns), ""]
    else:
        lines += [f"Nothing to create: no {preview.kind.label} is missing here.", ""]
    lines += _existing_lines(preview.existing)
    lines += _left_out_lines(preview)
    if not count:
        lines += _next_lines(preview)
    elif dry_run:
        lines += ["Dry run: nothing was created. The same command without --dry-run asks, then creates these files."]
    return "\n".join(lines).rstrip() + "\n\n"


def created_text(preview: Preview, record: BatchRecord) -> str:
    """Say what was created and what to do next."""
    lines = [f"Created {_counted(len(record.files), preview.kind.label)} (batch {record.id})."]
    return "\n".join(lines + _next_lines(preview)) + "\n"


def question(kind: DocumentKind, count: int) -> str:
    """Give the one question that is asked before anything is created."""
    return f"Proceed with batch creation of {count} {kind.label}s? (y/N): "


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], columns: int | None) -> str:
    """Lay out a table of plain text, columns of numbers to the right; a terminal it is too wide for folds its cells."""
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
    """Give how many columns of a terminal a text takes: some characters take two, some none."""
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
    """Give two lines for each: what is wrong and where, and what to do."""
    lines = []
    for one in diagnostics:
        lines.append(printable(f"{one.severity}: {_place(one)}{one.message}"))
        if one.hint:
            lines.append(printable(f"  hint: {one.hint}"))
    return "".join(f"{line}\n" for line in lines)


def _place(diagnostic: Diagnostic) -> str:
    """Return where it is, unless the message begins with it."""
    path, line = diagnostic.path, diagnostic.line
    if not path or (line is None and diagnostic.message.startswith(path)):
        return ""
    return f"{path}:{line}: " if line else f"{path}: "


def warnings_text(warnings: Sequence[Diagnostic]) -> str:
    """Give the warnings of a preview, a few of each kind: with hundreds, nobody would see the preview below them."""
    by_kind: dict[str, list[Diagnostic]] = {}
    for one in warnings:
        by_kind.setdefault(one.code, []).append(one)
    text = ""
    for code, same in by_kind.items():
        text += diagnostics_text(same[:_WARNINGS])
        if more := same[_WARNINGS:]:
            text += f"warning: {len(more)} more of the kind {code}; --json has all of them\n"
    return text


def counts(diagnostics: Iterable[Diagnostic]) -> tuple[int, int]:
    """Return the number of errors and of warnings, with those that are counted but not listed."""
    found = Counter[str]()
    for one in diagnostics:
        found[one.severity] += one.count
    return found["error"], found["warning"]


def count_data(diagnostics: Iterable[Diagnostic]) -> dict[str, Json]:
    """Give `data` of `scaffold check --json`; the problems themselves are its diagnostics."""
    errors, warnings = counts(diagnostics)
    return {"errors": errors, "warnings": warnings}


def count_text(diagnostics: Sequence[Diagnostic]) -> str:
    """Sum a list of problems up in a line."""
    errors, warnings = counts(diagnostics)
    if not diagnostics:
        return "Nothing is wrong or missing.\n"
    return f"\n{_counted(errors, 'error')}, {_counted(warnings, 'warning')}\n"


def _chosen(preview: Preview) -> str:
    match preview.selection.by:
        case "level":
            return f"level {preview.selection.level}"
        case "next":
            return "next level"
        case "all":
            return "all levels"
        case "ready":
            return "all that is ready"
        case "achievements":
            return f"achievement {', '.join(preview.selection.ids)}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _existing_lines(existing: Sequence[Existing]) -> list[str]:
    if not existing:
        return []
    with_files = [one.achievement.id for one in existing if one.files]
    without = [f"{one.achievement.id} ({in_words(one.state)})" for one in existing if not one.files]
    lines = [f"Already there, kept as they are: {', '.join(with_files)}"] if with_files else []
    lines += [f"Need none: {', '.join(without)}"] if without else []
    return [*lines, ""]


def _left_out_lines(preview: Preview) -> list[str]:
    lines = []
    for one in preview.left_out:
        reasons = "; ".join(str(reason) for reason in _reasons(one))
        lines.append(printable(f"Left out: {one.achievement.id} {one.achievement.title}: {reasons}"))
    return [*lines, ""] if lines else []


def _reasons(left_out: LeftOut) -> list[Json]:
    return [found.message for found in left_out.diagnostics if found.severity == "error"]


def _next_lines(preview: Preview) -> list[str]:
    if preview.next_command:
        return [f"Next: {printable(preview.next_command)}"]
    if preview.left_out:
        return [f"Next: see to what was left out: {', '.join(one.achievement.id for one in preview.left_out)}"]
    return [f"Every achievement that can have one has its {preview.kind.label}."]
