"""Files in a plan's folders that are named nearly as its documents are, or belong to no achievement: nobody reads them.

`SUBPLAN_TEA_1.1.md`, `SUBPLAN_TEA_12.MD`, `EXECUTION_TASK_TEA_11_01 (1).md`, `APPROVED-14.md`, a verdict beside the
`feedbacks` folder: each is told with the name it should have.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from scaffold.errors import Diagnostic
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.model import EntryKind, Plan
from scaffold.names import EXECUTION_FOLDER, FEEDBACK_FOLDER, SUBPLAN_FOLDER, composed, nearest

_KINDS = (
    (regex(r"sub[-_ ]?plans?[-_ .]+", re.IGNORECASE), "SUBPLAN", SUBPLAN_FOLDER),
    (regex(r"exec(?:ution)?[-_ ]?tasks?[-_ .]+", re.IGNORECASE), "EXECUTION_TASK", EXECUTION_FOLDER),
    (regex(r"approved?[-_ .]+", re.IGNORECASE), "APPROVED", FEEDBACK_FOLDER),
    (regex(r"fix(?:es)?[-_ .]+", re.IGNORECASE), "FIX", FEEDBACK_FOLDER),
    (regex(r"skip(?:ped)?[-_ .]+", re.IGNORECASE), "SKIPPED", FEEDBACK_FOLDER),
)
_VERDICTS = ("APPROVED", "FIX", "SKIPPED")
_TEXT = regex(r"\.(?:md|markdown|mdown|mkdn?|mdx|mdc|txt|text|rst|docx?|odt|rtf)$", re.IGNORECASE)
"""Extensions that a document gets by mistake; backups and what is made from a document have others."""

_COPY = regex(r"(?:\s*\(\d{1,3}\)|[-_ ]+copy(?:[-_ ]?\d{1,3})?)\s*$", re.IGNORECASE)
_DIGITS = regex(r"\d+(?:[._ -]\d+)*")
_ALIKE_FOLDERS = frozenset({"subplan", "subplans", "execution", "executions", "feedback", "feedbacks"})
_MOST = 10_000
"""How many names of a folder that is not the plan's own are looked at."""

_GUESSES = 10
_LONGEST_SLUG = 12


@frozen
class _Meant:
    """The document that a file name seems to be meant for: its kind, its achievement's slug, where it belongs."""

    label: str
    slug: str
    path: str


def strays(plan: Plan) -> Iterator[Diagnostic]:
    """Yield a warning for every file with nearly the name of a document, and for documents of no achievement."""
    ids = {achievement.slug: achievement.id for achievement in plan.achievements}
    own = {SUBPLAN_FOLDER: plan.subplans, EXECUTION_FOLDER: plan.executions, FEEDBACK_FOLDER: plan.feedbacks}
    guesses = iter(range(_GUESSES))
    for folder, names in [*_other_folders(plan), *own.items()]:
        is_own = folder in own
        for name in sorted(names):
            path = f"{folder}/{name}" if folder else name
            right = _document(plan, folder, name) if is_own else None
            if right and right.slug in ids and right.path == composed(path):
                continue
            meant = _meant(plan, folder, name, ids)
            if meant and meant.path != composed(path) and names[name] == "file":
                yield _near_miss(plan, path, meant, ids[meant.slug])
            elif right:
                near = _nearest(right.slug, ids) if next(guesses, None) is not None else None
                yield _orphan(plan, path, near)


def _near_miss(plan: Plan, path: str, meant: _Meant, achievement_id: str) -> Diagnostic:
    what = meant.label if meant.label not in _VERDICTS else f"{meant.label} verdict"
    message = f"is not read, though it looks like the {what} of achievement {achievement_id}"
    if path.startswith(f"{EXECUTION_FOLDER}/") and meant.label == "EXECUTION_TASK" and _COPY.search(path[:-3]):
        message = f"looks like a copy of an {what}, and counts as one of achievement {achievement_id}"
    folder, _, name = meant.path.rpartition("/")
    entries = {SUBPLAN_FOLDER: plan.subplans, EXECUTION_FOLDER: plan.executions, FEEDBACK_FOLDER: plan.feedbacks}
    is_there = name in entries[folder] and f"{folder}/{name}".casefold() != path.casefold()
    hint = f"{meant.path} exists too: keep one of them" if is_there else f"rename it to {meant.path}"
    return Diagnostic("name_nearly_fits", message, path, hint=hint, severity="warning", achievement=achievement_id)


def _orphan(plan: Plan, path: str, near: str | None) -> Diagnostic:
    message = f"belongs to no achievement of {plan.name}"
    guess = f" (did you mean {near}?)" if near else ""
    hint = f"rename it{guess}, move it away, or add its achievement to parallel.json"
    return Diagnostic("orphan", message, path, hint=hint, severity="warning")


def _nearest(slug: str, ids: Mapping[str, str]) -> str | None:
    if len(slug) > _LONGEST_SLUG:
        return None
    return ids[near] if (near := nearest(slug, ids)) else None


