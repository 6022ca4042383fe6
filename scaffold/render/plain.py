"""A template set that needs nothing of copier but its language, rendered without it, which takes half a second to load.

Most sets are so. Whatever is not, or fails, is left to copier, whose messages count: nothing is decided here that it
would decide otherwise.
"""

import os
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import partial
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

from jinja2 import StrictUndefined, Undefined, UndefinedError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import SandboxedEnvironment

from scaffold.model import sha256
from scaffold.render import language
from scaffold.render.digests import digest_of
from scaffold.render.environment import Immutable, Restricted, restricted
from scaffold.templates import reach
from scaffold.templates.parsed import tree_of
from scaffold.templates.sets import SETTINGS, TemplateSet, is_left_alone

_NEWEST_KNOWN = (9, 15)
"""Sets that ask for a newer copier than this are left to copier."""

_SETTINGS = ("_min_copier_version", "_subdirectory", "_templates_suffix", "_envops")
_UNDEFINED = {None: Undefined, "jinja2.Undefined": Undefined, "jinja2.StrictUndefined": StrictUndefined}
_SUFFIX = ".jinja"
_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "str": lambda value: isinstance(value, str),
    "yaml": lambda value: not isinstance(value, str),
    "json": lambda value: not isinstance(value, str),
}
"""The types of questions whose answers copier takes as they are, and which answers these are."""

_KEYS = frozenset(("type", "help", "default"))
_PATHS = {"posix": PurePosixPath, "windows": PureWindowsPath, "native": PurePath}


class NotPlain(Exception):
    """A template set that is left to copier; the text says why, as it follows `because`."""


_prepared = set[str]()
"""The digests of the sets whose trusted files are compiled."""


def compile_what_is_trusted(template: TemplateSet) -> None:
    """Compile those files of a set that came with scaffold: once, and not in every child process that renders it.

    Whatever is wrong with the set is told by the child: here nothing else of it is read than names.
    """
    key = template.files_digest()
    if not template.base.trusted or key in _prepared:
        return
    _prepared.add(key)
    with suppress(NotPlain):
        environment = _environment(template, _settings(template)[1])
        own = b"\n".join(content for layer in template.layers if not layer.trusted for content in layer.files.values())
        for view in template.views():
            source = template.find(view)
            is_named = source is not None and (source.view == source.file or view.encode() in own)
            if source and source.layer.trusted and source.file.endswith(_SUFFIX) and is_named:
                environment.get_template(view)
                tree_of(environment, source, source.content.decode())  # which children walk through
                if "{" in view:  # its name is a template too
                    environment.from_string(view.rpartition("/")[2].removesuffix(_SUFFIX))


class Plain:
    """A plain template set, read and compiled once. Raises NotPlain."""

    def __init__(self, template: TemplateSet) -> None:
        self._template = template
        self._questions, envops, folder, suffix = _settings(template)
        if not_asked := [name for name in template.answers if name not in self._questions]:
            raise NotPlain(f"its copier.yml does not ask {not_asked[0]}")
        _demand_files_alone(template, folder)
        inside = [file for file in template.base.files if file.startswith(f"{folder}/")]
        self._files = [_document(file, folder, suffix) for file in inside]
        self._environment = _environment(template, envops)
        starts = [(file, file.removesuffix(suffix)) for file in self._files]
        reached = reach.reached(self._environment, template, starts)
        if reached.faults:
            raise NotPlain("something is wrong with its files")
        self.digest = digest_of(template, reached)
        self._names = [self._environment.from_string(name.rpartition("/")[2]) for _, name in starts]
        self._bodies = [self._environment.get_template(file) for file in self._files]

    def demand_answers(self, given: Collection[str]) -> None:
        """Raise NotPlain unless every question is answered by what is given or by the set's further variables."""
        for name in self._questions:
            if name not in given and name not in self._template.data:
                raise NotPlain(f"copier has to answer the question {name}")

    def render(self, answers: Mapping[str, Any], take: Callable[[str, bytes], None]) -> None:
        """Render all documents and hand each to `take`, by its name."""
        data = {**self._template.data, **answers}
        self.demand_answers(data)
        for name, kind in self._questions.items():
            if not _TYPES[kind](data[name]):
                raise NotPlain(f"copier has to read the answer to the question {name}")
        known = {name: value for name, value in data.items() if name not in language.GLOBALS}
        context = {**known, "_src_path": str(self._template.base.directory)}
        for named, body in zip(self._names, self._bodies, strict=True):
            for name, given in self._named(named, context):
                _Yield.of(self._environment).is_name = False
                take(name, body.render(context, **given).encode())

    def _named(self, named: Any, context: Mapping[str, Any]) -> Any:
        """Yield each name that the name of a file makes, with the variable that its `yield` tag sets."""
        tag = _Yield.of(self._environment)
        tag.start()
        name = named.render(context)
        if tag.variable is None:
            yield _checked(name), {}
            return
        variable, values = tag.variable, tag.values
        if not isinstance(values, list):
            raise NotPlain("the yield tag of a file name goes through something that is no list")
        if variable in context:
            raise NotPlain(f"the yield tag of a file name sets {variable}, which is a variable already")
        for value in values:
            tag.start()
            if made := named.render(context, **{variable: value}):
                yield _checked(made), {variable: value}


