"""Reads a plan directory, once, into values."""

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from scaffold.errors import Diagnostic, InvalidInput, PrerequisitesMissing
from scaffold.lazy.values import replace
from scaffold.model import Achievement, EntryKind, Input, Plan, sha256
from scaffold.names import (
    EXECUTION_FOLDER,
    FEEDBACK_FOLDER,
    SUBPLAN_FOLDER,
    Words,
    composed,
    invocation,
    listed,
    plan_name_of,
    subplan_name,
    typed,
    unsafe_name,
)
from scaffold.plan import files, finder, parallel, settings
from scaffold.reading import merge_markers
from scaffold.reading.markdown import decode

MAX_DOCUMENT_BYTES = 2_000_000
_MOST_NEAR = 200
"""How many entries of a directory without a plan are looked at for one."""
_LEVELS_ABOVE = 3
_NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)


def read_plan(argument: Path, parallel_json: Path | None = None) -> Plan:
    """Read the plan that `argument` names: a plan directory, a `PLAN_*.md` in it, or `@NAME` to search it by name.

    `parallel_json` is read instead of the file of that name beside the PLAN. Raises InvalidInput with what is wrong and
    what helps: nothing there, no or several PLANs, a bad `parallel.json`, a folder that is a symbolic link.
    """
    directory, document = _located(argument)
    file = parallel_json or directory / parallel.FILE_NAME
    content = read_parallel(file)
    if content is None:
        message = f"parallel.json not found at {file.resolve()}"
        hint, adopt = _way_to_one(argument, directory)
        raise InvalidInput.of("parallel_not_found", message, hint=hint, command=adopt)
    try:
        parsed = parallel.parse(content)
    except InvalidInput as error:
        if parallel_json is None:
            raise
        raise InvalidInput(replace(diagnostic, path=str(file)) for diagnostic in error.diagnostics) from error
    path = parallel.FILE_NAME if parallel_json is None else str(file.resolve())
    return _plan(argument, directory, document, parsed, (Input(path, sha256(content)),))


def read_plan_with(argument: Path, achievements: Iterable[Achievement]) -> Plan:
    """Read the plan that `argument` names with these achievements: its `parallel.json` need not exist.

    Where it exists, it still says which PLAN it is. Raises InvalidInput as `read_plan` does.
    """
    directory, document = _located(argument)
    content = read_parallel(directory / parallel.FILE_NAME)
    plan_name = None if content is None else parallel.parse(content).plan_name
    return _plan(argument, directory, document, parallel.Parallel(plan_name, tuple(achievements)), ())


def _plan(
    argument: Path, directory: Path, document: str | None, parsed: parallel.Parallel, inputs: tuple[Input, ...]
) -> Plan:
    top = _entries(directory, ".")
    document = _chosen_document(directory, document, parsed.plan_name, top)
    name = plan_name_of(document)
    if reason := unsafe_name(name):
        hint = "rename it with letters, digits, '-' and '_'"
        raise InvalidInput.of("unsafe_plan_name", f"{document}: cannot be used in file names: {reason}", hint=hint)
    subplans, executions = _entries(directory, SUBPLAN_FOLDER), _entries(directory, EXECUTION_FOLDER)
    return Plan(
        argument=argument,
        directory=directory,
        name=name,
        document=document,
        achievements=parsed.achievements,
        subplans=subplans,
        executions=executions,
        feedbacks=_entries(directory, FEEDBACK_FOLDER),
        inputs=inputs,
        diagnostics=(
            *_another_name(document, parsed.plan_name),
            *_twins(SUBPLAN_FOLDER, subplans),
            *_twins(EXECUTION_FOLDER, executions),
        ),
        spelled={composed(file): file for file in sorted((*subplans, *executions)) if composed(file) != file},
        top=top,
    )


def _twins(folder: str, names: Iterable[str]) -> Iterator[Diagnostic]:
    """Warn of files whose names look the same and are not: one of them comes from another tool or system."""
    seen: set[str] = set()
    for name in sorted(name for name in names if not name.isascii()):
        if composed(name) in seen:
            message = "another file has the same name in another Unicode form (NFC, NFD)"
            yield Diagnostic("names_alike", message, f"{folder}/{name}", hint="keep one of them", severity="warning")
        seen.add(composed(name))


