"""What a template reads: names, what of them, and keys of `task.extra`, followed through loops and assignments."""

from collections.abc import Iterable, Mapping, Sequence

from jinja2 import nodes

from scaffold.templates.expressions import attributes, is_empty, is_number, is_text, written
from scaffold.templates.values import TEXT, Value, loop_over
from scaffold.lazy.values import frozen

Scope = dict[str, Value | None]
"""What the names are that are assigned so far, None where that is not known."""

_SAME = frozenset(("default", "d", "list", "sort", "reverse", "unique", "select", "reject", "selectattr", "rejectattr"))
"""Filters that return what they are given, as far as kinds of values go."""

_ONE = frozenset(("first", "last", "min", "max"))
_OF_LISTS = frozenset(
    (
        *("batch", "first", "groupby", "join", "last", "list", "map", "max", "min", "reject", "rejectattr", "select"),
        *("selectattr", "slice", "sort", "sum", "unique"),
    )
)
_OF_MAPPINGS = frozenset(("dictsort", "items"))
_OF_NUMBERS = frozenset(("abs", "filesizeformat", "float", "int", "round"))
_ASKED_OF_NUMBERS = frozenset(("divisibleby", "even", "odd"))
"""Filters and tests from which can be told what a key of `task.extra` has."""

_YIELD = "_yield_support"
"""What copier's `yield` tag in the name of a file calls."""


@frozen
class Read:
    """Something that is read of a name or, with an `owner`, of a value; `text` is how it is written."""

    text: str
    name: str
    line: int
    owner: Value | None = None


