"""One step of the demo: what was promised beside what was seen."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter

from .people import Device
from .promise import promised
from .refusal import Refusal, find_refusals


@dataclass(frozen=True)
class Sight:
    """One answer, and the one that was promised."""

    who: str
    what: str
    got: str
    expected: str

    @property
    def is_as_promised(self) -> bool:
        """Is it the answer that was promised?"""
        return self.got == self.expected


class Step:
    """Collects what is seen in the course of a step."""

    def __init__(self, number: int, title: str) -> None:
        self.number = number
        self.title = title
        self.sights: list[Sight] = []
        #: By entrance.
        self.refusals: dict[str, list[Refusal]] = {}

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_as_promised(self) -> bool:
        """Was every answer the one that was promised?"""
        return all(sight.is_as_promised for sight in self.sights)

    @property
    def summary(self) -> str:
        """All that was seen, in one line; people who see alike one after the other share it."""
        told = [
            (who, _tell(list(sights)))
            for who, sights in groupby(self.sights, key=attrgetter("who"))
        ]
        return "; ".join(
            f"{', '.join(who for who, _ in alike)}: {what}"
            for what, alike in groupby(told, key=itemgetter(1))
        )

    @property
    def complaints(self) -> list[str]:
        """What was not as promised, a line each."""
        return [
            f"{sight.who} {sight.what}: expected {sight.expected}, got {sight.got}"
            for sight in self.sights
            if not sight.is_as_promised
        ]

    def see(self, who: str, what: str, got: object, expected: object) -> None:
        """Take down an answer beside the one that was promised."""
        self.sights.append(Sight(who, what, str(got), str(expected)))

    def see_entrances(self, device: Device, expected: str) -> None:
        """Take down what a device's tokens get everywhere."""
        for entrance, answer in device.entrances().items():
            self.see(device.name, entrance, answer, expected)

    def see_refusals(self, device: Device, answer: str, **exceptions: str) -> None:
        """Take down when a device's tokens died, beside the promise of the site's strategy.

        ``answer`` is that of the gate; ``exceptions`` are named by entrance.
        """
        for entrance, refusal in find_refusals(device).items():
            self.refusals.setdefault(entrance, []).append(refusal)
            expected = promised(entrance, exceptions.get(entrance, answer))
            self.see(device.name, entrance, refusal, expected)


def _tell(sights: list[Sight]) -> str:
    alike = groupby(sights, key=attrgetter("got"))
    return ", ".join(f"{'/'.join(each.what for each in group)} {got}" for got, group in alike)
