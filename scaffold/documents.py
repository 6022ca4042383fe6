"""The kinds of documents that scaffold creates, and how their files are named. Executions and subplans differ here."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scaffold.model import Achievement, EntryKind, Plan
from scaffold.names import composed

SUBPLAN_FOLDER = "subplans"
EXECUTION_FOLDER = "execution"
FEEDBACK_FOLDER = "execution/feedbacks"


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document: `label` is the field's word for it, `command` creates it in `folder` from `template`.

    `max_lines` is how long one may be; executors are agents with little context, designers may take what they need.
    """

    label: str
    command: str
    folder: str
    template: str
    max_lines: int


EXECUTION_TASK = DocumentKind("EXECUTION_TASK", "executions", EXECUTION_FOLDER, "execution_task", 200)
SUBPLAN = DocumentKind("SUBPLAN", "subplans", SUBPLAN_FOLDER, "subplan", 2000)


def plan_name_of(document: str) -> str:
    """Give the name of the plan whose PLAN is the file `document`: NAME for `PLAN_NAME.md`, and for NAME itself."""
    return document.removeprefix("PLAN_").removesuffix(".md")


@dataclass(frozen=True, slots=True)
class Files:
    """The documents of one achievement: the names of regular files, and of what only looks like one."""

    regular: tuple[str, ...] = ()
    irregular: tuple[tuple[str, EntryKind], ...] = ()


def first_name(kind: DocumentKind, plan_name: str, slug: str) -> str:
    """Give the file name of the first document of a kind that an achievement gets, by its slug."""
    return f"{kind.label}_{plan_name}_{slug}{'_01' if kind is EXECUTION_TASK else ''}.md"


def subplan_name(plan: Plan, achievement: Achievement) -> str:
    """Return the file name of an achievement's SUBPLAN: as it is spelled on disk where it is there."""
    name = first_name(SUBPLAN, plan.name, achievement.slug)
    if name.isascii() or name in plan.subplans:
        return name
    same = composed(name)
    there = same if same in plan.subplans else plan.spelled.get(same)
    return name if there is None else there


def execution_name(plan: Plan, achievement: Achievement, number: str) -> str:
    """Give the file name of an achievement's EXECUTION_TASK; `number` has two digits."""
    return f"EXECUTION_TASK_{plan.name}_{achievement.slug}_{number}.md"


def executions_by_slug(plan: Plan) -> Mapping[str, Files]:
    """Sort what lies in `execution/` by the slug in its name: one pass, however many achievements there are."""
    pattern = re.compile(rf"EXECUTION_TASK_{re.escape(composed(plan.name))}_([0-9]+)_.*\.md", re.DOTALL)
    return _sorted(plan.executions, pattern)


def subplans_by_slug(plan: Plan) -> Mapping[str, Files]:
    """Sort what lies in `subplans/` by the slug in its name."""
    return _sorted(plan.subplans, re.compile(rf"SUBPLAN_{re.escape(composed(plan.name))}_([0-9]+)\.md"))


def files_by_slug(plan: Plan, kind: DocumentKind) -> Mapping[str, Files]:
    """Sort the documents of one kind by the slug in their names."""
    return executions_by_slug(plan) if kind is EXECUTION_TASK else subplans_by_slug(plan)


def _sorted(entries: Mapping[str, EntryKind], pattern: re.Pattern[str]) -> Mapping[str, Files]:
    regular: dict[str, list[str]] = {}
    irregular: dict[str, list[tuple[str, EntryKind]]] = {}
    for name, kind in sorted(entries.items()):
        if found := pattern.fullmatch(composed(name)):
            if kind == "file":
                regular.setdefault(found[1], []).append(name)
            else:
                irregular.setdefault(found[1], []).append((name, kind))
    return {
        slug: Files(tuple(regular.get(slug, ())), tuple(irregular.get(slug, ()))) for slug in {*regular, *irregular}
    }


def numbers_of(plan: Plan, achievement: Achievement, names: Iterable[str]) -> tuple[str, ...]:
    """Give the numbers that file names of an achievement's EXECUTION_TASKs have, as written: `01`, `02`, …"""
    prefix = composed(f"EXECUTION_TASK_{plan.name}_{achievement.slug}_")
    found = (re.match(r"[0-9]+", composed(name).removeprefix(prefix)) for name in names)
    return tuple(one[0] for one in found if one)


def latest(plan: Plan, achievement: Achievement, names: Iterable[str]) -> str | None:
    """Give the one with the highest number among the file names of an achievement's EXECUTION_TASKs."""
    return max(names, key=lambda name: max(map(int, numbers_of(plan, achievement, (name,))), default=0), default=None)


def next_number(numbers: Iterable[str]) -> str:
    """Give the number after the highest, at least two digits: `01`, `02`, …"""
    return f"{1 + max(map(int, numbers), default=0):02d}"
