"""Markdown text to blocks and sections, by CommonMark and with lines: what a document contains, and where.

Headings inside fences, lists, quotes and HTML comments are not sections of the document: only top-level ones are.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, Literal, NamedTuple

import pyromark

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import fresh, frozen
from scaffold.reading.letters import BLANKS, UNSEEN, seen

BlockKind = Literal["heading", "paragraph", "list", "item", "quote", "code", "html", "table", "rule"]

_KINDS: dict[str, BlockKind] = {
    "Paragraph": "paragraph",
    "Item": "item",
    "HtmlBlock": "html",
    "List": "list",
    "CodeBlock": "code",
    "BlockQuote": "quote",
    "Table": "table",
    "Heading": "heading",
}
"""The tags that are blocks. Every other one (emphasis, links, table cells) marks up the text of a block."""

_FENCE = regex(r"^\s*(?P<run>`{3,}+|~{3,}+)(?P<info>[^`]*)$")
_HEADING = regex(rf"^ {{0,3}}#{{2,6}}[ \t{BLANKS}]")
_ODD_HEAD = regex(
    rf"^(?P<lead>[ \t{BLANKS}{UNSEEN}]*)(?P<mark>#{{1,6}}|[-*+]|\d{{1,9}}[.)])(?P<gap>[ \t{BLANKS}{UNSEEN}]+)(?=\S)"
)
"""The head of a heading or list item with whatever blanks it has."""

_EDGE = regex(rf"^[\s{UNSEEN}]+")
_ATTRIBUTES = regex(r"(?<=[\w\s.)!?:]){:?\s*[#.][^{}`]*}\s*$")
_FOLDED = regex(r"^\s*(?:</?(?:details|summary)\b[^<>]*>[^<>]*)+$", re.IGNORECASE)
_FRONT_LINE = regex(r"^(?:[\w.-][\w .-]*:(?:\s.*)?|[ \t]+.*|-\s.*|#.*|)$")
_FRONT_KEY = regex(r"^[\w.-][\w .-]*:")
_MOST_FRONT = 200
_WORDS = frozenset({"Text", "Code"})
_BREAKS = {"SoftBreak": " ", "HardBreak": " "}


class Block(NamedTuple):  # there are very many of them, and a dataclass takes three times as long to make
    """One block of a document, on the 1-based lines `first` to `last`, both included.

    Blank lines after a list may count to it.
    `text` is a heading's inline text without markup, empty for other blocks. `level` is 1 to 6 for a heading, else 0.
    `start` is the first number of an ordered list, else None. `children` are the items of a list and the blocks of an
    item or a quote.
    """

    kind: BlockKind
    first: int
    last: int
    text: str = ""
    level: int = 0
    start: int | None = None
    children: tuple["Block", ...] = ()


@frozen
class Document:
    """A text as its lines (without line ends) and its top-level blocks. `rules` are the lines of `---` rules."""

    lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    rules: frozenset[int] = frozenset()

    def text(self, first: int, last: int) -> str:
        """Return the lines `first` to `last`, verbatim, joined by LF; empty when `last < first`."""
        return "\n".join(self.lines[first - 1 : max(last, first - 1)])

    def trim(self, first: int, last: int) -> tuple[int, int]:
        """Narrow the lines `first` to `last` so that neither end is blank or a `---` rule."""
        while first <= last and (first in self.rules or not self.lines[first - 1].strip()):
            first += 1
        while first <= last and (last in self.rules or not self.lines[last - 1].strip()):
            last -= 1
        return first, last

    def between(self, first: int, last: int) -> tuple[Block, ...]:
        """Return the top-level blocks that begin on the lines `first` to `last`."""
        start = bisect_left(self.blocks, first, key=_first)
        return self.blocks[start : bisect_right(self.blocks, last, lo=start, key=_first)]


@frozen
class Section:
    """A heading and the lines that belong to it: up to the next heading of the same or a higher level.

    `title` is its text without markup, `written` as the document has it, without the `#`. `line` is the heading's.
    `first` and `last` are the 1-based lines of its body, rules and blank lines at both ends left out; `last < first`
    when it has none.
    """

    title: str
    level: int
    line: int
    first: int
    last: int
    written: str


def decode(content: bytes) -> str:
    """Decode UTF-8 into text without a byte order mark and with every line end as LF.

    Raises UnicodeDecodeError when it is not UTF-8.
    """
    return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str) -> Document:
    """Read `text` (line ends LF) into its blocks.

    It is read as people mean it: any blank parts `##` from a heading, a heading right below `<summary>` is one, and
    front matter is no block.
    """
    lines = tuple(text.split("\n"))
    return _document(lines, _meant(lines))


def begins(text: str) -> Iterator[Block]:
    """Yield the top-level blocks of `text`, read as `parse` reads it, as far as they are asked for."""
    return _blocks(_meant(text.split("\n")))


def parse_rebalanced(text: str) -> Document:
    """Read `text` with its fences paired line by line, like brackets, instead of by CommonMark.

    In CommonMark a fence that nobody closes swallows the rest of the document, and a fence inside a fence of the same
    length closes the outer one. Here an opening line with a language opens one more level, and one that is never
    closed ends before the next heading of level 2 or lower. What lies in fences is no block at all.
    """
    lines = tuple(text.split("\n"))
    masked = masked_lines(lines)
    return _document(lines, _meant(["" if number in masked else line for number, line in enumerate(lines, 1)]))


def sections(document: Document, last: int | None = None) -> tuple[Section, ...]:
    """Return the section of every top-level heading, in order; a section contains those of its lower headings.

    Lines after `last` belong to no section.
    """
    end = len(document.lines) if last is None else last
    found: list[Section] = []
    ends = [end] * 7  # by level: the last line before the next heading of that level or a higher one
    for heading in reversed([block for block in document.blocks if block.kind == "heading" and block.first <= end]):
        first, final = document.trim(heading.last + 1, ends[heading.level])
        written = as_written(document.lines[heading.first - 1])
        title = _without_attributes(heading.text.strip())
        found.append(Section(title, heading.level, heading.first, first, final, written))
        ends[heading.level :] = [heading.first - 1] * (7 - heading.level)
    return tuple(reversed(found))


def code_lines(document: Document) -> frozenset[int]:
    """Return every line that lies in a code block, at any depth."""
    lines: set[int] = set()
    waiting = list(document.blocks)
    while waiting:
        block = waiting.pop()
        waiting.extend(block.children)
        if block.kind == "code":
            lines.update(range(block.first, block.last + 1))
    return frozenset(lines)


def as_written(line: str) -> str:
    """Return a heading's line without the `#` around it and without attributes: `{#id}`, `{.class}`."""
    text = _EDGE.sub("", line).rstrip()
    if not text.startswith("#"):
        return _without_attributes(text)
    open_ended = text.rstrip("#")
    return _without_attributes((open_ended if open_ended[-1:].isspace() else text).lstrip("#").strip())


