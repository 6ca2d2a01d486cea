"""Deleting many users at once, with the app and on a site without it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection

from jwt_invalidation.models import Revocation

from . import people, timing
from .switching import set_up
from .tables import duration, table

TITLE = """Deleting {users:,} users by one queryset, with the default strategies: {rounds} rounds"""
WITHOUT = "without the app"
STATES = "with the app: a state row each"
SESSIONS = "with the app: a state row and a session each"
TARGETS = {("postgresql", STATES): "<= 2.00"}


def measure(*, users: int, rounds: int) -> str:
    """Return the table. It leaves no users behind."""
    people.forget_tokens()
    people.forget_sessions()
    User.objects.all().delete()
    cases = {
        WITHOUT: _without_app(users),
        STATES: _with_app(users, sessions_each=0),
        SESSIONS: _with_app(users, sessions_each=1),
    }
    sent = {name: timing.queries(case) for name, case in cases.items()}
    times = timing.medians(cases, rounds=rounds, warm_up=1)
    rows = [
        [
            name,
            str(sent[name]),
            duration(times[name]),
            f"{times[name] / times[WITHOUT]:.2f}",
            TARGETS.get((connection.vendor, name), ""),
        ]
        for name in cases
    ]
    head = ["", "queries", "median", "ratio", "target"]
    return table(TITLE.format(users=users, rounds=rounds), head, rows)


def _with_app(users: int, *, sessions_each: int) -> timing.Case:
    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        people.insert(users)
        people.record_states()
        people.start_sessions(sessions_each)
        with set_up():
            yield User.objects.all().delete
        assert Revocation.objects.filter(reason="deleted").count() == users
        assert not User.objects.exists()
        people.forget_sessions()

    return case


def _without_app(users: int) -> timing.Case:
    @contextmanager
    def case(number: int) -> Iterator[Callable[[], object]]:
        with _app_absent():
            people.insert(users)
            people.settle()
            yield User.objects.all().delete
            assert not User.objects.exists()

    return case


@contextmanager
def _app_absent() -> Iterator[None]:
    """Drop the tables of the app, and hide it from Django."""
    models = list(apps.get_app_config("jwt_invalidation").get_models())
    names = [each.name for each in apps.get_app_configs() if each.label != "jwt_invalidation"]
    with connection.schema_editor() as editor:
        for model in models:
            editor.delete_model(model)
    apps.set_available_apps(names)
    try:
        yield
    finally:
        apps.unset_available_apps()
        with connection.schema_editor() as editor:
            for model in models:
                editor.create_model(model)
