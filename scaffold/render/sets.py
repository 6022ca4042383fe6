"""Template sets on disk: where they are, and a digest over what they hold, read within bounds."""

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from scaffold.errors import InvalidInput
from scaffold.plan import files
from scaffold.reading import merge_markers

_PACKAGE = Path(__file__).parent.parent
_READ = frozenset({".jinja", ".j2", ".yml", ".yaml", ".md", ".txt"})
"""Files that are rendered or copied; what a merge leaves beside them, `x.jinja.orig`, may hold what it likes."""

LEFT_ALONE = (".git", ".venv", ".gitkeep", ".DS_Store", "Thumbs.db", "*.swp", "*~", ".#*")
"""What editors and systems leave in a directory: it is not part of a set, is not counted, and does no harm."""

_ADDRESS = re.compile(r"[a-z+]+://|git@|g[hl]:")
MAX_FILES = 10_000
MAX_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """A copier template on disk: `name` is what the user calls it, `digest` the SHA-256 over its files.

    A set that is `trusted` came with scaffold.
    """

    name: str
    directory: Path
    digest: str
    trusted: bool = False


def built_in(name: str) -> TemplateSet:
    """Open a template set that comes with scaffold: `execution_task` or `subplan`.

    In a wheel they lie inside the package, in a checkout (and so in an editable install) beside it.
    """
    installed, checkout = _PACKAGE / "template_sets" / name, _PACKAGE.parent / "templates" / name
    return _opened(f"built-in {name}", installed if installed.is_dir() else checkout, trusted=True)


def from_directory(source: str) -> TemplateSet:
    """Open the template set in a directory; its working tree counts, whatever git says of it.

    Raises InvalidInput when it is no directory, there is no copier template in it, a file cannot be read, a link leads
    out of it, or it is too much.
    """
    hint = "name a directory with a copier.yml, such as a copy of scaffold's own template set"
    directory = Path(source)
    if not source or not os.path.isdir(directory):  # noqa: PTH112 - pathlib fails on a name that no directory can have
        message = f"--template {source or repr(source)}: {_why_no_directory(source)}"
        raise InvalidInput.of("template_not_found", message, hint=hint)
    if not any((directory / name).is_file() for name in ("copier.yml", "copier.yaml")):
        raise InvalidInput.of("template_invalid", f"--template {source}: it has no copier.yml", hint=hint)
    return _opened(source, directory)


def _why_no_directory(source: str) -> str:
    if not source:
        return "the name is empty; leave --template out for the built-in set"
    if _ADDRESS.match(source):
        return "this is an address, and only directories are accepted: clone it, and name the directory"
    if os.path.isfile(source):  # noqa: PTH113 - as above
        return "this is a file, and a template set is a directory"
    return "there is no such directory"


def _opened(name: str, directory: Path, *, trusted: bool = False) -> TemplateSet:
    try:
        return TemplateSet(name, directory, _digest(directory), trusted)
    except OSError as error:
        message = f"template {name}: cannot be read: {error.strerror}"
        hint = "make it a readable file with a name in UTF-8, or move it out of the template"
        raise InvalidInput.of("template_invalid", message, path=str(error.filename or name), hint=hint) from error


def _digest(directory: Path) -> str:
    """Take the SHA-256 over every file's path and bytes, but for what is left alone.

    Raises OSError, also for what copier would stumble over, and InvalidInput for merge markers.
    """
    total = hashlib.sha256()
    left = MAX_BYTES
    for path in sorted(_files(directory)):
        try:
            name = path.relative_to(directory).as_posix().encode()
        except UnicodeEncodeError as error:
            raise OSError(errno.EILSEQ, "its name is not UTF-8", str(path)) from error
        content = files.read(path, left)
        if len(content) > left:
            raise OSError(errno.EFBIG, f"the template set has more than {MAX_BYTES:,} bytes with it", str(path))
        left -= len(content)
        if path.suffix in _READ and (
            markers := merge_markers.unresolved(content.decode("utf-8", "replace"), str(path))
        ):
            raise InvalidInput(markers)
        total.update(b"%b\0%d\0%b" % (name, len(content), content))
    return total.hexdigest()


def _files(directory: Path) -> Iterator[Path]:
    """Yield every file of the set in `directory`, at most MAX_FILES; raises OSError for links that lead out."""
    root, seen, folders = directory.resolve(), 0, [directory]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if any(fnmatchcase(entry.name, pattern) for pattern in LEFT_ALONE):
                    continue
                seen += 1
                if seen > MAX_FILES:
                    raise OSError(errno.EFBIG, f"the template set has more than {MAX_FILES:,} files", str(directory))
                path = Path(entry.path)
                if entry.is_symlink():
                    _check_link(path, root)
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                elif path.exists() and not path.is_dir():
                    yield path


def _check_link(path: Path, root: Path) -> None:
    """A link that leads nowhere does no harm: editors use them to mark open files."""
    target = Path(os.path.realpath(path))  # pathlib fails on links that lead to each other
    inside = target.is_relative_to(root) and ".git" not in target.relative_to(root).parts
    if path.exists() and not inside:
        raise OSError(errno.EXDEV, "it is a link that leads out of the template set", str(path))
