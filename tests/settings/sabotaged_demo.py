"""The site of the demo, broken in ways that ``manage.py demo`` must notice."""

from datetime import timedelta
import os

from testproject.settings import *  # noqa: F403  # settings are inherited that way
from testproject.settings import REST_FRAMEWORK, SIMPLE_JWT, STRATEGY

# Access tokens are not shown to the gate, and live longer than is promised without it.
REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework_simplejwt.authentication."
        + ("JWTStatelessUserAuthentication" if STRATEGY == "expiry" else "JWTAuthentication"),
    ],
}
SIMPLE_JWT = {**SIMPLE_JWT, "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10)}
# simplejwt's own answer to a changed password, which takes a hash upgrade for one.
SIMPLE_JWT = {**SIMPLE_JWT, "CHECK_REVOKE_TOKEN": "CHECK_REVOKE_TOKEN" in os.environ}
# Every request is answered with a page that says 400.
if "TALK_TO_NOBODY" in os.environ:
    ALLOWED_HOSTS = ["elsewhere.example"]
# The strategy that the site is said to run under is not active.
if "FORGET_STRATEGY" in os.environ:
    JWT_INVALIDATION = {}
