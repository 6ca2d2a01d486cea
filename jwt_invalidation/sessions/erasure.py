"""Erase what sessions say about the devices of a user, who may ask for it by law (GDPR, article 17)."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.db import transaction

from ..models import TokenSession
from ..state.deadlocks import retried_after_deadlock
from ..state.locks import lock_users
from ..users import primary_keys_of, write_alias


@retried_after_deadlock
def erase_devices(user: Any) -> int:
    """Blank address and user agent of all sessions of ``user``; return how many had one.

    ``user`` is an instance or a primary key. Sessions that are over are blanked as well. Those that
    are live go on. The log of revocations holds neither. Raise ``TypeError`` or ``ValueError`` for
    what is not a user.
    """
    using = write_alias()
    user_ids = primary_keys_of([user])
    sessions = TokenSession.objects.using(using).filter(user__in=user_ids)
    with transaction.atomic(using=using):
        # First, as by everybody else who writes several sessions: so nobody waits in a circle.
        lock_users(user_ids, using=using)
        of_known_device = sessions.exclude(ip_address=None, user_agent="")
        return of_known_device.update(ip_address=None, user_agent="")


aerase_devices = sync_to_async(erase_devices)
