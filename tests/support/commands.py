"""Run commands as an operator does: in a process, at a terminal, while others write."""

from contextlib import contextmanager, nullcontext
from io import StringIO
import os
from pathlib import Path
import pty
import subprocess
import sys
from urllib.parse import urlsplit

from django.core.management import call_command
from django.db import connection
import pytest

from tests.support.gates import Thread

ROOT = Path(__file__).parents[2]
END = "<end of the screen>"

READ_ONLY = {
    "sqlite": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
    "postgresql": (
        "SET default_transaction_read_only = on",
        "SET default_transaction_read_only = off",
    ),
    "mysql": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION TRANSACTION READ WRITE"),
}


def run(*arguments, **options):
    """Return what a command prints when there is no terminal."""
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def shown_by(*arguments, raises=None):
    """Return what is seen on a terminal while a command runs there."""
    with terminal("w") as (screen, person):
        with nullcontext() if raises is None else pytest.raises(raises):
            call_command(*arguments, stdout=screen)
        # A terminal may hand over what was written in pieces.
        screen.write(END)
        screen.flush()
        shown = b""
        while not shown.endswith(END.encode()):
            shown += person.read(4096)
    return shown.decode().removesuffix(END)


def manage(*arguments, typed=None, **environment):
    """Run a command in a process of its own, on the database of the tests.

    ``typed`` is what somebody types at its terminal; without it there is no terminal.
    """
    environment = {
        **os.environ,
        "DATABASE_URL": _url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings.base",
        **environment,
    }
    keyboard, stdin = pty.openpty()
    try:
        os.write(keyboard, (typed or "").encode())
        return subprocess.run(
            [sys.executable, "-m", "django", *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL if typed is None else stdin,
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        os.close(keyboard)
        os.close(stdin)


@contextmanager
def terminal(mode):
    """Open a terminal; yield the program's side, to read or to write, and the person's."""
    person, program = pty.openpty()
    with os.fdopen(program, mode) as theirs, os.fdopen(person, "r+b", buffering=0) as ours:
        yield theirs, ours


@contextmanager
def read_only():
    """Let the database refuse to write."""
    on, off = READ_ONLY[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)


@contextmanager
def renamed(model):
    """Let the table of ``model`` be missing."""
    table = model._meta.db_table
    with connection.schema_editor() as editor:
        editor.alter_db_table(model, table, "elsewhere")
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(model, "elsewhere", table)


@contextmanager
def before(statement, act, *, times=1, passing=0):
    """Let somebody else ``act``, and commit, before a statement that begins so is sent.

    The first ``passing`` of these statements are let through.
    """
    seen = []

    def wrapper(execute, sql, params, many, context):
        if sql.startswith(statement):
            seen.append(sql)
            if passing < len(seen) <= passing + times:
                Thread(act).result()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield
    assert len(seen) > passing, "the statement was not sent"


def _url():
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{Path(name).resolve()}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
