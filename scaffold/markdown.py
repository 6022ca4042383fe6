"""Markdown text to blocks and sections, by CommonMark and with lines: what a document contains, and where.

Headings inside fences, lists, quotes and HTML comments are not sections of the document: only top-level ones are.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import pyromark

BlockKind = Literal["heading", "paragraph", "list", "item", "quote", "code", "html", "table", "rule", "other"]

_KINDS: dict[str, BlockKind] = {
    "Paragraph": "paragraph",
    "Item": "item",
    "HtmlBlock": "html",
}


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a document, on the 1-based lines `first` to `last`, both included.

    `text` is its inline text without markup; an item's is that of its own first paragraph, code's is its content.
    `level` is 1 to 6 for a heading, else 0. `start` is the first number of an ordered list, else None. `info` is what
    stands behind an opening fence, None for any block but fenced code. `children` are the items of a list and the
    blocks of an item or a quote.
    """

    kind: BlockKind
    first: int
    last: int
    text: str = ""
    level: int = 0
    start: int | None = None
    info: str | None = None
    children: tuple["Block", ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A text as its lines (without line ends) and its top-level blocks."""

    lines: tuple[str, ...]
    blocks: tuple[Block, ...]

    def text(self, first: int, last: int) -> str:
        """Give the lines `first` to `last`, verbatim, joined by LF; empty when `last < first`."""
        return "\n".join(self.lines[first - 1 : max(last, first - 1)])

    def trim(self, first: int, last: int) -> tuple[int, int]:
        """Narrow the lines `first` to `last` so that neither end is blank or a `---` rule."""
        rules = {block.first for block in self.blocks if block.kind == "rule"}
        while first <= last and (first in rules or not self.lines[first - 1].strip()):
            first += 1
        while first <= last and (last in rules or not self.lines[last - 1].strip()):
            last -= 1
        return first, last


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the lines that belong to it: up to the next heading of the same or a higher level.

    `line` is the heading's. `first` and `last` are the 1-based lines of its body, rules and blank lines at both ends
    left out; `last < first` when it has none. `text` is that body, verbatim.
    """

    title: str
    level: int
    line: int
    first: int
    last: int
    text: str


def decode(content: bytes) -> str:
    """Decode UTF-8 into text without a byte order mark and with every line end as LF.

    Raises UnicodeDecodeError when it is not UTF-8.
    """
    return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str) -> Document:
    """Read `text` (line ends LF) into its blocks."""
    return Document(tuple(text.split("\n")), tuple(_blocks(text)))


def sections(document: Document) -> tuple[Section, ...]:
    """Give the section of every top-level heading, in order; a section contains those of its lower headings."""
    headings = [block for block in document.blocks if block.kind == "heading"]
    found = []
    for index, heading in enumerate(headings):
        following = (later.first for later in headings[index + 1 :] if later.level <= heading.level)
        end = next(following, len(document.lines) + 1)
        first, last = document.trim(heading.last + 1, end - 1)
        text = document.text(first, last)
        found.append(Section(heading.text.strip(), heading.level, heading.first, first, last, text))
    return tuple(found)


@dataclass(slots=True)
class _Open:
    """A block whose end has not been seen yet."""

    kind: BlockKind
    level: int = 0
    start: int | None = None
    info: str | None = None
    inline: list[str] = field(default_factory=list)
    children: list[Block] = field(default_factory=list)

    def closed(self, first: int, last: int) -> Block:
        """Make the block of it."""
        text = "".join(self.inline)
        if self.kind == "item" and not text and self.children and self.children[0].kind == "paragraph":
            text = self.children[0].text
        return Block(self.kind, first, last, text, self.level, self.start, self.info, tuple(self.children))


def _blocks(text: str) -> Iterator[Block]:
    """Yield the top-level blocks. Nesting is followed with a stack, so that no depth of it is too deep."""
    encoded = text.encode()
    starts = [0, *(found.end() for found in re.finditer(b"\n", encoded))]
    stack: list[_Open] = [_Open("other")]
    for event, span in pyromark.events_with_range(text, options=pyromark.Options.ENABLE_TABLES):
        first, last = bisect_right(starts, span["start"]), bisect_right(starts, max(span["start"], span["end"] - 1))
        match event:
            case {"Start": tag}:
                stack.append(_opened(tag))
            case {"End": _}:
                done = stack.pop()
                if done.kind == "other":  # emphasis, links, table cells: their text belongs to the block around them
                    stack[-1].inline.extend(done.inline)
                else:
                    stack[-1].children.append(done.closed(first, last))
            case "Rule":
                stack[-1].children.append(Block("rule", first, last))
            case {"Text": str(piece)} | {"Code": str(piece)}:
                stack[-1].inline.append(piece)
            case "SoftBreak" | "HardBreak":
                stack[-1].inline.append(" ")
            case _:
                pass  # HTML and references are no text
        if len(stack) == 1:
            yield from stack[0].children
            stack[0].children.clear()


def _opened(tag: object) -> _Open:
    """Begin the block that a start event announces."""
    match tag:
        case {"Heading": heading}:
            return _Open("heading", level=int(heading["level"][1:]))
        case {"List": start}:
            return _Open("list", start=start)
        case {"CodeBlock": {"Fenced": info}}:
            return _Open("code", info=info)
        case str(name):
            return _Open(_KINDS.get(name, "other"))
        case {"CodeBlock": _}:
            return _Open("code")
        case {"BlockQuote": _}:
            return _Open("quote")
        case {"Table": _}:
            return _Open("table")
        case _:
            return _Open("other")
