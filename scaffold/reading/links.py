"""Link definitions and footnotes: what a passage refers to elsewhere in its document, and loses when it is copied."""

from collections.abc import Iterator

from scaffold.lazy.patterns import regex
from scaffold.reading.content import Passage
from scaffold.reading.markdown import Document, code_lines

_DEFINITION = regex(
    r"^ {0,3}\[(?P<label>(?!\^)[^\[\]]+)\]:[ \t]*(?:<(?P<pointed>[^<>]*)>|(?P<bare>\S+))(?:[ \t]+[\"'(].*)?$"
)
_FOOTNOTE = regex(r"^ {0,3}\[\^(?P<label>[^\[\]\s]+)\]:[ \t]*(?P<text>.*)$")


def definitions(document: Document) -> tuple[tuple[str, str], ...]:
    """Return the link definitions outside code, as (label in its bare form, target); of two the first counts."""
    found: dict[str, str] = {}
    for _, line in _lines(document):
        if match := _DEFINITION.match(line):
            found.setdefault(label_key(match["label"]), match["bare"] or match["pointed"] or "")
    return tuple(found.items())


def footnotes(document: Document) -> tuple[tuple[str, Passage], ...]:
    """Return the footnotes outside code, as (label, text with its indented lines)."""
    found: dict[str, Passage] = {}
    for number, line in _lines(document):
        if match := _FOOTNOTE.match(line):
            last = number
            while last < len(document.lines) and document.lines[last].startswith(("  ", "\t")):
                last += 1
            text = "\n".join([match["text"], *(line.strip() for line in document.lines[number:last])])
            found.setdefault(match["label"], Passage(text, number))
    return tuple(found.items())


def label_key(label: str) -> str:
    """Return the form in which the labels of links are compared."""
    return " ".join(label.split()).casefold()


def _lines(document: Document) -> Iterator[tuple[int, str]]:
    if any(line.lstrip().startswith("[") and "]:" in line for line in document.lines):
        code = code_lines(document)
        yield from ((number, line) for number, line in enumerate(document.lines, 1) if number not in code)
