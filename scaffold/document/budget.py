"""How much of a SUBPLAN a document shows: breadth before depth, then what is left of the lines is given back.

A document has at most 150 lines when it is created: its readers are often agents with little context, and an executor
still writes into it. Everything gets its first line; where even that is too much, the longest lists are shortened. Then
the lines that are left are given back in rounds, in the order of `ORDER`. The built-in template set is what is
counted; for another one, whose own lines are more, fewer lines are asked for.
"""

from collections.abc import Iterable, Mapping, Sequence

from scaffold.document.shorten import weight
from scaffold.document.slots import ALL, ORDER, Listing, Slot
from scaffold.model import Json

LINES = 150
"""The most lines a created document has with the built-in template set."""

_STALLED = 3
"""Rounds without a further line, after which a passage that does not fit whole waits no longer."""

_LABEL = 2
"""Lines of a label and the blank line after it."""

FIXED = 61
"""Lines of the built-in template in every document: those that no variable makes."""


def shorten(lists: Sequence[Listing], excess: int) -> int:
    """Shorten lists until `excess` lines are saved or none can be shorter; return the excess that is left.

    The list that is longest for what it is loses its last item, again and again.
    """
    able = [listing for listing in lists if listing.can_hide]
    while excess > 0 and able:
        longest = max(able, key=lambda listing: listing.length)
        before, count = total(longest.entries()), longest.count
        longest.hide()
        saved = before - total(longest.entries())
        if saved <= 0:  # several of its items stand in a line
            longest.count = count
            able.remove(longest)
        excess -= max(saved, 0)
        able = [listing for listing in able if listing.can_hide]
    return excess


def lengthen(lists: Sequence[Listing], room: int) -> int:
    """Show hidden items again, as far as `room` lines allow; return how many lines are left.

    The list that is shortest for what it is gets its next item, again and again.
    """
    able = [listing for listing in lists if listing.hides]
    while room > 0 and able:
        shortest = min(able, key=lambda listing: listing.length)
        before, count = total(shortest.entries()), shortest.count
        shortest.reveal()
        cost = total(shortest.entries()) - before
        if cost > room:
            shortest.count = count
            able.remove(shortest)
        else:
            room -= cost
            able = [listing for listing in able if listing.hides]
    return room


def unfold(folded: Listing, room: int) -> int:
    """Put every item of a folded list on a line of its own if `room` lines allow it; return the lines that it takes."""
    before, was_folded = total(folded.entries()), folded.folded
    folded.folded = False
    if (cost := total(folded.entries()) - before) <= room:
        return cost
    folded.folded = was_folded
    return 0


def give_back(slots: Iterable[Slot], room: int) -> int:
    """Hand out `room` lines to passages that are cut, in rounds; return how many are left.

    In each round every passage gets one more line, in the order of `ORDER`, as long as there is room for what that
    adds. What is then left lays passages that are run on in a line out as they were written, in the same order.
    """
    ordered = sorted(slots, key=lambda slot: ORDER.index(slot.kind))
    waiting = [slot for slot in ordered if not slot.shown.whole]
    depth = min((slot.depth for slot in waiting), default=0)
    while waiting and room > 0 and depth < ALL:
        depth += 1
        still = []
        for slot in waiting:
            if slot.depth < depth:
                if (cost := _cost(slot, depth)) > room:
                    continue
                slot.set(depth)
                room -= cost
                slot.stalled = 0 if cost else slot.stalled + 1
            is_stuck = slot.stalled >= _STALLED and _cost(slot, ALL) > room  # at a block that there is no room for
            if not slot.shown.whole and not is_stuck:
                still.append(slot)
        waiting = still
    for slot in ordered:
        if slot.shown.whole and 0 < (cost := _cost(slot, ALL)) <= room:
            slot.set(ALL)
            room -= cost
    return room


def _cost(slot: Slot, depth: int) -> int:
    """Return how many lines more a passage takes, at most, when `depth` lines of it are shown.

    A passage that is not there yet, and a check that no longer stands behind its label, bring a blank line and a label.
    """
    before, after = slot.shown.text, slot.show(slot.passage, depth).text
    brings = not before or (slot.kind == "check" and "\n" in after and "\n" not in before)
    return weight(after) - weight(before) + (_LABEL if brings else 0)


def lines_of(task: Mapping[str, Json]) -> int:
    """Return the number of lines that the built-in template makes of `task`, long ones counted as `weight` does."""
    phases = task["phases"]
    shown = [phase for phase in phases if isinstance(phase, dict)] if isinstance(phases, list) else []
    return lines_with(task, sum(map(phase_lines, shown)))


def lines_with(task: Mapping[str, Json], of_phases: int) -> int:
    """Return the same number for a task whose phases take `of_phases` lines; which phases it has does not count."""
    outline, hidden = total(task["outline"]), 1 if task["phases_more"] else 0
    approach, after = total(task["approach"]), total(task["considerations"])
    lines = FIXED + (2 if task["ready"] == "no" else 0) + (1 if task["feedback"] else 0) + (2 if task["others"] else 0)
    lines += sum(total(task[name]) or 1 for name in ("objective", "success_criteria", "deliverables"))
    lines += (approach + (1 if approach and outline else 0) + outline + hidden) or 1
    lines += after + 1 if after else 0
    lines += total(task["elsewhere"]) + 1 if task["elsewhere"] else 0
    lines += total(task["tests"]) + (3 if task["tests"] else 0)
    steps = total(task["steps"]) + (1 if task["steps"] else 0)
    return lines + 2 * hidden + (steps + of_phases or 2)


def phase_lines(phase: Mapping[str, Json]) -> int:
    """Return the number of lines that the built-in template makes of one phase."""
    lines = sum(total(phase[name]) + 1 for name in ("heading", "goal", "text", "steps", "more") if phase[name])
    checks = phase["verification"]
    if not isinstance(checks, list) or not checks:
        return lines
    is_line = len(checks) == 1 and "\n" not in str(checks[0])
    return lines + total(checks) + (1 if is_line else 3)


def total(value: "Json | Sequence[str]") -> int:
    """Return the weight of a text or of all texts of a list; 0 for nothing."""
    if isinstance(value, list):
        return sum(map(total, value))
    return weight(value) if isinstance(value, str) else 0
