"""`scaffold template new`: the first file of a layer, or one more, that extends what lies below it."""

from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated, TypedDict

import click

from scaffold import report, terminal
from scaffold.commands._template import DOCUMENT, JSON, for_option, here
from scaffold.errors import UsageProblem
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen
from scaffold.names import listed, nearest, printable
from scaffold.plan.settings import FILE_NAME
from scaffold.plan.template_settings import BUILT_IN, NOTHING, Kind, reason_against
from scaffold.templates.blocks import Block, blocks_of
from scaffold.templates.sets import SETTINGS, Source, TemplateSet
from scaffold.templates.teams import Teams
from scaffold.transaction import new_files

_EXTENDS = regex(r"{%-?\s*extends\s+[\"']([^\"']+)[\"']")


@click.command()
@click.argument("name")
@click.option("--section", metavar="S", help="Write a section, such as iteration_log, instead of the whole document.")
@click.option(
    "--copy", is_flag=True, help="Copy the text below, to be changed as a whole; it receives no improvements."
)
@click.option("--over", metavar="SET", help="The set that NAME lies over; built-in unless scaffold.yml says otherwise.")
@for_option()
@JSON
def new(name: str, section: str | None, copy: bool, over: str | None, kind: Kind, as_json: bool) -> int:
    """Write a file of a layer that extends the set below it.

    The file lists the blocks that can be replaced or added to; as it is written, documents stay as they are. What
    scaffold.yml needs is printed. Existing files are never touched.
    """
    begun = begin(here(kind), kind, name, section, over, copy=copy)
    new_files.create_file(begun.path, begun.content.encode())
    if as_json:
        terminal.show(report.envelope("template_new", new_data(begun), (), ok=True))
    else:
        terminal.show(new_text(begun))
    return 0


@frozen
class Begun:
    """A file of a layer that is to be written, and the lines that scaffold.yml still needs for it.

    `usage` includes a new section in a block; `known` are the sections that there are already.
    """

    name: str
    kind: Kind
    path: Path
    content: str
    blocks: tuple[Block, ...]
    settings: str
    usage: str
    known: tuple[str, ...]


def begin(sets: Teams, kind: Kind, name: str, section: str | None, over: str | None, *, copy: bool) -> Begun:
    """Work out the file; raises UsageProblem for names that cannot be, InvalidInput for settings that are wrong."""
    configured = sets.said.sets.get(name)
    if configured is None and (reason := reason_against(name, sets.said.sets)):
        raise UsageProblem.of("usage", reason[0], hint=reason[1])
    if configured and over not in (None, configured.over):
        message = f"{name} lies over {configured.over}, as scaffold.yml says, and not over {over}"
        raise UsageProblem.of("usage", message, hint="leave --over out, or correct scaffold.yml")
    below = configured.over if configured else over or BUILT_IN
    if below == NOTHING:
        hint = f"copy one to begin with: scaffold template export built-in DIRECTORY --for {kind}"
        raise UsageProblem.of("usage", f"{name} is a complete template set: it extends nothing", hint=hint)
    if below != BUILT_IN and below not in sets.said.sets:
        near = nearest(below, sets.names())
        hint = f"did you mean {near}?" if near else f"known sets: {listed(sets.names())}"
        raise UsageProblem.of("usage", f"--over {below}: scaffold.yml has no such set", hint=hint)
    lower = sets.open(below)
    file = _file_of(section, (*sets.names(), "template"))
    source = lower.find(file)
    _demand_possible(sets, lower, below, is_begun=source is not None or section is not None)
    directory = configured.directory if configured else f"templates/{name}{'' if kind == 'executions' else '-subplan'}"
    if source is None:
        content, usage = _new_section(file), f'{{% include "{file}" -%}}'
    elif copy:
        content, usage = source.content.decode("utf-8", "replace"), ""
    else:
        content, usage = _stub(below, file, tuple(_blocks(lower, source))), ""
    return Begun(
        name=name,
        kind=kind,
        path=Path(sets.shown(sets.root / directory), file),
        content=content,
        blocks=tuple(_blocks(lower, source)) if source else (),
        settings="" if configured else _settings(kind, name, directory, below),
        usage=usage,
        known=tuple(sorted(_sections(lower))),
    )


def _demand_possible(sets: Teams, lower: TemplateSet, below: str, *, is_begun: bool) -> None:
    """Raise UsageProblem where a file that extends the set below cannot be written."""
    settings = b"".join(lower.base.files.get(name, b"") for name in SETTINGS)
    if any(f"{sign}_string".encode() in settings for sign in ("block_start", "variable_start", "comment_start")):
        message = f"{below} is written with delimiters of its own, which its copier.yml names"
        raise UsageProblem.of("usage", message, hint="write the file by hand, with them")
    if not is_begun:
        hint = f"name a file to extend with --section: {listed(sorted(_files(lower)))}"
        raise UsageProblem.of("usage", f"{below} has no {DOCUMENT}", hint=hint)
    if not (sets.root / FILE_NAME).exists() and any(Path().glob("PLAN_*.md")):
        message = "this is the directory of a plan, and no scaffold.yml is above it"
        hint = "run it in the directory that holds your plans; scaffold.yml will be there"
        raise UsageProblem.of("usage", message, hint=hint)


