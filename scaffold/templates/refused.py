"""What of the language a template cannot use, found without rendering: filters, tests, functions, imported names."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from jinja2 import Environment, Undefined, nodes

from scaffold.errors import Diagnostic
from scaffold.templates.found import Guesses
from scaffold.templates.parsed import Parsed, all_nodes, choices, text_of, tree_of
from scaffold.templates.sets import Source, TemplateSet

REFUSAL = "scaffold_refusal"
"""The attribute of a filter or test that is refused: the message."""

_LISTED = "what templates may use is listed in docs/template-language.md"
_HINT = f"write the template without it: {_LISTED}"
_BY_FILTER, _BY_TEST, _BY_TEST_OF_ATTRIBUTE = ("map",), ("select", "reject"), ("selectattr", "rejectattr")
"""Filters that take the name of another filter, or of a test."""

_MOST_EXTENDED = 100


def refusals(environment: Environment) -> Mapping[str, str]:
    """Return why variables are refused that the environment has in the place of functions."""
    found = environment.globals.items()
    return {name: str(value._undefined_hint) for name, value in found if isinstance(value, Undefined)}


def refused_variable(message: str, source: Source, line: int | None) -> Diagnostic:
    """Return the fault of a template that reads a variable which is refused."""
    return Diagnostic("template_invalid", message, source.path, line, _HINT)


def not_in_language(
    environment: Environment, source: Source, body: Iterable[nodes.Node], guesses: Guesses, *, is_name: bool
) -> Iterator[Diagnostic]:
    """Yield the filters and tests that do not exist or are refused; Jinja itself finds those behind an `if` too late.

    What a template asks of whether the language has it is not judged.
    """
    found = sorted(_named(body), key=lambda name: name[2])
    asked = {name for node in all_nodes(body) for name in _asked_of_language(node)}
    for kind, name, line in dict.fromkeys(found):
        known = environment.filters if kind == "filter" else environment.tests
        at = None if is_name else line
        if name not in known and name not in asked:
            near = guesses.nearest(name, sorted(known))
            hint = f"did you mean `{near}`?" if near else _LISTED
            yield Diagnostic("template_invalid", f"No {kind} named {name!r}.", source.path, at, hint)
        elif message := getattr(known.get(name), REFUSAL, None):
            yield Diagnostic("template_invalid", str(message), source.path, at, _HINT)


def _asked_of_language(node: nodes.Node) -> Iterator[str]:
    match node:
        case nodes.Test(name="filter" | "test", node=nodes.Const(value=str(name))):
            yield name


def _named(body: Iterable[nodes.Node]) -> Iterator[tuple[str, str, int]]:
    """Yield every filter and test that is named, and the line."""
    for node in all_nodes(body):
        match node:
            case nodes.Filter(name=name, args=args):
                yield "filter", name, node.lineno
                said = [arg.value if isinstance(arg, nodes.Const) else None for arg in args]
                for kind, filters, at in (
                    ("filter", _BY_FILTER, 0),
                    ("test", _BY_TEST, 0),
                    ("test", _BY_TEST_OF_ATTRIBUTE, 1),
                ):
                    if name in filters and len(said) > at and isinstance(other := said[at], str):
                        yield kind, other, node.lineno
            case nodes.Test(name=name):
                yield "test", name, node.lineno


# --- imports --------------------------------------------------------------------------------------------------------


def not_imported(
    environment: Environment, template_set: TemplateSet, source: Source, body: Iterable[nodes.Node], guesses: Guesses
) -> Iterator[Diagnostic]:
    """Yield the names that a file takes from another which does not define them at its top."""
    body = list(body)
    imported: dict[str, tuple[str, frozenset[str]] | None] = {}
    asked, bound = set[str](), set[str]()
    reads: list[tuple[str, nodes.Getattr]] = []
    for node in sorted(all_nodes(body), key=lambda node: node.lineno or 0):
        match node:
            case nodes.FromImport():
                other, known = _exports(environment, template_set, node.template) or ("", None)
                for said in node.names if known is not None else ():
                    name = said if isinstance(said, str) else said[0]
                    yield from _not_defined(source, node.lineno, name, other, known or frozenset(), guesses)
            case nodes.Import():
                found = _exports(environment, template_set, node.template)
                imported[node.target] = found if imported.get(node.target, found) == found else None
            case nodes.Getattr(node=nodes.Name(name=name)):
                reads.append((name, node))
            case nodes.Test(name="defined" | "undefined", node=nodes.Getattr(attr=name)):
                asked.add(name)
            case nodes.Name(name=name, ctx="store" | "param"):
                bound.add(name)
            case nodes.Macro(name=name):
                bound.add(name)
    for name, read in reads:
        if (known_there := imported.get(name)) and name not in bound and read.attr not in asked:
            yield from _not_defined(source, read.lineno, read.attr, *known_there, guesses)


def _not_defined(
    source: Source, line: int, name: str, other: str, known: Container[str], guesses: Guesses
) -> Iterator[Diagnostic]:
    if name not in known and not name.startswith("_"):
        near = guesses.nearest(name, sorted(known) if isinstance(known, frozenset) else ())
        hint = f"did you mean `{near}`?" if near else "define it there, outside all blocks: {% macro %} or {% set %}"
        yield Diagnostic("template_invalid", f'"{other}" does not define `{name}`', source.path, line, hint)


def _exports(
    environment: Environment, template_set: TemplateSet, said: nodes.Expr
) -> tuple[str, frozenset[str]] | None:
    """Return the name of the file that is imported and what it defines at its top, None where that is not known."""
    (choice, *others) = choices(said)
    source = next((source for name in choice if name is not None and (source := template_set.find(name))), None)
    if others or None in choice or source is None:
        return None
    names: set[str] = set()
    open_, seen = [source], {source.view}
    while open_:
        file = open_.pop()
        text = text_of(file)
        tree = tree_of(environment, file, text) if isinstance(text, str) else text
        if isinstance(tree, Diagnostic):
            return None
        names |= set(_defined(tree.body))
        for tag in (node for node in all_nodes(tree.body) if isinstance(node, nodes.Extends)):
            for parent in (name for choice in choices(tag.template) for name in choice):
                found = template_set.find(parent) if parent is not None else None
                if found is None or len(seen) > _MOST_EXTENDED:
                    return None
                if found.view not in seen:
                    seen.add(found.view)
                    open_.append(found)
    return source.view, frozenset(names)


def _defined(body: Iterable[nodes.Node]) -> Iterator[str]:
    """Yield what a file defines at its top, also behind an `if`."""
    open_ = list(body)
    while open_:
        node = open_.pop()
        match node:
            case nodes.If():
                open_ += [*node.body, *node.elif_, *node.else_]
            case nodes.Assign(target=target) | nodes.AssignBlock(target=target):
                yield from (name.name for name in all_nodes([target]) if isinstance(name, nodes.Name))
            case nodes.Macro(name=name) | nodes.Import(target=name):
                yield name
            case nodes.FromImport(names=names):
                yield from (name if isinstance(name, str) else name[1] for name in names)


# --- blocks ---------------------------------------------------------------------------------------------------------


def no_such_block(
    files: Sequence[Parsed], body: Iterable[nodes.Node], name: str, depth: int, guesses: Guesses
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a call of a block's definition `depth`, as `self.name` or `super` make it, and a hint.

    `files` extend each other. Where it is not the same in every document which they are, and where `body` asks whether
    it is defined, nothing is said.
    """
    *above, last = files
    is_sure = not last.parents and not last.always and all(file.always and len(file.parents) == 1 for file in above)
    definitions = sum(name in file.blocks for file in files)
    if not is_sure or depth < definitions or any(file.fault for file in files) or _is_asked(body, name):
        return
    if definitions:
        yield f'there is no further block "{name}" below this one', "leave out `super`: it has nothing to stand for"
    else:
        near = guesses.nearest(name, sorted({name for file in files for name in file.blocks}))
        hint = f"did you mean `{near}`?" if near else "name a block of this file, or of one that it extends"
        yield f'there is no block "{name}"', hint


def _is_asked(body: Iterable[nodes.Node], name: str) -> bool:
    for node in all_nodes(body):
        match node:
            case nodes.Test(name="defined" | "undefined", node=nodes.Getattr(attr=attr)) if attr in (name, "super"):
                return True
            case nodes.Test(name="defined" | "undefined", node=nodes.Name(name="super")):
                return True
            case _:
                pass
    return False
