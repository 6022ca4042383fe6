"""Finds the marks that a merge leaves in a file where a person still has to choose."""

import re

_MARK = re.compile(r"^(?:(?P<kind><{7}|>{7})(?: [^\n]*)?|={7})\r?$", re.MULTILINE)


def merge_markers(text: str) -> int | None:
    """Return the line on which the first unresolved conflict begins: `<<<<<<< `, `=======`, `>>>>>>> `; None for none.

    One mark without the others is text: a document may speak of it, and `=======` underlines a heading.
    """
    opened, parted = None, False
    for mark in _MARK.finditer(text):
        if mark["kind"] == "<<<<<<<":
            opened, parted = mark.start(), False
        elif mark["kind"] is None:
            parted = opened is not None
        elif opened is not None and parted:
            return text.count("\n", 0, opened) + 1
    return None
