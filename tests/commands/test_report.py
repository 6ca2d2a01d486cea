"""``manage.py token_report``: the screen, the JSON, and what it does when it cannot."""

import json

from django.contrib.auth import get_user_model
from django.core.checks import ERROR
from django.core.management import CommandError, execute_from_command_line
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import path
import pytest
from rest_framework_simplejwt.views import TokenRefreshView
import time_machine

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation, TokenState
from tests.support import people
from tests.support.checking import check_site
from tests.support.commands import manage, read_only, renamed, run
from tests.support.legacy import begin_installation
from tests.support.reporting import report, screen

pytestmark = [pytest.mark.any_user_model, pytest.mark.django_db]

in_the_open = pytest.mark.django_db(transaction=True)

SCREEN = """\
Strategies   VersionStrategy: A token is dead when its user's version, or
             everyone's epoch, is no longer the one it carries.
             SessionStrategy: A token is dead when its session, one login on one
             device, has ended or expired.
Unversioned  Tokens without a version are accepted if issued by 2020-11-11
             10:00:00 UTC. Let in 0 times.
Lifetimes    access 5 minutes, refresh 1 day, leeway none
Delay        none: refused at the next request
Views        12 guarded, none unguarded of the kinds it knows

Sessions     2 live now, 4 (=) started in two weeks
Revocations  5 (#) from 2020-11-10 to 2020-11-23, by day (Europe/Vienna)
             most often admin 4, password_changed 1
Tue 10 Nov 0             0               Tue 17 Nov 0             0
Wed 11 Nov 1 ====        1 ###           Wed 18 Nov 0             0
Thu 12 Nov 0             0               Thu 19 Nov 0             0
Fri 13 Nov 0             0               Fri 20 Nov 0             0
Sat 14 Nov 0             0               Sat 21 Nov 0             0
Sun 15 Nov 0             0               Sun 22 Nov 0             0
Mon 16 Nov 0             0               Mon 23 Nov 3 =========== 4 ###########
"""


def test_it_all_fits_on_one_screen(client, alice, bob):
    begin_installation()
    with time_machine.travel("2020-11-11T09:00:00Z", tick=False):
        people.tokens(client, alice)
        alice.set_password("another horse")
        alice.save()
    with time_machine.travel("2020-11-23T09:00:00Z", tick=False):
        for _ in range(2):
            revocation.revoke_users([alice, bob], reason="admin")
            people.tokens(client, bob)
        people.tokens(client, bob)

        shown = screen(columns=80, lines=24)

    assert shown == SCREEN.splitlines()
    assert len(shown) < 24
    assert max(len(line) for line in shown) <= 80


def test_the_json_has_the_same_keys_for_every_site(alice, settings):
    revocation.revoke_user(alice, reason="admin")

    before = report()
    settings.ROOT_URLCONF = (path("refresh/", TokenRefreshView.as_view()),)
    after = report()

    assert list(before) == [
        "strategies",
        "unversioned_tokens",
        "lifetimes",
        "leeway",
        "delay",
        "views",
        "sessions",
        "revocations",
    ]
    for key in ("delay", "views", "sessions", "revocations", "unversioned_tokens"):
        assert list(before[key]) == list(after[key])
    assert before["views"] != after["views"]


def test_the_number_of_queries_depends_on_nobody_and_nothing(client, alice):
    with CaptureQueriesContext(connection) as before:
        run("token_report")

    users = [people.make(f"user{number}") for number in range(20)]
    for reason in ("admin", "logout", "other"):
        revocation.revoke_users(users, reason=reason)
    people.tokens(client, alice)
    with CaptureQueriesContext(connection) as after:
        counted = report()["revocations"]["total"]

    assert counted == 60
    assert len(before) == len(after) <= 5


def test_no_token_no_hash_and_no_note_is_shown(client, alice):
    pair = people.tokens(client, alice)
    revocation.revoke_user(alice, reason="admin", note="laptop stolen")
    state = TokenState.objects.get(user=alice)

    shown = run("token_report") + run("token_report", "--json")

    assert "admin" in shown
    for secret in (*pair.values(), state.password_fingerprint, people.stored_password(alice)):
        assert secret not in shown
    assert "laptop stolen" not in shown
    assert str(state.token_version) not in shown


@in_the_open
def test_it_works_where_nothing_can_be_written():
    revocation.revoke_user(people.make("alice"), reason="admin")

    with read_only():
        total = report()["revocations"]["total"]

    assert total == 1


def test_a_site_that_fails_its_system_checks_is_reported(settings, capsys):
    settings.ROOT_URLCONF = (path("refresh/", TokenRefreshView.as_view()),)

    execute_from_command_line(["manage.py", "token_report"])

    assert [each.level for each in check_site()] == [ERROR]
    assert "0 guarded, 1 unguarded" in capsys.readouterr().out


@in_the_open
def test_a_process_of_its_own_prints_nothing_but_the_object_and_exits_with_zero():
    revocation.revoke_user(people.make("alice"), reason="admin")

    done = manage("token_report", "--json")

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["revocations"]["by_reason"] == {"admin": 1}


@in_the_open
@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_a_database_that_does_not_answer_is_an_error_in_a_sentence(arguments):
    done = manage("token_report", *arguments, DATABASE_URL="sqlite:////nowhere/at/all.sqlite3")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("CommandError: The database failed: ")
    assert done.stderr.endswith("Nothing was reported: run the command again when it answers.\n")


@in_the_open
def test_missing_tables_are_named_with_the_advice_to_migrate():
    with (
        renamed(Revocation),
        pytest.raises(CommandError, match=r"no table jwt_invalidation_revocation: run .*migrate"),
    ):
        run("token_report")

    assert report()["revocations"]["total"] == 0


def test_settings_that_cannot_be_believed_are_an_error_with_a_hint(settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": ["nowhere.Strategy"], "COLOUR": "red"}

    with pytest.raises(CommandError) as raised:
        run("token_report")

    unknown, strategy = str(raised.value).splitlines()
    assert "unknown key: 'COLOUR'. Remove it." in unknown
    assert "'nowhere.Strategy', which cannot be imported" in strategy
    assert "Name children of Strategy" in strategy


def test_users_are_not_touched(alice):
    row = get_user_model().objects.filter(pk=alice.pk)
    before = (row.values().get(), TokenState.objects.values().get())

    run("token_report")

    assert (row.values().get(), TokenState.objects.values().get()) == before


def test_the_help_explains_the_option_and_ends_in_examples(capsys):
    with pytest.raises(SystemExit) as raised:
        run("token_report", "--help")

    shown = capsys.readouterr().out
    assert raised.value.code == 0
    assert "Prints one JSON object" in shown
    assert "null is one without end" in " ".join(shown.split())
    assert shown.partition("examples:\n")[2].splitlines() == [
        "  manage.py token_report",
        "  manage.py token_report --json",
        "  manage.py token_report --json | jq .views.unguarded",
    ]
