"""A preview that was shown is kept whole or not at all, and believed only where it was kept."""

import errno
import fcntl
import json
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold import transaction
from scaffold.errors import (
    Diagnostic,
    Interrupted,
    InvalidInput,
    NeedsPerson,
    PlanBusy,
    ScaffoldError,
    UsageProblem,
    WriteFailed,
    unwind,
)
from scaffold.model import Change, ChangeSet, Json, sha256
from scaffold.transaction import batches, new_plan, previews
from scaffold.transaction.journal import VERSION, seal
from scaffold.transaction.previews import KeptChange, KeptPreview, keep, kept, read_preview
from tests.batch_kit import TIME, batch_of, creating, is_whole_or_untouched, make_plan, mixed, run, tree
from tests.broken_os import at_call, at_calls, failing, in_child, killed_at
from tests.trees import build, put, snapshot

pytestmark = pytest.mark.usefixtures("_no_real_fsync")

WORDS = ("executions", "--batch", "--level", "0")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return make_plan(tmp_path / "plan")


def preview_of(changes: tuple[KeptChange, ...], shown: str = TIME, words: tuple[str, ...] = WORDS) -> KeptPreview:
    """Return the preview of changes, with the id that they have."""
    made = ChangeSet(
        tuple(Change(change.target, change.old, change.new, generated=change.generated) for change in changes)
    )
    return KeptPreview(made.id, shown, words, shown[:10], {"template data": "1" * 64, "parallel.json": "abc"}, changes)


def numbered(number: int, shown: str = "") -> KeptPreview:
    """Return a preview of one document, shown in the second of its number."""
    change = KeptChange(f"execution/N{number}.md", None, b"# %d\n" % number, None)
    return preview_of((change,), shown or f"2026-11-22T20:15:{number:02}Z")


PREVIEW = preview_of(
    (
        KeptChange("execution/A.md", None, "# É\r\n".encode(), None),
        KeptChange("execution/B.md", sha256(b"old"), b"\xff\0 no text", b"made"),
        KeptChange("subplans/GONE.md", sha256(b""), None, None),
    )
)


def file_of(plan: Path, preview: KeptPreview = PREVIEW) -> Path:
    return plan / f".scaffold/previews/{preview.id}.json"


def ids(plan: Path) -> list[str]:
    """Return the ids of the kept previews, all of which can be used."""
    summaries, problems = kept(plan)
    assert problems == ()
    assert [read_preview(plan, summary.id).id for summary in summaries] == [summary.id for summary in summaries]
    return [summary.id for summary in summaries]


def problem_of(plan: Path, preview: KeptPreview = PREVIEW) -> Diagnostic:
    """Return why a preview cannot be used, as an error of who reads it and as a warning of who lists all."""
    with pytest.raises(NeedsPerson) as caught:
        read_preview(plan, preview.id)
    (problem,) = caught.value.diagnostics
    assert replace(problem, severity="warning") in kept(plan)[1]
    assert problem.path == f".scaffold/previews/{preview.id}.json"
    return problem


def rewritten(plan: Path, **values: Json) -> None:
    """Change values of the kept preview, in place, with a checksum that is right."""
    body = json.loads(file_of(plan).read_bytes())["body"]
    file_of(plan).write_bytes(seal({**body, **values}))


# --- what is kept is what is read -------------------------------------------------------------------------------------

HASHES = st.binary(max_size=4).map(sha256)
TARGETS = st.from_regex(r"\A(execution|subplans)/[A-Za-z0-9_é]{1,20}\.md\Z") | st.sampled_from(
    ["parallel.json", "PLAN_X.md", "execution/feedbacks/FIX_11.md"]
)
BYTES = st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace"))
CHANGES = st.builds(KeptChange, TARGETS, st.none() | HASHES, BYTES, st.none() | BYTES) | st.builds(
    KeptChange, TARGETS, HASHES, st.none(), st.none()
)
TEXTS = st.text(st.characters(), max_size=12)  # surrogates, too: file names have them
PREVIEWS = st.builds(
    lambda changes, words, inputs, shown, created: replace(
        preview_of(changes, shown.strftime("%Y-%m-%dT%H:%M:%SZ"), words), inputs=inputs, created=created.isoformat()
    ),
    st.lists(CHANGES, max_size=4, unique_by=lambda change: change.target).map(tuple),
    st.lists(TEXTS, min_size=1, max_size=4).map(tuple),
    st.dictionaries(TEXTS, TEXTS, max_size=3),
    st.datetimes(min_value=datetime(1000, 1, 1)),
    st.dates(),
)


