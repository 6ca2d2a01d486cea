"""The live sessions on a user's own page."""

from datetime import timedelta
import time

from django.contrib import admin
from django.contrib.admin.sites import all_sites
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import OneToOneField
from django.test.utils import CaptureQueriesContext, isolate_apps
import pytest

from jwt_invalidation import sessions
from jwt_invalidation.admin import RevokeTokensMixin
from jwt_invalidation.admin import inlines as our_inlines
from jwt_invalidation.conf import VERSION_STRATEGY
from jwt_invalidation.models import TokenSession
from tests.support import admin_pages as pages
from tests.support import people
from tests.support.device_logins import log_in
from tests.support.pairs import assert_alive

pytestmark = [pytest.mark.django_db, pytest.mark.any_user_model]

PREFIX = "token_sessions"
LINK = "allsessionslink"


class Own(RevokeTokensMixin, admin.ModelAdmin):
    fields = ["is_staff"]


@pytest.fixture
def serve(settings):
    """Return a function that serves the user model by one admin class, and no list of sessions."""
    served = []

    def serve_by(admin_class=Own, model=None):
        site = admin.AdminSite(name=pages.OTHER_SITE)
        served.append(site)
        site.register(model or get_user_model(), admin_class)
        pages.serve(settings, site)

    yield serve_by
    all_sites.difference_update(served)


def page_of(user, **options):
    return pages.url("change", user, **options)


def shown(browser, user, **options):
    """Return the sessions on the user's page."""
    page = browser.get(page_of(user, **options))
    assert page.status_code == 200, page
    formsets = [each.formset for each in page.context["inline_admin_formsets"]]
    [formset] = [each for each in formsets if each.model is TokenSession]
    return [form.instance for form in formset.forms]


def test_a_users_page_shows_the_live_sessions_the_latest_login_first(clock, browser, alice, bob):
    log_in(bob, agent="Bob's browser")
    _, first = log_in(alice, agent="Safari on iOS", address="2001:db8::7")
    clock.shift(timedelta(minutes=1))
    _, ended = log_in(alice, agent="An ended one")
    _, expired = log_in(alice, agent="An expired one")
    clock.shift(timedelta(minutes=1))
    _, last = log_in(alice)
    sessions.end_session(ended.sid, reason="logout")
    TokenSession.objects.filter(sid=expired.sid).update(idle_exp=int(time.time()))

    text = browser.get(page_of(alice)).content.decode()

    assert shown(browser, alice) == [last, first]
    assert "Live sessions" in text
    for seen in (
        "Safari on iOS",
        "2001:db8::7",
        "March 1, 2026, 1 p.m.",
        "March 1, 2026, 1:02 p.m.",
    ):
        assert seen in text
    for unseen in ("Bob's browser", "Bob&#x27;s browser", "An ended one", "An expired one"):
        assert unseen not in text


def test_no_id_of_a_token_is_shown(browser, alice):
    _, session = log_in(alice)
    TokenSession.objects.update(previous_jti="5" * 32)

    text = browser.get(page_of(alice)).content.decode()

    assert session.sid in text
    assert session.current_jti not in text
    assert "5" * 32 not in text


def test_a_link_leads_to_all_sessions_of_the_user_and_one_to_each(browser, alice, bob):
    log_in(bob)
    _, live = log_in(alice)
    _, ended = log_in(alice)
    sessions.end_session(ended.sid, reason="logout")

    text = browser.get(page_of(alice)).content.decode()
    [address] = [part.partition('"')[0] for part in text.split('href="') if LINK in part[:200]]
    everything = browser.get(address.replace("&amp;", "&"))

    assert set(everything.context["cl"].result_list) == {live, ended}
    assert f'href="{pages.url("change", live, model=TokenSession)}"' in text


def test_only_so_many_are_shown(browser, monkeypatch, alice):
    monkeypatch.setattr(our_inlines, "SHOWN", 2)
    everything = [log_in(alice)[1] for _ in range(3)]
    everything.sort(key=lambda session: session.created_at, reverse=True)

    assert shown(browser, alice) == everything[:2]
    assert LINK in browser.get(page_of(alice)).content.decode()


def test_a_user_who_is_nowhere_logged_in_has_an_empty_table(browser, alice):
    assert shown(browser, alice) == []
    assert LINK in browser.get(page_of(alice)).content.decode()


