"""The batches of a plan, read from their records, and the change set that takes one back."""

import errno
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import TypeVar

from scaffold.errors import Diagnostic, InvalidInput, NeedsPerson
from scaffold.lazy.values import frozen, replace
from scaffold.model import BatchRecord, Change, ChangeSet, Json, sha256
from scaffold.transaction import pieces
from scaffold.transaction.files import Folder, lines_in, names_in, opened, opened_below, opened_plan, read
from scaffold.transaction.journal import Damaged, is_batch_id, place_of
from scaffold.transaction.pieces import Contents
from scaffold.transaction.records import RECORD, RECORD_LIMIT, Numbered, record_from_bytes, second_of

_BATCHES = ".scaffold/batches"

Read = TypeVar("Read")
"""What is kept of a record that was read."""


@frozen
class Summary:
    """What a list shows of a batch: its record without hashes, which make up nearly all of it.

    `files` are the targets, `templates` the names of the sets they were made with; the others are as in `BatchRecord`.
    """

    id: str
    time: str
    command: str
    selection: str
    undoes: str | None
    templates: tuple[str, ...]
    files: tuple[str, ...]


@frozen
class TakenBack:
    """What has become of a batch: `files` of it are taken back, the last of them `by` the batch of this id."""

    by: str
    files: frozenset[str]


@frozen
class History:
    """The batches of a plan, the newest last, and a warning for each record that cannot be read."""

    summaries: tuple[Summary, ...]
    problems: tuple[Diagnostic, ...]

    def taken_back(self) -> Mapping[str, TakenBack]:
        """Return, by its id, what is taken back of each batch of which anything is.

        An undo counts as far as it has not been taken back itself.
        """
        taken: dict[str, TakenBack] = {}
        for batch in reversed(self.summaries):
            lost = taken[batch.id].files if batch.id in taken else frozenset()
            stand = frozenset(batch.files) - lost
            if batch.undoes and stand:
                newer = taken.get(batch.undoes, TakenBack(batch.id, frozenset()))
                taken[batch.undoes] = replace(newer, files=newer.files | stand)
        return taken


@frozen
class Undo:
    """What taking back a batch amounts to: the `record` of that batch, and the `changes` that take it back.

    Other targets are left alone, because they are not as the batch left them: `edited` have other content, `gone`
    no longer exist, `done` are as they were before it.
    """

    record: BatchRecord
    changes: ChangeSet
    edited: tuple[str, ...]
    gone: tuple[str, ...]
    done: tuple[str, ...]

    @property
    def has_effect(self) -> bool:
        """Whether a byte would change: a decision of an update may have left the bytes as they were."""
        return any(change.new is None or sha256(change.new) != change.old for change in self.changes.changes)


def batches(plan: Path) -> History:
    """Return all batches of a plan. Damaged records become problems; without any the history is empty.

    Raises NeedsPerson if the directory of all records cannot be read.
    """
    entries = tuple(newest_first(plan))[::-1]
    return History(
        tuple(entry for entry in entries if isinstance(entry, Summary)),
        tuple(entry for entry in entries if isinstance(entry, Diagnostic)),
    )


def newest_first(plan: Path) -> Iterator[Summary | Diagnostic]:
    """Yield the batches of a plan from the newest back, and a warning in place of each that cannot be read.

    Records are read when they are asked for and not kept, so that a long history needs neither time nor memory for
    more than is looked at. What cannot be read comes before all batches of the same second.

    Raises NeedsPerson if the directory of all records cannot be read.
    """
    return _newest_first(plan, _summary)


def records_newest_first(plan: Path) -> Iterator[BatchRecord | Diagnostic]:
    """Yield the same with all that is recorded. Raises what `newest_first` raises."""
    return _newest_first(plan, lambda record: record)


def _newest_first(plan: Path, kept: Callable[[BatchRecord], Read]) -> Iterator[Read | Diagnostic]:
    try:
        with _opened_batches(plan) as folder:
            for _, names in groupby(reversed(names_in(folder)), key=second_of):
                yield from _newest_of_one_second(folder, names, kept)
    except FileNotFoundError:
        return
    except OSError as error:
        raise unusable(error) from error


