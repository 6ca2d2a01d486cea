"""The site in ``testproject``: what its demo shows, and that it would notice a broken promise."""

import pytest

from jwt_invalidation.authentication import JWTAuthentication, JWTStatelessUserAuthentication
from jwt_invalidation.conf import EXPIRY_STRATEGY
from testproject import settings as site
from testproject.api.views import Me
from tests.support import people
from tests.support.demo_runs import assert_nothing_is_left_over, make, manage, without_time_machine

UNKNOWN = (
    "ImproperlyConfigured: STRATEGY must be one of session, version, blacklist, expiry, not {!r}.\n"
)
TITLES = [
    "1 log in on two devices",
    "2 change the password",
    "3 deactivate, reactivate",
    "4 change a password by SQL",
    "5 upgrade a hash",
    "6 revoke in the admin",
    "7 revoke everyone",
]
OF_SESSIONS = ["8 log out one device", "9 catch a stolen token"]
DEAD = {
    "dead": "me/refresh/verify 401 token_revoked at once",
    "dead, and no password": "me/refresh/verify/password 401 token_revoked at once",
    "inactive": "me 401 user_inactive at once, refresh 401 no_active_account at once",
    "summary": "Access tokens died at once, refresh tokens at once.",
}
EXPIRED = "me 401 token_not_valid after 5 min 0 s"
DEAD_IN_THE_END = {
    "dead": f"{EXPIRED}, refresh/verify 401 token_revoked at once",
    "dead, and no password": f"{EXPIRED}, refresh/verify/password 401 token_revoked at once",
    "inactive": f"{EXPIRED}, refresh 401 no_active_account at once",
    "summary": "Access tokens died after 5 min 0 s at the latest, refresh tokens at once.",
}
TOLD = {"session": DEAD, "version": DEAD, "blacklist": DEAD, "expiry": DEAD_IN_THE_END}


@pytest.fixture(scope="module", params=TOLD)
def strategy(request):
    return request.param


@pytest.fixture(scope="module")
def demo(strategy, tmp_path_factory):
    """A run under each strategy; the default's has nothing but what the site itself needs."""
    directory = tmp_path_factory.mktemp("demo")
    if strategy == "session":
        return manage(directory, "demo", **without_time_machine(directory))
    return manage(directory, "demo", STRATEGY=strategy)


def titles_under(strategy):
    return TITLES + (OF_SESSIONS if strategy == "session" else [])


def test_the_demo_ends_with_every_step_as_promised(demo, strategy):
    titles = titles_under(strategy)
    assert demo.code == 0, demo.out + demo.err
    assert demo.err == ""
    assert demo.marks() == "✓" * len(titles)
    shown = [demo.step(number)[2:28].rstrip() for number in range(1, len(titles) + 1)]
    assert shown == titles
    last = f"Strategy: {strategy}. {TOLD[strategy]['summary']}"
    assert demo.out.endswith(f"\nAll {len(titles)} steps as promised.\n{last}\n")


@pytest.mark.parametrize(
    ("number", "seen"),
    [
        (1, "laptop, phone: login/me/refresh/verify 200"),
        (2, "laptop: password 204; phone: {dead, and no password}; laptop, phone: login/me 200"),
        (3, "phone: {inactive}, verify 401 user_inactive at once"),
        (3, "login 401, {dead}, login/me 200"),
        (4, "SQL: rows 1; laptop, phone: {dead}; laptop: login/me 200"),
        (5, "laptop, phone: login/me 200; hash: iterations 100000; laptop: me/refresh/verify 200"),
        (6, "admin: login 302, users/action 200, confirm 302; log: entries with the note 2"),
        (6, "bob, carol: {dead}; laptop: me/refresh/verify 200"),
        (7, "laptop, bob, carol: {dead}; laptop: login/me 200"),
    ],
)
def test_each_step_of_the_demo_shows_who_was_refused_when_and_who_was_not(
    demo, strategy, number, seen
):
    assert seen.format(**TOLD[strategy]) in demo.step(number)


