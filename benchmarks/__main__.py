"""Print what the app costs on each database: ``python -m benchmarks [--quick]``."""

from argparse import ArgumentParser
from contextlib import closing
from datetime import datetime
from importlib.metadata import version
import os
from pathlib import Path
import platform
import sqlite3
import subprocess
import sys
from typing import Any

import psycopg
import pymysql

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("sqlite", "postgresql", "mariadb")
MARIADB: dict[str, Any] = {"host": "127.0.0.1", "port": 3306, "user": "root"}
POSTGRESQL = "host=127.0.0.1 port=5432 user=postgres dbname=postgres"


def main() -> None:
    """Measure each database, in processes of their own, one after the other."""
    parser = ArgumentParser(
        prog="python -m benchmarks", description="Print what the app costs on each database."
    )
    parser.add_argument("--quick", action="store_true", help="few rounds, a thousand users")
    parser.add_argument("--database", choices=[*DATABASES, "all"], default="all")
    parser.add_argument("--prepared", action="store_true", help="let PostgreSQL keep its plans")
    options = parser.parse_args()
    if options.prepared:
        os.environ["BENCHMARK_PREPARED"] = "1"
    chosen = DATABASES if options.database == "all" else (options.database,)
    versions = {database: _version(database) for database in chosen}
    print(_describe_machine(versions), flush=True)
    for database in chosen:
        if versions[database] is not None:
            _measure(database, quick=options.quick)
            _measure(database, quick=options.quick, BENCHMARK_NO_BLACKLIST="1")


def _measure(database: str, *, quick: bool, **variables: str) -> None:
    command = [sys.executable, "-m", "django", "measure", *(["--quick"] if quick else [])]
    environment = {
        **os.environ,
        "BENCHMARK_DATABASE": database,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        **variables,
    }
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def _version(database: str) -> str | None:
    """Return the name and version of a database, or None if it does not answer."""
    if database == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    if database == "mariadb":
        return _version_of_mariadb()
    try:
        with psycopg.connect(POSTGRESQL, connect_timeout=3) as connection:
            major, minor = divmod(connection.info.server_version, 10_000)
            return f"PostgreSQL {major}.{minor}"
    except psycopg.OperationalError:
        return None


def _version_of_mariadb() -> str | None:
    try:
        with closing(pymysql.connect(**MARIADB, connect_timeout=3)) as connection:
            return f"MariaDB {connection.get_server_info().partition('-')[0]}"
    except pymysql.OperationalError:
        return None


def _describe_machine(versions: dict[str, str | None]) -> str:
    software = [
        f"Python {platform.python_version()}",
        f"Django {version('django')}",
        f"DRF {version('djangorestframework')}",
        f"simplejwt {version('djangorestframework-simplejwt')}",
        *(found or f"{database} skipped (no answer)" for database, found in versions.items()),
        f"{os.cpu_count()} cores",
    ]
    return f"{datetime.now():%Y-%m-%d}: {', '.join(software)}\n"


if __name__ == "__main__":
    main()
