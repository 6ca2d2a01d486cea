from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/token/", include("jwt_invalidation.urls")),
    path("api/", include("testproject.api.urls")),
    path("", include("testproject.devices.urls")),
]
