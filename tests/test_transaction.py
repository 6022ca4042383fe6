"""The promises of a batch: whole or not at all, nobody's bytes lost, exit 0 means durable, runs never mix."""

import errno
import fcntl
import os
import resource
import shutil
import signal
import stat
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import pytest

from scaffold import errors, transaction
from scaffold.errors import Conflict, Interrupted, InvalidInput, NeedsPerson, PlanBusy, ScaffoldError, WriteFailed
from scaffold.model import Change, ChangeSet, Input, sha256
from scaffold.transaction import batches, guard
from scaffold.transaction.files import lines_in, opened_plan, write_lines
from tests.batch_kit import (
    FOREIGN,
    NEW,
    REPLACED,
    TIME,
    after,
    batch_of,
    creating,
    is_tidy,
    is_whole_or_untouched,
    make_plan,
    mixed,
    record_of,
    recorded,
    run,
    tree,
)
from tests.broken_os import CALLS, at_call, at_calls, failing, from_call, in_child, killed_at, no_space
from tests.trees import put

pytestmark = pytest.mark.usefixtures("_no_real_fsync")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return make_plan(tmp_path / "plan")


# --- does it --------------------------------------------------------------------------------------------------------


def test_a_batch_creates_replaces_and_removes_exactly_its_files(plan: Path) -> None:
    run(plan, mixed())
    assert tree(plan) == after(mixed())
    assert is_tidy(plan)


def test_a_batch_gives_the_record_that_it_wrote(plan: Path) -> None:
    record = run(plan, mixed())
    assert record == record_of(mixed())
    assert recorded(plan) == [record]


def test_a_change_set_without_changes_does_nothing_at_all(plan: Path) -> None:
    assert run(plan, ChangeSet(())) == record_of(ChangeSet(()))
    assert not (plan / ".scaffold").exists()


def test_a_created_file_has_the_permissions_that_the_umask_leaves(plan: Path) -> None:
    before = os.umask(0o027)
    try:
        run(plan, creating())
    finally:
        os.umask(before)
    assert stat.S_IMODE((plan / "execution/B.md").stat().st_mode) == 0o640


def test_a_replaced_file_keeps_its_permissions(plan: Path) -> None:
    (plan / "execution/OLD.md").chmod(0o604)
    run(plan, mixed())
    assert stat.S_IMODE((plan / "execution/OLD.md").stat().st_mode) == 0o604


def test_git_sees_of_the_bookkeeping_only_the_record_of_batches(plan: Path) -> None:
    run(plan, creating())
    assert (plan / ".scaffold/.gitignore").read_text("utf-8") == "/*\n!/batches/\n"


def test_progress_counts_every_change_once(plan: Path) -> None:
    seen: list[tuple[int, int]] = []
    transaction.apply(plan, batch_of(mixed()), TIME, lambda done, total: seen.append((done, total)))
    assert seen == [(done, 5) for done in range(1, 6)]


@pytest.mark.parametrize("call", ["open", "access"], ids=["unreadable", "not writable"])
def test_a_history_that_may_not_be_read_or_changed_needs_a_person_before_anything_is_written(
    plan: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    run(plan, creating({"execution/D.md": b""}))
    before, real = tree(plan), os.open

    def denied(path: str, *arguments: int, **options: int) -> int:
        if path == "batches":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, call, denied if call == "open" else lambda *_, **__: False)
    with pytest.raises(NeedsPerson) as caught:
        run(plan, creating())
    monkeypatch.undo()
    (problem,) = caught.value.diagnostics
    assert (problem.path, problem.hint) == (
        ".scaffold/batches",
        "give yourself access to it, then run the command again",
    )
    assert (tree(plan), is_tidy(plan)) == (before, True)


def test_a_second_batch_of_the_same_id_gets_an_id_of_its_own(plan: Path) -> None:
    first = run(plan, creating())
    for target in NEW:
        (plan / target).unlink()
    second = run(plan, creating())
    assert second.id == f"{first.id}-2"
    assert [one.id for one in batches.batches(plan).summaries] == [first.id, second.id]


def test_thousands_of_files_need_no_more_than_a_few_descriptors(plan: Path) -> None:
    files = {f"execution/E{number}.md": b"x" for number in range(2000)}

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
        run(plan, creating(files))

    assert in_child(limited) == 0
    assert tree(plan) == FOREIGN | files


# --- refuses it -----------------------------------------------------------------------------------------------------


def test_a_target_that_exists_is_a_conflict_that_names_every_such_file(plan: Path) -> None:
    put(plan / "execution/B.md", b"somebody's")
    put(plan / "execution/C.md", b"")
    before = tree(plan)
    with pytest.raises(Conflict) as caught:
        run(plan, creating())
    assert [one.path for one in caught.value.diagnostics] == ["execution/B.md", "execution/C.md"]
    assert tree(plan) == before
    assert is_tidy(plan)


