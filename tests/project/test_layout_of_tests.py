"""The folders of the tests: who may import whom, and what a test module holds."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
#: Here modules are no tests; e2e is run by itself, with a browser.
APART = {"support", "settings", "e2e"}
FOLDERS = sorted(
    path.name
    for path in TESTS.iterdir()
    if (path / "__init__.py").exists() and path.name not in APART
)
MODULES = sorted(TESTS.rglob("test_*.py"))

each_folder = pytest.mark.parametrize("folder", FOLDERS)
each_module = pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}"
)


def imported_by(tree):
    """Return the dotted names that a module imports, wherever in it."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        elif isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
    return names


@each_module
def test_a_test_module_imports_no_other_but_its_helpers_from_support(path):
    imported = imported_by(ast.parse(path.read_text()))

    own = {name for name in imported if name.startswith("tests.")}
    assert not {name for name in own if ".test_" in name}
    assert {name.split(".")[1] for name in own} <= APART


@each_folder
def test_a_folder_of_tests_holds_tests_alone(folder):
    modules = {path.name for path in (TESTS / folder).rglob("*.py")}

    others = {name for name in modules if not name.startswith("test_")}
    assert others <= {"__init__.py", "conftest.py"}
    assert modules - others


@each_module
def test_the_marks_of_a_module_are_set_once(path):
    """A second ``pytestmark`` would replace the first, and with it a marker of where to run."""
    assigned = [
        target.id
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]

    assert assigned.count("pytestmark") <= 1
