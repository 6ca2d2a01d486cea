"""One unusable password in place of another is no change: backends for LDAP and SSO write one at each login."""

from django.contrib.auth import get_user_model
import pytest

from jwt_invalidation.models import Revocation
from jwt_invalidation.tokens import RefreshToken
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


def pair_for(user):
    refresh = RefreshToken.for_user(user)
    return {"refresh": str(refresh), "access": str(refresh.access_token)}


@pytest.fixture
def single_signed_on(alice):
    """Alice, who logs in elsewhere, and a pair of hers."""
    alice.set_unusable_password()
    alice.save()
    Revocation.objects.all().delete()
    return alice, pair_for(alice)


def save_another(user):
    user.set_unusable_password()
    user.save()


def update_to_another(user):
    user.set_unusable_password()
    get_user_model().objects.filter(pk=user.pk).update(password=user.password)


@pytest.mark.parametrize("change", [save_another, update_to_another])
def test_another_unusable_password_logs_nobody_out(client, single_signed_on, change):
    alice, hers = single_signed_on

    change(alice)

    assert_alive(client, hers)
    assert_alive(client, pair_for(alice))
    assert not Revocation.objects.exists()


def test_a_usable_password_in_its_place_kills(client, single_signed_on):
    alice, hers = single_signed_on

    alice.set_password("another horse")
    alice.save()

    assert_revoked(client, hers)


@pytest.mark.parametrize("stored", ["", "x"])
def test_a_column_that_is_empty_or_holds_no_hash_is_another_password(
    client, single_signed_on, stored
):
    alice, hers = single_signed_on

    get_user_model().objects.filter(pk=alice.pk).update(password=stored)

    assert_revoked(client, hers)


def test_an_unusable_password_in_place_of_a_usable_one_kills(client, alice):
    hers = people.tokens(client, alice)

    save_another(alice)

    assert_revoked(client, hers)
