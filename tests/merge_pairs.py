"""Pairs of what people do in an EXECUTION_TASK and what changes when it is generated again, on real documents.

`python -m tests.merge_pairs` prints the conflicts of every pair, ours and those of `git merge-file`.
"""

import hashlib
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scaffold.document.merge import merge
from scaffold.model import Input
from scaffold.reading import subplan
from tests.documents import rendered, task

ROOT = Path(__file__).parent.parent
SUBPLANS = (
    ROOT / "tests/fixtures/SUBPLAN_PARALLEL-AUTOMATION_23.md",
    ROOT / "docs/example/RECIPE-BOX/subplans/SUBPLAN_RECIPE-BOX_12.md",
)

Change = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Pair:
    """What was generated last, what a person made of it, and what is generated now."""

    name: str
    generated: str
    edited: str
    new: str


def sub(pattern: str, by: str, count: int = 0) -> Change:
    """Return a change that replaces what begins at a line's beginning, and must find it."""

    def change(text: str) -> str:
        changed, times = re.subn(f"^{pattern}", by, text, count=count, flags=re.MULTILINE)
        assert times, pattern
        return changed

    return change


def then(*changes: Change) -> Change:
    """Return several changes as one."""

    def change(text: str) -> str:
        for each in changes:
            text = each(text)
        return text

    return change


def fill(label: str, value: str) -> Change:
    return sub(rf"\*\*{re.escape(label)}\*\*:[^\n]*?( *)$", rf"**{label}**: {value}\1", 1)


def last_item(heading: str, line: str) -> Change:
    """Return a change that adds a line at the end of the first list below a heading or label."""
    return sub(rf"({re.escape(heading)}\n\n(?:[- ].*\n)+)", rf"\1{line}\n", 1)


STARTED = fill("Status", "In progress")
FIRST_ITERATION = then(
    fill("Date", "2026-03-15"),
    fill("Phase", "1"),
    fill("Files changed", "`batch.py`, `cli.py`"),
    fill("Checks (command → result)", "`pytest -q` → 61 of 63 pass"),
    fill("Problems and solutions", "the order of files; sorted by name"),
    fill("Next step", "mend the two tests"),
)
SECOND_ITERATION = sub(
    r"(\*\*Next step\*\*:.*\n)",
    "\\1\n### Iteration 2\n\n**Date**: 2026-03-16  \n**Files changed**: `batch.py`  \n**Next step**: review\n",
    1,
)

EDITS: dict[str, Change] = {
    "started": then(STARTED, sub(r"- \[ \] ", "- [x] ", 1)),
    "one iteration": then(STARTED, FIRST_ITERATION, sub(r"- \[ \] ", "- [x] ", 2)),
    "two iterations": then(STARTED, FIRST_ITERATION, SECOND_ITERATION, sub(r"- \[ \] ", "- [x] ", 3)),
    "finished": then(
        fill("Status", "Complete"),
        fill("Actual Time", "6.5 hours"),
        fill("Completed", "2026-03-17"),
        FIRST_ITERATION,
        SECOND_ITERATION,
        sub(r"- \[ \] ", "- [x] "),
        fill("What worked", "tests first"),
        fill("Improvements for next time", "measure before"),
        fill("Surprises", "the order of files"),
        sub(r"(\*\*Patterns to adopt\*\*:)", "\\1\n\n- fakes over mocks\n- sorted names", 1),
    ),
    "notes": then(
        STARTED,
        sub(r"(- \[ \] .*\n)", "\\1  - done in two steps, see `NOTES.md`\n", 1),
        last_item("**Before this is complete**:", "- [ ] Looked at by Ann"),
    ),
    "corrected": then(
        sub(r"(### Phase 1.*\n)", "\\1\n> Done together with Ben.\n", 1),
        sub(r"(1\. .*)$", r"\1 (not on Windows)", 1),
        sub(r"Keep the whole document under.*\n\n", "", 1),
    ),
    "own lines": then(
        sub(r"(\*\*Same level\*\*:.*)$", "\\1  \n**Executor**: Ann", 1),
        sub(r"## Learning Summary", "## Open Questions\n\n- Who reads this?\n\n## Learning Summary", 1),
    ),
    "other editor": then(STARTED, FIRST_ITERATION, lambda text: re.sub(r" +$", "", text, flags=re.MULTILINE)),
}
"""What people do with a document."""


def _section(text: str, title: str) -> tuple[str, str, str]:
    """Return the text before the items of a section, the items as a text, and the text after them."""
    match = re.search(rf"^##+ \W*{title}\n\n((?:[-\d*].*\n(?: +.*\n)*)+)", text, re.MULTILINE)
    assert match, title
    return text[: match.start(1)], match[1], text[match.end(1) :]


