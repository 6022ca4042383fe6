"""Texts cut to a number of lines, at the end of an item or a sentence, and sound after it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from scaffold.document.embed import blocks_of, embed, plain
from scaffold.reading.markdown import Block
from scaffold.reading.parts import BOX

WIDTH = 200
"""Characters that count as one line: a line of 450 counts three times, so that a budget of lines bounds it too."""

MARKER = re.compile(rf"\s*(?:(?:[-*+]|[0-9]{{1,9}}[.)])(?:[ \t]+|$))?(?:{BOX}[ \t]+)?(?:[✅☑✔✓⬜]\ufe0f?[ \t]*)?")
"""What an item begins with before its text: marker, box, tick."""

_SENTENCE_END = re.compile(r"[.!?;…][)\"'*_`]*(?=\s)")
_INTRODUCES = re.compile(r":[*_]*[ \t]*$")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of a text, ready to be placed, and what is not.

    `left_out` counts the lines with text that were cut away, also in part; `at` is the 0-based line of the first.
    """

    text: str
    left_out: int = 0
    at: int = 0


def weight(text: str) -> int:
    """Give the number of lines that `text` counts as; 0 for an empty one."""
    return sum(max(1, -(-len(line) // WIDTH)) for line in text.split("\n")) if text else 0


def place(text: str, budget: int) -> Kept:
    """Give `text` in at most `budget` lines (as `weight` counts), cut where needed and made sound by `embed`."""
    text = plain(text)
    lead = len(text) - len(text.lstrip(" \t\n"))
    lead = text.rfind("\n", 0, lead) + 1  # blank lines, not the indentation of the first line
    text, above, allowed = text[lead:], text.count("\n", 0, lead), budget
    while allowed > 0:
        kept = _cut(text, allowed)
        placed = embed(kept.text)
        excess = weight(placed) - budget
        if excess <= 0:
            return Kept(placed, kept.left_out, kept.at + above if kept.left_out else 0)
        allowed -= excess
    return Kept("", _filled(text.split("\n")), above)


@lru_cache(maxsize=4096)
def fold(text: str, budget: int) -> Kept | None:
    """Give an item and its list in one line, `item: one; two; three`, as far as whole parts fit in `budget` lines.

    None when the list has more than one-line parts, or when not even its first part fits.
    """
    blocks = blocks_of(text)
    if not blocks or blocks[0].kind != "paragraph" or any(block.kind != "list" for block in blocks[1:]):
        return None
    items = [item for block in blocks[1:] for item in block.children]
    if any(item.first != item.last or len(item.children) > 1 for item in items):
        return None
    lines = text.split("\n")
    first = " ".join(line.strip() for line in lines[: blocks[0].last])
    colon = "" if not items or _INTRODUCES.search(first) or first[-1:] in ".!?…" else ":"
    parts = [MARKER.sub("", lines[item.first - 1], count=1).strip().rstrip(";") for item in items]
    for count in range(len(parts), -1 if not parts else 0, -1):
        line = f"{first}{colon} {'; '.join(parts[:count])}".strip()
        if len(line) <= budget * WIDTH:
            return Kept(embed(line), len(parts) - count, items[count].first - 1 if count < len(items) else 0)
    return None


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
    last = lines[room - 1][: max(0, (budget - used) * WIDTH - 2)]
    start = "\n".join([*lines[: room - 1], last]) if last else "\n".join(lines[: room - 1])
    sentence = max((found.end() for found in _SENTENCE_END.finditer(start + " ")), default=0)
    kept = start[:sentence] if sentence > len(start) // 3 else re.sub(r"\s+\S*\Z", "", start) + " …"
    if kept.count("`") % 2 and (before := kept.rpartition("`")[0].rstrip()):
        kept = f"{before} …"
    at = kept.count("\n")
    return Kept(kept, _filled(lines[at:]), at)


def _lines_within(lines: list[str], budget: int) -> int:
    """Give how many of the first lines weigh no more than `budget`."""
    return sum(1 for total in accumulate(weight(line) or 1 for line in lines) if total <= budget)


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
