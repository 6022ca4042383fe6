"""What the title of a phase or of an achievement says: its number or id, its words, and its time.

`Phase 2: Set up (1-2h)` is number 2, `Set up`, `1-2h`; `**Achievement 1.1**: Title ✅ (2-3 hours)` is id 1.1, `Title`,
`2-3 hours`. A line that only mentions one names none: `Achievements 1.1-1.3`, `**Achievement 1.1 notes**: …`.
"""

import re
from functools import lru_cache

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.names import is_achievement_id
from scaffold.reading.durations import is_time, without_time
from scaffold.reading.letters import is_ornament, seen
from scaffold.reading.parts import BOX, marker_width
from scaffold.reading.vocabulary import Vocabulary

# --- phases ---------------------------------------------------------------------------------------------------------

_NUMBER = r"(?P<number>\d+(?:\.\d+)*(?:\s*-\s*\d+)?[a-z]?|[IVX]+|[A-Z]|(?i:one|two|three|four|five|six|seven|eight))"
_BEFORE_NUMBER = regex(r"^(?:[^\w`(]|_)+")
_BARE = regex(r"^(?P<number>\d+(?:\.\d+)*)(?:[.)]\s+|\.?\s+(?=[A-Z`]))(?P<title>\S.*)$")
_AFTER_NUMBER = regex(r"^[\s*_]*[:.)–—-]*[\s*_]*")


@frozen
class PhaseTitle:
    """A phase's title taken apart. `word` is `phase`, `step`, …, empty for a bare number. All but it are as written."""

    word: str
    number: str
    title: str
    time: str | None


def phase_title(written: str, vocabulary: Vocabulary) -> PhaseTitle | None:
    """Read a heading or label that begins with a phase word and a number; None when it does not."""
    text = _unadorned(written)
    found = _numbered(vocabulary.keys("phase")).match(text)
    if not found:
        return None
    title, time = without_time(_AFTER_NUMBER.sub("", text[found.end() :]))
    return PhaseTitle(found["word"].casefold(), found["number"], title.rstrip("*_: "), time)


def numbered_title(written: str) -> PhaseTitle | None:
    """Read a heading or label that begins with a bare number: `2. Set up (1h)`, `1.2 Install`; None otherwise."""
    found = _BARE.match(_unadorned(written))
    if not found:
        return None
    title, time = without_time(found["title"])
    return PhaseTitle("", found["number"], title.rstrip("*_: "), time)


def _unadorned(written: str) -> str:
    """Return a heading or label without the symbols that it begins with."""
    text = _BEFORE_NUMBER.sub("", written)
    while len(text) <= _LONGEST and not text[:1].isascii() and is_ornament(word := text.split(None, 1)[0]):
        text = _BEFORE_NUMBER.sub("", text[len(word) :])
    return text


@lru_cache(maxsize=8)
def _numbered(keys: tuple[frozenset[str], ...]) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for group in keys for word in sorted(group, key=len, reverse=True))
    return re.compile(rf"(?i:(?P<word>{words}))\s+#?{_NUMBER}(?!\w|-[A-Za-z])")


# --- achievements ---------------------------------------------------------------------------------------------------

_LONGEST = 400
"""A longer line is a paragraph and names nothing."""

_MARKS = "✅✔✓☑❌✗⏳⌛🔄🚧🟢🟡🟠🔴⚪🔵⏸⏭⬜🔒📋🚀⚠🏁"
_STATE = (
    r"(?:(?:not|in|to|already|partially|mostly|almost|fully)[ -])?(?:completed?|done|finished|started|progress|"
    r"pending|planned|ready|blocked|skipped|superseded|deferred|cancell?ed|approved|wip|to[ -]?do|paused)"
)
_ADORNED = regex(rf"^#*(?:{BOX}|[^\w`\[(\\])*")
_NAMED = regex(
    r"(?P<word>(?i:achievement)\b(?i:[*_\s]*id\b)?[\s#*_:：]*)?"
    r"(?P<id>\d+(?:\.\d+)+(?(word)[A-Za-z]|[a-c])?)(?!\w|\.\d)"
)
_ANOTHER = regex(r"^[*_\s]*(?:[-–—/,&+]|(?:and|to|or|through)\b)[*_\s]*(?i:achievements?\s*)?\d+(?:\.\d+)+(?!\w)")
_REMARK = regex(r"^\s*\([^()]*\)(?=\s*[:：])")
_SEPARATOR = regex(r"^\s*(?:[:：]|[-–—|](?=\s|$))\s*")
_STATE_ONLY = regex(rf"\W*+(?i:(?:status\W+)?{_STATE})\W*(?:\([^()]*\)\W*)?")
_SHOUTED = regex(r"(?:[^a-z(]|\((?![^()a-z]*[a-z]))*+(?:\([^()]*\)[^a-z]*+)?")
_GAP = r"(?:^|(?<=\w))"
"""Where a run without letters begins. From there each run is gone through once; tried from anywhere in it, a line of
nothing but blanks and dashes takes as many steps as its length to the third power."""

_BRACKETED_STATE = regex(rf"{_GAP}[^\w(\[]*+(?P<at>[(\[])\W*+(?i:{_STATE})\W*[)\]]\s*$")
_DASHED_STATE = regex(rf"{_GAP}(?:[^\w\s]|\s++(?![-–—|:]))*+(?P<at>\s+)[-–—|:]\W*+(?i:(?:status:\s*)?{_STATE})\W*+$")
_SHOUTED_STATE = regex(
    rf"{_GAP}[^\w\s]*+(?P<at>\s)\W*+(?:COMPLETED?|DONE|SUPERSEDED|SKIPPED|DEFERRED|IN PROGRESS|NOT STARTED)\W*+$"
)

