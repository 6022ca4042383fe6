"""Reading a plan directory: which PLAN it is, what lies in its folders, and what is wrong with it."""

import errno
import os
from pathlib import Path

import pytest

from scaffold.errors import InvalidInput, PrerequisitesMissing
from scaffold.model import Input, sha256
from scaffold.plan import workspace
from tests import plans
from tests.conftest import Scaffold
from tests.trees import build


def refused(argument: Path) -> str:
    """Return the code and message with which a plan is refused."""
    with pytest.raises(InvalidInput) as caught:
        workspace.read_plan(argument)
    (one,) = caught.value.diagnostics
    assert one.hint
    return f"{one.code}: {one.message}"


def test_a_plan_is_read_with_what_lies_in_its_folders(tmp_path: Path) -> None:
    root = plans.demo(tmp_path, {"execution/feedbacks/APPROVED_11.md": "", "execution/other.md": "x"})
    (root / "subplans/link.md").symlink_to("nowhere")
    os.mkfifo(root / "execution/pipe")
    plan = workspace.read_plan(root)
    assert (plan.name, plan.document, plan.directory) == ("DEMO", "PLAN_DEMO.md", root)
    assert [one.id for one in plan.achievements] == ["1.1", "1.2", "2.1", "2.2", "3.1"]
    assert plan.executions == {"feedbacks": "directory", "other.md": "file", "pipe": "other"}
    assert plan.subplans["link.md"] == "link"
    assert plan.subplans["SUBPLAN_DEMO_11.md"] == "file"
    assert plan.feedbacks == {"APPROVED_11.md": "file"}
    assert plan.inputs == (Input("parallel.json", sha256((root / "parallel.json").read_bytes())),)


def test_a_plan_without_any_folder_is_read(tmp_path: Path) -> None:
    plan = workspace.read_plan(build(tmp_path, plans.tree([])))
    assert (plan.subplans, plan.executions, plan.feedbacks) == ({}, {}, {})


@pytest.mark.parametrize(
    ("documents", "plan_name", "directory", "chosen"),
    [
        pytest.param(["A", "B"], "B", "x", "B", id="by plan_name"),
        pytest.param(["A", "B"], None, "B", "B", id="by the directory's name"),
        pytest.param(["A", "B"], "A", "B", "A", id="by plan_name before the directory's name"),
        pytest.param(["A", "B"], "C", "B", "B", id="by the directory's name when plan_name has no PLAN"),
        pytest.param(["A"], None, "x", "A", id="the only one"),
    ],
)
def test_the_plan_document_is_found(
    tmp_path: Path, documents: list[str], plan_name: str | None, directory: str, chosen: str
) -> None:
    files = {f"PLAN_{one}.md": "" for one in documents}
    root = build(tmp_path / directory, {**files, "parallel.json": plans.parallel_json([], plan_name)})
    assert workspace.read_plan(root).name == chosen


def test_a_plan_file_as_argument_decides_between_several(tmp_path: Path) -> None:
    build(tmp_path, {"PLAN_A.md": "", "PLAN_B.md": "", "parallel.json": plans.parallel_json([], None)})
    assert workspace.read_plan(tmp_path / "PLAN_B.md").document == "PLAN_B.md"


SPECIAL = ("pipe", "link to a device", "directory")


def put_special(path: Path, what: str) -> None:
    """Put there what is no regular file; reading it would wait, or never end."""
    path.unlink(missing_ok=True)
    if what == "pipe":
        os.mkfifo(path)
    elif what == "directory":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")


@pytest.mark.parametrize("what", SPECIAL)
def test_a_parallel_json_that_is_no_regular_file_is_refused_at_once(tmp_path: Path, what: str) -> None:
    root = plans.demo(tmp_path)
    put_special(root / "parallel.json", what)
    assert refused(root) == "unreadable: cannot be read: not a regular file"


@pytest.mark.parametrize("what", SPECIAL)
def test_a_plan_document_that_is_no_regular_file_is_none(tmp_path: Path, what: str) -> None:
    root = plans.demo(tmp_path)
    put_special(root / "PLAN_DEMO.md", what)
    assert refused(root) == f"plan_not_found: no PLAN_*.md in {root}"
    if what != "directory":
        assert refused(root / "PLAN_DEMO.md").endswith("is not a plan directory or a PLAN_*.md")


