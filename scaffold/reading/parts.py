"""Stretches of a document under a heading or a bold label, and the passages in them.

A bold label is a line of its own, or the beginning of one: `**Objective**: …`, `**Objective:** …`, `**Objective**`.
It holds up to the next label, heading or rule.
"""

import re
from collections.abc import Iterator, Sequence

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen, replace
from scaffold.reading.content import Passage
from scaffold.reading.letters import BLANKS, UNSEEN
from scaffold.reading.markdown import Block, Document, as_written
from scaffold.reading.vocabulary import key

_GAP = rf"[\s{UNSEEN}]*"
_LABEL = regex(
    rf"^{_GAP}(?P<bold>\*\*|__)(?P<name>(?:(?!\*\*|__).){{1,120}}?)(?P<inner>[:：]?)(?P=bold)"
    rf"(?P<remark>{_GAP}\([^()]*\))?{_GAP}(?P<outer>[:：]|[-–—](?=\s)|){_GAP}(?P<rest>.*)$"
)
_MARKER = regex(rf"^\s*(?:[-*+]|\d{{1,9}}[.)])(?:[ \t{BLANKS}]+|$)")
BOX = rf"\[[ {BLANKS}xX~/>!?*+✓✔-]\]"
"""A task's box, with whatever mark people give it: done, half done, dropped, moved on."""

_COMMENT = regex(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@frozen
class Part:
    """The lines under a label or heading (`label` None: under neither), with the blocks that begin there.

    `line` is the label's. The text begins with `rest`, on that line, or on line `first`; it ends with line `last`.
    `level` is a heading's, 7 for a label, 0 for neither. `remark` is what stands in parentheses after a label.
    Paragraphs that contain labels are no blocks of any part.
    """

    label: str | None
    level: int
    line: int
    first: int
    last: int = 0
    blocks: tuple[Block, ...] = ()
    remark: str = ""
    rest: str = ""

    @property
    def key(self) -> str:
        """The label's bare form, empty without one."""
        return key(self.label) if self.label else ""

    def passage(self, document: Document, indent: int = 0) -> Passage | None:
        """Return the part's text, its lines without up to `indent` leading blanks; None when there is none."""
        if not self.rest:
            text = dedented(document, self.first, self.last, indent)
            return Passage(text, self.first, self.label) if says_something(text) else None
        below = dedented(document, self.line + 1, self.last, indent) if self.first <= self.last else ""
        return Passage(self.rest + ("\n" + below if below else ""), self.line, self.label)


def says_something(text: str) -> bool:
    """Whether a text holds more than blanks and HTML comments."""
    return bool(text.strip()) and bool(_COMMENT.sub("", text).strip() if "<!--" in text else True)


def label_of(line: str, number: int) -> Part | None:
    """Read the bold label that a line begins with, as a part still without lines; None where there is none.

    Bold text followed by words, without a colon or dash between, is emphasis and not a label.
    """
    found = _LABEL.match(line) if "**" in line or "__" in line else None
    if not found or not found["name"].strip():
        return None
    rest, name = found["rest"].rstrip(), found["name"].strip()
    if rest and not (found["inner"] or found["outer"]):
        return None
    return Part(name, 7, number, number + 1, remark=(found["remark"] or "").strip(), rest=rest)


def split(document: Document, blocks: Sequence[Block], last: int) -> tuple[Part, ...]:
    """Split neighbouring blocks into parts, in order; the last part ends with line `last`. No blocks are no parts."""
    begun = list(_beginnings(document, blocks))
    found = []
    ends = [part.line - 1 for part, _ in begun[1:]]
    for (part, inside), end in zip(begun, [*ends, last], strict=False):
        first, final = document.trim(part.first, end)
        found.append(replace(part, first=first, last=final, blocks=tuple(inside)))
    return tuple(found)


def _beginnings(document: Document, blocks: Sequence[Block]) -> Iterator[tuple[Part, list[Block]]]:
    """Yield each part, still without its last line, with its blocks."""
    if not blocks:
        return
    part, inside = Part(None, 0, blocks[0].first, blocks[0].first), list[Block]()
    for block in blocks:
        starts = list(_starts(document, block))
        if not starts:
            inside.append(block)
            continue
        if inside or part.label or starts[0].line > part.line:
            yield part, inside
        for earlier in starts[:-1]:
            yield earlier, []
        part, inside = starts[-1], []
    yield part, inside


def _starts(document: Document, block: Block) -> Iterator[Part]:
    """Yield the parts that begin in a block."""
    if block.kind == "heading":
        written = as_written(document.lines[block.first - 1])
        yield Part(written, block.level, block.first, block.last + 1)
    elif block.kind == "rule":
        yield Part(None, 0, block.first, block.last + 1)
    elif block.kind == "paragraph":
        for number in range(block.first, block.last + 1):
            if found := label_of(document.lines[number - 1], number):
                yield found


def dedented(document: Document, first: int, last: int, indent: int) -> str:
    """Return the lines `first` to `last`, each without up to `indent` leading blanks."""
    if not indent:
        return document.text(first, last)
    lines = document.lines[first - 1 : max(last, first - 1)]
    return "\n".join(line[min(indent, len(line) - len(line.lstrip())) :] for line in lines)


def marker_width(line: str) -> int:
    """Return the number of characters before the text of a list item on its first line."""
    found = _MARKER.match(line)
    return found.end() if found else 0


def passage_of(text: str, line: int, heading: str | None) -> Passage | None:
    """Make a passage of a text that begins on `line`; blank lines around it go, and an empty one is None."""
    kept = text.rstrip()
    begin = kept.rfind("\n", 0, len(kept) - len(kept.lstrip())) + 1
    return Passage(kept[begin:], line + kept.count("\n", 0, begin), heading) if says_something(kept) else None
