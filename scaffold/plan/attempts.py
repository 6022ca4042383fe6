"""The newest attempt at an achievement: its documents, what they say of themselves, and which review they answer.

An attempt is one EXECUTION_TASK, or all those that its SUBPLAN has planned as one set.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.model import Achievement, Plan, sha256
from scaffold.names import EXECUTION_FOLDER, FEEDBACK_FOLDER, VERDICTS, numbers_of
from scaffold.plan import files
from scaffold.reading import merge_markers
from scaffold.transaction import batches

Reported = Literal["in_review", "in_progress", "blocked"]
"""What the `**Status**` of an EXECUTION_TASK comes to."""

HEAD = 60
"""In so many lines the Status is looked for: it stands in the header."""

JUDGES = "**Judges**:"
"""What begins the line of a verdict that names the attempt."""

_MAX_BYTES = 2_000_000
_STATUS = regex(r"^[\s>*_-]*(?i:status)[\s*_]*[:：][\s*_]*(?P<value>.*)$")
_CELL = regex(r"^\s*\|[\s*_]*(?i:status)[\s*_:：]*\|(?P<value>[^|]*)\|")
_STRUCK = regex(r"~~[^~]*~~")
_OPEN_BOX = regex(r"^\W*\[ \]")
_MARKS = regex(r"^(?:\W*\[[xX]\])?[\W_]+")
_BLANKS = regex(r"[\s_-]+")
_REPORTED: tuple[tuple[Reported, re.Pattern[str]], ...] = (
    ("in_review", regex(r"(?:implementation )?(?:completed?|done|finished)\b|ready for review\b")),
    ("in_progress", regex(r"in progress\b|executing\b|started\b|starting\b")),
    ("blocked", regex(r"blocked\b")),
)
_PARTLY = regex(r"(?<![\d.])\d{1,2} ?%")
"""What makes a `Completed 60%` work in progress."""

_HASH = regex(r"\b[0-9a-f]{12,64}\b")


@frozen
class AttemptDocument:
    """One document of an attempt: its path, its number, what its Status comes to with its 1-based line, its last line.

    `reported` is None where the Status says nothing that decides, as `Not started`. `merge` is the line on which a
    merge begins that nobody has resolved.
    """

    path: str
    number: int
    reported: Reported | None
    line: int | None
    foot: str
    merge: int | None = None


@frozen
class Attempt:
    """The documents of the newest attempt, by number: at least one."""

    documents: tuple[AttemptDocument, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Their paths, POSIX and relative to the plan."""
        return tuple(document.path for document in self.documents)

    @property
    def merges(self) -> tuple[tuple[str, int], ...]:
        """The documents with a merge that nobody has resolved, each with the line where it begins."""
        return tuple((document.path, document.merge) for document in self.documents if document.merge)

    @property
    def open_paths(self) -> tuple[str, ...]:
        """The paths of those that do not say that they are finished."""
        return tuple(document.path for document in self.documents if document.reported != "in_review")

    @property
    def reported(self) -> Reported | None:
        """What it comes to: blocked when a document is, in review when all are finished, in progress once begun."""
        said = [document.reported for document in self.documents]
        if "blocked" in said:
            return "blocked"
        if all(reported == "in_review" for reported in said):
            return "in_review"
        return "in_progress" if any(said) else None

    @property
    def decided_by(self) -> str:
        """What `reported` was read from: `PATH:LINE`, or the newest document's path."""
        wanted = self.reported
        for document in reversed(self.documents):
            if document.line and document.reported in (wanted, "in_review"):
                return f"{document.path}:{document.line}"
        return self.documents[-1].path


