"""Estimated times as plans write them, added up: `3.5`, `4-6 hours`, `90 min`, `1 day`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

HOURS_PER_DAY = 8
_NUMBER = r"([0-9]+(?:\.[0-9]+)?)"
_TIME = re.compile(rf"~?\s*{_NUMBER}\s*\+?\s*(?:(?:-|–|—|to)\s*{_NUMBER})?\s*([a-z]*)", re.IGNORECASE)
_UNIT = r"(?:minutes?|mins?|min|hours?|hrs?|h|m|days?|d|weeks?|w)"
_WHOLE = re.compile(
    rf"(?:est(?:imated|\.)?|approx\.?|about|total|time|duration|[\s:~≈<>±])*"
    rf"\d+(?:\.\d+)?\s*{_UNIT}?\s*(?:(?:[-–—+]|to)\s*\d*(?:\.\d+)?\s*)?{_UNIT}\b(?:\s*\d+\s*{_UNIT}\b)?"
    r"(?:\s*(?:[,;:/+|].*|max\w*|total|est\w*|each|remaining|budget\w*))?",
    re.IGNORECASE,
)
_SPAN = re.compile(rf"\d\s*{_UNIT}\b", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*[(\[](?P<inside>[^()\[\]]*)[)\]]\s*:?\s*$")
_DASHED = re.compile(r"\s+[-–—|]\s+(?P<inside>[^-–—|]*(?:[-–—][^-–—|]*)?)$")
_UNITS = {"": 1.0, "h": 1.0, "m": 1 / 60, "d": float(HOURS_PER_DAY)}


@dataclass(frozen=True, slots=True)
class Effort:
    """Hours from `low` to `high`, and how many estimates are unknown and so not counted in."""

    low: float = 0.0
    high: float = 0.0
    unknown: int = 0

    @property
    def text(self) -> str:
        """Write it as people do: `7 h`, `4-6 h`, `4-6 h + 2 without an estimate`, `2 without an estimate`."""
        if self.unknown and not self.high:
            return f"{self.unknown} without an estimate"
        hours = f"{self.low:g} h" if self.low == self.high else f"{self.low:g}-{self.high:g} h"
        return f"{hours} + {self.unknown} without an estimate" if self.unknown else hours


def read(text: str | None) -> Effort:
    """Read an estimate; what is no time counts as unknown. Days have eight hours."""
    found = _TIME.match(text or "")
    unit = _UNITS.get(found[3][:1].lower()) if found else None
    if not found or unit is None:
        return Effort(unknown=1)
    low = float(found[1]) * unit
    high = float(found[2]) * unit if found[2] else low
    return Effort(_rounded(low), _rounded(max(low, high)))


def is_time(text: str) -> bool:
    """Say whether a text is a span of time: `120 min`, `1.5-2h`, `~3 hours, if needed`."""
    return len(text) <= 80 and bool(_WHOLE.fullmatch(text.strip()))


def holds_time(text: str) -> bool:
    """Say whether a span of time stands anywhere in a text."""
    return bool(_SPAN.search(text[:200]))


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
        _rounded(sum(one.low for one in known)),
        _rounded(sum(one.high for one in known)),
        sum(one.unknown for one in known),
    )


def in_parallel(efforts: Iterable[Effort]) -> Effort:
    """Give the longest: all at once, an executor for each."""
    known = tuple(efforts)
    return Effort(
        max((one.low for one in known), default=0.0),
        max((one.high for one in known), default=0.0),
        sum(one.unknown for one in known),
    )


def _rounded(hours: float) -> float:
    return round(hours, 2)
