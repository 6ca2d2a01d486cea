"""The user model: its instances, proxies, parents and children, and their primary keys."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import ValidationError
from django.db import router
from django.db.models import Model, QuerySet

from .models import TokenState


@cache
def user_model() -> type[AbstractBaseUser]:
    """Return the model that the state rows belong to, even if a test overrides AUTH_USER_MODEL."""
    return cast("type[AbstractBaseUser]", TokenState._meta.get_field("user").related_model)


def write_alias() -> str:
    """Return the alias of the database that users are written to. We read and write only there."""
    return router.db_for_write(user_model())


def concrete_user_model() -> type[AbstractBaseUser]:
    """Return the user model, or the model behind it if it is a proxy."""
    return cast("type[AbstractBaseUser]", user_model()._meta.concrete_model)


@cache
def is_active_is_stored() -> bool:
    """Is the user model's ``is_active`` a column, not only an attribute?"""
    return any(field.name == "is_active" for field in user_model()._meta.concrete_fields)


@cache
def passwords_are_stored() -> bool:
    """Has the user model a column for passwords? Without one this app cannot see that one changed."""
    return any(field.name == "password" for field in user_model()._meta.concrete_fields)


def users_may_have_tokens(using: str) -> bool:
    """Can users in this database have tokens, whose state is recorded there?"""
    if not passwords_are_stored():
        # A system check says that no token can be minted on such a site.
        return False
    # Routers may answer by request: django-tenants allows the tables of the current schema alone,
    # though the users of the public one are written.
    return using == write_alias() or bool(router.allow_migrate_model(using, TokenState))


def is_user_class(model: type[Model]) -> bool:
    """Is ``model`` the user model, a proxy, a child or the parent that holds the password?"""
    if not passwords_are_stored():
        return issubclass(model, user_model())
    return issubclass(model, user_model()._meta.get_field("password").model)


def primary_key_of(user: Model) -> Any:
    """Return the user model's primary key of an instance of it, a proxy, a child or the parent.

    Raise ``TypeError`` for what is not a user, ``ValueError`` for a user that was never saved.
    """
    # Not type(): request.user is a lazy object, and its type is not the user's class.
    if not is_user_class(user.__class__):
        raise TypeError(f"Expected an instance of {user_model()._meta.label}, got {user!r}.")
    key = getattr(user, user_model()._meta.pk.attname, user.pk)
    if key is None:
        raise ValueError("A user without a primary key has no tokens: save it first.")
    return key


def primary_keys_of(users: QuerySet[Any] | Iterable[Any]) -> list[Any]:
    """Return the primary keys of a queryset, or of instances and keys, sorted and each once.

    Raise ``TypeError`` for things that are not users, ``ValueError`` for an impossible key.
    """
    if isinstance(users, QuerySet):
        if not is_user_class(users.model):
            raise TypeError(f"Expected a queryset of users, got one of {users.model._meta.label}.")
        inherits_key = issubclass(users.model, user_model())
        name = user_model()._meta.pk.attname if inherits_key else "pk"
        return sorted(set(users.values_list(name, flat=True)))
    if isinstance(users, (str, bytes)):
        raise TypeError("Expected a queryset or a list of users, got a string: put it into a list.")
    return sorted({_key(user) for user in users})


def _key(user: Any) -> Any:
    if isinstance(user, Model):
        return primary_key_of(user)
    if isinstance(user, AnonymousUser):
        raise TypeError("An anonymous user has no tokens.")
    try:
        key = user_model()._meta.pk.to_python(user)
    except ValidationError as error:
        raise ValueError(f"{user!r} is no primary key of {user_model()._meta.label}.") from error
    if key is None:
        raise ValueError("None is no primary key.")
    return key
