"""The language of templates: copier's Jinja environment, reduced to what `language` lists, over the files of a set."""

import datetime
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, MutableMapping, ValuesView
from functools import wraps
from types import BuiltinMethodType
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, Undefined, UndefinedError, nodes
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import (
    ImmutableSandboxedEnvironment,
    SandboxedEnvironment,
    SandboxedEscapeFormatter,
    SandboxedFormatter,
)
from jinja2.utils import Cycler, Namespace
from markupsafe import Markup

from scaffold.render import language
from scaffold.render.child import LimitReached
from scaffold.render.language import Rule
from scaffold.templates.refused import REFUSAL
from scaffold.templates.sets import TemplateSet

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

_OF_MAPPINGS = frozenset(dir(dict))
_FORMATTING = frozenset(("format", "format_map"))
"""Methods of texts that read attributes themselves: they are always looked at anew, and wrapped."""


class Missing(UndefinedError):
    """A value that a template asks for and nothing has: `name`, of the mapping or object `owner`.

    `task` are the variables of the document that was rendered, where it is known.
    """

    def __init__(self, name: Any, owner: Any, message: str) -> None:
        self.name, self.owner = name, owner
        self.task: Mapping[str, Any] | None = None
        super().__init__(message)

    @property
    def is_key_of_task(self) -> bool:
        """Whether it is a key that the achievement does not have in `parallel.json`."""
        return self.task is not None and self.owner is self.task.get("extra")


class NotText(ValueError):
    """A file of a template set that is not UTF-8: its path in the set, and the line of the first such byte."""

    def __init__(self, path: str, line: int, byte: int) -> None:
        self.path, self.line = path, line
        super().__init__(f"it is not UTF-8: byte 0x{byte:02x}")


def restricted(
    own: Environment,
    envops: Mapping[str, Any],
    template_set: TemplateSet,
    yielding: type[Extension],
    kind: "type[Restricted]",
) -> "Restricted":
    """Return an environment with what `own` has and `language` allows, which reads the files of a set.

    `envops` are its options as copier has them, `yielding` the extension for the `yield` tag of file names.
    """
    options = {key: value for key, value in envops.items() if key != "undefined"}
    environment = kind(
        loader=_Loader(template_set),
        extensions=[yielding],
        undefined=_Strict if own.undefined is StrictUndefined else own.undefined,
        finalize=plain,
        auto_reload=False,  # the files of a set are in memory
        **options,
    )
    environment.filters = {name: _filter(name, function) for name, function in own.filters.items()}
    environment.tests = {name: _test(name, function) for name, function in own.tests.items()}
    names = {*own.globals, *(name for name, rule in language.GLOBALS.items() if not rule.allowed)}
    environment.globals = {name: _global(name, own.globals.get(name)) for name in names}
    environment.dialect = repr((sorted(options.items()), environment.undefined))
    return environment


def plain(value: Any) -> Any:
    """Return `value` when it is data, whose text is the same in every run; raises SecurityError for anything else.

    The text of a function or an object has its place in memory in it; a set has no order.
    """
    if isinstance(value, str):  # nearly always
        return value
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

    setattr(refused, REFUSAL, _refusal("filter", name, rule))

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

    setattr(refused, REFUSAL, _refusal("test", name, rule))
    return function if rule.allowed else refused


def _global(name: str, value: Any) -> Any:
    rule = language.GLOBALS.get(name, language.UNKNOWN)
    return value if rule.allowed else StrictUndefined(_refusal("variable", name, rule), exc=SecurityError)


class _Loader(BaseLoader):
    """Reads the files of the set as they were read before, without the byte order marks that editors add."""

    def __init__(self, template_set: TemplateSet) -> None:
        self._set = template_set

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source = self._set.find(template)
        if source is None:
            raise TemplateNotFound(template)
        try:
            text = source.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            raise NotText(source.path, error.object.count(b"\n", 0, error.start) + 1, byte) from error
        return text.replace("\r\n", "\n"), source.path, lambda: True


class _Strict(StrictUndefined):
    """Names what is missing, so that a message can say in whose data."""

    @property
    def _undefined_message(self) -> str:
        message = super()._undefined_message
        if self._undefined_exception is UndefinedError and self._undefined_hint is None:
            raise Missing(self._undefined_name, self._undefined_obj, message)
        return message


