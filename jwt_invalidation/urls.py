"""Include as ``path("api/token/", include("jwt_invalidation.urls"))``; the names are simplejwt's."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.TokenObtainPairView.as_view(), name="token_obtain_pair"),
    path("refresh/", views.TokenRefreshView.as_view(), name="token_refresh"),
    path("verify/", views.TokenVerifyView.as_view(), name="token_verify"),
    path("sliding/", views.TokenObtainSlidingView.as_view(), name="token_obtain_sliding"),
    path("sliding/refresh/", views.TokenRefreshSlidingView.as_view(), name="token_refresh_sliding"),
]
