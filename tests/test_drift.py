"""PLAN and parallel.json are compared both ways; what is not beyond doubt is no difference."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.model import Json
from scaffold.plan import drift, parallel
from scaffold.plan.drift import Difference
from scaffold.reading import plan
from tests import plans
from tests.conftest import Scaffold
from tests.trees import build

_BEFORE = st.sets(st.integers(0, 3), max_size=3)
HEAD = "# PLAN: Tea\n\n## Achievements\n\n"


def planned(achievement_id: str, title: str = "Tea", *lines: str) -> str:
    return (
        f"### Achievement {achievement_id}: {title}\n\n- **Goal**: x\n"
        + "".join(f"- {line}\n" for line in lines)
        + "\n"
    )


def written(achievement_id: str, **more: Json) -> Mapping[str, Json]:
    return {"id": achievement_id, "title": "Tea", **more}


def compared(text: str, *entries: Mapping[str, Json]) -> list[tuple[str, str, Json, Json]]:
    """Return (achievement, field, what the PLAN says, what the file says) of every difference."""
    return [
        (difference.achievement, difference.field, difference.stated, difference.written)
        for difference in found(text, *entries)
    ]


def found(text: str, *entries: Mapping[str, Json]) -> tuple[Difference, ...]:
    said = plan.parse(HEAD + text, "PLAN_TEA.md")
    file = parallel.parse(json.dumps({"achievements": list(entries)}).encode())
    return drift.differences(said.achievements, file.achievements)


@pytest.mark.parametrize(
    ("title", "own"),
    [
        ("Boil water", "Boil  water "),
        ("Boil water ✅ COMPLETE", "Boil water"),
        ("Boil water (2-3 hours)", "Boil Water"),
        ("Boil `water`", "**Boil water**"),
        ("Boil – water", "Boil: water"),
        ("Caf\u00e9", "Cafe\u0301"),
    ],
)
def test_titles_are_the_same_but_for_marks_markup_and_blanks(title: str, own: str) -> None:
    assert compared(planned("1.1", title), written("1.1", title=own, estimated_hours="2-3")) == []


def test_another_title_is_a_difference() -> None:
    assert compared(planned("1.1", "Boil milk ✅"), written("1.1")) == [("1.1", "title", "Boil milk", "Tea")]


@pytest.mark.parametrize(
    ("effort", "hours"),
    [
        *(("4-6 hours", "4-6"), ("4-6 hours", 5), ("4-6 hours", "4-6 hours"), ("90 min", 1.5), ("20 minutes", 0.33)),
        *(("3 weeks", 5), ("as long as it takes", 5), ("2h", "soon"), ("3h actual", 5)),
    ],
)
def test_hours_are_the_same_where_they_agree_or_one_of_them_is_not_said(effort: str, hours: Json) -> None:
    assert compared(planned("1.1", "Tea", f"**Effort**: {effort}"), written("1.1", estimated_hours=hours)) == []


@pytest.mark.parametrize(
    ("effort", "hours", "stated"),
    [("4-6 hours", 9, "4-6"), ("4-6 hours", "4-8", "4-6"), ("2 hours", "4-6", 2), ("1 day", 1, 8)],
)
def test_other_hours_are_a_difference(effort: str, hours: Json, stated: Json) -> None:
    text = planned("1.1", "Tea", f"**Effort**: {effort}")
    assert compared(text, written("1.1", estimated_hours=hours)) == [("1.1", "estimated_hours", stated, str(hours))]


@pytest.mark.parametrize(
    ("stated", "own"),
    [
        pytest.param(None, ["1.1"], id="the PLAN is silent"),
        pytest.param("1.1", ["1.1"], id="the same"),
        pytest.param("1.2, 1.1", ["1.1", "1.2"], id="another order"),
        pytest.param("1.2", ["1.1", "1.2"], id="implied by the PLAN"),
        pytest.param("1.1, 1.2", ["1.2"], id="implied by the file"),
        pytest.param("1.1, and the new stove", ["1.1", "1.3"], id="the PLAN says more than ids"),
        pytest.param("the new stove", ["1.3"], id="no ids"),
    ],
)
def test_dependencies_are_the_same_unless_the_plan_says_otherwise_beyond_doubt(
    stated: str | None, own: list[Json]
) -> None:
    lines = [f"**Dependencies**: {stated}"] if stated else []
    text = (
        planned("1.1") + planned("1.2", "Tea", "**Dependencies**: 1.1") + planned("1.3") + planned("2.1", "Tea", *lines)
    )
    entries = [written("1.1"), written("1.2", dependencies=["1.1"]), written("1.3"), written("2.1", dependencies=own)]
    assert compared(text, *entries) == []


@pytest.mark.parametrize(
    ("stated", "own", "value"),
    [
        ("1.1", [], ["1.1"]),
        ("none", ["1.1"], []),
        ("1.2", ["1.3", "1.2"], ["1.2"]),
        ("1.3", ["1.2", "1.1"], ["1.3"]),
        ("1.3, and the new stove", ["1.1"], ["1.1", "1.3"]),
    ],
)
def test_other_dependencies_are_a_difference_and_what_stays_keeps_its_order(
    stated: str, own: list[Json], value: list[Json]
) -> None:
    text = "".join(planned(id_) for id_ in ("1.1", "1.2", "1.3")) + planned("2.1", "Tea", f"**Dependencies**: {stated}")
    entries = [*(written(id_) for id_ in ("1.1", "1.2", "1.3")), written("2.1", dependencies=own)]
    (difference,) = found(text, *entries)
    assert (difference.achievement, difference.written, difference.value) == ("2.1", own, value)


@given(st.lists(st.tuples(_BEFORE, _BEFORE, st.booleans(), st.booleans()), min_size=1, max_size=5))
def test_after_an_update_no_dependency_differs(drawn: list[tuple[set[int], set[int], bool, bool]]) -> None:
    ids = [f"1.{number}" for number in range(1, len(drawn) + 1)]
    text = ""
    entries: list[dict[str, Json]] = []
    for at, (stated, own, is_unclear, is_open) in enumerate(drawn):
        said = ", ".join(ids[before] for before in sorted(stated) if before < at) or "none"
        text += planned(ids[at], "Tea", f"**Dependencies**: {said}{', and the new stove' if is_unclear else ''}")
        more: dict[str, Json] = {"dependencies_open": True} if is_open else {}
        entries.append({**written(ids[at]), "dependencies": [*(ids[b] for b in sorted(own) if b < at)], **more})
    for difference in found(text, *entries):
        entry = entries[ids.index(difference.achievement)]
        entry["dependencies"] = difference.value
        if difference.settles:
            del entry["dependencies_open"]
    assert compared(text, *entries) == []


def test_a_dependency_that_the_plan_does_not_know_stays() -> None:
    text = planned("1.1") + planned("2.1", "Tea", "**Dependencies**: 1.1")
    entries = [written("1.1"), written("1.9"), written("2.1", dependencies=["1.1", "1.9"])]
    assert [difference[:2] for difference in compared(text, *entries)] == [("1.9", "achievement")]


def test_an_achievement_that_only_one_of_them_has_is_a_difference() -> None:
    assert [difference[:2] for difference in compared(planned("1.2"), written("1.3"))] == [
        ("1.2", "achievement"),
        ("1.3", "achievement"),
    ]


def test_a_plan_without_achievements_says_nothing() -> None:
    assert compared("Nothing yet.", written("1.1")) == []


def test_check_names_every_difference_at_its_line_of_the_plan(tmp_path: Path, scaffold: Scaffold) -> None:
    text = (
        planned("1.1", "Milk", "**Effort**: 2 hours") + planned("1.2", "Tea", "**Dependencies**: 1.1") + planned("1.4")
    )
    entries = [written("1.1", estimated_hours=9), written("1.2"), written("1.3")]
    build(tmp_path, {"PLAN_TEA.md": HEAD + text, "parallel.json": json.dumps({"achievements": entries})})
    outcome = scaffold("check", tmp_path)
    assert outcome.code == 0
    assert [line for line in outcome.out.splitlines() if line.startswith("warning")] == [
        'warning: PLAN_TEA.md:5: achievement 1.1 is called "Milk" here, but "Tea" in parallel.json',
        "warning: PLAN_TEA.md:8: achievement 1.1 takes 2 hours here, but 9 in parallel.json",
        "warning: PLAN_TEA.md:13: achievement 1.2 depends on 1.1 here, but on nothing in parallel.json",
        "warning: PLAN_TEA.md:15: achievement 1.4 is not in parallel.json",
        "warning: PLAN_TEA.md: does not define achievement 1.3 of parallel.json",
    ]
    assert scaffold("adopt", tmp_path, "--update", "--yes").code == 0
    assert [line for line in scaffold("check", tmp_path).out.splitlines() if line.startswith("warning")] == [
        "warning: PLAN_TEA.md: does not define achievement 1.3 of parallel.json",
        "warning: parallel.json: the dependencies of 1.4 are not stated",
    ]


def test_hours_that_the_file_lacks_are_filled_in_and_are_no_contradiction(tmp_path: Path, scaffold: Scaffold) -> None:
    entry = {**plans.achievement("1.1"), "title": "Tea", "estimated_hours": None}
    text = "# PLAN: DEMO\n\n## Achievements\n\n### Achievement 1.1: Tea (4h)\n\n- **Dependencies**: none\n"
    root = build(tmp_path, {"PLAN_DEMO.md": text, "parallel.json": plans.parallel_json([entry])})
    assert "takes" not in scaffold("check", root).out
    assert re.search(r"^1\.1 +hours +none +4 ", scaffold("adopt", root, "--update", "--yes").out, re.MULTILINE)
    assert json.loads((root / "parallel.json").read_text())["achievements"][0]["estimated_hours"] == 4
