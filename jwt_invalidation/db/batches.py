"""Cut many keys into batches that fit into one statement."""

from collections.abc import Sequence
from typing import Any

from django.db import connections

BATCH_SIZE = 5_000


def batch_size(*, using: str) -> int:
    """Return how many keys one statement can take."""
    limit = connections[using].features.max_query_params
    # Beside the keys, a few columns of the log are parameters of a statement.
    return BATCH_SIZE if limit is None else min(BATCH_SIZE, limit - 20)


def batches(keys: Sequence[Any], *, using: str) -> list[Sequence[Any]]:
    """Return slices of ``keys``, in order."""
    size = batch_size(using=using)
    return [keys[start : start + size] for start in range(0, len(keys), size)]
