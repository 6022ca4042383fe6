"""Reads `scaffold.yml`, the optional settings of a workspace: only known keys, every mistake with its line."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import InvalidInput, Problems
from scaffold.names import shown
from scaffold.plan import files
from scaffold.reading import merge_markers, vocabulary
from scaffold.reading.vocabulary import Vocabulary
from scaffold.reading.words import PLAN, SUBPLAN

if TYPE_CHECKING:
    import yaml

FILE_NAME = "scaffold.yml"
MAX_BYTES = 1_000_000
_ROOT = 0
"""The number of the user who may do anything anyway."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a workspace sets.

    `vocabulary` (of SUBPLANs) and `plan_vocabulary` have its own headings before the built-in ones. `plan_roots` are
    the directories below which `@NAME` is searched, relative to the workspace root.
    """

    vocabulary: Vocabulary = SUBPLAN
    plan_vocabulary: Vocabulary = PLAN
    plan_roots: tuple[str, ...] = ("work-space/plans", ".")


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


def parse(text: str, path: str) -> Settings:
    """Read the text of a `scaffold.yml`; `path` is named in the errors. Raises InvalidInput as `read` does."""
    import yaml  # it takes as long as all of scaffold, and most workspaces have no such file

    if markers := merge_markers.unresolved(text, path):
        raise InvalidInput(markers)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = f"not valid YAML: {getattr(error, 'problem', None) or error}"
        line = mark.line + 1 if mark else None
        raise InvalidInput.of("settings_invalid", message, path=path, line=line, hint="correct it") from error
    except RecursionError as error:
        raise InvalidInput.of("settings_invalid", "nested too deeply", path=path, hint="correct it") from error
    problems = Problems(path)
    settings = _settings(node, problems) if node else Settings()
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
        return parse(content.decode("utf-8-sig"), str(file))
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


def _settings(node: yaml.Node, problems: Problems) -> Settings:
    settings = Settings()
    for key, value in _mapping(node, "the top level", ("headings", "plan_headings", "plan_roots"), problems):
        if key == "headings":
            settings = replace(settings, vocabulary=_extended(SUBPLAN, value, key, problems))
        elif key == "plan_headings":
            settings = replace(settings, plan_vocabulary=_extended(PLAN, value, key, problems))
        else:
            settings = replace(settings, plan_roots=tuple(_paths(value, key, problems)))
    return settings


def _extended(built_in: Vocabulary, node: yaml.Node, name: str, problems: Problems) -> Vocabulary:
    """Add the headings that a workspace lists by field; a heading that would mean two fields is a mistake."""
    listed = {
        field: tuple(_scalars(texts, f"{name}.{field}", problems))
        for field, texts in _mapping(node, name, built_in.extendable, problems)
    }
    _check_owners(built_in, listed, name, problems)
    return built_in.extended({field: tuple(text.value for text in texts) for field, texts in listed.items()})


def _check_owners(
    built_in: Vocabulary, listed: Mapping[str, Sequence[yaml.ScalarNode]], name: str, problems: Problems
) -> None:
    """Note every heading that is another field's, by its own name or because the settings list it there too."""
    for group in (built_in.fields, built_in.marks):
        owners = {
            vocabulary.key(own): (terms.field, f"is the name of {terms.field}")
            for terms in group
            for own in terms.names
        }
        fields = {terms.field for terms in group}
        for field, text in ((field, text) for field, texts in listed.items() if field in fields for text in texts):
            here = (field, f"already means {field}, on line {text.start_mark.line + 1}")
            owner, reason = owners.setdefault(bare, here) if (bare := vocabulary.key(text.value)) else here
            if owner != field:
                message = f"{name}.{field}: {shown(text.value)} {reason}"
                _note(problems, text, message, "a heading can mean one field only: remove it here or there")


def _mapping(node: yaml.Node, name: str, known: tuple[str, ...], problems: Problems) -> Iterator[tuple[str, yaml.Node]]:
    from yaml import MappingNode

    if not isinstance(node, MappingNode):
        _note(problems, node, f"{name}: expected `key: value` lines", f"known keys: {', '.join(known)}")
        return
    seen: set[str] = set()
    for key, value in node.value:
        text = str(key.value)
        if text not in known:
            _note(problems, key, f"{name}: unknown key {shown(text)}", f"known keys: {', '.join(known)}")
        elif text in seen:
            _note(problems, key, f"{name}: the key {text!r} is defined twice", "keep one of them")
        else:
            seen.add(text)
            yield text, value


def _paths(node: yaml.Node, name: str, problems: Problems) -> Iterator[str]:
    for text in _scalars(node, name, problems):
        if _is_path(text.value):
            yield text.value
        else:
            _note(problems, text, f"{name}: no directory can have this name", "write a path")


def _is_path(text: str) -> bool:
    """Whether a text can be a path: it has no NUL, and no half of a surrogate pair."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def _scalars(node: yaml.Node, name: str, problems: Problems) -> Iterator[yaml.ScalarNode]:
    """Yield the texts of a list."""
    from yaml import ScalarNode, SequenceNode

    if not isinstance(node, SequenceNode):
        _note(problems, node, f"{name}: expected a list of strings", "write [one, another]")
        return
    for item in node.value:
        if isinstance(item, ScalarNode) and item.tag == "tag:yaml.org,2002:str" and item.value.strip():
            yield item
        else:
            _note(problems, item, f"{name}: expected a string", "put it in quotes")


def _note(problems: Problems, node: yaml.Node, message: str, hint: str) -> None:
    problems.add("settings_invalid", message, line=node.start_mark.line + 1, hint=hint)
