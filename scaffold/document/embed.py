"""Copied Markdown made sound inside another document: heading levels, fences, HTML.

What is copied stays verbatim but for what could change the document around it, and for characters that nobody sees. The
levels 1 to 3 belong to that document, so copied headings begin at level 4; what is left open (a fence, a comment, a
`<details>`) is closed.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from scaffold.lazy.patterns import regex
from scaffold.reading import markdown
from scaffold.reading.markdown import Block

TOP = 4
"""The highest level a copied heading may have."""

DEEPEST = 6

UNSEEN = regex(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What nobody sees, some programs take for a line end, and YAML cannot carry: control characters but tab and LF."""

_SENTINEL = "# end"
_WORDS = r"(?:\*\*|`)?[A-Za-z][^\n\r]*"
_PLAIN = regex(_WORDS)
_LINES_OF_WORDS = regex(rf"{_WORDS}(?:\n[ \t]*{_WORDS})*")
"""Lines that all begin with a letter are one paragraph, whatever else they hold."""

_UNDERLINE = regex(r"\n[ \t]*[-=|:][-=|: \t]*(?:\n|$)")
"""A line that may make a heading or a table of what stands above it."""

_CONTAINERS = regex(r"(?:[ \t]*(?:>|[-*+](?=[ \t])|[0-9]{1,9}[.)](?=[ \t])))*[ \t]*")
_ATX = regex(r"(#{1,6})(?=[ \t]|$)")
_CLOSING_HASHES = regex(r"(?:^|[ \t]+)#+[ \t]*$")
_FENCE = regex(r"(?P<indent>\s*)(?P<run>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)$")
_MARKED = {"<!--": ("-->", "<!-- -->"), "<?": ("?>", "?>"), "<![CDATA[": ("]]>", "]]>"), "<!": (">", ">")}
"""What is no element: how it begins, how it ends, and a line that ends it."""
_MARKUP = regex(
    r"(?P<marked><!--|<\?|<!\[CDATA\[|<!(?=[A-Za-z]))"
    r"|<(?P<raw>script|style|textarea|pre)\b[^<>]*>?"
    r"|<(?P<close>/?)(?P<tag>[a-z][a-z0-9-]*)[^<>]*?(?P<empty>/?)>",
    re.IGNORECASE,
)
_VOID = regex("area|base|br|col|embed|frame|hr|img|input|link|meta|param|source|track|wbr")


@lru_cache(maxsize=4096)  # the same passage is looked at again and again while a document is made to fit
def blocks_of(text: str) -> tuple[Block, ...]:
    """Return the blocks of a fragment."""
    if _LINES_OF_WORDS.fullmatch(text):
        return (Block("paragraph", 1, text.count("\n") + 1),)
    return tuple(markdown.begins(text))


def is_line_of_words(text: str) -> bool:
    """Whether a fragment is one line that begins with a letter, which is a paragraph whatever else it holds."""
    return _PLAIN.fullmatch(text) is not None


def begins_with_words(text: str) -> bool:
    """Whether a fragment surely begins with a paragraph: with a letter, and nothing below makes that something else."""
    return _PLAIN.match(text) is not None and ("\n" not in text or _UNDERLINE.search(text) is None)


@lru_cache(maxsize=4096)
def embed(text: str) -> str:
    """Return `text` changed so that whatever follows it after a blank line is read as if `text` were not there.

    The result has no blank lines at its ends and no heading above level 4 (empty when `text` is blank). The highest
    copied heading becomes level 4, unless it is deeper already; those that would fall below level 6 become bold text.
    """
    text = _trimmed(plain(text))
    if not any(block.kind in {"heading", "html", "code"} for block in _walk(blocks_of(text))):
        return text
    repaired = _trimmed(_closed(_lowered(_paired(text))))
    return repaired if is_sound(repaired) else fenced(text)


def plain(text: str) -> str:
    """Return `text` with LF as its only line end, and a blank for each of the characters that nobody sees."""
    return UNSEEN.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def is_sound(text: str) -> bool:
    """Whether a heading after `text` and a blank line is seen, and no heading of `text` is above level 4."""
    *own, last = markdown.parse(f"{text}\n\n{_SENTINEL}").blocks
    seen = last.kind == "heading" and last.level == 1
    return seen and all(block.level >= TOP for block in _walk(own) if block.kind == "heading")


def _walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield every block in the order of the text, however deep it lies."""
    stack = list(reversed(tuple(blocks)))
    while stack:
        block = stack.pop()
        yield block
        stack.extend(reversed(block.children))


def fenced(text: str, info: str = "markdown") -> str:
    """Return `text` as a code block, its fence longer than any in it: sound whatever the text is."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{text}\n{fence}"


def _trimmed(text: str) -> str:
    """Leave blank lines out at both ends, but keep the indentation of the first line."""
    return re.sub(r"\A(?:[ \t]*\n)+", "", text).rstrip(" \t\n")


