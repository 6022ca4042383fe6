"""What can be wrong with the files of layers, whatever is in them: those that no layer has, and those nobody uses."""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import PurePosixPath

from scaffold.errors import Diagnostic
from scaffold.templates.found import GUESSED_AMONG, GUESSES, cut
from scaffold.templates.sets import SETTINGS, Layer, Source, TemplateSet
from scaffold.lazy.patterns import regex

_SUFFIXES = frozenset((".jinja", ".j2"))
_COPIES = frozenset((".orig", ".bak", ".tmp", ".rej", ".old", ".swp"))
"""What editors and merges end the names of copies with, `header.md.jinja.orig`."""

_SUBDIRECTORY = regex(r"""^_subdirectory:[ \t]*(["']?)([^"'#{\s]+)\1[ \t]*(?:#.*)?$""", re.MULTILINE)
_ALIKE = 0.75
"""From which similarity of two names one is taken for the other misspelt."""


def layer_faults(template_set: TemplateSet) -> tuple[Diagnostic, ...]:
    """Return what only a complete set may have, and a layer over another has: copier.yml, and files to be rendered."""
    folder = _folder_of_made(template_set.base)
    base = template_set.base.files
    found = []
    for layer in template_set.layers[:-1]:
        for name in layer.files:
            if name in SETTINGS:
                message = f"a layer has no {name}: it takes questions and settings from the set it lies over"
                hint = "remove it, or write `over: nothing` in scaffold.yml for a complete set"
                found.append(Diagnostic("template_layer", message, layer.path(name), None, hint))
            elif folder and name.startswith(folder) and name not in base:
                message = "a layer makes no files of its own: the set it lies over has none of this name"
                hint = f"move it out of {folder}, or write `over: nothing` in scaffold.yml for a complete set"
                found.append(Diagnostic("template_layer", message, layer.path(name), None, hint))
    return tuple(found)


def _folder_of_made(base: Layer) -> str | None:
    """Return the folder, with a slash, whose files a complete set makes; None where its settings name none."""
    text = next((base.files[name].decode("utf-8", "replace") for name in SETTINGS if name in base.files), "")
    said = _SUBDIRECTORY.search(text.replace("\r\n", "\n"))
    path = PurePosixPath(said[2]) if said else PurePosixPath()
    return f"{path}/" if path.parts else None


def unused(layers: Iterable[Layer], used: Iterable[Iterable[Source]]) -> tuple[Diagnostic, ...]:
    """Return the files of layers that are none of those that sets use, and could have been meant as templates.

    Those end in `.jinja` or `.j2`; or they lie beside a template that is used and are Markdown, or called as it is but
    for the ending. What begins with a dot or lies in node_modules is something else's. What comes with scaffold is not
    judged.
    """
    sources = [source for each in used for source in each]
    known = {(source.layer.directory, source.file) for source in sources}
    files = {source.file for source in sources}
    return cut(_unused(layers, known, files))


def _unused(layers: Iterable[Layer], known: Collection[object], files: Collection[str]) -> Iterator[Diagnostic]:
    folders: dict[PurePosixPath, set[str]] = {}
    for used in map(PurePosixPath, files):
        folders.setdefault(used.parent, set()).add(_first(used))
    folders.pop(PurePosixPath(), None)
    count = 0
    for layer in layers:
        for file in () if layer.trusted else layer.files:
            path = PurePosixPath(file)
            if _is_meant(path, folders.get(path.parent)) and (layer.directory, file) not in known:
                count += 1
                hint = _hint(path, files, is_guessed=count <= GUESSES)
                yield Diagnostic("template_file_unused", "no template uses it", layer.path(file), None, hint)


def _is_meant(path: PurePosixPath, beside: Collection[str] | None) -> bool:
    """Whether it could have been meant as a template; `beside` are the names of those used that lie beside it."""
    if any(part.startswith(".") or part == "node_modules" for part in path.parts):
        return False
    if path.suffix in _SUFFIXES:
        return True
    if beside is None or path.suffix in _COPIES or path.stem.casefold() == "readme":
        return False
    return path.suffix == ".md" or (path.suffix != "" and _first(path) in beside)


def _first(path: PurePosixPath) -> str:
    return path.name.partition(".")[0]


def _hint(path: PurePosixPath, files: Collection[str], *, is_guessed: bool) -> str:
    if str(path) in files:
        return "another layer has a file of this name, which is used instead: extend or include this one there"
    if is_guessed and (near := _misspelt(path, files)):
        return f"did you mean {near}? Give it that name"
    return f'include it with {{% include "{path}" %}} in a block of a file that is used, or remove it'


def _misspelt(path: PurePosixPath, files: Collection[str]) -> str | None:
    """Return the file that is used whose name or folder `path` nearly has."""
    import difflib

    def alike(one: str, other: str) -> float:
        return difflib.SequenceMatcher(None, one, other).ratio()

    def likeness(file: str) -> float:
        other = PurePosixPath(file)
        if other.name == path.name:
            return max(_ALIKE, alike(str(other.parent), str(path.parent)))
        stems = other.name.partition(".")[0], path.name.partition(".")[0]
        return alike(*stems) if other.parent == path.parent else 0

    best = max(islice(sorted(files), GUESSED_AMONG), key=likeness, default=None)
    return best if best is not None and likeness(best) >= _ALIKE else None
