"""Measure on the one database that the settings name; ``python -m benchmarks`` calls it."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from ... import requests, revocations, saves


@dataclass(frozen=True)
class Scale:
    """How often, and with how many users."""

    users: int
    requests: int
    saves: int
    sizes: list[int]
    populations: list[int]


QUICK = Scale(users=1_000, requests=300, saves=30, sizes=[1, 1_000], populations=[1_000])
FULL = Scale(
    users=1_000,
    requests=2_000,
    saves=200,
    sizes=[1, 10_000, 100_000],
    populations=[1_000, 100_000],
)


class Command(BaseCommand):
    """Make a database, measure, print, and take the database away."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the one option there is."""
        parser.add_argument("--quick", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each table as soon as it is measured."""
        scale = QUICK if options["quick"] else FULL
        with _database():
            self._print(requests.measure(users=scale.users, rounds=scale.requests))
            self._print(revocations.measure(sizes=scale.sizes, populations=scale.populations))
            # Last, for its new users have no tokens.
            self._print(saves.measure(rounds=scale.saves))

    def _print(self, table: str) -> None:
        self.stdout.write(f"{connection.display_name}. {table}\n")
        self.stdout.flush()


@contextmanager
def _database() -> Iterator[None]:
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
