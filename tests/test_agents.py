"""What agents are told in a file of a repository: a block of its own, and not a byte of the rest."""

import errno
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
import yaml

from scaffold import terminal
from scaffold.commands import agents
from scaffold.commands.agents import BEGIN, BLOCK, END, READING
from tests import manual
from tests.conftest import ROOT, Scaffold, codes
from tests.trees import Tree, build, snapshot

BOM = b"\xef\xbb\xbf"
OLD = f"{BEGIN}\nOf an older version.\n{END}"


def in_lines(text: str, newline: bytes) -> bytes:
    return text.encode().replace(b"\n", newline)


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\n",
        b"# Rules\n\nBe kind.\n",
        b"# Rules\n\nBe kind.\n\n\n",
        b"# Rules",
        b"# Rules\r\n\r\nBe kind.\r\n",
        b"# Rules\r\n\r\nBe kind.",
        b"# Rules\r\rBe kind.\r",
        b"# Rules\r\nBe kind.\nBe quick.",
        BOM,
        BOM + b"# Rules\n",
        "# Règles 🎯\u2028".encode(),
        f"```\n{BEGIN}\n```\n".encode(),
        f"About `{BEGIN}` and {END}.\n".encode(),
    ],
    ids=repr,
)
def test_a_block_is_put_behind_a_text_once_and_no_byte_of_it_changes(
    tmp_path: Path, scaffold: Scaffold, before: bytes
) -> None:
    file = tmp_path / "AGENTS.md"
    file.write_bytes(before)
    assert scaffold("agents", "--to", file, "--yes").code == 0
    after = file.read_bytes()
    newline = next((end for end in (b"\r\n", b"\r") if end in before), b"\n")
    assert after.startswith(before)
    assert after.endswith(in_lines(BLOCK, newline))
    again = scaffold("agents", "--to", file, "--yes")
    assert (again.code, again.out, file.read_bytes()) == (
        0,
        f"Nothing to change: {file} has the block as it is now.\n",
        after,
    )


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"], ids=repr)
@pytest.mark.parametrize(
    ("head", "tail"),
    [("", ""), ("", "\n"), ("# Rules\n\n", "\n\n## More\n\nBe kind."), ("# Rules\n  ", "  \nBe kind.\n")],
)
@pytest.mark.parametrize("mark", [b"", BOM])
def test_a_block_is_replaced_and_what_stands_around_it_stays_byte_for_byte(
    tmp_path: Path, scaffold: Scaffold, newline: bytes, head: str, tail: str, mark: bytes
) -> None:
    file = tmp_path / "AGENTS.md"
    around = (mark + in_lines(head, newline), in_lines(tail, newline))
    file.write_bytes(in_lines(OLD, newline).join(around))
    assert scaffold("agents", "--to", file, "--yes").code == 0
    assert file.read_bytes() == in_lines(BLOCK.removesuffix("\n"), newline).join(around)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"# Rules\n\n{BEGIN}\n", 3),
        (f"# Rules\n{END}\n", 2),
        (f"{END}\n{BEGIN}\n", 1),
        (f"{OLD}\n\n{OLD}\n", 1),
        (f"{BEGIN}\n{OLD}\n", 1),
        (f"{OLD}\n{END}\n", 1),
    ],
)
def test_marks_that_do_not_pair_are_one_problem_and_change_nothing(
    tmp_path: Path, scaffold: Scaffold, text: str, line: int
) -> None:
    file = tmp_path / "AGENTS.md"
    file.write_text(text)
    outcome = scaffold("agents", "--to", file, "--yes", "--json")
    assert (outcome.code, codes(outcome.document)) == (3, [("marks_unpaired", str(file))])
    assert outcome.document["diagnostics"][0]["line"] == line  # type: ignore[index,call-overload]
    assert file.read_text() == text


def test_a_block_that_would_stand_in_a_code_block_is_not_written(tmp_path: Path, scaffold: Scaffold) -> None:
    (tmp_path / "AGENTS.md").write_text("# Rules\n\n```sh\nmake\n")
    outcome = scaffold("agents", "--to", tmp_path / "AGENTS.md", "--yes", "--json")
    assert (outcome.code, codes(outcome.document)) == (3, [("fence_open", str(tmp_path / "AGENTS.md"))])
    assert (tmp_path / "AGENTS.md").read_text() == "# Rules\n\n```sh\nmake\n"


