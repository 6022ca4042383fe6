"""Rendering: one private copier run, no trust, and one message for whatever a template does wrong."""

import errno
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold import render
from scaffold.errors import InvalidInput, WriteFailed
from scaffold.plan import files
from scaffold.render import worker
from scaffold.render.child import ChildBroken
from tests import plain_features, plans
from tests.conftest import Scaffold
from tests.trees import build, snapshot

NAME = "template/{% yield task from tasks %}T_{{ task.slug }}.md{% endyield %}.jinja"
CONFIG = (
    '_min_copier_version: "9.15.0"\n_subdirectory: template\n_envops: {undefined: jinja2.StrictUndefined}\n'
    "plan_name: {type: str, default: X}\ntasks: {type: yaml, default: []}\n"
)
ANSWERS: dict[str, object] = {"plan_name": "DEMO", "tasks": [{"slug": "11", "text": "{{ 7*7 }}"}, {"slug": "12"}]}


PLANNED = ("T_11.md", "T_12.md")


def made(root: Path, planned: tuple[str, ...], **files: str | bytes) -> dict[str, bytes]:
    """Render the smallest template set, with `files` over it: `config`, `body`, or a path with `__` for `/`."""
    named = {"config": "copier.yml", "body": NAME}
    tree = {"copier.yml": CONFIG, NAME: "{{ plan_name }} {{ task.slug }}\n"}
    tree |= {named.get(key, key.replace("__", "/")): content for key, content in files.items()}  # type: ignore[misc]
    return dict(render.render(render.from_directory(str(build(root / "set", tree))), ANSWERS, planned).documents)  # type: ignore[arg-type]


@contextmanager
def trusted() -> Iterator[None]:
    """Let every template set count as one that came with scaffold, which needs no child process."""
    with pytest.MonkeyPatch.context() as patch:
        opened = render.from_directory
        patch.setattr(render, "from_directory", lambda source: _ours(opened(source)))
        yield


def _ours(template: render.TemplateSet) -> render.TemplateSet:
    return replace(template, layers=tuple(replace(layer, trusted=True) for layer in template.layers))


def refused(root: Path, **files: str | bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        made(root, PLANNED, **files)
    (one,) = caught.value.diagnostics
    assert one.hint
    place = f"{one.path}:{one.line}: " if one.path else ""
    assert one.path is None or Path(one.path).exists()
    return (place + one.message).replace(str(root), "")


@pytest.fixture
def _copier_alone() -> Iterator[None]:
    with plain_features.copier_alone():
        yield


def test_every_planned_file_comes_back_with_its_bytes(tmp_path: Path) -> None:
    assert made(tmp_path, PLANNED) == {"T_11.md": b"DEMO 11\n", "T_12.md": b"DEMO 12\n"}


def test_values_are_never_rendered_again(tmp_path: Path) -> None:
    body = "{{ task.text if task.slug == '11' else '' }}\n"
    assert made(tmp_path, PLANNED, body=body)["T_11.md"] == b"{{ 7*7 }}\n"


@pytest.mark.usefixtures("_copier_alone")
def test_copier_runs_once_for_a_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = worker.run

    def counted(*arguments: object) -> None:
        with (tmp_path / "calls").open("ab") as calls:
            calls.write(b"x")
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "run", counted)
    with trusted():
        made(tmp_path, PLANNED)
    assert (tmp_path / "calls").read_bytes() == b"x"


def test_nothing_is_left_in_the_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    made(tmp_path, PLANNED)
    refused(tmp_path, body="{{ nope }}\n")
    assert snapshot(scratch) == {}