class Restricted(SandboxedEnvironment):
    """The sandbox with the attributes of listed types alone, and no text of what is not data."""

    intercepted_binops = frozenset(("%", "*", "**", "-"))
    dialect = ""
    """All that decides what the code of a text is: options, and what is undefined."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._safe: dict[tuple[type, str], bool] = {}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """What `~` joins is made text by the filter for that, which looks at it first."""
        tree = super()._parse(source, name, filename)
        for joined in tree.find_all(nodes.Concat):
            joined.nodes = [part if _is_text(part) else self._as_text(part) for part in joined.nodes]
        return tree

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the variables of a template as a plain mapping: those of the environment are complete before it."""
        return {**self.globals, **(d or {})}

    def _as_text(self, part: nodes.Expr) -> nodes.Expr:
        text = nodes.Filter(part, "string", [], [], None, None, lineno=part.lineno)
        text.set_environment(self)
        return text

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute, or else an item: nearly always one of a mapping, for which nothing need be raised."""
        if type(obj) is dict and attribute not in _OF_MAPPINGS:
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if attribute not in _FORMATTING and self._safe.get((type(obj), attribute)):
            try:
                return getattr(obj, attribute)
            except AttributeError:
                pass
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether templates may read an attribute; its value does not count."""
        known = self._safe.get((type(obj), attr))
        if known is None:
            names = next((names for kind, names in _ATTRIBUTES if isinstance(obj, kind)), frozenset[str]())
            is_listed = names is None or attr in names
            known = self._safe[type(obj), attr] = is_listed and super().is_safe_attribute(obj, attr, value)
        return known

    def call(self, context: Context, obj: Any, /, *arguments: Any, **options: Any) -> Any:
        """Call what a template calls: nearly always a macro or a method of a text, which are safe."""
        if type(obj) is Macro:
            arguments = (context.eval_ctx, *arguments)
        elif type(obj) is not BuiltinMethodType or type(obj.__self__) is not str or obj.__name__ in _FORMATTING:
            return super().call(context, obj, *arguments, **options)
        options.pop("_block_vars", None)
        options.pop("_loop_vars", None)
        try:
            return obj(*arguments, **options)
        except StopIteration:
            return self.undefined("value was undefined because a callable raised a StopIteration exception")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return what an operator makes of two values; raises LimitReached where that is too much."""
        if operator == "%" and isinstance(left, str | bytes):
            plain(right)
        if operator in ("*", "**") and _size(operator, left, right) > _LARGEST:
            raise LimitReached(f"more than {_LARGEST:,} characters, items or bits for one value")
        return plain(super().call_binop(context, operator, left, right))

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Return the method of a text that formats data alone."""
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


class Immutable(Restricted, ImmutableSandboxedEnvironment):
    """The same, in which templates cannot change the lists and mappings that they are given.

    What it parses and compiles is kept as long as the process lives: files that came with scaffold, as others are read
    in child processes alone. These inherit it, and have only the files of teams left to compile.
    """

    def parse(self, source: str, name: str | None = None, filename: str | None = None) -> nodes.Template:
        """Return the tree of a text, the same for the same text: whoever asks must not change it."""
        key = (self.dialect, source, name, filename)
        if key not in _TREES:
            _TREES[key] = super().parse(source, name, filename)
        return _TREES[key]

    def compile(self, source: Any, name: Any = None, filename: Any = None, *further: Any, **options: Any) -> Any:
        """Return the code of a text, the same for the same text."""
        if further or options or not isinstance(source, str):
            return super().compile(source, name, filename, *further, **options)
        key = (self.dialect, source, name, filename)
        if key not in _CODE:
            tree = _TREES.pop(key, None)  # which compiling changes
            _CODE[key] = super().compile(source if tree is None else tree, name, filename)
        return _CODE[key]


_Key = tuple[str, str, str | None, str | None]
_TREES: dict[_Key, nodes.Template] = {}
_CODE: dict[_Key, Any] = {}


def _is_text(part: nodes.Expr) -> bool:
    return isinstance(part, nodes.Const) and isinstance(part.value, str)


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
