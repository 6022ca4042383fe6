"""Header lines: `**Name**: value` pairs at the head and foot of a document, in every form that people write them in."""

from collections.abc import Iterator, Sequence

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import replace
from scaffold.reading.content import HeaderField, Passage
from scaffold.reading.letters import plain
from scaffold.reading.markdown import Block, Document, as_written, front_matter
from scaffold.reading.outline import Outline
from scaffold.reading.parts import label_of
from scaffold.reading.vocabulary import key

_PREFIX = regex(r"^[\s>]*(?:[-*+][ \t]+)?")
_SEVERAL = regex(r"(?<!\s)\s+[|•·]\s+(?=\*\*)")  # a run of blanks is tried from its first one only
_PLAIN = regex(r"^(?P<name>[^\W\d_][^\W\d_ ]*(?: [^\W\d_ ]+){0,4})\s*(?::\s+|：\s*)(?P<value>\S.*)$")
_ID = r"(?P<id>\d+(?:\.\d+)+[A-Za-z]?)(?!\w|\.\w)"
"""An id, or what takes the place of one: `1.4b` is not 1.4."""

_NAMED = regex(rf"(?i:\bachievements?)(?:[\s_-]*(?i:id|number|no|nr)\b)?[^\w\n]*{_ID}")
_SAYS = regex(rf"^[\W_]*{_NAMED.pattern}")
_JOINED = regex(r"[^\w\s:(|]*(?:\s*$|\s*[:(|]|\s+[-–—]\s)")
"""What may follow the id in a line that is about the achievement; in a sentence a word does."""

_FOR = regex(rf"^[\W_]*(?i:for|about|implements|covers)[\W_]+{_NAMED.pattern}")
_TAG = regex(r"<[^<>]*>")
_LEADING = regex(rf"^[^\w]*{_ID}")
_KEY = regex(r"^[ \t]*(?:- )?[\"']?(?P<name>[^\W\d_][\w .-]*?)[\"']?\s*:(?:\s+(?P<value>.*))?$")
_LONGEST = 400
"""A longer line of front matter is no key."""

_COMMENT = regex(r"\s#.*$")
_ITEM = regex(r"^[\s>]*(?:[-*+]|\d+[.)])[ \t]")
_OTHERS = regex(r"(?i:depend|requires|blocks|blocked|needs|after|before|prerequisite|related)")
"""Keys of front matter below which ids are those of other achievements."""

_JOINTS_IN_NAMES = regex(r"[_-]+|(?<=[a-z])(?=[A-Z])")
_TITLE = regex(r"^[^\w`\[]*(?i:SUBPLAN)\s*[:–—-]\s*")
_NUMBERED_TITLE = regex(r"^(?i:Achievement)\s+\d+(?:\.\d+)+\s*[:–—-]\s*(?=\S)")
_PLACEHOLDER = regex(r"\[[^\]]*\]\W*")


def read(outline: Outline, foot: int) -> tuple[HeaderField, ...]:
    """Return the header lines of front matter, preamble, metadata section and foot (from line `foot`), in order."""
    document = outline.document
    ranges = [_preamble(outline, foot)]
    for place in outline.places:
        if outline.vocabulary.field_of(place.key) == "metadata" and not place.above:
            ranges.append((place.section.first, place.section.last))
    ranges.append((foot, len(document.lines)))
    known = frozenset[str]().union(*outline.vocabulary.keys("plan"), *outline.vocabulary.keys("achievement"))
    return (
        *_of_front_matter(document),
        *(field for first, last in ranges for field in _fields(document, first, last, known)),
    )


def _preamble(outline: Outline, foot: int) -> tuple[int, int]:
    """Return the lines between the title and the first section."""
    begin = outline.title.line + 1 if outline.title else 1
    return begin, min((place.section.line for place in outline.places), default=foot) - 1


