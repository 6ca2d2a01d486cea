"""``manage.py inspect_token`` in a process that does not know the ``SECRET_KEY`` of a record."""

from django.contrib.auth.hashers import make_password
import pytest

from jwt_invalidation.tokens import AccessToken
from tests.support import people
from tests.support.inspecting import inspect
from tests.support.secret_keys import NEW, OLD, STRAY
from tests.support.sweeping import stored

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_that_is_not_known_is_named_as_the_reason(process, bob_of_new):
    token = str(AccessToken.for_user(bob_of_new))

    process(STRAY)
    seen = inspect(token)

    assert seen.about("state") == (
        "refused: recorded under another SECRET_KEY, which is not known here"
    )
    assert (seen.status, "token_revoked" in seen.last) == (1, True)
    process(NEW)
    assert inspect(token).last == "Accepted."


def test_where_the_key_is_outdated_the_verdict_is_not_known(process, bob_of_new):
    token = str(AccessToken.for_user(bob_of_new))

    process(OLD)
    seen = inspect(token)

    assert seen.about("user").startswith("accepted")
    assert "newer SECRET_KEY than that of this process, which answers 503" in seen.err
    assert seen.status == 2
    process(NEW)
    assert inspect(token).last == "Accepted."


def test_a_change_that_the_process_can_see_is_named_whatever_newer_key_was_used(
    client, process, bob_of_new
):
    token = people.tokens(client, bob_of_new)["access"]
    process(OLD, NEW)
    bob_of_new.save()
    stored(bob_of_new).update(password=make_password("another horse"))

    process(OLD)
    seen = inspect(token)

    assert seen.about("state") == "refused: the password was changed behind Django's back"
    assert seen.status == 1
