"""When a token died: found by asking, if need be with the clock moved."""

from dataclasses import dataclass
from datetime import timedelta

from .browser import Answer
from .clock import clock_at
from .people import Device

AT_ONCE = timedelta(0)


@dataclass(frozen=True)
class Refusal:
    """The first answer that was no pass, or the last one that still was."""

    answer: Answer
    #: For how long the token had lived, so the longest that it can have outlived a revocation.
    age: timedelta = AT_ONCE

    def __str__(self) -> str:
        return dated(str(self.answer), self.age) if self.answer.status == 401 else str(self.answer)


def find_refusals(device: Device) -> dict[str, Refusal]:
    """Show the tokens at each entrance; an access token that still works, until it does not."""
    found = {entrance: Refusal(answer) for entrance, answer in device.entrances().items()}
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
    """Return a refusal in words, with its time."""
    return f"{answer} {in_words(age)}"


def in_words(age: timedelta) -> str:
    """Return when a token died that was taken back."""
    if age == AT_ONCE:
        return "at once"
    minutes, seconds = divmod(round(age.total_seconds()), 60)
    return f"after {minutes} min {seconds} s"