def foot_line(document: Document) -> int:
    """Return the line on which the foot begins: header lines after the last rule; one after the last line if none."""
    after = len(document.lines) + 1
    for block in reversed(document.blocks):
        if block.kind == "rule":
            return after
        lines = range(block.first, block.last + 1)
        if block.kind != "paragraph" or not all(label_of(document.lines[line - 1], line) for line in lines):
            break
        after = block.first
    return len(document.lines) + 1


def value_of(header: Sequence[HeaderField], keys: Sequence[frozenset[str]]) -> Passage | None:
    """Return the first value under one of the names, then under each synonym; a bare `[placeholder]` is no value."""
    for group in keys:
        for field in header:
            if key(field.name) in group and field.value and not _PLACEHOLDER.fullmatch(field.value):
                return Passage(field.value, field.line, field.name)
    return None


def achievements(header: Sequence[HeaderField], keys: Sequence[frozenset[str]]) -> tuple[Passage, ...]:
    """Return the achievement id of every header line that names one, as written: also what is none, such as `1.4b`.

    A value names the id it begins with (`2.3 - Title`), or the one after the word Achievement; so does a name that
    has the id in it: `**Achievement #2.3**: Title`.
    """
    names = frozenset[str]().union(*keys)
    found = ((field, _id_in(field, names)) for field in header)
    return tuple(Passage(id_, field.line, field.name) for field, id_ in found if id_)


def named(
    outline: Outline, header: Sequence[HeaderField], keys: Sequence[frozenset[str]], foot: int
) -> tuple[Passage, ...]:
    """Return every achievement id that a document names as its own, the one that counts first.

    Those of the header lines come first, then the title's, then the foot's; without any of them, those of sentences
    before the first section that begin with one. Where a line has the label `Achievement`, only such lines count: a
    line that begins with another id may be about that one.
    """
    title = outline.title
    match = _NAMED.search(plain(title.title)) if title else None
    names = frozenset[str]().union(*keys)
    labelled = [field for field in header if key(field.name) in names and _id_in(field, names)]
    lines = labelled or header
    own = (
        *achievements([field for field in lines if field.line < foot], keys),
        *([Passage(match["id"], title.line, title.written)] if title and match else []),
        *achievements([field for field in lines if field.line >= foot], keys),
    )
    return own or (*_in_sentences(outline.document, *_preamble(outline, foot)), *_in_other_forms(outline, foot))


def _id_in(field: HeaderField, names: frozenset[str]) -> str | None:
    if key(field.name) in names:
        value = plain(field.value)
        match = _LEADING.match(value) or _NAMED.search(value)
    else:
        name = plain(field.name)
        match = _SAYS.match(name)
        match = match if match and _JOINED.match(name, match.end()) else None
    return match["id"] if match else None


def _in_other_forms(outline: Outline, foot: int) -> Iterator[Passage]:
    """Yield the ids of headings, of HTML before the first section, and of lines that say what it is for."""
    document = outline.document
    for block in document.between(1, foot - 1):
        if block.kind == "heading":
            line = plain(as_written(document.lines[block.first - 1]))
            if (match := _SAYS.match(line)) and _JOINED.match(line, match.end()):
                yield Passage(match["id"], block.first, line)
    first, last = _preamble(outline, foot)
    for number in range(first, last + 1):
        line = plain(_TAG.sub("", document.lines[number - 1]))
        if (match := _FOR.match(line)) or ("<" in document.lines[number - 1] and (match := _SAYS.match(line))):
            yield Passage(match["id"], number, line.strip())


def _in_sentences(document: Document, first: int, last: int) -> Iterator[Passage]:
    for number, line in _lines(document, first, last):
        if match := _SAYS.match(plain(line)):
            yield Passage(match["id"], number, line.strip())


def title(outline: Outline) -> Passage | None:
    """Return the document's title without `SUBPLAN:` and, where more follows, without `Achievement 2.3 -`."""
    if not outline.title:
        return None
    text = _TITLE.sub("", outline.title.written)
    text = _NUMBERED_TITLE.sub("", text)
    return Passage(text, outline.title.line, outline.title.written) if text else None


