"""The house is as its picture in the docs says, and the wheel is complete."""

import ast
import re
import site
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests import plans
from tests.trees import snapshot

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "scaffold"
MOST_FILES_AT_THE_TOP = 17
MOST_LINES = 350


@cache
def rows(head: str) -> list[list[str]]:
    """Return the cells of the docs' table whose first column is called `head`."""
    text = (ROOT / "docs/house.md").read_text("utf-8")
    (table,) = re.findall(rf"^\| {head} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


@cache
def parts() -> dict[str, tuple[set[str], set[str]]]:
    """Return every part, in the docs' order: the packages and modules that are in it, and the parts it may import."""
    found = {}
    for inside, _, imports in rows("part"):
        names = re.findall(r"`(\w+)`", inside)
        name = inside.split(":")[0] if ":" in inside else names[0]
        found[name] = (set(names), set(re.findall(r"\w+", imports)) - {"nothing"})
    return found


@cache
def modules() -> dict[str, Path]:
    """Return every module by its dotted name below `scaffold`; a package stands for its `__init__`, "" for the top."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip("."): path
        for path in paths
    }


@cache
def imported(path: Path) -> set[str]:
    """Return the dotted names of all that a module imports, at its top or inside a function."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{name.name}" for name in node.names}
            known = {name for name in inside if name.removeprefix("scaffold.") in modules()}
            found |= known or {node.module}
    return found


def inside(path: Path) -> set[str]:
    """Return the modules of the package that a module imports."""
    names = {name for name in imported(path) if name.split(".")[0] == "scaffold"}
    return {name.removeprefix("scaffold").removeprefix(".") for name in names} - {""}


def part_of(module: str) -> str:
    (part,) = [name for name, (names, _) in parts().items() if module.split(".")[0] in names]
    return part


def test_every_package_and_every_module_at_the_top_is_in_one_part() -> None:
    listed = sorted(name for names, _ in parts().values() for name in names)
    assert listed == sorted({module.split(".")[0] for module in modules()} - {""})


def test_a_part_may_import_only_parts_above_it() -> None:
    above = set[str]()
    for part, (_, imports) in parts().items():
        assert imports <= above, part
        above.add(part)


def test_a_module_imports_only_its_own_part_and_those_that_the_table_names() -> None:
    for module, path in modules().items():
        if module:
            allowed = {part_of(module), *parts()[part_of(module)][1]}
            assert {part_of(name) for name in inside(path)} <= allowed, module


def test_no_imports_go_in_a_circle() -> None:
    graph = {module: inside(path) for module, path in modules().items()}
    assert set(TopologicalSorter(graph).static_order()) >= set(graph)


def test_an_outside_party_is_imported_only_where_the_table_says() -> None:
    table = {party.strip("`"): set(re.findall(r"`([\w.]+)`", where)) for party, where in rows("outside party")}
    found = dict[str, set[str]]()
    for module, path in modules().items():
        for name in {name.split(".")[0] for name in imported(path)} - {"scaffold"}:
            if name in table or name not in sys.stdlib_module_names:
                place = module if module in table.get(name, ()) else module.split(".")[0]
                found.setdefault(name, set()).add(place)
    assert found == table


def test_few_files_lie_at_the_top() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= MOST_FILES_AT_THE_TOP


def test_no_module_is_long() -> None:
    lengths = {module: path.read_text("utf-8").count("\n") for module, path in modules().items()}
    assert {module: length for module, length in lengths.items() if length > MOST_LINES} == {}


def test_every_module_says_what_it_is_for() -> None:
    assert [name for name, path in modules().items() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))] == []


def test_the_docs_send_nobody_to_a_file_that_is_not_there() -> None:
    for what, where in rows("you want to add"):
        for path in re.findall(r"`(\w+/\w*(?:\.py)?)`", where):
            assert (PACKAGE / path).exists() or (ROOT / path).exists(), f"{what}: {path}"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it into a new environment that takes only the dependencies from this one."""
    scratch = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = ["wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(scratch), str(ROOT)]
    subprocess.run([*pip, *build], check=True)
    environment = scratch / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    (wheel,) = scratch.glob("*.whl")
    python = environment / "bin" / "python"
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)], check=True)
    return environment


def test_the_installed_wheel_renders_with_the_templates_inside_it(installed: Path, tmp_path: Path) -> None:
    root = plans.demo(tmp_path)
    command = [str(installed / "bin" / "scaffold"), "executions", str(root), "--batch", "--yes"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    assert set(snapshot(root / "execution")) == {"EXECUTION_TASK_DEMO_11_01.md", "EXECUTION_TASK_DEMO_12_01.md"}


def test_the_wheel_has_every_template_file_the_types_marker_and_the_licence(installed: Path) -> None:
    (package,) = installed.glob("lib/python*/site-packages/scaffold")
    assert snapshot(package / "template_sets") == snapshot(ROOT / "templates")
    assert (package / "py.typed").exists()
    assert list(package.parent.glob("plan_scaffold-*/licenses/LICENSE"))
