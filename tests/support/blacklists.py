"""simplejwt's two lists: what is on them, and what the strategy that reads them says."""

from django.core.management import call_command
import pytest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_invalidation.conf import conf
from jwt_invalidation.exceptions import TokenRevoked
from jwt_invalidation.strategies.blacklist import BlacklistStrategy
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken
from tests.support.contract import as_loaded
from tests.support.strategies import needs_blacklist

#: The marks of a module whose tests run under the blacklist strategy.
under_blacklist = [
    needs_blacklist,
    pytest.mark.with_blacklist,
    pytest.mark.usefixtures("blacklist_active"),
]


def on_record(token):
    """Return the record of a token on simplejwt's list of outstanding tokens."""
    return OutstandingToken.objects.get(jti=token[conf.simplejwt.JTI_CLAIM])


def is_listed(token):
    """Is the token on simplejwt's blacklist?"""
    jti = token[conf.simplejwt.JTI_CLAIM]
    return BlacklistedToken.objects.filter(token__jti=jti).exists()


def is_dead(token, user):
    """Does the strategy by itself refuse the token? It cannot live off the version then."""
    try:
        BlacklistStrategy().check(token, as_loaded(user, token))
    except TokenRevoked:
        return True
    return False


def put_on_list(token):
    """Blacklist one token as an operator does, the versions being left as they are."""
    return BlacklistedToken.objects.create(token=on_record(token))


def flush():
    call_command("flushexpiredtokens")


def all_kinds(user):
    """Mint a token in each of the ways there are."""
    refresh = RefreshToken.for_user(user)
    successor = refresh.rotate()
    minted = [token_class.for_user(user) for token_class in (AccessToken, SlidingToken)]
    return [refresh, refresh.access_token, successor, successor.access_token, *minted]


def blacklist(client, refresh):
    """Return the answer of simplejwt's logout."""
    return client.post("/api/token/blacklist/", {"refresh": refresh})