@given(preview=PREVIEWS)
def test_a_preview_is_read_as_it_was_kept(tmp_path_factory: pytest.TempPathFactory, preview: KeptPreview) -> None:
    plan = tmp_path_factory.mktemp("plan")
    keep(plan, preview)
    assert read_preview(plan, preview.id) == preview
    ((summary,), problems) = kept(plan)
    assert (summary.id, summary.time, summary.words, problems) == (preview.id, preview.time, preview.words, ())
    assert summary.files == tuple(change.target for change in preview.changes)


def test_previews_are_listed_the_newest_first_and_those_of_one_second_by_id(plan: Path) -> None:
    shown = [numbered(1), numbered(3), numbered(2), numbered(4, "2026-11-22T20:15:03Z")]
    for preview in shown:
        keep(plan, preview)
    assert ids(plan) == [one.id for one in sorted(shown, key=lambda one: (one.time, one.id), reverse=True)]


def test_a_plan_without_previews_has_none_and_looking_makes_nothing(plan: Path) -> None:
    assert kept(plan) == ((), ())
    assert kept(plan / "nowhere") == ((), ())
    assert not (plan / ".scaffold").exists()


def test_a_preview_of_the_same_changes_replaces_the_older_one(plan: Path) -> None:
    keep(plan, PREVIEW)
    again = replace(PREVIEW, time="2026-11-23T00:00:00Z", created="2026-11-23", words=("executions", "--batch"))
    keep(plan, again)
    assert ids(plan) == [PREVIEW.id]
    assert read_preview(plan, PREVIEW.id) == again


def test_the_newest_ten_are_kept(plan: Path) -> None:
    for number in range(13):
        keep(plan, numbered(number))
    assert ids(plan) == [numbered(number).id for number in range(12, 2, -1)]
    assert len(list(file_of(plan).parent.iterdir())) == 10


def test_what_was_just_shown_is_kept_also_by_a_clock_that_was_set_back(plan: Path) -> None:
    for number in range(20, 31):
        keep(plan, numbered(number))
    keep(plan, numbered(1))
    assert ids(plan) == [numbered(number).id for number in (*range(30, 21, -1), 1)]


