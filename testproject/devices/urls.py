from django.urls import path
from django.views.generic import RedirectView

from . import views

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="devices")),
    path("login/", views.LogIn.as_view(), name="login"),
    path("devices/", views.Devices.as_view(), name="devices"),
]
