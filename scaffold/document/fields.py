"""Passages of a SUBPLAN as the values of a template: short, sound where they are placed, and pointing to the rest."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from scaffold.document.embed import UNSEEN, begins_with_words, blocks_of, embed, is_line_of_words, plain
from scaffold.document.shorten import LONG, MARKER, WIDTH, Kept, as_code, fold, place, run_on, weight
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen, replace
from scaffold.names import agreed
from scaffold.reading.content import Passage, Phase
from scaffold.reading.landmarks import is_file_label, landmarks

_PLURALS = {"criterion": "criteria"}
_ANY = 100_000
"""More lines than any text has."""

TITLE = 120
"""The longest title, in characters."""

_FEW = 3
"""As many short lines are shown in place of a pointer; of more it saves lines, even where it has more characters."""

_LEAD = "As follows:"
"""Words before an item that is a block of code: an item begins with a line of text."""

_GROUPS = 4
"""As many groups of what is left out are too many to name."""

_LABEL = regex(r"\*\*(?P<name>[^*:]+):?\*\*(?:[ \t]*\([^()]*\))?:?[ \t]*(?P<rest>.*)$")
_FENCE = regex(r"\s*(?:`{3,}|~{3,})")


def one_line(text: str, longest: int = WIDTH) -> str:
    """Return `text` for a place inside a line: no line ends, no control characters, at most `longest` characters.

    Leading `#`s are left out; one at the end is escaped, as it would vanish at the end of a heading.
    """
    line = " ".join(UNSEEN.sub(" ", text).split())
    if line.startswith("#"):
        line = re.sub(r"\A#+(?: +|\Z)", "", line)
    if len(line) > longest:
        line = re.sub(r"\s+\S*\Z", "", line[: longest - 1]) + "…"
    return re.sub(r"#(?=#*\Z)", r"\\#", line) if line.endswith("#") else line


def pointer(count: int, noun: str, first: int, last: int | None = None, names: Sequence[str] = ()) -> str:
    """Return the pointer to `count` more of something, on the lines `first` to `last` of the SUBPLAN.

    As many of the files and commands in `names` are named as fit in the line.
    """
    where = f"SUBPLAN line {first}" if last is None or last <= first else f"SUBPLAN lines {first}-{last}"
    what = f"… {count} more {agreed(count, noun, _PLURALS.get(noun, ''))}"
    return f"{what}{_named(names, LONG - len(what) - len(where) - 2)}: {where}"


def _named(names: Sequence[str], room: int) -> str:
    """Name files and commands in parentheses, as many as fit in `room` characters."""
    spans = list(map(as_code, names))
    for count in range(len(spans), 0, -1):
        text = f" ({', '.join(spans[:count])}{', …' if count < len(spans) else ''})"
        if len(text) <= room:
            return text
    return ""


def heading_of(phase: Phase) -> str:
    """Return the text of a phase's heading: `Phase 2: Set up (1-2h)`."""
    title, number = one_line(phase.title, TITLE), one_line(phase.number, TITLE)
    time = f" ({one_line(phase.time, TITLE)})" if phase.time else ""
    return f"Phase {number}: {title}{time}" if title else f"Phase {number}{time}"


@frozen
class Shown:
    """A text as a document shows it, and whether that is all of it: if not, it ends with a pointer to the rest."""

    text: str
    whole: bool = True


def paragraphs(passage: Passage | None, budget: int) -> Shown | None:
    """Return a passage in at most `budget` lines and a pointer to what was left out; None when it says nothing."""
    if passage is None or not passage.text.strip():
        return None
    passage = replace(passage, text=plain(passage.text))
    kept = place(passage.text, budget)
    if not kept.left_out:
        return Shown(kept.text)
    rest = _rest(passage, kept)
    whole = Shown(place(passage.text, _ANY).text)
    if rest is None:
        return whole
    shown = Shown("\n\n".join(part for part in (kept.text, rest.text) if part), rest.whole)
    return whole if weight(whole.text) <= weight(shown.text) + 1 else shown  # the pointer itself takes a line or two


def sentence(passage: Passage | None, longest: int) -> str | None:
    """Return a passage as one line of at most `longest` characters, with a pointer when that is not all of it."""
    if passage is None or not (line := one_line(passage.text, len(passage.text) + 1)):
        return None
    where = f" (all of it: SUBPLAN line {passage.line})"
    return line if len(line) <= longest + len(where) else f"{one_line(line, longest)}{where}"


def left_out(passages: Sequence[Passage], noun: str) -> str:
    """Return the pointer to items that are not shown, with the groups and the files they name."""
    names = dict.fromkeys(name for passage in passages for name in landmarks(passage.text))
    groups = dict.fromkeys(f"*{one_line(passage.group, 60)}*" for passage in passages if passage.group)
    said = pointer(len(passages), noun, passages[0].line, passages[-1].last, tuple(names))
    return said.replace(":", f", {' and '.join(groups)}:", 1) if groups and len(groups) < _GROUPS else said