def test_a_preview_that_is_kept_has_been_synced_with_all_directories_above_it(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = set()
    monkeypatch.setattr(os, "fsync", lambda fd: synced.add(os.fstat(fd).st_ino))
    keep(plan, PREVIEW)
    wanted = [file_of(plan), *file_of(plan).parents[:3]]
    assert [path.name for path in wanted if path.stat().st_ino not in synced] == []
    assert wanted[-1] == plan


# --- nothing else is touched ------------------------------------------------------------------------------------------


def test_keeping_changes_nothing_of_the_plan_and_git_does_not_see_it(plan: Path) -> None:
    before = tree(plan)
    keep(plan, PREVIEW)
    assert tree(plan) == before
    git = partial(subprocess.run, cwd=plan, check=True, capture_output=True, text=True)
    git(["git", "init", "--quiet"])
    put(plan / ".scaffold/batches/x/record.json", b"")
    said = git(["git", "status", "--porcelain", "--untracked-files=all", ".scaffold"]).stdout
    assert said == "?? .scaffold/batches/x/record.json\n"


def test_what_an_interrupted_run_left_is_left_alone_and_recovered_later(plan: Path) -> None:
    killed_at(3, partial(run, plan, creating()), ("link",))
    before = snapshot(plan, without=("previews",))
    keep(plan, PREVIEW)
    assert snapshot(plan, without=("previews",)) == before
    assert len(transaction.interrupted(plan)) == 1
    recovery = transaction.recover(plan)
    assert (len(recovery.completed), recovery.problems) == (1, ())
    assert ids(plan) == [PREVIEW.id]


def test_previews_are_no_batches_and_stay_when_some_are_made_and_taken_back(plan: Path) -> None:
    keep(plan, PREVIEW)
    assert (transaction.interrupted(plan), transaction.recover(plan).has_changed) == ((), False)
    record = run(plan, mixed())
    run(plan, batches.undo_changes(plan, record.id).changes, "2026-11-22T20:16:00Z")
    assert len(batches.batches(plan).summaries) == 2
    assert batches.batches(plan).problems == ()
    assert ids(plan) == [PREVIEW.id]


def test_a_new_plan_that_fails_leaves_previews_that_are_there(tmp_path: Path) -> None:
    plan = build(tmp_path / "plan", {})
    keep(plan, PREVIEW)
    with at_call(1, failing(errno.ENOSPC), ("link",)), pytest.raises(WriteFailed):
        new_plan.create(plan, batch_of(creating()), TIME, lambda done, total: None)
    assert ids(plan) == [PREVIEW.id]
    new_plan.create(plan, batch_of(creating()), TIME, lambda done, total: None)
    assert ids(plan) == [PREVIEW.id]


# --- killed, failed, interrupted, at the same time --------------------------------------------------------------------


def test_a_keeping_killed_at_any_step_leaves_a_whole_preview_or_none(tmp_path: Path) -> None:
    step, seen = 1, set()
    while True:
        plan = make_plan(tmp_path / str(step))
        keep(plan, PREVIEW)
        before = tree(plan)
        if not killed_at(step, partial(keep, plan, numbered(1, "2026-11-23T00:00:00Z"))):
            break
        found = ids(plan)
        assert found in ([PREVIEW.id], [numbered(1).id, PREVIEW.id]), step
        seen.add(len(found))
        assert tree(plan) == before
        keep(plan, numbered(2))
        assert len(ids(plan)) == len(found) + 1
        assert all(path.suffix == ".json" for path in file_of(plan).parent.iterdir()), step
        step += 1
    assert seen == {1, 2}


def test_a_first_keeping_killed_at_any_step_is_no_hindrance_to_the_next(tmp_path: Path) -> None:
    step = 1
    while killed_at(step, partial(keep, make_plan(tmp_path / str(step)), PREVIEW)):
        plan = tmp_path / str(step)
        assert ids(plan) in ([], [PREVIEW.id]), step
        keep(plan, PREVIEW)
        assert ids(plan) == [PREVIEW.id]
        run(plan, mixed())
        assert is_whole_or_untouched(plan, mixed())
        step += 1
    assert step > 12


def test_a_pruning_killed_at_any_step_loses_no_preview_that_is_to_stay(tmp_path: Path) -> None:
    plan = make_plan(tmp_path / "plan")
    for number in range(10):
        keep(plan, numbered(number))
    step, number = 1, 10
    while killed_at(step, partial(keep, plan, numbered(number))):
        found = ids(plan)
        newest = number if found[0] == numbered(number).id else number - 1
        assert found[:10] == [numbered(one).id for one in range(newest, newest - 10, -1)], step
        assert len(found) in (10, 11), step
        keep(plan, numbered(number))
        assert len(ids(plan)) == 10
        step, number = step + 1, number + 1
    assert step > 12


def _failure_of(plan: Path) -> ScaffoldError | None:
    try:
        keep(plan, PREVIEW)
    except (WriteFailed, InvalidInput) as error:
        return error
    return None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS], ids=errno.errorcode.get)
def test_a_failure_at_any_step_is_told_and_leaves_a_whole_preview_or_none(tmp_path: Path, number: int) -> None:
    step, told = 0, []
    while True:
        step += 1
        plan = make_plan(tmp_path / str(step))
        before = tree(plan)
        with at_call(step, failing(number)) as count:
            failure = _failure_of(plan)
        assert tree(plan) == before
        assert ids(plan) in ([[], [PREVIEW.id]] if failure else [[PREVIEW.id]]), step
        assert not (plan / ".scaffold/previews/preview.tmp").exists(), step
        if failure:
            told.append(str(failure))
        if count.calls < step:
            break
    assert [text for text in told if "the preview is not kept" not in text and "cannot be opened" not in text] == []
    assert len(told) > 10


