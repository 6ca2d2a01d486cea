"""Which device a request comes from, and which session a login on that device replaces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

LONGEST_USER_AGENT = 255


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
def answering(request: Any, *, sid: str | None = None) -> Iterator[None]:
    """Let sessions that start meanwhile belong to the device of ``request``, which is in ``sid``."""
    token = _current.set(Device(_address_of(request), _agent_of(request), sid))
    try:
        yield
    finally:
        _current.reset(token)


def _address_of(request: Any) -> str | None:
    # DRF's NUM_PROXIES says how much of X-Forwarded-For can be trusted. By default nothing can.
    if api_settings.NUM_PROXIES is None:
        address = request.META.get("REMOTE_ADDR", "")
    else:
        address = SimpleRateThrottle.get_ident(None, request)  # type: ignore[arg-type]  # it needs no self
    try:
        validate_ipv46_address(address)
    except ValidationError:
        return None
    return str(address)


def _agent_of(request: Any) -> str:
    agent = request.META.get("HTTP_USER_AGENT", "")
    printable = "".join(each if each.isprintable() else "?" for each in agent)
    return printable[:LONGEST_USER_AGENT]
