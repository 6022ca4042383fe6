"""Reads files that others wrote: regular files only, up to a limit; no pipe is waited for, no device is read."""

import errno
import os
import stat
from collections.abc import Collection
from pathlib import Path

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)  # opening a pipe must not wait for a writer
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def read(file: Path, limit: int) -> bytes:
    """Read a regular file, or the one that a link leads to: at most one byte more than `limit`, which says it is over.

    Raises OSError, also for what is no regular file and for a name that no file can have.
    """
    return _read(file, limit, _READ)


def read_no_link(file: Path, limit: int) -> bytes:
    """Read as `read` does, but raise OSError for a link."""
    return _read(file, limit, _READ | _NO_LINK)


def read_owned(file: Path, limit: int, owners: Collection[int]) -> bytes:
    """Read as `read` does, but raise ForeignOwner unless the file, and a link that leads to it, are of `owners`.

    `owners` are numbers of users. The file that is read is the one that has been checked.
    """
    if file.lstat().st_uid not in owners:
        raise ForeignOwner(errno.EPERM, "belongs to somebody else", str(file))
    return _read(file, limit, _READ, owners)


class ForeignOwner(PermissionError):
    """A file is not read, because of whom it belongs to."""


def _read(file: Path, limit: int, flags: int, owners: Collection[int] | None = None) -> bytes:
    try:
        descriptor = os.open(file, flags)
    except ValueError as error:  # a NUL, or half of a surrogate pair
        raise OSError(errno.EINVAL, "no file can have this name", str(file)) from error
    try:
        status = os.fstat(descriptor)
        if owners is not None and status.st_uid not in owners:
            raise ForeignOwner(errno.EPERM, "belongs to somebody else", str(file))
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(file))
        with open(descriptor, "rb", closefd=False) as opened:
            return opened.read(limit + 1)
    finally:
        os.close(descriptor)
