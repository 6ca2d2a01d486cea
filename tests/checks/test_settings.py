"""``JWT_INVALIDATION``, and the field by which simplejwt's tokens name their users."""

from datetime import timedelta

from django.core.checks import ERROR
from django.db.models import UniqueConstraint
import pytest

from jwt_invalidation.checks.settings import RULES
from jwt_invalidation.users import user_model
from tests.support.checking import check_site

pytestmark = [pytest.mark.any_user_model]

USER_ID_FIELD = 'SIMPLE_JWT["USER_ID_FIELD"]'


@pytest.mark.parametrize("value", [None, [], "accept", ["UNVERSIONED_TOKENS"]])
def test_a_setting_that_is_no_dict_is_refused(settings, value):
    settings.JWT_INVALIDATION = value

    [error] = check_site(deploy=True)

    assert (error.id, error.level) == ("jwt_invalidation.E001", ERROR)
    assert str(error.obj) == "JWT_INVALIDATION"
    assert repr(value) in error.msg
    assert "JWT_INVALIDATION = {" in error.hint


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        ("UNVERSIONED_TOKEN", 'Did you mean "UNVERSIONED_TOKENS"?'),
        ("strategies", 'Did you mean "STRATEGIES"?'),
        ("COLOUR", "Remove it."),
        (7, "Remove it."),
    ],
)
def test_an_unknown_key_is_refused_and_the_nearest_one_named(settings, key, advice):
    settings.JWT_INVALIDATION = {key: "accept"}

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E002", ERROR)
    assert str(error.obj) == "JWT_INVALIDATION"
    assert repr(key) in error.msg
    assert error.hint.startswith(advice)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("STRATEGIES", "jwt_invalidation.strategies.version.VersionStrategy"),
        ("STRATEGIES", None),
        ("STRATEGIES", [7]),
        ("UNVERSIONED_TOKENS", "Accept"),
        ("UNVERSIONED_TOKENS", True),
        ("UNVERSIONED_TOKENS", []),
        ("SESSION_IP_ADDRESS", "Full"),
        ("SESSION_IP_ADDRESS", None),
        ("SESSION_IP_ADDRESS", ["none"]),
        ("AUDIT_RETENTION", None),
        ("AUDIT_RETENTION", 365),
        ("AUDIT_RETENTION", timedelta(days=-1)),
        ("AUDIT_RETENTION", timedelta(days=36_501)),
        ("MAX_TOKEN_LENGTH", 0),
        ("MAX_TOKEN_LENGTH", -1),
        ("MAX_TOKEN_LENGTH", True),
        ("MAX_TOKEN_LENGTH", "8192"),
        ("MAX_TOKEN_LENGTH", 8192.0),
    ],
)
def test_an_impossible_value_is_refused_and_a_right_one_shown(settings, key, value):
    settings.JWT_INVALIDATION = {key: value}

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E003", ERROR)
    assert str(error.obj) == f'JWT_INVALIDATION["{key}"]'
    assert repr(value) in error.msg
    assert RULES[key].example in error.hint


def test_right_values_are_accepted(settings):
    settings.JWT_INVALIDATION = {
        "STRATEGIES": ("jwt_invalidation.strategies.version.VersionStrategy",),
        "UNVERSIONED_TOKENS": "reject",
        "MAX_TOKEN_LENGTH": 4096,
        "AUDIT_RETENTION": timedelta(0),
    }

    assert check_site() == []


@pytest.mark.parametrize(
    "path",
    [
        "nowhere.Strategy",
        "jwt_invalidation.strategies.version.Missing",
        "VersionStrategy",
        "",
        ".version.VersionStrategy",
        ".VersionStrategy",
        "jwt_invalidation.strategies.active.active_strategies",
        "jwt_invalidation.models.TokenState",
    ],
)
def test_a_strategy_that_is_none_is_refused(settings, path):
    settings.JWT_INVALIDATION = {
        "STRATEGIES": ["jwt_invalidation.strategies.version.VersionStrategy", path]
    }

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E004", ERROR)
    assert str(error.obj) == 'JWT_INVALIDATION["STRATEGIES"]'
    assert repr(path) in error.msg
    assert "STRATEGIES" in error.hint


@pytest.mark.parametrize("name", ["nickname", ""])
def test_a_user_id_field_that_is_no_column_is_refused(name, simple_jwt):
    simple_jwt(USER_ID_FIELD=name)

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E011", ERROR)
    assert str(error.obj) == USER_ID_FIELD
    assert repr(name) in error.msg
    assert user_model()._meta.label in error.msg
    assert f'"USER_ID_FIELD": "{user_model()._meta.pk.attname}"' in error.hint


def test_a_user_id_field_that_is_a_relation_is_refused(simple_jwt):
    relations = [
        field.name
        for field in user_model()._meta.get_fields(include_hidden=True)
        if field.is_relation
    ]

    for name in relations:
        simple_jwt(USER_ID_FIELD=name)
        [error] = check_site()
        assert error.id == "jwt_invalidation.E011"
        assert repr(name) in error.msg

    assert "token_state" in relations


def test_a_user_id_field_that_several_users_may_share_is_refused(simple_jwt):
    simple_jwt(USER_ID_FIELD="password")

    [error] = check_site()

    assert (error.id, error.level) == ("jwt_invalidation.E012", ERROR)
    assert str(error.obj) == USER_ID_FIELD
    assert "'password'" in error.msg
    assert user_model()._meta.label in error.msg
    assert f'"USER_ID_FIELD": "{user_model()._meta.pk.attname}"' in error.hint


@pytest.mark.parametrize("name", ["pk", "primary key", "user name"])
def test_a_unique_user_id_field_is_accepted(name, simple_jwt):
    columns = {
        "primary key": user_model()._meta.pk.attname,
        "user name": user_model().USERNAME_FIELD,
    }
    simple_jwt(USER_ID_FIELD=columns.get(name, name))

    assert check_site() == []


def test_a_field_that_a_constraint_makes_unique_is_accepted(monkeypatch, simple_jwt):
    holder = user_model()._meta.get_field("password").model
    only_once = UniqueConstraint(fields=["password"], name="only_once")
    monkeypatch.setattr(holder._meta, "total_unique_constraints", [only_once])
    simple_jwt(USER_ID_FIELD="password")

    assert check_site() == []
