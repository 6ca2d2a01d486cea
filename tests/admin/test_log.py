"""The token states and the revocation log in the admin: read, searched, never written by hand."""

from datetime import UTC, datetime

from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
import pytest

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation, TokenState
from jwt_invalidation.reconciliation import reconcile
from tests.support import admin_pages as pages
from tests.support import people

pytestmark = pytest.mark.django_db

MODELS = pytest.mark.parametrize("model", [TokenState, Revocation], ids=["states", "log"])


DATES = {TokenState: "version_changed_at", Revocation: "created_at"}


def address(model, page="changelist", *args):
    return reverse(f"admin:jwt_invalidation_{model._meta.model_name}_{page}", args=args)


def listed(browser, model, **query):
    """Return what a list shows."""
    page = browser.get(address(model), query)
    assert page.status_code == 200, page
    return list(page.context["cl"].result_list)


@MODELS
def test_the_lists_and_pages_can_be_read(browser, alice, model):
    revocation.revoke_user(alice, reason="admin", note="Laptop stolen.")
    [row] = model.objects.all() if model is Revocation else model.objects.filter(user=alice)

    seen = browser.get(address(model)).content.decode()
    page = browser.get(address(model, "change", pages.quote(row.pk))).content.decode()

    assert alice.get_username() in seen
    assert alice.get_username() in page
    assert str(row.version if model is Revocation else row.token_version) in page.replace(",", "")


@MODELS
def test_nothing_can_be_added_changed_or_deleted(browser, alice, model):
    revocation.revoke_user(alice, reason="admin")
    row = model.objects.first()
    key = pages.quote(row.pk)
    page = browser.get(address(model, "change", key))
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    before = list(model.objects.values())

    answers = [
        browser.get(address(model, "add")),
        browser.post(address(model, "add"), token),
        browser.post(address(model, "change", key), {**token, "note": "forged", "is_active": ""}),
        browser.get(address(model, "delete", key)),
        browser.post(address(model, "delete", key), {**token, "post": "yes"}),
    ]
    deletion = {"action": "delete_selected", "post": "yes", "_selected_action": str(row.pk)}
    browser.post(address(model), {**token, **deletion})

    assert [answer.status_code for answer in answers] == [403] * 5
    assert list(model.objects.values()) == before
    for forbidden in ("deletelink", 'name="_save"', address(model, "add")):
        assert forbidden not in page.content.decode()
    assert "delete_selected" not in browser.get(address(model)).content.decode()


@MODELS
def test_the_index_offers_to_view_them_and_nothing_else(site, rf, root, model):
    request = rf.get("/")
    request.user = root

    offered = site.get_model_admin(model).get_model_perms(request)

    assert offered == {"add": False, "change": False, "delete": False, "view": True}


@pages.needs_permissions
@MODELS
def test_to_view_them_takes_djangos_own_permission(site, alice, model):
    clerk = pages.staff("view_user", f"view_{model._meta.model_name}")
    browser = pages.log_in(clerk)
    other = Revocation if model is TokenState else TokenState

    assert browser.get(address(model)).status_code == 200
    assert browser.get(address(other)).status_code == 403


def test_no_fingerprint_is_shown_or_can_be_filtered_for(browser, alice):
    row = TokenState.objects.get(user=alice)
    TokenState.objects.filter(user=alice).update(rehashed_fingerprints="5" * 64)
    page = address(TokenState, "change", pages.quote(alice.pk))

    for shown in (browser.get(address(TokenState)), browser.get(page)):
        assert row.password_fingerprint not in shown.content.decode()
        assert "5" * 64 not in shown.content.decode()
        assert "ingerprint" not in shown.content.decode()
    for name in ("password_fingerprint", "rehashed_fingerprints"):
        filtered = browser.get(address(TokenState), {f"{name}__startswith": "5"})
        assert filtered.status_code == 400
    assert listed(browser, TokenState, token_version__exact=row.token_version) == [row]


def test_a_state_is_found_by_user_name_activity_and_date(browser, root, alice, bob):
    TokenState.objects.filter(user=bob).update(
        is_active=False, version_changed_at=datetime(2026, 1, 31, 12, tzinfo=UTC)
    )
    hers, his = (TokenState.objects.get(user=each) for each in (alice, bob))

    assert listed(browser, TokenState, q="alice") == [hers]
    assert listed(browser, TokenState, is_active__exact=0) == [his]
    assert listed(
        browser, TokenState, version_changed_at__year=2026, version_changed_at__month=1
    ) == [his]
    assert listed(browser, TokenState)[-1] == his


