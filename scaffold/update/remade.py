"""The EXECUTION_TASKs of open achievements, made again: which would be others now, why, and what an edit becomes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from scaffold import __version__, batch, from_subplan
from scaffold.document import execution_task
from scaffold.document.merge import Merged, merge
from scaffold.errors import Diagnostic
from scaffold.lazy.values import frozen, replace
from scaffold.model import Change, Json, TemplateUsed, sha256
from scaffold.names import EXECUTION_TASK
from scaffold.plan import attempts, settings
from scaffold.plan.prerequisites import Policy
from scaffold.plan.progress import Progress, Standing
from scaffold.preview import LeftOut, PlannedDocument
from scaffold.templates import teams
from scaffold.transaction import origins
from scaffold.update import known, recorded, sameness
from scaffold.update.known import Known

OnConflict = Literal["keep", "markers"]

_POLICY = Policy(skip_missing=True)
"""What can be made again is; a SUBPLAN that is missing or wrong keeps only its own documents from it."""

_OF_PARALLEL = frozenset({"title", "dependencies", "dependencies_more", "dependencies_open", "extra"})
_OF_STATES = frozenset({"ready", "siblings", "siblings_more"})


@dataclass(frozen=True)
class Remade:
    """A document that would be made otherwise now: as it is, as it was generated last, and as it would be generated.

    `why` names what has changed: `SUBPLAN`, `parallel.json`, `template data`.
    """

    standing: Standing
    document: PlannedDocument
    current: bytes
    generated: bytes
    why: tuple[str, ...]

    @property
    def target(self) -> str:
        """Its path, POSIX and relative to the plan."""
        return self.document.target

    @cached_property
    def kept(self) -> Merged:
        """The merge that keeps what a person wrote where that stands against what is generated now."""
        return self._merged("keep")

    @property
    def is_edited(self) -> bool:
        """Whether somebody has changed more than blanks and line ends since it was generated."""
        kept, made = self.kept.text.encode(errors=_ANY), self.document.content
        return made not in (kept, kept.replace(b"\r\n", b"\n"))

    def result(self, on_conflict: OnConflict) -> bytes:
        """Return what the document becomes."""
        text = self.kept.text if on_conflict == "keep" else self._merged("markers").text
        return (_BOM if self.current.startswith(_BOM) else b"") + text.encode(errors=_ANY)

    def change(self, on_conflict: OnConflict) -> Change:
        """Return the change that brings it there."""
        new, generated = self.result(on_conflict), self.document.content
        return replace(
            self.document.change,
            old=sha256(self.current),
            new=new,
            generated=None if new == generated else generated,
        )

    def _merged(self, on_conflict: OnConflict) -> Merged:
        texts = (self.generated, self.current.removeprefix(_BOM), self.document.content)
        generated, edited, new = (text.decode(errors=_ANY) for text in texts)
        return merge(generated, edited, new, on_conflict=on_conflict)


_ANY = "surrogateescape"
"""Bytes that are no UTF-8 go through a merge as they are."""

_BOM = b"\xef\xbb\xbf"


@frozen
class Examined:
    """What came of making documents again: those that are `outdated`, and what SUBPLANs kept from being made.

    `unreadable` warns of documents that cannot be compared.
    """

    outdated: tuple[Remade, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    unreadable: tuple[Diagnostic, ...] = ()

    def compared(self, documents: Iterable[Known]) -> int:
        """Return how many of these documents are known to be out of date or not."""
        left_out = {each.achievement.id for each in self.left_out}
        return sum(each.standing.id not in left_out for each in documents) - len(self.unreadable)


def examine(progress: Progress, documents: Sequence[Known], *, refresh: bool = False) -> Examined:
    """Return which documents would be made otherwise now.

    Each is made again with the date, siblings and states that it was made with, or with `refresh` with those of now.
    Raises InvalidInput for settings and templates that are wrong, and for contents of batches that cannot be read.
    """
    plan = progress.plan
    achievements = {each.standing.id: each.standing.achievement for each in documents}
    bound, left_out = from_subplan.bind(plan, achievements.values(), _POLICY, settings.read(plan.directory).vocabulary)
    said = {match.achievement.id: match for match in bound}
    planned = [
        (each, planned_again(progress, each, said[each.standing.id], refresh=refresh))
        for each in documents
        if each.standing.id in said
    ]
    found = tuple(_outdated(progress, planned))
    outdated = tuple(each for each in found if isinstance(each, Remade))
    return Examined(outdated, left_out, tuple(each for each in found if isinstance(each, Diagnostic)))


def planned_again(progress: Progress, each: Known, bound: from_subplan.Bound, *, refresh: bool) -> PlannedDocument:
    """Return a document that is to be made again, with what it was told when it was made."""
    facts = recorded.facts(progress, bound, each.task, refresh=refresh)
    variables = execution_task.execution_task(facts, bound.subplan)
    said = (facts, bound.read_again)
    return PlannedDocument(bound.achievement, each.target, bound.source, variables, said=said, wording=bound.wording)


def _outdated(progress: Progress, planned: Sequence[tuple[Known, PlannedDocument]]) -> Iterator[Remade | Diagnostic]:
    """Yield what is out of date of the documents, made again with their variables of now.

    In place of a document that would be others now and cannot be read, a warning.
    """
    plan = progress.plan
    sets = teams.of(EXECUTION_TASK, plan.directory)
    chosen = tuple(known.choices(sets, (each for each, _ in planned)))
    pairs = tuple(zip((document for _, document in planned), chosen, strict=True))
    made = batch.rendered(plan, EXECUTION_TASK, sets, pairs)
    generated = origins.generated(plan.directory, (each.origin for each, _ in planned))
    others = [
        (each, document, choice)
        for (each, _), document, choice in zip(planned, made, chosen, strict=True)
        if document.content != generated[each.target]
    ]
    moved = [
        (replace(document, variables=sameness.settled(each.task, document.variables), said=None), choice)
        for each, document, choice in others
    ]
    again = batch.rendered(plan, EXECUTION_TASK, sets, tuple(moved))
    for (each, document, _), with_known in zip(others, again, strict=True):
        if with_known.content == generated[each.target]:  # only lines of the SUBPLAN have moved
            continue
        current = attempts.read(plan, each.target)
        if current is None:
            message, hint = "cannot be read, or has more than 2,000,000 bytes", "make it a readable, shorter file"
            yield Diagnostic(
                "unreadable", message, each.target, hint=hint, severity="warning", achievement=each.standing.id
            )
            continue
        remade = Remade(each.standing, document, current, generated[each.target], _why(each, document))
        if remade.kept.conflicts or remade.result("keep") != current:
            yield remade


def _why(each: Known, document: PlannedDocument) -> tuple[str, ...]:
    file, now = each.origin.file, document.template or TemplateUsed("", "")
    fields = sameness.changed(each.task, document.variables)
    reasons = []
    if file.template != now.name:
        reasons.append(f"the template set ({now.name}; it was {file.template})")
    elif file.template_digest != now.digest:
        reasons.append(f"template {now.name}")
    is_as_it_was = file.source_sha256 == document.source.sha256
    of_parallel = _of_parallel(document, is_as_it_was)
    only_states = "dependencies" in fields and _without_states(each.task) == _without_states(document.variables)
    if fields & (of_parallel - {"dependencies"} if only_states else of_parallel):
        reasons.append("parallel.json")
    if fields & _OF_STATES or only_states:
        reasons.append("the states")
    if fields - of_parallel - _OF_STATES:
        if not is_as_it_was:
            reasons.append("the SUBPLAN")
        elif each.origin.scaffold == __version__:
            reasons.append(settings.FILE_NAME)
    if each.origin.scaffold not in (None, __version__):
        reasons.append(f"scaffold ({__version__}; it was {each.origin.scaffold})")
    return tuple(reasons) or ("scaffold",)


def _without_states(task: Mapping[str, Json]) -> list[tuple[Json, Json]]:
    entries = task.get("dependencies")
    found = entries if isinstance(entries, list) else []
    return [(entry.get("id"), entry.get("title")) for entry in found if isinstance(entry, dict)]


def _of_parallel(document: PlannedDocument, is_as_it_was: bool) -> frozenset[str]:
    """Return the variables that come from `parallel.json`.

    The estimated time does where the SUBPLAN states none; where the SUBPLAN has changed, it may have stated it before.
    """
    has_own_time = document.said is not None and document.said[1]().estimated_time is not None
    return _OF_PARALLEL | {"estimated_time"} if is_as_it_was and not has_own_time else _OF_PARALLEL