# --- names -----------------------------------------------------------------------------------------------------------


_ANY_PLAN = "(?P<name>.+)"


def _pattern(folder: str, name: str) -> str:
    """Return what the names of documents in a folder of the plan look like; `name` is the pattern of the plan's."""
    return {
        SUBPLAN_FOLDER: rf"SUBPLAN_{name}_(?P<slug>[0-9]+)\.md",
        EXECUTION_FOLDER: rf"EXECUTION_TASK_{name}_(?P<slug>[0-9]+)_[0-9]+.*\.md",
        FEEDBACK_FOLDER: r"(?:APPROVED|FIX|SKIPPED)_(?P<slug>[0-9]+)\.md",
    }[folder]


def _document(plan: Plan, folder: str, name: str) -> _Meant | None:
    """Read a name as a document's own in its folder; one of another plan has an empty slug, a copy an empty path."""
    text = composed(name)
    if found := re.fullmatch(_pattern(folder, re.escape(composed(plan.name))), text, re.DOTALL):
        is_copy = folder == EXECUTION_FOLDER and _COPY.search(text[:-3])
        return _Meant("", found["slug"], "" if is_copy else f"{folder}/{text}")
    return _Meant("", "", "") if re.fullmatch(_pattern(folder, _ANY_PLAN), text, re.DOTALL) else None


def _meant(plan: Plan, folder: str, name: str, ids: Mapping[str, str]) -> _Meant | None:
    """Return the document of a known achievement that a name seems to be meant for."""
    text = composed(name)
    for pattern, label, home in _KINDS:
        found = pattern.match(text)
        if not found or (label in _VERDICTS and not (folder == home or text.startswith(f"{label}_"))):
            continue
        rest = _stem(text[found.end() :])
        plans_name = re.match(_name_pattern(plan.name), rest, re.IGNORECASE)
        if plans_name:
            rest = rest[plans_name.end() :]
        elif label not in _VERDICTS:
            continue
        return _numbered(plan, label, home, rest, ids)
    return None


def _stem(rest: str) -> str:
    """Drop extensions and the marks of a copy."""
    while (shorter := _COPY.sub("", _TEXT.sub("", rest)).rstrip()) != rest:
        rest = shorter
    return rest


def _name_pattern(name: str) -> str:
    return "[-_ ]".join(re.escape(part) for part in re.split("[-_ ]", composed(name))) + "[-_ .]+"


def _numbered(plan: Plan, label: str, home: str, rest: str, ids: Mapping[str, str]) -> _Meant | None:
    """Read what stands behind the plan's name: the achievement, and of an EXECUTION_TASK its number and more."""
    found = _DIGITS.match(rest)
    if not found:
        return None
    numbers, tail = re.split("[._ -]", found[0]), rest[found.end() :]
    if "." in tail:  # a backup, or what was made from a document
        return None
    if label != "EXECUTION_TASK":
        slug, name = "".join(numbers), plan.name if label == "SUBPLAN" else None
        if slug not in ids and label in _VERDICTS:
            slug = "".join(numbers[:-1])  # the last one is that of the attempt
        named = "_".join([label, *([name] if name else []), slug])
        return _Meant(label, slug, f"{home}/{named}.md") if slug in ids and not tail else None
    for taken in (len(numbers) - 1, len(numbers)):
        slug = "".join(numbers[:taken])
        if taken and slug in ids:
            number = numbers[taken].zfill(2) if taken < len(numbers) else "01"
            return _Meant(label, slug, f"{home}/{label}_{composed(plan.name)}_{slug}_{number}{tail}.md")
    return None


# --- folders ---------------------------------------------------------------------------------------------------------


def _other_folders(plan: Plan) -> Iterator[tuple[str, Mapping[str, EntryKind]]]:
    """Yield the plan's own directory, as "", and folders named nearly as those of a plan, with what they hold."""
    own = {SUBPLAN_FOLDER, EXECUTION_FOLDER, FEEDBACK_FOLDER}
    yield "", plan.top
    inside = [*plan.top.items(), *((f"{EXECUTION_FOLDER}/{name}", kind) for name, kind in plan.executions.items())]
    for folder, kind in inside:
        is_alike = kind == "directory" and folder.rpartition("/")[2].casefold() in _ALIKE_FOLDERS
        if is_alike and folder not in own and not _is_same(plan, folder, own):
            yield folder, dict.fromkeys(_files(plan, folder), "file")


def _is_same(plan: Plan, folder: str, others: Iterable[str]) -> bool:
    """Whether a folder is one of the others in another spelling, as where case does not count."""
    for other in others:
        try:
            if (plan.directory / folder).samefile(plan.directory / other):
                return True
        except OSError:
            continue
    return False


def _files(plan: Plan, folder: str) -> list[str]:
    """Return the names of the regular files in a folder; none of what cannot be listed."""
    try:
        with os.scandir(plan.directory / folder) as entries:
            return [entry.name for entry in islice(entries, _MOST) if entry.is_file(follow_symlinks=False)]
    except OSError:
        return []
