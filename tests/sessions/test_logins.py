"""Django's signals of logins and logouts are sent for those by token, too."""

from django.contrib.auth import user_logged_in, user_logged_out
from django.contrib.auth.models import update_last_login
from django.http import HttpRequest
import pytest

from jwt_invalidation import logins
from tests.support import people
from tests.support.gates import receiving
from tests.support.pairs import assert_alive
from tests.support.sessions import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    seen = []

    def take(signal, **kwargs):
        name = "in" if signal is user_logged_in else "out"
        assert isinstance(kwargs["request"], HttpRequest)
        seen.append((name, kwargs["user"].pk, kwargs["sender"]))

    with receiving(user_logged_in, take), receiving(user_logged_out, take):
        yield seen


@pytest.mark.parametrize("log_in", [people.login, people.sliding_login])
def test_a_login_is_told_and_one_that_fails_is_not(client, alice, told, log_in):
    assert log_in(client, alice, "wrong").status_code == 401
    assert told == []

    assert log_in(client, alice).status_code == 200

    assert told == [("in", alice.pk, type(alice))]


def test_a_refresh_is_no_login(client, alice, told):
    pair = people.tokens(client, alice)

    people.refresh(client, pair["refresh"])

    assert len(told) == 1


def test_a_logout_is_told_once_however_often_it_is_asked_for(client, alice, told):
    pair = people.tokens(client, alice)
    told.clear()

    for _ in range(2):
        assert post(client, "logout", {"refresh": pair["refresh"]}).status_code == 204

    assert told == [("out", alice.pk, type(alice))]


def test_a_logout_everywhere_is_told_and_one_elsewhere_is_not(client, alice, told):
    pair = people.tokens(client, alice)
    told.clear()

    assert post(client, "logout-others", access=pair["access"]).status_code == 204
    assert told == []
    assert post(client, "logout-all", access=pair["access"]).status_code == 204

    assert told == [("out", alice.pk, type(alice))]


@pytest.mark.parametrize("is_wanted", [False, True])
def test_the_last_login_is_written_if_simplejwt_is_set_to(
    client, alice, simplejwt_settings, is_wanted
):
    simplejwt_settings.UPDATE_LAST_LOGIN = is_wanted

    people.tokens(client, alice)

    alice.refresh_from_db()
    assert (alice.last_login is not None) == is_wanted


def test_the_last_login_of_a_browser_is_written_as_ever(client, alice):
    client.force_login(alice)

    alice.refresh_from_db()
    assert alice.last_login is not None


def test_a_project_that_took_djangos_receiver_away_stays_without(client, alice):
    assert user_logged_in.disconnect(dispatch_uid=logins.LAST_LOGIN)
    try:
        logins.leave_last_login_to_simplejwt()
        client.force_login(alice)
        alice.refresh_from_db()
        assert alice.last_login is None
    finally:
        user_logged_in.connect(update_last_login, dispatch_uid=logins.LAST_LOGIN)
        logins.leave_last_login_to_simplejwt()


def test_a_receiver_that_raises_keeps_the_tokens_in(client, alice):
    def refuse(**kwargs):
        raise PermissionError("not on a Sunday")

    with receiving(user_logged_in, refuse), pytest.raises(PermissionError):
        people.login(client, alice)

    assert_alive(client, people.tokens(client, alice))
