"""Whatever copier, Jinja, YAML and a template's own expressions raise, as one message with the file and the line."""

import errno
import re
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError

from scaffold.errors import Diagnostic, InvalidInput
from scaffold.lazy.values import replace
from scaffold.names import EXECUTION_TASK, SUBPLAN, agreed, shown
from scaffold.render.child import LimitReached
from scaffold.render.environment import Missing, NotText
from scaffold.render.failures import Faulty, MissingKeys, OtherFile, WrongSetting, WrongSettings
from scaffold.render.plain import NotPlain
from scaffold.templates.sets import SETTINGS, TemplateSet

_NO_FAULT_OF_A_TEMPLATE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.EFBIG}
_REFUSED = (SecurityError,)
_HINT = "correct the template; --template built-in takes the one that comes with scaffold"
_HINT_OF_REFUSED = "write the template without it: what templates may use is listed in docs/template-language.md"


@contextmanager
def template_errors(template: TemplateSet, memory: str | None = None) -> Iterator[None]:
    """Raise InvalidInput for whatever is wrong with a template set, with paths that can be opened from here.

    Bugs in scaffold and an OSError that is not the template's fault pass through; so does MemoryError, unless `memory`
    names the limit that was reached.
    """
    try:
        yield
    except (InvalidInput, NotPlain):
        raise
    except Faulty as error:
        raise InvalidInput(
            replace(fault, message=f"template {template.name}: {fault.message}") for fault in error.faults
        ) from error
    except WrongSettings as error:
        raise InvalidInput(_of_setting(setting, template) for setting in error.settings) from error
    except MissingKeys as error:
        raise InvalidInput(_of_key(missing, template) for missing in error.missing) from error
    except OtherFile as error:
        raise other_files(template, [error.path], (), error.like) from error
    except (LimitReached, MemoryError) as error:
        limit = str(error) if isinstance(error, LimitReached) else memory
        if limit is None:
            raise
        path, line = _place(error, template) or (None, None)
        raise limit_reached(template.name, limit, path, line) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_FAULT_OF_A_TEMPLATE:
            raise
        place = _place(error, template)
        if place is None and not _is_foreign(error):
            raise
        path, line = place or (None, None)
        message = f"template {template.name}: {_explained(error, template)}"
        hint = _HINT_OF_REFUSED if isinstance(error, _REFUSED) else _HINT
        hint = "save it as UTF-8" if isinstance(error, NotText) else hint
        raise InvalidInput.of("template_invalid", message, path=path, line=line, hint=hint) from error


def _of_key(error: Missing, template: TemplateSet) -> Diagnostic:
    key, task = str(error.name), error.task or {}
    read = f"task.extra.{key}" if key.isidentifier() else f"task.extra[{shown(key)}]"
    message = f"achievement {task.get('id')} has no `{key}` in parallel.json, which the template asks for"
    hint = f'add it there, or write {{{{ {read} | default("…") }}}} in the template'
    path, line = _place(error, template) or (None, None)
    return Diagnostic("template_invalid", message, path, line, hint)


def _of_setting(wrong: WrongSetting, template: TemplateSet) -> Diagnostic:
    path, line = wrong.place or _place_of_setting(wrong.setting, template)
    hint = wrong.hint or _HINT_OF_REFUSED
    return Diagnostic("template_invalid", f"template {template.name}: {wrong.message}", path, line, hint)


def other_files(template: TemplateSet, made: Sequence[str], missing: Sequence[str], like: str) -> InvalidInput:
    """Return the error for a template set that made other files than those that were asked for; `like` is one."""
    parts = [f"did not make {', '.join(missing[:3])}"] if missing else []
    parts += [f"made {', '.join(made[:3])}, which {agreed(len(made), 'was', 'were')} not asked for"] if made else []
    hint = f"its file name must be different for every document, such as {like}: see the built-in template set"
    settings = next((template.base.files[name] for name in SETTINGS if name in template.base.files), b"")
    if b"_subdirectory" not in settings:
        hint = "write `_subdirectory: template` in copier.yml: what is rendered lies in that folder, sections beside it"
    for kind in (EXECUTION_TASK, SUBPLAN):
        if any(name.startswith(f"{kind.label}_") for name in made) and not like.startswith(f"{kind.label}_"):
            hint = f"this is a template set for {kind.label}s: use it with scaffold {kind.command}"
    return InvalidInput.of("template_names", f"template {template.name} {' and '.join(parts)}", hint=hint)


