"""The action that ends the sessions selected, on the list of who is in."""

import time

from django.db import connection
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation import sessions
from jwt_invalidation.admin.sessions import TokenSessionAdmin
from jwt_invalidation.conf import VERSION_STRATEGY
from jwt_invalidation.models import Revocation, TokenSession
from tests.support import admin_pages as pages
from tests.support import people
from tests.support.device_logins import log_in
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]

NOTE = "Phone lost in Vienna."


def select(browser, chosen, **options):
    return pages.select(browser, chosen, action="end_sessions", model=TokenSession, **options)


def outcome(browser, asked, note=""):
    """Confirm; return the one message that follows."""
    [message] = pages.messages_on(pages.confirm(browser, asked, note))
    return message


def expire(session):
    TokenSession.objects.filter(sid=session.sid).update(idle_exp=int(time.time()))


def test_the_action_asks_before_it_ends(client, browser, alice, bob):
    hers, phone = log_in(alice, agent="Safari on iOS", address="192.0.2.7")
    his, laptop = log_in(bob, agent="", address="")

    page = select(browser, [phone, laptop], query="?status=live")
    text = page.content.decode()

    assert "Are you sure you want to end 2 sessions?" in text
    assert f"<li>{alice}: Safari on iOS, 192.0.2.7</li>" in text
    assert f"<li>{bob}: unknown device</li>" in text
    back = pages.url("changelist", model=TokenSession) + "?status=live"
    assert f'<a role="button" href="{back}" class="button cancel-link">' in text
    assert not Revocation.objects.exists()
    assert_alive(client, hers)
    assert_alive(client, his)


def test_confirmed_it_logs_out_these_devices_and_no_other(client, browser, alice, bob):
    """ASVS 5.0, item 7.4.5."""
    hers, phone = log_in(alice)
    her_other, _ = log_in(alice)
    his, laptop = log_in(bob)
    bobs_other, _ = log_in(bob)

    asked = select(browser, [phone, laptop])

    assert outcome(browser, asked) == ("success", "2 sessions were ended.")
    assert_revoked(client, hers)
    assert_revoked(client, his)
    assert_alive(client, her_other)
    assert_alive(client, bobs_other)


def test_the_log_says_who_ended_which_session_and_why(browser, root, alice):
    _, phone = log_in(alice)
    log_in(alice)

    assert outcome(browser, select(browser, [phone]), NOTE) == ("success", "1 session was ended.")

    entry = Revocation.objects.get()
    assert (entry.scope, entry.reason, entry.note) == ("session", "admin", NOTE)
    assert (entry.subject_id, entry.actor_id) == (alice.pk, root.pk)
    assert entry.identifier == phone.sid
    phone.refresh_from_db()
    assert (phone.ended_at is not None, phone.reason) == (True, "admin")


def test_what_was_over_already_is_counted_apart_and_left_as_it_was(browser, alice):
    live, ended, expired = (log_in(alice)[1] for _ in range(3))
    sessions.end_session(ended.sid, reason="logout")
    expire(expired)
    before = dict(TokenSession.objects.filter(ended_at=None).values_list("sid", "idle_exp"))

    message = outcome(browser, select(browser, [live, ended, expired]))

    assert message == ("success", "1 session was ended. 2 were already over.")
    assert list(TokenSession.objects.filter(reason="logout")) == [ended]
    assert list(TokenSession.objects.filter(reason="admin")) == [live]
    left = TokenSession.objects.get(ended_at=None)
    assert (left.sid, left.idle_exp) == (expired.sid, before[expired.sid])
    reasons = Revocation.objects.order_by("id").values_list("reason", "identifier")
    assert list(reasons) == [("logout", ended.sid), ("admin", live.sid)]


def test_a_session_that_was_over_is_not_claimed_to_be_ended(browser, alice):
    _, session = log_in(alice)
    asked = select(browser, [session])
    sessions.end_session(session.sid, reason="logout")

    message = outcome(browser, asked)

    assert message == ("warning", "0 sessions were ended. 1 was already over.")
    assert Revocation.objects.get().reason == "logout"


def test_a_session_gone_with_its_user_meanwhile_is_not_claimed_to_be_ended(browser, alice):
    _, session = log_in(alice)
    asked = select(browser, [session])
    alice.delete()

    assert outcome(browser, asked) == ("warning", "0 sessions were ended.")


