"""Code that rotates a refresh token by simplejwt's recipe, without our serializers."""

import pytest

from jwt_invalidation.exceptions import RefreshTokenReused
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.tokens import RefreshToken
from tests.support import forge
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = pytest.mark.django_db(transaction=True)


def rotate_by_hand(raw):
    """Do as simplejwt's serializer does, and so projects that have copied it."""
    token = RefreshToken(raw)
    access = str(token.access_token)
    token.set_jti()
    token.set_exp()
    token.set_iat()
    token.outstand()
    return {"refresh": str(token), "access": access}


def test_a_rotation_of_simplejwts_making_leaves_one_lineage(client, alice, clock):
    first = str(RefreshToken.for_user(alice))

    replies = []
    for _ in range(3):
        clock.shift(3)
        replies.append(rotate_by_hand(first))

    assert len({forge.read(each["refresh"])["jti"] for each in replies}) == 1
    assert_alive(client, replies[-1])
    assert TokenSession.objects.count() == 1


def test_a_rotation_of_simplejwts_making_stops_a_thief(client, alice):
    first = str(RefreshToken.for_user(alice))
    second = rotate_by_hand(first)
    third = rotate_by_hand(second["refresh"])

    with pytest.raises(RefreshTokenReused):
        rotate_by_hand(first)

    assert_revoked(client, third)
    assert Revocation.objects.get().reason == "refresh_reuse"