# --- headings -------------------------------------------------------------------------------------------------------


def _lowered(text: str) -> str:
    """Move the headings to level 4 and below; Setext headings become `####` ones."""
    blocks = markdown.parse(text).blocks
    headings = [block for block in _walk(blocks) if block.kind == "heading"]
    if not headings:
        return text
    down = max(0, TOP - min(heading.level for heading in headings))
    top = {block.first for block in blocks if block.kind == "heading"}
    lines = text.split("\n")
    for heading in reversed(headings):  # from the end, so that the line numbers before stay true
        first, last = heading.first - 1, heading.last
        level, (prefix, content) = heading.level + down, _taken_apart(lines[first:last])
        if level > DEEPEST and heading.first in top:
            lines[first:last] = _bold(content)
        else:  # a paragraph needs blank lines around it, and those would end the item or quote
            lines[first:last] = [f"{prefix}{'#' * min(level, DEEPEST)} {content}".rstrip(" \t")]
    return "\n".join(lines)


def _taken_apart(lines: list[str]) -> tuple[str, str]:
    """Return the markers and indentation before a heading, and its content on one line."""
    prefix = _containers(lines[0])
    content = lines[0][len(prefix) :]
    if atx := _ATX.match(content):
        return prefix, _CLOSING_HASHES.sub("", content[atx.end() :]).strip(" \t")
    following = (line[len(_containers(line)) :] for line in lines[1:-1])  # Setext: its last line is the underline
    content = " ".join(part.strip(" \t") for part in (content, *following))
    return prefix, re.sub(r"#(?=#*$)", r"\\#", content)


def _bold(content: str) -> list[str]:
    """Return the lines of a heading's content as bold text."""
    mark = "__" if "**" in content else "**"
    return ["", f"{mark}{content}{mark}", ""] if content else [""]


def _containers(line: str) -> str:
    """Return the list markers, quote marks and indentation that a line begins with."""
    match = _CONTAINERS.match(line)
    return match.group() if match else ""


# --- what is left open ----------------------------------------------------------------------------------------------


def _closed(text: str) -> str:
    """Close the fence or the HTML that `text` leaves open."""
    blocks = markdown.parse(f"{text}\n\n{_SENTINEL}").blocks
    lines = text.split("\n")
    if blocks[-1].kind == "code":
        fence = _FENCE.match(lines[blocks[-1].first - 1])
        text = f"{text}\n{fence['run'] if fence else '```'}"
    elements: list[str] = []
    html = ("\n".join(lines[block.first - 1 : block.last]) for block in _walk(blocks) if block.kind == "html")
    marks = dict.fromkeys(_scan(markup, elements) for markup in html)
    closers = "".join(marks) + "".join(f"</{tag}>" for tag in reversed(elements))
    return f"{text}\n\n{closers}" if closers else text


def _paired(text: str) -> str:
    """Lengthen the fences that hold shorter fences, where CommonMark reads them wrongly.

    That is so when it leaves a fence open to the end, and reading line by line does not: there a fence with a language
    opens a level, and a bare one closes the innermost.
    """
    if markdown.parse(f"{text}\n\n{_SENTINEL}").blocks[-1].kind != "code":
        return text
    lines = text.split("\n")
    opened: list[int] = []
    for at, line in enumerate(lines):
        fence = _FENCE.match(line)
        if fence and (fence["info"].strip() or not opened):
            opened.append(at)
        elif fence:
            start = opened.pop()
            longest = max((len(found["run"]) for found in map(_FENCE.match, lines[start + 1 : at]) if found), default=0)
            for end in (start, at):
                lines[end] = _with_run(lines[end], longest + 1)
    return text if opened else "\n".join(lines)


def _with_run(line: str, shortest: int) -> str:
    """Return a fence line with a run of at least `shortest` characters."""
    fence = _FENCE.match(line)
    return f"{fence['indent']}{fence['run'].ljust(shortest, fence['run'][0])}{fence['info']}" if fence else line


def _scan(html: str, still_open: list[str]) -> str:
    """Follow the elements of one HTML block in `still_open`; give what ends the comment or the like it leaves open."""
    position = 0
    while found := _MARKUP.search(html, position):
        position = found.end()
        if found["marked"]:
            end, closer = _MARKED[found["marked"]]
            position = html.find(end, found.start() + 2) + len(end)
            if position < len(end):
                return closer
        elif found["raw"]:
            still_open.append(found["raw"].lower())
            after = re.compile(rf"</{found['raw']}>", re.IGNORECASE).search(html, position)
            position = after.start() if after else len(html)
        else:
            _follow(still_open, found)
    return ""


def _follow(still_open: list[str], found: re.Match[str]) -> None:
    """Note in `still_open` that a tag was met."""
    tag = found["tag"].lower()
    if found["close"]:
        while tag in still_open and still_open.pop() != tag:
            pass
    elif not found["empty"] and not _VOID.fullmatch(tag):
        still_open.append(tag)
