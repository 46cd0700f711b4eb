"""Who is killed, and when."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    import random


class Victim(enum.Enum):
    """What comes to its end."""

    TAP = "tap"
    TAP_ASKED = "tap (SIGTERM)"
    TARGET = "target"
    EVERYTHING = "everything"
    CONNECTION = "connection"


class Moment(enum.Enum):
    """What a kill waits for; its number says how many of these."""

    LINE = "lines of the tap"
    HALF_LINE = "lines of the tap, the last of which is cut in two"
    REQUEST = "requests"
    TENTH = "tenths of a second"


MOMENTS = {
    Victim.TAP: (Moment.LINE, Moment.HALF_LINE, Moment.REQUEST, Moment.TENTH),
    Victim.TAP_ASKED: (Moment.LINE, Moment.REQUEST, Moment.TENTH),
    Victim.TARGET: (Moment.LINE, Moment.TENTH),
    Victim.EVERYTHING: (Moment.LINE, Moment.REQUEST, Moment.TENTH),
    Victim.CONNECTION: (Moment.REQUEST,),
}
"""When each can be killed."""


@dataclass(frozen=True)
class Kill:
    """One kill."""

    victim: Victim
    moment: Moment
    number: int

    @override
    def __str__(self) -> str:
        return f"{self.victim.value} after {self.number} {self.moment.value}"

    def is_due_after(self, line: int) -> bool:
        """Return whether it is due when a line of the tap was handed on."""
        return self.moment is Moment.LINE and self.number == line


@dataclass
class Reach:
    """How far a run comes that nobody disturbs, as far as is known yet.

    Attributes:
        lines: How many lines the tap writes.
        requests: How many requests it sends.
        tenths: How many tenths of a second the tap and the target take.
    """

    lines: int
    requests: int = 10
    tenths: int = 30

    def get_max(self, moment: Moment) -> int:
        """Return the greatest number that a kill may wait for."""
        match moment:
            case Moment.REQUEST:
                return self.requests
            case Moment.TENTH:
                return self.tenths
        return self.lines

    def draw(self, victim: Victim, chance: random.Random) -> Kill:
        """Draw the moment at which a victim is killed."""
        moment = chance.choice(MOMENTS[victim])
        return Kill(victim, moment, chance.randint(1, self.get_max(moment)))
