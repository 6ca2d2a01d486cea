"""Whoever pastes what a hint says about a setting gets a site that works, and hears no more of it."""

from datetime import timedelta
import os
import re

from django.core.checks import run_checks
from django.utils.module_loading import import_string
import pytest
from rest_framework_simplejwt import tokens as simplejwt_tokens

from jwt_invalidation.conf import EXPIRY_STRATEGY, KEYS
from jwt_invalidation.revocation import Reason
from tests.support.checking import check_site, only_message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("key", KEYS)
def test_the_example_of_a_setting_can_be_pasted_and_is_accepted(settings, key):
    settings.JWT_INVALIDATION = {key: object()}
    hint = only_message().hint
    example = re.fullmatch(
        r"Write in JWT_INVALIDATION, for example: (.*?)(, with `from datetime import timedelta`)?\.",
        hint,
    )
    assert ("timedelta(" in example[1]) == bool(example[2])

    settings.JWT_INVALIDATION = eval(f"{{{example[1]}}}", {"timedelta": timedelta})

    assert check_site() == []


def test_the_dict_in_place_of_what_is_none_can_be_pasted_and_changes_no_default(settings):
    settings.JWT_INVALIDATION = ["UNVERSIONED_TOKENS"]
    written = {}

    exec(only_message().hint.removeprefix("Write: ").partition(". ")[0], written)

    settings.JWT_INVALIDATION = written["JWT_INVALIDATION"]
    assert check_site() == []
    assert settings.JWT_INVALIDATION == {}


def test_a_user_id_field_as_shown_is_accepted(settings, simple_jwt):
    for impossible in ("nickname", "password"):
        simple_jwt(USER_ID_FIELD=impossible)
        hint = only_message().hint
        simple_jwt(**eval("{" + re.search(r'"USER_ID_FIELD": "\w+"', hint)[0] + "}"))
        assert check_site() == []


@pytest.mark.parametrize("key", ["", "short", None])
def test_a_new_signing_key_is_accepted_and_the_hint_says_whom_it_logs_out(
    settings, simple_jwt, monkeypatch, key
):
    simple_jwt(SIGNING_KEY=settings.SECRET_KEY if key is None else key)
    hint = only_message().hint
    command = re.search(r"python -c '(.*?)'", hint)[1]
    printed = []
    exec(command, {"print": printed.append})
    monkeypatch.setenv("JWT_SIGNING_KEY", printed[0])

    simple_jwt(**eval("{" + re.search(r'"SIGNING_KEY": .*?\]', hint)[0] + "}", {"os": os}))

    assert check_site() == []
    assert "everybody logs in again" in hint


@pytest.mark.parametrize(("minutes", "level"), [(15, "E020"), (8, "I002")])
def test_a_lifetime_as_shown_is_accepted_and_as_short_as_recommended(
    activate, monkeypatch, minutes, level
):
    activate(EXPIRY_STRATEGY)
    # simplejwt reads the setting once, when it is imported.
    monkeypatch.setattr(simplejwt_tokens.AccessToken, "lifetime", timedelta(minutes=minutes))
    message = only_message()
    assert message.id == f"jwt_invalidation.{level}"

    value = re.match(
        r'Set SIMPLE_JWT\["ACCESS_TOKEN_LIFETIME"\] to (timedelta\(.*?\))', message.hint
    )[1]
    monkeypatch.setattr(
        simplejwt_tokens.AccessToken, "lifetime", eval(value, {"timedelta": timedelta})
    )

    assert check_site() == []


def test_the_strategies_named_for_the_stateless_class_are_accepted(settings):
    stateless = "jwt_invalidation.authentication.JWTStatelessUserAuthentication"
    settings.REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": [stateless]}
    error = only_message()
    assert error.id == "jwt_invalidation.E018"

    settings.JWT_INVALIDATION = {"STRATEGIES": re.findall(r'List "(.*?)" alone', error.hint)}

    assert check_site() == []


def test_the_call_named_where_is_active_is_computed_is_one_that_works(alice, monkeypatch):
    from jwt_invalidation.checks import users

    monkeypatch.setattr(users, "is_active_is_stored", lambda: False)
    monkeypatch.setattr(users.user_model(), "is_active", property(lambda self: False))
    [warning] = run_checks(tags=["jwt_invalidation"])
    assert warning.id == "jwt_invalidation.W006"
    monkeypatch.undo()

    call, module = re.search(r"call (\w+\(.*?\)), from ([\w.]+)\.", warning.hint).groups()
    name = call.partition("(")[0]
    done = eval(call, {name: import_string(f"{module}.{name}"), "user": alice})

    assert (done, Reason.DEACTIVATED) == (1, "deactivated")
