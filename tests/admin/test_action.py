"""The action on the list of users."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
import pytest

from jwt_invalidation.admin import users as users_admin
from jwt_invalidation.models import Revocation, TokenState
from tests.support import admin_pages as pages
from tests.support import people
from tests.support.pairs import assert_alive, assert_revoked

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]

NOTE = "Laptop stolen, ticket 4711."


def logged():
    """Return whom the histories say that something was done to, and what."""
    entries = LogEntry.objects.order_by("object_id").values_list("object_id", "change_message")
    return list(entries)


def test_the_action_asks_before_it_revokes(client, browser, alice, bob):
    pairs = [people.tokens(client, alice), people.tokens(client, bob)]

    page = pages.select(browser, [alice, bob])

    assert "Are you sure you want to revoke all tokens of 2 users?" in page.content.decode()
    assert f"<li>{alice}</li>" in page.content.decode()
    assert not Revocation.objects.exists()
    assert logged() == []
    for pair in pairs:
        assert_alive(client, pair)


def test_the_page_that_asks_runs_no_script_of_ours_and_has_a_link_back(browser, alice):
    page = pages.select(browser, [alice], query="?is_staff__exact=0")

    back = pages.url("changelist") + "?is_staff__exact=0"
    assert f'<a role="button" href="{back}" class="button cancel-link">' in page.content.decode()
    assert "cancel.js" not in page.content.decode()


def test_confirmed_it_kills_the_tokens_of_those_selected_and_of_nobody_else(
    client, browser, alice, bob
):
    """ASVS 5.0, item 7.4.5."""
    carol = people.make("carol")
    hers, his, carols = [people.tokens(client, each) for each in (alice, bob, carol)]

    page = pages.confirm(browser, pages.select(browser, [alice, carol]), NOTE)

    assert pages.messages_on(page) == [("success", "All tokens of 2 users were revoked.")]
    assert_revoked(client, hers)
    assert_revoked(client, carols)
    assert_alive(client, his)
    assert_alive(client, people.tokens(client, alice))


def test_the_log_and_the_histories_say_who_revoked_what_and_why(browser, root, alice, bob):
    pages.confirm(browser, pages.select(browser, [alice]), NOTE)

    entry = Revocation.objects.get()
    assert (entry.scope, entry.reason, entry.note) == ("user", "admin", NOTE)
    assert (entry.subject_id, entry.actor_id) == (alice.pk, root.pk)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.action_flag, entry.object_id) == (root, CHANGE, str(alice.pk))
    assert "Revoked all tokens." in browser.get(pages.url("history", alice)).content.decode()


def test_one_user_is_counted_as_one(browser, alice):
    page = pages.confirm(browser, pages.select(browser, [alice]))

    assert pages.messages_on(page) == [("success", "All tokens of 1 user were revoked.")]


def test_all_pages_of_a_filtered_list_are_revoked_by_a_single_hidden_key(
    client, browser, site, monkeypatch, alice, bob
):
    monkeypatch.setattr(site.get_model_admin(get_user_model()), "list_per_page", 2)
    people.make("dave")
    carol = people.make("carol", is_staff=True)
    hers, his, carols = [people.tokens(client, each) for each in (alice, bob, carol)]
    on_page = browser.get(pages.url("changelist") + "?is_staff__exact=0").context["cl"].result_list

    asked = pages.select(browser, on_page, query="?is_staff__exact=0", across=True)
    form = pages.form_on(asked, "note")
    page = pages.confirm(browser, asked)

    assert len(on_page) == 2
    assert "all tokens of 3 users?" in asked.content.decode()
    assert f"<li>{on_page[0]}</li>" not in asked.content.decode()
    assert form.hidden["select_across"] == ["1"]
    assert form.hidden["_selected_action"] == [str(on_page[0].pk)]
    assert pages.messages_on(page) == [("success", "All tokens of 3 users were revoked.")]
    assert page.request["QUERY_STRING"] == "is_staff__exact=0"
    assert_revoked(client, hers)
    assert_revoked(client, his)
    assert_alive(client, carols)


@pytest.mark.parametrize("note", ["x" * 1001, "a\0b"], ids=["too long", "a NUL"])
def test_an_impossible_note_is_asked_for_again_and_revokes_nothing(browser, alice, note):
    asked = pages.select(browser, [alice])

    again = pages.submit(browser, asked, "note", note=note)

    assert "errorlist" in again.content.decode()
    assert not Revocation.objects.exists()
    page = pages.confirm(browser, again, "shorter")
    assert pages.messages_on(page) == [("success", "All tokens of 1 user were revoked.")]
    assert Revocation.objects.get().note == "shorter"


def test_a_note_is_shown_as_it_was_written(browser, alice):
    asked = pages.select(browser, [alice])

    again = pages.submit(browser, asked, "note", note="<b>" * 400)

    assert "<b>" not in again.content.decode()
    assert "&lt;b&gt;" in again.content.decode()


def test_more_users_than_histories_can_hold_are_in_the_log_alone(browser, monkeypatch, alice, bob):
    monkeypatch.setattr(users_admin, "HISTORY_LIMIT", 1)

    page = pages.confirm(browser, pages.select(browser, [alice, bob]))

    [(level, message)] = pages.messages_on(page)
    assert level == "success"
    assert message.startswith("All tokens of 2 users were revoked.")
    assert message.endswith("see the revocation log.")
    assert logged() == []
    assert Revocation.objects.count() == 2


def test_as_many_users_as_histories_can_hold_are_in_each(browser, monkeypatch, alice, bob):
    monkeypatch.setattr(users_admin, "HISTORY_LIMIT", 2)

    pages.confirm(browser, pages.select(browser, [alice, bob]))

    keys = sorted([str(alice.pk), str(bob.pk)])
    assert logged() == [(key, "Revoked all tokens.") for key in keys]


def test_a_user_deleted_meanwhile_is_not_claimed_to_be_revoked(browser, alice):
    asked = pages.select(browser, [alice])
    alice.delete()

    page = pages.confirm(browser, asked)

    assert pages.messages_on(page) == [("warning", "All tokens of 0 users were revoked.")]
    assert logged() == []


def test_a_user_that_never_had_a_token_is_revoked_all_the_same(client, browser, alice):
    TokenState.objects.all().delete()

    page = pages.confirm(browser, pages.select(browser, [alice]))

    assert pages.messages_on(page) == [("success", "All tokens of 1 user were revoked.")]
    assert TokenState.objects.get(pk=alice.pk).not_before is not None


def test_the_number_of_queries_does_not_grow_with_the_users_selected(browser, alice, bob):
    crowd = [people.make(f"user{number}") for number in range(12)]
    pages.confirm(browser, pages.select(browser, [alice]))
    counts = []

    for users in ([alice, bob], crowd):
        asked = pages.select(browser, users)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            pages.submit(browser, asked, "note", note="")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_forged_form_of_another_site_revokes_nothing(browser, alice):
    pages.select(browser, [alice])

    answer = browser.post(
        pages.url("changelist"),
        {"action": "revoke_tokens", "post": "yes", "_selected_action": str(alice.pk)},
    )

    assert answer.status_code == 403
    assert not Revocation.objects.exists()
