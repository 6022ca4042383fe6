"""`parallel.json`: what real files hold is accepted, what would mislead is refused, all of it at once."""

import pytest

from scaffold.errors import InvalidInput
from scaffold.model import Achievement
from scaffold.plan import parallel
from tests.plans import entries


def problems(content: str | bytes) -> dict[str, str]:
    """Return the problems found as code to message."""
    with pytest.raises(InvalidInput) as caught:
        parallel.parse(content.encode() if isinstance(content, str) else content)
    assert all(one.path == "parallel.json" and one.hint for one in caught.value.diagnostics)
    return {one.code: one.message for one in caught.value.diagnostics}


@pytest.mark.parametrize(("content", "line"), [(b'{\n "achievements": [', 2), (b"", 1), (b'{\n\n"\xff"}', 3)])
def test_what_is_no_json_text_comes_with_its_line(content: bytes, line: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        parallel.parse(content)
    assert [one.line for one in caught.value.diagnostics] == [line]


def test_what_real_files_hold_is_accepted() -> None:
    content = entries(
        {"id": "1.1", "title": "First", "dependencies": None, "estimated_hours": 3.5, "team": "blue"},
        {"achievement_id": "1.2", "title": None, "estimated_hours": "4-6", "status": None, "dependencies": ["1.1"]},
        {"id": "1.3", "title": " two\nlines ", "estimated_hours": "about a day", "dependencies": ["1.1", "1.1"]},
        {"id": "1.4", "estimated_hours": 1, "achievement_id": "9.9"},
        {"id": None, "achievement_id": "1.5", "estimated_hours": " 2 "},
        parallelization_level=None,
    )
    assert parallel.parse(b"\xef\xbb\xbf" + content.encode()) == parallel.Parallel(
        None,
        (
            Achievement("1.1", "First", (), "3.5 hours", {"team": "blue"}),
            Achievement("1.2", "Untitled", ("1.1",), "4-6 hours", {"status": None}),
            Achievement("1.3", "two lines", ("1.1",), "about a day", {}),
            Achievement("1.4", "Untitled", (), "1 hour", {}),
            Achievement("1.5", "Untitled", (), "2 hours", {}),
        ),
    )


def test_no_achievements_at_all_is_a_plan_too() -> None:
    assert parallel.parse(b'{"plan_name": "X", "achievements": []}') == parallel.Parallel("X", ())


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        pytest.param('{"achievements": [', "not_json", "column 19: not valid JSON", id="truncated"),
        pytest.param('{"achievements": [],}', "not_json", "column 2", id="trailing comma"),
        pytest.param("", "not_json", "empty", id="empty"),
        pytest.param(" \n ", "not_json", "empty", id="blank"),
        pytest.param("[]", "wrong_type", "the top level is a list", id="list at the top"),
        pytest.param("{}", "wrong_type", "achievements: expected a list, found nothing", id="no achievements"),
        pytest.param('{"achievements": {}}', "wrong_type", "found an object", id="achievements an object"),
        pytest.param(
            entries(3), "wrong_type", "achievements[0]: expected an object, found the number 3", id="no object"
        ),
        pytest.param(entries({"id": 1.1}), "bad_id", "achievements[0].id: expected", id="number as id"),
        pytest.param(entries({"title": "x"}), "bad_id", "achievements[0].id: expected", id="no id"),
        pytest.param(entries({"id": "../x"}), "bad_id", "found '../x'", id="path as id"),
        pytest.param(entries({"achievement_id": "x"}), "bad_id", "achievements[0].achievement_id", id="other key"),
        pytest.param(entries({"id": "1.1", "title": 3}), "wrong_type", "achievements[0].title", id="title"),
        pytest.param(entries({"id": "1.1", "estimated_hours": True}), "wrong_type", "the boolean true", id="hours"),
        pytest.param(entries({"id": "1.1", "dependencies": "1.2"}), "wrong_type", "list of ids", id="dependencies"),
        pytest.param(entries({"id": "1.1", "dependencies": [1.2]}), "wrong_type", "dependencies[0]", id="dependency"),
        pytest.param(entries({"id": "1.1"}, {"id": "1.1"}), "duplicate_id", "1.1 is defined twice", id="duplicate id"),
        pytest.param(
            entries({"id": "1.11"}, {"id": "11.1"}), "slug_collision", "achievements 1.11 and 11.1 would", id="slug"
        ),
        pytest.param(entries({"id": "1.1", "dependencies": ["1.1"]}), "self_dependency", "on itself", id="itself"),
        pytest.param(entries({"id": "1.1", "dependencies": ["1.2"]}), "unknown_dependency", "'1.2'", id="unknown"),
        pytest.param(entries(plan_name="../x"), "unsafe_plan_name", "'../x'", id="plan name"),
        pytest.param(entries(plan_name=3), "wrong_type", "plan_name: expected a string", id="plan name a number"),
        pytest.param('{"achievements": [], "a": 1, "a": 2}', "duplicate_key", "a: the key is defined twice", id="key"),
        pytest.param('{"achievements": [{"id": "1.1", "x": NaN}]}', "not_json", "achievements[0].x: NaN", id="NaN"),
        pytest.param('{"achievements": [], "x": 1e999}', "not_json", "1e999", id="infinite"),
        pytest.param('{"achievements": [], "x": ' + "9" * 5000 + "}", "not_json", "digits", id="endless number"),
        pytest.param('{"achievements": ' + "[" * 60 + "]" * 60 + "}", "too_deep", "50 levels", id="deep"),
        pytest.param("[" * 100_000, "too_deep", "50 levels", id="very deep"),
        pytest.param(b'{"achievements":\n "\xff"}', "not_utf8", "byte 0xff is not UTF-8", id="not UTF-8"),
        pytest.param(b" " * 10_000_001, "too_large", "more than 10,000,000 bytes", id="too large"),
        pytest.param('{"achievements": [], "x": "\\ud800"}', "lone_surrogate", "x: half", id="surrogate"),
        pytest.param('{"achievements": [], "\\udc00": 1}', "lone_surrogate", "top: half", id="surrogate in a key"),
        pytest.param('{"achievements": [], "x": ' + "[" * 51 + "]" * 51 + "}", "too_deep", "50 levels", id="51 levels"),
    ],
)
def test_what_would_mislead_is_refused_with_its_place(content: str | bytes, code: str, message: str) -> None:
    found = problems(content)
    assert list(found) == [code]
    assert message in found[code]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"achievements": []}'.ljust(10_000_000), id="10,000,000 bytes"),
        pytest.param(b'{"achievements": [], "x": ' + b"[" * 50 + b"]" * 50 + b"}", id="50 levels"),
    ],
)
def test_a_limit_itself_is_kept(content: bytes) -> None:
    assert parallel.parse(content).achievements == ()


