"""Reads files that others wrote: regular files only, up to a limit; no pipe is waited for, no device is read."""

import errno
import os
import stat
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


def _read(file: Path, limit: int, flags: int) -> bytes:
    try:
        descriptor = os.open(file, flags)
    except ValueError as error:  # a NUL, or half of a surrogate pair
        raise OSError(errno.EINVAL, "no file can have this name", str(file)) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(file))
        with open(descriptor, "rb", closefd=False) as opened:
            return opened.read(limit + 1)
    finally:
        os.close(descriptor)
