"""What of a template set can reach its documents: Jinja's inheritance followed block by block, without rendering."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, nodes

from scaffold.errors import Diagnostic
from scaffold.names import listed
from scaffold.templates.found import Guesses, cut
from scaffold.templates.found import Reached as Reached
from scaffold.templates.parsed import Parsed, all_nodes, blocks_in_ifs, choices, outside_blocks, parse, tree_of
from scaffold.templates.refused import no_such_block
from scaffold.templates.sets import Source, TemplateSet
from scaffold.lazy.values import frozen
from scaffold.lazy.values import frozen

_MOST_CHAINS = 64
"""More ways to extend, behind `if`s, than this are not told apart: any file may be meant."""

_LONGEST_CHAIN = 100
"""More files than this do not extend each other: Jinja itself recurses."""


def reached(
    environment: Environment,
    template_set: TemplateSet,
    starts: Sequence[tuple[str, str]],
    others: Iterable[str] = (),
) -> Reached:
    """Return what can reach the documents that the files `starts` make, and what is wrong with its structure.

    Each of `starts` is the name of a view, and the text of the file's own name, which is a template too. `others` are
    views that are copied as they are. A name that is known only when it is rendered may mean any file.
    """
    walk = _Walk(environment, template_set)
    for view, name in starts:
        walk.start(view, name)
    walk.close()
    rendered = frozenset(walk.sources)
    walk.sources.update((source.view, source) for source in map(template_set.find, others) if source)
    walk.widen()
    walk.judge_missed()
    return Reached(walk.sources, cut(walk.faults), frozenset(walk.names), walk.extends, rendered)


@dataclass(frozen=True, slots=True, eq=False)
class _Chain:
    """A file and those that it extends, the last of which extends nothing; `definitions` of each block, topmost first.

    Every include and import begins a chain of its own: the blocks of one are nothing to another.
    """

    files: tuple[Parsed, ...]
    definitions: Mapping[str, tuple[nodes.Block, ...]]


@frozen
class _Part:
    """Nodes that are still to be walked: of the block `block` its definition `depth`, where it is one."""

    chain: _Chain
    body: Sequence[nodes.Node]
    path: str
    is_silent: bool = False
    block: str | None = None
    depth: int = 0


class _Walk:
    """Everything that is reached, collected."""

    def __init__(self, environment: Environment, template_set: TemplateSet) -> None:
        self.sources: dict[str, Source] = {}
        self.faults: set[Diagnostic] = set()
        self.names: set[str] = set()
        self.extends: dict[str, str] = {}
        self._environment, self._set = environment, template_set
        self._parsed: dict[str, Parsed] = {}
        self._views: list[str] | None = None
        self._begun: set[str] = set()
        self._called: set[tuple[_Chain, str, int]] = set()
        self._open: list[_Part] = []
        self._any = False
        self._guesses, self._missed = Guesses(), set[tuple[str, int, tuple[str, ...]]]()

    def start(self, view: str, name: str) -> None:
        """Take the file of a document, whose own name is the template `name`."""
        source = self._set.find(view)
        if source is None:
            return
        tree = tree_of(self._environment, source, name, is_name=True)
        if isinstance(tree, Diagnostic):
            self.faults.add(tree)
        else:
            self.names |= {node.name for node in all_nodes(tree.body) if isinstance(node, nodes.Name)}
        self._begin(source)

    def close(self) -> None:
        """Walk all that has been begun."""
        while self._open:
            self._walk(self._open.pop())

    def widen(self) -> None:
        """Take every file of the set, where any may be meant."""
        if self._any:
            for view in self._all_views():
                source = self._set.find(view)
                if source is not None:
                    self.sources[view] = source
                    parsed = self._parse(source)
                    body = (*parsed.before, *parsed.after)
                    self.names |= {node.name for node in all_nodes(body) if isinstance(node, nodes.Name)}

    # --- files ------------------------------------------------------------------------------------------------------

    def _parse(self, source: Source) -> Parsed:
        if source.view not in self._parsed:
            self._parsed[source.view] = parse(self._environment, source)
        return self._parsed[source.view]

    def _all_views(self) -> list[str]:
        if self._views is None:
            self._views = list(self._set.views())
        return self._views

    def _begin(self, source: Source) -> None:
        """Take a file that is rendered, included or imported, with all that it may extend."""
        if source.view in self._begun:
            return
        self._begun.add(source.view)
        for count, files in enumerate(self._chains((self._parse(source),))):
            if count == _MOST_CHAINS:
                self._any = True
                return
            definitions: dict[str, tuple[nodes.Block, ...]] = {}
            for file in files:
                for name, block in file.blocks.items():
                    definitions[name] = (*definitions.get(name, ()), block)
            chain = _Chain(files, definitions)
            for file in files:
                path = file.source.path
                self._open += [_Part(chain, file.before, path), _Part(chain, file.after, path, is_silent=True)]

    def _chains(self, above: tuple[Parsed, ...]) -> Iterator[tuple[Parsed, ...]]:
        """Yield every chain that begins with the files `above`, and judge the last of them."""
        file = above[-1]
        self.sources[file.source.view] = file.source
        if file.fault:
            self.faults.add(file.fault)
        if file.always:
            self.faults.update(_outside(file))
        if not file.always:
            yield above
        found = False
        if len(above) == _LONGEST_CHAIN:
            message = f"{_LONGEST_CHAIN} files extend each other, of which this is the last"
            self.faults.add(Diagnostic("template_invalid", message, file.source.path, file.line, "extend fewer"))
            self._any = True
        for name in file.parents if len(above) < _LONGEST_CHAIN else ():
            parent = self._parent(above, name)
            if parent is not None:
                found = True
                yield from self._chains((*above, parent))
        if file.always and not found:
            yield above
        self._judge(file)

    def _parent(self, above: Sequence[Parsed], name: str | None) -> Parsed | None:
        file = above[-1]
        if name is None:
            self._any = True
            return None
        source = self._set.find(name)
        if source is None:
            self._missing([name], file.source.path, file.line)
            return None
        if file.always and len(file.parents) == 1:
            self.extends[file.source.view] = source.view
        circle = [other.source.view for other in above if _is_same(other.source, source)]
        if circle:
            self.faults.add(self._circle(file, source))
            return None
        return self._parse(source)

    def _judge(self, file: Parsed) -> None:
        """Find the blocks that override nothing; where it is unknown what a file extends, none can be judged."""
        if not file.parents:
            return
        known: set[str] = set()
        open_, seen = [file], {file.source.view}
        while open_:
            for name in open_.pop().parents:
                source = self._set.find(name) if name is not None else None
                parent = self._parse(source) if source else None
                if parent is None or parent.fault or parent is file:
                    return
                known |= set(parent.blocks)
                if parent.source.view not in seen:
                    seen.add(parent.source.view)
                    open_.append(parent)
        for name, block in file.blocks.items():
            if name not in known and name not in file.inner:
                self.faults.add(_unknown_block(file, block, known, self._guesses))

    # --- faults -----------------------------------------------------------------------------------------------------

    def _missing(self, names: Sequence[str], path: str, line: int | None) -> None:
        self._missed.add((path, line or 0, tuple(names)))

    def judge_missed(self) -> None:
        """Find what was meant by the names of files that do not exist, in the order of their places."""
        for path, line, names in sorted(self._missed):
            near = self._guesses.nearest(names[0], self._all_views())
            hint = f'did you mean "{near}"?' if near else "name a file by its path from the top of the template set"
            quoted = " and no ".join(f'"{name}"' for name in names)
            message = f"there is no {quoted} in the template set"
            self.faults.add(Diagnostic("template_file_missing", message, path, line or None, hint))

    def _circle(self, file: Parsed, parent: Source) -> Diagnostic:
        source = file.source
        below = self._set.layers[self._set.layers.index(source.layer) + 1 :]
        lower = next((f"{layer.name}/{source.file}" for layer in below if source.file in layer.files), None)
        if lower is None:
            hint = "extend the file that has the blocks; there is none of this name below it"
        else:
            lower = f"{below[0].name}/{source.file}"
            hint = f'write {{% extends "{lower}" %}}: without the name of a set, the topmost file is meant'
        itself = _is_same(source, parent)
        message = "it extends itself" if itself else f'it extends "{parent.view}", which extends it'
        return Diagnostic("template_extends_itself", message, source.path, file.line, hint)

    # --- nodes ------------------------------------------------------------------------------------------------------

    def _walk(self, part: _Part) -> None:
        """Take what the nodes of a part reach.

        At the top of a file that extends, text and blocks are left out, and whatever else there is is done.
        """
        open_: list[tuple[nodes.Node, bool, bool]] = [(node, part.is_silent, True) for node in part.body]
        while open_:
            node, is_silent, is_top = open_.pop()
            match node:
                case nodes.Output() if is_silent:
                    continue
                case nodes.Block():
                    if not (is_silent and is_top):
                        self._call(part.chain, node.name, 0)
                    continue
                case nodes.Include() | nodes.Import() | nodes.FromImport():
                    self._include(node, part.path)
                case nodes.Name(ctx="load"):
                    self.names.add(node.name)
                case nodes.For() | nodes.With() | nodes.FilterBlock() | nodes.Scope():
                    is_top = False
                case nodes.Macro() | nodes.CallBlock() | nodes.AssignBlock():
                    is_silent = is_top = False
                case _:
                    pass
            if not self._calls(node, part):
                open_ += [(child, is_silent, is_top) for child in node.iter_child_nodes()]

    def _include(self, tag: nodes.Include | nodes.Import | nodes.FromImport, path: str) -> None:
        for choice in choices(tag.template):
            for name in choice:
                source = self._set.find(name) if name is not None else None
                if source is not None:
                    self._begin(source)
                    break
                if name is None:
                    self._any = True
            else:
                names = [name for name in choice if name is not None]
                may_miss = isinstance(tag, nodes.Include) and tag.ignore_missing
                if names and len(names) == len(choice) and not may_miss:
                    self._missing(names, path, tag.lineno)

    def _calls(self, node: nodes.Node, part: _Part) -> bool:
        """Take the blocks that an expression renders with `super` and `self`; return whether that is all it does."""
        match node:
            case nodes.Call(args=[], kwargs=[], dyn_args=None, dyn_kwargs=None) if meant := _meant(node.node, part):
                self._call(part.chain, *meant)
                made = no_such_block(part.chain.files, part.body, *meant, self._guesses)
                self.faults.update(Diagnostic("template_invalid", said, part.path, node.lineno, hint) for said, hint in made)
                self.names.add("super" if meant[1] else "self")
                return True
            case nodes.Name(name="super", ctx="load") if part.block is not None:
                below = range(part.depth + 1, len(part.chain.definitions.get(part.block, ())))
                for depth in below:
                    self._call(part.chain, part.block, depth)
            case nodes.Name(name="self", ctx="load"):
                for name, definitions in part.chain.definitions.items():
                    for depth in range(len(definitions)):
                        self._call(part.chain, name, depth)
            case _:
                pass
        return False

    def _call(self, chain: _Chain, name: str, depth: int) -> None:
        """Take a definition of a block, 0 the topmost."""
        definitions = chain.definitions.get(name, ())
        if depth < len(definitions) and (chain, name, depth) not in self._called:
            self._called.add((chain, name, depth))
            owners = [file for file in chain.files if name in file.blocks]
            path = owners[depth].source.path
            self._open.append(_Part(chain, definitions[depth].body, path, block=name, depth=depth))


def _meant(called: nodes.Node, part: _Part) -> tuple[str, int] | None:
    """Return the block that is meant by `super`, `self.name` and any `.super` behind them, and which definition."""
    further = 0
    while isinstance(called, nodes.Getattr) and called.attr == "super":
        called, further = called.node, further + 1
    match called:
        case nodes.Name(name="super") if part.block is not None:
            return part.block, part.depth + further + 1
        case nodes.Getattr(node=nodes.Name(name="self"), attr=name):
            return name, further
        case nodes.Getitem(node=nodes.Name(name="self"), arg=nodes.Const(value=str(name))):
            return name, further
        case _:
            return None


def _is_same(one: Source, other: Source) -> bool:
    """Whether two views are the same file."""
    return one.layer is other.layer and one.file == other.file


def _outside(file: Parsed) -> Iterator[Diagnostic]:
    for shown, line in outside_blocks(file):
        message = f"outside all blocks of a file that extends another: {shown}"
        hint = "move it into a block; only {% set %}, {% import %} and {% macro %} can stand outside"
        yield Diagnostic("template_text_outside_blocks", message, file.source.path, line, hint)
    for name, line in blocks_in_ifs(file):
        message = f"the `if` around block {name} has no effect: the block is overridden in any case"
        yield Diagnostic("template_text_outside_blocks", message, file.source.path, line, "put the `if` inside the block")


def _unknown_block(file: Parsed, block: nodes.Block, known: Iterable[str], guesses: Guesses) -> Diagnostic:
    near = guesses.nearest(block.name, sorted(known))
    blocks = f"the blocks are {listed(sorted(known))}" if known else "it has no blocks"
    hint = f"did you mean `{near}`? {blocks[0].upper()}{blocks[1:]}" if near else blocks
    message = f'no file that it extends has a block "{block.name}"'
    return Diagnostic("template_block_unknown", message, file.source.path, block.lineno, hint)
