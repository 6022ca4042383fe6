"""What the title of a phase says: `Phase 2: Set up (1-2h)` is number 2, `Set up`, `1-2h`."""

import re
from dataclasses import dataclass
from functools import lru_cache

from scaffold.reading.durations import without_time
from scaffold.reading.vocabulary import Vocabulary

_NUMBER = r"(?P<number>\d+(?:\.\d+)*(?:\s*-\s*\d+)?[a-z]?|[IVX]+|[A-Z]|(?i:one|two|three|four|five|six|seven|eight))"
_ADORNED = re.compile(r"^[^A-Za-z0-9`(]+")
_PLAIN = re.compile(r"^(?P<number>\d+(?:\.\d+)*)(?:[.)]\s+|\.?\s+(?=[A-Z`]))(?P<title>\S.*)$")
_SEPARATOR = re.compile(r"^[\s*_]*[:.)–—-]*[\s*_]*")


@dataclass(frozen=True, slots=True)
class PhaseTitle:
    """A phase's title taken apart. `word` is `phase`, `step`, …, empty for a bare number. All but it are as written."""

    word: str
    number: str
    title: str
    time: str | None


def phase_title(written: str, vocabulary: Vocabulary) -> PhaseTitle | None:
    """Read a heading or label that begins with a phase word and a number; None when it does not."""
    text = _ADORNED.sub("", written)
    found = _numbered(vocabulary.keys("phase")).match(text)
    if not found:
        return None
    title, time = without_time(_SEPARATOR.sub("", text[found.end() :]))
    return PhaseTitle(found["word"].casefold(), found["number"], title.rstrip("*_: "), time)


def numbered_title(written: str) -> PhaseTitle | None:
    """Read a heading or label that begins with a bare number: `2. Set up (1h)`, `1.2 Install`; None otherwise."""
    found = _PLAIN.match(_ADORNED.sub("", written))
    if not found:
        return None
    title, time = without_time(found["title"])
    return PhaseTitle("", found["number"], title.rstrip("*_: "), time)


@lru_cache(maxsize=8)
def _numbered(keys: tuple[frozenset[str], ...]) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for group in keys for word in sorted(group, key=len, reverse=True))
    return re.compile(rf"(?i:(?P<word>{words}))\s+#?{_NUMBER}(?!\w|-[A-Za-z])")
