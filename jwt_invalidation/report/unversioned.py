"""What the site does with tokens that carry none of our claims, and how often it let one in."""

from dataclasses import dataclass
from datetime import datetime

from ..checks.deployment import check_unversioned_tokens
from ..conf import ACCEPT, BEFORE_INSTALLATION, conf
from ..humanize import in_utc
from ..models import Installation
from .views import Finding, findings_of


@dataclass(frozen=True)
class Unversioned:
    """The policy, the moment of installation, and the uses that the gate has counted."""

    policy: str
    findings: list[Finding]
    #: Is the installation on record? If it is not, all tokens were issued after it.
    on_record: bool
    #: Up to when tokens are from before it, in Unix seconds; null until a token was stamped.
    latest_iat: int | None
    #: How often the gate let one in. The last minute of each process is missing.
    uses: int
    #: As ISO 8601; null for never.
    used_at: str | None


def read_unversioned(*, using: str) -> Unversioned:
    """Read the row of the installation."""
    row = Installation.objects.using(using).first()
    found = row or Installation()
    used_at = found.unversioned_used_at
    return Unversioned(
        policy=conf.UNVERSIONED_TOKENS,
        findings=findings_of(check_unversioned_tokens()),
        on_record=row is not None,
        latest_iat=found.latest_iat,
        uses=found.unversioned_uses,
        used_at=None if used_at is None else used_at.isoformat(timespec="seconds"),
    )


def describe_unversioned(found: Unversioned) -> str:
    """Return which tokens are accepted, and how many were."""
    times = "once" if found.uses == 1 else f"{found.uses} times"
    last = f", last at {_in_utc(found.used_at)}" if found.used_at else ""
    return f"Tokens without a version are {_verdict(found)}. Let in {times}{last}."


def _in_utc(moment: str) -> str:
    return in_utc(datetime.fromisoformat(moment).timestamp())


def _verdict(found: Unversioned) -> str:
    if found.policy == ACCEPT:
        return "accepted"
    if found.policy != BEFORE_INSTALLATION or not found.on_record:
        return "rejected"
    if found.latest_iat is None:
        return "accepted: this app has stamped none yet"
    return f"accepted if issued by {in_utc(found.latest_iat)}"
