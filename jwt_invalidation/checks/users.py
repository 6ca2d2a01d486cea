"""The field of the user model that tokens name their users by."""

from typing import Any

from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field

from ..conf import conf
from ..gate.lookup import user_id_field
from ..users import is_active_is_stored, user_model


def check_user_id_field(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse a field by which a token could name nobody, or two users."""
    name, model = conf.simplejwt.USER_ID_FIELD, user_model()._meta
    hint = f'Write: SIMPLE_JWT = {{"USER_ID_FIELD": "{model.pk.attname}"}}'
    try:
        field: Any = user_id_field()
    except FieldDoesNotExist:
        field = None
    # What a relation is called holds an object, whose text would become the claim.
    if field is None or (field.is_relation and name == field.name):
        return [
            checks.Error(
                f'SIMPLE_JWT["USER_ID_FIELD"] is {name!r}, which is no column of {model.label}.',
                hint=hint,
                id="jwt_invalidation.E011",
            )
        ]
    if not _is_unique(field):
        return [
            checks.Error(
                f'SIMPLE_JWT["USER_ID_FIELD"] is {name!r}, which is not unique in {model.label}:'
                " a token could name two users.",
                hint=f"{hint}, or make the field unique.",
                id="jwt_invalidation.E012",
            )
        ]
    return []


def check_is_active(**kwargs: Any) -> list[checks.CheckMessage]:
    """Tell that the end of an account cannot be seen in its row."""
    model = user_model()
    if is_active_is_stored() or getattr(model, "is_active", True) is True:
        return []
    return [
        checks.Warning(
            f"{model._meta.label}.is_active is no column: tokens are refused while it is false, and"
            " accepted again when it is true.",
            hint="Call jwt_invalidation.revocation.revoke_user() where you deactivate an account.",
            id="jwt_invalidation.W006",
        )
    ]


def _is_unique(field: "Field[Any, Any]") -> bool:
    constraints = field.model._meta.total_unique_constraints
    return field.unique or any(each.fields == (field.name,) for each in constraints)
