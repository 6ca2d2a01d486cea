"""Releases of PyJWT, which verifies every token, that have known vulnerabilities."""

from typing import Any

from django.core import checks
from django.utils.version import get_version_tuple
import jwt

# Up to 2.14 a deeply nested, signed payload causes a 500 (CVE-2026-101918). Older ones are worse.
OLDEST = (2, 15)


def check_pyjwt(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse a PyJWT with known vulnerabilities."""
    if get_version_tuple(jwt.__version__) >= OLDEST:
        return []
    return [
        checks.Error(
            "The release is too old: it has known vulnerabilities.",
            hint='Run: python -m pip install --upgrade "PyJWT>=2.15"',
            obj=f"PyJWT {jwt.__version__}",
            id="jwt_invalidation.E014",
        )
    ]
