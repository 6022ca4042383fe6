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
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


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