def link(path: Path) -> None:
    (path.parent / "CLAUDE.md").write_text("# Rules\n")
    path.symlink_to("CLAUDE.md")


def pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (link, "is a link; expected the file itself: "),
        (lambda path: path.symlink_to("nowhere"), "is a link"),
        (pipe, "cannot be read: not a regular file"),
        (lambda path: path.write_bytes(b"# R\xe8gles\n\n\xff"), "is not UTF-8: line 1, byte 0xe8"),
        (lambda path: path.write_bytes(b"x" * 2_000_001), "has more than 2,000,000 bytes"),
    ],
    ids=["link", "dangling link", "pipe", "not UTF-8", "too large"],
)
def test_what_is_no_text_of_its_own_is_refused(
    tmp_path: Path, scaffold: Scaffold, make: Callable[[Path], object], said: str
) -> None:
    make(tmp_path / "AGENTS.md")
    outcome = scaffold("agents", "--to", tmp_path / "AGENTS.md", "--yes")
    assert (outcome.code, said in outcome.err, outcome.err.count("error:")) == (3, True, 1)


def test_a_file_does_not_grow_past_the_size_up_to_which_its_block_can_be_replaced(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    file = tmp_path / "AGENTS.md"
    room = 2_000_000 - len("\n\n") - len(BLOCK.encode())
    file.write_bytes(b"x" * (room + 1))
    outcome = scaffold("agents", "--to", file, "--yes", "--json")
    assert (outcome.code, codes(outcome.document)) == (3, [("too_large", str(file))])
    assert file.read_bytes() == b"x" * (room + 1)
    file.write_bytes(b"x" * room)
    assert [scaffold("agents", "--to", file, "--yes").code for _ in range(2)] == [0, 0]
    assert file.stat().st_size == 2_000_000


def test_an_edit_that_is_saved_while_the_question_waits_stays(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "AGENTS.md"
    file.write_text("# Rules\n")

    def saved_meanwhile(*_: object, **__: object) -> bool:
        file.write_text("# Better rules\n")
        return True

    monkeypatch.setattr(terminal, "confirm", saved_meanwhile)
    outcome = scaffold("agents", "--to", file)
    assert (outcome.code, "has been edited since the preview; nothing was changed" in outcome.err) == (5, True)
    assert file.read_text() == "# Better rules\n"

    def removed_meanwhile(*_: object, **__: object) -> bool:
        file.unlink()
        return True

    monkeypatch.setattr(terminal, "confirm", removed_meanwhile)
    assert scaffold("agents", "--to", file).code == 5
    monkeypatch.setattr(terminal, "confirm", lambda *_, **__: file.write_text("# New\n") > 0)
    assert scaffold("agents", "--to", file).code == 5
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("AGENTS.md", "# New\n")]


def test_a_file_keeps_its_mode(tmp_path: Path, scaffold: Scaffold) -> None:
    file = tmp_path / "AGENTS.md"
    file.write_text("# Rules\n")
    file.chmod(0o640)
    scaffold("agents", "--to", file, "--yes")
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("flags", [["--yes"], ["--dry-run"], []])
def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path: Path, scaffold: Scaffold, flags: list[str]) -> None:
    file = tmp_path / "AGENTS.md"
    file.write_text("# Rules\n")
    file.chmod(0o444)
    outcome = scaffold("agents", "--to", file, *flags, typed="y\n")
    assert (outcome.code, outcome.err) == (
        8,
        f"error: {file}: may not be written; nothing was changed\n"
        "  hint: let it be written (chmod u+w), or name another\n",
    )
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("# Rules\n", 0o444)
    file.chmod(0o644)
    file.write_text(BLOCK)
    file.chmod(0o444)
    assert scaffold("agents", "--to", file, *flags).code == 0  # there is nothing to change


def test_a_file_that_has_another_name_is_not_parted_from_it(tmp_path: Path, scaffold: Scaffold) -> None:
    file, other = tmp_path / "AGENTS.md", tmp_path / "CLAUDE.md"
    file.write_text("# Rules\n")
    other.hardlink_to(file)
    outcome = scaffold("agents", "--to", file, "--yes", "--json")
    assert (outcome.code, codes(outcome.document)) == (8, [("not_writable", str(file))])
    assert "has 2 names (hard links), and only this one would change" in outcome.out
    assert (file.samefile(other), other.read_text()) == (True, "# Rules\n")