@pytest.mark.parametrize("what", SPECIAL)
def test_a_text_that_is_no_regular_file_is_refused_at_once(tmp_path: Path, what: str) -> None:
    put_special(tmp_path / "S.md", what)
    with pytest.raises(InvalidInput, match="cannot be read: not a regular file"):
        workspace.read_text_file(tmp_path / "S.md")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("a" * 300, id="too long"),
        pytest.param("@" + "a" * 300, id="too long to be searched as a path"),
        pytest.param("a\0b", id="NUL"),
        pytest.param("PLAN_\ud800.md", id="surrogate"),
        pytest.param("@\udcff", id="a byte that is no text"),
    ],
)
def test_a_name_that_nothing_can_have_is_a_plan_that_is_not_there(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused(Path(name)).startswith("plan_not_found: ")


def test_a_text_with_a_name_that_nothing_can_have_cannot_be_read() -> None:
    with pytest.raises(InvalidInput, match="no file can have this name"):
        workspace.read_text_file(Path("a\0b"))


def test_a_plan_that_may_not_be_looked_at_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "stat", denied)
    assert refused(tmp_path) == "unreadable: cannot be accessed: Permission denied"


def test_a_directory_that_is_no_plan_at_all_is_told_apart_from_one_without_parallel_json(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    assert "a new one with `scaffold init NAME`" in scaffold("status", tmp_path).err
    build(tmp_path, {"PLAN_DEMO.md": ""})
    assert f"`scaffold adopt {tmp_path}` creates one" in scaffold("status", tmp_path).err


def test_a_plan_name_without_a_plan_is_told_by_every_command_that_reads_it(tmp_path: Path, scaffold: Scaffold) -> None:
    files = {**plans.tree([plans.achievement("1.1")], subplans=["1.1"]), "PLAN_DEMO.md": "# PLAN: Demo\n"}
    root = build(tmp_path, {**files, "parallel.json": plans.parallel_json([plans.achievement("1.1")], "DMEO")})
    for arguments in (["status"], ["check"], ["graph"], ["executions", "--batch", "--dry-run"]):
        outcome = scaffold(arguments[0], root, *arguments[1:])
        assert 'parallel.json: plan_name is "DMEO", but there is no PLAN_DMEO.md' in outcome.out + outcome.err
        assert outcome.code == 0


def test_a_plan_file_that_contradicts_plan_name_is_refused(tmp_path: Path) -> None:
    build(tmp_path, {"PLAN_A.md": "", "PLAN_B.md": "", "parallel.json": plans.parallel_json([], "A")})
    assert refused(tmp_path / "PLAN_B.md").startswith("plan_ambiguous: PLAN_B.md was named, but the plan_name")


def test_a_parallel_json_may_be_a_link_to_a_file(tmp_path: Path) -> None:
    root = build(tmp_path, {"PLAN_DEMO.md": "", "of_the_team.json": plans.parallel_json([plans.achievement("1.1")])})
    (root / "parallel.json").symlink_to("of_the_team.json")
    assert [one.id for one in workspace.read_plan(root).achievements] == ["1.1"]


def test_several_plans_and_no_match_list_the_candidates(tmp_path: Path) -> None:
    build(tmp_path, {"PLAN_A.md": "", "PLAN_B.md": "", "parallel.json": plans.parallel_json([], "C")})
    assert "PLAN_A.md, PLAN_B.md" in refused(tmp_path)


@pytest.mark.parametrize(
    ("tree", "argument", "message"),
    [
        pytest.param({}, "", "parallel_not_found: parallel.json not found at", id="no parallel.json"),
        pytest.param({"parallel.json/": ""}, "", "unreadable: cannot be read", id="parallel.json a directory"),
        pytest.param({"parallel.json": plans.parallel_json([])}, "", "plan_not_found: no PLAN_*.md in", id="no PLAN"),
        pytest.param({}, "nowhere", "plan_not_found: ", id="nothing there"),
        pytest.param({"notes.md": ""}, "notes.md", "is not a plan directory or a PLAN_*.md", id="another file"),
        pytest.param(
            {"PLAN_a b .md": "", "parallel.json": plans.parallel_json([], None)},
            "",
            "unsafe_plan_name: PLAN_a b .md",
            id="unsafe name",
        ),
        pytest.param({**plans.tree([]), "execution": "a file"}, "", "unreadable: execution/", id="folder a file"),
    ],
)
def test_what_is_no_plan_is_refused_with_what_helps(
    tmp_path: Path, tree: dict[str, str], argument: str, message: str
) -> None:
    assert message in refused(build(tmp_path / "plan", tree) / argument)


@pytest.mark.parametrize("folder", ["subplans", "execution", "execution/feedbacks"])
def test_a_folder_that_is_a_symbolic_link_is_refused(tmp_path: Path, folder: str) -> None:
    root = build(tmp_path / "plan", plans.tree([]))
    (root / folder).parent.mkdir(exist_ok=True)
    (root / folder).symlink_to(tmp_path)
    assert refused(root) == f"folder_is_link: {folder}/ is a symbolic link"


def test_a_plan_may_be_named_by_a_symbolic_link_to_its_directory(tmp_path: Path) -> None:
    plans.demo(tmp_path / "plan")
    (tmp_path / "link").symlink_to("plan")
    assert workspace.read_plan(tmp_path / "link").achievements == plans.read(tmp_path / "plan").achievements


def test_a_subplan_is_read_as_it_is(tmp_path: Path) -> None:
    plan = plans.read(plans.demo(tmp_path))
    assert workspace.read_subplan(plan, plan.achievements[0]) == plans.subplan("1.1").encode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, "has no SUBPLAN", id="missing"),
        pytest.param(b" \n", "is empty", id="empty"),
        pytest.param(b"ok\n\xff", "is not UTF-8: line 2, byte 0xff", id="not UTF-8"),
        pytest.param(b"x" * 2_000_001, "has more than 2,000,000 bytes", id="too large"),
    ],
)
def test_a_subplan_that_cannot_be_worked_from_blocks(tmp_path: Path, content: bytes | None, message: str) -> None:
    extra = {} if content is None else {"subplans/SUBPLAN_DEMO_11.md": content}
    plan = plans.read(build(tmp_path, {**plans.tree([plans.achievement("1.1")]), **extra}))
    with pytest.raises(PrerequisitesMissing, match=message) as caught:
        workspace.read_subplan(plan, plan.achievements[0])
    assert caught.value.diagnostics[0].path == "subplans/SUBPLAN_DEMO_11.md"


