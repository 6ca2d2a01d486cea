"""Write token states, by compare-and-set against a snapshot, and the epoch.

No other code writes `TokenState` and `TokenEpoch`.
"""

from collections.abc import Iterable, Sequence
import time
from typing import Any

from django.db import connections, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from ..conf import conf
from ..db.batches import batches
from ..db.clock import UnixNow
from ..models import TokenEpoch, TokenState
from .fingerprint import fingerprint
from .locks import lock_users
from .secret_keys import note_key_use
from .snapshot import Snapshot, all_snapshots
from .versions import bumped_in_sql, fresh_version, step

# More re-hashes of one password than this are not remembered.
MAX_REHASHES = 8


def _now() -> int:
    return int(time.time())


def record(seen: Iterable[Snapshot], *, using: str, just_created: bool = False) -> None:
    """Make the missing state rows from what was seen; leave alone the rows that are there.

    ``just_created`` users were inserted just now: tokens of an earlier user with the key are dead.
    """
    seen = list(seen)
    rows = [
        TokenState(
            user_id=each.pk,
            token_version=fresh_version(),
            password_fingerprint=fingerprint(each.stored_password),
            is_active=bool(each.stored_is_active),
            not_before=_first_not_before(each, just_created=just_created),
        )
        for each in seen
    ]
    if not rows:
        return
    with transaction.atomic(using=using):
        if not connections[using].features.can_defer_constraint_checks:
            # Such a database locks the user when the state is inserted, and so after the state.
            lock_users([each.pk for each in seen], using=using)
        TokenState.objects.using(using).bulk_create(rows, ignore_conflicts=True)
        note_key_use(using=using)


def _first_not_before(seen: Snapshot, *, just_created: bool) -> int | None:
    if just_created:
        return _now() - 1
    # The deactivation came before there was a version to bump: its tokens must not come back.
    is_refused = conf.simplejwt.CHECK_USER_IS_ACTIVE and not seen.stored_is_active
    return _now() if is_refused else None


def created_now(seen: Snapshot) -> Snapshot:
    """Return what to record of a user who was inserted just now, but recorded by others before us."""
    return seen._replace(state_not_before=_now() - 1)


def adopted(seen: Snapshot) -> Snapshot:
    """Return what to record when the credentials are the same: the hash or the key may be another.

    An account that is active again is no change of credentials: its deactivation bumped the version.
    """
    now = fingerprint(seen.stored_password)
    older = [print_ for print_ in seen.fingerprints if print_ != now]
    return seen._replace(
        state_password_fingerprint=now,
        state_rehashed_fingerprints=_latest(older),
        state_is_active=bool(seen.stored_is_active),
    )


def rehashed(seen: Snapshot, password: str) -> Snapshot:
    """Return what to record when ``password``, a proven hash of the same password, will be stored."""
    older = (seen.state_rehashed_fingerprints or "").split()
    return seen._replace(state_rehashed_fingerprints=_latest([*older, fingerprint(password)]))


def bumped(seen: Snapshot, *, leave_fingerprint: bool = False) -> Snapshot:
    """Return what to record when the credentials have changed: those seen, with a higher version.

    ``leave_fingerprint`` leaves it to those who know its key whether the password has changed.
    """
    then = seen._replace(
        state_token_version=max((seen.state_token_version or 0) + step(), fresh_version()),
        state_is_active=bool(seen.stored_is_active),
        state_not_before=_now(),
    )
    if leave_fingerprint:
        return then
    return then._replace(
        state_password_fingerprint=fingerprint(seen.stored_password),
        state_rehashed_fingerprints="",
    )


@sensitive_variables()
def compare_and_set(seen: Snapshot, then: Snapshot, *, using: str) -> bool:
    """Write ``then`` over ``seen``, unless somebody else has written since; return whether it did."""
    values = then.recorded
    if then.state_token_version != seen.state_token_version:
        values["version_changed_at"] = timezone.now()
    states = TokenState.objects.using(using).filter(user=seen.pk, **seen.recorded)
    is_ours = states.update(**values) == 1
    if is_ours and then.fingerprints != seen.fingerprints:
        note_key_use(using=using)
    return is_ours


def bump_versions(user_ids: Sequence[Any], *, using: str) -> int:
    """Kill the tokens of many users; return how many of them have a state row."""
    return (
        TokenState.objects.using(using)
        .filter(user__in=user_ids)
        .update(
            token_version=bumped_in_sql("token_version"),
            not_before=_now(),
            version_changed_at=timezone.now(),
        )
    )


def refuse_sidless(user_id: Any, *, using: str) -> None:
    """Refuse this user's tokens that have no session and were issued up to the current second.

    By the database's clock: a token that is just being made was issued when its parent was admitted.
    """
    TokenState.objects.using(using).filter(user=user_id).update(sidless_not_before=UnixNow())


def note_revoked_token(user_ids: Sequence[Any], *, using: str) -> int:
    """Let the log be asked about each token of these users; return how many there are."""
    states = TokenState.objects.using(using).filter(user__in=user_ids)
    return states.update(has_revoked_tokens=True)


def forget_revoked_tokens(entries: QuerySet[Any], *, using: str) -> None:
    """Let the log no longer be asked about users of whom there is none of these ``entries``."""
    own = Exists(entries.filter(subject_id=OuterRef("user")))
    states = TokenState.objects.using(using).filter(has_revoked_tokens=True).exclude(own)
    for batch in batches(list(states.values_list("user", flat=True)), using=using):
        with transaction.atomic(using=using):
            # Whoever revokes a single token locks the state first: the log is read after that.
            lock_users(batch, using=using)
            states.filter(user__in=batch).update(has_revoked_tokens=False)


def bump_epoch(*, using: str) -> int:
    """Kill everyone's tokens; return the new epoch."""
    epochs = TokenEpoch.objects.using(using).filter(pk=TokenEpoch.THE_ONE)
    with transaction.atomic(using=using):
        # Insert the row first, to lock it: of two calls at once both must bump.
        TokenEpoch.objects.using(using).bulk_create(
            [TokenEpoch(token_epoch=0)], ignore_conflicts=True
        )
        epochs.update(token_epoch=bumped_in_sql("token_epoch"))
        return epochs.get().token_epoch


def without_state(user_ids: Sequence[Any], *, using: str) -> list[Snapshot]:
    """Return the snapshots of those users that have no state row yet."""
    seen = all_snapshots(using).filter(pk__in=user_ids, token_state=None)
    return [Snapshot(**each) for each in seen]


def _latest(prints: Iterable[str]) -> str:
    return " ".join(list(dict.fromkeys(prints))[-MAX_REHASHES:])
