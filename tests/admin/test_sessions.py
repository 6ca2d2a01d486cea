"""Who is in: the list of sessions, and the page of each."""

from datetime import UTC, datetime, timedelta
import time

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
import pytest
import time_machine

from jwt_invalidation import sessions
from jwt_invalidation.admin.sessions import TokenSessionAdmin
from jwt_invalidation.conf import VERSION_STRATEGY
from jwt_invalidation.models import TokenSession
from tests.support import admin_pages as pages
from tests.support import people
from tests.support.device_logins import log_in

pytestmark = [pytest.mark.any_user_model]

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(settings):
    return pages.serve_users(settings)


@pytest.fixture
def root(db):
    return pages.superuser()


@pytest.fixture
def browser(site, root):
    return pages.log_in(root)


@pytest.fixture
def clock(db):
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False) as clock:
        yield clock


def address():
    return pages.url("changelist", model=TokenSession)


def page_of(session):
    return pages.url("change", session, model=TokenSession)


def listed(browser, **query):
    """Return the sessions that the list shows."""
    page = browser.get(address(), query)
    assert page.status_code == 200, page
    return list(page.context["cl"].result_list)


def states(browser):
    """Return what the list says of each session."""
    shown = browser.get(address()).context["cl"]
    return {each.sid: shown.model_admin.status(each) for each in shown.result_list}


def test_the_list_and_the_page_show_who_is_in_on_which_device(clock, browser, alice):
    _, session = log_in(alice, agent="Safari on iOS", address="2001:db8::7")

    for shown in (browser.get(address()), browser.get(page_of(session))):
        text = shown.content.decode()
        assert alice.get_username() in text
        assert "Safari on iOS" in text
        assert "2001:db8::7" in text
        assert "Live" in text
        assert "March 1, 2026, 1 p.m." in text


def test_what_a_device_says_of_itself_is_shown_as_it_was_said(browser, alice):
    _, session = log_in(alice, agent="<script>alert(1)</script>")

    for shown in (address(), page_of(session)):
        text = browser.get(shown).content.decode()
        assert "<script>alert(1)" not in text
        assert "&lt;script&gt;alert(1)" in text


def test_no_id_of_a_token_is_shown_or_can_be_filtered_for(browser, alice):
    _, session = log_in(alice)
    TokenSession.objects.update(previous_jti="5" * 32)

    for shown in (address(), page_of(session)):
        text = browser.get(shown).content.decode()
        assert session.current_jti not in text
        assert "5" * 32 not in text
    for name in ("current_jti", "previous_jti"):
        assert browser.get(address(), {f"{name}__startswith": "5"}).status_code == 400
    for found in (session.current_jti, "5" * 32):
        assert listed(browser, q=found) == []
    assert listed(browser, sid__exact=session.sid) == [session]


def test_a_session_is_live_ended_or_expired_to_the_second(clock, browser, alice, bob):
    hers, his, bobs_other = (log_in(each)[1] for each in (alice, bob, bob))
    now = int(time.time())
    TokenSession.objects.filter(sid=hers.sid).update(idle_exp=now + 1)
    TokenSession.objects.filter(sid=his.sid).update(idle_exp=now)
    TokenSession.objects.filter(sid=bobs_other.sid).update(idle_exp=now)
    sessions.end_session(bobs_other.sid, reason="logout")

    assert states(browser) == {hers.sid: "Live", his.sid: "Expired", bobs_other.sid: "Ended"}
    assert listed(browser, status="live") == [hers]
    assert listed(browser, status="expired") == [his]
    assert listed(browser, status="ended") == [bobs_other]
    assert len(listed(browser)) == 3

    clock.shift(timedelta(seconds=1))
    assert listed(browser, status="live") == []
    assert set(listed(browser, status="expired")) == {hers, his}


def test_the_list_offers_its_filters_and_counts_what_each_would_leave(clock, browser, alice):
    ended = [log_in(alice)[1] for _ in range(2)]
    live = log_in(alice)[1]
    sessions.end_sessions([each.sid for each in ended], reason="logout")

    page = browser.get(address(), {"_facets": "True"}).content.decode()

    for label in ("Live (1)", "Ended (2)", "Expired (0)", "Logged out (2)"):
        assert label in page
    assert listed(browser, reason__exact="logout", status="live") == []
    assert set(listed(browser, reason__exact="logout")) == set(ended)
    assert listed(browser, status="live") == [live]


def test_a_session_is_found_by_its_user_and_by_its_address(browser, alice, bob):
    _, hers = log_in(alice, address="192.0.2.77")
    _, his = log_in(bob, address="2001:db8::7")

    assert listed(browser, q="alice") == [hers]
    assert listed(browser, q="192.0.2.77") == [hers]
    assert listed(browser, q="2001:db8") == [his]
    assert listed(browser, q="bob 192.0.2.77") == []
    assert listed(browser, q="nobody") == []


@pytest.mark.skipif(
    not any(field.name == "email" for field in get_user_model()._meta.concrete_fields),
    reason="this user model has no e-mail address",
)
def test_a_session_is_found_by_its_users_e_mail_address(browser):
    model = get_user_model()
    own = {} if model.USERNAME_FIELD == "email" else {"email": "carol@example.com"}
    _, hers = log_in(people.make("carol", **own))
    log_in(people.make("dave"))

    assert listed(browser, q="carol@example.com") == [hers]


