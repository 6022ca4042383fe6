"""What a document says, whatever its layout: two texts with the same digest differ in blanks and order alone."""

import hashlib
from functools import lru_cache

from scaffold.lazy.patterns import regex

_HEADING = regex(r"#{1,2}[ \t]")
_FENCE = regex(r"[ \t>]*(`{3,}|~{3,})")
_ITEM = regex(r"(?P<indent>[ \t]*)(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$)")
_BEGINS = regex(r"[ \t]*(?:#{1,6}[ \t]|[>|]|\*\*[^*]+(?::\*\*|\*\*:)|(?:[-*_=][ \t]*){3,}$)")
"""What begins something new where it stands at the beginning of a line, and is text within one."""


@lru_cache(maxsize=1024)  # as many as SUBPLANs that are kept in memory
def wording_digest(text: str) -> str:
    """Return the SHA-256 over the sections of a text, in whatever order they stand, without blanks that say nothing.

    A section goes from a heading of the first or second level to the next. Line ends, blank lines and where a text is
    wrapped do not count; that a list item, a label, a heading or a row of a table begins does, and whether an item
    stands below another. In a fenced block indentation does, and so does the order of what is in a section.
    """
    sections: list[list[str]] = [[]]
    above: list[int] = []
    fence = ""
    for line in text.removeprefix("\ufeff").splitlines():
        if line[:1].isalpha() and not fence:  # most lines: nothing begins here but words
            above.clear()
            sections[-1] += line.split()
            continue
        found = _FENCE.match(line)
        if fence:
            sections[-1].append(f"\n{line.rstrip()}" if line.strip() else "")
            fence = "" if found and found[1].startswith(fence) and not line.strip().strip(found[1][0]) else fence
            continue
        if found:
            fence = found[1]
        elif _HEADING.match(line):
            sections.append([])
        sections[-1] += [_beginning(line, above), *line.split()]
    told = sorted(" ".join(filter(None, words)) for words in sections)
    return hashlib.sha256("\0".join(told).encode(errors="surrogatepass")).hexdigest()


def _beginning(line: str, above: list[int]) -> str:
    """Return what tells that something begins with a line, "" where it may be text that goes on.

    `above` has how far those list items are indented that the line can stand below.
    """
    item = _ITEM.match(line)
    if item and not _BEGINS.match(line):
        indent = len(item["indent"].expandtabs(4))
        while above and above[-1] >= indent:
            above.pop()
        above.append(indent)
        return "\n" + "\t" * len(above)
    if line[:1].strip():
        above.clear()
    return "\n" if _BEGINS.match(line) else ""
