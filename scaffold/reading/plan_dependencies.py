"""What a PLAN says an achievement depends on, as ids: only what is beyond doubt, the rest for a person to read.

`1.1, 1.2`, `Achievement 1.1 (the model)`, `0.1-0.3`, `All Priority 1 achievements` and `None` are beyond doubt. Other
plans, software versions, `1.1 or 1.2`, `(optional)` and ids that the PLAN does not define are not. A clause that says
something else than what it depends on, `blocks 2.1`, `everything except 1.1`, `none; …`, gives no ids at all.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.model import id_order
from scaffold.names import is_achievement_id
from scaffold.reading.content import Passage, StatedDependencies
from scaffold.reading.items import without_tick
from scaffold.reading.letters import seen
from scaffold.reading.parts import marker_width

_LONGEST = 300
"""A longer line is prose, which is left to people."""

_MOST = 200
"""Nobody means a range of more ids than this."""

_ID = r"\d+(?:\.\d+)+"
_NONE = regex(
    r"(?:there are )?(?:none|no(?: other)? (?:dependenc(?:y|ies)|prerequisites?)|n/?a|not applicable|nothing|nil|"
    r"independent|[-–—])"
    r"(?:\s*[.,:;(–—-].*)?\.?",
    re.IGNORECASE,
)
_SPLIT = regex(r"(?:(?<!\s)\s+)?(?:[,;+&、，；]|\band\b)\s*", re.IGNORECASE)
_CLAUSE = regex(r"(?<!\s)\s*(?:[;；]|\.(?=\s+\D))\s*")
_BLOCKS = regex(r"(?:it\s+)?(?:un)?blocks\b[\d.,&\s]*(?:(?:and|achievements?)\b[\d.,&\s]*)*", re.IGNORECASE)
"""What is blocked depends on this achievement: a clause of nothing else says nothing of what it depends on itself."""

_NONE_FIRST = regex(r"^\W*(?:none|nothing|nil|n/a|no (?:other )?(?:dependenc|prerequisite))", re.IGNORECASE)
_OTHERWISE = regex(
    r"\b(?:(?:un)?blocks|blocking|except\w*|excluding|besides|alongside|in parallel|independent\w*|without)\b|"
    rf"{_NONE_FIRST.pattern}",
    re.IGNORECASE,
)
"""Words that say that the ids around them are not, or not surely, what an achievement depends on."""

_LEAD = regex(
    r"(?:(?:and|depends (?:up)?on|requires?|needs|after|blocked by|completion of|complete|finish|all of|both)\s+)*"
    r"(?:achievements?\s*#?)?",
    re.IGNORECASE,
)
_TAIL = (
    r"(?:\s*(?:(?:must|should|to)\s+be|is|are)?\s*(?:completed?|completion|done|finished|approved|required|first))?"
    r"[.:\s✅⏳]*"
)
_ONE = regex(rf"(?P<id>{_ID}){_TAIL}(?:\s*[:–—-]\s+(?P<title>[^\d]*))?", re.IGNORECASE)
_RANGE = regex(rf"(?P<first>{_ID})\s*(?:[-–—]|to|through)\s*(?P<last>{_ID}){_TAIL}", re.IGNORECASE)
_PRIORITY = regex(
    rf"(?:all\s+)?(?:of\s+)?(?:the\s+)?priority\s+(?P<number>\d+)(?:\s+achievements?)?{_TAIL}", re.IGNORECASE
)
_PREVIOUS = regex(rf"all\s+(?:of\s+the\s+)?(?:previous|prior|preceding|earlier)\s+achievements?{_TAIL}", re.IGNORECASE)
_REMARK = regex(r"(?:(?<!\s)\s+)?\([^()]*\)")
_SOFT = regex(r"\b(?:optional|soft|recommended|ideally|partial|partially|nice|or|unless|not)\b", re.IGNORECASE)
_MARKUP = regex(r"\*\*|__|[`*]|<!--.*?-->")


@frozen
class Defined:
    """The ids that a PLAN defines: in its order, by position, and the children of each prefix in their own order."""

    ids: tuple[str, ...]
    at: Mapping[str, int]
    below: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, ids: Iterable[str]) -> "Defined":
        """Prepare ids for looking things up in them."""
        known = tuple(ids)
        below: dict[str, list[str]] = {}
        for id_ in sorted(known, key=id_order):
            below.setdefault(id_.rpartition(".")[0], []).append(id_)
        return cls(known, {id_: at for at, id_ in enumerate(known)}, below)


def read(stated: Passage, own: str, defined: Defined) -> StatedDependencies:
    """Read what is `stated` about the dependencies of the achievement `own`, which is one of those `defined`."""
    ids: dict[str, None] = {}  # as a set in order: a text may name the same two hundred in every line
    unclear: list[str] = []
    for line in _lines(stated.text):
        found = [(piece, _ids(piece, own, defined)) for piece in _pieces(line)]
        clear = [id_ for _, some in found for id_ in some]
        ids.update(dict.fromkeys(clear))
        unclear.extend([piece for piece, some in found if not some] if clear else [line])
    return StatedDependencies(stated, tuple(ids), tuple(unclear))


def named(stated: StatedDependencies) -> tuple[str, ...]:
    """Return the ids that stand alone in what is unclear: the achievement's own, and those that nothing defines."""
    bare = (_bare(piece) for line in stated.unclear for piece in _pieces(line) if not _is_doubtful(piece))
    found = (_ONE.fullmatch(piece) for piece in bare)
    return tuple(match["id"] for match in found if match and is_achievement_id(match["id"]))


