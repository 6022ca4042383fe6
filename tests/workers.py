"""Workers that claim, work and review by what `scaffold next` says, on one plan until its end, and who checks them.

`python -m tests.workers PLAN NAME LOG [--fresh]` is one of them: every command in a process of its own with `--fresh`.
`python -m tests.workers PLAN LOG --six` starts six, and prints what the check finds, and how many commands it took.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scaffold import cli
from scaffold.errors import Conflict, PlanBusy
from tests import plans
from tests.trees import build

PAUSE = 0.02
LONGEST = 240
"""Seconds after which a worker gives up: none should have to."""


def layered(root: Path, width: int, depth: int) -> Path:
    """Build a plan of `width` times `depth` achievements, each on two of the level below, every SUBPLAN filled in."""
    entries = [
        plans.achievement(f"{level}.{at}", *(f"{level - 1}.{one}" for one in sorted({at, at % width + 1}) if level > 1))
        for level in range(1, depth + 1)
        for at in range(1, width + 1)
    ]
    return build(root, plans.tree(entries, subplans=[str(entry["id"]) for entry in entries]))


class Worker:
    """One who works on a plan under a name. Everything it does goes to the log, a line each, before or after it did."""

    def __init__(self, root: Path, name: str, log: Path, *, fresh: bool) -> None:
        self.root, self.name, self.log, self.fresh = root, name, log, fresh
        self.busy = Counter[int]()

    def run(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Run a command line of scaffold with `--json`, again where another run held the plan for too long."""
        code, out = PlanBusy.exit_code, ""
        while code == PlanBusy.exit_code:
            code, out = self._once([*words, "--json"])
            self.busy[code] += 1
        return code, json.loads(out)

    def _once(self, words: Sequence[str]) -> tuple[int, str]:
        if self.fresh:
            command = [sys.executable, "-m", "scaffold", *words]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert "Traceback" not in done.stderr, done.stderr
            return done.returncode, done.stdout
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            code = cli.run(words)
        return code, out.getvalue()

    def note(self, what: str, id_: str) -> None:
        """Append a line to the log, in one write: lines of several workers never mix."""
        fd = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        os.write(fd, f"{what} {id_} {self.name}\n".encode())
        os.close(fd)

    def to_the_end(self) -> None:
        """Work until nothing is left to do."""
        give_up = time.monotonic() + LONGEST
        while time.monotonic() < give_up:
            code, document = self.run("next", str(self.root), "--as", self.name)
            assert code == 0, document
            data = document["data"]
            if not data["actions"] and not data["claims"]:
                return
            ids = dict.fromkeys(id_ for action in data["actions"] for id_ in action["achievements"])
            if not any(self.takes(id_) for id_ in ids):
                time.sleep(PAUSE)
        raise TimeoutError(self.name)

    def takes(self, id_: str) -> bool:
        """Claim an achievement, and bring it to its end; whether it was free."""
        code, document = self.run("claim", id_, str(self.root), "--as", self.name, "--for", "30m")
        if code == Conflict.exit_code:
            return False
        assert code == 0, document
        self.note("takes", id_)
        while (brief := self.run("brief", id_, str(self.root)))[0] == 4:
            code, document = self.run("executions", str(self.root), "--achievement", id_, "--yes")
            assert code == 0, document
        task = self.root / brief[1]["data"]["read"][0]
        task.write_text(task.read_text("utf-8").replace("**Status**: Not started", "**Status**: Complete"), "utf-8")
        self.note("ends", id_)
        code, document = self.run("review", id_, str(self.root), "--approve", "--yes")
        assert code == 0, document
        self.note("reviewed", id_)
        return True


def taken_twice(lines: Sequence[str]) -> Iterator[str]:
    """Yield what a log says of achievements that somebody took while another had them, or after they were done."""
    holders: dict[str, str] = {}
    for line in lines:
        what, id_, name = line.split()
        if what == "code":
            continue
        if what == "takes" and id_ in holders:
            yield f"{id_}: {name} took it, which {holders[id_]} had"
        holders.setdefault(id_, name)


def race(root: Path, log: Path, names: Sequence[str], *options: str) -> list[str]:
    """Let workers of these names work on a plan to its end, each in a process of its own, and return the log."""
    words = [sys.executable, "-m", "tests.workers", str(root)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    running = [
        subprocess.Popen([*words, name, str(log), *options], env=environment, stderr=subprocess.PIPE, text=True)
        for name in names
    ]
    said = [worker.communicate()[1] for worker in running]
    assert [worker.returncode for worker in running] == [0] * len(names), said
    return log.read_text("utf-8").splitlines()


def main(arguments: Sequence[str]) -> None:
    """Be one worker, or start six."""
    if "--six" in arguments:
        root, log = map(Path, arguments[:2])
        began = time.monotonic()
        lines = race(root, log, [f"worker-{number}" for number in range(1, 7)], "--fresh")
        taken = Counter(line.split()[2] for line in lines if line.startswith("takes"))
        codes = Counter(line.split()[1] for line in lines if line.startswith("code"))
        sys.stdout.write(
            f"{sum(taken.values())} achievements in {time.monotonic() - began:.1f} s: {dict(sorted(taken.items()))}\n"
            f"{sum(codes.values())} commands, by exit code: {dict(sorted(codes.items()))}\n"
            f"taken twice: {list(taken_twice(lines))}\n"
        )
        return
    root, name, log = Path(arguments[0]), arguments[1], Path(arguments[2])
    worker = Worker(root, name, log, fresh="--fresh" in arguments)
    worker.to_the_end()
    for code, count in worker.busy.items():
        for _ in range(count):
            worker.note("code", str(code))


if __name__ == "__main__":
    main(sys.argv[1:])