def test_a_plan_that_cannot_be_written_says_so_and_nothing_is_there(plan: Path) -> None:
    before = snapshot(plan, without=())
    with at_calls(lambda count: True, failing(errno.EROFS), ("mkdir", "write")), pytest.raises(WriteFailed) as caught:
        keep(plan, PREVIEW)
    assert caught.value.diagnostics[0].code == "write_failed"
    assert caught.value.diagnostics[0].message.endswith("; the preview is not kept")
    assert snapshot(plan, without=()) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_any_step_leaves_a_whole_preview_or_none(tmp_path: Path, number: signal.Signals) -> None:
    before = signal.signal(number, unwind)
    step = 0
    try:
        while True:
            step += 1
            plan = make_plan(tmp_path / str(step))
            with at_call(step, partial(signal.raise_signal, number)) as count, suppress(Interrupted):
                keep(plan, PREVIEW)
            assert ids(plan) in ([], [PREVIEW.id]), step
            assert not (plan / ".scaffold/previews/preview.tmp").exists(), step
            if count.calls < step:
                break
    finally:
        signal.signal(number, before)
    assert step > 12


def test_where_another_run_holds_the_plan_nothing_is_kept_and_nobody_waits_for_long(plan: Path) -> None:
    run(plan, creating())
    with (plan / ".scaffold/lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        began = time.monotonic()
        with pytest.raises(PlanBusy):
            keep(plan, PREVIEW)
        assert time.monotonic() - began < 1.5
    assert kept(plan) == ((), ())


def test_of_processes_that_keep_at_the_same_time_each_keeps_its_own_or_says_that_the_plan_is_busy(plan: Path) -> None:
    def keep_many(first: int) -> None:
        for number in range(first, first + 20):
            with suppress(PlanBusy):
                keep(plan, numbered(number))

    children = []
    for first in (0, 10, 20):  # some of the same
        child = os.fork()
        if child == 0:
            os._exit(in_child(partial(keep_many, first)))
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    found = ids(plan)
    assert 1 <= len(found) <= 10
    assert {path.stem for path in file_of(plan).parent.iterdir()} == set(found)


# --- what does not belong there ---------------------------------------------------------------------------------------


def _no_file(plan: Path, make: Callable[[Path], object]) -> Path:
    put(plan.parent / "outside", b"{}")
    path = file_of(plan)
    path.parent.mkdir(parents=True, exist_ok=True)
    make(path)
    return path


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path: path.symlink_to(path.parents[3] / "outside"), id="link"),
        pytest.param(lambda path: path.symlink_to("nowhere"), id="link to nothing"),
        pytest.param(os.mkfifo, id="pipe"),
        pytest.param(os.mkdir, id="directory"),
    ],
)
def test_what_is_no_file_where_a_preview_belongs_is_named_and_stays(plan: Path, make: Callable[[Path], object]) -> None:
    path = _no_file(plan, make)
    before = path.lstat()
    assert problem_of(plan).code == "bad_preview"
    with pytest.raises(NeedsPerson) as caught:
        keep(plan, PREVIEW)
    assert caught.value.diagnostics == (problem_of(plan),)
    assert (path.lstat().st_ino, path.lstat().st_mode) == (before.st_ino, before.st_mode)
    assert (plan.parent / "outside").read_bytes() == b"{}"
    keep(plan, numbered(1))
    assert read_preview(plan, numbered(1).id)


def test_links_and_pipes_at_the_name_of_an_unfinished_preview_are_removed_and_not_followed(plan: Path) -> None:
    outside = plan.parent / "outside"
    put(outside, b"somebody's")
    for make in (lambda path: path.symlink_to(outside), os.mkfifo, lambda path: put(path, b"left by a killed run")):
        keep(plan, numbered(1))
        make(plan / ".scaffold/previews/preview.tmp")
        keep(plan, PREVIEW)
        assert sorted(ids(plan)) == sorted([PREVIEW.id, numbered(1).id])
        assert outside.read_bytes() == b"somebody's"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5000], ids=len)
def test_garbage_is_named_and_replaced_by_the_preview_when_it_is_made_again(plan: Path, content: bytes) -> None:
    put(file_of(plan), content)
    assert problem_of(plan).code == "bad_preview"
    keep(plan, PREVIEW)
    assert ids(plan) == [PREVIEW.id]


