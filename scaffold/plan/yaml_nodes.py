"""YAML as nodes that know their line: what is written, as it is written, and every mistake with its line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from scaffold.errors import InvalidInput, Problems
from scaffold.lazy.values import frozen
from scaffold.model import Json
from scaffold.names import shown

if TYPE_CHECKING:
    from yaml import Node as Node

_PREFIX = "tag:yaml.org,2002:"
_TEXTS = frozenset(_PREFIX + name for name in ("str", "timestamp", "value", "merge"))
_SCALARS = _TEXTS | {_PREFIX + name for name in ("int", "float", "bool", "null")}
_LONGEST_NUMBER = 100
_LARGEST = 2**63
_ENDLESS = 2**63
"""How many values a node stands for that has itself inside."""


@frozen
class Entry:
    """A key of a mapping, as it is written, with its line and its value."""

    name: str
    line: int
    value: Node


@frozen
class Weight:
    """What a node holds where its aliases are written out: how many values, and how many lists and mappings deep."""

    values: int
    depth: int


def composed(text: str, path: str) -> Node | None:
    """Return the node of the one document that `text` is, None for no document.

    Raises InvalidInput with the first mistake when it is not YAML; `path` is named there.
    """
    import yaml  # it takes as long as all of scaffold, and most workspaces have no such file

    try:
        found: Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = f"not valid YAML: {getattr(error, 'problem', None) or error}"
        line = mark.line + 1 if mark else None
        raise InvalidInput.of("settings_invalid", message, path=path, line=line, hint="correct it") from error
    except RecursionError as error:
        raise InvalidInput.of("settings_invalid", "nested too deeply", path=path, hint="correct it") from error
    return found


def line_of(node: Node) -> int:
    """Return the line on which a node begins, counted from 1."""
    line: int = node.start_mark.line
    return line + 1


def note(problems: Problems, line: int, message: str, hint: str) -> None:
    """Note a mistake in the settings."""
    problems.add("settings_invalid", message, line=line, hint=hint)


# --- mappings and lists -----------------------------------------------------------------------------------------------


def mapping(node: Node, name: str, known: Sequence[str], problems: Problems) -> dict[str, Entry] | None:
    """Return the entries of a mapping by their keys, of which all are `known`; others are noted.

    None, which is noted too, where it is no mapping. `name` is what messages call it.
    """
    hint = f"known keys: {', '.join(known)}"
    pairs = _pairs(node)
    if pairs is None:
        note(problems, line_of(node), f"{name}: expected `key: value` lines", hint)
        return None
    found: dict[str, Entry] = {}
    for key, value in pairs:
        text = raw(key)
        if text is None:
            note(problems, line_of(key), f"{name}: expected a text as a key", hint)
        elif text not in known:
            note(problems, line_of(key), f"{name}: unknown key {shown(text)}", hint)
        else:
            _add(Entry(text, line_of(key), value), found, name, problems)
    return found


def entries(node: Node, name: str, hint: str, problems: Problems) -> dict[str, Entry] | None:
    """Return the entries of a mapping with any keys, by these keys as they are written; None where it is no mapping.

    Noted are keys that are no text or empty, those that come twice, and `<<`; `hint` is for what is no mapping.
    """
    pairs = _pairs(node)
    if pairs is None:
        note(problems, line_of(node), f"{name}: expected `key: value` lines", hint)
        return None
    found: dict[str, Entry] = {}
    for key, value in pairs:
        text = raw(key)
        if key.tag == f"{_PREFIX}merge":
            message = f"{name}: `<<` merges mappings, which is not supported"
            note(problems, line_of(key), message, "write the keys out")
        elif not text:
            note(problems, line_of(key), f"{name}: expected a text as a key", "put it in quotes")
        else:
            _add(Entry(text, line_of(key), value), found, name, problems)
    return found


def _pairs(node: Node) -> Sequence[tuple[Node, Node]] | None:
    from yaml import MappingNode

    return node.value if isinstance(node, MappingNode) else None


def _add(entry: Entry, found: dict[str, Entry], name: str, problems: Problems) -> None:
    if entry.name in found:
        note(problems, entry.line, f"{name}: the key {shown(entry.name)} is defined twice", "keep one of them")
    else:
        found[entry.name] = entry


def items(node: Node) -> Sequence[Node] | None:
    """Return the items of a list, None where it is no list."""
    from yaml import SequenceNode

    return node.value if isinstance(node, SequenceNode) else None


# --- texts ------------------------------------------------------------------------------------------------------------


def raw(node: Node) -> str | None:
    """Return a scalar as it is written: `1.10`, `no`, `null`.

    None for a list, a mapping, and where nothing is written: an empty text is written in quotes.
    """
    from yaml import ScalarNode

    if not isinstance(node, ScalarNode) or (not node.value and not node.style):
        return None
    text: str = node.value
    return text


def string(node: Node) -> str | None:
    """Return a text that YAML reads as text and that is not blank, None for anything else."""
    text = raw(node)
    return text if text is not None and text.strip() and node.tag == f"{_PREFIX}str" else None


def strings(node: Node, name: str, problems: Problems) -> Iterator[tuple[str, int]]:
    """Yield the texts of a list with their lines; anything else is noted."""
    listed = items(node)
    if listed is None:
        note(problems, line_of(node), f"{name}: expected a list of strings", "write [one, another]")
    for item in listed or ():
        text = string(item)
        if text is None:
            note(problems, line_of(item), f"{name}: expected a string", "put it in quotes")
        else:
            yield text, line_of(item)


# --- values -----------------------------------------------------------------------------------------------------------


def json_value(node: Node, name: str, problems: Problems) -> Json:
    """Return what a node means in YAML as a value that JSON has; dates are texts, as written. The rest is noted.

    What a node holds must be bounded (`weighed`).
    """
    listed = items(node)
    if listed is not None:
        return [json_value(item, name, problems) for item in listed]
    if _pairs(node) is not None:
        below = json_entries(node, name, "", problems) or {}
        return {key: json_value(entry.value, name, problems) for key, entry in below.items()}
    _check_characters(node, name, problems)
    try:
        return _scalar(node)
    except (ValueError, LookupError):
        note(problems, line_of(node), f"{name}: JSON has no value {shown(node.value)}", "put it in quotes")
    return None


def json_entries(node: Node, name: str, hint: str, problems: Problems) -> dict[str, Entry] | None:
    """Return the entries of a mapping as `entries` does; keys that YAML does not read as texts are noted."""
    found = entries(node, name, hint, problems)
    for key, _ in _pairs(node) or ():
        if raw(key) and key.tag in _SCALARS - _TEXTS:
            note(problems, line_of(key), f"{name}: the key {shown(key.value)} is no text", "put it in quotes")
        elif raw(key):
            _check_characters(key, name, problems)
    return found


def _check_characters(node: Node, name: str, problems: Problems) -> None:
    """Note a text that no file can hold."""
    try:
        node.value.encode()
    except UnicodeEncodeError:
        message = f"{name}: {shown(node.value)} has half of a surrogate pair"
        note(problems, line_of(node), message, "write the character itself")


def _scalar(node: Node) -> Json:
    """Return what a scalar means; ValueError or LookupError where it is nothing that JSON has."""
    from yaml.constructor import SafeConstructor

    text: str = node.value
    kind = node.tag.removeprefix(_PREFIX)
    if kind == "null":
        return None
    if kind == "bool":
        return bool(SafeConstructor.bool_values[text.lower()])
    if kind in ("int", "float"):
        if len(text) > _LONGEST_NUMBER:
            raise ValueError(text)
        number: int | float = getattr(SafeConstructor(), f"construct_yaml_{kind}")(node)
        if not math.isfinite(number) or (kind == "int" and not -_LARGEST <= number < _LARGEST):
            raise ValueError(text)
        return number
    return text


# --- bounds -----------------------------------------------------------------------------------------------------------


def weighed(root: Node) -> Mapping[int, Weight]:
    """Return the weight of a node and of each below it, by `id(node)`, without writing any alias out."""
    found: dict[int, Weight] = {}
    begun: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting[-1]
        below = _values(node)
        if id(node) in found:
            waiting.pop()
        elif id(node) in begun:
            # What is begun and not found is what this node lies in: it has itself inside.
            weights = [found.get(id(value), Weight(_ENDLESS, _ENDLESS)) for value in below]
            values = min(_ENDLESS, 1 + sum(weight.values for weight in weights))
            inside = max((weight.depth for weight in weights), default=0)
            depth = min(_ENDLESS, inside + (_pairs(node) is not None or items(node) is not None))
            found[id(node)] = Weight(values, depth)
        else:
            begun.add(id(node))
            waiting += [value for value in below if id(value) not in begun]
    return found


def heaviest(root: Node, weights: Mapping[int, Weight], most: int) -> Node:
    """Return the innermost node with more than `most` values, on the first way from the root that leads to any."""
    seen: set[int] = set()
    node: Node | None = root
    while node is not None:
        seen.add(id(node))
        last = node
        too_heavy = (value for value in _values(node) if weights[id(value)].values > most and id(value) not in seen)
        node = next(too_heavy, None)
    return last


def foreign(root: Node) -> Iterator[tuple[int, str]]:
    """Yield (line, tag) of every node below `root` whose tag is none of those of text, numbers, lists and mappings."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            pairs, listed = _pairs(node), items(node)
            own = {f"{_PREFIX}map"} if pairs is not None else {f"{_PREFIX}seq"} if listed is not None else _SCALARS
            if node.tag not in own:
                yield line_of(node), f"!!{node.tag.removeprefix(_PREFIX)}" if _PREFIX in node.tag else node.tag
            waiting += reversed([*(one for pair in pairs or () for one in pair), *(listed or ())])


def _values(node: Node) -> Sequence[Node]:
    """Return what lies in a list or a mapping, without the keys."""
    pairs = _pairs(node)
    return [value for _, value in pairs] if pairs is not None else items(node) or ()
