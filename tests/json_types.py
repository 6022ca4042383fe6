"""The JSON schema of what `--json` prints, made from the types of `data` in the commands.

A kind of document needs its word in `shapes.Kind` and a TypedDict of its name in a module of `scaffold.commands`, whose
docstring becomes the title. A type that is used in several places becomes a definition, under its own name.
"""

import importlib
import json
import pkgutil
import re
import textwrap
import types
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from scaffold import commands, report, shapes
from scaffold.document.variables import SHAPES, VARIABLES, Variable, VariableType
from scaffold.shapes import Rule

Schema = dict[str, Any]
"""A JSON schema, or a part of it."""

WIDTH = 120
_JOINT = "\0"  # in a word for its spaces, where lines are not to be broken; no JSON text has it
_OPAQUE = {"Json": object}  # whose own definition goes in a circle
_WORDS: Mapping[object, str] = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
_VARIABLE_TYPES: Mapping[VariableType, object] = {
    "text": str,
    "text or null": str | None,
    "number": shapes.Count,
    "number or null": shapes.Count | None,
    "list of text": list[str],
    "mapping": dict[str, object],
    "true or false": bool,
}


def made() -> Schema:
    """Return the schema of every document."""
    known = Definitions()
    return known.with_those_used_often(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "What scaffold prints with --json",
            "description": report.DocumentData.__doc__,
            **known.typed_dict(report.DocumentData),
            "allOf": [*_IF_OK, *map(_if_kind, get_args(shapes.Kind))],
        },
        {kind: known.titled(data_type(kind)) for kind in get_args(shapes.Kind)},
    )


_ERROR = {"contains": {"properties": {"severity": {"const": "error"}}}}
_REASON = {"contains": {"properties": {"severity": {"enum": ["error", "warning"]}}}}
"""With --strict, a warning is reason enough."""

_IF_OK: list[Schema] = [
    {
        "if": {"properties": {"ok": {"const": True}}},
        "then": {"properties": {"kind": {"not": {"const": "error"}}, "diagnostics": {"not": _ERROR}}},
    },
    {"if": {"properties": {"ok": {"const": False}}}, "then": {"properties": {"diagnostics": _REASON}}},
]


def _if_kind(kind: str) -> Schema:
    return {
        "if": {"properties": {"kind": {"const": kind}}},
        "then": {"properties": {"data": {"$ref": f"#/$defs/{kind}"}}},
    }


def data_type(kind: str) -> type:
    """Return the TypedDict of `data` in documents of a kind; LookupError where nothing has its name."""
    name = "".join(word.capitalize() for word in kind.split("_")) + "Data"
    for module in (report, *_commands()):
        if name in vars(module) and vars(module)[name].__module__ == module.__name__:
            found: type = vars(module)[name]
            return found
    raise LookupError(f"no module of scaffold.commands has a TypedDict {name} for documents of the kind {kind}")


def _commands() -> Iterator[types.ModuleType]:
    for module in pkgutil.walk_packages(commands.__path__, "scaffold.commands."):
        yield importlib.import_module(module.name)