@pytest.mark.parametrize("kind", ["directory", "link"])
def test_a_subplan_that_is_no_regular_file_blocks(tmp_path: Path, kind: str) -> None:
    root = build(tmp_path, {**plans.tree([plans.achievement("1.1")]), "subplans/": ""})
    path = root / "subplans/SUBPLAN_DEMO_11.md"
    path.mkdir() if kind == "directory" else path.symlink_to(root / "PLAN_DEMO.md")
    plan = plans.read(root)
    with pytest.raises(PrerequisitesMissing, match=f"not a regular file \\({kind}\\)"):
        workspace.read_subplan(plan, plan.achievements[0])


@pytest.mark.parametrize("swapped_for", ["link", "pipe", "nothing"])
def test_a_subplan_that_is_swapped_after_the_listing_is_not_followed(tmp_path: Path, swapped_for: str) -> None:
    root = plans.demo(tmp_path)
    plan = plans.read(root)
    path = root / "subplans/SUBPLAN_DEMO_11.md"
    path.unlink()
    if swapped_for == "link":
        path.symlink_to(root / "PLAN_DEMO.md")
    elif swapped_for == "pipe":
        os.mkfifo(path)
    with pytest.raises(PrerequisitesMissing, match="cannot be read"):
        workspace.read_subplan(plan, plan.achievements[0])


def test_beside_a_plan_its_directory_is_named_and_not_a_new_one_proposed(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans.demo(tmp_path / "DEMO")
    for place, near in ((tmp_path, "DEMO"), (tmp_path / "DEMO/subplans", "..")):
        monkeypatch.chdir(place)
        said = scaffold("next").err
        assert f"there is no PLAN_*.md either, but one in {near}: name that directory, or run the command there" in said
