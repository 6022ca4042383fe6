"""What is read from disk is exactly what was written, or is refused."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.model import BatchRecord, Change, ChangeSet, Json, RecordedFile, sha256
from scaffold.transaction.journal import (
    Damaged,
    Entry,
    Journal,
    journal_from_bytes,
    journal_to_bytes,
    split_target,
)
from scaffold.transaction.pieces import (
    Contents,
    answers_from_lines,
    answers_to_lines,
    contents_from_lines,
    contents_from_older,
    contents_to_lines,
)
from scaffold.transaction.records import Numbered, record_from_bytes, record_to_bytes
from tests.batch_kit import older

HASHES = st.binary().map(sha256)
TARGETS = st.from_regex(r"\A(execution|subplans)/[A-Za-z0-9_é]{1,20}\.md\Z") | st.sampled_from(
    ["parallel.json", "PLAN_X.md"]
)
INODES = st.none() | st.integers(0, 2**64 - 1)
ENTRIES = st.builds(Entry, TARGETS, st.none() | HASHES, HASHES, INODES)
JOURNALS = st.builds(
    Journal,
    st.from_regex(r"\A[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}\Z"),
    INODES,
    HASHES,
    st.sampled_from([(), ("execution",), ("execution", "subplans")]),
    st.lists(ENTRIES, min_size=1, max_size=5, unique_by=lambda entry: entry.target).map(tuple),
)
RECORD = BatchRecord(
    "20261122T201500Z-12345678",
    "2026-11-22T20:15:00Z",
    "executions",
    "--batch",
    None,
    (RecordedFile("execution/A.md", sha256(b"\xff"), sha256(b"new"), sha256(b"made"), None, None, "org", "0" * 64),),
)
NUMBERED = Numbered(7, RECORD, "0" * 64)
ANSWERS = st.dictionaries(st.text(), st.recursive(st.none() | st.text() | st.integers(), st.lists))


def lines_with(new: bytes | None, old: bytes | None, generated: bytes | None) -> list[bytes]:
    """Return the contents of one file as lines: what was written, taken away and generated."""
    change = Change("execution/A.md", sha256(b""), new, generated=generated)
    return list(contents_to_lines(ChangeSet((change,)), {} if old is None else {change.target: old}))


@settings(deadline=None)
@given(JOURNALS)
def test_a_journal_is_read_as_it_was_written(journal: Journal) -> None:
    assert journal_from_bytes(journal_to_bytes(journal)) == journal


@settings(deadline=None)
@given(JOURNALS, st.data())
def test_a_journal_with_any_byte_changed_is_the_same_or_refused(journal: Journal, data: st.DataObject) -> None:
    content = bytearray(journal_to_bytes(journal))
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Damaged):
        assert journal_from_bytes(bytes(content)) == journal


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_at_all_are_refused_as_damaged(content: bytes) -> None:
    for read in (journal_from_bytes, record_from_bytes):
        with pytest.raises(Damaged):
            read(content)


@settings(deadline=None)
@given(st.text())
def test_a_target_lies_in_the_plan_whatever_it_says(target: str) -> None:
    where = split_target(target)
    assert where is None or (where[0] in (".", "execution", "subplans") and "/" not in where[1])


def test_a_record_is_read_as_it_was_written() -> None:
    assert record_from_bytes(record_to_bytes(NUMBERED)) == NUMBERED


def test_a_record_whose_time_is_none_is_refused() -> None:
    with pytest.raises(Damaged, match="time"):
        record_from_bytes(record_to_bytes(replace(NUMBERED, record=replace(RECORD, time="yesterday"))))


@pytest.mark.parametrize(
    "files",
    [
        pytest.param((), id="no files"),
        pytest.param(
            (replace(RECORD.files[0], target="execution/Q.md", old_sha256=None, sha256=None),),
            id="neither an old nor a new hash",
        ),
        pytest.param((replace(RECORD.files[0], old_sha256="0" * 64, sha256="0" * 64),), id="the same hash twice"),
        pytest.param((RECORD.files[0], RECORD.files[0]), id="a file twice"),
        pytest.param((RECORD.files[0], replace(RECORD.files[0], sha256=None)), id="a file written and removed"),
        pytest.param(
            (*RECORD.files, replace(RECORD.files[0], target="execution/Q.md", old_sha256=None, sha256=None)),
            id="one of several",
        ),
    ],
)
def test_a_record_of_nothing_to_do_is_refused(files: tuple[RecordedFile, ...]) -> None:
    content = record_to_bytes(replace(NUMBERED, record=replace(RECORD, files=files)))
    with pytest.raises(Damaged, match=r"each target once|did nothing"):
        record_from_bytes(content)


NO_BYTES = [1, {"base64": "?"}, {"base64": 1}, {"base32": ""}, "\ud800"]


@pytest.mark.parametrize("value", NO_BYTES, ids=str)
def test_contents_that_are_no_bytes_are_refused(value: Json) -> None:
    line = json.dumps({"target": "execution/A.md", "new": value, "old": None, "generated": None}).encode()
    with pytest.raises(Damaged):
        contents_from_lines([line], RECORD)


@pytest.mark.parametrize("value", NO_BYTES, ids=str)
def test_contents_of_version_2_that_are_no_bytes_are_refused(value: Json) -> None:
    with pytest.raises(Damaged):
        contents_from_older(older(2, {"new": {"execution/A.md": value}, "old": {}, "generated": {}}), RECORD)


def test_a_record_of_version_1_names_one_template_set_for_all_files() -> None:
    file: dict[str, Json] = {
        "target": "execution/A.md",
        "old_sha256": None,
        "sha256": "0" * 64,
        "source": None,
        "source_sha256": None,
    }
    body = {"id": "20261122T201500Z-12345678", "time": "2026-11-22T20:15:00Z", "command": "executions"}
    body |= {"selection": "--level 0", "template": "../tpl", "template_digest": "1" * 64}
    found = record_from_bytes(older(1, {**body, "sequence": 3, "files": [file], "answers": {}}))
    assert (found.sequence, found.record.selection, found.record.undoes) == (3, "--level 0", None)
    assert (found.record.files[0].template, found.record.files[0].template_digest) == ("../tpl", "1" * 64)


def test_an_undo_of_version_1_names_the_batch_that_it_takes_back_as_its_selection() -> None:
    file: dict[str, Json] = {
        "target": "execution/A.md",
        "old_sha256": "0" * 64,
        "sha256": None,
        "source": None,
        "source_sha256": None,
    }
    body = {"id": "20261122T201500Z-12345678", "time": "2026-11-22T20:15:00Z", "command": "undo"}
    body |= {"selection": "20261122T201400Z-87654321", "template": "built-in", "template_digest": "1" * 64}
    record = record_from_bytes(older(1, {**body, "sequence": 0, "files": [file], "answers": {}})).record
    assert (record.selection, record.undoes) == ("", "20261122T201400Z-87654321")
    assert (record.files[0].template, record.files[0].template_digest) == (None, None)


def test_a_record_with_other_line_ends_is_the_same_record() -> None:
    content = record_to_bytes(NUMBERED).replace(b"\n", b"\r\n")
    assert record_from_bytes(content) == NUMBERED


def test_the_contents_of_a_batch_are_read_as_they_were_written() -> None:
    found = contents_from_lines(lines_with(b"new", b"\xff", b"made"), RECORD)
    assert found == Contents({"execution/A.md": b"new"}, {"execution/A.md": b"\xff"}, {"execution/A.md": b"made"})


def test_the_contents_of_a_batch_of_version_2_are_read_from_one_value() -> None:
    said: dict[str, Json] = {"new": {"execution/A.md": "new"}, "old": {"execution/A.md": {"base64": "/w=="}}}
    found = contents_from_older(older(2, {**said, "generated": {"execution/A.md": "made"}}), RECORD)
    assert found == contents_from_lines(lines_with(b"new", b"\xff", b"made"), RECORD)


OTHER_CONTENTS = [
    pytest.param((b"other", b"\xff", b"made"), id="other bytes"),
    pytest.param((b"new", None, b"made"), id="missing"),
    pytest.param((b"new", b"\xff", None), id="what was generated is missing"),
]


@pytest.mark.parametrize("contents", OTHER_CONTENTS)
def test_contents_that_are_not_what_the_record_names_are_refused(contents: tuple[bytes, ...]) -> None:
    with pytest.raises(Damaged, match=r"execution/A\.md"):
        contents_from_lines(lines_with(*contents), RECORD)


@pytest.mark.parametrize("contents", OTHER_CONTENTS)
def test_contents_of_version_2_that_are_not_what_the_record_names_are_refused(contents: tuple[bytes, ...]) -> None:
    (line,) = map(json.loads, lines_with(*contents))
    body: dict[str, Json] = {
        name: {"execution/A.md": line[name]} if line[name] is not None else {} for name in ("new", "old", "generated")
    }
    with pytest.raises(Damaged, match=r"execution/A\.md"):
        contents_from_older(older(2, body), RECORD)


@pytest.mark.parametrize("times", [0, 2])
def test_contents_that_lack_a_file_or_have_it_twice_are_refused(times: int) -> None:
    with pytest.raises(Damaged, match=r"execution/A\.md"):
        contents_from_lines(lines_with(b"new", b"\xff", b"made") * times, RECORD)


@settings(deadline=None)
@given(ANSWERS)
def test_answers_are_read_as_they_were_written(answers: dict[str, Json]) -> None:
    lines = list(answers_to_lines(answers))
    assert answers_from_lines(lines, sha256(b"\n".join([*lines, b""]))) == answers


@pytest.mark.parametrize("line", [b'["others",{}]', b'{"id":"1.2"}', b'["tasks"]', b'["plan_name","X"]', b"?"])
def test_a_line_of_answers_that_continues_no_list_is_refused(line: bytes) -> None:
    lines = [*answers_to_lines({"plan_name": "X", "tasks": []}), line]
    with pytest.raises(Damaged):
        answers_from_lines(lines, sha256(b"\n".join([*lines, b""])))


@pytest.mark.parametrize("lines", [[], [b'{"plan_name":"Y"}'], [b'{"plan_name":"X"}', b'["tasks",1]']])
def test_answers_that_the_record_does_not_vouch_for_are_refused(lines: list[bytes]) -> None:
    with pytest.raises(Damaged):
        answers_from_lines(lines, sha256(b'{"plan_name":"X"}\n'))