def limit_reached(name: str, limit: str, path: str | None = None, line: int | None = None) -> InvalidInput:
    """Return the error for a template set that takes more than it may: `limit` is the text of a LimitReached."""
    message = f"template {name} takes {limit}: rendering was stopped"
    hint = "look for an endless loop or recursion; --template built-in takes the one that comes with scaffold"
    return InvalidInput.of("template_limit", message, path=path, line=line, hint=hint)


def _place(error: Exception, template: TemplateSet) -> tuple[str, int | None] | None:
    """Find the template's file and line: Jinja puts its files into the traceback like any other code."""
    if isinstance(error, NotText):
        return error.path, error.line
    if yaml := _yaml_error(error):
        name = Path(yaml.problem_mark.name).name
        if name in template.base.files:
            return template.base.path(name), yaml.problem_mark.line + 1
        return template.base.path(_settings_of(template)), None  # in a file that it includes, whose name is lost
    if isinstance(error, TemplateSyntaxError) and error.filename:
        frames = [(error.filename, error.lineno)]
    else:
        frames = [(frame.filename, frame.lineno or 1) for frame in traceback.extract_tb(error.__traceback__)]
    known = {layer.path(file) for layer in template.layers for file in layer.files}
    return next(((name, line) for name, line in reversed(frames) if name in known), None)


def _yaml_error(error: BaseException | None) -> Any:
    """Return the error of YAML that lies behind copier's own, and knows its reason and line; None for no such one."""
    while error is not None and not getattr(error, "problem_mark", None):
        error = error.__cause__
    return error


def _settings_of(template: TemplateSet) -> str:
    return next(name for name in SETTINGS if name in template.base.files)


def _place_of_setting(setting: str, template: TemplateSet) -> tuple[str, int | None]:
    """Find the line that a setting begins on: in copier.yml, or in a file that it includes."""
    config = _settings_of(template)
    top = re.escape(setting.partition(":")[0])
    if not top:
        return template.base.path(config), None
    lines = template.base.files[config].decode("utf-8", "replace").splitlines()
    line = next((at for at, text in enumerate(lines, 1) if re.match(rf"[\"']?{top}[\"']?\s*:", text)), None)
    return template.base.path(config), line


def _is_foreign(error: Exception) -> bool:
    """Whether an error without a place in the template is still the template's, and not a bug of scaffold's.

    Most come from copier reading settings: a type it does not expect, endlessly nested lists.
    """
    of_settings = ValueError | TypeError | AttributeError | RecursionError
    of_copier = any(kind.__module__ == "copier.errors" for kind in type(error).__mro__)
    return of_copier or isinstance(error, TemplateError | of_settings | ArithmeticError | OSError)


def _explained(error: Exception, template: TemplateSet) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply, or recurses endlessly"
    if yaml := _yaml_error(error):
        reason = ", ".join(part for part in (yaml.context, yaml.problem) if part)
        within = "" if Path(yaml.problem_mark.name).name in template.base.files else "what it includes is "
        return f"{within}not valid YAML: {reason}"
    text = str(error)
    for layer in template.layers:
        for directory in {str(layer.directory), layer.shown} - {""}:
            text = text.replace(f"{directory}/", "")
    text = " ".join(text.split())
    if isinstance(error, (*_REFUSED, NotText)):
        return text
    kind = "UndefinedError" if isinstance(error, Missing) else type(error).__name__
    return f"{kind}: {text}" if text else kind
