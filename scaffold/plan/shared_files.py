"""Files that several achievements of one level deliver: who works on these at the same time would collide."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scaffold.errors import Diagnostic
from scaffold.lazy.patterns import regex
from scaffold.model import Achievement
from scaffold.names import listed
from scaffold.plan.progress import Standing
from scaffold.reading.content import Passage

_PATH = regex(r"`(?P<path>[^`\s]+)`")
_FILE = regex(r"(?:[\w.@+-]+/)+[\w.@+-]*\.\w{1,10}|[\w@+-]+\.(?:[\w-]+\.)*(?P<ending>\w{1,10})")
_WORDS = (
    "py pyi md rst txt json jsonl yml yaml toml ini cfg env sh js jsx ts tsx mjs css scss html vue svelte sql csv tsv "
    "go rs java kt rb php c h cc cpp hpp cs swift ipynb proto tf xml svg png jinja"
)
_ENDINGS = frozenset(_WORDS.split())
_EVERYWHERE = frozenset({"__init__.py", "conftest.py", "README.md", "index.md", "index.js", "index.ts", "mod.rs"})
"""Names without a folder that say nothing: every folder may have one."""


def shared_files(standings: Iterable[Standing], deliverables: Mapping[str, Sequence[Passage]]) -> Iterator[Diagnostic]:
    """Warn of files that several open achievements of one level deliver; `deliverables` are by achievement.

    Where nobody has stated what an achievement depends on, nobody knows which level it is on.
    """
    sharing: dict[tuple[int, str], list[str]] = {}
    for standing in standings:
        if not standing.is_done and not standing.is_open:
            for path in dict.fromkeys(delivered(standing.achievement, deliverables.get(standing.id, ()))):
                sharing.setdefault((standing.level, path), []).append(standing.id)
    together: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for (level, path), ids in sharing.items():
        if len(ids) > 1:
            together.setdefault((level, tuple(ids)), []).append(path)
    for (level, group), paths in together.items():
        message = f"achievements {listed(group)} of level {level} deliver the same: {listed(paths)}"
        hint = "let one of them depend on the other, or give each its own file"
        yield Diagnostic("same_file", message, hint=hint, severity="warning")


def delivered(achievement: Achievement, deliverables: Iterable[Passage]) -> Iterator[str]:
    """Yield the paths that an achievement delivers: its key `files`, and code in its deliverables."""
    files = achievement.extra.get("files")
    for file in files if isinstance(files, list) else [files]:
        if isinstance(file, str) and file.strip():
            yield file.strip().removeprefix("./")
    for item in deliverables:
        for code in _PATH.finditer(item.text):
            path = re.sub(r":\d+(?:-\d+)?$", "", code["path"]).removeprefix("./")
            if _is_file(path):
                yield path


def _is_file(path: str) -> bool:
    """Whether code in a deliverable names a file rather than a module, a call or a pattern."""
    found = _FILE.fullmatch(path)
    ending = found["ending"] if found else None
    return bool(found) and path not in _EVERYWHERE and (ending is None or ending.casefold() in _ENDINGS)
