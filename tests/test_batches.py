"""What batches a plan has seen, and how one is taken back."""

import errno
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scaffold import transaction
from scaffold.errors import Diagnostic, InvalidInput, NeedsPerson
from scaffold.model import BatchRecord, Change, ChangeSet, sha256
from scaffold.transaction import batches
from scaffold.transaction.journal import seal
from scaffold.transaction.pieces import Contents
from scaffold.transaction.records import Numbered, record_to_bytes
from tests.batch_kit import FOREIGN, NEW, after, creating, make_plan, mixed, record_of, recorded, run, tree
from tests.broken_os import at_call, failing, killed_at
from tests.trees import put

pytestmark = pytest.mark.usefixtures("_no_real_fsync")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return make_plan(tmp_path / "plan")


def undo(plan: Path, batch: str) -> batches.Undo:
    """Prepare and apply what takes a batch back."""
    taken = batches.undo_changes(plan, batch)
    run(plan, taken.changes, "2026-11-22T20:16:00Z")
    return taken


def contents_of(plan: Path, record: BatchRecord) -> Contents:
    """Read what a batch wrote and took away, as it lies beside its record."""
    return batches.recorded(plan, record.id)[1]


def test_a_plan_without_bookkeeping_has_no_history(plan: Path) -> None:
    assert batches.batches(plan) == batches.History((), ())
    assert not (plan / ".scaffold").exists()


def test_batches_of_one_second_are_told_in_the_order_they_were_made(plan: Path) -> None:
    ids = [
        run(plan, ChangeSet((Change(f"execution/N{number}.md", None, b""),))).id for number in (5, 3, 9, 1, 4, 8, 2, 6)
    ]
    assert [record.id for record in batches.batches(plan).summaries] == ids


def test_batches_of_several_clones_are_told_by_time_and_then_by_sequence_and_name(plan: Path) -> None:
    made = [("02Z-f", 7), ("01Z-b", 11), ("01Z-a", 12), ("02Z-e", 7), ("00Z-c", 99), ("02Z-d", 10), ("02Z-d-2", 9)]
    for name, sequence in made:
        record = replace(record_of(creating(), f"2026-11-22T20:15:{name[:3]}"), id=f"20261122T2015{name}")
        put(plan / f".scaffold/batches/{record.id}/record.json", record_to_bytes(Numbered(sequence, record, "0" * 64)))
    found = [one.id.removeprefix("20261122T2015") for one in batches.batches(plan).summaries]
    assert found == ["00Z-c", "01Z-b", "01Z-a", "02Z-e", "02Z-f", "02Z-d-2", "02Z-d"]


def test_the_same_batch_in_plans_with_different_histories_is_written_in_the_same_bytes(tmp_path: Path) -> None:
    earlier = ChangeSet((Change("execution/EARLIER.md", None, b""),))
    trees = []
    for number, name in enumerate(("a", "b")):
        plan = make_plan(tmp_path / name)
        for day in range(number):
            run(plan, earlier, f"2026-11-2{day}T00:00:00Z")
        batch = plan / ".scaffold/batches" / run(plan, mixed()).id
        trees.append({path.name: path.read_bytes() for path in batch.iterdir()})
    assert trees[0] == trees[1]
    assert trees[0].keys() == {"record.json", "answers.jsonl", "contents.jsonl"}


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
    undo(plan, batches.batches(plan).summaries[-1].id)
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
    taken = batches.undo_changes(plan, record.id)
    assert (taken.changes.changes, taken.edited, taken.gone) == ((), (), ())
    assert taken.done == tuple(NEW)


def test_files_whose_directory_is_gone_do_not_come_back(plan: Path) -> None:
    record = run(plan, ChangeSet((mixed().changes[1],)))
    (plan / "execution").rename(plan / "old")
    taken = batches.undo_changes(plan, record.id)
    assert (taken.changes.changes, taken.edited, taken.gone) == ((), (), ("execution/OLD.md",))


def test_a_list_of_batches_shows_the_targets_of_each(plan: Path) -> None:
    record = run(plan, mixed())
    (summary,) = batches.batches(plan).summaries
    shown = (summary.id, summary.time, summary.command, summary.selection, summary.undoes, summary.templates)
    assert shown == (record.id, record.time, record.command, record.selection, None, ("built-in execution_task",))
    assert summary.files == tuple(one.target for one in mixed().changes)


def test_older_records_are_not_read_before_they_are_asked_for(plan: Path) -> None:
    older = run(plan, creating())
    changes = ChangeSet((Change("execution/D.md", None, b""),))
    newer = run(plan, changes, "2026-11-22T20:15:01Z")
    found = batches.newest_first(plan)
    assert getattr(next(found), "id", None) == newer.id
    put(plan / f".scaffold/batches/{older.id}/record.json", b"{")
    assert isinstance(next(found), Diagnostic)


