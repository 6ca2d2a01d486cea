"""``manage.py inspect_token``: a database that fails, or lacks tables."""

from django.db import OperationalError, connection
import pytest

from jwt_invalidation.models import Revocation, TokenEpoch
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import forge
from tests.support.commands import renamed
from tests.support.inspecting import inspect
from tests.support.strategies import HAS_BLACKLIST

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]

in_the_open = pytest.mark.django_db(transaction=True)


@in_the_open
@pytest.mark.parametrize("model", [Revocation, TokenEpoch])
def test_without_our_tables_the_claims_are_shown_and_the_advice_is_to_migrate(alice, model):
    token = str(AccessToken.for_user(alice))

    with renamed(model):
        seen = inspect(token)
        as_json = inspect(token, "--json")

    assert "  user_id  " in seen.out
    assert seen.about("signature").startswith("accepted: good")
    assert f"no table {model._meta.db_table}: run `manage.py migrate`" in seen.err
    assert "ccepted." not in seen.out.splitlines()[-1]
    assert (seen.status, as_json.status, as_json.out) == (2, 2, "")
    assert inspect(token).last == "Accepted."


@pytest.mark.with_blacklist
@pytest.mark.skipif(not HAS_BLACKLIST, reason="simplejwt's blacklist is not installed")
@in_the_open
def test_without_simplejwts_tables_the_failure_is_told_in_a_sentence(alice, caplog):
    from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken

    token = str(RefreshToken.for_user(alice))

    with renamed(BlacklistedToken):
        seen = inspect(token)

    assert seen.status == 2
    assert seen.err.startswith("The database failed: ")
    assert seen.err.endswith("Whether the token is accepted is not known.")
    assert not caplog.records


@pytest.mark.parametrize(
    "fails",
    [
        lambda sql: True,
        lambda sql: sql.startswith("SELECT") and "jwt_invalidation_tokenstate" in sql,
    ],
    ids=["at once", "when the user is looked up"],
)
def test_a_database_that_fails_is_told_and_a_bad_signature_is_judged_without_it(alice, fails):
    token = str(AccessToken.for_user(alice))

    def fail(execute, sql, *args):
        if fails(sql):
            raise OperationalError("connection refused")
        return execute(sql, *args)

    with connection.execute_wrapper(fail):
        genuine = inspect(token)
        forged = inspect(forge.sign(forge.read(token), key="guessed" * 8))

    assert genuine.about("signature").startswith("accepted: good")
    assert genuine.status == 2
    assert genuine.err == (
        "The database failed: connection refused. Whether the token is accepted is not known."
    )
    assert (forged.last, forged.status) == ("Refused: token_not_valid.", 1)
