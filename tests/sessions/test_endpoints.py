"""The endpoints of sessions, over the API: log out here, everywhere else, everywhere."""

from datetime import UTC, datetime, timedelta

import pytest
from rest_framework_simplejwt import tokens as simplejwt
import time_machine

from jwt_invalidation.conf import VERSION_STRATEGY
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import forge, people
from tests.support.fates import deactivate, delete
from tests.support.legacy import begin_installation
from tests.support.pairs import assert_alive, assert_dead, assert_revoked
from tests.support.sessions import end, list_sessions, post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("by", ["refresh", "access"])
def test_a_logout_ends_this_session_alone_and_may_be_repeated(client, phone, laptop, by):
    """ASVS 5.0, items 7.4.1 and 7.5.2."""
    body = {"refresh": phone["refresh"]} if by == "refresh" else {}
    access = phone["access"] if by == "access" else None

    answers = [post(client, "logout", body, access=access) for _ in range(2)]

    assert [each.status_code for each in answers] == [204, 204]
    assert_revoked(client, phone)
    assert_alive(client, laptop)
    [entry] = Revocation.objects.filter(scope="session")
    assert (entry.reason, entry.identifier) == ("logout", RefreshToken(phone["refresh"])["sid"])


def test_a_logout_works_with_an_expired_access_token_and_a_live_refresh_token(client, phone):
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        answer = post(client, "logout", {"refresh": phone["refresh"]}, access=phone["access"])

        assert answer.status_code == 204
        assert people.refresh(client, phone["refresh"]).status_code == 401


