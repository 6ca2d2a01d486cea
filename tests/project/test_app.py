"""The app as Django sees it: however it is listed, with its migrations complete."""

from django.apps import apps
from django.core.management import call_command
from django.db.models.signals import post_save, pre_save
import pytest

from jwt_invalidation.apps import JWTInvalidationConfig
from tests.support.promise_runs import assert_the_promise_is_kept


def test_listed_by_its_name_it_finds_its_config():
    assert isinstance(apps.get_app_config("jwt_invalidation"), JWTInvalidationConfig)


def test_listed_by_the_path_of_its_config_it_keeps_the_promise():
    assert_the_promise_is_kept("tests.settings.listed_by_path")


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "jwt_invalidation", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("signal", [pre_save, post_save])
def test_each_receiver_is_connected_once_by_name(signal):
    names = [name for (name, _), *_ in signal.receivers if "jwt_invalidation" in str(name)]

    assert len(names) == 1
