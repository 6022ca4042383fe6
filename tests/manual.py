"""The parts of the manual that are made from the code: each stands on a page between `<!-- NAME -->` and its end."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import click

from scaffold import cli, errors, shapes
from scaffold.commands.template.variables import variables_table
from scaffold.reading.vocabulary import table
from scaffold.reading.words import PLAN, SUBPLAN
from scaffold.render import language
from scaffold.templates.blocks import blocks_of
from tests import json_types

WIDTH = 100
MESSAGES = Path(__file__).parent.parent / "docs" / "messages.md"
TEMPLATES = Path(__file__).parent.parent / "templates"


def command_help() -> str:
    """Return the help of the command line and of every command below it, each under its heading."""
    blocks = [f"### `{context.command_path}`\n\n```text\n{context.get_help()}\n```" for context in contexts()]
    return "\n\n".join(blocks)


def contexts() -> Iterator[click.Context]:
    """Yield the context of every command: a group, then what is in it."""
    waiting: list[tuple[str, click.Command, click.Context | None]] = [("scaffold", cli.app, None)]
    while waiting:
        name, command, parent = waiting.pop(0)
        settings = {**command.context_settings, "terminal_width": WIDTH}
        context = click.Context(command, info_name=name, parent=parent, **settings)
        yield context
        if isinstance(command, click.Group):
            below = [(name, _called(command, name, context), context) for name in command.list_commands(context)]
            waiting = [*below, *waiting]


def _called(group: click.Group, name: str, context: click.Context) -> click.Command:
    _, command, _ = group.resolve_command(context, [name])
    assert command
    return command


def exit_codes(before: str) -> str:
    """Return the table of exit codes; what to do about each is written by hand and taken over from `before`."""
    to_do = dict(re.findall(r"^\| ([^|]+?) \|.*\| ([^|]*?) \|$", before, re.MULTILINE))
    rows = [f"| {code} | {meaning} | {to_do.get(code, '')} |" for code, meaning in _meanings()]
    return "\n".join(["| code | meaning | what to do |", "|---|---|---|", *rows])


def _meanings() -> Iterator[tuple[str, str]]:
    yield "0", "done, or nothing to do"
    yield "1", "a bug in scaffold, with a traceback"
    for one in sorted(errors.ScaffoldError.__subclasses__(), key=lambda one: one.exit_code):
        yield str(one.exit_code), _meaning(one)
    signals = ", ".join(str(errors.Interrupted(number).exit_code) for number in (1, 2, 15))
    yield signals, _meaning(errors.Interrupted)


@cache
def exits() -> dict[str, tuple[str, ...]]:
    """Return with which exit codes each diagnostic comes as an error, from the page of messages; warnings have none."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(errors.CODES, ())
    for section in re.split(r"^## ", MESSAGES.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        head = re.match(r"Exit codes? ([0-9, ]+):", section)
        below = re.findall(r"^### .+\n\n((?:.|\n(?!\n))*)", section, re.MULTILINE)
        for code in re.findall(r"`(\w+)`", "\n".join(below)):
            if code in found and head and head[1] not in found[code]:
                found[code] = (*found[code], head[1])
    return found


def exit_codes_of(codes: Iterable[str]) -> set[int]:
    """Return the exit codes that a run with these errors may have."""
    known = exits()
    return {int(number) for code in codes for written in known[code] for number in re.findall(r"[0-9]+", written)}


def codes_table(before: str) -> str:
    """Return the table of codes; what to do about each is written by hand and taken over from `before`."""
    to_do = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| (.*?) \|$", before, re.MULTILINE))
    rows = [f"| `{code}` | {', '.join(found) or '–'} | {to_do.get(code, '')} |" for code, found in exits().items()]
    return "\n".join(["| code | exit | what to do |", "|---|---|---|", *rows])


def _meaning(error: type[BaseException]) -> str:
    """Return the first line of its docstring as a cell: it says what happened to whom only the code is shown."""
    line = (error.__doc__ or "").splitlines()[0].rstrip(".")
    return line[0].lower() + line[1:] if line[1].islower() or line[1] == " " else line


def json_data() -> str:
    """Return, for every kind of JSON document, a table of what its `data` holds, from its type."""
    schema = json_types.made()
    return "\n\n".join(_data_table(kind, schema["$defs"][kind]) for kind in get_args(shapes.Kind))


def _data_table(kind: str, data: json_types.Schema) -> str:
    rows = [f"| `{key}` | {one['description']} |" for key, one in data["properties"].items()]
    table = ["", "| key | value |", "|---|---|", *rows] if rows else ["", "Nothing: the diagnostics say it all."]
    return "\n".join([f"### `{kind}`", "", f"{data['title']}", *table])


def blocks_table(template: str) -> str:
    """Return a table of the blocks of a built-in template set: of the document, then of its sections in their order."""
    directory = TEMPLATES / template
    document = directory / "document.md.jinja"
    sections = [directory / f"sections/{one.name}.md.jinja" for one in blocks_of(document.read_text("utf-8"))]
    rows = [
        f"| `{path.relative_to(directory).as_posix()}` | `{one.name}` | {one.meaning} |"
        for path in (document, *filter(Path.exists, sections))
        for one in blocks_of(path.read_text("utf-8"))
    ]
    return "\n".join(["| file | block | what it makes |", "|---|---|---|", *rows])


PARTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "commands": ("docs/reference.md", lambda before: command_help()),
    "exit codes": ("docs/reference.md", exit_codes),
    "codes": ("docs/agents.md", codes_table),
    "json data": ("docs/reference.md", lambda before: json_data()),
    "template variables": ("docs/reference.md", lambda before: variables_table("execution_task")),
    "template variables of SUBPLANs": ("docs/reference.md", lambda before: variables_table("subplan")),
    "template blocks": ("docs/reference.md", lambda before: blocks_table("execution_task")),
    "template blocks of SUBPLANs": ("docs/reference.md", lambda before: blocks_table("subplan")),
    "template settings": ("docs/template-language.md", lambda before: language.table(language.SETTINGS)),
    "template filters": ("docs/template-language.md", lambda before: language.table(language.FILTERS)),
    "template tests": ("docs/template-language.md", lambda before: language.table(language.TESTS)),
    "template globals": ("docs/template-language.md", lambda before: language.table(language.GLOBALS)),
    "vocabulary of SUBPLANs": ("docs/extraction.md", lambda before: table(SUBPLAN)),
    "vocabulary of PLANs": ("docs/reading-plans.md", lambda before: table(PLAN)),
}
"""By name: the page, and what makes the part from the text that is there."""


