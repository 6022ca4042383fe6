"""A file of a template set as Jinja reads it: its tree, its blocks, what it extends, and what stands outside blocks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from jinja2 import Environment, TemplateSyntaxError, nodes

from scaffold.errors import Diagnostic
from scaffold.templates.sets import Source
from scaffold.lazy.values import fresh, frozen

Choice = tuple[str | None, ...]
"""Names of which the first that exists is taken; None stands for one that is known only when it is rendered."""

TOO_DEEP = "it is nested too deeply"
_SHOWN = 40
"""As many characters of a text are enough to find it."""


@frozen
class Parsed:
    """A parsed file. `fault` says why it could not be parsed: then it is empty.

    `blocks` are all its blocks by name, `inner` the names of those inside another block. `parents` are what it may
    extend; `always` whether it extends one of them in any case, on `line`. `before` and `after` are what stands at its
    top, before and behind the tag by which it always extends: Jinja leaves out the text of `after`.
    """

    source: Source
    fault: Diagnostic | None = None
    before: Sequence[nodes.Node] = ()
    after: Sequence[nodes.Node] = ()
    blocks: Mapping[str, nodes.Block] = fresh(factory=dict)
    inner: frozenset[str] = frozenset()
    parents: tuple[str | None, ...] = ()
    always: bool = False
    line: int | None = None


def text_of(source: Source) -> str | Diagnostic:
    """Return the text of a file, without the mark that some editors begin it with."""
    try:
        return source.content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = source.content.count(b"\n", 0, error.start) + 1
        message = f"it is not UTF-8: byte 0x{source.content[error.start]:02x}"
        return Diagnostic("template_invalid", message, source.path, line, "save it as UTF-8")


def tree_of(environment: Environment, source: Source, text: str, *, is_name: bool = False) -> nodes.Template | Diagnostic:
    """Return the tree of a text that stands in a file, or in its name; a Diagnostic where Jinja cannot read it."""
    try:
        return environment.parse(text, source.view, source.path)
    except TemplateSyntaxError as error:
        message, line = error.message or "it is no template", None if is_name else error.lineno
    except RecursionError:
        message, line = TOO_DEEP, None
    where = "its name is no template: " if is_name else ""
    return Diagnostic("template_invalid", f"{where}{message}", source.path, line, "correct the template")


def parse(environment: Environment, source: Source) -> Parsed:
    """Read a file of a template set."""
    text = text_of(source)
    tree = text if isinstance(text, Diagnostic) else tree_of(environment, source, text)
    if isinstance(tree, Diagnostic):
        return Parsed(source, tree)
    blocks: dict[str, nodes.Block] = {}
    inner: set[str] = set()
    for node, is_inside in _with_blocks(tree.body):
        blocks[node.name] = node
        if is_inside:
            inner.add(node.name)
    extends = list(_extends(tree.body))
    first = next((at for at, node in enumerate(tree.body) if isinstance(node, nodes.Extends)), len(tree.body))
    parents = tuple(dict.fromkeys(name for tag in extends for choice in choices(tag.template) for name in choice[:1]))
    return Parsed(
        source=source,
        before=tree.body[:first],
        after=tree.body[first:],
        blocks=blocks,
        inner=frozenset(inner),
        parents=parents,
        always=first < len(tree.body),
        line=extends[0].lineno if extends else None,
    )


def _with_blocks(body: Iterable[nodes.Node]) -> Iterator[tuple[nodes.Block, bool]]:
    """Yield every block, and whether it is inside another."""
    open_: list[tuple[nodes.Node, bool]] = [(node, False) for node in body]
    while open_:
        node, is_inside = open_.pop()
        if isinstance(node, nodes.Block):
            yield node, is_inside
            is_inside = True
        if isinstance(node, nodes.Stmt):
            open_ += [(child, is_inside) for child in node.iter_child_nodes()]


def all_nodes(body: Iterable[nodes.Node]) -> Iterator[nodes.Node]:
    """Yield all nodes; Jinja's own `find_all` would recurse, and expressions can be deeper than that."""
    open_ = list(body)
    while open_:
        node = open_.pop()
        yield node
        open_ += node.iter_child_nodes()


def _extends(body: Iterable[nodes.Node]) -> Iterator[nodes.Extends]:
    """Yield the tags by which a file extends, also those behind an `if`; elsewhere Jinja allows none."""
    open_ = list(body)[::-1]
    while open_:
        node = open_.pop()
        if isinstance(node, nodes.Extends):
            yield node
        elif isinstance(node, nodes.If):
            open_ += [*node.body, *node.elif_, *node.else_][::-1]


def choices(said: nodes.Expr) -> tuple[Choice, ...]:
    """Return every choice that an expression after `include`, `import` or `extends` leaves: several behind an `if`."""
    match said:
        case nodes.Const(value=str(name)):
            return ((name,),)
        case nodes.Const(value=list() | tuple() as names):
            return (tuple(name if isinstance(name, str) else None for name in names),)
        case nodes.List(items=items) | nodes.Tuple(items=items):
            return (tuple(_constant(item) for item in items),)
        case nodes.CondExpr():
            return (*choices(said.expr1), *(choices(said.expr2) if said.expr2 else ()))
        case _:
            return ((None,),)


def _constant(item: nodes.Expr) -> str | None:
    return item.value if isinstance(item, nodes.Const) and isinstance(item.value, str) else None


def outside_blocks(parsed: Parsed) -> Iterator[tuple[str, int]]:
    """Yield what makes text at the top of a file that extends, where only blocks can, as messages show it; its line."""
    open_: list[tuple[nodes.Node, bool]] = [(node, True) for node in (*parsed.before, *parsed.after)][::-1]
    while open_:
        node, is_top = open_.pop()
        match node:
            case nodes.Output():
                if place := _text(node):
                    yield place
            case nodes.Include():
                yield "{% include %}", node.lineno
            case nodes.CallBlock():
                yield "{% call %}", node.lineno
            case nodes.Block() if not is_top:
                yield f"{{% block {node.name} %}} inside another tag", node.lineno
            case nodes.If():
                open_ += [(child, is_top) for child in (*node.body, *node.elif_, *node.else_)][::-1]
            case nodes.For():
                open_ += [(child, False) for child in (*node.body, *node.else_)][::-1]
            case nodes.With() | nodes.FilterBlock() | nodes.Scope() | nodes.ScopedEvalContextModifier():
                open_ += [(child, False) for child in node.body][::-1]
            case _:
                pass


def blocks_in_ifs(parsed: Parsed) -> Iterator[tuple[str, int]]:
    """Yield the blocks that stand behind an `if` at the top of a file that extends, and their lines."""
    open_: list[tuple[nodes.Node, bool]] = [(node, False) for node in (*parsed.before, *parsed.after)]
    while open_:
        node, is_inside = open_.pop()
        match node:
            case nodes.If():
                open_ += [(child, True) for child in (*node.body, *node.elif_, *node.else_)]
            case nodes.Block() if is_inside:
                yield node.name, node.lineno
            case _:
                pass


def _text(output: nodes.Output) -> tuple[str, int] | None:
    for child in output.nodes:
        if not isinstance(child, nodes.TemplateData):
            return "{{ … }}", child.lineno
        if text := child.data.strip():
            line = child.lineno + child.data[: child.data.index(text[0])].count("\n")
            first = text.split("\n")[0].rstrip()
            return (first if len(first) <= _SHOWN else f"{first[:_SHOWN]}…"), line
    return None
