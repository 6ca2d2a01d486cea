"""Claims of this app belong to it: a project that writes one of them hears so at once."""

from django.core.exceptions import ImproperlyConfigured
import pytest

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import forge, people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("claim", ["token_version", "token_epoch", "sid"])
def test_overwriting_a_claim_of_ours_raises_and_names_the_claim(alice, claim):
    token = RefreshToken.for_user(alice)
    before = dict(token.payload)

    with pytest.raises(ImproperlyConfigured, match=f'"{claim}" belongs to jwt_invalidation'):
        token[claim] = 3

    assert token.payload == before


@pytest.mark.parametrize("claim", ["token_version", "token_epoch", "sid"])
def test_writing_what_stands_there_is_no_overwriting(alice, claim):
    token = RefreshToken.for_user(alice)

    token[claim] = token[claim]
    token["roles"] = ["staff"]

    assert AccessToken(str(token.access_token))["roles"] == ["staff"]


def test_of_two_tokens_whose_ids_differ_in_case_one_is_revoked(client, alice):
    access = people.tokens(client, alice)["access"]
    lower, upper = (
        forge.sign(forge.changed(forge.read(access), jti=jti)) for jti in ("urn:a.b", "URN:A.B")
    )

    revocation.revoke_token(AccessToken(lower), reason="admin")

    assert people.ask(client, lower).json()["code"] == "token_revoked"
    assert people.ask(client, upper).status_code == 200
    assert Revocation.objects.get().identifier == "urn:a.b"

    revocation.revoke_token(AccessToken(upper), reason="admin")

    assert [people.ask(client, each).status_code for each in (lower, upper)] == [401, 401]
