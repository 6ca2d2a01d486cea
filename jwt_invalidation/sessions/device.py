"""Which device a request comes from, and which session of its own a session started now replaces."""

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
    """What a request tells of where it comes from; the user agent is the client's own word.

    ``sid`` is of the session that the device is in, by a verified token; empty if it shows none.
    """

    ip_address: str | None = None
    user_agent: str = ""
    sid: str = ""


_current: ContextVar[Device] = ContextVar("jwt_invalidation_device")


def current_device() -> Device:
    """Return the device of the request that is being answered, or one of which nothing is known."""
    return _current.get(Device())


@contextmanager
def answering(request: Any, *, sid: str = "") -> Iterator[None]:
    """Let sessions that are started meanwhile belong to the device of ``request``, now in ``sid``."""
    token = _current.set(Device(_address_of(request), _agent_of(request), sid))
    try:
        yield
    finally:
        _current.reset(token)


def _address_of(request: Any) -> str | None:
    # DRF's NUM_PROXIES says how much of X-Forwarded-For may be believed: by default, nothing.
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
