"""Annotations for GitHub: each at a file of the repository, by the path that GitHub knows it by, from wherever."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import plans, teams_kit
from tests.conftest import Outcome, Scaffold
from tests.trees import Tree, build

IN = "plans/DEMO"
PLAN = f"{IN}/PLAN_DEMO.md"
FIRST = "execution/EXECUTION_TASK_DEMO_11_01.md"
FIRST_SUBPLAN = "subplans/SUBPLAN_DEMO_11.md"
WRONG = {FIRST_SUBPLAN: plans.subplan("1.2")}
ANNOTATION = re.compile(r"::(?:error|warning|notice) file=([^,:]+)(?:,line=(\d+))?::(.+)")

param = pytest.param

Github = Callable[..., list[tuple[str, str]]]


def placed(outcome: Outcome) -> list[tuple[str, str]]:
    """Return file and text of every annotation that was printed; nothing else may be."""
    found = [ANNOTATION.fullmatch(line) for line in outcome.out.splitlines()]
    assert None not in found, outcome.out
    assert outcome.err == ""
    return [(match[1], match[3]) for match in found if match]


@pytest.fixture
def github(scaffold: Scaffold) -> Github:
    """Check a plan, or template sets, and return file and text of every annotation."""
    return lambda *arguments: placed(scaffold(*arguments, "--format", "github"))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The top of a repository with the plan of tests in `plans/DEMO`, where a SUBPLAN names the wrong achievement."""
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    top = tmp_path / "top"
    build(top, {".git/HEAD": "", "README.md": "", ".gitignore": ""})
    plans.demo(top / "plans/DEMO", WRONG)
    monkeypatch.chdir(top)
    return top


def test_annotations_name_file_line_and_what_to_do(repository: Path, scaffold: Scaffold) -> None:
    wrong = "its header names achievement 1.2, but its file name 1.1"
    hint = "write **Achievement**: 1.1, or rename the file to the achievement it is about"
    outcome = scaffold("check", "plans/DEMO", "--format", "github")
    assert (outcome.code, outcome.out.splitlines()[0]) == (
        3,
        f"::error file=plans/DEMO/{FIRST_SUBPLAN},line=4::{wrong}: {hint}",
    )


@pytest.mark.parametrize(
    ("directory", "argument"),
    [
        (".", "plans/DEMO"),
        (".", "./plans/../plans/DEMO"),
        (".", "plans/DEMO/PLAN_DEMO.md"),
        (".", "@DEMO"),
        (".", "{top}/plans/DEMO"),
        (".", "{top}/../link"),
        (".", "{top}/../link/plans/DEMO"),
        ("plans/DEMO", "."),
        ("plans/DEMO", "PLAN_DEMO.md"),
        ("plans/DEMO/subplans", ".."),
        ("plans", "DEMO"),
        ("../elsewhere", "../top/plans/DEMO"),
        ("../link", "."),
    ],
)
@pytest.mark.parametrize("named", [None, "{top}", "{top}/..", "{top}/../linked"])
def test_files_are_relative_to_the_top_of_the_repository_from_wherever_the_plan_is_named(
    repository: Path, monkeypatch: pytest.MonkeyPatch, github: Github, directory: str, argument: str, named: str | None
) -> None:
    (repository / "../elsewhere").mkdir()
    (repository / "../link").symlink_to("top/plans/DEMO" if argument != "{top}/../link/plans/DEMO" else "top")
    (repository / "../linked").symlink_to("top")
    if named:
        monkeypatch.setenv("GITHUB_WORKSPACE", named.format(top=repository))
    monkeypatch.chdir(repository / directory)
    files = {file for file, _ in github("check", argument.format(top=repository))}
    assert files == {f"plans/DEMO/{FIRST_SUBPLAN}", "plans/DEMO/PLAN_DEMO.md"}


def test_without_a_repository_the_workspace_of_github_is_the_top_and_else_the_current_directory(
    repository: Path, monkeypatch: pytest.MonkeyPatch, github: Github
) -> None:
    (repository / ".git/HEAD").unlink()
    (repository / ".git").rmdir()
    assert github("check", "plans/DEMO")[0][0] == f"plans/DEMO/{FIRST_SUBPLAN}"
    monkeypatch.chdir("plans")
    assert github("check", "DEMO")[0][0] == f"DEMO/{FIRST_SUBPLAN}"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository / "other"))
    assert github("check", "DEMO")[0][0] == f"DEMO/{FIRST_SUBPLAN}"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository))
    assert github("check", "DEMO")[0][0] == f"plans/DEMO/{FIRST_SUBPLAN}"


