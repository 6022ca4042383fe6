"""The test fakes keep their own promises."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.errors import STOPPING
from tests import conftest
from tests.trees import build, snapshot


def test_a_built_tree_is_taken_apart_into_the_same_mapping(tmp_path: Path) -> None:
    build(tmp_path, {"a/b.md": "text", "c": b"\xff", "d/": ""})
    (tmp_path / "link").symlink_to("c")
    assert snapshot(tmp_path) == {"a": "/", "a/b.md": b"text", "c": b"\xff", "d": "/", "link": "-> c"}


def test_the_folders_to_leave_out_are_left_out_at_any_depth(tmp_path: Path) -> None:
    build(tmp_path, {".scaffold/x": "", "a/.scaffold/y": "", "a/z": ""})
    assert snapshot(tmp_path) == {"a": "/", "a/z": b""}


def test_a_test_that_hangs_fails_whatever_it_catches() -> None:
    assert signal.alarm(0) > 0  # it would come by itself
    with pytest.raises(pytest.fail.Exception, match="hangs"), contextlib.suppress(Exception):
        signal.raise_signal(signal.SIGALRM)


def test_the_signals_that_end_a_run_arrive_in_every_test() -> None:
    assert [signal.getsignal(number) for number in STOPPING] == [
        signal.default_int_handler,
        signal.SIG_DFL,
        signal.SIG_DFL,
    ]


def test_they_do_so_where_whoever_started_the_tests_ignores_them() -> None:
    other = f"{__file__}::{test_the_signals_that_end_a_run_arrive_in_every_test.__name__}"
    command = f"trap '' INT TERM HUP; exec {sys.executable} -m pytest -q -p no:cacheprovider {other}"
    shown = subprocess.run(["sh", "-c", command], cwd=conftest.ROOT, capture_output=True, text=True, check=False)
    assert (shown.returncode, "1 passed" in shown.stdout) == (0, True), shown.stdout


def test_tests_write_into_memory_only_where_they_can_and_nobody_named_another_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = os.statvfs(tmp_path)

    def found(free: int, flag: int) -> None:
        fields = (usual.f_bsize, 1, free, free, free, *usual[5:8], flag, usual.f_namemax)
        monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(fields))

    found(conftest.ROOM, 0)
    assert conftest.suits(tmp_path, {})
    assert not conftest.suits(tmp_path, {"TMPDIR": "/elsewhere"})
    assert not conftest.suits(tmp_path / "nowhere", {})
    found(conftest.ROOM - 1, 0)
    assert not conftest.suits(tmp_path, {})
    found(conftest.ROOM, os.ST_NOEXEC)
    assert not conftest.suits(tmp_path, {})