@pytest.mark.parametrize("strategy", ["session"], indirect=True)
@pytest.mark.parametrize(
    ("number", "seen"),
    [
        (8, "phone: login/me 200, logout 204, {dead}; laptop: me/refresh/verify 200"),
        (9, "phone: login/me/refresh/refresh 200; thief: refresh 401 token_revoked, {dead}"),
        (9, "phone: {dead}; laptop: me/refresh/verify 200"),
    ],
)
def test_where_sessions_are_kept_the_demo_ends_one_and_keeps_the_others(demo, number, seen):
    assert seen.format(**DEAD) in demo.step(number)


def test_the_demo_counts_the_tokens_on_the_blacklist_where_there_is_one(demo, strategy):
    counted = "log: entries with the note 2, tokens on the blacklist 4;"

    assert (counted in demo.step(6)) == (strategy == "blacklist")
    assert ("on the blacklist" in demo.out) == (strategy == "blacklist")


def test_the_demo_prints_no_colours_into_a_file(demo):
    assert "\x1b" not in demo.out


@pytest.mark.django_db
def test_the_demo_leaves_no_database_behind_and_the_developers_own_untouched(demo):
    assert_nothing_is_left_over(demo)


@pytest.mark.django_db
@pytest.mark.parametrize("strategy", TOLD)
def test_the_demo_notices_a_site_that_does_not_ask_the_gate_and_goes_on_to_the_end(
    tmp_path, strategy
):
    sabotage = {"DJANGO_SETTINGS_MODULE": "tests.settings.sabotaged_demo", "STRATEGY": strategy}

    run = manage(tmp_path, "demo", **sabotage)

    assert run.code == 1
    of_sessions = "✗✗" if strategy == "session" else ""
    assert run.marks() == "✓✗✗✗✓✗✗" + of_sessions
    promised = EXPIRED if strategy == "expiry" else "me 401 token_revoked at once"
    expected = promised.replace("me", "me: expected", 1)
    assert f"phone {expected}, got 401 token_not_valid after 10 min 0 s" in run.out
    titles = titles_under(strategy)
    broken = ", ".join(title for title in titles if title not in (TITLES[0], TITLES[4]))
    assert run.err == f"CommandError: Not as promised: {broken}\n"
    assert_nothing_is_left_over(run)


def test_the_demo_notices_a_site_that_puts_nothing_on_the_blacklist(tmp_path):
    sabotage = {"DJANGO_SETTINGS_MODULE": "tests.settings.sabotaged_demo", "FORGET_STRATEGY": "1"}

    run = manage(tmp_path, "demo", STRATEGY="blacklist", **sabotage)

    assert run.code == 1
    assert "log tokens on the blacklist: expected 4, got 0" in run.out


def test_the_demo_notices_a_site_that_logs_out_on_a_hash_upgrade(tmp_path):
    sabotage = {
        "DJANGO_SETTINGS_MODULE": "tests.settings.sabotaged_demo",
        "CHECK_REVOKE_TOKEN": "1",
    }

    run = manage(tmp_path, "demo", **sabotage)

    assert run.code == 1
    assert run.step(5).startswith("✗")
    assert "laptop me: expected 200, got 401 password_changed" in run.out
    assert TITLES[4] in run.err


def test_the_demo_goes_on_to_the_end_when_a_step_cannot_be_finished(tmp_path):
    sabotage = {"DJANGO_SETTINGS_MODULE": "tests.settings.sabotaged_demo", "TALK_TO_NOBODY": "1"}

    run = manage(tmp_path, "demo", **sabotage)

    assert run.code == 1
    assert run.marks() == "✗" * 9
    assert "step LookupError: expected no exception, got The page has no form" in run.out
    assert f"CommandError: Not as promised: {', '.join(TITLES + OF_SESSIONS)}\n" in run.err


