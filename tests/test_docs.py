"""The examples in the docs are what the commands print; `pytest tests/test_docs.py --rewrite` updates them."""

import ast
import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from scaffold import cli, clock
from scaffold.errors import CODES, InvalidInput
from scaffold.plan import settings
from tests import json_types, manual, schema, settings_schema
from tests.conftest import Answering, Terminal

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs" / "example" / "RECIPE-BOX"
TEAMS = ROOT / "docs" / "example-teams"
PAGES = {
    "README.md": EXAMPLE,
    **{
        f"docs/{name}.md": EXAMPLE
        for name in ("tutorial", "batch-execution-creation", "agents", "settings", "reading-plans")
    },
    "docs/continuous-integration.md": EXAMPLE,
    "docs/updating.md": EXAMPLE,
    **{f"docs/{name}.md": TEAMS for name in ("team-templates", "writing-templates", "reviewing")},
}
"""The pages with examples that run, each in a new copy of an example."""
WRITTEN = {"docs/team-templates.md": ("scaffold.yml", "templates")}
"""What of its example a page writes itself."""

ANSWER = re.compile(r"^.*(?:\(y/N\)|Option \(0-5\)|Level): (.*)$", re.MULTILINE)
"""A question, with what somebody types behind it."""

BLOCK = re.compile(
    r"^```console\n(?P<commands>.*?)^```$|^`(?P<file>\S+)`:\n\n```\w+\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL
)
"""Commands with what they print; or a file, which is written."""

COMMAND = re.compile(r"(?<!: \d\n\n)^\$ ", re.MULTILINE)
"""Where a command begins; below the answer to the menu is one that the menu prints."""


class Keyboard(Terminal):
    """Somebody who types lines; the screen echoes them between what is printed."""

    def __init__(self, screen: io.StringIO, answers: Iterable[str]) -> None:
        super().__init__("".join(f"{answer}\n" for answer in answers))
        self.screen = screen

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # typeshed: bytes, but for StringIO
        typed = super().readline()
        self.screen.write(typed)
        return typed


def printed(command: str, answers: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Run one command of an example and give what is on the screen afterwards; `scaffold … | COMMAND` works too."""
    own, _, filters = command.partition(" | ")
    own, _, after = own.partition("; ")
    words = shlex.split(own)
    if words[0] == "cd":
        monkeypatch.chdir(words[1])
        return ""
    if words[0] != "scaffold":
        return shell(command)
    screen, out = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdin", Keyboard(screen, answers) if answers else io.StringIO())
    with contextlib.redirect_stdout(out if filters else screen), contextlib.redirect_stderr(screen):
        code = cli.run(words[1:])
    if after:
        assert after == "echo $?"
        screen.write(f"{code}\n")
    return screen.getvalue() + (shell(filters, out.getvalue()) if filters else "")


def shell(command: str, typed: str = "") -> str:
    done = subprocess.run(command, shell=True, input=typed, capture_output=True, text=True, check=True)  # noqa: S602
    return done.stdout


def rerun(block: re.Match[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Run every command of a block again, and give the block with what they print now; write a file that it shows."""
    if block["file"]:
        Path(block["file"]).parent.mkdir(parents=True, exist_ok=True)
        Path(block["file"]).write_text(block["content"], "utf-8")
        return block[0]
    lines = []
    for example in COMMAND.split(block["commands"])[1:]:
        command, _, shown = example.partition("\n")
        lines.append(f"$ {command}\n{printed(command, ANSWER.findall(shown), monkeypatch)}")
    return f"```console\n{''.join(lines)}```"


@pytest.mark.usefixtures("_samples_made_once")
@pytest.mark.parametrize("page", PAGES)
def test_every_example_prints_what_the_page_shows(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    start = tmp_path / PAGES[page].name
    shutil.copytree(PAGES[page], start, ignore=shutil.ignore_patterns(*WRITTEN.get(page, ())))
    monkeypatch.chdir(start)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.setattr(clock, "today", lambda: "2026-11-22")
    monkeypatch.setattr(clock, "now", lambda: "2026-11-22T09:30:00Z")
    text = (ROOT / page).read_text("utf-8")
    now = BLOCK.sub(lambda block: rerun(block, monkeypatch), text)
    if request.config.getoption("--rewrite"):
        (ROOT / page).write_text(now, "utf-8")
    assert now == text
    if page in WRITTEN:
        assert team_files(start) == team_files(TEAMS)


def team_files(workspace: Path) -> dict[str, str]:
    """Return what the page about teams writes; the first line of scaffold.yml is for editors, and has a path."""
    written = {path.name: path for path in [workspace / "scaffold.yml"]}
    written |= {
        str(path.relative_to(workspace)): path for path in (workspace / "templates").rglob("*") if path.is_file()
    }
    texts = {name: path.read_text("utf-8") for name, path in written.items()}
    return {name: re.sub(r"\A# yaml-language-server: .*\n", "", text) for name, text in texts.items()}


def test_the_example_of_the_python_api_runs_and_its_result_says_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answering: Answering
) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "RECIPE-BOX")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs/python-api.md").read_text("utf-8")
    (code,), (shown,) = (re.findall(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S) for kind in ("python", "text"))
    names: dict[str, object] = {}
    questions = answering("y")
    exec(code, names)  # noqa: S102 - our own page
    assert (questions, f"{names['result']}\n") == (["Proceed with batch creation of 2 EXECUTION_TASKs? (y/N): "], shown)


