"""What was changed between two texts, line by line: which lines stand for which, and what was added or removed.

Lines are compared without the blanks at their end. A line is *about the same thing* as another where both have the same
`**Label**:`, are the same list item but for its box or its number, or share most of their words. So a ticked box and a
field that was filled in are changes of a line, and a text next to them that was added is not taken for part of them.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen

MOST_COMPARED = 4096
"""Pairs of lines up to which all pairs of a stretch are compared; above, only equal lines are looked for."""

ALIKE = 0.4
"""The share of common words from which two lines are about the same thing."""

HEADING, LABEL, ITEM, TEXT = 6, 7, 8, 9
"""How strongly a line divides a document: headings by their level, up to HEADING; the smaller, the stronger."""

_LINE = regex(
    r"([ \t]*(?:(?:[-*+]|[0-9]{1,9}[.)])(?:[ \t]+|$))?)"
    r"((?:(?<=[ \t])\[[^\[\]]\](?:[ \t]+|$))?)"
    r"((?:\*\*[^*]+(?::\*\*|\*\*:))?)"
    r"(.*)",
    re.DOTALL,
)
_HEADING = regex(r"#{1,6}(?=[ \t]|$)")
_WORD = regex(r"\w+")


@frozen
class Line:
    """A line without its end: `text` as it is, `key` without the blanks at its end, and `token`: what it is about."""

    text: str
    key: str
    token: str


@frozen
class Edit:
    """Lines `lo` to `hi` of a text became lines `start` to `stop` of another; 0-based, the last not included.

    `lo == hi`: they were added before line `lo`. `start == stop`: they were removed.
    """

    lo: int
    hi: int
    start: int
    stop: int

    @property
    def added(self) -> bool:
        """Whether lines were added, and none replaced."""
        return self.lo == self.hi

    @property
    def removed(self) -> bool:
        """Whether lines were removed, and not replaced."""
        return self.start == self.stop

    @property
    def of_a_line(self) -> bool:
        """Whether one line became another."""
        return self.hi - self.lo == 1 == self.stop - self.start


class Parts(NamedTuple):
    """A line in its parts, which together are the line: `- `, `[ ] `, `**Label**:` and the rest; each may be empty."""

    marker: str
    box: str
    label: str
    rest: str


def lines(text: str) -> tuple[Line, ...]:
    """Return the lines of a text; a line end at its end begins no further line, nor do blanks after it."""
    texts = text.split("\n")
    if not texts[-1].strip(" \t\r"):
        texts.pop()
    keys = [line.rstrip(" \t\r") for line in texts]
    return tuple(Line(line, key, _token(key)) for line, key in zip(texts, keys, strict=True))


@lru_cache(maxsize=4096)
def parts(key: str) -> Parts:
    """Return the parts of a line that has no blanks at its end."""
    return Parts(*_LINE.findall(key)[0])


def numbered(marker: str) -> bool:
    """Whether a marker has a number, which says only where the item stands."""
    return marker.strip()[:1].isdigit()


def rank(key: str) -> int:
    """Return how strongly a line divides a document: 1 to 6 for headings, then LABEL, ITEM, TEXT."""
    heading = _HEADING.match(key)
    if heading:
        return heading.end()
    said = parts(key)
    return LABEL if said.label and not said.marker else ITEM if said.marker.strip() else TEXT


def likeness(one: str, other: str) -> float:
    """Return from 0 to 1 how much of two lines or parts of lines is the same words; 0 where it is too little."""
    ours, theirs = _words(one), _words(other)
    share = 2 * len(ours & theirs) / ((len(ours) + len(theirs)) or 1)
    return share if share >= ALIKE else 0.0


def same_label(one: str, other: str) -> bool:
    """Whether two labels are the same in other words: one has all words of the other."""
    ours, theirs = (set(_WORD.findall(label.lower())) for label in (one, other))
    return bool(ours and theirs) and (ours <= theirs or theirs <= ours)


def about_the_same(one: Line, other: Line) -> float:
    """Return from 0 to 1 how sure it is that two lines are about the same thing."""
    if one.token == other.token:
        return 1.0
    if not one.key or not other.key or min(rank(one.key), HEADING) != min(rank(other.key), HEADING):
        return 0.0
    return likeness(one.key, other.key)


def edits(base: Sequence[Line], other: Sequence[Line]) -> tuple[Edit, ...]:
    """Return the edits that make `other` of `base`, in order.

    Where as many lines were replaced as came instead, each line became another. What was added or removed goes with the
    blank line above it, not with that below.
    """
    found = list[Edit]()
    lo = start = 0
    for here, there in (*_matches(base, other), (len(base), len(other))):
        found += _replaced(base, other, Edit(lo, here, start, there))
        if here < len(base) and base[here].key != other[there].key:
            found.append(Edit(here, here + 1, there, there + 1))
        lo, start = here + 1, there + 1
    return tuple(_with_blank_lines_above(base, other, found))


def _replaced(base: Sequence[Line], other: Sequence[Line], whole: Edit) -> Iterator[Edit]:
    """Yield the edits of a stretch in which no line stands for another."""
    count = whole.hi - whole.lo
    pairs = [(whole.lo + at, whole.start + at) for at in range(count)] if count == whole.stop - whole.start else []
    if pairs and all(bool(base[here].key) == bool(other[there].key) for here, there in pairs):
        yield from (Edit(here, here + 1, there, there + 1) for here, there in pairs)
    elif count or whole.start < whole.stop:
        yield whole


def _with_blank_lines_above(base: Sequence[Line], other: Sequence[Line], found: Sequence[Edit]) -> Iterator[Edit]:
    """Yield the edits; what was added or removed and ends with a blank line begins with that above it instead."""
    end = 0  # of the edit before
    for edit in found:
        if edit.added != edit.removed:
            last = base[edit.hi - 1] if edit.removed else other[edit.stop - 1]
            while edit.lo > end and not last.key and not base[edit.lo - 1].key:
                edit = Edit(edit.lo - 1, edit.hi - 1, edit.start - 1, edit.stop - 1)
                last = base[edit.hi - 1] if edit.removed else other[edit.stop - 1]
        end = edit.hi
        yield edit


def _matches(base: Sequence[Line], other: Sequence[Line]) -> list[tuple[int, int]]:
    """Return which lines stand for which, in order.

    First what is there once in both texts, then the same between these, and so on; in small stretches without such
    lines, what fits best. Among equals the first: of two iterations the first is the one that was generated.
    """
    found = list[tuple[int, int]]()
    stretches = [Edit(0, len(base), 0, len(other))]
    while stretches:
        whole = stretches.pop()
        lo, start = whole.lo, whole.start
        while lo < whole.hi and start < whole.stop and base[lo].key == other[start].key:
            found.append((lo, start))
            lo, start = lo + 1, start + 1
        rest = Edit(lo, whole.hi, start, whole.stop)
        if rest.added or rest.removed:
            continue
        ours, theirs = ([line.token for line in text] for text in (base[lo : rest.hi], other[start : rest.stop]))
        pairs = _once_in_both(ours, theirs)
        if not pairs and len(ours) * len(theirs) <= MOST_COMPARED:
            found += ((lo + here, start + there) for here, there in _best(base[lo : rest.hi], other[start : rest.stop]))
            continue
        pairs = pairs or _once_in_both(_numbered(ours), _numbered(theirs))
        if pairs:
            found += ((lo + here, start + there) for here, there in pairs)
            bounds = [(-1, -1), *pairs, (len(ours), len(theirs))]
            for (one, two), (three, four) in pairwise(bounds):
                stretches.append(Edit(lo + one + 1, lo + three, start + two + 1, start + four))
    return sorted(found)


def _once_in_both(base: Sequence[Hashable], other: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return which of what both have exactly once stand for which: the longest run of them in the same order."""
    ours, theirs = Counter(base), Counter(other)
    places = {what: at for at, what in enumerate(other) if what and theirs[what] == 1}
    pairs = [(at, places[what]) for at, what in enumerate(base) if ours[what] == 1 and what in places]
    ends, last = list[int](), list[int]()  # of runs by their length: the smallest place that ends them, and its pair
    before = list[int]()
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1], last[length : length + 1] = [place], [number]
    run = list[tuple[int, int]]()
    number = last[-1] if last else -1
    while number >= 0:
        run.append(pairs[number])
        number = before[number]
    return run[::-1]


