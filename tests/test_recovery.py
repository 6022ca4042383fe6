"""Bookkeeping is believed only as far as it proves itself: hostile, damaged or newer, it is left for a person."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from scaffold import transaction
from scaffold.errors import NeedsPerson, WriteFailed
from scaffold.model import Change, ChangeSet, Json, sha256
from scaffold.transaction.journal import Entry, Journal, journal_from_bytes, journal_to_bytes, seal
from scaffold.transaction.recovery import Recovery
from tests.batch_kit import FOREIGN, NEW, after, creating, is_tidy, make_plan, mixed, record_of, run, tree
from tests.broken_os import at_call, failing, from_call, killed_at
from tests.trees import put, snapshot

pytestmark = pytest.mark.usefixtures("_no_real_fsync")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return make_plan(tmp_path / "plan")


@pytest.fixture
def killed(plan: Path) -> Path:
    """A plan whose batch was killed after its second file of three was published."""
    assert killed_at(3, partial(run, plan, creating()), ("link",))
    assert tree(plan) == FOREIGN | {name: NEW[name] for name in ("subplans/A.md", "execution/B.md")}
    return plan


def txn_of(plan: Path) -> Path:
    (txn,) = (plan / ".scaffold").glob("txn-*")
    return txn


# --- what was not started here ----------------------------------------------------------------------------------------


@pytest.fixture
def cloned(killed: Path) -> Path:
    """A copy of a plan with an interrupted batch, as a clone or a backup makes it."""
    copy = killed.with_name("clone")
    shutil.copytree(killed, copy)
    return copy


def test_an_interrupted_batch_that_came_with_a_copy_is_not_carried_out(cloned: Path) -> None:
    before = snapshot(cloned, without=())
    recovery = transaction.recover(cloned)
    assert [problem.code for problem in recovery.problems] == ["not_started_here"]
    with pytest.raises(NeedsPerson):
        run(cloned, ChangeSet((Change("execution/LATER.md", None, b""),)))
    assert snapshot(cloned, without=()) == before


def test_an_interrupted_batch_that_came_with_a_copy_is_completed_by_who_trusts_it(cloned: Path) -> None:
    (batch,) = transaction.untrusted_batches(cloned)
    assert [(change.target, change.action, change.hindrance) for change in batch.changes] == [
        ("subplans/A.md", "create", "already exists"),
        ("execution/B.md", "create", "already exists"),
        ("execution/C.md", "create", None),
    ]
    for name in ("subplans/A.md", "execution/B.md"):  # copies of what was published: whose they are cannot be told
        (cloned / name).unlink()
    recovery = transaction.recover(cloned, transaction.untrusted_batches(cloned))
    assert (len(recovery.completed), recovery.problems) == (1, ())
    assert tree(cloned) == FOREIGN | NEW
    assert is_tidy(cloned)


def test_who_trusts_a_copy_in_which_something_is_in_the_way_has_it_taken_back(cloned: Path) -> None:
    before = tree(cloned)
    recovery = transaction.recover(cloned, transaction.untrusted_batches(cloned))
    assert {problem.path for problem in recovery.problems} == {"subplans/A.md", "execution/B.md"}
    assert tree(cloned) == before
    assert is_tidy(cloned)


def test_trust_is_in_what_was_shown_and_not_in_what_lies_there_later(cloned: Path) -> None:
    trusted = transaction.untrusted_batches(cloned)
    journal = journal_from_bytes((txn_of(cloned) / "commit.json").read_bytes())
    (txn_of(cloned) / "commit.json").write_bytes(journal_to_bytes(replace(journal, entries=journal.entries[:1])))
    before = snapshot(cloned, without=())
    assert [problem.code for problem in transaction.recover(cloned, trusted).problems] == ["not_started_here"]
    assert snapshot(cloned, without=()) == before


def test_staged_files_that_were_replaced_by_others_are_not_published(killed: Path) -> None:
    """The directory is the one that the journal names; one of the staged files is not."""
    staged = txn_of(killed) / "new-00002"
    content = staged.read_bytes()
    staged.rename(killed.parent / "keeps the inode in use")
    put(staged, content)
    assert [problem.code for problem in transaction.recover(killed).problems] == ["not_started_here"]
    assert tree(killed) == FOREIGN | {name: NEW[name] for name in ("subplans/A.md", "execution/B.md")}


def test_a_journal_of_version_1_knows_no_inodes_and_needs_trust(killed: Path) -> None:
    sealed = json.loads((txn_of(killed) / "commit.json").read_bytes())["body"]
    del sealed["inode"]
    for change in sealed["changes"]:
        del change["inode"]
    put(txn_of(killed) / "commit.json", json.dumps(sealed_as_version_1(sealed)).encode())
    assert [problem.code for problem in transaction.recover(killed).problems] == ["not_started_here"]
    assert transaction.recover(killed, transaction.untrusted_batches(killed)).completed
    assert tree(killed) == FOREIGN | NEW


def sealed_as_version_1(body: Json) -> dict[str, Json]:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return {"version": 1, "sha256": sha256(text.encode()), "body": body}


# --- forward, back, away --------------------------------------------------------------------------------------------


def test_a_committed_batch_is_completed(killed: Path) -> None:
    recovery = transaction.recover(killed)
    assert len(recovery.completed) == 1
    assert tree(killed) == FOREIGN | NEW
    assert is_tidy(killed)


def test_staging_without_a_commit_is_discarded(plan: Path) -> None:
    killed_at(30, partial(run, plan, creating()))
    recovery = transaction.recover(plan)
    assert len(recovery.discarded) == 1
    assert tree(plan) == FOREIGN
    assert is_tidy(plan)


def test_recovering_a_plan_without_bookkeeping_changes_nothing(plan: Path) -> None:
    assert transaction.recover(plan) == Recovery()
    assert transaction.interrupted(plan) == ()
    assert transaction.interrupted(plan / "nowhere") == ()
    assert not (plan / ".scaffold").exists()


def test_recovering_twice_changes_nothing_more(killed: Path) -> None:
    transaction.recover(killed)
    before = snapshot(killed, without=())
    assert transaction.recover(killed) == Recovery()
    assert snapshot(killed, without=()) == before


def test_an_interrupted_run_is_told_without_touching_it(killed: Path) -> None:
    before = snapshot(killed, without=())
    (warning,) = transaction.interrupted(killed)
    assert warning.severity == "warning"
    assert warning.hint == f"run `scaffold recover {killed}` to do it now"
    assert snapshot(killed, without=()) == before


def test_a_file_of_somebody_else_in_the_way_takes_the_batch_back(killed: Path) -> None:
    put(killed / "execution/C.md", b"somebody's")
    recovery = transaction.recover(killed)
    assert len(recovery.taken_back) == 1
    assert [one.path for one in recovery.problems] == ["execution/C.md"]
    assert tree(killed) == FOREIGN | {"execution/C.md": b"somebody's"}
    assert is_tidy(killed)


def test_an_edit_of_a_published_file_survives_recovery_forward(killed: Path) -> None:
    with (killed / "execution/B.md").open("ab") as file:
        file.write(b"edited")
    assert transaction.recover(killed).completed
    assert tree(killed) == FOREIGN | NEW | {"execution/B.md": NEW["execution/B.md"] + b"edited"}


def test_an_edit_saved_by_rename_survives_recovery_back_and_is_listed(killed: Path) -> None:
    (killed / "execution/B.md").unlink()
    put(killed / "execution/B.md", b"edited")
    recovery = transaction.recover(killed)
    assert [one.path for one in recovery.problems] == ["execution/B.md"]
    assert tree(killed) == FOREIGN | {"execution/B.md": b"edited"}


def test_what_needs_a_person_stops_the_next_batch_once(killed: Path) -> None:
    put(killed / "execution/C.md", b"somebody's")
    later = ChangeSet((Change("execution/LATER.md", None, b""),))
    with pytest.raises(NeedsPerson):
        run(killed, later)
    run(killed, later)
    assert tree(killed) == FOREIGN | {"execution/C.md": b"somebody's", "execution/LATER.md": b""}


def test_after_the_record_is_there_edits_belong_to_the_user(plan: Path) -> None:
    """The batch is complete then: what somebody saves must not make recovery take the others back."""
    assert killed_at(2, partial(run, plan, mixed()), ("unlink",))
    assert (txn_of(plan) / "commit.json").exists()
    assert list((plan / ".scaffold/batches").glob("*/record.json"))
    (plan / "execution/B.md").unlink()
    put(plan / "execution/B.md", b"edited")
    assert transaction.recover(plan).completed
    assert tree(plan) == after(mixed()) | {"execution/B.md": b"edited"}
    assert is_tidy(plan)


def test_recovery_that_the_system_stops_says_so_and_goes_on_later(killed: Path) -> None:
    with at_call(1, failing(errno.ENOSPC), ("link",)), pytest.raises(WriteFailed) as caught:
        transaction.recover(killed)
    assert "No space left" in str(caught.value)
    assert transaction.recover(killed).completed
    assert tree(killed) == FOREIGN | NEW


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTEMPTY], ids=errno.errorcode.get)
def test_what_fails_again_until_somebody_mends_it_needs_a_person(killed: Path, number: int) -> None:
    for _ in range(2):
        with from_call(1, failing(number), ("rename",)):
            (problem,) = transaction.recover(killed).problems
        assert problem.code == "recovery_stuck"
        assert problem.path == ".scaffold/batches/" + record_of(creating()).id
        assert os.strerror(number) in problem.message
        assert problem.hint
    assert transaction.recover(killed).completed
    assert tree(killed) == FOREIGN | NEW


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENOMEM])
def test_a_system_that_fails_is_no_matter_for_a_person(killed: Path, number: int) -> None:
    with from_call(1, failing(number), ("rename",)), pytest.raises(WriteFailed):
        transaction.recover(killed)
    assert transaction.recover(killed).completed


def test_a_directory_among_what_was_staged_needs_a_person_and_holds_up_no_other_run(killed: Path) -> None:
    stuck = killed / ".scaffold/txn-0/new-00000"
    put(stuck / "somebody's", b"x")
    recovery = transaction.recover(killed)
    assert [problem.path for problem in recovery.problems] == [".scaffold/txn-0"]
    assert recovery.completed
    assert (stuck / "somebody's").read_bytes() == b"x"
    (stuck / "somebody's").unlink()
    stuck.rmdir()
    assert transaction.recover(killed).discarded == (".scaffold/txn-0",)


@pytest.mark.parametrize("path", ["execution", ".scaffold/batches"])
def test_a_directory_that_may_not_be_opened_is_named(killed: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    real, name = os.open, Path(path).name

    def denied(path: str, *arguments: int, **options: int) -> int:
        if path == name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return real(path, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", denied)
        (problem,) = transaction.recover(killed).problems
    assert (problem.code, problem.path) == ("recovery_stuck", path)
    assert problem.hint == "give yourself access to it, then run `scaffold recover`"
    assert transaction.recover(killed).completed


def test_a_removed_directory_is_made_again_for_the_rest_of_the_batch(killed: Path) -> None:
    (killed / "subplans/A.md").unlink()
    (killed / "subplans").rmdir()
    assert transaction.recover(killed).completed
    assert tree(killed) == FOREIGN | NEW


# --- hostile --------------------------------------------------------------------------------------------------------

VALID = Journal("20261122T201500Z-12345678", 1, "0" * 64, (), (Entry("execution/X.md", None, sha256(b"x"), 2),))
CHANGES: list[Json] = [{"target": "execution/X.md", "old": None, "new": sha256(b"x")}]
BODY: dict[str, Json] = {
    "batch": VALID.batch,
    "record": VALID.record,
    "folders": [],
    "changes": CHANGES,
}


def with_target(target: str) -> bytes:
    return seal(BODY | {"changes": [{"target": target, "old": None, "new": sha256(b"x")}]})


def newer() -> bytes:
    return json.dumps({"version": 2, "sha256": "?", "body": {}}).encode()


BAD_JOURNALS = {
    "empty": b"",
    "torn": journal_to_bytes(VALID)[:-20],
    "random": bytes(range(256)) * 10,
    "deep": b"[" * 100_000,
    "not an object": b"[]",
    "huge number": b'{"version": ' + b"9" * 10_000 + b"}",
    "changed": journal_to_bytes(VALID).replace(b"X.md", b"Y.md"),
    "newer": newer(),
    "duplicate keys": b'{"version": 1, "version": 1}',
    "not a number": b'{"version": NaN}',
    "outside": with_target("../OUT.md"),
    "absolute": with_target("/etc/OUT.md"),
    "climbing": with_target("execution/../../OUT.md"),
    "bookkeeping": with_target(".scaffold/lock"),
    "any file": with_target("README.md"),
    "control character": with_target("execution/A\x1b[2J.md"),
    "surrogate": with_target("execution/\udc80.md"),
    "no change": seal(BODY | {"changes": []}),
    "nothing to do": seal(BODY | {"changes": [{"target": "execution/X.md", "old": None, "new": None}]}),
    "twice": seal(BODY | {"changes": CHANGES * 2}),
    "wrong type": seal(BODY | {"changes": {}}),
    "wrong entry": seal(BODY | {"changes": ["execution/X.md"]}),
    "wrong hash": seal(BODY | {"record": "z" * 64}),
    "climbing id": seal(BODY | {"batch": "../../x"}),
    "foreign folder": seal(BODY | {"folders": [".git"]}),
    "more keys": seal(BODY | {"more": 1}),
    "number for text": seal(BODY | {"batch": 1}),
}


@pytest.mark.parametrize("content", BAD_JOURNALS.values(), ids=BAD_JOURNALS)
def test_a_journal_that_is_not_sound_is_left_alone_and_named(plan: Path, content: bytes) -> None:
    put(plan / ".scaffold/txn-0000/commit.json", content)
    put(plan / ".scaffold/txn-0000/new-00000", b"x")
    put(plan / ".scaffold/txn-0000/old-00000", b"y")
    before = snapshot(plan, without=())
    (problem,) = transaction.recover(plan).problems
    assert problem.path == ".scaffold/txn-0000/commit.json"
    assert problem.hint
    del (now := snapshot(plan, without=()))[".scaffold/lock"]
    assert now == before
    with pytest.raises(NeedsPerson):
        run(plan, creating())
    assert tree(plan) == FOREIGN


def test_a_journal_over_the_limit_is_not_even_read_to_its_end(plan: Path) -> None:
    put(plan / ".scaffold/txn-0000/commit.json", b"")
    os.truncate(plan / ".scaffold/txn-0000/commit.json", 1 << 40)
    (problem,) = transaction.recover(plan).problems
    assert "larger than" in problem.message


@pytest.mark.parametrize(
    "make",
    [lambda path: path.symlink_to("/etc/passwd"), os.mkfifo, Path.mkdir],
    ids=["link", "pipe", "directory"],
)
def test_a_journal_that_is_no_file_is_left_alone(plan: Path, make: Callable[[Path], object]) -> None:
    (plan / ".scaffold/txn-0000").mkdir(parents=True)
    make(plan / ".scaffold/txn-0000/commit.json")
    (problem,) = transaction.recover(plan).problems
    assert problem.path == ".scaffold/txn-0000/commit.json"
    assert (plan / ".scaffold/txn-0000/commit.json").is_symlink() or (plan / ".scaffold/txn-0000/commit.json").exists()


@pytest.mark.parametrize("kind", ["link", "file"])
def test_a_transaction_that_is_no_directory_is_left_alone(plan: Path, kind: str) -> None:
    elsewhere = plan.parent / "elsewhere"
    put(elsewhere / "new-00000", b"somebody's")
    (plan / ".scaffold").mkdir()
    if kind == "link":
        (plan / ".scaffold/txn-0000").symlink_to(elsewhere)
    else:
        put(plan / ".scaffold/txn-0000", b"")
    (problem,) = transaction.recover(plan).problems
    assert problem.path == ".scaffold/txn-0000"
    assert snapshot(elsewhere, without=()) == {"new-00000": b"somebody's"}


def test_a_damaged_transaction_does_not_hold_up_the_others(killed: Path) -> None:
    put(killed / ".scaffold/txn-0000/commit.json", b"?")
    put(killed / ".scaffold/txn-zzzz/commit.json", b"?")
    recovery = transaction.recover(killed)
    assert len(recovery.completed) == 1
    assert len(recovery.problems) == 2
    assert tree(killed) == FOREIGN | NEW


def test_a_file_that_no_transaction_makes_is_not_swept_away(plan: Path) -> None:
    put(plan / ".scaffold/txn-0000/new-00000", b"ours")
    put(plan / ".scaffold/txn-0000/notes.txt", b"somebody's")
    put(plan / ".scaffold/txn-1111/batch/notes.txt", b"somebody's")
    assert [one.path for one in transaction.recover(plan).problems] == [
        ".scaffold/txn-0000/notes.txt",
        ".scaffold/txn-1111/batch/notes.txt",
    ]
    assert (plan / ".scaffold/txn-0000/notes.txt").exists()


def test_staged_bytes_that_are_not_what_the_journal_says_are_not_published(killed: Path) -> None:
    put(txn_of(killed) / "new-00002", b"forged")
    recovery = transaction.recover(killed)
    assert recovery.problems[0].path == "execution/C.md"
    assert tree(killed) == FOREIGN
    assert is_tidy(killed)


def test_a_staged_link_is_not_published(killed: Path) -> None:
    (txn_of(killed) / "new-00002").unlink()
    (txn_of(killed) / "new-00002").symlink_to("/etc/passwd")
    before = tree(killed)
    assert [problem.code for problem in transaction.recover(killed).problems] == ["not_started_here"]
    assert tree(killed) == before
    assert transaction.recover(killed, transaction.untrusted_batches(killed)).taken_back
    assert tree(killed) == FOREIGN


@pytest.mark.parametrize("name", ["record.json", ""], ids=["record", "whole directory"])
def test_a_staged_record_that_is_not_what_the_journal_says_takes_the_batch_back(killed: Path, name: str) -> None:
    batch = txn_of(killed) / "batch"
    if name:
        put(batch / name, b"forged")
    else:
        batch.rename(killed / "batch")
    assert transaction.recover(killed).taken_back
    assert not list((killed / ".scaffold/batches").iterdir())


def test_a_record_of_somebody_else_in_the_way_takes_the_batch_back(killed: Path) -> None:
    batch = journal_from_bytes((txn_of(killed) / "commit.json").read_bytes()).batch
    put(killed / f".scaffold/batches/{batch}/record.json", b"somebody's")
    recovery = transaction.recover(killed)
    assert [one.path for one in recovery.problems] == [f".scaffold/batches/{batch}"]
    assert tree(killed) == FOREIGN
    assert (killed / f".scaffold/batches/{batch}/record.json").read_bytes() == b"somebody's"


@pytest.mark.parametrize("name", ["execution", "subplans", ".scaffold/batches"])
def test_recovery_writes_through_no_link(killed: Path, name: str) -> None:
    elsewhere = killed.parent / "elsewhere"
    elsewhere.mkdir()
    (killed / name).rename(killed / "moved")
    (killed / name).symlink_to(elsewhere)
    assert transaction.recover(killed).problems
    assert list(elsewhere.iterdir()) == []
    assert (txn_of(killed) / "commit.json").exists()
    (killed / name).unlink()
    (killed / "moved").rename(killed / name)
    assert transaction.recover(killed).completed
    assert tree(killed) == FOREIGN | NEW


def test_a_batch_needs_a_batches_directory_that_is_one(plan: Path) -> None:
    put(plan / ".scaffold/batches", b"")
    with pytest.raises(NeedsPerson):
        run(plan, creating())
    assert tree(plan) == FOREIGN