def test_all_pages_of_a_filtered_list_are_ended_by_a_single_hidden_key(
    client, browser, site, monkeypatch, alice, bob
):
    monkeypatch.setattr(site.get_model_admin(TokenSession), "list_per_page", 2)
    pairs = [log_in(alice)[0] for _ in range(3)]
    his, _ = log_in(bob)
    query = f"?user__exact={alice.pk}"
    listed = browser.get(pages.url("changelist", model=TokenSession) + query)
    on_page = listed.context["cl"].result_list

    asked = select(browser, on_page, query=query, across=True)
    form = pages.form_on(asked, "note")
    message = outcome(browser, asked)

    assert len(on_page) == 2
    assert "end 3 sessions?" in asked.content.decode()
    assert f"<li>{alice}" not in asked.content.decode()
    assert form.hidden["select_across"] == ["1"]
    assert form.hidden["_selected_action"] == [on_page[0].sid]
    assert message == ("success", "3 sessions were ended.")
    for pair in pairs:
        assert_revoked(client, pair)
    assert_alive(client, his)


def test_what_a_device_says_of_itself_is_shown_as_it_was_said(browser, alice):
    _, session = log_in(alice, agent="<b>bold</b>")

    text = select(browser, [session]).content.decode()

    assert "<b>bold" not in text
    assert "&lt;b&gt;bold" in text


def test_an_impossible_note_is_asked_for_again_and_ends_nothing(browser, alice):
    _, session = log_in(alice)

    again = pages.submit(browser, select(browser, [session]), "note", note="x" * 1001)

    assert "errorlist" in again.content.decode()
    assert not Revocation.objects.exists()
    assert outcome(browser, again, "shorter") == ("success", "1 session was ended.")
    assert Revocation.objects.get().note == "shorter"


def test_a_form_forged_by_another_site_ends_nothing(browser, alice):
    _, session = log_in(alice)
    select(browser, [session])

    answer = browser.post(
        pages.url("changelist", model=TokenSession),
        {"action": "end_sessions", "post": "yes", "_selected_action": session.sid},
    )

    assert answer.status_code == 403
    assert not Revocation.objects.exists()


def forge(browser, session):
    """Send what the confirmation page would, without having been shown it."""
    browser.get(pages.url("changelist"))
    sent = {"action": "end_sessions", "post": "yes", "_selected_action": session.sid}
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    return browser.post(pages.url("changelist", model=TokenSession), {**sent, **token})


@pages.needs_permissions
def test_only_with_the_permission_to_revoke_a_session_can_be_ended(client, site, alice):
    hers, session = log_in(alice)
    clerk = pages.staff("view_user", "view_tokensession", "change_tokensession")
    browser = pages.log_in(clerk)

    assert forge(browser, session).status_code == 403
    assert_alive(client, hers)
    assert not Revocation.objects.exists()

    pages.allow(clerk, "revoke_tokens")
    assert outcome(browser, select(browser, [session])) == ("success", "1 session was ended.")
    assert Revocation.objects.get().actor_id == clerk.pk
    assert_revoked(client, hers)


def test_where_no_token_is_held_to_its_session_nothing_is_claimed_to_be_ended(
    settings, browser, alice
):
    _, session = log_in(alice)

    settings.JWT_INVALIDATION = {"STRATEGIES": [VERSION_STRATEGY]}
    answer = forge(browser, session)

    assert answer.status_code == 403
    assert not Revocation.objects.exists()
    settings.JWT_INVALIDATION = {}
    assert forge(browser, session).status_code == 302
    assert Revocation.objects.get().identifier == session.sid


def test_an_admin_of_sessions_that_others_may_view_keeps_the_action_to_itself(rf, root):
    class Wider(TokenSessionAdmin):
        def has_view_permission(self, request, obj=None):
            return True

    request = rf.get("/")
    request.user = root
    wider = Wider(TokenSession, pages.admin.site)
    assert list(wider.get_actions(request)) == ["end_sessions"]

    request.user = people.make("nobody")
    assert list(wider.get_actions(request)) == []


def test_the_number_of_queries_does_not_grow_with_the_sessions_selected(browser, alice):
    counts = []

    for number in (2, 12):
        crowd = [log_in(people.make(f"user{number}-{each}"))[1] for each in range(number)]
        with CaptureQueriesContext(connection) as asking:
            asked = select(browser, crowd)
        with CaptureQueriesContext(connection) as ending:
            pages.submit(browser, asked, "note", note="")
        counts.append((len(asking), len(ending)))

    assert counts[0] == counts[1]