def test_ids_that_share_a_slug_are_named_once_each() -> None:
    found = problems(entries({"id": "1.11"}, {"id": "1.11"}, {"id": "11.1"}))
    assert found["duplicate_id"] == "achievement 1.11 is defined twice"
    assert found["slug_collision"].startswith("achievements 1.11 and 11.1 would share")


def test_a_cycle_of_three_is_shown_as_a_chain() -> None:
    three = [{"id": f"2.{one}", "dependencies": [f"2.{one % 3 + 1}"]} for one in (1, 2, 3)]
    assert problems(entries(*three)) == {"cycle": "dependencies form a cycle: 2.1 → 2.2 → 2.3 → 2.1"}


def test_every_problem_is_reported_at_once() -> None:
    content = entries({"id": 3}, {"id": "1.1", "title": []}, "x", plan_name="a/b")
    assert set(problems(content)) == {"bad_id", "wrong_type", "unsafe_plan_name"}
    graph = entries({"id": "1.1", "dependencies": ["1.1", "9.9"]}, {"id": "1.2"}, {"id": "1.2"})
    assert set(problems(graph)) == {"self_dependency", "unknown_dependency", "duplicate_id"}


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        pytest.param("1.12", "did you mean 1.1?", id="near"),
        pytest.param("11", "did you mean 1.1?", id="without its dot"),
        pytest.param("15.26", "did you mean 1.526?", id="of one slug before what looks alike"),
        pytest.param("2.77", "remove it, or add that achievement", id="not itself"),
        pytest.param("27", "remove it, or add that achievement", id="not itself by its slug"),
        pytest.param("zzz", "remove it, or add that achievement", id="nothing near"),
    ],
)
def test_an_unknown_dependency_comes_with_the_nearest_id(wanted: str, hint: str) -> None:
    ids = [{"id": one} for one in ("1.1", "1.526", "15.2")]
    with pytest.raises(InvalidInput) as caught:
        parallel.parse(entries(*ids, {"id": "2.7", "dependencies": [wanted]}).encode())
    assert caught.value.diagnostics[0].hint == hint


def test_of_many_unknown_dependencies_the_first_come_with_a_guess_and_none_names_the_achievement_itself() -> None:
    many = [{"id": f"2.{at}", "dependencies": [f"3.{at}"]} for at in range(1, 30)]
    with pytest.raises(InvalidInput) as caught:
        parallel.parse(entries(*many).encode())
    hints = [str(one.hint) for one in caught.value.diagnostics]
    assert [hint for hint in hints if hint.startswith("did you mean 2.")] == hints[:10]
    assert all(hint != f"did you mean 2.{at}?" for at, hint in enumerate(hints, 1))
