"""Times as plans write them: what counts as one, how many hours it means, and how hours add up.

`3.5`, `4-6 hours`, `1h 30m`, `~90 min`, `up to 2 days`. Every other module asks here.
"""

import math
import re
from collections.abc import Iterable

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen

HOURS_PER_DAY = 8
_NO_HOURS = math.inf
"""Weeks and months are times, but not a known number of working hours."""

_UNITS = {
    word: hours
    for words, hours in (
        ("m min mins minute minutes", 1 / 60),
        ("h hr hrs hour hours", 1.0),
        ("d day days", float(HOURS_PER_DAY)),
        ("w wk wks week weeks mo mos month months", _NO_HOURS),
    )
    for word in words.split()
}
_UNIT = rf"(?:{'|'.join(sorted(_UNITS, key=len, reverse=True))})"
_HALVES = {"": 0.0, "¼": 0.25, "½": 0.5, "¾": 0.75}
_LIMIT = r"(?:[<≤]|(?:up to|under|less than|at most|no more than|max(?:imum)?)(?![a-z]))"
_BEFORE = regex(
    rf"(?:{_LIMIT}|[ :~≈>≥±+*_`(\[⏱⏲⏰⌛⏳\U0001f550-\U0001f567\ufe0f]"
    r"|(?:estimated?|est|approximately|approx|about|around|roughly|circa|ca|total|time|duration)(?![a-z])\.?)*+",
    re.IGNORECASE,
)
"""What may stand before a time: words for an estimate, signs, emphasis, clocks. A tick may not: such work is over."""

_AT_MOST = regex(_LIMIT, re.IGNORECASE)
_PIECE = regex(
    r"(?P<number>(?:[0-9]{1,6}(?:\.[0-9]{1,6}|,[0-9]{1,2})?|\.[0-9]{1,6})(?![0-9]|[.,][0-9])|(?=[¼½¾]))"
    rf"(?: ?(?P<half>[¼½¾]))? ?\+?(?: ?(?P<unit>{_UNIT})(?![^\W\d_]))?\+?",
    re.IGNORECASE,
)
_AND = regex(r" ?(?:(?:,|&|\+|and\b) ?)?", re.IGNORECASE)
_TO = regex(r" ?(?:[-–—]|to\b) ?", re.IGNORECASE)
_NOT_THE_WHOLE = regex(
    rf" ?(?:/|(?:per|each|every|a|an|daily|weekly)\b|(?:[-–—→+]|->) ?[0-9]|[0-9.,]+ ?{_UNIT}\b)|[0-9]", re.IGNORECASE
)
"""What makes a time another one than that of the whole work: `2h/day`, `3 days a week`, `4h → 6h`, `2h 2h`."""

_OVER = regex(
    r"[^\w<]*(?:actual(?:ly)?|completed?|done|finished|spent|taken|elapsed)\b(?: (?:time|effort|duration))?"
    r"(?! (?!on\b|at\b|in\b)[^\W\d_])",
    re.IGNORECASE,
)
"""What makes it the time that the work took: `2h (actual)`, `~25 min (completed)`; not in `2h (complete rewrite)`."""

_OR_LESS = regex(r" ?(?:max(?:imum)?|at most|or less)\b", re.IGNORECASE)
_REMARK = regex(r" ?(?:[,;:/+|].*|max\w*|total|est\w*|each|remaining|budget\w*)?", re.IGNORECASE)
_ANYWHERE = regex(rf"[\d¼½¾]\+?\s*{_UNIT}\b", re.IGNORECASE)
_BRACKETED = regex(r"\s*[(\[](?P<inside>[^()\[\]]*)[)\]]\s*:?\s*$")
_DASHED = regex(r"\s+[-–—|]\s+(?P<inside>[^-–—|]*(?:[-–—][^-–—|]*)?)$")


@frozen
class Effort:
    """Hours from `low` to `high`, and how many estimates are unknown and not included."""

    low: float = 0.0
    high: float = 0.0
    unknown: int = 0

    @property
    def text(self) -> str:
        """Write it as people do: `7 h`, `4-6 h`, `4-6 h + 2 without an estimate`, `2 without an estimate`."""
        if self.unknown and not self.high:
            return f"{self.unknown} without an estimate"
        low, high = _written(self.low), _written(self.high)
        hours = f"{low} h" if low == high else f"{low}-{high} h"
        return f"{hours} + {self.unknown} without an estimate" if self.unknown else hours


