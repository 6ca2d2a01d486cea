"""What the app adds to saving users, measured with and without its receivers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from django.contrib.auth.models import User, update_last_login
from django.db.models.signals import post_save, pre_save

from jwt_invalidation import receivers

from . import people, timing
from .switching import set_up
from .tables import difference, duration, table

TITLE = """Saving users, with the default strategies: {rounds:,} rounds
BEGIN and COMMIT are not counted"""
RECEIVERS = (
    (pre_save, receivers.before_user_is_saved),
    (post_save, receivers.after_user_is_saved),
)

numbers = count()


def save_unchanged(user: User) -> None:
    """Save all columns unchanged."""
    user.save()


def change_password(user: User) -> None:
    """Set and save another password."""
    user.set_password(f"another horse {next(numbers)}")
    user.save()


def save_profile(user: User) -> None:
    """Save columns that do not concern tokens."""
    user.save(update_fields=["first_name", "email"])


def log_in(user: User) -> None:
    """Save ``last_login``, as Django's and simplejwt's logins do."""
    update_last_login(None, user)  # type: ignore[arg-type]  # no sender: it uses none


def create(user: User) -> None:
    """Insert a new user."""
    User.objects.create(username=f"new{next(numbers)}", password=people.PASSWORD)


WAYS: dict[str, Callable[[User], None]] = {
    "user.save(), nothing changed": save_unchanged,
    "user.save(), another password": change_password,
    "user.save(update_fields=[...]) of the profile": save_profile,
    "last_login at a login": log_in,
    "a new user": create,
}
TARGETS = {"last_login at a login": "+0 queries"}


def measure(*, rounds: int) -> str:
    """Return the table of all ways to save."""
    people.grow(2)
    with set_up():
        rows = [_row(name, way, rounds) for name, way in WAYS.items()]
    head = ["", "queries", "added", "median", "added", "target"]
    return table(TITLE.format(rounds=rounds), head, rows)


def _row(name: str, way: Callable[[User], None], rounds: int) -> list[str]:
    # Each case has its own user: the app would treat what the other one saved as an unseen change.
    alone, watched = User.objects.order_by("pk")[:2]
    cases = {"without": _without_receivers(way, alone), "with": _with_receivers(way, watched)}
    sent = {each: timing.queries(case) for each, case in cases.items()}
    times = timing.medians(cases, rounds=rounds, warm_up=10)
    return [
        name,
        str(sent["without"]),
        f"+{sent['with'] - sent['without']}",
        duration(times["without"]),
        difference(times["with"] - times["without"]),
        TARGETS.get(name, ""),
    ]


def _with_receivers(way: Callable[[User], None], user: User) -> timing.Case:
    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        yield lambda: way(user)

    return case


def _without_receivers(way: Callable[[User], None], user: User) -> timing.Case:
    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        for signal, receiver in RECEIVERS:
            assert signal.disconnect(dispatch_uid=f"jwt_invalidation.{receiver.__name__}")
        try:
            yield lambda: way(user)
        finally:
            for signal, receiver in RECEIVERS:
                signal.connect(receiver, dispatch_uid=f"jwt_invalidation.{receiver.__name__}")

    return case
