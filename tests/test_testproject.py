"""The site in ``testproject``: what its demo shows, and that it would notice a broken promise."""

from dataclasses import dataclass
import os
from pathlib import Path
import subprocess
import sys

from django.db import connection
import pytest

from testproject import settings as site
from tests import people

MANAGE = Path(site.BASE_DIR, "manage.py")
DEVELOPERS_DATABASE = b"what the developer has done so far"
LIST_DATABASES = {"postgresql": "SELECT datname FROM pg_database", "mysql": "SHOW DATABASES"}
TITLES = [
    "1 log in on two devices",
    "2 change the password",
    "3 deactivate, reactivate",
    "4 change a password by SQL",
    "5 upgrade a hash",
    "6 revoke in the admin",
    "7 revoke everyone",
]


@dataclass
class Run:
    """A run of manage.py, as a terminal would show it."""

    directory: Path
    pid: int
    code: int
    out: str
    err: str

    def step(self, number):
        """Return the line of a step, its mark first."""
        [line] = [each for each in self.out.splitlines() if each[2:].startswith(f"{number} ")]
        return line

    def marks(self):
        return "".join(self.step(number)[0] for number in range(1, 8))


def manage(directory, *arguments, **environment):
    """Run manage.py far from the repository, as a developer who has a database there."""
    database = directory / "developer.sqlite3"
    database.write_bytes(DEVELOPERS_DATABASE)
    (directory / "tmp").mkdir()
    inherited = {name: value for name, value in os.environ.items() if "DJANGO" not in name}
    own = {"TMPDIR": str(directory / "tmp"), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        [sys.executable, str(MANAGE), *arguments],
        cwd=directory,
        env={"DATABASE_URL": f"sqlite:///{database}", **inherited, **own, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        out, err = process.communicate()
    return Run(directory, process.pid, process.returncode, out, err)


def assert_nothing_is_left_over(run):
    """The developer's database is as it was, and that of the demo is gone."""
    assert (run.directory / "developer.sqlite3").read_bytes() == DEVELOPERS_DATABASE
    assert list((run.directory / "tmp").iterdir()) == []
    if connection.vendor in LIST_DATABASES:
        with connection.cursor() as cursor:
            cursor.execute(LIST_DATABASES[connection.vendor])
            names = [name for [name] in cursor.fetchall()]
        assert names
        assert not [name for name in names if name.startswith(f"jwt_invalidation_demo_{run.pid}_")]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return manage(tmp_path_factory.mktemp("demo"), "demo")


def test_the_demo_ends_with_every_step_as_promised(demo):
    assert demo.code == 0, demo.out + demo.err
    assert demo.err == ""
    assert demo.marks() == "✓" * 7
    assert [demo.step(number)[2:28].rstrip() for number in range(1, 8)] == TITLES
    assert demo.out.endswith("All 7 steps as promised.\n")


@pytest.mark.parametrize(
    ("number", "seen"),
    [
        (1, "laptop, phone: login/me/refresh/verify 200"),
        (
            2,
            "password 204; phone: me/refresh/verify 401 token_revoked; laptop, phone: login/me 200",
        ),
        (3, "phone: me 401 user_inactive, refresh 401 no_active_account, verify 401 user_inactive"),
        (3, "login 401, me/refresh/verify 401 token_revoked, login/me 200"),
        (4, "SQL: rows 1; laptop: me/refresh/verify 401 token_revoked"),
        (5, "laptop, phone: login/me 200; hash: iterations 100000; laptop: me/refresh/verify 200"),
        (6, "admin: login 302, users/action 200, confirm 302; log: lines with the note 2"),
        (6, "bob, carol: me/refresh/verify 401 token_revoked; laptop: me/refresh/verify 200"),
        (7, "laptop, bob, carol: me/refresh/verify 401 token_revoked; laptop: login/me 200"),
    ],
)
def test_each_step_of_the_demo_shows_who_was_refused_and_who_was_not(demo, number, seen):
    assert seen in demo.step(number)


def test_the_demo_prints_no_colours_into_a_file(demo):
    assert "\x1b" not in demo.out


@pytest.mark.django_db
def test_the_demo_leaves_no_database_behind_and_the_developers_own_untouched(demo):
    assert_nothing_is_left_over(demo)


@pytest.mark.django_db
def test_the_demo_notices_a_site_that_does_not_ask_the_gate_and_goes_on_to_the_end(tmp_path):
    run = manage(tmp_path, "demo", DJANGO_SETTINGS_MODULE="tests.sabotaged_demo")

    assert run.code == 1
    assert run.marks() == "✓✗✗✗✓✗✗"
    assert "phone me: expected 401 token_revoked, got 200" in run.out
    broken = ", ".join(TITLES[number - 1] for number in (2, 3, 4, 6, 7))
    assert run.err == f"CommandError: Not as promised: {broken}\n"
    assert_nothing_is_left_over(run)


def test_the_demo_notices_a_site_that_logs_out_on_a_hash_upgrade(tmp_path):
    sabotage = {"DJANGO_SETTINGS_MODULE": "tests.sabotaged_demo", "CHECK_REVOKE_TOKEN": "1"}

    run = manage(tmp_path, "demo", **sabotage)

    assert run.code == 1
    assert run.step(5).startswith("✗")
    assert "laptop me: expected 200, got 401 password_changed" in run.out
    assert TITLES[4] in run.err


def test_the_demo_goes_on_to_the_end_when_a_step_cannot_be_finished(tmp_path):
    sabotage = {"DJANGO_SETTINGS_MODULE": "tests.sabotaged_demo", "TALK_TO_NOBODY": "1"}

    run = manage(tmp_path, "demo", **sabotage)

    assert run.code == 1
    assert run.marks() == "✗" * 7
    assert "step LookupError: expected no exception, got The page has no form" in run.out
    assert f"CommandError: Not as promised: {', '.join(TITLES)}\n" in run.err


@pytest.mark.parametrize(
    "url", ["postgres://nobody@127.0.0.1:1/none", "mysql://nobody@127.0.0.1:1/none"]
)
def test_the_demo_says_so_when_no_database_answers(tmp_path, url):
    run = manage(tmp_path, "demo", DATABASE_URL=url)

    assert run.code == 1
    assert "CommandError: No database could be created for the demo: " in run.err
    assert "Traceback" not in run.err


def test_the_system_checks_find_nothing_to_say_about_the_site(tmp_path):
    run = manage(tmp_path, "check", "--fail-level", "INFO")

    assert run.code == 0, run.err
    assert run.out == "System check identified no issues (0 silenced).\n"


@pytest.fixture
def pair(client, alice, settings):
    """Alice's tokens, on a site with the URLs and password validators of ``testproject``."""
    settings.ROOT_URLCONF = "testproject.urls"
    settings.AUTH_PASSWORD_VALIDATORS = site.AUTH_PASSWORD_VALIDATORS
    return people.tokens(client, alice)


def change_password(client, pair, **body):
    headers = {"Authorization": f"Bearer {pair['access']}"}
    return client.post("/api/password/", body, format="json", headers=headers)


@pytest.mark.parametrize(
    ("body", "blamed"),
    [
        ({"old_password": "wrong horse", "new_password": "another horse"}, ["old_password"]),
        ({"old_password": people.PASSWORD, "new_password": "short"}, ["new_password"]),
        ({"old_password": people.PASSWORD, "new_password": "password1"}, ["new_password"]),
        ({"old_password": people.PASSWORD, "new_password": ["another horse"]}, ["new_password"]),
        ({}, ["old_password", "new_password"]),
    ],
    ids=["wrong old one", "too short", "too common", "no string", "empty body"],
)
def test_a_bad_password_change_gets_a_400_and_changes_nothing(client, alice, pair, body, blamed):
    answer = change_password(client, pair, **body)

    assert answer.status_code == 400
    assert list(answer.json()) == blamed
    assert people.ask(client, pair["access"]).status_code == 200
    assert people.login(client, alice).status_code == 200


def test_a_password_change_is_the_last_thing_that_a_token_is_good_for(client, alice, pair):
    body = {"old_password": people.PASSWORD, "new_password": " another horse "}

    assert change_password(client, pair, **body).status_code == 204

    assert change_password(client, pair, **body).status_code == 401
    assert people.login(client, alice).status_code == 401
    new = people.tokens(client, alice, body["new_password"])
    assert people.ask(client, new["access"]).status_code == 200
