"""Each primitive of a change: does it, undoes it, refuses it."""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from scaffold.model import sha256
from scaffold.transaction import files, steps
from scaffold.transaction.files import Folder, opened, opened_plan
from scaffold.transaction.journal import Entry
from scaffold.transaction.steps import InTheWay, Kept, Memory, Step, backward, publish, rescue, take_away
from tests.broken_os import at_calls, failing, killed_at
from tests.trees import put

OLD, NEW = b"old bytes", b"new bytes"


def forward(step: Step) -> None:
    """Go the whole way of one step."""
    take_away(step)
    publish(step)


class Bench:
    """A plan with one transaction whose only step can be done and undone. `at` is the target's path."""

    def __init__(self, plan: Path, stack: ExitStack) -> None:
        put(plan / ".scaffold/txn-0/new-00000", NEW)
        (plan / "execution").mkdir()
        self.at = plan / "execution/X.md"
        self.txn = plan / ".scaffold/txn-0"
        self.kept = plan / ".scaffold/kept"
        root = stack.enter_context(opened_plan(plan))
        self.bookkeeping = stack.enter_context(opened(root, ".scaffold"))
        self._folder = stack.enter_context(opened(root, "execution"))
        self._store = stack.enter_context(opened(self.bookkeeping, "txn-0"))

    def step(self, old: bytes | None, new: bytes | None) -> Step:
        """Return the step that turns `old` into `new`."""
        inode = (self.txn / "new-00000").stat().st_ino if new is not None else None
        hashes = [None if content is None else sha256(content) for content in (old, new)]
        entry = Entry("execution/X.md", hashes[0], hashes[1], inode)
        return Step(entry, 0, self._folder, "X.md", self._store, self.bookkeeping, Memory())

    def note_copy(self, stored: str) -> None:
        """Write down that what is at the target is a copy of a stored file."""
        put(self.txn / f"copy-{stored}", b"%d" % self.at.stat().st_ino)

    @property
    def create(self) -> Step:
        """Return the step that creates."""
        return self.step(None, NEW)

    @property
    def replace(self) -> Step:
        """Return the step that replaces."""
        return self.step(OLD, NEW)

    @property
    def remove(self) -> Step:
        """Return the step that removes."""
        return self.step(OLD, None)

    def bytes_at(self) -> bytes | None:
        """Return what is at the target."""
        return self.at.read_bytes() if self.at.exists() else None


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    (tmp_path / "plan").mkdir()
    with ExitStack() as stack:
        yield Bench(tmp_path / "plan", stack)


# --- create ---------------------------------------------------------------------------------------------------------


def test_create_does_it_and_doing_it_again_changes_nothing(bench: Bench) -> None:
    forward(bench.create)
    forward(bench.create)
    assert bench.bytes_at() == NEW


def test_create_undoes_it_and_undoing_it_again_changes_nothing(bench: Bench) -> None:
    forward(bench.create)
    assert backward(bench.create) == ()
    assert backward(bench.create) == ()
    assert bench.bytes_at() is None


@pytest.mark.parametrize("content", [b"somebody's", b"", NEW], ids=["other bytes", "no bytes", "the same bytes"])
def test_create_refuses_a_name_that_is_taken_whatever_is_there(bench: Bench, content: bytes) -> None:
    put(bench.at, content)
    with pytest.raises(InTheWay):
        forward(bench.create)
    assert len(backward(bench.create)) == 1
    assert bench.bytes_at() == content


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("nowhere")], ids=["directory", "link"])
def test_create_refuses_a_name_that_is_taken_by_no_file(bench: Bench, make: Callable[[Path], object]) -> None:
    make(bench.at)
    with pytest.raises(InTheWay):
        forward(bench.create)
    backward(bench.create)
    assert bench.at.is_dir() or bench.at.is_symlink()


def test_undoing_create_leaves_an_edited_file(bench: Bench) -> None:
    forward(bench.create)
    put(bench.at, b"edited in place")
    (kept,) = backward(bench.create)
    assert kept.path == "execution/X.md"
    assert bench.bytes_at() == b"edited in place"


# --- replace --------------------------------------------------------------------------------------------------------


def test_replace_does_it_and_undoes_it(bench: Bench) -> None:
    put(bench.at, OLD)
    forward(bench.replace)
    forward(bench.replace)
    assert bench.bytes_at() == NEW
    assert backward(bench.replace) == ()
    assert backward(bench.replace) == ()
    assert bench.bytes_at() == OLD


def test_replace_refuses_an_edited_file_which_returns_to_its_name(bench: Bench) -> None:
    put(bench.at, b"edited")
    with pytest.raises(InTheWay, match="edited"):
        forward(bench.replace)
    assert backward(bench.replace) == ()
    assert bench.bytes_at() == b"edited"


def test_replace_refuses_a_file_that_is_gone(bench: Bench) -> None:
    with pytest.raises(InTheWay, match="removed"):
        forward(bench.replace)
    assert backward(bench.replace) == ()
    assert bench.bytes_at() is None


def test_replace_refuses_what_is_no_file(bench: Bench) -> None:
    bench.at.mkdir()
    with pytest.raises(InTheWay, match="plain file"):
        forward(bench.replace)
    assert bench.at.is_dir()


