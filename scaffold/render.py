"""A template set and its variables to the bytes of documents, with one copier run in a private directory."""

import errno
import hashlib
import io
import os
import re
import shutil
import tempfile
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from scaffold import sources
from scaffold.errors import InvalidInput, WriteFailed
from scaffold.model import Json

_NO_FAULT_OF_A_TEMPLATE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.EFBIG}
_HERE = Path(__file__).parent
_MAX_SOURCE_BYTES = 10_000_000
_UNSAFE = "it uses tasks, migrations or Jinja extensions, which could run any command; scaffold never allows them"


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """A copier template on disk: `name` is what the user calls it, `digest` the SHA-256 over its files."""

    name: str
    directory: Path
    digest: str


def built_in(name: str) -> TemplateSet:
    """Open a template set that comes with scaffold: `execution_task` or `subplan`.

    In a wheel they lie inside the package, in a checkout (and so in an editable install) beside it.
    """
    installed, checkout = _HERE / "template_sets" / name, _HERE.parent / "templates" / name
    return _opened(f"built-in {name}", installed if installed.is_dir() else checkout)


def from_directory(source: str) -> TemplateSet:
    """Open the template set in a directory; its working tree counts, whatever git says of it.

    Raises InvalidInput when there is no copier template in it, or a file that cannot be read.
    """
    hint = "name a directory with a copier.yml, such as a copy of scaffold's own template set"
    directory = Path(source)
    if not os.path.isdir(directory):  # noqa: PTH112 - pathlib fails on a name that no directory can have
        raise InvalidInput.of("template_not_found", f"--template {source}: there is no such directory", hint=hint)
    configs = [directory / name for name in ("copier.yml", "copier.yaml") if (directory / name).is_file()]
    if not configs:
        raise InvalidInput.of("template_invalid", f"--template {source}: it has no copier.yml", hint=hint)
    opened = _opened(source, directory)
    if any(re.search(rb"^_migrations\b", config.read_bytes(), re.MULTILINE) for config in configs):
        raise InvalidInput.of("template_invalid", f"template {source}: {_UNSAFE}", hint="remove _migrations")
    return opened


def render(template: TemplateSet, answers: Mapping[str, Json], planned: tuple[str, ...]) -> Mapping[str, bytes]:
    """Render `template` with `answers` and give the bytes of every planned file by its name.

    Raises InvalidInput when the template is wrong, naming its file and line, or makes other files than `planned`;
    WriteFailed when there is no room to render.
    """
    source = template.directory.resolve()
    with _scratch() as scratch:
        out = scratch / "out"
        with _template_errors(template, source):
            _run_copier(source, out, answers)
        made = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if not path.is_dir()}
        _check_names(template, set(made), set(planned))
        return {name: _read(template, made[name]) for name in planned}


@contextmanager
def _scratch() -> Iterator[Path]:
    """Give a new private directory below TMPDIR, and remove it; one that cannot be removed does no harm there."""
    scratch = None
    try:
        scratch = Path(tempfile.mkdtemp(prefix="scaffold-"))
        yield scratch
    except OSError as error:
        message = f"rendering failed below {tempfile.gettempdir()} ({error.strerror or error}); nothing was changed"
        hint = "make room there, or set TMPDIR to another directory"
        raise WriteFailed.of("write_failed", message, hint=hint) from error
    finally:
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)


def _opened(name: str, directory: Path) -> TemplateSet:
    try:
        return TemplateSet(name, directory, _digest(directory))
    except OSError as error:
        message = f"template {name}: cannot be read: {error.strerror}"
        hint = "make it a readable file with a name in UTF-8, or move it out of the template"
        raise InvalidInput.of("template_invalid", message, path=str(error.filename or name), hint=hint) from error


def _digest(directory: Path) -> str:
    """Take the SHA-256 over every file's path and bytes; raises OSError, also for what copier would stumble over."""
    total = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        relative = path.relative_to(directory)
        if ".git" not in relative.parts and path.exists() and not path.is_dir():
            try:
                name = relative.as_posix().encode()
            except UnicodeEncodeError as error:
                raise OSError(errno.EILSEQ, "its name is not UTF-8", str(path)) from error
            content = sources.read(path, _MAX_SOURCE_BYTES)
            if len(content) > _MAX_SOURCE_BYTES:
                raise OSError(errno.EFBIG, f"it has more than {_MAX_SOURCE_BYTES:,} bytes", str(path))
            total.update(b"%b\0%d\0%b" % (name, len(content), content))
    return total.hexdigest()


