"""The fields in the body of an achievement: labels, list items that begin with one, and sub-headings, by their names.

`**Goal**: …`, `- **Goal**: …`, `- Goal: …`, `Goal: …` and `#### Goal` say the same. What stands inside another field
(an `Effort` among the steps of `What`) is that field's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen, replace
from scaffold.reading import items
from scaffold.reading.content import Passage
from scaffold.reading.letters import BLANKS, UNSEEN
from scaffold.reading.markdown import Block, Document, as_written
from scaffold.reading.parts import Part, label_of, marker_width, passage_of
from scaffold.reading.plan_places import Candidate, text_of
from scaffold.reading.vocabulary import Vocabulary, key

_PLAIN = regex(
    rf"^[{UNSEEN}]*(?P<name>[^\W\d_](?:[^\W\d_]|[ {BLANKS}]){{1,30}})(?:\s*:(?=\s|$)|\s*：)\s*(?P<rest>\S.*)?$"
)
_DEPENDS = regex(
    r"^(?P<name>(?i:depends (?:up)?on|requires|needs|waits for|blocked by))\s+"
    r"(?P<rest>(?:(?i:all\b|achievements?\b|priority\b)|\d+\.\d).*)$"
)
_STATED = "depends on"
"""The label of a sentence that states dependencies, whatever verb it has: `Needs 1.1 and 1.2.`"""

_ID = regex(r"(?<![\d.])\d{1,3}(?:\.\d{1,2})+(?![\d.]*\d)")
"""What may be the id of an achievement: not 50.000."""

_NOTHING = regex(r"\W*(?:none|nothing|nil|n/a|no (?:other )?(?:dependenc(?:y|ies)|prerequisites?))\W*", re.IGNORECASE)
_CODE_LIST = regex(r",\s+(?=`)")


@frozen
class Fields:
    """The named parts of a body, by field, the best name first; a field without text is not there."""

    document: Document
    parts: Mapping[str, Sequence[Part]]

    def passage(self, field: str) -> Passage | None:
        """Return the text of a field."""
        return next((found for part in self.parts.get(field, ()) if (found := _passage(self.document, part))), None)

    def line(self, field: str) -> Passage | None:
        """Return the first line of a field's text."""
        found = self.passage(field)
        return replace(found, text=found.text.split("\n", 1)[0].strip()) if found else None

    def items(self, field: str) -> tuple[Passage, ...]:
        """Return the items of a field: of every part that has the same name as the first."""
        parts = self.parts.get(field, ())
        found = items.of_parts(self.document, [part for part in parts if part.key == parts[0].key])
        if len(found) == 1 and found[0].text.startswith("`") and "\n" not in found[0].text and "(" not in found[0].text:
            return tuple(replace(found[0], text=piece) for piece in _CODE_LIST.split(found[0].text))
        return found

    @property
    def count(self) -> int:
        """How many fields there are that make a definition one: the others stand anywhere."""
        return len(self.parts.keys() - {"title", "constraints", "context", "references"})


def read(document: Document, candidate: Candidate, vocabulary: Vocabulary) -> Fields:
    """Read the fields in a candidate's body, by their names in the vocabulary."""
    found: dict[str, list[Part]] = {}
    for part in _whole(list(_parts(document, candidate, vocabulary)), vocabulary):
        field = vocabulary.field_of(part.key)
        if field and _passage(document, part):
            found.setdefault(field, []).append(part)
    ordered = {field: sorted(parts, key=lambda part: vocabulary.rank(part.key)) for field, parts in found.items()}
    return Fields(document, ordered)


def _passage(document: Document, part: Part) -> Passage | None:
    """Return a part's text without the indentation of the list item that it is."""
    found = part.passage(document, marker_width(document.lines[part.line - 1]))
    return passage_of(found.text, found.line, found.heading) if found else None


def _parts(document: Document, candidate: Candidate, vocabulary: Vocabulary) -> Iterator[Part]:
    """Yield the parts of a body: what begins with a label or heading, up to the next one."""
    part, inside = Part(None, 0, candidate.first, candidate.first), list[Block]()
    for block in candidate.blocks:
        labelled = list(_labelled(document, block, vocabulary))
        if block.kind == "list" and labelled and _is_free(part, labelled, vocabulary):
            if part.label:
                yield _closed(document, part, inside, block.first - 1)
                part, inside = Part(None, 0, block.last, block.last + 1), []
            yield from labelled
        elif _is_apart(document, part, block, bool(labelled), vocabulary):
            yield _closed(document, part, inside, block.first - 1)
            part, inside = Part(None, 0, block.first, block.first), [block]
        elif block.kind == "list" or not labelled:
            inside.append(block)
        else:
            yield _closed(document, part, inside, labelled[0].line - 1)
            yield from labelled[:-1]
            part, inside = labelled[-1], list(labelled[-1].blocks)
    yield _closed(document, part, inside, candidate.last)