def test_undoing_replace_keeps_both_what_was_there_and_what_somebody_wrote_since(bench: Bench) -> None:
    put(bench.at, OLD)
    forward(bench.replace)
    bench.at.unlink()
    put(bench.at, b"somebody's")
    kept = backward(bench.replace)
    assert bench.bytes_at() == b"somebody's"
    assert [one.path for one in kept] == ["execution/X.md", ".scaffold/kept/txn-0-old-00000"]
    assert (bench.kept / "txn-0-old-00000").read_bytes() == OLD


def test_kept_bytes_never_replace_other_kept_bytes(bench: Bench) -> None:
    put(bench.kept / "txn-0-old-00000", b"kept before")
    put(bench.at, OLD)
    forward(bench.replace)
    bench.at.unlink()
    put(bench.at, b"somebody's")
    backward(bench.replace)
    assert (bench.kept / "txn-0-old-00000").read_bytes() == b"kept before"
    assert (bench.kept / "txn-0-old-00000x").read_bytes() == OLD


def test_a_published_file_is_not_taken_for_what_it_replaced(bench: Bench) -> None:
    put(bench.at, OLD)
    forward(bench.replace)
    (bench.txn / "old-00000").unlink()
    forward(bench.replace)
    assert bench.bytes_at() == NEW


# --- remove ---------------------------------------------------------------------------------------------------------


def test_remove_does_it_and_undoes_it(bench: Bench) -> None:
    put(bench.at, OLD)
    forward(bench.remove)
    forward(bench.remove)
    assert bench.bytes_at() is None
    assert backward(bench.remove) == ()
    assert bench.bytes_at() == OLD


def test_remove_is_done_where_somebody_did_it(bench: Bench) -> None:
    forward(bench.remove)
    assert bench.bytes_at() is None


def test_remove_refuses_an_edited_file_which_returns_to_its_name(bench: Bench) -> None:
    put(bench.at, b"edited")
    with pytest.raises(InTheWay, match="edited"):
        forward(bench.remove)
    backward(bench.remove)
    assert bench.bytes_at() == b"edited"


# --- what a power cut leaves ----------------------------------------------------------------------------------------


