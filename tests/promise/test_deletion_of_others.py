"""No receiver of ours takes Django's fast delete from the other models of a site."""

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.db.models.deletion import Collector
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
import pytest

from jwt_invalidation.models import Revocation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


def is_fast(model):
    return Collector(using="default").can_fast_delete(model._default_manager.all())


def test_models_without_cascades_are_deleted_fast_and_users_are_not():
    assert is_fast(Session)
    assert is_fast(LogEntry)
    assert is_fast(Revocation)
    assert not is_fast(get_user_model())


def test_many_rows_of_another_model_go_in_one_statement():
    Session.objects.bulk_create(
        Session(session_key=f"{number}", session_data="", expire_date=timezone.now())
        for number in range(50)
    )

    with CaptureQueriesContext(connection) as queries:
        Session.objects.all().delete()

    assert len([each for each in queries if each["sql"].startswith("DELETE")]) == 1
    assert len(queries) <= 3


def test_no_model_loses_the_fast_delete_to_a_receiver_of_ours():
    watched = [
        model
        for model in apps.get_models()
        if models.signals.pre_delete.has_listeners(model)
        or models.signals.post_delete.has_listeners(model)
    ]

    assert watched == []
