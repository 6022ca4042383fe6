"""A SUBPLAN's text to its fields, by CommonMark sections and the vocabulary of names that real documents use."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from scaffold.errors import Diagnostic
from scaffold.lazy.values import replace
from scaffold.reading import header, items, links, markdown, phases, planned_executions, unfilled
from scaffold.reading.content import HeaderField, Passage, Subplan
from scaffold.reading.durations import holds_time, is_time
from scaffold.reading.foreign_formats import tool_of
from scaffold.reading.header import value_of
from scaffold.reading.landmarks import paths
from scaffold.reading.markdown import Document, swallows_headings
from scaffold.reading.outline import Outline, find, find_all, outline, parts_of, stretches
from scaffold.reading.parts import Part, label_of, marker_width
from scaffold.reading.vocabulary import Vocabulary, key
from scaffold.reading.words import SUBPLAN

__all__ = ["DEFAULT", "parse"]

DEFAULT = SUBPLAN
"""The vocabulary without the names of a team."""

_REQUIRED = ("objective", "approach")
_TIERS = frozenset({"optional", "mandatory"})
_READ = (*_REQUIRED, "success_criteria", "deliverables", "tests", "expected_results", "estimated_time")


@lru_cache(maxsize=1024)  # a run asks for its state, then for what it says; a process that watches asks at every save
def parse(text: str, path: str, vocabulary: Vocabulary = DEFAULT) -> Subplan:
    """Read the fields of a SUBPLAN from its `text` (decoded, line ends LF).

    `path` is named in diagnostics. What the document does not say is None or empty; nothing is guessed. Any text gives
    a Subplan: nothing is raised.
    """
    found, warnings = _outline(text, path, vocabulary)
    foot = header.foot_line(found.document)
    lines = header.read(found, foot)
    named = header.named(found, lines, vocabulary.keys("achievement"), foot)
    parts = {field: part for field in (*_READ, "execution_strategy") if (part := find(found, field))}
    criteria = _items(found, parts, "success_criteria") or _expected(found, parts)
    is_other = not parts.keys() & set(_REQUIRED)
    return Subplan(
        title=header.title(found),
        header=lines,
        achievement=named[0] if named else None,
        objective=_passage(found, parts, "objective"),
        approach=_passage(found, parts, "approach"),
        phases=phases.read(found, parts.get("approach")),
        success_criteria=criteria,
        deliverables=_deliverables(found, parts),
        tests=_items(found, parts, "tests"),
        estimated_time=_time(found, lines, parts.get("estimated_time"), parts.get("execution_strategy")),
        execution_strategy=_passage(found, parts, "execution_strategy"),
        planned_executions=planned_executions.read(found),
        unfilled=unfilled.read(found.document, parts, lines),
        diagnostics=(*warnings, *_ambiguity(named, path)),
        stretches=tuple(stretches(found)),
        links=links.definitions(found.document),
        footnotes=links.footnotes(found.document),
        optional=_optional(vocabulary, criteria),
        headings=_headings(found) if is_other else (),
        tool=tool_of(found) if is_other else None,
    )


def _headings(found: Outline) -> tuple[str, ...]:
    """Return the headings of the sections, or else the title."""
    return tuple(place.section.written for place in found.places) or ((found.title.written,) if found.title else ())


def _outline(text: str, path: str, vocabulary: Vocabulary) -> tuple[Outline, tuple[Diagnostic, ...]]:
    """Find the places of the document, line by line where CommonMark's fences hide more than they should.

    That is tried when the objective or approach is missing, or when an unclosed fence runs over headings to the end.
    It counts only when it loses neither and finds more.
    """
    found = _outline_of(markdown.parse(text), vocabulary)
    present = {field for field in _REQUIRED if find(found, field)}
    runs_on = _unclosed_line(found.document)
    if ("```" not in text and "~~~" not in text) or (len(present) == len(_REQUIRED) and not runs_on):
        return found, ()
    again = _outline_of(markdown.parse_rebalanced(text), vocabulary)
    recovered = {field for field in _REQUIRED if find(again, field)}
    if recovered > present or (runs_on and recovered >= present):
        return again, (_recovery(path, runs_on),)
    return found, ()


def _outline_of(document: Document, vocabulary: Vocabulary) -> Outline:
    return outline(document, vocabulary, header.foot_line(document) - 1)


def _unclosed_line(document: Document) -> int | None:
    """Return the line of a fence that nobody closes and that swallows headings up to the end of the document."""
    block = document.blocks[-1] if document.blocks else None
    if block and block.kind == "code" and swallows_headings(document.lines, block.first):
        return block.first
    return None


def _recovery(path: str, line: int | None) -> Diagnostic:
    return Diagnostic(
        "unbalanced_fence",
        "a code fence is not closed where it should be and hides headings; the headings were read line by line",
        path,
        line,
        hint="close the fence, or make it longer than the fences inside it",
        severity="warning",
    )


def _passage(found: Outline, parts: Mapping[str, Part], field: str) -> Passage | None:
    """Return the whole text of a field."""
    return parts[field].passage(found.document) if field in parts else None


def _items(found: Outline, parts: Mapping[str, Part], field: str) -> tuple[Passage, ...]:
    """Return the items of a field; sub-headings that name another field, asides and examples are left out."""
    if field not in parts:
        return ()
    own = tuple(_own(found, parts[field], field))
    cases = tuple(_cases(found.vocabulary, own)) if field == "tests" else ()
    listed = items.of_parts(found.document, cases or own)
    if field == "tests":
        listed = _with_commands(found, listed, own)
    return _grouped(found.vocabulary, listed, own, field)


def _deliverables(found: Outline, parts: Mapping[str, Part]) -> tuple[Passage, ...]:
    """Return the deliverables, and from further sections for them those whose files none of the first ones names."""
    listed = list(_items(found, parts, "deliverables"))
    named = {path for item in listed for path in paths(item.text)}
    titles = {_title(item) for item in listed}
    for part in find_all(found, "deliverables")[1:]:
        for item in _items(found, {"deliverables": part}, "deliverables"):
            if set(paths(item.text)) - named and _title(item) not in titles:
                named.update(paths(item.text))
                listed.append(item)
    return tuple(sorted(listed, key=lambda item: item.line))


def _title(item: Passage) -> str:
    """Return the first words of an item, up to a colon, as they can be compared."""
    return key(item.text.split("\n", 1)[0].split(":", 1)[0].replace("*", "").replace("`", ""))


def _with_commands(found: Outline, listed: Sequence[Passage], own: Sequence[Part]) -> tuple[Passage, ...]:
    """Add to the tests the commands that run them, where no test has them already."""
    taken = {line for item in listed for line in range(item.line, item.last + 1)}
    commands = (command for command in items.of_commands(found.document, own) if command.last not in taken)
    return tuple(sorted((*listed, *commands), key=lambda item: item.line))


def _grouped(vocabulary: Vocabulary, listed: Sequence[Passage], own: Sequence[Part], field: str) -> tuple[Passage, ...]:
    """Return for each item which group of its list it belongs to, where there are several, or one is a tier."""
    headings = [part for part in own if 0 < part.level < 7]
    groups = []
    for item in listed:
        at = bisect_left(headings, item.line, key=lambda part: part.line)
        above = headings[at - 1].label if at else None
        is_tier = above is not None and vocabulary.mark_of(key(above)) in _TIERS
        group = above if is_tier else item.heading
        groups.append(None if group is None or _names_field(vocabulary, group, field) else group)
    tiers = [group for group in groups if group and vocabulary.mark_of(key(group)) in _TIERS]
    if len(set(groups)) < 2 and not tiers:
        return tuple(listed)
    return tuple(replace(item, group=group) for item, group in zip(listed, groups, strict=True))


def _optional(vocabulary: Vocabulary, criteria: Sequence[Passage]) -> tuple[str, ...]:
    """Return the groups of criteria that need not be met, none twice."""
    groups = dict.fromkeys(criterion.group for criterion in criteria if criterion.group)
    return tuple(group for group in groups if group and vocabulary.mark_of(key(group)) == "optional")


def _names_field(vocabulary: Vocabulary, heading: str, field: str) -> bool:
    """Whether a heading says no more than what the whole list is: not `Files to Modify`, beside `Files to Create`."""
    bare = key(heading)
    return vocabulary.field_of(bare) == field and not bare.startswith("files")


def _expected(found: Outline, parts: Mapping[str, Part]) -> tuple[Passage, ...]:
    """Return the list right under a heading for expected results: without criteria, it says when the work is done.

    What stands under sub-headings and labels there are examples, inventories, ranges: not criteria.
    """
    part = parts.get("expected_results")
    return (
        items.of_lists(found.document, [inner for inner in parts_of(found.document, part) if inner.level == 0])
        if part
        else ()
    )


def _cases(vocabulary: Vocabulary, own: Sequence[Part]) -> Iterator[Part]:
    """Yield the parts of a section on tests that list the cases themselves, rather than files or coverage."""
    level = 0
    for part in own:
        is_below = level and (part.level == 7 or part.level > level)
        level = level if is_below else part.level if vocabulary.mark_of(part.key) == "cases" else 0
        if level:
            yield part


def _own(found: Outline, part: Part, field: str) -> Iterator[Part]:
    """Yield the parts of a section that are about `field`."""
    skipped = 0  # the level of the sub-heading that is being left out, if any
    for inner in parts_of(found.document, part):
        is_heading = 0 < inner.level < 7
        if skipped and not (is_heading and inner.level <= skipped):
            continue
        skipped = inner.level if is_heading and found.vocabulary.field_of(inner.key) not in (None, field) else 0
        if not skipped and not (inner.level == 7 and found.vocabulary.mark_of(inner.key) == "aside"):
            yield inner
        elif not skipped and inner.rest:  # an aside in words ends with them: the list after it is the section's
            blocks = tuple(block for block in inner.blocks if block.kind == "list")
            if blocks:
                yield Part(None, 0, blocks[0].first, blocks[0].first, inner.last, blocks)


def _time(
    outline: Outline, header: Sequence[HeaderField], section: Part | None, strategy: Part | None
) -> Passage | None:
    """Return the estimated time: from a header line, else from the total in its section, else from the strategy."""
    if found := value_of(header, outline.vocabulary.keys("estimated_time")):
        return found
    return next(chain(_totals(outline, section), _totals(outline, strategy), _bare_times(outline, section)), None)


def _totals(outline: Outline, part: Part | None) -> Iterator[Passage]:
    """Yield the lines of a part that begin with `**Total**:` or one of the names, as labels or list items."""
    for number in range(part.first, part.last + 1) if part else ():
        line = outline.document.lines[number - 1]
        label = label_of(line[marker_width(line) :], number)
        if label and holds_time(label.rest) and _is_total(outline, label.key):
            yield Passage(label.rest, number, label.label)


def _is_total(outline: Outline, key: str) -> bool:
    return key == "total" or outline.vocabulary.field_of(key) == "estimated_time"


def _bare_times(outline: Outline, part: Part | None) -> Iterator[Passage]:
    """Yield the lines of a section that are nothing but a time."""
    if part and holds_time(part.rest):
        yield Passage(part.rest, part.line, part.label)
    for number in range(part.first, part.last + 1) if part else ():
        line = outline.document.lines[number - 1]
        text = line[marker_width(line) :].strip()
        if is_time(text.strip("*")):
            yield Passage(text, number, part.label if part else None)


def _ambiguity(named: Sequence[Passage], path: str) -> Iterator[Diagnostic]:
    """Warn when the document names two achievements as its own."""
    other = next((passage for passage in named if passage.text != named[0].text), None)
    if other:
        message = (
            f"achievement {named[0].text} is named on line {named[0].line} and {other.text} here: the first counts"
        )
        yield Diagnostic("achievement_ambiguous", message, path, other.line, "name one achievement", "warning")
