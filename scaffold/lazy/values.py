"""Values whose classes cost little to make: their constructor is written when the first value is made."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, cast, dataclass_transform

Made = TypeVar("Made")

if TYPE_CHECKING:
    from dataclasses import replace as replace
else:

    def replace(of: Made, /, **changes: object) -> Made:
        """Return a value with some fields changed, as `dataclasses.replace` does."""
        return type(of)(**{name: getattr(of, name) for name in of.__match_args__} | changes)


class _Fresh:
    """A default that is made anew for every value."""

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


def fresh(*, factory: Callable[[], Made]) -> Made:
    """Return the default of a field that `factory` makes anew for every value: `fresh(factory=dict)`."""
    return cast(Made, _Fresh(factory))


@dataclass_transform(frozen_default=True, field_specifiers=(fresh,))
def frozen(plain: type[Made]) -> type[Made]:
    """Make a class whose objects hold the annotated fields, and are equal, hashed and shown by them: no field changes.

    It does what `dataclass(frozen=True, slots=True)` does, which writes and compiles six functions for every class when
    its module is imported. `dataclasses.replace`, `fields` and `asdict` take its values as they take a dataclass's.
    """
    names = tuple(plain.__annotations__)
    defaults = {name: vars(plain)[name] for name in names if name in vars(plain)}
    body = {name: kept for name, kept in vars(plain).items() if name not in (*names, "__dict__", "__weakref__")}
    held = attrgetter(*names)

    def start(self: object, *given: object, **named: object) -> None:
        kind.__init__ = _constructor(kind, names, defaults)
        kind.__init__(self, *given, **named)

    def same(self: object, other: object) -> bool:
        return held(self) == held(other) if type(other) is kind else NotImplemented

    methods: dict[str, Any] = {
        "__init__": start,
        "__eq__": same,
        "__hash__": lambda self: hash(held(self)),
        "__repr__": _shown,
        "__setattr__": _keep,
        "__delattr__": _keep,
        "__reduce__": lambda self: (kind, tuple(getattr(self, name) for name in names)),
        "__dataclass_fields__": _Fields(plain.__annotations__, defaults),
        "__match_args__": names,
        "__slots__": names,
        "__qualname__": plain.__qualname__,
    }
    kind: Any = type(plain.__name__, plain.__bases__, methods | body)
    return cast(type[Made], kind)


def _constructor(kind: type, names: tuple[str, ...], defaults: Mapping[str, object]) -> Callable[..., None]:
    """Write `__init__`. It sets a field by its slot: the class lets nothing else set a field."""
    inside: dict[str, Any] = {f"_set_{name}": vars(kind)[name].__set__ for name in names}
    inside |= {f"_fresh_{name}": default for name, default in defaults.items() if isinstance(default, _Fresh)}
    lines = [f"def __init__(self, {', '.join(names)}):"]
    for name in names:
        made = f"_fresh_{name}.make() if {name} is _fresh_{name} else " if f"_fresh_{name}" in inside else ""
        lines.append(f"    _set_{name}(self, {made}{name})")
    exec("\n".join(lines), inside)  # noqa: S102 - the text is made of names of fields alone
    constructor: Callable[..., None] = inside["__init__"]
    constructor.__defaults__ = tuple(defaults.values())
    return constructor


class _Fields:
    """What `dataclasses` knows of a class, which is found out when it asks."""

    def __init__(self, types: Mapping[str, Any], defaults: Mapping[str, object]) -> None:
        self._types, self._defaults = types, defaults

    def __get__(self, instance: object, owner: type) -> Mapping[str, Any]:
        import dataclasses

        def declared(name: str) -> tuple[Any, ...]:
            default = self._defaults.get(name, dataclasses.MISSING)
            made = {"default_factory": default.make} if isinstance(default, _Fresh) else {"default": default}
            return name, self._types[name], dataclasses.field(**made)

        twin = dataclasses.make_dataclass(owner.__name__, map(declared, self._types), frozen=True)
        return {field.name: field for field in dataclasses.fields(twin)}


def _shown(self: Any) -> str:
    fields = (f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__qualname__}({', '.join(fields)})"


def _keep(self: object, name: str, *_: object) -> None:
    import dataclasses

    raise dataclasses.FrozenInstanceError(f"{name} of {type(self).__name__} cannot be changed")
