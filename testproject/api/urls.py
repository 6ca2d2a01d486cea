from django.urls import path

from . import views

urlpatterns = [
    path("me/", views.Me.as_view(), name="me"),
    path("password/", views.Password.as_view(), name="password"),
]
