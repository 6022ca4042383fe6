"""Puts a stored file in its place: by a link or, where links are refused, by a copy, which a crash can tear."""

import errno
import os
import sys
from collections.abc import MutableMapping

from scaffold.transaction.files import (
    CREATE,
    Folder,
    move,
    read,
    reading,
    remove,
    resemble,
    status,
    sync_file,
    sync_folder,
    write,
    write_new,
)

LINK_REFUSED = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES, errno.EXDEV)
"""The errors of a link where the file system, or the rights of this user, allow none."""

_LONGEST_NOTE = 20  # digits of a 64 bit number

COPY = "copy-"
"""What begins the name of a note in a transaction's directory: the inode of a copy that was made instead of a link."""

ABOUT_TO_COPY = 0
"""Stands for the inode in a note while the copy is about to be created: until then nobody knows it."""

Copies = MutableMapping[str, int]
"""The inodes of the copies that a transaction made, by the names of the stored files they are copies of."""


def place(txn: Folder, stored: str, folder: Folder, name: str, copies: Copies, *, is_new: bool) -> None:
    """Link a stored file to a second name, atomically; FileExistsError if the name is taken, by whatever.

    Where links are refused the bytes go into a new file, which a crash can tear; `copies` and a note in `txn` say
    which inode it has. Unless it `is_new`, it gets the stored file's mode and group.
    """
    try:
        os.link(stored, name, src_dir_fd=txn.fd, dst_dir_fd=folder.fd, follow_symlinks=False)
    except OSError as error:
        if error.errno not in LINK_REFUSED:
            raise
        _copy(txn, stored, folder, name, copies, is_new)


def _copy(txn: Folder, stored: str, folder: Folder, name: str, copies: Copies, is_new: bool) -> None:
    """Copy a file. Whose it is must be durable before its first byte: a neighbour's may begin with the same bytes."""
    if status(folder, name) is not None:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
    with reading(txn, stored) as fd:
        like = os.fstat(fd)
    content = read(txn, stored, sys.maxsize)
    _note(txn, stored, copies, ABOUT_TO_COPY)
    try:
        fd = os.open(name, CREATE, 0o666, dir_fd=folder.fd)
    except FileExistsError:
        del copies[stored]
        remove(txn, f"{COPY}{stored}")
        raise
    try:
        _note(txn, stored, copies, os.fstat(fd).st_ino)
        if not is_new:
            resemble(fd, like)
        write(fd, content)
        os.fsync(fd)
    finally:
        os.close(fd)


def _note(txn: Folder, stored: str, copies: Copies, inode: int) -> None:
    """Write down durably which inode the copy of a stored file has; a note that exists is replaced whole."""
    name = f"{COPY}{stored}"
    remove(txn, f"{name}.tmp")
    write_new(txn, f"{name}.tmp", b"%d" % inode)
    sync_file(txn, f"{name}.tmp")
    move(txn, f"{name}.tmp", txn, name)
    sync_folder(txn)
    copies[stored] = inode


def copied_inode(txn: Folder, stored: str, copies: Copies) -> int | None:
    """Return the inode of the copy of a stored file, or ABOUT_TO_COPY; None where none was made. Raises OSError."""
    if stored not in copies and status(txn, f"{COPY}{stored}") is not None:
        note = read(txn, f"{COPY}{stored}", _LONGEST_NOTE)
        if note.isdigit():
            copies[stored] = int(note)
    return copies.get(stored)
