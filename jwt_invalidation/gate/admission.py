"""Who is let in by a token: load the user that it names, and run every check."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import logging
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, connections
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.tokens import Token

from ..claims import is_unversioned, read_user_id
from ..conf import conf
from ..db.unavailable import unavailable_if_database_fails
from ..exceptions import (
    MINTED_ELSEWHERE,
    NoActiveAccount,
    RefreshTokenReused,
    StateUnavailable,
    TokenMintedElsewhere,
    TokenRevoked,
    UserInactive,
    UserNotFound,
)
from ..reconciliation import reconcile
from ..sessions.ending import end_reused_session
from ..state import store
from ..state.secret_keys import note_key_use
from ..state.snapshot import Difference, Snapshot, snapshot_of
from ..state.unversioned import require_permitted
from ..state.uses import note_use
from ..strategies.active import active_strategies
from ..users import user_model, write_alias
from .lookup import find_user, user_id_field
from .minting import stamp
from .outdated import require_no_newer_key

logger = logging.getLogger("jwt_invalidation")


def admit(token: Token) -> AbstractBaseUser:
    """Return the user of a verified token; raise unless the token is still wanted.

    Raise `UserNotFound`, `UserInactive`, `TokenRevoked`, or ``InvalidToken`` for an impossible user
    id: all of them a 401. Raise `StateUnavailable`, a 503, if the database does not answer, or if
    the record was made with a ``SECRET_KEY`` newer than that of this process.
    """
    candidate = _load(token)
    if conf.simplejwt.CHECK_USER_IS_ACTIVE and not candidate.user.is_active:
        raise UserInactive()
    _check(token, candidate)
    if is_unversioned(token.payload):
        note_use(using=write_alias())
    return candidate.user


def admit_to_refresh(token: Token) -> AbstractBaseUser:
    """Return the user of a verified token that is to be refreshed; stamp it if it never was.

    As `admit`, but ``USER_AUTHENTICATION_RULE`` decides who is active (`NoActiveAccount`).
    """
    candidate = _load(token)
    if not conf.simplejwt.USER_AUTHENTICATION_RULE(candidate.user):
        raise NoActiveAccount()
    _check(token, candidate)
    note_key_use(using=write_alias())
    if not is_unversioned(token.payload):
        return _let_refresh(token, candidate)
    if not candidate.seen.has_state:
        # The check has just made the row. What is stamped must have been read together with it.
        candidate = _load(token)
        _check(token, candidate)
    if not candidate.seen.has_state:
        raise StateUnavailable()
    note_use(using=write_alias())
    stamp(token, candidate.user)
    return _let_refresh(token, candidate)


def admit_stateless(token: Token) -> Any:
    """Return simplejwt's ``TokenUser`` of a verified token, without asking the database about it.

    So a revoked token is let in until it expires. Raise a `TokenRevoked` if a strategy that needs
    no database, or ``UNVERSIONED_TOKENS``, refuses it; ``InvalidToken`` for an impossible user id.
    For tokens without our claims each process reads once when this app was installed.
    """
    try:
        require_user_id(token)
    except TokenError as error:
        raise InvalidToken(error.args[0]) from error
    if is_unversioned(token.payload):
        with _explaining_refusal(token):
            require_permitted(token)
    user = conf.simplejwt.TOKEN_USER_CLASS(token)
    for strategy in active_strategies():
        if strategy.is_stateless:
            strategy.check(token, user)
    return user


def require_user_id(token: Token) -> None:
    """Raise a ``TokenError`` unless the token names what could be a user, whoever that is."""
    read_user_id(token.get(conf.simplejwt.USER_ID_CLAIM), user_id_field(), write_alias())


def load_user_named_in(token: Token) -> AbstractBaseUser:
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


class _Candidate(NamedTuple):
    """The user that a token names, and the snapshot that came with it."""

    user: AbstractBaseUser
    seen: Snapshot
    difference: Difference


def _load(token: Token) -> _Candidate:
    user = load_user_named_in(token)
    seen = snapshot_of(user)
    candidate = _Candidate(user, seen, seen.difference())
    _reconcile_if_changed(candidate)
    return candidate


def _let_refresh(token: Token, candidate: _Candidate) -> AbstractBaseUser:
    for strategy in active_strategies():
        strategy.admitted_to_refresh(token, candidate.user)
    return candidate.user


def _check(token: Token, candidate: _Candidate) -> None:
    """Refuse if row and state disagree, whatever the strategies; then ask each strategy.

    A refresh token that was rotated before ends its session, whatever view it comes to.
    """
    if candidate.difference is Difference.UNKNOWN_KEY:
        with unavailable_if_database_fails():
            require_no_newer_key(candidate.seen, using=write_alias())
    has_no_state = candidate.difference is Difference.NO_STATE
    is_first_use = has_no_state and is_unversioned(token.payload)
    if not (candidate.difference.is_agreement or is_first_use):
        raise TokenRevoked()
    try:
        with _explaining_refusal(token):
            for strategy in active_strategies():
                strategy.check(token, candidate.user)
    except RefreshTokenReused:
        with unavailable_if_database_fails():
            end_reused_session(token)
        raise
    if is_first_use:
        _try_to_write(lambda using: store.record([candidate.seen], using=using))


@contextmanager
def _explaining_refusal(token: Token) -> Iterator[None]:
    """Tell the developer, who mints tokens that nobody admits. Clients are told nothing of it."""
    try:
        yield
    except TokenMintedElsewhere:
        user_id = token.get(conf.simplejwt.USER_ID_CLAIM)
        logger.warning("A token of user %s was refused. %s", user_id, MINTED_ELSEWHERE)
        raise


def _reconcile_if_changed(candidate: _Candidate) -> None:
    """Record a change that was made behind Django's back, as soon as a request sees it.

    Not inside the request's own transaction: a refusal would undo it, and it would hold a lock
    till then. The refusal itself needs none of this: it depends on what was read alone.
    """
    is_in_transaction = connections[write_alias()].in_atomic_block
    is_different = candidate.difference.is_change or candidate.difference is Difference.REACTIVATED
    if is_different and not is_in_transaction:
        _try_to_write(lambda using: reconcile(candidate.seen.pk, using=using))


def _try_to_write(write: Callable[[str], object]) -> None:
    """Try to write; log and go on if it fails. The decision never depends on it."""
    try:
        write(write_alias())
    except (Error, StateUnavailable, ObjectDoesNotExist):
        logger.warning(
            "The token state could not be written. The next request tries again.", exc_info=True
        )