def _numbered(tokens: Sequence[str]) -> list[tuple[str, int]]:
    """Return the tokens, each with how often it was there before, so that none is there twice."""
    seen = Counter[str]()
    numbered = []
    for token in tokens:
        numbered.append((token, seen[token]))
        seen[token] += 1
    return numbered


def _best(base: Sequence[Line], other: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Yield which lines of two short stretches stand for which, so that most is the same; the first among equals."""
    scores = [[_score(one, two) for two in other] for one in base]
    best = [[0.0] * (len(other) + 1) for _ in range(len(base) + 1)]
    for here in reversed(range(len(base))):
        row, below, score = best[here], best[here + 1], scores[here]
        for there in reversed(range(len(other))):
            together = score[there] + below[there + 1] if score[there] else 0.0
            row[there] = max(together, below[there], row[there + 1])
    here = there = 0
    while here < len(base) and there < len(other):
        score_here = scores[here][there]
        if score_here and best[here][there] == score_here + best[here + 1][there + 1]:
            yield here, there
            here, there = here + 1, there + 1
        elif best[here][there] == best[here + 1][there]:
            here += 1
        else:
            there += 1


def _score(one: Line, two: Line) -> float:
    """Return what it counts that a line stands for another: a blank line least, 0 where it cannot."""
    if one.token == two.token:
        return 3.0 if one.key else 1.0
    alike = about_the_same(one, two)
    return 1.0 + alike if alike else 0.0


@lru_cache(maxsize=4096)
def _words(key: str) -> frozenset[str]:
    """Return the words of a line that say what it is about: not the short ones, where there are others."""
    words = _WORD.findall(key.lower())
    return frozenset(word for word in words if len(word) > 3 or word.isdigit()) or frozenset(words)


@lru_cache(maxsize=4096)
def _token(key: str) -> str:
    """Return what a line is about: its label, else its text without the number and what is in the box before it."""
    said = parts(key)
    if said.label and not said.box:
        return said.label
    if said.box:
        return f"[]{said.label}{said.rest}"
    return f"1. {said.rest}" if numbered(said.marker) else key
