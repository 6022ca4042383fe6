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
"""Files that stand for their directory and what is below it; a PLAN comes before them."""

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
    `is_any`: there is no repository, and what lies outside of `top` is named by its whole path.
    """

    top: Path
    base: Path
    near: str
    is_any: bool


def annotations(diagnostics: Iterable[Diagnostic], base: Path, near: Path) -> str:
    """Return a line for each diagnostic, placed at a file of the repository.

    Paths of diagnostics are relative to `base`. What is about no file of the repository is placed at `near`, or at the
    file that is nearest to it.
    """
    top, within, is_any = _located(near)
    repository = _Repository(top, base, _shown(_nearest(within, top), top), is_any)
    return "".join(_line(diagnostic, repository) for diagnostic in diagnostics)


def _located(near: Path) -> tuple[Path, Path, bool]:
    """Return the top of the repository that a path belongs to, where it is in there, and whether there is none.

    A link that leads out of the repository is where it ends: it is what the repository has. One below GITHUB_WORKSPACE
    comes first. Where there is no repository the top is the current directory, wherever the path is. All without links.
    """
    named = os.environ.get("GITHUB_WORKSPACE")
    workspace = Path(named).resolve() if named else None
    given = Path(os.path.abspath(near))  # noqa: PTH100 - with the links that somebody named
    candidates = (_absolute(near), *(_absolute(path.parent) / path.name for path in (given, *given.parents)))
    found = [(top, path) for path in candidates if (top := _top(path, workspace))]
    inside = [(top, path) for top, path in found if workspace and path.is_relative_to(workspace)]
    for top, path in (*inside, *found):
        return top, path, False
    return Path().resolve(), candidates[0], workspace is None


def _top(path: Path, workspace: Path | None) -> Path | None:
    """Return the top of the repository that a path lies in, None where it lies in none: GITHUB_WORKSPACE, or below it.

    A file `.git` is that of a submodule or a worktree: in a workspace it belongs to the repository around it.
    """
    inside = workspace is not None and path.is_relative_to(workspace)
    for directory in (path, *path.parents):
        git = directory / ".git"
        if (os.path.lexists(git) and not (inside and _is_file(git))) or (inside and directory == workspace):
            return directory
    return None


def _absolute(path: Path) -> Path:
    """Return a path without links in its directory; a file that is a link itself keeps its name."""
    return path.resolve() if os.path.isdir(path) else path.parent.resolve() / path.name  # noqa: PTH112 - as below


def _shown(path: Path, top: Path) -> str:
    """Return a path relative to the top, whether it lies below or not."""
    return (path.relative_to(top) if path.is_relative_to(top) else Path(os.path.relpath(path, top))).as_posix()


def _nearest(path: Path, top: Path) -> Path:
    """Return the file of the repository that is nearest to a path: itself, one in it, or one that stands for it above.

    Where there is none it is the path all the same, and for a directory a README that could be there.
    """
    is_within = path.is_relative_to(top)
    if is_within and _is_file(path):
        return path
    is_directory = os.path.isdir(path) and not os.path.islink(path)  # noqa: PTH112, PTH114 - as below
    above = [directory for directory in path.parents if directory.is_relative_to(top)] if is_within else [top]
    for directory in (path, *above) if is_directory and is_within else above:
        own = directory == path and directory not in (top, Path().resolve())
        if files := sorted((file for file in _files(directory) if own or _stands_for_more(file)), key=_rank):
            return files[0]
    return path / "README.md" if is_directory else path


def _stands_for_more(file: Path) -> bool:
    return _rank(file)[0] < len(_FIRST)


def _files(directory: Path) -> list[Path]:
    try:
        return [path for path in directory.iterdir() if _is_file(path)]
    except OSError:  # nothing there, or nothing that can be listed
        return []


def _rank(file: Path) -> tuple[int, str]:
    """Return how a file is sorted: those that stand for more than themselves first, hidden ones last."""
    if file.name.startswith("PLAN_") and file.suffix == ".md":
        return -1, file.name
    if file.name in _FIRST or file.stem.lower() == "readme":
        return _FIRST.index(file.name if file.name in _FIRST else "README.md"), file.name
    return len(_FIRST) + file.name.startswith("."), file.name


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
    if file.is_relative_to(repository.top):
        return _shown(file, repository.top)
    return file.as_posix() if repository.is_any else None


def _escaped(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