def test_undo_does_not_write_a_replaced_file_that_is_gone(plan: Path) -> None:
    record = run(plan, mixed())
    (plan / "execution/OLD.md").unlink()
    assert batches.undo_changes(plan, record.id).gone == ("execution/OLD.md",)


def test_undo_looks_through_no_link(plan: Path) -> None:
    record = run(plan, creating())
    (plan / "execution").rename(plan / "moved")
    (plan / "execution").symlink_to(plan / "moved")
    assert batches.undo_changes(plan, record.id).edited == ("execution/B.md", "execution/C.md")


# --- line endings ---------------------------------------------------------------------------------------------------


def crlf(content: bytes) -> bytes:
    """Turn every line ending as a checkout with `eol=crlf` does, where it is a line feed alone."""
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


LINES = st.lists(st.sampled_from([b"", b"a", b"\xc3\xa9", b"\xff", b"x\ry"]), max_size=5)
UNIX = LINES.map(b"\n".join)
TEXTS = UNIX | UNIX.map(crlf)


@settings(deadline=None)
@given(before=TEXTS, left=TEXTS, turned=st.booleans())
def test_undo_and_its_undo_bring_back_the_same_bytes_also_where_line_endings_were_turned(
    tmp_path_factory: pytest.TempPathFactory, before: bytes, left: bytes, turned: bool
) -> None:
    assume(crlf(before) != crlf(left))
    plan = tmp_path_factory.mktemp("plan")
    put(plan / "execution/REPLACED.md", before)
    put(plan / "execution/REMOVED.md", before)
    changes = ChangeSet(
        (
            Change("execution/CREATED.md", None, left),
            Change("execution/REPLACED.md", sha256(before), left),
            Change("execution/REMOVED.md", sha256(before), None),
        )
    )
    record = run(plan, changes)
    for name in ("CREATED", "REPLACED"):
        put(plan / f"execution/{name}.md", crlf(left) if turned else left.replace(b"\r\n", b"\n"))
    found = tree(plan)
    taken = undo(plan, record.id)
    assert (taken.edited, taken.gone, taken.done) == ((), (), ())
    assert tree(plan) == {"execution/REPLACED.md": before, "execution/REMOVED.md": before}
    undo(plan, batches.batches(plan).summaries[-1].id)
    assert tree(plan) == found


@pytest.mark.parametrize(
    ("left", "now", "standing"),
    [
        pytest.param(b"a\nb\n", b"a\r\nb\r\n", "as left", id="to CRLF"),
        pytest.param(b"a\r\nb\r\n", b"a\nb\n", "as left", id="to LF"),
        pytest.param(b"a\r\nb\n", b"a\r\nb\r\n", "as left", id="mixed before, CRLF now"),
        pytest.param(b"a\r\nb\n", b"a\nb\n", "as left", id="mixed before, LF now"),
        pytest.param(b"a\nb\n", b"a\r\nb\n", "edited", id="mixed now"),
        pytest.param(b"a\nb\n", b"a\rb\r", "edited", id="lone CR now"),
        pytest.param(b"a\rb\n", b"a\rb\r\n", "as left", id="lone CR in a line"),
        pytest.param(b"a\rb\n", b"a\r\nb\r\n", "edited", id="lone CR to CRLF"),
        pytest.param(b"a\n", b"a\r\r\n", "edited", id="CR CR LF"),
        pytest.param(b"a\nb", b"a\r\nb\r\n", "edited", id="a line ending more"),
        pytest.param(b"a\nb\n", b"a\r\nB\r\n", "edited", id="another letter"),
        pytest.param(b"\0\n", b"\0\r\n", "edited", id="no text"),
        pytest.param(b"\xe9\n", b"\xe9\r\n", "as left", id="not UTF-8"),
        pytest.param(b"", b"\r\n", "edited", id="empty before"),
    ],
)
def test_only_line_endings_that_git_may_have_turned_are_no_edit(
    plan: Path, left: bytes, now: bytes, standing: str
) -> None:
    record = run(plan, creating({"execution/X.md": left}))
    put(plan / "execution/X.md", now)
    found = batches.undo_changes(plan, record.id)
    assert found.edited == (("execution/X.md",) if standing == "edited" else ())
    assert found.changes.changes == ((Change("execution/X.md", sha256(now), None),) if standing == "as left" else ())


def test_a_file_that_is_as_before_the_batch_but_for_line_endings_is_done(plan: Path) -> None:
    record = run(plan, mixed())
    put(plan / "execution/OLD.md", crlf(FOREIGN["execution/OLD.md"]))
    assert batches.undo_changes(plan, record.id).done == ("execution/OLD.md",)


