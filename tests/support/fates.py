"""What may become of a user while tokens are out: each as another request would do it."""

from django.contrib.auth.hashers import make_password

from jwt_invalidation import revocation
from jwt_invalidation.users import is_active_is_stored

NEW = "another horse"


def stay(user):
    pass


def revoke(user):
    revocation.revoke_user(user.pk, reason="admin")


def revoke_everyone(user):
    revocation.revoke_everyone(reason="other")


def deactivate(user):
    found = _find(user)
    found.is_active = False
    found.save()


def deactivate_behind_djangos_back(user):
    _stored(user).update(is_active=False)


def change_password(user):
    found = _find(user)
    found.set_password(NEW)
    found.save()


def change_password_behind_djangos_back(user):
    _stored(user).update(password=make_password(NEW))


def delete(user):
    _find(user).delete()


def _find(user):
    return _stored(user).get()


def _stored(user):
    return type(user)._default_manager.filter(pk=user.pk)


REVOKED = {
    "revoked": revoke,
    "password changed": change_password,
    "password changed behind Django's back": change_password_behind_djangos_back,
}
INACTIVE = {
    "deactivated": deactivate,
    "deactivated behind Django's back": deactivate_behind_djangos_back,
}
FATES = {
    "alive": stay,
    **REVOKED,
    **(INACTIVE if is_active_is_stored() else {}),
    "deleted": delete,
}
