"""A preview that was looked at is applied as it was shown, or not at all: `scaffold preview` and `scaffold apply`."""

import fcntl
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from scaffold import render
from scaffold.model import Change, ChangeSet
from scaffold.transaction import previews
from tests import plans, teams_kit
from tests.conftest import Outcome, Scaffold, codes
from tests.test_update import FIRST, SECOND, SUBPLAN, change
from tests.trees import put, snapshot
from tests.update_kit import CREATED, Renderer, create, edit, last_batch, on_day

pytestmark = pytest.mark.usefixtures("_no_real_fsync")
RENDER, RENDERER = render.render, Renderer()


@pytest.fixture(autouse=True)
def _rendered_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "render", RENDERER.render)


THREATS = "templates/security/sections/threat_model.md.jinja"


@dataclass(frozen=True)
class Shown:
    """A plan in a workspace of teams, and the id of a preview that was kept in it the day before yesterday."""

    root: Path
    id: str

    @property
    def file(self) -> Path:
        return self.root / f".scaffold/previews/{self.id}.json"


def show(scaffold: Scaffold, root: Path, what: str, *options: str) -> Shown:
    """Show and keep a preview on the day `CREATED`."""
    with on_day(CREATED):
        outcome = scaffold("preview", what, root, "--json", *options)
    assert outcome.code == 0, outcome.err
    document: Any = outcome.document
    assert "preview_not_kept" not in dict(codes(document, "warning"))
    return Shown(root, document["data"]["change_set"])


def change_file(path: Path, before: str, after: str) -> None:
    edit(path.parent, path.name, (before, after))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return teams_kit.workspace(tmp_path / "w")


def out_of_date(scaffold: Scaffold, root: Path) -> None:
    create(scaffold, root)
    change(root)


REQUESTS: dict[str, tuple[Callable[[Scaffold, Path], None], tuple[str, ...], str]] = {
    "executions": (lambda scaffold, root: None, ("executions", "--batch", "--level", "all"), FIRST),
    "subplans": (
        lambda scaffold, root: (root / SUBPLAN).unlink(),
        ("subplans", "--batch"),
        SUBPLAN,
    ),
    "update": (lambda scaffold, root: out_of_date(scaffold, root), ("update",), FIRST),
}


# --- what was shown is done -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize("where", ["path", "name", "here"])
def test_what_was_shown_is_done_a_day_later_with_its_date_and_once(
    monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, workspace: Path, what: str, where: str
) -> None:
    monkeypatch.setattr(render, "render", RENDER)
    prepare, words, path = REQUESTS[what]
    prepare(scaffold, workspace)
    monkeypatch.chdir(workspace if where == "here" else workspace.parent)
    plan = {"path": "DEMO", "name": "@DEMO", "here": "."}[where]
    before = snapshot(workspace)
    with on_day(CREATED):
        outcome = scaffold("preview", words[0], plan, *words[1:])
        dry = scaffold(words[0], plan, *words[1:], "--dry-run", "--content", "--json").document["data"]
    assert snapshot(workspace) == before
    assert isinstance(dry, dict)
    shown = {file["path"]: file["content"] for file in dry["files"]}  # type: ignore[union-attr,call-overload,index]
    next_, command = outcome.out.splitlines()[-2:]
    assert next_ == "Next: Apply it"
    arguments = shlex.split(command.strip())
    assert arguments[:2] == ["scaffold", "apply"], outcome.out
    done = scaffold(*arguments[1:], "--yes")
    assert done.code == 0, done.err
    after = snapshot(workspace)
    assert {key: content for key, content in after.items() if before.get(key) != content and content != "/"} == {
        target: str(content).encode() for target, content in shown.items()
    }
    assert CREATED.encode() in bytes(after[path]) or what == "subplans"  # type: ignore[arg-type]
    again = scaffold(*arguments[1:], "--yes")
    assert (again.code, "has been applied already" in again.out) == (0, True)
    assert snapshot(workspace) == after


