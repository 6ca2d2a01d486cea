"""The rows and bytes that issued tokens leave in the database, ours and simplejwt's."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from jwt_invalidation.token_blacklist import blacklist_is_installed

from . import people
from .growth import count_bytes, count_rows
from .mints import Mint, describe_app, mints
from .tables import size, table

TITLE = """Storage per million tokens issued, scaled up from {tokens:,} that were minted in pairs
growth of all tables with their indexes; the state is per million users, with any number of tokens
{app}"""
STATE = "ours: state, per million users"
MILLION = 1_000_000


def measure(*, pairs: int) -> str:
    """Return the table of all mints, and of the state rows."""
    rows = []
    people.grow(pairs)
    users = list(people.first(pairs))
    for name, mint in mints().items():
        people.forget_sessions()
        if blacklist_is_installed():
            people.forget_tokens()
        rows.append([name, *_growth(_mint_for, mint, users, per=2 * pairs)])
    people.insert(pairs)
    rows.append([STATE, *_growth(people.record_states, per=pairs)])
    return table(TITLE.format(tokens=2 * pairs, app=describe_app()), ["", "rows", "bytes"], rows)


def _mint_for(mint: Mint, users: list[User]) -> None:
    # One transaction for speed: it writes the same rows.
    with mint.set_up(), transaction.atomic():
        for user in users:
            mint.make_pair(user)


def _growth(write: Callable[..., None], *args: Any, per: int) -> list[str]:
    """Return how many rows and bytes ``write`` adds, scaled from ``per`` items to a million."""
    rows, used = count_rows(), count_bytes()
    write(*args)
    more_rows, more_bytes = count_rows() - rows, count_bytes() - used
    return [f"{more_rows * MILLION // per:,}", size(more_bytes * MILLION / per)]