_FINISHED = regex(
    r"[✅✔☑🏁]|^\W*\[[xX✓✔]\]|(?<!\w)(?i:completed?|done|finished|approved|superseded|skipped|cancell?ed)(?!\w)"
)
_UNFINISHED = regex(
    r"[⏳⌛🔄🚧]|(?<!\w)(?i:not|in[ -]progress|partially|mostly|almost|pending|planned|ready|to[ -]?do|wip)(?!\w)"
)


@frozen
class Designation:
    """An achievement's id, title and time as its line has them; the title is empty when there is none.

    `id` may be what takes the place of one: `1.4b`. `named`: the word Achievement stands before it. `bold`: it is in
    bold. `joined`: a colon, a dash or bold ties id and title together, as in a label; without it only a heading is
    more than a sentence. `finished`: a mark beside them says that the work is over.
    """

    id: str
    title: str
    time: str | None
    named: bool
    bold: bool
    joined: bool
    finished: bool = False


@lru_cache(maxsize=4096)  # whoever looks for places, for odd ids and for bare headings asks about the same lines
def designation(line: str) -> Designation | None:
    """Read a line that begins with an achievement's id, after list marker, box, `#`s or emoji; None where none does."""
    if len(line) > _LONGEST:
        return None
    line = seen(line)
    start = line[marker_width(line) :]
    adorned = _ADORNED.match(start)
    at = adorned.end() if adorned else 0
    found = _NAMED.match(start, at)
    if not found or _ANOTHER.match(start[found.end() :]):
        return None
    if not found["word"] and not is_achievement_id(found["id"].rstrip("abc")):
        return None
    bold = next((marker for marker in ("**", "__") if start[:at].endswith(marker)), "")
    split = _split(start[found.end() :], bold)
    if split is None:
        return None
    title, tail, joined = split
    title, time = cleaned(title)
    time = time or _time_of(tail)
    finished = is_finished(start[: found.start()] + start[found.end() :].replace(title, " ", 1))
    return Designation(found["id"], title, time, bool(found["word"]), bool(bold), joined or not title, finished)


def is_finished(marks: str) -> bool:
    """Whether what stands beside a title, or in a line about its state, says that the work is over."""
    return bool(_FINISHED.search(marks)) and not _UNFINISHED.search(marks)


_EMPHASIZED_END = regex(r"(?P<mark>\*\*|__|\*|_)(?P<inside>\([^()*_]*\))(?P=mark)$")
"""What stands in parentheses at the end of a title and is emphasized: `Board drawn **(~4 hours)**`."""


def cleaned(title: str) -> tuple[str, str | None]:
    """Split a title from what is no part of it: marks of a state at its ends, and a time at its end."""
    time, text = None, title.strip()
    while True:
        shorter = _without_state(_without_emphasis(text).strip(_MARKS + "\ufe0f \t"))
        shorter, found = without_time(_EMPHASIZED_END.sub(r"\g<inside>", shorter))
        time = time or found
        if shorter == text:
            break
        text = shorter
    if is_time(text):
        return "", time or text
    return ("" if _STATE_ONLY.fullmatch(text) else text), time


def _split(rest: str, bold: str) -> tuple[str, str, bool] | None:
    """Split what follows an id into title, text behind the title, and whether something joins id and title.

    None where bold text goes on in another way than a label does: `**Achievement 1.1 notes**: …`.
    """
    inside, closing, after = rest.partition(bold) if bold else ("", "", rest.removeprefix("**"))
    separator = _SEPARATOR.match(inside)
    if bold and not closing:
        inside, after, separator = "", rest, None
    if separator and inside[separator.end() :].strip():
        return inside[separator.end() :], after, True
    if inside.strip() and not separator:
        return (inside, after, True) if cleaned(after)[0] == "" else None
    after = after[remark.end() :] if (remark := _REMARK.match(after)) else after
    outer = _SEPARATOR.match(after)
    return (after[outer.end() :] if outer else after), "", bool(separator or outer)


def _without_emphasis(title: str) -> str:
    """Drop emphasis around the whole of a title."""
    for marker in ("**", "__", "*", "_"):
        inside = title[len(marker) : -len(marker)]
        if len(title) > 2 * len(marker) and title == f"{marker}{inside}{marker}" and marker not in inside:
            return inside.strip()
    return title


def _without_state(title: str) -> str:
    """Drop one mark of a state from the end of a title: `✅ **COMPLETE** (2h)`, `[DONE]`, `- Complete`."""
    for at, character in enumerate(title):
        if character in _MARKS and title[at - 1].isspace():
            after = title[at + 1 :]
            if _STATE_ONLY.fullmatch(after) or _SHOUTED.fullmatch(after):
                return title[:at].rstrip(" \t-–—|:")
    for pattern in (_BRACKETED_STATE, _DASHED_STATE, _SHOUTED_STATE):
        found = pattern.search(title)
        if found and (kept := title[: found.start("at")].rstrip()):
            return kept
    return title


def _time_of(tail: str) -> str | None:
    """Return the time behind a title: `**Achievement 1.1: Title** ⏱️ 4-6 hours`."""
    text = re.sub(r"^[^\w~]+", "", tail).rstrip(" )]*_")
    return text if is_time(text) else None
