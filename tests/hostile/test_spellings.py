"""Hostile spellings: of the segments and of the signature."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import Token

from jwt_invalidation import revocation
from jwt_invalidation.tokens import AccessToken, AnyToken, RefreshToken, SlidingToken
from tests.support import forge
from tests.support.endpoints import (
    BODIES,
    EVERY,
    Endpoint,
    assert_malformed,
    assert_refused,
    at,
    queries,
)
from tests.support.strategies import needs_blacklist

pytestmark = [pytest.mark.django_db, pytest.mark.with_blacklist]

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _with(number: int, change: Callable[[str], str]) -> Callable[[str], str]:
    """Return what changes one segment of a token."""

    def spell(token: str) -> str:
        segments = token.split(".")
        segments[number] = change(segments[number])
        return ".".join(segments)

    return spell


def _next_last(segment: str) -> str:
    # 43 characters of 6 bits hold 256 bits of signature, and two that nobody needs.
    return segment[:-1] + ALPHABET[ALPHABET.index(segment[-1]) ^ 1]


BROKEN: dict[str, Callable[[str], str]] = {
    "tampered first of the signature": _with(2, lambda s: ("A" if s[0] != "A" else "B") + s[1:]),
    "tampered payload": _with(1, lambda s: s[:-5] + ("A" if s[-5] != "A" else "B") + s[-4:]),
    "other header": _with(0, lambda s: forge.segment('{"alg":"HS256"}')),
    "signature missing": _with(2, lambda s: ""),
    "signature cut": _with(2, lambda s: s[:-2]),
    "signature twice": _with(2, lambda s: s * 2),
    "payload missing": _with(1, lambda s: ""),
    "header missing": _with(0, lambda s: ""),
    "one segment": lambda token: token.split(".")[0],
    "two segments": lambda token: token.rpartition(".")[0],
    "four segments": lambda token: token + ".e30",
    "five segments": lambda token: token + ".e30.e30",
    "four segments, first empty": lambda token: "." + token,
    "dots": lambda token: "..",
    "one dot": lambda token: ".",
    "a word": lambda token: "token",
    "exclamation marks": lambda token: token + "!!!!",
    "standard base64": _with(2, lambda s: "+/" + s[2:]),
    "three paddings": lambda token: token + "===",
    "percent": lambda token: token.replace(".", "%2E"),
    "e acute": lambda token: token + "é",
    "soft hyphen": _with(1, lambda s: s[:4] + "\xad" + s[4:]),
    "octet 255": lambda token: "\xff" + token,
}

VARIANTS: dict[str, Callable[[str], str]] = {
    "signature and =": lambda token: token + "=",
    "signature and ==": lambda token: token + "==",
    "signature with other unused bits": _with(2, _next_last),
    "payload and =": _with(1, lambda s: s + "=" * (-len(s) % 4)),
    "header and =": _with(0, lambda s: s + "=" * (-len(s) % 4)),
    "signature and !!!!": lambda token: token + "!!!!",
}

SIGNED_VARIANTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "padded payload": lambda claims: forge.sign_segments(
        ".".join(_pad(each) for each in forge.sign(claims).split(".")[:2])
    ),
    "other order of claims": lambda claims: forge.sign(list(reversed(claims.items()))),
    "other header": lambda claims: forge.sign(claims, {"typ": "x", "alg": "HS256"}),
    "one more claim": lambda claims: forge.sign({**claims, "x": 1}),
}


def _pad(segment: str) -> str:
    return segment + "=" * (-len(segment) % 4)


@at(EVERY)
@pytest.mark.parametrize("spell", BROKEN.values(), ids=BROKEN)
def test_a_token_with_a_broken_form_or_signature_is_refused_unasked(
    endpoint: Endpoint, alice: Any, spell: Callable[[str], str]
) -> None:
    token = spell(forge.sign(endpoint.claims_of(alice)))

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@at(EVERY)
@pytest.mark.parametrize("key", ["", "another key", "only-for-tests-" + "0123456789" * 4])
def test_a_token_signed_with_another_key_is_refused_unasked(
    endpoint: Endpoint, alice: Any, key: str
) -> None:
    token = forge.sign(endpoint.claims_of(alice), key=key)

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@at(BODIES)
@pytest.mark.parametrize("character", ["\n", "\r\n", " ", "\t", "\u200b", "１", "😀"], ids=ascii)
def test_a_character_inside_a_token_is_refused_unasked(
    endpoint: Endpoint, alice: Any, character: str
) -> None:
    token = forge.sign(endpoint.claims_of(alice)).replace(".", f".{character}")

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@at(BODIES)
@pytest.mark.parametrize("character", ["\0", "\ud800"], ids=ascii)
def test_a_character_that_no_text_may_hold_is_a_bad_body(
    endpoint: Endpoint, alice: Any, character: str
) -> None:
    token = forge.sign(endpoint.claims_of(alice)) + character

    with queries(0):
        response = endpoint.send(token)

    assert response.status_code == 400


@pytest.mark.parametrize(
    "token_class",
    [AccessToken, RefreshToken, SlidingToken, AnyToken],
    ids=lambda each: each.__name__,
)
@pytest.mark.parametrize("text", ["\ud800", "a.b.\ud800", "\0", "１.２.３", "", "é"], ids=ascii)
def test_text_that_is_no_token_is_a_token_error_for_those_outside_drf(
    token_class: type[Token], text: str
) -> None:
    with pytest.raises(TokenError):
        token_class(text)  # type: ignore[arg-type]  # simplejwt's own annotation lies


@at(EVERY)
@pytest.mark.parametrize("spell", VARIANTS.values(), ids=VARIANTS)
def test_a_revoked_token_is_refused_however_it_is_spelt(
    endpoint: Endpoint, alice: Any, spell: Callable[[str], str]
) -> None:
    token = forge.sign(endpoint.claims_of(alice))
    assert endpoint.send(spell(token)).status_code in {200, 401}

    revocation.revoke_user(alice, reason="admin")

    assert endpoint.send(spell(token)).status_code == 401
    assert endpoint.send(token).status_code == 401


@at(EVERY)
@pytest.mark.parametrize("spell", SIGNED_VARIANTS.values(), ids=SIGNED_VARIANTS)
def test_a_revoked_token_is_refused_however_its_user_signs_it_anew(
    endpoint: Endpoint, alice: Any, spell: Callable[[dict[str, Any]], str]
) -> None:
    claims = endpoint.claims_of(alice)
    assert (
        endpoint.send(spell(forge.changed(claims, jti="another", sid=forge.MISSING))).status_code
        == 200
    )

    revocation.revoke_user(alice, reason="admin")

    assert_refused(endpoint.send(spell(claims)), "token_revoked")


@needs_blacklist
@at(tuple(each for each in EVERY if each.takes == "refresh"))
@pytest.mark.parametrize("spell", VARIANTS.values(), ids=VARIANTS)
def test_a_blacklisted_token_is_refused_however_it_is_spelt(
    endpoint: Endpoint, alice: Any, spell: Callable[[str], str]
) -> None:
    token, other = RefreshToken.for_user(alice), RefreshToken.for_user(alice)

    token.blacklist()

    assert_malformed(endpoint.send(spell(str(token))))
    assert endpoint.send(str(other)).status_code == 200
