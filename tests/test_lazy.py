"""What is made when it is first used, not when its module is imported."""

import ast
import importlib
import re
from pathlib import Path

import pytest

import scaffold
from scaffold.lazy.patterns import regex

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
