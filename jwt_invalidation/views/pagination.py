"""Pages of a list: as the site's own lists have them, or a plain list with links in the header."""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import BasePagination, PageNumberPagination
from rest_framework.response import Response
from rest_framework.settings import api_settings


class LinkedPages(PageNumberPagination):
    """A plain list of a hundred at most, with a ``Link`` header to the others (RFC 8288)."""

    page_size = 100

    def get_paginated_response(self, data: Any) -> Response:
        """Answer with the list, and say where the pages next to it are."""
        links = {"prev": self.get_previous_link(), "next": self.get_next_link()}
        header = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items() if url)
        return Response(data, headers={"Link": header} if header else None)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of the list itself."""
        return schema


def pagination_of_site() -> type[BasePagination]:
    """Return DRF's ``DEFAULT_PAGINATION_CLASS`` if it limits an answer, otherwise `LinkedPages`.

    DRF's classes answer with everything where neither they nor ``PAGE_SIZE`` say how much.
    """
    declared: Any = api_settings.DEFAULT_PAGINATION_CLASS
    names = ("page_size", "default_limit")
    has_limit = any(getattr(declared, name, None) is not None for name in names)
    return declared if has_limit else LinkedPages
