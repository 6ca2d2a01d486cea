from django.contrib import admin
from django.urls import include, path

from . import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/token/", include("jwt_invalidation.urls")),
    path("api/me/", views.Me.as_view(), name="me"),
]