def test_every_link_between_pages_leads_to_a_file() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
            assert target.startswith("http") or (page.parent / target).exists(), f"{page.name}: {target}"


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_into_a_page_leads_to_a_heading() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target, anchor in re.findall(r"\]\(((?!http)[^)#\s]*)#([^)\s]+)\)", page.read_text("utf-8")):
            other = page.parent / target if target else page
            assert anchor in anchors(other), f"{page.name}: {target}#{anchor}"


@pytest.mark.parametrize("name", manual.PARTS)
def test_what_is_made_from_the_code_is_up_to_date(name: str, request: pytest.FixtureRequest) -> None:
    page = ROOT / manual.PARTS[name][0]
    text = page.read_text("utf-8")
    now = manual.renewed(text, name)
    if request.config.getoption("--rewrite"):
        page.write_text(now, "utf-8")
    is_up_to_date = now == text  # pytest takes a minute to compare texts of this length
    assert is_up_to_date, f"{page.name}: `pytest tests/test_docs.py --rewrite` brings it up to date"


@pytest.mark.parametrize(
    ("file", "make"), [(schema.FILE, json_types.made), (settings_schema.FILE, settings_schema.made)]
)
def test_the_schemas_are_made_from_the_code(
    file: Path, make: Callable[[], json_types.Schema], request: pytest.FixtureRequest
) -> None:
    now = json_types.text(make()) + "\n"
    if request.config.getoption("--rewrite"):
        file.write_text(now, "utf-8")
    is_up_to_date = now == file.read_text("utf-8")
    assert is_up_to_date, f"{file.name}: `pytest tests/test_docs.py --rewrite` brings it up to date"


def test_every_exit_code_has_an_advice() -> None:
    rows = re.findall(
        r"^\| ([0-9, ]+) \|.*\| ([^|]*) \|$", (ROOT / "docs/reference.md").read_text("utf-8"), re.MULTILINE
    )
    assert [code for code, _ in rows] == [*map(str, range(10)), "129, 130, 143"]
    assert all(advice for _, advice in rows)


def test_every_code_has_an_advice_and_an_exit_code_or_is_a_warning() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([0-9, –]+) \| (.*) \|$", (ROOT / "docs/agents.md").read_text("utf-8"), re.M)
    assert [code for code, _, _ in rows] == list(CODES)
    assert all(exits and advice for _, exits, advice in rows)


def test_the_settings_page_shows_settings_that_are_read_and_messages_that_come() -> None:
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    whole, teams = (settings.parse(example, "scaffold.yml") for example in examples)
    assert (whole.plan_roots, set(whole.templates)) == (("plans", "archive"), {"executions"})
    assert list(teams.templates["executions"].sets) == ["org", "security", "data", "legacy"]
    assert [settings_schema.faults(example) for example in examples] == [[], []]
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \|$", text.partition("\n## Errors\n")[2], re.MULTILINE)
    for written, message in rows:
        with pytest.raises(InvalidInput) as caught:
            settings.parse(written, "scaffold.yml")
        assert [one.message for one in caught.value.diagnostics] == [message.replace("\\`", "`")]
    assert len(rows) == 18


ONLY_SCAFFOLD = (
    "already means",
    "is the name of",
    "defined twice",
    "not valid YAML",
    "no set 'org'",
    "circle",
    "id '3'",
)
"""In messages about what a schema cannot tell."""