@pytest.mark.parametrize("what", REQUESTS)
def test_after_an_undo_it_can_be_applied_again(scaffold: Scaffold, workspace: Path, what: str) -> None:
    prepare, words, _ = REQUESTS[what]
    prepare(scaffold, workspace)
    shown = show(scaffold, workspace, *words)
    before = snapshot(workspace)
    assert scaffold("apply", shown.id, workspace, "--yes").code == 0
    after = snapshot(workspace)
    assert scaffold("undo", last_batch(scaffold, workspace), workspace, "--yes").code == 0
    files = {path: content for path, content in before.items() if content != "/"}
    assert files == {path: content for path, content in snapshot(workspace).items() if content != "/"}
    assert scaffold("apply", shown.id, workspace, "--yes").code == 0
    assert snapshot(workspace) == after


def test_what_was_applied_and_is_no_longer_kept_is_not_applied_twice(scaffold: Scaffold, workspace: Path) -> None:
    shown = show(scaffold, workspace, "executions", "--batch")
    assert scaffold("apply", shown.id, workspace, "--yes").code == 0
    shown.file.unlink()
    outcome = scaffold("apply", shown.id, workspace, "--yes", "--json")
    assert (outcome.code, outcome.document["data"]) == (
        0,
        {
            "plan": "DEMO",
            "directory": workspace.resolve().as_posix(),
            "change_set": shown.id,
            "batch": last_batch(scaffold, workspace),
        },
    )


def test_a_dry_run_writes_nothing_and_an_answer_of_no_neither(scaffold: Scaffold, workspace: Path) -> None:
    shown = show(scaffold, workspace, "executions", "--batch")
    before = snapshot(workspace, without=())
    assert scaffold("apply", shown.id, workspace, "--dry-run").code == 0
    assert scaffold("apply", shown.id, workspace, typed="n\n").code == 6
    assert scaffold("apply", shown.id, workspace, "--no-input").code == 6
    assert snapshot(workspace, without=()) == before


def test_expect_holds_for_apply_too(scaffold: Scaffold, workspace: Path) -> None:
    shown = show(scaffold, workspace, "executions", "--batch")
    before = snapshot(workspace, without=())
    assert scaffold("apply", shown.id, workspace, "--yes", "--expect", "0123456789ab").code == 5
    assert snapshot(workspace, without=()) == before
    assert scaffold("apply", shown.id, workspace, "--yes", "--expect", shown.id).code == 0


# --- what has changed since -------------------------------------------------------------------------------------------

CHANGES: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "a template": (
        "executions",
        lambda root: change_file(root.parent / THREATS, "misuse", "abuse"),
        "template security has changed",
    ),
    "a SUBPLAN": ("executions", change, f"{SUBPLAN} has changed"),
    "blanks in a SUBPLAN, whose hash the document carries": (
        "executions",
        lambda root: change_file(root / SUBPLAN, "Make it work.", "Make it work.  "),
        f"{SUBPLAN} has changed",
    ),
    "a title": (
        "executions",
        lambda root: change_file(root / "parallel.json", '"Part 1.1"', '"Else"'),
        "parallel.json has changed",
    ),
    "a rule of the settings": (
        "executions",
        lambda root: change_file(root.parent / "scaffold.yml", "[security, red]", "[red]"),
        "scaffold.yml has changed",
    ),
    "a verdict": (
        "executions",
        lambda root: put(root / "execution/feedbacks/APPROVED_11.md", b"Good.\n"),
        "the state of 1.1 is complete (execution/feedbacks/APPROVED_11.md), it was ",
    ),
    "the target was made": (
        "executions",
        lambda root: put(root / FIRST, b"# By hand\n"),
        f"{FIRST} is a file, it was nothing",
    ),
    "the PLAN": (
        "subplans",
        lambda root: change_file(root / "PLAN_DEMO.md", "Part 1.1\n", "Part 1.1\n\n- **Goal**: Else.\n"),
        "PLAN_DEMO.md has changed",
    ),
    "the SUBPLAN was made": (
        "subplans",
        lambda root: put(root / SUBPLAN, b"# By hand\n"),
        f"{SUBPLAN} is a file, it was nothing",
    ),
    "a template of what is updated": (
        "update",
        lambda root: change_file(root.parent / THREATS, "misuse", "abuse"),
        "template security has changed",
    ),
    "the SUBPLAN of what is updated": (
        "update",
        lambda root: change_file(root / SUBPLAN, "work well", "work better"),
        f"{SUBPLAN} has changed",
    ),
    "the settings of what is updated": (
        "update",
        lambda root: change_file(root.parent / "scaffold.yml", "[security, red]", "[red]"),
        "scaffold.yml has changed",
    ),
    "an edit of what is updated": (
        "update",
        lambda root: change_file(root / FIRST, "- [ ] All", "- [x] All"),
        f"{FIRST} has changed",
    ),
    "what is updated was deleted": (
        "update",
        lambda root: (root / FIRST).unlink(),
        f"{FIRST} is nothing, it was a file",
    ),
    "what is updated is done": (
        "update",
        lambda root: put(root / "execution/feedbacks/APPROVED_11.md", b"Good.\n"),
        "the state of 1.1 is complete (execution/feedbacks/APPROVED_11.md), it was ",
    ),
}