class Usage:
    """All that the files of a template set read and assign; files see what those that include them assign.

    `known` is what the variables are. `keys` are those that are read from `task.extra`, with what they must be,
    `asked` the names that a test asks of whether they are defined, `assigned` what each name is made, `before` that of
    the last time all was read: what the files assign that include a file is known only then.
    """

    def __init__(self, known: Mapping[str, Value | None]) -> None:
        self.known: Scope = dict(known)
        self.before: dict[str, set[Value | None]] = {}
        self.assigned: dict[str, set[Value | None]] = {}
        self.yielded: Scope = {}
        self.asked: set[str] = set()
        self.keys: dict[str, Value] = {}
        self.reads: list[Read] = []
        self._top: Scope = {}

    def again(self) -> None:
        """Forget what was read, but for what names are made."""
        self.before, self.assigned = self.assigned, {}
        self.reads, self.keys, self.asked = [], {}, set()

    def read(self, body: Sequence[nodes.Node]) -> None:
        """Go through a file, or its name."""
        self._top = {}
        self._statements(body, self._top)

    def value_of(self, name: str, scope: Scope) -> Value | None:
        """Return what a name is, None where that is not known or not the same everywhere."""
        if name in scope:
            return scope[name]
        values = {*self.before.get(name, ())}
        values |= {known[name] for known in (self.known, self.yielded) if name in known}
        return next(iter(values)) if len(values) == 1 else None

    def _assign(self, target: nodes.Node, value: Value | None, scope: Scope) -> None:
        if isinstance(target, nodes.Name):
            scope[target.name] = value
            self.assigned.setdefault(target.name, set()).add(value)
        elif isinstance(target, nodes.Tuple | nodes.List):
            for item in target.items:
                self._assign(item, None, scope)

    def _bind(self, name: str, scope: Scope) -> None:
        scope[name] = None
        self.assigned.setdefault(name, set()).add(None)

    # --- statements -------------------------------------------------------------------------------------------------

    def _statements(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        for node in body:
            self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: Scope) -> None:  # noqa: C901 - one case per tag of the language
        match node:
            case nodes.Assign():
                self._assign(node.target, self._value(node.node, scope), scope)
            case nodes.AssignBlock():
                self._statements(node.body, {**scope})
                self._assign(node.target, TEXT if node.filter is None else self._value(node.filter, scope), scope)
            case nodes.For():
                self._for(node, scope)
            case nodes.If():
                self._if(node, scope)
            case nodes.With():
                inner = {**scope}
                for target, value in zip(node.targets, node.values, strict=True):
                    self._assign(target, self._value(value, scope), inner)
                self._statements(node.body, inner)
            case nodes.Macro() | nodes.CallBlock():
                self._macro(node, scope)
            case nodes.Block():
                self._statements(node.body, {**(scope if node.scoped else self._top)})
            case nodes.FilterBlock() | nodes.Scope() | nodes.ScopedEvalContextModifier():
                self._values((node.filter,) if isinstance(node, nodes.FilterBlock) else (), scope)
                self._statements(node.body, {**scope})
            case nodes.Import():
                self._value(node.template, scope)
                self._bind(node.target, scope)
            case nodes.FromImport():
                self._value(node.template, scope)
                for name in node.names:
                    self._bind(name if isinstance(name, str) else name[1], scope)
            case _:
                self._values(node.iter_child_nodes(), scope)

    def _for(self, node: nodes.For, scope: Scope) -> None:
        iterated = self._value(node.iter, scope)
        inner = {**scope, "loop": loop_over(iterated)}
        item = iterated.each() if iterated else None
        if item and item.shape and isinstance(node.target, nodes.Tuple):
            item.shape.width = len(node.target.items)
        self._assign(node.target, item, inner)
        self._values((node.test,) if node.test else (), inner)
        self._statements(node.body, inner)
        self._statements(node.else_, {**scope})

    def _if(self, node: nodes.If, scope: Scope) -> None:
        """Go through all ways; what a name is after them is known where all of them leave it the same."""
        ways = []
        for way in (node, *node.elif_):
            self._value(way.test, scope)
            ways.append({**scope})
            self._statements(way.body, ways[-1])
        ways.append({**scope})
        self._statements(node.else_, ways[-1])
        for name in {name for way in ways for name in way}:
            values = {way.get(name) for way in ways}
            scope[name] = next(iter(values)) if len(values) == 1 else None

    def _macro(self, node: nodes.Macro | nodes.CallBlock, scope: Scope) -> None:
        self._values(node.defaults, scope)
        inner = {**scope}
        for name in node.args:
            self._bind(name.name, inner)
        if isinstance(node, nodes.Macro):
            self._bind(node.name, scope)
        else:
            match node.call:
                case nodes.Call(node=nodes.ExtensionAttribute(name=called), args=[nodes.Const(value=target), iterated]):
                    value = self._value(iterated, scope)
                    if called == _YIELD:
                        inner[target] = self.yielded[target] = value.each() if value else None
                case call:
                    self._value(call, scope)
        self._statements(node.body, inner)

    # --- expressions ------------------------------------------------------------------------------------------------

    def _values(self, expressions: Iterable[nodes.Node], scope: Scope) -> None:
        for node in expressions:
            self._value(node, scope)

    def _value(self, node: nodes.Node, scope: Scope) -> Value | None:  # noqa: C901 - a case per kind of expression
        """Go through an expression, and return what its value is, None where that is not known."""
        match node:
            case nodes.Name(name=name, ctx="load"):
                self.reads.append(Read(name, name, node.lineno))
                return self.value_of(name, scope)
            case nodes.Getattr(node=owner, attr=name):
                return self._part(self._value(owner, scope), name, node)
            case nodes.Getitem(node=owner, arg=arg):
                self._values((arg,), scope)
                return self._item(self._value(owner, scope), arg, node)
            case nodes.Filter(node=given) if given is not None:
                return self._filtered(node, given, scope)
            case nodes.Test(node=nodes.Name(name=name), name="defined" | "undefined"):
                self.asked.add(name)
            case nodes.Call(node=nodes.Getattr(node=owner, attr="get"), args=[nodes.Const(value=str(key)), *rest]):
                self._values((*rest, *node.kwargs), scope)
                mapping = self._value(owner, scope)
                is_mapping = mapping is not None and (mapping.type is dict or mapping.shape is not None)
                part = self._part(mapping, key if is_mapping else "get", node if is_mapping else node.node)
                return _alike(part, rest[:1])
            case nodes.Call(node=nodes.Getattr(node=owner, attr=name)):
                value = self._value(owner, scope)
                if value is None or value.shape is None or value.is_free:
                    self._part(value, name, node.node)
                elif hasattr(dict, name) and not hasattr(str, name):
                    value.shape.is_mapping = True
                self._values((node for node in node.iter_child_nodes(exclude=("node",))), scope)
            case nodes.Call(node=nodes.Name(name="range"), args=args):
                for value in [self._value(arg, scope) for arg in args]:
                    _number(value)
            case nodes.Compare(expr=first, ops=ops):
                values = [(each, self._value(each, scope)) for each in (first, *(operand.expr for operand in ops))]
                for operand, left, right in zip(ops, values, values[1:], strict=False):
                    _compared(operand.op, left, right)
            case nodes.Test(node=given, name=name) if name in _ASKED_OF_NUMBERS:
                _number(self._value(given, scope))
                self._values(node.args, scope)
            case nodes.CondExpr():
                self._value(node.test, scope)
                return self._one_of((node.expr1, node.expr2), scope)
            case nodes.Or():
                return self._one_of((node.left, node.right), scope)
            case nodes.And():
                self._value(node.left, scope)
                return self._value(node.right, scope)
            case nodes.Neg() | nodes.Pos():
                _number(self._value(node.node, scope))
            case nodes.BinExpr():
                _calculated(node, self._value(node.left, scope), self._value(node.right, scope))
            case _:
                self._values(node.iter_child_nodes(), scope)
        return None

    def _one_of(self, ways: Iterable[nodes.Expr | None], scope: Scope) -> Value | None:
        """Return what all of several expressions are; of what is empty nothing can be read in any case."""
        pairs = [(way, self._value(way, scope)) for way in ways if way]
        shaped = {value for _, value in pairs if value and value.shape}
        for value in shaped:
            _alike(value, [way for way, _ in pairs])
        without = nodes.Literal if shaped else ()
        values = {value for way, value in pairs if not is_empty(way) and not isinstance(way, without)}
        return next(iter(values)) if len(values) == 1 else None

    def _part(self, owner: Value | None, name: str, node: nodes.Node) -> Value | None:
        """Return what is read of a value by the name of an attribute or a key."""
        if owner is None:
            return None
        if owner.is_free and owner.shape and not hasattr(dict, name):
            self.keys[name] = owner.shape.part(name)
        if not owner.has(name):
            self.reads.append(Read(written(node), name, node.lineno, owner))
        return owner.part(name)

    def _item(self, owner: Value | None, arg: nodes.Expr, node: nodes.Getitem) -> Value | None:
        match arg:
            case nodes.Const(value=str(name)):
                return self._part(owner, name, node)
            case nodes.Slice():
                return owner
            case _:
                return owner.each() if owner and (owner.shape is None or is_number(arg)) else None

    def _filtered(self, node: nodes.Filter, given: nodes.Expr, scope: Scope) -> Value | None:
        self._values((*node.args, *node.kwargs), scope)
        if node.name in ("default", "d") and isinstance(given, nodes.Name):
            return _alike(self.value_of(given.name, scope), node.args[:1])
        value = self._value(given, scope)
        match node:
            case nodes.Filter(name="attr", args=[nodes.Const(value=str(name))]) if value and not value.shape:
                if not name.startswith("_") and not hasattr(value.type, name):  # it looks at no keys of a mapping
                    self.reads.append(Read(written(node), name, node.lineno, Value(value.type)))
        _filtered(node, value)
        for name in attributes(node) if node.name != "attr" else ():
            part = value.each() if value else None
            for piece in name.split("."):
                part = self._part(part, piece, node) if not piece.isdigit() else None
        if node.name in _SAME:
            return value
        return value.each() if value and node.name in _ONE else None


