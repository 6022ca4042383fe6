"""Where a document says what: its sections, labels and combined sections, matched with the vocabulary.

Nothing found is better than the wrong thing. A name must equal a heading, and the headings above it must not say that
the passage is about something else: an `### Approach` below `## Execution Strategy` is not the approach.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen, replace
from scaffold.reading.content import Passage, Stretch
from scaffold.reading.markdown import Document, Section, sections
from scaffold.reading.parts import Part, says_something, split
from scaffold.reading.titles import phase_title
from scaffold.reading.vocabulary import Vocabulary, key, parts

_ITEMS = frozenset({"success_criteria", "deliverables", "tests"})
_HOSTS = ("combined", "preamble", "overview", "metadata", "expected_results", "objective")
"""What a label may stand in to count like a heading, the most telling first."""

_IN_STRATEGY = frozenset({"planned_executions", "estimated_time"})
_SECTION = 2
"""The level of a document's sections, below its title."""

_QUALIFIER = regex(r"\s*[:–—|]\s*|\s+-\s+")
_ENDINGS = ("approach", "implementation strategy", "implementation plan", "implementation approach", "technical design")
_OTHER = regex(r"\b(?:test|risk|valid|verif|rollback|mitigat|fallback|alternativ|review|execution|communicat|old)")
_FOREIGN = frozenset({"phase", "approach", "elsewhere", "execution_strategy", "planned_executions"})


@frozen
class Place:
    """A section, its heading's bare form, and what the headings above it are about.

    `above` holds fields, `phase` for a numbered phase, `other` for a heading of level 2 to 6 that names nothing.
    """

    section: Section
    key: str
    above: frozenset[str]


@frozen
class Labelled:
    """A part under a bold label, with what it stands in: a field of `_HOSTS`, or `combined` and the fields it names."""

    part: Part
    host: str
    fields: frozenset[str]


@frozen
class Outline:
    """A document with its places, in order and by their keys, and the labels that may stand for a heading, by theirs.

    `combined` are the sections whose heading names a field and something else, with the fields it names.
    """

    document: Document
    vocabulary: Vocabulary
    title: Section | None
    places: tuple[Place, ...]
    by_key: Mapping[str, Sequence[Place]]
    labels: Mapping[str, Sequence[Labelled]]
    combined: tuple[tuple[Part, frozenset[str]], ...]


def outline(document: Document, vocabulary: Vocabulary, last: int) -> Outline:
    """Find the places of a document, up to line `last`."""
    found = sections(document, last)
    title = found[0] if found and _is_title(found[0], vocabulary) else None
    places = tuple(_places(found, title, vocabulary))
    by_key: dict[str, list[Place]] = {}
    for place in places:
        by_key.setdefault(place.key, []).append(place)
    combined = tuple(_combinations(document, vocabulary, places))
    labels: dict[str, list[Labelled]] = {}
    end = places[0].section.line - 1 if places else last
    for label in _labels(document, vocabulary, places, combined, end):
        labels.setdefault(label.part.key, []).append(label)
    return Outline(document, vocabulary, title, places, by_key, labels, combined)


def parts_of(document: Document, part: Part) -> tuple[Part, ...]:
    """Split what lies under a heading or label by the labels and headings in it; the rest keeps its label."""
    found = split(document, document.between(part.first, part.last), part.last)
    if found and not found[0].label and not found[0].level:
        found = (replace(found[0], label=part.label, line=part.line, rest=part.rest), *found[1:])
    elif part.rest:
        found = (replace(part, last=part.line, blocks=()), *found)
    return tuple(part for part in found if part.label or part.blocks)


def find(outline: Outline, field: str) -> Part | None:
    """Find the part of the document that a field is read from, None when the document does not say it.

    In this order: headings that are its name, headings that are a synonym, labels, combined sections. Of several
    headings the one of the highest level counts, then the first. One with nothing under it does not count.
    """
    return next((part for part in _candidates(outline, field) if _has_text(outline.document, part)), None)


def find_all(outline: Outline, field: str) -> tuple[Part, ...]:
    """Find every part of the document that may be the field's, the one that `find` finds first, none inside another."""
    found: list[Part] = []
    begins: list[int] = []  # sorted, with the ends beside them: no two parts overlap
    ends: list[int] = []
    for part in _candidates(outline, field):
        at = bisect_right(begins, part.line)
        is_inside = at > 0 and part.line <= ends[at - 1]
        is_around = at < len(begins) and begins[at] <= part.last
        if not is_inside and not is_around and _has_text(outline.document, part):
            found.append(part)
            begins.insert(at, part.line)
            ends.insert(at, max(part.line, part.last))
    return tuple(found)