def test_the_schema_of_settings_marks_the_mistakes_of_the_settings_page_but_for_what_only_scaffold_can_tell() -> None:
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    for written, message in re.findall(r"^\| `(.+?)` \| (.+?) \|$", text.partition("\n## Errors\n")[2], re.MULTILINE):
        if not any(words in message for words in ONLY_SCAFFOLD):
            assert settings_schema.faults(written), written


def test_the_demo_and_the_first_page_name_commands_that_exist() -> None:
    demo = re.findall(r"^\t@?echo (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert manual.unknown_in("\n".join(demo)) == []
    assert manual.unknown_in((ROOT / "README.md").read_text("utf-8")) == []


def test_the_page_for_agents_sorts_every_command() -> None:
    (row,) = re.findall(r"^\| `status`.*$", (ROOT / "docs/agents.md").read_text("utf-8"), re.MULTILINE)
    assert {words.split()[0] for words in re.findall(r"`([a-z ]+)`", row)} == set(cli.app.commands)


@pytest.mark.parametrize(
    ("words", "at", "completed"),
    [
        ("scaffold exec", 1, ["executions"]),
        ("scaffold template v", 2, ["variables"]),
        ("scaffold graph --format m", 3, ["mermaid"]),
        ("scaffold why --j", 2, ["--json"]),
    ],
)
def test_completion_completes_in_bash_as_the_tutorial_sets_it_up(
    tmp_path: Path, words: str, at: int, completed: list[str]
) -> None:
    own = tmp_path / "scaffold"
    own.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scaffold "$@"\n')
    own.chmod(0o755)
    (line,) = re.findall(r"^    (eval .*bash_source.*)$", (ROOT / "docs/tutorial.md").read_text("utf-8"), re.MULTILINE)
    press_tab = f'COMP_WORDS=({words}); COMP_CWORD={at}; _scaffold_completion scaffold; echo "${{COMPREPLY[@]}}"'
    path = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    script = f"complete() {{ :; }}; {line}; {press_tab}"
    shown = subprocess.run(["bash", "-c", script], env=path, capture_output=True, text=True, check=True)
    assert (shown.stdout.split(), shown.stderr) == (completed, "")


@pytest.mark.parametrize(
    ("name", "words", "at", "expected"),
    [
        ("zsh", "scaffold exec", "1", "plain\nexecutions\n"),
        ("fish", "scaffold exec", "exec", "plain,executions"),
    ],
)
def test_completion_answers_zsh_and_fish(
    name: str, words: str, at: str, expected: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for instruction, wanted in (("source", "_scaffold_completion"), ("complete", expected)):
        monkeypatch.setenv("_SCAFFOLD_COMPLETE", f"{name}_{instruction}")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", at)
        with pytest.raises(SystemExit) as ended:
            cli.run([])
        assert (ended.value.code, wanted in capsys.readouterr().out) == (0, True)


# --- messages ---------------------------------------------------------------------------------------------------------

MESSAGES = (ROOT / "docs/messages.md").read_text("utf-8")


def trees() -> Iterator[ast.AST]:
    for path in (ROOT / "scaffold").rglob("*.py"):
        if path.name != "errors.py":  # which defines the codes
            yield from ast.walk(ast.parse(path.read_text("utf-8")))


def texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for one in nodes:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def test_the_source_uses_every_code() -> None:
    assert set(CODES) - {*texts(trees())} == {"more_problems"}  # which `errors` itself makes


def test_every_code_of_a_diagnostic_stands_below_a_heading_and_no_other_does() -> None:
    below = re.findall(r"^### .+\n\n(`(\w+)`(?:.|\n(?!\n))*)", MESSAGES, re.MULTILINE)
    assert set(CODES) <= set(re.findall(r"`(\w+)`", "\n".join(paragraph for paragraph, _ in below)))
    assert {first for _, first in below} <= set(CODES)
    assert len(below) == MESSAGES.count("\n### ")


def test_every_heading_is_what_a_message_says() -> None:
    pieces = set(texts(trees()))
    headings = re.findall(r"^### (.+)$", MESSAGES, re.MULTILINE)
    parts = {part.strip(" :;,()") for heading in headings for part in re.split(r"…| / ", heading)}
    assert {part for part in parts if not any(part in one for one in pieces)} == set()


def test_every_exit_code_has_a_heading() -> None:
    headings = re.findall(r"^## Exit codes? ([0-9, ]+):", MESSAGES, re.MULTILINE)
    assert headings == [*map(str, range(10)), "129, 130, 143"]
