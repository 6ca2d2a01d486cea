"""Hostile user ids: other spellings of a user, and users who are not there."""

from typing import Any

from django.contrib.auth import get_user_model
import pytest

from tests.support import forge, people
from tests.support.endpoints import (
    EVERY,
    Endpoint,
    assert_malformed,
    assert_refused,
    at,
    queries,
)
from tests.support.forge import MISSING, Raw
from tests.support.user_models import needs_integer_ids

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model, pytest.mark.with_blacklist]


NO_STRINGS = {
    "missing": MISSING,
    "null": None,
    "true": True,
    "false": False,
    "1.0": 1.0,
    "1.9": 1.9,
    "NaN": Raw("NaN"),
    "Infinity": Raw("Infinity"),
    "1e400": Raw("1e400"),
    "list": ["1"],
    "list of int": [1],
    "empty list": [],
    "object": {"id": 1},
    "object of a lookup": {"in": [1]},
    "int 10**30": 10**30,
    "int -10**30": -(10**30),
    "int 2**63": 2**63,
    "int of 5000 digits": Raw("1" * 5000),
    "NUL": "1\0",
    "only NUL": "\0",
    "lone surrogate": "\ud800",
    "1 and lone surrogate": "1\udfff",
}

NO_INTEGERS = {
    "trailing blank": "1 ",
    "leading blank": " 1",
    "trailing newline": "1\n",
    "no-break space": "1\xa0",
    "plus": "+1",
    "zeros": "0001",
    "minus zero": "-0",
    "full-width": "１",
    "Arabic": "١",
    "superscript": "¹",
    "word": "abc",
    "empty": "",
    "decimal": "1.0",
    "exponent": "1e0",
    "underscore": "1_0",
    "hexadecimal": "0x1",
    "true": "True",
    "NaN": "NaN",
    "None": "None",
    "SQL": "1 OR 1=1",
    "30 digits": "9" * 30,
    "2**63": str(2**63),
    "5000 digits": "1" * 5000,
}


@at(EVERY)
@pytest.mark.parametrize("user_id", NO_STRINGS.values(), ids=NO_STRINGS)
def test_a_user_id_that_is_nobodys_spelling_is_refused_unasked(
    endpoint: Endpoint, alice: Any, user_id: Any
) -> None:
    token = forge.sign(forge.changed(endpoint.claims_of(alice), user_id=user_id))

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@needs_integer_ids
@at(EVERY)
@pytest.mark.parametrize("user_id", NO_INTEGERS.values(), ids=NO_INTEGERS)
def test_another_spelling_of_user_1_is_refused_unasked(
    endpoint: Endpoint, db: None, user_id: str
) -> None:
    claims = endpoint.claims_of(people.make("one", pk=1))

    with queries(0):
        response = endpoint.send(forge.sign({**claims, "user_id": user_id}))

    assert_malformed(response)
    assert endpoint.send(forge.sign(claims)).status_code == 200


@needs_integer_ids
@at(EVERY)
@pytest.mark.parametrize("user_id", [True, 1.0, 1.9], ids=str)
def test_a_number_that_equals_or_truncates_to_user_1_is_refused_unasked(
    endpoint: Endpoint, db: None, user_id: Any
) -> None:
    claims = endpoint.claims_of(people.make("one", pk=1))

    with queries(0):
        response = endpoint.send(forge.sign({**claims, "user_id": user_id}))

    assert_malformed(response)


@needs_integer_ids
@at(EVERY)
def test_the_primary_key_as_an_integer_is_accepted_as_simplejwt_once_wrote_it(
    endpoint: Endpoint, alice: Any
) -> None:
    claims = endpoint.claims_of(alice)

    response = endpoint.send(forge.sign({**claims, "user_id": int(claims["user_id"])}))

    assert response.status_code == 200


@pytest.mark.skipif(not needs_integer_ids.args[0], reason="The user ids are integers.")
@at(EVERY)
@pytest.mark.parametrize("user_id", [0, 1, -1])
def test_an_integer_is_nobody_where_the_user_ids_are_none(
    endpoint: Endpoint, alice: Any, user_id: int
) -> None:
    token = forge.sign({**endpoint.claims_of(alice), "user_id": user_id})

    with queries(0):
        response = endpoint.send(token)

    assert_malformed(response)


@needs_integer_ids
@at(EVERY)
@pytest.mark.parametrize("user_id", [0, "0", -1, "-1", 2**31 - 1, str(2**31 - 1)], ids=repr)
def test_the_user_id_of_nobody_is_refused_after_one_look(
    endpoint: Endpoint, alice: Any, user_id: Any
) -> None:
    token = forge.sign({**endpoint.claims_of(alice), "user_id": user_id})

    with queries(1):
        response = endpoint.send(token)

    assert_refused(response, "user_not_found")


@at(EVERY)
def test_a_deleted_user_is_refused_after_one_look(endpoint: Endpoint, alice: Any, bob: Any) -> None:
    hers, his = (forge.sign(endpoint.claims_of(user)) for user in (alice, bob))

    alice.delete()

    with queries(1):
        response = endpoint.send(hers)
    assert_refused(response, "user_not_found")
    assert endpoint.send(his).status_code == 200


@at(EVERY)
def test_a_user_made_anew_under_the_same_key_does_not_inherit_tokens(
    endpoint: Endpoint, alice: Any
) -> None:
    token = forge.sign(endpoint.claims_of(alice))
    again = get_user_model()._default_manager.get(pk=alice.pk)

    alice.delete()
    again.save()

    assert_refused(endpoint.send(token), "token_revoked")
    assert endpoint.send(forge.sign(endpoint.claims_of(again))).status_code == 200


@pytest.mark.skipif(bool(get_user_model()._meta.parents), reason="bulk_create wants one table.")
@at(EVERY)
def test_a_user_made_anew_behind_djangos_back_does_not_inherit_tokens(
    endpoint: Endpoint, alice: Any
) -> None:
    token = forge.sign(endpoint.claims_of(alice))
    again = get_user_model()._default_manager.get(pk=alice.pk)

    alice.delete()
    get_user_model()._default_manager.bulk_create([again])

    assert_refused(endpoint.send(token), "token_revoked")
    assert endpoint.send(forge.sign(endpoint.claims_of(again))).status_code == 200


@at(EVERY)
def test_a_user_made_anew_does_not_inherit_tokens_from_before_this_app(
    endpoint: Endpoint, alice: Any
) -> None:
    token = forge.sign(
        forge.changed(
            endpoint.claims_of(alice),
            iat=1_000_000_000,
            token_version=MISSING,
            token_epoch=MISSING,
        )
    )
    again = get_user_model()._default_manager.get(pk=alice.pk)

    alice.delete()
    again.save()

    assert_refused(endpoint.send(token), "token_revoked")
