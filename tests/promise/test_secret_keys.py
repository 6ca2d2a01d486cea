"""Rotating ``SECRET_KEY`` logs nobody out while the old one is a fallback."""

from django.core.management import call_command
import pytest

from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.state.fingerprint import fingerprint
from jwt_invalidation.state.snapshot import take_snapshot
from jwt_invalidation.tokens import RefreshToken
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rotate(settings):
    def rotate(*, keep):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if keep else []
        settings.SECRET_KEY = "the-next-one-" + "9876543210" * 4

    return rotate


def test_a_rotated_key_with_its_fallback_logs_nobody_out(client, alice, rotate):
    hers = people.tokens(client, alice)

    rotate(keep=True)

    assert_alive(client, hers)
    assert not Revocation.objects.exists()


@pytest.mark.parametrize(
    "touch",
    [
        pytest.param(lambda client, user: people.tokens(client, user), id="minting"),
        pytest.param(lambda client, user: user.save(), id="saving"),
        pytest.param(
            lambda client, user: call_command("reconcile_tokens", verbosity=0), id="sweep"
        ),
    ],
)
def test_the_fingerprint_is_written_anew_so_that_the_fallback_can_be_dropped(
    client, alice, rotate, settings, touch
):
    hers = people.tokens(client, alice)
    version = TokenState.objects.get().token_version
    rotate(keep=True)

    touch(client, alice)
    settings.SECRET_KEY_FALLBACKS = []

    assert_alive(client, hers)
    assert TokenState.objects.get().token_version == version
    assert not Revocation.objects.exists()


def test_a_change_is_seen_while_the_fingerprint_is_of_the_fallback(client, alice, rotate):
    hers = people.tokens(client, alice)
    rotate(keep=True)

    alice.set_password("another horse")
    alice.save()

    assert_revoked(client, hers)


def test_without_the_fallback_everybody_is_logged_out_and_can_come_back(client, alice, rotate):
    hers = people.tokens(client, alice)

    rotate(keep=False)

    assert_revoked(client, hers)
    assert_alive(client, people.tokens(client, alice))


def test_a_key_of_bytes_is_a_key(client, alice, settings):
    settings.SECRET_KEY = b"\xff" * 50
    alice.save()

    assert_alive(client, people.tokens(client, alice))


def test_no_digest_of_the_hash_is_in_a_token_although_simplejwt_would_put_one_there(
    alice, simplejwt_settings
):
    simplejwt_settings.CHECK_REVOKE_TOKEN = True

    assert "hash_password" not in RefreshToken.for_user(alice)


def test_a_snapshot_is_printed_without_the_hash_and_its_fingerprint(alice):
    seen = take_snapshot(alice.pk, using="default")

    assert repr(seen) == f"Snapshot(pk={alice.pk!r})"


def test_a_null_password_has_a_fingerprint():
    assert fingerprint(None) == fingerprint("")


def test_neither_the_hash_nor_its_fingerprint_is_in_a_token(client, alice):
    import base64

    hers = people.tokens(client, alice)
    state = TokenState.objects.get()

    for token in hers.values():
        payload = base64.urlsafe_b64decode(token.split(".")[1] + "==").decode()
        assert state.password_fingerprint not in payload
        assert alice.password not in payload
