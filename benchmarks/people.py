"""The users, and simplejwt's tokens of theirs, that the benchmarks work on."""

from collections.abc import Iterable
from itertools import islice
from typing import TypeVar
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_invalidation import revocation

BATCH_SIZE = 5_000
PASSWORD = make_password("correct horse")

Row = TypeVar("Row")


def grow(number: int) -> None:
    """Insert users, each with a state row and one outstanding token, until there are ``number``."""
    missing = range(User.objects.count(), number)
    users = (
        User(username=f"user{each}", email=f"user{each}@example.com", password=PASSWORD)
        for each in missing
    )
    for batch in batches(users):
        created = User.objects.bulk_create(batch)
        revocation.revoke_users(created, reason="other")
        OutstandingToken._default_manager.bulk_create(
            OutstandingToken(user=user, jti=uuid4().hex, token="", expires_at=timezone.now())
            for user in created
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def first(number: int) -> "QuerySet[User]":
    """Return a queryset of the first ``number`` users."""
    last = User.objects.order_by("pk").values_list("pk", flat=True)[number - 1]
    return User.objects.filter(pk__lte=last)


def blacklist(users: "QuerySet[User]") -> None:
    """Put the token of each user on simplejwt's blacklist, in batches."""
    for batch in batches(
        OutstandingToken._default_manager.filter(user__in=users).iterator(BATCH_SIZE)
    ):
        BlacklistedToken._default_manager.bulk_create(
            BlacklistedToken(token=each) for each in batch
        )


def batches(rows: Iterable[Row]) -> Iterable[list[Row]]:
    """Yield lists of a size that every database takes."""
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_SIZE)):
        yield batch
