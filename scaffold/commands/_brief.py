"""What a brief is made of: the excerpts that whoever works on an achievement has to read, the most needed first."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from scaffold.document.extract import Excerpt, LeftOut, excerpt
from scaffold.document.fields import TITLE, one_line
from scaffold.errors import Diagnostic, InvalidInput
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import replace
from scaffold.names import EXECUTION_FOLDER, SUBPLAN, agreed, command, counted, invocation_for, latest, listed, typed
from scaffold.plan import attempts, settings, workspace
from scaffold.plan.actions import blockers_of
from scaffold.plan.progress import Progress, Standing, in_words
from scaffold.plan.shared_files import delivered
from scaffold.reading import header, markdown, subplan
from scaffold.reading import plan as plan_text
from scaffold.reading.content import Passage, PlannedAchievement, PlanText
from scaffold.reading.markdown import decode
from scaffold.transaction.claims import Claims

_MOST = 20
"""Dependencies, and siblings, that are looked into; of others the SUBPLAN is named, or they are counted."""

_AT_WORK = frozenset({"in_progress", "fix_in_progress"})

_LEARNED = regex(r"learn|lesson|surpris|finding|decision|insight|completion (?:status|notes|summary|report)|hand-?over")
"""Headings of an EXECUTION_TASK, in lower case, below which stands what others should know."""

_EMPTY_FIELD = regex(r"\s*(?:[-*+] )?\*\*[^*]+\*\*:?\s*")
_RULE = regex(r"\s*-{3,}\s*")


class Material(NamedTuple):
    """The excerpts, the most needed first, what was not looked into, and warnings about what cannot be read.

    `note` says how many more achievements nobody has named, empty where there are none.
    """

    excerpts: tuple[Excerpt, ...]
    unread: tuple[LeftOut, ...]
    note: str
    warnings: tuple[Diagnostic, ...]


def gather(progress: Progress, standing: Standing, claims: Claims) -> Material:
    """Read what whoever works on an achievement has to know."""
    reading = _Reading(progress)
    dependencies = progress.dependencies_of(standing.achievement)
    at_work, others = _siblings(progress, standing, claims)
    siblings = [*at_work, *others]
    excerpts = (
        *_own(progress, standing),
        *reading.of_plan(),
        *(each for other in dependencies[:_MOST] for each in reading.of_dependency(other)),
        *(each for other in siblings[:_MOST] for each in reading.of_sibling(other, claims)),
    )
    named = max(2 * _MOST, len(at_work))
    unread = tuple(
        LeftOut(next(iter(other.paths(SUBPLAN)), progress.plan.document))
        for other in (*dependencies[_MOST:], *siblings[_MOST:named])
    )
    note = _not_named(progress, len(siblings) - named)
    return Material(tuple(excerpts), tuple(dict.fromkeys(unread)), note, tuple(reading.warnings))


def _not_named(progress: Progress, count: int) -> str:
    if count <= 0:
        return ""
    status = command("status", progress.plan.argument, "--ready")
    return f"{counted(count, 'more achievement')} that others may begin: `{status}`"


def to_do(progress: Progress, standing: Standing) -> tuple[str, ...]:
    """Return the steps that finish an achievement, in order, with the names of its files and whole command lines."""
    argument = progress.plan.argument
    review = typed(invocation_for("review", standing.id, argument))
    judge = f"Let it be judged: `{review} --approve`, or `{review} --fix --message TEXT` with what is to be fixed"
    if standing.is_done:
        return (f"Nothing is left to do: it is {in_words(standing.state)}",)
    if standing.state == "needs_fix":
        again = command("executions", argument, "--achievement", standing.id, "--again")
        return (f"Create the attempt that answers the FIX, and work in it: `{again}`", judge)
    open_ = standing.attempt.open_paths if standing.attempt else ()
    if not open_:
        return (judge,)
    documents = standing.attempt.documents if standing.attempt else ()
    places = [f"{each.path} (line {each.line})" if each.line else each.path for each in documents if each.path in open_]
    its = agreed(len(open_), "its", "their")
    done = f"Fill in {its} log and what was learned, and set the Status in {listed(places)} to Complete"
    return (f"Carry out {listed(open_)}", done, judge)


def _own(progress: Progress, standing: Standing) -> Iterator[Excerpt]:
    """Yield the FIX and the newest EXECUTION_TASK; of several that are one attempt those that are not finished.

    A FIX that what is in review answers is for whoever judges: it comes last.
    """
    plan = progress.plan
    feedback = attempts.verdict_path("FIX", standing.achievement)
    fix = None if standing.is_done else attempts.read(plan, feedback)
    is_finished = standing.state == "in_review"
    if fix and not is_finished:
        yield excerpt("What is to be fixed", feedback, attempts.text_of(fix))
    for path in task_paths(progress, standing):
        yield excerpt("The work", path, attempts.text_of(attempts.read(plan, path)))
    if fix and is_finished:
        yield excerpt("The FIX that this attempt answers", feedback, attempts.text_of(fix))


def task_paths(progress: Progress, standing: Standing) -> tuple[str, ...]:
    """Return the EXECUTION_TASKs to read: those of the newest attempt that are open, or all of it; of none, none."""
    if standing.attempt:
        return standing.attempt.open_paths or standing.attempt.paths
    newest = latest(progress.plan, standing.achievement, standing.executions.regular)
    return (f"{EXECUTION_FOLDER}/{newest}",) if newest else ()


def _siblings(progress: Progress, standing: Standing, claims: Claims) -> tuple[list[Standing], list[Standing]]:
    """Return what others are at work on, what is claimed first, and what they may begin: neither is in the way of this.

    Others may begin what is ready, or has an EXECUTION_TASK.
    """
    before = blockers_of(progress, standing.id)
    others = [other for other in progress if not other.is_done and other.id != standing.id and other.id not in before]
    claimed = [other for other in others if other.id in claims.ids]
    begun = [other for other in others if other.state in _AT_WORK and other.id not in claims.ids]
    known = {other.id for other in (*claimed, *begun)}
    rest = [other for other in others if other.id not in known and (other.ready or other.executions.regular)]
    return [*claimed, *begun], rest


class _Reading:
    """Reads the PLAN once, and SUBPLANs and EXECUTION_TASKs of others as they are asked for."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._plan = progress.plan
        self._settings = settings.read(progress.plan.directory)
        self.warnings: list[Diagnostic] = []
        self._said = self._read_plan()
        planned = self._said.achievements if self._said else ()
        self._planned: Mapping[str, PlannedAchievement] = {each.id: each for each in planned}

    def _read_plan(self) -> PlanText | None:
        try:
            content = workspace.read_text_file(self._plan.directory / self._plan.document)
        except InvalidInput as error:
            named = (replace(each, path=self._plan.document, severity="warning") for each in error.diagnostics)
            self.warnings += named
            return None
        return plan_text.parse(decode(content), self._plan.document, self._settings.plan_vocabulary)

    def of_plan(self) -> Iterator[Excerpt]:
        """Yield the PLAN's goal, its constraints, and what everybody must know."""
        said = self._said
        parts = (
            (("Goal of the PLAN", said.goal), ("Constraints", said.constraints), ("Context of the PLAN", said.context))
            if said
            else ()
        )
        for heading, passage in parts:
            if passage:
                yield excerpt(heading, self._plan.document, passage.text, passage.line)

    def of_dependency(self, other: Standing) -> Iterator[Excerpt]:
        """Yield what a dependency delivers, and what was learned in it."""
        heading = f"{_named(other)}, {in_words(other.state)}, on which this depends"
        path, deliverables = self._deliverables(other)
        yield Excerpt(heading, path, tuple(_items(deliverables)))
        newest = latest(self._plan, other.achievement, other.executions.regular)
        if newest:
            task = f"{EXECUTION_FOLDER}/{newest}"
            text = attempts.text_of(attempts.read(self._plan, task))
            yield Excerpt(heading, task, tuple(_learned(text)))

    def of_sibling(self, other: Standing, claims: Claims) -> Iterator[Excerpt]:
        """Yield the files that somebody else may be writing at the same time."""
        path, deliverables = self._deliverables(other)
        files = tuple(dict.fromkeys(delivered(other.achievement, deliverables)))
        if files:
            claim = claims.held.get(other.id)
            who = f" ({claim.holder})" if claim else ""
            line = deliverables[0].line if deliverables else 1
            said = f"{_named(other)}{who}: {listed(files)}"
            yield Excerpt("Files that others may be at work on: leave them alone", path, ((line, said),))

    def _deliverables(self, other: Standing) -> tuple[str, Sequence[Passage]]:
        """Return what an achievement delivers, and the file that says so: its SUBPLAN, else the PLAN."""
        path = next(iter(other.paths(SUBPLAN)), None)
        if path:
            text = attempts.text_of(attempts.read(self._plan, path))
            found = subplan.parse(text, path, self._settings.vocabulary).deliverables
            if found:
                return path, found
        planned = self._planned.get(other.id)
        return self._plan.document, planned.deliverables if planned else ()


def _named(other: Standing) -> str:
    return f"{other.id} {one_line(other.achievement.title, TITLE)}"


def _items(passages: Sequence[Passage]) -> Iterator[tuple[int, str]]:
    for passage in sorted(passages, key=lambda each: each.line):
        for number, line in enumerate(passage.text.split("\n"), passage.line):
            yield number, f"- {line}" if number == passage.line else f"  {line}"


def _learned(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a document below headings about what was learned, but for what nobody has filled in."""
    document = markdown.parse(text)
    until = 0
    for section in markdown.sections(document, header.foot_line(document) - 1):
        if section.line > until and section.level > 1 and _LEARNED.search(section.title.casefold()):
            until = max(section.last, section.line)
            lines = takewhile(
                lambda numbered: not _RULE.fullmatch(numbered[1]),  # below it stands what the document is made from
                enumerate(document.lines[section.line - 1 : until], section.line),
            )
            said = [(number, line) for number, line in lines if line.strip() and not _is_empty(line)]
            if any(not line.lstrip().startswith("#") for _, line in said):
                yield from said


def _is_empty(line: str) -> bool:
    return bool(_EMPTY_FIELD.fullmatch(line))