@pytest.mark.parametrize(("is_named", "is_linked"), [(False, True), (True, False), (True, True)])
def test_a_plan_outside_of_the_repository_is_placed_at_what_is_in_it_and_never_by_an_absolute_path(
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    github: Github,
    tmp_path: Path,
    is_named: bool,
    is_linked: bool,
) -> None:
    if is_named:
        monkeypatch.setenv("GITHUB_WORKSPACE", str(repository))
    root = plans.demo(tmp_path / "outside", WRONG)
    (repository / "plans/link").symlink_to(root)
    argument = "plans/link" if is_linked else str(root)
    file, text = github("check", argument)[0]
    assert (file, text.startswith(f"{FIRST_SUBPLAN}:4: its header names")) == ("README.md", True)
    (repository / "README.md").unlink()
    assert github("check", argument)[0][0] == ("plans/link" if is_linked else "../outside/PLAN_DEMO.md")
    if is_named:
        build(tmp_path, {".git/HEAD": ""})  # another repository, and not the one that was checked out
        assert github("check", argument)[0][0] == ("plans/link" if is_linked else "outside/" + FIRST_SUBPLAN)


def test_where_there_is_no_repository_a_plan_elsewhere_is_placed_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, github: Github
) -> None:
    root = plans.demo(tmp_path / "outside", WRONG)
    build(tmp_path, {"here/README.md": ""})
    monkeypatch.chdir(tmp_path / "here")
    assert github("check", str(root))[0][0] == f"{root}/{FIRST_SUBPLAN}"


@pytest.mark.parametrize("directory", [".", "team", "team/deep"])
def test_no_annotation_is_placed_at_a_directory_nor_at_a_file_that_has_nothing_to_do_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, github: Github, directory: str
) -> None:
    build(tmp_path, {".git/HEAD": "", "container_info.json": "", "team/deep/": ""})
    monkeypatch.chdir(tmp_path)
    expected = (Path(directory) / "README.md").as_posix()
    assert {file for file, _ in github("check", directory)} == {expected}
    build(tmp_path, {"scaffold.yml": ""})
    assert {file for file, _ in github("check", directory)} == {"scaffold.yml"}
    build(tmp_path / directory, {"README.rst": ""})
    monkeypatch.chdir(directory)
    assert {file for file, _ in github("check")} == {"scaffold.yml" if directory == "." else f"{directory}/README.rst"}


def test_in_a_workspace_a_submodule_belongs_to_the_repository_around_it_and_a_checkout_below_does_not(
    repository: Path, monkeypatch: pytest.MonkeyPatch, github: Github
) -> None:
    build(repository, {"plans/.git": "gitdir: ../.git/modules/plans\n"})
    assert github("check", "plans/DEMO")[0][0] == f"DEMO/{FIRST_SUBPLAN}"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository))
    assert github("check", "plans/DEMO")[0][0] == f"plans/DEMO/{FIRST_SUBPLAN}"
    (repository / "plans/.git").unlink()
    build(repository, {"plans/.git/HEAD": ""})
    assert github("check", "plans/DEMO")[0][0] == f"DEMO/{FIRST_SUBPLAN}"
    (repository / "plans/.git/HEAD").unlink()
    (repository / "plans/.git").rmdir()
    build(repository, {"plans/.git": "gitdir: /elsewhere/.git/worktrees/plans\n"})
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository / "plans"))
    assert github("check", "plans/DEMO")[0][0] == f"DEMO/{FIRST_SUBPLAN}"


@pytest.mark.parametrize(
    ("files", "gone", "argument", "file", "text"),
    [
        param({}, FIRST_SUBPLAN, IN, PLAN, "1 achievement has no SUBPLAN yet", id="note"),
        param({}, None, "plans/NONE", "README.md", "plans/NONE does not exist", id="no plan"),
        param({}, None, "@NONE", "README.md", "@NONE: no PLAN has this in its name", id="no name"),
        param({}, None, f"plans/DEMO/{'x' * 300}", PLAN, "xx does not exist", id="too long"),
        param({}, "parallel.json", IN, PLAN, "parallel.json not found", id="no parallel.json"),
        param({}, "PLAN_DEMO.md", IN, "plans/DEMO/parallel.json", "no PLAN_*.md in", id="no PLAN"),
        param(
            {"PLAN_A.md": "", "PLAN_B.md": ""}, "PLAN_DEMO.md", IN, "plans/DEMO/PLAN_A.md", "has several PLANs",
            id="two PLANs",
        ),
        param({"x.md": ""}, None, f"{IN}/x.md", f"{IN}/x.md", "is not a plan directory", id="another file"),
        param({f"{FIRST}/": ""}, None, IN, PLAN, f"{FIRST}: is a directory", id="no file"),
        param(
            {".scaffold/txn-0123456789abcdef/": ""}, None, IN, PLAN, ".scaffold/txn-",
            id="bookkeeping",
        ),
        param({"../../scaffold.yml": "a: 1\n"}, None, IN, "scaffold.yml", "unknown key", id="settings"),
        param(
            {"../../../scaffold.yml": "a: 1\n"}, None, IN, PLAN, "{top}/scaffold.yml:1: the top level",
            id="settings outside",
        ),
    ],
)  # fmt: skip
def test_what_is_about_no_file_of_the_repository_is_placed_at_the_one_that_is_nearest(
    repository: Path, github: Github, files: Tree, gone: str | None, argument: str, file: str, text: str | None
) -> None:
    root = repository / "plans/DEMO"
    if gone:
        (root / gone).unlink()
    build(root, files)
    found = github("check", argument)
    assert [where for where, said in found if not text or text.format(top=repository.parent) in said][:1] == [file], (
        found
    )


