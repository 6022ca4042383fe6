"""`scaffold.yml`: found in the nearest ancestor, only known keys, every mistake with its line."""

import os
from pathlib import Path

import pytest

from scaffold.errors import InvalidInput
from scaffold.plan import settings
from scaffold.reading import plan
from scaffold.reading.subplan import parse
from tests import plans
from tests.conftest import Scaffold, codes
from tests.trees import build


def mistakes(text: str) -> list[tuple[int | None, str]]:
    """Return (line, message) of every mistake."""
    with pytest.raises(InvalidInput) as caught:
        settings.parse(text, "scaffold.yml")
    return [(one.line, one.message) for one in caught.value.diagnostics]


def test_headings_of_a_team_are_found_before_the_built_in_synonyms() -> None:
    vocabulary = settings.parse("headings:\n  objective: [Why we do it]\n", "scaffold.yml").vocabulary
    text = "# S\n\n## Goal\n\nNo.\n\n## Why we do it\n\nYes.\n"
    assert (found := parse(text, "s.md", vocabulary).objective)
    assert (found.text, found.line) == ("Yes.", 9)


def test_names_of_a_team_for_the_fields_of_a_plan_are_found_before_the_built_in_synonyms() -> None:
    vocabulary = settings.parse("plan_headings:\n  effort: [Größe, Budget]\n", "scaffold.yml").plan_vocabulary
    for label in ("**Größe**: 2h", "- Größe: 2h", "Größe: 2h", "#### Größe\n\n2h"):
        text = f"# PLAN: X\n\n## Achievements\n\n### Achievement 1.1: T\n\n**Hours**: 5\n\n{label}\n"
        (achievement,) = plan.parse(text, "PLAN_X.md", vocabulary).achievements
        assert achievement.effort
        assert achievement.effort.text == "2h"


def test_a_heading_of_a_team_is_taken_from_the_field_that_has_it_as_a_synonym() -> None:
    names = settings.parse("headings: {approach: [Purpose]}\nplan_headings: {what: [Purpose]}\n", "scaffold.yml")
    subplan = parse("# S\n\n## Purpose\n\nStir.\n", "s.md", names.vocabulary)
    assert subplan.objective is None
    assert subplan.approach
    assert subplan.approach.text == "Stir."
    text = "# PLAN: X\n\n## Achievements\n\n### Achievement 1.1: T\n\n**Purpose**: Stir.\n"
    (achievement,) = plan.parse(text, "PLAN_X.md", names.plan_vocabulary).achievements
    assert achievement.goal is None
    assert achievement.what
    assert achievement.what.text == "Stir."


def test_a_word_may_be_a_heading_of_a_subplan_and_a_label_in_a_phase() -> None:
    settings.parse("headings: {objective: [Ziel], goal: [Ziel]}\nplan_headings: {goal: [Ziel]}\n", "scaffold.yml")


def test_commands_read_a_plan_by_the_names_of_its_team(tmp_path: Path, scaffold: Scaffold) -> None:
    text = (
        "# PLAN: X\n\n## Achievements\n\n### Achievement 1.1: T\n\n**Wozu**: To rest.\n\n**Budget**: 2h\n\n"
        "**Dependencies**: none\n"
    )
    root = build(tmp_path, {"PLAN_X.md": text, "scaffold.yml": "plan_headings: {goal: [Wozu], effort: [Budget]}\n"})
    assert scaffold("adopt", root, "--yes").code == 0
    assert '"estimated_hours": 2' in (root / "parallel.json").read_text("utf-8")
    assert scaffold("subplans", root, "--batch", "--yes").code == 0
    assert "To rest." in (root / "subplans/SUBPLAN_X_11.md").read_text("utf-8")


@pytest.mark.parametrize("command", [("adopt",), ("subplans", "--batch")])
def test_with_a_broken_file_no_plan_is_read(tmp_path: Path, scaffold: Scaffold, command: tuple[str, ...]) -> None:
    files = plans.tree([plans.achievement("1.1")])
    if command[0] == "adopt":
        del files["parallel.json"]
    verb, *options = command
    root = build(tmp_path, {**files, "scaffold.yml": "plan_headings: {goal: [A], what: [A]}\n"})
    outcome = scaffold(verb, root, *options, "--yes", "--json")
    assert (outcome.code, codes(outcome.document)[0][0]) == (3, "settings_invalid")


@pytest.mark.parametrize("text", ["", "# nothing\n", "headings: {}\n", "plan_headings: {}\n"])
def test_no_settings_are_the_defaults(text: str) -> None:
    assert settings.parse(text, "scaffold.yml") == settings.Settings(path="scaffold.yml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("- a\n", [(1, "the top level: expected `key: value` lines")], id="list at the top"),
        pytest.param("\nheading: {}\n", [(2, "the top level: unknown key 'heading'")], id="unknown key"),
        pytest.param("plan_roots: x\n", [(1, "plan_roots: expected a list of strings")], id="roots"),
        pytest.param(
            'plan_roots:\n- ok\n- "a\\0b"\n- "\\ud800"\n',
            [(3, "plan_roots: no directory can have this name"), (4, "plan_roots: no directory can have this name")],
            id="names of no directory",
        ),
        pytest.param("headings: 3\n", [(1, "headings: expected `key: value` lines")], id="wrong type"),
        pytest.param("headings:\n  goal_: [x]\n", [(2, "headings: unknown key 'goal_'")], id="unknown field"),
        pytest.param(
            "headings:\n  tests: x\n", [(2, "headings.tests: expected a list of strings")], id="text for a list"
        ),
        pytest.param(
            "headings:\n  tests:\n  - ok\n  - 3\n  - ''\n",
            [(4, "headings.tests: expected a string"), (5, "headings.tests: expected a string")],
            id="no texts",
        ),
        pytest.param(
            "headings: {}\nheadings: {}\nx: 1\n",
            [(2, "the top level: the key 'headings' is defined twice"), (3, "the top level: unknown key 'x'")],
            id="all at once",
        ),
        pytest.param(
            "headings:\n  objective: [Why]\n  tests:\n  - ok\n  - '2. WHY:'\n",
            [(5, "headings.tests: '2. WHY:' already means objective, on line 2")],
            id="a heading for two fields",
        ),
        pytest.param(
            "plan_headings:\n  what: [Goal]\n  goal:\n  - What\n  nope: []\n",
            [
                (5, "plan_headings: unknown key 'nope'"),
                (2, "plan_headings.what: 'Goal' is the name of goal"),
                (4, "plan_headings.goal: 'What' is the name of what"),
            ],
            id="names of other fields",
        ),
        pytest.param("[" * 5000, [(None, "nested too deeply")], id="deep"),
        pytest.param("a: [\n", [(2, "not valid YAML: expected the node content, but found '<stream end>'")], id="YAML"),
    ],
)
def test_every_mistake_has_its_line(text: str, expected: list[tuple[int, str]]) -> None:
    assert mistakes(text) == expected


