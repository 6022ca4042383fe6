"""A watching process that says what its looks take: `python watcher.py TEMPLATE SAVES WORDS…`.

WORDS are those of `scaffold preview … --watch`. The command runs as it is, up to the function that waits for saves. In
its place one here looks for the first time; then it saves the file TEMPLATE, each time with another text, and looks
again; at the end with the first text. It prints as JSON what each look took, of this process and of its children, and
the digest of the documents. Waiting, and printing what changed, is not part of it.
"""

import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from scaffold.commands import preview
from scaffold.commands._watch import Seen

Look = Callable[[], Seen]


def main() -> None:
    """Run the command line with a `watch` of our own."""
    from scaffold.__main__ import main as scaffold

    template, saves = Path(sys.argv[1]), int(sys.argv[2])

    def watch(look: Look, **_: Any) -> int:
        sys.stdout.write(json.dumps(_looks(look, template, saves)))
        return 0

    vars(preview)["watch"] = watch
    sys.argv[1:] = sys.argv[3:]
    scaffold()


def _looks(look: Look, template: Path, saves: int) -> list[dict[str, object]]:
    """Return what the first look took, one after each save, and one after everything was as before."""
    text = template.read_text("utf-8")
    found = [_measured(look)]
    for number in range(1, saves + 1):
        template.write_text(text.replace("Saved 0 times", f"Saved {number} times"), "utf-8")
        found.append(_measured(look))
    template.write_text(text, "utf-8")
    return [*found, _measured(look)]


def _measured(look: Look) -> dict[str, object]:
    before, began = _used(), time.perf_counter()
    seen = look()
    wall, after = time.perf_counter() - began, _used()
    return {
        "user": after[0] - before[0],
        "system": after[1] - before[1],
        "wall": wall,
        "memory": after[2] * (1 if sys.platform == "darwin" else 1024),
        "documents": len(seen.documents),
        "digest": _digest(seen.documents),
    }


def _used() -> tuple[float, float, int]:
    """Return the seconds of processor, as user and as system, and the most memory of this process and its children."""
    kinds = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime for one in kinds), sum(one.ru_stime for one in kinds), max(one.ru_maxrss for one in kinds)


def _digest(documents: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for name, content in sorted(documents.items()):
        total.update(b"%b\0%d\0%b" % (name.encode(), len(content), content))
    return total.hexdigest()


if __name__ == "__main__":
    main()