def test_the_working_tree_counts_and_not_the_last_tag(tmp_path: Path) -> None:
    made(tmp_path, PLANNED)
    git = ["git", "-C", str(tmp_path / "set"), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"], ["tag", "v1"]):
        subprocess.run([*git, *command], check=True)
    assert made(tmp_path, PLANNED, body="changed {{ task.slug }}\n")["T_11.md"] == b"changed 11\n"


def test_a_directory_whose_name_ends_like_a_repositorys_is_a_directory(tmp_path: Path) -> None:
    made(tmp_path, PLANNED)
    directory = (tmp_path / "set").rename(tmp_path / "set.git")
    assert render.render(render.from_directory(str(directory)), ANSWERS, PLANNED).documents["T_11.md"] == b"DEMO 11\n"  # type: ignore[arg-type]


def test_the_users_own_copier_settings_do_not_make_a_template_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = build(tmp_path, {"settings.yml": "trust: [/]\ndefaults: {plan_name: LEAKED}\n"}) / "settings.yml"
    monkeypatch.setenv("COPIER_SETTINGS_PATH", str(settings))
    witness = tmp_path / "ran"
    message = refused(tmp_path, config=CONFIG + f"_tasks: ['touch {witness}']\n")
    assert message == "/set/copier.yml:6: template /set: the setting _tasks is refused (it could run any command)"
    assert not witness.exists()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(
            {"body": "ok\n{{ task.nope }}\n"},
            ".jinja:2: template /set: UndefinedError: 'dict object' has no",
            id="undefined",
        ),
        pytest.param(
            {"body": "ok\n{% if %}\n"}, ".jinja:2: template /set: TemplateSyntaxError: Expected an expr", id="syntax"
        ),
        pytest.param(
            {"body": "{{ 1 / 0 }}"}, ".jinja:1: template /set: ZeroDivisionError: division by zero", id="expression"
        ),
        pytest.param(
            {"body": '{% include "sections/a.md" -%}\n', "sections__a.md": "\n\n{{ nope }}\n"},
            "sections/a.md:3: template /set: UndefinedError: 'nope' is undefined",
            id="in a section",
        ),
        pytest.param(
            {"body": '{% include "nope.md" %}\n'}, 'there is no "nope.md" in the template set', id="section missing"
        ),
        pytest.param({"config": CONFIG + "_migrations: [{command: x}]\n"}, "_migrations is refused", id="migrations"),
        pytest.param({"config": CONFIG + "_jinja_extensions: [os.path]\n"}, "_extensions is refused", id="extensions"),
        pytest.param({"config": "a: [\n"}, "copier.yml:2: template /set: ", id="YAML"),
        pytest.param({"config": CONFIG.replace("9.15.0", "99.0.0")}, "UnsupportedVersionError", id="version"),
        pytest.param({"body": b"\xff\n"}, "template /set: ", id="not UTF-8"),
        pytest.param({"template__more.md": "x"}, "made more.md, which was not asked for", id="extra file"),
        pytest.param({"template__sub__T.md": "x"}, "made sub/T.md", id="folder"),
        pytest.param(
            {f"template__{name}.md": "x" for name in "dacb"},
            "made a.md, b.md, c.md, which were not",
            id="many extra files",
        ),
    ],
)
def test_whatever_is_wrong_with_a_template_is_one_message(
    tmp_path: Path, files: dict[str, str | bytes], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert message in refused(tmp_path, **files)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(os.mkfifo, "not a regular file", id="pipe"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), "a link that leads out of", id="link to a device"),
        pytest.param(lambda path: path.write_bytes(b" " * 10_000_001), "more than 10,0", id="too large"),
        pytest.param(lambda path: Path(f"{path}\udcff").write_bytes(b""), "its name is not UTF-8", id="name"),
    ],
)
def test_a_file_of_a_template_that_cannot_be_read_is_named(
    tmp_path: Path, make: Callable[[Path], object], reason: str, scaffold: Scaffold
) -> None:
    root = plans.demo(tmp_path / "plan")
    build(tmp_path / "set", {"copier.yml": CONFIG, NAME: "x\n"})
    make(tmp_path / "set/template/notes")
    outcome = scaffold("executions", root, "--batch", "--dry-run", "--template", tmp_path / "set")
    assert (outcome.code, outcome.out) == (3, "")
    assert f"{tmp_path}/set/template/notes" in outcome.err
    assert f"template {tmp_path}/set: cannot be read: " in outcome.err
    assert reason in outcome.err


def test_a_file_of_a_template_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path, _limit: int) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(files, "read", denied)
    assert refused(tmp_path).endswith("copier.yml:None: template /set: cannot be read: Permission denied")