def read_subplan(plan: Plan, achievement: Achievement) -> bytes:
    """Read the SUBPLAN of an achievement.

    Raises PrerequisitesMissing when there is none, or it is not a regular file, not readable, over 2 MB, empty, not
    UTF-8, or holds merge markers.
    """
    name = subplan_name(plan, achievement)
    path = f"{SUBPLAN_FOLDER}/{name}"
    kind = plan.subplans.get(name)
    wrong = partial(PrerequisitesMissing.of, path=path, achievement=achievement.id)
    if kind is None:
        create = invocation("subplans", plan.argument, "--achievement", achievement.id)
        hint = f"create it with `{typed(create)}`, or skip it with --skip-missing"
        message = f"achievement {achievement.id} has no SUBPLAN"
        raise wrong("subplan_missing", message, hint=hint, command=create)
    if kind != "file":
        message = f"the SUBPLAN of achievement {achievement.id} is not a regular file ({kind})"
        raise wrong("subplan_not_a_file", message, hint="replace it with a regular file")
    try:
        content = files.read_no_link(f"{plan.directory}/{path}", MAX_DOCUMENT_BYTES)
    except OSError as error:
        message = f"the SUBPLAN of achievement {achievement.id} cannot be read: {error.strerror}"
        raise wrong("subplan_unreadable", message, hint="make it readable") from error
    if problem := _not_text(content):
        message = f"the SUBPLAN of achievement {achievement.id} {problem}"
        raise wrong("subplan_not_text", message, hint="write it as UTF-8 text")
    if markers := merge_markers.unresolved(decode(content), path):
        raise PrerequisitesMissing(replace(marker, achievement=achievement.id) for marker in markers)
    return content


def read_text_file(file: Path) -> bytes:
    """Read a document that need not belong to a plan; raises InvalidInput as `read_subplan` raises its error."""
    hint = "name a Markdown file in UTF-8"
    try:
        content = files.read(file, MAX_DOCUMENT_BYTES)
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise InvalidInput.of("unreadable", message, path=str(file), hint=hint) from error
    if problem := _not_text(content):
        raise InvalidInput.of("unreadable", problem, path=str(file), hint=hint)
    if markers := merge_markers.unresolved(decode(content), str(file)):
        raise InvalidInput(markers)
    return content


def _not_text(content: bytes) -> str | None:
    if len(content) > MAX_DOCUMENT_BYTES:
        return f"has more than {MAX_DOCUMENT_BYTES:,} bytes"
    if not content.strip():
        return "is empty"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return f"is not UTF-8: line {line}, byte 0x{content[error.start]:02x}"
    return None


def locate(argument: Path) -> Path:
    """Return the plan directory that `argument` names, without reading the plan; raises InvalidInput."""
    return _located(argument)[0]


def whereabouts(argument: Path) -> tuple[str | None, Path | None]:
    """Return the name and the directory of the plan that `argument` names, each None where it cannot be told."""
    directory = None
    with contextlib.suppress(InvalidInput, OSError):
        directory = locate(argument)
        return plan_name_of(find_document(argument)[1]), directory
    return None, directory


def find_document(argument: Path) -> tuple[Path, str]:
    """Return the directory and the PLAN's file name of a plan that may have no `parallel.json` yet.

    Raises InvalidInput as `read_plan` does.
    """
    directory, document = _located(argument)
    return directory, _chosen_document(directory, document, None, _entries(directory, "."))


def _located(argument: Path) -> tuple[Path, str | None]:
    """Return the plan's directory, and the PLAN's name when the argument is one."""
    mode = _mode(argument)
    if mode is None and str(argument).startswith("@"):
        argument = finder.find(str(argument)[1:], settings.plan_roots(Path()))
        mode = _mode(argument)
    if mode is None and (spelled := _spelled(argument)):
        argument, mode = spelled, _mode(spelled)
    if mode is not None and stat.S_ISDIR(mode):
        return argument, None
    if _is_file(argument) and argument.name.startswith("PLAN_") and argument.suffix == ".md":
        return argument.parent, argument.name
    what = "does not exist" if mode is None else "is not a plan directory or a PLAN_*.md"
    hint = "name a plan directory, a PLAN_*.md or @NAME, or run the command inside a plan directory"
    if argument.suffix == ".md":
        hint = "if it is your plan, rename it to PLAN_<NAME>.md; or name a plan directory, a PLAN_*.md or @NAME"
    raise InvalidInput.of("plan_not_found", f"{argument} {what}", hint=hint)


def _spelled(path: Path) -> Path | None:
    """Return the one entry beside a path that does not exist that has its name in another Unicode form."""
    if path.name.isascii() or not path.parent.is_dir():
        return None
    with contextlib.suppress(OSError):
        same = [entry for entry in path.parent.iterdir() if composed(entry.name) == composed(path.name)]
        return same[0] if len(same) == 1 else None
    return None


def _mode(path: Path) -> int | None:
    """Return the mode of what lies at a path; None where nothing does, also for a name that nothing can have."""
    try:
        return path.stat().st_mode
    except ValueError:  # a NUL, or half of a surrogate pair
        return None
    except OSError as error:
        if error.errno in _NOTHING_THERE:
            return None
        message = f"cannot be accessed: {error.strerror}"
        raise InvalidInput.of("unreadable", message, path=str(path), hint="make it readable") from error


