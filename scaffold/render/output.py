"""What every created document must be, whichever template made it: whole text that begins with its title."""

import json
from collections.abc import Iterable, Iterator, Mapping

from scaffold.errors import Diagnostic
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.model import Json
from scaffold.names import DocumentKind
from scaffold.reading.markdown import begins, parse, sections
from scaffold.render.place import PREFIX

_FRONT_MATTER = regex(r"---\n(?:.*\n)*?(?:---|\.\.\.)\n")
_ADDRESS = regex("<built-in (?:function|method) ")
"""What the text of a function of Python begins with: a template has printed it instead of calling it."""

_SCRATCH = f"/{PREFIX}"
"""What the path of the directory that documents are rendered in has in it: it is gone when they are read."""


@frozen
class Made:
    """A document that a template made: where it will lie, its bytes, and the variables that it was made with.

    `achievement` is the id of the one that it is for; that of a sample is no achievement of any plan.
    """

    target: str
    content: bytes
    variables: Mapping[str, Json]
    achievement: str | None = None


def faults(template: str, kind: DocumentKind, documents: Iterable[Made]) -> Iterator[Diagnostic]:
    """Yield what is wrong with documents that the set `template` made."""
    for made in documents:
        text = made.content.decode()
        for message, hint in _faults_of_text(text, made.variables):
            hint = hint.replace("{template}", f"the template {template}")
            yield Diagnostic("document_invalid", message, made.target, hint=hint, achievement=made.achievement)
        if (lines := text.count("\n")) > kind.max_lines:
            message = f"would have {lines} lines, the limit is {kind.max_lines}; the longest sections: {_longest(text)}"
            hint = f"make these sections of the template {template} shorter"
            yield Diagnostic("document_too_long", message, made.target, hint=hint, achievement=made.achievement)


def _faults_of_text(text: str, variables: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    if not text.strip():
        yield "would be empty", "{template} renders nothing here: look for a condition that is never true"
        return
    if text.startswith("\ufeff"):
        yield "would begin with a byte order mark", "save the first file of {template} as UTF-8 without one"
    if "\0" in text:
        yield f"would have a NUL on line {_line(text, chr(0))}", "remove it from {template}"
    if (printed := _ADDRESS.search(text)) and not _ADDRESS.search(json.dumps(variables)):
        where = _line(text, printed[0])
        yield f"would have `<built-in …` on line {where}", "call the function in {template}, with ()"
    if _SCRATCH in text and _SCRATCH not in json.dumps(variables):
        yield f"would name a temporary directory on line {_line(text, _SCRATCH)}", "remove it from {template}"
    end = text[len(text.rstrip()) :]
    if not end.endswith("\n") or end.count("\n") > 1:
        how = "no line end" if not end.endswith("\n") else "blank lines"
        yield f"would end with {how}", "end {template} with one line end"
    if not _begins_with_title(text):
        yield "would not begin with a title", "begin {template} with `# …`; only front matter may stand before it"


def _line(text: str, part: str) -> int:
    return text.count("\n", 0, text.index(part)) + 1


def _begins_with_title(text: str) -> bool:
    """Whether a heading of level 1 comes first, after front matter and HTML comments."""
    text = text.removeprefix("\ufeff")
    front = _FRONT_MATTER.match(text)
    body = text[front.end() :] if front else text
    lines = body.split("\n")
    first = next((block for block in begins(body) if not lines[block.first - 1].lstrip().startswith("<!--")), None)
    return first is not None and first.kind == "heading" and first.level == 1 and first.text.strip() != ""


def _longest(text: str) -> str:
    longest = sorted(sections(parse(text)), key=lambda part: part.first - part.last)
    return ", ".join(f"'{part.title}' {part.last - part.first + 1}" for part in longest if part.level > 1)[:200]
