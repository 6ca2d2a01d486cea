"""What is promised of tokens that were taken back, under the strategy of the site."""

from datetime import timedelta

from django.conf import settings

from .refusal import AT_ONCE, dated

# How long simplejwt's access tokens live unless a site says otherwise, and this one does not.
LIFETIME = timedelta(minutes=5)


def promised(entrance: str, answer: str) -> str:
    """Return what an entrance has to answer, and when, if ``answer`` is what the gate says."""
    if settings.STRATEGY == "expiry" and entrance == "me":
        # No gate there: it ends as any token does.
        return dated("401 token_not_valid", LIFETIME)
    return dated(answer, AT_ONCE)
