"""Copier, reduced to what scaffold needs: a directory and variables in, documents in memory out.

It looks for no git, reads no settings of the user's, writes no file, and its templates get the language that
`language` lists. Copier has no public way to any of this: what is overridden here is checked to exist.
"""

import datetime
import io
import warnings
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, MutableMapping, ValuesView
from contextlib import redirect_stderr, redirect_stdout
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

from copier._jinja_ext import CopierTemplateLoader, SandboxedEnvironment, YieldExtension, get_yield_context
from copier._main import Worker
from copier._settings import SettingsModel
from copier._template import Template
from jinja2 import Environment, StrictUndefined, TemplateNotFound, Undefined, nodes
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import SandboxedEscapeFormatter, SandboxedFormatter
from jinja2.utils import Cycler, Namespace
from markupsafe import Markup

from scaffold.render import language
from scaffold.render.child import LimitReached
from scaffold.render.language import Rule
from scaffold.render.sets import LEFT_ALONE

_OVERRIDDEN = ("_render_allowed", "_render_context", "answers_relpath", "jinja_env", "template")
if missing := [name for name in _OVERRIDDEN if not hasattr(Worker, name)]:
    raise ImportError(f"this version of it has no {' and no '.join(missing)}, which scaffold relies on")

_LARGEST = 10_000_000
"""Most characters or items that a repetition, and bits that a power may have."""

_PLAIN = (str, bytes, int, float, type(None), range, Undefined)
_PLAIN_TIMES = (datetime.date, datetime.time, datetime.timedelta)  # a datetime is a date
_COLLECTIONS = (list, tuple, KeysView, ValuesView, ItemsView)
_TIME_ATTRIBUTES = frozenset(
    ("year", "month", "day", "hour", "minute", "second", "days", "seconds", "weekday", "isoweekday", "isoformat")
)
_ATTRIBUTES: tuple[tuple[type | tuple[type, ...], frozenset[str] | None], ...] = (
    (_PLAIN_TIMES, _TIME_ATTRIBUTES),
    ((str, bytes, int, float, list, tuple, dict, range, Undefined), None),
    (LoopContext, None),
    (Macro, frozenset(("name", "arguments", "catch_kwargs", "catch_varargs", "caller"))),
    (BlockReference, frozenset(("super",))),
    (Cycler, frozenset(("current", "next", "reset"))),
    (Namespace, None),
    (TemplateModule, None),
)
"""The attributes that templates may read, by type: None stands for all that do not begin with an underscore."""


def run(source: Path, place: Path, answers: Mapping[str, Any], take: Callable[[str, bytes], None]) -> None:
    """Render the template set in `source` and hand each document to `take`, by its POSIX path; `place` is empty.

    Raises whatever copier, Jinja and YAML raise.
    """
    # What copier prints and warns of would stand beside our own one message, or inside a JSON document.
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        with _Worker(
            src_path=str(source),
            dst_path=place / "out",
            data=dict(answers),
            defaults=True,
            quiet=True,
            pretend=True,
            exclude=LEFT_ALONE,
            settings=SettingsModel(),
        ) as worker:
            worker.take = take
            _check_settings(worker.template)
            worker.run_copy()


class RefusedSetting(ValueError):
    """A setting of a template set that scaffold refuses; `setting` is its name in copier.yml."""

    def __init__(self, setting: str, rule: Rule) -> None:
        self.setting = setting
        super().__init__(f"the setting {setting} is refused ({rule.why})")


class NotText(ValueError):
    """A file of a template set that is not UTF-8: its path in the set, and the line of the first such byte."""

    def __init__(self, path: str, line: int, byte: int) -> None:
        self.path, self.line = path, line
        super().__init__(f"it is not UTF-8: byte 0x{byte:02x}")


def _check_settings(template: Template) -> None:
    for key, value in template.config_data.items():
        rule = language.SETTINGS.get(f"_{key}", language.UNKNOWN)
        if not rule.allowed and not (key == "preserve_symlinks" and value is False):
            raise RefusedSetting(f"_{key}", rule)
    unknown = sorted(set(template.envops) - language.ENVOPS)
    if unknown:
        raise RefusedSetting(f"_envops: {unknown[0]}", Rule(False, "it is not about how templates are written"))
    if secret := [name for name, details in template.questions_data.items() if details.get("secret")]:
        raise RefusedSetting(f"{secret[0]}: secret", language.SETTINGS["_secret_questions"])


class _Directory(Template):
    """A template that is what lies in its directory; whether git is there, or has a tag, is not asked."""

    vcs = None


class _Worker(Worker):
    take: Callable[[str, bytes], None]

    @cached_property
    def _seen(self) -> dict[int, Any]:
        """The answers that are known to be plain, so that each is looked through once and not for every document."""
        return {}

    @cached_property
    def template(self) -> Template:
        return _Directory(url=str(self.src_path))

    @cached_property
    def jinja_env(self) -> SandboxedEnvironment:
        return restricted(super().jinja_env, self.template)

    @property
    def answers_relpath(self) -> Path:
        """Return copier's default; and forget the last `yield` tag here, where copier does and relies on it."""
        get_yield_context(self.jinja_env).yield_name = None
        return Path(".copier-answers.yml")

    def _render_context(self) -> MutableMapping[str, Any]:
        """Return the answers alone: nothing of this machine, no clock and no secret."""
        answers = {name: value for name, value in self.answers.combined.items() if name not in language.GLOBALS}
        for value in answers.values():
            if id(value) not in self._seen:
                self._seen[id(value)] = plain(value)
        return answers

    def _render_allowed(
        self,
        dst_relpath: Path,
        is_dir: bool = False,
        is_symlink: bool = False,
        expected_contents: bytes | Path = b"",
        expected_mode: int | None = None,
    ) -> bool:
        """Take a document instead of writing it."""
        if not is_dir:
            self.take(dst_relpath.as_posix(), b"" if isinstance(expected_contents, Path) else expected_contents)
        return False


