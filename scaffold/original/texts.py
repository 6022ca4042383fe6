"""The original's texts: what a batch came to, the preview and the question."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from scaffold import terminal
from scaffold.commands._create import question
from scaffold.errors import Diagnostic
from scaffold.model import slug_of
from scaffold.names import DocumentKind, first_name, printable
from scaffold.original.entries import Entry, id_of


@dataclass
class Result:
    """What a batch came to. Both modules have their own: `label` is the word for what it creates."""

    created: list[Path] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    missing_subplans: list[str] = field(default_factory=list)

    label: ClassVar[str]

    def __str__(self) -> str:
        """Say what the batch came to, in the original's words."""
        lines: list[str] = []
        if self.missing_subplans:
            lines += [f"⚠️  Missing {len(self.missing_subplans)} SUBPLANs (create these first):"]
            lines += [f"  - Achievement {one}" for one in self.missing_subplans]
        if self.created:
            lines += [f"✅ Created {len(self.created)} {self.label}s:", *(f"  - {path.name}" for path in self.created)]
        if self.skipped:
            lines += [f"⏭️  Skipped {len(self.skipped)} (already exist):"]
            lines += [f"  - Achievement {one}" for one in self.skipped]
        if self.errors:
            lines += [f"❌ Errors ({len(self.errors)}):"]
            lines += [f"  - Achievement {one}: {message}" for one, message in self.errors]
        return "\n".join(map(printable, lines)) or f"No {self.label} was created."


def show_preview(
    kind: DocumentKind, entries: Iterable[Entry], plan_name: str, missing_subplans: Sequence[str], level: int | None
) -> None:
    """Print what a batch would create, in the original's words."""
    ids = [id_of(one) for one in entries]
    lines = [f"📋 Batch {kind.label.removesuffix('_TASK')} Creation Preview", "=" * 80, f"Plan: {plan_name}"]
    lines += [] if level is None else [f"Dependency level: {level}"]
    lines += [f"Achievements to create: {len(ids)}"]
    names = [first_name(kind, plan_name, slug_of(one)) for one in ids]
    lines += [f"  {at}. Achievement {one} - {name}" for at, (one, name) in enumerate(zip(ids, names, strict=True), 1)]
    if missing_subplans:
        lines += [f"⚠️  WARNING: {len(missing_subplans)} SUBPLANs missing (create these first):"]
        lines += [f"  - Achievement {one}" for one in missing_subplans]
    show("\n" + "\n".join(map(printable, lines)) + "\n\n")


def confirmed(kind: DocumentKind, entries: Iterable[Entry]) -> bool:
    """Ask once; anything but y or yes, and the end of input, is a no."""
    try:
        answer = input(question(kind, len(list(entries))))
    except EOFError:
        return False
    return answer.strip().lower() in {"y", "yes"}


def show(text: str) -> None:
    """Print; what the encoding of the output lacks is escaped, so that a preview is never lost before a question."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    terminal.show(text.encode(encoding, terminal.ESCAPING).decode(encoding))


def said(diagnostic: Diagnostic) -> str:
    """Give a problem in one line: where, what, and what to do."""
    place = diagnostic.path if diagnostic.path and diagnostic.path not in diagnostic.message else None
    line = f", line {diagnostic.line}" if diagnostic.line else ""
    where = f"{place}{line}: " if place else ""
    return f"{where}{diagnostic.message}" + (f" ({diagnostic.hint})" if diagnostic.hint else "")