@pytest.fixture
def calls(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note in which order names are given, the target's directory is synced, and what was taken away loses its name."""
    noted: list[str] = []
    link, unlink = os.link, os.unlink

    def noted_link(stored: str, name: str, **where: int) -> None:
        noted.append("link")
        link(stored, name, **where)  # type: ignore[arg-type]

    def noted_unlink(name: str, **where: int) -> None:
        noted.extend(["unlink"] if name == "old-00000" else [])
        unlink(name, **where)

    def noted_sync(folder: Folder) -> None:
        noted.extend(["sync"] if os.fstat(folder.fd).st_ino == bench.at.parent.stat().st_ino else [])

    monkeypatch.setattr(os, "link", noted_link)
    monkeypatch.setattr(os, "unlink", noted_unlink)
    monkeypatch.setattr(steps, "sync_folder", noted_sync)
    return noted


def test_what_is_put_back_survives_a_power_cut(bench: Bench, calls: list[str]) -> None:
    """The other name goes only when that of the target is durable: a power cut in between would lose both."""
    put(bench.at, OLD)
    forward(bench.replace)
    calls.clear()
    assert backward(bench.replace) == ()
    assert (bench.bytes_at(), calls) == (OLD, ["link", "sync", "unlink"])


def test_so_does_what_a_way_back_that_was_broken_off_has_put_back(bench: Bench, calls: list[str]) -> None:
    put(bench.txn / "old-00000", OLD)
    bench.at.hardlink_to(bench.txn / "old-00000")
    calls.clear()
    assert backward(bench.replace) == ()
    assert (bench.bytes_at(), calls) == (OLD, ["link", "sync", "unlink"])


# --- what a crash leaves in between ---------------------------------------------------------------------------------


def test_what_was_taken_back_and_not_yet_judged_returns_if_it_is_not_ours(bench: Bench) -> None:
    put(bench.txn / "back-00000", b"somebody's")
    (kept,) = backward(bench.create)
    assert kept.path == "execution/X.md"
    assert bench.bytes_at() == b"somebody's"


def test_what_was_taken_back_and_not_yet_judged_goes_if_it_is_ours(bench: Bench) -> None:
    put(bench.txn / "back-00000", NEW)
    assert backward(bench.create) == ()
    assert bench.bytes_at() is None
    assert not (bench.txn / "back-00000").exists()


def test_what_has_its_name_again_loses_only_the_other_one(bench: Bench) -> None:
    put(bench.txn / "old-00000", OLD)
    bench.at.hardlink_to(bench.txn / "old-00000")
    assert backward(bench.replace) == ()
    assert bench.bytes_at() == OLD
    assert not (bench.txn / "old-00000").exists()


def test_a_way_back_that_was_broken_off_can_be_gone_forward(bench: Bench) -> None:
    put(bench.txn / "old-00000", OLD)
    bench.at.hardlink_to(bench.txn / "old-00000")
    forward(bench.replace)
    assert bench.bytes_at() == NEW
    assert (bench.txn / "old-00000").read_bytes() == OLD


def test_a_directory_that_was_taken_returns_or_is_kept(bench: Bench) -> None:
    (bench.txn / "old-00000").mkdir()
    assert backward(bench.replace) == ()
    assert bench.at.is_dir()
    put(bench.at / "in it", b"")
    (bench.txn / "old-00000").mkdir()
    assert Kept in {type(one) for one in backward(bench.replace)}
    assert (bench.at / "in it").exists()
    assert (bench.kept / "txn-0-old-00000").is_dir()


def test_staged_bytes_that_somebody_changed_are_kept(bench: Bench) -> None:
    forward(bench.create)
    put(bench.at, b"edited in place")
    bench.at.unlink()
    (kept,) = rescue(bench.create)
    assert (bench.at.parent.parent / kept.path).read_bytes() == b"edited in place"


# --- copies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("torn", [b"", NEW[:4], NEW], ids=["empty", "half", "whole"])
def test_a_torn_copy_of_ours_is_completed_or_taken_back(bench: Bench, torn: bytes) -> None:
    put(bench.at, torn)
    bench.note_copy("new-00000")
    forward(bench.create)
    assert bench.bytes_at() == NEW
    bench.at.unlink()
    put(bench.at, torn)
    bench.note_copy("new-00000")
    assert backward(bench.create) == ()
    assert bench.bytes_at() is None


@pytest.mark.parametrize("content", [b"", NEW[:4], NEW], ids=["empty", "half", "whole"])
def test_a_file_that_begins_like_ours_is_not_ours_without_a_note_of_its_inode(bench: Bench, content: bytes) -> None:
    put(bench.at, content)
    bench.note_copy("new-00000")
    os.link(bench.at, bench.at.with_name("keeps the inode in use"))
    bench.at.unlink()
    put(bench.at, content)
    with pytest.raises(InTheWay):
        forward(bench.create)
    assert len(backward(bench.create)) == 1
    assert bench.bytes_at() == content


def test_an_edited_copy_is_not_ours_any_more(bench: Bench) -> None:
    put(bench.at, NEW + b"and an edit")
    bench.note_copy("new-00000")
    with pytest.raises(InTheWay):
        forward(bench.create)
    assert len(backward(bench.create)) == 1
    assert bench.bytes_at() == NEW + b"and an edit"


@pytest.mark.parametrize("refusal", [errno.EPERM, errno.EACCES, errno.EXDEV], ids=errno.errorcode.get)
def test_the_inode_of_a_copy_is_written_down_before_its_first_byte(bench: Bench, refusal: int) -> None:
    """A kill at the write of the first byte leaves an empty file that is known to be ours."""

    def publish_copy() -> None:
        with at_calls(lambda count: True, failing(refusal), ("link",)):
            publish(bench.create)

    assert killed_at(3, publish_copy, ("write",))  # the first two write notes
    assert bench.bytes_at() == b""
    assert (bench.txn / "copy-new-00000").read_text() == str(bench.at.stat().st_ino)
    assert backward(bench.create) == ()
    assert bench.bytes_at() is None


def test_a_torn_return_of_what_was_taken_is_completed(bench: Bench) -> None:
    put(bench.txn / "old-00000", OLD)
    put(bench.at, OLD[:3])
    bench.note_copy("old-00000")
    assert backward(bench.replace) == ()
    assert bench.bytes_at() == OLD


def test_any_other_refusal_of_a_link_is_an_error(bench: Bench) -> None:
    with at_calls(lambda count: True, failing(errno.EIO), ("link",)), pytest.raises(OSError, match=r"execution/X\.md"):
        forward(bench.create)


# --- files ----------------------------------------------------------------------------------------------------------


def test_on_macos_the_drive_is_flushed_or_at_least_synced(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    asked: list[int] = []
    synced: list[int] = []

    def refuse(fd: int, command: int) -> int:
        asked.append(command)
        raise OSError(errno.EINVAL, "refused")

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "fcntl", refuse)
        patch.setattr(os, "fsync", synced.append)
        patch.setattr(sys, "platform", "darwin")
        files.sync_folder(bench.bookkeeping)
    assert asked == [51]
    assert synced == [bench.bookkeeping.fd]


def test_a_directory_whose_fsync_fails_is_an_error(bench: Bench) -> None:
    with at_calls(lambda count: True, failing(errno.EIO), ("fsync",)), pytest.raises(OSError, match="Input/output"):
        files.sync_folder(bench.bookkeeping)


def test_only_an_empty_directory_is_removed(bench: Bench) -> None:
    root = Folder(os.open(bench.at.parent.parent, os.O_RDONLY), ".")
    files.remove_folder(root, "nowhere")
    files.remove_folder(root, ".scaffold")
    files.remove_folder(root, "execution")
    with at_calls(lambda count: True, failing(errno.EIO), ("rmdir",)), pytest.raises(OSError, match="Input/output"):
        files.remove_folder(root, ".scaffold")
    os.close(root.fd)
    assert bench.txn.exists()
    assert not bench.at.parent.exists()