def items(title: str, change: Callable[[list[str]], list[str]]) -> Change:
    """Return a change of the items of a section of the SUBPLAN."""

    def changed(text: str) -> str:
        before, inside, after = _section(text, title)
        return before + "".join(change(re.findall(r"^\S.*\n(?: +.*\n)*", inside, re.MULTILINE))) + after

    return changed


SUBPLAN_CHANGES: dict[str, Change] = {
    "objective": sub(r"(## \W*Objective\n\n)(\w+)", r"\1First of all: \2", 1),
    "criterion more": items("Success Criteria", lambda found: [*found, "- Nothing takes longer than a second\n"]),
    "criterion less": items("Success Criteria", lambda found: found[1:]),
    "deliverable more": items("Deliverables", lambda found: [*found, "- `docs/errors.md`\n"]),
    "deliverable less": items("Deliverables", lambda found: found[1:]),
    "deliverable reworded": items(
        "Deliverables", lambda found: [found[0].replace("\n", ", with its docstrings\n", 1), *found[1:]]
    ),
    "deliverables turned": items("Deliverables", lambda found: found[::-1]),
    "phase renamed": sub(r"### Phase 2: .*", "### Phase 2: What comes next (100 min)", 1),
    "phase more": sub(
        r"(### Phase 2)", "### Phase 1b: Look around (10 min)\n\n**Steps**:\n\n1. Read the old code\n\n\\1", 1
    ),
}
"""What changes in a SUBPLAN."""

TEMPLATE_CHANGES: dict[str, Change] = {
    "section more": sub(
        r"## Completion Checklist", "## Threat Model\n\nNo secrets in logs.\n\n## Completion Checklist"
    ),
    "header line": sub(r"(\*\*Same level\*\*:.*)$", "\\1  \n**Team**: payments", 1),
    "field more": sub(r"(\*\*Next step\*\*:)", "\\1  \n**Commit**:", 1),
    "check more": last_item("**Before this is complete**:", "- [ ] Row counts compared"),
    "label renamed": sub(r"\*\*Improvements for next time\*\*", "**Improvements**", 1),
    "rule reworded": sub(r"Keep the whole document under 200", "Keep this document under 180", 1),
    "states": sub(r"(\*\*Depends on\*\*:.*)\(needs fix\)", r"\1(complete)", 1),
}
"""What changes in a template, in `parallel.json` or with the states of others."""


def document(text: str) -> str:
    """Return the EXECUTION_TASK of a SUBPLAN."""
    source = Input("subplans/SUBPLAN_BILLING_23.md", hashlib.sha256(text.encode()).hexdigest())
    return rendered(task(subplan.parse(text, source.path), source=source))


def pairs() -> Iterator[Pair]:
    """Yield every pair of an edit and a change, of each kind on one of the SUBPLANs in turn."""
    for at, (edit_name, edit) in enumerate(EDITS.items()):
        for number, (name, change) in enumerate((SUBPLAN_CHANGES | TEMPLATE_CHANGES).items()):
            path = SUBPLANS[(at + number) % len(SUBPLANS)]
            text = path.read_text("utf-8")
            generated = document(text)
            new = document(change(text)) if name in SUBPLAN_CHANGES else change(generated)
            assert generated != new, name
            yield Pair(f"{edit_name} × {name} ({path.stem})", generated, edit(generated), new)


def of_git(pair: Pair) -> int:
    """Return how many conflicts `git merge-file` has in a pair."""
    with tempfile.TemporaryDirectory() as scratch:
        paths = []
        for name, text in (("edited", pair.edited), ("generated", pair.generated), ("new", pair.new)):
            paths.append(Path(scratch, name))
            paths[-1].write_text(text, "utf-8")
        command = ["git", "merge-file", "-p", "-q", *map(str, paths)]
        merged = subprocess.run(command, capture_output=True, text=True, check=False)
    return merged.returncode


def table() -> Iterator[str]:
    """Yield every pair in which either merge has conflicts, and how many there are in all."""
    counts = [0, 0, 0]
    for pair in pairs():
        conflicts, git = merge(pair.generated, pair.edited, pair.new).conflicts, of_git(pair)
        counts = [sum(both) for both in zip(counts, (1, len(conflicts), git), strict=True)]
        if conflicts or git:
            yield f"{len(conflicts)}  git {git}  {pair.name}"
        yield from (f"    {place}" for place in conflicts)
    yield "{} pairs: {} conflicts, git merge-file {}".format(*counts)


if __name__ == "__main__":
    print(*table(), sep="\n")  # noqa: T201  # it is what this module is run for
