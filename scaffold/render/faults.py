"""Whatever copier, Jinja, YAML and a template's own expressions raise, as one message with the file and the line."""

import errno
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from copier.errors import CopierError
from jinja2 import TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError

from scaffold.errors import InvalidInput
from scaffold.render.child import LimitReached
from scaffold.render.worker import NotText, RefusedSetting

_NO_FAULT_OF_A_TEMPLATE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.EFBIG}
_REFUSED = (RefusedSetting, SecurityError)
_HINT = "correct the template, or leave out --template to use the built-in one"
_HINT_OF_REFUSED = "write the template without it: what templates may use is listed in docs/template-language.md"


@contextmanager
def template_errors(name: str, source: Path, memory: str | None = None, base: str = "") -> Iterator[None]:
    """Raise InvalidInput for whatever is wrong with the template set `name` in `source`.

    `base` is the set's directory as the user named it: a file below it can be opened from where the user stands.
    Bugs in scaffold and an OSError that is not the template's fault pass through; so does MemoryError, unless `memory`
    names the limit that was reached.
    """
    try:
        yield
    except InvalidInput:
        raise
    except (LimitReached, MemoryError) as error:
        limit = str(error) if isinstance(error, LimitReached) else memory
        if limit is None:
            raise
        file, line = _place(error, source) or (None, None)
        raise limit_reached(name, limit, file and str(Path(base, file)), line) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_FAULT_OF_A_TEMPLATE:
            raise
        place = _place(error, source)
        if place is None and not _is_foreign(error):
            raise
        file, line = place or (None, None)
        message = f"template {name}: {_explained(error, source)}"
        hint = _HINT_OF_REFUSED if isinstance(error, _REFUSED) else _HINT
        hint = "save it as UTF-8" if isinstance(error, NotText) else hint
        raise InvalidInput.of(
            "template_invalid", message, path=file and str(Path(base, file)), line=line, hint=hint
        ) from error


def limit_reached(name: str, limit: str, path: str | None = None, line: int | None = None) -> InvalidInput:
    """Return the error for a template set that takes more than it may: `limit` is the text of a LimitReached."""
    message = f"template {name} takes {limit}: rendering was stopped"
    hint = "look for an endless loop or recursion, or leave out --template to use the built-in one"
    return InvalidInput.of("template_limit", message, path=path, line=line, hint=hint)


def _place(error: Exception, source: Path) -> tuple[str, int | None] | None:
    """Find the template's file and line: Jinja puts its files into the traceback like any other code."""
    if isinstance(error, RefusedSetting):
        return _place_of_setting(error.setting, source)
    if isinstance(error, NotText):
        return error.path, error.line
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


def _place_of_setting(setting: str, source: Path) -> tuple[str, int | None] | None:
    """Find the line that a setting begins on: in copier.yml, or in a file that it includes."""
    (config, *_) = sorted(source.glob("copier.y*ml"))
    top = re.escape(setting.partition(":")[0])
    lines = config.read_text("utf-8", "replace").splitlines()
    line = next((at for at, text in enumerate(lines, 1) if re.match(rf"[\"']?{top}[\"']?\s*:", text)), None)
    return config.name, line


def _is_foreign(error: Exception) -> bool:
    """Whether an error without a place in the template is still the template's, and not a bug of scaffold's.

    Most come from copier reading settings: a type it does not expect, endlessly nested lists.
    """
    of_settings = ValueError | TypeError | AttributeError | RecursionError
    return isinstance(error, CopierError | TemplateError | of_settings | ArithmeticError | OSError)


def _explained(error: Exception, source: Path) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply, or recurses endlessly"
    text = " ".join(str(error).replace(f"{source}/", "").split())
    if isinstance(error, (*_REFUSED, NotText)):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
