"""System checks: they find mistakes in the settings and the URLconf, which `conf` trusts.

An Error means that revoked tokens are accepted, that a request would be answered with 500, or that
tokens are minted which nobody will accept. A
Warning is a risk that a site may accept. ``SILENCED_SYSTEM_CHECKS`` silences a check by its id.
``manage.py check --tag jwt_invalidation`` runs these checks alone.

=======================  ==========================================================================
``jwt_invalidation.``    means
=======================  ==========================================================================
``E001``                 ``JWT_INVALIDATION`` is not a dict
``E002``                 ``JWT_INVALIDATION`` has an unknown key
``E003``                 a key of ``JWT_INVALIDATION`` has an impossible value
``E004``                 a strategy cannot be imported, or is no ``Strategy``
``E005``                 DRF's ``DEFAULT_AUTHENTICATION_CLASSES`` name a class without the gate
``E006``                 a view in the URLconf authenticates by a class without the gate
``E007``                 a token view without the gate is in the URLconf
``E008``                 another view in the URLconf has a serializer without the gate
``E009``                 a serializer with the gate makes tokens without it
``E010``                 a serializer that ``SIMPLE_JWT`` names cannot be imported
``E011``                 ``USER_ID_FIELD`` is no column of the user model
``E012``                 ``USER_ID_FIELD`` is not unique
``E013``                 a database router separates users from the tables of this app
``E014``                 PyJWT is too old
``E015``                 the signing key is empty
``E016``                 a serializer that ``SIMPLE_JWT`` names lacks the gate
``E017``                 a serializer that a view of ours names lacks the gate
``E018``                 a stateless class authenticates, but a strategy needs the database
``E019``                 the blacklist strategy lacks simplejwt's app
``E020``                 the expiry strategy would refuse each new token: it lives too long
``E021``                 the blacklist strategy lacks the claim ``jti``
``E022``                 the user model stores no password
``E023``                 a setting of another package lets its views mint without this app
``E024``                 a view mints tokens without this app
``W001``                 the signing key is short
``W002``                 the signing key is ``SECRET_KEY``
``W003``                 tokens without a version are accepted for too long (``--deploy``)
``W004``                 an admin of users cannot revoke their tokens
``W005``                 another class's ``validate`` runs before the gate's
``W006``                 ``is_active`` is no column of the user model, yet not always true
``W007``                 ``SESSION_IDLE_LIFETIME`` ends sessions of users who are at work
``W008``                 ``SESSION_LIFETIME`` is shorter than the life of a refresh token
``W009``                 a module that views use holds classes of simplejwt's that ours replace
``I001``                 whether they must still be accepted cannot be read (``--deploy``)
``I002``                 with the expiry strategy, tokens live longer than recommended
=======================  ==========================================================================
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.checks import CheckMessage, Tags, register

from .admin import check_user_admin
from .authentication import check_default_authentication, check_reachable_authentication
from .database import check_routers
from .deployment import check_unversioned_tokens
from .keys import check_signing_key
from .lifetimes import check_session_lifetimes
from .minting import check_minting_settings, check_minting_views
from .modules import check_modules
from .pyjwt import check_pyjwt
from .serializers import check_declared_serializers, check_reachable_serializers
from .settings import check_settings
from .strategies import check_strategies
from .users import check_is_active, check_password_column, check_user_id_field
from .views import check_reachable_views

TAG = "jwt_invalidation"

Check = Callable[..., Iterable[CheckMessage]]

CHECKS: tuple[Check, ...] = (
    check_declared_serializers,
    check_default_authentication,
    check_minting_settings,
    check_minting_views,
    check_modules,
    check_pyjwt,
    check_reachable_authentication,
    check_reachable_serializers,
    check_reachable_views,
    check_routers,
    check_session_lifetimes,
    check_settings,
    check_signing_key,
    check_strategies,
    check_user_admin,
    check_user_id_field,
    check_is_active,
    check_password_column,
)


def register_all() -> None:
    """Register every check. The one that queries the database runs only with ``--deploy``."""
    for check in CHECKS:
        _register(check)
    _register(check_unversioned_tokens, deploy=True)


def _register(check: Any, **options: bool) -> None:
    register(check, Tags.security, TAG, **options)
