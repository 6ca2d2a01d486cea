"""simplejwt's lists of outstanding and blacklisted tokens, used by ``jti``. No token text is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models, transaction
from django.db.models import Exists, F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import Token
from rest_framework_simplejwt.utils import aware_utcnow, datetime_from_epoch

from .conf import conf
from .db.batches import batch_size, batches
from .db.insert_select import insert_selected
from .exceptions import TokenRevoked
from .state.deadlocks import retried_after_deadlock
from .state.locks import locked_user
from .users import user_model

APP = "rest_framework_simplejwt.token_blacklist"


def blacklist_is_installed() -> bool:
    """Is simplejwt's blacklist app installed? simplejwt looks for this name only."""
    return APP in settings.INSTALLED_APPS


def require_blacklist() -> None:
    """Raise ``ImproperlyConfigured`` unless simplejwt's blacklist app is installed."""
    if not blacklist_is_installed():
        raise ImproperlyConfigured(
            f"Add {APP!r} to INSTALLED_APPS and run `manage.py migrate` to blacklist tokens."
        )


def outstanding(using: str, **conditions: Any) -> QuerySet[Any]:
    """Return a queryset of tokens on record."""
    require_blacklist()
    return OutstandingToken._default_manager.using(using).filter(**conditions)


def record(token: Token, *, version: int | None, parent: Token | None = None, using: str) -> None:
    """Put a token on record, if it is not.

    Raise a `TokenRevoked` if its user is gone or has another ``version`` (None for a token that
    carries none), or if its ``parent`` is blacklisted. User and state are locked for it, so that no
    revocation can list the user's tokens between the look at the version and the commit of this one.
    """
    jti = token[conf.simplejwt.JTI_CLAIM]
    its_user = {conf.simplejwt.USER_ID_FIELD: token[conf.simplejwt.USER_ID_CLAIM]}
    users = locked_user(version, using=using, **its_user)
    if parent is not None:
        listed = outstanding(
            using, jti=parent[conf.simplejwt.JTI_CLAIM], blacklistedtoken__isnull=False
        )
        users = users.exclude(Exists(listed))
    columns: dict[str, Combinable] = {
        "user": F("pk"),
        "jti": _value("jti", jti),
        "token": _value("token", ""),
        "created_at": _value("created_at", token.current_time),
        "expires_at": _value("expires_at", true_expiry(token)),
    }
    with transaction.atomic(using=using):
        recorded = insert_selected(
            OutstandingToken, columns, users, using=using, ignore_conflicts=True
        )
    if not (recorded or _is_on_record(jti, using=using)):
        raise TokenRevoked()


def record_as_simplejwt(token: Token, user: Any) -> None:
    """Put a new token on record as simplejwt's ``for_user`` does, text included."""
    OutstandingToken._default_manager.create(
        user=user,
        jti=token[conf.simplejwt.JTI_CLAIM],
        token=str(token),
        created_at=token.current_time,
        expires_at=datetime_from_epoch(token["exp"]),
    )


def prolong(token: Token, *, version: int | None, using: str) -> None:
    """Keep the record of a token until its new expiry; raise a `TokenRevoked` as `record` does.

    It is never shortened, because a copy of the token may expire later.
    """
    expiry = true_expiry(token)
    jti = token[conf.simplejwt.JTI_CLAIM]
    own = outstanding(using, jti=jti)
    is_prolonged = own.filter(expires_at__lt=expiry).update(expires_at=expiry)
    if not (is_prolonged or _is_on_record(jti, using=using)):
        record(token, version=version, using=using)


def blacklist_tokens_of(user_ids: Sequence[Any], *, using: str) -> None:
    """Blacklist all tokens of these users that are on record and have not expired."""
    for batch in batches(user_ids, using=using):
        _blacklist(_unexpired(using, user__in=batch), using=using)