def _files(lower: TemplateSet) -> Iterator[str]:
    return (file for file in lower.base.files if file.endswith(".jinja") and not file.startswith("template/"))


def _file_of(section: str | None, taken: Collection[str]) -> str:
    """Return the path of a section in a set; raises UsageProblem for one that could lie elsewhere."""
    if section is None:
        return DOCUMENT
    is_path = "/" in section or section.endswith(".jinja")
    path = PurePosixPath(section if is_path else f"sections/{section}.md.jinja")
    if (
        path.is_absolute()
        or path.parts[0] in taken
        or path.suffix in (".yml", ".yaml")
        or ".." in path.parts
        or not section.strip()
        or not section.isprintable()
    ):
        hint = "use a name such as iteration_log"
        raise UsageProblem.of("usage", f"--section {section!r} is not a file of a template set", hint=hint)
    return str(path)


def _sections(lower: TemplateSet) -> set[str]:
    """Return the sections of a set, as `--section` takes them."""
    paths = [PurePosixPath(file) for layer in lower.layers for file in layer.files]
    return {path.name.removesuffix(".md.jinja") for path in paths if path.parent == PurePosixPath("sections")}


def _blocks(lower: TemplateSet, source: Source | None) -> Iterator[Block]:
    """Yield the blocks of a file and of those that it extends, each name once."""
    seen: set[str] = set()
    files: set[str] = set()
    while source and source.path not in files:
        files.add(source.path)
        text = source.content.decode("utf-8", "replace")
        for block in blocks_of(text):
            if block.name not in seen:
                seen.add(block.name)
                yield block
        parent = _EXTENDS.search(text)
        source = lower.find(parent[1]) if parent else None


def _stub(below: str, file: str, blocks: tuple[Block, ...]) -> str:
    listing = "".join(f"  {block.name}{': ' if block.meaning else ''}{block.meaning}\n" for block in blocks)
    names = [block.name for block in blocks]
    name = next((name for name in names if name.startswith("more_")), names[-1] if names else "NAME")
    example = f"{{% block {name} %}}…{{% endblock %}}"
    return (
        f'{{% extends "{below}/{file}" %}}\n'
        "{#\n"
        f"What a block has here, such as {example}, replaces what it has below;\n"
        "{{ super() }} in it stands for that. All other blocks stay as they are, and change with the set below.\n"
        "\n"
        f"{listing}"
        "#}\n"
    )


def _new_section(file: str) -> str:
    title = PurePosixPath(file).name.split(".")[0].replace("_", " ").replace("-", " ").title()
    return f"\n## {title}\n\n- [ ] …\n"


def _settings(kind: Kind, name: str, directory: str, below: str) -> str:
    over = "" if below == BUILT_IN else f", over: {below}"
    return f"templates:\n  {kind}:\n    sets:\n      {name}: {{directory: {directory}{over}}}\n"


class BlockData(TypedDict):
    """A block of a file that can be replaced."""

    name: str
    meaning: str


class TemplateNewData(TypedDict):
    """`data` of `scaffold template new --json`."""

    name: Annotated[str, "the set"]
    kind: Annotated[Kind, "which documents it is for: `executions` or `subplans`"]
    path: Annotated[str, "the file that was written, to be opened from the current directory"]
    blocks: Annotated[list[BlockData], "what it can replace: `name`, `meaning`"]
    settings: Annotated[str, "what scaffold.yml still needs: YAML, empty where it has the set"]


def new_data(begun: Begun) -> TemplateNewData:
    """Return `data` of `scaffold template new --json`."""
    return {
        "name": begun.name,
        "kind": begun.kind,
        "path": begun.path.as_posix(),
        "blocks": [{"name": block.name, "meaning": block.meaning} for block in begun.blocks],
        "settings": begun.settings,
    }


def new_text(begun: Begun) -> str:
    """Return what was written, and what to do with it."""
    lines = [f"Created {printable(str(begun.path))}", ""]
    if begun.usage:
        lines += [f"A new section, beside {listed(begun.known)}.", f"Include it in a block of {DOCUMENT}:", ""]
        lines += [f"    {begun.usage}", ""]
    check = f"scaffold template check {begun.name}"
    if begun.settings:
        lines += [
            "Add to scaffold.yml, below the keys that it has already:",
            "",
            *(f"    {line}" for line in begun.settings.splitlines()),
            "",
            f"and what it is used for: default: {begun.name}, or a rule such as",
            "",
            f"    - {{match: {{team: {begun.name}}}, use: {begun.name}}}",
            "",
        ]
        check = f"after that, {check}"
    lines += [f"Next: {check}"]
    return "\n".join(lines) + "\n"