@pytest.mark.parametrize(
    "make", [Path.mkdir, lambda path: path.symlink_to("nowhere"), os.mkfifo], ids=["directory", "link", "pipe"]
)
def test_a_target_that_is_no_file_is_a_conflict_and_stays(plan: Path, make: Callable[[Path], object]) -> None:
    make(plan / "execution/B.md")
    with pytest.raises(Conflict):
        run(plan, creating())
    (plan / "execution/OLD.md").unlink()
    make(plan / "execution/OLD.md")
    with pytest.raises(Conflict):
        run(plan, ChangeSet(mixed().changes[1:2]))
    assert is_tidy(plan)


def test_an_input_that_changed_since_the_preview_is_a_conflict(plan: Path) -> None:
    inputs = (Input("parallel.json", sha256(b"{}\n")), Input("PLAN_DEMO.md", "0" * 64), Input("nowhere", "0" * 64))
    with pytest.raises(Conflict) as caught:
        run(plan, creating(inputs=inputs))
    assert [one.path for one in caught.value.diagnostics] == ["PLAN_DEMO.md", "nowhere"]
    assert "changed since the preview" in caught.value.diagnostics[0].message
    assert tree(plan) == FOREIGN


@pytest.mark.parametrize("content", [b"edited", None], ids=["edited", "gone"])
def test_a_file_to_replace_or_remove_that_is_not_as_previewed_is_a_conflict(plan: Path, content: bytes | None) -> None:
    for name in ("execution/OLD.md", "execution/GONE.md"):
        (plan / name).unlink()
        if content is not None:
            put(plan / name, content)
    before = tree(plan)
    with pytest.raises(Conflict) as caught:
        run(plan, mixed())
    assert [one.path for one in caught.value.diagnostics] == ["execution/OLD.md", "execution/GONE.md"]
    assert tree(plan) == before


@pytest.mark.parametrize(
    "target",
    [
        "../OUT.md",
        "/tmp/OUT.md",  # noqa: S108 - a path that is refused
        "execution/../../OUT.md",
        "execution/feedbacks/FIX_21_RESOLUTION.md",
        "execution/feedbacks/NOTES.md",
        "execution/.hidden.md",
        "execution/A.txt",
        "execution/A\n.md",
        "execution/A\u202e.md",
        "execution/\udcff.md",
        "README.md",
        ".scaffold/lock",
        "execution/" + "x" * 256 + ".md",
    ],
)
def test_a_target_outside_the_rule_is_refused_before_anything_is_opened(plan: Path, target: str) -> None:
    with pytest.raises(InvalidInput):
        run(plan, ChangeSet((Change(target, None, b""),)))
    assert not (plan / ".scaffold").exists()


def test_a_target_that_occurs_twice_is_refused(plan: Path) -> None:
    twice = ChangeSet(creating().changes[:1] * 2)
    with pytest.raises(InvalidInput):
        run(plan, twice)


@pytest.mark.parametrize("name", [".scaffold", "execution", "subplans"])
def test_a_directory_that_is_a_link_is_refused_and_nothing_is_written_through_it(plan: Path, name: str) -> None:
    elsewhere = plan.parent / "elsewhere"
    elsewhere.mkdir()
    if (plan / name).exists():
        (plan / name).rename(plan / "moved")
    (plan / name).symlink_to(elsewhere)
    for refused in (
        lambda: transaction.check_writable(plan, [*NEW]),
        lambda: run(plan, creating()),
    ):
        with pytest.raises(InvalidInput) as caught:
            refused()
        assert caught.value.diagnostics[0].path == name
    assert list(elsewhere.iterdir()) == []


def test_a_file_that_a_batch_may_not_write_is_refused_before_the_question_too(plan: Path) -> None:
    for targets in (["elsewhere/A.md"], ["execution/A\u00a0B.md"], ["execution/A.md", "execution/A.md"]):
        with pytest.raises(InvalidInput) as caught:
            transaction.check_writable(plan, targets)
        assert caught.value.diagnostics[0].code == "bad_target"


def test_an_input_that_has_become_a_device_without_an_end_has_changed(plan: Path) -> None:
    (plan / "parallel.json").unlink()
    (plan / "parallel.json").symlink_to("/dev/zero")
    with pytest.raises(Conflict, match=r"parallel\.json has changed since the preview"):
        run(plan, creating(inputs=(Input("parallel.json", sha256(b"{}\n")),)))


