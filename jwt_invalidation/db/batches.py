"""Cut many users into batches, each of a size that one statement can take."""

from collections.abc import Sequence
from typing import Any

from django.db import connections

BATCH_SIZE = 5_000


def batches(user_ids: Sequence[Any], *, using: str) -> list[Sequence[Any]]:
    """Return slices of ``user_ids``, in their order."""
    # Beside the keys, a few columns of the log are parameters of a statement.
    limit = connections[using].features.max_query_params
    size = BATCH_SIZE if limit is None else min(BATCH_SIZE, limit - 20)
    return [user_ids[start : start + size] for start in range(0, len(user_ids), size)]
