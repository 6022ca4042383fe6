"""Sample achievements: of each kind four, which together have every variable with a value, and without."""

import json
from collections.abc import Iterator
from functools import cache
from typing import get_args

import pytest

from scaffold.document.variables import VARIABLES
from scaffold.model import Json
from scaffold.names import EXECUTION_TASK, SUBPLAN
from scaffold.reading import markdown
from scaffold.templates.samples import Kind, sample_answers, samples
from tests.documents import rendered

KINDS: tuple[Kind, ...] = get_args(Kind)


@cache
def tasks(kind: Kind, *extra: str) -> dict[str, dict[str, Json]]:
    return dict(samples(kind, dict.fromkeys(extra, "value")))


def values(task: Json, name: str) -> Iterator[Json]:
    """Yield what a variable of the table, such as `task.phases[].goal`, has in a sample."""
    found = [task]
    for key in name.removeprefix("task.").split("."):
        inside = [value[key.removesuffix("[]")] for value in found if isinstance(value, dict)]
        if not key.endswith("[]"):
            found = inside
            continue
        found = [item for value in inside if isinstance(value, list) for item in value]
    yield from found


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_the_same_four_samples_with_ids_of_their_own(kind: Kind) -> None:
    found = tasks(kind)

    assert list(found) == ["bare", "full", "long", "awkward"]
    assert len({str(task["slug"]) for task in found.values()}) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_the_bare_sample_has_only_what_every_document_has(kind: Kind) -> None:
    bare = tasks(kind)["bare"]

    for variable in VARIABLES[kind]:
        if variable.name.startswith("task.") and "[]" not in variable.name:
            (value,) = values(bare, variable.name)
            if "null" in variable.type:
                assert value is None, variable.name
            if "list" in variable.type or variable.type == "number":
                assert not value, variable.name


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [variable.name for table in VARIABLES.values() for variable in table])
def test_every_variable_has_a_value_in_a_sample_and_is_null_in_one_where_it_may_be(kind: Kind, name: str) -> None:
    types = {variable.name: variable.type for variable in VARIABLES[kind]}
    if name not in types or not name.startswith("task."):
        return
    found = [value for task in tasks(kind).values() for value in values(task, name)]

    assert any(value for value in found)
    if "null" in types[name]:
        assert None in found
    if types[name] == "true or false":
        assert set(map(str, found)) == {"True", "False"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_full_sample_lacks_only_what_excludes_something_else(kind: Kind) -> None:
    full = tasks(kind, "owner")["full"]
    names = [variable.name for variable in VARIABLES[kind] if variable.name.startswith("task.")]
    empty = {name for name in names if not any(values(full, name))}

    assert (
        empty
        == {
            "execution_task": {"task.previous", "task.steps", "task.phases_more", "task.dependencies_open"},
            "subplan": {"task.draft", "task.dependencies_open"},
        }[kind]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_dependency_is_in_many_states_and_a_task_is_ready_or_not(kind: Kind) -> None:
    full = tasks(kind)["full"]

    assert len(set(values(full, "task.dependencies[].state"))) > 7
    if kind == "execution_task":
        assert {task["ready"] for task in tasks(kind).values()} == {"yes", "no"}


def test_the_long_sample_has_more_than_fits() -> None:
    task, subplan = tasks("execution_task")["long"], tasks("subplan")["long"]

    assert all(task[more] for more in ("phases_more", "dependencies_more", "siblings_more"))
    assert "more deliverables" in json.dumps(task["deliverables"])
    assert "more lines: PLAN lines" in str(subplan["plan_goal"])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "piece",
    ["{{ 7*7 }}", "{% raw %}", "{# no comment #}", '"', "'", "<b>", "<!--", "|", "🎉", "# heading inside", "\\"],
)
def test_the_awkward_sample_has_what_breaks_templates(kind: Kind, piece: str) -> None:
    texts = json.dumps(tasks(kind)["awkward"], ensure_ascii=False).replace("\\\\", "\\").replace('\\"', '"')

    assert piece in texts
    assert max(map(len, texts.split())) > 150


@pytest.mark.parametrize("kind", KINDS)
def test_every_sample_has_the_keys_that_a_template_reads(kind: Kind) -> None:
    for name, task in tasks(kind, "team", "owner").items():
        extra = task["extra"]
        assert isinstance(extra, dict)
        assert {key: extra[key] for key in ("owner", "team")} == {"owner": "value", "team": "value"}, name


@pytest.mark.parametrize("kind", KINDS)
def test_the_key_that_scaffold_knows_keeps_its_meaning(kind: Kind) -> None:
    for task in tasks(kind, "dependencies_open").values():
        extra = task["extra"]
        assert isinstance(extra, dict)
        assert extra["dependencies_open"] is task["dependencies_open"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_samples_are_json_and_the_same_every_time(kind: Kind) -> None:
    answers = sample_answers(kind, {"b": "value", "a": "value"})

    assert answers == sample_answers(kind, {"a": "value", "b": "value"})
    assert json.loads(json.dumps(answers)) == answers
    assert answers["plan_name"] == "SAMPLE"
    assert answers["plan_document"] == "PLAN_SAMPLE.md"
    assert answers["tasks"] == list(tasks(kind, "a", "b").values())


@pytest.mark.parametrize("kind", KINDS)
def test_the_built_in_templates_make_a_sound_document_of_every_sample(kind: Kind) -> None:
    limit = {"execution_task": EXECUTION_TASK, "subplan": SUBPLAN}[kind].max_lines
    for name, task in tasks(kind).items():
        text = rendered(task, "SAMPLE", kind)

        first = [block.text for block in markdown.parse(text).blocks if block.kind == "heading" and block.level == 1]
        assert len(first) == 1, name
        assert text.endswith("\n"), name
        assert text.count("\n") <= limit, name
