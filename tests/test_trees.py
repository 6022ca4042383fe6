"""The test fakes keep their own promises."""

from pathlib import Path

from tests.trees import build, snapshot


def test_a_built_tree_is_taken_apart_into_the_same_mapping(tmp_path: Path) -> None:
    build(tmp_path, {"a/b.md": "text", "c": b"\xff", "d/": ""})
    (tmp_path / "link").symlink_to("c")
    assert snapshot(tmp_path) == {"a": "/", "a/b.md": b"text", "c": b"\xff", "d": "/", "link": "-> c"}


def test_the_folders_to_leave_out_are_left_out_at_any_depth(tmp_path: Path) -> None:
    build(tmp_path, {".scaffold/x": "", "a/.scaffold/y": "", "a/z": ""})
    assert snapshot(tmp_path) == {"a": "/", "a/z": b""}
