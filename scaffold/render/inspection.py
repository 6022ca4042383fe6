"""What a template set is, found without rendering: its files and where they come from, and what is wrong with it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from scaffold import render
from scaffold.errors import Diagnostic, Severity, code_of
from scaffold.lazy.values import frozen
from scaffold.model import Json
from scaffold.names import TemplateKind
from scaffold.plan.template_names import VARIABLES
from scaffold.templates.sets import SETTINGS, Source, TemplateSet


@frozen
class Inspected:
    """A template set: its digest, the views that can reach its documents, and what is wrong.

    `extends` has the view that a view extends, `extra` the keys of `parallel.json` that it reads from `task.extra`,
    with values for samples. `copier` says why it is rendered by copier, None where that is not needed.
    """

    template: TemplateSet
    digest: str
    views: tuple[str, ...]
    extends: Mapping[str, str]
    extra: Mapping[str, Json]
    problems: tuple[Diagnostic, ...]
    copier: str | None

    @property
    def sources(self) -> Mapping[str, Source]:
        """The files behind the views."""
        found = {view: self.template.find(view) for view in self.views}
        return {view: source for view, source in found.items() if source}

    def chain(self, view: str) -> tuple[Source, ...]:
        """Return the file behind a view, and those that it extends."""
        chain: list[Source] = []
        at: str | None = view
        while at is not None and (source := self.template.find(at)) and source not in chain:
            chain.append(source)
            at = self.extends.get(at)
        return tuple(chain)


def inspect(template: TemplateSet, kind: TemplateKind) -> Inspected:
    """Look at a template set for `execution_task` or `subplan`, in a child process where it is not our own.

    Raises InvalidInput for settings that cannot be read or are refused, WriteFailed as `render.render` does.
    """
    said: Any = render.bounded(template, lambda place: _found(template, kind, place))
    return Inspected(
        template=template,
        digest=str(said["digest"]),
        views=tuple(map(str, said["views"])),
        extends={str(view): str(parent) for view, parent in said["extends"].items()},
        extra=dict(said["extra"]),
        problems=tuple(_problem(*problem) for problem in said["problems"]),
        copier=said["copier"] and str(said["copier"]),
    )


_TOLD = ("code", "message", "path", "line", "hint", "severity", "count")
"""What a child tells of a problem with a template set, which is about no achievement."""


def _found(template: TemplateSet, kind: TemplateKind, place: Path) -> Json:
    from scaffold.render import worker
    from scaffold.templates import lint

    with worker.opened(template, place, {"plan_name": "", "plan_document": "", "tasks": []}) as opened:
        opened._ask()
        reached = opened.reached
        questions = {name: "default" in details for name, details in opened.template.questions_data.items()}
        faults = [*reached.faults, *lint.lint(opened.jinja_env, template, reached, kind, questions)]
        if "StrictUndefined" not in str(opened.template.envops.get("undefined", "")):
            faults.append(_not_strict(template))
        problems: list[Json] = [[getattr(fault, name) for name in _TOLD] for fault in faults]
        return {
            "digest": opened.digest,
            "views": [*reached.sources],
            "extends": dict(reached.extends),
            "extra": lint.extra_values(opened.jinja_env, reached),
            "problems": problems,
            "copier": _not_plain(template),
        }


def _not_plain(template: TemplateSet) -> str | None:
    """Return why a set is left to copier; None for a plain set."""
    from scaffold.render.plain import NotPlain, Plain

    try:
        Plain(template).demand_answers(VARIABLES)
    except NotPlain as error:
        return str(error)
    except Exception as error:  # which copier tells, where it is one
        return f"it failed without: {type(error).__name__}"
    return None


def _not_strict(template: TemplateSet) -> Diagnostic:
    settings = next((name for name in SETTINGS if name in template.base.files), SETTINGS[0])
    message = "a variable that does not exist is empty here, and no error"
    hint = "write `_envops: {undefined: jinja2.StrictUndefined}`"
    return Diagnostic("template_not_strict", message, template.base.path(settings), None, hint)


def _problem(code: Any, message: Any, path: Any, line: Any, hint: Any, severity: Any, count: Any) -> Diagnostic:
    if severity not in get_args(Severity):
        raise ValueError("severity")
    at = int(line) if line else None
    return Diagnostic(code_of(code), str(message), str(path), at, hint and str(hint), severity, int(count))
