"""Expressions of templates as they are written: what can be said of one without what its names are."""

from jinja2 import nodes

_BY_ATTRIBUTE = frozenset(("selectattr", "rejectattr", "groupby"))
"""Filters whose first argument is the name of an attribute; others take it as `attribute=`."""

_COUNTING = frozenset(("abs", "count", "float", "int", "length", "round", "sum", "wordcount"))
"""Filters that return a number."""


def is_empty(node: nodes.Expr) -> bool:
    """Whether nothing can be read of it."""
    match node:
        case nodes.Const(value=value):
            return not value
        case nodes.List(items=[]) | nodes.Tuple(items=[]) | nodes.Dict(items=[]):
            return True
        case _:
            return False


def attributes(node: nodes.Filter) -> list[str]:
    """Return the attributes of its items that a filter is told to read."""
    said: list[nodes.Expr] = [keyword.value for keyword in node.kwargs if keyword.key == "attribute"]
    if node.name in (*_BY_ATTRIBUTE, "attr"):
        said += node.args[:1]
    texts = [name.value for name in said if isinstance(name, nodes.Const) and isinstance(name.value, str)]
    return [name.strip() for text in texts for name in text.split(",")]


def written(node: nodes.Node) -> str:
    """Return an expression as it is written, as far as it is a name and what is read of it."""
    match node:
        case nodes.Name(name=name):
            return name
        case nodes.Getattr(node=owner, attr=name):
            return f"{written(owner)}.{name}"
        case nodes.Getitem(node=owner, arg=nodes.Const(value=value)):
            return f"{written(owner)}[{value!r}]"
        case nodes.Getitem(node=owner):
            return f"{written(owner)}[…]"
        case nodes.Call(node=nodes.Getattr(node=owner, attr="get"), args=[nodes.Const(value=key), *_]):
            return f"{written(owner)}.get({key!r})"
        case nodes.Filter(node=given, name=name) if given is not None:
            said = ", ".join(map(repr, attributes(node)))
            attribute = "" if name in (*_BY_ATTRIBUTE, "attr") else "attribute="
            return f"({written(given)} | {name}{f'({attribute}{said})' if said else ''})"
        case _:
            return "(…)"


def is_number(node: nodes.Expr) -> bool:
    """Whether it is a number, whatever its names are."""
    match node:
        case nodes.Const(value=value):
            return isinstance(value, int | float) and not isinstance(value, bool)
        case nodes.Sub() | nodes.Div() | nodes.FloorDiv() | nodes.Pow() | nodes.Neg() | nodes.Pos():
            return True
        case nodes.Mul() | nodes.Mod():
            return not is_text(node.left) and not (isinstance(node, nodes.Mul) and is_text(node.right))
        case nodes.Add():
            return is_number(node.left) or is_number(node.right)
        case nodes.Filter(name=name):
            return name in _COUNTING
        case _:
            return False


def is_text(node: nodes.Expr) -> bool:
    """Whether it is a text that is written there."""
    return isinstance(node, nodes.Const) and isinstance(node.value, str)
