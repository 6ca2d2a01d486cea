"""Who may be given a token, and what is written into it."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ObjectDoesNotExist
from rest_framework_simplejwt import tokens as simplejwt
from rest_framework_simplejwt.tokens import Token

from ..claims import AUTH_TIME
from ..conf import conf
from ..db.unavailable import unavailable_if_database_fails
from ..exceptions import CredentialsChanged
from ..reconciliation import reconcile
from ..state.installation import note_first_stamp
from ..state.secret_keys import note_key_use
from ..state.snapshot import Difference, snapshot_of
from ..strategies.active import active_strategies
from ..users import primary_key_of, user_model, write_alias
from .lookup import find_user, user_id_field
from .outdated import require_no_newer_key


def load_user_for_minting(user: Any) -> AbstractBaseUser:
    """Return the stored user that a token may be minted for, with all that strategies stamp.

    Raise `CredentialsChanged` unless ``user`` still carries the stored password, or a proven
    re-hash of it, and the account is active or ``USER_AUTHENTICATION_RULE`` lets it in. So a login
    that races a password change yields no token. Raise `StateUnavailable` if the database fails, or
    if the record was made with a ``SECRET_KEY`` newer than that of this process.
    """
    using = write_alias()
    with unavailable_if_database_fails():
        key = primary_key_of(user)
        current = _load(user, using=using)
        difference = snapshot_of(current).difference()
        if difference is Difference.UNKNOWN_KEY:
            require_no_newer_key(snapshot_of(current), using=using)
        if difference is not Difference.NONE:
            try:
                reconcile(key, using=using, drop_unknown_key=True)
            except ObjectDoesNotExist as error:
                raise CredentialsChanged() from error
            current = _load(user, using=using)
            difference = snapshot_of(current).difference()
    if not (difference.is_agreement and snapshot_of(current).carries(user.password)):
        raise CredentialsChanged()
    if not current.is_active and not conf.simplejwt.USER_AUTHENTICATION_RULE(current):
        raise CredentialsChanged()
    note_key_use(using=using)
    return current


def stamp(token: Token, user: AbstractBaseUser) -> None:
    """Write into a new token what `admit` will later need.

    ``user`` must come from `load_user_for_minting`, or have been admitted by the token's parent.
    """
    note_first_stamp(using=write_alias())
    for strategy in active_strategies():
        strategy.stamp(token, user)
    # A token that a client has sent says nothing about when its user logged in.
    if token.token is None and isinstance(token, (simplejwt.RefreshToken, simplejwt.SlidingToken)):
        token[AUTH_TIME] = token["iat"]


def _load(user: Any, *, using: str) -> AbstractBaseUser:
    try:
        return find_user(getattr(user, user_id_field().attname), {}, using=using)
    except user_model().DoesNotExist as error:
        raise CredentialsChanged() from error
