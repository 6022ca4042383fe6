"""Small plans for tests: a PLAN, its parallel.json and SUBPLANs of every state, as trees."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from scaffold.model import Achievement, Plan
from scaffold.plan import workspace
from tests.trees import build

Entry = Mapping[str, object]


def subplan(achievement_id: str, objective: str = "Make it work.", approach: str = "Write it, then test it.") -> str:
    """Return a SUBPLAN that is filled in."""
    return (
        f"# SUBPLAN: Part {achievement_id}\n\n**PLAN**: DEMO\n**Achievement**: {achievement_id}\n"
        f"**Estimated Time**: 2 hours\n\n---\n\n## Objective\n\n{objective}\n\n---\n\n## Approach\n\n{approach}\n\n"
        "## Success Criteria\n\n- It works\n- It is tested\n"
    )


def achievement(achievement_id: str, *dependencies: str, **more: object) -> Entry:
    """Return an entry of parallel.json."""
    return {"id": achievement_id, "title": f"Part {achievement_id}", "dependencies": list(dependencies), **more}


def entries(*achievements: object, **top: object) -> str:
    """Return the text of a parallel.json with these entries, whatever they are, and `top` beside them."""
    return json.dumps({"achievements": list(achievements), **top})


def node(achievement_id: str, *dependencies: str) -> Achievement:
    """Return an achievement of which only the dependencies matter."""
    return Achievement(achievement_id, "", dependencies, None, {})


def parallel_json(achievements: Iterable[Entry], plan_name: str | None = "DEMO") -> str:
    """Return the text of a parallel.json."""
    return json.dumps({"plan_name": plan_name, "achievements": list(achievements)}, indent=2)


def stated(achievements: Iterable[Entry], plan_name: str = "DEMO") -> str:
    """Return the text of a PLAN that defines these achievements, without anything that tells more about them."""
    headings = (f"### Achievement {entry['id']}: {entry['title']}\n\n" for entry in achievements)
    return f"# PLAN: {plan_name}\n\n## Achievements\n\n{''.join(headings)}"


def tree(achievements: Iterable[Entry], *, subplans: Iterable[str] = (), plan_name: str = "DEMO") -> dict[str, str]:
    """Return the tree of a plan: its PLAN, parallel.json, and filled SUBPLANs for the ids in `subplans`."""
    given = list(achievements)
    files = {
        f"PLAN_{plan_name}.md": stated(given, plan_name),
        "parallel.json": parallel_json(given, plan_name),
    }
    for one in subplans:
        files[f"subplans/SUBPLAN_{plan_name}_{one.replace('.', '')}.md"] = subplan(one)
    return files


THREE_LEVELS = (
    achievement("1.1"),
    achievement("1.2"),
    achievement("2.1", "1.1"),
    achievement("2.2", "1.1", "1.2"),
    achievement("3.1", "2.1", "2.2"),
)

LEVEL_0 = {f"execution/EXECUTION_TASK_DEMO_{slug}_01.md" for slug in ("11", "12")}
"""The documents that the lowest level of these misses."""


def demo(root: Path, extra: Mapping[str, str | bytes] | None = None) -> Path:
    """Build a plan of five achievements on three levels below `root`, every SUBPLAN filled in, nothing created yet."""
    ids = ("1.1", "1.2", "2.1", "2.2", "3.1")
    return build(root, {**tree(THREE_LEVELS, subplans=ids), **(extra or {})})


PLAN = """# PLAN: Demo

## Goal

Show it.

## Achievements

### Achievement 1.1: Part 1.1

- **Goal**: Build {{ the }} first part.
- **Success**: It runs.
- **Deliverables**: `one.py`, `two.py`
- **Effort**: 3-4 hours
- **Tests**: `test_one.py`
- **Dependencies**: none

### Achievement 2.1: Part 2.1

- **Goal**: Build on 1.1.
- **Dependencies**: 1.1
"""


def undesigned(root: Path) -> Path:
    """Build the same plan without SUBPLANs; its PLAN defines two of the five achievements."""
    return build(root, {**tree(THREE_LEVELS), "PLAN_DEMO.md": PLAN})


def read(root: Path) -> Plan:
    """Read the plan in `root`."""
    return workspace.read_plan(root)
