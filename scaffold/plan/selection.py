"""Which achievements of a plan a run is about, and what is missing among them."""

import difflib
from collections.abc import Iterable, Mapping

from scaffold.errors import Conflict, Diagnostic, InvalidInput
from scaffold.model import Achievement, EntryKind, Plan, State, id_order
from scaffold.names import DocumentKind, Files, files_by_slug
from scaffold.plan.levels import levels
from scaffold.plan.progress import DONE, ready, states
from scaffold.preview import Existing, Numbering, Selection


def select(plan: Plan, selection: Selection, kind: DocumentKind) -> tuple[Achievement, ...]:
    """Give the selected achievements, by level and then by id; the next level is the lowest that misses a document.

    Raises InvalidInput when a named achievement or the level does not exist.
    """
    level_of = levels(plan.achievements)
    ordered = sorted(plan.achievements, key=lambda one: (level_of[one.id], id_order(one.id)))
    if selection.by == "all":
        return tuple(ordered)
    if selection.by == "achievements":
        _check_known(selection.ids, level_of)
        return tuple(one for one in ordered if one.id in selection.ids)
    if selection.by == "ready":
        ready_now = ready(plan.achievements, states(plan))
        return tuple(one for one in ordered if ready_now[one.id])
    if selection.by == "next":
        following = lowest_level_missing(plan, kind, ())
        return tuple(one for one in ordered if level_of[one.id] == following)
    highest = max(level_of.values(), default=-1)
    if selection.level > max(highest, 0):
        there = f"the levels of {plan.name} are 0 to {highest}" if level_of else f"{plan.name} has no achievements"
        message = f"there is no level {selection.level}: {there}"
        raise InvalidInput.of("unknown_level", message, hint="take one of these, or --level all")
    return tuple(one for one in ordered if level_of[one.id] == selection.level)


def split_missing(
    plan: Plan, selected: Iterable[Achievement], kind: DocumentKind, numbering: Numbering
) -> tuple[tuple[Achievement, ...], tuple[Existing, ...]]:
    """Part the selected achievements as `part_missing` does.

    Raises Conflict when something that is not a regular file has the name of a document that is missing.
    """
    missing, existing = part_missing(plan, selected, kind, numbering)
    if in_the_way := irregular(plan, missing, kind):
        raise Conflict(in_the_way)
    return missing, existing


def part_missing(
    plan: Plan, selected: Iterable[Achievement], kind: DocumentKind, numbering: Numbering
) -> tuple[tuple[Achievement, ...], tuple[Existing, ...]]:
    """Part the selected achievements into those that may miss a document of a kind and those that need none.

    Of what is not done, `first` asks for those without any; for `planned` and `again` the existing ones are counted
    by number later.
    """
    state_of, by_slug = states(plan), files_by_slug(plan, kind)
    missing: list[Achievement] = []
    existing: list[Existing] = []
    for achievement in selected:
        files = by_slug.get(achievement.slug, Files())
        if state_of[achievement.id] in DONE or (files.regular and numbering == "first"):
            existing.append(existing_of(achievement, state_of[achievement.id], files, kind))
        else:
            missing.append(achievement)
    return tuple(missing), tuple(existing)


def existing_of(achievement: Achievement, state: State, files: Files, kind: DocumentKind) -> Existing:
    """Give what is there of an achievement that needs nothing more."""
    return Existing(achievement, state, tuple(f"{kind.folder}/{name}" for name in files.regular))


def irregular(plan: Plan, achievements: Iterable[Achievement], kind: DocumentKind) -> tuple[Diagnostic, ...]:
    """Report what has the name of a document of these achievements and is not a regular file."""
    by_slug = files_by_slug(plan, kind)
    return tuple(
        _not_a_file(name, what, kind)
        for achievement in achievements
        for name, what in by_slug.get(achievement.slug, Files()).irregular
    )


def lowest_level_missing(plan: Plan, kind: DocumentKind, passed_over: Iterable[str]) -> int | None:
    """Give the lowest level that misses a document of a kind, those `passed_over` aside; None if there is none."""
    aside, level_of = set(passed_over), levels(plan.achievements)
    state_of, by_slug = states(plan), files_by_slug(plan, kind)
    return min(
        (
            level_of[one.id]
            for one in plan.achievements
            if one.id not in aside and state_of[one.id] not in DONE and not by_slug.get(one.slug, Files()).regular
        ),
        default=None,
    )


def _check_known(wanted: Iterable[str], known: Mapping[str, int]) -> None:
    problems = []
    for one in wanted:
        if one not in known:
            near = difflib.get_close_matches(one, list(known), n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else "see the ids in parallel.json"
            problems.append(Diagnostic("unknown_achievement", f"there is no achievement {one}", hint=hint))
    if problems:
        raise InvalidInput(problems)


def _not_a_file(name: str, what: EntryKind, kind: DocumentKind) -> Diagnostic:
    words = {"link": "a symbolic link", "directory": "a directory"}
    message = f"is {words.get(what, 'a special file')} where the {kind.label} belongs"
    hint = "move it away, or put a regular file in its place"
    return Diagnostic("not_a_file", message, f"{kind.folder}/{name}", hint=hint)