def blacklist_all(*, using: str) -> None:
    """Blacklist everyone's tokens that are not listed yet, in transactions of a batch each.

    In the order of their keys, and after the last key of the batch before: so it ends, even if
    others go on minting.
    """
    size, listed = batch_size(using=using), 0
    while True:
        unlisted = _unexpired(using, pk__gt=listed, blacklistedtoken__isnull=True)
        keys = list(unlisted.order_by("pk").values_list("pk", flat=True)[:size])
        if not keys:
            return
        _blacklist_batch(_unexpired(using, pk__gt=listed, pk__lte=keys[-1]), using=using)
        listed = keys[-1]


@retried_after_deadlock
def _blacklist_batch(tokens: QuerySet[Any], *, using: str) -> None:
    # Whoever revokes several users lists their tokens in another order.
    with transaction.atomic(using=using):
        _blacklist(tokens, using=using)


def blacklist(token: Token, *, using: str) -> Any:
    """Blacklist one token; return the entry and whether it is new, as simplejwt does.

    The token is put on record first, if it never was.
    """
    entry, _ = ensure(token, using=using)
    if entry.expires_at < true_expiry(token):
        # simplejwt made this record. A flush would delete it, and the entry with it, too early.
        prolong(token, version=None, using=using)
    # Written before it is read: SQLite fails a transaction that reads first when another has written.
    with transaction.atomic(using=using, savepoint=False):
        is_new = bool(_blacklist(outstanding(using, pk=entry.pk), using=using))
    return BlacklistedToken._default_manager.using(using).get(token=entry), is_new


def ensure(token: Token, *, using: str) -> Any:
    """Return the record of a token and whether it is new, as simplejwt does; make it if missing."""
    user_id = token.get(conf.simplejwt.USER_ID_CLAIM)
    users = user_model()._base_manager.using(using)
    jti = token[conf.simplejwt.JTI_CLAIM]
    recorded = outstanding(using, jti=jti).first()
    if recorded is not None:
        return recorded, False
    return OutstandingToken._default_manager.using(using).get_or_create(
        jti=jti,
        defaults={
            "user": users.filter(**{conf.simplejwt.USER_ID_FIELD: user_id}).first(),
            "created_at": token.current_time,
            "expires_at": true_expiry(token),
        },
    )


def true_expiry(token: Token) -> datetime:
    """Return when the token is refused as expired, with the leeway that simplejwt grants."""
    expiry: datetime = datetime_from_epoch(token["exp"]) + token.get_token_backend().get_leeway()
    return expiry


def is_blacklisted(jti: str, *, using: str) -> bool:
    """Is a token on simplejwt's blacklist? Without its app none is."""
    if not blacklist_is_installed():
        return False
    # Compared in Python: some databases compare without regard to case.
    listed = outstanding(using, jti=jti, blacklistedtoken__isnull=False)
    return jti in listed.values_list("jti", flat=True)


def _unexpired(using: str, **conditions: Any) -> QuerySet[Any]:
    # A flush may be deleting the records of expired ones. simplejwt's clock is UTC in any case.
    return outstanding(using, expires_at__gt=aware_utcnow(), **conditions)


def _blacklist(tokens: QuerySet[Any], *, using: str) -> int:
    # In one order, so that two revocations cannot deadlock. What simplejwt lists meanwhile stays.
    unlisted = tokens.filter(blacklistedtoken__isnull=True).order_by("pk")
    if _locks_referents(using):
        unlisted = unlisted.select_for_update()
    columns: dict[str, Combinable] = {"token": F("pk"), "blacklisted_at": Value(timezone.now())}
    return insert_selected(BlacklistedToken, columns, unlisted, using=using, ignore_conflicts=True)


def _locks_referents(using: str) -> bool:
    """Does a new entry share-lock its record at once, so that a later change of it may deadlock?

    Then the record is locked for the change from the beginning. PostgreSQL checks at the commit.
    """
    features = connections[using].features
    return features.has_select_for_update and not features.can_defer_constraint_checks


def _is_on_record(jti: str, *, using: str) -> bool:
    # Compared in Python: some databases compare without regard to case.
    return jti in outstanding(using, jti=jti).values_list("jti", flat=True)


def _value(name: str, value: Any) -> Value:
    field: models.Field[Any, Any] = OutstandingToken._meta.get_field(name)  # type: ignore[assignment]
    return Value(value, output_field=field)
