"""`--expect`: every command that writes does exactly what a preview showed, or nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import plans
from tests.conftest import Scaffold
from tests.trees import build, snapshot


def bare(root: Path) -> Path:
    """Build a plan without its parallel.json."""
    plans.demo(root)
    (root / "parallel.json").unlink()
    return root


VERBS: dict[str, tuple[Callable[[Path], Path], tuple[str, ...], dict[str, str]]] = {
    "executions": (
        plans.demo,
        ("executions", "DEMO", "--batch"),
        {"DEMO/subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1", "Else.")},
    ),
    "review": (plans.demo, ("review", "1.1", "DEMO", "--skip"), {}),
    "adopt": (bare, ("adopt", "DEMO"), {"DEMO/PLAN_DEMO.md": plans.stated([plans.achievement("1.1", title="Else")])}),
    "init": (lambda root: root, ("init", "NEW"), {}),
}


def change_set(scaffold: Scaffold, *command: str) -> str:
    data = scaffold(*command, "--dry-run", "--json").document["data"]
    assert isinstance(data, dict)
    return str(data["change_set"])


@pytest.mark.parametrize("verb", VERBS)
def test_what_was_shown_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, verb: str) -> None:
    make, command, _ = VERBS[verb]
    make(tmp_path / "DEMO")
    monkeypatch.chdir(tmp_path)
    before = snapshot(tmp_path)
    assert scaffold(*command, "--yes", "--expect", change_set(scaffold, *command)).code == 0
    assert snapshot(tmp_path) != before


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_else_is_done_than_what_was_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, verb: str
) -> None:
    make, command, change = VERBS[verb]
    make(tmp_path / "DEMO")
    monkeypatch.chdir(tmp_path)
    expected = change_set(scaffold, *command) if change else "0123456789ab"
    before = snapshot(build(tmp_path, change))
    now = change_set(scaffold, *command)
    outcome = scaffold(*command, "--yes", "--quiet", "--expect", expected)
    assert (outcome.code, snapshot(tmp_path)) == (5, before)
    assert outcome.err.splitlines()[-2:] == [
        f"error: expected the change set {expected}, and now it would be {now}; nothing was changed",
        f"  hint: look at what it would be now; if that is right, use --expect {now}",
    ]


def test_where_nothing_is_left_to_do_that_is_no_surprise(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path)
    expected = change_set(scaffold, "executions", str(root), "--batch")
    for _ in range(2):
        assert scaffold("executions", root, "--batch", "--yes", "--expect", expected).code == 0
