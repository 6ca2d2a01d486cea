"""Run the suite on every database that answers and with every kind of user model.

``python -m tests`` says at its end what ran and which databases were skipped; what it is given beyond
that goes to pytest. ``REQUIRE_ALL_DATABASES=1`` makes a skipped database, and a line of the package
that no run has covered, a failure.
"""

from dataclasses import dataclass, field
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
# What depends on the user model, and on simplejwt's blacklist being installed.
OF_ANY_USER_MODEL = [
    "tests/strategies",
    "tests/test_changes.py",
    "tests/test_changes_apart.py",
    "tests/test_changes_of_other_kinds.py",
    "tests/test_changes_of_relatives.py",
    "tests/test_admin_action.py",
    "tests/test_admin_button.py",
    "tests/test_admin_proxy.py",
    "tests/test_admin_sessions.py",
    "tests/test_admin_sessions_action.py",
    "tests/test_admin_sessions_deletion.py",
    "tests/test_admin_sessions_inline.py",
    "tests/test_checks_settings.py",
    "tests/test_checks_users.py",
    "tests/test_commands_inspect_run.py",
    "tests/test_commands_report.py",
    "tests/test_commands_report_history.py",
    "tests/test_commands_report_sessions.py",
    "tests/test_commands_revoke.py",
    "tests/test_commands_revoke_run.py",
    "tests/test_flush.py",
    "tests/test_flush_safety.py",
    "tests/test_hash_upgrade.py",
    "tests/test_hostile_settings.py",
    "tests/test_hostile_users.py",
    "tests/test_logging_in_again.py",
    "tests/test_minting.py",
    "tests/test_promise.py",
    "tests/test_races_of_hash_upgrades.py",
    "tests/test_schema_answers.py",
    "tests/test_sweep.py",
    "tests/test_unversioned_tokens.py",
    "tests/test_verbs.py",
]
BESIDE_THE_BLACKLIST = [
    "tests/test_checks_strategies.py",
    "tests/test_combinations.py",
    "tests/test_commands_inspect.py",
    "tests/test_commands_inspect_strategies.py",
    "tests/test_commands_inspect_verdict.py",
    "tests/test_docs.py",
    "tests/test_hostile_claims.py",
    "tests/test_hostile_database.py",
    "tests/test_hostile_spellings.py",
    "tests/test_hostile_users.py",
    "tests/test_promise.py",
    "tests/test_simplejwt_blacklist.py",
    "tests/test_stateless.py",
    "tests/test_stateless_revoked.py",
    "tests/test_switching.py",
    "tests/test_switching_lists.py",
    "tests/test_switching_stateless.py",
    "tests/test_when_writing_fails.py",
]
# What the blacklist strategy promises, on every database.
OF_THE_BLACKLIST = [
    "tests/strategies",
    "tests/test_blacklist.py",
    "tests/test_blacklist_claims.py",
    "tests/test_blacklist_deadlocks.py",
    "tests/test_blacklist_deletion.py",
    "tests/test_blacklist_entries.py",
    "tests/test_blacklist_locks.py",
    "tests/test_blacklist_missing.py",
    "tests/test_blacklist_queries.py",
    "tests/test_blacklist_single.py",
    "tests/test_blacklist_transactions.py",
    "tests/test_blacklist_upstream.py",
    "tests/test_blacklist_without_time_zones.py",
    "tests/test_races_of_blacklists.py",
]
# Keys that are no integers, and users of two rows: simplejwt's lists refer to them.
LISTED_USER_MODELS = ["users.UUIDUser", "users.EmailKeyUser", "users.CustomerAccount"]
OF_ANY_LISTED_USER = [
    "tests/strategies/test_blacklist.py",
    "tests/test_blacklist.py",
    "tests/test_blacklist_claims.py",
    "tests/test_blacklist_deletion.py",
]


@dataclass
class Run:
    """One run of pytest in an environment of its own."""

    name: str
    environment: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)

    def start(self, arguments: list[str], scratch: Path) -> int:
        """Run it; return pytest's exit code, none collected being an error like any other."""
        print(f"\n=== {self.name}", flush=True)
        environment = {
            **os.environ,
            "TEST_DATABASE_NAME": str(scratch / "test.sqlite3"),
            **self.environment,
        }
        command = [sys.executable, "-m", "pytest", "--quiet", "--numprocesses", "logical"]
        coverage = ["--cov", "--cov-append", "--cov-report=", "--cov-fail-under=0"]
        everything = [*command, *coverage, *self.paths, *arguments]
        return subprocess.run(everything, env=environment).returncode


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
    beside = [*BESIDE_THE_BLACKLIST, *OF_THE_BLACKLIST]
    listed = [Run("SQLite, simplejwt's blacklist", {"TEST_BLACKLIST_APP": "1"}, beside)]
    runs = [Run("SQLite")]
    skipped = []
    for name, url in SERVERS.items():
        if answers(url):
            here = {"DATABASE_URL": url, "TEST_DATABASE_NAME": "test_jwt_invalidation"}
            runs.append(Run(name, here))
            with_app = {**here, "TEST_BLACKLIST_APP": "1"}
            listed.append(Run(f"{name}, simplejwt's blacklist", with_app, OF_THE_BLACKLIST))
        else:
            skipped.append(name)
    runs += [
        Run(f"SQLite, {model}", {"TEST_USER_MODEL": model}, OF_ANY_USER_MODEL)
        for model in USER_MODELS
    ]
    listed += [
        Run(
            f"SQLite, {model}, simplejwt's blacklist",
            {"TEST_USER_MODEL": model, "TEST_BLACKLIST_APP": "1"},
            OF_ANY_LISTED_USER,
        )
        for model in LISTED_USER_MODELS
    ]
    return runs + listed, skipped


def coverage_is_complete() -> bool:
    """Print what no run has covered, and tell whether that is nothing."""
    return subprocess.run([sys.executable, "-m", "coverage", "report"]).returncode == 0


def main(arguments: list[str]) -> int:
    """Make all runs; return 0 if each of them passed."""
    is_strict = os.environ.get("REQUIRE_ALL_DATABASES") == "1"
    runs, skipped = planned()
    subprocess.run([sys.executable, "-m", "coverage", "erase"], check=True)
    with tempfile.TemporaryDirectory() as scratch:
        failed = [run.name for run in runs if run.start(arguments, Path(scratch)) != 0]
    print("\n=== Coverage of all runs", flush=True)
    if not coverage_is_complete() and is_strict:
        failed.append("coverage")
    print()
    for name in skipped:
        print(f"Skipped {name}: nothing answers at {SERVERS[name].rpartition('@')[2]}.")
    if skipped and is_strict:
        failed.append("skipped databases")
    print(f"Failed: {', '.join(failed)}." if failed else f"All {len(runs)} runs passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
