"""Plans with documents, what people do in these, and how what they are made from changes: drawn for laws.

A world is made of few different texts, so that many of its changes meet what somebody edited.
"""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from hypothesis import strategies as st

from tests import plans, teams_kit
from tests.conftest import Scaffold
from tests.trees import build
from tests.update_kit import create

IDS = ("1.1", "1.2", "2.1", "2.2")
TEAMS = {"1.1": "security", "2.1": "data"}
HEADER = "templates/org/sections/header.md.jinja"
THREATS = "templates/security/sections/threat_model.md.jinja"
WORDS = (
    "Make it work.",
    "Make it work for Ann.",
    "Make all of it fast, in the end.",
    "Show it.\n\nThen keep it working.",
)
CRITERIA = ("It works", "It is tested", "It is tested twice", "It is fast", "Ann has seen it", "It works everywhere")
PHASES = ("Build: write it", "Build: write it anew", "Test: run `make check`", "Ship: tell everybody")


@dataclass(frozen=True, slots=True)
class Said:
    """What a SUBPLAN says."""

    objective: str = WORDS[0]
    approach: str = WORDS[3]
    criteria: tuple[str, ...] = CRITERIA[:2]
    phases: tuple[str, ...] = PHASES[:1]
    risks: str = "Some, in `a.py`."

    def text(self, id_: str) -> str:
        """Return the SUBPLAN of an achievement."""
        phases = "".join(
            f"### Phase {number}: {phase.split(': ')[0]} (1 hour)\n\n- {phase.split(': ')[1]}\n\n"
            for number, phase in enumerate(self.phases, 1)
        )
        criteria = "".join(f"- {criterion}\n" for criterion in self.criteria)
        return (
            f"# SUBPLAN: Part {id_}\n\n**PLAN**: DEMO\n**Achievement**: {id_}\n**Estimated Time**: 2 hours\n\n"
            f"## Objective\n\n{self.objective}\n\n## Approach\n\n{self.approach}\n\n{phases}"
            f"## Success Criteria\n\n{criteria}\n## Risks\n\n{self.risks}\n"
        )


def _some(texts: Sequence[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(texts), min_size=least, max_size=3, unique=True).map(tuple)


SAID = st.builds(
    Said, st.sampled_from(WORDS), st.sampled_from(WORDS), _some(CRITERIA, 1), _some(PHASES), st.sampled_from(WORDS)
)
BEFORE = (Said(), Said(WORDS[3], WORDS[0], CRITERIA[:3], PHASES[:3], "None."), Said(phases=()))
"""What SUBPLANs say when the documents are made."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a world begins: with how many achievements, and what their SUBPLANs say then."""

    count: int
    said: int

    @property
    def ids(self) -> tuple[str, ...]:
        """Its achievements."""
        return IDS[: self.count]


STARTS = st.builds(Start, st.integers(1, len(IDS)), st.integers(0, len(BEFORE) - 1))


def subplan_of(id_: str) -> str:
    """Return the path of a SUBPLAN."""
    return f"subplans/SUBPLAN_DEMO_{id_.replace('.', '')}.md"


def document_of(id_: str) -> str:
    """Return the path of a document."""
    return f"execution/EXECUTION_TASK_DEMO_{id_.replace('.', '')}_01.md"


class Worlds:
    """Makes worlds whose documents scaffold has created: each start once, and copies of it."""

    def __init__(self, scaffold: Scaffold, home: Path) -> None:
        self._scaffold, self._home, self._made = scaffold, home, 0

    def make(self, start: Start) -> Path:
        """Return the plan of a new world."""
        first = self._home / f"start-{start.count}-{start.said}"
        if not first.exists():
            entries = [
                plans.achievement(
                    id_, *(["1.1"] if id_[0] == "2" else []), **({"team": TEAMS[id_]} if id_ in TEAMS else {})
                )
                for id_ in start.ids
            ]
            tree = plans.tree(entries) | {
                subplan_of(id_): BEFORE[(start.said + at) % len(BEFORE)].text(id_) for at, id_ in enumerate(start.ids)
            }
            workspace = {"scaffold.yml": teams_kit.SETTINGS, **teams_kit.LAYERS}
            build(first, {**workspace, **{f"DEMO/{path}": text for path, text in tree.items()}})
            create(self._scaffold, first / "DEMO", "--level", "all")
        self._made += 1
        return Path(shutil.copytree(first, self._home / str(self._made))) / "DEMO"


# --- what people do in a document -------------------------------------------------------------------------------------

Edit: TypeAlias = tuple[str, int, str]
"""What is done, roughly where, and with which text."""

_ANYWHERE = st.sampled_from(range(100))
_LINES = (
    "Ann looked at it.",
    "- [ ] And this, says Ann",
    "**Date**: 2026-03-15",
    "### Iteration 2",
    "  - more of it",
    "",
    "| a | b |",
    "É\ttab",
)
_STATES = ("In progress", "✅ Complete", "Blocked by Ann")
EDITS: st.SearchStrategy[list[Edit]] = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("put there", "insert there", "change there")), _ANYWHERE, st.sampled_from(_LINES)),
        st.tuples(st.sampled_from(("tick", "remove", "remove more", "at the end")), _ANYWHERE, st.just("")),
        st.tuples(st.sampled_from(("insert", "change", "put")), _ANYWHERE, st.sampled_from(_LINES)),
        st.tuples(st.just("state"), st.just(0), st.sampled_from(_STATES)),
        st.tuples(st.just("append"), st.just(0), st.sampled_from(("## Notes\n\nOf Ann.\n", "One word more", "\n\n"))),
        st.tuples(st.just("everywhere"), _ANYWHERE, st.sampled_from((" ", "\t", "   "))),
    ),
    min_size=1,
    max_size=5,
)
BLANKS: st.SearchStrategy[list[Edit]] = st.lists(
    st.tuples(st.sampled_from(("everywhere", "blanks", "no blanks")), _ANYWHERE, st.sampled_from((" ", "\t"))),
    min_size=1,
    max_size=3,
)
_EDITED = {id_: st.tuples(EDITS, st.sampled_from((False, False, True))) for id_ in IDS}
SOME_EDITED = st.fixed_dictionaries({}, optional=_EDITED)
"""By achievement what is done in its document, and whether it gets the line ends of Windows."""

