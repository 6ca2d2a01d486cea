from django.contrib import admin
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import include, path

from tests.support import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/token/", include("jwt_invalidation.urls")),
    path("api/me/", views.Me.as_view(), name="me"),
    path(
        "reset/<uidb64>/<token>/",
        PasswordResetConfirmView.as_view(success_url="/"),
        name="password_reset_confirm",
    ),
]
