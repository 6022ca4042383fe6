"""What is made when it is first used, not when its module is imported."""

import ast
import copy
import dataclasses
import importlib
import pickle
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import scaffold
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import fresh, frozen, replace

PACKAGE = Path(scaffold.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))


def at_import(path: Path) -> list[ast.AST]:
    """Return all that is evaluated while a module is imported, the bodies of its functions aside."""
    found, waiting = list[ast.AST](), list[ast.AST]([ast.parse(path.read_text("utf-8"))])
    while waiting:
        node = waiting.pop()
        found.append(node)
        if isinstance(node, ast.FunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults]
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found


def called_at_import(path: Path) -> list[str]:
    """Return the names of the functions that are called while a module is imported."""
    return [ast.unparse(node.func) for node in at_import(path) if isinstance(node, ast.Call)]


def test_no_regular_expression_is_compiled_while_a_module_is_imported() -> None:
    assert [path.name for path in MODULES if "re.compile" in called_at_import(path)] == []


def test_every_regular_expression_that_waits_for_its_first_use_compiles() -> None:
    waiting = 0
    for path in MODULES:
        name = ".".join(("scaffold", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        if "regex(" in path.read_text("utf-8") and path.parent.name != "lazy":
            found = [each for each in vars(importlib.import_module(name)).values() if type(each) is type(regex(""))]
            assert all(isinstance(each.pattern, str | bytes) for each in found), name
            waiting += len(found)
    assert waiting > 100


def test_a_regular_expression_finds_what_the_compiled_pattern_finds() -> None:
    word = regex(r"(?P<word>B\w+)", re.IGNORECASE)
    assert (word.pattern, word.flags) == (r"(?P<word>B\w+)", re.IGNORECASE | re.UNICODE)
    for _ in range(2):
        assert word.findall("a bee") == ["bee"]
        assert word.sub("wasp", "a Bee") == "a wasp"


def test_a_mistake_in_a_regular_expression_is_told_when_it_is_used() -> None:
    broken = regex("(")
    with pytest.raises(re.error, match="missing"):
        broken.match("")


@frozen
class Point:
    """A value as the house makes them."""

    x: int
    y: int = 2
    names: Mapping[str, str] = fresh(factory=dict)

    @property
    def far(self) -> bool:
        """Something that follows from the fields."""
        return self.x > self.y


def twin(point: Point) -> Any:
    """Return the same as an object of a frozen, slotted dataclass of the same name."""
    kind = dataclasses.make_dataclass("Point", ["x", "y", "names"], frozen=True, slots=True)
    return kind(point.x, point.y, point.names)


def test_a_value_is_equal_to_another_of_the_same_fields_and_to_nothing_else() -> None:
    assert Point(1) == Point(1, 2, {})
    assert Point(1) != Point(2)
    assert Point(1) != twin(Point(1))
    assert Point(1) != object()


def test_values_that_are_equal_are_the_same_to_a_set() -> None:
    @frozen
    class Id:
        number: int
        text: str = ""

    assert {Id(1), Id(1, ""), Id(2)} == {Id(2), Id(1)}
    with pytest.raises(TypeError, match="unhashable"):
        hash(Point(1))


def test_a_value_is_shown_as_a_dataclass_is() -> None:
    assert (
        repr(Point(1, names={"a": "b"}))
        == repr(twin(Point(1, names={"a": "b"})))
        == "Point(x=1, y=2, names={'a': 'b'})"
    )


@pytest.mark.parametrize("name", ["x", "names", "far", "other"])
def test_a_value_cannot_be_changed(name: str) -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(point, name, 3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        delattr(point, name)
    assert point == Point(1)
    assert not hasattr(point, "__dict__")


def test_a_default_that_can_change_is_made_for_every_value() -> None:
    assert Point(1).names is not Point(1).names
    given = {"a": "b"}
    assert Point(1, names=given).names is given


def test_a_value_is_made_of_all_its_fields_and_of_nothing_else() -> None:
    make: Any = Point
    for given, named in (((), {}), ((1, 2, {}, 4), {}), ((1,), {"z": 1}), ((1,), {"x": 1})):
        with pytest.raises(TypeError, match="__init__"):
            make(*given, **named)
    assert make(x=1, names={}) == Point(1)


def test_a_value_is_taken_apart_by_position_and_by_name() -> None:
    match Point(1):
        case Point(x, y, names=names):
            assert (x, y, names) == (1, 2, {})


def test_dataclasses_takes_a_value_as_one_of_its_own() -> None:
    point = Point(1, names={"a": "b"})
    assert dataclasses.asdict(point) == dataclasses.asdict(twin(point))
    assert [field.name for field in dataclasses.fields(Point)] == ["x", "y", "names"]
    assert dataclasses.replace(point, y=5) == replace(point, y=5) == Point(1, 5, {"a": "b"})


def test_a_copy_of_a_value_is_equal_and_holds_copies() -> None:
    point = Point(1, names={"a": "b"})
    for copied in (copy.deepcopy(point), pickle.loads(pickle.dumps(point))):  # noqa: S301 - made here
        assert copied == point
        assert copied.names is not point.names


def test_a_class_of_values_costs_no_compilation_until_the_first_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, compile_text = list[str](), exec

    def execute(text: str, names: dict[str, Any]) -> None:
        compiled.append(text)
        compile_text(text, names)

    monkeypatch.setattr("builtins.exec", execute)

    @frozen
    class Number:
        value: int

    assert compiled == []
    assert (Number(1).value, Number(2).value) == (1, 2)
    assert len(compiled) == 1