def restored(root: Path, tree: dict[str, bytes | str]) -> None:
    """Put every file of a tree back as it was."""
    for path in snapshot(root, without=(".scaffold",)).keys() - tree.keys():
        if (root / path).is_file():
            (root / path).unlink()
    for path, content in tree.items():
        if isinstance(content, bytes) and ".scaffold/" not in path:
            put(root / path, content)


@pytest.mark.parametrize("case", CHANGES)
def test_what_makes_a_document_another_is_named_and_nothing_written_until_it_is_changed_back(
    scaffold: Scaffold, workspace: Path, case: str
) -> None:
    what, change_it, named = CHANGES[case]
    prepare, words, _ = REQUESTS[what]
    prepare(scaffold, workspace)
    shown = show(scaffold, workspace, *words)
    before = snapshot(workspace.parent)
    change_it(workspace)
    whole = snapshot(workspace.parent, without=())
    outcome = scaffold("apply", shown.id, workspace, "--yes")
    assert (outcome.code, snapshot(workspace.parent, without=())) == (5, whole), outcome.err
    assert re.search(re.escape(named), outcome.err), outcome.err
    document = scaffold("apply", shown.id, workspace, "--yes", "--json").document
    assert [code for code, _ in codes(document)][:2] == ["preview_outdated", "changed_since_preview"]
    restored(workspace.parent, before)
    assert scaffold("apply", shown.id, workspace, "--yes").code == 0


@pytest.mark.parametrize("what", ["executions", "update"])
@pytest.mark.parametrize(
    "change_it",
    [
        pytest.param(
            lambda root: put(root.parent / "templates/org/README.md", b"Read me.\n"), id="a README of templates"
        ),
        pytest.param(lambda root: put(root.parent / "templates/org/unused.jinja", b"x"), id="a file nobody includes"),
        pytest.param(
            lambda root: change_file(root.parent / "scaffold.yml", "templates:\n", "# ours\ntemplates:\n"),
            id="a comment in the settings",
        ),
        pytest.param(
            lambda root: (root / "parallel.json").write_text(
                json.dumps(json.loads((root / "parallel.json").read_text()), indent=4)
            ),
            id="the layout of parallel.json",
        ),
        pytest.param(lambda root: os.utime(root / SUBPLAN), id="a touch"),
        pytest.param(lambda root: put(root / "notes.md", b"n\n"), id="another file"),
        pytest.param(
            lambda root: change_file(root / "PLAN_DEMO.md", "# PLAN: DEMO\n", "# PLAN: DEMO\n\nMore.\n"), id="the PLAN"
        ),
    ],
)
def test_what_changes_no_byte_of_a_document_is_no_matter(
    scaffold: Scaffold, workspace: Path, what: str, change_it: Callable[[Path], object]
) -> None:
    prepare, words, path = REQUESTS[what]
    prepare(scaffold, workspace)
    shown = show(scaffold, workspace, *words)
    change_it(workspace)
    outcome = scaffold("apply", shown.id, workspace, "--yes")
    assert outcome.code == 0, outcome.err
    assert CREATED in (workspace / path).read_text()


# --- what cannot be applied -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["0123456789ab", "nonsense", "../../etc/passwd", "", "é" * 12, "-", "A" * 5000])
def test_an_unknown_id_lists_those_there_are(scaffold: Scaffold, workspace: Path, wrong: str) -> None:
    outcome = scaffold("apply", "--yes", "--", wrong, workspace)
    assert (outcome.code, "there are none" in outcome.err) == (2, True)
    shown = show(scaffold, workspace, "executions", "--batch")
    outcome = scaffold("apply", "--yes", "--", wrong, workspace)
    assert (outcome.code, shown.id in outcome.err, "executions --batch" in outcome.err) == (2, True, True)


