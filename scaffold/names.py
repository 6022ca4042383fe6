"""Names: ids that are safe in file names, how documents are named, and the command lines that a person would type.

The names of documents are where EXECUTION_TASKs and SUBPLANs differ. What is safe is so on every platform.
"""

import re
import shlex
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.model import Achievement, EntryKind, Plan

ACHIEVEMENT_ID = regex(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))+")
MAX_ID_LENGTH = 50
MAX_NAME_BYTES = 100
_LONGEST_SHOWN = 100
_NAMED = 10
"""How many ids a message names."""


_WINDOWS_RESERVED = regex(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}

UNTITLED = "Untitled"
"""The title of an achievement that `parallel.json` gives none."""

SUBPLAN_FOLDER = "subplans"
EXECUTION_FOLDER = "execution"
FEEDBACK_FOLDER = "execution/feedbacks"
VERDICTS = ("APPROVED", "FIX", "SKIPPED")
"""What the names of verdict files begin with: `APPROVED_23.md`."""

Words = tuple[str, ...]
"""What comes after `scaffold` on a command line."""


def is_achievement_id(text: str) -> bool:
    """Whether `text` is an id like `2.3` or `1.4.1`: numbers without leading zeros, two or more, joined by dots."""
    return len(text) <= MAX_ID_LENGTH and ACHIEVEMENT_ID.fullmatch(text) is not None


def unsafe_name(name: str) -> str | None:
    """Return why `name` cannot be part of a file name on every platform; None when it can."""
    if not name or name != name.strip():
        return "it is empty, or begins or ends with a space"
    if not name.isprintable():  # the rule of what a batch may write, too
        return "it has control, invisible or bidirectional characters, or unusual spaces"
    if set(name) & set('/\\<>:"|?*'):
        return 'it has one of / \\ < > : " | ? *'
    if ".." in name or name[0] in ".-" or name[-1] == ".":
        return "it has '..', begins with '.' or '-', or ends with '.'"
    if _WINDOWS_RESERVED.fullmatch(name):
        return "it is reserved on Windows"
    if len(name.encode()) > MAX_NAME_BYTES:
        return f"it is longer than {MAX_NAME_BYTES} bytes"
    return None


def shown(text: str) -> str:
    """Return a text as messages quote it, in quotes and escaped; of a long one its beginning."""
    return repr(text) if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]!r}…"


