"""A PLAN's text to its goal and its achievements: the definition of each, not the index, the log or a mention."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from scaffold.errors import Code, Diagnostic, at_most_listed
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.model import slug_of
from scaffold.names import is_achievement_id
from scaffold.reading import header, links, markdown, plan_dependencies, plan_fields, plan_missed, plan_places, titles
from scaffold.reading.content import HeaderField, Passage, PlannedAchievement, PlanText
from scaffold.reading.markdown import Document, Section
from scaffold.reading.outline import outline
from scaffold.reading.parts import dedented, passage_of
from scaffold.reading.plan_dependencies import Defined
from scaffold.reading.plan_fields import Fields
from scaffold.reading.plan_places import Candidate
from scaffold.reading.vocabulary import Vocabulary, key
from scaffold.reading.words import PLAN, SUBPLAN

_PREFIX = regex(r"^[^\w`\[]*(?i:PLAN)\s*[:–—-]\s*")
DEFAULT = PLAN
"""The vocabulary without the names of a team."""

_STATE = regex(r"[\s>*_+-]*(?i:status|state)[*_]*[:：](?P<state>.{1,400})")
_SECTION = 2
"""The level of a document's sections."""

_UNTELLING = regex(r"(?:(?:desirable|planned|key|all|list of) )?achievements?\b|plan\b|details\b")
"""Headings that say no more than that achievements follow."""

_LABEL = regex(r"\s*(?:[-*+]\s+)?(?:#{1,6}\s+.*|\*\*[^*]+\*\*:?|[A-Z][\w ]*:)\s*")
_Heading: TypeAlias = tuple[Section, Section | None]
"""A heading, and the one that it stands under."""

_RICH = 2
"""A place outside the sections about achievements is a definition from this number of fields on."""


@frozen
class _Definition:
    """A place that defines an achievement, with the fields in it."""

    candidate: Candidate
    fields: Fields

    @property
    def id(self) -> str:
        return self.candidate.designation.id

    @property
    def worth(self) -> tuple[int, bool, bool, int]:
        """Order the definitions of one achievement: fields, section, kind; of equal ones the first is worth most."""
        candidate = self.candidate
        return self.fields.count, candidate.where == "achievements", candidate.kind != "item", -candidate.line


@frozen
class _Reading:
    """A document read in one way: all places with an id, and the definitions among them, best first per id."""

    document: Document
    foot: int
    places: tuple[Candidate, ...]
    by_id: Mapping[str, Sequence[_Definition]]

    @property
    def chosen(self) -> list[_Definition]:
        """The best definition of each achievement, in the order of the document."""
        return sorted(
            (definitions[0] for definitions in self.by_id.values()), key=lambda definition: definition.candidate.line
        )


def parse(text: str, path: str, vocabulary: Vocabulary = DEFAULT) -> PlanText:
    """Read what a PLAN says from its `text` (decoded, line ends LF).

    `path` is named in diagnostics, all of them warnings. What the document does not say is None or empty. An id that
    only an index, a log or a list names beside other definitions is no achievement: it gives a warning. Any text gives
    a PlanText: nothing is raised.
    """
    reading, warnings = _best_reading(text, path, vocabulary)
    chosen = reading.chosen
    defined = Defined.of(definition.id for definition in chosen)
    found = markdown.sections(reading.document, reading.foot - 1)
    finished = {place.designation.id for place in reading.places if place.designation.finished}
    headings = tuple(zip(found, _above(found), strict=True))
    achievements = tuple(
        _achievement(definition, defined, headings, definition.id in finished) for definition in chosen
    )
    lines = header.read(outline(reading.document, SUBPLAN, reading.foot - 1), reading.foot)
    return PlanText(
        title=_title(found),
        goal=_goal(reading, found, lines, vocabulary),
        header=lines,
        achievements=achievements,
        diagnostics=at_most_listed((*warnings, *_doubts(reading, achievements, path, vocabulary))),
        constraints=_section(reading, found, vocabulary, "constraints"),
        context=_section(reading, found, vocabulary, "context"),
        references=_section(reading, found, vocabulary, "references"),
        links=links.definitions(reading.document),
        footnotes=links.footnotes(reading.document),
    )


def _best_reading(text: str, path: str, vocabulary: Vocabulary) -> tuple[_Reading, tuple[Diagnostic, ...]]:
    """Read the document by CommonMark, or line by line where its fences hide definitions that way."""
    found = _read(markdown.parse(text), vocabulary)
    if markdown.code_lines(found.document) <= markdown.masked_lines(found.document.lines):  # nothing else is hidden
        return found, ()
    again = _read(markdown.parse_rebalanced(text), vocabulary)
    hidden = again.by_id.keys() - found.by_id.keys()
    if not hidden or found.by_id.keys() - again.by_id.keys():
        return found, ()
    line = min(again.by_id[id_][0].candidate.line for id_ in hidden)
    message = f"a code fence before line {line} is not closed where it should be; the text was read line by line"
    hint = "close the fence, or make it longer than the fences inside it"
    return again, (Diagnostic("unbalanced_fence", message, path, line, hint, "warning"),)


