"""The rows of the bench: what is run, what it is compared with, what it may take at most."""

import json
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import worlds
from tests.bench.measure import (
    GAUGE,
    Experiment,
    Machine,
    Ran,
    Sample,
    Samples,
    Side,
    Work,
    WorkDiffers,
    made_in,
    told_as,
)
from tests.bench.verdicts import Limit, Metric

HERE = Path(__file__).parent
PYTHON = sys.executable
SCAFFOLD = (PYTHON, "-m", "scaffold")
CREATE = (*SCAFFOLD, "executions", "--batch", "--yes")
SAVES = 5
"""How often a watching process sees a template saved; the median of these looks counts."""

TEAM_TEMPLATE = """{% extends "built-in/document.md.jinja" %}
{% block more_sections %}
## For the team

Saved 0 times. {{ task.title }} is done when somebody else has run it.
{% endblock %}
"""
SETTINGS = "templates: {executions: {sets: {team: {directory: team}}, default: team}}\n"


@dataclass(slots=True)
class Lab:
    """Where worlds are built, each once, and the code that is measured: this and, where given, the commit before."""

    machine: Machine
    code: Path
    before: Path | None
    _worlds: dict[str, Path] = field(default_factory=dict)

    def world(self, name: str, make: Callable[[], worlds.Files]) -> Path:
        """Return a directory with these files, which is built once."""
        if name not in self._worlds:
            directory = self.machine.scratch / "worlds" / name
            for path, text in make().items():
                target = directory / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, "utf-8")
            self._worlds[name] = directory
        return self._worlds[name]

    def designed(self, number: int) -> Path:
        """Return a plan with all its SUBPLANs and no EXECUTION_TASK."""
        return self.world(f"designed-{number}", lambda: worlds.designed(number))

    def prepared(self, number: int) -> Path:
        """Return a directory with the SUBPLANs of the same plan, all answers, and the built-in template set."""
        name = f"prepared-{number}"
        if name not in self._worlds:
            directory = self.machine.scratch / "worlds" / name
            shutil.copytree(self.designed(number) / "subplans", directory / "subplans")
            shutil.copytree(self.code / "templates" / "execution_task", directory / "set")
            asked = (PYTHON, "-P", str(HERE / "answers.py"), ".")
            ran = self.machine.run(asked, self.designed(number), self.code)
            if ran.code != 0:
                raise WorkDiffers(f"the answers cannot be prepared: {ran.err.decode('utf-8', 'replace')}")
            (directory / "answers.json").write_bytes(ran.out)
            self._worlds[name] = directory
        return self._worlds[name]

    def sides(self, command: Sequence[str], world: Path | None, **more: Any) -> tuple[Side, ...]:
        """Return a command of scaffold as the subject and, where the commit before is given, as that."""
        subject = Side("subject", tuple(command), world, self.code, **more)
        return (subject, *([Side("before", tuple(command), world, self.before, **more)] if self.before else []))


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows that differ in their size alone: how they are called, measured and built.

    `experiment` rows of the same name are measured together. `rounds` are for up to 10, up to 100 and more documents.
    """

    work: str
    partner: str
    experiment: str
    build: Callable[[Lab, int], tuple[tuple[Side, ...], tuple[Side, ...]]]
    rounds: tuple[int, int, int] = (15, 9, 5)
    metric: Metric = "cpu"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table."""

    name: str
    kind: Kind
    size: int

    @property
    def work(self) -> str:
        """What is measured, as people read it."""
        return self.kind.work.format(f"{self.size:,}")

    @property
    def partner(self) -> str:
        """What it is compared with."""
        return self.kind.partner.format(f"{self.size // 10:,}") + (", user CPU" if self.metric == "user" else "")

    @property
    def metric(self) -> Metric:
        """What of its samples counts: against the floor, the system's part of many documents is the disk's."""
        return "user" if self.kind.experiment == "floor" and self.size >= 1000 else self.kind.metric

    @property
    def limit(self) -> Limit | None:
        """What it may be at most, where that is agreed."""
        return LIMITS.get(self.name)

    @property
    def experiment(self) -> str:
        """The name of what is measured; rows can share it."""
        return f"{self.kind.experiment}-{self.size}" if self.size else self.kind.experiment

    def build(self, lab: Lab) -> Experiment:
        """Return what is measured, with its directories built."""
        sides, proofs = self.kind.build(lab, self.size)
        rounds = self.kind.rounds[(self.size > 10) + (self.size > 100)]
        return Experiment(self.experiment, sides, rounds, proofs, warm_up=self.size <= 100)


