"""Places that a template asks to be filled in and that still are not."""

import re
from collections.abc import Mapping, Sequence

from scaffold.lazy.patterns import regex
from scaffold.reading.content import HeaderField, Unfilled
from scaffold.reading.markdown import Document, code_lines
from scaffold.reading.parts import Part

_MARKER = regex(r"\[(?:(?i:TO BE FILLED)|FILL)(?![A-Za-z])[^\]\n]*\]?")
_CODE_SPAN = regex(r"(?<!`)(`+)(?!`)[^`\n]+\1(?!`)")


def read(document: Document, parts: Mapping[str, Part], header: Sequence[HeaderField]) -> tuple[Unfilled, ...]:
    """Return the `[TO BE FILLED…` and `[FILL…` markers outside code, each with the field that it lies in.

    `parts` are the fields' places; an objective or approach that lies inside another field's place comes first.
    """
    marked = [number for number, line in enumerate(document.lines, 1) if _MARKER.search(line)]
    if not marked:
        return ()
    code = code_lines(document)
    header_lines = {field.line for field in header}
    return tuple(
        Unfilled(
            document.lines[number - 1][slice(*found.span())],
            number,
            _field(parts, number) or ("header" if number in header_lines else None),
        )
        for number in marked
        if number not in code
        for found in _MARKER.finditer(_CODE_SPAN.sub(_blank, document.lines[number - 1]))
    )


def _field(parts: Mapping[str, Part], number: int) -> str | None:
    """Return the first field whose text covers a line."""
    for field, part in parts.items():
        if part.first <= number <= part.last or (part.rest and part.line == number):
            return field
    return None


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