@pytest.mark.parametrize("call", ["fsync", "rename", "replace"])
def test_a_file_is_written_wholly_or_not_at_all(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "AGENTS.md"
    file.write_text("# Rules\n")
    monkeypatch.setattr("os." + call, full)
    outcome = scaffold("agents", "--to", file, "--yes")
    monkeypatch.undo()
    if outcome.code:
        assert (outcome.code, file.read_text()) == (8, "# Rules\n")
        assert "could not be written (No space left on device); nothing was changed" in outcome.err
    else:
        assert file.read_text().endswith(BLOCK)
        assert call == "rename"  # the other of the two names of that call
    assert [one.name for one in tmp_path.iterdir()] == ["AGENTS.md"]


@pytest.mark.parametrize("before", [None, "# Rules\n"], ids=["new", "replaced"])
@pytest.mark.parametrize("error", [errno.EINVAL, errno.EIO], ids=["unknown", "broken"])
def test_a_directory_that_cannot_be_synced_is_no_reason_to_say_that_nothing_was_changed(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch, before: str | None, error: int
) -> None:
    file, fsync = tmp_path / "AGENTS.md", os.fsync

    def of_files_alone(fd: int) -> None:
        if stat.S_ISDIR(os.fstat(fd).st_mode):
            raise OSError(error, os.strerror(error))
        fsync(fd)

    if before:
        file.write_text(before)
    monkeypatch.setattr("os.fsync", of_files_alone)
    outcome = scaffold("agents", "--to", file, "--yes")
    said = f"error: {file}: was written, but may be gone after a power failure (Input/output error)\n"
    expected = (0, True) if error == errno.EINVAL else (8, said in outcome.err)
    assert (outcome.code, True) == expected
    assert "nothing was changed" not in outcome.err
    assert file.read_text().endswith(BLOCK)
    assert [one.name for one in tmp_path.iterdir()] == ["AGENTS.md"]


def test_it_asks_before_it_writes_and_a_dry_run_does_neither(tmp_path: Path, scaffold: Scaffold) -> None:
    file = tmp_path / "rules/AGENTS.md"
    dry = scaffold("agents", "--to", file, "--dry-run", typed="y\n")
    assert (dry.code, f"+{BEGIN}" in dry.out, "Dry run" in dry.out, "(y/N)" in dry.err) == (0, True, True, False)
    assert [scaffold("agents", "--to", file, typed=typed).code for typed in (None, "n\n")] == [6, 6]
    unasked = scaffold("agents", "--to", file, "--json")
    assert (unasked.code, codes(unasked.document), file.parent.exists()) == (6, [("not_confirmed", None)], False)
    assert (scaffold("agents", "--to", file, typed="y\n").code, file.read_text()) == (0, BLOCK)


def test_what_nobody_confirmed_is_told_with_the_command_that_does_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = scaffold("agents", "--to", "my rules/AGENTS.md", "--json")
    (problem,) = cast("list[dict[str, list[str]]]", outcome.document["diagnostics"])
    assert problem["command"] == ["scaffold", "agents", "--to", "my rules/AGENTS.md", "--yes"]
    assert scaffold(*problem["command"][1:]).code == 0
    assert (tmp_path / "my rules/AGENTS.md").read_text() == BLOCK


def front(file: Path) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load(file.read_text().split("---\n")[1])
    return found


def test_a_skill_allows_the_commands_that_only_read_and_no_other(tmp_path: Path, scaffold: Scaffold) -> None:
    assert scaffold("agents", "--to", tmp_path / "skills", "--yes").code == 0
    file = tmp_path / "skills/scaffold/SKILL.md"
    row = next(line for line in (ROOT / "docs/agents.md").read_text().splitlines() if line.startswith("| `status`"))
    reads, writes = (re.findall(r"`([a-z ]+)`", cell) for cell in row.strip("|").split("|"))
    assert set(front(file)) == {"name", "description", "allowed-tools"}
    assert front(file)["name"] == file.parent.name
    assert front(file)["allowed-tools"] == [f"Bash(scaffold {command}:*)" for command in READING]
    assert set(READING) == set(reads) - {"claim", "release"}  # which write who works on what
    assert not set(READING) & set(writes)


def test_a_skill_is_brought_up_to_date_and_what_a_team_wrote_in_it_stays(tmp_path: Path, scaffold: Scaffold) -> None:
    file = tmp_path / "scaffold/SKILL.md"
    file.parent.mkdir()
    file.write_text(f"---\nname: scaffold\nallowed-tools: Read\n---\n\n{OLD}\n\nAsk Jun.\n")
    outcome = scaffold("agents", "--to", tmp_path, "--yes", "--json")
    assert codes(outcome.document, "warning") == [("front_matter_kept", str(file))]
    assert file.read_text() == f"---\nname: scaffold\nallowed-tools: Read\n---\n\n{BLOCK}\nAsk Jun.\n"


def test_a_skill_of_somebody_else_is_left_alone(tmp_path: Path, scaffold: Scaffold) -> None:
    (tmp_path / "scaffold").mkdir()
    (tmp_path / "scaffold/SKILL.md").write_text("---\nname: scaffold\n---\n")
    outcome = scaffold("agents", "--to", tmp_path, "--yes", "--json")
    assert (outcome.code, codes(outcome.document)) == (5, [("target_exists", str(tmp_path / "scaffold/SKILL.md"))])
    assert (tmp_path / "scaffold/SKILL.md").read_text() == "---\nname: scaffold\n---\n"


def test_every_command_and_option_that_the_block_names_exists() -> None:
    assert manual.unknown_in(agents.SKILL) == []


# --- which path means what ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target", ["AGENTS.md", "x/rules.MDC", "a.markdown", ".cursorrules", "x/.windsurfrules", ".clinerules"]
)
@pytest.mark.parametrize("before", [None, "Be kind.\n"])
def test_a_block_goes_into_markdown_and_into_the_rules_that_agents_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, target: str, before: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    build(tmp_path, {target: before} if before else {})
    assert scaffold("agents", "--to", target, "--yes").code == 0
    assert (tmp_path / target).read_text() == (f"{before}\n{BLOCK}" if before else BLOCK)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / target]