def _run_copier(source: Path, out: Path, answers: Mapping[str, Json]) -> None:
    """Run copier once. Its settings are empty: those of the user could trust the template and run its tasks.

    It is kept from finding git: it would render the last tag of a checkout and not what is on disk.
    """
    try:
        from copier import Settings, run_copy  # half a second of imports: only here, when something is rendered
        from plumbum import local
    except ImportError as error:  # also where memory is limited: its compiled parts cannot be mapped then
        hint = "free memory, or install scaffold again"
        raise WriteFailed.of("copier_unloadable", f"copier cannot be loaded: {error}", hint=hint) from error

    # What copier prints and warns of would stand beside our own one message, or inside a JSON document.
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), local.env(PATH=""):
        warnings.simplefilter("ignore")
        run_copy(str(source), out, data=dict(answers), defaults=True, quiet=True, settings=Settings())


@contextmanager
def _template_errors(template: TemplateSet, source: Path) -> Iterator[None]:
    """Turn whatever copier, Jinja, YAML, git and the template's own expressions raise into one message."""
    try:
        yield
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_FAULT_OF_A_TEMPLATE:
            raise
        place = _place(error, source)
        if place is None and not _is_foreign(error):
            raise
        file, line = place or (None, None)
        message = f"template {template.name}: {_explained(error, source)}"
        hint = "correct the template, or leave --template out to use the built-in one"
        raise InvalidInput.of("template_invalid", message, path=file, line=line, hint=hint) from error


def _place(error: Exception, source: Path) -> tuple[str, int] | None:
    """Find the template's file and line: Jinja puts its files into the traceback like any other code."""
    from jinja2 import TemplateSyntaxError

    cause: BaseException | None = error
    while cause is not None:  # a YAML error lies behind copier's own, and knows its line
        if mark := getattr(cause, "problem_mark", None):
            return Path(mark.name).name, mark.line + 1
        cause = cause.__cause__
    if isinstance(error, TemplateSyntaxError) and error.filename:
        frames = [(error.filename, error.lineno)]
    else:
        frames = [(frame.filename, frame.lineno or 1) for frame in traceback.extract_tb(error.__traceback__)]
    for filename, line in reversed(frames):
        if filename.startswith(f"{source}/"):
            return Path(filename).relative_to(source).as_posix(), line
    return None


def _is_foreign(error: Exception) -> bool:
    """Say whether an error without a place in the template is still the template's, and not a bug of scaffold's.

    Most are of copier's reading of settings: a type it does not expect, lists in lists without an end.
    """
    from copier.errors import CopierError
    from jinja2 import TemplateError

    of_settings = ValueError | TypeError | AttributeError | RecursionError
    return isinstance(error, CopierError | TemplateError | of_settings | ArithmeticError | OSError)


def _explained(error: Exception, source: Path) -> str:
    from copier.errors import UnsafeTemplateError

    if isinstance(error, UnsafeTemplateError):
        return _UNSAFE
    text = " ".join(str(error).replace(f"{source}/", "").split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _check_names(template: TemplateSet, made: set[str], planned: set[str]) -> None:
    """What came out must be what was planned: names with `/` or doubled ones would get lost silently."""
    if made == planned:
        return
    missing, extra = sorted(planned - made), sorted(made - planned)
    parts = [f"did not make {', '.join(missing[:3])}"] if missing else []
    parts += [f"made {', '.join(extra[:3])}, which nobody asked for"] if extra else []
    message = f"template {template.name} {' and '.join(parts)}"
    hint = f"its file name must give every document its own, such as {min(planned)}: see the built-in template set"
    raise InvalidInput.of("template_names", message, hint=hint)


def _read(template: TemplateSet, path: Path) -> bytes:
    content = path.read_bytes()
    try:
        content.decode()
    except UnicodeDecodeError as error:
        message = f"template {template.name}: {path.name} came out as something else than UTF-8"
        raise InvalidInput.of("template_invalid", message, hint="save the template's files as UTF-8") from error
    return content
