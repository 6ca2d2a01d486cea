"""The folders of the tests: who may import whom, and what a test module holds."""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]
#: Modules here are no tests; e2e is run by itself, with a browser.
APART = {"support", "settings", "e2e"}
FOLDERS = [
    path for path in TESTS.iterdir() if (path / "__init__.py").exists() and path.name not in APART
]
TREES = {
    str(path.relative_to(TESTS)): ast.parse(path.read_text()) for path in TESTS.rglob("test_*.py")
}


def imported_by(tree):
    """Return the dotted names that a module imports, wherever in it; an empty one is relative."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{each.name}" if not node.level else "" for each in node.names}
        elif isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
    return names


def test_a_test_module_imports_no_other_but_its_helpers_from_support():
    imported = {name: imported_by(tree) for name, tree in TREES.items()}

    own = {
        (name, each)
        for name, names in imported.items()
        for each in names
        if not each or each.startswith("tests.")
    }
    assert {pair for pair in own if pair[1].split(".")[1:2] == ["support"]}
    # `python -m tests` is tested as well.
    rooms = [[each] for each in (*APART, "__main__")]
    assert {pair for pair in own if pair[1].split(".")[1:2] not in rooms} == set()
    assert {pair for pair in own if ".test_" in pair[1]} == set()


def test_a_folder_of_tests_holds_tests_alone():
    found = {path for folder in FOLDERS for path in folder.rglob("*.py")}

    others = {path.name for path in found if not path.name.startswith("test_")}
    assert others == {"__init__.py", "conftest.py"}
    assert {path.parent for path in found} == set(FOLDERS)


def test_the_marks_of_a_module_are_set_once():
    """A second ``pytestmark`` would replace the first, and with it a marker of where to run."""
    times = {
        name: [ast.unparse(node.targets[0]) for node in tree.body if isinstance(node, ast.Assign)]
        for name, tree in TREES.items()
    }

    assert [name for name, assigned in times.items() if assigned.count("pytestmark") > 1] == []
    assert [name for name, assigned in times.items() if "pytestmark" in assigned]
