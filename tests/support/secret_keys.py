"""The ``SECRET_KEY`` of several processes, and the records that they leave."""

from datetime import timedelta
import time

from jwt_invalidation.models import Revocation, SecretKeyUse, TokenState
from jwt_invalidation.state.fingerprint import current_key_id

ANCIENT, OLD, NEW, STRAY = (f"the-{name}-key-" + "0123456789" * 4 for name in ("a", "o", "n", "s"))


def unused_for(**age):
    """Let the ``SECRET_KEY`` of this process be unused for some time."""
    then = int((time.time() - timedelta(**age).total_seconds()) * 1_000_000)
    SecretKeyUse.objects.filter(key_id=current_key_id()).update(last_used=then)


def record_of(user):
    """Return what tells whether a record was bumped, or made anew."""
    state = TokenState.objects.get(user=user.pk)
    return state.token_version, state.password_fingerprint, state.rehashed_fingerprints


def assert_untouched(user, record):
    assert record_of(user) == record
    assert not Revocation.objects.exists()
