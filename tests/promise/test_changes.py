"""Every way to change a user, and whether her tokens die of it: the rows of docs/design/changes.rst."""

import pytest

from jwt_invalidation.models import Revocation
from tests.support import people
from tests.support.changes import (
    another_receiver_raises_first,
    assign_a_hash_and_save,
    assign_a_hash_and_save_the_field,
    bulk_create_updating_conflicts,
    bulk_update,
    changepassword_of_the_same_password,
    deactivate_and_reactivate,
    deactivate_and_reactivate_the_field,
    deactivate_by_expression,
    deactivate_by_save,
    deactivate_by_update,
    deactivate_by_update_and_reactivate_by_save,
    deferred_password_then_set,
    loaddata,
    new_instance_of_the_same_key,
    pickled_instance_saved_over_a_change,
    queryset_aupdate,
    queryset_update,
    raw_save_base,
    raw_sql,
    row,
    set_password_and_asave,
    set_password_and_save,
    set_password_and_save_the_field,
    set_unusable_password_and_save,
    signals_muted,
    stale_instance_saved_over_a_change,
    update_or_create,
)
from tests.support.harmless import (
    change_in_a_savepoint_that_is_rolled_back,
    change_in_a_transaction_that_is_rolled_back,
    edit_the_profile,
    log_in_to_the_site,
    refresh_and_save,
    save_a_partial_instance,
    save_no_field,
    save_unchanged,
    save_with_an_expression,
    set_and_put_back_within_a_transaction,
    set_password_and_save_something_else,
)
from tests.support.pairs import assert_alive, assert_dead, assert_revoked
from tests.support.user_models import needs_is_active

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "other"]),
    pytest.mark.any_user_model,
]


@pytest.mark.parametrize(
    "change",
    [
        row(1, set_password_and_save),
        row(2, set_password_and_save_the_field),
        row(5, set_password_and_asave),
        row(6, set_unusable_password_and_save),
        row(7, assign_a_hash_and_save),
        row(8, assign_a_hash_and_save_the_field),
        row("9b", update_or_create),
        row(14, changepassword_of_the_same_password),
        row(16, queryset_update),
        row(16, queryset_aupdate),
        row(16, bulk_update),
        row(17, bulk_create_updating_conflicts),
        row(18, raw_sql),
        row(20, loaddata),
        row(21, raw_save_base),
        row(23, deferred_password_then_set),
        row(25, stale_instance_saved_over_a_change),
        row(26, new_instance_of_the_same_key),
        row(43, signals_muted),
        row(49, pickled_instance_saved_over_a_change),
        row(51, another_receiver_raises_first),
        row(12, deactivate_and_reactivate, needs_is_active),
        row(12, deactivate_and_reactivate_the_field, needs_is_active),
        row(25, deactivate_by_update_and_reactivate_by_save, needs_is_active),
    ],
)
def test_a_change_of_the_credentials_kills_the_tokens_from_before(client, alice, bob, change):
    hers, his = people.tokens(client, alice), people.tokens(client, bob)

    change(alice)

    assert_revoked(client, hers)
    if change is not raw_sql:
        assert_alive(client, his)
    # Seen once more, it stays as it is, and whoever is entitled gets in.
    assert_revoked(client, hers)
    alice = type(alice).objects.get(pk=alice.pk)
    alice.set_password("the last horse")
    alice.save()
    assert_alive(client, people.tokens(client, alice, "the last horse"))


@needs_is_active
@pytest.mark.parametrize(
    "change",
    [
        row(12, deactivate_by_save),
        row(16, deactivate_by_update),
        row(19, deactivate_by_expression),
    ],
)
def test_a_deactivated_user_is_refused_and_so_are_her_old_tokens_when_she_is_back(
    client, alice, change
):
    hers = people.tokens(client, alice)

    change(alice)

    assert_dead(client, hers, code="user_inactive", at_refresh="no_active_account")
    type(alice).objects.filter(pk=alice.pk).update(is_active=True)
    assert_revoked(client, hers)
    assert_alive(client, people.tokens(client, alice))


@pytest.mark.parametrize(
    "change",
    [
        row(3, set_password_and_save_something_else),
        row(4, save_no_field),
        row(15, log_in_to_the_site),
        row(19, save_with_an_expression),
        row(22, save_a_partial_instance),
        row(24, refresh_and_save),
        row(37, change_in_a_transaction_that_is_rolled_back),
        row(38, change_in_a_savepoint_that_is_rolled_back),
        row("profile", edit_the_profile),
        row("profile", save_unchanged),
        row("profile", set_and_put_back_within_a_transaction),
    ],
)
def test_no_other_write_logs_anybody_out(client, alice, change):
    hers = people.tokens(client, alice)

    change(alice)

    assert_alive(client, hers)
    assert not Revocation.objects.exists()