def _newest_of_one_second(
    folder: Folder, names: Iterable[str], kept: Callable[[BatchRecord], Read]
) -> Iterator[Read | Diagnostic]:
    read: list[tuple[int, str, Read]] = []
    for name in names:
        try:
            numbered = _record(folder, name)
        except (Damaged, OSError) as error:
            yield _unreadable(f"{_BATCHES}/{name}", error)
        else:
            read.append((numbered.sequence, name, kept(numbered.record)))
    for _, _, entry in sorted(read, key=itemgetter(0, 1), reverse=True):  # clones may have made both alike
        yield entry


def _summary(record: BatchRecord) -> Summary:
    templates = tuple(dict.fromkeys(file.template for file in record.files if file.template))
    files = tuple(file.target for file in record.files)
    return Summary(record.id, record.time, record.command, record.selection, record.undoes, templates, files)


def feedback_told(plan: Path, target: str) -> frozenset[str]:
    """Return the hashes of the feedback that the newest batch which wrote `target` was told of, by its variables.

    Each is the beginning of a SHA-256. Without such a batch, or where the records cannot be read, there are none.
    """
    with suppress(InvalidInput, NeedsPerson):
        for batch in newest_first(plan):
            if isinstance(batch, Summary) and target in batch.files:
                return frozenset(_feedback_in(answers_of(plan, batch.id).get("tasks")))
    return frozenset()


def _feedback_in(tasks: Json) -> Iterator[str]:
    for task in tasks if isinstance(tasks, list) else ():
        digest = task.get("feedback_hash") if isinstance(task, dict) else None
        if isinstance(digest, str) and digest:
            yield digest


def of_change_set(plan: Path, change_set: str) -> str:
    """Return the id of the newest batch that the change set of this id became.

    Raises InvalidInput if there is none, or if a record that may be meant cannot be read; NeedsPerson if none can.
    """
    for entry in newest_first(plan):
        name = entry.id if isinstance(entry, Summary) else PurePosixPath(entry.path or "").name
        if name.partition("-")[2].startswith(change_set[:8]):  # as `batch_id` makes it
            record, contents = recorded(plan, name)
            changes = [
                Change(
                    file.target,
                    file.old_sha256,
                    contents.new.get(file.target),
                    generated=contents.generated.get(file.target),
                )
                for file in record.files
            ]
            if ChangeSet(tuple(changes)).id == change_set:
                return name
    message = f"no batch of this plan was made from change set {change_set}: a preview that is not confirmed makes none"
    raise InvalidInput.of("no_such_batch", message, hint="`scaffold undo --list` lists the batches")


def undo_changes(plan: Path, batch_id: str) -> Undo:
    """Prepare the change set that takes a batch back: a batch like any other, which can be undone too.

    A file that the batch created goes, one that it removed or replaced returns, each only if it is as the batch left
    it, but for line endings that git may have turned. Directories stay: empty ones do no harm, and it is
    not certain who made them.

    Raises InvalidInput if there is no such batch, or if it cannot be read; NeedsPerson if no batch can.
    """
    record, contents = recorded(plan, batch_id)
    changes: list[Change] = []
    others: dict[str, list[str]] = {"edited": [], "gone": [], "done": []}
    with opened_plan(plan) as root:
        for file in record.files:
            before = contents.old.get(file.target)
            change = _way_back(root, file.target, contents.new.get(file.target), before)
            if isinstance(change, Change):
                changes.append(change)
            else:
                others[change].append(file.target)
    return Undo(
        record,
        ChangeSet(tuple(changes)),
        **{name: tuple(targets) for name, targets in others.items()},  # in the record's order
    )


def _way_back(root: Folder, target: str, left: bytes | None, before: bytes | None) -> Change | str:
    """Return the change from what the batch left to what was there before, or how the file is if it is not as left.

    None stands for no file. What is there now is what the change takes away, so that undoing it brings back exactly
    these bytes.
    """
    try:
        now = _read_target(root, target, 2 * max(len(left or b""), len(before or b"")))
    except OSError:  # no plain file, not to be read, or longer than any line endings make it
        return "edited"
    if now == left or (now != before and _differs_in_line_endings(now, left)):
        return Change(target, None if now is None else sha256(now), before)
    if now == before or _differs_in_line_endings(now, before):
        return "done"
    return "gone" if now is None else "edited"


def _read_target(root: Folder, target: str, limit: int) -> bytes | None:
    where, name = place_of(target)
    try:
        with opened_below(root, where) as folder:
            return read(folder, name, limit)
    except FileNotFoundError:
        return None


