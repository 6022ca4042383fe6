"""The published JSON schema of scaffold.yml, made from what its reader knows, and whether a file is as it says.

It accepts all that scaffold accepts. What keys and names refer to, and how a value is written, it cannot tell.
"""

import json
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from yaml.constructor import SafeConstructor

from scaffold.names import MAX_ID_LENGTH
from scaffold.plan import settings, template_names
from scaffold.plan import template_settings as templates
from scaffold.reading.vocabulary import Terms, Vocabulary
from scaffold.reading.words import PLAN, SUBPLAN
from tests.json_types import Schema

FILE = Path(__file__).parent.parent / "docs" / "settings-schema.json"

_TEXT: Schema = {"type": "string", "pattern": r"\S"}
_PATH = r"[^\u0000]*[^\s\u0000][^\u0000]*"
_INSIDE = r"(?!/)(?!(?:\./+)*\.\.(?:/|$))"
"""What a path begins with that is relative and does not go up at once."""
_VARIABLE = r"^[^\u0000-@\[-`{-\u007f][^\u0000-/:-@\[-^`{-\u007f]*$"
"""Letters, digits and `_`, the first a letter; of letters that are not ASCII it lets everything pass."""
_LABELS = {"executions": "EXECUTION_TASKs", "subplans": "SUBPLANs"}


def made() -> Schema:
    """Return the schema."""
    properties = {
        "headings": _headings(SUBPLAN, "What your SUBPLANs call things: headings and labels by the field they mean."),
        "plan_headings": _headings(PLAN, "What the achievements of your PLANs call things, by the field it means."),
        "plan_roots": {
            "description": "The directories below which @NAME is searched, relative to this file.",
            "type": "array",
            "items": {"type": "string", "pattern": f"^{_PATH}$"},
            "default": list(settings.Settings().plan_roots),
        },
        "templates": _mapping(
            "Template sets of your own, and which documents are made with which of them.",
            {kind: _kind(_LABELS[kind]) for kind in templates.KINDS},
        ),
    }
    assert tuple(properties) == settings.KEYS
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "scaffold.yml: the settings of a workspace",
        **_mapping("All keys may be left out.", properties),
        "type": ["object", "null"],
        "$defs": {
            "set": _set(),
            "rule": _rule(),
            "set_name": {
                "type": ["string", "number", "boolean", "null"],
                "pattern": _whole(templates.SET_NAME.pattern),
                "maxLength": templates.MAX_NAME_LENGTH,
            },
        },
    }


def _mapping(description: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    return {
        "description": description,
        "type": "object",
        **({"required": list(required)} if required else {}),
        "additionalProperties": False,
        "properties": properties,
    }


def _headings(vocabulary: Vocabulary, description: str) -> Schema:
    terms = {one.field: one for one in (*vocabulary.fields, *vocabulary.marks)}
    return _mapping(
        description,
        {
            field: {"description": _names(terms[field]), "type": "array", "items": _TEXT}
            for field in vocabulary.extendable
        },
    )


def _names(terms: Terms) -> str:
    return f"Besides: {', '.join((*terms.names, *terms.synonyms))}"


def _kind(label: str) -> Schema:
    return _mapping(
        f"The template sets for {label}.",
        {
            "sets": {
                "description": "The sets by their names: letters, digits, - and _.",
                "type": "object",
                "propertyNames": {
                    "pattern": _whole(templates.SET_NAME.pattern),
                    "maxLength": templates.MAX_NAME_LENGTH,
                    "not": {"pattern": _whole("|".join(map(_in_any_capitals, templates.RESERVED)))},
                },
                "additionalProperties": {"$ref": "#/$defs/set"},
            },
            "rules": {
                "description": "Which documents get which set: the first rule that matches counts.",
                "type": "array",
                "items": {"$ref": "#/$defs/rule"},
            },
            "default": _reference(
                f"What is used where no rule matches: a set, {templates.BUILT_IN}, or {templates.REFUSE} to make "
                "that an error.",
                templates.NOTHING,
                templates.BUILT_IN,
            ),
        },
    )


def _set() -> Schema:
    return _mapping(
        "A template set.",
        {
            "directory": {
                "description": "Where its files are, relative to this file and not outside of its directory.",
                "type": "string",
                "pattern": f"^{_INSIDE}{_PATH}$",
            },
            "over": _reference(
                "The set whose files it lies over: another one, built-in, or nothing where it is complete.",
                templates.REFUSE,
                templates.BUILT_IN,
            ),
            "data": {
                "description": "Further variables of its templates.",
                "type": "object",
                "propertyNames": {
                    "pattern": _VARIABLE,
                    "not": {
                        "enum": sorted(template_names.VARIABLES | template_names.GLOBALS | template_names.WORDS),
                    },
                },
            },
        },
        ("directory",),
    )


def _rule() -> Schema:
    return _mapping(
        "A rule: the set for the achievements that match.",
        {
            "match": {
                "description": "What an achievement must have: a text, or one of several, for each key. Texts are "
                "compared as they are written, here and in parallel.json.",
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"minLength": 1, "not": {"const": "<<"}},
                "properties": {
                    "id": _one_or_several(
                        "The id of the achievement. A * is one whole number of it: 3.* is 3.1, and not 3.1.2.",
                        {
                            "type": ["string", "number"],
                            "pattern": _whole(templates.ID_PATTERN.pattern),
                            "maxLength": MAX_ID_LENGTH,
                            "minimum": 0,
                        },
                    ),
                    "level": _one_or_several(
                        "The level of the achievement, as scaffold status shows it.",
                        {"type": ["string", "integer"], "pattern": _whole(templates.LEVEL.pattern), "minimum": 0},
                    ),
                },
                "additionalProperties": _one_or_several(
                    "A key of the achievement in parallel.json.", {"type": ["string", "number", "boolean", "null"]}
                ),
            },
            "use": _reference(
                f"What is used: a set, {templates.BUILT_IN}, or {templates.REFUSE} to make that an error.",
                templates.NOTHING,
            ),
        },
        ("match", "use"),
    )


def _reference(description: str, refused: str, default: str = "") -> Schema:
    """Return the schema of a place that names a set; `refused` is the word that means something elsewhere only."""
    words = [
        name for name in templates.RESERVED if name not in (templates.BUILT_IN, templates.NOTHING, templates.REFUSE)
    ]
    return {
        "description": description,
        "$ref": "#/$defs/set_name",
        "not": {"enum": [refused, *words]},
        **({"default": default} if default else {}),
    }


def _one_or_several(description: str, value: Schema) -> Schema:
    return {"description": description, "anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _in_any_capitals(word: str) -> str:
    return "".join(f"[{letter.upper()}{letter}]" if letter.isalpha() else letter for letter in word)


# --- whether a file is as it says -------------------------------------------------------------------------------------


def faults(text: str) -> list[str]:
    """Return what is wrong with the text of a scaffold.yml by the published schema, each with its place."""
    document = _value(yaml.compose(text, Loader=yaml.SafeLoader))
    validator = Draft202012Validator(json.loads(FILE.read_text("utf-8")))
    return [f"{one.json_path}: {one.message[:300]}" for one in validator.iter_errors(document)]


def _value(node: yaml.Node | None) -> Any:
    """Return what editors see: keys are text, dates too, numbers and truth are what YAML makes of them."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _value(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_value(value) for value in node.value]
    if node is None or node.tag.endswith(":null"):
        return None
    if node.tag.endswith((":int", ":float", ":bool")):
        try:
            return SafeConstructor().construct_object(node)
        except (ValueError, KeyError):
            return node.value
    return node.value
