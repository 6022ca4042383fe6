"""The items of a section (criteria, deliverables, tests), in one list whatever form they are written in."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from scaffold.lazy.patterns import regex
from scaffold.reading.content import Passage
from scaffold.reading.landmarks import commands_of, is_file_label, landmarks, paths
from scaffold.reading.letters import BLANKS
from scaffold.reading.markdown import Block, Document
from scaffold.reading.parts import BOX, Part, dedented, marker_width, passage_of

_TICK = regex(rf"^(?:{BOX}[ \t{BLANKS}]+)?(?:[✅☑✔☐⬜✓]\ufe0f?[ \t]*)?")
_TICKED = regex(r"^\s*[✅☑✔☐⬜✓]\ufe0f?[ \t]*\S")
_NOTHING = regex(r"^[*_]*(?:None|N/A|n/a)[*_]*\s*(?:$|[-–—(.,;:])")
_NUMBERED = regex(r"^\W*(?:[A-Za-z]+ ){0,2}[A-Za-z]?\d+(?:\.\d+)*[a-z]?\s*(?:[.:)–—-]|$)")
_NUMBER = regex(r"^\W*\d+(?:\.\d+)*[.:)]\s+")
_INTRODUCES = regex(r":[*_]*\s*$")


def of_parts(document: Document, parts: Sequence[Part]) -> tuple[Passage, ...]:
    """Return the items of neighbouring parts, in order, each with the heading or label that it stands under.

    Numbered sub-headings or labels (`### Test 1: …`), and headings that name a file, are the items, each with what
    stands under it, where all of the highest level are. Otherwise the items of all lists are, but for those that say
    `None`, and labels for a file (`**File**: …`); without lists, table rows; without those, paragraphs.
    """
    readers: tuple[Callable[[Document, Sequence[Part]], Iterator[Passage | None]], ...]
    readers = (_of_numbered, _of_lists, _of_tables, _of_paragraphs)
    for reader in readers:
        if found := tuple(passage for passage in reader(document, parts) if passage):
            return found
    return ()


def of_commands(document: Document, parts: Sequence[Part]) -> Iterator[Passage]:
    """Yield the code blocks of parts that hold commands, each with the words right before it that announce it."""
    for part in parts:
        begun: int | None = part.line if part.level == 7 and not part.rest else None
        for block in part.blocks:
            lines = document.lines[block.first - 1 : block.last]
            if block.kind == "code" and commands_of(_info(lines[0]), _inside(lines)):
                text = document.text(begun or block.first, block.last)
                if passage := passage_of(text, begun or block.first, part.label):
                    yield passage
            is_announcement = block.kind == "paragraph" and _INTRODUCES.search(document.lines[block.last - 1])
            begun = block.first if is_announcement else None


def of_lists(document: Document, parts: Sequence[Part]) -> tuple[Passage, ...]:
    """Return the items of the lists in these parts, and nothing else."""
    return tuple(passage for passage in _of_lists(document, parts) if passage)


def of_list(document: Document, block: Block, heading: str | None) -> Iterator[Passage]:
    """Yield the items of one list, nested lines included, without marker, box and tick."""
    for item in block.children:
        line = document.lines[item.first - 1]
        width = marker_width(line)
        rest = dedented(document, item.first + 1, item.last, width)
        text = _TICK.sub("", line[width:]) + ("\n" + rest if rest else "")
        found = passage_of(text, item.first, heading)
        if found and not _NOTHING.match(found.text):
            yield found


def _of_numbered(document: Document, parts: Sequence[Part]) -> Iterator[Passage | None]:
    """Yield the highest sub-headings, or else the labels, if there are several and all are numbered or name a file."""
    headings = [part for part in parts if 0 < part.level < 7]
    highest = min((part.level for part in headings), default=7)
    labels = [part for part in parts if part.level == 7]
    for tops in ([part for part in headings if part.level == highest], labels):
        if len(tops) > 1 and all(_is_item(part) for part in tops):
            for at, part in enumerate(parts):
                if part.level == tops[0].level:
                    yield _with_body(document, parts, at)
            return


def _is_item(part: Part) -> bool:
    """Whether a heading or label is one of several items: it is numbered, or is a file's name."""
    return bool(_NUMBERED.match(part.label or "") or (0 < part.level < 7 and paths(part.label or "")))


