"""Which device a request comes from, and which session a login on that device replaces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
import re
from typing import Any, NamedTuple

from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

from ..conf import conf

LONGEST_USER_AGENT = 255
WITH_PORT = re.compile(r"(?P<v4>[0-9.]+):[0-9]{1,5}|\[(?P<v6>[^\]]+)\](:[0-9]{1,5})?")
# Of an address that is truncated, by its version.
KEPT_BITS = {4: 24, 6: 48}


class Device(NamedTuple):
    """Where a request says that it comes from. The user agent is what the client claims.

    ``sid`` is the session that the device is in according to a verified token, if it sent one.
    """

    ip_address: str | None = None
    user_agent: str = ""
    sid: str | None = None


_current: ContextVar[Device] = ContextVar("jwt_invalidation_device")


def current_device() -> Device:
    """Return the device of the request that is being answered, or an unknown one."""
    return _current.get(Device())


@contextmanager
def device_of(request: Any, *, sid: str | None = None) -> Iterator[None]:
    """Let the sessions that start inside the block be of the device that ``request`` comes from.

    Use it around code of your own that mints a token at a login: a social login, a code by mail.
    ``request`` is Django's or DRF's. ``sid`` is the session that the device is in already, according
    to a verified token: the new one replaces it.
    """
    token = _current.set(Device(_address_of(request), _agent_of(request), sid))
    try:
        yield
    finally:
        _current.reset(token)


def _address_of(request: Any) -> str | None:
    """Return as much of the address as the settings let us keep; None for what is no address."""
    if conf.SESSION_IP_ADDRESS not in ("full", "truncated"):
        return None
    # DRF's NUM_PROXIES says how much of X-Forwarded-For can be trusted. By default nothing can.
    if api_settings.NUM_PROXIES is None:
        declared = request.META.get("REMOTE_ADDR")
    else:
        declared = SimpleRateThrottle.get_ident(None, request)  # type: ignore[arg-type]  # it needs no self
    try:
        address = ip_address(_without_port(declared or ""))
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        # A socket for both families shows an IPv4 address like this. Databases store no zone.
        address = address.ipv4_mapped or IPv6Address(int(address))
    return str(address if conf.SESSION_IP_ADDRESS == "full" else _network_of(address))


def _without_port(address: str) -> str:
    """Return the address of ``192.0.2.1:80`` or ``[2001:db8::1]:80``, as some proxies write it."""
    found = WITH_PORT.fullmatch(address)
    return address if found is None else found["v4"] or found["v6"]


def _network_of(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the address without what names a single household."""
    return ip_network((address, KEPT_BITS[address.version]), strict=False).network_address


def _agent_of(request: Any) -> str:
    agent = request.META.get("HTTP_USER_AGENT", "")
    printable = "".join(each if each.isprintable() else "?" for each in agent)
    return printable[:LONGEST_USER_AGENT]
