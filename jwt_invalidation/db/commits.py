"""Do something after the commit, so that it is never done for what was rolled back."""

from collections.abc import Callable

from django.db import connections, transaction


def after_commit(action: Callable[[], object], *, using: str) -> None:
    """Run ``action`` after the transaction that is open, at once if none is.

    Never where autocommit is off and no ``atomic()`` is open: nobody tells when such code commits.
    """
    connection = connections[using]
    if connection.in_atomic_block or connection.get_autocommit():
        transaction.on_commit(action, using=using)
