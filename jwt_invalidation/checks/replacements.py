"""Which class of ours replaces which class of simplejwt's."""

from collections.abc import Mapping

from rest_framework_simplejwt import authentication as simplejwt_authentication
from rest_framework_simplejwt import serializers as simplejwt_serializers
from rest_framework_simplejwt import views as simplejwt_views

from .. import authentication, serializers, tokens, views
from .classes import dotted

AUTHENTICATION: Mapping[type, type] = {
    simplejwt_authentication.JWTAuthentication: authentication.JWTAuthentication,
    # Not our stateless class: it answers 500 unless every strategy is stateless.
    simplejwt_authentication.JWTStatelessUserAuthentication: authentication.JWTAuthentication,
}
SERIALIZERS: Mapping[type, type] = {
    simplejwt_serializers.TokenObtainPairSerializer: serializers.TokenObtainPairSerializer,
    simplejwt_serializers.TokenObtainSlidingSerializer: serializers.TokenObtainSlidingSerializer,
    simplejwt_serializers.TokenRefreshSerializer: serializers.TokenRefreshSerializer,
    simplejwt_serializers.TokenRefreshSlidingSerializer: serializers.TokenRefreshSlidingSerializer,
    simplejwt_serializers.TokenVerifySerializer: serializers.TokenVerifySerializer,
    simplejwt_serializers.TokenBlacklistSerializer: serializers.TokenBlacklistSerializer,
}
VIEWS: Mapping[type, type[views.GatedTokenView]] = {
    simplejwt_views.TokenObtainPairView: views.TokenObtainPairView,
    simplejwt_views.TokenRefreshView: views.TokenRefreshView,
    simplejwt_views.TokenVerifyView: views.TokenVerifyView,
    simplejwt_views.TokenBlacklistView: views.TokenBlacklistView,
    simplejwt_views.TokenObtainSlidingView: views.TokenObtainSlidingView,
    simplejwt_views.TokenRefreshSlidingView: views.TokenRefreshSlidingView,
}
REPLACEMENTS: Mapping[type, type] = {
    **tokens.OURS,
    **AUTHENTICATION,
    **SERIALIZERS,
    **VIEWS,
    simplejwt_views.TokenViewBase: views.GatedTokenView,
}

#: The keys of ``SIMPLE_JWT`` that name a serializer, each with ours, from which it must inherit.
SERIALIZERS_BY_SETTING: Mapping[str, type] = {
    view.serializer_setting: view.guarded_serializer for view in VIEWS.values()
}


def replacements_of(cls: type) -> list[type]:
    """Return ours for each class of simplejwt's that ``cls`` is or inherits from, nearest first."""
    return [REPLACEMENTS[each] for each in cls.__mro__ if each in REPLACEMENTS]


def advise(cls: type, ours: type) -> str:
    """Return the hint how ``ours`` comes to run in place of ``cls``, which lacks the gate."""
    if cls in REPLACEMENTS:
        return f"Use {dotted(ours)} instead."
    return (
        f"Let {cls.__name__} inherit from {dotted(ours)}."
        # Its own code runs first, such as what reads the token from a cookie, and then calls ours.
        f" If another package defines it, name a child instead, with {ours.__name__} from"
        f" {dotted(ours).rpartition('.')[0]}:"
        f" class Gated{cls.__name__}({cls.__name__}, {ours.__name__}): pass"
    )
