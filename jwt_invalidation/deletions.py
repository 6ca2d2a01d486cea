"""Record the deletion of users: all that one deletion takes along, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CASCADE, QuerySet

from .models import TokenState
from .reconciliation import record_deletions
from .users import concrete_user_model, primary_key_of, users_may_have_tokens

if TYPE_CHECKING:
    from django.db.models import Field
    from django.db.models.deletion import Collector


def watch() -> None:
    """Let `cascade_to_states` decide what becomes of the token states of deleted users."""
    TokenState._meta.get_field("user").remote_field.on_delete = cascade_to_states


def cascade_to_states(
    collector: Collector, field: Field[Any, Any], sub_objs: QuerySet[TokenState], using: str
) -> None:
    """Delete token states with their users, as CASCADE does, once the deletion is recorded.

    A receiver of ``pre_delete`` would be called for one user at a time, and not be told who else is
    deleted. Django calls this while it collects, so here is the collector, which knows them all. It
    makes its bulk deletions after all ``pre_delete`` signals and before it deletes anything else.
    """
    if not any(isinstance(each, _Record) for each in collector.fast_deletes):
        record = _Record(TokenState).none()
        record.collector = collector
        collector.fast_deletes.insert(0, record)
    CASCADE(collector, field, sub_objs, using)


# Users without a state are told of as well, so Django need not look for states first.
cascade_to_states.lazy_sub_objs = True  # type: ignore[attr-defined]  # as Django marks SET_NULL


class _Record(QuerySet[TokenState]):
    """Stands among a collector's bulk deletions. It deletes nothing, and records who is deleted."""

    collector: Collector

    def _raw_delete(self, using: str) -> int:  # type: ignore[override]  # Django passes no None
        if users_may_have_tokens(using):
            record_deletions(_users_in(self.collector), using=using)
        return 0


def _users_in(collector: Collector) -> list[Any]:
    """Return the keys of all users that are collected, each once, whatever proxies or children."""
    rows = (
        instance
        for model, instances in collector.data.items()
        if model._meta.concrete_model is concrete_user_model()
        for instance in instances
    )
    return sorted({primary_key_of(each) for each in rows})
