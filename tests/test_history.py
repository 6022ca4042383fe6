"""What batches a plan has seen, and how one is taken back."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold import transaction
from scaffold.errors import InvalidInput
from scaffold.model import BatchRecord, Change, ChangeSet
from scaffold.transaction import history
from scaffold.transaction.journal import seal
from scaffold.transaction.records import Contents, Numbered, contents_from_bytes, record_to_bytes
from tests.batch_kit import FOREIGN, NEW, after, creating, make_plan, mixed, put, record_of, run, tree
from tests.broken_os import killed_at


@pytest.fixture(autouse=True)
def _no_real_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    """Power cuts are not simulated here."""
    monkeypatch.setattr(os, "fsync", lambda fd: None)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return make_plan(tmp_path / "plan")


def undo(plan: Path, batch: str) -> history.Undo:
    """Prepare and apply what takes a batch back."""
    taken = history.undo_changes(plan, batch)
    record = replace(record_of(taken.changes, "2026-11-22T20:16:00Z"), command="undo")
    transaction.apply(plan, taken.changes, record, lambda done, total: None)
    return taken


def contents_of(plan: Path, record: BatchRecord) -> Contents:
    """Read what a batch wrote and took away, as it lies beside its record."""
    return contents_from_bytes((plan / f".scaffold/batches/{record.id}/contents.json").read_bytes(), record)


def test_a_plan_without_bookkeeping_has_no_history(plan: Path) -> None:
    assert history.batches(plan) == history.History((), ())
    assert not (plan / ".scaffold").exists()


def test_batches_of_one_second_are_told_in_the_order_they_were_made(plan: Path) -> None:
    ids = [
        run(plan, ChangeSet((Change(f"execution/N{number}.md", None, b""),))).id for number in (5, 3, 9, 1, 4, 8, 2, 6)
    ]
    assert [record.id for record in history.batches(plan).records] == ids


def test_batches_of_several_clones_are_told_by_time_and_then_by_sequence_and_name(plan: Path) -> None:
    made = [("2026-11-22T20:15:00Z", 9), ("2026-11-22T20:15:01Z", 1), ("2026-11-22T20:15:02Z", 7)]
    ids = ["C", "B", "Z", "A"]
    for name, (time, sequence) in zip(ids, [*made, made[-1]], strict=True):
        record = replace(record_of(creating(), time), id=name)
        put(plan / f".scaffold/batches/{name}/record.json", record_to_bytes(Numbered(sequence, record)))
    assert [record.id for record in history.batches(plan).records] == ["C", "B", "A", "Z"]


def test_the_same_batch_in_plans_with_different_histories_is_written_in_the_same_bytes(tmp_path: Path) -> None:
    earlier = ChangeSet((Change("execution/EARLIER.md", None, b""),))
    trees = []
    for number, name in enumerate(("a", "b")):
        plan = make_plan(tmp_path / name)
        for day in range(number):
            record = record_of(earlier, f"2026-11-2{day}T00:00:00Z")
            transaction.apply(plan, earlier, record, lambda done, total: None)
        batch = plan / ".scaffold/batches" / run(plan, mixed()).id
        trees.append({path.name: path.read_bytes() for path in batch.iterdir()})
    assert trees[0] == trees[1]
    assert trees[0].keys() == {"record.json", "contents.json"}


def test_the_merge_bases_are_the_bytes_that_were_written_and_taken(plan: Path) -> None:
    record = run(plan, mixed())
    contents = contents_of(plan, record)
    assert contents.new == {one.target: one.new for one in mixed().changes if one.new is not None}
    assert contents.old == {one.target: FOREIGN[one.target] for one in mixed().changes if one.old is not None}


def test_undo_brings_back_exactly_what_was_there(plan: Path) -> None:
    record = run(plan, mixed())
    taken = undo(plan, record.id)
    assert (taken.edited, taken.gone, taken.done) == ((), (), ())
    assert tree(plan) == FOREIGN | {"subplans/": b""}


def test_an_undo_can_be_undone(plan: Path) -> None:
    record = run(plan, mixed())
    undo(plan, record.id)
    undo(plan, history.batches(plan).records[-1].id)
    assert tree(plan) == after(mixed())


def test_undo_leaves_edited_files_alone_and_lists_them(plan: Path) -> None:
    record = run(plan, mixed())
    put(plan / "execution/B.md", b"edited")
    (plan / "execution/C.md").unlink()
    put(plan / "execution/OLD.md", FOREIGN["execution/OLD.md"])
    (plan / "subplans/A.md").unlink()
    (plan / "subplans/A.md").mkdir()
    taken = undo(plan, record.id)
    assert taken.edited == ("subplans/A.md", "execution/B.md")
    assert taken.done == ("execution/OLD.md", "execution/C.md")
    assert tree(plan) == FOREIGN | {"execution/B.md": b"edited", "subplans/A.md/": b""}


def test_files_whose_directory_is_gone_are_taken_back_already(plan: Path) -> None:
    record = run(plan, creating())
    for path in ("execution", "subplans"):
        (plan / path).rename(plan / f"{path}-old")
    taken = history.undo_changes(plan, record.id)
    assert (taken.changes.changes, taken.edited, taken.gone) == ((), (), ())
    assert taken.done == tuple(NEW)


def test_files_whose_directory_is_gone_do_not_come_back(plan: Path) -> None:
    record = run(plan, ChangeSet((mixed().changes[1],)))
    (plan / "execution").rename(plan / "old")
    taken = history.undo_changes(plan, record.id)
    assert (taken.changes.changes, taken.edited, taken.gone) == ((), (), ("execution/OLD.md",))


def test_undo_does_not_write_a_replaced_file_that_is_gone(plan: Path) -> None:
    record = run(plan, mixed())
    (plan / "execution/OLD.md").unlink()
    assert history.undo_changes(plan, record.id).gone == ("execution/OLD.md",)


def test_undo_looks_through_no_link(plan: Path) -> None:
    record = run(plan, creating())
    (plan / "execution").rename(plan / "moved")
    (plan / "execution").symlink_to(plan / "moved")
    assert history.undo_changes(plan, record.id).edited == ("execution/B.md", "execution/C.md")


@pytest.mark.parametrize("batch", ["20261122T201500Z-00000000", "../../etc", "", "x" * 200, "\udcff"])
def test_an_unknown_batch_is_invalid_input(plan: Path, batch: str) -> None:
    with pytest.raises(InvalidInput, match="no complete record") as caught:
        history.undo_changes(plan, batch)
    assert str(caught.value).isascii()


@pytest.mark.parametrize(
    "content", [b"", b"{}", seal({}), seal({"id": "x"}), b"[" * 100_000], ids=["empty", "object", "body", "id", "deep"]
)
def test_a_damaged_record_is_reported_and_the_others_are_read(plan: Path, content: bytes) -> None:
    record = run(plan, creating())
    put(plan / ".scaffold/batches/20260101T000000Z-00000000/record.json", content)
    put(plan / ".scaffold/batches/stray", b"")
    found = history.batches(plan)
    assert found.records == (record,)
    assert [problem.path for problem in found.problems] == [
        ".scaffold/batches/20260101T000000Z-00000000",
        ".scaffold/batches/stray",
    ]
    assert found.problems[1].message == "this record cannot be used: Not a directory"
    with pytest.raises(InvalidInput, match="cannot be used") as caught:
        history.undo_changes(plan, "20260101T000000Z-00000000")
    assert [one.severity for one in (*found.problems, *caught.value.diagnostics)] == ["warning", "warning", "error"]


def test_a_record_under_another_id_is_damaged(plan: Path) -> None:
    record = run(plan, creating())
    batches = plan / ".scaffold/batches"
    (batches / record.id).rename(batches / "20260101T000000Z-00000000")
    assert history.batches(plan).records == ()


def test_a_record_that_names_a_file_outside_the_rule_is_damaged(plan: Path) -> None:
    record = run(plan, creating())
    path = plan / ".scaffold/batches" / record.id / "record.json"
    put(path, path.read_bytes().replace(b"execution/B.md", b"../outside.md"))
    assert "checksum" in history.batches(plan).problems[0].message


def test_a_history_that_is_a_link_is_reported(plan: Path) -> None:
    (plan / ".scaffold").symlink_to("nowhere")
    assert len(history.batches(plan).problems) == 1


def test_a_batch_that_was_recovered_has_its_record(plan: Path) -> None:
    killed_at(2, lambda: run(plan, creating()), ("link",))
    transaction.recover(plan)
    (record,) = history.batches(plan).records
    assert record == record_of(creating())
    assert contents_of(plan, record).new == NEW