def test_a_batch_that_turned_line_endings_itself_is_told_from_what_was_there_before(plan: Path) -> None:
    put(plan / "execution/X.md", b"a\n")
    record = run(plan, ChangeSet((Change("execution/X.md", sha256(b"a\n"), b"a\r\n"),)))
    assert batches.undo_changes(plan, record.id).changes.changes == (
        Change("execution/X.md", sha256(b"a\r\n"), b"a\n"),
    )
    put(plan / "execution/X.md", b"a\n")
    assert batches.undo_changes(plan, record.id).done == ("execution/X.md",)


def test_bookkeeping_whose_line_endings_were_turned_too_takes_the_batch_back(plan: Path) -> None:
    record = run(plan, mixed())
    for path in (plan / ".scaffold/batches" / record.id).iterdir():
        path.write_bytes(crlf(path.read_bytes()))
    for target, content in after(mixed()).items():
        put(plan / target, crlf(content))
    undo(plan, record.id)
    assert tree(plan) == {
        **{target: crlf(content) for target, content in FOREIGN.items()},
        "execution/OLD.md": FOREIGN["execution/OLD.md"],
        "execution/GONE.md": FOREIGN["execution/GONE.md"],
        "subplans/": b"",
    }


@pytest.mark.parametrize("batch", ["20261122T201500Z-00000000", "../../etc", "", "x" * 200, "\udcff"])
def test_an_unknown_batch_is_invalid_input(plan: Path, batch: str) -> None:
    with pytest.raises(InvalidInput, match="no complete record") as caught:
        batches.undo_changes(plan, batch)
    assert str(caught.value).isascii()


@pytest.mark.parametrize(
    "content", [b"", b"{}", seal({}), seal({"id": "x"}), b"[" * 100_000], ids=["empty", "object", "body", "id", "deep"]
)
def test_a_damaged_record_is_reported_and_the_others_are_read(plan: Path, content: bytes) -> None:
    record = run(plan, creating())
    put(plan / ".scaffold/batches/20260101T000000Z-00000000/record.json", content)
    put(plan / ".scaffold/batches/stray", b"")
    found = batches.batches(plan)
    assert [one.id for one in found.summaries] == [record.id]
    assert [problem.path for problem in found.problems] == [
        ".scaffold/batches/20260101T000000Z-00000000",
        ".scaffold/batches/stray",
    ]
    assert found.problems[1].message == "this record cannot be used: Not a directory"
    with pytest.raises(InvalidInput, match="cannot be used") as caught:
        batches.undo_changes(plan, "20260101T000000Z-00000000")
    assert [one.severity for one in (*found.problems, *caught.value.diagnostics)] == ["warning", "warning", "error"]


def test_a_record_under_another_id_is_damaged(plan: Path) -> None:
    record = run(plan, creating())
    folder = plan / ".scaffold/batches"
    (folder / record.id).rename(folder / "20260101T000000Z-00000000")
    assert batches.batches(plan).summaries == ()


def test_a_record_that_names_a_file_outside_the_rule_is_damaged(plan: Path) -> None:
    record = run(plan, creating())
    path = plan / ".scaffold/batches" / record.id / "record.json"
    put(path, path.read_bytes().replace(b"execution/B.md", b"../outside.md"))
    assert "checksum" in batches.batches(plan).problems[0].message


@pytest.mark.parametrize("path", [".scaffold", ".scaffold/batches"])
def test_a_history_that_is_a_link_needs_a_person(plan: Path, path: str) -> None:
    record = run(plan, creating())
    (plan / path).rename(plan / "elsewhere")
    (plan / path).symlink_to(plan / "elsewhere")
    for look in (lambda: batches.batches(plan), lambda: batches.undo_changes(plan, record.id)):
        with pytest.raises(NeedsPerson, match="cannot be used") as caught:
            look()
        assert caught.value.diagnostics[0].path == ".scaffold/batches"


def test_a_history_that_may_not_be_read_is_not_called_empty(plan: Path) -> None:
    run(plan, creating())
    with at_call(3, failing(errno.EACCES), ("open",)), pytest.raises(NeedsPerson, match="Permission denied") as caught:
        batches.batches(plan)
    assert caught.value.diagnostics[0].hint == "give yourself access to it, then run the command again"


def test_a_batch_that_was_recovered_has_its_record(plan: Path) -> None:
    killed_at(2, lambda: run(plan, creating()), ("link",))
    transaction.recover(plan)
    (record,) = recorded(plan)
    assert record == record_of(creating())
    assert contents_of(plan, record).new == NEW
