"""The key that signs tokens, and the release of PyJWT that verifies them."""

from django.core.checks import ERROR, WARNING
import jwt
import pytest

from tests.support.checking import check_site

pytestmark = [pytest.mark.any_user_model]

SIGNING_KEY = 'SIMPLE_JWT["SIGNING_KEY"]'


@pytest.mark.parametrize("version", ["1.7.1", "2.8.0", "2.14.2"])
def test_an_old_pyjwt_is_refused(monkeypatch, version):
    monkeypatch.setattr(jwt, "__version__", version)

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E014", ERROR)
    assert str(error.obj) == f"PyJWT {version}"
    assert 'pip install --upgrade "PyJWT>=2.15"' in error.hint


@pytest.mark.parametrize("version", ["2.15.0", "2.16.0b1", "3.0"])
def test_a_recent_pyjwt_is_accepted(monkeypatch, version):
    monkeypatch.setattr(jwt, "__version__", version)

    assert check_site() == []


@pytest.mark.parametrize("key", ["", b"", None])
def test_an_empty_signing_key_is_refused(key, simple_jwt):
    simple_jwt(SIGNING_KEY=key)

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E015", ERROR)
    assert str(error.obj) == SIGNING_KEY
    assert '"SIGNING_KEY": os.environ' in error.hint


@pytest.mark.parametrize(("algorithm", "shortest"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_a_signing_key_shorter_than_the_digest_is_doubted(algorithm, shortest, simple_jwt):
    simple_jwt(ALGORITHM=algorithm, SIGNING_KEY="k" * (shortest - 1))

    [warning] = check_site()

    assert (warning.id, warning.level) == ("jwt_invalidation.W001", WARNING)
    assert str(warning.obj) == SIGNING_KEY
    assert f"{shortest - 1} bytes: {algorithm} needs {shortest}" in warning.msg
    assert '"SIGNING_KEY": os.environ' in warning.hint


@pytest.mark.parametrize("key", ["k" * 32, b"k" * 32, "ü" * 16])
def test_a_signing_key_as_long_as_the_digest_is_accepted(key, simple_jwt):
    simple_jwt(SIGNING_KEY=key)

    assert check_site() == []


@pytest.mark.parametrize("is_bytes", [False, True])
def test_signing_with_the_secret_key_is_doubted(settings, is_bytes, simple_jwt):
    key = settings.SECRET_KEY.encode() if is_bytes else settings.SECRET_KEY
    simple_jwt(SIGNING_KEY=key)

    [warning] = check_site()

    assert (warning.id, warning.level) == ("jwt_invalidation.W002", WARNING)
    assert str(warning.obj) == SIGNING_KEY
    assert "SECRET_KEY" in warning.msg
    assert settings.SECRET_KEY not in warning.msg
    assert '"SIGNING_KEY": os.environ' in warning.hint


def test_signing_with_the_secret_key_is_what_simplejwt_does_by_default(settings):
    settings.SIMPLE_JWT = {
        key: value for key, value in settings.SIMPLE_JWT.items() if key != "SIGNING_KEY"
    }

    [warning] = check_site()

    assert warning.id == "jwt_invalidation.W002"


def test_keys_of_other_algorithms_are_none_of_our_business(simple_jwt):
    simple_jwt(ALGORITHM="RS256", SIGNING_KEY="")

    assert check_site() == []
