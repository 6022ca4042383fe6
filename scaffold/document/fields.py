"""Passages of a SUBPLAN as the values of a template: short, sound where they are placed, and pointing to the rest."""

import re

from scaffold.document.embed import UNSEEN, blocks_of, plain
from scaffold.document.shorten import MARKER, WIDTH, fold, place
from scaffold.model import Passage

_PLURALS = {"criterion": "criteria"}


def one_line(text: str, longest: int = WIDTH) -> str:
    """Give `text` for a place inside a line: no line ends, no control characters, at most `longest` characters.

    Leading `#`s are left out; one at the end is escaped, as it would vanish at the end of a heading.
    """
    line = re.sub(r"\s+", " ", UNSEEN.sub(" ", text)).strip()
    line = re.sub(r"\A#+(?: +|\Z)", "", line)
    if len(line) > longest:
        line = re.sub(r"\s+\S*\Z", "", line[: longest - 1]) + "…"
    return re.sub(r"#(?=#*\Z)", r"\\#", line)


def code(text: str) -> str:
    """Give `text` as a code span, whatever backticks it has."""
    fence = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def pointer(count: int, noun: str, line: int) -> str:
    """Say that `count` more of something stand in the SUBPLAN, and on which line."""
    return f"… {count} more {noun if count == 1 else _PLURALS.get(noun, noun + 's')}: SUBPLAN line {line}"


def paragraphs(passage: Passage | None, budget: int) -> str | None:
    """Give a passage in at most `budget` lines, and a pointer to what was left out; None when it says nothing."""
    if passage is None or not passage.text.strip():
        return None
    kept = place(passage.text, budget)
    rest = pointer(kept.left_out, "line", passage.line + kept.at) if kept.left_out else ""
    return "\n\n".join(part for part in (kept.text, rest) if part)


def sentence(passage: Passage | None, longest: int) -> str | None:
    """Give a passage as one line of at most `longest` characters, with a pointer when that is not all of it."""
    if passage is None or not (line := one_line(passage.text, len(passage.text) + 1)):
        return None
    return line if len(line) <= longest else f"{one_line(line, longest)} (all of it: SUBPLAN line {passage.line})"


def listed(passages: tuple[Passage, ...], limit: int, budget: int, noun: str) -> list[str]:
    """Give the texts of list items, for a place after `- ` or `- [ ] `, and a pointer to those beyond `limit`."""
    shown = shown_of(passages, limit)
    texts = [item(passage, 2, budget) for passage in shown]
    if hidden := passages[len(shown) :]:
        texts.append(pointer(len(hidden), noun, hidden[0].line))
    return texts


def shown_of(passages: tuple[Passage, ...], limit: int) -> tuple[Passage, ...]:
    """Give the first `limit` passages, or one more when it is the last: a pointer would take its place for nothing."""
    return passages if len(passages) == limit + 1 else passages[:limit]


def item(passage: Passage, indent: int, budget: int) -> str:
    """Give the text of one list item: its further lines indented by `indent`, its first line one of a paragraph.

    Marker, box and tick of the original are left out: what is still to be done carries no tick. A list in it that does
    not fit is run on in one line before anything of it is left out.
    """
    text = _unmarked(plain(passage.text))
    if not text.strip():
        return f"see SUBPLAN line {passage.line}"
    if not _begins_as_paragraph(text):
        text = one_line(text, len(text) + 1)
        text = next(filter(_begins_as_paragraph, (text, "\\" + text)), code(text))
    kept, joint = place(text, budget), " "
    if kept.left_out and (run_on := fold(text, budget)) and run_on.left_out < kept.left_out:
        kept, joint = run_on, "; "
    lines = kept.text.split("\n") if kept.text else []
    if kept.left_out:
        rest = pointer(kept.left_out, "line", passage.line + kept.at)
        lines = [*lines, f"- {rest}"] if len(lines) > 1 else [f"{kept.text}{joint}{rest}".strip()]
    return "\n".join(" " * indent + line if line and at else line for at, line in enumerate(lines))


def _unmarked(text: str) -> str:
    """Give an item's text without marker, box and tick, and its further lines without their common indentation."""
    first, *rest = text.split("\n")
    first = MARKER.sub("", first, count=1)
    margin = min((len(line) - len(line.lstrip(" ")) for line in rest if line.strip()), default=0)
    return "\n".join([first, *(line[margin:] for line in rest)])


def _begins_as_paragraph(text: str) -> bool:
    """Tell whether the first line is ordinary text, so that a box may stand before it."""
    blocks = blocks_of(text)
    return bool(blocks) and blocks[0].kind == "paragraph" and blocks[0].first == 1
