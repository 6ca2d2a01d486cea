"""Cut many keys into batches that fit into one statement."""

from collections.abc import Sequence
from typing import Any

from django.db import connections

BATCH_SIZE = 5_000


def batches(keys: Sequence[Any], *, using: str) -> list[Sequence[Any]]:
    """Return slices of ``keys``, in order."""
    # Some columns of the log are parameters of the statement as well: twenty are left for them.
    limit = connections[using].features.max_query_params
    size = BATCH_SIZE if limit is None else min(BATCH_SIZE, limit - 20)
    return [keys[start : start + size] for start in range(0, len(keys), size)]