def _closed(document: Document, part: Part, inside: Sequence[Block], last: int) -> Part:
    first, last = document.trim(part.first, last)
    return replace(part, first=first, last=last, blocks=tuple(inside))


def _is_free(part: Part, labelled: Sequence[Part], vocabulary: Vocabulary) -> bool:
    """Whether list items with labels are fields of their own rather than text of the label above the list.

    They are below no label, and below one whose text is complete: `**Why**: it is slow.`
    """
    if not part.label:
        return True
    return bool(part.rest) and part.rest[-1] != ":" and any(vocabulary.field_of(label.key) for label in labelled)


def _is_apart(document: Document, part: Part, block: Block, labelled: bool, vocabulary: Vocabulary) -> bool:
    """Whether a block below a line that states dependencies is about something else: it names no achievement.

    A list of tasks with boxes is, and whatever follows a line that is clear by itself: `Depends on: 1.1`.
    """
    if vocabulary.field_of(part.key) != "dependencies" or not part.rest or part.rest[-1] == ":":
        return False
    if block.kind == "list":
        lines = [document.lines[item.first - 1] for item in block.children]
        texts = [line[marker_width(line) :].lstrip() for line in lines]
        if all(items.without_tick(text) != text for text in texts) and not any(map(_ID.search, texts)):
            return True
    is_clear = bool(_ID.search(part.rest)) or _NOTHING.fullmatch(part.rest) is not None
    text = "\n".join(document.lines[block.first - 1 : block.last])
    return is_clear and block.kind in ("list", "paragraph") and not labelled and not _ID.search(text)


def _labelled(document: Document, block: Block, vocabulary: Vocabulary) -> Iterator[Part]:
    """Yield the parts that begin in a block; but for the last of a paragraph, and a heading, they end in it."""
    if block.kind == "heading":
        yield Part(as_written(document.lines[block.first - 1]), block.level, block.first, block.last + 1)
    elif block.kind == "paragraph":
        begun = _labels(document, block.first, block.last, vocabulary)
        yield from _of_lines(document, begun, block.last, (), block.last)
    elif block.kind == "list":
        for item in block.children:
            last, inside = text_of(item)
            yield from _of_lines(document, _labels(document, item.first, last, vocabulary), last, inside, item.last)


def _labels(document: Document, first: int, last: int, vocabulary: Vocabulary) -> list[Part]:
    """Return the labels that lines from `first` to `last` begin with."""
    numbers = range(first, last + 1)
    return [label for number in numbers if (label := _label(document.lines[number - 1], number, vocabulary))]


def _of_lines(
    document: Document, begun: Sequence[Part], last: int, inside: Sequence[Block], end: int
) -> Iterator[Part]:
    """Yield a part for each of the labels `begun`, with the lines below it, up to line `last`.

    The last one also has the blocks `inside`, which end with line `end`.
    """
    for label, after in zip(begun, [*(following.line for following in begun[1:]), last + 1], strict=False):
        blocks = tuple(inside) if after > last else ()
        ends = end if after > last else after - 1
        if label.rest:  # wrapped text goes on in the next lines
            rest = "\n".join([label.rest, *(line.strip() for line in document.lines[label.line : after - 1])])
            yield replace(label, rest=rest, first=after, last=ends, blocks=blocks)
        else:
            own = (Block("paragraph", label.first, after - 1),) if after > label.first else ()
            yield replace(label, last=ends, blocks=(*own, *blocks))


def _label(line: str, number: int, vocabulary: Vocabulary) -> Part | None:
    """Read the label that a line begins with, behind list marker and tick: in bold, or a known name and a colon."""
    text = items.without_tick(line[marker_width(line) :].lstrip())
    if found := label_of(text, number):
        return found
    if (stated := _DEPENDS.match(text)) and vocabulary.field_of(_STATED) == "dependencies":
        return Part(_STATED, 7, number, number + 1, rest=stated["rest"].rstrip())
    plain = _PLAIN.match(text)
    if plain and vocabulary.field_of(key(plain["name"])):
        return Part(plain["name"], 7, number, number + 1, rest=(plain["rest"] or "").rstrip())
    return None


def _whole(parts: Sequence[Part], vocabulary: Vocabulary) -> Iterator[Part]:
    """Yield the parts, each heading with what stands under its labels and lower headings that name no other field."""
    for at, part in enumerate(parts):
        if not 0 < part.level < 7:
            yield part
            continue
        last, blocks = part.last, list(part.blocks)
        for later in parts[at + 1 :]:
            if (0 < later.level <= part.level) or vocabulary.field_of(later.key) not in (
                None,
                vocabulary.field_of(part.key),
            ):
                break
            last = later.last
            blocks.extend(later.blocks)
        yield replace(part, last=last, blocks=tuple(blocks))
