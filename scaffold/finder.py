"""Finds plans by name: `@NAME` stands for the plan of that name below the plan roots of the workspace."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from scaffold.errors import InvalidInput

DEPTH = 3
"""How many directories below a plan root a PLAN may lie."""


def find(wanted: str, roots: Iterable[Path]) -> Path:
    """Give the `PLAN_*.md` that `wanted` names: `NAME`, `PLAN_NAME.md`, or a part of the name that only one has.

    The case of a part does not matter; a whole name comes first. Raises InvalidInput when there is none, or several.
    """
    name = wanted.removeprefix("PLAN_").removesuffix(".md")
    found = sorted({path.resolve() for root in roots for path in _documents(root, DEPTH)})
    exact = [path for path in found if _name(path) == name]
    partly = [path for path in found if name and name.casefold() in _name(path).casefold()]
    candidates = exact or partly
    if len(candidates) == 1:
        return candidates[0]
    searched = ", ".join(str(root) for root in roots)
    if not candidates:
        hint = f"searched {DEPTH} directories deep below {searched}; set plan_roots in scaffold.yml, or give a path"
        raise InvalidInput.of("plan_not_found", f"@{wanted}: no PLAN has that in its name", hint=hint)
    message = f"@{wanted} could be any of {', '.join(str(path) for path in candidates)}"
    raise InvalidInput.of("plan_ambiguous", message, hint="write more of its name, or give its path")


def _documents(directory: Path, depth: int) -> Iterator[Path]:
    """Yield the PLANs in a directory and `depth` levels below it; hidden directories and links are not entered."""
    try:
        entries = sorted(directory.iterdir())
    except OSError:  # a root that does not exist, a directory that may not be listed
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and not entry.is_symlink():
            if depth:
                yield from _documents(entry, depth - 1)
        elif entry.name.startswith("PLAN_") and entry.suffix == ".md" and entry.is_file():
            yield entry


def _name(path: Path) -> str:
    return path.name.removeprefix("PLAN_").removesuffix(".md")
