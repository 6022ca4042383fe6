"""What is copied out of a SUBPLAN still leads somewhere: links, references and footnotes fit their new place."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from scaffold.model import Passage, Phase, Subplan
from scaffold.reading.links import label_key

_FOLDER = "../execution"
_TO_ROOT = ".."
"""From the folder of EXECUTION_TASKs to the plan."""

_NOTE = 240
"""A footnote of more characters is pointed to."""

_CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_FENCE = re.compile(r"^[\s>]*(?:`{3,}|~{3,})")
_INLINE = re.compile(r"(?P<text>!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\()(?P<target><[^<>]*>|[^()\s<>]+)(?P<rest>[^()]*\))")
_REFERENCE = re.compile(r"(?<![\]\\])\[(?P<text>[^\[\]^][^\[\]]*)\](?:\[(?P<label>[^\[\]]*)\])?(?![\[(:])")
_FOOTNOTE = re.compile(r"\[\^(?P<label>[^\[\]\s]+)\](?!:)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|/")


@dataclass(frozen=True, slots=True)
class _Journey:
    """From where a passage comes: the SUBPLAN's path in the plan, its link definitions and its footnotes."""

    path: str
    links: Mapping[str, str]
    footnotes: Mapping[str, Passage]


def travelled(subplan: Subplan, path: str) -> Subplan:
    """Return what a SUBPLAN says as it can be read in `execution/`; `path` is the SUBPLAN's, from the plan's directory.

    Targets relative to the SUBPLAN become relative to `execution/`, reference links become inline ones, footnotes stand
    in parentheses where they are referred to. No line is added or taken away; code stays as it is.
    """
    journey = _Journey(path, dict(subplan.links), dict(subplan.footnotes))

    def moved(passage: Passage | None) -> Passage | None:
        return replace(passage, text=_text(passage.text, journey)) if passage and "[" in passage.text else passage

    def all_moved(passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
        return tuple(one for one in map(moved, passages) if one)

    return replace(
        subplan,
        objective=moved(subplan.objective),
        approach=moved(subplan.approach),
        success_criteria=all_moved(subplan.success_criteria),
        deliverables=all_moved(subplan.deliverables),
        tests=all_moved(subplan.tests),
        phases=tuple(
            Phase(
                phase.number,
                _text(phase.title, journey),
                phase.time,
                moved(phase.goal),
                all_moved(phase.steps),
                all_moved(phase.verification),
                _text(phase.text, journey),
                phase.line,
                all_moved(phase.notes),
            )
            for phase in subplan.phases
        ),
    )


def _text(text: str, journey: _Journey) -> str:
    if "[" not in text:
        return text
    is_code = False
    lines = []
    for line in text.split("\n"):
        if _FENCE.match(line):
            is_code = not is_code
        lines.append(line if is_code or "[" not in line else _line(line, journey))
    return "\n".join(lines)


def _line(line: str, journey: _Journey) -> str:
    """Return a line with its links made to fit, what lies in code spans left alone."""
    kept: list[str] = []
    begin = 0
    for span in _CODE_SPAN.finditer(line):
        kept += [_words(line[begin : span.start()], journey), span[0]]
        begin = span.end()
    return "".join([*kept, _words(line[begin:], journey)])


def _words(text: str, journey: _Journey) -> str:
    def inline(match: re.Match[str]) -> str:
        return f"{match['text']}{_target(match['target'], journey.path)}{match['rest']}"

    def reference(match: re.Match[str]) -> str:
        target = journey.links.get(label_key(match["label"] or match["text"]))
        return f"[{match['text']}]({_target(target, journey.path)})" if target else match[0]

    def footnote(match: re.Match[str]) -> str:
        note = journey.footnotes.get(match["label"])
        if note is None:
            return match[0]
        words = " ".join(note.text.split())
        return f" ({words})" if len(words) <= _NOTE else f" (footnote: SUBPLAN line {note.line})"

    text = _INLINE.sub(inline, text)
    text = _REFERENCE.sub(reference, text) if journey.links else text
    return _FOOTNOTE.sub(footnote, text) if journey.footnotes else text


def _target(target: str, path: str) -> str:
    """Return where a link leads from `execution/`."""
    pointed = target.startswith("<")
    bare = target.strip("<>")
    if not bare or _SCHEME.match(bare):
        return target
    if bare.startswith("#"):
        moved = f"{_TO_ROOT}/{path}{bare}"
    else:
        place, mark, anchor = bare.partition("#")
        joined = posixpath.normpath(posixpath.join(_TO_ROOT, posixpath.dirname(path), place))
        below = posixpath.relpath(joined, _FOLDER) if joined.startswith(f"{_FOLDER}/") else joined
        moved = f"{below}{'/' if place.endswith('/') else ''}{mark}{anchor}"
    return f"<{moved}>" if pointed or " " in moved else moved
