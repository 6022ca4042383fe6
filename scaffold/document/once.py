"""Nothing twice: what one field of a SUBPLAN says already, another need not say."""

from collections.abc import Sequence
from functools import lru_cache

from scaffold.document.embed import blocks_of
from scaffold.document.fields import TITLE, one_line
from scaffold.document.shorten import MARKER, WIDTH
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import replace
from scaffold.reading.content import Passage, Phase, Subplan
from scaffold.reading.landmarks import paths

_SEVERAL = 2
_MERE_FILE = regex(r"(?:\*\*[^*]+\*\*:?\s*)?`(?P<path>[^`]+)`")
_LABEL = regex(r"\s*\*\*[^*]+\*\*:?\s*")

_BETWEEN_WORDS = regex(r"[^\w./]+")

_TELLING = 8
"""Shorter texts may be the same by chance: `Tests`, `Code`."""


def once(said: Subplan) -> tuple[tuple[Passage, ...], tuple[Passage, ...], tuple[Passage, ...]]:
    """Return criteria, deliverables and tests without what another of them says already.

    A test that repeats a criterion, a deliverable or a step, or is no more than a file to deliver, is left to it; a
    deliverable that repeats a criterion too, unless all of them do.
    """
    criteria = _distinct(said.success_criteria, set())
    known = {bare(criterion) for criterion in criteria}
    deliverables = _distinct(said.deliverables, known) or _distinct(said.deliverables, set())
    steps = {bare(step) for phase in said.phases for step in phase.steps}
    files = {path for deliverable in deliverables for path in paths(deliverable.text)}
    tests = _distinct(said.tests, known | steps | {bare(deliverable) for deliverable in deliverables})
    return criteria, deliverables, tuple(test for test in tests if _file(test) not in files)


def _file(passage: Passage) -> str | None:
    """Return the file that a passage names if it says nothing else: `**Script**: `a.sh``."""
    match = _MERE_FILE.fullmatch(passage.text.strip())
    return match["path"] if match else None


def objective_of(said: Subplan) -> Passage | None:
    """Return the objective, the items of a list at its end that are criteria left to the criteria."""
    objective = said.objective
    blocks = blocks_of(objective.text) if objective else ()
    if objective is None or len(blocks) < _SEVERAL or blocks[-1].kind != "list":
        return objective
    lines = objective.text.split("\n")
    criteria = {bare(criterion) for criterion in said.success_criteria}
    items = ["\n".join(lines[child.first - 1 : child.last]).rstrip() for child in blocks[-1].children]
    kept = [item for item in items if bare(Passage(item, 0)) not in criteria]
    if len(kept) == len(items):
        return objective
    before = lines[: blocks[-1].first - 1]
    while before and not before[-1].strip():
        del before[-1]
    if not kept and before and _LABEL.fullmatch(before[-1]):
        del before[-1]
        return replace(objective, text="\n".join(before).rstrip())
    ending = [*kept, "- and the success criteria below"] if kept else ["", "See the success criteria below."]
    return replace(objective, text="\n".join([*before, *ending]))


def _distinct(passages: Sequence[Passage], known: set[str]) -> tuple[Passage, ...]:
    seen = set(known)
    kept = []
    for passage in passages:
        words = bare(passage)
        if words not in seen or len(words) < _TELLING:
            kept.append(passage)
        seen.add(words)
    return tuple(kept)


def bare(passage: Passage) -> str:
    """Return the words of a passage, as they are compared."""
    return _words(passage.text)


@lru_cache(maxsize=4096)
def _words(text: str) -> str:
    return " ".join(_BETWEEN_WORDS.sub(" ", MARKER.sub("", text, count=1)).split()).strip(" .").casefold()


def steps_of(phases: Sequence[Phase]) -> list[str]:
    """Return phases of one line each as steps: `1. **Dig** (1 h): the north bed`; empty where one says more."""
    if len(phases) < _SEVERAL or any(_says_more(phase) for phase in phases):
        return []
    return [f"{at}. {_step(phase)}" for at, phase in enumerate(phases, 1)]


def _says_more(phase: Phase) -> bool:
    """Whether a phase has more than a title and a line of words."""
    is_long = phase.goal is not None and (len(phase.goal.text) > 2 * WIDTH or "\n" in phase.goal.text)
    return bool(phase.steps or phase.verification or phase.notes or phase.text.strip() or is_long or not phase.title)


def _step(phase: Phase) -> str:
    title = one_line(phase.title, TITLE)
    time = f" ({one_line(phase.time, TITLE)})" if phase.time else ""
    if phase.goal is None:
        return f"{title}{time}"
    return f"**{title.replace('**', '')}**{time}: {one_line(phase.goal.text, 2 * WIDTH)}"
