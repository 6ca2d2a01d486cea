"""Every code block of the pages in docs runs, and does what stands around it."""

import re
import shlex
from types import SimpleNamespace

from django.conf import settings as site
from django.core.checks import run_checks
from django.core.management import call_command
from django.utils.module_loading import import_string
import pytest
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView
import time_machine

from jwt_invalidation import revocation
from jwt_invalidation.conf import conf
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.strategies import Strategy
from jwt_invalidation.strategies.active import active_strategies
from jwt_invalidation.strategies.expiry import LONGEST
from jwt_invalidation.tokens import AccessToken, RefreshToken
from tests.support import forge, people, tenants
from tests.support.blacklists import blacklist
from tests.support.blocks import ROOT, Page
from tests.support.strategies import HAS_BLACKLIST, needs_blacklist

STRATEGIES, SWITCHING, SESSIONS, SIGNALS, LOG = PAGES = [
    Page("docs/strategies.rst"),
    Page("docs/switching.rst"),
    Page("docs/sessions.rst"),
    Page("docs/signals.rst"),
    Page("docs/log.rst"),
]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(site.AUTH_USER_MODEL != "auth.User", reason="the pages have stock users"),
    pytest.mark.with_blacklist,
]

SETTINGS = [
    pytest.param(page, block, id=f"{page.name}-{number}")
    for page in PAGES
    for number, block in enumerate(page.blocks("python"))
    if "JWT_INVALIDATION = " in block or "REST_FRAMEWORK = " in block or "SIMPLE_JWT = " in block
]
OTHERS = {
    STRATEGIES: [
        "OutstandingToken.objects.get",
        "PasswordView",
        "PaymentView",
        "class TenantSuspended",
    ],
    SWITCHING: ["created_at__gte"],
    # Run by test_chat.py.
    SIGNALS: ["class ChatConfig"],
    LOG: [],
    SESSIONS: [
        "PayoutView",
        "RememberingSerializer",
        "SocialLoginView",
        "end_session(",
        "SecondFactorLostView",
    ],
}


def is_runnable(text):
    return HAS_BLACKLIST or "blacklist" not in text


def ask(view, access, **body):
    """Return the answer of a view class to a POST."""
    headers = {"Authorization": f"Bearer {access}"}
    request = APIRequestFactory().post("/", body, headers=headers, format="json")
    return view.as_view()(request)


def test_no_block_is_forgotten():
    for page, texts in OTHERS.items():
        settings_of_page = [each for each in SETTINGS if each.values[0] is page]
        assert len(page.blocks("python")) == len(settings_of_page) + len(texts)
        assert all(page.block_with(text) for text in texts)
        assert page.text.count(".. code-block::") == len(
            [*page.blocks("python"), *page.blocks("console")]
        )


def test_every_page_is_tested_and_shipped():
    assert {page.name for page in PAGES} == {
        f"docs/{each.name}" for each in ROOT.glob("docs/*.rst")
    }
    assert "recursive-include docs *.rst" in (ROOT / "MANIFEST.in").read_text()


@pytest.mark.parametrize(("page", "block"), SETTINGS)
def test_with_settings_as_shown_no_check_complains_and_people_log_in(
    client, alice, settings, page, block
):
    if not is_runnable(block):
        pytest.skip("the blacklist app is not installed")
    with tenants.tables():
        names = {"INSTALLED_APPS": list(site.INSTALLED_APPS)}
        exec(compile(block, page.name, "exec"), names)
        assert set(names["INSTALLED_APPS"]) == set(site.INSTALLED_APPS)
        settings.JWT_INVALIDATION = names.get("JWT_INVALIDATION", strategies_of(page, names))
        for name in ("REST_FRAMEWORK", "SIMPLE_JWT"):
            setattr(settings, name, {**getattr(site, name), **names.get(name, {})})
        (path_,) = settings.REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"]

        assert run_checks(tags=["jwt_invalidation"]) == []
        listed = [f"{type(each).__module__}.{type(each).__qualname__}" for each in active()]
        assert listed == list(conf.STRATEGIES)
        view = type("View", (APIView,), {"authentication_classes": [import_string(path_)]})
        view.post = lambda self, request: Response()
        assert ask(view, people.tokens(client, alice)["access"]).status_code == 200
        assert ask(view, "x").status_code == 401


