"""The test fakes keep their own promises."""

import contextlib
import signal
from pathlib import Path

import pytest

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