def test_an_expired_id_lists_those_there_are(scaffold: Scaffold, workspace: Path) -> None:
    first = show(scaffold, workspace, "executions", "--batch")
    later = []
    for number in range(previews.MOST_KEPT):
        (workspace / SUBPLAN).write_text(plans.subplan("1.1", f"Make it {number}."))
        later.append(show(scaffold, workspace, "executions", "--batch").id)
    outcome = scaffold("apply", first.id, workspace, "--yes")
    assert outcome.code == 2
    assert all(id_ in outcome.err for id_ in later)
    assert len(list((workspace / ".scaffold/previews").iterdir())) == previews.MOST_KEPT


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[" * 10000, b"null", b'{"format": 999}'])
def test_a_damaged_preview_needs_a_person(scaffold: Scaffold, workspace: Path, content: bytes) -> None:
    shown = show(scaffold, workspace, "executions", "--batch")
    shown.file.write_bytes(content)
    before = snapshot(workspace, without=())
    outcome = scaffold("apply", shown.id, workspace, "--yes", "--json")
    assert (outcome.code, codes(outcome.document)) == (9, [("bad_preview", f".scaffold/previews/{shown.id}.json")])
    assert snapshot(workspace, without=()) == before


@pytest.mark.parametrize("how", ["copytree", "cp -a"])
def test_a_preview_that_came_with_a_copy_of_the_plan_is_not_believed(
    scaffold: Scaffold, workspace: Path, tmp_path: Path, how: str
) -> None:
    shown = show(scaffold, workspace, "executions", "--batch")
    if how == "copytree":
        shutil.copytree(workspace.parent, tmp_path / "copy")
    else:
        subprocess.run(["cp", "-a", workspace.parent, tmp_path / "copy"], check=True)
    outcome = scaffold("apply", shown.id, tmp_path / "copy/DEMO", "--yes", "--json")
    assert (outcome.code, codes(outcome.document)) == (9, [("foreign_preview", f".scaffold/previews/{shown.id}.json")])
    assert not (tmp_path / "copy/DEMO" / FIRST).exists()
    assert show(scaffold, tmp_path / "copy/DEMO", "executions", "--batch").id == shown.id
    assert scaffold("apply", shown.id, tmp_path / "copy/DEMO", "--yes").code == 0


HOSTILE = [
    ("init", "NEW"),
    ("executions", "--help"),
    ("executions", "--bogus"),
    ("executions", "--version"),
    ("executions", "--yes", "--batch"),
    ("executions", "--batch", "--level"),
    ("executions", "/etc", "--batch"),
    ("executions", "--", "--batch"),
    ("executions", "--show", "1.1", "--batch"),
    ("executions", ""),
    ("executions",),
    ("executions", "--level", "\x1b[31m", "--batch"),
    ("executions", "--achievement", "\ud800"),
    ("executions", "--batch", "--template", "/nowhere"),
    ("executions", "--batch", "--template", "\0"),
    ("update", "--conflict", "all"),
    ("preview", "executions"),
    ("undo", "--yes"),
    ("",),
]


@pytest.mark.parametrize("words", HOSTILE)
def test_a_kept_request_is_not_trusted(scaffold: Scaffold, workspace: Path, words: tuple[str, ...]) -> None:
    shown = show(scaffold, workspace, "executions", "--batch")
    kept = previews.read_preview(workspace, shown.id)
    shown.file.unlink()
    previews.keep(workspace, replace(kept, words=words))
    before = snapshot(workspace.parent)
    outcome = scaffold("apply", shown.id, workspace, "--no-input")
    assert (outcome.code in (2, 3, 5, 6, 9), snapshot(workspace.parent)) == (True, before), outcome.err
    assert outcome.err.startswith(("error: ", "warning: "))
    assert "Traceback" not in outcome.err
    assert "\x1b" not in outcome.err
    assert scaffold("apply", shown.id, workspace, "--no-input", "--json").code == outcome.code


@pytest.mark.parametrize("words", HOSTILE[:3])
def test_a_kept_request_that_no_preview_makes_is_damage(
    scaffold: Scaffold, workspace: Path, words: tuple[str, ...]
) -> None:
    shown = show(scaffold, workspace, "executions", "--batch")
    kept = previews.read_preview(workspace, shown.id)
    previews.keep(workspace, replace(kept, words=words))
    outcome = scaffold("apply", shown.id, workspace, "--yes", "--json")
    assert (outcome.code, codes(outcome.document)) == (9, [("bad_preview", f".scaffold/previews/{shown.id}.json")])


def test_bytes_of_a_kept_preview_are_not_trusted(scaffold: Scaffold, workspace: Path) -> None:
    shown = show(scaffold, workspace, "executions", "--batch")
    kept = previews.read_preview(workspace, shown.id)
    changes = tuple(replace(each, new=b"# Mine\n") for each in kept.changes)
    id_ = ChangeSet(tuple(Change(each.target, each.old, each.new) for each in changes)).id
    previews.keep(workspace, replace(kept, id=id_, changes=changes))
    assert scaffold("apply", id_, workspace, "--yes").code == 5
    assert not (workspace / FIRST).exists()


# --- a preview that cannot be kept ------------------------------------------------------------------------------------


def not_kept(outcome: Outcome) -> bool:
    return outcome.code == 0 and "warning: " in outcome.err and "is not kept" in outcome.err


def test_a_preview_is_shown_also_while_somebody_writes(scaffold: Scaffold, workspace: Path) -> None:
    create(scaffold, workspace)
    change(workspace)
    before = snapshot(workspace, without=())
    with (workspace / ".scaffold/lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for command in (("update",), ("executions", "--batch", "--level", "1")):
            outcome = scaffold("preview", *command, workspace)
            assert not_kept(outcome), outcome.err
            assert "scaffold apply" not in outcome.out
            assert "change set" in outcome.out
        document = scaffold("preview", "update", workspace, "--json").document
    assert codes(document, "warning") == [("preview_not_kept", None)]
    assert document["ok"] is True
    assert snapshot(workspace, without=()) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_preview_of_a_plan_that_may_only_be_read_is_shown(scaffold: Scaffold, workspace: Path) -> None:
    workspace.chmod(0o555)
    try:
        assert not_kept(scaffold("preview", "executions", workspace, "--batch"))
    finally:
        workspace.chmod(0o755)
    assert not (workspace / ".scaffold").exists()


def test_where_something_is_in_the_way_of_previews_it_is_shown(scaffold: Scaffold, workspace: Path) -> None:
    put(workspace / ".scaffold/previews", b"mine\n")
    outcome = scaffold("preview", "executions", workspace, "--batch")
    assert not_kept(outcome)
    assert (workspace / ".scaffold/previews").read_bytes() == b"mine\n"


# --- what a preview shows ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["1.1", FIRST, Path(FIRST).name, Path(FIRST).stem])
def test_a_document_is_shown_by_any_of_its_names(scaffold: Scaffold, workspace: Path, name: str) -> None:
    with on_day(CREATED):
        outcome = scaffold("preview", "executions", workspace, "--batch", "--show", name, "--quiet")
        assert scaffold("executions", workspace, "--batch", "--dry-run", "--show", name).code == 0
    create(scaffold, workspace)
    assert outcome.out == f"==> {FIRST} <==\n\n{(workspace / FIRST).read_text()}\n"


@pytest.mark.parametrize("command", [("preview", "executions"), ("executions",)])
def test_an_unknown_name_to_show_is_an_error_that_lists_those_there_are(
    scaffold: Scaffold, workspace: Path, command: tuple[str, ...]
) -> None:
    options = ("--dry-run",) if command == ("executions",) else ()
    outcome = scaffold(*command, workspace, "--batch", "--show", "7.7", "--show", "1.1", *options)
    assert (outcome.code, "7.7" in outcome.err, "1.1, 1.2" in outcome.err) == (2, True, True), outcome.err
    assert not (workspace / ".scaffold/previews").exists()


def test_the_difference_is_to_the_last_preview_of_the_same_request(scaffold: Scaffold, workspace: Path) -> None:
    def shown(*options: str) -> str:
        with on_day(CREATED):
            return scaffold("preview", "executions", workspace, "--diff", "--quiet", *options).out

    assert "+Make it work.\n" in shown("--batch")
    assert shown("--batch") == "No document changes.\n\n"
    change(workspace)
    assert "+Make it work well.\n" in shown("--batch", "--level", "all")  # another request
    changed = shown("--batch")
    assert "-Make it work.\n+Make it work well.\n" in changed
    assert "+++ " + FIRST in changed
    assert SECOND not in changed
    assert shown("--batch") == "No document changes.\n\n"


def test_the_difference_of_an_update_is_to_what_is_there(scaffold: Scaffold, workspace: Path) -> None:
    create(scaffold, workspace)
    change(workspace)
    for _ in range(2):
        outcome = scaffold("preview", "update", workspace, "--diff", "--quiet")
        assert "-Make it work.\n+Make it work well.\n" in outcome.out


def test_content_is_in_the_document_where_it_is_asked_for(scaffold: Scaffold, workspace: Path) -> None:
    with on_day(CREATED):
        asked: Any = scaffold("preview", "executions", workspace, "--batch", "--json", "--content").document["data"]
        other: Any = scaffold("preview", "executions", workspace, "--batch", "--json").document["data"]
    create(scaffold, workspace)
    assert [file["content"] for file in other["files"]] == [None, None]
    assert [file["content"] for file in asked["files"]] == [
        (workspace / file["path"]).read_text() for file in asked["files"]
    ]


def test_what_exists_is_shown_as_it_would_be_made_now_where_it_is_named(scaffold: Scaffold, workspace: Path) -> None:
    create(scaffold, workspace)
    change(workspace)
    before = snapshot(workspace, without=())
    options = ("--achievement", "1.1", "--achievement", "2.1")
    data: Any = scaffold("preview", "executions", workspace, *options, "--json", "--content").document["data"]
    assert [file["id"] for file in data["files"]] == ["2.1"]
    (made,) = data["made_again"]
    assert (made["id"], made["path"]) == ("1.1", FIRST)
    assert "Make it work well." in made["content"]
    assert CREATED in made["content"]
    only = scaffold("preview", "executions", workspace, "--achievement", "1.1", "--show", "1.1", "--diff")
    assert (only.code, "-Make it work.\n+Make it work well.\n" in only.out) == (0, True)
    assert {path for path, content in snapshot(workspace, without=()).items() if before.get(path) != content} <= {
        ".scaffold/previews",
        f".scaffold/previews/{data['change_set']}.json",
    }


def test_a_conflict_is_shown_and_not_kept(scaffold: Scaffold, workspace: Path) -> None:
    create(scaffold, workspace)
    edit(workspace, FIRST, ("Make it work.", "Make it work for Ann."))
    change(workspace)
    outcome = scaffold("preview", "update", workspace)
    assert (outcome.code, "Conflict in" in outcome.out) == (5, True)
    assert not (workspace / ".scaffold/previews").exists()
    kept = show(scaffold, workspace, "update", "--conflict", "keep")
    assert scaffold("apply", kept.id, workspace, "--yes").code == 0
    assert "Make it work for Ann." in (workspace / FIRST).read_text()


@pytest.mark.parametrize("given", ["own", "./own", "../w/own"])
def test_a_template_directory_is_found_from_anywhere(
    monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, workspace: Path, tmp_path: Path, given: str
) -> None:
    for path, text in teams_kit.complete("w/own").items():
        put(tmp_path / path, text.encode())
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "w")
    shown = show(scaffold, workspace, "executions", "--batch", "--template", given)
    monkeypatch.chdir(tmp_path / "elsewhere")
    outcome = scaffold("apply", shown.id, "../w/DEMO", "--yes")
    assert outcome.code == 0, outcome.err
    assert (workspace / FIRST).read_text() == "# Part 1.1\n"


@pytest.mark.parametrize("name", ["executions", "1.1", "--batch"])
def test_a_template_directory_may_be_called_as_other_words_of_the_request(
    monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, workspace: Path, tmp_path: Path, name: str
) -> None:
    for path, text in teams_kit.complete(name).items():
        put(tmp_path / path, text.encode())
    monkeypatch.chdir(tmp_path)
    shown = show(scaffold, workspace, "executions", "--achievement", "1.1", f"--template={name}")
    monkeypatch.chdir(workspace)
    outcome = scaffold("apply", shown.id, "--yes")
    assert outcome.code == 0, outcome.err
    assert (workspace / FIRST).read_text() == "# Part 1.1\n"


def test_a_template_set_is_known_by_its_name_from_anywhere(
    monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, workspace: Path, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path / "w")
    shown = show(scaffold, workspace, "executions", "--batch", "--template", "org")
    monkeypatch.chdir(tmp_path)
    assert scaffold("apply", shown.id, workspace, "--yes").code == 0
