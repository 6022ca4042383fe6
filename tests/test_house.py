"""The house is as its picture in the docs says, and the wheel is complete."""

import ast
import re
import site
import subprocess
import sys
from pathlib import Path

import pytest

from tests import plans
from tests.trees import snapshot

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "scaffold"
OUTSIDE = {"pyromark", "graphlib", "yaml", "copier", "jinja2", "fcntl", "rich", "questionary"}
"""Parties that one module alone deals with; click is the commands'."""


def table() -> dict[str, tuple[int, set[str]]]:
    """Give the docs' table, in its order: module to its layer and the outside parties that only it imports."""
    text = (ROOT / "docs/house.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d) \| `([\w.]+)` \|.*\|([^|]*)\|$", text, re.MULTILINE)
    return {module: (int(layer), set(re.findall(r"`(\w+)`", outside))) for layer, module, outside in rows}


def modules() -> dict[str, Path]:
    """Give every module that has code by its dotted name below `scaffold`; a package stands for its `__init__`."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        text = path.read_text("utf-8")
        if name not in ("__init__", "__main__") and re.search(r"^(?:import|from|def|class) ", text, re.M):
            found[name] = path
    return found


def imported(module: str) -> set[str]:
    """Give the names of all modules that a module of the package imports, at its top or inside a function."""
    known, found = set(modules()), set[str]()
    for node in ast.walk(ast.parse(modules()[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{name.name}".removeprefix("scaffold.") for name in node.names} & known
            found |= {f"scaffold.{name}" for name in inside} or {node.module}
    return found


def test_the_table_has_exactly_the_modules_that_there_are() -> None:
    assert set(table()) == set(modules())


def test_a_module_imports_only_modules_that_stand_above_it_in_the_table() -> None:
    above = {"scaffold"}
    for module in table():
        inside = {name for name in imported(module) if name.split(".")[0] == "scaffold"}
        assert inside <= above, f"{module} imports {sorted(inside - above)}"
        above.add(f"scaffold.{module}")


def test_the_table_goes_up_layer_by_layer() -> None:
    layers = [layer for layer, _ in table().values()]
    assert layers == sorted(layers)


def test_an_outside_party_is_imported_only_where_the_table_says() -> None:
    for module, (_, allowed) in table().items():
        outside = {name.split(".")[0] for name in imported(module)} & OUTSIDE
        assert outside == allowed, module


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
