"""Which achievements of a plan a run is about, and what is missing among them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Literal, Self

from scaffold.errors import Conflict, Diagnostic, UsageProblem
from scaffold.lazy.values import frozen, replace
from scaffold.model import EntryKind
from scaffold.names import DocumentKind, nearest
from scaffold.plan.progress import Progress, Standing


@frozen
class Selection:
    """Which achievements a run is about.

    Those of one `level`, of the `next` level that misses something, `all`, those that are `ready`, or the ones that
    `ids` names. `came_to` is the level that was the next one when somebody looked, None before.
    """

    by: Literal["level", "next", "all", "ready", "achievements"]
    level: int = 0
    ids: tuple[str, ...] = ()
    came_to: int | None = None

    def resolved(self, selected: Sequence[Standing]) -> Self:
        """Return the same selection, with the level that the next one is where it selected these achievements."""
        return replace(self, came_to=selected[0].level) if self.by == "next" and selected else self

    @property
    def options(self) -> str:
        """The options that say the same on the command line: `--level 1`, `--achievement 1.2 --achievement 1.3`."""
        if self.by == "achievements":
            return " ".join(f"--achievement {id_}" for id_ in self.ids)
        if self.came_to is not None:
            return f"--level {self.came_to}"
        words = {"all": "--level all", "next": "--level next", "ready": "--ready"}
        return words.get(self.by, f"--level {self.level}")


Numbering = Literal["first", "planned", "again"]
"""Which executions of an achievement are meant: the `first`, all that its SUBPLAN has `planned`, one more `again`."""


def level_named(text: str, others: Sequence[Literal["next", "all"]]) -> Selection:
    """Return the selection that `--level` names: a number, or a word of `others`. Raises UsageProblem for any other."""
    for word in others:
        if text == word:
            return Selection(word)
    if text.isascii() and text.isdigit() and len(text) < 10:
        return Selection("level", int(text))
    choices = [f"--level {choice}" for choice in ("0", "1", "…", *others)]
    message = f"--level {text}: expected a number, {' or '.join(others)}"
    raise UsageProblem.of("usage", message, hint=f"use {', '.join(choices[:-1])} or {choices[-1]}")


def select(progress: Progress, selection: Selection, kind: DocumentKind) -> tuple[Standing, ...]:
    """Return the selected achievements, by level and then by id; the next level is the lowest that misses a document.

    Raises UsageProblem when a named achievement or the level does not exist.
    """
    if selection.by == "all":
        return tuple(progress)
    if selection.by == "achievements":
        if problems := unknown(selection.ids, progress.standings):
            raise UsageProblem(problems)
        return tuple(standing for standing in progress if standing.id in selection.ids)
    if selection.by == "ready":
        return tuple(standing for standing in progress if standing.ready)
    if selection.by == "next":
        following = lowest_level_missing(progress, kind, ())
        return tuple(standing for standing in progress if standing.level == following)
    highest = max(progress.neighbours, default=-1)
    if selection.level > max(highest, 0):
        name = progress.plan.name
        levels = f"the levels of {name} are 0 to {highest}" if highest else f"the only level of {name} is 0"
        choice = levels if progress.neighbours else f"{name} has no achievements"
        message = f"there is no level {selection.level}: {choice}"
        raise UsageProblem.of("unknown_level", message, hint="use one of these, or --level all")
    return tuple(standing for standing in progress if standing.level == selection.level)


def split_missing(
    selected: Iterable[Standing], kind: DocumentKind, numbering: Numbering
) -> tuple[tuple[Standing, ...], tuple[Standing, ...]]:
    """Split the selected achievements as `part_missing` does.

    Raises Conflict when something that is not a regular file has the name of a document that is missing.
    """
    missing, existing = part_missing(selected, kind, numbering)
    if in_the_way := irregular(missing, kind):
        raise Conflict(in_the_way)
    return missing, existing


def part_missing(
    selected: Iterable[Standing], kind: DocumentKind, numbering: Numbering
) -> tuple[tuple[Standing, ...], tuple[Standing, ...]]:
    """Split the selected achievements into those that may miss a document of a kind and those that need none.

    Of what is not done, `first` asks for those without any, `again` for those whose FIX nobody has answered yet; for
    `planned` the existing ones are counted by number later.
    """
    missing: list[Standing] = []
    existing: list[Standing] = []
    for standing in selected:
        has_one = standing.documents(kind).regular and numbering == "first"
        needs_none = numbering == "again" and standing.state != "needs_fix"
        (existing if standing.is_done or has_one or needs_none else missing).append(standing)
    return tuple(missing), tuple(existing)


def irregular(standings: Iterable[Standing], kind: DocumentKind) -> tuple[Diagnostic, ...]:
    """Report what has the name of a document of these achievements and is not a regular file."""
    return tuple(
        not_a_file(f"{kind.folder}/{name}", what, kind.label, standing.id)
        for standing in standings
        for name, what in standing.documents(kind).irregular
    )


def lowest_level_missing(progress: Progress, kind: DocumentKind, passed_over: Iterable[str]) -> int | None:
    """Return the lowest level that misses a document of a kind, those `passed_over` aside; None if there is none."""
    aside = set(passed_over)
    return next(
        (
            standing.level
            for standing in progress
            if standing.id not in aside and not standing.is_done and not standing.documents(kind).regular
        ),
        None,
    )


def unknown(wanted: Iterable[str], known: Collection[str]) -> list[Diagnostic]:
    """Report the ids that a plan does not have, each with the nearest that it has."""
    problems = []
    for achievement_id in wanted:
        if achievement_id not in known:
            near = nearest(achievement_id, known)
            hint = f"did you mean {near}?" if near else "parallel.json lists the ids"
            problems.append(Diagnostic("unknown_achievement", f"there is no achievement {achievement_id}", hint=hint))
    return problems


def not_a_file(path: str, what: EntryKind, label: str, achievement: str | None = None) -> Diagnostic:
    """Report what lies where a document or a verdict, by its `label`, belongs."""
    words = {"link": "a symbolic link", "directory": "a directory"}
    message = f"is {words.get(what, 'a special file')} where the {label} belongs"
    hint = "move it away, or replace it with a regular file"
    return Diagnostic("not_a_file", message, path, hint=hint, achievement=achievement)
