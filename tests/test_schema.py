"""Every `--json` document is as the published schema says, also when the run fails; and the schema is strict.

The `document` of an Outcome, here and in every other test, is held against the schema.
"""

import fcntl
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal, NotRequired, TypedDict

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scaffold import shapes, transaction
from scaffold.document.variables import SHAPES, VARIABLES
from scaffold.model import Json
from tests import json_types, manual, plans, schema
from tests.conftest import Outcome, Scaffold
from tests.trees import build

PLAN = """# PLAN: DEMO

## Achievements

### Achievement 1.1: Part one (2-3 hours)

**Goal**: Have it.

### Achievement 1.2: Part two

**Depends on**: 1.1

- Deliverables:
  - `part.py`
"""
RICH = (
    plans.subplan("1.1")
    + """
## Phases

### Phase 1: Set up (30 min)

**Goal**: A place to work.

1. Make it.
2. Look at it.

**Verification**:

- It is there.

## Deliverables

- `part.py`

## Execution Strategy

| Execution | Purpose |
|---|---|
| EXECUTION_TASK_DEMO_11_01 | Build |
| EXECUTION_TASK_DEMO_11_02 | Compare |

## Tests

- [FILL: which]
"""
)


def rich(root: Path) -> None:
    """A plan with something of everything: every state, hours of every form, own keys, a SUBPLAN with all fields."""
    entries = [
        {**plans.achievement("1.1"), "estimated_hours": "4-6", "team": "blue"},
        {**plans.achievement("1.2"), "estimated_hours": 1.5},
        *(plans.achievement(f"2.{at}", "1.1", "1.2") for at in range(1, 5)),
    ]
    files = {
        "subplans/SUBPLAN_DEMO_11.md": RICH,
        "execution/EXECUTION_TASK_DEMO_21_01.md": "there\n",
        **{f"execution/feedbacks/{name}.md": "" for name in ("APPROVED_12", "FIX_22", "SKIPPED_23")},
    }
    build(root, {**plans.tree(entries, subplans=["1.1", "1.2", "2.1"]), "PLAN_DEMO.md": PLAN, **files})


def bare(root: Path) -> None:
    build(root, {"PLAN_DEMO.md": PLAN})


def undefined(root: Path) -> None:
    build(root, {"PLAN_DEMO.md": "# PLAN: DEMO\n\nNothing yet.\n"})


def without_subplan(root: Path) -> None:
    (plans.demo(root) / "subplans/SUBPLAN_DEMO_11.md").unlink()


def executed(root: Path) -> Path:
    return plans.demo(root, {"execution/EXECUTION_TASK_DEMO_11_01.md": "**Status**: Complete\n"})


def unreadable(root: Path) -> None:
    build(root, {"PLAN_DEMO.md": PLAN, "parallel.json": '{"achievements": [{"id": 7}, {"id": "1.1", "id": "1.2"}]}'})


def in_the_way(root: Path) -> None:
    (plans.demo(root) / "execution/EXECUTION_TASK_DEMO_11_01.md").mkdir(parents=True)


def two_plans(root: Path) -> None:
    build(root, {"PLAN_A.md": "", "PLAN_B.md": "", "parallel.json": '{"achievements": []}'})


def damaged(root: Path) -> None:
    plans.demo(root, {".scaffold/txn-0123456789abcdef/commit.json": "{"})


def damaged_record(root: Path) -> None:
    plans.demo(root, {".scaffold/batches/20261122T093000Z-0123abcd/record.json": "{"})


def nothing(root: Path) -> None:
    root.mkdir(exist_ok=True)