def test_a_plan_that_is_not_there_is_invalid_input(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        run(tmp_path / "nowhere", creating())


def test_a_directory_on_another_device_is_refused(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fstat
    inode = (plan / "execution").stat().st_ino

    def fstat(fd: int) -> os.stat_result:
        found = real(fd)
        return os.stat_result((*found[:2], found.st_dev + 1, *found[3:])) if found.st_ino == inode else found

    monkeypatch.setattr(os, "fstat", fstat)
    with pytest.raises(InvalidInput):
        transaction.check_writable(plan, [*NEW])
    with pytest.raises(InvalidInput):
        run(plan, creating())


def test_looking_whether_a_plan_can_be_written_writes_nothing(plan: Path) -> None:
    transaction.check_writable(plan, [*NEW])
    assert not (plan / ".scaffold").exists()
    run(plan, creating())
    before = sorted(plan.rglob("*"))
    transaction.check_writable(plan, [*NEW])
    assert sorted(plan.rglob("*")) == before


def test_a_directory_that_cannot_be_written_is_refused_before_the_question(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *args, **options: False)
    with pytest.raises(WriteFailed) as caught:
        transaction.check_writable(plan, ["execution/B.md"])
    assert "not writable" in caught.value.diagnostics[0].message


def test_platforms_without_links_and_locks_are_refused_with_a_reason(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = ""
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        try:  # not pytest.raises, which makes paths of the platform's kind
            run(plan, creating())
        except WriteFailed as error:
            message = str(error)
    assert "cannot write safely" in message
    assert tree(plan) == FOREIGN


def test_a_batch_too_large_to_be_read_again_is_refused(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scaffold.transaction.staging.RECORD_LIMIT", 100)
    with pytest.raises(InvalidInput, match="more than 100"):
        run(plan, creating())
    assert tree(plan) == FOREIGN
    assert is_tidy(plan)


def test_lines_are_written_and_read_with_memory_for_few_of_them(tmp_path: Path) -> None:
    lines = 300
    tracemalloc.start()
    try:
        with opened_plan(tmp_path) as folder:
            written = write_lines(folder, "lines", (b"%07d" % number * 20_000 for number in range(lines)))
            read = sum(1 for _ in lines_in(folder, "lines", 1 << 20))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (read, written) == (lines, sha256((tmp_path / "lines").read_bytes()))
    assert most < (tmp_path / "lines").stat().st_size / 4


def test_a_line_over_the_limit_is_not_read(plan: Path) -> None:
    put(plan / "lines", b"1234\r\n12345\n")
    with opened_plan(plan) as folder:
        assert list(lines_in(folder, "lines", 6)) == [b"1234", b"12345"]
        with pytest.raises(OSError, match="larger than 5 bytes"):
            list(lines_in(folder, "lines", 5))


# --- survives it: a failure at every step ---------------------------------------------------------------------------


def _steps_of(plan: Path, names: tuple[str, ...] = CALLS) -> int:
    with at_call(0, no_space, names) as count:
        run(make_plan(plan), mixed())
    return count.calls


NAMES = ("open", "mkdir", "link", "rename", "unlink", "rmdir")


@pytest.mark.parametrize(
    ("number", "names"),
    [
        pytest.param(errno.ENOSPC, CALLS, id="disk full"),
        pytest.param(errno.EIO, CALLS, id="input or output error"),
        pytest.param(errno.EACCES, NAMES, id="no permission"),
        pytest.param(errno.EMFILE, ("open",), id="too many open files"),
    ],
)
def test_a_failure_at_any_step_leaves_the_batch_whole_or_not_there(
    tmp_path: Path, number: int, names: tuple[str, ...]
) -> None:
    for step in range(1, _steps_of(tmp_path / "count", names) + 1):
        plan = make_plan(tmp_path / str(step))
        failed = None
        with at_call(step, failing(number), names):
            try:
                run(plan, mixed())
            except ScaffoldError as error:
                failed = error
        found = tree(plan)
        assert is_whole_or_untouched(plan, mixed()), (step, failed)
        if failed is None:
            assert found == after(mixed())
        elif "nothing was changed" in str(failed) or "cannot be opened" in str(failed):
            assert found == FOREIGN, (step, failed)
        else:
            assert "run `scaffold recover`" in str(failed), (step, failed)
        transaction.recover(plan)
        assert tree(plan) == found
        assert is_whole_or_untouched(plan, mixed())
        assert is_tidy(plan)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=errno.errorcode.get)
def test_a_system_that_fails_from_any_step_on_leaves_what_recovery_can_finish(tmp_path: Path, number: int) -> None:
    for step in range(1, _steps_of(tmp_path / "count") + 1):
        plan = make_plan(tmp_path / str(step))
        with from_call(step, failing(number), ("write", "fsync", "mkdir", "link", "rename", "unlink")):
            try:
                run(plan, mixed())
            except WriteFailed:
                done = False
            else:
                done = True
        assert not transaction.recover(plan).problems
        assert is_whole_or_untouched(plan, mixed()), step
        assert tree(plan) == after(mixed()) or not done
        assert is_tidy(plan)


@pytest.mark.parametrize("name", CALLS)
def test_one_kind_of_call_that_fails_from_any_step_on_leaves_what_recovery_can_finish(
    tmp_path: Path, name: str
) -> None:
    for step in range(1, _steps_of(tmp_path / "count", (name,)) + 1):
        plan = make_plan(tmp_path / str(step))
        with from_call(step, no_space, (name,)), suppress(WriteFailed, InvalidInput):
            run(plan, mixed())
        assert not transaction.recover(plan).problems, step
        assert is_whole_or_untouched(plan, mixed()), step
        assert is_tidy(plan)


def test_a_way_back_killed_at_any_step_is_finished_by_recovery(tmp_path: Path) -> None:
    def taken_back(plan: Path) -> None:
        with at_call(3, no_space, ("link",)), suppress(WriteFailed):  # the third file cannot be published
            run(plan, mixed())

    step = 50
    plan = make_plan(tmp_path / str(step))
    while killed_at(step, partial(taken_back, plan)):
        assert not transaction.recover(plan).problems
        assert is_whole_or_untouched(plan, mixed()), step
        assert is_tidy(plan)
        step += 1
        plan = make_plan(tmp_path / str(step))
    assert step > 65


def test_a_run_killed_at_any_step_is_finished_or_taken_back_by_recovery(tmp_path: Path) -> None:
    step = 1
    plan = make_plan(tmp_path / str(step))
    while killed_at(step, partial(run, plan, mixed())):
        assert not transaction.recover(plan).problems
        assert is_whole_or_untouched(plan, mixed()), step
        assert is_tidy(plan)
        step += 1
        plan = make_plan(tmp_path / str(step))
    assert step > 60
    assert tree(plan) == after(mixed())


def test_a_recovery_killed_at_any_step_is_finished_by_the_next(tmp_path: Path) -> None:
    for step in range(20, _steps_of(tmp_path / "count") + 1, 11):
        again = 1
        while True:
            plan = make_plan(tmp_path / f"{step}-{again}")
            killed_at(step, partial(run, plan, mixed()))
            if not killed_at(again, partial(transaction.recover, plan)):
                break
            assert not transaction.recover(plan).problems
            assert is_whole_or_untouched(plan, mixed()), (step, again)
            assert is_tidy(plan)
            again += 2


def test_the_next_batch_recovers_by_itself(plan: Path) -> None:
    killed_at(45, lambda: run(plan, creating()))
    assert transaction.interrupted(plan)
    run(plan, ChangeSet((Change("execution/LATER.md", None, b"later"),)))
    assert tree(plan) in (FOREIGN | NEW | {"execution/LATER.md": b"later"}, FOREIGN | {"execution/LATER.md": b"later"})
    assert is_tidy(plan)


def test_a_clean_up_that_fails_does_not_fail_the_batch(plan: Path) -> None:
    real = os.rmdir
    with at_calls(lambda count: True, failing(errno.EIO), ("rmdir",)):
        run(plan, creating())
    assert os.rmdir is real
    assert tree(plan) == FOREIGN | NEW
    assert transaction.recover(plan).discarded
    assert is_tidy(plan)


def test_a_rollback_that_fails_says_to_recover(plan: Path) -> None:
    with (
        at_calls(lambda count: count > 1, failing(errno.EIO), ("link", "rename")),
        pytest.raises(WriteFailed) as caught,
    ):
        run(plan, creating())
    assert "nothing was changed" in str(caught.value) or "scaffold recover" in str(caught.value)
    transaction.recover(plan)
    assert is_whole_or_untouched(plan, creating())


# --- survives it: somebody else at every step -----------------------------------------------------------------------


def _edit(path: Path) -> bool:
    """Write into the file as it is, as `>>` and some editors do."""
    if not path.exists():
        return False
    with path.open("r+b") as file:
        file.write(b"SOMEBODY")
    return True


def _save(path: Path) -> bool:
    """Save by renaming a new file over it, as most editors do."""
    other = path.with_name("saved.tmp")
    put(other, b"SOMEBODY")
    other.rename(path)
    return True


def _create(path: Path) -> bool:
    try:
        with path.open("xb") as file:
            file.write(b"SOMEBODY")
    except OSError:
        return False
    return True


def _note(acted: list[bool], act: Callable[[Path], bool], path: Path) -> None:
    acted.append(act(path))


@pytest.mark.parametrize("act", [_edit, _save, _create])
@pytest.mark.parametrize("target", ["subplans/A.md", "execution/B.md", "execution/OLD.md", "execution/GONE.md"])
def test_what_somebody_writes_at_any_step_is_never_lost(
    tmp_path: Path, act: Callable[[Path], bool], target: str
) -> None:
    for step in range(1, _steps_of(tmp_path / "count") + 1, 3):
        plan = make_plan(tmp_path / str(step))
        acted: list[bool] = []
        (plan / "subplans").mkdir()
        with at_call(step, partial(_note, acted, act, plan / target)):
            try:
                run(plan, mixed())
            except (Conflict, NeedsPerson) as error:
                failed: ScaffoldError | None = error
            else:
                failed = None
        everything = [path.read_bytes() for path in plan.rglob("*") if path.is_file()]
        assert not any(acted) or any(one.startswith(b"SOMEBODY") for one in everything), (step, failed)
        assert not (failed is None and not (plan / "execution/C.md").exists())
        assert not (isinstance(failed, Conflict) and (plan / "execution/C.md").exists())
        transaction.recover(plan)
        assert is_tidy(plan), step


def test_a_file_that_appears_at_the_last_moment_stays_and_the_batch_is_taken_back(plan: Path) -> None:
    with at_call(2, lambda: put(plan / "execution/B.md", b"somebody's"), ("link",)), pytest.raises(Conflict) as caught:
        run(plan, creating())
    assert caught.value.diagnostics[0].path == "execution/B.md"
    assert tree(plan) == FOREIGN | {"execution/B.md": b"somebody's"}
    assert is_tidy(plan)


def test_an_edit_of_a_published_file_stays_when_the_batch_is_taken_back(plan: Path) -> None:
    def disturb() -> None:
        put(plan / "execution/C.md", b"somebody's")
        put(plan / "subplans/A.md", b"edited")

    with at_call(3, disturb, ("link",)), pytest.raises(NeedsPerson) as caught:
        run(plan, creating())
    assert {one.path for one in caught.value.diagnostics} == {"execution/C.md", "subplans/A.md"}
    assert tree(plan) == FOREIGN | {"execution/C.md": b"somebody's", "subplans/A.md": b"edited"}
    assert is_tidy(plan)


def test_what_was_taken_and_cannot_return_is_kept_and_named(plan: Path) -> None:
    def disturb() -> None:
        put(plan / "execution/OLD.md", b"somebody's")

    with at_call(1, disturb, ("link",)), pytest.raises(NeedsPerson) as caught:
        run(plan, ChangeSet(mixed().changes[1:2]))
    (kept,) = (plan / ".scaffold/kept").iterdir()
    assert kept.read_bytes() == FOREIGN["execution/OLD.md"]
    assert f".scaffold/kept/{kept.name}" in [one.path for one in caught.value.diagnostics]
    assert (plan / "execution/OLD.md").read_bytes() == b"somebody's"
    assert is_tidy(plan)


def test_what_an_editor_writes_into_a_file_after_it_was_taken_is_kept(plan: Path) -> None:
    with (plan / "execution/OLD.md").open("r+b") as editor:

        def late() -> None:
            editor.write(b"LATE")
            editor.flush()

        with at_call(1, late, ("link",)), pytest.raises(NeedsPerson, match="complete"):
            run(plan, ChangeSet(mixed().changes[1:2]))
    (kept,) = (plan / ".scaffold/kept").iterdir()
    assert kept.read_bytes().startswith(b"LATE")
    assert (plan / "execution/OLD.md").read_bytes() == REPLACED
    assert is_tidy(plan)


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("nowhere")], ids=["directory", "link"])
def test_a_file_that_becomes_something_else_at_the_last_moment_returns_to_its_name(
    plan: Path, make: Callable[[Path], object]
) -> None:
    target = plan / "execution/GONE.md"

    def swap() -> None:
        target.unlink()
        make(target)

    # the second rename is the commit point's successor: the one that takes the file
    with at_calls(lambda count: count == 3, swap, ("rename",)), pytest.raises(Conflict):
        run(plan, ChangeSet(mixed().changes[3:4]))
    assert target.is_dir() or target.is_symlink()
    assert is_tidy(plan)


def test_a_directory_swapped_for_a_link_during_the_batch_is_not_followed(plan: Path) -> None:
    elsewhere = plan.parent / "elsewhere"
    elsewhere.mkdir()

    def swap() -> None:
        (plan / "execution").rename(plan / "moved")
        (plan / "execution").symlink_to(elsewhere)

    with at_call(1, swap, ("link",)):
        run(plan, creating({"execution/B.md": b"B"}))
    assert list(elsewhere.iterdir()) == []
    assert (plan / "moved/B.md").read_bytes() == b"B"


def test_a_directory_that_appears_as_a_link_at_the_last_moment_is_refused(plan: Path) -> None:
    elsewhere = plan.parent / "elsewhere"
    elsewhere.mkdir()
    with (
        at_call(2, lambda: (plan / "subplans").symlink_to(elsewhere), ("rename",)),
        pytest.raises(InvalidInput) as caught,
    ):
        run(plan, mixed())
    assert caught.value.diagnostics[0].path == "subplans"
    (plan / "subplans").unlink()
    assert tree(plan) == FOREIGN
    assert is_tidy(plan)


# --- signals --------------------------------------------------------------------------------------------------------


@pytest.fixture
def interrupting(monkeypatch: pytest.MonkeyPatch) -> object:
    def handle(number: int, frame: object) -> None:
        raise Interrupted(number)

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("interrupting")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_at_any_step_discards_everything_or_comes_too_late(tmp_path: Path, number: signal.Signals) -> None:
    codes = {}
    for step in range(1, _steps_of(tmp_path / "count") + 1):
        plan = make_plan(tmp_path / str(step))
        with at_call(step, partial(signal.raise_signal, number)):
            codes[step] = _exit_code(plan)
        assert tree(plan) == (FOREIGN if codes[step] else after(mixed()))
        assert is_tidy(plan)
    assert set(codes.values()) == {0, 128 + number}


def _exit_code(plan: Path) -> int:
    try:
        run(plan, mixed())
    except Interrupted as error:
        return error.exit_code
    return 0


def test_a_signal_after_the_batch_is_complete_is_no_error_of_the_command_line(plan: Path) -> None:
    """The process ends with 0 whatever arrives; a caller with a handler of its own keeps it."""

    def interrupted_late() -> None:
        errors.unwind_on_signals()
        run(plan, mixed())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.raise_signal(number)

    assert in_child(interrupted_late) == 0
    assert tree(plan) == after(mixed())


@pytest.mark.usefixtures("interrupting")
def test_a_caller_of_its_own_handlers_gets_them_back(plan: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    run(plan, mixed())
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.usefixtures("interrupting")
def test_a_second_signal_while_the_first_is_cleaned_up_changes_nothing(plan: Path) -> None:
    with at_calls(lambda count: count > 12, lambda: signal.raise_signal(signal.SIGINT)), pytest.raises(Interrupted):
        run(plan, mixed())
    assert tree(plan) == FOREIGN
    assert is_tidy(plan)


def test_ctrl_c_without_any_handler_of_ours_discards_everything(plan: Path) -> None:
    with at_call(20, lambda: signal.raise_signal(signal.SIGINT)), pytest.raises(KeyboardInterrupt):
        run(plan, mixed())
    assert tree(plan) == FOREIGN
    assert is_tidy(plan)


def test_an_ignored_signal_stays_ignored(plan: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with at_call(20, lambda: signal.raise_signal(signal.SIGHUP)):
            run(plan, mixed())
    finally:
        signal.signal(signal.SIGHUP, before)
    assert tree(plan) == after(mixed())


def test_a_batch_can_run_in_a_thread(plan: Path) -> None:
    thread = threading.Thread(target=run, args=(plan, mixed()))
    thread.start()
    thread.join()
    assert tree(plan) == after(mixed())


def test_progress_that_raises_discards_everything(plan: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transaction.apply(plan, batch_of(mixed()), TIME, stop)
    assert tree(plan) == FOREIGN
    assert is_tidy(plan)


# --- runs at the same time ------------------------------------------------------------------------------------------


def test_a_plan_that_another_run_holds_is_busy_after_waiting(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(plan, creating())
    monkeypatch.setattr(guard, "WAIT", 0.1)
    with (plan / ".scaffold/lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert transaction.interrupted(plan) == ()
        with pytest.raises(PlanBusy):
            run(plan, mixed())


def test_a_run_waits_for_one_that_ends_soon(plan: Path) -> None:
    run(plan, creating({"execution/FIRST.md": b"1"}))
    other = (plan / ".scaffold/lock").open()
    fcntl.flock(other, fcntl.LOCK_EX)
    threading.Timer(0.2, other.close).start()
    run(plan, creating())
    assert (plan / "execution/B.md").exists()


def test_of_two_runs_with_different_files_for_one_target_one_wins_whole(plan: Path) -> None:
    for attempt in range(10):
        names = [f"execution/R{attempt}_{number}.md" for number in range(20)]
        children = []
        for word in (b"first", b"second"):
            child = os.fork()
            if child == 0:
                try:
                    run(plan, creating(dict.fromkeys(names, word)))
                except Conflict:
                    os._exit(5)
                except BaseException:
                    os._exit(1)
                os._exit(0)
            children.append(child)
        codes = sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)
        assert codes == [0, 5]
        assert len({(plan / name).read_bytes() for name in names}) == 1
    assert is_tidy(plan)


def test_bookkeeping_that_is_moved_away_while_a_run_waits_is_not_trusted(plan: Path) -> None:
    run(plan, creating({"execution/FIRST.md": b"1"}))
    other = (plan / ".scaffold/lock").open()
    fcntl.flock(other, fcntl.LOCK_EX)

    def move_away() -> None:
        (plan / ".scaffold").rename(plan / "moved")
        other.close()

    threading.Timer(0.1, move_away).start()
    with pytest.raises(PlanBusy):
        run(plan, creating())
    assert not (plan / "execution/B.md").exists()


@pytest.mark.parametrize(
    "make", [Path.mkdir, lambda path: path.symlink_to("elsewhere"), os.mkfifo], ids=["directory", "link", "pipe"]
)
def test_a_lock_that_is_no_file_needs_a_person(plan: Path, make: Callable[[Path], object]) -> None:
    (plan / ".scaffold").mkdir()
    make(plan / ".scaffold/lock")
    with pytest.raises(NeedsPerson):
        run(plan, creating())
    assert tree(plan) == FOREIGN


def test_a_signal_while_waiting_for_the_lock_ends_the_wait(plan: Path) -> None:
    run(plan, creating({"execution/FIRST.md": b"1"}))
    with (plan / ".scaffold/lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        begun = time.monotonic()
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            run(plan, creating())
        assert time.monotonic() - begun < 2, "it waited for as long as it would have without the signal"


# --- file systems that refuse links ---------------------------------------------------------------------------------


REFUSALS = [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES, errno.EXDEV]


@pytest.mark.parametrize("number", REFUSALS, ids=errno.errorcode.get)
def test_where_links_are_refused_files_are_copied(plan: Path, number: int) -> None:
    with at_calls(lambda count: True, failing(number), ("link",)):
        run(plan, mixed())
    assert tree(plan) == after(mixed())
    assert is_tidy(plan)


OTHERS = tuple(name for name in CALLS if name != "link")


@pytest.fixture
def _links_refused() -> Iterator[None]:
    with at_calls(lambda count: True, failing(errno.EPERM), ("link",)):
        yield


@pytest.mark.usefixtures("_links_refused")
def test_where_links_are_refused_a_kill_at_any_step_is_recovered(tmp_path: Path) -> None:
    step = 1
    plan = make_plan(tmp_path / str(step))
    while killed_at(step, partial(run, plan, mixed()), OTHERS):
        assert not transaction.recover(plan).problems
        assert is_whole_or_untouched(plan, mixed()), step
        assert is_tidy(plan)
        step += 1
        plan = make_plan(tmp_path / str(step))
    assert step > 60


@pytest.mark.usefixtures("_links_refused")
def test_where_links_are_refused_a_failure_at_any_step_takes_everything_back(tmp_path: Path) -> None:
    for step in range(1, _steps_of(tmp_path / "count", OTHERS) + 1):
        plan = make_plan(tmp_path / str(step))
        with at_call(step, no_space, OTHERS), suppress(WriteFailed, InvalidInput):
            run(plan, mixed())
        transaction.recover(plan)
        assert is_whole_or_untouched(plan, mixed()), step
        assert is_tidy(plan)


@pytest.mark.usefixtures("_links_refused")
def test_where_links_and_modes_are_refused_files_are_copied_all_the_same(plan: Path) -> None:
    (plan / "execution/OLD.md").chmod(0o600)
    with at_calls(lambda count: True, failing(errno.EPERM), ("fchmod", "fchown")):
        run(plan, mixed())
    assert tree(plan) == after(mixed())


@pytest.mark.usefixtures("_links_refused")
@pytest.mark.parametrize("content", [NEW["execution/B.md"][:2], NEW["execution/B.md"]], ids=["begins so", "same"])
def test_a_neighbour_whose_file_begins_like_ours_keeps_it(plan: Path, content: bytes) -> None:
    """A run was killed before it copied the second file; until somebody recovers, a neighbour writes one there."""

    def killed() -> None:
        with at_call(2, lambda: os.kill(os.getpid(), signal.SIGKILL), ("link",)):
            run(plan, creating())

    assert in_child(killed) == -signal.SIGKILL
    put(plan / "execution/B.md", content)
    (problem,) = transaction.recover(plan).problems
    assert problem.path == "execution/B.md"
    assert tree(plan) == FOREIGN | {"execution/B.md": content}


@pytest.mark.usefixtures("_links_refused")
def test_where_links_are_refused_a_file_in_the_way_stays(plan: Path) -> None:
    with at_call(3, lambda: put(plan / "execution/B.md", b"somebody's"), ("rename",)), pytest.raises(Conflict):
        run(plan, mixed())
    assert tree(plan) == FOREIGN | {"execution/B.md": b"somebody's"}
    assert is_tidy(plan)


# --- file systems with other limits ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP], ids=errno.errorcode.get)
def test_a_file_system_without_locks_is_refused_with_the_reason(
    plan: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert killed_at(3, partial(run, plan, mixed()), ("link",))
    before = tree(plan)

    def refuse(fd: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(WriteFailed, match="this file system has no locks"):
        run(plan, creating({"execution/NEW.md": b""}))
    assert tree(plan) == before
    assert len(transaction.interrupted(plan)) == 1  # no run can be at work where there are no locks


def test_a_directory_is_listed_as_it_is_now_and_not_as_it_was_when_it_was_opened(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On btrfs a descriptor shows later names only once it is rewound."""
    rewound: set[int] = set()
    real_listdir, real_seek = os.listdir, os.lseek

    def seek(fd: int, offset: int, how: int) -> int:
        rewound.add(fd)
        return real_seek(fd, offset, how)

    def listdir(fd: int) -> list[str]:
        return real_listdir(fd) if fd in rewound else []

    monkeypatch.setattr(os, "lseek", seek)
    monkeypatch.setattr(os, "listdir", listdir)
    run(plan, mixed())
    monkeypatch.undo()
    assert is_tidy(plan)


def inherited(directory: Path) -> list[tuple[int, int, bytes]]:
    """Return group, mode and access ACL of every file in a directory."""
    entries = sorted(directory.iterdir())
    acls = [os.getxattr(path, _ACL) if _ACL in os.listxattr(path) else b"" for path in entries]
    return [(path.stat().st_gid, path.stat().st_mode, acl) for path, acl in zip(entries, acls, strict=True)]


_ACL = "system.posix_acl_access"
_DEFAULT_ACL = (2).to_bytes(4, "little") + b"".join(
    tag.to_bytes(2, "little") + permissions.to_bytes(2, "little") + user.to_bytes(4, "little")
    for tag, permissions, user in (
        (0x01, 7, 0xFFFFFFFF),  # the owner
        (0x02, 6, 12345),  # a user with a name
        (0x04, 5, 0xFFFFFFFF),  # the group
        (0x10, 7, 0xFFFFFFFF),  # the mask
        (0x20, 0, 0xFFFFFFFF),  # others
    )
)


def test_new_documents_inherit_group_and_acl_of_their_own_directory(plan: Path) -> None:
    """As a file does that any other program creates there."""
    (plan / "subplans").mkdir()
    try:
        os.chown(plan / "execution", -1, 54321)
        (plan / "execution").chmod(0o2750)
        os.setxattr(plan / "subplans", "system.posix_acl_default", _DEFAULT_ACL)
    except OSError as error:
        pytest.skip(f"no groups of others or no ACL here: {error}")
    for name in FOREIGN:
        (plan / name).unlink()
    run(plan, creating())
    for folder in ("execution", "subplans"):
        put(plan / folder / "BY_HAND.md", b"")
        assert len(set(inherited(plan / folder))) == 1
    assert inherited(plan / "execution") != inherited(plan / "subplans")


def test_a_replaced_file_keeps_its_group_and_its_mode(plan: Path) -> None:
    target = plan / "execution/OLD.md"
    target.chmod(0o640)
    with suppress(OSError):
        os.chown(target, -1, 54321)
    before = target.stat()
    run(plan, mixed())
    assert (target.read_bytes(), target.stat().st_mode, target.stat().st_gid) == (
        REPLACED,
        before.st_mode,
        before.st_gid,
    )


# --- bookkeeping that somebody removes while a batch is written -----------------------------------------------------


def _remove_bookkeeping(plan: Path) -> None:
    shutil.rmtree(plan / ".scaffold", ignore_errors=True)


def _move_bookkeeping(plan: Path) -> None:
    with suppress(OSError):
        (plan / ".scaffold").rename(plan.parent / f"{plan.name}-moved")


@pytest.mark.parametrize("lose", [_remove_bookkeeping, _move_bookkeeping], ids=["removed", "moved"])
@pytest.mark.parametrize("names", [CALLS, OTHERS], ids=["links", "copies"])
def test_bookkeeping_that_is_lost_at_any_step_leaves_the_batch_whole_or_the_plan_untouched(
    tmp_path: Path, lose: Callable[[Path], None], names: tuple[str, ...]
) -> None:
    outcomes = set()
    for step in range(1, _steps_of(tmp_path / "count", names) + 1):
        plan = make_plan(tmp_path / str(step))
        with ExitStack() as stack:
            if names is OTHERS:
                stack.enter_context(at_calls(lambda count: True, failing(errno.EPERM), ("link",)))
            stack.enter_context(at_call(step, partial(lose, plan), names))
            outcome = _outcome(plan)
        assert tree(plan) == (after(mixed()) if outcome == "complete" else FOREIGN), (step, outcome)
        assert outcome == "complete" or "nothing was changed" in outcome or "another run" in outcome
        outcomes.add(outcome.partition(" ")[0])
    assert {"complete", "bookkeeping_lost"} <= outcomes


def _outcome(plan: Path) -> str:
    try:
        run(plan, mixed())
    except (WriteFailed, Conflict, PlanBusy) as error:
        return f"{error.diagnostics[0].code} {error}"
    return "complete"


# --- durable --------------------------------------------------------------------------------------------------------


def test_success_means_that_every_file_and_every_directory_was_synced(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = set()
    monkeypatch.setattr(os, "fsync", lambda fd: synced.add(os.fstat(fd).st_ino))
    record = run(plan, mixed())
    batch = plan / ".scaffold/batches" / record.id
    wanted = [
        plan,
        plan / "execution",
        plan / "subplans",
        *(plan / target for target in NEW),
        plan / "execution/OLD.md",
    ]
    wanted += [plan / ".scaffold", batch.parent, batch, *batch.iterdir()]
    assert {path.name for path in wanted if path.stat().st_ino not in synced} == set()


def test_a_directory_that_knows_no_fsync_is_no_failure_but_a_file_is(plan: Path) -> None:
    def refuse_directories(fd: int) -> None:
        if stat.S_ISDIR(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", refuse_directories)
        run(plan, mixed())
    assert tree(plan) == after(mixed())
