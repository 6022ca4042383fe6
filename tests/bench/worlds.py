"""Plans of any size for the bench: all texts differ, are as long as real ones, and are the same in every run."""

import json
import random
from collections.abc import Iterator, Sequence

SEED = 2026
PER_GROUP = 50
"""Achievements with the same first number."""

_WHO = (
    *("importer", "parser", "scheduler", "ledger", "router", "cache", "exporter"),
    *("notifier", "archive", "planner", "reviewer", "session", "index"),
)
_WHAT = (
    *("records", "receipts", "invoices", "headings", "batches", "requests", "timestamps"),
    *("locks", "digests", "settings", "messages", "rows"),
)
_DOES = (
    *("reads", "writes", "checks", "merges", "rejects", "counts", "sorts"),
    *("stores", "keeps", "splits", "compares", "reports"),
)
_HOW = (
    "without a second pass",
    "before anything is written",
    "in the order of their names",
    "and says which line is wrong",
    "as long as nobody else holds the lock",
    "within two seconds on the slowest machine",
    "so that a run which is cut short leaves nothing behind",
    "for every tenant, whatever its time zone",
)
_WHY = (
    "Today this is done by hand",
    "Two teams wait for it",
    "The old way loses what was typed in between",
    "Support gets three questions a week about it",
    "Nothing else depends on the format",
)
_VERBS = (
    *("Add", "Move", "Split", "Rename", "Measure", "Replace", "Document"),
    *("Cover", "Load", "Validate"),
)

Files = dict[str, str]


def ids(number: int) -> list[str]:
    """Return the ids of that many achievements."""
    return [f"{10 + at // PER_GROUP}.{10 + at % PER_GROUP}" for at in range(number)]


def designed(number: int) -> Files:
    """Return a plan whose SUBPLANs are all there, on one level, with no EXECUTION_TASK yet."""
    subplans = {f"subplans/SUBPLAN_BENCH_{id_.replace('.', '')}.md": subplan(id_) for id_ in ids(number)}
    return {**undesigned(number), **subplans}


def undesigned(number: int) -> Files:
    """Return a plan without SUBPLANs: what they will be made from stands in the PLAN."""
    stated = [(id_, _Writer(f"plan {id_}")) for id_ in ids(number)]
    entries = [{"id": id_, "title": writer.title(), "dependencies": []} for id_, writer in stated]
    achievements = "\n".join(
        _achievement(id_, str(entry["title"]), writer) for (id_, writer), entry in zip(stated, entries, strict=True)
    )
    plan = f"# PLAN: Bench\n\n## Goal\n\n{_Writer('goal').paragraph(3)}\n\n## Achievements\n\n{achievements}"
    return {
        "PLAN_BENCH.md": plan,
        "parallel.json": json.dumps({"plan_name": "BENCH", "achievements": entries}, indent=2) + "\n",
    }


def subplan(id_: str) -> str:
    """Return the SUBPLAN of an achievement, of about 80 to 200 lines."""
    return "\n".join(_subplan_lines(id_, _Writer(f"subplan {id_}"))) + "\n"


class _Writer:
    """Writes texts that depend on its name alone."""

    def __init__(self, name: str) -> None:
        self._mark = name.rpartition(" ")[2].replace(".", "")
        self._chance = random.Random(f"{SEED} {name}")  # noqa: S311 - the same texts in every run are what is wanted

    def number(self, low: int, high: int) -> int:
        return self._chance.randint(low, high)

    def of(self, words: Sequence[str]) -> str:
        return self._chance.choice(words)

    def file(self) -> str:
        """Return the path of a file that no other achievement names."""
        return f"{self.of(_WHO)}/{self.of(_WHAT)}_{self._mark}_{self.number(1, 999)}.py"

    def title(self) -> str:
        return f"{self.of(_VERBS)} the {self.of(_WHO)}'s {self.of(_WHAT)} {self.number(100, 999)}"

    def sentence(self) -> str:
        which = f"`{self.file()}`" if self.number(0, 2) == 0 else f"The {self.of(_WHO)}"
        how = f" {self.of(_HOW)}" if self.number(0, 1) else ""
        return f"{which} {self.of(_DOES)} {self.number(2, 900)} {self.of(_WHAT)}{how}."

    def paragraph(self, sentences: int) -> str:
        """Return sentences, each on a line of its own."""
        said = [self.sentence() for _ in range(sentences)]
        return "\n".join([*said, f"{self.of(_WHY)}, and **{self.of(_WHAT)}** come [first](docs/{self.of(_WHO)}.md)."])

    def item(self) -> str:
        return (
            f"{self.of(_VERBS)} `{self.file()}`: the {self.of(_WHO)} {self.of(_DOES)} {self.of(_WHAT)} {self.of(_HOW)}"
        )


def _achievement(id_: str, title: str, writer: _Writer) -> str:
    low = writer.number(2, 6)
    return "\n".join(
        (
            f"### Achievement {id_}: {title}",
            "",
            f"- **Goal**: {writer.sentence()} {writer.sentence()}",
            f"- **Success**: {writer.sentence()}",
            f"- **Deliverables**: `{writer.file()}`, `{writer.file()}`",
            f"- **Effort**: {low}-{low + 2} hours",
            f"- **Tests**: `tests/test_{writer.of(_WHAT)}_{writer.number(1, 999)}.py`",
            "- **Dependencies**: none",
            "",
        )
    )


def _subplan_lines(id_: str, writer: _Writer) -> Iterator[str]:
    low = writer.number(2, 8)
    yield f"# SUBPLAN: Achievement {id_} - {writer.title()}"
    yield ""
    yield from ("**PLAN**: BENCH  ", f"**Achievement**: {id_}  ", f"**Estimated Time**: {low}-{low + 3} hours", "")
    yield from ("---", "", "## 🎯 Objective", "", writer.paragraph(writer.number(2, 5)), "")
    yield from ("## Deliverables", "")
    yield from (f"- {writer.item()}" for _ in range(writer.number(4, 8)))
    yield from ("", "## Approach", "", writer.paragraph(2), "")
    for phase in range(1, writer.number(2, 5)):
        yield from _phase(phase, writer)
    yield from ("## Files", "", "| file | what becomes of it |", "|---|---|")
    yield from (f"| `{writer.file()}` | {writer.sentence()} |" for _ in range(writer.number(3, 6)))
    for heading, mark in (("Tests", "-"), ("Success Criteria", "- [ ]"), ("Risks", "-")):
        yield from ("", f"## {heading}", "")
        yield from (f"{mark} {writer.sentence()}" for _ in range(writer.number(4, 7)))


def _phase(number: int, writer: _Writer) -> Iterator[str]:
    yield f"### Phase {number}: {writer.title()} ({writer.number(2, 12) * 15} min)"
    yield from ("", f"**Goal**: {writer.sentence()}", "", "**Steps**:", "")
    for step in range(1, writer.number(4, 6)):
        yield f"{step}. **{writer.item()}**"
        yield from (f"   - {writer.sentence()}" for _ in range(writer.number(1, 3)))
    function = f"{writer.of(_DOES)}_{writer.of(_WHAT)}_{writer.number(1, 999)}"
    yield from ("", "```python", f"def {function}(path: Path) -> int:", f'    """{writer.sentence()}"""')
    yield from (f"    return {writer.of(_DOES)}(path, limit={writer.number(1, 9999)})", "```", "")
    yield from ("**Verification**:", "", f"- {writer.sentence()}", f"- `pytest tests/{writer.file()}`", "")