def listed(names: Iterable[str], joint: str = ", ") -> str:
    """Join ids or names; of many the first, and how many more there are."""
    all_names = tuple(names)
    more = len(all_names) - _NAMED
    return joint.join(all_names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """Return the most similar of the known names, None where none is similar."""
    import difflib

    return next(iter(difflib.get_close_matches(wanted, list(known), n=1, cutoff=0.5)), None)


def composed(name: str) -> str:
    """Return a name in the one form in which names are compared: NFC.

    Some systems store `É` as two characters where it was typed as one; to people it is the same name.
    """
    return unicodedata.normalize("NFC", name)


def agreed(count: int, singular: str, plural: str = "") -> str:
    """Return the form that goes with a number: `file` or `files`, `is` or `are`; a plural in `s` need not be named."""
    return singular if count == 1 else plural or f"{singular}s"


def counted(count: int, singular: str, plural: str = "") -> str:
    """Return a number of things: `1 file`, `2 files`, `2 batches`, `12,000 files`."""
    return f"{count:,} {agreed(count, singular, plural)}"


def printable(text: str) -> str:
    r"""Escape what could drive or deceive a terminal: control, invisible and bidirectional characters as `\x1b`.

    The zero-width joiner and variation selectors inside emoji stay, line feeds do not: a message is one line.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _is_harmless(character) else _escaped(character) for character in text)


def _is_harmless(character: str) -> bool:
    return character == "\u200d" or unicodedata.category(character) not in _UNPRINTABLE


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


# --- documents ------------------------------------------------------------------------------------------------------


TemplateKind = Literal["execution_task", "subplan"]
"""The name of the built-in template set for a kind of document."""


@frozen
class DocumentKind:
    """A kind of document: `label` is the field's word for it, `command` creates it in `folder` from `template`.

    `max_lines` is how long one may be; executors are agents with little context, designers may take what they need.
    """

    label: str
    command: Literal["executions", "subplans"]
    folder: str
    template: TemplateKind
    max_lines: int


EXECUTION_TASK = DocumentKind("EXECUTION_TASK", "executions", EXECUTION_FOLDER, "execution_task", 200)
SUBPLAN = DocumentKind("SUBPLAN", "subplans", SUBPLAN_FOLDER, "subplan", 2000)


def plan_name_of(document: str) -> str:
    """Return the name of the plan whose PLAN is the file `document`: NAME for `PLAN_NAME.md`, and for NAME itself."""
    return document.removeprefix("PLAN_").removesuffix(".md")


@frozen
class Files:
    """The documents of one achievement: the names of regular files, and of directories or links with such a name."""

    regular: tuple[str, ...] = ()
    irregular: tuple[tuple[str, EntryKind], ...] = ()


def first_name(kind: DocumentKind, plan_name: str, slug: str) -> str:
    """Return the file name of the first document of a kind that an achievement gets, by its slug."""
    return f"{kind.label}_{plan_name}_{slug}{'_01' if kind is EXECUTION_TASK else ''}.md"


def subplan_name(plan: Plan, achievement: Achievement) -> str:
    """Return the file name of an achievement's SUBPLAN: as it is spelled on disk where it exists."""
    name = first_name(SUBPLAN, plan.name, achievement.slug)
    if name.isascii() or name in plan.subplans:
        return name
    same = composed(name)
    spelled = same if same in plan.subplans else plan.spelled.get(same)
    return name if spelled is None else spelled


def execution_name(plan: Plan, achievement: Achievement, number: str) -> str:
    """Return the file name of an achievement's EXECUTION_TASK; `number` has two digits."""
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
    """Return the numbers that file names of an achievement's EXECUTION_TASKs have, as written: `01`, `02`, …"""
    prefix = composed(f"EXECUTION_TASK_{plan.name}_{achievement.slug}_")
    matches = (re.match(r"[0-9]+", composed(name).removeprefix(prefix)) for name in names)
    return tuple(match[0] for match in matches if match)


def latest(plan: Plan, achievement: Achievement, names: Iterable[str]) -> str | None:
    """Return the one with the highest number among the file names of an achievement's EXECUTION_TASKs."""
    return max(names, key=lambda name: max(map(int, numbers_of(plan, achievement, (name,))), default=0), default=None)


def next_number(numbers: Iterable[str]) -> str:
    """Return the number after the highest, at least two digits: `01`, `02`, …"""
    return f"{1 + max(map(int, numbers), default=0):02d}"


# --- command lines --------------------------------------------------------------------------------------------------


def invocation(verb: str, plan: Path, *options: str) -> Words:
    """Return the words of a command about the plan that somebody named `plan`; the current directory needs no name."""
    if plan == Path():
        return (verb, *options)
    return (verb, path_word(str(plan)), *options)


def path_word(path: str) -> str:
    """Return a path as the word that no command line takes for an option or for an achievement."""
    return f"./{path}" if path.startswith("-") or is_achievement_id(path) else path


def invocation_for(verb: str, achievement_id: str, plan: Path, *options: str) -> Words:
    """Return the words of a command about one achievement: `review 2.3 PLAN`."""
    first, *rest = invocation(verb, plan, *options)
    return (first, achievement_id, *rest)


def typed(words: Words) -> str:
    """Return a command line as a person would type it: `scaffold subplans 'my plan' --batch`."""
    return f"scaffold {shlex.join(words)}"


def command(verb: str, plan: Path, *options: str) -> str:
    """Return the command line of `invocation` as `typed`."""
    return typed(invocation(verb, plan, *options))
