"""What a document says, whatever its layout: two texts with the same digest differ in blanks and order alone."""

import hashlib
import re

_HEADING = re.compile(r"#{1,2}[ \t]")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")


def wording_digest(text: str) -> str:
    """Return the SHA-256 over the sections of a text, in whatever order they stand, without blanks that say nothing.

    A section goes from a heading of the first or second level to the next. Line ends, blank lines and where lines are
    wrapped do not count. In a fenced block indentation does, and so does the order of what is in a section.
    """
    sections: list[list[str]] = [[]]
    fence = ""
    for line in text.removeprefix("\ufeff").splitlines():
        found = _FENCE.match(line)
        if fence:
            sections[-1].append(f"\n{line.rstrip()}" if line.strip() else "")
            fence = "" if found and found[1].startswith(fence) and not line.strip().strip(found[1][0]) else fence
            continue
        if found:
            fence = found[1]
        elif _HEADING.match(line):
            sections.append([])
        sections[-1] += line.split()
    told = sorted(" ".join(filter(None, words)) for words in sections)
    return hashlib.sha256("\0".join(told).encode(errors="surrogatepass")).hexdigest()
