"""Documents before and after, as text for people: unified diffs, and what many documents have in common told once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import TypeAlias

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.names import counted, printable

CONTEXT = 3
"""How many unchanged lines stand before and behind a change."""

_NAMED, _NAMED_OF_MANY = 3, 2
"""Up to how many documents a head names all, and how many of more."""

_LINE = regex(rb"[^\n]*\n|[^\n]+")
_COLOURS = {"-": "\x1b[31m", "+": "\x1b[32m", "@": "\x1b[36m"}
"""Red, green and cyan, by what a line is: one that is removed, one that is added, or the head of a hunk."""

_Lines: TypeAlias = tuple[bytes, ...]
_Told: TypeAlias = tuple[tuple[str, bytes], ...]
"""Lines with what stands before them: a blank for those that stay, `-` for removed and `+` for added ones."""


@frozen
class Difference:
    """A document before and after; None where there is no such file. `path` is how people are told of it."""

    path: str
    before: bytes | None
    after: bytes | None


@frozen
class _Hunk:
    """Changes that lie close together: from the first to the last one what is `told`, and the lines around them.

    `start_before` and `start_after` say how many lines of both texts stand above `lead`.
    """

    start_before: int
    start_after: int
    lead: _Lines
    told: _Told
    trail: _Lines


@frozen
class _Change:
    """What makes hunks of several documents the same: what changes, in files that were made or removed or neither.

    What changes in a document twice in the same way is its `number` 0 and 1.
    """

    told: _Told
    is_new: bool
    is_gone: bool
    number: int


def diff_text(pairs: Iterable[Difference], colour: bool) -> str:
    r"""Return what differs as unified diffs, "" where nothing does.

    A change that is in several documents is told once, with the line numbers of the first of them and those lines
    around it that are the same in all. Control characters are escaped (`\x1b`), and bytes that are not UTF-8 replaced.
    """
    blocks = dict[tuple[Difference, ...], list[_Hunk]]()
    for places in _by_change(pairs).values():
        documents = tuple(document for document, _ in places)
        blocks.setdefault(documents, []).append(_shared([hunk for _, hunk in places]))
    colours = _COLOURS if colour else {}
    lines = (line for documents, hunks in blocks.items() for line in _block(documents, hunks))
    return "".join(f"{colours[kind]}{line}\x1b[m\n" if kind in colours else f"{line}\n" for kind, line in lines)


def _by_change(pairs: Iterable[Difference]) -> dict[_Change, list[tuple[Difference, _Hunk]]]:
    """Return in which documents, and where, each change is found."""
    found = dict[_Change, list[tuple[Difference, _Hunk]]]()
    for pair in pairs:
        if pair.before == pair.after:
            continue
        seen = Counter[_Told]()
        for hunk in _hunks(_LINE.findall(pair.before or b""), _LINE.findall(pair.after or b"")):
            change = _Change(hunk.told, pair.before is None, pair.after is None, seen[hunk.told])
            seen[hunk.told] += 1
            found.setdefault(change, []).append((pair, hunk))
    return found


def _hunks(before: Sequence[bytes], after: Sequence[bytes]) -> list[_Hunk]:
    """Return the changes between two texts; a single empty one where a file without lines was made or removed."""
    from difflib import SequenceMatcher

    if before == after:
        return [_Hunk(0, 0, (), (), ())]
    head = _common(zip(before, after, strict=False))
    rest = min(len(before), len(after)) - head
    tail = min(rest, _common(zip(reversed(before), reversed(after), strict=False)))
    above, below = max(0, head - CONTEXT), max(0, tail - CONTEXT)
    old, new = before[above : len(before) - below], after[above : len(after) - below]
    return [_hunk(above, old, new, codes) for codes in SequenceMatcher(None, old, new).get_grouped_opcodes(CONTEXT)]


def _common(pairs: Iterable[tuple[bytes, bytes]]) -> int:
    """Return how many pairs, from the first on, are of equal lines."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _hunk(
    above: int, old: Sequence[bytes], new: Sequence[bytes], codes: Sequence[tuple[str, int, int, int, int]]
) -> _Hunk:
    """Return a group of difflib's opcodes about two texts that have lost `above` lines at their beginning."""
    told = list[tuple[str, bytes]]()
    for tag, lo, hi, start, stop in codes:
        if tag == "equal":
            told += ((" ", line) for line in old[lo:hi])
        else:
            told += (("-", line) for line in old[lo:hi])
            told += (("+", line) for line in new[start:stop])
    lead = sum(1 for _ in takewhile(_stays, told))
    end = len(told) - sum(1 for _ in takewhile(_stays, reversed(told)))
    texts = tuple(line for _, line in told)
    return _Hunk(above + codes[0][1], above + codes[0][3], texts[:lead], tuple(told[lead:end]), texts[end:])


def _stays(told: tuple[str, bytes]) -> bool:
    return told[0] == " "


def _shared(hunks: Sequence[_Hunk]) -> _Hunk:
    """Return the first of hunks that tell the same, with those lines around it that are the same in all."""
    first = hunks[0]
    above = min(_common(zip(first.lead[::-1], hunk.lead[::-1], strict=False)) for hunk in hunks)
    below = min(_common(zip(first.trail, hunk.trail, strict=False)) for hunk in hunks)
    gone = len(first.lead) - above
    return _Hunk(
        first.start_before + gone, first.start_after + gone, first.lead[gone:], first.told, first.trail[:below]
    )


def _block(documents: Sequence[Difference], hunks: Iterable[_Hunk]) -> Iterator[tuple[str, str]]:
    """Yield the lines that tell of changes which these documents have in common, each with what it is, as a colour."""
    paths = [printable(document.path) for document in documents]
    if len(paths) > 1:
        named = paths if len(paths) <= _NAMED else paths[:_NAMED_OF_MANY]
        more = f" and {len(paths) - len(named):,} more" if len(paths) > len(named) else ""
        yield "", f"in {counted(len(paths), 'document')}: {', '.join(named)}{more}"
    yield "", f"--- {'/dev/null' if documents[0].before is None else paths[0]}"
    yield "", f"+++ {'/dev/null' if documents[0].after is None else paths[0]}"
    for hunk in hunks:
        yield from _hunk_lines(hunk)


def _hunk_lines(hunk: _Hunk) -> Iterator[tuple[str, str]]:
    lines = [*((" ", line) for line in hunk.lead), *hunk.told, *((" ", line) for line in hunk.trail)]
    if not lines:
        return
    removed = sum(mark != "+" for mark, _ in lines)
    added = sum(mark != "-" for mark, _ in lines)
    yield "@", f"@@ -{_range(hunk.start_before, removed)} +{_range(hunk.start_after, added)} @@"
    for mark, line in lines:
        text = line.removesuffix(b"\n").decode("utf-8", "replace")
        yield mark, mark + "\t".join(map(_shown, text.split("\t")))
        if not line.endswith(b"\n"):
            yield "", "\\ No newline at end of file"


def _range(start: int, count: int) -> str:
    """Return where lines are, from 1, as unified diffs say it: of no lines the line above them."""
    return f"{start + 1}" if count == 1 else f"{start + 1 if count else start},{count}"


def _shown(text: str) -> str:
    return text if text.isprintable() else printable(text)
