"""Files by directory descriptor: primitives that never overwrite, never follow a link and never resolve a path twice.

They raise plain `OSError`; only their callers know what that means for the user.
"""

import errno
import hashlib
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

from scaffold.lazy.values import frozen

if sys.platform != "win32":  # where reading must work too
    import fcntl

# Not every platform has these; where they are missing, write commands refuse before anything is opened.
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = os.O_RDONLY | _NO_LINK | getattr(os, "O_DIRECTORY", 0)
# O_NONBLOCK: opening a named pipe must fail the check for a regular file, not wait for a writer.
_READ = os.O_RDONLY | _NO_LINK | getattr(os, "O_NONBLOCK", 0)
CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK

_UNSUPPORTED = (errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENODATA, errno.EINVAL)
_DEFAULT_ACL = "system.posix_acl_default"
_CHUNK = 1 << 20

NO_PLAIN_DIRECTORY = (errno.ELOOP, errno.ENOTDIR, errno.EXDEV)
"""The errors of opening a directory that is a link, no directory, or on another device."""


@frozen
class Folder:
    """An open directory. `path` is how messages name it: POSIX, relative to the plan, `.` for the plan itself."""

    fd: int
    path: str

    def named(self, entry: str) -> str:
        """Return the path of an entry, as messages name it."""
        return entry if self.path == "." else f"{self.path}/{entry}"


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Make every `OSError` from inside carry `path` as its file name, in place of a name inside some descriptor."""
    try:
        yield
    except OSError as error:
        error.filename = path
        raise


@contextmanager
def opened_plan(plan: Path) -> Iterator[Folder]:
    """Open the plan directory, the only path that is resolved by name. Raises OSError."""
    fd = os.open(plan, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        yield Folder(fd, ".")
    finally:
        os.close(fd)


@contextmanager
def opened(parent: Folder, name: str) -> Iterator[Folder]:
    """Open a directory below `parent`. A link raises ELOOP or ENOTDIR, another device EXDEV."""
    fd = os.open(name, _DIRECTORY, dir_fd=parent.fd)
    try:
        if os.fstat(fd).st_dev != os.fstat(parent.fd).st_dev:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), parent.named(name))
        yield Folder(fd, parent.named(name))
    finally:
        os.close(fd)


@contextmanager
def opened_below(plan: Folder, path: str) -> Iterator[Folder]:
    """Open a directory by its path from the plan; a link on the way raises as in `opened`."""
    with ExitStack() as stack:
        folder = plan
        for name in path.split("/"):
            folder = stack.enter_context(opened(folder, name))
        yield folder


def make_folder(parent: Folder, name: str) -> None:
    """Create a directory, or find that the name is taken; opening it tells by what. Raises OSError."""
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=parent.fd)


def status(folder: Folder, name: str) -> os.stat_result | None:
    """Look at an entry without following it; None where there is none."""
    try:
        return os.stat(name, dir_fd=folder.fd, follow_symlinks=False)
    except FileNotFoundError:
        return None


def exists(plan: Folder, path: str) -> bool:
    """Whether anything lies at a path from the plan; a link counts, wherever it leads. Raises OSError."""
    try:
        os.stat(path, dir_fd=plan.fd, follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def names_in(folder: Folder) -> list[str]:
    """Return the names in a directory, sorted. Raises OSError."""
    os.lseek(folder.fd, 0, os.SEEK_SET)  # else btrfs shows the directory as it was when it was opened
    return sorted(os.listdir(folder.fd))  # noqa: PTH208 - pathlib knows no descriptors


def same_file(folder: Folder, name: str, other: Folder, other_name: str) -> bool:
    """Whether two names lead to one inode."""
    one, two = status(folder, name), status(other, other_name)
    return one is not None and two is not None and os.path.samestat(one, two)


def is_open_at(parent: Folder, name: str, folder: Folder) -> bool:
    """Whether a name still leads to the directory that was opened by it."""
    entry = status(parent, name)
    return entry is not None and os.path.samestat(entry, os.fstat(folder.fd))


@contextmanager
def opened_regular(
    path: str | Path, named: str, *, dir_fd: int | None = None, follow_links: bool = False
) -> Iterator[int]:
    """Open a regular file for reading: no pipe is waited for, no device is read; errors carry `named`. Raises OSError.

    `path` is relative to the directory `dir_fd`, where there is one.
    """
    fd = os.open(path, _READ & ~_NO_LINK if follow_links else _READ, dir_fd=dir_fd)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", named)
        yield fd
    finally:
        os.close(fd)


def reading(folder: Folder, name: str) -> AbstractContextManager[int]:
    """Open a regular file of a directory for reading. Raises OSError, also for a link."""
    return opened_regular(name, folder.named(name), dir_fd=folder.fd)


def _digest(fd: int) -> str:
    total = hashlib.sha256()
    while chunk := os.read(fd, _CHUNK):
        total.update(chunk)
    return total.hexdigest()


def read(folder: Folder, name: str, limit: int) -> bytes:
    """Read a regular file of at most `limit` bytes; EFBIG above it, EINVAL for anything but a regular file."""
    return read_with_inode(folder, name, limit)[0]


def read_with_inode(folder: Folder, name: str, limit: int) -> tuple[bytes, int]:
    """Read as `read` does, and return the inode of the file that was read too."""
    chunks, size = [], 0
    with reading(folder, name) as fd:
        while chunk := os.read(fd, _CHUNK):
            size += len(chunk)
            if size > limit:
                raise OSError(errno.EFBIG, f"larger than {limit} bytes", folder.named(name))
            chunks.append(chunk)
        return b"".join(chunks), os.fstat(fd).st_ino


def digest(folder: Folder, name: str) -> str:
    """Return the SHA-256 of a regular file of any size, in hexadecimal. Raises OSError."""
    with reading(folder, name) as fd:
        return _digest(fd)


def digest_of_input(folder: Folder, path: str) -> str:
    """Return the SHA-256 of a regular file that is only read, so links may lead to it. Raises OSError."""
    with opened_regular(path, path, dir_fd=folder.fd, follow_links=True) as fd:
        return _digest(fd)


def has_digest(folder: Folder, name: str, wanted: str) -> bool:
    """Whether `name` is a regular file with this SHA-256. Links, directories and nothing are not."""
    entry = status(folder, name)
    return entry is not None and stat.S_ISREG(entry.st_mode) and digest(folder, name) == wanted


def write_new(folder: Folder, name: str, content: bytes, like: os.stat_result | None = None) -> int:
    """Create a file that does not exist yet, and return its inode; not yet durable. Raises OSError.

    Its mode is 0666 less the umask, or that of `like`, whose group it gets too, as far as the system allows.
    """
    fd = os.open(name, CREATE, 0o666, dir_fd=folder.fd)
    try:
        if like is not None:
            resemble(fd, like)
        write(fd, content)
        return os.fstat(fd).st_ino
    finally:
        os.close(fd)


def write_lines(folder: Folder, name: str, lines: Iterable[bytes]) -> str:
    """Create a file of lines, which are made as they are written, and return its SHA-256; not yet durable.

    Raises OSError, and what making the lines raises; then a part of the file may be there.
    """
    total = hashlib.sha256()
    fd = os.open(name, CREATE, 0o666, dir_fd=folder.fd)
    try:
        gathered: list[bytes] = []
        size = 0
        for line in lines:
            gathered += (line, b"\n")
            size += len(line) + 1
            if size >= _CHUNK:
                _write_gathered(fd, gathered, total)
                size = 0
        _write_gathered(fd, gathered, total)
    finally:
        os.close(fd)
    return total.hexdigest()


def _write_gathered(fd: int, gathered: list[bytes], total: "hashlib._Hash") -> None:
    content = b"".join(gathered)
    gathered.clear()
    total.update(content)
    write(fd, content)


def lines_in(folder: Folder, name: str, limit: int) -> Iterator[bytes]:
    """Yield the lines of a regular file without their ends, LF or CRLF. Raises OSError, EFBIG for one over `limit`."""
    with reading(folder, name) as fd, open(fd, "rb", closefd=False) as file:
        while line := file.readline(limit + 1):
            if len(line) > limit:
                raise OSError(errno.EFBIG, f"a line of it is larger than {limit} bytes", folder.named(name))
            yield line.rstrip(b"\r\n")


def write(fd: int, content: bytes) -> None:
    """Write all of the content. Raises OSError."""
    left = memoryview(content)
    while left:
        left = left[os.write(fd, left) :]


def resemble(fd: int, like: os.stat_result) -> None:
    """Set the group and mode of a file to those of another; where the system does not allow it, that is no error."""
    now = os.fstat(fd)
    if now.st_gid != like.st_gid:
        with _if_supported():
            os.fchown(fd, -1, like.st_gid)
    if stat.S_IMODE(now.st_mode) != stat.S_IMODE(like.st_mode):
        with _if_supported():
            os.fchmod(fd, stat.S_IMODE(like.st_mode))


def inherit(txn: Folder, parent: Folder) -> None:
    """Let files that are created in `txn` inherit what they would in `parent`: its group and its default ACL.

    They are created there to get a second name here, and that changes neither. What the system refuses is left out.
    """
    theirs, ours = os.fstat(parent.fd), os.fstat(txn.fd)
    if (theirs.st_gid, theirs.st_mode & stat.S_ISGID) != (ours.st_gid, ours.st_mode & stat.S_ISGID):
        with _if_supported():
            os.fchown(txn.fd, -1, theirs.st_gid)
            os.fchmod(txn.fd, stat.S_IMODE(ours.st_mode) & ~stat.S_ISGID | theirs.st_mode & stat.S_ISGID)
    if sys.platform == "linux":  # elsewhere Python reads no ACL
        theirs_acl, ours_acl = _default_acl(parent), _default_acl(txn)
        with _if_supported():
            if theirs_acl and theirs_acl != ours_acl:
                os.setxattr(txn.fd, _DEFAULT_ACL, theirs_acl)
            elif ours_acl and not theirs_acl:
                os.removexattr(txn.fd, _DEFAULT_ACL)


if sys.platform == "linux":

    def _default_acl(folder: Folder) -> bytes:
        try:
            return os.getxattr(folder.fd, _DEFAULT_ACL)
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise
            return b""


@contextmanager
def _if_supported() -> Iterator[None]:
    """Go on where the file system, or the rights of this user, lack something that a document can do without."""
    try:
        yield
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise


def sync_file(folder: Folder, name: str) -> None:
    """Send a file's bytes to the device. The next `sync_folder` makes sure that the device keeps them."""
    fd = os.open(name, _READ, dir_fd=folder.fd)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_folder(folder: Folder) -> None:
    """Make a directory's names durable, and all that was sent to the device before."""
    if sys.platform == "darwin":  # fsync leaves the bytes in the drive's cache there
        _flush_drive(folder.fd)
        return
    try:
        os.fsync(folder.fd)
    except OSError as error:
        if error.errno != errno.EINVAL:  # how a file system says that it has no such thing as a directory's fsync
            raise


def _flush_drive(fd: int) -> None:
    try:
        fcntl.fcntl(fd, getattr(fcntl, "F_FULLFSYNC", 51))
    except OSError:
        os.fsync(fd)  # network file systems refuse F_FULLFSYNC


def move(folder: Folder, name: str, other: Folder, other_name: str) -> None:
    """Rename an entry into another directory. Only for names that nobody else uses: it replaces what is there."""
    os.rename(name, other_name, src_dir_fd=folder.fd, dst_dir_fd=other.fd)


def remove(folder: Folder, name: str) -> None:
    """Unlink an entry of our own; fine if it is gone already."""
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder.fd)


def remove_folder(parent: Folder, name: str) -> None:
    """Remove a directory if it is empty; one that is not, or is gone, stays as it is."""
    try:
        os.rmdir(name, dir_fd=parent.fd)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR):
            raise
