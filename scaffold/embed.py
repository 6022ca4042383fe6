"""Copied Markdown made sound inside another document: heading levels, fences, HTML.

What is copied stays verbatim but for what could change the document around it. The levels 1 to 3 belong to that
document, so copied headings begin at level 4; what is left open (a fence, a comment, a `<details>`) is closed.
"""

import re
from collections.abc import Iterator

from scaffold import markdown
from scaffold.markdown import Block

TOP = 4
"""The highest level a copied heading may have."""

DEEPEST = 6

_SENTINEL = "# end"
_CONTAINERS = re.compile(r"(?:[ \t]*(?:>|[-*+](?=[ \t])|[0-9]{1,9}[.)](?=[ \t])))*[ \t]*")
_ATX = re.compile(r"(#{1,6})(?=[ \t]|$)")
_CLOSING_HASHES = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_HTML = re.compile(
    r"<!--(?P<comment>.*?)(?:-->|\Z)"
    r"|<\?.*?(?P<instruction>\?>|\Z)"
    r"|<!\[CDATA\[.*?(?P<data>\]\]>|\Z)"
    r"|<![A-Za-z][^>]*(?P<declaration>>|\Z)"
    r"|<(?P<raw>script|style|textarea)\b.*?(?P<raw_end></(?P=raw)\b|\Z)"
    r"|<(?P<close>/?)(?P<tag>[A-Za-z][A-Za-z0-9-]*)[^<>]*?(?P<self>/?)(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)


def embed(text: str) -> str:
    """Give `text` so that whatever follows it after a blank line is read as if `text` were not there.

    The result has no blank lines at its ends and no heading above level 4 (empty when `text` is blank). The highest
    copied heading becomes level 4, unless it is deeper already; those that would fall below level 6 become bold text.
    """
    text = _trimmed(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text:
        return ""
    repaired = _trimmed(_closed(_lowered(text)))
    return repaired if is_sound(repaired) else fenced(text)


def is_sound(text: str) -> bool:
    """Tell whether a heading after `text` and a blank line is seen, and no heading of `text` is above level 4."""
    *own, last = markdown.parse(f"{text}\n\n{_SENTINEL}").blocks
    return last.kind == "heading" and last.level == 1 and all(one.level >= TOP for one, _ in _headings(own, 0))


def fenced(text: str, info: str = "markdown") -> str:
    """Give `text` as a code block, its fence longer than any in it: sound whatever the text is."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{text}\n{fence}"


def _trimmed(text: str) -> str:
    """Leave blank lines out at both ends, but keep the indentation of the first line."""
    return re.sub(r"\A(?:[ \t]*\n)+", "", text).rstrip(" \t\n")


# --- headings -------------------------------------------------------------------------------------------------------


def _headings(blocks: Iterator[Block] | list[Block] | tuple[Block, ...], depth: int) -> Iterator[tuple[Block, int]]:
    """Yield every heading with the number of containers (lists, items, quotes) around it."""
    stack = [(block, depth) for block in reversed(list(blocks))]
    while stack:
        block, inside = stack.pop()
        if block.kind == "heading":
            yield block, inside
        stack.extend((child, inside + 1) for child in reversed(block.children))


def _lowered(text: str) -> str:
    """Move the headings to level 4 and below; Setext headings become `####` ones."""
    found = list(_headings(markdown.parse(text).blocks, 0))
    if not found:
        return text
    down = max(0, TOP - min(heading.level for heading, _ in found))
    lines = text.split("\n")
    for heading, inside in reversed(found):  # from the end, so that the line numbers before stay true
        lines[heading.first - 1 : heading.last] = _rewritten(
            lines[heading.first - 1 : heading.last], heading.level + down, inside
        )
    return "\n".join(lines)


def _rewritten(lines: list[str], level: int, inside: int) -> list[str]:
    """Give the lines of one heading at another level; `inside` containers a line more or less would break them."""
    match = _CONTAINERS.match(lines[0])
    prefix = match.group() if match else ""
    content = lines[0][len(prefix) :]
    if atx := _ATX.match(content):
        content = _CLOSING_HASHES.sub("", content[atx.end() :]).strip(" \t")
    else:  # Setext: its last line is the underline
        following = (line[len(_containers(line)) :] for line in lines[1:-1])
        content = " ".join(part.strip(" \t") for part in (content, *following))
        content = re.sub(r"#(?=#*$)", r"\\#", content)
    if level <= DEEPEST or inside:
        return [f"{prefix}{'#' * min(level, DEEPEST)} {content}".rstrip(" \t")]
    if not content:
        return [""]
    mark = "__" if "**" in content else "**"
    return ["", f"{mark}{content}{mark}", ""]


def _containers(line: str) -> str:
    """Give the list markers, quote marks and indentation that a line begins with."""
    match = _CONTAINERS.match(line)
    return match.group() if match else ""


# --- what is left open ----------------------------------------------------------------------------------------------


def _closed(text: str) -> str:
    """Close the fence or the HTML that `text` leaves open."""
    blocks = markdown.parse(f"{text}\n\n{_SENTINEL}").blocks
    last = blocks[-1]
    lines = text.split("\n")
    if last.kind == "code":
        fence = _FENCE.search(lines[last.first - 1])
        return f"{text}\n{fence.group(1) if fence else '```'}"
    closers = _open_html("\n".join(_html_of(blocks, lines)))
    return f"{text}\n\n{closers}" if closers else text


def _html_of(blocks: tuple[Block, ...], lines: list[str]) -> Iterator[str]:
    """Yield the text of every HTML block, however deep it lies."""
    stack = list(reversed(blocks))
    while stack:
        block = stack.pop()
        if block.kind == "html":
            yield "\n".join(lines[block.first - 1 : block.last])
        stack.extend(reversed(block.children))


def _open_html(html: str) -> str:
    """Give, on one line, what closes the comments and elements that `html` leaves open; empty when nothing is."""
    still_open: list[str] = []
    for found in _HTML.finditer(html):
        if found["comment"] is not None:
            if not found.group().endswith("-->"):
                return "<!-- -->"
        elif found["instruction"] == "":
            return "?>"
        elif found["data"] == "":
            return "]]>"
        elif found["declaration"] == "":
            return ">"
        elif found["raw"]:
            if not found["raw_end"]:
                still_open.append(found["raw"].lower())
        elif found["tag"]:
            _follow(still_open, found["tag"].lower(), bool(found["close"]), bool(found["self"]))
    return "".join(f"</{tag}>" for tag in reversed(still_open))


def _follow(still_open: list[str], tag: str, closes: bool, empty: bool) -> None:
    """Note in `still_open` that a tag was met."""
    if closes:
        if tag in still_open:
            del still_open[len(still_open) - 1 - still_open[::-1].index(tag) :]
    elif not empty and tag not in _VOID:
        still_open.append(tag)
