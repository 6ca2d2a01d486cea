"""What is promised about revoked tokens, under the strategy of the site."""

from datetime import timedelta

from django.conf import settings

from .refusal import AT_ONCE, dated

# simplejwt's default lifetime of access tokens, which this site does not change.
LIFETIME = timedelta(minutes=5)


def promised(endpoint: str, answer: str) -> str:
    """Return what an endpoint must answer, and when, if ``answer`` is the gate's."""
    if settings.STRATEGY == "expiry" and endpoint == "me":
        # The stateless class does not ask the gate: the token lives until it expires.
        return dated("401 token_not_valid", LIFETIME)
    return dated(answer, AT_ONCE)
