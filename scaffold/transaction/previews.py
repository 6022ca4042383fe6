"""Previews that somebody looked at, kept so that exactly what they showed can be applied later.

They are a convenience of this directory alone: neither committed nor carried over, and the newest few are enough. What
is read is believed only if it was kept here, as journals are.
"""

import os
import shlex
import stat
from contextlib import suppress
from operator import attrgetter
from pathlib import Path

from scaffold.errors import Diagnostic, InvalidInput, NeedsPerson, UsageProblem, more_problems
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen, replace
from scaffold.transaction.batches import unusable
from scaffold.transaction.bookkeeping import (
    ignore_own_files,
    made_bookkeeping,
    made_own_folder,
    opened_own_folder,
    writing,
)
from scaffold.transaction.commit import BOOKKEEPING
from scaffold.transaction.files import (
    CREATE,
    Folder,
    move,
    names_in,
    naming,
    read_with_inode,
    remove,
    status,
    sync_folder,
    write,
)
from scaffold.transaction.guard import locked, refuse_platform, signals_held
from scaffold.transaction.journal import Damaged, Newer
from scaffold.transaction.preview_files import (
    KeptChange,
    KeptPreview,
    MadeElsewhere,
    Place,
    demand_readable,
    preview_from_bytes,
    preview_to_bytes,
)

__all__ = ["LIMIT", "MOST_KEPT", "KeptChange", "KeptPreview", "PreviewSummary", "keep", "kept", "read_preview"]

MOST_KEPT = 10
LIMIT = 32 << 20
"""Bytes of one preview: thousands of documents."""

_PREVIEWS = "previews"
_PATH = f"{BOOKKEEPING}/{_PREVIEWS}"
_UNFINISHED = "preview.tmp"
_ID = regex(r"[0-9a-f]{12}\Z")
_SUFFIX = ".json"
_WAIT = 0.2
"""Seconds: a preview is there to be looked at, and is shown whether or not it is kept."""

_MOST_READ = 5 * MOST_KEPT
"""Files that are read of a directory: there are at most `MOST_KEPT` and a few unusable ones, unless it is hostile."""

_LONGEST_SHOWN = 60
_FOREIGN = (
    "this preview was not made here: it came with a clone, a copy or a backup, or the file system has "
    "renumbered its files"
)


class _NotPlain(Damaged):
    def __init__(self) -> None:
        super().__init__("it is not a plain file")


@frozen
class PreviewSummary:
    """What a list shows of a kept preview: `files` are its targets, the others are as in `KeptPreview`."""

    id: str
    time: str
    words: tuple[str, ...]
    files: tuple[str, ...]


# --- keeping --------------------------------------------------------------------------------------------------------


def keep(plan: Path, preview: KeptPreview) -> None:
    """Keep a preview durably, in place of one of the same id, and let go of those that `MOST_KEPT` newer ones follow.

    Nothing else of the plan is touched: what an interrupted run left stays for the next command that writes. Where it
    fails, the preview may be kept all the same, whole, but not durably.

    Raises PlanBusy sooner than `transaction.apply`, WriteFailed, NeedsPerson, Interrupted, and InvalidInput where there
    is no plan or the preview is one that could not be read again.
    """
    refuse_platform()
    _demand_readable(preview)
    with (
        signals_held() as signals,
        writing(plan, "the preview is not kept") as root,
        made_bookkeeping(root) as bookkeeping,
        locked(root, bookkeeping, signals, _WAIT),
        made_own_folder(bookkeeping, _PREVIEWS) as folder,
    ):
        ignore_own_files(bookkeeping)
        signals.stop_if_asked()
        with naming(folder.named(preview.id + _SUFFIX)):
            _write(folder, preview)
        for synced in (folder, bookkeeping, root):
            with naming(synced.path):
                sync_folder(synced)
        with suppress(OSError):  # the preview is kept; the next one tries again
            _prune(folder, preview.id)


def _demand_readable(preview: KeptPreview) -> None:
    try:
        demand_readable(preview)
    except Damaged as error:
        raise InvalidInput.of("bad_preview", f"this preview cannot be kept: {error}") from error


def _write(folder: Folder, preview: KeptPreview) -> None:
    """Name a preview once all of it is durable. What a killed run left under the other name goes."""
    name = preview.id + _SUFFIX
    entry = status(folder, name)
    if entry is not None and not stat.S_ISREG(entry.st_mode):
        raise NeedsPerson([replace(_unusable(name, _NotPlain()), severity="error")])
    remove(folder, _UNFINISHED)
    try:
        fd = os.open(_UNFINISHED, CREATE, 0o666, dir_fd=folder.fd)
        try:
            place = Place(os.fstat(folder.fd).st_ino, os.fstat(fd).st_ino)
            write(fd, _limited(preview_to_bytes(preview, place)))
            os.fsync(fd)
        finally:
            os.close(fd)
        move(folder, _UNFINISHED, folder, name)
    except BaseException:
        with suppress(OSError):
            remove(folder, _UNFINISHED)
        raise


def _limited(content: bytes) -> bytes:
    if len(content) > LIMIT:
        message = f"this preview has {len(content):,} bytes, more than {LIMIT:,}; it is not kept"
        hint = "make a preview of fewer documents, for instance level by level"
        raise InvalidInput.of("preview_too_large", message, hint=hint)
    return content