def test_a_huge_file_is_not_read_to_its_end(plan: Path) -> None:
    put(file_of(plan), b"{")
    os.truncate(file_of(plan), 1 << 40)
    began = time.monotonic()
    assert "larger than" in problem_of(plan).message
    assert time.monotonic() - began < 20


def test_of_ten_thousand_files_some_are_named_and_the_rest_are_counted(plan: Path) -> None:
    folder = file_of(plan).parent
    folder.mkdir(parents=True)
    for number in range(10_000):
        (folder / f"{number:012x}.json").touch()
    keep(plan, PREVIEW)
    summaries, problems = kept(plan)
    assert [summary.id for summary in summaries] == [PREVIEW.id]
    assert len(problems) <= 60
    assert len(summaries) + sum(problem.count for problem in problems) == 10_001
    assert len(list(folder.iterdir())) == 10_001


def test_files_of_other_names_are_not_looked_at_and_stay(plan: Path) -> None:
    others = {"README.md": b"mine", "0123456789AB.json": b"", "0123456789ab.json~": b"", "0123456789abc.json": b""}
    for name, content in others.items():
        put(file_of(plan).with_name(name), content)
    for number in range(12):
        keep(plan, numbered(number))
    assert len(ids(plan)) == 10
    assert {name: file_of(plan).with_name(name).read_bytes() for name in others} == others


def test_what_cannot_be_used_is_not_removed_to_make_room(plan: Path) -> None:
    put(file_of(plan), b"somebody's")
    for number in range(12):
        keep(plan, numbered(number))
    assert file_of(plan).read_bytes() == b"somebody's"
    assert len(kept(plan)[0]) == 10


@pytest.mark.parametrize("place", ["link", "file", "other device"])
def test_where_no_plain_directory_is_nothing_is_written_and_nothing_read(
    plan: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = build(plan.parent / "outside", {})
    (plan / ".scaffold").mkdir()
    previews_of_plan = plan / ".scaffold/previews"
    if place == "link":
        previews_of_plan.symlink_to(outside)
    elif place == "file":
        put(previews_of_plan, b"")
    else:
        previews_of_plan.mkdir()
        real, inode = os.fstat, previews_of_plan.stat().st_ino

        def fstat(fd: int) -> os.stat_result:
            found = real(fd)
            return os.stat_result((*found[:2], found.st_dev + 1, *found[3:])) if found.st_ino == inode else found

        monkeypatch.setattr(os, "fstat", fstat)
    for use in (lambda: keep(plan, PREVIEW), lambda: read_preview(plan, PREVIEW.id)):
        with pytest.raises(NeedsPerson) as caught:
            use()
        (problem,) = caught.value.diagnostics
        assert (problem.code, problem.path) == ("bad_directory", ".scaffold/previews")
    assert kept(plan) == ((), (replace(problem, severity="warning"),))
    assert snapshot(outside) == {}


def test_bookkeeping_that_is_a_link_is_not_followed(plan: Path) -> None:
    outside = build(plan.parent / "outside", {})
    (plan / ".scaffold").symlink_to(outside)
    with pytest.raises(InvalidInput):
        keep(plan, PREVIEW)
    assert snapshot(outside) == {}
    assert [problem.code for problem in kept(plan)[1]] == ["bad_directory"]


# --- only where it was kept -------------------------------------------------------------------------------------------


def _cloned(plan: Path, copy: Path) -> None:
    git = partial(subprocess.run, check=True, capture_output=True)
    git(["git", "init", "--quiet", str(plan)])
    git(["git", "-C", str(plan), "add", "--force", "."])
    names = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    git(["git", "-C", str(plan), *names, "commit", "--quiet", "--message", "all"])
    git(["git", "clone", "--quiet", str(plan), str(copy)])


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(shutil.copytree, id="copytree"),
        pytest.param(lambda plan, copy: subprocess.run(["cp", "-a", plan, copy], check=True), id="cp -a"),
        pytest.param(_cloned, id="git clone"),
    ],
)
def test_a_preview_that_came_with_a_copy_is_not_believed_until_it_is_made_again(
    plan: Path, copy: Callable[[Path, Path], object]
) -> None:
    keep(plan, PREVIEW)
    elsewhere = plan.with_name("copy")
    copy(plan, elsewhere)
    problem = problem_of(elsewhere)
    assert problem.code == "foreign_preview"
    assert "make the preview again here" in (problem.hint or "")
    assert ids(plan) == [PREVIEW.id]
    keep(elsewhere, PREVIEW)
    assert ids(elsewhere) == [PREVIEW.id]