# fmt: off
RUNS: list[tuple[Callable[[Path], object], str, str, int]] = [
    (rich, "status", "status", 0),
    (rich, "status --ready", "status", 0),
    (damaged, "status", "status", 0),
    (nothing, "status", "error", 3),
    (rich, "graph", "graph", 0),
    (rich, "graph --format json", "graph", 0),
    (unreadable, "graph --format json", "error", 3),
    (rich, "why 2.1", "why", 0),
    (rich, "why 2.4", "why", 0),
    (plans.demo, "why 3.1", "why", 0),
    (plans.demo, "why 9.9", "error", 2),
    (plans.demo, "check", "check", 0),
    (rich, "check", "check", 0),
    (rich, "check --strict", "check", 4),
    (unreadable, "check", "check", 3),
    (rich, "context subplans/SUBPLAN_DEMO_11.md", "context", 0),
    (rich, "context --achievement 1.1 --achievement 1.2", "context", 0),
    (plans.demo, "context nowhere.md", "error", 3),
    (without_subplan, "context --achievement 1.1", "error", 4),
    (nothing, "context", "error", 2),
    (rich, "next", "next", 0),
    (plans.demo, "next --limit 1", "next", 0),
    (nothing, "next", "error", 3),
    (executed, "next --as alice", "next", 0),
    (executed, "claim 1.1 --as alice", "claim", 0),
    (plans.demo, "claim 1.2 --as alice --for 1d", "claim", 0),
    (executed, "claim 2.2 --as alice", "error", 5),
    (executed, "claim 1.1", "error", 2),
    (executed, "release 1.1 --as alice", "release", 0),
    (executed, "release 9.9 --as alice", "error", 2),
    (executed, "brief 1.1", "brief", 0),
    (rich, "brief 2.1 --max-tokens 500", "brief", 0),
    (executed, "brief 1.2", "error", 4),
    (executed, "review 1.1 --approve --yes", "review", 0),
    (executed, "review 1.1 --fix --message Again --dry-run", "review", 0),
    (executed, "review 1.2 --skip", "review", 6),
    (executed, "review 1.2 --approve", "error", 4),
    (executed, "review 1.1", "error", 2),
    (plans.demo, "template which", "template_which", 0),
    (rich, "template which 1.1", "template_which", 0),
    (nothing, "template check", "template_check", 0),
    (nothing, "template check nowhere", "template_check", 3),
    (nothing, "template new web --section header", "template_new", 0),
    (nothing, "template new built-in", "error", 2),
    (nothing, "template export built-in out", "template_export", 0),
    (plans.demo, "template export built-in .", "error", 5),
    (nothing, "template variables", "template_variables", 0),
    (nothing, "template variables subplan", "template_variables", 0),
    (nothing, "template variables --nope", "error", 2),
    (rich, "subplans --batch --level all --dry-run", "subplans", 0),
    (rich, "subplans --batch --level all --yes", "subplans", 0),
    (plans.demo, "subplans --batch", "subplans", 0),
    (rich, "subplans --batch --level all", "subplans", 6),
    (two_plans, "subplans --batch", "error", 3),
    (plans.demo, "executions --batch --level all --dry-run", "executions", 0),
    (rich, "executions --achievement 1.1 --planned --yes --allow-unfilled", "executions", 0),
    (rich, "executions --achievement 2.2 --achievement 1.1 --skip-missing --dry-run", "executions", 0),
    (without_subplan, "executions --batch --yes --skip-missing", "executions", 0),
    (without_subplan, "executions --batch --yes", "executions", 4),
    (plans.demo, "executions --batch", "executions", 6),
    (in_the_way, "executions --batch --yes", "error", 5),
    (plans.demo, "executions --batch --level 7", "error", 2),
    (plans.demo, "executions", "error", 2),
    (damaged, "executions --batch --yes", "error", 9),
    (plans.demo, "preview executions --batch --content", "executions", 0),
    (plans.demo, "preview executions --batch --watch", "error", 2),
    (rich, "preview executions --achievement 1.1 --allow-unfilled", "executions", 0),
    (rich, "preview subplans --batch --level all --content", "subplans", 0),
    (plans.demo, "preview update", "update", 0),
    (plans.demo, "update --yes", "update", 0),
    (executed, "update --dry-run", "update", 0),
    (nothing, "update", "error", 3),
    (plans.demo, "apply 0123456789ab", "error", 2),
    (plans.demo, "undo --list", "batches", 0),
    (damaged_record, "undo --list", "batches", 0),
    (damaged_record, "undo 20261122T093000Z-0123abcd", "undo", 3),
    (plans.demo, "undo", "undo", 3),
    (plans.demo, "undo --yes", "error", 2),
    (plans.demo, "recover", "recover", 0),
    (damaged, "recover", "recover", 9),
    (nothing, "recover nowhere", "error", 3),
    (nothing, "init NEW --dry-run", "init", 0),
    (nothing, "init NEW --yes", "init", 0),
    (nothing, "init NEW", "init", 6),
    (nothing, "init a/b", "error", 2),
    (bare, "adopt --dry-run", "adopt", 0),
    (bare, "adopt --yes", "adopt", 0),
    (bare, "adopt", "adopt", 6),
    (undefined, "adopt", "error", 3),
    (plans.demo, "adopt", "error", 5),
    (nothing, "guide", "guide", 0),
    (nothing, "agents --to AGENTS.md --yes", "agents", 0),
    (nothing, "agents --to skills --dry-run", "agents", 0),
    (nothing, "agents --to AGENTS.md", "agents", 6),
    (plans.demo, "agents --to PLAN_DEMO.md/AGENTS.md", "error", 3),
    (nothing, "nope", "error", 2),
]
# fmt: on


