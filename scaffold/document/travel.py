"""What is copied out of a SUBPLAN still leads somewhere: links, references and footnotes fit their new place."""

import posixpath
import re
from collections.abc import Mapping

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen, replace
from scaffold.reading.content import Passage, PlanText, Subplan
from scaffold.reading.links import label_key

_TO_ROOT = ".."
"""From the folders of a plan to its directory."""

_NOTE = 240
"""A footnote of more characters is pointed to."""

_CODE_SPAN = regex(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_FENCE = regex(r"^[\s>]*(?:`{3,}|~{3,})")
_INLINE = regex(r"(?P<text>!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\()(?P<target><[^<>]*>|[^()\s<>]+)(?P<rest>[^()]*\))")
_REFERENCE = regex(r"(?<![\]\\])\[(?P<text>[^\[\]^][^\[\]]*)\](?:\[(?P<label>[^\[\]]*)\])?(?![\[(:])")
_FOOTNOTE = regex(r"\[\^(?P<label>[^\[\]\s]+)\](?!:)")
_SCHEME = regex(r"[A-Za-z][A-Za-z0-9+.-]*:|//|/")


@frozen
class _Journey:
    """From where a passage comes, the file's path in the plan, to which folder; the file's links and footnotes."""

    path: str
    folder: str
    links: Mapping[str, str]
    footnotes: Mapping[str, Passage]


def travelled(subplan: Subplan, path: str) -> Subplan:
    """Return what a SUBPLAN says as it can be read in `execution/`; `path` is the SUBPLAN's, from the plan's directory.

    Targets relative to the SUBPLAN become relative to `execution/`, reference links become inline ones, footnotes stand
    in parentheses where they are referred to. No line is added or taken away; code stays as it is.
    """
    journey = _Journey(path, "execution", dict(subplan.links), dict(subplan.footnotes))

    def moved(passage: Passage | None) -> Passage | None:
        return _passage(passage, journey) if passage else None

    def all_moved(passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
        return tuple(_passage(passage, journey) for passage in passages)

    return replace(
        subplan,
        objective=moved(subplan.objective),
        approach=moved(subplan.approach),
        success_criteria=all_moved(subplan.success_criteria),
        deliverables=all_moved(subplan.deliverables),
        tests=all_moved(subplan.tests),
        phases=tuple(
            replace(
                phase,
                title=_text(phase.title, journey),
                goal=moved(phase.goal),
                steps=all_moved(phase.steps),
                verification=all_moved(phase.verification),
                text=_text(phase.text, journey),
                notes=all_moved(phase.notes),
            )
            for phase in subplan.phases
        ),
    )


def from_plan(said: PlanText, path: str) -> PlanText:
    """Return what a PLAN says as it can be read in `subplans/`; `path` is the PLAN's, from the plan's directory."""
    journey = _Journey(path, "subplans", dict(said.links), dict(said.footnotes))

    def moved(passage: Passage | None) -> Passage | None:
        return _passage(passage, journey) if passage else None

    def all_moved(passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
        return tuple(_passage(passage, journey) for passage in passages)

    return replace(
        said,
        goal=moved(said.goal),
        constraints=moved(said.constraints),
        context=moved(said.context),
        references=moved(said.references),
        achievements=tuple(
            replace(
                achievement,
                goal=moved(achievement.goal),
                what=moved(achievement.what),
                rest=moved(achievement.rest),
                success=all_moved(achievement.success),
                deliverables=all_moved(achievement.deliverables),
                tests=all_moved(achievement.tests),
            )
            for achievement in said.achievements
        ),
    )


def _passage(passage: Passage, journey: _Journey) -> Passage:
    return replace(passage, text=_text(passage.text, journey)) if "[" in passage.text else passage


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
        return f"{match['text']}{_target(match['target'], journey)}{match['rest']}"

    def reference(match: re.Match[str]) -> str:
        target = journey.links.get(label_key(match["label"] or match["text"]))
        return f"[{match['text']}]({_target(target, journey)})" if target else match[0]

    def footnote(match: re.Match[str]) -> str:
        note = journey.footnotes.get(match["label"])
        if note is None:
            return match[0]
        words = " ".join(note.text.split())
        return f" ({words})" if len(words) <= _NOTE else f" (footnote: SUBPLAN line {note.line})"

    text = _INLINE.sub(inline, text)
    text = _REFERENCE.sub(reference, text) if journey.links else text
    return _FOOTNOTE.sub(footnote, text) if journey.footnotes else text


def _target(target: str, journey: _Journey) -> str:
    """Return where a link leads from its new folder."""
    pointed = target.startswith("<")
    bare = target.strip("<>")
    if not bare or _SCHEME.match(bare):
        return target
    if bare.startswith("#"):
        moved = f"{_TO_ROOT}/{journey.path}{bare}"
    else:
        place, mark, anchor = bare.partition("#")
        joined = posixpath.normpath(posixpath.join(_TO_ROOT, posixpath.dirname(journey.path), place))
        own = f"{_TO_ROOT}/{journey.folder}/"
        below = joined.removeprefix(own)
        moved = f"{below}{'/' if place.endswith('/') else ''}{mark}{anchor}"
    return f"<{moved}>" if pointed or " " in moved else moved
