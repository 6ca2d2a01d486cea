"""The steps of the demo: what is done on the real site, and what is promised of it."""

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
    """The site, and the people and devices that appear in every step."""

    def __init__(self, site: str, hasher: PBKDF2PasswordHasher) -> None:
        self.site = site
        self.hasher = hasher
        self.alice, self.bob, self.carol = (Person.join(name) for name in ("alice", "bob", "carol"))
        self.admin = Person.join("root", is_staff=True, is_superuser=True)
        self.laptop, self.phone = Device("laptop", site), Device("phone", site)
        self.bobs, self.carols = Device("bob", site), Device("carol", site)

    def log_in(self, step: Step, device: Device, person: Person | None = None) -> None:
        """Log in on a device, as Alice if nobody is named, and see that its tokens are alive."""
        step.see(device.name, "login", device.log_in(person or self.alice), ALIVE)
        step.see(device.name, "me", device.me(), ALIVE)


def log_in_on_two_devices(stage: Stage, step: Step) -> None:
    """Begin."""
    for device in (stage.laptop, stage.phone):
        step.see(device.name, "login", device.log_in(stage.alice), ALIVE)
        step.see_entrances(device, ALIVE)


def change_the_password(stage: Stage, step: Step) -> None:
    """Change it on the laptop; the phone can do so no more, however long its token may live."""
    alice, laptop, phone = stage.alice, stage.laptop, stage.phone
    change = laptop.change_password(alice, "a horse of another colour")
    step.see("laptop", "password", change, "204")
    step.see_refusals(phone, REVOKED)
    another = Refusal(phone.change_password(alice, "a horse of no colour"))
    step.see("phone", "password", another, promised("password", REVOKED))
    stage.log_in(step, laptop)
    stage.log_in(step, phone)


def deactivate_and_reactivate(stage: Stage, step: Step) -> None:
    """Close the account and open it again, as any code does it."""
    alice, phone = User.objects.get(pk=stage.alice.user.pk), stage.phone
    alice.is_active = False
    alice.save()
    step.see_refusals(phone, "401 user_inactive", refresh="401 no_active_account")
    step.see("phone", "login", Device("phone", stage.site).log_in(stage.alice), "401")
    alice.is_active = True
    alice.save()
    step.see_refusals(phone, REVOKED)
    stage.log_in(step, phone)


def change_a_password_by_sql(stage: Stage, step: Step) -> None:
    """Change it behind Django's back: no signal is sent, the next request that asks finds out."""
    stage.log_in(step, stage.laptop)
    alice = stage.alice
    alice.password = "set by another program"
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE auth_user SET password = %s WHERE id = %s",
            [make_password(alice.password), alice.user.pk],
        )
        step.see("SQL", "rows", cursor.rowcount, 1)
    step.see_refusals(stage.laptop, REVOKED)
    step.see_refusals(stage.phone, REVOKED)
    stage.log_in(step, stage.laptop)


def upgrade_a_hash(stage: Stage, step: Step) -> None:
    """Raise the work factor, as each release of Django does, and log in: nobody else is out."""
    stage.log_in(step, stage.laptop)
    stage.hasher.iterations *= 2
    stage.log_in(step, stage.phone)
    stored = User.objects.get(pk=stage.alice.user.pk).password
    iterations = stage.hasher.decode(stored)["iterations"]
    step.see("hash", "iterations", iterations, stage.hasher.iterations)
    step.see_entrances(stage.laptop, ALIVE)


def revoke_in_the_admin(stage: Stage, step: Step) -> None:
    """Select users on the list of the admin, choose the action, confirm."""
    stage.log_in(step, stage.laptop)
    stage.log_in(step, stage.bobs, stage.bob)
    stage.log_in(step, stage.carols, stage.carol)
    selected = [stage.bob.user.pk, stage.carol.user.pk]
    _confirm_the_action(stage, step, [str(key) for key in selected])
    noted = Revocation.objects.filter(subject__in=selected, note=NOTE)
    step.see("log", "lines with the note", noted.count(), len(selected))
    if settings.STRATEGY == "blacklist":
        listed = BlacklistedToken.objects.filter(token__user__in=selected)
        # An access and a refresh token each, from the one login.
        step.see("log", "tokens on the blacklist", listed.count(), 2 * len(selected))
    step.see_refusals(stage.bobs, REVOKED)
    step.see_refusals(stage.carols, REVOKED)
    step.see_entrances(stage.laptop, ALIVE)


def _confirm_the_action(stage: Stage, step: Step, selected: list[str]) -> None:
    admin = Browser(stage.site)
    entry = admin.get("/admin/login/?next=/admin/")
    credentials = {"username": stage.admin.user.username, "password": stage.admin.password}
    step.see("admin", "login", admin.submit(entry, "password", credentials), "302")
    users = admin.get("/admin/auth/user/")
    step.see("admin", "users", users, "200")
    ticked = {"action": ["revoke_tokens"], "index": ["0"], "_selected_action": selected}
    confirmation = admin.submit(users, "action", ticked)
    step.see("admin", "action", confirmation, "200")
    step.see("admin", "confirm", admin.submit(confirmation, "post", {"note": NOTE}), "302")


def revoke_everyone(stage: Stage, step: Step) -> None:
    """Log everybody out with one row."""
    people = {stage.laptop: stage.alice, stage.bobs: stage.bob, stage.carols: stage.carol}
    for device, person in people.items():
        stage.log_in(step, device, person)
    revocation.revoke_everyone(reason="other", note="demo")
    for device in people:
        step.see_refusals(device, REVOKED)
    stage.log_in(step, stage.laptop)


def log_out_one_device(stage: Stage, step: Step) -> None:
    """Log out on the phone; the laptop stays."""
    stage.log_in(step, stage.phone)
    step.see("phone", "logout", stage.phone.log_out(), "204")
    step.see_refusals(stage.phone, REVOKED)
    step.see_entrances(stage.laptop, ALIVE)


def catch_a_stolen_refresh_token(stage: Stage, step: Step) -> None:
    """Steal one from the phone, and use it after the phone has: that session is over for both."""
    stage.log_in(step, stage.phone)
    thief = Device("thief", stage.site)
    thief.access, thief.refresh = stage.phone.access, stage.phone.refresh
    for _ in range(2):
        step.see("phone", "refresh", stage.phone.refresh_tokens(), ALIVE)
    step.see("thief", "refresh", thief.refresh_tokens(), REVOKED)
    step.see_refusals(thief, REVOKED)
    step.see_refusals(stage.phone, REVOKED)
    step.see_entrances(stage.laptop, ALIVE)


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