def _is_file(path: Path) -> bool:
    mode = _mode(path)
    return mode is not None and stat.S_ISREG(mode)


def _chosen_document(directory: Path, given: str | None, plan_name: str | None, names: Iterable[str]) -> str:
    """Decide which PLAN it is among `names`: by plan_name, else by the directory's name, else the only one."""
    candidates = _documents(directory, names)
    if given and plan_name and composed(given) != composed(f"PLAN_{plan_name}.md"):
        message = f'{given} was named, but the plan_name of parallel.json is "{plan_name}"'
        raise InvalidInput.of("plan_ambiguous", message, path=parallel.FILE_NAME, hint="make the two agree")
    for wanted in (given, f"PLAN_{plan_name}.md", f"PLAN_{directory.resolve().name}.md"):
        if wanted in candidates:
            return wanted
        if wanted and len(same := [name for name in candidates if composed(name) == composed(wanted)]) == 1:
            return same[0]
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        hint = f"name the file of your plan PLAN_{plan_name or '<NAME>'}.md, or name another directory"
        raise InvalidInput.of("plan_not_found", f"no PLAN_*.md in {directory}", hint=hint)
    message = f"{directory} has several PLANs: {', '.join(candidates)}"
    names = f"{plan_name_of(candidates[0])}, …"
    hint = f"pass one of them as the argument, or set plan_name in parallel.json ({names})"
    raise InvalidInput.of("plan_ambiguous", message, hint=hint)


def _another_name(document: str, plan_name: str | None) -> Iterator[Diagnostic]:
    """Warn when it is another PLAN than `parallel.json` names: files are named after the PLAN."""
    if plan_name and composed(document) != composed(f"PLAN_{plan_name}.md"):
        message = f'plan_name is "{plan_name}", but there is no PLAN_{plan_name}.md: {document} is used'
        hint = "correct plan_name, or rename the PLAN"
        yield Diagnostic("plan_name_differs", message, parallel.FILE_NAME, hint=hint, severity="warning")


def _way_to_one(argument: Path, directory: Path) -> tuple[str, Words | None]:
    """Return how to get a `parallel.json`, and the command that makes one from the PLAN.

    Where there is no PLAN either, the directory is wrong or the plan is new.
    """
    if _documents(directory, _entries(directory, ".")):
        adopt = invocation("adopt", argument)
        return f"`{typed(adopt)}` creates one from the PLAN", adopt
    if near := listed(_plans_near(directory)):
        return f"there is no PLAN_*.md either, but one in {near}: name that directory, or run the command there", None
    hint = "there is no PLAN_*.md either: name the directory of a plan, or create a new one with `scaffold init NAME`"
    return hint, None


def _plans_near(directory: Path) -> Iterator[str]:
    """Yield the directories of plans above and just below a directory, as seen from the current one."""
    below: list[Path] = []
    with contextlib.suppress(OSError):
        below = sorted(path for path in islice(directory.iterdir(), _MOST_NEAR) if path.is_dir())
    for place in (*islice(directory.resolve().parents, _LEVELS_ABOVE), *below):
        with contextlib.suppress(OSError, InvalidInput):
            if _documents(place, _entries(place, ".")):
                yield os.path.relpath(place)


def _documents(directory: Path, names: Iterable[str]) -> list[str]:
    named = (name for name in names if name.startswith("PLAN_") and name.endswith(".md"))
    return sorted(name for name in named if _is_file(directory / name))


def read_parallel(file: Path) -> bytes | None:
    """Read a `parallel.json`; None where there is none. Raises InvalidInput for one that cannot be read."""
    try:
        return files.read(file, parallel.MAX_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise InvalidInput.of("unreadable", message, path=file.name, hint="make it a readable file") from error


def _entries(directory: Path, folder: str) -> dict[str, EntryKind]:
    """List a folder of the plan: names to what they are; empty when there is no such folder."""
    try:
        if folder != "." and stat.S_ISLNK((directory / folder).lstat().st_mode):  # the plan itself may lie behind one
            hint = f"make {folder}/ a directory of the plan itself: files would be created outside of it"
            raise InvalidInput.of("folder_is_link", f"{folder}/ is a symbolic link", path=folder, hint=hint)
        with os.scandir(directory / folder) as entries:
            return {entry.name: _entry_kind(entry) for entry in entries}
    except FileNotFoundError:
        return {}
    except OSError as error:
        message = f"{folder}/ cannot be listed: {error.strerror}"
        raise InvalidInput.of("unreadable", message, path=folder, hint="make it a readable directory") from error


def _entry_kind(entry: os.DirEntry[str]) -> EntryKind:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "directory"
    return "file" if entry.is_file(follow_symlinks=False) else "other"
