"""The gate, the tokens and `reissue`, as a project's own views call them."""

from typing import Any, assert_type

from django.contrib.auth.models import AbstractBaseUser, User
from rest_framework.request import Request

from jwt_invalidation.gate import admit, admit_to_refresh, load_user_named_in
from jwt_invalidation.reissue import reissue
from jwt_invalidation.tokens import AccessToken, RefreshToken, SlidingToken


def mint(alice: User) -> None:
    """``for_user`` returns the class that it was called on."""
    refresh = RefreshToken.for_user(alice)
    assert_type(refresh, RefreshToken)
    assert_type(refresh.access_token, AccessToken)
    assert_type(refresh.rotate(), RefreshToken)
    assert_type(AccessToken.for_user(alice), AccessToken)
    assert_type(SlidingToken.for_user(alice), SlidingToken)


def let_in(text: str) -> None:
    """The gate returns the user or raises, so its answer needs no test for None."""
    assert_type(admit(AccessToken(text)), AbstractBaseUser)
    assert_type(admit_to_refresh(RefreshToken(text)), AbstractBaseUser)
    assert_type(load_user_named_in(AccessToken(text)), AbstractBaseUser)
    admit(text)  # type: ignore[arg-type]


def keep_the_caller_in(request: Request) -> Any:
    """`reissue` returns the body of an answer."""
    assert_type(reissue(request), dict[str, str])
    return reissue(request)["access"]
