"""The verbs that revoke tokens and end sessions."""

from typing import assert_type

from django.contrib.auth.models import User

from jwt_invalidation.revocation import (
    Reason,
    arevoke_everyone,
    arevoke_user,
    arevoke_users,
    revoke_everyone,
    revoke_token,
    revoke_user,
    revoke_users,
)
from jwt_invalidation.sessions import (
    aend_other_sessions,
    aend_session,
    aend_sessions,
    end_other_sessions,
    end_session,
    end_sessions,
)
from jwt_invalidation.tokens import AccessToken


def revoke(alice: User, token: AccessToken) -> None:
    """Users are given as keys, as instances or as a queryset; the answer is how many they were."""
    assert_type(revoke_users([1], reason="admin"), int)
    assert_type(revoke_users([alice], reason=Reason.ADMIN, actor=alice, note="lost phone"), int)
    assert_type(revoke_users(User.objects.filter(is_staff=True), reason="admin"), int)
    assert_type(revoke_user(alice, reason="admin"), int)
    revoke_everyone(reason="other", note="signing key was in a log")
    revoke_token(token, reason="admin")


def end(alice: User) -> None:
    """Sessions are named by their sid; the answer is how many were not over yet."""
    assert_type(end_sessions(["0" * 32], reason="admin"), int)
    assert_type(end_session("0" * 32, reason="admin", actor=alice), int)
    assert_type(end_other_sessions(alice, keep="0" * 32, reason="logout"), int)


async def asynchronously(alice: User) -> None:
    """The async twins take and return the same."""
    assert_type(await arevoke_users([1], reason="admin"), int)
    assert_type(await arevoke_user(alice, reason="admin"), int)
    await arevoke_everyone(reason="other")
    assert_type(await aend_session("0" * 32, reason="admin"), int)
    assert_type(await aend_sessions(["0" * 32], reason="admin"), int)
    assert_type(await aend_other_sessions(alice, keep="0" * 32, reason="logout"), int)


def mistakes(alice: User) -> None:
    """A reason is required, and only by name."""
    revoke_users([1])  # type: ignore[call-arg]
    revoke_users([1], "admin")  # type: ignore[call-arg]
    end_session("0" * 32)  # type: ignore[call-arg]
    end_session(7, reason="admin")  # type: ignore[arg-type]
    end_other_sessions(alice, reason="logout")  # type: ignore[call-arg]
