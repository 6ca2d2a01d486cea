"""Include as ``path("api/token/", include("jwt_invalidation.urls"))``; the names are simplejwt's."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.TokenObtainPairView.as_view(), name="token_obtain_pair"),
    path("refresh/", views.TokenRefreshView.as_view(), name="token_refresh"),
    path("verify/", views.TokenVerifyView.as_view(), name="token_verify"),
    path("blacklist/", views.TokenBlacklistView.as_view(), name="token_blacklist"),
    path("logout/", views.LogoutView.as_view(), name="token_logout"),
    path("logout-all/", views.LogoutAllView.as_view(), name="token_logout_all"),
    path("logout-others/", views.LogoutOthersView.as_view(), name="token_logout_others"),
    path("sessions/", views.SessionListView.as_view(), name="token_sessions"),
    path("sessions/<str:sid>/", views.SessionView.as_view(), name="token_session"),
    path("password/", views.PasswordView.as_view(), name="token_password"),
    path("sliding/", views.TokenObtainSlidingView.as_view(), name="token_obtain_sliding"),
    path("sliding/refresh/", views.TokenRefreshSlidingView.as_view(), name="token_refresh_sliding"),
]
