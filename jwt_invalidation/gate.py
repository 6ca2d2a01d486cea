"""The one gate all tokens pass: `stamp` at their birth, `admit` at each use."""

from collections.abc import Callable
import logging
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, connections
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.tokens import Token

from . import revocation
from .claims import is_unversioned, read_user_id
from .conf import conf
from .db.unavailable import unavailable_if_database_fails
from .exceptions import (
    CredentialsChanged,
    NoActiveAccount,
    StateUnavailable,
    TokenRevoked,
    UserInactive,
    UserNotFound,
)
from .lookup import find_user, user_id_field
from .state import store
from .state.snapshot import Snapshot, snapshot_of
from .strategies.force import strategies_in_force
from .users import primary_key_of, user_model, write_alias

logger = logging.getLogger("jwt_invalidation")


def admit(token: Token) -> AbstractBaseUser:
    """Return the user of a verified token; raise unless the token is still wanted.

    Raise `UserNotFound`, `UserInactive`, `TokenRevoked`, or ``InvalidToken`` for an impossible user
    id: all of them a 401. Raise `StateUnavailable`, a 503, if the database does not answer.
    """
    sight = _look(token)
    if conf.simplejwt.CHECK_USER_IS_ACTIVE and not sight.user.is_active:
        raise UserInactive()
    _judge(token, sight)
    return sight.user


def admit_to_refresh(token: Token) -> AbstractBaseUser:
    """Return the user of a verified token that is to be refreshed, stamped if it never was.

    As `admit`, but ``USER_AUTHENTICATION_RULE`` decides who is active (`NoActiveAccount`).
    """
    sight = _look(token)
    if not conf.simplejwt.USER_AUTHENTICATION_RULE(sight.user):
        raise NoActiveAccount()
    _judge(token, sight)
    if not is_unversioned(token.payload):
        return sight.user
    if not sight.seen.has_state:
        # Its first sight has just made the row: what is stamped must have been read with it.
        sight = _look(token)
        _judge(token, sight)
    if not sight.seen.has_state:
        raise StateUnavailable()
    stamp(token, sight.user)
    return sight.user


def admit_stateless(token: Token) -> Any:
    """Return simplejwt's ``TokenUser`` of a verified token, without asking the database anything.

    So what was revoked is let in until it expires. Raise a `TokenRevoked` if a strategy that needs
    no database, or ``UNVERSIONED_TOKENS``, refuses it; ``InvalidToken`` for an impossible user id.
    """
    try:
        require_user_id(token)
    except TokenError as error:
        raise InvalidToken(error.args[0]) from error
    if is_unversioned(token.payload) and conf.UNVERSIONED_TOKENS != "accept":
        raise TokenRevoked()
    user = conf.simplejwt.TOKEN_USER_CLASS(token)
    for strategy in strategies_in_force():
        if strategy.is_stateless:
            strategy.check(token, user)
    return user


def require_user_id(token: Token) -> None:
    """Raise a ``TokenError`` unless the token names what could be a user, whoever that is."""
    read_user_id(token.get(conf.simplejwt.USER_ID_CLAIM), user_id_field(), write_alias())


def entitle(user: Any) -> AbstractBaseUser:
    """Return the stored user that a token may be minted for, with all that strategies stamp.

    Raise `CredentialsChanged` unless ``user`` still carries the stored password, or a proven
    re-hash of it, and the account is active or ``USER_AUTHENTICATION_RULE`` lets it in; so a
    login that races a password change yields no token.
    """
    using = write_alias()
    with unavailable_if_database_fails():
        key = primary_key_of(user)
        current = _present(user, using=using)
        if not (snapshot_of(current).agrees and snapshot_of(current).is_current):
            try:
                revocation.reconcile(key, using=using)
            except ObjectDoesNotExist as error:
                raise CredentialsChanged() from error
            current = _present(user, using=using)
    seen = snapshot_of(current)
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
    try:
        return find_user(getattr(user, user_id_field().attname), {}, using=using)
    except user_model().DoesNotExist as error:
        raise CredentialsChanged() from error


class Sight(NamedTuple):
    """What one statement showed of the user that a token names."""

    user: AbstractBaseUser
    seen: Snapshot
    agrees: bool


def _look(token: Token) -> Sight:
    user = find_bearer(token)
    seen = snapshot_of(user)
    sight = Sight(user, seen, seen.agrees)
    _reconcile_if_changed(sight)
    return sight


def find_bearer(token: Token) -> AbstractBaseUser:
    """Return the user that the token names, in one statement on the write database; write nothing.

    Whether the token is still wanted is not asked. Raise `UserNotFound` or ``InvalidToken``, a 401,
    or `StateUnavailable`, a 503.
    """
    using = write_alias()
    field = user_id_field()
    claim = token.get(conf.simplejwt.USER_ID_CLAIM)
    try:
        value = read_user_id(claim, field, using)
    except TokenError as error:
        raise InvalidToken(error.args[0]) from error
    with unavailable_if_database_fails():
        try:
            user = find_user(value, token.payload, using=using)
        except user_model().DoesNotExist as error:
            raise UserNotFound() from error
    # Databases may compare without regard to case or trailing blanks.
    if str(getattr(user, field.attname)) != str(claim):
        raise UserNotFound()
    return user


def _judge(token: Token, sight: Sight) -> None:
    """Refuse if row and state disagree, whatever the strategies; then ask each strategy."""
    is_first = not sight.seen.has_state and is_unversioned(token.payload)
    if not (sight.agrees or is_first):
        raise TokenRevoked()
    for strategy in strategies_in_force():
        strategy.check(token, sight.user)
    if is_first:
        _attempt(lambda using: store.record([sight.seen], using=using))


def _reconcile_if_changed(sight: Sight) -> None:
    """Record a change behind Django's back at its first sight.

    Not inside the request's own transaction: a refusal would undo it, and it would hold a lock
    till then. The refusal itself stands on what was read, so it needs none of this.
    """
    is_changed = sight.seen.has_state and not sight.agrees
    if is_changed and not connections[write_alias()].in_atomic_block:
        _attempt(lambda using: revocation.reconcile(sight.seen.pk, using=using))


def _attempt(write: Callable[[str], object]) -> None:
    """Write what is good to have; whoever is refused or admitted does not depend on it."""
    try:
        write(write_alias())
    except (Error, StateUnavailable, ObjectDoesNotExist):
        logger.warning("The token state could not be written; it is tried again.", exc_info=True)
