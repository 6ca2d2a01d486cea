"""Tokens are looked up by their jti, and put down to the user they name, whatever the claims' names."""

from contextlib import contextmanager, suppress

from django.contrib.auth import get_user_model
from django.db import IntegrityError
import pytest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from jwt_invalidation import revocation
from jwt_invalidation.gate import admit
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import forge, legacy, people
from tests.support.blacklists import (
    all_kinds,
    is_dead,
    is_listed,
    on_record,
    put_on_list,
    under_blacklist,
)
from tests.support.endpoints import EVERY, assert_refused, at
from tests.support.forge import MISSING
from tests.support.simplejwt import simplejwt

pytestmark = [*under_blacklist, pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


@contextmanager
def jti_called(name):
    # simplejwt reads the name at its import, for what a child does not inherit.
    with simplejwt(JTI_CLAIM=name), pytest.MonkeyPatch.context() as patch:
        patch.setattr(RefreshToken, "no_copy_claims", (*RefreshToken.no_copy_claims, name))
        yield


@at(EVERY)
def test_a_jti_of_another_name_is_recorded_and_looked_up(endpoint, alice):
    with jti_called("token_id"):
        claims, other = endpoint.claims_of(alice), endpoint.claims_of(alice)
        put_on_list(claims)

        refused, accepted = endpoint.send(forge.sign(claims)), endpoint.send(forge.sign(other))

    assert "jti" not in claims
    assert_refused(refused, "token_revoked")
    assert accepted.status_code == 200


def test_all_that_is_minted_under_another_name_dies_with_the_user(alice):
    with jti_called("token_id"):
        tokens = all_kinds(alice)
        assert len({on_record(token).pk for token in tokens}) == 6

        revocation.revoke_user(alice, reason="admin")

        assert [is_dead(token, alice) for token in tokens] == [True] * 6


@pytest.mark.parametrize(
    "changes",
    [
        {"USER_ID_CLAIM": "sub"},
        {"USER_ID_FIELD": get_user_model().USERNAME_FIELD},
        {"USER_ID_FIELD": "pk"},
    ],
    ids=str,
)
def test_a_token_is_put_down_to_the_user_it_names(alice, bob, changes):
    with simplejwt(**changes):
        hers, his = all_kinds(alice), all_kinds(bob)

        revocation.revoke_user(alice, reason="admin")

        assert {on_record(token).user_id for token in hers} == {alice.pk}
        assert [is_dead(token, alice) for token in hers] == [True] * 6
        assert [is_dead(token, bob) for token in his] == [False] * 6


@pytest.mark.parametrize("changes", [{"USER_ID_CLAIM": "sub"}, {"USER_ID_FIELD": "pk"}], ids=str)
def test_what_was_never_recorded_is_put_down_to_the_user_it_names(alice, changes):
    with simplejwt(**changes):
        token = RefreshToken.for_user(alice)
        OutstandingToken.objects.all().delete()

        token.blacklist()

        assert on_record(token).user_id == alice.pk
        assert is_dead(token, alice)


VARIANTS = {
    "another": lambda jti: jti[::-1],
    "upper case": str.upper,
    "longer": "{}0".format,
    "shorter": lambda jti: jti[:-1],
    "a pattern": lambda jti: jti[:-1] + "_",
    "a pattern of all": lambda jti: "%",
    "quoted": "'{}'".format,
}


@pytest.mark.parametrize("vary", VARIANTS.values(), ids=VARIANTS)
def test_a_jti_that_is_nearly_that_of_a_listed_token_is_another(client, alice, vary):
    token = AccessToken.for_user(alice)
    put_on_list(token)

    answer = people.ask(client, forge.sign({**token.payload, "jti": vary(token["jti"])}))

    assert people.ask(client, str(token)).status_code == 401
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "jti",
    ["", "{} ", " {}", "{}\0", "{}\n", "' OR 1=1 --", 0, True, None, [], MISSING],
    ids=ascii,
)
def test_a_jti_that_nobody_minted_is_refused_before_the_list_is_asked(
    client, alice, jti, django_assert_num_queries
):
    token = AccessToken.for_user(alice)
    put_on_list(token)
    wrong = jti.format(token["jti"]) if isinstance(jti, str) else jti

    with django_assert_num_queries(0):
        answer = people.ask(client, forge.sign(forge.changed(token.payload, jti=wrong)))

    assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid")


def test_code_that_passes_the_gate_by_itself_is_refused_as_well(alice):
    listed, other = AccessToken.for_user(alice), AccessToken.for_user(alice)
    put_on_list(listed)

    with pytest.raises(Exception, match="revoked"):
        admit(AccessToken(str(listed)))

    assert admit(AccessToken(str(other))) == alice


def test_a_token_without_a_user_is_listed_for_nobody(alice):
    token = RefreshToken()

    entry, is_new = token.blacklist()

    assert (entry.token.user, is_new) == (None, True)
    assert is_listed(token)
    with pytest.raises(TokenError):
        RefreshToken(str(token))


class Named(AccessToken):
    """Named by a project, in letters of both cases."""

    def set_jti(self):
        self.payload["jti"] = self.name


def test_two_tokens_whose_names_differ_in_case_alone_are_not_taken_for_one(alice, monkeypatch):
    """A database that cannot tell them apart must not record one of them for both."""
    tokens = []
    for name in ("q7Xk", "q7xK"):
        monkeypatch.setattr(Named, "name", name, raising=False)
        with suppress(AuthenticationFailed, IntegrityError):
            tokens.append(Named.for_user(alice))

    put_on_list(tokens[0])

    assert len(tokens) == OutstandingToken.objects.count()
    assert [is_dead(token, alice) for token in tokens] == [True, False][: len(tokens)]


def test_a_child_of_a_token_without_a_version_is_on_record_as_well(alice):
    refresh = RefreshToken(legacy.pair_of(alice)["refresh"])

    child = refresh.access_token

    assert OutstandingToken.objects.get(jti=child["jti"]).user_id == alice.pk
