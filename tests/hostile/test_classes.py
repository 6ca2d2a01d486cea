"""simplejwt's setting of what class of token is let in: whichever it is, it passes our gate."""

from typing import Any

import pytest
from rest_framework_simplejwt import tokens as stock
from rest_framework_simplejwt.exceptions import TokenError

from jwt_invalidation import revocation
from jwt_invalidation.tokens import AccessToken
from tests.support import forge
from tests.support.endpoints import BODIES, HEADERS, assert_malformed, assert_refused, queries
from tests.support.forge import MISSING
from tests.support.simplejwt import simplejwt

pytestmark = pytest.mark.django_db

HEADER, VERIFY = HEADERS[0], BODIES[1]


class DeviceToken(stock.AccessToken):
    """A project's own, which knows nothing of ours."""

    token_type = "device"

    def verify(self) -> None:
        super().verify()
        if self.get("device") != "phone":
            raise TokenError("No device")


class TightToken(AccessToken):
    """A project's own child of ours."""

    token_type = "tight"


CLASSES: dict[str, tuple[type[stock.Token], ...]] = {
    "stock access": (stock.AccessToken,),
    "stock untyped": (stock.UntypedToken,),
    "stock access and sliding": (stock.SlidingToken, stock.AccessToken),
    "a child of the stock one": (DeviceToken,),
    "a child of the stock one, and ours": (AccessToken, DeviceToken),
    "a child of ours": (TightToken,),
}
HOSTILE: dict[str, dict[str, Any]] = {
    "jti NUL": {"jti": "\0"},
    "jti long": {"jti": "a" * 300},
    "jti missing": {"jti": MISSING},
    "exp 1e18": {"exp": forge.Raw("1e18")},
    "exp string": {"exp": "4000000000"},
    "version null": {"token_version": None},
    "version missing": {"token_version": MISSING},
    "epoch false": {"token_epoch": False},
    "user true": {"user_id": True},
}


def claims_for(classes: tuple[type[stock.Token], ...], user: Any) -> dict[str, Any]:
    accepted = {each.token_type for each in classes} - {"untyped"}
    token_type = "access" if "access" in accepted or not accepted else accepted.pop()
    return {**HEADER.claims_of(user), "token_type": token_type, "device": "phone"}


@pytest.mark.parametrize("classes", CLASSES.values(), ids=CLASSES)
@pytest.mark.parametrize("changes", HOSTILE.values(), ids=HOSTILE)
def test_every_class_of_token_is_validated_before_the_database(
    alice: Any, classes: tuple[type[stock.Token], ...], changes: dict[str, Any]
) -> None:
    token = forge.sign(forge.changed(claims_for(classes, alice), **changes))

    with simplejwt(AUTH_TOKEN_CLASSES=classes), queries(0):
        response = HEADER.send(token)

    assert_malformed(response)


@pytest.mark.parametrize("classes", CLASSES.values(), ids=CLASSES)
def test_every_class_of_token_passes_the_gate(
    alice: Any, classes: tuple[type[stock.Token], ...]
) -> None:
    token = forge.sign(claims_for(classes, alice))
    too_long = forge.padded(claims_for(classes, alice), 8193)

    with simplejwt(AUTH_TOKEN_CLASSES=classes):
        accepted, refused = HEADER.send(token), HEADER.send(too_long)
        verified = VERIFY.send(token)
        revocation.revoke_user(alice, reason="admin")
        revoked = HEADER.send(token)

    assert (accepted.status_code, verified.status_code) == (200, 200)
    assert_malformed(refused)
    assert_refused(revoked, "token_revoked")


def test_what_a_projects_own_class_verifies_is_still_verified(alice: Any) -> None:
    claims = claims_for((DeviceToken,), alice)

    with simplejwt(AUTH_TOKEN_CLASSES=(DeviceToken,)):
        accepted = HEADER.send(forge.sign(claims))
        refused = HEADER.send(forge.sign({**claims, "device": "fridge"}))

    assert accepted.status_code == 200
    assert_malformed(refused)
    [message] = refused.json()["messages"]
    assert message == {"token_class": "DeviceToken", "token_type": "device", "message": "No device"}
