"""The tests' site, with the view that blacklists a refresh token."""

from django.urls import include, path

from jwt_invalidation.views import TokenBlacklistView

urlpatterns = [
    path("", include("tests.settings.urls")),
    path("api/token/blacklist/", TokenBlacklistView.as_view(), name="token_blacklist"),
]
