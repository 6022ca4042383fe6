"""Copier, reduced to what scaffold needs: a template set and variables in, documents in memory out.

It looks for no git, reads no settings of the user's, writes no file, and its templates get the language that
`language` lists. Copier has no public way to any of this: what is overridden here is checked to exist.
"""

import io
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cached_property
from pathlib import Path
from typing import Any

from copier._jinja_ext import SandboxedEnvironment, YieldExtension, get_yield_context
from copier._main import Worker
from copier._settings import SettingsModel
from copier._template import Template
from jinja2 import UndefinedError

from scaffold.names import listed
from scaffold.render import language
from scaffold.render.digests import digest_of
from scaffold.render.environment import Missing, Restricted, plain, restricted
from scaffold.render.failures import Faulty, MissingKeys, OtherFile, WrongSetting, WrongSettings
from scaffold.render.language import Rule
from scaffold.templates import reach
from scaffold.templates.sets import LEFT_ALONE, TemplateSet

_OVERRIDDEN = (
    "_render_allowed",
    "_render_context",
    "answers_relpath",
    "_render_file",
    "_render_template",
    "jinja_env",
    "template",
)
if missing := [name for name in _OVERRIDDEN if not hasattr(Worker, name)]:
    raise ImportError(f"this version of it has no {' and no '.join(missing)}, which scaffold relies on")


def run(
    template: TemplateSet,
    place: Path,
    answers: Mapping[str, Any],
    planned: Collection[str],
    take: Callable[[str, bytes], None],
) -> str:
    """Render a template set, hand each document to `take`, by its POSIX path, and return the digest of the set.

    `planned` are the paths that are wanted, `place` is empty. Raises whatever copier, Jinja and YAML raise; Faulty for
    what is wrong with how files are put together, which rendering would pass over without a word; and OtherFile where
    rendering a file fails that is not wanted.
    """
    with opened(template, place, answers) as worker:
        worker.take, worker.planned = take, planned
        worker.run_copy()
        if worker.missing:
            raise MissingKeys(worker.missing)
        if worker.reached.faults:  # in a file that these documents did not need
            raise Faulty(worker.reached.faults)
        return worker.digest


@contextmanager
def opened(template: TemplateSet, place: Path, answers: Mapping[str, Any]) -> Iterator["_Worker"]:
    """Open a template set whose settings are allowed, to be rendered into `place`; raises as `run` does."""
    # What copier prints and warns of would stand beside our own one message, or inside a JSON document.
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        with _Worker(
            src_path=str(template.base.directory),
            dst_path=place / "out",
            data={**template.data, **answers},
            defaults=True,
            quiet=True,
            pretend=True,
            exclude=LEFT_ALONE,
            settings=SettingsModel(),
        ) as worker:
            worker.template_set, worker.missing = template, []
            if wrong := [*_wrong_settings(worker.template), *_wrong_questions(worker.template, template, worker.data)]:
                raise WrongSettings(wrong)
            yield worker


def _refused(setting: str, rule: Rule) -> WrongSetting:
    return WrongSetting(setting, f"the setting {setting} is refused ({rule.why})")


def _wrong_settings(template: Template) -> Iterator[WrongSetting]:
    try:
        settings = template.config_data
    except (AttributeError, TypeError) as error:
        message = "expected `key: value` lines, and for each setting a value of its kind"
        hint = "compare it with the copier.yml of the built-in template set"
        raise WrongSettings([WrongSetting("", message, hint)]) from error
    for key, value in settings.items():
        rule = language.SETTINGS.get(f"_{key}", language.UNKNOWN)
        if not rule.allowed and not (key == "preserve_symlinks" and value is False):
            yield _refused(f"_{key}", rule)
    for key in sorted(set(template.envops) - language.ENVOPS):
        yield _refused(f"_envops: {key}", Rule(False, "it is not about how templates are written"))
    for name, details in template.questions_data.items():
        if details.get("secret"):
            yield _refused(f"{name}: secret", language.SETTINGS["_secret_questions"])


def _wrong_questions(template: Template, template_set: TemplateSet, data: Mapping[str, Any]) -> Iterator[WrongSetting]:
    questions = template.questions_data
    for name, details in questions.items():
        if "default" not in details and name not in data and details.get("when", True) is True:
            hint = f"give it a default, or answer it in scaffold.yml: data: {{{name}: …}}"
            yield WrongSetting(name, f"nothing answers the question {name}, and it has no default", hint)
    for name in template_set.answers:
        if name not in questions:
            hint = f"the questions are {listed(questions)}; a layer over the set may define further variables"
            message = f"data answers {name}, which copier.yml does not ask"
            yield WrongSetting(name, message, hint, template_set.said_in)


class _Environment(Restricted, SandboxedEnvironment):
    """Ours, of the kind that copier wants."""


class _Directory(Template):
    """A template that is what lies in its directory; whether git is there, or has a tag, is not asked."""

    vcs = None


class _Worker(Worker):
    template_set: TemplateSet
    planned: Collection[str]
    missing: list[Missing]
    take: Callable[[str, bytes], None]

    @cached_property
    def reached(self) -> reach.Reached:
        """What of the set can reach its documents."""
        base = self.template.local_abspath
        folder = self.template_copy_root.relative_to(base).as_posix()
        inside = [file for file in self.template_set.base.files if folder == "." or file.startswith(f"{folder}/")]
        suffix = self.template.templates_suffix
        starts = [(file, file.removesuffix(suffix)) for file in inside if suffix and file.endswith(suffix)]
        others = [file for file in inside if not (suffix and file.endswith(suffix))]
        return reach.reached(self.jinja_env, self.template_set, starts, others)

    @property
    def digest(self) -> str:
        """The SHA-256 over all that can reach the documents."""
        return digest_of(self.template_set, self.reached)

    @cached_property
    def _seen(self) -> dict[int, Any]:
        """The answers that are known to be plain, so that each is looked through once and not for every document."""
        return {}

    @cached_property
    def template(self) -> Template:
        return _Directory(url=str(self.src_path))

    @cached_property
    def jinja_env(self) -> Any:
        return restricted(super().jinja_env, self.template.envops, self.template_set, YieldExtension, _Environment)

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

    def _render_template(self) -> None:
        """Render all documents, unless something is wrong that rendering would not come upon."""
        if wrong := [fault for fault in self.reached.faults if fault.code != "template_invalid"]:
            raise Faulty(wrong)
        super()._render_template()

    def _render_file(self, src_relpath: Path, dst_relpath: Path, extra_context: dict[str, Any] | None = None) -> None:
        """Render a document, and let what fails know which it was."""
        try:
            super()._render_file(src_relpath, dst_relpath, extra_context)
        except (UndefinedError, UnicodeDecodeError) as error:
            if dst_relpath.as_posix() not in self.planned:
                raise OtherFile(dst_relpath.as_posix(), min(self.planned)) from error
            if isinstance(error, Missing):
                error.task = next((value for value in (extra_context or {}).values() if isinstance(value, dict)), None)
                if error.is_key_of_task:  # others may lack it as well: all are named at once
                    self.missing.append(error)
                    return
            raise

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
