"""Two runs at the same time: one whole batch wins, and the other says what it found."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import plans
from tests.trees import build, snapshot

NAME = (
    "{% yield task from tasks %}EXECUTION_TASK_{{ plan_name }}_{{ task.slug }}_{{ task.number }}.md{% endyield %}.jinja"
)
CONFIG = "_subdirectory: t\nplan_name: {type: str}\nplan_document: {type: str}\ntasks: {type: yaml}\n"
COUNT = 25


def plan(root: Path) -> Path:
    """Build a plan of one level with many achievements, and two template sets beside it."""
    ids = [f"1.{number}" for number in range(1, COUNT + 1)]
    for team in ("red", "blue"):
        build(root / team, {"copier.yml": CONFIG, f"t/{NAME}": f"# {team} {{{{ task.slug }}}}\n" * 50})
    return build(root / "plan", plans.tree([plans.achievement(one) for one in ids], subplans=ids))


def started(root: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "scaffold", "executions", str(root / "plan"), "--batch", "--yes", *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ})


@pytest.mark.parametrize("_round", range(3))
def test_of_two_template_sets_racing_for_the_same_targets_one_makes_the_whole_batch(
    tmp_path: Path, _round: int
) -> None:
    plan(tmp_path)
    runs = [started(tmp_path, "--template", str(tmp_path / team)) for team in ("red", "blue")]
    said = [run.communicate()[1] for run in runs]
    made = snapshot(tmp_path / "plan" / "execution")
    assert len(made) == COUNT
    assert len({bytes(content).split()[1] for content in made.values() if isinstance(content, bytes)}) == 1
    codes = sorted(run.returncode for run in runs)
    assert codes[0] == 0
    assert codes[1] in (0, 5, 7), said  # 0: it began when the other had finished, and found nothing missing


def test_a_run_that_finds_the_plan_held_says_so_and_changes_nothing(tmp_path: Path) -> None:
    import fcntl

    root = build(plan(tmp_path), {".scaffold/lock": ""})
    with (root / ".scaffold/lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = started(tmp_path)
        said = run.communicate()[1]
    assert (run.returncode, "another run" in said) == (7, True)
    assert not (root / "execution").exists()
