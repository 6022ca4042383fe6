"""One change of a transaction, done and undone by what is found on disk: every function here may be killed and rerun.

A step owns five names. In the transaction's directory: `new-N`, the staged bytes; `old-N`, what was taken away;
`back-N`, what was taken back and not yet judged. In the plan: the target. Below `.scaffold/kept/`: bytes of somebody
else that could not return to their name because it is taken by now.
"""

import errno
import os
import stat
import sys
from collections.abc import Mapping

from scaffold.lazy.values import fresh, frozen
from scaffold.transaction.copies import ABOUT_TO_COPY, Copies, copied_inode, place
from scaffold.transaction.files import (
    Folder,
    has_digest,
    make_folder,
    move,
    naming,
    opened,
    read,
    remove,
    same_file,
    status,
    sync_file,
    sync_folder,
    write_new,
)
from scaffold.transaction.journal import Entry

KEPT = "kept"


class InTheWay(Exception):
    """A target that is not as it must be: somebody else has changed it. What they wrote is untouched."""

    def __init__(self, target: str, message: str) -> None:
        self.target = target
        super().__init__(f"{target}: {message}")


@frozen
class Kept:
    """Bytes of somebody else that a transaction met: where they are now, and why they were kept."""

    path: str
    message: str


@frozen
class Memory:
    """What a run knows of its own transaction beside what lies on disk, which somebody may remove while it works.

    `before` are the bytes of replaced and removed files by target, `after` the new ones, `taken` the numbers of the
    steps that have taken theirs away, `copies` the inodes of copies. Recovery starts with none of it.
    """

    before: Mapping[str, bytes] = fresh(factory=dict)
    after: Mapping[str, bytes] = fresh(factory=dict)
    taken: set[int] = fresh(factory=set)
    copies: Copies = fresh(factory=dict)


@frozen
class Step:
    """One change: the entry, the directory and name of its target, the transaction's directory and the step's number.

    `bookkeeping` is `.scaffold`.
    """

    entry: Entry
    number: int
    folder: Folder
    name: str
    txn: Folder
    bookkeeping: Folder
    memory: Memory

    @property
    def staged(self) -> str:
        """The name of the new bytes in the transaction's directory."""
        return staged_name(self.number)

    @property
    def taken(self) -> str:
        """The name of what was taken away."""
        return f"old-{self.number:05d}"

    @property
    def back(self) -> str:
        """The name of what was taken back."""
        return f"back-{self.number:05d}"


def staged_name(number: int) -> str:
    """Return the name that the new bytes of a step are staged under."""
    return f"new-{number:05d}"


# --- forward --------------------------------------------------------------------------------------------------------


def take_away(step: Step) -> None:
    """Take away what is there now, for a replacement or removal. Raises InTheWay, OSError.

    After InTheWay `backward` gives what was taken its name back.
    """
    with naming(step.entry.target):
        _settle(step)
        if step.entry.old is not None:
            _take(step, step.entry.old)


def publish(step: Step) -> None:
    """Publish the staged file under its name, or find that it has it. Raises InTheWay, OSError.

    What was taken away must be durable by then: a power cut would lose it, and keep what is published in its place.
    """
    with naming(step.entry.target):
        if step.entry.new is not None:
            _create(step)


def _take(step: Step, old: str) -> None:
    """Take the target away first and look at it then: looking first would lose what is saved in between."""
    if same_file(step.txn, step.taken, step.folder, step.name):  # a way back that was broken off
        _drop(step, step.taken)
    if status(step.txn, step.taken) is None:
        target = status(step.folder, step.name)
        if _is_linked(step, target):
            return
        if target is None and step.entry.new is None:
            return
        if target is None:
            raise InTheWay(step.entry.target, "removed in the meantime")
        if not stat.S_ISREG(target.st_mode):
            raise InTheWay(step.entry.target, "no longer a plain file")
        move(step.folder, step.name, step.txn, step.taken)
        step.memory.taken.add(step.number)
    if not has_digest(step.txn, step.taken, old):
        raise InTheWay(step.entry.target, "edited in the meantime")


def _create(step: Step) -> None:
    try:
        _place(step, step.staged)
    except FileExistsError:
        if _is_published(step):
            return
        if not is_ours(step):
            raise InTheWay(step.entry.target, "already exists, created by somebody else") from None
        _take_back(step)  # a copy that a crash has torn
        _place(step, step.staged)


def _place(step: Step, stored: str) -> None:
    is_new = stored == step.staged and step.entry.old is None
    place(step.txn, stored, step.folder, step.name, step.memory.copies, is_new=is_new)


def _is_published(step: Step) -> bool:
    target = status(step.folder, step.name)
    if _is_linked(step, target):
        return True
    whole = step.entry.new is not None and has_digest(step.folder, step.name, step.entry.new)
    return whole and _is_copy(step, step.staged, target)


def is_staged(step: Step) -> bool:
    """Whether the new bytes exist and are whole, or are published: what roll forward needs."""
    if step.entry.new is None or _is_linked(step, status(step.folder, step.name)):
        return True
    return has_digest(step.txn, step.staged, step.entry.new)


def hindrance(step: Step) -> str | None:
    """Return what keeps the change from being made, as far as it is not made yet, None for nothing. Raises OSError."""
    if not is_staged(step):
        return "has damaged bytes in the transaction"
    target = status(step.folder, step.name)
    if is_ours(step) or status(step.txn, step.taken) is not None:
        return None
    if step.entry.old is None:
        return "already exists" if target else None
    if target is None:
        return "no longer exists" if step.entry.new is not None else None
    return None if has_digest(step.folder, step.name, step.entry.old) else "has been edited"


