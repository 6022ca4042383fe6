"""Three texts to one: what was generated last, what a person made of it, and what is generated now.

The merge is by line and gap. A line of the text that was generated last is kept, replaced or removed by each side, and
each may add text in the gap before it. What one side alone did is done. A **conflict** is only

* the same line changed by both, in different ways;
* different text added in the same gap;
* text changed or added inside what the other side removed or wrote anew. Text that stands at the end of what was
  removed is inside where it belongs to it: it is indented below its last line, or what was removed has the heading or
  label that it stands under.

What people expect beyond that:

* **Blanks at the end of a line are no edit.** They are taken from what is generated now; a line of which a person
  changed more keeps its own, where these were changed too.
* **Line ends** are the person's where all of them are CRLF (as git makes them on Windows): the result has CRLF too.
  In other texts a CR before the line end is a blank.
* **A line has parts**: marker or number, box, `**Label**:`, and the rest. Where one side changed one part and the other
  another, both are done: a tick stays on a criterion that was reworded, and a value on a label that was. But a tick or
  a value never goes to another thing: where little of the words is left, that is a conflict.
* **What was moved is followed.** A tick on a line, or text below it, goes with the line where the other side moves it.
* **One gap, two texts, one order.** Where one text begins with a heading or label that the other does not reach up to,
  the other comes first: it belongs to what stands above. Where one has all lines of the other, it is taken.

Nothing that a person wrote gets lost: it is in the result, or at a conflict with `markers`, between them.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from scaffold.document.differences import (
    LABEL,
    Edit,
    Line,
    about_the_same,
    edits,
    likeness,
    lines,
    numbered,
    parts,
    rank,
    same_label,
)
from scaffold.lazy.values import fresh, frozen, replace

OPENING, BETWEEN, CLOSING = "<<<<<<< edited", "=======", ">>>>>>> generated again"
"""The lines around the two texts of a conflict, as git has them."""

REWORDED = 0.6
"""The share of common words from which a line is the same demand in other words, so that its tick stays."""


@frozen
class Place:
    """A conflict: the lines of the person, those generated now, and those generated last; each may be empty.

    `line` is the 1-based line in the person's text where theirs begin or would stand, `new_line` the same in the text
    that is generated now.
    """

    theirs: str
    ours: str
    base: str
    line: int
    new_line: int


@frozen
class Merged:
    """The merged text, complete also where there are conflicts, and these, in order."""

    text: str
    conflicts: tuple[Place, ...]


def merge(generated: str, edited: str, new: str, *, on_conflict: Literal["keep", "markers"] = "keep") -> Merged:
    """Return what a person made of `generated`, with what has changed from there to `new`.

    At a conflict the person's lines stand (`keep`), or both texts between merge markers (`markers`).
    """
    if generated == new:
        return Merged(edited, ())
    if edited in (generated, new):
        return Merged(new, ())
    if 0 < edited.count("\n") == edited.count("\r\n"):
        texts = (text.replace("\r\n", "\n") for text in (generated, edited, new))
        merged = merge(*texts, on_conflict=on_conflict)
        return Merged(merged.text.replace("\n", "\r\n"), merged.conflicts)
    base, theirs, ours = map(lines, (generated, edited, new))
    if [line.key for line in theirs] == [line.key for line in base]:
        return Merged(new, ())
    merged_lines = _merge(base, theirs, ours)
    text = "\n".join(merged_lines.texts(on_conflict))
    return Merged(text + "\n" if new.endswith("\n") else text, tuple(merged_lines.conflicts))


@frozen
class _Side:
    """A text and how it came from what was generated last.

    `instead` has what stands for some of its lines: lines that this side moved and the other changed. `carried` are
    edits of this side that are done there, where the other side moved their lines.
    """

    lines: Sequence[Line]
    edits: tuple[Edit, ...]
    instead: Mapping[int, Sequence[Line]] = fresh(factory=dict)
    carried: frozenset[Edit] = frozenset()

    def became(self, group: Sequence[Edit], lo: int, hi: int) -> range:
        """Return which lines of this side lines `lo` to `hi` of the base became, by the edits of `group`."""
        return range(group[0].start - (group[0].lo - lo), group[-1].stop + (hi - group[-1].hi))

    def text(self, places: range) -> list[Line]:
        """Return these lines, with what stands for them."""
        return list(chain.from_iterable(self.instead.get(at, self.lines[at : at + 1]) for at in places))


@dataclass(slots=True)
class _Lines:
    """The lines of a merge, and between them its conflicts: what stands there by each side."""

    found: list[Line | tuple[list[Line], list[Line]]] = field(default_factory=list)
    conflicts: list[Place] = field(default_factory=list)
    torn: bool = False
    """Whether an edit that was carried along with its line came to stand in a conflict."""

    def texts(self, on_conflict: Literal["keep", "markers"]) -> Iterator[str]:
        """Yield the lines as text."""
        for what in self.found:
            if isinstance(what, Line):
                yield what.text
                continue
            theirs, ours = ([line.text for line in side] for side in what)
            yield from [OPENING, *theirs, BETWEEN, *ours, CLOSING] if on_conflict == "markers" else theirs


def _merge(base: Sequence[Line], edited: Sequence[Line], new: Sequence[Line]) -> _Lines:
    """Return the merge in which moved lines are followed; or without that, where a conflict comes in between."""
    theirs, ours = (_Side(text, edits(base, text)) for text in (edited, new))
    moved_by_us, carried = _followed(base, ours, theirs)
    moved_by_them, carried_by_us = _followed(base, theirs, ours)
    if moved_by_us or moved_by_them:
        them = _Side(theirs.lines, theirs.edits, moved_by_them, carried)
        us = _Side(ours.lines, ours.edits, moved_by_us, carried_by_us)
        merged = _placed(base, them, us)
        placed = {id(line) for line in merged.found}
        moved = chain.from_iterable((*moved_by_us.values(), *moved_by_them.values()))
        if not merged.torn and all(id(line) in placed for line in moved):
            return merged
    return _placed(base, theirs, ours)


def _placed(base: Sequence[Line], theirs: _Side, ours: _Side) -> _Lines:
    """Return the merge of the edits of both sides."""
    merged, at, kept = _Lines(), 0, _kept(base, ours)
    for of_them, of_us in _groups(base, theirs, ours):
        lo, hi = min(edit.lo for edit in of_them + of_us), max(edit.hi for edit in of_them + of_us)
        merged.found += (ours.lines[kept[here]] for here in range(at, lo))
        at = hi
        if not of_us:
            merged.found += theirs.text(theirs.became(of_them, lo, hi))
            (edit,) = of_them
            if edit.of_a_line and edit.start not in theirs.instead and lo in kept:
                merged.found[-1] = _with_blanks(base[lo], theirs.lines[edit.start], ours.lines[kept[lo]])
        elif not of_them:
            merged.found += ours.text(ours.became(of_us, lo, hi))
        else:
            places = theirs.became(of_them, lo, hi), ours.became(of_us, lo, hi)
            texts = theirs.text(places[0]), ours.text(places[1])
            agreed = _agreed(base[lo:hi], of_them + of_us, *texts)
            if agreed is not None:
                merged.found += agreed
                continue
            merged.found.append(texts)
            said = [_block(text) for text in (*texts, base[lo:hi])]
            merged.conflicts.append(Place(said[0], said[1], said[2], places[0].start + 1, places[1].start + 1))
            merged.torn |= any(lo <= edit.lo <= hi for edit in theirs.carried | ours.carried)
    merged.found += (ours.lines[kept[here]] for here in range(at, len(base)))
    return merged


def _kept(base: Sequence[Line], side: _Side) -> dict[int, int]:
    """Return for every line of the base that a side kept which line of the side it is."""
    kept, at, place = dict[int, int](), 0, 0
    for edit in (*side.edits, Edit(len(base), len(base), len(side.lines), len(side.lines))):
        kept |= zip(range(at, edit.lo), range(place, edit.start), strict=True)
        at, place = edit.hi, edit.stop
    return kept


def _groups(base: Sequence[Line], theirs: _Side, ours: _Side) -> Iterator[tuple[list[Edit], list[Edit]]]:
    """Yield the edits in order, those of both sides that meet together."""
    sides = theirs, ours
    waiting = [deque(edit for edit in side.edits if edit not in side.carried) for side in sides]
    while any(waiting):
        first = min((queue[0].lo, queue[0].hi, which) for which, queue in enumerate(waiting) if queue)[2]
        group: tuple[list[Edit], list[Edit]] = ([], [])
        group[first].append(waiting[first].popleft())
        which, idle = 1 - first, 0
        while idle < 2:
            queue, other = waiting[which], group[1 - which]
            if queue and other and _meet(base, sides[which], queue[0], sides[1 - which], other[-1]):
                group[which].append(queue.popleft())
                idle = 0
            else:
                which, idle = 1 - which, idle + 1
        yield group


def _meet(base: Sequence[Line], side: _Side, edit: Edit, other_side: _Side, other: Edit) -> bool:
    """Whether two edits of the two sides are of the same lines, in the same gap, or one inside the other."""
    if edit.added and other.added:
        return edit.lo == other.lo
    if edit.added:
        return _inside(base, side, edit, other_side, other)
    if other.added:
        return _inside(base, other_side, other, side, edit)
    return edit.lo < other.hi and other.lo < edit.hi


def _inside(base: Sequence[Line], side: _Side, added: Edit, other_side: _Side, other: Edit) -> bool:
    """Whether what one side added is inside what the other replaced, or at its end and belongs to it."""
    if added.lo != other.hi:
        return other.lo < added.lo < other.hi
    first = next((line.key for line in side.lines[added.start : added.stop] if line.key), "")
    if first[:1] in (" ", "\t"):
        last = base[other.hi - 1]
        return not any(about_the_same(last, line) for line in other_side.lines[other.start : other.stop])
    return other.removed and any(
        rank(line.key) < min(rank(first), LABEL + 1) for line in base[other.lo : other.hi] if first and line.key
    )


def _followed(base: Sequence[Line], mover: _Side, other: _Side) -> tuple[dict[int, list[Line]], frozenset[Edit]]:
    """Return what stands for the lines that `mover` moved and `other` changed, and the edits of `other` in them."""
    edit_at = {at: edit for edit in mover.edits for at in range(edit.lo, edit.hi)}
    before, after, of_other = (Counter(line.key for line in text) for text in (base, mover.lines, other.lines))
    came = {mover.lines[at].key: at for edit in mover.edits for at in range(edit.start, edit.stop)}
    instead, carried = dict[int, list[Line]](), set[Edit]()
    for edit in other.edits:
        at = edit.lo - 1 if edit.added else edit.lo
        key = base[at].key if at in edit_at else ""
        if not key or key not in came or before[key] > 1 or after[key] > 1:
            continue
        lines_of_edit = other.lines[edit.start : edit.stop]
        place = came[key]
        if edit.of_a_line and not of_other[key]:
            instead[place] = [*lines_of_edit]
        elif edit.added and _inside(base, other, edit, mover, edit_at[at]):
            instead[place] = [*instead.get(place, mover.lines[place : place + 1]), *lines_of_edit]
        else:
            continue
        carried.add(edit)
    return instead, frozenset(carried)


def _agreed(
    base: Sequence[Line], group: Sequence[Edit], theirs: Sequence[Line], ours: Sequence[Line]
) -> Sequence[Line] | None:
    """Return what both sides can stand with where their edits meet, None where that is a conflict."""
    if [line.key for line in theirs] == [line.key for line in ours]:
        return ours
    if all(edit.removed for edit in group):
        return ()
    if all(edit.added for edit in group):
        return _in_one_gap(theirs, ours)
    if len(base) == len(theirs) == len(ours) == 1:
        return _in_parts(base[0], *theirs, *ours)
    return None


def _in_one_gap(theirs: Sequence[Line], ours: Sequence[Line]) -> Sequence[Line] | None:
    """Return two texts that were added in one gap as one: the one that has all of the other, or both in order."""
    for more, less in ((ours, theirs), (theirs, ours)):
        rest = iter([line.key for line in more])
        if all(line.key in rest for line in less if line.key):
            return more
    for above, below in ((theirs, ours), (ours, theirs)):
        over, under = ([rank(line.key) for line in text if line.key] for text in (above, below))
        if under[0] <= LABEL and under[0] < min(over):
            return [*above, *below]
    return None


def _in_parts(base: Line, theirs: Line, ours: Line) -> Sequence[Line] | None:
    """Return a line of which both sides changed other parts, None where they changed the same."""
    was, by_them, by_us = parts(base.key), parts(theirs.key), parts(ours.key)
    merged = []
    for part, of_them, of_us in zip(was, by_them, by_us, strict=True):
        if part not in (of_them, of_us) and of_them != of_us:
            return None
        merged.append(of_us if of_them == part else of_them)
    for side, other in ((by_them, by_us), (by_us, by_them)):
        another = other[2:] != was[2:] and likeness("".join(was[2:]), "".join(other[2:])) < REWORDED
        moved = side.marker != was.marker and not (numbered(side.marker) and numbered(was.marker))
        if another and (moved or side.box not in (was.box, other.box)):
            return None
        renamed = was.label != other.label != side.label and not same_label(was.label, other.label)
        if side.rest not in (was.rest, other.rest) and renamed:
            return None
    key = "".join(merged)
    return [Line(key + ours.text[len(ours.key) :], key, ours.token)]


def _with_blanks(base: Line, theirs: Line, ours: Line) -> Line:
    """Return a line that the person changed, with the blanks that are now generated at its end, if not changed too."""
    if theirs.text[len(theirs.key) :] != base.text[len(base.key) :]:
        return theirs
    return replace(theirs, text=theirs.key + ours.text[len(ours.key) :])


def _block(texts: Sequence[Line]) -> str:
    """Return lines as a text with LF."""
    text = "".join(f"{line.text}\n" for line in texts)
    return text.replace("\r\n", "\n")
