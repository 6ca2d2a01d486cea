"""The tests' site, with a view that lets short tokens in without a query."""

from django.urls import include, path

from tests.support.views import Catalogue

urlpatterns = [
    path("", include("tests.settings.urls")),
    path("api/catalogue/", Catalogue.as_view()),
]
