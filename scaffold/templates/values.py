"""What kind of value a variable has, and so what can be read of it: from the tables of variables."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from jinja2.runtime import LoopContext

from scaffold.document.variables import Variable
from scaffold.model import Json

_KINDS: Mapping[str, type] = {"text": str, "number": int, "true or false": bool, "mapping": dict}


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """The kind of a value: the type that it has, null aside. Each is itself alone.

    `fields` are the keys of a mapping, None where it may have any; `item` is what a list, or the loop over it, has.
    Of what is read from `task.extra` nothing is known but the `shape` that it must have.
    """

    type: type
    fields: Mapping[str, "Value"] | None = None
    item: "Value | None" = None
    shape: "Shape | None" = None

    @property
    def is_free(self) -> bool:
        """Whether it is a mapping that may have any key: `task.extra`."""
        return self.type is dict and self.fields is None

    def has(self, name: str) -> bool:
        """Whether `name` can be read of it, as an attribute or a key; what is private is not judged."""
        return self.shape is not None or name.startswith("_") or name in (self.fields or ()) or hasattr(self.type, name)

    def part(self, name: str) -> "Value | None":
        """Return what is read of it by that name, None where that is not known."""
        if self.type is LoopContext and name in ("previtem", "nextitem"):
            return self.item
        if self.shape is not None:
            return self.shape.part(name)
        return (self.fields or {}).get(name)

    def each(self) -> "Value | None":
        """Return what is in a list, None where that is not known."""
        return self.item if self.shape is None else self.shape.each()

    def names(self) -> Iterator[str]:
        """Yield what can be read of it: the keys of a mapping, the attributes of anything else."""
        yield from self.fields or (name for name in dir(self.type) if not name.startswith("_"))


@dataclass(slots=True)
class Shape:
    """What something below `task.extra` must be for all that templates do with it: text, if nothing else is seen.

    `width` is how many names it is assigned to at once.
    """

    parts: dict[str, Value] = field(default_factory=dict)
    item: Value | None = None
    width: int = 0
    is_mapping: bool = False
    is_number: bool = False

    def part(self, name: str) -> Value:
        """Return what it has by that key."""
        return self.parts.setdefault(name, Value(object, shape=Shape()))

    def each(self) -> Value:
        """Return what it has as a list."""
        if self.item is None:
            self.item = Value(object, shape=Shape())
        return self.item

    def sample(self) -> Json:
        """Return a value with which all that can be done."""
        if self.parts or self.is_mapping:
            return {name: _sample(part) for name, part in sorted(self.parts.items())} or {_TEXT: _TEXT}
        if self.width:
            return [_TEXT] * self.width
        if self.item is not None:
            return [_sample(self.item)]
        return _NUMBER if self.is_number else _TEXT


_TEXT, _NUMBER = "sample", 2
"""Samples of text and of numbers."""


def _sample(value: Value) -> Json:
    return value.shape.sample() if value.shape else _TEXT


TEXT = Value(str)


def loop_over(iterated: Value | None) -> Value:
    """Return what `loop` is inside a loop."""
    return Value(LoopContext, item=iterated.each() if iterated else None)


@dataclass(slots=True)
class _Node:
    """A variable while the table is read."""

    type: str = "mapping"
    inner: "dict[str, _Node]" = field(default_factory=dict)

    def value(self) -> Value:
        fields = {name: node.value() for name, node in self.inner.items()} or None
        match self.type.removesuffix(" or null"):
            case "list of mappings":
                return Value(list, item=Value(dict, fields))
            case "list of text":
                return Value(list, item=TEXT)
            case type_:
                is_free = type_ == "mapping" and fields is None
                return Value(_KINDS[type_], fields, shape=Shape() if is_free else None)


def values_of(variables: Iterable[Variable]) -> dict[str, Value]:
    """Return what the variables of a table are by their first names: `plan_name`, `plan_document` and `task`."""
    root = _Node()
    for variable in variables:
        node = root
        for name in variable.name.split("."):
            node = node.inner.setdefault(name.removesuffix("[]"), _Node())
        node.type = variable.type
    return {name: node.value() for name, node in root.inner.items()}
