"""`scaffold template export`: a template set with all its layers as one copier template, for copier's own tools."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypedDict

import click

from scaffold import report, terminal
from scaffold.commands._template import JSON, KINDS, for_option, here
from scaffold.lazy.patterns import regex
from scaffold.model import Json
from scaffold.names import TemplateKind, counted, printable
from scaffold.plan.template_settings import Kind
from scaffold.render.inspection import Inspected, inspect
from scaffold.templates.samples import sample_answers
from scaffold.templates.sets import SETTINGS
from scaffold.transaction import new_files

SAMPLE = "sample.json"

_STRING = regex(r'"(?:[^"\\]|\\.)*"')
_SIGNS = regex("[!#-+/<-@\\[\\]^`{-~\x7f-\x9f\u2028\u2029\ufeff]")
"""What could be a sign of a template in some settings, or is altered by YAML; the rest stays readable."""


@click.command()
@click.argument("name")
@click.argument("directory", type=click.Path(path_type=Path))
@for_option()
@JSON
def export(name: str, directory: Path, kind: Kind, as_json: bool) -> int:
    """Write NAME with all its layers as one copier template.

    It needs nothing but copier: `copier copy --defaults --data-file DIRECTORY/sample.json DIRECTORY DESTINATION`.
    DIRECTORY must not exist yet.
    """
    files = composed(inspect(here(kind).open(name), KINDS[kind].template), KINDS[kind].template)
    new_files.create_directory(directory, files)
    if as_json:
        data: TemplateExportData = {"name": name, "kind": kind, "directory": str(directory), "files": sorted(files)}
        terminal.show(report.envelope("template_export", data, (), ok=True))
        return 0
    where = printable(str(directory))
    terminal.show(f"Exported {printable(name)} to {where}/ ({counted(len(files), 'file')}).\n\n")
    words = ("copier", "copy", "--defaults", "--data-file", f"{directory}/{SAMPLE}", str(directory), "/tmp/sample")  # noqa: S108
    terminal.show(f"Try it: {printable(shlex.join(words))}\n")
    return 0


class TemplateExportData(TypedDict):
    """`data` of `scaffold template export --json`."""

    name: Annotated[str, "the set, as it was named"]
    kind: Annotated[Kind, "which documents it is for: `executions` or `subplans`"]
    directory: Annotated[str, "where it was written, as it was named"]
    files: Annotated[list[str], "the files that were written: POSIX, relative to `directory`"]


def composed(inspected: Inspected, kind: TemplateKind) -> dict[str, bytes]:
    """Return the files of a plain copier template that makes what the layers make together, by their POSIX paths.

    The view of the whole is at the top, as in the set's base; of the views below it what is used, under its name. The
    further variables of the settings are questions with defaults, after those of copier.yml.
    """
    template = inspected.template
    files = dict(template.base.files)
    for layer in reversed(template.layers):
        files |= layer.files
    files |= {view: source.content for view, source in inspected.sources.items()}
    settings = next(name for name in SETTINGS if name in files)
    if template.data:
        files[settings] += _questions(template.data)
    answers = sample_answers(kind, inspected.extra)
    files[SAMPLE] = json.dumps(answers, ensure_ascii=False, indent=2).encode() + b"\n"
    return files


def _questions(data: Mapping[str, Json]) -> bytes:
    """Return a further part of copier.yml: each variable with its value as default."""
    lines = ["---", "# Variables that scaffold.yml defines."]
    for name, value in data.items():
        lines += [f"{name}:", "  type: yaml", f"  default: {json.dumps(_unrendered(value), ensure_ascii=False)}"]
    return ("\n" + "\n".join(lines) + "\n").encode()


def _unrendered(value: Json) -> str:
    """Return a value as JSON that has no signs together by which templates are told: copier renders defaults."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return _STRING.sub(lambda string: _SIGNS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", string[0]), text)
