"""A file imports only from rows above it."""

import ast
from pathlib import Path

import pytest

import jwt_invalidation

PACKAGE = Path(jwt_invalidation.__file__).parent

# Each row may import from the rows above it, and a name from files of its own folder.
ROWS = [
    ["conf", "signals", "claims", "humanize"],
    ["exceptions"],
    ["models", "db"],
    ["users", "audit"],
    ["state"],
    ["sessions", "token_blacklist"],
    ["strategies"],
    ["revocation", "reconciliation"],
    ["maintenance", "gate"],
    ["tokens"],
    ["receivers", "logins"],
    ["authentication", "permissions", "serializers"],
    ["reissue"],
    ["views"],
    ["urls", "openapi", "inspection"],
    ["checks"],
    ["report"],
    ["admin", "management"],
    ["apps"],
]
RANK = {name: rank for rank, row in enumerate(ROWS) for name in row}
FILES = sorted(
    path.relative_to(PACKAGE)
    for path in PACKAGE.rglob("*.py")
    if path.parent.name != "migrations" and path != PACKAGE / "__init__.py"
)


def place_of(path):
    """Return the row's name of a file: its folder, or its own where it lies at the top."""
    return path.parts[0].removesuffix(".py")


def imports_of(path):
    """Yield the names of our own modules that a file imports, relative to the package."""
    folder = path.parts[:-1]
    for node in ast.walk(ast.parse((PACKAGE / path).read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = folder[: len(folder) - (node.level - 1)]
            if node.module:
                yield ".".join([*base, node.module])
            else:
                for alias in node.names:
                    yield ".".join([*base, alias.name])


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_imports_only_from_the_rows_above_it(path):
    own = place_of(path)

    for name in imports_of(path):
        other = name.split(".")[0]
        assert other == own or RANK[other] < RANK[own], f"{path} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_file_imports_itself_by_its_full_name(path):
    nodes = ast.walk(ast.parse((PACKAGE / path).read_text()))

    absolute = [
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level
    ]
    assert not [name for name in absolute if name.startswith("jwt_invalidation")]


def test_every_file_has_a_row():
    assert {place_of(path) for path in FILES} <= set(RANK)