# --- what a key of `task.extra` must be -----------------------------------------------------------------------------


def _number(value: Value | None) -> None:
    if value and value.shape:
        value.shape.is_number = True


def _is_number(node: nodes.Expr, value: Value | None) -> bool:
    return is_number(node) or (value is not None and value.type is int)


def _calculated(node: nodes.BinExpr, left: Value | None, right: Value | None) -> None:
    """Take it that numbers are calculated with; texts and lists can be added and repeated."""
    if isinstance(node, nodes.Add):
        if not _is_number(node.left, left) and not _is_number(node.right, right):
            return
    elif not is_number(node):
        return
    _number(left)
    _number(right)


def _compared(operator: str, left: tuple[nodes.Expr, Value | None], right: tuple[nodes.Expr, Value | None]) -> None:
    """Take it that numbers are compared with numbers, and are in lists of numbers."""
    if operator in ("in", "notin"):
        if _is_number(*left) and right[1] and right[1].shape:
            _number(right[1].each())
    elif _is_number(*left) or _is_number(*right):
        _number(left[1])
        _number(right[1])


def _filtered(node: nodes.Filter, value: Value | None) -> None:
    if value is None or value.shape is None:
        return
    if node.name in ("default", "d"):
        _alike(value, node.args[:1])
    elif node.name in _OF_MAPPINGS:
        value.shape.is_mapping = True
    elif node.name in _OF_NUMBERS:
        value.shape.is_number = True
    elif node.name in _OF_LISTS:
        item = value.each()
        if node.name == "sum" and not attributes(node):
            _number(item)


def _alike(value: Value | None, others: Iterable[nodes.Expr]) -> Value | None:
    """Return `value`, which is what the others are that stand for it, as far as they are written there."""
    if value is None or value.shape is None:
        return value
    for other in others:
        match other:
            case nodes.List(items=items):
                _alike(value.each(), items)
            case nodes.Dict(items=items):
                value.shape.is_mapping = True
                for pair in items:
                    if is_text(pair.key):
                        _alike(value.shape.part(pair.key.as_const()), [pair.value])
            case nodes.Const() if is_number(other):
                _number(value)
    return value