def strategies_of(page, names):
    """Return what a block leaves to the one before it, or to the defaults."""
    if page is SESSIONS:
        return {}
    is_stateless = "Stateless" in str(names.get("REST_FRAMEWORK"))
    name = "expiry.ExpiryStrategy" if is_stateless else "version.VersionStrategy"
    return {"STRATEGIES": [f"jwt_invalidation.strategies.{name}"]}


def active():
    """Return the strategies that are listed: all active ones, but for the version where it is not."""
    strategies = active_strategies()
    return strategies[-len(conf.STRATEGIES) :]


@pytest.mark.parametrize("line", sorted({line for page in PAGES for line in page.lines("console")}))
def test_each_command_runs(line, alice):
    if not HAS_BLACKLIST and ("blacklist" in line or "flushexpired" in line):
        pytest.skip("the blacklist app is not installed")
    prompt, python, manage, *arguments = shlex.split(line)

    call_command(*arguments, verbosity=0)

    assert (prompt, python, manage) == ("$", "python", "manage.py")
    assert arguments


@needs_blacklist
def test_a_login_is_two_rows_without_text_and_a_refresh_one(client, alice, settings):
    from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

    settings.JWT_INVALIDATION = {
        "STRATEGIES": ["jwt_invalidation.strategies.blacklist.BlacklistStrategy"]
    }

    pair = people.tokens(client, alice)
    after_login = OutstandingToken.objects.count()
    people.refresh(client, pair["refresh"])

    assert (after_login, OutstandingToken.objects.count()) == (2, 3)
    assert {each.token for each in OutstandingToken.objects.all()} == {""}


@needs_blacklist
def test_the_endpoint_logs_one_device_out_and_the_lines_shown_its_access_token(
    client, alice, settings
):
    settings.JWT_INVALIDATION = {
        "STRATEGIES": ["jwt_invalidation.strategies.blacklist.BlacklistStrategy"]
    }
    pair, other = people.tokens(client, alice), people.tokens(client, alice)

    assert blacklist(client, pair["refresh"]).status_code == 200

    assert people.refresh(client, pair["refresh"]).status_code == 401
    assert people.ask(client, pair["access"]).status_code == 200
    request = SimpleNamespace(auth=AccessToken(pair["access"]))
    STRATEGIES.run("OutstandingToken.objects.get", {"request": request})
    assert people.ask(client, pair["access"]).status_code == 401
    assert people.ask(client, other["access"]).status_code == 200
    assert people.refresh(client, other["refresh"]).status_code == 200


@pytest.fixture
def scene(settings):
    """What the views take for granted, on a site whose default class is stateless."""
    settings.JWT_INVALIDATION = {
        "STRATEGIES": ["jwt_invalidation.strategies.expiry.ExpiryStrategy"]
    }
    return {"APIView": APIView, "Response": Response, "PermissionDenied": PermissionDenied}


def test_a_stolen_token_that_was_revoked_changes_no_password(client, alice, scene):
    view = STRATEGIES.run("PasswordView", scene)["PasswordView"]
    access = people.tokens(client, alice)["access"]
    body = {"old_password": people.PASSWORD, "new_password": "another horse"}

    assert ask(view, access, **{**body, "old_password": "guessed"}).status_code == 403
    assert ask(view, access, **body).status_code == 204
    refused = ask(view, access, old_password="another horse", new_password="third horse")

    assert (refused.status_code, refused.data["code"]) == (401, "token_revoked")
    assert people.login(client, alice, "another horse").status_code == 200


def test_a_stolen_token_that_was_revoked_pays_nothing(client, alice, scene):
    paid = []
    names = {**scene, "pay": lambda user, amount: paid.append((user, amount))}
    view = STRATEGIES.run("PaymentView", names)["PaymentView"]
    access = people.tokens(client, alice)["access"]

    assert ask(view, access, amount=3).status_code == 201
    revocation.revoke_user(alice, reason="admin")
    refused = ask(view, access, amount=4)

    assert (refused.status_code, refused.data["code"]) == (401, "token_revoked")
    assert paid == [(alice, 3)]


def test_the_strategy_shown_is_ten_lines():
    block = STRATEGIES.block_with("class TenantSuspended")

    shown = block[block.index("class TenantSuspended") :]
    assert len([line for line in shown.splitlines() if line.strip()]) <= 10