def _read(document: Document, vocabulary: Vocabulary) -> _Reading:
    foot = header.foot_line(document)
    places = plan_places.find(document, foot - 1)
    by_id: dict[str, list[_Definition]] = {}
    for definition in _definitions(document, places, vocabulary):
        by_id.setdefault(definition.id, []).append(definition)
    ordered = {
        id_: sorted(definitions, key=lambda definition: definition.worth, reverse=True)
        for id_, definitions in by_id.items()
    }
    return _Reading(document, foot, places, ordered)


def _definitions(document: Document, places: Sequence[Candidate], vocabulary: Vocabulary) -> list[_Definition]:
    """Return the places that define an achievement.

    In a section about achievements every heading and label does, and a list item with fields below it. Elsewhere a
    place needs two fields, or any text at all where most achievements are elsewhere. Where nothing is found so, the
    list items in sections about achievements count: a PLAN may be no more than its list. Where that finds nothing
    either, a heading that has the word Achievement and a title needs no text.
    """
    sound = [place for place in places if is_achievement_id(place.designation.id) and place.where != "report"]
    read = [_Definition(place, plan_fields.read(document, place, vocabulary)) for place in sound]
    headed = [definition for definition in read if definition.candidate.kind != "item"]
    inside = {definition.id for definition in headed if definition.candidate.where == "achievements"}
    outside = {definition.id for definition in headed if definition.candidate.where == "elsewhere"}
    needed = 0 if len(outside) > len(inside) else _RICH
    definitions = [definition for definition in read if _is_definition(definition, needed)]
    listed = definitions or [definition for definition in read if definition.candidate.where == "achievements"]
    return listed or [definition for definition in headed if definition.candidate.kind == "heading"]


def _is_definition(definition: _Definition, needed: int) -> bool:
    place, count = definition.candidate, definition.fields.count
    if place.where == "achievements":
        return count > 0 if place.kind == "item" else bool(count or place.designation.title)
    return count >= (_RICH if place.kind == "item" else needed) and place.first <= place.last


def _achievement(
    definition: _Definition, defined: Defined, headings: Sequence[_Heading], finished: bool
) -> PlannedAchievement:
    place, fields, document = definition.candidate, definition.fields, definition.fields.document
    title = place.designation.title
    if not title and (said := fields.line("title")):
        title = titles.cleaned(said.text)[0]
    time = place.designation.time
    stated = fields.passage("dependencies")
    goal, what, effort = fields.passage("goal"), fields.passage("what"), fields.line("effort")
    success, deliverables, tests = fields.items("success"), fields.items("deliverables"), fields.items("tests")
    body = passage_of(dedented(document, place.first, place.last, place.indent), place.first, None)
    known = [passage for passage in (goal, what, effort, stated, fields.line("title")) if passage]
    return PlannedAchievement(
        id=definition.id,
        title=title,
        line=place.line,
        goal=goal,
        what=what,
        success=success,
        deliverables=deliverables,
        tests=tests,
        effort=effort or (Passage(time, place.line) if time else None),
        dependencies=plan_dependencies.read(stated, definition.id, defined) if stated else None,
        body=body,
        group=_group(headings, place.line),
        rest=_rest(body, [*known, *success, *deliverables, *tests]),
        finished=finished or _says_finished(document, place),
    )


def _says_finished(document: Document, place: Candidate) -> bool:
    """Whether the first line of a body that gives a state gives one that is over."""
    states = (_STATE.match(line) for line in document.lines[place.first - 1 : place.last])
    state = next((stated["state"] for stated in states if stated), "")
    return titles.is_finished(state)


def _above(headings: Sequence[Section]) -> Iterator[Section | None]:
    """Yield for each heading the one that it stands under, None for one under none."""
    open_above: list[Section] = []
    for heading in headings:
        while open_above and open_above[-1].level >= heading.level:
            open_above.pop()
        yield open_above[-1] if open_above else None
        open_above.append(heading)


def _group(headings: Sequence[_Heading], line: int) -> Passage | None:
    """Return the heading that an achievement stands under, unless it only says that achievements follow."""
    at = bisect_right(headings, line, key=lambda heading: heading[0].line) - 1
    section, above = headings[at] if at >= 0 else (None, None)
    if section is None or section.line < line:  # a label or an item
        above = section
    if above is None or above.level < _SECTION or _UNTELLING.match(key(above.title)):
        return None
    return Passage(above.written, above.line)


