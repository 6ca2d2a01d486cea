"""``sessions/`` in pages: a plain list with links, or as the site's own lists are."""

from datetime import timedelta
import re

from django.utils import timezone
import pytest
from rest_framework import pagination

from jwt_invalidation.models import TokenSession
from jwt_invalidation.views import SessionListView
from tests.support import people
from tests.support.openapi import Declared, generate
from tests.support.queries import queries_of
from tests.support.sessions import sid_of

pytestmark = pytest.mark.django_db(transaction=True)

URL = "http://testserver/api/token/sessions/"


class Numbered(pagination.PageNumberPagination):
    page_size = 2


class Limited(pagination.LimitOffsetPagination):
    default_limit = 2


class Cursors(pagination.CursorPagination):
    page_size = 2
    ordering = "-created"  # of the site's own models


@pytest.fixture
def paginate(settings):
    def use(paginator):
        name = f"{paginator.__module__}.{paginator.__name__}"
        settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_PAGINATION_CLASS": name}

    return use


def start_others(user, count):
    """Copy the one session of ``user``; each copy was used longer ago than the one before."""
    session, now = TokenSession.objects.get(user=user.pk), timezone.now()
    copies = []
    for number in range(count):
        values = {each.attname: getattr(session, each.attname) for each in session._meta.fields}
        used_at = now - timedelta(minutes=number + 1)
        copies.append(TokenSession(**{**values, "sid": f"{number:032x}", "last_used_at": used_at}))
    TokenSession.objects.bulk_create(copies)
    return [each.sid for each in copies]


def get(client, pair, url=URL):
    answer = client.get(url, headers=people.authorized(pair["access"]))
    assert answer.status_code == 200, answer.content
    return answer


def links_of(answer):
    return {rel: url for url, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["Link"])}


def walk(client, pair, next_of):
    """Follow the next page of each answer; return the sids of each page."""
    pages, url = [], URL
    while url is not None:
        answer = get(client, pair, url)
        body = answer.json()
        pages.append([each["sid"] for each in (body if type(body) is list else body["results"])])
        url = next_of(answer)
    return pages


def test_a_few_sessions_are_one_plain_list_without_links(client, alice, phone):
    start_others(alice, 99)

    answer = get(client, phone)

    assert len(answer.json()) == 100
    assert "Link" not in answer.headers


def test_many_are_lists_of_a_hundred_and_the_links_lead_through_all(client, alice, phone):
    others = start_others(alice, 250)

    pages = walk(
        client,
        phone,
        lambda answer: links_of(answer).get("next"),
    )

    assert [len(page) for page in pages] == [100, 100, 51]
    assert [sid for page in pages for sid in page] == [sid_of(phone), *others]


def test_the_links_of_a_page_in_the_middle_lead_to_both_sides(client, alice, phone):
    start_others(alice, 250)

    links = links_of(get(client, phone, f"{URL}?page=2"))

    assert links == {"prev": URL, "next": f"{URL}?page=3"}


def test_the_number_of_queries_is_the_same_however_many_sessions_there_are(client, alice, phone):
    few = len(queries_of(lambda: get(client, phone)))
    start_others(alice, 250)
    many = len(queries_of(lambda: get(client, phone)))

    assert few == many == 3


def test_pages_are_of_ones_own_sessions_alone(client, alice, bob, phone):
    his = people.tokens(client, bob)
    start_others(bob, 120)

    assert [each["sid"] for each in get(client, phone).json()] == [sid_of(phone)]
    assert len(get(client, his).json()) == 100


@pytest.mark.parametrize("page", ["0", "-1", "3", "x", "9" * 5_000, "1.0", "%00"])
def test_a_page_that_is_not_there_is_not_found(client, alice, phone, page):
    headers = people.authorized(phone["access"])

    assert client.get(f"{URL}?page={page}", headers=headers).status_code == 404
    assert len(get(client, phone, f"{URL}?page=last").json()) == 1


@pytest.mark.parametrize("paginator", [Numbered, Limited, Cursors])
def test_a_site_with_pages_of_its_own_has_them_here_as_well(
    client, alice, phone, paginate, paginator
):
    paginate(paginator)
    others = start_others(alice, 4)

    pages = walk(client, phone, lambda answer: answer.json()["next"])

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [sid for page in pages for sid in page] == [sid_of(phone), *others]


@pytest.mark.parametrize(
    "paginator", [pagination.PageNumberPagination, pagination.LimitOffsetPagination]
)
def test_where_the_sites_own_pages_have_no_end_ours_are_taken(
    client, alice, phone, paginate, paginator
):
    paginate(paginator)
    start_others(alice, 120)

    answer = get(client, phone)

    assert len(answer.json()) == 100
    assert links_of(answer) == {"next": f"{URL}?page=2"}


@pytest.mark.parametrize("cursor", ["cD1qdW5r", "x", "", "cD0wMDAwLTAwLTAw"])
def test_a_cursor_that_nobody_was_given_is_no_error_of_the_server(client, phone, paginate, cursor):
    paginate(Cursors)

    answer = client.get(f"{URL}?cursor={cursor}", headers=people.authorized(phone["access"]))

    assert answer.status_code in (200, 404)


def test_a_child_of_the_view_can_have_pages_of_its_own(alice, phone, rf):
    class Pairs(SessionListView):
        pagination_class = Numbered

    start_others(alice, 4)
    request = rf.get("/", headers=people.authorized(phone["access"]))

    answer = Pairs.as_view()(request)

    assert (answer.data["count"], len(answer.data["results"])) == (5, 2)


@pytest.mark.parametrize("paginator", [None, Numbered, Limited, Cursors])
def test_the_schema_declares_the_pages_that_are_answered(client, alice, phone, paginate, paginator):
    if paginator is not None:
        paginate(paginator)
    declared = Declared(generate())
    start_others(alice, 4)

    answer = get(client, phone)

    declared.assert_answers(answer)
    names = {each["name"] for each in declared.operation_of(answer)["parameters"]}
    assert names & {"page", "offset", "cursor"}
