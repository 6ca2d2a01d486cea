"""The one gate all tokens pass: `stamp` at their birth, `admit` at each use."""

from collections.abc import Callable
import logging
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, connections, router
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.tokens import Token

from . import revocation, state
from .claims import is_unversioned, read_user_id
from .conf import conf
from .exceptions import (
    CredentialsChanged,
    NoActiveAccount,
    StateUnavailable,
    TokenRevoked,
    UserInactive,
    UserNotFound,
    unavailable_if_database_fails,
)
from .state import Snapshot
from .statement import statement, user_id_field
from .strategies.force import strategies_in_force
from .users import primary_key_of, user_model

logger = logging.getLogger("jwt_invalidation")


def admit(token: Token) -> AbstractBaseUser:
    """Return the user of a verified token; raise unless the token is still wanted.

    Raise `UserNotFound`, `UserInactive`, `TokenRevoked`, or ``InvalidToken`` for an impossible user
    id: all of them a 401. Raise `StateUnavailable`, a 503, if the database does not answer.
    """
    user = _load(token)
    if conf.simplejwt.CHECK_USER_IS_ACTIVE and not user.is_active:
        raise UserInactive()
    return _judge(token, user)


def admit_to_refresh(token: Token) -> AbstractBaseUser:
    """Return the user of a verified token that is to be refreshed, stamped if it never was.

    As `admit`, but ``USER_AUTHENTICATION_RULE`` decides who is active (`NoActiveAccount`).
    """
    user = _load(token)
    if not conf.simplejwt.USER_AUTHENTICATION_RULE(user):
        raise NoActiveAccount()
    _judge(token, user)
    if is_unversioned(token.payload):
        if not state.of(user).has_state:
            # Its first sight has just made the row: what is stamped must have been read with it.
            user = _judge(token, _load(token))
        if not state.of(user).has_state:
            raise StateUnavailable()
        stamp(token, user)
    return user


def entitle(user: Any) -> AbstractBaseUser:
    """Return the stored user that a token may be minted for, with all that strategies stamp.

    Raise `CredentialsChanged` unless ``user`` still carries the stored password, or a proven
    re-hash of it, and the account is active or ``USER_AUTHENTICATION_RULE`` lets it in; so a
    login that races a password change yields no token.
    """
    using = _alias()
    with unavailable_if_database_fails():
        key = primary_key_of(user)
        current = _present(user, using=using)
        if not (state.of(current).agrees and state.of(current).is_current):
            try:
                revocation.reconcile(key, using=using)
            except ObjectDoesNotExist as error:
                raise CredentialsChanged() from error
            current = _present(user, using=using)
    seen = state.of(current)
    if not (seen.agrees and seen.carries(user.password)):
        raise CredentialsChanged()
    if not current.is_active and not conf.simplejwt.USER_AUTHENTICATION_RULE(current):
        raise CredentialsChanged()
    return current


def stamp(token: Token, user: AbstractBaseUser) -> None:
    """Write into a new token what `admit` will later need.

    ``user`` must come from `entitle`, or have been admitted by the parent of the token.
    """
    for strategy in strategies_in_force():
        strategy.stamp(token, user)


def _present(user: Any, *, using: str) -> AbstractBaseUser:
    field = user_id_field()
    user_id = field.get_db_prep_value(getattr(user, field.attname), connections[using])
    try:
        return statement(using).run(user_id, {})
    except user_model().DoesNotExist as error:
        raise CredentialsChanged() from error


def _load(token: Token) -> AbstractBaseUser:
    """Load the user that the token names, in one statement on the write database."""
    using = _alias()
    field = user_id_field()
    claim = token.get(conf.simplejwt.USER_ID_CLAIM)
    try:
        value = read_user_id(claim, field, using)
    except TokenError as error:
        raise InvalidToken(error.args[0]) from error
    with unavailable_if_database_fails():
        user_id = field.get_db_prep_value(value, connections[using])
        try:
            user = statement(using).run(user_id, token.payload)
        except user_model().DoesNotExist as error:
            raise UserNotFound() from error
    # Databases may compare without regard to case or trailing blanks.
    if str(getattr(user, field.attname)) != str(claim):
        raise UserNotFound()
    _reconcile_if_changed(state.of(user))
    return user


def _judge(token: Token, user: AbstractBaseUser) -> AbstractBaseUser:
    """Refuse if row and state disagree, whatever the strategies; then ask each strategy."""
    seen = state.of(user)
    is_first_sight = not seen.has_state and is_unversioned(token.payload)
    if not (seen.agrees or is_first_sight):
        raise TokenRevoked()
    for strategy in strategies_in_force():
        strategy.check(token, user)
    if is_first_sight:
        _attempt(lambda using: state.record([seen], using=using))
    return user


def _reconcile_if_changed(seen: Snapshot) -> None:
    """Record a change behind Django's back at its first sight.

    Not inside the request's own transaction: a refusal would undo it, and it would hold a lock
    till then. The refusal itself stands on what was read, so it needs none of this.
    """
    is_changed = seen.has_state and not seen.agrees
    if is_changed and not connections[_alias()].in_atomic_block:
        _attempt(lambda using: revocation.reconcile(seen.pk, using=using))


def _attempt(write: Callable[[str], object]) -> None:
    """Write what is good to have; whoever is refused or admitted does not depend on it."""
    try:
        write(_alias())
    except (Error, StateUnavailable, ObjectDoesNotExist):
        logger.warning("The token state could not be written; it is tried again.", exc_info=True)


def _alias() -> str:
    return router.db_for_write(user_model())