def is_fold(line: str) -> bool:
    """Whether a line only has tags of `<details>` and `<summary>`, and the text in them."""
    return _FOLDED.match(line) is not None


def front_matter(lines: Sequence[str]) -> int:
    """Return the last line of YAML between `---` lines that a document begins with, 0 for none."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    inside = lines[1:_MOST_FRONT]
    end = next((at for at, line in enumerate(inside) if line.rstrip() in ("---", "...")), 0)
    is_yaml = all(map(_FRONT_LINE.match, inside[:end])) and any(map(_FRONT_KEY.match, inside[:end]))
    return end + 2 if is_yaml else 0


def _without_attributes(title: str) -> str:
    return _ATTRIBUTES.sub("", title).rstrip() or title


def _meant(lines: Sequence[str]) -> str:
    """Return the text in which CommonMark finds the blocks that people mean, line by line the same."""
    front = front_matter(lines)
    meant = ["" if at < front else line if line.isascii() else _with_plain_head(line) for at, line in enumerate(lines)]
    for at, line in enumerate(meant[:-1]):
        below = meant[at + 1]
        if "<" in line and below.strip() and is_fold(line) and not is_fold(below):
            meant[at] = ""  # until a blank line CommonMark would take everything for HTML
    return "\n".join(meant)


def _with_plain_head(line: str) -> str:
    """Return a line with spaces only around the mark of a heading or list item that it begins with."""
    head = _ODD_HEAD.match(line)
    if not head or head[0].isascii() or not (gap := seen(head["gap"])):
        return line
    lead = head["lead"]
    if not lead.isascii():
        indent = lead[: len(lead) - len(lead.lstrip(" \t"))]  # what keeps it inside a list item
        lead = indent if head["mark"].startswith("#") else " " * len(seen(lead))
    return f"{lead}{head['mark']}{' ' * len(gap)}{line[head.end() :]}"


def _first(block: Block) -> int:
    return block.first


def _document(lines: tuple[str, ...], text: str) -> Document:
    """Put the lines of a document together with the blocks of `text`, which has the same number of lines."""
    blocks = tuple(_blocks(text))
    return Document(lines, blocks, frozenset(block.first for block in blocks if block.kind == "rule"))


@frozen
class _Open:
    """A block whose end has not been seen yet."""

    kind: BlockKind
    level: int = 0
    start: int | None = None
    inline: list[str] = fresh(factory=list)
    children: list[Block] = fresh(factory=list)


def _blocks(text: str) -> Iterator[Block]:
    """Yield the top-level blocks. Nesting is followed with a stack, so that no depth is too deep."""
    starts = [0, *accumulate(len(line) + 1 for line in text.encode().split(b"\n"))]
    stack: list[_Open] = [_Open("item")]
    for event, span in pyromark.events_with_range(text, options=pyromark.Options.ENABLE_TABLES):
        what: str
        tag: Any
        ((what, tag),) = event.items() if isinstance(event, dict) else ((event, ""),)
        if what == "Start":
            name = tag if isinstance(tag, str) else next(iter(tag))
            if name in _KINDS:
                stack.append(_opened(name, tag))
            continue
        if what == "End":
            name = tag if isinstance(tag, str) else next(iter(tag))
            if name not in _KINDS:
                continue
            done = stack.pop()
            first, last = _lines(starts, span["start"], span["end"])
            block = Block(done.kind, first, last, "".join(done.inline), done.level, done.start, tuple(done.children))
        elif what == "Rule":
            block = Block("rule", *_lines(starts, span["start"], span["end"]))
        else:  # the text of other blocks is read from their lines
            if stack[-1].kind == "heading":
                stack[-1].inline.append(tag if what in _WORDS else _BREAKS.get(what, ""))
            continue
        if len(stack) > 1:
            stack[-1].children.append(block)
        else:
            yield block


def _lines(starts: list[int], begin: int, end: int) -> tuple[int, int]:
    """Turn a range of byte offsets into the 1-based lines that it touches."""
    return bisect_right(starts, begin), bisect_right(starts, max(begin, end - 1))


def _opened(name: str, tag: Any) -> _Open:
    """Begin the block that a start event announces."""
    if isinstance(tag, dict):
        if name == "Heading":
            return _Open("heading", level=int(tag[name]["level"][1:]))
        if name == "List":
            return _Open("list", start=tag[name])
    return _Open(_KINDS[name])


# --- fences, read line by line ---------------------------------------------------------------------------------------


@frozen
class _Opened:
    """An opening line that still waits for its closing one."""

    line: int
    run: str


def masked_lines(lines: Sequence[str]) -> frozenset[int]:
    """Return the 1-based lines that are code or fences when fences are paired like brackets.

    A fence with a language opens a level, a bare one closes the innermost level it fits, or opens one where none is
    open. An opening line that nobody closes counts as code up to the next heading of level 2 to 6, or to the next
    such opening line.
    """
    depth = [0] * (len(lines) + 2)
    unclosed: list[_Opened] = []
    for number, line in enumerate(lines, 1):
        found = _FENCE.match(line)
        if not found or (unclosed and not found["run"].startswith(unclosed[-1].run)):
            continue  # a shorter run, or the other character, is text of the fence around it
        if found["info"].strip() or not unclosed:
            unclosed.append(_Opened(number, found["run"]))
        else:
            depth[unclosed.pop().line] += 1
            depth[number + 1] -= 1
    inside = {number for number, level in enumerate(accumulate(depth)) if level}
    return frozenset(inside | _until_headings(lines, [opened.line for opened in unclosed]))


def _until_headings(lines: Sequence[str], openings: Sequence[int]) -> set[int]:
    """Return the lines from each opening to before the next heading or opening."""
    masked: set[int] = set()
    for opening, stop in zip(openings, [*openings[1:], len(lines) + 1], strict=False):
        for number in range(opening, stop):
            if _HEADING.match(lines[number - 1]):
                break
            masked.add(number)
    return masked


def swallows_headings(lines: Sequence[str], first: int) -> bool:
    """Whether the code that runs from line `first` to the end of the document was meant to end before it.

    That is so when no fence closes it and a heading of level 2 to 6 stands in it.
    """
    tail = [line for line in lines[first:] if line.strip()]
    return bool(tail) and not _FENCE.match(tail[-1]) and any(_HEADING.match(line) for line in tail)
