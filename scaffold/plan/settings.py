"""Reads `scaffold.yml`, the optional settings of a workspace: only known keys, every mistake with its line."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import InvalidInput, Problems
from scaffold.lazy.values import fresh, frozen, replace
from scaffold.model import sha256
from scaffold.names import shown
from scaffold.plan import files, template_settings, yaml_nodes
from scaffold.plan.template_settings import Kind, KindTemplates
from scaffold.plan.yaml_nodes import note
from scaffold.reading import merge_markers, vocabulary
from scaffold.reading.vocabulary import Vocabulary
from scaffold.reading.words import PLAN, SUBPLAN

if TYPE_CHECKING:
    from scaffold.plan.yaml_nodes import Node

FILE_NAME = "scaffold.yml"
KEYS = ("headings", "plan_headings", "plan_roots", "templates")
MAX_BYTES = 1_000_000
_ROOT = 0
"""The number of the user who may do anything anyway."""


@frozen
class Settings:
    """What a workspace sets.

    `vocabulary` (of SUBPLANs) and `plan_vocabulary` have its own headings before the built-in ones. `plan_roots` are
    the directories below which `@NAME` is searched, relative to the workspace root. `templates` are the template sets
    by the kind of document, where any are set. `path` is the file as messages name it, None without one, and
    `sha256` of its bytes, empty without one.
    """

    vocabulary: Vocabulary = SUBPLAN
    plan_vocabulary: Vocabulary = PLAN
    plan_roots: tuple[str, ...] = ("work-space/plans", ".")
    templates: Mapping[Kind, KindTemplates] = fresh(factory=dict)
    path: str | None = None
    sha256: str = ""


def read(start: Path) -> Settings:
    """Read the `scaffold.yml` of `start` (a directory) or of its nearest ancestor that has one; none is fine.

    Raises InvalidInput with every mistake: merge markers, not YAML, unknown keys, wrong types, each with its line; and
    for a file of somebody else in a directory that anybody can write to.
    """
    root = _root(start)
    return _read_file(root / FILE_NAME) if root else Settings()


def plan_roots(start: Path) -> tuple[Path, ...]:
    """Return the directories below which plans are searched; without a `scaffold.yml`, `start` is the workspace root.

    Raises InvalidInput as `read` does.
    """
    return tuple(workspace_root(start) / folder for folder in read(start).plan_roots)


def workspace_root(start: Path) -> Path:
    """Return the directory of the `scaffold.yml` that rules `start`, else `start` itself; absolute, without links."""
    return _root(start) or start.resolve()


def _root(start: Path) -> Path | None:
    directory = start.resolve()
    return next((folder for folder in (directory, *directory.parents) if os.path.lexists(folder / FILE_NAME)), None)


@lru_cache(maxsize=16)  # a run asks for its settings several times
def parse(text: str, path: str) -> Settings:
    """Read the text of a `scaffold.yml`; `path` is named in the errors. Raises InvalidInput as `read` does."""
    if markers := merge_markers.unresolved(text, path):
        raise InvalidInput(markers)
    node = yaml_nodes.composed(text, path)
    problems = Problems(path)
    settings = _settings(node, Settings(path=path), problems) if node else Settings(path=path)
    problems.raise_if_any()
    return settings


def _read_file(file: Path) -> Settings:
    try:
        if file.parent.stat().st_mode & stat.S_IWOTH:
            content = files.read_owned(file, MAX_BYTES, {os.geteuid(), _ROOT})
        else:
            content = files.read(file, MAX_BYTES)
        if len(content) > MAX_BYTES:
            raise InvalidInput.of("settings_invalid", f"has more than {MAX_BYTES:,} bytes", path=str(file))
        return replace(parse(content.decode("utf-8-sig"), str(file)), sha256=sha256(content))
    except files.ForeignOwner as error:
        message = "is not read: it belongs neither to you nor to root, and anybody can write to its directory"
        hint = f"remove it, or make it yours (chown), or let only the owner write there: chmod o-w {file.parent}"
        raise InvalidInput.of("settings_not_trusted", message, path=str(file), hint=hint) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        message = f"cannot be read as UTF-8 text: {reason}"
        raise InvalidInput.of(
            "settings_invalid", message, path=str(file), hint="save it as readable UTF-8 text"
        ) from error


def _settings(node: Node, settings: Settings, problems: Problems) -> Settings:
    for key, entry in (yaml_nodes.mapping(node, "the top level", KEYS, problems) or {}).items():
        if key == "headings":
            settings = replace(settings, vocabulary=_extended(SUBPLAN, entry.value, key, problems))
        elif key == "plan_headings":
            settings = replace(settings, plan_vocabulary=_extended(PLAN, entry.value, key, problems))
        elif key == "plan_roots":
            settings = replace(settings, plan_roots=tuple(_paths(entry.value, key, problems)))
        else:
            settings = replace(settings, templates=template_settings.read(entry, problems))
    return settings


def _extended(built_in: Vocabulary, node: Node, name: str, problems: Problems) -> Vocabulary:
    """Add the headings that a workspace lists by field; a heading that would mean two fields is a mistake."""
    fields = yaml_nodes.mapping(node, name, built_in.extendable, problems) or {}
    listed = {own: tuple(yaml_nodes.strings(entry.value, f"{name}.{own}", problems)) for own, entry in fields.items()}
    _check_owners(built_in, listed, name, problems)
    return built_in.extended({own: tuple(text for text, _ in texts) for own, texts in listed.items()})


def _check_owners(
    built_in: Vocabulary, listed: Mapping[str, Sequence[tuple[str, int]]], name: str, problems: Problems
) -> None:
    """Note every heading that is another field's, by its own name or because the settings list it there too."""
    for group in (built_in.fields, built_in.marks):
        owners = {
            vocabulary.key(title): (terms.field, f"is the name of {terms.field}")
            for terms in group
            for title in terms.names
        }
        fields = {terms.field for terms in group}
        listed_here = ((own, *one) for own, texts in listed.items() if own in fields for one in texts)
        for own, text, line in listed_here:
            here = (own, f"already means {own}, on line {line}")
            owner, reason = owners.setdefault(bare, here) if (bare := vocabulary.key(text)) else here
            if owner != own:
                message = f"{name}.{own}: {shown(text)} {reason}"
                note(problems, line, message, "a heading can mean one field only: remove it here or there")


def _paths(node: Node, name: str, problems: Problems) -> Iterator[str]:
    for text, line in yaml_nodes.strings(node, name, problems):
        if files.can_be_path(text):
            yield text
        else:
            note(problems, line, f"{name}: no directory can have this name", "write a path")