class Definitions:
    """The types that have been met, as schemas by their names."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}
        self._types: dict[str, object] = {}
        for template, task, label in (
            ("execution_task", "execution_task", "an EXECUTION_TASK"),
            ("subplan", "subplan_task", "a SUBPLAN"),
        ):
            variables = self._mapping(VARIABLES[template], "task.")
            self.definitions[task] = {"description": f"the template variables of {label}", **variables}
            answers = self._mapping(VARIABLES[template], "")
            answers["required"].append("tasks")
            answers["properties"]["tasks"] = {"type": "array", "items": {"$ref": f"#/$defs/{task}"}}
            self.definitions[f"{template}_answers"] = answers

    def titled(self, data: type) -> Schema:
        """Return what is said of `data` of one kind: never by reference, and with a title."""
        return {"title": _docstring(data), **self.typed_dict(data)}

    def of(self, value: object) -> Schema:
        """Return the schema of a type; TypeError for what JSON does not have."""
        origin, inside = get_origin(value), get_args(value)
        if value in _WORDS:
            return {"type": _WORDS[value]}
        if isinstance(value, type) and is_typeddict(value):
            return self._reference(_name(value), value, self.typed_dict(value))
        if origin is Annotated:
            return self._annotated(inside[0], inside[1:])
        if origin is Literal:
            return {"const": inside[0]} if len(inside) == 1 else {"enum": list(inside)}
        if origin in (Union, types.UnionType):
            return _any_of([self.of(one) for one in inside])
        if origin is NotRequired:
            return self.of(inside[0])
        if origin is list:
            return {"type": "array", "items": self.of(inside[0])}
        if origin in (dict, Mapping):
            return self._free(*inside)
        raise TypeError(f"{value} is no type of a JSON document")

    def _reference(self, name: str, value: object, schema: Schema) -> Schema:
        """Return a reference to the definition of a type, which is noted with it."""
        if self._types.setdefault(name, value) != value or name in get_args(shapes.Kind):
            raise ValueError(f"two types of JSON documents are called {name}")
        self.definitions.setdefault(name, schema)
        return {"$ref": f"#/$defs/{name}"}

    def typed_dict(self, value: Any) -> Schema:
        """Return the schema of a TypedDict itself."""
        hints = get_type_hints(value, include_extras=True, localns=_OPAQUE)
        return {
            "type": "object",
            "required": [key for key in hints if key in value.__required_keys__],
            "additionalProperties": False,
            "properties": {key: self.of(hint) for key, hint in hints.items()},
        }

    def _annotated(self, value: object, extras: tuple[object, ...]) -> Schema:
        """Return the schema of a type with what is said of it: its rule first, then the description of the field."""
        schema = self.of(value)
        for one in extras:
            if isinstance(one, Rule):
                schema = {**_described(one.description), **schema, **_words(one)}
                schema = self._reference(one.name, one, schema) if one.name else schema
            else:
                schema = {**_described(one), **schema}
        return schema

    def _free(self, key: object, value: object) -> Schema:
        """Return the schema of a mapping whose keys are not known; those of `object` may hold anything."""
        schema: Schema = {"type": "object"}
        if key is not str:
            schema["propertyNames"] = self.of(key)
        if not _holds_anything(value):
            schema["additionalProperties"] = self.of(value)
        return schema

    def _mapping(self, rows: Iterable[Variable], prefix: str) -> Schema:
        """Return the schema of the variables below `prefix`, from their table."""
        properties: Schema = {}
        for row in rows:
            name = row.name.removeprefix(prefix)
            if not row.name.startswith(prefix) or "." in name:
                continue
            if row.type == "list of mappings":
                below = {"type": "array", "items": self._mapping(rows, f"{row.name}[].")}
            else:
                below = self.of(SHAPES.get(row.name) or _VARIABLE_TYPES[row.type])
            properties[name] = {"description": row.meaning, **below}
        return {
            "type": "object",
            "required": list(properties),
            "additionalProperties": False,
            "properties": properties,
        }

    def with_those_used_often(self, document: Schema, kinds: dict[str, Schema]) -> Schema:
        """Return the whole schema: a definition that is referred to once stands where it is used."""
        whole = {**document, "$defs": {**self.definitions, **kinds}}
        uses = Counter(_references(whole))
        kept = {name for name in self.definitions if uses[name] > 1} | set(kinds)
        placed: Schema = _placed(whole, {name: one for name, one in self.definitions.items() if name not in kept})
        placed["$defs"] = {name: one for name, one in placed["$defs"].items() if name in kept}
        return placed


def _docstring(value: type) -> str:
    return (value.__doc__ or "").removesuffix(".")


def _name(value: type) -> str:
    """Return the name of a TypedDict in the schema: `left_out` for `LeftOutData`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", value.__name__.removesuffix("Data")).lower()


def _referred(schema: Schema) -> str:
    """Return the name of the definition that a schema refers to, empty where it refers to none."""
    name: str = schema.get("$ref", "").rpartition("/")[2]
    return name


def _described(text: object) -> Schema:
    return {"description": text} if text else {}


def _words(rule: Rule) -> Schema:
    """Return a rule in the words of JSON Schema."""
    words = {"pattern": rule.pattern, "minimum": rule.minimum, "minLength": rule.min_length}
    return {word: value for word, value in words.items() if value is not None}


def _holds_anything(value: object) -> bool:
    return value is object or object in {inner for one in get_args(value) for inner in get_args(one)}


def _any_of(schemas: list[Schema]) -> Schema:
    """Return the schema of what is one of several: a list of types where no more is said of them."""
    if all(isinstance(one.get("type"), str) and "properties" not in one for one in schemas):
        kinds = [one["type"] for one in schemas]
        return {**{key: word for one in schemas for key, word in one.items()}, "type": kinds}
    return {"anyOf": schemas}


def _references(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if name := _referred(schema):
            yield name
        for one in schema.values():
            yield from _references(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from _references(one)


def _placed(schema: Any, definitions: Mapping[str, Schema]) -> Any:
    """Return a schema with these definitions put where they are referred to."""
    if isinstance(schema, list):
        return [_placed(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if (name := _referred(schema)) in definitions:
        schema = {**definitions[name], **{key: one for key, one in schema.items() if key != "$ref"}}
    return {key: _placed(one, definitions) for key, one in schema.items()}


def text(value: Any, indent: str = "", begun: int = 0) -> str:
    """Lay JSON out for people: in one line what fits into it; `begun` is how much of the line is taken."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(indent) + begun + len(line) < WIDTH - 1:
        return line
    inner = indent + "  "
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        words = [json.dumps(one, ensure_ascii=False).replace(" ", _JOINT) for one in value]
        rows = textwrap.wrap(", ".join(words), WIDTH - 2 - len(inner), break_long_words=False, break_on_hyphens=False)
        return "\n".join(["[", *(inner + row.replace(_JOINT, " ") for row in rows), f"{indent}]"])
    pairs = value.items() if isinstance(value, dict) else [(None, one) for one in value]
    heads = [(f"{json.dumps(key)}: " if isinstance(value, dict) else "", one) for key, one in pairs]
    lines = ",\n".join(f"{inner}{head}{text(one, inner, len(head))}" for head, one in heads)
    return f"{{\n{lines}\n{indent}}}" if isinstance(value, dict) else f"[\n{lines}\n{indent}]"