def restricted(own: Environment, template: Template) -> "_Environment":
    """Return copier's environment `own` anew, with nothing in it that `language` does not allow."""
    options = {key: value for key, value in template.envops.items() if key != "undefined"}
    environment = _Environment(
        loader=_Loader(template.local_abspath),
        extensions=[YieldExtension],
        undefined=own.undefined,
        finalize=plain,
        **options,
    )
    environment.filters = {name: _filter(name, function) for name, function in own.filters.items()}
    environment.tests = {name: _test(name, function) for name, function in own.tests.items()}
    names = {*own.globals, *(name for name, rule in language.GLOBALS.items() if not rule.allowed)}
    environment.globals = {name: _global(name, own.globals.get(name)) for name in names}
    return environment


def plain(value: Any) -> Any:
    """Return `value` when it is data, whose text is the same in every run; raises SecurityError for anything else.

    The text of a function or an object has its place in memory in it; a set has no order.
    """
    if isinstance(value, _COLLECTIONS):
        for item in value:
            plain(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            plain(key)
            plain(item)
    elif not isinstance(value, _PLAIN + _PLAIN_TIMES):
        message = f"only text, numbers, lists and mappings can be used here, and this is a {type(value).__name__}"
        raise SecurityError(f"{message}: its text would be different in every run")
    return value


def _refusal(kind: str, name: str, rule: Rule) -> str:
    return f"the {kind} {name} is refused ({rule.why})"


def _filter(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    rule = language.FILTERS.get(name, language.UNKNOWN)

    @wraps(function)
    def refused(*_: Any, **__: Any) -> Any:
        raise SecurityError(_refusal("filter", name, rule))

    @wraps(function)
    def allowed(*arguments: Any, **options: Any) -> Any:
        given = arguments[1:] if hasattr(function, "jinja_pass_arg") else arguments
        for value in (*given, *options.values()):
            plain(value)
        result = function(*arguments, **options)
        return plain(list(result) if isinstance(result, Iterator) else result)

    return allowed if rule.allowed else refused


def _test(name: str, function: Any) -> Any:
    rule = language.TESTS.get(name, language.UNKNOWN)

    def refused(*_: Any, **__: Any) -> Any:
        raise SecurityError(_refusal("test", name, rule))

    return function if rule.allowed else refused


def _global(name: str, value: Any) -> Any:
    rule = language.GLOBALS.get(name, language.UNKNOWN)
    return value if rule.allowed else StrictUndefined(_refusal("variable", name, rule), exc=SecurityError)


class _Loader(CopierTemplateLoader):
    """Reads the files of the set, among which those of git are not, without the byte order marks that editors add."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        try:
            source, filename, current = super().get_source(environment, template)
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            raise NotText(template, error.object.count(b"\n", 0, error.start) + 1, byte) from error
        if ".git" in Path(filename).resolve().relative_to(self.searchpath[0]).parts:
            raise TemplateNotFound(template)
        return source.removeprefix("\ufeff"), filename, current


class _Environment(SandboxedEnvironment):
    """The sandbox with the attributes of listed types alone, and no text of what is not data."""

    intercepted_binops = frozenset(("%", "*", "**", "-"))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """What `~` joins is made text by the filter for that, which looks at it first."""
        tree = super()._parse(source, name, filename)
        for joined in tree.find_all(nodes.Concat):
            joined.nodes = [self._as_text(part) for part in joined.nodes]
        return tree

    def _as_text(self, part: nodes.Expr) -> nodes.Expr:
        text = nodes.Filter(part, "string", [], [], None, None, lineno=part.lineno)
        text.set_environment(self)
        return text

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if not super().is_safe_attribute(obj, attr, value):
            return False
        names = next((names for kind, names in _ATTRIBUTES if isinstance(obj, kind)), frozenset[str]())
        return names is None or attr in names

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "%" and isinstance(left, str | bytes):
            plain(right)
        if operator in ("*", "**") and _size(operator, left, right) > _LARGEST:
            raise LimitReached(f"more than {_LARGEST:,} characters, items or bits for one value")
        return plain(super().call_binop(context, operator, left, right))

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        if super().wrap_str_format(value) is None:
            return None
        text, mapped = value.__self__, value.__name__ == "format_map"

        def formatted(*arguments: Any, **options: Any) -> str:
            if mapped:
                (options,) = arguments
                arguments = ()
            formatter = _MarkupFormatter(self, escape=text.escape) if isinstance(text, Markup) else _Formatter(self)
            rendered: str = type(text)(formatter.vformat(text, arguments, options))
            return rendered

        return formatted


def _size(operator: str, left: Any, right: Any) -> float:
    if operator == "**":
        return left.bit_length() * right if isinstance(left, int) and isinstance(right, int) else 0
    for many, times in ((left, right), (right, left)):
        if isinstance(many, str | bytes | list | tuple) and isinstance(times, int):
            return len(many) * times
    return 0


class _Formatter(SandboxedFormatter):
    def convert_field(self, value: Any, conversion: Any) -> Any:
        return super().convert_field(plain(value), conversion)


class _MarkupFormatter(_Formatter, SandboxedEscapeFormatter):
    pass
