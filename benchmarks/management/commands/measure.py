"""Measure on the one database that the settings name; ``python -m benchmarks`` calls it."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from jwt_invalidation.token_blacklist import blacklist_is_installed

from ... import (
    deletions,
    minting,
    refreshes,
    requests,
    revocations,
    saves,
    storage,
    walks,
    worst_night,
)
from ...growth import can_count_bytes


@dataclass(frozen=True)
class Scale:
    """How many rounds, users, and tokens of each user."""

    users: int
    tokens_each: int
    requests: int
    mints: int
    walks: int
    pairs: int
    logins: int
    refreshes: int
    saves: int
    nights: int
    sessions_each: int
    deleted: int
    deletions: int
    sizes: list[int]
    populations: list[int]


QUICK = Scale(
    users=1_000,
    tokens_each=10,
    requests=100,
    mints=20,
    walks=10,
    pairs=300,
    logins=30,
    refreshes=3,
    saves=30,
    nights=3,
    sessions_each=10,
    deleted=500,
    deletions=3,
    sizes=[1, 1_000],
    populations=[1_000],
)
FULL = Scale(
    users=1_000,
    tokens_each=100,
    requests=2_000,
    mints=300,
    walks=300,
    pairs=10_000,
    logins=1_000,
    refreshes=5,
    saves=200,
    nights=21,
    sessions_each=10,
    deleted=2_000,
    deletions=11,
    sizes=[1, 10_000, 100_000],
    populations=[1_000, 100_000],
)


class Command(BaseCommand):
    """Creates a database, measures, prints the tables, and destroys the database."""

    help = "Measures on the one database that the settings name."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the only option."""
        parser.add_argument("--quick", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each table as soon as it is measured."""
        scale = QUICK if options["quick"] else FULL
        measured = _tables(scale) if blacklist_is_installed() else _tables_of_mints(scale)
        with _database():
            for table in measured:
                self.stdout.write(f"{connection.display_name}. {table}\n")
                self.stdout.flush()


def _tables(scale: Scale) -> Iterator[str]:
    yield from requests.measure(
        users=scale.users, tokens_each=scale.tokens_each, rounds=scale.requests
    )
    yield from _tables_of_mints(scale)
    yield revocations.measure(sizes=scale.sizes, populations=scale.populations)
    yield worst_night.measure(
        users=scale.populations[-1], sessions_each=scale.sessions_each, rounds=scale.nights
    )
    # Last, because the users that it creates have no tokens, and then all users are deleted.
    yield saves.measure(rounds=scale.saves)
    yield deletions.measure(users=scale.deleted, rounds=scale.deletions)


def _tables_of_mints(scale: Scale) -> Iterator[str]:
    """Yield the tables that depend on simplejwt's blacklist app, even if it is not used."""
    yield minting.measure(users=scale.users, rounds=scale.mints)
    yield walks.measure(users=scale.users, sessions_each=scale.tokens_each, rounds=scale.walks)
    if can_count_bytes():
        yield storage.measure(pairs=scale.pairs)
        yield refreshes.measure(logins=scale.logins, times=scale.refreshes)


@contextmanager
def _database() -> Iterator[None]:
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
