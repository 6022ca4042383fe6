"""The guide alone leads through a plan: what it names exists, and does what it says."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest

from scaffold import cli
from scaffold.commands.guide import GUIDE
from tests import manual
from tests.conftest import Scaffold

NAMED = [
    line
    for line in re.findall(r"scaffold (\w+(?: (?:--[a-z-]+|'[^']*'|[A-Z_]+|1\.2|all))*)", GUIDE)
    if line.split()[0] in cli.COMMANDS or "--" in line
]
"""Every command line of the guide."""

PLAN = """# PLAN: TEA

## Achievements

### Achievement 1.1: Kettle bought (1 hour)
- **Goal**: a kettle that boils
- **Success**: it boils
- **Deliverables**: `kettle.md`
- **Dependencies**: none

### Achievement 1.2: Tea made (2-3 hours)
- **Goal**: a cup of tea
- **Success**: somebody drinks it
- **Deliverables**: `tea.md`
- **Dependencies**: 1.1
"""


def test_the_guide_has_60_lines_of_80_columns_at_most() -> None:
    lines = GUIDE.splitlines()
    assert (len(lines) <= 60, max(map(len, lines)) <= 80, GUIDE.isascii()) == (True, True, True)


def test_every_command_and_option_of_the_guide_exists() -> None:
    assert manual.unknown_in(GUIDE) == []


def test_it_is_printed_anywhere_as_text_or_json(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (scaffold("guide").out, scaffold("guide", "--json").document["data"]) == (GUIDE, {"text": GUIDE})


def filled(path: Path) -> None:
    path.write_text(re.sub(r"\[FILL.*\]", "Do it in one go.", path.read_text()))


def done(path: Path) -> None:
    text = path.read_text().replace("- [ ]", "- [x]")
    path.write_text(re.sub(r"(\*\*Status\*\*:) .*?(  )?$", r"\1 Complete\2", text, count=1, flags=re.MULTILINE))


def test_who_does_what_the_guide_says_comes_from_nothing_to_the_end_of_a_plan(
    tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = set(NAMED)

    def run(begin: str, for_: Mapping[str, str] = {}, code: int = 0) -> str:
        """Run the command of the guide that begins so, with other words for those that stand for something."""
        (line,) = [named for named in NAMED if named.startswith(begin)]
        left.discard(line)
        outcome = scaffold(*(for_.get(word, word) for word in shlex.split(line)))
        assert outcome.code == code, outcome.out + outcome.err
        return outcome.out

    monkeypatch.chdir(tmp_path)
    run("init", {"NAME": "TEA"})
    monkeypatch.chdir(tmp_path / "TEA")
    Path("PLAN_TEA.md").write_text(PLAN.replace("Dependencies**: 1.1", "Dependencies**: the kettle"))
    Path("parallel.json").unlink()
    assert "Dependencies that a person must fill in: 1.2" in run("adopt --yes")
    Path("PLAN_TEA.md").write_text(PLAN)
    run("adopt --update")
    run("check")
    run("subplans")
    for id_ in ("11", "12"):
        filled(Path(f"subplans/SUBPLAN_TEA_{id_}.md"))
    assert "scaffold executions" in run("next", {"ME": "ana"})
    run("executions --batch")
    me = {"ME": "ana", "1.2": "1.1"}
    run("claim", me)
    assert "kettle.md" in run("brief", me)
    run("claim", {**me, "ME": "bo"}, 5)
    run("release", me)
    run("claim", me)
    filled_in = Path("subplans/SUBPLAN_TEA_11.md")
    filled_in.write_text(filled_in.read_text().replace("it boils", "it boils at once"))
    assert "scaffold update" in run("next", {"ME": "ana"})
    run("update", me)
    done(Path("execution/EXECUTION_TASK_TEA_11_01.md"))
    assert "Review" in run("next", {"ME": "ana"})
    run("review 1.2 --fix", me)
    run("executions --achievement", me)
    done(Path("execution/EXECUTION_TASK_TEA_11_02.md"))
    run("review 1.2 --approve", me)
    run("executions --batch")
    run("claim", {"ME": "ana"})
    done(Path("execution/EXECUTION_TASK_TEA_12_01.md"))
    run("review 1.2 --approve")
    assert "2 of 2 achievements done" in run("next", {"ME": "ana"})
    assert "2 of 2 achievements done" in run("status")
    run("why")
    run("COMMAND", {"COMMAND": "why"})
    batch = re.findall(r"\S+Z-\S+", run("undo --list"))[-1]
    run("undo BATCH", {"BATCH": batch})
    assert left == set()
