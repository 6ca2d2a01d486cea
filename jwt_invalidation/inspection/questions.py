"""Ask about a token what its endpoint and the gate ask, in their order. Write nothing."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from django.core.management.base import CommandError
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.tokens import BlacklistMixin, Token

from .. import gate
from ..claims import is_numeric_date, is_unversioned
from ..conf import conf
from ..exceptions import NoActiveAccount, TokenRevoked, UserInactive
from ..humanize import in_utc
from ..state.secret_keys import is_newer_and_in_use
from ..state.snapshot import Difference, Snapshot, snapshot_of
from ..strategies.active import (
    active_strategies,
    simplejwt_maintains_outstanding_tokens,
    strategies_are_stateless,
)
from ..token_blacklist import blacklist_is_installed, outstanding
from ..users import write_alias
from . import verification
from .reading import PastedToken
from .verification import is_for_refresh

#: How the state on record may differ from the user, so that no token is accepted.
DIFFERENCES = {
    Difference.NO_STATE: "nothing is on record about the user; the token may be another user's",
    Difference.UNKNOWN_KEY: "recorded under another SECRET_KEY, which is not known here",
    Difference.PASSWORD: "the password was changed behind Django's back",
    Difference.DEACTIVATED: "the account was deactivated behind Django's back",
}
OUTDATED = (
    "The user was recorded under a newer SECRET_KEY than that of this process, which answers 503."
    " Whether other processes accept the token is not known. Run the command with their settings."
)


class Finding(NamedTuple):
    """The answer to one question."""

    about: str
    #: The code that a client gets who is refused for it; None if it is no reason to refuse.
    code: str | None
    #: None if the verdict says it all.
    words: str | None


def ask(pasted: PastedToken, database: AbstractContextManager[None]) -> Iterator[Finding]:
    """Yield the answer to each question. If the signature is bad, it is the only question.

    ``database`` is entered for the questions to the database. They are asked if the token is
    well-formed, even if it has expired: it may have been revoked before.
    """
    token = verification.unverified(pasted)
    signature = _ask("signature", verification.verify_signature, pasted.text, token)
    yield signature
    if signature.code:
        return
    answers = [
        _ask("type", verification.verify_type, token),
        _ask("claims", verification.verify_claims, pasted.text, token),
    ]
    is_well_formed = not any(each.code for each in answers)
    if is_numeric_date(token.get("exp")):
        answers.append(_ask("age", verification.verify_age, pasted.text, token))
    yield from answers
    if is_well_formed:
        with database:
            is_expired = any(each.code for each in answers)
            yield from _ask_database(pasted.text, token, is_refused=is_expired)


def _ask_database(text: str, token: Token, *, is_refused: bool) -> Iterator[Finding]:
    is_listed_by_simplejwt = simplejwt_maintains_outstanding_tokens() and blacklist_is_installed()
    if is_listed_by_simplejwt and isinstance(token, BlacklistMixin):
        answer = _ask("blacklist", _look_into_blacklist, token)
        yield answer
        is_refused = is_refused or bool(answer.code)
    try:
        if not is_refused:
            token = verification.verified(text, token)
    except InvalidToken as error:
        yield _refusal("endpoint", error)
    try:
        user = gate.load_user_named_in(token)
    except AuthenticationFailed as error:
        yield _refusal("user", error)._replace(words="no user has this id")
        return
    yield _ask("user", _describe_account, token, user)
    yield _ask("state", _compare_with_record, token, snapshot_of(user))
    for strategy in active_strategies():
        answer = _ask(type(strategy).__name__, strategy.check, token, user)
        yield answer._replace(words=strategy.explain(token, user))
    if strategies_are_stateless() and not (is_refused or is_for_refresh(token)):
        answer = _ask("stateless views", gate.admit_stateless, token)
        let_in = "they let it in until it expires, revoked or not"
        yield answer._replace(words="they refuse it too" if answer.code else let_in)


def _ask(about: str, question: Callable[..., Any], *arguments: Any) -> Finding:
    """Return the words that a question returns, or the refusal that it raises."""
    try:
        return Finding(about, None, question(*arguments))
    except AuthenticationFailed as error:
        return _refusal(about, error)


def _refusal(about: str, error: AuthenticationFailed) -> Finding:
    detail: Any = error.detail
    if not isinstance(detail, dict):
        # simplejwt's and our errors hold a dict. A project's strategy may raise one of DRF's.
        return Finding(about, str(detail.code), str(detail))
    words = [each["message"] for each in detail.get("messages", ())] or [detail["detail"]]
    return Finding(about, str(detail["code"]), "; ".join(map(str, words)))


def _look_into_blacklist(token: Token) -> str:
    own = outstanding(write_alias(), jti=token[conf.simplejwt.JTI_CLAIM])
    listed = own.filter(blacklistedtoken__isnull=False)
    since = listed.values_list("blacklistedtoken__blacklisted_at", flat=True).first()
    if since is None:
        return "not on simplejwt's blacklist"
    raise InvalidToken(f"on simplejwt's blacklist since {in_utc(since.timestamp())}")


def _describe_account(token: Token, user: Any) -> str:
    name = f"{user.get_username()}, primary key {user.pk}"
    if is_for_refresh(token):
        if not conf.simplejwt.USER_AUTHENTICATION_RULE(user):
            raise NoActiveAccount(f"{name}, is inactive")
    elif conf.simplejwt.CHECK_USER_IS_ACTIVE and not user.is_active:
        raise UserInactive(f"{name}, is inactive")
    return name


def _compare_with_record(token: Token, seen: Snapshot) -> str:
    difference = seen.difference()
    if difference.is_agreement:
        return "the user is as on record"
    if difference is Difference.NO_STATE and is_unversioned(token.payload):
        return "nothing is on record yet; the first use of the token changes that"
    if difference is Difference.UNKNOWN_KEY and is_newer_and_in_use(
        seen.key_ids, using=write_alias()
    ):
        raise CommandError(OUTDATED)
    raise TokenRevoked(DIFFERENCES[difference])
