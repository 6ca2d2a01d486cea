"""A claim ``sid`` of the project's own, in tokens from before the installation, names no session."""

import pytest
from rest_framework_simplejwt import tokens as simplejwt

from tests.support import forge, legacy, people
from tests.support.pairs import assert_alive

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["5c1d", "0" * 32], ids=["other text", "as ours"])
def refresh(alice, request):
    """Return a refresh token whose ``sid`` is not, or could be, one that this app writes."""
    legacy.begin_installation()
    token = simplejwt.RefreshToken.for_user(alice)
    token["sid"] = request.param
    return token


@pytest.mark.parametrize("rotates", [True, False])
def test_installing_the_app_does_not_log_its_user_out(client, refresh, simplejwt_settings, rotates):
    simplejwt_settings.ROTATE_REFRESH_TOKENS = rotates

    answer = people.refresh(client, str(refresh)).json()

    assert "sid" not in forge.read(answer["access"])
    assert_alive(client, {"refresh": str(refresh), **answer})


def test_a_renewed_sliding_token_lives_as_well(client, alice):
    legacy.begin_installation()
    token = simplejwt.SlidingToken.for_user(alice)
    token["sid"] = "0" * 32

    renewed = people.renew(client, str(token))

    assert renewed.status_code == 200
    assert people.renew(client, renewed.json()["token"]).status_code == 200


@pytest.mark.parametrize("endpoint", ["logout", "blacklist"])
def test_a_logout_kills_the_token_itself(client, refresh, endpoint):
    answer = client.post(f"/api/token/{endpoint}/", {"refresh": str(refresh)})

    assert answer.status_code in (200, 204)
    assert people.refresh(client, str(refresh)).status_code == 401