def _environment(template: TemplateSet, envops: Mapping[str, Any]) -> Restricted:
    """Return copier's environment; what came with scaffold needs none of copier's filters, which import much."""
    is_shipped = template.trusted and sha256(template.base.files.get("copier.yml", b"")) in _SHIPPED
    extensions = () if is_shipped else ("jinja2_ansible_filters.AnsibleCoreFiltersExtension",)
    own = SandboxedEnvironment(extensions=extensions, undefined=_UNDEFINED[envops.get("undefined")])
    if not is_shipped:
        own.filters["to_json"] = partial(own.filters["to_json"], default=_jsonable)
    own.globals["pathjoin"] = _pathjoin
    return restricted(own, {"keep_trailing_newline": True, **envops}, template, _Yield, Immutable)


def _settings(template: TemplateSet) -> tuple[Mapping[str, str], Mapping[str, Any], str, str]:
    """Return the types of questions by name, the options of Jinja, the folder that is rendered, and the suffix."""
    files = [name for name in SETTINGS if name in template.base.files]
    if len(files) != 1:
        raise NotPlain("it has not exactly one copier.yml")
    said = _SHIPPED.get(sha256(template.base.files[files[0]])) or _read(template.base.files[files[0]], files[0])
    if not isinstance(said, dict) or not all(isinstance(key, str) for key in said):
        raise NotPlain(f"{files[0]} is no mapping of settings")
    settings = {key: value for key, value in said.items() if key.startswith("_")}
    if others := sorted(settings.keys() - set(_SETTINGS)):
        raise NotPlain(f"it has the setting {others[0]}")
    _check_version(settings.get("_min_copier_version"))
    envops = settings.get("_envops", {})
    if not isinstance(envops, dict) or envops.keys() - language.ENVOPS or envops.get("undefined") not in _UNDEFINED:
        raise NotPlain("it has other options of Jinja in _envops")
    folder, suffix = settings.get("_subdirectory"), settings.get("_templates_suffix", _SUFFIX)
    for name, value in (("_subdirectory", folder), ("_templates_suffix", suffix)):
        if not isinstance(value, str) or not value.strip("./") or "{" in value or value != value.strip("/"):
            raise NotPlain(f"{name} is no plain name")
    questions = {key: _question(key, value) for key, value in said.items() if not key.startswith("_")}
    return questions, envops, str(folder), str(suffix)


def _read(content: bytes, name: str) -> Any:
    import yaml  # which takes longer than a document

    try:
        return yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as error:
        raise NotPlain(f"{name} is no plain YAML") from error


