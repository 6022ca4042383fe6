"""The published schema of what `--json` prints, and whether a document is as it says."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from scaffold.model import Json

FILE = Path(__file__).parent.parent / "docs" / "json-schema.json"
SCHEMA = json.loads(FILE.read_text(encoding="utf-8"))
_VALIDATOR = Draft202012Validator(SCHEMA)


def faults(document: Json) -> list[str]:
    """Return what is wrong with a document, each with its place; none: it is as the schema says."""
    return [f"{one.json_path}: {one.message[:300]}" for one in _VALIDATOR.iter_errors(document)]


def kinds() -> list[str]:
    """Return every `kind` of document there is."""
    return list(SCHEMA["properties"]["kind"]["enum"])
