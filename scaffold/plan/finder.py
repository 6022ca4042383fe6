"""Finds plans by name: `@NAME` stands for the plan of that name below the plan roots of the workspace."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from scaffold.errors import InvalidInput
from scaffold.names import composed, plan_name_of

DEPTH = 3
"""How many directories below a plan root a PLAN may lie."""


def find(wanted: str, roots: Iterable[Path]) -> Path:
    """Return the `PLAN_*.md` that `wanted` names: `NAME`, `PLAN_NAME.md`, or a part of the name that only one has.

    The case of a part does not matter, nor the Unicode form of a name; a whole name comes first. Raises InvalidInput
    when there is none, naming the directories that could not be searched, or several.
    """
    name = composed(plan_name_of(wanted))
    closed: list[Path] = []
    documents = sorted({path.resolve() for root in roots for path in _documents(root, DEPTH, closed)})
    exact = [path for path in documents if _name(path) == name]
    partly = [path for path in documents if name and name.casefold() in _name(path).casefold()]
    candidates = exact or partly
    if len(candidates) == 1:
        return candidates[0]
    searched = ", ".join(str(root) for root in roots)
    if not candidates:
        hint = f"searched {DEPTH} directories deep below {searched}; set plan_roots in scaffold.yml, or give a path"
        if closed:
            hint += f"; not searched, because not readable: {', '.join(str(path) for path in closed)}"
        raise InvalidInput.of("plan_not_found", f"@{wanted}: no PLAN has this in its name", hint=hint)
    message = f"@{wanted} could be any of {', '.join(str(path) for path in candidates)}"
    raise InvalidInput.of("plan_ambiguous", message, hint="write more of its name, or give its path")


def _documents(directory: Path, depth: int, closed: list[Path]) -> Iterator[Path]:
    """Yield the PLANs in a directory and `depth` levels below it; hidden directories and links are not entered.

    Directories that may not be read are passed over, and added to `closed`.
    """
    try:
        with os.scandir(directory) as listed:
            entries = sorted(
                (entry for entry in listed if not entry.name.startswith(".")), key=lambda entry: entry.name
            )
            folders = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
            documents = [Path(entry.path) for entry in entries if _is_document(entry)]
    except (FileNotFoundError, NotADirectoryError):  # a root that does not exist
        return
    except OSError:
        closed.append(directory)
        return
    yield from documents
    if depth:
        for folder in folders:
            yield from _documents(folder, depth - 1, closed)


def _is_document(entry: os.DirEntry[str]) -> bool:
    return entry.name.startswith("PLAN_") and entry.name.endswith(".md") and entry.is_file()


def _name(path: Path) -> str:
    return composed(plan_name_of(path.name))
