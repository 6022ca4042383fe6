"""A small plan, change sets for it, and ways to look at what became of it."""

import json
from pathlib import Path

from scaffold import transaction
from scaffold.model import Batch, BatchRecord, Change, ChangeSet, Input, Json, TemplateUsed, sha256
from scaffold.transaction import batches, pieces, records
from scaffold.transaction.files import lines_in, opened_plan
from scaffold.transaction.records import record_from_bytes
from tests.trees import build, put, snapshot

TIME = "2026-11-22T20:15:00Z"

FOREIGN = {
    "parallel.json": b"{}\n",
    "PLAN_DEMO.md": b"# PLAN: DEMO\n",
    "execution/README.md": b"a note by somebody\n",
    "execution/OLD.md": b"to be replaced\n",
    "execution/GONE.md": b"to be removed\n",
}
NEW = {"subplans/A.md": b"# A\n" * 40, "execution/B.md": b"# B\n", "execution/C.md": b""}
REPLACED = b"replaced by the batch\n"
SOURCE, TEMPLATE = Input("subplans/S.md", "0" * 64), TemplateUsed("built-in execution_task", "1" * 64)


def make_plan(directory: Path) -> Path:
    """Make a plan without `subplans/`, with files that a batch must leave alone, replace and remove."""
    return build(directory, FOREIGN)


def creating(files: dict[str, bytes] | None = None, inputs: tuple[Input, ...] = ()) -> ChangeSet:
    """Return the change set that creates files."""
    return ChangeSet(
        tuple(Change(target, None, new, SOURCE, TEMPLATE) for target, new in (files or NEW).items()), inputs
    )


def mixed() -> ChangeSet:
    """Return a change set with every kind of change."""
    created = creating().changes
    return ChangeSet(
        (
            created[0],
            Change("execution/OLD.md", sha256(FOREIGN["execution/OLD.md"]), REPLACED),
            created[1],
            Change("execution/GONE.md", sha256(FOREIGN["execution/GONE.md"]), None),
            created[2],
        )
    )


def batch_of(changes: ChangeSet) -> Batch:
    """Return a batch of a change set."""
    return Batch("executions", "--batch", changes, {"tasks": [{"hours": 1.5}]})


def record_of(changes: ChangeSet, time: str = TIME) -> BatchRecord:
    """Return the record of a batch of a change set."""
    return records.record_of(batch_of(changes), time)


def run(plan: Path, changes: ChangeSet, time: str = TIME) -> BatchRecord:
    """Apply a change set."""
    return transaction.apply(plan, batch_of(changes), time, lambda done, total: None)


def recorded(plan: Path) -> list[BatchRecord]:
    """Return the records of a plan's batches whole, the newest last."""
    folder = plan / ".scaffold/batches"
    contents = [(folder / one.id / "record.json").read_bytes() for one in batches.batches(plan).summaries]
    return [record_from_bytes(content).record for content in contents]


def tree(plan: Path) -> dict[str, bytes | str]:
    """Return every file of a plan but the bookkeeping, and every empty directory as `PATH/`."""
    found = snapshot(plan)
    parents = {path.rpartition("/")[0] for path in found}
    files = {path: content for path, content in found.items() if content != "/"}
    return files | {f"{path}/": b"" for path in found.keys() - files.keys() - parents}


def after(changes: ChangeSet) -> dict[str, bytes]:
    """Return the tree that a change set makes of the plan."""
    files = dict(FOREIGN)
    for change in changes.changes:
        if change.new is None:
            del files[change.target]
        else:
            files[change.target] = change.new
    return files


def is_tidy(plan: Path) -> bool:
    """Whether no transaction is left, and nothing in the bookkeeping shares an inode with a file of the plan."""
    published = {path.stat().st_ino for path in plan.rglob("*") if path.is_file() and ".scaffold" not in path.parts}
    kept = [path for path in (plan / ".scaffold").rglob("*") if path.is_file()]
    left = [path.name for path in (plan / ".scaffold").glob("*") if path.name.startswith("txn-")]
    return not left and not any(path.stat().st_ino in published for path in kept)


def is_whole_or_untouched(plan: Path, changes: ChangeSet) -> bool:
    """Whether the plan is either as the batch makes it, with its record, or as it was, without one."""
    records = list((plan / ".scaffold/batches").glob("*/record.json"))
    found = tree(plan)
    return (found == after(changes) and len(records) == 1) or (found == FOREIGN and not records)


def as_version_2(batch: Path) -> None:
    """Write the bookkeeping of a batch as it was before version 3: answers in the record, contents in one value."""
    numbered = record_from_bytes((batch / "record.json").read_bytes())
    sealed = json.loads((batch / "record.json").read_bytes())["body"]
    with opened_plan(batch) as folder:
        answers = pieces.answers_from_lines(lines_in(folder, pieces.ANSWERS, 1 << 20), str(numbered.answers))
    lines = [json.loads(line) for line in (batch / pieces.CONTENTS).read_bytes().splitlines()]
    names = ("new", "old", "generated")
    contents: dict[str, Json] = {
        name: {line["target"]: line[name] for line in lines if line[name] is not None} for name in names
    }
    for path in batch.iterdir():
        path.unlink()
    put(batch / "record.json", older(2, {**sealed, "answers": dict(answers)}))
    put(batch / "contents.json", older(2, contents))


def older(version: int, body: Json) -> bytes:
    """Seal a body as an earlier version did."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return json.dumps({"version": version, "sha256": sha256(text.encode()), "body": body}, indent=1).encode() + b"\n"