# --- what is run ----------------------------------------------------------------------------------------------------

Built = tuple[tuple[Side, ...], tuple[Side, ...]]


def _start(option: str) -> Callable[[Lab, int], Built]:
    def build(lab: Lab, size: int) -> Built:
        return (*lab.sides((*SCAFFOLD, option), None), Side("partner", GAUGE)), ()

    return build


def _status(lab: Lab, size: int) -> Built:
    world = lab.designed(size)
    sides = lab.sides((*SCAFFOLD, "status"), world, work=made_in("."), results=size + 2)
    proofs = lab.sides((*SCAFFOLD, "status", "--json"), world, work=told_as(_states), results=size)
    return (*sides, Side("partner", GAUGE)), proofs


def _states(out: bytes) -> list[str]:
    return [f"{each['id']} {each['state']}" for each in json.loads(out)["data"]["achievements"]]


def _copier(lab: Lab, size: int) -> Built:
    copy = (PYTHON, "-m", "copier", "copy", "--defaults", "--quiet", "--data-file", "answers.json", "set", "out")
    partner = Side("partner", copy, lab.prepared(size), work=made_in("out"), results=size)
    return (*_creating(lab, size), partner), ()


def _floor(lab: Lab, size: int) -> Built:
    floor = (PYTHON, "-P", str(HERE / "floor.py"))
    partner = Side("partner", floor, lab.prepared(size), work=made_in("execution"), results=size)
    return (*_creating(lab, size), partner), ()


def _creating(lab: Lab, size: int, **more: Any) -> tuple[Side, ...]:
    return lab.sides(CREATE, lab.designed(size), work=made_in("execution"), results=size, **more)


def _subplans(lab: Lab, size: int) -> Built:
    world = lab.world(f"undesigned-{size}", lambda: worlds.undesigned(size))
    batch = (*SCAFFOLD, "subplans", "--batch")
    sides = lab.sides((*batch, "--dry-run"), world, work=made_in("."), results=2)
    return _with_itself(sides), lab.sides((*batch, "--yes"), world, work=made_in("subplans"), results=size)


def _check(lab: Lab, size: int) -> Built:
    world = lab.designed(size)
    sides = lab.sides((*SCAFFOLD, "check"), world, work=made_in("."), results=size + 2)
    proofs = lab.sides((*SCAFFOLD, "check", "--json"), world, work=told_as(_findings), results=1)
    return _with_itself(sides), proofs


def _findings(out: bytes) -> list[str]:
    return [f"{each['code']} {each['path']} {each['message']}" for each in json.loads(out)["diagnostics"]]


def _with_itself(sides: tuple[Side, ...]) -> tuple[Side, ...]:
    """Return sides of which the commit before is the partner, and its own."""

    def both(ran: Ran) -> Samples:
        return {"before": ran.sample, "partner": ran.sample}

    subject, *before = sides
    return (subject, *(replace(side, samples=both) for side in before))


def _growth(lab: Lab, size: int) -> Built:
    tenth = size // 10
    large = _creating(lab, size, group="large")
    small = _creating(lab, tenth, group="small")
    large = tuple(replace(side, may_refuse=side.name == "before") for side in large)
    names = {"subject": "partner", "before": "before partner"}
    return (*large, *(replace(side, name=names[side.name]) for side in small)), ()


def _watch(lab: Lab, size: int) -> Built:
    world = lab.world(
        f"watched-{size}",
        lambda: {**worlds.designed(size), "team/document.md.jinja": TEAM_TEMPLATE, "scaffold.yml": SETTINGS},
    )
    words = ("preview", "executions", "--batch", "--watch")
    command = (PYTHON, "-P", str(HERE / "watcher.py"), "team/document.md.jinja", str(SAVES), *words)
    sides = lab.sides(command, world, work=_looked, results=size)
    named = {"subject": ("subject", "partner"), "before": ("before", "before partner")}
    return tuple(replace(side, samples=_looks_of(*named[side.name])) for side in sides), ()