def test_a_preview_that_was_copied_beside_itself_is_not_believed(plan: Path) -> None:
    keep(plan, PREVIEW)
    content = file_of(plan).read_bytes()
    file_of(plan).rename(plan / "keeps the inode in use")
    put(file_of(plan), content)
    assert problem_of(plan).code == "foreign_preview"


def test_a_preview_under_the_name_of_another_is_not_believed(plan: Path) -> None:
    keep(plan, PREVIEW)
    file_of(plan).rename(file_of(plan, numbered(1)))
    assert problem_of(plan, numbered(1)).code == "bad_preview"


def test_a_plan_that_was_moved_keeps_its_previews(plan: Path) -> None:
    keep(plan, PREVIEW)
    assert ids(plan.rename(plan.with_name("moved"))) == [PREVIEW.id]


# --- damaged ----------------------------------------------------------------------------------------------------------


@settings(max_examples=300)
@given(data=st.data())
def test_a_preview_with_any_byte_changed_is_the_same_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    plan = tmp_path_factory.mktemp("plan")
    keep(plan, PREVIEW)
    content = bytearray(file_of(plan).read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file_of(plan).write_bytes(content)
    try:
        assert read_preview(plan, PREVIEW.id) == PREVIEW
    except NeedsPerson:
        assert problem_of(plan).code == "bad_preview"


def test_a_preview_cut_off_anywhere_is_refused(plan: Path) -> None:
    keep(plan, PREVIEW)
    content = file_of(plan).read_bytes()
    for length in range(len(content.rstrip())):
        file_of(plan).write_bytes(content[:length])
        assert problem_of(plan).code == "bad_preview"


def _with_change(**values: Json) -> dict[str, Json]:
    change: dict[str, Json] = {"target": "execution/A.md", "old": None, "new": "# A\n", "generated": None}
    return {"changes": [{**change, **values}]}


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"id": numbered(1).id}, id="id of other changes"),
        pytest.param({"id": None}, id="no id"),
        pytest.param({"time": "yesterday"}, id="time"),
        pytest.param({"time": "2026-11-22T20:99:00Z"}, id="a time that is none"),
        pytest.param({"created": "2026-02-30"}, id="a day that is none"),
        pytest.param({"created": "20260130"}, id="a date in another form"),
        pytest.param({"words": []}, id="no words"),
        pytest.param({"words": ["executions", 1]}, id="a word that is no text"),
        pytest.param({"words": "executions"}, id="words that are no list"),
        pytest.param({"inputs": {"parallel.json": 1}}, id="an input that is no text"),
        pytest.param({"inputs": []}, id="inputs that are no object"),
        pytest.param({"more": 1}, id="a key too many"),
        pytest.param({"folder": -1}, id="an inode that is none"),
        pytest.param({"changes": {}}, id="changes that are no list"),
        pytest.param(_with_change(), id="other changes"),
        pytest.param(_with_change(target="../A.md"), id="a target outside"),
        pytest.param(_with_change(target="/etc/passwd"), id="an absolute target"),
        pytest.param(_with_change(target="scaffold.yml"), id="a target that is not written"),
        pytest.param(_with_change(old="0"), id="a hash that is none"),
        pytest.param(_with_change(new=1), id="content that is none"),
        pytest.param(_with_change(new={"base64": "?"}), id="content that is no base64"),
        pytest.param(_with_change(new=None), id="nothing to do"),
        pytest.param(_with_change(source=None), id="a key of a change too many"),
    ],
)
def test_a_preview_that_says_what_none_can_say_is_refused(plan: Path, values: dict[str, Json]) -> None:
    keep(plan, PREVIEW)
    rewritten(plan, **values)
    assert problem_of(plan).code == "bad_preview"


