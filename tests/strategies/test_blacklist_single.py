"""One token on the blacklist dies alone, and nothing is made of it any more."""

import pytest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_invalidation import revocation
from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support import admin_pages as pages
from tests.support import forge, people
from tests.support.blacklists import blacklist, is_dead, is_listed, on_record, under_blacklist
from tests.support.pairs import assert_alive

pytestmark = [
    *under_blacklist,
    pytest.mark.django_db(transaction=True),
]


def test_an_operator_lists_one_access_token_in_simplejwts_admin(client, alice):
    hers = people.tokens(client, alice)
    record = on_record(forge.read(hers["access"]))
    browser = pages.log_in(pages.superuser())
    page = browser.get("/admin/token_blacklist/blacklistedtoken/add/")

    answer = pages.submit(browser, page, "token", token=str(record.pk))

    assert answer.status_code == 302
    refused = people.ask(client, hers["access"])
    assert (refused.status_code, refused.json()["code"]) == (401, "token_revoked")
    fresh = people.refresh(client, hers["refresh"]).json()["access"]
    assert people.ask(client, fresh).status_code == 200


def test_an_operator_who_takes_the_entry_back_has_changed_her_mind(client, alice):
    hers = people.tokens(client, alice)
    entry = BlacklistedToken.objects.create(token=on_record(forge.read(hers["access"])))
    assert people.ask(client, hers["access"]).status_code == 401

    entry.delete()

    assert_alive(client, hers)


def test_simplejwts_admin_shows_the_records_without_text(client, alice):
    token = AccessToken.for_user(alice)
    browser = pages.log_in(pages.superuser())

    shown = browser.get("/admin/token_blacklist/outstandingtoken/").content.decode()
    record = browser.get(
        f"/admin/token_blacklist/outstandingtoken/{on_record(token).pk}/change/"
    ).content.decode()

    assert token["jti"] in shown
    assert token["jti"] in record
    assert str(token).rpartition(".")[2] not in record


@pytest.mark.parametrize("token_class", [RefreshToken, SlidingToken])
def test_blacklisting_a_token_answers_as_simplejwt_does(alice, token_class):
    token, other = token_class.for_user(alice), token_class.for_user(alice)

    entry, is_new = token.blacklist()
    again, is_new_again = token.blacklist()

    assert (entry.token, is_new) == (on_record(token), True)
    assert (again, is_new_again) == (entry, False)
    assert [is_dead(each, alice) for each in (token, other)] == [True, False]


def test_nothing_is_made_of_a_blacklisted_token_though_nobody_asked_the_gate(alice):
    refresh, other = RefreshToken.for_user(alice), RefreshToken.for_user(alice)
    refresh.blacklist()
    known = OutstandingToken.objects.count()
    again = RefreshToken(str(refresh))

    with pytest.raises(TokenRevoked):
        again.access_token  # noqa: B018  # a property that mints
    with pytest.raises(TokenRevoked):
        again.rotate()

    assert OutstandingToken.objects.count() == known
    assert not is_dead(RefreshToken(str(other)).access_token, alice)


def renew_as_simplejwt_does(raw):
    """Rotate a refresh token by the recipe of simplejwt's own serializer, without the gate."""
    token = RefreshToken(raw)
    token.set_jti()
    token.set_exp()
    token.set_iat()
    token.outstand()
    return token


def test_a_token_renewed_in_place_is_on_record_and_dies_with_the_user(alice):
    raw = str(RefreshToken.for_user(alice))

    successor = renew_as_simplejwt_does(raw)

    assert on_record(successor).user_id == alice.pk
    assert not is_dead(successor, alice)
    revocation.revoke_user(alice, reason="admin")
    assert is_dead(successor, alice)


def test_a_blacklisted_token_is_not_renewed_in_place(alice):
    refresh = RefreshToken.for_user(alice)
    refresh.blacklist()

    with pytest.raises(TokenRevoked):
        renew_as_simplejwt_does(str(refresh))


def test_a_logout_ends_the_refreshing_of_one_login(client, alice):
    here, elsewhere = people.tokens(client, alice), people.tokens(client, alice)

    assert blacklist(client, here["refresh"]).status_code == 200

    for refused in (
        people.refresh(client, here["refresh"]),
        people.verify(client, here["refresh"]),
        blacklist(client, here["refresh"]),
    ):
        assert (refused.status_code, refused.json()["code"]) == (401, "token_revoked")
    assert people.ask(client, here["access"]).status_code == 200
    assert_alive(client, elsewhere)


def test_rotation_lists_the_predecessor_alone_if_it_is_set_to(client, alice, simplejwt_settings):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    simplejwt_settings.BLACKLIST_AFTER_ROTATION = True
    hers = people.tokens(client, alice)

    rotated = people.refresh(client, hers["refresh"]).json()

    assert is_listed(forge.read(hers["refresh"]))
    assert people.refresh(client, hers["refresh"]).json()["code"] == "token_revoked"
    assert BlacklistedToken.objects.count() == 1
    assert people.ask(client, hers["access"]).status_code == 200
    assert people.ask(client, rotated["access"]).status_code == 200
    assert people.refresh(client, rotated["refresh"]).status_code == 200


def test_every_link_of_a_chain_of_rotations_dies_with_the_user(client, alice, simplejwt_settings):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    links = [people.tokens(client, alice)]
    for _ in range(4):
        links.append(people.refresh(client, links[-1]["refresh"]).json())
    tokens = [
        each
        for link in links
        for each in (RefreshToken(link["refresh"]), AccessToken(link["access"]))
    ]
    assert len({on_record(token).pk for token in tokens}) == 10
    assert [is_dead(token, alice) for token in tokens] == [False] * 10

    revocation.revoke_user(alice, reason="admin")

    assert [is_dead(token, alice) for token in tokens] == [True] * 10


def test_a_token_on_record_is_outstanding_already(alice):
    token = RefreshToken.for_user(alice)

    assert token.outstand() == (on_record(token), False)


def test_a_token_on_no_record_is_put_there_without_its_text(alice):
    token = RefreshToken.for_user(alice)
    OutstandingToken.objects.all().delete()

    record, is_new = token.outstand()

    assert (record.user_id, record.token, is_new) == (alice.pk, "", True)
