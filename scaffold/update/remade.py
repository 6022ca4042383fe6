"""The EXECUTION_TASKs of open achievements, made again: which would be others now, why, and what an edit becomes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from scaffold import __version__, batch, from_subplan
from scaffold.document import execution_task
from scaffold.document.merge import Merged, merge
from scaffold.model import Change, Json, TemplateUsed, sha256
from scaffold.names import EXECUTION_TASK
from scaffold.plan import attempts, settings
from scaffold.plan.prerequisites import Policy
from scaffold.plan.progress import Progress, Standing
from scaffold.preview import LeftOut, PlannedDocument, ShownDocument
from scaffold.templates import teams
from scaffold.templates.teams import Choice
from scaffold.transaction import origins
from scaffold.update import known, recorded, sameness
from scaffold.update.known import Known

OnConflict = Literal["keep", "markers"]

_POLICY = Policy(skip_missing=True, allow_unfilled=True)
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


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of making documents again: those that are `outdated`, and what SUBPLANs kept from being made."""

    outdated: tuple[Remade, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


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
        (each, _planned(progress, each, said[each.standing.id], refresh=refresh))
        for each in documents
        if each.standing.id in said
    ]
    return Examined(tuple(_outdated(progress, planned)), left_out)


def made_now(progress: Progress, standings: Iterable[Standing], created: str) -> tuple[ShownDocument, ...]:
    """Return the documents of the newest attempts as they would be made now, also where that is no other than they are.

    What was told when they were made stays as in an update; what no batch wrote is made as of now, with the date
    `created`. Raises InvalidInput as `examine` does, PrerequisitesMissing where a SUBPLAN is missing or wrong.
    """
    plan = progress.plan
    chosen = tuple(standing for standing in standings if standing.attempt)
    found = {each.target: each for each in known.documents(progress, chosen).known}
    bound, _ = from_subplan.bind(
        plan,
        [standing.achievement for standing in chosen],
        replace(_POLICY, skip_missing=False),
        settings.read(plan.directory).vocabulary,
    )
    sets = teams.of(EXECUTION_TASK, plan.directory)
    planned: list[PlannedDocument] = []
    choices: list[Choice] = []
    current: dict[str, bytes | None] = {}
    for standing, match in zip(chosen, bound, strict=True):
        for document in standing.attempt.documents if standing.attempt else ():
            current[document.path] = attempts.read(plan, document.path)
            if document.path in found:
                planned.append(_planned(progress, found[document.path], match, refresh=False))
                choices += known.choices(sets, [found[document.path]])
            else:
                (facts,) = from_subplan.facts_of(progress, match, [f"{document.number:02d}"], created)
                variables = execution_task.execution_task(facts, match.subplan)
                said = (facts, match.subplan)
                planned.append(PlannedDocument(standing.achievement, document.path, match.source, variables, said=said))
                choices += sets.choices(None, [(standing.achievement, standing.level)])
    return tuple(
        ShownDocument(document.achievement.id, document.target, current[document.target], document.content)
        for document in batch.rendered(plan, EXECUTION_TASK, sets, tuple(zip(planned, choices, strict=True)))
    )


def _planned(progress: Progress, each: Known, bound: from_subplan.Bound, *, refresh: bool) -> PlannedDocument:
    facts = recorded.facts(progress, bound, each.task, refresh=refresh)
    variables = execution_task.execution_task(facts, bound.subplan)
    said = (facts, bound.subplan)
    return PlannedDocument(bound.achievement, each.target, bound.source, variables, said=said, wording=bound.wording)


def _outdated(progress: Progress, planned: Sequence[tuple[Known, PlannedDocument]]) -> Iterator[Remade]:
    """Yield what is out of date of the documents, made again with their variables of now."""
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
    of_parallel = _of_parallel(document)
    only_states = "dependencies" in fields and _without_states(each.task) == _without_states(document.variables)
    if fields & (of_parallel - {"dependencies"} if only_states else of_parallel):
        reasons.append("parallel.json")
    if fields & _OF_STATES or only_states:
        reasons.append("the states")
    if fields - of_parallel - _OF_STATES:
        if file.source_sha256 != document.source.sha256:
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


def _of_parallel(document: PlannedDocument) -> frozenset[str]:
    """Return the variables that come from `parallel.json`: the estimated time where the SUBPLAN states none."""
    has_own_time = document.said is not None and document.said[1].estimated_time is not None
    return _OF_PARALLEL if has_own_time else _OF_PARALLEL | {"estimated_time"}
