"""Names that differ only in their Unicode form are the same name: what is there is used as it is spelled on disk."""

import unicodedata
from pathlib import Path

import pytest

from tests import plans
from tests.conftest import Scaffold
from tests.trees import build

COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "CAFÉ-Ế") for form in ("NFC", "NFD"))
MIXED = "CAFÉ-" + unicodedata.normalize("NFD", "Ế")
FORMS = (COMPOSED, DECOMPOSED, MIXED)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def plan(root: Path, said: str, document: str, files: str) -> Path:
    """Build a plan whose parallel.json, PLAN and other files spell its name in three ways."""
    entries = [plans.achievement("1.1"), plans.achievement("1.2"), plans.achievement("1.3")]
    tree = {f"PLAN_{document}.md": plans.stated(entries, said), "parallel.json": plans.parallel_json(entries, said)}
    tree |= {f"subplans/SUBPLAN_{files}_1{at}.md": plans.subplan(f"1.{at}") for at in (1, 2, 3)}
    tree |= {f"execution/EXECUTION_TASK_{files}_11_01.md": "x\n", "execution/feedbacks/APPROVED_12.md": ""}
    return build(root, tree)


@pytest.mark.parametrize(
    ("said", "document", "files"),
    [
        (COMPOSED, DECOMPOSED, DECOMPOSED),
        (DECOMPOSED, COMPOSED, COMPOSED),
        (COMPOSED, COMPOSED, DECOMPOSED),
        (COMPOSED, DECOMPOSED, COMPOSED),
        (DECOMPOSED, COMPOSED, MIXED),
    ],
)
def test_a_plan_is_read_and_gone_on_with_in_every_spelling(
    scaffold: Scaffold, tmp_path: Path, said: str, document: str, files: str
) -> None:
    root = plan(tmp_path, said, document, files)
    outcome = scaffold("check", root)
    assert "belongs to no achievement" not in outcome.out
    assert "is not read" not in outcome.out
    assert outcome.out.startswith("note: 1 achievement has no EXECUTION_TASK yet: 1.3\n")
    assert outcome.out.endswith("\n0 errors, 0 warnings, 1 note\n")
    before = names(root / "subplans")
    assert scaffold("executions", root, "--batch", "--yes").code == 0
    assert scaffold("subplans", root, "--batch", "--yes").code == 0
    assert names(root / "subplans") == before
    expected = {f"EXECUTION_TASK_{files}_11_01.md", f"EXECUTION_TASK_{document}_13_01.md", "feedbacks"}
    assert set(names(root / "execution")) == expected
    assert scaffold("review", "1.1", root, "--fix", "--message", "Mend it.", "--yes").code == 0
    assert scaffold("executions", root, "--achievement", "1.1", "--again", "--yes").code == 0
    assert f"EXECUTION_TASK_{document}_11_02.md" in names(root / "execution")


@pytest.mark.parametrize("wanted", FORMS)
def test_a_plan_is_found_by_its_name_and_its_path_in_every_spelling(
    scaffold: Scaffold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    plan(tmp_path / DECOMPOSED, COMPOSED, DECOMPOSED, COMPOSED)
    monkeypatch.chdir(tmp_path)
    for argument in (f"@{wanted}", f"@{wanted[:5].lower()}", wanted, f"{DECOMPOSED}/PLAN_{wanted}.md"):
        outcome = scaffold("status", argument)
        assert (outcome.code, outcome.out.splitlines()[0]) == (0, f"Plan {DECOMPOSED}: 1 of 3 achievements done"), (
            argument
        )


def test_two_files_whose_names_look_the_same_are_warned_of(scaffold: Scaffold, tmp_path: Path) -> None:
    root = plan(tmp_path, COMPOSED, COMPOSED, COMPOSED)
    try:
        (root / "subplans" / f"SUBPLAN_{DECOMPOSED}_11.md").open("x").close()
    except FileExistsError:
        pytest.skip("here the two are one file")
    outcome = scaffold("check", root, "--json")
    assert outcome.out.count('"names_alike"') == 1
    assert scaffold("executions", root, "--batch", "--dry-run").code == 0


def test_of_two_plans_that_look_the_same_the_one_spelled_as_named_is_meant(scaffold: Scaffold, tmp_path: Path) -> None:
    root = plan(tmp_path, DECOMPOSED, DECOMPOSED, DECOMPOSED)
    try:
        (root / f"PLAN_{COMPOSED}.md").open("x").close()
    except FileExistsError:
        pytest.skip("here the two are one file")
    assert scaffold("status", root, "--json").document["data"]["plan"] == DECOMPOSED  # type: ignore[index,call-overload]
