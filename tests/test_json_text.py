"""Editing the text of a parallel.json changes what it is told to, and nothing else, however the file is written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.model import Json
from scaffold.plan.json_text import EntryEdit, edited

KEYS = st.sampled_from(["title", "dependencies", "estimated_hours", "team", "a b", "é"])
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 9),
    st.text(max_size=4),
    st.lists(st.sampled_from(["1.1", "1.2"]), max_size=3),
)
ENTRIES = st.dictionaries(KEYS, VALUES, max_size=4)
LAYOUTS = st.sampled_from([None, 0, 2, "\t"])


def text_of(entries: list[dict[str, Json]], layout: int | str | None, more: dict[str, Json]) -> str:
    return json.dumps({"plan_name": "TEA", **more, "achievements": entries, "end": {"achievements": []}}, indent=layout)


@given(
    own=st.lists(ENTRIES, min_size=1, max_size=4),
    values=ENTRIES,
    removed=st.sets(KEYS, max_size=2),
    layout=LAYOUTS,
    newline=st.sampled_from(["\n", "\r\n"]),
    at=st.integers(0, 3),
)
def test_an_entry_is_as_it_is_told_to_be_and_the_others_are_as_they_were(
    own: list[dict[str, Json]],
    values: dict[str, Json],
    removed: set[str],
    layout: int | str | None,
    newline: str,
    at: int,
) -> None:
    entries = [{"id": f"1.{number}", **entry} for number, entry in enumerate(own, 1)]
    wanted, removed = entries[at % len(entries)], removed - values.keys()
    text = text_of(entries, layout, {"x": [1, {"id": "1.1"}]}).replace("\n", newline)
    new = edited(text, {str(wanted["id"]): EntryEdit(values, removed)}, [])
    expected = {key: value for key, value in {**wanted, **values}.items() if key not in removed}
    assert json.loads(new)["achievements"] == [expected if entry is wanted else entry for entry in entries]
    assert {**json.loads(new), "achievements": 0} == {**json.loads(text), "achievements": 0}
    kept = [key for key in wanted if key not in removed]
    assert [key for key in json.loads(new)["achievements"][at % len(entries)] if key in kept] == kept


@given(
    ids=st.lists(st.integers(1, 12), unique=True, max_size=5),
    added=st.sets(st.integers(1, 12), max_size=3),
    layout=LAYOUTS,
)
def test_added_entries_stand_in_the_order_of_ids_where_the_others_do(
    ids: list[int], added: set[int], layout: int | str | None
) -> None:
    there = sorted(ids)
    entries: list[dict[str, Json]] = [{"id": f"1.{last}", "title": "Tea"} for last in there]
    extra: list[dict[str, Json]] = [{"id": f"1.{last}", "title": "New"} for last in added if last not in ids]
    new = json.loads(edited(text_of(entries, layout, {}), {}, extra))["achievements"]
    assert [entry["id"] for entry in new] == [f"1.{last}" for last in sorted({*ids, *added})]
    assert [entry for entry in new if entry["title"] == "Tea"] == entries


@given(own=st.lists(ENTRIES, max_size=3), layout=LAYOUTS)
def test_without_edits_not_a_byte_changes(own: list[dict[str, Json]], layout: int | str | None) -> None:
    text = "\ufeff" + text_of([{"id": f"1.{at}", **entry} for at, entry in enumerate(own)], layout, {})
    assert edited(text, {}, []) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"id": "1.1"}', '{"id": "1.1", "dependencies": ["1.2"]}', id="in a line"),
        pytest.param('{\n "id": "1.1"\n}', '{\n "id": "1.1",\n "dependencies": ["1.2"]\n}', id="a key a line"),
        pytest.param(
            '{"id": "1.1", "dependencies": [ ]}', '{"id": "1.1", "dependencies": ["1.2"]}', id="an empty list"
        ),
        pytest.param(
            '{"id": "1.1", "dependencies": [\n "9.9"\n]}',
            '{"id": "1.1", "dependencies": [\n "1.2"\n]}',
            id="an id a line",
        ),
    ],
)
def test_what_is_new_is_written_as_its_neighbours_are(text: str, expected: str) -> None:
    whole = '{"achievements": [%s]}'
    assert edited(whole % text, {"1.1": EntryEdit({"dependencies": ["1.2"]})}, []) == whole % expected
