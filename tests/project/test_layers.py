"""Rooms and their order: a file imports only from rows above it."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

import jwt_invalidation

PACKAGE = Path(jwt_invalidation.__file__).parent

# Each row may import from the rows above it, and a file from others of its own room.
ROWS = [
    ["conf", "signals", "claims", "humanize"],
    ["exceptions"],
    ["db"],
    ["models"],
    ["users"],
    ["audit"],
    ["state"],
    ["sessions", "token_blacklist"],
    ["strategies"],
    ["revocation", "reconciliation"],
    ["maintenance", "gate"],
    ["tokens"],
    ["receivers", "deletions", "logins"],
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
ROOMS = sorted(
    path.parent.name
    for path in PACKAGE.glob("*/__init__.py")
    if path.parent.name not in ("migrations",)
)
#: What the docs tell users to import from.
PUBLIC = [
    "authentication",
    "exceptions",
    "gate",
    "models",
    "permissions",
    "reconciliation",
    "reissue",
    "revocation",
    "serializers",
    "sessions",
    "signals",
    "strategies",
    "strategies.blacklist",
    "strategies.expiry",
    "strategies.session",
    "strategies.version",
    "tokens",
    "views",
]
MOST_IN_THE_ROOT = 24


def room_of(path):
    """Return the name that a file has in the rows: its room's, or its own if it is in the root."""
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
    own = room_of(path)

    for name in imports_of(path):
        other = name.split(".")[0]
        assert other == own or RANK[other] < RANK[own], f"{path} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_file_imports_ours_by_its_full_name(path):
    nodes = ast.walk(ast.parse((PACKAGE / path).read_text()))

    absolute = [
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level
    ]
    assert not [name for name in absolute if name.startswith("jwt_invalidation")]


def test_every_file_has_a_row():
    assert {room_of(path) for path in FILES} == set(RANK)


def test_the_root_has_few_files():
    assert len(list(PACKAGE.glob("*.py"))) <= MOST_IN_THE_ROOT


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_belongs_there(room):
    words = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text()))

    assert words is not None
    assert len(words.splitlines()) >= 3


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_module_names_what_it_offers(name):
    module = import_module(f"jwt_invalidation.{name}")

    assert module.__all__
    assert [each for each in module.__all__ if not hasattr(module, each)] == []
