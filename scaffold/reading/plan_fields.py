"""The fields in the body of an achievement: labels, list items that begin with one, and sub-headings, by their names.

`**Goal**: …`, `- **Goal**: …`, `- Goal: …`, `Goal: …` and `#### Goal` say the same. What stands inside another field
(an `Effort` among the steps of `What`) is that field's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scaffold.model import Passage
from scaffold.reading import items
from scaffold.reading.markdown import Block, Document, as_written
from scaffold.reading.parts import Part, label_of, marker_width, passage_of
from scaffold.reading.plan_places import Candidate, text_of
from scaffold.reading.vocabulary import key

_NAMES = {
    "title": "Title; Name",
    "goal": "Goal; Objective; Goals; Objectives; Purpose; Aim; Description; Intent",
    "what": "What; What to Do; Tasks; Scope; Work; Steps; Details; Actions; Requirements; Implementation; Approach; "
    "Implementation Approach",
    "success": "Success; Success Criteria; Success Criterion; Acceptance Criteria; Acceptance; Definition of Done; "
    "Done When; Success Metrics; Success Indicators; Exit Criteria; Completion Criteria; Expected Outcome; "
    "Expected Outcomes; Expected Result; Expected Results",
    "deliverables": "Deliverables; Deliverable; Expected Deliverables; Key Deliverables; Outputs; Output; Artifacts; "
    "Files to Create",
    "effort": "Effort; Estimated Effort; Estimated Time; Estimate; Time Estimate; Effort Estimate; Estimated Hours; "
    "Estimated Duration; Duration; Time; Hours",
    "tests": "Tests; Test; Tests Required; Required Tests; Testing; Testing Requirements; Test Requirements; "
    "Test Plan; Test Cases; Testing Strategy; Testing Focus; Validation; Verification",
    "dependencies": "Dependencies; Dependency; Depends on; Requires; Prerequisites; Prerequisite; Blocked by",
}
"""What each field may be called; where several are there, the first of these names that says something counts."""

_ORDER = {key(name): (field, at) for field, names in _NAMES.items() for at, name in enumerate(names.split("; "))}
_PLAIN = re.compile(r"^(?P<name>[A-Za-z][A-Za-z ]{1,30}):(?:[ \t]+(?P<rest>\S.*)|[ \t]*)$")
_DEPENDS = re.compile(
    r"^(?P<name>(?i:depends (?:up)?on|requires|blocked by))\s+"
    r"(?P<rest>(?:(?i:all\b|achievements?\b|priority\b)|\d+\.\d).*)$"
)
_CODE_LIST = re.compile(r",\s+(?=`)")


@dataclass(frozen=True, slots=True)
class Fields:
    """The named parts of a body, by field, the best name first; a field without text is not there."""

    document: Document
    parts: Mapping[str, Sequence[Part]]

    def passage(self, field: str) -> Passage | None:
        """Give the text of a field."""
        return next((found for part in self.parts.get(field, ()) if (found := _passage(self.document, part))), None)

    def line(self, field: str) -> Passage | None:
        """Give the first line of a field's text."""
        found = self.passage(field)
        return replace(found, text=found.text.split("\n", 1)[0].strip()) if found else None

    def items(self, field: str) -> tuple[Passage, ...]:
        """Give the items of a field: of every part that has the same name as the first."""
        parts = self.parts.get(field, ())
        found = items.of_parts(self.document, [part for part in parts if part.key == parts[0].key])
        if len(found) == 1 and found[0].text.startswith("`") and "\n" not in found[0].text and "(" not in found[0].text:
            return tuple(replace(found[0], text=piece) for piece in _CODE_LIST.split(found[0].text))
        return found

    @property
    def count(self) -> int:
        """How many fields there are, a title not counted: what makes a definition one."""
        return len(self.parts.keys() - {"title"})


def read(document: Document, candidate: Candidate) -> Fields:
    """Read the fields in a candidate's body."""
    found: dict[str, list[Part]] = {}
    for part in _whole(document, list(_parts(document, candidate))):
        field = field_of(part.key)
        if field and _passage(document, part):
            found.setdefault(field, []).append(part)
    ordered = {field: sorted(parts, key=lambda part: rank(part.key)) for field, parts in found.items()}
    return Fields(document, ordered)


