"""The steps of the demo: what is done on the real site, and what is promised."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.auth.models import User
from django.db import connection
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken

from jwt_invalidation import revocation
from jwt_invalidation.models import Revocation

from .browser import Browser
from .people import Device, Person
from .promise import promised
from .refusal import Refusal
from .step import Step

ALIVE = "200"
REVOKED = "401 token_revoked"
NOTE = "lost on a journey"


class Stage:
    """The site, and the users and devices of all steps."""

    def __init__(self, site: str, hasher: PBKDF2PasswordHasher) -> None:
        self.site = site
        self.hasher = hasher
        self.alice, self.bob, self.carol = (Person.join(name) for name in ("alice", "bob", "carol"))
        self.admin = Person.join("root", is_staff=True, is_superuser=True)
        self.laptop, self.phone = Device("laptop", site), Device("phone", site)
        self.bobs, self.carols = Device("bob", site), Device("carol", site)

    def log_in(self, step: Step, device: Device, person: Person | None = None) -> None:
        """Log in on a device, by default as Alice, and check that its tokens are accepted."""
        step.observe(device.name, "login", device.log_in(person or self.alice), ALIVE)
        step.observe(device.name, "me", device.me(), ALIVE)


def log_in_on_two_devices(stage: Stage, step: Step) -> None:
    """Log in as Alice on the laptop and on the phone."""
    for device in (stage.laptop, stage.phone):
        step.observe(device.name, "login", device.log_in(stage.alice), ALIVE)
        step.observe_endpoints(device, ALIVE)


def change_the_password(stage: Stage, step: Step) -> None:
    """Change the password on the laptop. The phone's token cannot change it any more."""
    alice, laptop, phone = stage.alice, stage.laptop, stage.phone
    change = laptop.change_password(alice, "a horse of another colour")
    step.observe("laptop", "password", change, "204")
    step.observe_refusals(phone, REVOKED)
    another = Refusal(phone.change_password(alice, "a horse of no colour"))
    step.observe("phone", "password", another, promised("password", REVOKED))
    stage.log_in(step, laptop)
    stage.log_in(step, phone)


def deactivate_and_reactivate(stage: Stage, step: Step) -> None:
    """Close the account and open it again, by ``save()`` as any code would."""
    alice, phone = User.objects.get(pk=stage.alice.user.pk), stage.phone
    alice.is_active = False
    alice.save()
    step.observe_refusals(phone, "401 user_inactive", refresh="401 no_active_account")
    step.observe("phone", "login", Device("phone", stage.site).log_in(stage.alice), "401")
    alice.is_active = True
    alice.save()
    step.observe_refusals(phone, REVOKED)
    stage.log_in(step, phone)


def change_a_password_by_sql(stage: Stage, step: Step) -> None:
    """Change the password without Django: no signal is sent, and the next request notices."""
    stage.log_in(step, stage.laptop)
    alice = stage.alice
    alice.password = "set by another program"
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE auth_user SET password = %s WHERE id = %s",
            [make_password(alice.password), alice.user.pk],
        )
        step.observe("SQL", "rows", cursor.rowcount, 1)
    step.observe_refusals(stage.laptop, REVOKED)
    step.observe_refusals(stage.phone, REVOKED)
    stage.log_in(step, stage.laptop)


def upgrade_a_hash(stage: Stage, step: Step) -> None:
    """Raise the work factor, as each release of Django does, and log in. Nobody is logged out."""
    stage.log_in(step, stage.laptop)
    stage.hasher.iterations *= 2
    stage.log_in(step, stage.phone)
    stored = User.objects.get(pk=stage.alice.user.pk).password
    iterations = stage.hasher.decode(stored)["iterations"]
    step.observe("hash", "iterations", iterations, stage.hasher.iterations)
    step.observe_endpoints(stage.laptop, ALIVE)


def revoke_in_the_admin(stage: Stage, step: Step) -> None:
    """Select users in the admin, choose the action, confirm."""
    stage.log_in(step, stage.laptop)
    stage.log_in(step, stage.bobs, stage.bob)
    stage.log_in(step, stage.carols, stage.carol)
    selected = [stage.bob.user.pk, stage.carol.user.pk]
    _confirm_the_action(stage, step, [str(key) for key in selected])
    noted = Revocation.objects.filter(subject_id__in=selected, note=NOTE)
    step.observe("log", "entries with the note", noted.count(), len(selected))
    if settings.STRATEGY == "blacklist":
        listed = BlacklistedToken.objects.filter(token__user__in=selected)
        # Each user has one access and one refresh token, from one login.
        step.observe("log", "tokens on the blacklist", listed.count(), 2 * len(selected))
    step.observe_refusals(stage.bobs, REVOKED)
    step.observe_refusals(stage.carols, REVOKED)
    step.observe_endpoints(stage.laptop, ALIVE)


def _confirm_the_action(stage: Stage, step: Step, selected: list[str]) -> None:
    admin = Browser(stage.site)
    entry = admin.get("/admin/login/?next=/admin/")
    credentials = {"username": stage.admin.user.username, "password": stage.admin.password}
    step.observe("admin", "login", admin.submit(entry, "password", credentials), "302")
    users = admin.get("/admin/auth/user/")
    step.observe("admin", "users", users, "200")
    ticked = {"action": ["revoke_tokens"], "index": ["0"], "_selected_action": selected}
    confirmation = admin.submit(users, "action", ticked)
    step.observe("admin", "action", confirmation, "200")
    step.observe("admin", "confirm", admin.submit(confirmation, "post", {"note": NOTE}), "302")


def revoke_everyone(stage: Stage, step: Step) -> None:
    """Log everybody out by writing one row."""
    people = {stage.laptop: stage.alice, stage.bobs: stage.bob, stage.carols: stage.carol}
    for device, person in people.items():
        stage.log_in(step, device, person)
    revocation.revoke_everyone(reason="other", note="demo")
    for device in people:
        step.observe_refusals(device, REVOKED)
    stage.log_in(step, stage.laptop)


def log_out_one_device(stage: Stage, step: Step) -> None:
    """Log out on the phone. The laptop stays logged in."""
    stage.log_in(step, stage.phone)
    step.observe("phone", "logout", stage.phone.log_out(), "204")
    step.observe_refusals(stage.phone, REVOKED)
    step.observe_endpoints(stage.laptop, ALIVE)


def catch_a_stolen_refresh_token(stage: Stage, step: Step) -> None:
    """Use a stolen refresh token after the phone has used it. The session ends for both."""
    stage.log_in(step, stage.phone)
    thief = Device("thief", stage.site)
    thief.access, thief.refresh = stage.phone.access, stage.phone.refresh
    for _ in range(2):
        step.observe("phone", "refresh", stage.phone.refresh_tokens(), ALIVE)
    step.observe("thief", "refresh", thief.refresh_tokens(), REVOKED)
    step.observe_refusals(thief, REVOKED)
    step.observe_refusals(stage.phone, REVOKED)
    step.observe_endpoints(stage.laptop, ALIVE)


STEPS: dict[str, Callable[[Stage, Step], None]] = {
    "log in on two devices": log_in_on_two_devices,
    "change the password": change_the_password,
    "deactivate, reactivate": deactivate_and_reactivate,
    "change a password by SQL": change_a_password_by_sql,
    "upgrade a hash": upgrade_a_hash,
    "revoke in the admin": revoke_in_the_admin,
    "revoke everyone": revoke_everyone,
}
if settings.STRATEGY == "session":
    STEPS["log out one device"] = log_out_one_device
    STEPS["catch a stolen token"] = catch_a_stolen_refresh_token