@pytest.mark.parametrize(
    "url", ["postgres://nobody@127.0.0.1:1/none", "mysql://nobody@127.0.0.1:1/none"]
)
def test_the_demo_says_so_when_no_database_answers(tmp_path, url):
    run = manage(tmp_path, "demo", DATABASE_URL=url)

    assert run.code == 1
    assert "CommandError: No database could be created for the demo: " in run.err
    assert "Traceback" not in run.err


def test_the_demo_says_so_when_the_clock_it_needs_cannot_be_moved(tmp_path):
    run = manage(tmp_path, "demo", STRATEGY="expiry", **without_time_machine(tmp_path))

    assert run.code == 1
    assert run.err == (
        "CommandError: The demo moves the clock by time-machine:"
        " python -m pip install time-machine\n"
    )


@pytest.mark.parametrize("name", ["sessions", ""])
def test_a_strategy_that_there_is_none_of_is_answered_with_those_there_are(tmp_path, name):
    run = manage(tmp_path, "demo", STRATEGY=name)

    assert run.code == 1
    assert run.err == UNKNOWN.format(name)


def test_make_demo_hands_the_strategy_on(tmp_path):
    run = make(tmp_path, "demo", "STRATEGY=sessions")

    assert run.code == 2
    assert run.err.startswith(UNKNOWN.format("sessions"))


@pytest.mark.parametrize("strategy", TOLD)
def test_the_system_checks_find_nothing_to_say_about_the_site(tmp_path, strategy):
    run = manage(tmp_path, "check", "--fail-level", "INFO", STRATEGY=strategy)

    assert run.code == 0, run.err
    assert run.out == "System check identified no issues (0 silenced).\n"


@pytest.fixture
def pair(client, alice, settings):
    """Alice's tokens, on a site with the URLs and password validators of ``testproject``."""
    settings.ROOT_URLCONF = "testproject.urls"
    settings.AUTH_PASSWORD_VALIDATORS = site.AUTH_PASSWORD_VALIDATORS
    return people.tokens(client, alice)


def change_password(client, pair, **body):
    headers = {"Authorization": f"Bearer {pair['access']}"}
    return client.post("/api/password/", body, format="json", headers=headers)


@pytest.mark.parametrize(
    ("body", "blamed"),
    [
        ({"old_password": "wrong horse", "new_password": "another horse"}, ["old_password"]),
        ({"old_password": people.PASSWORD, "new_password": "short"}, ["new_password"]),
        ({"old_password": people.PASSWORD, "new_password": "password1"}, ["new_password"]),
        ({"old_password": people.PASSWORD, "new_password": ["another horse"]}, ["new_password"]),
        ({}, ["old_password", "new_password"]),
    ],
    ids=["wrong old one", "too short", "too common", "no string", "empty body"],
)
def test_a_bad_password_change_gets_a_400_and_changes_nothing(client, alice, pair, body, blamed):
    answer = change_password(client, pair, **body)

    assert answer.status_code == 400
    assert list(answer.json()) == blamed
    assert people.ask(client, pair["access"]).status_code == 200
    assert people.login(client, alice).status_code == 200


def test_a_password_change_is_the_last_thing_that_a_token_is_good_for(client, alice, pair):
    body = {"old_password": people.PASSWORD, "new_password": " another horse "}

    assert change_password(client, pair, **body).status_code == 204

    assert change_password(client, pair, **body).status_code == 401
    assert people.login(client, alice).status_code == 401
    new = people.tokens(client, alice, body["new_password"])
    assert people.ask(client, new["access"]).status_code == 200


@pytest.mark.parametrize("authentication", [JWTAuthentication, JWTStatelessUserAuthentication])
def test_me_is_the_bearer_whichever_class_tells_it(
    client, alice, pair, settings, monkeypatch, authentication
):
    settings.JWT_INVALIDATION = {"STRATEGIES": [EXPIRY_STRATEGY]}
    monkeypatch.setattr(Me, "authentication_classes", [authentication])

    answer = people.ask(client, pair["access"])

    assert answer.json() == {"id": str(alice.pk)}
