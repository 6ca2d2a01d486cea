"""Views that mint tokens without this app. Nobody accepts them once the installation has ended."""

from collections.abc import Iterator
from types import FunctionType
from typing import Any, NamedTuple

from django.conf import settings
from django.core import checks
from rest_framework_simplejwt import serializers as simplejwt_serializers
from rest_framework_simplejwt import tokens as simplejwt_tokens

from ..serializers import TokenObtainPairSerializer
from ..tokens import OURS, RefreshToken
from .classes import dotted, load_class
from .code import functions_of, names_in
from .reachable import layers_of, reachable_callbacks, reachable_views
from .subjects import Setting

#: The methods that make a token for a user.
MINTING = {"for_user", "get_token"}
MODULES = (simplejwt_tokens, simplejwt_serializers)
HINT = (
    "Mint with jwt_invalidation.tokens: `from jwt_invalidation.tokens import RefreshToken`, or let"
    " the serializer inherit from jwt_invalidation.serializers."
)


class Minter(NamedTuple):
    """A setting of another package, which names what makes the tokens of its views."""

    setting: Setting
    #: The package whose views go by the setting.
    package: str
    default: str
    #: What the setting must name for tokens of ours.
    hint: str


DJ_REST_AUTH = Minter(
    Setting("REST_AUTH", "JWT_TOKEN_CLAIMS_SERIALIZER"),
    "dj_rest_auth",
    dotted(simplejwt_serializers.TokenObtainPairSerializer),
    f'Write: REST_AUTH = {{"JWT_TOKEN_CLAIMS_SERIALIZER": "{dotted(TokenObtainPairSerializer)}"}},'
    " or name a child of it.",
)
DJOSER = Minter(
    Setting("DJOSER", "SOCIAL_AUTH_TOKEN_STRATEGY"),
    "djoser.social",
    "djoser.social.token.jwt.TokenStrategy",
    f"Name a class of yours whose obtain(user) mints with {dotted(RefreshToken)}.for_user(user).",
)
MINTING_SETTINGS = (DJ_REST_AUTH.setting, DJOSER.setting)


def check_minting_settings(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse settings by which views of dj-rest-auth and djoser mint without this app."""
    packages = {each.__module__ for view in reachable_views() for each in view.view_class.__mro__}
    found: list[checks.CheckMessage] = []
    if _is_used(DJ_REST_AUTH, packages) and _declared(DJ_REST_AUTH.setting).get("USE_JWT"):
        found += _check(DJ_REST_AUTH)
    if _is_used(DJOSER, packages):
        found += _check(DJOSER)
    return found


def check_minting_views(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse views whose own code, or that of their serializer, mints with simplejwt's classes."""
    messages: list[checks.CheckMessage] = []
    with_class = set()
    for view in reachable_views():
        with_class.add(view.pattern)
        own = [each for each in (view.view_class, view.serializer_class) if each is not None]
        if any(map(_mints, functions_of(*own))):
            messages.append(_error(view))
    for label, callback in reachable_callbacks():
        found = [] if label in with_class else filter(_mints, functions_of(*layers_of(callback)))
        messages += [_error(f"{each.__module__}.{each.__qualname__} at {label}") for each in found]
    return messages


def _mints(function: FunctionType) -> bool:
    """Does the function make a token for a user with a class of simplejwt's that ours replace?"""
    names = names_in(function.__code__)
    if names.of_attributes.isdisjoint(MINTING):
        return False
    held = [function.__globals__.get(name) for name in names.of_globals]
    return any(map(_is_maker, held)) or not names.of_modules.isdisjoint(
        each.__name__ for each in MODULES
    )


def _is_maker(found: Any) -> bool:
    """Is it a class whose tokens are not ours, or a module that has such classes?"""
    if any(found is each for each in MODULES):
        return True
    maker: Any = getattr(found, "token_class", None) if _is_serializer(found) else found
    # By its type: isinstance() would look into lazy objects.
    if not issubclass(type(maker), type):
        return False
    return issubclass(maker, tuple(OURS)) and not issubclass(maker, tuple(OURS.values()))


def _is_serializer(found: Any) -> bool:
    return issubclass(type(found), type) and issubclass(
        found, simplejwt_serializers.TokenObtainSerializer
    )


def _error(subject: object) -> checks.Error:
    return checks.Error(
        "The view mints tokens without this app: they are refused.",
        hint=HINT,
        obj=subject,
        id="jwt_invalidation.E024",
    )


def _declared(setting: Setting) -> Any:
    return getattr(settings, setting.name, None) or {}


def _is_used(minter: Minter, packages: set[str]) -> bool:
    inside = f"{minter.package}."
    return any(each.startswith(inside) for each in packages)


def _check(minter: Minter) -> Iterator[checks.CheckMessage]:
    declared = _declared(minter.setting).get(minter.setting.key, minter.default)
    try:
        found = declared if isinstance(declared, type) else load_class(declared)
    except ImportError:
        return  # The package itself says so, when it starts.
    if _is_maker(found) or any(map(_mints, functions_of(found))):
        yield checks.Error(
            f"The setting names {dotted(found)}, which mints tokens without this app: they are"
            " refused.",
            hint=minter.hint,
            obj=minter.setting,
            id="jwt_invalidation.E023",
        )