EDITED = st.fixed_dictionaries({"1.1": _EDITED["1.1"]}, optional={id_: _EDITED[id_] for id_ in IDS[1:]})
"""The same, where at least one document is edited."""


_CHANGING = re.compile("|".join((*map(re.escape, (*WORDS[0:3], *CRITERIA)), "Escalation", "misuse")))
"""What lines have that change."""


def edited(text: str, edits: Sequence[Edit]) -> str:
    """Return what becomes of a text."""
    lines = text.split("\n")
    for what, where, with_ in edits:
        at = where * len(lines) // 100
        boxes = [number for number, line in enumerate(lines) if "- [ ]" in line]
        changing = [number for number, line in enumerate(lines) if _CHANGING.search(line)]
        if what.endswith(" there") and changing:
            what, at = what.removesuffix(" there"), changing[where * len(changing) // 100]
        match what:
            case "tick" if boxes:
                box = boxes[where * len(boxes) // 100]
                lines[box] = lines[box].replace("- [ ]", "- [x]")
            case "remove" | "remove more":
                del lines[at : at + (1 if what == "remove" else 7)]
            case "insert":
                lines.insert(at, with_)
            case "change" if lines:
                lines[at] = f"{lines[at]} {with_}"
            case "put" if lines:
                lines[at] = with_
            case "state":
                lines = [re.sub(r"^(\*\*Status\*\*:).*", rf"\1 {with_}", line) for line in lines]
            case "append":
                lines += with_.split("\n")
            case _:
                lines = _blanks(lines, what, at, with_)
    return "\n".join(lines)


def _blanks(lines: list[str], what: str, at: int, with_: str) -> list[str]:
    """Return lines with other blanks: at the end of all of them, of one, of none, or below the last."""
    match what:
        case "everywhere":
            return [line + with_ for line in lines]
        case "blanks":
            return [*lines[:at], *(line + with_ for line in lines[at : at + 1]), *lines[at + 1 :]]
        case "no blanks":
            return [line.rstrip() for line in lines]
        case "at the end":
            return "\n".join(lines).rstrip("\n").split("\n")
    return lines


def edit_all(root: Path, ids: Sequence[str], edits: Mapping[str, tuple[Sequence[Edit], bool]]) -> None:
    """Carry out edits in the documents of these achievements."""
    for id_, (of_document, is_windows) in edits.items():
        if id_ in ids:
            text = edited((root / document_of(id_)).read_text(), of_document)
            (root / document_of(id_)).write_bytes((text.replace("\n", "\r\n") if is_windows else text).encode())


# --- how what documents are made from changes -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changes:
    """What SUBPLANs say and titles are now, by achievement, and the texts of two layers."""

    said: Mapping[str, Said]
    titles: Mapping[str, str]
    header: str
    threats: str

    def carry_out(self, root: Path, ids: Sequence[str]) -> None:
        """Change the world so."""
        for id_ in self.said.keys() & set(ids):
            (root / subplan_of(id_)).write_text(self.said[id_].text(id_))
        found = json.loads((root / "parallel.json").read_text())
        for entry in found["achievements"]:
            entry["title"] = self.titles.get(entry["id"], entry["title"])
        (root / "parallel.json").write_text(json.dumps(found, indent=2))
        for path, text in ((HEADER, self.header), (THREATS, self.threats)):
            (root.parent / path).write_text(text)


_HEADER, _THREATS = teams_kit.LAYERS[HEADER], teams_kit.LAYERS[THREATS]
_CHANGES = st.builds(
    Changes,
    st.fixed_dictionaries({"1.1": SAID}, optional={id_: SAID | st.sampled_from(BEFORE) for id_ in IDS[1:]}),
    st.fixed_dictionaries({}, optional={id_: st.sampled_from(("Part", "Else", f"Part {id_} of it")) for id_ in IDS}),
    st.sampled_from((_HEADER, _HEADER.replace("ops@", "help@"), _HEADER.replace("\n**Esc", "\n**Who**: Zoe  \n**Esc"))),
    st.sampled_from((_THREATS, _THREATS.replace("misuse", "abuse"), _THREATS + "- [ ] And who else?\n")),
)
ONE_CHANGE = st.builds(
    lambda changes, which: replace(Changes({}, {}, _HEADER, _THREATS), **{which: getattr(changes, which)}),
    _CHANGES,
    st.sampled_from(("said", "said", "titles", "header", "threats")),
)
CHANGES = _CHANGES | ONE_CHANGE