@pytest.mark.parametrize(
    ("there", "target"),
    [
        ({}, "skills"),
        ({}, ".claude/skills"),
        ({}, "new.txt/"),
        ({}, ".skills/"),
        ({"AGENTS.md/": ""}, "AGENTS.md"),
        ({".clinerules/": ""}, ".clinerules"),
        ({".skills/": ""}, ".skills"),
        ({}, "."),
    ],
)
def test_a_skill_goes_into_a_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, there: Tree, target: str
) -> None:
    monkeypatch.chdir(tmp_path)
    build(tmp_path, there)
    assert scaffold("agents", "--to", target, "--yes").code == 0
    assert (tmp_path / target / "scaffold/SKILL.md").read_text() == agents.SKILL


@pytest.mark.parametrize(
    ("there", "target"),
    [
        ({}, ""),
        ({}, " "),
        ({}, "new.txt"),
        ({}, "x/new.json"),
        ({}, ".skills"),
        ({"package.json": "{}\n"}, "package.json"),
        ({"Makefile": "all:\n"}, "Makefile"),
        ({".gitignore": "x\n"}, ".gitignore"),
    ],
)
def test_a_path_that_means_neither_is_refused_with_what_is_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, there: dict[str, str], target: str
) -> None:
    monkeypatch.chdir(tmp_path)
    build(tmp_path, there)
    outcome = scaffold("agents", "--to", target, "--yes")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        f"error: --to {target or repr(target)}: expected a file that ends in .md, .mdc or .markdown, or is named "
        ".cursorrules, .windsurfrules or .clinerules, or a directory of skills\n"
        "  hint: name a file such as AGENTS.md, or let a new directory end in /\n"
    )
    assert snapshot(tmp_path, without=()) == {name: text.encode() for name, text in there.items()}


@pytest.mark.parametrize(
    ("target", "code"), [(f"{'x' * 300}.md", 3), ("x" * 300, 3), (f"{'x' * 300}/AGENTS.md", 3), (f"{'x' * 252}.md", 0)]
)
def test_a_name_is_used_or_is_too_long_and_the_message_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, target: str, code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = scaffold("agents", "--to", target, "--yes")
    assert (outcome.code, outcome.err.count("error:")) == (code, bool(code))
    assert ("cannot be read: File name too long\n  hint: name a Markdown file" in outcome.err) == bool(code)
    assert len(snapshot(tmp_path, without=())) == (not code)