def _lines(document: Document, first: int, last: int) -> Iterator[tuple[int, str]]:
    """Yield the lines of a range that are text, with their numbers.

    What is listed below a label, as `**Depends on**:`, is about that and not about the document; labels in it are.
    """
    is_below = False
    for block in document.between(first, last):
        if block.kind in ("code", "html", "heading"):
            continue
        for number in range(block.first, block.last + 1):
            line = document.lines[number - 1]
            text = _PREFIX.sub("", line)
            label = label_of(text, number)
            has_label = bool(label and label.label)
            if has_label or not (is_below and (_ITEM.match(line) or text.startswith("|"))):
                yield number, line
            if has_label and label:
                is_below = not label.rest and not _ITEM.match(line)


def _fields(document: Document, first: int, last: int, known: frozenset[str]) -> Iterator[HeaderField]:
    """Yield the header lines in a range of lines; without bold, only under names that are `known`."""
    for block in document.between(first, last):
        if block.kind == "table":
            yield from _of_columns(document, block, known)
    for number, text in _lines(document, first, last):
        line = _PREFIX.sub("", text)
        if line.startswith("|"):
            yield from _row(line, number, known)
        for piece in _SEVERAL.split(line):
            yield from _pair(piece, number, known)


def _pair(text: str, number: int, known: frozenset[str]) -> Iterator[HeaderField]:
    """Yield the header field that a piece of a line is."""
    label = label_of(text, number)
    if label and label.label:
        yield HeaderField(label.label, label.rest, number)
    elif (match := _PLAIN.match(text)) and key(match["name"]) in known:
        yield HeaderField(match["name"], match["value"].rstrip(), number)
    elif (says := _SAYS.match(line := plain(text))) and _JOINED.match(line, says.end()):
        yield HeaderField(f"Achievement {says['id']}", line[says.end() :].strip(" |*_:-–—"), number)


def _of_front_matter(document: Document) -> Iterator[HeaderField]:
    """Yield the keys of front matter, at any depth but below what is about others; a list below a key is its value."""
    begun: HeaderField | None = None
    listed: list[str] = []
    is_about_others = False
    for number, line in enumerate(document.lines[1 : max(front_matter(document.lines) - 1, 1)], 2):
        match = _KEY.match(line) if len(line) <= _LONGEST else None
        if not match:
            listed += [line.strip(" \t-")] if line.strip() and not line.lstrip().startswith("#") else []
            continue
        if line[0] not in " \t-":
            is_about_others = bool(_OTHERS.match(match["name"]))
        elif is_about_others:
            continue
        if begun:
            yield replace(begun, value=", ".join(filter(None, (begun.value, *listed))))
        value = _COMMENT.sub("", f" {match['value'] or ''}").strip().strip("\"'")
        begun, listed = HeaderField(_JOINTS_IN_NAMES.sub(" ", match["name"]), value, number), []
    if begun:
        yield replace(begun, value=", ".join(filter(None, (begun.value, *listed))))


def _of_columns(document: Document, block: Block, known: frozenset[str]) -> Iterator[HeaderField]:
    """Yield what stands below a known name in a table of one row."""
    if block.last == block.first + 2:
        line = block.first + 2
        for name, value in zip(_cells(document.lines[block.first - 1]), _cells(document.lines[line - 1]), strict=False):
            if key(name) in known and value:
                yield HeaderField(name, value, line)


def _row(line: str, number: int, known: frozenset[str]) -> Iterator[HeaderField]:
    """Yield the header field that a table row is, emphasis off its name: of two cells, or with a known name."""
    cells = _cells(line)
    if len(cells) > 1 and not set(cells[1]) <= set(":- "):
        name = cells[0].strip("*_ ").rstrip(":：").strip("*_ ")
        if name and (len(cells) == 2 or key(name) in known):
            yield HeaderField(name, cells[1], number)


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]
