"""How much of a SUBPLAN a document shows: breadth before depth, then what is left of the lines is given back.

A document has at most 150 lines when it is created: its readers are often agents with little context, and an executor
still writes into it. First everything gets its first line; where even that is too much, the longest lists are shortened.
Then the lines that are left are given back in rounds, in the order of `ORDER`. The built-in template set is measured;
another one may have a longer fixed part.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from scaffold.document.fields import Shown, left_out
from scaffold.document.shorten import LONG, weight
from scaffold.model import Json, Passage

LINES = 150
"""The most lines a created document has with the built-in template set."""

ORDER = ("objective", "deliverable", "step", "criterion", "check", "test", "note", "approach", "consideration")
"""The order in which lines are given back in each round, the most useful first."""

ALL = 1_000
"""More lines than a document has: all of a passage."""

_FIXED = 61
"""Lines of the built-in template in every document: those that no variable makes."""


@dataclass(slots=True)
class Slot:
    """A passage in a document, of which `depth` lines are shown. `kind` is one of `ORDER`."""

    passage: Passage
    kind: str
    show: Callable[[Passage, int], Shown]
    depth: int = 1
    shown: Shown = field(init=False)

    def __post_init__(self) -> None:
        """Show what the depth allows."""
        self.shown = self.show(self.passage, self.depth)

    def set(self, depth: int) -> None:
        """Show `depth` lines."""
        self.depth, self.shown = depth, self.show(self.passage, depth)


@dataclass(slots=True)
class Listing:
    """A list in a document, of which the first `count` items are shown. `noun` names an item.

    A list is long in relation to `need`; `least` items always stay. `numbered` is for steps, `box` for what is ticked
    off. In `folded` lists several short items stand in a line.
    """

    noun: str
    slots: Sequence[Slot]
    need: float
    least: int = 1
    numbered: bool = False
    box: str = ""
    folded: bool = False
    count: int = field(init=False)

    def __post_init__(self) -> None:
        """Show every item."""
        self.count = len(self.slots)

    @property
    def length(self) -> float:
        """How long it is for what it is; 0 where it cannot be shorter."""
        return self.count / self.need if self.count > self.least else 0

    def shorten(self) -> None:
        """Hide the last item, or the last two: a pointer takes the place of a single one for nothing."""
        self.count = max(self.least, self.count - (2 if self.count == len(self.slots) else 1))

    def entries(self) -> list[str]:
        """Return the texts of the items, those of a group below its name, and what stands for the hidden ones."""
        shown = self.slots[: self.count]
        texts = [slot.shown.text for slot in shown] if self.numbered else list(self._grouped(shown))
        if hidden := [slot.passage for slot in self.slots[self.count :]]:
            texts.append(left_out(hidden, self.noun))
        return [f"{at}. {text}" for at, text in enumerate(texts, 1)] if self.numbered else texts

    def _grouped(self, shown: Sequence[Slot]) -> Iterator[str]:
        """Yield the entries of the list, group by group."""
        for group, slots in groupby(shown, key=lambda slot: slot.passage.group):
            texts = [slot.shown.text for slot in slots]
            texts = list(_packed(texts)) if self.folded else texts
            if group is None:
                yield from texts
            elif len(texts) == 1:
                yield f"**{_label(group)}**: {texts[0]}"
            else:
                nested = (f"- {self.box}{text}".replace("\n", "\n  ").replace("\n  \n", "\n\n") for text in texts)
                yield "\n".join([f"**{_label(group)}**:", *(f"  {text}" for text in nested)])


def _packed(texts: Sequence[str]) -> Iterator[str]:
    """Yield short items several in a line: `one; two; three`."""
    line = ""
    for text in texts:
        together = f"{line.rstrip(';. ')}; {text}" if line else text
        if "\n" in together or len(together) > LONG:
            yield from (line,) if line else ()
            together = text
        line = together
    yield from (line,) if line else ()


def _label(group: str) -> str:
    """Return the name of a group as bold text can hold it."""
    return " ".join(group.replace("*", "").strip("# :_").split()) or "…"


def shorten(lists: Sequence[Listing], excess: int) -> int:
    """Shorten lists until `excess` lines are saved or none can be shorter; return the excess that is left.

    The list that is longest for what it is loses its last item, again and again.
    """
    while excess > 0 and (longest := max(lists, key=lambda one: one.length, default=None)) and longest.length:
        before = total(longest.entries())
        longest.shorten()
        excess -= before - total(longest.entries())
    return excess


def lengthen(lists: Sequence[Listing], room: int) -> int:
    """Show hidden items again, as far as `room` lines allow; return how many are left.

    The list that is shortest for what it is gets its next item, again and again.
    """
    waiting = [one for one in lists if one.count < len(one.slots)]
    while waiting and room > 0:
        shortest = min(waiting, key=lambda one: one.count / one.need)
        before, count = total(shortest.entries()), shortest.count
        shortest.count = len(shortest.slots) if count + 2 >= len(shortest.slots) else count + 1
        cost = total(shortest.entries()) - before
        if cost > room:
            shortest.count = count
            waiting.remove(shortest)
            continue
        room -= cost
        waiting = [one for one in waiting if one.count < len(one.slots)]
    return room


def unfold(listing: Listing, room: int) -> int:
    """Give every item of a folded list a line of its own if `room` lines allow it; return the lines that it takes."""
    before, was_folded = total(listing.entries()), listing.folded
    listing.folded = False
    if (cost := total(listing.entries()) - before) <= room:
        return cost
    listing.folded = was_folded
    return 0


def give_back(slots: Iterable[Slot], room: int) -> int:
    """Give `room` lines to passages that are cut, in rounds; return how many are left.

    In each round every passage gets one more line, in the order of `ORDER`, as long as there is room for what that adds.
    """
    waiting = sorted((slot for slot in slots if not slot.shown.whole), key=lambda slot: ORDER.index(slot.kind))
    depth = min((slot.depth for slot in waiting), default=0)
    while waiting and room > 0 and depth < ALL:
        depth += 1
        waiting, room = _round(waiting, depth, room)
    return room


def _round(waiting: Sequence[Slot], depth: int, room: int) -> tuple[list[Slot], int]:
    """Give every passage that still waits up to `depth` lines; one that there is no room for waits no longer."""
    still = []
    for slot in waiting:
        if slot.depth < depth:
            shown = slot.show(slot.passage, depth)
            cost = weight(shown.text) - weight(slot.shown.text)
            if cost > room:
                continue
            slot.depth, slot.shown, room = depth, shown, room - cost
        if not slot.shown.whole:
            still.append(slot)
    return still, room


def lines_of(task: Mapping[str, Json]) -> int:
    """Return the number of lines that the built-in template makes of `task`, long ones counted as `weight` does."""
    outline, hidden = total(task["outline"]), 1 if task["phases_more"] else 0
    approach, after = total(task["approach"]), total(task["considerations"])
    lines = _FIXED + (2 if task["ready"] == "no" else 0) + (1 if task["feedback"] else 0) + (2 if task["others"] else 0)
    lines += sum(total(task[name]) or 1 for name in ("objective", "success_criteria", "deliverables"))
    lines += (approach + (1 if approach and outline else 0) + outline + hidden) or 1
    lines += after + 1 if after else 0
    lines += total(task["elsewhere"]) + 1 if task["elsewhere"] else 0
    lines += total(task["tests"]) + (3 if task["tests"] else 0)
    phases = task["phases"]
    shown = [phase for phase in phases if isinstance(phase, dict)] if isinstance(phases, list) else []
    steps = total(task["steps"]) + (1 if task["steps"] else 0)
    return lines + 2 * hidden + (steps + sum(map(phase_lines, shown)) or 2)


def phase_lines(phase: Mapping[str, Json]) -> int:
    """Return the number of lines that the built-in template makes of one phase."""
    around = {"heading": 1, "goal": 1, "text": 1, "steps": 1, "more": 1}
    lines = sum(total(phase[name]) + extra for name, extra in around.items() if phase[name])
    checks = phase["verification"]
    if not isinstance(checks, list) or not checks:
        return lines
    is_line = len(checks) == 1 and "\n" not in str(checks[0])
    return lines + total(checks) + (1 if is_line else 3)


def total(value: Json) -> int:
    """Return the weight of a text or of all texts of a list; 0 for nothing."""
    if isinstance(value, list):
        return sum(map(total, value))
    return weight(value) if isinstance(value, str) else 0
