"""What can be wrong with what a template set says, found without rendering: above all, variables that do not exist."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.runtime import LoopContext

from scaffold.document.variables import VARIABLES
from scaffold.model import Json
from scaffold.names import listed
from scaffold.errors import Diagnostic
from scaffold.templates.found import Guesses, Reached, cut
from scaffold.templates.layering import unused as unused
from scaffold.templates.parsed import TOO_DEEP, all_nodes, choices, text_of, tree_of
from scaffold.templates.refused import not_imported, not_in_language, refusals, refused_variable
from scaffold.templates.sets import Source, TemplateSet
from scaffold.templates.usage import Read, Usage
from scaffold.templates.values import Value, values_of
from scaffold.lazy.values import frozen

_OF_JINJA = frozenset(("self", "super", "loop", "caller", "varargs", "kwargs"))
"""Names that Jinja itself defines, in the places where they mean something."""

_ROUNDS = 4
"""How often all files are read: what a file assigns to what it includes is known in the next round only."""

_FOUND_ELSEWHERE = ("No filter named", "No test named")


@frozen
class _Template:
    """Something that is rendered: a file that is reached, or its name."""

    source: Source
    text: str
    tree: nodes.Template
    is_name: bool


def lint(
    environment: Environment, template_set: TemplateSet, reached: Reached, kind: str, questions: Mapping[str, bool]
) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the files that are reached, beside their structure.

    `kind` says which variables documents have: `execution_task` or `subplan`. `questions` are those of the set's
    copier.yml, and whether they have a default.
    """
    templates = _templates(environment, reached)
    faults = {fault for template in templates for fault in _not_compiled(environment, template)}
    faults |= {fault for template in templates for fault in _skipping(template_set, template)}
    faults |= {*_not_usable(environment, template_set, templates)}
    if not any(fault.message == TOO_DEEP for fault in faults):
        usable = environment.globals.keys() - refusals(environment).keys()
        others = {name for name in (*template_set.data, *questions, *usable) if not name.startswith("_")}
        faults |= {*_unknown(templates, kind, others, environment)}
    return cut(faults)


def extra_values(environment: Environment, reached: Reached) -> dict[str, Json]:
    """Return the keys that are read from `task.extra`, each with a value that goes along with what is done with it.

    `parallel.json` must have them. Where nothing else can be told, a value is text.
    """
    templates = _templates(environment, reached)
    values: dict[str, Json] = {}
    try:
        for kind in VARIABLES:
            for key, value in _read(templates, kind, ())[0].keys.items():
                if value.shape and isinstance(values.get(key, ""), str):
                    values[key] = value.shape.sample()
    except RecursionError:  # what is nested so deeply cannot be rendered either, and `lint` says so
        return {}
    return dict(sorted(values.items()))


def _templates(environment: Environment, reached: Reached) -> tuple[_Template, ...]:
    """Return the templates among what is reached, the names of files first: they say what one task is called."""
    names, files = [], []
    for source in reached.sources.values():
        if source.view not in reached.rendered:
            continue
        if any(start in source.file for start in (environment.block_start_string, environment.variable_start_string)):
            tree = tree_of(environment, source, source.file, is_name=True)
            names += [_Template(source, source.file, tree, is_name=True)] if isinstance(tree, nodes.Template) else []
        text = text_of(source)
        if isinstance(text, str) and isinstance(tree := tree_of(environment, source, text), nodes.Template):
            files.append(_Template(source, text, tree, is_name=False))
    return (*names, *files)


def _not_compiled(environment: Environment, template: _Template) -> Iterator[Diagnostic]:
    """Yield what Jinja finds only when it makes a program of a tree, such as blocks that are defined twice."""
    source, message, line = template.source, None, None
    try:
        environment.compile(template.text, source.view, source.path, raw=True)
    except TemplateSyntaxError as error:
        message, line = error.message, error.lineno
    except RecursionError:
        message = TOO_DEEP
    if message and not message.startswith(_FOUND_ELSEWHERE):
        yield Diagnostic(
            "template_invalid", message, source.path, None if template.is_name else line, "correct the template"
        )


