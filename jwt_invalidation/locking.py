"""Lock a user whose version is still the expected one, for what is inserted on that ground."""

from typing import Any

from django.db import connections
from django.db.models import QuerySet

from .users import user_model


def users_at(version: int | None, *, using: str, **is_the_user: Any) -> "QuerySet[Any]":
    """Return a queryset of the one user, if her version is ``version``; None for any version.

    Where it is evaluated, inside a transaction, user and state are locked: no revocation can come
    between the look at the version and the commit of what is inserted on that ground.
    """
    if version is not None:
        is_the_user["token_state__token_version"] = version
    users = user_model()._base_manager.using(using).filter(**is_the_user)
    features = connections[using].features
    if not features.has_select_for_update:
        return users
    # As weak as it can be: other tables may refer to the user meanwhile.
    return users.select_for_update(no_key=features.has_select_for_no_key_update)
