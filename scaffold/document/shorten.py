"""Texts cut to a number of lines, at the end of an item or a sentence, and sound after it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, takewhile
from typing import NamedTuple

from scaffold.document.embed import blocks_of, embed, plain
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.reading.landmarks import commands_of
from scaffold.reading.markdown import Block
from scaffold.reading.parts import BOX

WIDTH = 200
"""Characters up to which a line is easily read: as far as what is run on goes."""

LONG = 300
"""Characters that count as one line: a line of 700 counts three times, so that a budget of lines bounds it too."""

MARKER = regex(rf"\s*(?:(?:[-*+]|[0-9]{{1,9}}[.)])(?:[ \t]+|$))?(?:{BOX}[ \t]+)?(?:[✅☑✔✓⬜]\ufe0f?[ \t]*)?")
"""What an item begins with before its text: marker, box, tick."""

_SENTENCE_END = regex(r"[.!?;…][)\"'*_`]*(?=\s)")
_TITLE = regex(r"\*\*[^*]+\*\*(?: \([^()]*\))?")
_LABELLED = regex(r"\s*\*\*[^*]+(?::\*\*|\*\*:)")
_INTRODUCES = regex(r":[*_]*[ \t]*$")


class Kept(NamedTuple):
    """What is left of a text, ready to be placed, and what is not.

    `left_out` counts the lines with text that were cut away, also in part; `at` is the 0-based line of the first, which
    is `begun` where a part of it is kept.
    """

    text: str
    left_out: int = 0
    at: int = 0
    begun: bool = False


def weight(text: str) -> int:
    """Return the number of lines that `text` counts as; 0 for an empty one."""
    if len(text) <= LONG:
        return text.count("\n") + 1 if text else 0
    return sum(max(1, -(-len(line) // LONG)) for line in text.split("\n"))


def place(text: str, budget: int) -> Kept:
    """Return `text` in at most `budget` lines (as `weight` counts), cut where needed and made sound by `embed`."""
    text = plain(text)
    lead = len(text) - len(text.lstrip(" \t\n"))
    lead = text.rfind("\n", 0, lead) + 1  # blank lines, not the indentation of the first line
    text, above, allowed = text[lead:], text.count("\n", 0, lead), budget
    while allowed > 0:
        kept = _cut(text, allowed)
        placed = embed(kept.text)
        excess = weight(placed) - budget
        if excess <= 0:
            return Kept(placed, kept.left_out, kept.at + above if kept.left_out else 0, kept.begun)
        allowed -= excess
    return Kept("", _filled(text.split("\n")), above)


@lru_cache(maxsize=4096)
def fold(text: str, budget: int) -> Kept | None:
    """Return an item and what stands below it in one line, as far as whole parts fit in `budget` lines.

    `item: one; two (with three); four`. A block of a few commands is run on as code spans. None where the text does not
    begin with a paragraph, where nothing but its beginning can be run on, or where not even the first part fits.
    """
    lines = text.split("\n")
    pieces = tuple(_pieces(lines, blocks_of(text)))
    if not pieces or blocks_of(text)[0].kind != "paragraph":
        return None
    usable = [piece for piece in takewhile(lambda piece: piece is not None, pieces) if piece]
    for count in range(len(usable), min(1, len(pieces) - 1), -1):
        line = _joined(usable[:count])
        if len(line) <= budget * LONG - (LONG - WIDTH):
            at = usable[count].at if count < len(usable) else usable[-1].end if None in pieces else len(lines)
            return Kept(embed(line), _filled(lines[at:]), at if _filled(lines[at:]) else 0)
    return None


@lru_cache(maxsize=4096)
def run_on(text: str) -> str | None:
    """Return all of a text in one line; None where it holds what cannot be run on: a table, a longer block of code."""
    pieces = tuple(_pieces(text.split("\n"), blocks_of(text)))
    return None if None in pieces else _joined([piece for piece in pieces if piece])


@frozen
class _Piece:
    """A part of a text that is run on: its words, the 0-based line it begins on, the line after its last."""

    text: str
    at: int
    end: int
    is_text: bool = False


def _pieces(lines: list[str], blocks: Iterable[Block]) -> Iterator[_Piece | None]:
    """Yield the parts that blocks are run on by, None for one that cannot be."""
    for block in blocks:
        inside = lines[block.first - 1 : block.last]
        if block.kind == "paragraph":
            yield from _of_paragraph(inside, block.first - 1)
        elif block.kind == "heading":
            yield _Piece(f"**{block.text.strip()}**:", block.first - 1, block.last, is_text=True)
        elif block.kind == "list":
            for item in block.children:
                yield _of_item(lines, item)
        elif block.kind == "code":
            text = _commands(inside)
            yield _Piece(text, block.first - 1, block.last) if text else None
        elif block.kind != "rule":
            yield None


def _of_paragraph(lines: list[str], start: int) -> Iterator[_Piece]:
    """Yield a paragraph as one part, or as several where lines of it begin with labels: `**What**: …`."""
    begun = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or _LABELLED.match(lines[at]):
            first, *others = lines[begun:at]
            words = " ".join(line.strip().rstrip("\\") for line in [MARKER.sub("", first, count=1), *others])
            yield _Piece(words, start + begun, start + at, is_text=True)
            begun = at


def _of_item(lines: list[str], item: Block) -> _Piece | None:
    """Return a list item as one part: what it has below its first paragraph stands in parentheses."""
    inner = tuple(_inside(lines, item))
    known = [piece for piece in inner if piece]
    if None in inner or not known:
        return None
    first, *below = (piece.text.rstrip(";") for piece in known)
    rest = "; ".join(below)
    text = first if not rest else f"{first} {rest}" if _INTRODUCES.search(first) else f"{first} ({rest})"
    return _Piece(text, item.first - 1, item.last)


def _inside(lines: list[str], item: Block) -> Iterator[_Piece | None]:
    """Yield the parts of a list item; the words of a tight list are no block, but stand around those there are."""
    at = item.first
    for child in (*item.children, None):
        end = child.first if child else item.last + 1
        words = [line for line in lines[at - 1 : end - 1] if line.strip()]
        if words:
            yield from _of_paragraph(words, at - 1)
        if child:
            yield from _pieces(lines, [child])
            at = max(end, child.last + 1)


def _commands(block: list[str]) -> str | None:
    """Return a block of one line, or of a few commands, as code spans."""
    inside = block[1:-1] if len(block) > 2 and block[0].lstrip().startswith(("```", "~~~")) else block
    info = block[0].strip().lstrip("`~").strip() if inside is not block else ""
    code = [line.strip() for line in inside if line.strip()]
    commands = commands_of(info, code) or (tuple(code) if len(code) == 1 and len(code[0]) < WIDTH else ())
    remarks = [line.lstrip("# ") for line in code if line.startswith("#")]
    spans = "; ".join(map(as_code, commands))
    return f"{'; '.join(remarks)}: {spans}" if remarks and spans and len(code) > 1 else spans or None


def _joined(pieces: Sequence[_Piece]) -> str:
    """Join parts with what separates them."""
    text = ""
    for at, piece in enumerate(pieces):
        if not text or _INTRODUCES.search(text) or text[-1:] in ".!?…":
            joint = " " if text else ""
        else:
            is_title = at == 1 and (not piece.is_text or _TITLE.fullmatch(pieces[0].text))
            joint = ": " if is_title and pieces[0].is_text and ": " not in text else "; "
        text = f"{text}{joint}{piece.text.rstrip(';') if not piece.is_text else piece.text}"
    return text.strip()


def as_code(text: str) -> str:
    """Return `text` as a code span, whatever backticks it has."""
    fence = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


@lru_cache(maxsize=4096)
def _cut(text: str, budget: int) -> Kept:
    """Cut `text` to `budget` lines: after the last item or block that fits, else after a sentence, else a word."""
    if weight(text) <= budget:
        return Kept(text)
    lines = text.split("\n")
    room = _lines_within(lines, budget)
    blocks = blocks_of("\n".join(lines[: room + 1]))  # with one line more, so that an end is known as one
    fitting = max((last for last in _ends(blocks) if last <= room), default=0)
    count = _without_introduction(lines, fitting, blocks) or fitting
    if not count and room > 1 and blocks and blocks[0].kind in {"code", "table"}:
        count = room - 1 if blocks[0].kind == "code" else room  # a fence needs a line to close it
    return Kept("\n".join(lines[:count]), _filled(lines[count:]), count) if count else _cut_sentence(lines, budget)


def _cut_sentence(lines: list[str], budget: int) -> Kept:
    """Cut a text whose first block is too long: at the last end of a sentence that fits, else of a word."""
    room = min(_lines_within(lines, budget) + 1, len(lines))
    used = weight("\n".join(lines[: room - 1])) if room > 1 else 0
    last = lines[room - 1][: max(0, (budget - used) * LONG - 2)]
    start = "\n".join([*lines[: room - 1], last]) if last else "\n".join(lines[: room - 1])
    whole = "\n".join(lines)  # a stop counts where the text itself has one, not where it is cut: `config.` of config.py
    sentence = max((found.end() for found in _SENTENCE_END.finditer(whole, 0, len(start) + 1)), default=0)
    kept = start[:sentence] if sentence > len(start) // 3 else re.sub(r"\s+\S*\Z", "", start) + " …"
    if kept.count("`") % 2 and (before := kept.rpartition("`")[0].rstrip()):
        kept = f"{before} …"
    at = kept.count("\n")
    return Kept(kept, _filled(lines[at:]), at, begun=True)


def _lines_within(lines: list[str], budget: int) -> int:
    """Return how many of the first lines weigh no more than `budget`."""
    totals = accumulate(weight(line) or 1 for line in lines)
    return sum(1 for _ in takewhile(lambda total: total <= budget, totals))


def _ends(blocks: tuple[Block, ...]) -> Iterator[int]:
    """Yield the lines after which a text may end: those of blocks and of items, at any depth."""
    stack = list(blocks)
    while stack:
        block = stack.pop()
        yield block.last
        if block.kind in {"list", "item"}:
            stack.extend(block.children)


def _without_introduction(lines: list[str], count: int, blocks: tuple[Block, ...]) -> int:
    """Leave out what would end the kept lines and only announce what was cut: headings, `Steps:`, blank lines."""
    headings = {line for block in blocks if block.kind == "heading" for line in range(block.first, block.last + 1)}
    while count and (not lines[count - 1].strip() or count in headings or _INTRODUCES.search(lines[count - 1])):
        count -= 1
    return count


def _filled(lines: list[str]) -> int:
    """Count the lines that have text."""
    return sum(1 for line in lines if line.strip())
