"""Tell managers that answer as Django's own do from those that may answer in any other way."""

from __future__ import annotations

from functools import cache

from django.db.models import Manager, QuerySet

# Names that each class has for itself, or that no read of one row comes by.
HARMLESS = frozenset(
    {
        *("__module__", "__qualname__", "__doc__", "__dict__", "__weakref__", "__annotations__"),
        *("__orig_bases__", "__parameters__", "__firstlineno__", "__static_attributes__"),
        *("__slotnames__", "__annotate__", "__annotate_func__", "__annotations_cache__"),
        *("_queryset_class", "use_in_migrations", "as_manager"),
        *("create", "acreate", "bulk_create", "abulk_create", "bulk_update", "abulk_update"),
        *("delete", "adelete", "update", "aupdate", "get_or_create", "aget_or_create"),
        *("update_or_create", "aupdate_or_create"),
    }
)


@cache
def is_stock(manager_class: type) -> bool:
    """Does such a manager read rows exactly as Django's own, whatever the request?

    It may have methods of its own. One that overrides any of Django's may join, prefetch, hide rows,
    or make instances of other classes.
    """
    # A class that was given to `from_queryset`.
    queryset_class = getattr(manager_class, "_queryset_class", QuerySet)
    return not (_overridden(manager_class, Manager) or _overridden(queryset_class, QuerySet))


def _overridden(own: type, stock: type) -> set[str]:
    """Return which names of ``stock`` may have another meaning in ``own``."""
    names = set(dir(stock)) - HARMLESS
    parents = [parent for parent in own.__mro__ if parent not in stock.__mro__]
    return {name for parent in parents for name in vars(parent) if name in names}
