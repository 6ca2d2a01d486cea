"""Each way in which tokens die, by its row in docs/signals.rst, and what its receivers are told."""

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
import re
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management import call_command

from jwt_invalidation import revocation, sessions, signals
from jwt_invalidation.models import TokenSession
from jwt_invalidation.tokens import AccessToken
from jwt_invalidation.users import user_model
from tests.support import admin_pages as pages
from tests.support import people
from tests.support.blocks import Page
from tests.support.gates import receiving
from tests.support.sessions import end, post, sid_of, successor_of

PAGE = Page("docs/signals.rst")
NEW = "a much better horse"
YOURS = "other"


@dataclass
class Scene:
    """Alice on two devices and Bob on one, and whatever a way needs beside them."""

    client: Any
    alice: Any
    bob: Any
    settings: Any
    simplejwt_settings: Any
    phone: dict[str, str] = field(init=False)
    laptop: dict[str, str] = field(init=False)
    his: dict[str, str] = field(init=False)

    def __post_init__(self):
        self.phone, self.laptop = (people.tokens(self.client, self.alice) for _ in "12")
        self.his = people.tokens(self.client, self.bob)

    def post(self, path, body=None, **options):
        answer = post(self.client, path, body, **options)
        assert answer.status_code in (200, 204), answer.json()

    def browser(self):
        pages.serve_users(self.settings)
        return pages.log_in(pages.superuser())

    def stored(self, *users):
        return user_model().objects.filter(pk__in=[each.pk for each in users])


def log_out(scene):
    scene.post("logout", {"refresh": scene.phone["refresh"]})
    return [scene.phone]


def log_out_as_simplejwt(scene):
    scene.post("blacklist", {"refresh": scene.phone["refresh"]})
    return [scene.phone]


def log_out_others(scene):
    scene.post("logout-others", access=scene.phone["access"])
    return [scene.laptop]


def log_out_everywhere(scene):
    scene.post("logout-all", access=scene.phone["access"])
    return [scene.alice]


def log_out_without_a_session(scene):
    scene.post("logout", access=str(AccessToken.for_user(scene.alice)))
    return [scene.alice]


def end_at_the_endpoint(scene):
    assert end(scene.client, sid_of(scene.laptop), scene.phone["access"]).status_code == 204
    return [scene.laptop]


def change_at_the_endpoint(scene):
    body = {"old_password": people.PASSWORD, "new_password": NEW}
    scene.post("password", body, access=scene.phone["access"])
    return [scene.alice]


def save_a_password(scene):
    scene.alice.set_password(NEW)
    scene.alice.save()
    return [scene.alice]


def save_a_deactivation(scene):
    scene.alice.is_active = False
    scene.alice.save()
    return [scene.alice]


def delete(scene):
    found = scene.stored(scene.alice).get()
    found.delete()
    return [scene.alice]


def delete_by_a_queryset(scene):
    scene.stored(scene.alice, scene.bob).delete()
    return [scene.alice, scene.bob]


def change_out_of_band(scene):
    scene.stored(scene.alice).update(password=make_password(NEW))
    for _ in range(2):
        assert people.ask(scene.client, scene.phone["access"]).status_code == 401
    return [scene.alice]


def revoke_user(scene):
    revocation.revoke_user(scene.alice, reason=YOURS)
    return [scene.alice]


def revoke_users(scene):
    nobody = people.make("nobody")
    revocation.revoke_users([scene.alice, scene.bob, nobody], reason=YOURS)
    return [scene.alice, scene.bob]


def revoke_everyone(scene):
    revocation.revoke_everyone(reason=YOURS)
    return []


def revoke_token(scene):
    revocation.revoke_token(AccessToken(scene.phone["access"]), reason=YOURS)
    return [scene.alice]


def end_session(scene):
    for _ in range(2):
        sessions.end_session(sid_of(scene.phone), reason=YOURS)
    return [scene.phone]


def end_sessions(scene):
    sids = [sid_of(scene.phone), sid_of(scene.his), "0" * 32]
    assert sessions.end_sessions(sids, reason=YOURS) == 2
    return [scene.phone, scene.his]


