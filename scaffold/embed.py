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
_FENCE = re.compile(r"(?P<indent>\s*)(?P<run>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)$")
_MARKED = {"<!--": ("-->", "<!-- -->"), "<?": ("?>", "?>"), "<![CDATA[": ("]]>", "]]>"), "<!": (">", ">")}
"""What is no element: how it begins, how it ends, and a line that ends it."""
_MARKUP = re.compile(
    r"(?P<marked><!--|<\?|<!\[CDATA\[|<!(?=[A-Za-z]))"
    r"|<(?P<raw>script|style|textarea|pre)\b[^<>]*>?"
    r"|<(?P<close>/?)(?P<tag>[a-z][a-z0-9-]*)[^<>]*?(?P<empty>/?)>",
    re.IGNORECASE,
)
_VOID = re.compile("area|base|br|col|embed|frame|hr|img|input|link|meta|param|source|track|wbr")


def embed(text: str) -> str:
    """Give `text` so that whatever follows it after a blank line is read as if `text` were not there.

    The result has no blank lines at its ends and no heading above level 4 (empty when `text` is blank). The highest
    copied heading becomes level 4, unless it is deeper already; those that would fall below level 6 become bold text.
    """
    text = _trimmed(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text:
        return ""
    repaired = _trimmed(_closed(_lowered(_paired(text))))
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
    lines = text.split("\n")
    if blocks[-1].kind == "code":
        fence = _FENCE.match(lines[blocks[-1].first - 1])
        text = f"{text}\n{fence['run'] if fence else '```'}"
    elements: list[str] = []
    marks = dict.fromkeys(_scan(html, elements) for html in _html_of(blocks, lines))
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
    """Give a fence line with a run of at least `shortest` characters."""
    fence = _FENCE.match(line)
    return f"{fence['indent']}{fence['run'].ljust(shortest, fence['run'][0])}{fence['info']}" if fence else line


def _html_of(blocks: tuple[Block, ...], lines: list[str]) -> Iterator[str]:
    """Yield the text of every HTML block, however deep it lies."""
    stack = list(reversed(blocks))
    while stack:
        block = stack.pop()
        if block.kind == "html":
            yield "\n".join(lines[block.first - 1 : block.last])
        stack.extend(reversed(block.children))


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
