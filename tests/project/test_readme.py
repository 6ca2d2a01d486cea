"""Every code block of the README runs, and does what stands around it."""

import shlex

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import include, path
import pytest
from rest_framework.test import APIClient
from rest_framework_simplejwt.authentication import JWTAuthentication

from jwt_invalidation.conf import KEYS, conf
from tests.settings import urls
from tests.support import people
from tests.support.blocks import ROOT, Page

README = Page("README.rst")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(settings.AUTH_USER_MODEL != "auth.User", reason="the README has Alice"),
]


@pytest.fixture
def scene(client):
    """What the blocks take for granted: a client and the user model."""
    return {"client": client, "User": get_user_model()}


def test_no_block_is_forgotten():
    tested = [
        "create_user",
        "phone, laptop",
        "INSTALLED_APPS",
        "urlpatterns",
        "revoke_users",
        "admit(",
        "Cookie",
    ]
    tested.append("UNVERSIONED_TOKENS")

    assert len(README.blocks("python")) == len(tested)
    assert all(README.block_with(text) for text in tested)


def test_the_first_examples_end_in_the_refused_token_and_the_device_that_is_still_in(scene):
    README.run("create_user", scene)
    assert scene["answer"].json()["code"] == "token_revoked"

    README.run("phone, laptop", scene)
    assert people.ask(APIClient(), scene["phone"]["access"]).status_code == 401
    assert people.ask(APIClient(), scene["laptop"]["access"]).status_code == 200


def test_the_settings_are_those_that_the_tests_run_with():
    names = README.run("INSTALLED_APPS", {"INSTALLED_APPS": []})

    assert set(names["INSTALLED_APPS"]) <= set(settings.INSTALLED_APPS)
    for key, value in names["REST_FRAMEWORK"].items():
        assert settings.REST_FRAMEWORK[key] == value


def test_the_url_include_is_the_one_that_the_tests_run_with():
    names = README.run("urlpatterns", {"urlpatterns": [], "path": path, "include": include})

    (pattern,) = names["urlpatterns"]
    ours = {each.pattern.regex.pattern for each in urls.urlpatterns}
    assert pattern.pattern.regex.pattern in ours


def test_the_verbs_revoke(client, scene):
    alice, root = people.make("alice"), people.make("root", is_staff=True)
    scene |= {"alice": alice, "root": root}
    pairs = [people.tokens(client, user) for user in (alice, root)]

    README.run("revoke_users", scene)

    assert [people.ask(client, pair["access"]).status_code for pair in pairs] == [401, 401]


def test_the_gate_admits_outside_of_drf(client, alice):
    names = README.run("admit(", {"pair": people.tokens(client, alice)})

    assert names["user"] == alice


def test_the_mixin_guards_another_class(client, alice, rf):
    class JWTCookieAuthentication(JWTAuthentication):
        def get_header(self, request):
            return f"Bearer {request.COOKIES['token']}".encode()

    names = {"JWTCookieAuthentication": JWTCookieAuthentication, "__name__": __name__}
    authentication = README.run("Cookie", names)["CookieAuthentication"]()
    request = rf.get("/")
    request.COOKIES["token"] = people.tokens(client, alice)["access"]
    assert authentication.authenticate(request)[0] == alice

    alice.set_password("another horse")
    alice.save()

    with pytest.raises(Exception, match="revoked"):
        authentication.authenticate(request)


def test_the_settings_shown_are_the_defaults_and_all_there_are():
    declared = README.run("UNVERSIONED_TOKENS", {})["JWT_INVALIDATION"]

    assert set(declared) == set(KEYS)
    for key, value in declared.items():
        assert getattr(conf, key) == value


@pytest.mark.parametrize(
    "line",
    [line for line in README.lines("console") if "manage.py" in line],
)
def test_each_management_command_runs(line, alice, capsys):
    prompt, python, manage, *arguments = shlex.split(line)

    call_command(*arguments)

    assert (prompt, python, manage) == ("$", "python", "manage.py")


def test_make_has_the_two_commands_with_no_need_of_anything_running():
    makefile = (ROOT / "Makefile").read_text()
    lines = [line for line in README.lines("console") if "make" in line]

    assert [line for line in lines if "manage.py" not in line] == ["$ make demo", "$ make test"]
    for line in ("make demo", "make test"):
        assert f"\n{line.split()[1]}: " in makefile