def test_a_login_is_remembered_as_shown(client, alice, monkeypatch, simplejwt_settings):
    names = {"__name__": __name__}
    exec(compile(SESSIONS.block_with("RememberingSerializer"), SESSIONS.name, "exec"), names)
    monkeypatch.setitem(globals(), "RememberingSerializer", names["RememberingSerializer"])
    simplejwt_settings.TOKEN_OBTAIN_SERIALIZER = f"{__name__}.RememberingSerializer"
    simplejwt_settings.ROTATE_REFRESH_TOKENS = True

    pair = people.tokens(client, alice)
    successor = people.refresh(client, pair["refresh"]).json()

    for each in (pair, successor):
        claims = forge.read(each["refresh"])
        assert claims["exp"] - claims["iat"] == 8 * 60 * 60


def test_the_contract_shown_is_the_whole_contract():
    contract = STRATEGIES.text[STRATEGIES.text.index("The contract;") :]
    terms = [line for line in contract.splitlines() if line.startswith("``")]

    shown = [name for line in terms for name in re.findall(r"``(\w+)", line)]

    assert sorted(shown) == sorted(name for name in vars(Strategy) if not name.startswith("_"))


def test_one_instance_serves_all_requests(settings):
    settings.JWT_INVALIDATION = {"STRATEGIES": ["tenants.strategies.TenantSuspended"]}
    first = active_strategies()

    settings.JWT_INVALIDATION = {**settings.JWT_INVALIDATION}

    assert [id(each) for each in active_strategies()] == [id(each) for each in first]
    assert "keep nothing on ``self``" in STRATEGIES.text


def test_the_log_page_has_each_reason_and_each_cause():
    reasons = re.findall(r"^   \* - ``(\w+)``$", LOG.text, re.MULTILINE)

    assert ["reason", *Revocation.Reason.values] == reasons
    assert all(f"``{cause}``" in LOG.text for cause in Revocation.Cause.values)


def test_ten_minutes_are_what_the_pages_say():
    assert LONGEST.total_seconds() == 600
    for page in (STRATEGIES, SWITCHING):
        assert "ten minutes" in page.text


@pytest.fixture
def views():
    """What the views of the page on sessions take for granted."""
    return {"APIView": APIView, "Response": Response}


def test_a_view_of_ones_own_can_ask_for_a_recent_login(client, alice, views):
    view = SESSIONS.run("PayoutView", views)["PayoutView"]
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        pair = people.tokens(client, alice)
        assert ask(view, pair["access"]).status_code == 201

        clock.shift(conf.RECENT_LOGIN_AGE.total_seconds() + 1)
        access = people.refresh(client, pair["refresh"]).json()["access"]

        assert ask(view, access).data["code"] == "insufficient_user_authentication"


def test_a_login_of_ones_own_is_of_the_device_it_came_from(client, alice, views):
    names = {**views, "user_of_provider": {"c0de": alice}.get}
    view = SESSIONS.run("SocialLoginView", names)["SocialLoginView"]
    request = APIRequestFactory().post("/", {"code": "c0de"}, REMOTE_ADDR="192.0.2.7")

    pair = view.as_view()(request).data

    assert people.ask(client, pair["access"]).status_code == 200
    assert TokenSession.objects.get().ip_address == "192.0.2.7"


def test_the_verbs_end_what_they_say(client, alice):
    root, taxi, mine, other = people.make("root"), *(people.tokens(client, alice) for _ in "123")
    token = RefreshToken(mine["refresh"]).access_token
    names = {"sid": RefreshToken(taxi["refresh"])["sid"], "alice": alice, "root": root}
    names |= {"token": token, "request": SimpleNamespace(auth=AccessToken(mine["access"]))}

    SESSIONS.run("end_session(", names)

    presented = [taxi["access"], other["access"], str(token), mine["access"]]
    assert [people.ask(client, each).status_code for each in presented] == [401, 401, 401, 200]


def test_a_view_can_revoke_everything_and_keep_its_caller_in(client, alice, views):
    view = SESSIONS.run("SecondFactorLostView", views)["SecondFactorLostView"]
    mine, other = people.tokens(client, alice), people.tokens(client, alice)

    fresh = ask(view, mine["access"]).data

    for dead in (mine, other):
        assert people.ask(client, dead["access"]).status_code == 401
    assert people.ask(client, fresh["access"]).status_code == 200
    assert people.refresh(client, fresh["refresh"]).status_code == 200