def _looked(ran: Ran, tree: Path) -> Work:
    """Return what all looks of a watching process gave; a save must change every document, and the last undo that."""
    if ran.code != 0:
        return Work(ran.code, 0, "")
    looks = json.loads(ran.out)
    digests = [look["digest"] for look in looks]
    is_right = digests[0] == digests[-1] and len(set(digests)) == len(looks) - 1
    return Work(0, min(look["documents"] for look in looks), " ".join(digests) if is_right else "not what was saved")


def _looks_of(again: str, first: str) -> Callable[[Ran], Samples]:
    """Return what reads the samples of the looks after a save, by their medians, and of the first look."""

    def samples(ran: Ran) -> Samples:
        looks: Sequence[Mapping[str, Any]] = json.loads(ran.out)
        saved = looks[1:-1]
        parts = [median(look[part] for look in saved) for part in ("user", "system", "wall", "memory")]
        return {
            again: Sample(*parts),
            first: Sample(*(looks[0][part] for part in ("user", "system", "wall", "memory"))),
        }

    return samples


# --- the table ------------------------------------------------------------------------------------------------------

PASS, ITSELF = "`python -c pass`", "the commit before"
KINDS: Mapping[str, Kind] = {
    "version": Kind("`--version`", PASS, "version", _start("--version"), (21, 21, 21)),
    "help": Kind("`--help`", PASS, "help", _start("--help"), (21, 21, 21)),
    "status": Kind("`status`, {} achievements", PASS, "status", _status, (21, 15, 11)),
    "copier": Kind("`executions --batch --yes`, {} documents", "`copier copy`, the same answers", "copier", _copier),
    "floor": Kind("`executions --batch --yes`, {} documents", "floor", "floor", _floor),
    "subplans": Kind("`subplans --dry-run`, {} achievements", ITSELF, "subplans", _subplans),
    "check": Kind("`check`, {} achievements", ITSELF, "check", _check, (15, 9, 7)),
    "watch": Kind(
        "regenerated after a saved template, {} documents", "the first preview of that process", "watch", _watch
    ),
    "growth": Kind("`executions --batch --yes`, {} documents", "{} documents", "growth", _growth, (2, 2, 2)),
    "memory": Kind("peak memory, {} documents", "–", "growth", _growth, (2, 2, 2), "memory"),
}
MB = 1e6
LIMITS: Mapping[str, Limit] = {
    "version": Limit(3, 2),
    "help": Limit(8, 5),
    "status-10": Limit(12, 9),
    "status-1000": Limit(22, 15),
    "copier-10": Limit(0.5, 0.35),
    "floor-100": Limit(5, 3.5),
    "floor-1000": Limit(9, 6),
    "subplans-1000": Limit(0.3, 0.2),
    "check-1000": Limit(0.95, 0.7),
    "growth-10000": Limit(12, 10),
    "memory-10000": Limit(600 * MB, 300 * MB),
    "watch-24": Limit(0.3, 0.1),
}
USUAL = (
    *("version", "help", "status-10", "status-1000", "copier-10", "floor-24", "floor-100", "floor-1000"),
    *("subplans-1000", "check-1000", "watch-24"),
)
LARGE = ("growth-10000", "memory-10000")
_SIZED = re.compile(r"(?P<kind>[a-z]+)-(?P<size>[1-9][0-9]{0,4})")


def row_of(name: str) -> Row:
    """Return the row of a name, `floor-100`: any size can be asked for; those without a limit have no verdict.

    Raises ValueError for a name that means none.
    """
    found = _SIZED.fullmatch(name)
    kind, size = (found["kind"], int(found["size"])) if found else (name, 0)
    is_sized = kind in KINDS and KINDS[kind].work.count("{}") == 1
    if kind not in KINDS or is_sized != bool(found):
        raise ValueError(
            f"no row {name}: expected one of {', '.join((*USUAL, *LARGE))}, or one of these in another size"
        )
    return Row(name, KINDS[kind], size)