def newest(
    plan: Plan, achievement: Achievement, names: Iterable[str], planned: Callable[[], Sequence[str]]
) -> Attempt | None:
    """Return the newest attempt among the file names of an achievement's EXECUTION_TASKs; None without any.

    `planned` returns the numbers that its SUBPLAN plans as one set; it is asked where there are several documents.
    """
    numbered = sorted((max(map(int, numbers_of(plan, achievement, (name,))), default=0), name) for name in names)
    if not numbered:
        return None
    last = numbered[-1][0]
    together = {last}
    if len(numbered) > 1 and last in (numbers := {int(number) for number in planned()}):
        together = numbers
    return Attempt(tuple(_read(plan, name, number) for number, name in numbered if number in together))


def _read(plan: Plan, name: str, number: int) -> AttemptDocument:
    path = f"{EXECUTION_FOLDER}/{name}"
    text = text_of(read(plan, path))
    lines = text.splitlines()
    reported, line = _reported(lines[:HEAD])
    foot = next((text for text in reversed(lines) if text.strip()), "")
    return AttemptDocument(path, number, reported, line, foot, merge_markers.merge_markers(text))


def _reported(head: Sequence[str]) -> tuple[Reported | None, int | None]:
    for number, line in enumerate(head, 1):
        if match := _STATUS.match(line) or _CELL.match(line):
            return _meant(match["value"]), number
    return None, None


def _meant(value: str) -> Reported | None:
    """Return what a Status comes to; a template's list of choices that nobody has made comes to nothing."""
    if _OPEN_BOX.match(value):
        return None
    choices = [_words(choice) for choice in re.split(r"\s[|/]\s", _STRUCK.sub("", value))]
    said = [state for choice in choices for state, words in _REPORTED if words.match(choice)]
    if not said or len(set(said)) > 1:
        return None
    return "in_progress" if said[0] == "in_review" and _PARTLY.search(choices[0]) else said[0]


def _words(value: str) -> str:
    return _BLANKS.sub(" ", _MARKS.sub("", value)).casefold()


def is_answered(plan: Plan, achievement: Achievement, attempt: Attempt | None) -> bool:
    """Whether the newest attempt was made in answer to the FIX of an achievement.

    It was where the last line of a document, or the record of its batch, holds the FIX's hash, and where the FIX names
    an attempt before it.
    """
    fix = read(plan, f"{FEEDBACK_FOLDER}/FIX_{achievement.slug}.md")
    if attempt is None or fix is None:
        return False
    digest = sha256(fix)
    held = {match[0] for document in attempt.documents for match in _HASH.finditer(document.foot)}
    if any(map(digest.startswith, held)):
        return True
    pattern = rf"EXECUTION_TASK_{re.escape(plan.name)}_{achievement.slug}_([0-9]+)\b"
    said = text_of(fix)
    line = next((line for line in said.splitlines() if line.startswith(JUDGES)), said)
    judged = [int(number) for number in re.findall(pattern, line)]
    if judged and max(judged) < attempt.documents[0].number:
        return True
    told = batches.feedback_told(plan.directory, attempt.documents[-1].path)
    return any(map(digest.startswith, told))


def verdict_path(verdict: str, achievement: Achievement) -> str:
    """Return the path of a verdict on an achievement; `verdict` is one of `names.VERDICTS`."""
    return f"{FEEDBACK_FOLDER}/{verdict}_{achievement.slug}.md"


def absent_verdicts(plan: Plan, achievement: Achievement) -> tuple[str, ...]:
    """Return the paths of the verdicts that an achievement does not have."""
    paths = (verdict_path(verdict, achievement) for verdict in VERDICTS)
    return tuple(path for path in paths if path.rpartition("/")[2] not in plan.feedbacks)


def text_of(content: bytes | None) -> str:
    """Return what can be read of a document, whatever its encoding is: others say what is wrong with it."""
    return (content or b"").decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")


def read(plan: Plan, path: str) -> bytes | None:
    """Read a document of a plan; None where it cannot be read or has more than 2 MB."""
    try:
        content = files.read_no_link(f"{plan.directory}/{path}", _MAX_BYTES)
    except OSError:
        return None
    return content if len(content) <= _MAX_BYTES else None
