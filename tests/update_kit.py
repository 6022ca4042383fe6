"""What tests of updates and previews share: documents made on a day that is over, edits, and what is out of date."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import yaml
from jinja2 import Environment, FunctionLoader, Template

from scaffold import clock
from scaffold.model import Json
from scaffold.render import Rendered
from scaffold.templates.sets import TemplateSet
from tests.conftest import Outcome, Scaffold
from tests.trees import snapshot

CREATED = "2026-03-14"
"""The day on which the documents were made."""


@contextmanager
def on_day(date: str) -> Iterator[None]:
    """Let it be another day."""
    today = clock.today
    clock.today = lambda: date
    try:
        yield
    finally:
        clock.today = today


def create(scaffold: Scaffold, root: Path, *options: str) -> None:
    """Create EXECUTION_TASKs that carry the date `CREATED`."""
    with on_day(CREATED):
        outcome = scaffold("executions", root, "--batch", "--yes", *options)
    assert outcome.code == 0, outcome.err


def edit(root: Path, path: str, *pairs: tuple[str, str]) -> None:
    """Put other text for some text of a file, wherever it stands."""
    text = (root / path).read_text()
    for before, after in pairs:
        assert before in text, before
        text = text.replace(before, after)
    (root / path).write_text(text)


def outdated(scaffold: Scaffold, root: Path, *options: str) -> dict[str, list[str]]:
    """Return which documents are out of date, each with what has changed."""
    found = data(scaffold("update", root, "--dry-run", "--json", *options))
    return {file["path"]: file["why"] for file in found["files"]}


def data(outcome: Outcome) -> Any:
    """Return the `data` of a JSON document, which other tests hold against its schema: that takes a while."""
    return json.loads(outcome.out)["data"]


def again(scaffold: Scaffold, root: Path, directory: Path, *options: str) -> dict[str, bytes | str]:
    """Return what the documents would be if they had been made from all as it is now."""
    shutil.copytree(root, directory, ignore=shutil.ignore_patterns("execution", ".scaffold"))
    create(scaffold, directory, *options)
    return snapshot(directory / "execution")


def last_batch(scaffold: Scaffold, root: Path) -> str:
    """Return the id of the newest batch."""
    return scaffold("undo", "--list", root).out.splitlines()[-1].split()[0]


class Renderer:
    """Renders sets of layers over the built-in one as scaffold does, in no time: with templates read once."""

    def __init__(self) -> None:
        self._templates: dict[str, Template] = {}

    def render(self, template: TemplateSet, answers: Mapping[str, Json], planned: tuple[str, ...]) -> Rendered:
        """Return what `render.render` returns, with the digest of all files of the set."""
        digest = template.files_digest()
        if digest not in self._templates:
            self._templates[digest] = self._opened(template)
        found = self._templates[digest]
        tasks = cast("list[Mapping[str, Json]]", answers["tasks"])
        made = {
            name: found.render({**template.data, **answers, "task": task}).encode()
            for name, task in zip(planned, tasks, strict=True)
        }
        return Rendered(made, digest)

    def _opened(self, template: TemplateSet) -> Template:
        def load(name: str) -> str | None:
            source = template.find(name)
            return source.content.decode() if source else None

        options = {"keep_trailing_newline": True, **yaml.safe_load(template.base.files["copier.yml"])["_envops"]}
        options.pop("undefined", None)
        environment = Environment(loader=FunctionLoader(load), **options)  # noqa: S701 - these are no web pages
        (start,) = (file for file in template.base.files if "yield task" in file)
        return environment.get_template(start)
