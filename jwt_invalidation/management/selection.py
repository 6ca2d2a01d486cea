"""Find the users that are selected on a command line."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import DataError
from django.db.models import Q, QuerySet

from ..users import user_model

# The flags of the command line, each with its condition on a user.
FLAGS = {"staff": {"is_staff": True}, "inactive": {"is_active": False}}


def select_by_flags(flags: Iterable[str]) -> Q:
    """Return the condition that selects users by any of ``flags``. No flag selects nobody.

    Raise a ``CommandError`` for a flag whose column the user model does not have.
    """
    columns = {field.name for field in user_model()._meta.concrete_fields}
    condition = Q(pk__in=[])
    for flag in flags:
        if not columns.issuperset(FLAGS[flag]):
            raise CommandError(
                f"--{flag} is not possible: {user_model()._meta.label} has no column"
                f" {', '.join(FLAGS[flag])}."
            )
        condition |= Q(**FLAGS[flag])
    return condition


def find_users(
    names: Sequence[Any],
    keys: Sequence[Any],
    *,
    using: str,
    aftermath: str = "Nothing was revoked.",
) -> list[Any]:
    """Return the primary keys of the users with these user names or primary keys.

    Raise a ``CommandError`` that lists everything not found and every ambiguous name, and ends in
    ``aftermath``.
    """
    found: list[Any] = []
    problems: list[str] = []
    # Every user model declares it, but AbstractBaseUser does not.
    name_field: str = user_model().USERNAME_FIELD  # type: ignore[attr-defined]
    for name in names:
        users = _matching(name_field, name, using=using)
        if len(users) > 1:
            problems.append(f"Several users are named {name!r}: pass the --pk of one.")
        elif not users:
            problems.append(f"No user is named {name!r}.")
        found += users
    for key in keys:
        users = _matching("pk", key, using=using)
        if not users:
            problems.append(f"No user has the primary key {key!r}.")
        found += users
    if problems:
        raise CommandError(" ".join([*problems, aftermath]))
    return found


def _matching(field: str, value: Any, *, using: str) -> list[Any]:
    users: QuerySet[Any] = user_model()._base_manager.using(using)
    try:
        return list(users.filter(**{field: value}).values_list("pk", flat=True)[:2])
    except (ValidationError, ValueError, OverflowError, DataError):
        # No user has a value that the column cannot hold.
        return []
