"""Files outside a plan, such as those of a template set: written completely or not at all, and never over others."""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from scaffold.errors import Conflict, WriteFailed
from scaffold.transaction.files import opened_plan, opened_regular, resemble, sync_folder
from scaffold.transaction.guard import signals_held

_HINT = "name another, or move it away"
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def create_directory(directory: Path, files: Mapping[str, bytes]) -> None:
    """Create a directory with files, by their POSIX paths: it appears with all of them, or not at all.

    Raises Conflict where something has its name, WriteFailed, Interrupted.
    """
    import shutil

    with _failing(directory), signals_held() as signals:
        if os.path.lexists(directory):
            raise _taken(directory)
        directory.parent.mkdir(parents=True, exist_ok=True)
        staged = _staged(directory)
        try:
            for name, content in files.items():
                signals.stop_if_asked()
                (staged / name).parent.mkdir(parents=True, exist_ok=True)
                _write(staged / name, content)
            for folder in (*(path for path in staged.rglob("*") if path.is_dir()), staged):
                _sync(folder)
            staged.rename(directory)
            _settle(directory)
            signals.come_too_late()
        finally:
            shutil.rmtree(staged, ignore_errors=True)


def create_file(path: Path, content: bytes) -> None:
    """Create a file, and the directories that it lies in: it appears with all its bytes, or not at all.

    Raises Conflict where something has its name, WriteFailed, Interrupted.
    """
    with _failing(path), signals_held() as signals:
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = _staged(path)
        try:
            _write(staged, content)
            signals.stop_if_asked()
            _give_name(staged, path)
            _settle(path)
            signals.come_too_late()
        finally:
            with suppress(OSError):  # what stays of it changes nothing of what is said
                staged.unlink()


def replace_file(path: Path, before: bytes, after: bytes) -> None:
    """Replace the bytes of a file in one step; it keeps its mode and, where that is allowed, owner and group.

    `before` is what was read of it. Readers find the old bytes or the new ones, never a part. Only what is saved
    between the last look and the renaming that follows it is not seen. Raises Conflict where the file has other bytes
    by now, WriteFailed, also as `demand_replaceable` does, Interrupted.
    """
    with _failing(path), signals_held() as signals:
        _demand_bytes(path, before)
        demand_replaceable(path)
        staged = _staged(path)
        try:
            with staged.open("xb") as file:
                like = path.stat(follow_symlinks=False)
                _give_owner(file.fileno(), like.st_uid)
                resemble(file.fileno(), like)
                _fill(file, after)
            signals.stop_if_asked()
            _demand_bytes(path, before)
            staged.replace(path)
            _settle(path)
            signals.come_too_late()
        finally:
            with suppress(OSError):  # what stays of it changes nothing of what is said
                staged.unlink()


def _staged(path: Path) -> Path:
    """Return where something is made before it gets its name: beside it, and no longer than any name may be."""
    return path.parent / f".scaffold-{os.getpid()}"


def demand_replaceable(path: Path) -> None:
    """Raise WriteFailed for a file that may not be written, or whose other names would keep the old bytes."""
    with _failing(path):
        now = path.stat(follow_symlinks=False)
        may_be = os.access(path, os.W_OK) and stat.S_IMODE(now.st_mode) & _WRITABLE  # access lets root write everything
    if not may_be:
        message, hint = "may not be written", "let it be written (chmod u+w), or name another"
    elif now.st_nlink > 1:
        message = f"has {now.st_nlink} names (hard links), and only this one would change"
        hint = "make it a file of its own (copy it, then move the copy over it), or name another"
    else:
        return
    raise WriteFailed.of("not_writable", f"{message}; nothing was changed", path=str(path), hint=hint)


def _give_owner(fd: int, owner: int) -> None:
    """Set the owner of a file; only root may do that for others, and it is no error where it cannot be done."""
    if os.fstat(fd).st_uid != owner:
        with suppress(OSError):
            os.fchown(fd, owner, -1)


def _demand_bytes(path: Path, expected: bytes) -> None:
    """Raise Conflict where a file is not as it was."""
    try:
        with opened_regular(path, str(path)) as descriptor, open(descriptor, "rb", closefd=False) as file:
            is_same = file.read(len(expected) + 1) == expected
    except OSError:
        is_same = False
    if not is_same:
        message = "has been edited since the preview; nothing was changed"
        raise Conflict.of("target_edited", message, path=str(path), hint="run the command again, and look at it again")


def _give_name(staged: Path, path: Path) -> None:
    """Let a file have its name, unless that is taken: as a second name or, where there are no links, by a copy."""
    try:
        path.hardlink_to(staged)
    except FileExistsError:
        raise _taken(path) from None
    except OSError:
        _copy(staged, path)


def _copy(staged: Path, path: Path) -> None:
    """Copy a file to a free name, whole or not at all."""
    try:
        file = path.open("xb")
    except FileExistsError:
        raise _taken(path) from None
    try:
        with file:
            _fill(file, staged.read_bytes())
    except BaseException:
        path.unlink()
        raise


def _taken(path: Path) -> Conflict:
    return Conflict.of("target_exists", "already exists; nothing was changed", path=str(path), hint=_HINT)


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        _fill(file, content)


def _fill(file: BinaryIO, content: bytes) -> None:
    file.write(content)
    file.flush()
    os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    with opened_plan(directory) as folder:
        sync_folder(folder)


def _settle(path: Path) -> None:
    """Make the name of what is written durable; raises WriteFailed, which says that it is there all the same."""
    try:
        _sync(path.parent)
    except OSError as error:
        message = f"was written, but may be gone after a power failure ({error.strerror})"
        hint = "see to the disk, then look whether it is there"
        raise WriteFailed.of("write_failed", message, path=str(path), hint=hint) from error


@contextmanager
def _failing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"could not be written ({error.strerror}); nothing was changed"
        hint = "fix the cause, then run the command again"
        raise WriteFailed.of("write_failed", message, path=str(path), hint=hint) from error
