"""The system checks as a whole: their ids, and their silence."""

from datetime import timedelta
from pathlib import Path
import re

from django.core.checks import registry
from django.core.management import call_command
import pytest

from jwt_invalidation import checks
from jwt_invalidation.checks.settings import RULES
from jwt_invalidation.conf import KEYS
from tests.support.checking import check_site


@pytest.mark.django_db
def test_a_right_configuration_yields_no_message():
    messages = check_site(deploy=True)

    assert messages == []


@pytest.mark.django_db
def test_manage_py_check_runs_them_all(capsys):
    call_command("check", "--tag", "jwt_invalidation", "--deploy")

    assert "no issues" in capsys.readouterr().out


def test_the_check_that_asks_the_database_runs_with_deploy_alone():
    always = {check.__name__ for check in registry.registry.get_checks(False)}
    with_deploy = {check.__name__ for check in registry.registry.get_checks(True)}

    assert "check_unversioned_tokens" not in always
    assert with_deploy >= {"check_unversioned_tokens", "check_settings", "check_user_admin"}


def test_registering_twice_runs_each_check_once():
    before = len(registry.registry.get_checks(True))

    checks.register_all()

    assert len(registry.registry.get_checks(True)) == before


def test_each_id_is_listed_once_and_given_by_one_place_in_the_code():
    listed = re.findall(r"^``([EWI]\d{3})``", checks.__doc__, re.MULTILINE)
    modules = Path(checks.__file__).parent.glob("*.py")

    given = [
        identifier
        for module in modules
        for identifier in re.findall(r'"jwt_invalidation\.([EWI]\d{3})"', module.read_text())
    ]

    assert sorted(given) == sorted(listed)
    assert len(set(listed)) == len(listed)


def test_each_setting_of_ours_has_a_rule_whose_example_passes_it():
    examples = {
        key: eval(f"{{{rule.example}}}", {"timedelta": timedelta}) for key, rule in RULES.items()
    }

    assert set(RULES) == set(KEYS)
    for key, rule in RULES.items():
        assert rule.allows(examples[key][key])