def test_a_new_user_has_no_table_yet(browser):
    assert PREFIX not in browser.get(pages.url("add")).content.decode()


def test_a_site_without_the_list_of_sessions_shows_those_of_the_user_without_links(
    serve, root, alice
):
    serve()
    _, session = log_in(alice)
    browser = pages.log_in(root)

    assert shown(browser, alice) == [session]
    assert LINK not in browser.get(page_of(alice)).content.decode()


def filled_in(browser, user, **filled):
    """Return what a browser that has shown the user's page sends to save it."""
    form = pages.form_on(browser.get(page_of(user)), "_save")
    return form.fill(**filled)


def is_staff(user):
    return type(user).objects.get(pk=user.pk).is_staff


def test_a_user_whose_session_ends_while_the_page_is_open_can_be_saved(serve, root, alice):
    serve()
    _, session = log_in(alice)
    log_in(alice)
    browser = pages.log_in(root)
    sent = filled_in(browser, alice, is_staff="on", _save="Save")
    assert sent[f"{PREFIX}-INITIAL_FORMS"] == ["2"]

    sessions.end_session(session.sid, reason="logout")
    answer = browser.post(page_of(alice), sent)

    assert answer.status_code == 302
    assert is_staff(alice)


def test_a_user_can_be_saved_by_a_form_that_knows_nothing_of_sessions(serve, root, alice):
    serve()
    log_in(alice)
    browser = pages.log_in(root)
    sent = filled_in(browser, alice, is_staff="on", _save="Save")

    answer = browser.post(
        page_of(alice), {name: sent[name] for name in ("csrfmiddlewaretoken", "is_staff", "_save")}
    )

    assert answer.status_code == 302
    assert is_staff(alice)
    assert TokenSession.objects.get().ended_at is None


def test_what_is_sent_of_sessions_is_not_read(client, serve, root, alice, bob):
    serve()
    hers, _ = log_in(alice)
    _, his = log_in(bob)
    browser = pages.log_in(root)
    before = list(TokenSession.objects.order_by("sid").values())
    sent = filled_in(browser, alice, is_staff="on", _save="Save")
    forged = {
        f"{PREFIX}-TOTAL_FORMS": "9",
        f"{PREFIX}-INITIAL_FORMS": "9",
        f"{PREFIX}-MAX_NUM_FORMS": "9",
        f"{PREFIX}-0-sid": his.sid,
        f"{PREFIX}-0-user_agent": "forged",
        f"{PREFIX}-0-DELETE": "on",
        f"{PREFIX}-1-sid": "0" * 32,
        f"{PREFIX}-1-user_agent": "forged",
    }

    assert browser.post(page_of(alice), {**sent, **forged}).status_code == 302

    assert is_staff(alice)
    assert list(TokenSession.objects.order_by("sid").values()) == before
    assert_alive(client, hers)


def test_a_page_that_is_sent_back_for_its_mistakes_shows_the_sessions_of_now(serve, root, alice):
    class Fussy(Own):
        fields = ["password"]

    serve(Fussy)
    _, ended = log_in(alice)
    browser = pages.log_in(root)
    sent = filled_in(browser, alice, password="", _save="Save")
    sessions.end_session(ended.sid, reason="logout")
    now = [log_in(alice)[1] for _ in range(2)]

    again = browser.post(page_of(alice), sent)

    assert again.status_code == 200
    text = again.content.decode()
    assert "errorlist" in text
    assert [each.sid in text for each in (ended, *now)] == [False, True, True]


def test_a_user_can_be_saved_as_new(serve, root, alice):
    class Copying(Own):
        fields = [get_user_model().USERNAME_FIELD]
        save_as = True

    serve(Copying)
    log_in(alice)
    browser = pages.log_in(root)
    name = people.login_name("carol")
    sent = filled_in(browser, alice, **{get_user_model().USERNAME_FIELD: name})

    answer = browser.post(page_of(alice), {**sent, "_saveasnew": "Save as new"})

    assert answer.status_code == 302
    assert get_user_model().objects.filter(**{get_user_model().USERNAME_FIELD: name}).exists()
    assert TokenSession.objects.get().user == alice


