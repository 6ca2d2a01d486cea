"""Run the suite on every database that answers and with every kind of user model.

``python -m tests`` says at its end what ran and which databases were skipped; what it is given beyond
that goes to pytest. A test that is marked ``any_user_model`` or ``with_blacklist`` is a failure if no run
of that kind collects it, or if it passes in no run. ``REQUIRE_ALL_DATABASES=1`` makes a skipped database,
and a line of the package that no run has covered, a failure as well.
"""

from dataclasses import dataclass, field
import json
import os
from pathlib import Path
import socket
import subprocess
import sys
import tempfile
from urllib.parse import urlsplit

SERVERS = {
    "PostgreSQL": os.environ.get("POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres"),
    "MariaDB": os.environ.get("MARIADB_URL", "mysql://root@127.0.0.1:3306/mysql"),
}
PORTS = {"postgres": 5432, "mysql": 3306}
USER_MODELS = [
    "users.UUIDUser",
    "users.EmailUser",
    "users.EmailKeyUser",
    "users.AlwaysActiveUser",
    "users.CustomerAccount",
    "users.ProxyAccount",
]
# Keys that are no integers, and users of two rows: simplejwt's lists refer to them.
LISTED_USER_MODELS = ["users.UUIDUser", "users.EmailKeyUser", "users.CustomerAccount"]

ANY_USER_MODEL, WITH_BLACKLIST = "any_user_model", "with_blacklist"
BLACKLIST_APP = {"TEST_BLACKLIST_APP": "1"}


@dataclass
class Run:
    """One run of pytest in an environment of its own: of the tests that have all of its markers."""

    name: str
    environment: dict[str, str] = field(default_factory=dict)
    markers: tuple[str, ...] = ()

    def start(self, arguments: list[str], scratch: Path) -> int:
        """Run it; return pytest's exit code, none collected being an error like any other."""
        print(f"\n=== {self.name}", flush=True)
        environment = {
            **os.environ,
            "TEST_DATABASE_NAME": str(scratch / "test.sqlite3"),
            "TEST_OUTCOMES": str(self.outcomes(scratch)),
            **self.environment,
        }
        command = [sys.executable, "-m", "pytest", "--quiet", "--numprocesses", "logical"]
        command += ["-p", "tests.support.outcomes"]
        coverage = ["--cov", "--cov-append", "--cov-report=", "--cov-fail-under=0"]
        chosen = ["-m", " and ".join(self.markers)] if self.markers else []
        everything = [*command, *coverage, *chosen, *arguments]
        return subprocess.run(everything, env=environment).returncode

    def outcomes(self, scratch: Path) -> Path:
        """Return the file that the outcomes of this run are written to."""
        return scratch / f"{self.name}.outcomes"


def answers(url: str) -> bool:
    """Does anything listen where ``url`` says?"""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port or PORTS[parts.scheme]), 2):
            return True
    except OSError:
        return False


def planned() -> tuple[list[Run], list[str]]:
    """Return the runs to make, and the names of the databases that do not answer."""
    databases: dict[str, dict[str, str]] = {"SQLite": {}}
    skipped = []
    for name, url in SERVERS.items():
        if answers(url):
            databases[name] = {
                "DATABASE_URL": url,
                "TEST_DATABASE_NAME": "test_jwt_invalidation",
            }
        else:
            skipped.append(name)
    runs = [Run(name, environment) for name, environment in databases.items()]
    runs += [
        Run(f"SQLite, {model}", {"TEST_USER_MODEL": model}, (ANY_USER_MODEL,))
        for model in USER_MODELS
    ]
    runs += [
        Run(f"{name}, simplejwt's blacklist", {**environment, **BLACKLIST_APP}, (WITH_BLACKLIST,))
        for name, environment in databases.items()
    ]
    runs += [
        Run(
            f"SQLite, {model}, simplejwt's blacklist",
            {"TEST_USER_MODEL": model, **BLACKLIST_APP},
            (ANY_USER_MODEL, WITH_BLACKLIST),
        )
        for model in LISTED_USER_MODELS
    ]
    return runs, skipped


def forgotten(runs: list[Run], scratch: Path) -> list[str]:
    """Return the marked tests that no run of their kind has collected, or that passed in no run at all.

    A test may be skipped in the runs of its kind, because it needs the stock user model for example.
    """
    marked, collected, passed = set(), set(), set()
    for run in runs:
        for line in run.outcomes(scratch).read_text().splitlines():
            outcome = json.loads(line)
            marked |= {(outcome["test"], marker) for marker in outcome["markers"]}
            collected |= {(outcome["test"], marker) for marker in run.markers}
            if outcome["passed"]:
                passed.add(outcome["test"])
    return [
        *(
            f"{test} is marked {marker}: no such run collects it"
            for test, marker in marked - collected
        ),
        *(f"{test} passes in no run" for test in {test for test, _ in marked} - passed),
    ]


def coverage_is_complete() -> bool:
    """Print what no run has covered, and tell whether that is nothing."""
    return subprocess.run([sys.executable, "-m", "coverage", "report"]).returncode == 0


def main(arguments: list[str]) -> int:
    """Make all runs; return 0 if each of them passed."""
    is_strict = os.environ.get("REQUIRE_ALL_DATABASES") == "1"
    runs, skipped = planned()
    subprocess.run([sys.executable, "-m", "coverage", "erase"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        failed = [run.name for run in runs if run.start(arguments, scratch) != 0]
        # Whoever asks for some tests does not ask whether all of them run everywhere.
        problems = [] if arguments else forgotten(runs, scratch)
    print("\n=== Coverage of all runs", flush=True)
    if not coverage_is_complete() and is_strict:
        failed.append("coverage")
    print()
    for each in sorted(problems):
        print(f"{each}.")
    if problems:
        failed.append("forgotten tests")
    for name in skipped:
        print(f"Skipped {name}: nothing answers at {SERVERS[name].rpartition('@')[2]}.")
    if skipped and is_strict:
        failed.append("skipped databases")
    print(f"Failed: {', '.join(failed)}." if failed else f"All {len(runs)} runs passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
