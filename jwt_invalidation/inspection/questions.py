"""Put to a token each question that its entrance and the gate do, in their order; write nothing."""

from typing import Any, NamedTuple

from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.tokens import BlacklistMixin, Token

from .. import gate
from ..claims import is_numeric_date, is_unversioned
from ..conf import conf
from ..exceptions import NoActiveAccount, TokenRevoked, UserInactive
from ..humanize import from_now, in_utc
from ..state.snapshot import Difference, Snapshot, snapshot_of
from ..strategies.active import (
    active_strategies,
    simplejwt_maintains_outstanding_tokens,
    strategies_are_stateless,
)
from ..strategies.base import Strategy
from ..token_blacklist import blacklist_is_installed, outstanding
from ..users import write_alias
from .endpoint import is_for_refresh, purpose_of, type_problem, unverified, verified
from .faults import find_faults, is_expired
from .signature import Parts, signature_problem

AGE = "age"


class Finding(NamedTuple):
    """The answer to one question, in words."""

    about: str
    words: str
    #: The one that a client gets who is refused for it; none, if this is no reason to refuse.
    code: str = ""


def code_of(findings: list[Finding]) -> str:
    """Return the code that the client gets: that of the first reason to refuse, if there is one."""
    return next((each.code for each in findings if each.code), "")


def is_worth_asking(findings: list[Finding]) -> bool:
    """Is it known whose token it is? So it is if nothing but its age is against it."""
    return not any(each.code for each in findings if each.about != AGE)


def verify(text: str, parts: Parts) -> list[Finding]:
    """Return what there is to say without a database; of a bad signature, nothing else."""
    token = unverified(parts.claims)
    backend = token.get_token_backend()
    problem = signature_problem(text, backend)
    refused = InvalidToken.default_code
    if problem:
        return [Finding("signature", problem, refused)]
    faults, is_unusable = find_faults(text, token), bool(type_problem(parts.claims))
    findings = [
        Finding("signature", f"good, {backend.algorithm} with the key of this site"),
        Finding("type", purpose_of(parts.claims), refused if is_unusable else ""),
        Finding("claims", "; ".join(faults) or "well-formed", refused if faults else ""),
    ]
    if not is_numeric_date(token.get("exp")):
        return findings
    if is_expired(text, token):
        return [*findings, Finding(AGE, f"expired {from_now(token['exp'])}", refused)]
    return [*findings, Finding(AGE, f"exp is {from_now(token['exp'])}")]


def ask(text: str, parts: Parts, *, is_too_old: bool) -> list[Finding]:
    """Return what the database says of a token whose signature is good.

    One that has expired is judged as if it had not: it may have been taken back before.
    """
    token = unverified(parts.claims)
    findings = _simplejwts_list(token)
    try:
        if not (is_too_old or code_of(findings)):
            token = verified(text, parts.claims)
    except InvalidToken as error:
        findings.append(Finding("entrance", _words_of(error), _code_of(error)))
    try:
        user = gate.load_user_named_in(token)
    except AuthenticationFailed as error:
        return [*findings, Finding("user", "there is none of this id", _code_of(error))]
    findings += [_account(token, user), _state(token, snapshot_of(user))]
    findings += [_verdict(strategy, token, user) for strategy in active_strategies()]
    return findings if is_too_old else findings + _stateless(token)


def _simplejwts_list(token: Token) -> list[Finding]:
    """Say whether simplejwt itself has the token on its blacklist, if it looks there at all."""
    is_listed_by_it = isinstance(token, BlacklistMixin) and simplejwt_maintains_outstanding_tokens()
    if not (is_listed_by_it and blacklist_is_installed()):
        return []
    own = outstanding(write_alias(), jti=token[conf.simplejwt.JTI_CLAIM])
    listed = own.filter(blacklistedtoken__isnull=False)
    since = listed.values_list("blacklistedtoken__blacklisted_at", flat=True).first()
    if since is None:
        return [Finding("blacklist", "simplejwt's has it not")]
    words = f"on simplejwt's since {in_utc(since.timestamp())}"
    return [Finding("blacklist", words, InvalidToken.default_code)]


def _account(token: Token, user: Any) -> Finding:
    name = f"{user.get_username()}, primary key {user.pk}"
    if is_for_refresh(token.payload):
        is_let_in = conf.simplejwt.USER_AUTHENTICATION_RULE(user)
        code = NoActiveAccount.default_code
    else:
        is_let_in = user.is_active or not conf.simplejwt.CHECK_USER_IS_ACTIVE
        code = UserInactive.default_code
    if is_let_in:
        return Finding("user", name)
    return Finding("user", f"{name}, is inactive", code)


def _state(token: Token, seen: Snapshot) -> Finding:
    difference = seen.difference()
    if difference.is_agreement:
        return Finding("state", "the user is as on record")
    if not seen.has_state and is_unversioned(token.payload):
        return Finding("state", "nothing is on record yet; the first use of the token changes that")
    if not seen.has_state:
        words = "nothing is on record of the user, so the token is of another, or of older tables"
    elif difference is Difference.PASSWORD:
        words = "the password was changed behind Django's back"
    else:
        verb = "reactivated" if seen.stored_is_active else "deactivated"
        words = f"the account was {verb} behind Django's back"
    return Finding("state", words, TokenRevoked.default_code)


def _verdict(strategy: Strategy, token: Token, user: Any) -> Finding:
    try:
        strategy.check(token, user)
        code = ""
    except AuthenticationFailed as error:
        code = _code_of(error)
    return Finding(type(strategy).__name__, strategy.explain(token, user) or "", code)


def _stateless(token: Token) -> list[Finding]:
    """Say what views that ask no database do, if the site may have some."""
    if not strategies_are_stateless() or is_for_refresh(token.payload):
        return []
    try:
        gate.admit_stateless(token)
    except AuthenticationFailed as error:
        return [Finding("stateless views", "they refuse it, too", _code_of(error))]
    return [Finding("stateless views", "they let it in until it expires, revoked or not")]


def _code_of(error: AuthenticationFailed) -> str:
    detail: Any = error.detail
    return str(detail["code"] if isinstance(detail, dict) else detail.code)


def _words_of(error: InvalidToken) -> str:
    detail: Any = error.detail
    messages = [each["message"] for each in detail.get("messages", ())]
    return "; ".join(str(each) for each in messages or [detail["detail"]])