def stretches(outline: Outline) -> Iterator[Stretch]:
    """Yield the text below each heading up to the next one, whatever its level; the title's is left to the header."""
    places = outline.places
    section = ""
    for place, following in zip(places, (*places[1:], None), strict=False):
        if place.section.level <= _SECTION or not section:
            section = place.section.written
        last = following.section.line - 1 if following else place.section.last
        first, last = outline.document.trim(place.section.first, min(last, place.section.last))
        if first <= last:
            yield Stretch(place.section.written, section, Passage(outline.document.text(first, last), first))


def part_of(document: Document, section: Section) -> Part:
    """Return a section as a part."""
    blocks = document.between(section.first, section.last)
    return Part(section.written, section.level, section.line, section.first, section.last, blocks)


def _is_title(section: Section, vocabulary: Vocabulary) -> bool:
    """Whether the first heading is the document's title rather than a section's."""
    bare = key(section.title)
    return bare.startswith("subplan") or (section.level == 1 and vocabulary.field_of(bare) is None)


def _places(found: Sequence[Section], title: Section | None, vocabulary: Vocabulary) -> Iterator[Place]:
    """Yield a place for every section but the title's."""
    open_above: list[tuple[int, frozenset[str]]] = []
    for section in found:
        if section is title:
            continue
        while open_above and open_above[-1][0] >= section.level:
            open_above.pop()
        above = open_above[-1][1] if open_above else frozenset[str]()
        bare = key(section.title)
        yield Place(section, bare, above)
        open_above.append((section.level, above | {_subject(section, bare, vocabulary)} - {""}))


def _subject(section: Section, bare: str, vocabulary: Vocabulary) -> str:
    """Return what a heading is about, for what stands below it; empty when it is about nothing in particular."""
    if phase_title(section.title, vocabulary):
        return "phase"
    if field := vocabulary.field_of(bare):
        return field
    is_neutral = section.level == 1 or bare.startswith(("achievement ", "subplan ")) or _named(vocabulary, parts(bare))
    return "" if is_neutral else "other"


def _candidates(outline: Outline, field: str) -> Iterator[Part]:
    present = outline.vocabulary.present(field, outline.by_key)
    foreign = _FOREIGN if field in _ITEMS else _FOREIGN | _ITEMS | {"estimated_time", "expected_results"}
    foreign -= {field, "execution_strategy"} if field in _IN_STRATEGY else {field}
    for rank, keys in present:
        yield from _by_heading(outline, keys, foreign | {"other"} if rank else foreign)
    yield from _by_label(outline, field)
    yield from _by_combination(outline, field)
    if field in _ITEMS:  # beside the phases of an approach; those in a phase are the phase's
        for rank, keys in present:
            if field == "deliverables" or not rank:
                yield from _by_heading(outline, keys, foreign - {"approach"})
    if field == "approach":
        yield from _by_qualified_heading(outline)
        yield from _by_phases(outline)


def _by_qualified_heading(outline: Outline) -> Iterator[Part]:
    """Yield the sections whose heading is a name of the approach with a qualifier: `Design: Implementation Strategy`.

    Before the name it may be words, unless they say that it is about something else: `Hybrid Approach`.
    """
    names = frozenset[str]().union(*outline.vocabulary.keys("approach"))
    for place in outline.places:
        if place.section.level > _SECTION or place.above or outline.vocabulary.field_of(place.key):
            continue
        if len(parts(place.key)) > 1:  # `Objective & Approach` is a combined section
            continue
        pieces = _QUALIFIER.split(place.key)
        ending = next((name for name in _ENDINGS if place.key.endswith(f" {name}")), None)
        is_other = any(outline.vocabulary.field_of(piece) not in (None, "approach") for piece in pieces)
        if not is_other and ((len(pieces) > 1 and names & set(pieces)) or (ending and not _OTHER.search(place.key))):
            yield part_of(outline.document, place.section)


def _by_phases(outline: Outline) -> Iterator[Part]:
    """Yield the sections that name nothing else and hold several numbered phases: a plan by another name."""
    phases = [place.section.line for place in outline.places if phase_title(place.section.written, outline.vocabulary)]
    for place in outline.places:
        section = place.section
        inside = bisect_right(phases, section.last) - bisect_right(phases, section.line)
        is_open = section.level <= _SECTION and not place.above and not outline.vocabulary.field_of(place.key)
        if is_open and inside > 1:
            yield part_of(outline.document, section)


def _by_heading(outline: Outline, keys: Iterable[str], foreign: frozenset[str]) -> Iterator[Part]:
    """Yield the sections with one of these headings, not below a foreign one; the highest level first."""
    places = [place for name in keys for place in outline.by_key.get(name, ()) if not place.above & foreign]
    for place in sorted(places, key=lambda place: (place.section.level, place.section.line)):
        yield part_of(outline.document, place.section)


