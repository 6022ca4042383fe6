"""Reads files that others wrote: regular files only, up to a limit; never a pipe, never a device."""

import errno
import os
from collections.abc import Collection
from pathlib import Path

from scaffold.transaction.files import opened_regular

_CHUNK = 65_536


def read(file: Path, limit: int) -> bytes:
    """Read a regular file, or the one that a link leads to: at most one byte more than `limit`, which says it is over.

    Raises OSError, also for what is no regular file and for a name that no file can have.
    """
    return _read(file, limit, follow_links=True)


def read_no_link(file: Path | str, limit: int) -> bytes:
    """Read as `read` does, but raise OSError for a link."""
    return _read(file, limit, follow_links=False)


def read_owned(file: Path, limit: int, owners: Collection[int]) -> bytes:
    """Read as `read` does, but raise ForeignOwner unless the file, and a link that leads to it, are of `owners`.

    `owners` are numbers of users. The file that is read is the one that has been checked.
    """
    if file.lstat().st_uid not in owners:
        raise ForeignOwner(errno.EPERM, "belongs to somebody else", str(file))
    return _read(file, limit, follow_links=True, owners=owners)


def can_be_path(text: str) -> bool:
    """Whether a text can be a path: it has no NUL, and no half of a surrogate pair."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


class ForeignOwner(PermissionError):
    """A file that is not read because of its owner."""


def _read(file: Path | str, limit: int, *, follow_links: bool, owners: Collection[int] | None = None) -> bytes:
    try:
        with opened_regular(file, str(file), follow_links=follow_links) as descriptor:
            if owners is not None and os.fstat(descriptor).st_uid not in owners:
                raise ForeignOwner(errno.EPERM, "belongs to somebody else", str(file))
            content = bytearray()
            while len(content) <= limit and (read := os.read(descriptor, min(limit + 1 - len(content), _CHUNK))):
                content += read
            return bytes(content)
    except ValueError as error:  # a NUL, or half of a surrogate pair
        raise OSError(errno.EINVAL, "no file can have this name", str(file)) from error