def _lines(text: str) -> Iterator[str]:
    """Yield the lines that state something, without list markers and markup."""
    for line in text.split("\n"):
        plain = without_tick(seen(line)[marker_width(seen(line)) :]).strip()
        plain = _MARKUP.sub("", plain).strip() if len(plain) <= _LONGEST else plain
        plain = _without_blocked(plain) if "blocks" in plain.lower() and len(plain) <= _LONGEST else plain
        if plain and not (_NONE.fullmatch(plain) and not re.search(_ID, plain)):
            yield plain


def _without_blocked(line: str) -> str:
    """Return a line without the clauses that only say what the achievement blocks, unless it has no other."""
    kept = [clause for clause in _cut(line, _CLAUSE) if not _BLOCKS.fullmatch(clause)]
    return "; ".join(kept) or line


def _pieces(line: str) -> Iterator[str]:
    """Yield what commas, semicolons and `and` outside parentheses separate; nothing of prose.

    A clause that says something else than what an achievement depends on is one piece.
    """
    if len(line) > _LONGEST:
        return
    for clause in [line] if _NONE_FIRST.match(line) else _cut(line, _CLAUSE):
        yield from [clause] if _OTHERWISE.search(clause) else _cut(clause, _SPLIT)


def _cut(line: str, at: re.Pattern[str]) -> Iterator[str]:
    """Yield the pieces of a line between matches outside parentheses, but for empty ones."""
    begin = 0
    remarks = [found.span() for found in _REMARK.finditer(line)]
    for cut in at.finditer(line):
        if not any(first < cut.start() < last for first, last in remarks):
            yield from filter(None, [line[begin : cut.start()].strip()])
            begin = cut.end()
    yield from filter(None, [line[begin:].strip()])


def _is_doubtful(piece: str) -> bool:
    """Whether the ids in a piece are perhaps, or surely, no dependencies."""
    return bool(_SOFT.search(piece) or _OTHERWISE.search(piece))


def _bare(piece: str) -> str:
    """Return a piece without remarks in parentheses and the words that lead to its id."""
    text = _REMARK.sub("", piece).strip()
    lead = _LEAD.match(text)
    return text[lead.end() :].strip() if lead else text


def _ids(piece: str, own: str, defined: Defined) -> Sequence[str]:
    """Return the ids that a piece names beyond doubt; none where there is a doubt."""
    if _is_doubtful(piece):
        return ()
    bare, whole = _bare(piece), _REMARK.sub("", piece).strip()
    found: Sequence[str] = ()
    if match := _ONE.fullmatch(bare):
        found = [match["id"]] if match["id"] in defined.at else []
    elif match := _RANGE.fullmatch(bare):
        found = _between(match["first"], match["last"], defined)
    elif match := _PRIORITY.fullmatch(whole):
        found = defined.below.get(match["number"], ())
    elif _PREVIOUS.fullmatch(whole):
        earlier = defined.ids[: defined.at[own]] if defined.at[own] <= _MOST else ()
        found = earlier if list(earlier) == sorted(earlier, key=id_order) else ()
    return found if len(found) <= _MOST and own not in found else ()


def _between(first: str, last: str, defined: Defined) -> Sequence[str]:
    """Return the ids from `first` to `last`, if both are defined and differ in their last number only."""
    parent = first.rpartition(".")[0]
    if first not in defined.at or last not in defined.at or last.rpartition(".")[0] != parent:
        return ()
    inside = defined.below[parent]
    begin, end = bisect_left(inside, id_order(first), key=id_order), bisect_right(inside, id_order(last), key=id_order)
    return inside[begin:end] if end - begin <= _MOST else ()