def test_no_cache_keeps_an_answer_with_tokens(client, alice, phone):
    """RFC 6749, section 5.1."""
    for answer in (
        people.login(client, alice),
        people.login(client, alice, "wrong"),
        people.refresh(client, phone["refresh"]),
        people.refresh(client, "x"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_logout_that_names_no_session_is_an_error(client, alice, phone):
    forged = phone["refresh"][:-4] + "AAAA"

    assert post(client, "logout").status_code == 400
    assert post(client, "logout", {"refresh": ""}).status_code == 400
    for refused in (
        post(client, "logout", {"refresh": forged}),
        post(client, "logout", {"refresh": phone["access"]}),
        post(client, "logout", access=forged),
        post(client, "logout", access=phone["refresh"]),
    ):
        assert (refused.status_code, refused.json()["code"]) == (401, "token_not_valid")
        assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    assert_alive(client, phone)


@pytest.mark.parametrize("kind", ["of this app", "from before"])
def test_a_logout_by_a_token_without_a_session_revokes_that_token(client, alice, phone, kind):
    begin_installation()
    mint = AccessToken.for_user if kind == "of this app" else simplejwt.AccessToken.for_user
    old, other = str(mint(alice)), str(mint(alice))

    answers = [post(client, "logout", access=old) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert people.ask(client, old).json()["code"] == "token_revoked"
    assert people.ask(client, other).status_code == 200
    assert_alive(client, phone)
    assert [entry.scope for entry in Revocation.objects.all()] == ["token"]


def test_a_logout_by_a_refresh_token_from_before_revokes_that_token(client, alice):
    old = str(simplejwt.RefreshToken.for_user(alice))

    assert post(client, "logout", {"refresh": old}).status_code == 204

    assert people.refresh(client, old).json()["code"] == "token_revoked"


@pytest.mark.parametrize("refresh", [None, ""])
def test_a_logout_without_a_refresh_token_ends_the_session_of_the_access_token(
    client, phone, laptop, refresh
):
    answer = post(client, "logout", {"refresh": refresh}, access=phone["access"])

    assert answer.status_code == 204
    assert_revoked(client, phone)
    assert_alive(client, laptop)


def test_a_logout_by_an_expired_refresh_token_ends_the_session_of_the_access_token(
    client, phone, laptop
):
    expired = forge.sign({**forge.read(phone["refresh"]), "exp": 1_000_000_000})

    alone = post(client, "logout", {"refresh": expired})
    answer = post(client, "logout", {"refresh": expired}, access=phone["access"])

    assert (alone.status_code, alone.json()["code"]) == (401, "token_not_valid")
    assert answer.status_code == 204
    assert_revoked(client, phone)
    assert_alive(client, laptop)


def test_without_sessions_a_logout_by_a_token_of_none_is_an_error(client, alice, settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": [VERSION_STRATEGY]}
    old = str(AccessToken.for_user(alice))

    assert post(client, "logout", access=old).status_code == 400
    assert people.ask(client, old).status_code == 200


def test_where_tokens_have_no_id_a_logout_by_a_token_of_no_session_is_an_error(
    client, alice, simplejwt_settings
):
    simplejwt_settings.JTI_CLAIM = None
    old = str(AccessToken.for_user(alice))

    assert post(client, "logout", access=old).status_code == 400
    assert people.ask(client, old).status_code == 200


def test_the_list_does_not_say_when_the_session_that_asks_was_last_used(client, phone, laptop):
    listed = client.get("/api/token/sessions/", headers=people.authorized(phone["access"])).json()

    shown = {each["is_current"]: each["last_used_at"] for each in listed}
    assert shown[True] is None
    assert shown[False] is not None


def test_logging_out_all_kills_this_one_too(client, phone, laptop, bob):
    his = people.tokens(client, bob)

    assert post(client, "logout-all", access=phone["access"]).status_code == 204

    assert_revoked(client, phone)
    assert_revoked(client, laptop)
    assert_alive(client, his)


@pytest.mark.parametrize(
    ("fate", "code", "at_refresh", "kept"),
    [
        (deactivate, "user_inactive", "no_active_account", 2),
        (delete, "user_not_found", "user_not_found", 0),
    ],
)
def test_an_account_that_is_disabled_or_deleted_is_in_no_session_any_more(
    client, alice, bob, rotating, phone, laptop, fate, code, at_refresh, kept
):
    """ASVS 5.0, item 7.4.2."""
    his = people.tokens(client, bob)

    fate(alice)

    for pair in (phone, laptop):
        assert_dead(client, pair, code=code, at_refresh=at_refresh)
    assert [each.user for each in TokenSession.objects.filter(ended_at=None)] == [bob]
    assert TokenSession.objects.exclude(user=bob).count() == kept
    assert_alive(client, his)


def test_logging_out_the_others_keeps_this_one(client, alice, phone, laptop):
    """ASVS 5.0, item 7.4.3."""
    sidless = str(AccessToken.for_user(alice))

    assert post(client, "logout-others", access=phone["access"]).status_code == 204

    assert_alive(client, phone)
    assert_revoked(client, laptop)
    assert people.ask(client, sidless).status_code == 401


def test_the_list_shows_ones_live_sessions_and_no_token(client, alice, bob, phone, laptop):
    people.tokens(client, bob)
    ended = people.tokens(client, alice)
    post(client, "logout", {"refresh": ended["refresh"]})

    answer = list_sessions(client, phone["access"])

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    mine = {RefreshToken(each["refresh"])["sid"]: each is phone for each in (phone, laptop)}
    assert {each["sid"]: each["is_current"] for each in answer.json()} == mine
    fields = {"sid", "device", "ip_address", "created_at", "last_used_at", "is_current"}
    assert all(set(each) == fields for each in answer.json())


def test_a_session_is_of_the_device_that_logged_in(client, alice):
    body = {alice.USERNAME_FIELD: alice.get_username(), "password": people.PASSWORD}
    headers = {"User-Agent": "Firefox\x1b[31m on a phone" + "!" * 300}
    pair = client.post(
        "/api/token/", body, format="json", headers=headers, REMOTE_ADDR="192.0.2.7"
    ).json()

    [session] = list_sessions(client, pair["access"]).json()

    assert session["ip_address"] == "192.0.2.7"
    assert session["device"].startswith("Firefox?[31m on a phone!")
    assert len(session["device"]) == 255


@pytest.mark.parametrize(
    ("proxies", "address"),
    [(None, "192.0.2.7"), (0, "192.0.2.7"), (1, "198.51.100.4"), (2, "203.0.113.80")],
)
def test_an_address_is_believed_of_as_many_proxies_as_there_are(
    client, alice, settings, proxies, address
):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    body = {alice.USERNAME_FIELD: alice.get_username(), "password": people.PASSWORD}
    headers = {"X-Forwarded-For": "203.0.113.80, 198.51.100.4"}

    client.post("/api/token/", body, format="json", headers=headers, REMOTE_ADDR="192.0.2.7")

    assert TokenSession.objects.get().ip_address == address


def test_an_address_that_is_none_is_not_kept(client, alice):
    body = {alice.USERNAME_FIELD: alice.get_username(), "password": people.PASSWORD}

    answer = client.post("/api/token/", body, format="json", REMOTE_ADDR="unix:")

    assert answer.status_code == 200
    assert TokenSession.objects.get().ip_address is None


def test_one_of_ones_sessions_can_be_ended_and_nobody_elses(client, bob, phone, laptop):
    his = people.tokens(client, bob)
    other, his_sid = (RefreshToken(each["refresh"])["sid"] for each in (laptop, his))

    assert end(client, other, phone["access"]).status_code == 204
    assert end(client, his_sid, phone["access"]).status_code == 404
    assert end(client, "unknown", phone["access"]).status_code == 404

    assert_revoked(client, laptop)
    assert_alive(client, phone)
    assert_alive(client, his)


def test_ending_other_sessions_asks_for_a_recent_login_and_ending_ones_own_does_not(
    client, phone, laptop, simplejwt_settings
):
    """ASVS 5.0, item 7.5.2, with the challenge of RFC 9470."""
    own, other = (RefreshToken(each["refresh"])["sid"] for each in (phone, laptop))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        access = people.refresh(client, phone["refresh"]).json()["access"]

        for refused in (
            post(client, "logout-all", access=access),
            post(client, "logout-others", access=access),
            end(client, other, access),
        ):
            assert refused.status_code == 401
            assert refused.json()["code"] == "insufficient_user_authentication"
            assert "max_age=900" in refused.headers["WWW-Authenticate"]
            assert 'error="insufficient_user_authentication"' in refused.headers["WWW-Authenticate"]
        assert people.refresh(client, laptop["refresh"]).status_code == 200
        assert end(client, own, access).status_code == 204


def test_a_changed_password_ends_every_session_and_answers_a_fresh_pair(
    client, alice, phone, laptop
):
    """ASVS 5.0, item 7.4.3."""
    body = {"old_password": people.PASSWORD, "new_password": "a much better horse"}

    answer = post(client, "password", body, access=phone["access"])

    assert answer.status_code == 200
    assert_revoked(client, phone)
    assert_revoked(client, laptop)
    assert_alive(client, answer.json())
    assert people.login(client, alice, "a much better horse").status_code == 200
    assert TokenSession.objects.filter(ended_at=None).count() == 2


@pytest.mark.parametrize(
    ("body", "blamed"),
    [
        ({"old_password": "wrong", "new_password": "a much better horse"}, "old_password"),
        ({"old_password": people.PASSWORD, "new_password": "short"}, "new_password"),
        ({"old_password": people.PASSWORD}, "new_password"),
    ],
)
def test_a_bad_password_change_changes_nothing(client, alice, phone, settings, body, blamed):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}
    ]

    answer = post(client, "password", body, access=phone["access"])

    assert (answer.status_code, list(answer.json())) == (400, [blamed])
    assert_alive(client, phone)
    assert people.login(client, alice).status_code == 200
