"""Erase what sessions say about the devices of one user, in code and on the command line."""

from io import StringIO

from asgiref.sync import async_to_sync
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
import pytest

from jwt_invalidation import sessions
from jwt_invalidation.models import Revocation, TokenSession
from jwt_invalidation.sessions import aerase_devices, erase_devices
from tests.support import people
from tests.support.commands import renamed
from tests.support.pairs import assert_alive
from tests.support.sessions import post, sid_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_user_model]


def log_in(client, user):
    headers = {"User-Agent": "Firefox"}
    return client.post(
        "/api/token/", people.credentials(user), headers=headers, REMOTE_ADDR="192.0.2.7"
    ).json()


def devices_of(user):
    known = TokenSession.objects.filter(user=user.pk)
    return sorted(known.values_list("ip_address", "user_agent"), key=str)


def run(*arguments):
    out = StringIO()
    call_command("erase_devices", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def three(client, alice, bob):
    """Return a live session of Alice's. Another of hers is over, and Bob has one."""
    live, over = log_in(client, alice), log_in(client, alice)
    sessions.end_session(sid_of(over), reason="logout")
    log_in(client, bob)
    return live


@pytest.mark.parametrize("by", ["instance", "key"])
def test_the_devices_of_one_user_are_erased_and_nobody_is_logged_out(client, alice, bob, three, by):
    erased = erase_devices(alice if by == "instance" else alice.pk)

    assert erased == 2
    assert devices_of(alice) == [(None, "")] * 2
    assert devices_of(bob) == [("192.0.2.7", "Firefox")]
    assert_alive(client, three)


def test_a_second_time_there_is_nothing_to_erase(alice, three):
    assert (erase_devices(alice), erase_devices(alice)) == (2, 0)


@pytest.mark.parametrize(
    ("address", "agent"), [("192.0.2.7", ""), (None, "Firefox")], ids=["address", "agent"]
)
def test_either_of_the_two_alone_is_erased_as_well(alice, three, address, agent):
    TokenSession.objects.update(ip_address=address, user_agent=agent)

    assert erase_devices(alice) == 2
    assert devices_of(alice) == [(None, "")] * 2


def test_after_it_no_use_of_a_session_records_its_device_again(client, alice, three, rotating):
    erase_devices(alice)

    assert people.refresh(client, three["refresh"]).status_code == 200
    assert devices_of(alice) == [(None, "")] * 2


def test_the_log_of_revocations_says_nothing_of_a_device(client, alice, three):
    post(client, "logout", {"refresh": three["refresh"]})

    for entry in Revocation.objects.values():
        assert not [each for each in entry.values() if str(each) in ("192.0.2.7", "Firefox")]


def test_it_can_be_awaited(alice, three):
    assert async_to_sync(aerase_devices)(alice) == 2


@pytest.mark.parametrize("nobody", ["\udce4", None, object()])
def test_what_is_no_user_is_an_error_and_erases_nothing(alice, bob, three, nobody):
    if type(alice.pk) is str and nobody is not None:
        pytest.skip("whatever has a text may be a key")
    with pytest.raises((TypeError, ValueError)):
        erase_devices(nobody)

    assert devices_of(bob) == [("192.0.2.7", "Firefox")]


def test_the_command_erases_the_devices_of_those_it_names(alice, bob, three):
    assert run(alice.get_username()) == "Erased the devices of 2 sessions.\n"

    assert devices_of(alice) == [(None, "")] * 2
    assert devices_of(bob) == [("192.0.2.7", "Firefox")]


def test_the_command_takes_names_and_keys_and_counts_each_user_once(alice, bob, three):
    printed = run(bob.get_username(), "--pk", str(bob.pk))

    assert printed == "Erased the devices of 1 session.\n"
    assert devices_of(bob) == [(None, "")]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nobody"], "No user is named 'nobody'. Nothing was erased."),
        (["--pk", "99999999"], "No user has the primary key '99999999'. Nothing was erased."),
        ([], "No user is selected: pass user names or --pk."),
    ],
)
def test_the_command_fails_if_one_of_them_is_unknown_and_erases_nothing(
    alice, three, arguments, complaint
):
    named = [alice.get_username(), *arguments] if arguments else []

    with pytest.raises(CommandError) as caught:
        run(*named)

    assert str(caught.value) == complaint
    assert caught.value.returncode == 1
    assert len(set(devices_of(alice))) == 1
    assert devices_of(alice)[0] == ("192.0.2.7", "Firefox")


def test_the_command_says_what_is_missing(alice, three):
    with renamed(TokenSession), pytest.raises(CommandError, match=r"`manage\.py migrate`"):
        run(alice.get_username())


def test_the_command_tells_a_failure_of_the_database(alice, three):
    def fail(execute, sql, params, many, context):
        if sql.startswith("UPDATE"):
            raise OperationalError("server closed the connection")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail), pytest.raises(CommandError, match="Run the command"):
        run(alice.get_username())
