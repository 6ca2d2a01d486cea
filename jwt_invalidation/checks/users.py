"""The user model: the field by which tokens name their users, and ``is_active``."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field

from ..conf import conf
from ..gate.lookup import user_id_field
from ..users import is_active_is_stored, passwords_are_stored, user_model
from .subjects import simplejwt_setting

USER_ID_FIELD = simplejwt_setting("USER_ID_FIELD")


def check_user_id_field(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse a field that does not exist, or that several users may share."""
    name, model = conf.simplejwt.USER_ID_FIELD, user_model()._meta
    hint = f'Write in SIMPLE_JWT: "USER_ID_FIELD": "{model.pk.attname}"'
    try:
        field: Any = user_id_field()
    except FieldDoesNotExist:
        field = None
    # The name of a relation reads an object, whose text would become the claim.
    if field is None or (field.is_relation and name == field.name):
        return [
            checks.Error(
                f"The setting is {name!r}, which is no column of {model.label}.",
                hint=hint,
                obj=USER_ID_FIELD,
                id="jwt_invalidation.E011",
            )
        ]
    if not _is_unique(field):
        return [
            checks.Error(
                f"The setting is {name!r}, which is not unique in {model.label}: a token could name"
                " two users.",
                hint=f"Make the field unique. Or {hint[0].lower()}{hint[1:]}: then live tokens, which name"
                " their users by the other field, are refused.",
                obj=USER_ID_FIELD,
                id="jwt_invalidation.E012",
            )
        ]
    return []


def check_is_active(**kwargs: Any) -> list[checks.CheckMessage]:
    """Warn if ``is_active`` is computed: a change of it leaves no trace in the user's row."""
    model = user_model()
    if is_active_is_stored() or getattr(model, "is_active", True) is True:
        return []
    return [
        checks.Warning(
            "is_active is no column: tokens are refused while it is false, and accepted again when"
            " it is true.",
            hint='Where you deactivate an account, call revoke_user(user, reason="deactivated"), from'
            " jwt_invalidation.revocation.",
            obj=model,
            id="jwt_invalidation.W006",
        )
    ]


def _is_unique(field: Field[Any, Any]) -> bool:
    constraints = field.model._meta.total_unique_constraints
    return field.unique or any(each.fields == (field.name,) for each in constraints)


def check_password_column(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse a user model without passwords: that they changed is what kills tokens."""
    if passwords_are_stored():
        return []
    label = user_model()._meta.label
    return [
        checks.Error(
            "The model stores no password, so no token can be minted: this app compares the stored"
            " password with the one on record.",
            hint=(
                f"Remove `password = None` from {label} and run `manage.py makemigrations`. Users who"
                " log in elsewhere get `set_unusable_password()`."
            ),
            obj=user_model(),
            id="jwt_invalidation.E022",
        )
    ]