def item(passage: Passage, indent: int, budget: int) -> Shown:
    """Return the text of one list item: its further lines indented by `indent`, its first line one of a paragraph.

    Marker, box and tick of the original are left out: what is still to be done carries no tick. The file that it says
    it is in stands in its first line. What does not fit is run on in one line before anything of it is left out.
    """
    begun = _as_item(passage)
    return begun.line if begun.line and budget > 0 else _in_lines(begun.text, begun.passage, indent, budget)


@lru_cache(maxsize=4096)  # a list is laid out again and again while a document is made to fit
def _in_lines(text: str, passage: Passage, indent: int, budget: int) -> Shown:
    if not text:
        return Shown(f"see SUBPLAN line {passage.line}")
    kept, joint = place(text, budget), " "
    if kept.left_out and (folded := fold(text, budget)) and folded.left_out < kept.left_out:
        kept, joint = folded, "; "
    rest = _rest(replace(passage, text=text), kept, passage.last) if kept.left_out else Shown("")
    lines = kept.text.split("\n") if kept.text else []
    if rest and rest.text:
        joint = " " if kept.text.endswith((":", ":**")) else joint
        lines = [*lines, f"- {rest.text}"] if len(lines) > 1 else [f"{kept.text}{joint}{rest.text}".strip()]
    if rest is None or (rest.text and weight(place(text, _ANY).text) <= weight("\n".join(lines))):
        lines, rest = place(text, _ANY).text.split("\n"), Shown("")
    return Shown("\n".join(" " * indent + line if line and at else line for at, line in enumerate(lines)), rest.whole)


class _Begun(NamedTuple):
    """An item that begins with a paragraph: its text, empty where it says nothing, and the passage that this is of.

    `line` is what is shown of most items: a line in which there is nothing to cut or to repair.
    """

    text: str
    passage: Passage
    line: Shown | None = None


@lru_cache(maxsize=4096)  # however many lines an item gets, this is the same
def _as_item(passage: Passage) -> _Begun:
    text = _with_file(_unmarked(plain(passage.text)))
    if not text.strip():
        return _Begun("", passage)
    if not begins_as_paragraph(text) and (blocks := blocks_of(text)) and blocks[0].kind == "code" and not run_on(text):
        text, passage = f"{_LEAD}\n{text}", replace(passage, line=passage.line - 1, text=f"\n{passage.text}")
    if not begins_as_paragraph(text):
        text = run_on(text) or one_line(text, len(text) + 1)
        text = next(filter(begins_as_paragraph, (text, "\\" + text)), as_code(text))
    is_line = len(text) <= LONG and is_line_of_words(text)
    return _Begun(text, passage, Shown(text.rstrip(" \t")) if is_line else None)


def _rest(passage: Passage, kept: Kept, last: int | None = None) -> Shown | None:
    """Return what stands in place of what was cut from a passage: a pointer, or itself where that is no longer.

    None where it is shorter than a pointer, but cannot be run on in a line.
    """
    lines = passage.text.split("\n")
    at = next((number for number in range(kept.at, len(lines)) if lines[number].strip()), kept.at)
    hidden = lines[at:]
    text = "\n".join(hidden).strip("\n")
    known = set(landmarks(kept.text))
    names = [name for name in landmarks(text) if name not in known]
    said = pointer(kept.left_out, "line", passage.line + at, last or passage.last, names)
    if kept.begun:
        is_worth_it = len(passage.text) - len(kept.text) > len(said) or weight(text) > _FEW
        return Shown(said, whole=False) if is_worth_it else None
    if len(" ".join(text.split())) > 2 * len(said):
        return Shown(said, whole=False)
    line = run_on(text)
    if line is not None and len(line) <= len(said) and begins_as_paragraph(line) and embed(line) == line:
        return Shown(line)
    plainly = sum(len(MARKER.sub("", line).strip()) + 1 for line in hidden if not _FENCE.match(line))
    is_short = plainly <= len(said) + 1 and weight(text) <= _FEW
    return None if is_short else Shown(said, whole=False)


def _unmarked(text: str) -> str:
    """Return an item's text without marker, box and tick, and its further lines without their common indentation."""
    first, *rest = text.split("\n")
    first = MARKER.sub("", first, count=1)
    margin = min((len(line) - len(line.lstrip(" ")) for line in rest if line.strip()), default=0)
    return "\n".join([first, *(line[margin:] for line in rest)])


def _with_file(text: str) -> str:
    """Return an item's text with the line that says its file (`**File**: …`) moved into its first line."""
    first, *rest = text.split("\n")
    for at, line in enumerate(rest):
        match = _LABEL.match(line)
        if match and match["rest"] and is_file_label(match["name"].strip(" :").casefold()):
            rest[at] = ""
            return "\n".join([f"{first.rstrip().rstrip(':')}: {match['rest'].strip()}", *rest])
    return text


def begins_as_paragraph(text: str) -> bool:
    """Whether the first line is ordinary text, so that a box may stand before it."""
    if begins_with_words(text):
        return True
    blocks = blocks_of(text)
    return bool(blocks) and blocks[0].kind == "paragraph" and blocks[0].first == 1
