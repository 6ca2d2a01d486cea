"""Users and tokens under every sequence of events: accepted equals alive, for every token issued."""

from contextlib import suppress
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import transaction
from hypothesis import HealthCheck, settings, stateful
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, initialize, invariant, multiple, rule
import pytest
from rest_framework.test import APIClient
import time_machine

from jwt_invalidation import revocation
from jwt_invalidation.models import TokenEpoch
from jwt_invalidation.users import is_active_is_stored
from tests.support import legacy, people
from tests.support.hashers import QuickHasher

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORDS = st.sampled_from(["correct horse", "another horse", "third horse"])
HAS_IS_ACTIVE = is_active_is_stored()


@dataclass(eq=False)
class Person:
    """What the model knows of a user, independently of the app."""

    key: object
    password: str
    # The stored hash and those it was upgraded from; the app remembers nine.
    hashes: list[str]
    is_active: bool = True
    exists: bool = True


@dataclass(eq=False)
class Issued:
    """A token, and whether it has been taken back."""

    text: str
    person: Person
    is_refresh: bool
    is_taken_back: bool = False

    @property
    def is_alive(self):
        return self.person.exists and self.person.is_active and not self.is_taken_back


class Site(stateful.RuleBasedStateMachine):
    """One site, its users and every token it ever issued."""

    people_known = Bundle("people_known")
    copies = Bundle("copies")

    @initialize()
    def open(self):
        self.client = APIClient()
        self.issued = []
        self.clock = time_machine.travel("2026-03-01T12:00:00Z", tick=False)
        self.now = self.clock.start()
        self.iterations = QuickHasher.iterations
        self.number = 0
        get_user_model()._base_manager.all().delete()
        TokenEpoch.objects.all().delete()

    def teardown(self):
        self.clock.stop()
        QuickHasher.iterations = self.iterations

    def user(self, person):
        return get_user_model()._base_manager.get(pk=person.key)

    def take_back(self, person):
        for token in self.issued:
            if token.person is person:
                token.is_taken_back = True

    def keep(self, pair, person):
        self.issued.append(Issued(pair["access"], person, is_refresh=False))
        if "refresh" in pair:
            self.issued.append(Issued(pair["refresh"], person, is_refresh=True))

    def note_upgrade(self, person):
        """A login may have stored another hash of the same password."""
        stored = self.user(person).password
        if stored not in person.hashes:
            person.hashes = [*person.hashes, stored][-9:]

    def replace_the_hash(self, person):
        self.take_back(person)
        person.hashes = [self.user(person).password]

    @rule(target=people_known, password=PASSWORDS)
    def join(self, password):
        self.number += 1
        user = people.make(f"user{self.number}", password)
        return Person(user.pk, password, [user.password])

    @rule(person=people_known, password=PASSWORDS)
    def log_in(self, person, password):
        if not person.exists:
            return
        answer = people.login(self.client, self.user(person), password)
        self.note_upgrade(person)
        is_entitled = person.is_active and password == person.password
        assert answer.status_code == (200 if is_entitled else 401)
        if is_entitled:
            self.keep(answer.json(), person)

    @rule(person=people_known)
    def upgrade_the_hash(self, person):
        if person.exists and person.is_active:
            QuickHasher.iterations += 1
            self.log_in(person, person.password)

    @rule(person=people_known)
    def be_issued_a_token_without_claims(self, person):
        if person.exists and person.is_active:
            self.keep(legacy.pair_of(self.user(person)), person)

    @rule(data=st.data())
    def refresh(self, data):
        tokens = [token for token in self.issued if token.is_refresh]
        if tokens:
            token = data.draw(st.sampled_from(tokens))
            answer = people.refresh(self.client, token.text)
            assert answer.status_code == (200 if token.is_alive else 401)
            if token.is_alive:
                self.keep(answer.json(), token.person)

    @rule(
        person=people_known,
        password=PASSWORDS,
        way=st.sampled_from(["save", "field", "update", "hash", "atomic"]),
    )
    def change_the_password(self, person, password, way):
        if not person.exists:
            return
        user = self.user(person)
        user.set_password(password)
        if way == "update":
            type(user)._base_manager.filter(pk=user.pk).update(password=user.password)
        elif way == "atomic":
            with transaction.atomic():
                user.save()
        else:
            user._password = None if way == "hash" else password
            user.save(update_fields=["password"] if way == "field" else None)
        person.password = password
        self.replace_the_hash(person)

    @rule(person=people_known)
    def change_the_password_and_roll_back(self, person):
        if person.exists:
            with suppress(RuntimeError), transaction.atomic():
                user = self.user(person)
                user.set_password("never")
                user.save()
                raise RuntimeError

    if HAS_IS_ACTIVE:

        @rule(person=people_known, is_active=st.booleans(), by_update=st.booleans())
        def set_active(self, person, is_active, by_update):
            if not person.exists:
                return
            if by_update:
                users = get_user_model()._base_manager.filter(pk=person.key)
                users.update(is_active=is_active)
            else:
                user = self.user(person)
                user.is_active = is_active
                user.save()
            if person.is_active != is_active:
                self.take_back(person)
            person.is_active = is_active

    @rule(person=people_known, is_staff=st.booleans())
    def edit_the_profile(self, person, is_staff):
        if person.exists:
            user = self.user(person)
            user.is_staff = is_staff
            user.save()

    @rule(target=copies, person=people_known)
    def keep_a_copy(self, person):
        if not person.exists:
            return multiple()
        return (person, self.user(person), person.password, person.is_active)

    @rule(copy=consumes(copies))
    def save_a_stale_copy(self, copy):
        person, user, password, is_active = copy
        if not person.exists:
            return
        user.save()
        if user.password not in person.hashes:
            self.replace_the_hash(person)
        if person.is_active != is_active:
            self.take_back(person)
        person.password, person.is_active = password, is_active

    @rule(person=people_known)
    def revoke(self, person):
        count = revocation.revoke_users([person.key], reason="admin")
        assert count == int(person.exists)
        self.take_back(person)

    @rule()
    def revoke_everyone(self):
        revocation.revoke_everyone(reason="other")
        for token in self.issued:
            token.is_taken_back = True

    @rule(person=people_known)
    def delete(self, person):
        if person.exists:
            self.user(person).delete()
            person.exists = False

    @invariant()
    def accepted_is_alive(self):
        for token in self.issued:
            answer = people.verify(self.client, token.text)
            assert (answer.status_code == 200) == token.is_alive, answer.json()
            if not token.is_refresh:
                assert people.ask(self.client, token.text).status_code == answer.status_code
        # Tokens without claims are told from earlier revocations by whole seconds.
        self.now.shift(1)


def test_accepted_is_alive_for_every_token_ever_issued():
    stateful.run_state_machine_as_test(
        Site,
        settings=settings(
            max_examples=50,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
