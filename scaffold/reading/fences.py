"""Code fences read line by line, for documents in which CommonMark's reading of them swallows what follows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

_FENCE = re.compile(r"^\s*(?P<run>`{3,}+|~{3,}+)(?P<info>[^`]*)$")
_HEADING = re.compile(r"^ {0,3}#{2,6}[ \t]")


@dataclass(frozen=True, slots=True)
class _Opened:
    """An opening line that still waits for its closing one."""

    line: int
    run: str


def masked_lines(lines: Sequence[str]) -> frozenset[int]:
    """Give the 1-based lines that are code or fences when fences are paired like brackets.

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
    """Give the lines from each opening to before the next heading or opening."""
    masked: set[int] = set()
    for opening, stop in zip(openings, [*openings[1:], len(lines) + 1], strict=False):
        for number in range(opening, stop):
            if _HEADING.match(lines[number - 1]):
                break
            masked.add(number)
    return masked


def swallows_headings(lines: Sequence[str], first: int) -> bool:
    """Say whether the code that runs from line `first` to the end of the document was meant to end before it.

    That is so when no fence closes it and a heading of level 2 to 6 stands in it.
    """
    tail = [line for line in lines[first:] if line.strip()]
    return bool(tail) and not _FENCE.match(tail[-1]) and any(_HEADING.match(line) for line in tail)
