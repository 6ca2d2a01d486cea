"""The device of a session: the address and user agent of the login, as much as the site may keep."""

from asgiref.sync import async_to_sync, sync_to_async
from django.http import JsonResponse
from django.test import AsyncClient, RequestFactory
from django.urls import path
import pytest

from jwt_invalidation.models import TokenSession
from jwt_invalidation.sessions import device_of
from jwt_invalidation.tokens import RefreshToken
from jwt_invalidation.users import user_model
from tests.support import people
from tests.support.pairs import assert_alive

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


def pair_for(user, request):
    """Mint as a login of a project's own does."""
    with device_of(request):
        refresh = RefreshToken.for_user(user)
    return {"refresh": str(refresh), "access": str(refresh.access_token)}


def social_login(request):
    return JsonResponse(pair_for(user_model().objects.get(), request))


async def async_social_login(request):
    user = await user_model().objects.aget()
    return JsonResponse(await sync_to_async(pair_for)(user, request))


urlpatterns = [path("social/", social_login), path("async-social/", async_social_login)]


def address_at_login(client, user, *, remote="192.0.2.7", **headers):
    """Log in and return the address on record."""
    body = people.credentials(user)
    answer = client.post("/api/token/", body, format="json", headers=headers, REMOTE_ADDR=remote)
    assert answer.status_code == 200
    return TokenSession.objects.get().ip_address


@pytest.mark.urls(__name__)
def test_a_login_of_ones_own_belongs_to_the_device_of_its_request(client, alice):
    client.get("/social/", headers={"User-Agent": "Firefox"}, REMOTE_ADDR="192.0.2.7")

    session = TokenSession.objects.get()
    assert (session.ip_address, session.user_agent) == ("192.0.2.7", "Firefox")


@pytest.mark.urls(__name__)
def test_so_does_one_in_an_async_view(alice):
    answer = async_to_sync(AsyncClient().get)("/async-social/", headers={"User-Agent": "Firefox"})

    assert answer.status_code == 200
    session = TokenSession.objects.get()
    assert (session.ip_address, session.user_agent) == ("127.0.0.1", "Firefox")


def test_a_login_of_ones_own_can_replace_the_session_that_the_device_is_in(client, alice):
    request = RequestFactory().get("/")
    former = pair_for(alice, request)

    with device_of(request, sid=RefreshToken(former["refresh"])["sid"]):
        refresh = RefreshToken.for_user(alice)

    assert people.ask(client, former["access"]).status_code == 401
    assert_alive(client, {"refresh": str(refresh), "access": str(refresh.access_token)})


def test_outside_the_block_a_session_is_of_no_known_device(alice):
    with pytest.raises(ZeroDivisionError), device_of(RequestFactory().get("/")):
        raise ZeroDivisionError

    RefreshToken.for_user(alice)

    assert TokenSession.objects.get().ip_address is None


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ("203.0.113.7:41234", "203.0.113.7"),
        ("203.0.113.7", "203.0.113.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%eth0]:443", "fe80::1"),
    ],
)
@pytest.mark.parametrize("by", ["connection", "proxy"])
def test_an_address_is_kept_however_it_is_written(client, alice, settings, by, shown, kept):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1 if by == "proxy" else 0}

    if by == "proxy":
        address = address_at_login(client, alice, **{"X-Forwarded-For": f"10.0.0.1, {shown}"})
    else:
        address = address_at_login(client, alice, remote=shown)

    assert address == kept


@pytest.mark.parametrize(
    "junk",
    [
        "",
        "unknown",
        "_hidden",
        "unix:",
        ":80",
        "203.0.113.7:",
        "203.0.113.7:http",
        "203.0.113.7:123456",
        "1.2.3:80",
        "203.0.113.7:80:80",
        "[]:443",
        "[2001:db8::1",
        "2001:db8::1]:443",
        "[[2001:db8::1]]:443",
        "[203.0.113.7]x",
        "2001:db8::1::2",
        "203.0.113.٧",
        "1" * 5_000,
        "\x00",
    ],
)
def test_what_is_no_address_is_not_kept_and_stops_no_login(client, alice, settings, junk):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    request = RequestFactory().get("/")
    request.META["HTTP_X_FORWARDED_FOR"] = junk

    assert_alive(client, pair_for(alice, request))

    assert TokenSession.objects.get().ip_address is None


@pytest.mark.parametrize("proxies", [None, 0, 1])
def test_a_request_of_no_known_address_stops_no_login(alice, settings, proxies):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    request = RequestFactory().get("/")
    del request.META["REMOTE_ADDR"]

    pair_for(alice, request)

    assert TokenSession.objects.get().ip_address is None


@pytest.mark.parametrize(
    ("policy", "address", "kept"),
    [
        ("full", "203.0.113.7", "203.0.113.7"),
        ("full", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6"),
        ("truncated", "203.0.113.7", "203.0.113.0"),
        ("truncated", "203.0.113.7:41234", "203.0.113.0"),
        ("truncated", "2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("truncated", "::ffff:203.0.113.7", "203.0.113.0"),
        ("truncated", "rubbish", None),
        ("none", "203.0.113.7", None),
        ("none", "2001:db8:1:2:3:4:5:6", None),
        # The checks report it. Until then less is kept, not more.
        ("Full", "203.0.113.7", None),
    ],
)
def test_a_site_keeps_as_much_of_an_address_as_it_wants(
    client, alice, settings, policy, address, kept
):
    settings.JWT_INVALIDATION = {"SESSION_IP_ADDRESS": policy}

    assert address_at_login(client, alice, remote=address) == kept


def test_without_addresses_the_user_agent_is_kept(client, alice, settings):
    settings.JWT_INVALIDATION = {"SESSION_IP_ADDRESS": "none"}

    address_at_login(client, alice, **{"User-Agent": "Firefox"})

    assert TokenSession.objects.get().user_agent == "Firefox"
