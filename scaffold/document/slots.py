"""Passages and lists in a document, each with as much of it as it may have lines for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby

from scaffold.document import fields
from scaffold.document.fields import Shown
from scaffold.document.shorten import LONG
from scaffold.reading.content import Passage

ORDER = ("objective", "deliverable", "step", "criterion", "check", "test", "note", "approach", "consideration")
"""The kinds of passages, in the order in which lines are given back in each round: the most useful first."""

_MOST = 40
"""More items of one list are never shown."""

ALL = 1_000
"""More lines than a document has: all of a passage."""


@dataclass(slots=True)
class Slot:
    """A passage in a document, of which `depth` lines are shown. `kind` is one of `ORDER`.

    `stalled` counts the rounds in which it could have had one more line, and had no use for it.
    """

    passage: Passage
    kind: str
    show: Callable[[Passage, int], Shown]
    depth: int = 1
    stalled: int = 0
    _shown: Shown | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def shown(self) -> Shown:
        """What is shown. It is made when it is asked for: most passages fit whole, and their beginnings never count."""
        if self._shown is None:
            self._shown = self.show(self.passage, self.depth)
        return self._shown

    def set(self, depth: int) -> None:
        """Show `depth` lines."""
        if depth != self.depth:
            self.depth, self._shown = depth, None


@dataclass(slots=True)
class Listing:
    """A list in a document, of which the first `count` items are shown. `noun` names an item.

    A list is long in relation to `need`; `least` items always stay. `numbered` is for steps, `box` for what is ticked
    off. In `folded` lists several short items stand in a line. `beyond` are items that are never shown.
    """

    noun: str
    slots: Sequence[Slot]
    beyond: Sequence[Passage]
    need: float
    least: int = 1
    box: str = ""
    numbered: bool = False
    folded: bool = False
    count: int = field(init=False)
    _made: tuple[list[object], list[str]] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Show every item."""
        self.count = len(self.slots)

    @property
    def length(self) -> float:
        """How long it is for what it is."""
        return self.count / self.need

    @property
    def hides(self) -> bool:
        """Whether there are items that could be shown and are not."""
        return self.count < len(self.slots)

    @property
    def can_hide(self) -> bool:
        """Whether it can be shorter."""
        return self.count - self._step >= self.least

    @property
    def _step(self) -> int:
        """How many items are hidden at once: two at first, as a pointer takes the place of a single one for nothing."""
        return 1 if self.hides or self.beyond else 2

    def hide(self) -> None:
        """Hide the last item, or the last two."""
        self.count -= self._step

    def reveal(self) -> None:
        """Show one more item, or the last two."""
        is_end = self.count + 2 >= len(self.slots) and not self.beyond
        self.count = len(self.slots) if is_end else self.count + 1

    def stand(self) -> list[object]:
        """Return all that decides what the entries are: as long as it is equal, they are."""
        return [self.count, self.folded, *(slot.depth for slot in self.slots[: self.count])]

    def entries(self) -> list[str]:
        """Return the texts of the items, those of a group below its name, and a pointer to the hidden ones."""
        stand = self.stand()
        if self._made is None or self._made[0] != stand:
            self._made = stand, self._entries()
        return self._made[1]

    def _entries(self) -> list[str]:
        shown = self.slots[: self.count]
        texts = [slot.shown.text for slot in shown] if self.numbered else list(self._grouped(shown))
        if hidden := [*(slot.passage for slot in self.slots[self.count :]), *self.beyond]:
            texts.append(fields.left_out(hidden, self.noun))
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
        if line and ("\n" in together or len(together) > LONG):
            yield line
            together = text
        line = together
    if line:
        yield line


def _label(group: str) -> str:
    """Return the name of a group as bold text can hold it."""
    return fields.one_line(group.replace("*", "").replace("_", " ").strip("# :")) or "…"


def text_of(slot: Slot | None) -> str | None:
    """Return what is shown in a slot; None where there is none."""
    return slot.shown.text if slot else None


def paragraphs(passage: Passage | None, kind: str, depth: int) -> Slot | None:
    """Return the slot of a passage that is shown as blocks; None when it says nothing."""
    if passage is None or not passage.text.strip():
        return None
    return Slot(passage, kind, _blocks, depth)


def note(passage: Passage | None, kind: str = "note") -> Slot | None:
    """Return the slot of a note: run on in a line where it begins with words, else as blocks."""
    if passage is None or not passage.text.strip():
        return None
    return Slot(passage, kind, _line if fields.begins_as_paragraph(passage.text) else _blocks)


def listing(
    passages: Sequence[Passage], noun: str, need: float, least: int, box: str = "", numbered: bool = False
) -> Listing:
    """Return a list with each item at its shortest."""
    most = _MOST if len(passages) > _MOST + 1 else len(passages)
    slots = [
        Slot(passage, noun, partial(_item, indent=len(f"{at}. ") if numbered else 2))
        for at, passage in enumerate(passages[:most], 1)
    ]
    return Listing(noun, slots, passages[most:], need, least, box, numbered)


def _blocks(passage: Passage, depth: int) -> Shown:
    return fields.paragraphs(passage, depth) or Shown("")


def _line(passage: Passage, depth: int) -> Shown:
    return _blocks(passage, depth) if depth > passage.text.count("\n") else _item(passage, depth, 0)


def _item(passage: Passage, depth: int, indent: int) -> Shown:
    return fields.item(passage, indent, depth)