def _prune(folder: Folder, just_kept: str) -> None:
    """Remove all but the newest previews that were kept here. The one just kept stays, whatever clocks say.

    What cannot be used stays, too, and takes no place: it may be somebody else's. Raises OSError.
    """
    if len(_names(folder)) <= MOST_KEPT:
        return
    own = [entry for entry in _newest_first(folder) if isinstance(entry, PreviewSummary) and entry.id != just_kept]
    for old in own[MOST_KEPT - 1 :]:
        remove(folder, old.id + _SUFFIX)


# --- reading --------------------------------------------------------------------------------------------------------


def kept(plan: Path) -> tuple[tuple[PreviewSummary, ...], tuple[Diagnostic, ...]]:
    """Return the kept previews, the newest first, and a warning for each that cannot be used. Writes nothing."""
    try:
        with opened_own_folder(plan, _PREVIEWS) as folder:
            entries = _newest_first(folder)
    except FileNotFoundError:
        return (), ()
    except NeedsPerson as error:
        return (), tuple(replace(problem, severity="warning") for problem in error.diagnostics)
    except OSError as error:
        return (), tuple(replace(problem, severity="warning") for problem in unusable(error, _PATH).diagnostics)
    summaries = tuple(entry for entry in entries if isinstance(entry, PreviewSummary))
    return summaries, tuple(entry for entry in entries if isinstance(entry, Diagnostic))


def read_preview(plan: Path, preview_id: str) -> KeptPreview:
    """Return a kept preview by its id. Writes nothing.

    Raises UsageProblem, listing those there are, for an id that is unknown or no longer kept; NeedsPerson where it
    cannot be used, or was not kept here.
    """
    name = preview_id + _SUFFIX
    try:
        if _ID.match(preview_id) is None:
            raise FileNotFoundError
        with opened_own_folder(plan, _PREVIEWS) as folder:
            return _read(folder, name)
    except FileNotFoundError as error:
        raise _no_such(plan, preview_id) from error
    except (Damaged, OSError) as error:
        raise NeedsPerson([replace(_unusable(name, error), severity="error")]) from error


def _names(folder: Folder) -> list[str]:
    """Return the names that are those of previews, whatever they lead to. Raises OSError."""
    return [name for name in names_in(folder) if name.endswith(_SUFFIX) and _ID.match(name.removesuffix(_SUFFIX))]


def _newest_first(folder: Folder) -> list[PreviewSummary | Diagnostic]:
    """Return the previews by time and id, the newest first, then a warning for each that cannot be used.

    Of very many only the files that were changed last are read. Raises OSError.
    """
    changed = {name: entry.st_mtime_ns for name in _names(folder) if (entry := status(folder, name))}
    summaries: list[PreviewSummary] = []
    problems: list[Diagnostic] = []
    for name in sorted(changed, key=lambda name: (changed[name], name), reverse=True)[:_MOST_READ]:
        try:
            preview = _read(folder, name)
        except FileNotFoundError:  # let go of meanwhile
            continue
        except (Damaged, OSError) as error:
            problems.append(_unusable(name, error))
        else:
            files = tuple(change.target for change in preview.changes)
            summaries.append(PreviewSummary(preview.id, preview.time, preview.words, files))
    if len(changed) > _MOST_READ:
        problems.append(more_problems(_PATH, len(changed) - _MOST_READ, "warning"))
    return [*sorted(summaries, key=attrgetter("time", "id"), reverse=True), *problems]


def _read(folder: Folder, name: str) -> KeptPreview:
    """Read a preview that was kept in this place. Raises Damaged, Newer, MadeElsewhere, OSError."""
    entry = status(folder, name)
    if entry is None:
        raise FileNotFoundError
    if not stat.S_ISREG(entry.st_mode):
        raise _NotPlain
    content, inode = read_with_inode(folder, name, LIMIT)
    preview = preview_from_bytes(content, Place(os.fstat(folder.fd).st_ino, inode))
    if preview.id + _SUFFIX != name:
        raise Damaged("the preview of another change set")
    return preview


# --- what it means for the user -------------------------------------------------------------------------------------


def _unusable(name: str, error: Damaged | OSError) -> Diagnostic:
    path = f"{_PATH}/{name}"
    hint = "make the preview again here; nothing else is lost with this file, so you can remove it"
    if isinstance(error, MadeElsewhere):
        return Diagnostic("foreign_preview", _FOREIGN, path, hint=hint, severity="warning")
    if isinstance(error, Newer):
        hint = "use the newer version of scaffold, or make the preview again with this one"
    elif isinstance(error, _NotPlain):
        hint = "look at it and move it to a place outside of the plan, then make the preview again"
    what = error.strerror if isinstance(error, OSError) else str(error)
    return Diagnostic("bad_preview", f"this preview cannot be used: {what}", path, hint=hint, severity="warning")


def _no_such(plan: Path, preview_id: str) -> UsageProblem:
    listed = ", ".join(f"{summary.id} of {summary.time} ({_request(summary)})" for summary in kept(plan)[0])
    message = f"{preview_id!a}: there is no kept preview of this id; only the newest {MOST_KEPT} are kept"
    none = "there are none: `scaffold preview executions` shows and keeps one, and so do the other previews"
    return UsageProblem.of("no_such_preview", message, hint=f"kept are {listed}" if listed else none)


def _request(summary: PreviewSummary) -> str:
    words = shlex.join(summary.words)
    return words if len(words) <= _LONGEST_SHOWN else f"{words[: _LONGEST_SHOWN - 1]}…"
