"""The rows and bytes that logins and rotating refreshes leave in the database."""

from jwt_invalidation.token_blacklist import blacklist_is_installed

from . import people
from .growth import count_bytes, count_rows
from .mints import Mint, describe_app, mints
from .tables import table

TITLE = """Storage of {logins:,} logins, and of {times} rotating refreshes of each
all tables and indexes
{app}"""
NAMES = ("simplejwt", "ours: sessions")
HEAD = ["", "rows per login", "bytes", "rows per 1,000 refreshes", "bytes"]


def measure(*, logins: int, times: int) -> str:
    """Return the table of simplejwt and of our sessions."""
    people.grow(logins)
    rows = [[name, *_growth(mints()[name], logins=logins, times=times)] for name in NAMES]
    return table(TITLE.format(logins=logins, times=times, app=describe_app()), HEAD, rows)


def _growth(mint: Mint, *, logins: int, times: int) -> list[str]:
    """Return how many rows and bytes a login adds, and 1,000 refreshes."""
    people.forget_sessions()
    if blacklist_is_installed():
        people.forget_tokens()
    at_first = count_rows(), count_bytes()
    # Each refresh in its own transaction: a later one may reuse the space that another one freed.
    with mint.set_up():
        tokens = [mint.make_pair(user)[1] for user in people.first(logins)]
        logged_in = count_rows(), count_bytes()
        for _ in range(times):
            tokens = [mint.refresh(token)["refresh"] for token in tokens]
            people.settle()
    refreshed = count_rows(), count_bytes()
    per_login = [
        (after - before) / logins for before, after in zip(at_first, logged_in, strict=True)
    ]
    refreshes = logins * times / 1_000
    per_thousand = [
        (after - before) / refreshes for before, after in zip(logged_in, refreshed, strict=True)
    ]
    return [f"{number:,.0f}" for number in (*per_login, *per_thousand)]