def _by_label(outline: Outline, field: str) -> Iterator[Part]:
    """Yield labelled parts, by name, then by where they stand: combined sections, the preamble, overviews, the rest."""
    for rank, keys in outline.vocabulary.present(field, outline.labels):
        found = [label for name in keys for label in outline.labels.get(name, ()) if _counts(label, field, rank)]
        yield from (label.part for label in sorted(found, key=lambda label: _HOSTS.index(label.host)))


def _counts(label: Labelled, field: str, rank: int) -> bool:
    """Whether a label may stand for a heading: synonyms (from rank 1) not in an objective."""
    if label.host == "combined":
        return field in label.fields
    if label.host == "expected_results":
        return field in _ITEMS
    return label.host != "objective" or not rank


def _labels(
    document: Document,
    vocabulary: Vocabulary,
    places: Sequence[Place],
    combined: Sequence[tuple[Part, frozenset[str]]],
    end: int,
) -> Iterator[Labelled]:
    """Yield the labels in combined sections, before line `end`, and where the vocabulary says that labels count."""
    for part, fields in combined:
        yield from _extended(parts_of(document, part), "combined", fields, vocabulary)
    blocks = [block for block in document.between(1, end) if block.kind != "heading"]
    yield from _extended(split(document, blocks, end), "preamble", frozenset(), vocabulary)
    for place in places:
        field = vocabulary.field_of(place.key)
        if place.section.level <= 2 and field in _HOSTS:
            host = parts_of(document, part_of(document, place.section))
            yield from _extended(host, field, frozenset(), vocabulary)


def _extended(parts: Sequence[Part], host: str, fields: frozenset[str], vocabulary: Vocabulary) -> Iterator[Labelled]:
    """Yield the labels among neighbouring parts; labels of phases right after one belong to it."""
    runs: list[list[Part]] = []
    may_follow = False
    for part in parts:
        if may_follow and part.level == 7 and phase_title(part.label or "", vocabulary):
            runs[-1].append(part)
        elif part.level == 7:
            runs.append([part])
        may_follow = part.level == 7
    for head, *later in runs:
        blocks = tuple(block for part in (head, *later) for block in part.blocks)
        yield Labelled(replace(head, last=later[-1].last if later else head.last, blocks=blocks), host, fields)


def _combinations(
    document: Document, vocabulary: Vocabulary, places: Sequence[Place]
) -> Iterator[tuple[Part, frozenset[str]]]:
    """Yield the combined sections with the fields that their headings name."""
    for place in places:
        names = parts(place.key) if vocabulary.field_of(place.key) is None else ()
        fields = _named(vocabulary, names)
        if len(names) > 1 and fields and not place.above & _FOREIGN:
            yield part_of(document, place.section), fields


def _named(vocabulary: Vocabulary, names: Sequence[str]) -> frozenset[str]:
    """Return the fields that the parts of a heading name; beside an unknown part a synonym names nothing."""
    owners = [(name, vocabulary.field_of(name)) for name in names]
    is_known = all(owner for _, owner in owners)
    return frozenset(owner for name, owner in owners if owner and (is_known or name in vocabulary.keys(owner)[0]))


def _by_combination(outline: Outline, field: str) -> Iterator[Part]:
    """Yield what a combined section without labels says: all of it where it names one field only.

    Of `Objective & Approach` the first paragraph is the objective and what follows it the approach.
    """
    for part, fields in outline.combined:
        if fields == {field}:
            yield part
        elif fields == {"objective", "approach"} and field in fields and _is_plain(outline, part):
            yield from _halved(outline.document, part, field)


def _is_plain(outline: Outline, part: Part) -> bool:
    """Whether a combined section leaves it to the reader where one field ends: it has no label of either."""
    named = {outline.vocabulary.field_of(inner.key) for inner in parts_of(outline.document, part)[1:]}
    return not named & {"objective", "approach"} and part.blocks[:1] != () and part.blocks[0].kind == "paragraph"


def _halved(document: Document, part: Part, field: str) -> Iterator[Part]:
    """Yield the first paragraph of a section, or what follows it."""
    end = part.blocks[0].last
    if field == "objective":
        yield replace(part, last=end, blocks=part.blocks[:1])
        return
    first, last = document.trim(end + 1, part.last)
    if first <= last:
        yield replace(part, first=first, blocks=part.blocks[1:])


def _has_text(document: Document, part: Part) -> bool:
    passage = part.passage(document)
    return passage is not None and says_something(passage.text)