# --- back -----------------------------------------------------------------------------------------------------------


def backward(step: Step) -> tuple[Kept, ...]:
    """Undo the change as far as it is made and still ours; return what stays of somebody else's. Raises OSError."""
    with naming(step.entry.target):
        kept = [_settle(step)]
        _restore_taken(step)
        if status(step.txn, step.taken) is None:
            if step.entry.old is None:
                kept.append(_take_back(step))
        elif not same_file(step.txn, step.taken, step.folder, step.name):
            kept.append(_take_back(step))
        kept.append(_put_back(step, step.taken))
        return tuple({file.path: file for file in kept if file is not None}.values())


def _restore_taken(step: Step) -> None:
    """Where the bookkeeping was removed, what was taken away is known from memory alone."""
    before = step.memory.before.get(step.entry.target)
    if before is None or step.number not in step.memory.taken or status(step.txn, step.taken) is not None:
        return
    target = status(step.folder, step.name)
    if target is None or is_ours(step):
        write_new(step.txn, step.taken, before, target)
        sync_file(step.txn, step.taken)


def _take_back(step: Step) -> Kept | None:
    if status(step.folder, step.name) is None:
        return None
    if not is_ours(step):
        return Kept(step.entry.target, "is from somebody else, or was edited; it stays")
    move(step.folder, step.name, step.txn, step.back)
    return _settle(step)


def _settle(step: Step) -> Kept | None:
    """Judge what was taken back: ours goes, anything else returns to its name."""
    if status(step.txn, step.back) is None:
        return None
    new = step.entry.new
    if (new is not None and has_digest(step.txn, step.back, new)) or _is_torn(step, step.txn, step.back):
        remove(step.txn, step.back)
        return None
    return _put_back(step, step.back) or Kept(step.entry.target, "was edited; it stays")


def _put_back(step: Step, stored: str) -> Kept | None:
    """Return stored bytes to the target's name; where that is taken by now, keep them and return where."""
    file = status(step.txn, stored)
    if file is None:
        return None
    try:
        if stat.S_ISDIR(file.st_mode):
            _put_back_folder(step, stored)
            return None
        _place(step, stored)
    except FileExistsError:
        if not same_file(step.txn, stored, step.folder, step.name):
            return _keep(step, stored)
    _drop(step, stored)
    return None


def _drop(step: Step, stored: str) -> None:
    """Remove the stored one of two names of a file; the other one must be durable before."""
    sync_folder(step.folder)
    remove(step.txn, stored)
    if stored == step.taken:
        step.memory.taken.discard(step.number)


def _put_back_folder(step: Step, stored: str) -> None:
    """Rename it: directories have no second names. A rename replaces an empty directory at most."""
    try:
        move(step.txn, stored, step.folder, step.name)
    except OSError as error:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error


def _keep(step: Step, stored: str) -> Kept:
    make_folder(step.bookkeeping, KEPT)
    name = f"{step.txn.path.rpartition('/')[2]}-{stored}"
    with opened(step.bookkeeping, KEPT) as folder:
        while status(folder, name) is not None:
            name += "x"
        move(step.txn, stored, folder, name)
        sync_folder(folder)
        sync_folder(step.bookkeeping)
    return Kept(folder.named(name), f"holds what somebody saved to {step.entry.target} while the batch was running")


def rescue(step: Step) -> tuple[Kept, ...]:
    """Before the transaction's directory goes: keep what an editor wrote into a file after it was judged.

    An editor that had the file open writes into the same inode, wherever its name is by then. Raises OSError.
    """
    with naming(step.entry.target):
        kept = []
        if step.entry.old is not None and _differs(step, step.taken, step.entry.old):
            kept.append(_keep(step, step.taken))
        published = _is_linked(step, status(step.folder, step.name))
        if step.entry.new is not None and not published and _differs(step, step.staged, step.entry.new):
            kept.append(_keep(step, step.staged))
        return tuple(kept)


def _differs(step: Step, stored: str, wanted: str) -> bool:
    return status(step.txn, stored) is not None and not has_digest(step.txn, stored, wanted)


# --- whose is it ----------------------------------------------------------------------------------------------------


def is_ours(step: Step) -> bool:
    """Ours is what has the staged file's inode; content alone proves nothing. Copies have a note of their inode."""
    return _is_linked(step, status(step.folder, step.name)) or _is_torn(step, step.folder, step.name)


def _is_linked(step: Step, file: os.stat_result | None) -> bool:
    """Whether what is at the target is the staged file by its second name. Both are on one device."""
    return file is not None and stat.S_ISREG(file.st_mode) and file.st_ino == step.entry.inode


def _is_copy(step: Step, stored: str, file: os.stat_result | None) -> bool:
    """Whether a file is one that a stored file was copied into. One that is just created is known by being empty."""
    if file is None or not stat.S_ISREG(file.st_mode):
        return False
    inode = copied_inode(step.txn, stored, step.memory.copies)
    return file.st_ino == inode or (inode == ABOUT_TO_COPY and file.st_size == 0)


def _is_torn(step: Step, folder: Folder, name: str) -> bool:
    """Whether a file is a copy that this transaction made and nobody has edited: whole, or as a crash has torn it."""
    file = status(folder, name)
    return any(
        _is_copy(step, stored, file) and _stored_bytes(step, stored).startswith(read(folder, name, sys.maxsize))
        for stored in (step.staged, step.taken, step.back)
    )


def _stored_bytes(step: Step, stored: str) -> bytes:
    if status(step.txn, stored) is not None:
        return read(step.txn, stored, sys.maxsize)
    remembered = {step.staged: step.memory.after, step.taken: step.memory.before}.get(stored, {})
    return remembered.get(step.entry.target, b"")