def test_a_target_twice_is_refused(plan: Path) -> None:
    keep(plan, PREVIEW)
    rewritten(plan, changes=[*json.loads(file_of(plan).read_bytes())["body"]["changes"][:1]] * 2)
    assert "each target once" in problem_of(plan).message


def test_a_preview_of_a_newer_scaffold_needs_that_one(plan: Path) -> None:
    keep(plan, PREVIEW)
    outer = json.loads(file_of(plan).read_bytes())
    file_of(plan).write_bytes(json.dumps({**outer, "version": VERSION + 1}).encode())
    problem = problem_of(plan)
    assert (problem.code, "newer" in (problem.hint or "")) == ("bad_preview", True)


def test_a_preview_that_the_system_does_not_let_anybody_read_is_named(plan: Path) -> None:
    keep(plan, PREVIEW)
    with at_call(4, failing(errno.EIO), ("open",)), pytest.raises(NeedsPerson, match="Input/output error"):
        read_preview(plan, PREVIEW.id)
    assert ids(plan) == [PREVIEW.id]


# --- an id that is not there ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted", ["0123456789ab", "", "x", "../../PLAN_DEMO", "0123456789AB", "\udcff", "a\0b", "a" * 999]
)
def test_an_unknown_id_is_a_usage_problem_that_lists_those_there_are(plan: Path, wanted: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        read_preview(plan, wanted)
    (problem,) = caught.value.diagnostics
    assert (problem.code, (problem.hint or "").startswith("there are none: `scaffold preview")) == (
        "no_such_preview",
        True,
    )
    many = preview_of(PREVIEW.changes[:1], words=("executions", *(f"--achievement=1.{number}" for number in range(99))))
    for preview in (PREVIEW, numbered(1), many):
        keep(plan, preview)
    with pytest.raises(UsageProblem) as caught:
        read_preview(plan, wanted)
    hint = caught.value.diagnostics[0].hint or ""
    assert f"{numbered(1).id} of 2026-11-22T20:15:01Z (executions --batch --level 0)" in hint
    assert PREVIEW.id in hint
    assert many.id in hint
    assert len(hint) < 500


def test_an_id_that_newer_ones_have_replaced_is_unknown(plan: Path) -> None:
    for number in range(11):
        keep(plan, numbered(number))
    with pytest.raises(UsageProblem, match="no kept preview"):
        read_preview(plan, numbered(0).id)


# --- what is not kept -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "preview",
    [
        pytest.param(replace(PREVIEW, id="0" * 12), id="id of other changes"),
        pytest.param(replace(PREVIEW, id="../../../x"), id="id that is a path"),
        pytest.param(preview_of((KeptChange("scaffold.yml", None, b"", None),)), id="target"),
        pytest.param(preview_of((KeptChange("execution/A.md", None, None, None),)), id="nothing to do"),
        pytest.param(replace(PREVIEW, created="today"), id="date"),
        pytest.param(replace(PREVIEW, words=()), id="no words"),
    ],
)
def test_what_would_not_be_believed_later_is_not_kept(plan: Path, preview: KeptPreview) -> None:
    with pytest.raises(InvalidInput) as caught:
        keep(plan, preview)
    assert caught.value.diagnostics[0].code == "bad_preview"
    assert not (plan / ".scaffold").exists()


def test_a_preview_that_is_too_large_to_be_read_again_is_not_kept(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(plan, numbered(1))
    monkeypatch.setattr(previews, "LIMIT", file_of(plan, numbered(1)).stat().st_size)
    keep(plan, numbered(1))
    with pytest.raises(InvalidInput) as caught:
        keep(plan, PREVIEW)
    assert caught.value.diagnostics[0].code == "preview_too_large"
    assert ids(plan) == [numbered(1).id]
    assert len(list(file_of(plan).parent.iterdir())) == 1


def test_a_plan_that_is_not_there_is_invalid_input(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        keep(tmp_path / "nowhere", PREVIEW)


def test_a_preview_has_the_permissions_that_the_umask_leaves(plan: Path) -> None:
    before = os.umask(0o027)
    try:
        keep(plan, PREVIEW)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file_of(plan).stat().st_mode) == 0o640