def _with_body(document: Document, parts: Sequence[Part], at: int) -> Passage | None:
    """Return a heading or label with what stands under it, up to the next of its level or to what was left out."""
    top = parts[at]
    last = top.last if top.first <= top.last else top.line
    for part in islice(parts, at + 1, None):
        between = document.lines[last : part.line - 1]
        if part.level <= top.level or any(line.strip(" \t-") for line in between):
            break
        last = max(part.line, part.last)
    above = next((parts[before] for before in range(at - 1, -1, -1) if parts[before].level < top.level), None)
    text = _numberless(top.label or "", top.rest)
    below = document.text(top.line + 1, document.trim(top.line + 1, last)[1])
    return passage_of(f"{text}\n{below}" if below.strip() else text, top.line, above.label if above else None)


def _numberless(label: str, rest: str) -> str:
    """Drop a bare number from a label: `2. Reader` is `Reader`; the text behind a mere `Test 1` is the item."""
    text = _NUMBER.sub("", label)
    return rest if rest and text[-1:].isdigit() else text


def _of_lists(document: Document, parts: Sequence[Part]) -> Iterator[Passage | None]:
    above: str | None = None
    for part in parts:
        above = part.label if part.level < 7 else above
        if part.level == 7 and part.rest and is_file_label(part.key):
            yield passage_of(document.text(part.line, max(part.line, part.last)), part.line, above)
            continue
        before: Block | None = None
        for block in part.blocks:
            if block.kind == "list" and before and _announces(document, before):
                last = document.trim(block.first, block.last)[1]
                yield passage_of(document.text(before.first, last), before.first, part.label)
            elif block.kind == "list":
                yield from of_list(document, block, part.label)
            elif block.kind == "paragraph":
                yield from _ticked(document, block, part.label)
            before = block


def _announces(document: Document, block: Block) -> bool:
    """Whether a paragraph before a list says which file or command its items are about."""
    text = document.text(block.first, block.last)
    return block.kind == "paragraph" and bool(_INTRODUCES.search(text) and landmarks(text))


def _info(fence: str) -> str:
    return fence.strip().lstrip("`~").strip()


def _inside(lines: Sequence[str]) -> list[str]:
    """Return the lines of a fenced block without its fences."""
    return [line for line in lines[1:] if not line.strip().startswith(("```", "~~~"))]


def _ticked(document: Document, block: Block, heading: str | None) -> Iterator[Passage | None]:
    """Yield the lines of a paragraph that is a list to the eye: each line begins with a tick or an empty box."""
    lines = document.lines[block.first - 1 : block.last]
    if all(_TICKED.match(line) for line in lines):
        for number, line in enumerate(lines, block.first):
            yield passage_of(_TICK.sub("", line.lstrip()), number, heading)


def _of_tables(document: Document, parts: Sequence[Part]) -> Iterator[Passage | None]:
    for part in parts:
        for block in part.blocks:
            if block.kind == "table":
                for number in range(block.first + 2, block.last + 1):
                    yield passage_of(document.lines[number - 1].strip().strip("|").strip(), number, part.label)


def _of_paragraphs(document: Document, parts: Sequence[Part]) -> Iterator[Passage | None]:
    for part in parts:
        if part.rest:
            yield passage_of(part.rest, part.line, part.label)
        for block in part.blocks:
            if block.kind == "paragraph":
                yield passage_of(document.text(block.first, block.last), block.first, part.label)


def without_tick(text: str) -> str:
    """Drop a task box and a tick from the beginning of an item."""
    return _TICK.sub("", text)
