"""One step of the demo: each answer, compared with the promised one."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter

from .people import Device
from .promise import promised
from .refusal import Refusal, find_refusals


@dataclass(frozen=True)
class Observation:
    """One answer, and the promised one."""

    who: str
    what: str
    got: str
    expected: str

    @property
    def is_as_promised(self) -> bool:
        """Is it the promised answer?"""
        return self.got == self.expected


class Step:
    """Collects the observations of one step."""

    def __init__(self, number: int, title: str) -> None:
        self.number = number
        self.title = title
        self.observations: list[Observation] = []
        #: By endpoint.
        self.refusals: dict[str, list[Refusal]] = {}

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_as_promised(self) -> bool:
        """Was every answer the promised one?"""
        return all(each.is_as_promised for each in self.observations)

    @property
    def summary(self) -> str:
        """All observations in one line. Neighbours with the same observations are merged."""
        told = [
            (who, _tell(list(group)))
            for who, group in groupby(self.observations, key=attrgetter("who"))
        ]
        return "; ".join(
            f"{', '.join(who for who, _ in alike)}: {what}"
            for what, alike in groupby(told, key=itemgetter(1))
        )

    @property
    def complaints(self) -> list[str]:
        """What was not as promised, one line each."""
        return [
            f"{each.who} {each.what}: expected {each.expected}, got {each.got}"
            for each in self.observations
            if not each.is_as_promised
        ]

    def observe(self, who: str, what: str, got: object, expected: object) -> None:
        """Record an answer and the promised one."""
        self.observations.append(Observation(who, what, str(got), str(expected)))

    def observe_endpoints(self, device: Device, expected: str) -> None:
        """Record what every endpoint answers to the tokens of a device."""
        for endpoint, answer in device.ask_endpoints().items():
            self.observe(device.name, endpoint, answer, expected)

    def observe_refusals(self, device: Device, answer: str, **exceptions: str) -> None:
        """Record when the tokens of a device are refused, and what the strategy promises.

        ``answer`` is the gate's. ``exceptions`` are other answers, by endpoint.
        """
        for endpoint, refusal in find_refusals(device).items():
            self.refusals.setdefault(endpoint, []).append(refusal)
            expected = promised(endpoint, exceptions.get(endpoint, answer))
            self.observe(device.name, endpoint, refusal, expected)


def _tell(observations: list[Observation]) -> str:
    alike = groupby(observations, key=attrgetter("got"))
    return ", ".join(f"{'/'.join(each.what for each in group)} {got}" for got, group in alike)