def _rest(body: Passage | None, said: Sequence[Passage]) -> Passage | None:
    """Return a definition without the lines that its fields have, and without labels that nothing is left of."""
    if body is None:
        return None
    taken = {line for passage in said for line in range(passage.line, passage.last + 1)}
    kept: list[str] = []
    first = 0
    for number, line in enumerate(body.text.split("\n"), body.line):
        if number in taken:
            while kept and (not kept[-1].strip() or _LABEL.fullmatch(kept[-1])):
                kept.pop()
        elif kept or line.strip():
            first = first if kept else number
            kept.append(line)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(kept))
    return passage_of(text, first, None)


def _title(headings: Sequence[Section]) -> Passage | None:
    """Return the document's title without `PLAN:`: its first heading, if that is of the highest level or says PLAN."""
    if not headings or not (headings[0].level == 1 or _PREFIX.match(headings[0].written)):
        return None
    text = _PREFIX.sub("", headings[0].written)
    return Passage(text, headings[0].line, headings[0].written) if text else None


def _goal(
    reading: _Reading, headings: Sequence[Section], lines: Sequence[HeaderField], vocabulary: Vocabulary
) -> Passage | None:
    """Return the PLAN's own goal: a section of level 1 or 2 for it, else a line of the header."""
    if passage := _section(reading, headings, vocabulary, "goal"):
        return passage
    named = (line for line in lines if vocabulary.field_of(key(line.name)) == "goal" and line.value)
    return next((Passage(line.value, line.line, line.name) for line in named), None)


def _section(reading: _Reading, headings: Sequence[Section], vocabulary: Vocabulary, field: str) -> Passage | None:
    """Return the text of the PLAN's own section for a field, of level 1 or 2; of several the best name's."""
    own = [
        heading
        for heading in headings[1:]
        if heading.level <= _SECTION and vocabulary.field_of(key(heading.title)) == field
    ]
    for section in sorted(own, key=lambda heading: vocabulary.rank(key(heading.title))):
        text = reading.document.text(section.first, section.last)
        if passage := passage_of(text, section.first, section.written):
            return passage
    return None


def _doubts(
    reading: _Reading, achievements: Sequence[PlannedAchievement], path: str, vocabulary: Vocabulary
) -> Iterator[Diagnostic]:
    """Yield a warning for everything about the achievements that a person should look at."""
    if not achievements:
        hint = "begin each with a heading or label such as '**Achievement 1.1**: Title' below '## Achievements'"
        named = next((place for place in reading.places if place.where == "report"), None)
        seen = f"; {named.designation.id} is in a section that only reports on achievements" if named else ""
        message = f"the PLAN defines no achievement{seen}"
        yield Diagnostic("no_achievements", message, path, named.line if named else None, hint, "warning")
    defined = reading.by_id.keys()
    doubts = [*plan_missed.find(reading.document, reading.foot - 1, reading.places, defined, vocabulary)]
    if achievements:
        doubts += [*_repeated(reading), *_colliding(achievements), *_undefined(reading), *_unknown(achievements)]
    for code, line, message, hint in sorted(doubts, key=lambda doubt: doubt[1]):
        yield Diagnostic(code, message, path, line, hint, "warning")


_Doubt = tuple[Code, int, str, str]


def _repeated(reading: _Reading) -> Iterator[_Doubt]:
    for best, *others in reading.by_id.values():
        for other in others:
            if other.fields.count:
                message = f"achievement {best.id} is defined here and on line {best.candidate.line}, which says more"
                yield "duplicate_id", other.candidate.line, message, "give each its own id, or remove one"


def _colliding(achievements: Sequence[PlannedAchievement]) -> Iterator[_Doubt]:
    first: dict[str, str] = {}
    for achievement in achievements:
        other = first.setdefault(slug_of(achievement.id), achievement.id)
        if other != achievement.id:
            message = f"achievements {other} and {achievement.id} would share their file names: without dots both are "
            yield "slug_collision", achievement.line, message + slug_of(achievement.id), "renumber one of them"


def _undefined(reading: _Reading) -> Iterator[_Doubt]:
    """Yield the ids that an index, a log or a list names and nothing defines, each once."""
    seen = set(reading.by_id)
    for place in reading.places:
        id_ = place.designation.id
        if place.where != "elsewhere" and id_ not in seen and is_achievement_id(id_):
            seen.add(id_)
            message = f"achievement {id_} is named here, but the PLAN does not define it"
            yield "undefined_achievement", place.line, message, "define it among the achievements, or correct the id"


def _unknown(achievements: Sequence[PlannedAchievement]) -> Iterator[_Doubt]:
    for achievement in achievements:
        for id_ in plan_dependencies.named(achievement.dependencies) if achievement.dependencies else ():
            line = achievement.dependencies.stated.line if achievement.dependencies else achievement.line
            if id_ == achievement.id:
                yield "self_dependency", line, f"achievement {id_} says that it depends on itself", "remove the id"
            else:
                message = f"achievement {achievement.id} says that it depends on {id_}, which the PLAN does not define"
                yield "unknown_dependency", line, message, "correct the id, or define that achievement"
