"""Merge markers: what git leaves in a file whose merge nobody has resolved. Such a file is refused, not read.

They count at the beginning of a line, in code blocks too: git writes them there as well. An example is indented.
"""

import re

from scaffold.errors import Diagnostic
from scaffold.lazy.patterns import regex

_OPENING = regex(r"^<{7}(?![^\s])", re.MULTILINE)
_CLOSING = regex(r"^>{7}(?![^\s])", re.MULTILINE)


def merge_markers(text: str) -> int | None:
    """Return the 1-based line of the first opening marker that a closing one follows, None where there is none."""
    opening = _OPENING.search(text) if "<<<<<<<" in text else None
    return text.count("\n", 0, opening.start()) + 1 if opening and _CLOSING.search(text, opening.end()) else None


def unresolved(text: str, path: str) -> tuple[Diagnostic, ...]:
    """Return what there is to say of the merge markers in the text of a file that messages call `path`: one or none."""
    line = merge_markers(text)
    return () if line is None else (unresolved_at(path, line),)


def unresolved_at(path: str, line: int) -> Diagnostic:
    """Return what there is to say of the merge that begins on a line of a file."""
    message = "holds merge markers: nobody has resolved the merge that begins here"
    hint = "keep what is right and remove the lines that begin with <<<<<<<, ======= and >>>>>>>; indent an example"
    return Diagnostic("merge_markers", message, path, line, hint)
