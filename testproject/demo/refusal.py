"""Find out when a token is refused, by moving the clock if necessary."""

from dataclasses import dataclass
from datetime import timedelta

from .browser import Answer
from .clock import clock_at
from .people import Device

AT_ONCE = timedelta(0)


@dataclass(frozen=True)
class Refusal:
    """The first refusal, or the last answer if the token was never refused."""

    answer: Answer
    #: Age of the token then: it cannot have outlived its revocation for longer.
    age: timedelta = AT_ONCE

    def __str__(self) -> str:
        return dated(str(self.answer), self.age) if self.answer.status == 401 else str(self.answer)


def find_refusals(device: Device) -> dict[str, Refusal]:
    """Send the tokens to each endpoint. Ask again with an access token that is still accepted."""
    found = {name: Refusal(answer) for name, answer in device.ask_endpoints().items()}
    if found["me"].answer.status == 200:
        found["me"] = _await_refusal(device)
    return found


def _await_refusal(device: Device) -> Refusal:
    claims = device.access_claims()
    for second in (claims["exp"] - 1, claims["exp"]):
        with clock_at(second):
            answer = device.me()
        refusal = Refusal(answer, timedelta(seconds=second - claims["iat"]))
        if answer.status != 200:
            break
    return refusal


def dated(answer: str, age: timedelta) -> str:
    """Return an answer in words, with the time of the refusal."""
    return f"{answer} {in_words(age)}"


def in_words(age: timedelta) -> str:
    """Return in words how long a revoked token lived."""
    if age == AT_ONCE:
        return "at once"
    minutes, seconds = divmod(round(age.total_seconds()), 60)
    return f"after {minutes} min {seconds} s"
