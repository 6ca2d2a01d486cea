"""An app connects itself in ``ready()``, as docs/signals.rst shows, and is told in any process."""

import json
import os
import subprocess
import sys

from django.apps import AppConfig
import pytest

from jwt_invalidation import revocation
from jwt_invalidation.signals import session_ended, tokens_revoked
from tests.support import people
from tests.support.blocks import ROOT
from tests.support.chat import sockets
from tests.support.sessions import post, sid_of
from tests.support.telling import PAGE


@pytest.mark.parametrize("place", ["first", "last"])
def test_an_app_listed_before_ours_or_after_it_is_told_of_what_commands_end(place):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings.chatting"}
    environment |= {"CHAT_IS_LISTED": place, "PYTHONPATH": str(ROOT)}
    for name in ("DATABASE_URL", "TEST_USER_MODEL"):
        environment.pop(name, None)

    done = subprocess.run(
        [sys.executable, "-m", "tests.support.chat.talk"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        ["session", 1, None, "admin"],
        ["user", [1], "admin"],
        ["session", 1, None, "out_of_band"],
        ["user", [1], "out_of_band"],
        ["session", None, None, "admin"],
        ["everyone", [], "admin"],
    ]


@pytest.mark.django_db(transaction=True)
def test_the_app_that_the_page_shows_closes_what_its_user_logs_out_of(client, alice):
    names = {"__name__": "tests.support.chat.shown", "__package__": "tests.support.chat"}
    config = PAGE.run("class ChatConfig", names)["ChatConfig"]
    assert issubclass(config, AppConfig)
    phone = people.tokens(client, alice)
    sockets.closed.clear()

    config.ready(None)
    try:
        post(client, "logout", {"refresh": phone["refresh"]})
        revocation.revoke_user(alice, reason="admin")
    finally:
        session_ended.disconnect(sockets.close_sockets_of_session)
        tokens_revoked.disconnect(sockets.close_sockets_of_users)

    assert sockets.closed == [
        ["session", alice.pk, sid_of(phone), "logout"],
        ["user", [alice.pk], "admin"],
    ]