@pytest.mark.parametrize(
    ("more", "named"),
    [(["T_13.md"], "T_13.md"), ([f"T_{at}.md" for at in (16, 15, 14, 13)], "T_13.md, T_14.md, T_15.md")],
)
def test_planned_files_that_did_not_come_out_are_named_three_at_most(
    tmp_path: Path, more: list[str], named: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        made(tmp_path, (*PLANNED, *more))
    (one,) = caught.value.diagnostics
    assert one.message.endswith(f"/set did not make {named}")
    assert "such as T_11.md" in (one.hint or "")


@pytest.mark.parametrize(
    "config",
    [
        pytest.param("- plan_name\n", id="list at the top"),
        pytest.param("3\n", id="number at the top"),
        pytest.param("1: 2\n", id="number as key"),
        pytest.param("a: 2020-99-99\n", id="no date"),
        pytest.param("a: &a [*a]\n", id="endless list"),
        pytest.param(CONFIG + "_exclude: 3\n", id="exclude"),
        pytest.param(CONFIG.replace("_subdirectory: template", "_subdirectory: 3"), id="subdirectory"),
        pytest.param(CONFIG.replace("_subdirectory: template", "_subdirectory: nowhere"), id="no such subdirectory"),
        pytest.param(CONFIG.replace('"9.15.0"', "[3]"), id="version"),
        pytest.param(CONFIG + "_envops: 3\n", id="environment"),
        pytest.param(CONFIG + "more: {type: str, default: '{% if %}'}\n", id="template in a default"),
        pytest.param(CONFIG + "more: {type: str, default: '{{ 1 / 0 }}'}\n", id="expression in a default"),
        pytest.param(CONFIG + "more: {type: yaml, default: '['}\n", id="YAML in a default"),
        pytest.param(CONFIG.replace("tasks: {type: yaml, default: []}", "tasks: 3"), id="type of a variable"),
    ],
)
def test_settings_of_a_template_that_are_wrong_are_one_message_and_exit_code_3(
    tmp_path: Path, scaffold: Scaffold, config: str
) -> None:
    own = build(tmp_path / "own", {"copier.yml": config, NAME: "x\n"})
    before = snapshot(plans.demo(tmp_path / "plan"), without=())
    outcome = scaffold("executions", tmp_path / "plan", "--batch", "--yes", "--template", own)
    assert (outcome.code, outcome.out) == (3, "")
    (said, hint) = outcome.err.splitlines()
    assert said.startswith((f"error: template {own}: ", f"error: {own}/copier.yml: template {own}: "))
    assert hint.startswith("  hint: ")
    assert snapshot(tmp_path / "plan", without=()) == before


def test_the_place_of_a_mistake_is_a_file_of_the_template_or_none(tmp_path: Path) -> None:
    message = refused(tmp_path, config=CONFIG + "more: {type: yaml, default: '['}\n")
    assert message.startswith("template /set: ValueError: while parsing")
    (tmp_path / "set/template/link").symlink_to("nowhere")
    assert refused(tmp_path, config=CONFIG).endswith("No such file or directory: 'template/link'")


def test_a_template_below_a_linked_directory_has_its_place_too(tmp_path: Path) -> None:
    made(tmp_path / "real", PLANNED)
    (tmp_path / "link").symlink_to("real")
    message = refused(tmp_path / "link", body="ok\n{{ task.nope }}\n")
    assert message.startswith("/set/template/{% yield task from tasks %}T_{{ task.slug }}.md{% endyield %}.jinja:2: ")


def test_the_settings_may_be_a_copier_yaml(tmp_path: Path) -> None:
    made(tmp_path, PLANNED)
    config = (tmp_path / "set/copier.yml").rename(tmp_path / "set/copier.yaml")
    own = render.from_directory(str(tmp_path / "set"))
    assert render.render(own, ANSWERS, PLANNED).documents["T_11.md"] == b"DEMO 11\n"  # type: ignore[arg-type]
    config.write_text(CONFIG + "_migrations: [{command: x}]\n", "utf-8")
    own = render.from_directory(str(tmp_path / "set"))
    with pytest.raises(InvalidInput, match="_migrations is refused"):
        render.render(own, ANSWERS, PLANNED)  # type: ignore[arg-type]


def test_a_variable_that_only_ends_in_migrations_is_a_variable(tmp_path: Path) -> None:
    assert made(tmp_path, PLANNED, config=CONFIG + "old_migrations: {type: str, default: x}\n")


@pytest.mark.usefixtures("_copier_alone")
def test_what_copier_says_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    real = worker._Worker.run_copy

    def talkative(self: worker._Worker) -> None:
        print("out")  # noqa: T201
        print("err", file=sys.stderr)  # noqa: T201
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        real(self)

    monkeypatch.setattr(worker._Worker, "run_copy", talkative)
    assert made(tmp_path, PLANNED)
    with trusted():
        assert made(tmp_path, PLANNED)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere", "there is no such directory"),
        ("a" * 300, "there is no such directory"),
        ("a\0b", "there is no such directory"),
        (".", "it has no copier.yml"),
        ("", "template '': the name is empty; leave --template out, and scaffold.yml or the built-in set counts"),
        ("copier.yml", "this is a file, and a template set is a directory"),
        ("https://example.org/set.git", "this is an address, and only directories are accepted"),
        ("git@example.org:set.git", "this is an address"),
        ("gh:example/set", "this is an address"),
    ],
)
def test_what_is_no_template_set_is_refused(
    tmp_path: Path, source: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/copier.yml").write_text("")
    monkeypatch.chdir(tmp_path / "sub" if source == "copier.yml" else tmp_path)
    with pytest.raises(InvalidInput, match=re.escape(message)):
        render.from_directory(source)


def test_a_digest_is_of_all_that_reaches_a_document_and_of_nothing_else(tmp_path: Path) -> None:
    condition = "{% if task.slug == '99' %}"
    body = '{% include "a.md" %}' + condition + '{% include "b.md" %}{% endif %}{# {% include "c.md" %} #}\n'

    def digest(place: str, **over: str) -> str:
        tree = {"copier.yml": f"---\n!include x*.yml\n---\n{CONFIG}", "x1.yml": "a: b\n", NAME: body}
        tree |= dict.fromkeys(("a.md", "b.md", "c.md", "y.yml", "README.md"), "x\n")
        named = {key.replace("__", "/"): text for key, text in over.items()}
        template = render.from_directory(str(build(tmp_path / place, tree | named)))
        return render.render(template, ANSWERS, PLANNED).digest  # type: ignore[arg-type]

    first = digest("1")
    same = [{"c.md": "changed"}, {"README.md": "changed"}, {"y.yml": "changed: 1"}, {".git/HEAD": "x"}, {"new.md": "x"}]
    assert {digest(f"same{at}", **tree) for at, tree in enumerate(same)} == {first}
    changed = {"copier.yml": f"---\n!include x*.yml\n---\n{CONFIG}\n"}
    others = [{"a.md": "y\n"}, {"b.md": "y\n"}, {"x1.yml": "a: c\n"}, {NAME: body + " "}, changed]
    assert len({first, *(digest(f"other{at}", **tree) for at, tree in enumerate(others))}) == 1 + len(others)


DEBRIS = {
    ".DS_Store": b"\0\0\0\1Bud1",
    "Thumbs.db": b"\xd0\xcf",
    ".x.jinja.swp": b"b0VIM",
    "x.jinja~": b"{% broken",
    ".gitkeep": b"",
    ".venv/pyvenv.cfg": b"",
}


@pytest.mark.parametrize("folder", ["", "template/", "sections/"])
def test_what_editors_and_systems_leave_in_a_set_does_no_harm_and_changes_no_digest(
    tmp_path: Path, scaffold: Scaffold, folder: str
) -> None:
    root = plans.demo(tmp_path / "plan")
    sets = shutil.copytree(Path(__file__).parent.parent / "templates/execution_task", tmp_path / "set")
    before = scaffold("executions", root, "--batch", "--template", sets, "--dry-run", "--json").document["data"]
    build(sets, {f"{folder}{name}": content for name, content in DEBRIS.items()})
    (sets / folder / ".#x.jinja").symlink_to("me@host.1:2")
    after = scaffold("executions", root, "--batch", "--template", sets, "--dry-run", "--json").document["data"]
    assert after["templates"] == before["templates"]  # type: ignore[index,call-overload]
    outcome = scaffold("executions", root, "--batch", "--template", sets, "--yes")
    assert (outcome.code, len(list((root / "execution").iterdir()))) == (0, 2), outcome.err


def test_byte_order_marks_of_sections_do_not_reach_a_document(tmp_path: Path, scaffold: Scaffold) -> None:
    sets = shutil.copytree(Path(__file__).parent.parent / "templates/execution_task", tmp_path / "set")
    for section in (*(sets / "sections").iterdir(), *(sets / "template").iterdir()):
        section.write_bytes(b"\xef\xbb\xbf" + section.read_bytes())
    marked, plain = (plans.demo(tmp_path / name) for name in ("marked", "plain"))
    assert scaffold("executions", marked, "--batch", "--template", sets, "--yes").code == 0
    assert scaffold("executions", plain, "--batch", "--yes").code == 0
    assert snapshot(marked / "execution") == snapshot(plain / "execution")


def test_a_section_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path, scaffold: Scaffold) -> None:
    sets = shutil.copytree(Path(__file__).parent.parent / "templates/execution_task", tmp_path / "set")
    with (sets / "sections/iteration_log.md.jinja").open("ab") as section:
        section.write(b"\nfa\xe7ade\n")
    lines = (sets / "sections/iteration_log.md.jinja").read_bytes().count(b"\n")
    outcome = scaffold("executions", plans.demo(tmp_path / "plan"), "--batch", "--template", sets, "--dry-run")
    assert outcome.code == 3
    place = f"{sets}/sections/iteration_log.md.jinja:{lines}"
    assert f"error: {place}: template {sets}: it is not UTF-8: byte 0xe7\n" in outcome.err
    assert "hint: save it as UTF-8\n" in outcome.err


