"""Runs of the site in ``testproject``, in a process of its own."""

from dataclasses import dataclass
import os
from pathlib import Path
import subprocess
import sys

from django.db import connection

MANAGE = Path(__file__).parents[2] / "testproject" / "manage.py"
DEVELOPERS_DATABASE = b"what the developer has done so far"
LIST_DATABASES = {"postgresql": "SELECT datname FROM pg_database", "mysql": "SHOW DATABASES"}


@dataclass
class Run:
    """A run of a command, as a terminal would show it."""

    directory: Path
    pid: int
    code: int
    out: str
    err: str

    def step(self, number):
        """Return the line of a step, its mark first."""
        [line] = [each for each in self.out.splitlines() if each[2:].startswith(f"{number} ")]
        return line

    def marks(self):
        return "".join(line[0] for line in self.out.splitlines() if line[:1] in {"✓", "✗"})


def manage(directory, *arguments, **environment):
    """Run manage.py far from the repository, as a developer who has a database there."""
    return _run(directory, [sys.executable, str(MANAGE), *arguments], environment)


def make(directory, *arguments):
    """Run make in the repository, with this interpreter as the one that is prepared."""
    prepared = ["--old-file=.venv/.installed", f"BIN={Path(sys.executable).parent}"]
    where = f"--directory={MANAGE.parent.parent}"
    return _run(directory, ["make", where, *prepared, *arguments], {})


def _run(directory, command, environment):
    database = directory / "developer.sqlite3"
    database.write_bytes(DEVELOPERS_DATABASE)
    (directory / "tmp").mkdir()
    inherited = {name: value for name, value in os.environ.items() if "DJANGO" not in name}
    inherited.pop("STRATEGY", None)
    own = {"TMPDIR": str(directory / "tmp"), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        command,
        cwd=directory,
        env={"DATABASE_URL": f"sqlite:///{database}", **inherited, **own, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        out, err = process.communicate()
    return Run(directory, process.pid, process.returncode, out, err)


def assert_nothing_is_left_over(run):
    """The developer's database is as it was, and that of the demo is gone."""
    assert (run.directory / "developer.sqlite3").read_bytes() == DEVELOPERS_DATABASE
    assert list((run.directory / "tmp").iterdir()) == []
    if connection.vendor in LIST_DATABASES:
        with connection.cursor() as cursor:
            cursor.execute(LIST_DATABASES[connection.vendor])
            names = [name for [name] in cursor.fetchall()]
        assert names
        assert not [name for name in names if name.startswith(f"jwt_invalidation_demo_{run.pid}_")]


def without_time_machine(directory):
    """Return an environment in which time-machine is not installed."""
    (directory / "time_machine.py").write_text("raise ImportError")
    return {"PYTHONPATH": str(directory)}