def _differs_in_line_endings(now: bytes | None, recorded: bytes | None) -> bool:
    """Whether git may have made `now` of `recorded`: the line endings of a text are turned, all of them to one kind.

    A file with both kinds is nothing that git makes, but that somebody edited. A carriage return within a line is
    content, and bytes with a NUL are no text: git leaves both alone.
    """
    if now is None or recorded is None or b"\0" in now:
        return False
    unix = now.replace(b"\r\n", b"\n")
    return now in (unix, unix.replace(b"\n", b"\r\n")) and unix == recorded.replace(b"\r\n", b"\n")


def recorded(plan: Path, batch_id: str, targets: Collection[str] | None = None) -> tuple[BatchRecord, Contents]:
    """Return all that is kept of a batch, or the record and the contents of `targets` alone.

    Raises InvalidInput if there is no such batch, or if it cannot be read.
    """
    with _opened_batch(plan, batch_id) as (batch, numbered):
        record = numbered.record
        if isinstance(numbered.answers, str):
            lines = lines_in(batch, pieces.CONTENTS, pieces.LINE_LIMIT)
            return record, pieces.contents_from_lines(lines, record, targets)
        content = read(batch, pieces.OLDER_CONTENTS, pieces.OLDER_LIMIT)
        return record, pieces.contents_from_older(content, record)


def answers_of(plan: Path, batch_id: str) -> Mapping[str, Json]:
    """Return the variables that the templates of a batch were given; raises as `recorded` does."""
    with _opened_batch(plan, batch_id) as (batch, numbered):
        if isinstance(numbered.answers, str):
            lines = lines_in(batch, pieces.ANSWERS, pieces.LINE_LIMIT)
            return pieces.answers_from_lines(lines, numbered.answers)
        return numbered.answers


@contextmanager
def _opened_batch(plan: Path, batch_id: str) -> Iterator[tuple[Folder, Numbered]]:
    """Open the directory of a batch and read its record; what is damaged in it is told of, also by what is inside.

    Raises InvalidInput.
    """
    path = f"{_BATCHES}/{batch_id}"
    try:
        if not is_batch_id(batch_id):
            raise FileNotFoundError
        with _opened_batches(plan) as folder:
            numbered = _record(folder, batch_id)
            with opened(folder, batch_id) as batch:
                yield batch, numbered
    except FileNotFoundError as error:
        message = f"{batch_id!a}: this plan has no complete record of this batch"
        raise InvalidInput.of("no_such_batch", message, hint="`scaffold undo --list` lists the batches") from error
    except (Damaged, OSError) as error:
        raise InvalidInput([replace(_unreadable(path, error), severity="error")]) from error


@contextmanager
def _opened_batches(plan: Path) -> Iterator[Folder]:
    with ExitStack() as stack:
        try:
            root = stack.enter_context(opened_plan(plan))
            folder = stack.enter_context(opened(stack.enter_context(opened(root, ".scaffold")), "batches"))
        except FileNotFoundError:
            raise
        except OSError as error:
            raise unusable(error) from error
        yield folder


def unusable(error: OSError, path: str = _BATCHES) -> NeedsPerson:
    """Return the error to raise where the directory of all records, or that of this path, cannot be used at all."""
    denied = error.errno in (errno.EACCES, errno.EPERM)
    hint = (
        "give yourself access to it, then run the command again"
        if denied
        else "look at it and move it out of the plan: a plain directory belongs there; then run the command again"
    )
    message = f"this directory cannot be used: {error.strerror}; nothing was changed"
    return NeedsPerson.of("bad_directory", message, path=path, hint=hint)


def _record(folder: Folder, name: str) -> Numbered:
    with opened(folder, name) as batch:
        numbered = record_from_bytes(read(batch, RECORD, RECORD_LIMIT))
    if numbered.record.id != name:
        raise Damaged("the record of another batch")
    return numbered


def _unreadable(path: str, error: Damaged | OSError) -> Diagnostic:
    what = error.strerror if isinstance(error, OSError) else str(error)
    return Diagnostic(
        "bad_record",
        f"this record cannot be used: {what}",
        path=path,
        hint="restore it from version control; without it this batch cannot be taken back",
        severity="warning",
    )
