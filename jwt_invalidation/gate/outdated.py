"""Whether this process is the last to know of a new ``SECRET_KEY``."""

import logging

from ..exceptions import StateUnavailable
from ..state.secret_keys import is_newer_and_in_use
from ..state.snapshot import Snapshot

logger = logging.getLogger("jwt_invalidation")


def require_no_newer_key(seen: Snapshot, *, using: str) -> None:
    """Raise `StateUnavailable` if the record was made with a newer key, which others use now.

    They can tell whether the user has changed. This process cannot, so it must not decide.
    """
    if not is_newer_and_in_use(seen.key_ids, using=using):
        return
    logger.error(
        "Answering 503: other processes use a newer SECRET_KEY than this one, and it is not among"
        " the SECRET_KEY_FALLBACKS here. Restart this process with the new key. Next time, put the"
        " new key into SECRET_KEY_FALLBACKS everywhere before any process makes it its SECRET_KEY."
        " If the key of this process is the current one, run `manage.py reconcile_tokens --adopt-key`."
    )
    raise StateUnavailable()
