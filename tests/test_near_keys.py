"""Keys of parallel.json that nearly are ours do not pass without a word, and a team's own keys do."""

from pathlib import Path

import pytest

from tests import plans
from tests.conftest import Outcome, Scaffold
from tests.trees import build


def checked(root: Path, scaffold: Scaffold, **more: object) -> Outcome:
    entries: list[plans.Entry] = [{"id": "1.1", "title": "A"}, {"id": "1.2", "title": "B"}, {"id": "2.1", **more}]
    return scaffold("check", build(root, {"PLAN_DEMO.md": "# PLAN\n", "parallel.json": plans.parallel_json(entries)}))


@pytest.mark.parametrize(
    "key",
    [
        *("depends_on", "dependsOn", "DependsOn", "requires", "blocked_by", "blockedBy", "prerequisites", "deps"),
        *("dependecies", "dependancies", "Dependencies", "dependency"),
    ],
)
@pytest.mark.parametrize("value", [["1.1"], "1.1", [1.1], ["1.1", "9.9"]])
def test_dependencies_under_another_name_are_no_dependencies_and_an_error(
    tmp_path: Path, scaffold: Scaffold, key: str, value: object
) -> None:
    nothing: list[dict[str, object]] = [{}, {"dependencies": []}, {"dependencies": None}]
    for more in nothing:
        outcome = checked(tmp_path, scaffold, title="C", **{key: value}, **more)
        assert outcome.code == 3
        assert outcome.out.startswith(
            f"error: parallel.json: achievements[2].{key} (2.1): the key must be called dependencies\n"
            "  hint: rename it: as it is, the achievement would depend on nothing\n"
        )
        assert (scaffold("executions", tmp_path, "--batch", "--yes").code, (tmp_path / "execution").exists()) == (
            3,
            False,
        )


def test_what_can_only_be_a_dependency_is_an_error_also_where_the_achievement_is_unknown(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    outcome = checked(tmp_path, scaffold, title="C", depends_on=["9.9"])
    assert (outcome.code, "achievements[2].depends_on (2.1): the key must be called dependencies" in outcome.out) == (
        3,
        True,
    )


@pytest.mark.parametrize(
    ("key", "value", "name"),
    [
        ("depends_on", ["1.1", "1.2"], "dependencies"),
        ("requires", ["1.2", "3.11"], "dependencies"),
        ("blockedBy", ["9.9"], "dependencies"),
        ("estimatedHours", 3, "estimated_hours"),
        ("estimated_hour", 3, "estimated_hours"),
        ("Title", "C", "title"),
    ],
)
def test_other_keys_that_are_not_read_are_a_warning(
    tmp_path: Path, scaffold: Scaffold, key: str, value: object, name: str
) -> None:
    outcome = checked(tmp_path, scaffold, dependencies=["1.1"], **{key: value})
    assert outcome.code == 0
    assert f"achievements[2].{key} (2.1): the key is not read, it must be called {name}\n" in outcome.out


@pytest.mark.parametrize(
    "more",
    [
        *({"depends_on": []}, {"requires": ["python"]}, {"requires": ["3.11"]}, {"blocked_by": "the vendor"}),
        *({"status": "done"}, {"team": "1.1"}, {"files": ["a.py"]}, {"subtitle": "x"}, {"titles": ["x"]}, {"after": 3}),
        *({"blocks": ["1.1"]}, {"actual_hours": 3}, {"parallelizable_with": ["1.1"]}),
        {"depends_on": ["1.1"], "dependencies": ["1.1", "1.2"]},
    ],
)
def test_a_teams_own_keys_pass(tmp_path: Path, scaffold: Scaffold, more: dict[str, object]) -> None:
    outcome = checked(tmp_path, scaffold, title="C", estimated_hours=1, **more)
    assert (outcome.code, "the key" in outcome.out) == (0, False)