def test_in_an_empty_directory_a_plan_that_is_not_there_is_placed_at_its_own_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, github: Github
) -> None:
    monkeypatch.chdir(tmp_path)
    assert github("check", "nowhere")[0][0] == "nowhere"


def test_annotations_have_their_severity_and_escape_what_would_end_them(tmp_path: Path, scaffold: Scaffold) -> None:
    build(tmp_path, {".git/HEAD": ""})
    root = plans.demo(tmp_path / "a:b,c%", {"subplans/SUBPLAN_DEMO_99.md": ""})
    orphan = scaffold("check", root, "--format", "github").out
    assert orphan.startswith(
        "::warning file=a%3Ab%2Cc%25/subplans/SUBPLAN_DEMO_99.md::belongs to no achievement of DEMO"
    )
    assert re.search(r"^::notice file=a%3Ab%2Cc%25/PLAN_DEMO\.md::", orphan, re.MULTILINE)
    build(root, {"parallel.json": '{"achievements": [], "1,000%:\\r\\n": 1, "1,000%:\\r\\n": 2}'})
    twice = scaffold("check", root, "--format", "github")
    text = "1,000%25:\\r\\n: the key is defined twice: keep one of them"
    assert (twice.code, twice.out) == (3, f"::error file=a%3Ab%2Cc%25/parallel.json::{text}\n")


def test_a_link_keeps_the_name_by_which_the_repository_knows_it(repository: Path, github: Github) -> None:
    file = repository / "plans/DEMO" / FIRST
    build(repository, {"elsewhere.md": "x"})
    file.parent.mkdir()
    file.symlink_to("../../../elsewhere.md")
    assert github("check", "plans/DEMO")[0] == (
        f"plans/DEMO/{FIRST}",
        "is a symbolic link where the EXECUTION_TASK belongs: move it away, or replace it with a regular file",
    )


# --- template sets --------------------------------------------------------------------------------------------------


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The top of a repository with the teams of tests in `work`."""
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    build(tmp_path, {".git/HEAD": "", "README.md": ""})
    teams_kit.workspace(tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


HEADER = "templates/org/sections/header.md.jinja"


@pytest.mark.parametrize("directory", [".", "templates/org", "plans"])
def test_what_is_wrong_with_a_template_is_placed_at_its_file(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, github: Github, scaffold: Scaffold, directory: str
) -> None:
    build(
        workspace,
        {
            HEADER: '{% extends "built-in/sections/header.md.jinja" %}\n'
            "{% block more_header %}\n{{ oops }}\n{% endblock %}",
            "plans/": "",
        },
    )
    monkeypatch.chdir(workspace / directory)
    assert {(file, "`oops` is no variable" in said) for file, said in github("template", "check")} == {
        (f"work/{HEADER}", True)
    }
    outcome = scaffold("template", "check", "--format", "github")
    assert (outcome.code, ",line=3::" in outcome.out) == (3, True)


@pytest.mark.parametrize(
    ("files", "arguments", "file", "text"),
    [
        pytest.param({}, ["nowhere"], "work/scaffold.yml", "there is no template set", id="no set"),
        pytest.param({"scaffold.yml": "a: 1\n"}, [], "work/scaffold.yml", "unknown key", id="settings"),
        pytest.param({"own/x": ""}, ["./own"], "work/own/x", "it has no copier.yml", id="no complete set"),
        pytest.param(
            {f"own/{name}": text.replace("# {{", "{{") for name, text in teams_kit.COMPLETE.items()},
            ["./own"],
            "work/own/body.md.jinja",
            "sample of ./own: would not begin with a title",
            id="what comes out",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_set_as_a_whole_is_placed_at_a_file_of_it_or_at_the_settings(
    workspace: Path, github: Github, files: Tree, arguments: list[str], file: str, text: str
) -> None:
    build(workspace, files)
    found = github("template", "check", *arguments)
    assert {where for where, _ in found} == {file}, found
    assert text in found[0][1]


def test_template_sets_without_a_fault_have_no_annotation(workspace: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("template", "check", "--format", "github")
    assert (outcome.code, outcome.out) == (0, "")
