"""`scaffold template check`: everything that is wrong with template sets and rules, before a plan needs them."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, TypedDict

import click

from scaffold import render, report, terminal
from scaffold.commands import _github
from scaffold.commands._paging import demand_layout
from scaffold.commands._template import DOCUMENT, JSON, KINDS, for_option, here, layers_text
from scaffold.document import execution_task
from scaffold.errors import Diagnostic, InvalidInput, PrerequisitesMissing, ScaffoldError
from scaffold.lazy.values import frozen
from scaffold.model import Json
from scaffold.names import EXECUTION_TASK, SUBPLAN, DocumentKind, counted, printable
from scaffold.plan import settings
from scaffold.plan.template_settings import BUILT_IN, Kind
from scaffold.render import output
from scaffold.render.inspection import Inspected, inspect
from scaffold.shapes import Digest
from scaffold.templates.layering import unused
from scaffold.templates.samples import PLAN_DOCUMENT, PLAN_NAME, samples
from scaffold.templates.sets import Layer
from scaffold.templates.teams import Teams, unreached


@click.command()
@click.argument("name", metavar="[NAME|DIR]", required=False)
@for_option(None)
@click.option("--strict", is_flag=True, help="Let a warning fail too, with exit code 4.")
@_github.FORMAT
@JSON
def check(name: str | None, kind: Kind | None, strict: bool, layout: str, as_json: bool) -> int:
    """Check a template set, or all sets and rules of scaffold.yml.

    Reads every file of a set, also where no document needs it yet, and renders four sample achievements twice: one
    with next to nothing, a full one, a long one, and one with awkward texts. Exit code 3: something is wrong; 4: with
    --strict, there is a warning.
    """
    demand_layout(layout, as_json)
    try:
        checked, placed = look(name, kind)
    except ScaffoldError as error:
        if layout != "github" or as_json:
            raise
        terminal.show(_github.annotations(error.diagnostics, Path(), _settings_or(name)))
        return error.exit_code
    problems = tuple(placed)
    is_wrong = any(problem.severity == "error" for problem in problems)
    code = InvalidInput.exit_code if is_wrong else PrerequisitesMissing.exit_code if strict and problems else 0
    if as_json:
        terminal.show(report.envelope("template_check", check_data(checked), problems, ok=code == 0))
    elif layout == "github":
        lines = (_github.annotations([problem], Path(), near) for problem, near in placed.items())
        terminal.show("".join(lines))
    else:
        terminal.show(check_text(checked, problems))
        terminal.tell(report.diagnostics_text(problems))
    return code


@frozen
class Checked:
    """A template set that was checked, for documents of a kind; its digest is None where it cannot be opened."""

    name: str
    kind: Kind
    layers: str
    digest: str | None
    is_wrong: bool


def look(name: str | None, kind: Kind | None) -> tuple[tuple[Checked, ...], Mapping[Diagnostic, Path]]:
    """Check the set or directory `name`, or all sets and rules.

    Return what was checked and all that is wrong, with the file or directory that each problem is nearest to.
    """
    checked: list[Checked] = []
    problems: dict[Diagnostic, Path] = {}
    for each in [kind] if kind else _kinds(name):
        sets = here(each)
        found = {wanted: _checked(sets, KINDS[each], wanted) for wanted in (_names(sets) if name is None else [name])}
        unused = tuple(_unused(sets, KINDS[each], {wanted: inspected for wanted, (inspected, _) in found.items()}))
        for wanted, (inspected, wrong) in found.items():
            own = inspected.template.layers[0] if inspected else None
            files = set(map(own.path, own.files)) if own else set[str]()
            wrong += [problem for problem in unused if problem.path in files]
            is_wrong = any(problem.severity == "error" for problem in wrong)
            layers = layers_text(inspected.template) if inspected else ""
            checked.append(Checked(wanted, each, layers, inspected.digest if inspected else None, is_wrong))
            near = _document(own) if own and not own.trusted else _settings_or(wanted)
            for problem in wrong:
                problems.setdefault(problem, near)
        if name is None:
            problems |= dict.fromkeys(unreached(sets), _settings_or(None))
    return tuple(checked), problems


def _document(layer: Layer) -> Path:
    """Return the file that documents begin with, or another one of a layer."""
    return layer.directory / (DOCUMENT if DOCUMENT in layer.files else min(layer.files, default=""))


def _settings_or(name: str | None) -> Path:
    """Return the directory of that name, else the scaffold.yml of the workspace, else the current directory."""
    if name and os.path.isdir(name):  # noqa: PTH112 - pathlib fails on a name that no directory can have
        return Path(name)
    file = settings.workspace_root(Path()) / settings.FILE_NAME
    return file if file.exists() else Path()


def _kinds(name: str | None) -> tuple[Kind, ...]:
    """Return the kinds of documents that a set is for: all without a name; of a directory what it makes."""
    kinds: tuple[Kind, ...] = ("executions", "subplans")
    known = tuple(kind for kind in kinds if name in (None, BUILT_IN) or name in here(kind).said.sets)
    if known or name is None:
        return known
    makes_subplans = any(f"{SUBPLAN.label}_" in path.name for path in Path(name).glob("*/*"))
    return ("subplans",) if makes_subplans else ("executions",)


def _names(sets: Teams) -> tuple[str, ...]:
    return tuple(sets.said.sets) or (BUILT_IN,)


def _checked(sets: Teams, kind: DocumentKind, name: str) -> tuple[Inspected | None, list[Diagnostic]]:
    """Check one set: how it is written, then what it makes of the samples.

    A set that only others lie over may leave variables and blocks to them: they are checked with it.
    """
    try:
        inspected = inspect(sets.open(name), kind.template)
    except InvalidInput as error:
        return None, [*error.diagnostics]
    if sets.is_only_below(name):
        return inspected, [problem for problem in inspected.problems if problem.code not in _LEFT_TO_OTHERS]
    problems = [*inspected.problems]
    if not any(problem.severity == "error" for problem in problems):
        problems += _of_samples(inspected, kind)
    return inspected, problems


_LEFT_TO_OTHERS = ("template_variable_unknown",)


def _of_samples(inspected: Inspected, kind: DocumentKind) -> Iterator[Diagnostic]:
    """Render the samples twice, and yield what is wrong with what comes out."""
    template, made = inspected.template, samples(kind.template, inspected.extra)
    answers = execution_task.answers(PLAN_NAME, PLAN_DOCUMENT, (task for _, task in made))
    names = {_name(kind, task): (sample, task) for sample, task in made}
    try:
        first, second = (render.render(template, answers, tuple(names)) for _ in range(2))
    except InvalidInput as error:
        yield from error.diagnostics
        return
    for name, (sample, task) in names.items():
        if first.documents[name] != second.documents[name]:
            message, hint = "is different each time it is made", "use nothing that changes from run to run"
            yield Diagnostic("document_invalid", message, f"the {sample} sample of {template.name}", hint=hint)
        where = f"the {sample} sample of {template.name}"
        yield from output.faults(template.name, kind, [output.Made(where, first.documents[name], task)])


def _name(kind: DocumentKind, task: Mapping[str, Json]) -> str:
    number = f"_{task['number']}" if kind is EXECUTION_TASK else ""
    return f"{kind.label}_{PLAN_NAME}_{task['slug']}{number}.md"


def _unused(sets: Teams, kind: DocumentKind, found: Mapping[str, Inspected | None]) -> Iterator[Diagnostic]:
    """Yield the files of the sets' own layers that no set of the workspace uses, whichever were asked for."""
    own = [inspected.template.layers[0] for inspected in found.values() if inspected]
    used = [tuple(inspected.sources.values()) for inspected in found.values() if inspected]
    for name in sets.said.sets:
        if name not in found:
            with suppress(InvalidInput):  # it was not asked for
                used.append(tuple(inspect(sets.open(name), kind.template).sources.values()))
    yield from unused([layer for layer in own if not layer.trusted], used)


class CheckedSetData(TypedDict):
    """A template set that was checked."""

    name: str
    kind: Kind
    digest: Digest | None
    ok: bool


class TemplateCheckData(TypedDict):
    """`data` of `scaffold template check --json`."""

    sets: Annotated[
        list[CheckedSetData],
        "what was checked: `name`, `kind` (`executions` or `subplans`), `digest` (null where it cannot be opened), "
        "`ok`; what is wrong is in the diagnostics",
    ]


def check_data(checked: Iterable[Checked]) -> TemplateCheckData:
    """Return `data` of `scaffold template check --json`."""
    return {
        "sets": [
            {"name": found.name, "kind": found.kind, "digest": found.digest, "ok": not found.is_wrong}
            for found in checked
        ]
    }


def check_text(checked: Iterable[Checked], problems: Sequence[Diagnostic]) -> str:
    """Return which sets were checked, and how many problems there are."""
    lines = [
        printable(f"{'wrong' if found.is_wrong else 'ok   '}  {found.kind}: {found.layers or found.name}")
        for found in checked
    ]
    errors = sum(problem.count for problem in problems if problem.severity == "error")
    warnings = sum(problem.count for problem in problems if problem.severity == "warning")
    return "\n".join([*lines, "", f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"]) + "\n"