def test_the_nearest_file_above_a_plan_counts(tmp_path: Path) -> None:
    build(tmp_path, {"scaffold.yml": "nope: 1\n", "a/scaffold.yml": "headings: {objective: [X]}\n", "a/b/c/": ""})
    assert settings.read(tmp_path / "a/b/c") != settings.Settings()
    with pytest.raises(InvalidInput) as caught:
        settings.read(tmp_path)
    assert caught.value.diagnostics[0].path == str(tmp_path / "scaffold.yml")


@pytest.mark.parametrize("content", [b"\xff", b"#" * 1_000_001])
def test_a_file_that_is_no_text_or_too_large_is_refused(tmp_path: Path, content: bytes) -> None:
    build(tmp_path, {"scaffold.yml": content})
    with pytest.raises(InvalidInput):
        settings.read(tmp_path)


@pytest.mark.parametrize("what", ["pipe", "link to a device", "directory", "link to nowhere"])
def test_settings_that_are_no_regular_file_are_refused_at_once(tmp_path: Path, what: str) -> None:
    file = tmp_path / "scaffold.yml"
    if what == "pipe":
        os.mkfifo(file)
    elif what == "directory":
        file.mkdir()
    else:
        file.symlink_to("/dev/zero" if what == "link to a device" else "nowhere")
    with pytest.raises(InvalidInput) as caught:
        settings.read(tmp_path)
    (one,) = caught.value.diagnostics
    reason = "No such file or directory" if what == "link to nowhere" else "not a regular file"
    assert (one.path, one.message) == (str(file), f"cannot be read as UTF-8 text: {reason}")


OTHER = 12_345
"""The number of a user who is neither root nor us."""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def owned(root: Path, *, mode: int, owner: int) -> Path:
    """Build a plan below a directory of this mode with a scaffold.yml of this owner; return the plan."""
    build(root, {"scaffold.yml": "plan_roots: [elsewhere]\n", "plan/PLAN_X.md": "# PLAN: X\n"})
    os.chown(root / "scaffold.yml", owner, -1)
    root.chmod(mode)
    return root / "plan"


@as_root
@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o703])
def test_settings_of_somebody_else_where_anybody_may_write_are_refused(tmp_path: Path, mode: int) -> None:
    plan = owned(tmp_path, mode=mode, owner=OTHER)
    with pytest.raises(InvalidInput) as caught:
        settings.read(plan)
    (one,) = caught.value.diagnostics
    assert (one.code, one.path, caught.value.exit_code) == ("settings_not_trusted", str(tmp_path / "scaffold.yml"), 3)
    assert "belongs neither to you nor to root" in one.message
    assert f"chmod o-w {tmp_path}" in str(one.hint)


@as_root
@pytest.mark.parametrize(
    ("mode", "owner", "user"),
    [
        pytest.param(0o755, OTHER, 0, id="only its owner may write there"),
        pytest.param(0o775, OTHER, 0, id="only a group may write there"),
        pytest.param(0o1777, 0, 0, id="ours"),
        pytest.param(0o1777, 0, OTHER, id="root's"),
        pytest.param(0o1777, OTHER, OTHER, id="ours, and we are not root"),
    ],
)
def test_settings_of_ours_of_root_or_out_of_the_reach_of_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, owner: int, user: int
) -> None:
    plan = owned(tmp_path, mode=mode, owner=owner)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert settings.read(plan).plan_roots == ("elsewhere",)


@as_root
def test_a_link_there_must_be_of_the_same_owners_as_what_it_leads_to(tmp_path: Path) -> None:
    build(tmp_path, {"mine.yml": "{}\n", "theirs.yml": "{}\n", "open/plan/PLAN_X.md": ""})
    os.chown(tmp_path / "theirs.yml", OTHER, -1)
    (tmp_path / "open").chmod(0o1777)
    link = tmp_path / "open" / "scaffold.yml"
    for target, owner, trusted in (("mine", 0, True), ("theirs", 0, False), ("mine", OTHER, False)):
        link.unlink(missing_ok=True)
        link.symlink_to(tmp_path / f"{target}.yml")
        os.chown(link, owner, -1, follow_symlinks=False)
        if trusted:
            settings.read(tmp_path / "open" / "plan")
        else:
            with pytest.raises(InvalidInput, match="neither to you nor to root"):
                settings.read(tmp_path / "open" / "plan")
