"""Build a directory tree from a mapping, and take it apart again, so that tests compare trees exactly."""

import os
from collections.abc import Mapping
from pathlib import Path

Tree = Mapping[str, str | bytes]


def build(root: Path, tree: Tree) -> Path:
    """Write every file of `tree` (POSIX paths to contents; a path ending in `/` is an empty directory) below `root`."""
    root.mkdir(parents=True, exist_ok=True)
    for path, content in tree.items():
        target = root / path
        if path.endswith("/"):
            target.mkdir(parents=True, exist_ok=True)
        else:
            put(target, content.encode() if isinstance(content, str) else content)
    return root


def put(path: Path, content: bytes) -> None:
    """Write a file, and make the directories above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def snapshot(root: Path, *, without: tuple[str, ...] = (".scaffold",)) -> dict[str, bytes | str]:
    """Return every file's bytes, every link's target as `-> target` and every directory as `/`, by POSIX path."""
    found: dict[str, bytes | str] = {}
    for directory, folders, files in os.walk(root):
        folders[:] = [one for one in folders if one not in without]
        for name in [*folders, *files]:
            path = Path(directory, name)
            key = path.relative_to(root).as_posix()
            if path.is_symlink():
                found[key] = f"-> {path.readlink()}"
            else:
                found[key] = "/" if path.is_dir() else path.read_bytes()
    return found


def added(root: Path, before: Mapping[str, bytes | str]) -> set[str]:
    """Return the files that are there now and were not before; nothing else may have changed."""
    now = snapshot(root)
    assert {path: now.get(path) for path in before} == before
    return {path for path in now.keys() - before.keys() if now[path] != "/"}