def end_other_sessions(scene):
    sessions.end_other_sessions(scene.alice, keep=sid_of(scene.phone), reason=YOURS)
    return [scene.laptop]


def revoke_in_the_admin(scene):
    browser = scene.browser()
    pages.confirm(browser, pages.select(browser, [scene.alice, scene.bob]))
    return [scene.alice, scene.bob]


def end_in_the_admin(scene):
    browser, chosen = scene.browser(), [scene.phone, scene.his]
    rows = list(TokenSession.objects.filter(sid__in=map(sid_of, chosen)))
    asked = pages.select(browser, rows, action="end_sessions", model=TokenSession)
    pages.confirm(browser, asked)
    return chosen


def revoke_by_the_command(scene):
    call_command("revoke_tokens", scene.alice.get_username(), "--no-input", verbosity=0)
    return [scene.alice]


def revoke_all_by_the_command(scene):
    call_command("revoke_tokens", "--all", "--no-input", verbosity=0)
    return []


def reuse(scene):
    scene.simplejwt_settings.ROTATE_REFRESH_TOKENS = True
    successor_of(scene.client, successor_of(scene.client, scene.phone))
    for _ in range(2):
        assert people.refresh(scene.client, scene.phone["refresh"]).status_code == 401
    return [scene.phone]


def log_in_once_too_often(scene):
    scene.settings.JWT_INVALIDATION = {"MAX_SESSIONS_PER_USER": 1}
    people.tokens(scene.client, scene.alice)
    return [scene.phone, scene.laptop]


def log_in_again(scene):
    headers = people.authorized(scene.phone["access"])
    body = people.credentials(scene.alice)
    assert scene.client.post("/api/token/", body, format="json", headers=headers).status_code == 200
    return [scene.phone]


#: By the first column of the second table, in its order.
WAYS = {
    "``logout/``": log_out,
    "``blacklist/``": log_out_as_simplejwt,
    "``logout-others/``": log_out_others,
    "``logout-all/``": log_out_everywhere,
    "``logout/`` by a token without a session": log_out_without_a_session,
    "``DELETE sessions/<sid>/``": end_at_the_endpoint,
    "``password/``": change_at_the_endpoint,
    "a new password is saved": save_a_password,
    "a deactivation is saved": save_a_deactivation,
    "a user is deleted": delete,
    "users are deleted by a queryset": delete_by_a_queryset,
    "a change out of band is seen for the first time": change_out_of_band,
    "``revoke_user``": revoke_user,
    "``revoke_users``": revoke_users,
    "``revoke_everyone``": revoke_everyone,
    "``revoke_token``": revoke_token,
    "``end_session``": end_session,
    "``end_sessions``": end_sessions,
    "``end_other_sessions``": end_other_sessions,
    '"Revoke all tokens" in the admin': revoke_in_the_admin,
    '"End the selected sessions" in the admin': end_in_the_admin,
    "``manage.py revoke_tokens alice``": revoke_by_the_command,
    "``manage.py revoke_tokens --all``": revoke_all_by_the_command,
    "a rotated refresh token is used again": reuse,
    "a login too many, under ``MAX_SESSIONS_PER_USER``": log_in_once_too_often,
    "a login with an access token of the same user in its header": log_in_again,
}


def tables():
    """Return the tables of the page: a list of rows each, without the heading."""
    found = []
    for table in PAGE.text.split(".. list-table::")[1:]:
        rows = re.findall(r"^   \* - ((?:.+\n)(?:^     .+\n)*)", table, re.MULTILINE)
        cells = [re.split(r"\n     - ", row.rstrip()) for row in rows]
        found.append([[" ".join(cell.split()) for cell in row] for row in cells[1:]])
    return found


@contextmanager
def heard():
    """Collect what each of our signals says, as pairs of its name and what it is sent with."""
    calls = []
    with ExitStack() as stack:
        for name in signals.__all__:

            def hear(signal, sender, name=name, **facts):
                calls.append((name, sender, facts))

            stack.enter_context(receiving(getattr(signals, name), hear))
        yield calls