def field_of(label_key: str) -> str | None:
    """Give the field that a label with this key introduces, if any."""
    return _ORDER[label_key][0] if label_key in _ORDER else None


def rank(label_key: str) -> int:
    """Give the place of a key among the names of its field, 0 for the best. Raises KeyError for other keys."""
    return _ORDER[label_key][1]


def _passage(document: Document, part: Part) -> Passage | None:
    """Give a part's text without the indentation of the list item that it is."""
    found = part.passage(document, marker_width(document.lines[part.line - 1]))
    return passage_of(found.text, found.line, found.heading) if found else None


def _parts(document: Document, candidate: Candidate) -> Iterator[Part]:
    """Yield the parts of a body: what begins with a label or heading, up to the next one."""
    part, inside = Part(None, 0, candidate.first, candidate.first), list[Block]()
    for block in candidate.blocks:
        labelled = list(_labelled(document, block))
        if block.kind == "list" and labelled and _is_free(part, labelled):
            if part.label:
                yield _closed(document, part, inside, block.first - 1)
                part, inside = Part(None, 0, block.last, block.last + 1), []
            yield from labelled
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


def _is_free(part: Part, labelled: Sequence[Part]) -> bool:
    """Say whether list items with labels are fields of their own rather than text of the label above the list.

    They are below no label, and below one whose text is complete: `**Why**: it is slow.`
    """
    if not part.label:
        return True
    return bool(part.rest) and part.rest[-1] != ":" and any(field_of(one.key) for one in labelled)


def _labelled(document: Document, block: Block) -> Iterator[Part]:
    """Yield the parts that begin in a block; but for the last of a paragraph, and a heading, they end in it."""
    if block.kind == "heading":
        yield Part(as_written(document.lines[block.first - 1]), block.level, block.first, block.last + 1)
    elif block.kind == "paragraph":
        yield from _of_lines(document, block.first, block.last, (), block.last)
    elif block.kind == "list":
        for item in block.children:
            last, inside = text_of(item)
            yield from _of_lines(document, item.first, last, inside, item.last)


def _of_lines(document: Document, first: int, last: int, inside: Sequence[Block], end: int) -> Iterator[Part]:
    """Yield a part for every line from `first` to `last` that begins with a label, with the lines below it.

    The last one also has the blocks `inside`, which end with line `end`.
    """
    begun = [label for number in range(first, last + 1) if (label := _label(document.lines[number - 1], number))]
    for label, after in zip(begun, [*(one.line for one in begun[1:]), last + 1], strict=False):
        blocks = inside if after > last else ()
        if label.rest:  # wrapped text goes on in the next lines
            rest = "\n".join([label.rest, *(line.strip() for line in document.lines[label.line : after - 1])])
            part = replace(label, rest=rest, first=after)
        else:
            part = label
            blocks = (Block("paragraph", label.first, after - 1), *blocks) if after > label.first else blocks
        yield replace(part, last=end if after > last else after - 1, blocks=tuple(blocks))


def _label(line: str, number: int) -> Part | None:
    """Read the label that a line begins with, behind list marker and tick: in bold, or a known name and a colon."""
    text = items.without_tick(line[marker_width(line) :].lstrip())
    if found := label_of(text, number):
        return found
    plain = _PLAIN.match(text) or _DEPENDS.match(text)
    if plain and field_of(key(plain["name"])):
        return Part(plain["name"], 7, number, number + 1, rest=(plain["rest"] or "").rstrip())
    return None


def _whole(document: Document, parts: Sequence[Part]) -> Iterator[Part]:
    """Yield the parts, each heading with what stands under its labels and lower headings that name no other field."""
    for at, part in enumerate(parts):
        if not 0 < part.level < 7:
            yield part
            continue
        last, blocks = part.last, list(part.blocks)
        for later in parts[at + 1 :]:
            if (0 < later.level <= part.level) or field_of(later.key) not in (None, field_of(part.key)):
                break
            last = later.last
            blocks.extend(later.blocks)
        yield replace(part, last=last, blocks=tuple(blocks))
