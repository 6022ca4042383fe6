"""Diagnostics as GitHub annotations: each at a file of the repository, wherever the command was called from."""

import os
from collections.abc import Iterable
from pathlib import Path

import click

from scaffold.errors import Diagnostic, Severity
from scaffold.lazy.values import frozen
from scaffold.names import printable

_ANNOTATION: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}
"""What GitHub calls each severity."""

_FIRST = ("parallel.json", "scaffold.yml", "README.md")
"""Files at which something is found more easily than at others of a directory; a PLAN comes before them."""

FORMAT = click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "github"]),
    default="text",
    help="github prints GitHub annotations.",
)


@frozen
class _Repository:
    """Where annotations are placed: `top` is the directory that their files are relative to, absolute, without links.

    `base` is what the paths of diagnostics are relative to; `near` is the file, relative to `top`, for what has none.
    """

    top: Path
    base: Path
    near: str


def annotations(diagnostics: Iterable[Diagnostic], base: Path, near: Path) -> str:
    """Return a line for each diagnostic, placed at a file of the repository.

    Paths of diagnostics are relative to `base`. What is about no file of the repository is placed at `near`, or at the
    file that is nearest to it.
    """
    near = _absolute(near)
    top = _top(near)
    repository = _Repository(top, base, _shown(_nearest(near, top), top))
    return "".join(_line(diagnostic, repository) for diagnostic in diagnostics)


def _top(near: Path) -> Path:
    """Return the top of the repository that `near` lies in: below GITHUB_WORKSPACE, where that is set, or itself.

    Where there is no repository it is the current directory.
    """
    named = os.environ.get("GITHUB_WORKSPACE")
    workspace = Path(named).resolve() if named else None
    inside = workspace is not None and near.is_relative_to(workspace)
    for directory in (near, *near.parents):
        if os.path.lexists(directory / ".git") or (inside and directory == workspace):
            return directory
    return Path().resolve()


def _absolute(path: Path) -> Path:
    """Return a path without links in its directory; a file that is a link itself keeps its name."""
    return path.resolve() if os.path.isdir(path) else path.parent.resolve() / path.name  # noqa: PTH112 - as below


def _shown(path: Path, top: Path) -> str:
    return (path.relative_to(top) if path.is_relative_to(top) else path).as_posix()


def _nearest(near: Path, top: Path) -> Path:
    """Return the file that is nearest to a path: itself, else one beside or above it; itself where there is none."""
    if _is_file(near):
        return near
    for directory in (near, *near.parents):
        if files := sorted(_files(directory), key=_rank):
            return files[0]
        if directory == top:
            break
    return near


def _files(directory: Path) -> list[Path]:
    try:
        return [path for path in directory.iterdir() if _is_file(path)]
    except OSError:  # nothing there, or nothing that can be listed
        return []


def _rank(file: Path) -> tuple[int, str]:
    if file.name.startswith("PLAN_") and file.suffix == ".md":
        return -1, file.name
    unusual = len(_FIRST) + file.name.startswith(".")
    return _FIRST.index(file.name) if file.name in _FIRST else unusual, file.name


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - pathlib fails on what is too long for a name


def _line(diagnostic: Diagnostic, repository: _Repository) -> str:
    text = f"{diagnostic.message}: {diagnostic.hint}" if diagnostic.hint else diagnostic.message
    file = _placed(diagnostic.path, repository) if diagnostic.path else None
    place = f"file={_property(file or repository.near)}"
    if file and diagnostic.line:
        place += f",line={diagnostic.line}"
    elif diagnostic.path and file is None:
        where = f"{diagnostic.path}:{diagnostic.line}" if diagnostic.line else diagnostic.path
        text = f"{where}: {text}"
    return f"::{_ANNOTATION[diagnostic.severity]} {place}::{_escaped(text)}\n"


def _placed(path: str, repository: _Repository) -> str | None:
    """Return the file that a diagnostic is about as GitHub names it; None where it is no file of the repository."""
    file = _absolute(repository.base / path)
    if not _is_file(file):
        return None
    outside = not file.is_relative_to(repository.top) and not Path(repository.near).is_absolute()
    return None if outside else _shown(file, repository.top)


def _escaped(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
