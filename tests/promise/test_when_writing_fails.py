"""What is decided when the state cannot be written, or others write at the same moment."""

from django.contrib.auth.hashers import make_password
from django.db import DataError, OperationalError, connection
import pytest
from rest_framework_simplejwt.exceptions import InvalidToken

from jwt_invalidation.db.compiled_query import Claim
from jwt_invalidation.db.unavailable import unavailable_if_database_fails
from jwt_invalidation.exceptions import CredentialsChanged
from jwt_invalidation.models import Revocation, TokenEpoch, TokenState
from jwt_invalidation.state import store
from jwt_invalidation.tokens import AccessToken, blacklist_is_installed
from tests.support import legacy, people
from tests.support.commands import before, read_only, renamed
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.with_blacklist]

NEW = "another horse"


def test_a_token_from_before_is_admitted_though_its_state_row_cannot_be_written(
    client, alice, caplog
):
    hers = legacy.pair_of(alice)
    legacy.forget_everybody()

    with read_only():
        answer = people.ask(client, hers["access"])

    assert answer.status_code == 200
    assert "could not be written" in caplog.text
    assert_alive(client, hers)


def test_a_token_from_before_is_not_refreshed_while_its_state_row_cannot_be_written(client, alice):
    hers = legacy.pair_of(alice)
    legacy.forget_everybody()

    with read_only():
        answer = people.refresh(client, hers["refresh"])

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert_alive(client, hers)


def test_a_changed_password_is_refused_though_the_revocation_cannot_be_written(
    client, alice, caplog
):
    hers = people.tokens(client, alice)
    type(alice).objects.filter(pk=alice.pk).update(password=make_password(NEW))

    with read_only():
        assert_revoked(client, hers)

    assert not Revocation.objects.exists()
    assert_revoked(client, hers)
    assert Revocation.objects.get().reason == "out_of_band"


def test_a_user_deleted_while_her_token_is_minted_gets_none(alice):
    legacy.forget_everybody()

    def delete():
        type(alice).objects.filter(pk=alice.pk).delete()

    # The gate's own look finds no state row; the look of the reconciliation finds no user.
    with before("SELECT", delete, passing=1), pytest.raises(CredentialsChanged):
        AccessToken.for_user(alice)


def test_users_can_be_saved_before_migrate(alice, caplog):
    with renamed(TokenState):
        alice.set_password(NEW)
        alice.save()
        people.make("bob")

    assert caplog.text.count("run `manage.py migrate`") >= 2
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_another_failure_of_the_database_is_not_taken_for_missing_tables(alice):
    def fail(execute, sql, params, many, context):
        if "tokenstate" in sql:
            raise OperationalError("server closed the connection")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail), pytest.raises(OperationalError):
        alice.save()


def test_an_upgrade_that_others_keep_overtaking_is_a_login_that_failed(
    client, alice, monkeypatch, upgraded
):
    hers = people.tokens(client, alice)
    upgraded(2_000)
    with monkeypatch.context() as overtaken:
        overtaken.setattr(store, "compare_and_set", lambda *args, **kwargs: False)
        assert people.login(client, alice).status_code == 401

    assert_alive(client, hers)
    assert_alive(client, people.tokens(client, alice))


def test_a_value_that_a_database_cannot_hold_is_a_bad_token():
    with pytest.raises(InvalidToken), unavailable_if_database_fails():
        raise DataError("out of range")


def test_the_epoch_and_a_claim_say_what_they_are():
    assert str(TokenEpoch(token_epoch=7)) == "7"
    assert repr(Claim("sid")) == "Claim('sid')"


@pytest.mark.parametrize("claim", ["JTI_CLAIM", "TOKEN_TYPE_CLAIM"])
def test_a_claim_that_the_settings_do_without_is_not_asked_for(
    client, alice, simplejwt_settings, claim
):
    if claim == "JTI_CLAIM" and blacklist_is_installed():
        pytest.skip("simplejwt's blacklist knows tokens by nothing else")
    refresh = people.tokens(client, alice)["refresh"]

    setattr(simplejwt_settings, claim, None)

    assert people.verify(client, refresh).status_code == 200