def read(text: str | None) -> Effort:
    """Read the estimate that a text begins with, in hours; days have eight. One that is not clear counts as unknown.

    Unknown are weeks and months, times per day or person, and the time that finished work took.
    """
    span = _span(_normal(text)) if text else None
    if not span or not span.is_clear:
        return Effort(unknown=1)
    low, high = _rounded(span.low), _rounded(max(span.low, span.high))
    return Effort(low, high)


def is_time(text: str) -> bool:
    """Whether a text is a span of time: `120 min`, `1.5-2h`, `3 months`, `~3 hours, if needed`."""
    span = _span(_normal(text)) if len(text) <= 80 else None
    return span is not None and span.has_unit and bool(_REMARK.fullmatch(span.rest))


def holds_time(text: str) -> bool:
    """Whether a span of time stands anywhere in the first 200 characters of a text."""
    return bool(_ANYWHERE.search(text[:200]))


def without_time(title: str) -> tuple[str, str | None]:
    """Split a time at the end, in brackets or after a dash, from a title."""
    for pattern in (_BRACKETED, _DASHED):
        found = pattern.search(title[-100:])
        if found and is_time(found["inside"]):
            return title[: -len(found[0])].strip(), found["inside"].strip()
    return title.strip(), None


def in_sequence(efforts: Iterable[Effort]) -> Effort:
    """Add efforts up: one after the other."""
    known = tuple(efforts)
    return Effort(
        _rounded(sum(effort.low for effort in known)),
        _rounded(sum(effort.high for effort in known)),
        sum(effort.unknown for effort in known),
    )


def in_parallel(efforts: Iterable[Effort]) -> Effort:
    """Return the longest: all at once, an executor for each."""
    known = tuple(efforts)
    return Effort(
        max((effort.low for effort in known), default=0.0),
        max((effort.high for effort in known), default=0.0),
        sum(effort.unknown for effort in known),
    )


@frozen
class _Amount:
    """`1h 30m` as hours, the hours of its first unit (None: it has none), and where in the text it ends."""

    hours: float
    unit: float | None
    end: int


@frozen
class _Span:
    """A span of time at the beginning of a text: hours from `low` to `high`, and the `rest` of the text behind it."""

    low: float
    high: float
    has_unit: bool
    rest: str

    @property
    def is_clear(self) -> bool:
        """Whether it can be counted as an estimate of the whole work, in hours."""
        if not (math.isfinite(self.low) and math.isfinite(self.high)) or _NOT_THE_WHOLE.match(self.rest):
            return False
        if not self.has_unit and self.rest.strip(" )]*_`")[:1] not in ("", "(", "["):
            return False  # a number of something else
        return holds_time(self.rest) or not _OVER.match(self.rest)


def _span(text: str) -> _Span | None:
    """Read the span of time, or the bare number or range of hours, that a text begins with."""
    before = _BEFORE.match(text)
    first = _amount(text, before.end() if before else 0)
    if not first:
        return None
    to = _TO.match(text, first.end)
    last = _amount(text, to.end()) if to else None
    if last and (first.unit is None or last.unit is not None):
        unit = last.unit if first.unit is None and last.unit is not None else 1.0
        low, high, has_unit, end = first.hours * unit, last.hours, last.unit is not None, last.end
    else:
        low, high, has_unit, end = first.hours, first.hours, first.unit is not None, first.end
    if low == high and ((before and _AT_MOST.search(before[0])) or _OR_LESS.match(text, end)):
        low = 0.0
    return _Span(low, high, has_unit, text[end:])


def _amount(text: str, at: int) -> _Amount | None:
    """Read a number with its unit, and with what is added to it in smaller units."""
    piece = _PIECE.match(text, at)
    if not piece:
        return None
    unit = largest = _hours_per(piece)
    hours = _number(piece) * (1.0 if unit is None else unit)
    while unit is not None:
        joint = _AND.match(text, piece.end())
        more = _PIECE.match(text, joint.end()) if joint else None
        smaller = _hours_per(more) if more else None
        if not more or smaller is None or smaller >= unit:
            break
        piece, unit = more, smaller
        hours += _number(piece) * unit
    return _Amount(hours, largest, piece.end())


def _number(piece: re.Match[str]) -> float:
    return float(piece["number"].replace(",", ".") or 0) + _HALVES[piece["half"] or ""]


def _hours_per(piece: re.Match[str]) -> float | None:
    return _UNITS[piece["unit"].lower()] if piece["unit"] else None


def _normal(text: str) -> str:
    """Turn every run of blanks into one blank, which keeps the patterns fast."""
    return " ".join(text.split())


def _rounded(hours: float) -> float:
    return round(hours, 2)


def _written(hours: float) -> str:
    return f"{hours:.2f}".rstrip("0").rstrip(".")
