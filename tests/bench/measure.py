"""Commands run as whole processes, in rounds that alternate, with a proof that all of them did the same work."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

RUNNER = Path(__file__).with_name("runner.py")
GAUGE = (sys.executable, "-c", "pass")
GAUGED = 3
"""How often the gauge runs before each round, and after it."""

_OWN = ".scaffold"


class WorkDiffers(Exception):
    """Two commands that are compared did not do the same, or one not what it should; the text says what."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run took: seconds of processor as user and as system, seconds by the clock, most bytes of memory."""

    user: float
    system: float
    wall: float
    memory: float

    @property
    def cpu(self) -> float:
        """Seconds of processor."""
        return self.user + self.system


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of a command: what it took, its exit code, and what it printed."""

    sample: Sample
    code: int
    out: bytes
    err: bytes


@dataclass(frozen=True, slots=True)
class Work:
    """What a run did: its exit code, number and digest of its results: files that it left, or lines that it told."""

    code: int
    results: int
    digest: str

    def __str__(self) -> str:
        """The same, to be read in a message."""
        return f"exit code {self.code}, {self.results:,} results, SHA-256 {self.digest[:12]}"


Samples = Mapping[str, Sample]


def _nothing(ran: Ran, tree: Path) -> Work | None:
    return None


@dataclass(frozen=True, slots=True)
class Side:
    """A command of a row: `name` is `subject`, `partner`, `before`, or `before partner` where that has its own.

    It runs in a copy of the directory `world`, with Python's modules from `code`. `work` says what a run did, None
    where there is nothing to compare; sides of the same `group` must do the same, with so many `results`. `samples`
    are what a run took by the name of a side, where it is not simply the whole of it. One that `may_refuse` may end
    with another exit code than 0, with nothing made.
    """

    name: str
    command: tuple[str, ...]
    world: Path | None = None
    code: Path | None = None
    work: Callable[[Ran, Path], Work | None] = _nothing
    results: int | None = None
    group: str = ""
    samples: Callable[[Ran], Samples] | None = None
    may_refuse: bool = False


@dataclass(frozen=True, slots=True)
class Experiment:
    """Sides that are run in turn, and sides that only prove, once and before, that they would do the same work."""

    name: str
    sides: tuple[Side, ...]
    rounds: int
    proofs: tuple[Side, ...] = ()
    warm_up: bool = True


@dataclass(slots=True)
class Measured:
    """All samples of an experiment by side and round, those of the gauge by round, and which side refused, and why."""

    samples: dict[str, list[Sample]] = field(default_factory=dict)
    gauge: list[list[Sample]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Machine:
    """Where commands run: a directory for copies, and the environment that all of them get."""

    scratch: Path
    environment: Mapping[str, str]

    def run(self, command: Sequence[str], directory: Path, code: Path | None = None) -> Ran:
        """Run a command in a directory and return what it took. `command[0]` is a path."""
        environment = {**self.environment, **({"PYTHONPATH": str(code)} if code else {})}
        result = self.scratch / "result"
        runner = (sys.executable, "-I", "-S", str(RUNNER), str(result), *command)
        done = subprocess.run(runner, cwd=directory, env=environment, capture_output=True, check=True)
        user, system, wall, memory, exit_code = result.read_text("ascii").split()
        sample = Sample(float(user), float(system), float(wall), float(memory))
        return Ran(sample, int(exit_code), done.stdout, done.stderr)

    def measure(self, experiment: Experiment, rounds: int | None = None) -> Measured:
        """Prove that its sides do the same, then run them in rounds, in each the other way round than in the last.

        Raises WorkDiffers as soon as they do not. What refused once is not asked again.
        """
        found = Measured()
        self.prove(experiment.proofs)
        if experiment.warm_up:
            self._round(experiment.sides, Measured(), gauged=0)
        for number in range(rounds or experiment.rounds):
            sides = [side for side in experiment.sides if not (found.refused and side.name.startswith("before"))]
            self._round(sides if number % 2 == 0 else sides[::-1], found)
        return found

    def prove(self, sides: Sequence[Side]) -> None:
        """Run sides once without measuring them; raises WorkDiffers unless they do the same."""
        _demand_same([(side, *self._once(side)) for side in sides])

    def _once(self, side: Side) -> tuple[Ran, Work | None]:
        with tempfile.TemporaryDirectory(dir=self.scratch) as place:
            return self._ran(side, self._copied(side, Path(place)))

    def _ran(self, side: Side, tree: Path) -> tuple[Ran, Work | None]:
        ran = self.run(side.command, tree, side.code)
        return ran, side.work(ran, tree)

    def _copied(self, side: Side, place: Path) -> Path:
        """Return a new copy of the directory that a side works in."""
        tree = place / side.name.replace(" ", "-")
        if side.world is None:
            tree.mkdir()
        else:
            shutil.copytree(side.world, tree)
        return tree

    def _round(self, sides: Sequence[Side], found: Measured, gauged: int = GAUGED) -> None:
        """Run every side once, with the gauge before and after; what is copied is on the disk before it begins."""
        works = []
        with tempfile.TemporaryDirectory(dir=self.scratch) as name:
            place = Path(name)
            trees = [self._copied(side, place) for side in sides]
            os.sync()
            gauge = self._gauge(place, gauged)
            for side, tree in zip(sides, trees, strict=True):
                ran, work = self._ran(side, tree)
                works.append((side, ran, work))
                if ran.code != 0:
                    found.refused[side.name] = f"refused (exit code {ran.code})"
                    continue
                for of, sample in (side.samples(ran) if side.samples else {side.name: ran.sample}).items():
                    found.samples.setdefault(of, []).append(sample)
            found.gauge.append(gauge + self._gauge(place, gauged))
        _demand_same(works)

    def _gauge(self, place: Path, times: int) -> list[Sample]:
        return [self.run(GAUGE, place).sample for _ in range(times)]


def _demand_same(works: Sequence[tuple[Side, Ran, Work | None]]) -> None:
    """Raise WorkDiffers unless every side ended well, with as many results as it should, the same as its group."""
    told: list[str] = []
    groups: dict[str, dict[str, Work]] = {}
    for side, ran, work in works:
        refuses = ran.code != 0 and side.may_refuse
        results = 0 if refuses else side.results
        if ran.code != 0 and not refuses:
            said = ran.err.decode("utf-8", "replace").strip() or ran.out.decode("utf-8", "replace").strip()
            told.append(f"{side.name} ended with exit code {ran.code}: {said[-500:]}")
        elif work is not None and results not in (None, work.results):
            told.append(f"{side.name} has {work.results:,} results, not {results:,}")
        elif work is not None and not refuses:
            groups.setdefault(side.group, {})[side.name] = work
    told += [
        "; ".join(f"{name}: {work}" for name, work in same.items())
        for same in groups.values()
        if len(set(same.values())) > 1
    ]
    if told:
        raise WorkDiffers("\n".join(told))


# --- what a run did -------------------------------------------------------------------------------------------------


def made_in(folder: str) -> Callable[[Ran, Path], Work]:
    """Return what says that a run did what lies in a folder of its tree, `.` for all but scaffold's bookkeeping."""

    def work(ran: Ran, tree: Path) -> Work:
        return Work(ran.code, *_digest(tree / folder))

    return work


def told_as(read: Callable[[bytes], Sequence[str]]) -> Callable[[Ran, Path], Work]:
    """Return what says that a run did what `read` makes of its output, line by line; nothing where that is not JSON."""

    def work(ran: Ran, tree: Path) -> Work:
        lines: Sequence[str] = ()
        with suppress(ValueError, KeyError, TypeError):
            lines = read(ran.out)
        return Work(ran.code, len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())

    return work


def _digest(root: Path) -> tuple[int, str]:
    """Return the number of files below a directory, and a digest of their paths and bytes; 0 where there is none."""
    total, count = hashlib.sha256(), 0
    for directory, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name != _OWN)
        for name in sorted(files):
            path = Path(directory, name)
            content = path.read_bytes()
            total.update(b"%b\0%d\0%b" % (path.relative_to(root).as_posix().encode(), len(content), content))
            count += 1
    return count, total.hexdigest()