def test_the_session_used_last_is_listed_first(client, clock, browser, alice, bob):
    pair, first = log_in(alice)
    clock.shift(timedelta(minutes=2))
    _, second = log_in(bob)
    assert listed(browser) == [second, first]

    clock.shift(timedelta(minutes=2))
    assert people.refresh(client, pair["refresh"]).status_code == 200

    assert listed(browser) == [first, second]


def test_the_list_can_be_ordered_by_state(browser, alice):
    live, ended = (log_in(alice)[1] for _ in range(2))
    sessions.end_session(ended.sid, reason="logout")
    column = TokenSessionAdmin.list_display.index("status") + 1

    assert listed(browser, o=f"{column}") == [ended, live]
    assert listed(browser, o=f"-{column}") == [live, ended]


def test_nothing_can_be_added_changed_or_deleted(browser, alice):
    _, session = log_in(alice)
    key = session.sid
    page = browser.get(page_of(session))
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    before = list(TokenSession.objects.values())
    delete = pages.url("delete", session, model=TokenSession)
    add = pages.url("add", model=TokenSession)

    answers = [
        browser.get(add),
        browser.post(add, token),
        browser.post(page_of(session), {**token, "user_agent": "forged", "ended_at": ""}),
        browser.get(delete),
        browser.post(delete, {**token, "post": "yes"}),
    ]
    deletion = {"action": "delete_selected", "post": "yes", "_selected_action": key}
    browser.post(address(), {**token, **deletion})

    assert [answer.status_code for answer in answers] == [403] * 5
    assert list(TokenSession.objects.values()) == before
    for forbidden in ("deletelink", 'name="_save"', add):
        assert forbidden not in page.content.decode()
    assert "delete_selected" not in browser.get(address()).content.decode()


def test_the_index_offers_to_view_them_and_nothing_else(site, rf, root):
    request = rf.get("/")
    request.user = root

    offered = site.get_model_admin(TokenSession).get_model_perms(request)

    assert offered == {"add": False, "change": False, "delete": False, "view": True}


@pages.needs_permissions
def test_to_see_who_is_in_takes_the_permission_to_revoke(site, alice):
    _, session = log_in(alice)
    browser = pages.log_in(pages.staff("revoke_tokens"))

    assert listed(browser) == [session]
    assert browser.get(page_of(session)).status_code == 200
    assert address() in browser.get(reverse("admin:index")).content.decode()


@pages.needs_permissions
def test_without_the_permission_to_revoke_no_other_lets_anybody_see_who_is_in(site, alice):
    _, session = log_in(alice)
    others = ["view", "add", "change", "delete"]
    clerk = pages.staff(*(f"{each}_tokensession" for each in others), "view_user")
    browser = pages.log_in(clerk)
    history = pages.url("history", session, model=TokenSession)

    for closed in (address(), page_of(session), history):
        assert browser.get(closed).status_code == 403
    assert address() not in browser.get(reverse("admin:index")).content.decode()


def test_where_no_token_is_held_to_its_session_nobody_is_shown_who_was_in(settings, browser, alice):
    log_in(alice)
    assert browser.get(address()).status_code == 200

    settings.JWT_INVALIDATION = {"STRATEGIES": [VERSION_STRATEGY]}

    assert browser.get(address()).status_code == 403
    assert address() not in browser.get(reverse("admin:index")).content.decode()


def test_a_page_says_until_when_the_session_lives(clock, browser, alice):
    _, session = log_in(alice)
    TokenSession.objects.update(idle_exp=int(time.time()) + 3600)

    assert "March 1, 2026, 2 p.m." in browser.get(page_of(session)).content.decode()


def test_moments_are_those_of_the_site_where_it_has_no_time_zones(settings, clock, browser, alice):
    settings.USE_TZ = False
    settings.TIME_ZONE = "America/New_York"
    _, session = log_in(alice)
    TokenSession.objects.update(idle_exp=int(time.time()) + 3600)

    text = browser.get(page_of(session)).content.decode()

    assert text.count("March 1, 2026, 7 a.m.") == 2
    assert text.count("March 1, 2026, 8 a.m.") == 1


def test_a_session_that_lasts_longer_than_the_calendar_is_shown_too(browser, alice):
    _, session = log_in(alice)
    TokenSession.objects.update(idle_exp=int(timedelta.max.total_seconds()))

    assert "9999" in browser.get(page_of(session)).content.decode()
    assert states(browser) == {session.sid: "Live"}


def test_the_number_of_queries_of_the_list_does_not_grow_with_its_rows(browser):
    counts = []

    for number in range(2):
        for each in range(2 + 10 * number):
            log_in(people.make(f"user{number}-{each}"))
        browser.get(address())
        with CaptureQueriesContext(connection) as queries:
            text = browser.get(address()).content.decode()
        assert f"user{number}-1" in text
        counts.append(len(queries))

    # The login of the admin and its user, the count and the rows.
    assert counts[0] == counts[1] <= 5


def test_a_page_is_one_query_beside_the_login(browser, alice):
    _, session = log_in(alice)
    browser.get(page_of(session))

    with CaptureQueriesContext(connection) as queries:
        browser.get(page_of(session))

    # The login of the admin and its user, and the session with its own.
    assert len(queries) == 3
    table = TokenSession._meta.db_table
    assert len([each for each in queries if table in each["sql"]]) == 1


def test_the_stock_site_has_the_list():
    assert isinstance(admin.site.get_model_admin(TokenSession), TokenSessionAdmin)