def _not_usable(environment: Environment, template_set: TemplateSet, templates: Iterable[_Template]) -> Iterator[Diagnostic]:
    guesses = Guesses()
    for template in templates:
        source, body = template.source, template.tree.body
        yield from not_in_language(environment, source, body, guesses, is_name=template.is_name)
        if not template.is_name:
            yield from not_imported(environment, template_set, source, body, guesses)


# --- variables ------------------------------------------------------------------------------------------------------


def _read(
    templates: Iterable[_Template], kind: str, others: Iterable[str]
) -> tuple[Usage, list[tuple[_Template, Read]]]:
    """Read all templates; return what they assign, and what each of them reads. `others` are further variables."""
    known: dict[str, Value | None] = {**dict.fromkeys(others), **values_of(VARIABLES[kind])}
    usage = Usage({**known, "tasks": Value(list, item=known["task"])})
    reads: list[tuple[_Template, Read]] = []
    for _ in range(_ROUNDS):
        usage.again()
        reads = []
        for template in templates:
            first = len(usage.reads)
            usage.read(template.tree.body)
            reads += [(template, read) for read in usage.reads[first:]]
        if usage.yielded and "task" not in usage.yielded:
            usage.known.pop("task", None)
    return usage, reads


def _unknown(
    templates: Iterable[_Template], kind: str, others: Iterable[str], environment: Environment
) -> Iterator[Diagnostic]:
    """Yield what is read that no document has."""
    others = frozenset(others)
    usage, reads = _read(templates, kind, others)
    variables = {*usage.known, *usage.yielded, *usage.assigned}
    refused = {name: why for name, why in refusals(environment).items() if name not in {*variables, *usage.asked}}
    defined = {*variables, *usage.asked, *environment.globals, *_OF_JINJA}
    guesses, seen = Guesses(), set[tuple[str, int | None, str]]()
    for template, read in sorted(reads, key=lambda pair: (pair[0].source.path, pair[1].line)):
        line, path = None if template.is_name else read.line, template.source.path
        if read.owner is None and read.name in refused:
            yield refused_variable(refused[read.name], template.source, line)
        if (read.owner is None and read.name in defined) or (path, line, read.text) in seen:
            continue
        seen.add((path, line, read.text))
        names = variables if read.owner is None else read.owner.names()
        hint = _hint(read, tuple(sorted(names)), guesses)
        yield Diagnostic("template_variable_unknown", f"`{read.text}` is no variable", path, line, hint)


def _hint(read: Read, names: Sequence[str], guesses: Guesses) -> str:
    near = guesses.nearest(read.name, names)
    before, _, behind = read.text.rpartition(read.name)
    meant = f"did you mean `{before}{near}{behind}`? " if near else ""
    if read.owner is None or read.owner.fields:
        own = "" if near or read.owner else "; others are defined by `data` of the set in scaffold.yml"
        return f"{meant}`scaffold template variables` lists them{own}"
    return meant.strip() or f"it is {_WORDS.get(read.owner.type, 'a list')}, of which can be read: {listed(names)}"


_WORDS: Mapping[type, str] = {str: "text", int: "a number", bool: "true or false", LoopContext: "the loop"}


# --- layers ---------------------------------------------------------------------------------------------------------


def _skipping(template_set: TemplateSet, template: _Template) -> Iterator[Diagnostic]:
    """Warn where a file takes one from further below than the next layer, which then has nothing to say."""
    layers, source = template_set.layers, template.source
    at = next(number for number, layer in enumerate(layers) if layer is source.layer)
    for node in all_nodes(template.tree.body):
        if not isinstance(node, nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport):
            continue
        does = {nodes.Extends: "extends", nodes.Include: "includes"}.get(type(node), "imports")
        for name in (name for choice in choices(node.template) for name in choice if name is not None):
            first, _, rest = name.partition("/")
            named = next((number for number, layer in enumerate(layers) if layer.name == first), 0)
            over = [layer.name for layer in layers[at + 1 : named]]
            if over and rest and template_set.find(name):
                message = f'it {does} "{name}", and so passes over {listed(over)}'
                hint = f'write "{over[0]}/{rest}"'
                yield Diagnostic("template_layer_skipped", message, source.path, node.lineno, hint, "warning")
