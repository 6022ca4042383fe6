"""The examples in the docs are what the commands print; `pytest tests/test_docs.py --rewrite` updates them."""

import contextlib
import io
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold import cli, clock
from tests import manual
from tests.conftest import Answering, Terminal

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs" / "example" / "RECIPE-BOX"
QUESTION = "(y/N): "
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


class Keyboard(Terminal):
    """Somebody who types `y`; the screen echoes it between what is printed."""

    def __init__(self, screen: io.StringIO) -> None:
        super().__init__("y\n")
        self.screen = screen

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # typeshed: bytes, but for StringIO
        typed = super().readline()
        self.screen.write(typed)
        return typed


def printed(command: str, answered: bool, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run one command of an example and give what is on the screen afterwards."""
    words = shlex.split(command)
    if words[0] != "scaffold":
        return subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout  # noqa: S602
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stdin", Keyboard(screen) if answered else io.StringIO())
    with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
        cli.run(words[1:])
    return screen.getvalue()


def rerun(block: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run every command of a block again, and give the block with what they print now."""
    lines = []
    for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = example.partition("\n")
        lines.append(f"$ {command}\n{printed(command, QUESTION in shown, monkeypatch)}")
    return "".join(lines)


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md"])
def test_every_example_prints_what_the_page_shows(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "RECIPE-BOX")
    monkeypatch.chdir(tmp_path / "RECIPE-BOX")
    monkeypatch.setattr(clock, "today", lambda: "2026-11-22")
    monkeypatch.setattr(clock, "now", lambda: "2026-11-22T09:30:00Z")
    text = (ROOT / page).read_text()
    now = BLOCK.sub(lambda block: rerun(block[0], monkeypatch), text)
    if request.config.getoption("--rewrite"):
        (ROOT / page).write_text(now)
    assert now == text


def test_the_example_of_the_python_api_runs_and_its_result_says_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answering: Answering
) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "RECIPE-BOX")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs/python-api.md").read_text()
    (code,), (shown,) = (re.findall(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S) for kind in ("python", "text"))
    names: dict[str, object] = {}
    questions = answering("y")
    exec(code, names)  # noqa: S102 - our own page
    assert (questions, f"{names['result']}\n") == (["Proceed with batch creation of 2 EXECUTION_TASKs? (y/N): "], shown)


def test_every_link_between_pages_leads_to_a_file() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            assert target.startswith("http") or (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("name", manual.PARTS)
def test_what_is_made_from_the_code_is_up_to_date(name: str, request: pytest.FixtureRequest) -> None:
    page = ROOT / manual.PARTS[name][0]
    text = page.read_text()
    now = manual.renewed(text, name)
    if request.config.getoption("--rewrite"):
        page.write_text(now)
    is_up_to_date = now == text  # pytest takes a minute to compare texts of this length
    assert is_up_to_date, f"{page.name}: `pytest tests/test_docs.py --rewrite` brings it up to date"


def test_every_exit_code_has_an_advice() -> None:
    rows = re.findall(r"^\| ([0-9, ]+) \|.*\| ([^|]*) \|$", (ROOT / "docs/reference.md").read_text(), re.MULTILINE)
    assert [code for code, _ in rows] == [*map(str, range(10)), "129, 130, 143"]
    assert all(advice for _, advice in rows)