_QUESTIONS = {"plan_name": {"type": "str"}, "plan_document": {"type": "str"}, "tasks": {"type": "yaml"}}
_SETTINGS_OF_BOTH = {"_subdirectory": "template", "_envops": {"undefined": "jinja2.StrictUndefined"}, **_QUESTIONS}
_SHIPPED: Mapping[str, Any] = dict.fromkeys(
    (
        "1eadd8bf747ede4c3abc8c00840e86481ce6b9e7ecdc011a303e8b8144bc2b97",
        "c72c5c65a6fe6e2eed9035705c7cebabc99d9228cfb9d4c3f9b12a2c2a595e8c",
    ),
    _SETTINGS_OF_BOTH,
)
"""What counts of the copier.yml of the shipped sets for EXECUTION_TASKs and SUBPLANs, by its SHA-256."""


def _check_version(wanted: Any) -> None:
    parts = str(wanted or "0").split(".")
    if not all(part.isdigit() for part in parts) or tuple(map(int, parts[:2])) > _NEWEST_KNOWN:
        raise NotPlain(f"it asks for copier {wanted}")


def _question(name: str, details: Any) -> str:
    if not isinstance(details, dict) or details.keys() - _KEYS or not isinstance(details.get("type"), str):
        raise NotPlain(f"the question {name} has more than type, help and default")
    if details["type"] not in _TYPES or any("{" in str(value) for value in details.values()):
        raise NotPlain(f"copier has to work out the question {name}")
    return str(details["type"])


def _demand_files_alone(template: TemplateSet, folder: str) -> None:
    """Raise NotPlain for links and folders among what is rendered: copier follows them, or stumbles over them."""
    try:
        with os.scandir(template.base.directory / folder) as entries:
            for entry in entries:
                if not is_left_alone(entry.name) and (entry.is_symlink() or entry.is_dir()):
                    raise NotPlain(f"{folder}/{entry.name} is no plain file")
    except OSError as error:
        raise NotPlain(f"{folder} cannot be read") from error


def _document(file: str, folder: str, suffix: str) -> str:
    if "/" in file.removeprefix(f"{folder}/") or not file.endswith(suffix):
        raise NotPlain(f"{file} is rendered too, or copied")
    return file


def _checked(name: str) -> str:
    if (
        not name
        or name in (".", "..")
        or set(name) & set("/\\")
        or is_left_alone(name)
        or name == ".copier-answers.yml"
    ):
        raise NotPlain("the name of a file leads elsewhere")
    return name


class _Yield(Extension):
    """The `yield` tag of file names as copier has it: it says what goes through which values."""

    tags = {"yield"}  # noqa: RUF012

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.is_name = True
        self.variable: str | None = None
        self.values: Any = None

    @classmethod
    def of(cls, environment: Any) -> "_Yield":
        """Return the extension of an environment."""
        found = environment.extensions[cls.identifier]
        assert isinstance(found, cls)  # noqa: S101 - it was put there
        return found

    def start(self) -> None:
        """Forget what the last name said."""
        self.is_name, self.variable, self.values = True, None, None

    def parse(self, parser: Parser) -> nodes.Node:
        """Read `{% yield NAME from VALUES %}…{% endyield %}`."""
        line = next(parser.stream).lineno
        variable = parser.parse_assign_target(name_only=True)
        parser.stream.expect("name:from")
        values = parser.parse_expression()
        body = parser.parse_statements(("name:endyield",), drop_needle=True)
        call = self.call_method("_said", [nodes.Const(variable.name), values])
        return nodes.CallBlock(call, [], [], body, lineno=line)

    def _said(self, variable: str, values: Any, caller: Callable[[], str]) -> str:
        if not self.is_name or self.variable is not None:
            raise NotPlain("a yield tag stands elsewhere than once in a file name")
        self.variable, self.values = variable, values
        try:
            return caller()
        except UndefinedError:
            return ""


def _jsonable(value: Any) -> Any:
    """Return what JSON has no kind for as copier writes it; that takes long to import, and is rarely needed."""
    from pydantic_core import to_jsonable_python

    return to_jsonable_python(value, fallback=lambda other: str(other) if isinstance(other, PurePath) else other)


def _pathjoin(*path: str, mode: str = "posix") -> str:
    return str(_PATHS[mode](*path))