@pytest.mark.usefixtures("_copier_alone")
def test_a_bug_of_ours_keeps_its_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(worker, "run", broken)
    with pytest.raises(ChildBroken, match=r"in broken\n.*\n.*KeyError: 'ours'"):
        made(tmp_path, PLANNED)
    with trusted(), pytest.raises(KeyError):
        made(tmp_path, PLANNED)


@pytest.mark.usefixtures("_copier_alone")
@pytest.mark.parametrize("inside", [trusted, nullcontext], ids=["in this process", "in a child"])
@pytest.mark.parametrize("name", ["NOSPC", "DQUOT", "IO", "ROFS", "MFILE", "NFILE", "FBIG"])
def test_no_room_to_render_is_said_and_is_no_fault_of_the_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, inside: Callable[[], AbstractContextManager[None]]
) -> None:
    number = getattr(errno, f"E{name}")

    def full(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(worker, "run", full)
    with inside(), pytest.raises(WriteFailed, match=os.strerror(number)) as caught:
        made(tmp_path, PLANNED)
    assert "TMPDIR" in (caught.value.diagnostics[0].hint or "")


def test_a_scratch_directory_that_cannot_be_removed_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.rmdir

    def stuck(path: str | Path, *, dir_fd: int | None = None) -> None:
        if "out" in str(path) or "scaffold-" in str(path):
            raise OSError(errno.EIO, "Input/output error")
        real(path, dir_fd=dir_fd)

    monkeypatch.setattr(os, "rmdir", stuck)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert made(tmp_path, PLANNED)
    assert list(tmp_path.glob("scaffold-*"))


@pytest.mark.usefixtures("_copier_alone")
def test_a_copier_that_cannot_be_loaded_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scaffold.render.worker", None)
    monkeypatch.delattr("scaffold.render.worker")
    with pytest.raises(WriteFailed, match="copier cannot be loaded"):
        made(tmp_path, PLANNED)


def test_a_template_set_without_its_subdirectory_is_refused(tmp_path: Path) -> None:
    build(tmp_path, {"copier.yml": CONFIG})
    with pytest.raises(InvalidInput, match="template"):
        render.render(render.from_directory(str(tmp_path)), {}, ("x",))
