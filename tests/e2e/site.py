"""Serve the site in ``testproject`` in its own process."""

from contextlib import closing, contextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import re
import sqlite3
import subprocess
import sys

ROOT = Path(__file__).parents[2]
MANAGE = [sys.executable, str(ROOT / "testproject" / "manage.py")]
PASSWORD = "correct horse"
USERS = f"""
from django.contrib.auth.models import User
for name in ("alice", "bob"):
    User.objects.create_user(name, password={PASSWORD!r})
User.objects.create_superuser("root", password={PASSWORD!r})
"""


@dataclass
class Site:
    """The URL of the site, and its database, which tests may read and damage."""

    url: str
    database: Path
    untouched: Path

    def reset(self):
        """Restore the database as it was before anybody logged in."""
        with closing(self.connect(self.untouched)) as source, closing(self.connect()) as target:
            source.backup(target)

    def execute(self, sql, *parameters):
        with closing(self.connect()) as connection, connection:
            return connection.execute(sql, parameters).fetchall()

    @contextmanager
    def without_table(self, name):
        """Rename a table for a while."""
        self.execute(f"ALTER TABLE {name} RENAME TO taken_away")
        try:
            yield
        finally:
            self.execute(f"ALTER TABLE taken_away RENAME TO {name}")

    def connect(self, path=None):
        return sqlite3.connect(path or self.database, timeout=20)


@contextmanager
def serving(directory, **environment):
    """Migrate a database in ``directory``, create users, and serve the site."""
    database, untouched = directory / "site.sqlite3", directory / "untouched.sqlite3"
    inherited = {name: value for name, value in os.environ.items() if name != "STRATEGY"}
    own = {
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "tests.e2e.settings",
        "PYTHONUNBUFFERED": "1",
    }
    environment = {**inherited, **own, **environment}
    for command in (["migrate", "--verbosity=0"], ["shell", "--command", USERS]):
        subprocess.run([*MANAGE, *command], env=environment, check=True, stdout=subprocess.PIPE)
    untouched.write_bytes(database.read_bytes())
    with (
        (directory / "server.log").open("wb") as log,
        subprocess.Popen(
            [*MANAGE, "runserver", "--noreload", "127.0.0.1:0"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
        ) as process,
    ):
        try:
            yield Site(_url_in(process.stdout), database, untouched)
        finally:
            process.terminate()


def _url_in(lines):
    """Return the URL that the server prints; raise if it ends before that."""
    for line in lines:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise RuntimeError("The server did not start.")
