"""`@NAME` finds a plan by its name below the plan roots."""

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from scaffold.errors import InvalidInput
from scaffold.plan.finder import find
from tests import plans
from tests.conftest import Scaffold
from tests.trees import build

TREE = {
    "plans/ONE/PLAN_ONE.md": "",
    "plans/deep/er/still/PLAN_ONE-MORE.md": "",
    "plans/deep/er/still/too/PLAN_TOO-DEEP.md": "",
    "plans/.hidden/PLAN_HIDDEN.md": "",
    "plans/TWO/PLAN_TWO-A.md": "",
    "plans/TWO/PLAN_TWO-B.md": "",
}


@pytest.mark.parametrize("wanted", ["ONE", "PLAN_ONE.md", "ONE.md"])
def test_a_whole_name_is_found_though_it_is_a_part_of_another(tmp_path: Path, wanted: str) -> None:
    assert find(wanted, [build(tmp_path, TREE) / "plans"]) == tmp_path.resolve() / "plans/ONE/PLAN_ONE.md"


@pytest.mark.parametrize(
    ("wanted", "found"), [("more", "deep/er/still/PLAN_ONE-MORE.md"), ("O-b", "TWO/PLAN_TWO-B.md")]
)
def test_a_part_of_the_name_is_enough_when_only_one_plan_has_it(tmp_path: Path, wanted: str, found: str) -> None:
    assert find(wanted, [build(tmp_path, TREE) / "plans"]) == tmp_path.resolve() / "plans" / found


def test_a_plan_that_two_roots_reach_is_one_plan(tmp_path: Path) -> None:
    assert find("TWO-A", [build(tmp_path, TREE), tmp_path / "plans", tmp_path / "nowhere"]).name == "PLAN_TWO-A.md"


@pytest.mark.parametrize("wanted", ["HIDDEN", "TOO-DEEP", "NOPE", ""])
def test_what_is_not_there_hidden_or_too_deep_is_not_found(tmp_path: Path, wanted: str) -> None:
    with pytest.raises(InvalidInput, match="no PLAN has this in its name"):
        find(wanted, [build(tmp_path, TREE) / "plans"])


def test_links_are_not_entered(tmp_path: Path) -> None:
    build(tmp_path, TREE)
    (tmp_path / "root").mkdir()
    (tmp_path / "root/link").symlink_to(tmp_path / "plans")
    with pytest.raises(InvalidInput):
        find("ONE", [tmp_path / "root"])


def closing(name: str) -> Callable[[Path], object]:
    """Return an `os.scandir` that may not list directories of a name, as nobody but root may where they are closed."""
    real = os.scandir

    def scandir(directory: Path) -> object:
        if directory.name == name:
            raise PermissionError(errno.EACCES, "Permission denied", str(directory))
        return real(directory)

    return scandir


def test_a_directory_that_may_not_be_read_is_passed_over_and_named_where_nothing_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = build(tmp_path, TREE) / "plans"
    monkeypatch.setattr(os, "scandir", closing("deep"))
    assert find("ONE", [root]).name == "PLAN_ONE.md"
    with pytest.raises(InvalidInput) as caught:
        find("MORE", [root])
    assert (caught.value.diagnostics[0].hint or "").endswith(f"; not searched, because not readable: {root / 'deep'}")


def test_a_directory_whose_entries_may_not_be_looked_at_is_passed_over_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied")

    class Link:
        name, path, is_dir, is_file = "PLAN_LINK.md", "PLAN_LINK.md", denied, denied

    monkeypatch.setattr(os, "scandir", lambda _: contextlib.nullcontext([Link()]))
    with pytest.raises(InvalidInput) as caught:
        find("LINK", [tmp_path])
    assert "not readable" in (caught.value.diagnostics[0].hint or "")


def test_several_candidates_are_all_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        find("two", [build(tmp_path, TREE)])
    assert "PLAN_TWO-A.md" in caught.value.diagnostics[0].message
    assert "PLAN_TWO-B.md" in caught.value.diagnostics[0].message


def test_every_command_takes_a_name_and_the_roots_of_the_settings(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans.demo(tmp_path / "work-space/plans/DEMO")
    monkeypatch.chdir(tmp_path)
    assert scaffold("status", "@DEMO").code == 0
    created = scaffold("executions", "@dem", "--batch", "--yes")
    assert created.out.endswith("More: scaffold next @dem\n")
    build(tmp_path, {"scaffold.yml": "plan_roots: [elsewhere]\n", "sub/": ""})
    monkeypatch.chdir(tmp_path / "sub")
    assert scaffold("status", "@DEMO").code == 3
    build(tmp_path, {"scaffold.yml": "plan_roots: [work-space]\n"})
    assert scaffold("status", "@DEMO").code == 0