def renewed(text: str, name: str) -> str:
    """Return the text of a page with one part made again; ValueError if the page has no such part."""
    found = re.search(rf"(?<=^<!-- {name} -->\n\n)(.*?)(?=\n\n<!-- /{name} -->$)", text, re.MULTILINE | re.DOTALL)
    if not found:
        raise ValueError(f"no part <!-- {name} --> … <!-- /{name} -->")
    return text[: found.start()] + PARTS[name][1](found[0]).rstrip("\n") + text[found.end() :]


def unknown_in(text: str) -> list[str]:
    """Return the commands and options in a text that do not exist; words behind `scaffold` may be prose."""
    options = {
        context.command_path: {option for param in context.command.params for option in param.opts}
        for context in contexts()
    }
    found = []
    for quoted, line in re.findall(r"(`?)\bscaffold((?: [^\s`,;:]+)+)", text):
        words = [word.strip("\"'.)") for word in line.split()]
        given = [word for word in words if word.startswith("--")]
        paths = (f"scaffold {' '.join(words[:2])}", f"scaffold {words[0]}")
        path = "scaffold" if words[0] in options["scaffold"] else next(filter(options.__contains__, paths), None)
        if path is not None:
            found += [f"{path} {option}" for option in given if option not in options[path]]
        elif quoted or (given and words[0].islower()):
            found += [f"scaffold {words[0]}"]
    return found
