"""What the newest attempt at an achievement says of itself, and whether it answers the feedback of its review.

An attempt is an EXECUTION_TASK, or all those that a SUBPLAN has planned as one set.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from scaffold.model import sha256
from scaffold.plan import files
from scaffold.reading.markdown import decode

Reported = Literal["in_review", "in_progress", "blocked"]
"""What the `**Status**` of an EXECUTION_TASK comes to."""

HEAD = 60
"""The Status is looked for in so many lines: it stands in the header."""

_MAX_BYTES = 2_000_000
_STATUS = re.compile(r"^[\s>*_-]*(?i:status)[\s*_]*[:：][\s*_]*(?P<value>.*)$")
_MARKS = re.compile(r"^[^0-9A-Za-z]+")
_REPORTED: tuple[tuple[Reported, tuple[str, ...]], ...] = (
    ("in_review", ("complete", "done", "finished", "implementation complete", "ready for review")),
    ("in_progress", ("in progress", "in-progress", "executing", "started", "starting")),
    ("blocked", ("blocked",)),
)
_HASH = re.compile(r"\b[0-9a-f]{12,64}\b")
_NAMED = re.compile(r"EXECUTION_TASK_\S+?_(?P<number>[0-9]{2,})(?:_[^\s`]*)?\.md")


def reported(text: str) -> tuple[Reported, int] | None:
    """Return what the Status line of a document says and its 1-based line; None where it says nothing of these."""
    for number, line in enumerate(text.splitlines()[:HEAD], 1):
        if match := _STATUS.match(line):
            value = _MARKS.sub("", match["value"]).casefold()
            return next(
                ((state, number) for state, words in _REPORTED if any(value.startswith(word) for word in words)), None
            )
    return None


def answers(document: str, feedback: bytes, number: int) -> bool:
    """Whether the newest attempt, with this text and number, was made in answer to a FIX.

    Its last line holds the FIX's SHA-256 or the beginning of it, or the FIX names an attempt before it.
    """
    digest = sha256(feedback)
    last = document.rstrip().rpartition("\n")[2]
    if any(digest.startswith(match[0]) for match in _HASH.finditer(last)):
        return True
    named = [int(match["number"]) for match in _NAMED.finditer(decode(feedback))]
    return bool(named) and max(named) < number


def read(directory: Path, path: str, created: Mapping[str, bytes]) -> bytes | None:
    """Read a document of a plan, as it is `created` where it is; None where it cannot be read or is over 2 MB."""
    if path in created:
        return created[path]
    try:
        content = files.read_no_link(directory / path, _MAX_BYTES)
    except OSError:
        return None
    return content if len(content) <= _MAX_BYTES else None