def test_a_revocation_is_found_by_names_note_scope_reason_and_date(browser, root, alice, bob):
    revocation.revoke_user(alice, reason="logout", note="by herself")
    revocation.revoke_user(bob, reason="admin", actor=root)
    revocation.revoke_everyone(reason="other", note="key leaked")
    Revocation.objects.filter(subject_id=bob.pk).update(
        created_at=datetime(2026, 1, 31, 12, tzinfo=UTC)
    )
    hers, his, all_of_them = (
        Revocation.objects.get(reason=each) for each in ("logout", "admin", "other")
    )

    assert listed(browser, Revocation, q="alice") == [hers]
    assert listed(browser, Revocation, q="root") == [his]
    assert listed(browser, Revocation, q="leaked") == [all_of_them]
    assert listed(browser, Revocation, scope__exact="everyone") == [all_of_them]
    assert listed(browser, Revocation, reason__exact="admin") == [his]
    assert listed(browser, Revocation, created_at__year=2026, created_at__month=1) == [his]
    assert listed(browser, Revocation) == [all_of_them, hers, his]


def test_what_had_changed_behind_djangos_back_is_shown_and_found(browser, alice, bob):
    type(alice).objects.filter(pk=alice.pk).update(password="changed")
    reconcile(alice.pk)
    revocation.revoke_user(bob, reason="admin")
    hers = Revocation.objects.get(subject_id=alice.pk)

    seen = browser.get(address(Revocation)).content.decode()
    page = browser.get(address(Revocation, "change", hers.pk)).content.decode()

    assert '<td class="field-cause">Password changed</td>' in seen
    assert '<td class="field-cause">-</td>' in seen
    assert "Password changed" in page
    assert listed(browser, Revocation, cause__exact="password_changed") == [hers]
    assert listed(browser, Revocation, subject_id=alice.pk) == [hers]


def test_a_revocation_of_everyone_by_nobody_names_nobody(browser):
    revocation.revoke_everyone(reason="other")
    row = Revocation.objects.get()

    seen = browser.get(address(Revocation)).content.decode()
    page = browser.get(address(Revocation, "change", row.pk)).content.decode()

    assert '<td class="field-subject_name">-</td>' in seen
    assert "None" not in page


def test_lines_outlive_their_subject_and_actor_and_show_their_keys(browser, alice, bob):
    revocation.revoke_user(alice, reason="admin", actor=bob, note="both will go")
    hers, his = alice.pk, bob.pk
    alice.delete()
    bob.delete()
    row = Revocation.objects.get(reason="admin")

    for page in (address(Revocation), address(Revocation, "change", row.pk)):
        shown = browser.get(page)
        assert shown.status_code == 200
        assert f"{hers} (deleted)" in shown.content.decode()
        assert f"{his} (deleted)" in shown.content.decode()
    assert listed(browser, Revocation, q="both will go") == [row]


@MODELS
def test_the_lists_offer_dates_to_choose_from_only_where_the_database_knows_the_time_zone(
    browser, alice, monkeypatch, model
):
    revocation.revoke_user(alice, reason="admin")
    model.objects.update(**{DATES[model]: datetime(2026, 1, 31, 12, tzinfo=UTC)})
    knows = True if connection.vendor != "mysql" else connection.features.has_zoneinfo_database

    day = f"?{DATES[model]}__day=31&amp;"
    assert (day in browser.get(address(model)).content.decode()) == knows

    # What MariaDB answers as long as its time zone tables are empty.
    monkeypatch.setattr(connection.features, "has_zoneinfo_database", False)
    monkeypatch.setattr(connection.ops, "datetime_trunc_sql", lambda *args: ("NULL", ()))
    assert day not in browser.get(address(model)).content.decode()
    year = {f"{DATES[model]}__year": 2026}
    assert len(listed(browser, model, **year)) == model.objects.count()


@MODELS
def test_the_number_of_queries_of_a_list_does_not_grow_with_its_rows(browser, root, model):
    moment = datetime(2026, 1, 31, 12, tzinfo=UTC)
    counts = []

    for number in range(2):
        crowd = [people.make(f"user{number}-{each}") for each in range(2 + 10 * number)]
        revocation.revoke_users(crowd, reason="admin", actor=root)
        TokenState.objects.update(version_changed_at=moment)
        Revocation.objects.update(created_at=moment)
        browser.get(address(model))
        with CaptureQueriesContext(connection) as queries:
            assert len(listed(browser, model)) > len(crowd) - 1
        counts.append(len(queries))

    # The session and its user, two counts at most, the dates and the rows.
    assert counts[0] == counts[1] <= 9


@MODELS
def test_a_page_is_one_query_beside_the_session(browser, root, alice, model):
    revocation.revoke_user(alice, reason="admin", actor=root)
    row = model.objects.first()
    page = address(model, "change", pages.quote(row.pk))
    browser.get(page)

    with CaptureQueriesContext(connection) as queries:
        browser.get(page)

    table = model._meta.db_table
    assert len([each for each in queries if table in each["sql"]]) == 1


def test_the_stock_site_has_both_and_not_the_epoch():
    registered = {model._meta.model_name for model in admin.site._registry}

    assert {"tokenstate", "revocation"} <= registered
    assert "tokenepoch" not in registered