@pytest.fixture
def run(tmp_path: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Run a command line with `--json` in `tmp_path`."""
    monkeypatch.chdir(tmp_path)

    def run(line: str) -> Outcome:
        return scaffold(*line.split(), *([] if "--format json" in line else ["--json"]))

    return run


@pytest.mark.parametrize(("make", "line", "kind", "code"), RUNS, ids=lambda one: getattr(one, "__name__", str(one)))
def test_every_document_is_as_the_schema_says(
    tmp_path: Path, run: Callable[..., Outcome], make: Callable[[Path], object], line: str, kind: str, code: int
) -> None:
    make(tmp_path)
    outcome = run(line)
    document = outcome.document
    assert (document["kind"], outcome.code, document["ok"]) == (kind, code, code == 0), outcome.out
    assert outcome.err == ""


def test_undo_in_all_its_outcomes_is_as_the_schema_says(tmp_path: Path, run: Callable[..., Outcome]) -> None:
    plans.demo(tmp_path)
    batch = run("executions --batch --yes").document["data"]["batch"]  # type: ignore[index,call-overload]
    (tmp_path / "execution/EXECUTION_TASK_DEMO_11_01.md").write_text("edited\n")
    outcomes = [run("undo --dry-run"), run("undo"), run(f"undo {batch} --yes"), run("undo --list"), run("undo")]
    kinds = [(one.document["kind"], one.code) for one in outcomes]
    assert kinds == [("undo", 0), ("undo", 6), ("undo", 0), ("batches", 0), ("undo", 3)]
    edited = [one["path"] for one in outcomes[0].document["diagnostics"]]  # type: ignore[union-attr,index,call-overload]
    assert edited == ["execution/EXECUTION_TASK_DEMO_11_01.md"]


def test_apply_and_update_in_all_their_outcomes_are_as_the_schema_says(
    tmp_path: Path, run: Callable[..., Outcome]
) -> None:
    plans.demo(tmp_path)

    def preview() -> str:
        return str(run("preview executions --batch").document["data"]["change_set"])  # type: ignore[index,call-overload]

    stale = preview()
    (tmp_path / "subplans/SUBPLAN_DEMO_11.md").write_text(plans.subplan("1.1", "Else."))
    kept = preview()
    outcomes = [run(f"apply {line}") for line in (f"{stale} --yes", kept, f"{kept} --yes", f"{kept} --yes")]
    for place, said in (("execution/EXECUTION_TASK_DEMO_11_01.md", "Edited."), ("subplans/SUBPLAN_DEMO_11.md", "New.")):
        text = (tmp_path / place).read_text()
        (tmp_path / place).write_text(text.replace("Else.", said))
    outcomes += [run(line) for line in ("update --yes", "preview update", "update --yes --conflict markers")]
    assert [(one.document["kind"], one.code) for one in outcomes] == [
        ("executions", 5),
        ("executions", 6),
        ("executions", 0),
        ("apply", 0),
        ("update", 5),
        ("update", 5),
        ("update", 0),
    ]


def test_a_plan_that_another_run_holds_and_one_that_cannot_be_written_are_too(
    tmp_path: Path, run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    plans.demo(tmp_path, {".scaffold/lock": ""})
    monkeypatch.setattr("scaffold.transaction.guard.WAIT", 0.1)
    with (tmp_path / ".scaffold/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        busy = run("executions --batch --yes").document
    monkeypatch.setattr(transaction, "stage", _full)
    full = run("executions --batch --yes").document
    assert [one["diagnostics"][0]["code"] for one in (busy, full)] == ["plan_busy", "write_failed"]  # type: ignore[index,call-overload]


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


# --- the schema itself ------------------------------------------------------------------------------------------------


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema.SCHEMA)


def test_every_kind_has_its_data_and_a_run_that_succeeds() -> None:
    assert {kind for _, _, kind, code in RUNS if code == 0} == set(schema.kinds()) - {"error", "undo", "apply"}
    assert set(schema.kinds()) <= set(schema.SCHEMA["$defs"])


def test_every_command_with_json_is_among_the_runs() -> None:
    takes_json = {context.command_path for context in manual.contexts() if _has_json(context.command)}
    run = {f"scaffold {line}" for _, line, _, code in RUNS}
    assert takes_json == {path for path in takes_json if any(f"{line} ".startswith(f"{path} ") for line in run)}


def _has_json(command: click.Command) -> bool:
    return any("--json" in one.opts for one in command.params)


def test_every_narrower_variable_is_in_the_tables() -> None:
    assert set(SHAPES) <= {row.name for rows in VARIABLES.values() for row in rows}


class LeafData(TypedDict):
    """Something in a list."""

    name: str


class TreeData(TypedDict):
    """A type with one of each."""

    count: Annotated[shapes.Count | None, "how many"]
    state: Literal["a", "b"]
    leaves: Annotated[list[LeafData], "its leaves"]
    extra: dict[str, Json]
    numbers: NotRequired[dict[str, shapes.LineNumber]]


def test_a_type_becomes_a_schema_with_its_descriptions_rules_and_required_keys() -> None:
    known = json_types.Definitions()
    assert known.typed_dict(TreeData) == {
        "type": "object",
        "required": ["count", "state", "leaves", "extra"],
        "additionalProperties": False,
        "properties": {
            "count": {"description": "how many", "type": ["integer", "null"], "minimum": 0},
            "state": {"enum": ["a", "b"]},
            "leaves": {"description": "its leaves", "type": "array", "items": {"$ref": "#/$defs/leaf"}},
            "extra": {"type": "object"},
            "numbers": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
        },
    }
    assert known.definitions["leaf"]["properties"] == {"name": {"type": "string"}}


def test_two_types_of_one_name_and_what_json_does_not_have_are_refused() -> None:
    known = json_types.Definitions()
    known.of(LeafData)
    for other in ("LeafData", "StatusData"):  # the second is the name of a kind of document
        with pytest.raises(ValueError, match="two types"):
            known.of(TypedDict(other, {"name": int}))  # type: ignore[operator]
    with pytest.raises(TypeError):
        known.of(list[bytes])
    with pytest.raises(LookupError, match="NopeData"):
        json_types.data_type("nope")


@given(st.recursive(st.text() | st.integers(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)))
def test_what_is_laid_out_for_people_is_the_same_json(value: Json) -> None:
    assert json.loads(json_types.text(value)) == value


def test_the_schema_is_strict(tmp_path: Path, run: Callable[..., Outcome]) -> None:
    rich(tmp_path)
    for line in ("status", "executions --achievement 1.1 --dry-run --allow-unfilled", "why 2.4"):
        changed = list(_each_with_one_more_key(run(line).document))
        assert changed
        assert all(schema.faults(one) for one in changed)


def _each_with_one_more_key(value: Json) -> Iterator[Json]:
    """Yield copies of a document, each with an unknown key in another of its objects."""
    if isinstance(value, dict):
        yield {**value, "surprise": 1}
        for key, one in value.items():
            if key != "extra":  # a plan's own keys
                yield from ({**value, key: changed} for changed in _each_with_one_more_key(one))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from ([*value[:at], changed, *value[at + 1 :]] for changed in _each_with_one_more_key(one))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"schema_version": 3}, "$.schema_version"),
        ({"kind": "menu"}, "$.kind"),
        ({"ok": False}, "$.diagnostics"),
        ({"data": None}, "$.data"),
        ({"data": {}}, "$.data"),
        ({"diagnostics": [{"code": "x"}]}, "$.diagnostics[0]"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    tmp_path: Path, run: Callable[..., Outcome], change: dict[str, Json], place: str
) -> None:
    plans.demo(tmp_path)
    faults = schema.faults({**run("check").document, **change})
    assert any(one.startswith(f"{place}:") for one in faults), faults
