"""Reads `scaffold.yml`, the optional settings of a workspace: every key known, every mistake with its line."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from scaffold import sources
from scaffold.errors import Diagnostic, InvalidInput
from scaffold.reading.vocabulary import Vocabulary
from scaffold.reading.words import DEFAULT

FILE_NAME = "scaffold.yml"
MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """What a workspace sets.

    `vocabulary` has its own headings before the built-in ones. `plan_roots` are the directories below which `@NAME`
    is searched, relative to the workspace root.
    """

    vocabulary: Vocabulary = field(default=DEFAULT)
    plan_roots: tuple[str, ...] = ("work-space/plans", ".")


def read(start: Path) -> Settings:
    """Read the `scaffold.yml` of `start` (a directory) or of its nearest ancestor that has one; none is fine.

    Raises InvalidInput with every mistake: not YAML, unknown keys, wrong types, each with its line.
    """
    root = _root(start)
    return _read_file(root / FILE_NAME) if root else Settings()


def plan_roots(start: Path) -> tuple[Path, ...]:
    """Give the directories below which plans are searched; without a `scaffold.yml`, `start` is the workspace root.

    Raises InvalidInput as `read` does.
    """
    return tuple((_root(start) or start.resolve()) / one for one in read(start).plan_roots)


def _root(start: Path) -> Path | None:
    directory = start.resolve()
    return next((one for one in (directory, *directory.parents) if os.path.lexists(one / FILE_NAME)), None)


def parse(text: str, path: str) -> Settings:
    """Read the text of a `scaffold.yml`; `path` is named in the errors. Raises InvalidInput as `read` does."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = f"not YAML: {getattr(error, 'problem', None) or error}"
        line = mark.line + 1 if mark else None
        raise InvalidInput.of("settings_invalid", message, path=path, line=line, hint="correct it") from error
    except RecursionError as error:
        raise InvalidInput.of("settings_invalid", "nested too deep", path=path, hint="correct it") from error
    problems: list[Diagnostic] = []
    settings = _settings(node, path, problems) if node else Settings()
    if problems:
        raise InvalidInput(problems)
    return settings


def _read_file(file: Path) -> Settings:
    try:
        content = sources.read(file, MAX_BYTES)
        if len(content) > MAX_BYTES:
            raise InvalidInput.of("settings_invalid", f"has more than {MAX_BYTES:,} bytes", path=str(file))
        return parse(content.decode("utf-8-sig"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        message = f"cannot be read as UTF-8 text: {reason}"
        raise InvalidInput.of("settings_invalid", message, path=str(file), hint="make it a readable text") from error


def _settings(node: yaml.Node, path: str, problems: list[Diagnostic]) -> Settings:
    settings = Settings()
    for key, value in _mapping(node, "the top", ("headings", "plan_roots"), path, problems):
        if key == "headings":
            additions = dict(_headings(value, path, problems))
            settings = replace(settings, vocabulary=DEFAULT.extended(additions))
        else:
            settings = replace(settings, plan_roots=tuple(_paths(value, key, path, problems)))
    return settings


def _headings(node: yaml.Node, path: str, problems: list[Diagnostic]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the field and its additional headings for every entry of `headings`."""
    for name, listed in _mapping(node, "headings", DEFAULT.extendable, path, problems):
        yield name, tuple(_texts(listed, f"headings.{name}", path, problems))


def _mapping(
    node: yaml.Node, name: str, known: tuple[str, ...], path: str, problems: list[Diagnostic]
) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        problems.append(_problem(node, f"{name}: expected `key: value` lines", path, f"known keys: {', '.join(known)}"))
        return
    seen: set[str] = set()
    for key, value in node.value:
        text = str(key.value)
        if text not in known:
            problems.append(_problem(key, f"{name}: unknown key {text!r}", path, f"known keys: {', '.join(known)}"))
        elif text in seen:
            problems.append(_problem(key, f"{name}: the key {text!r} is there twice", path, "keep one of them"))
        else:
            seen.add(text)
            yield text, value


def _texts(node: yaml.Node, name: str, path: str, problems: list[Diagnostic]) -> Iterator[str]:
    yield from (one.value for one in _scalars(node, name, path, problems))


def _paths(node: yaml.Node, name: str, path: str, problems: list[Diagnostic]) -> Iterator[str]:
    for one in _scalars(node, name, path, problems):
        if _is_path(one.value):
            yield one.value
        else:
            problems.append(_problem(one, f"{name}: no directory can have this name", path, "write a path"))


def _is_path(text: str) -> bool:
    """Say whether the system takes a text as a path: it has no NUL, and no half of a surrogate pair."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def _scalars(node: yaml.Node, name: str, path: str, problems: list[Diagnostic]) -> Iterator[yaml.ScalarNode]:
    """Yield the texts of a list."""
    if not isinstance(node, yaml.SequenceNode):
        problems.append(_problem(node, f"{name}: expected a list of texts", path, "write [one, another]"))
        return
    for one in node.value:
        if isinstance(one, yaml.ScalarNode) and one.tag == "tag:yaml.org,2002:str" and one.value.strip():
            yield one
        else:
            problems.append(_problem(one, f"{name}: expected a text", path, "put it in quotes"))


def _problem(node: yaml.Node, message: str, path: str, hint: str) -> Diagnostic:
    return Diagnostic("settings_invalid", message, path, node.start_mark.line + 1, hint)