def test_an_admin_keeps_the_inlines_that_it_names_itself(rf, root, alice):
    class Naming(Own):
        inlines = (admin.TabularInline,)

    request = rf.get("/")
    request.user = root
    naming = Naming(get_user_model(), admin.site)

    [first, second] = naming.get_inlines(request, alice)

    assert first is admin.TabularInline
    assert second is our_inlines.TokenSessionInline
    assert naming.get_inlines(request, None) == [first]


def test_an_admin_may_name_ours_for_a_parent_of_the_user_model_and_passes_djangos_checks():
    for model in (get_user_model(), *get_user_model()._meta.all_parents):
        assert our_inlines.TokenSessionInline(model, admin.site).check() == []


def test_the_number_of_queries_does_not_grow_with_the_sessions(browser, alice):
    counts = []

    for number in (2, 12):
        for _ in range(number):
            log_in(alice)
        browser.get(page_of(alice))
        with CaptureQueriesContext(connection) as queries:
            browser.get(page_of(alice))
        table = TokenSession._meta.db_table
        assert len([each for each in queries if table in each["sql"]]) == 1
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pages.needs_permissions
def test_only_with_the_permission_to_revoke_the_sessions_are_shown(site, alice):
    _, session = log_in(alice)
    clerk = pages.staff("view_user", "change_user", "view_tokensession", "change_tokensession")
    browser = pages.log_in(clerk)

    closed = browser.get(page_of(alice))
    assert closed.status_code == 200
    for hidden in (PREFIX, session.sid, LINK):
        assert hidden not in closed.content.decode()

    pages.allow(clerk, "view_user", "revoke_tokens")
    assert shown(browser, alice) == [session]


@pages.needs_permissions
def test_an_admin_that_lets_more_people_revoke_does_not_show_them_who_is_in(serve, alice):
    class Wider(Own):
        def has_revoke_tokens_permission(self, request, obj=None):
            return True

    serve(Wider)
    _, session = log_in(alice)

    page = pages.log_in(pages.staff("view_user", "change_user")).get(page_of(alice))

    assert "revoketokenslink" in page.content.decode()
    assert session.sid not in page.content.decode()


def test_an_admin_that_forbids_to_revoke_of_some_users_does_not_show_their_sessions(
    serve, root, alice, bob
):
    class Narrower(Own):
        def has_revoke_tokens_permission(self, request, obj=None):
            return obj != alice

    serve(Narrower)
    _, hers = log_in(alice)
    _, his = log_in(bob)
    browser = pages.log_in(root)

    assert hers.sid not in browser.get(page_of(alice)).content.decode()
    assert shown(browser, bob) == [his]


def test_where_no_token_is_held_to_its_session_none_is_shown(settings, browser, alice):
    _, session = log_in(alice)
    assert shown(browser, alice) == [session]

    settings.JWT_INVALIDATION = {"STRATEGIES": [VERSION_STRATEGY]}

    assert PREFIX not in browser.get(page_of(alice)).content.decode()


def test_a_proxys_page_shows_the_sessions_of_its_user(serve, root, alice, bob):
    with isolate_apps(get_user_model()._meta.app_config.name):

        class Patron(get_user_model()):
            class Meta:
                proxy = True
                app_label = get_user_model()._meta.app_label

    serve(model=Patron)
    log_in(bob)
    _, hers = log_in(alice)
    browser = pages.log_in(root)

    assert shown(browser, alice, model=Patron) == [hers]
    form = pages.form_on(browser.get(page_of(alice, model=Patron)), "_save")
    sent = form.fill(is_staff="on", _save="Save")
    assert browser.post(page_of(alice, model=Patron), sent).status_code == 302
    assert is_staff(alice)
    # What is rolled back with the test must not be remembered.
    ContentType.objects.clear_cache()


@pytest.mark.skipif(
    not isinstance(get_user_model()._meta.pk, OneToOneField),
    reason="this user model is no multi-table child",
)
def test_the_page_of_the_parent_shows_the_sessions_of_a_user_and_none_of_others(serve, root):
    parent = get_user_model()._meta.pk.related_model
    serve(model=parent)
    alice = people.make("alice")
    _, hers = log_in(alice)
    stranger = parent.objects.create_user("stranger", password=people.PASSWORD)
    browser = pages.log_in(root)

    assert shown(browser, parent.objects.get(pk=alice.pk), model=parent) == [hers]
    assert shown(browser, stranger, model=parent) == []
