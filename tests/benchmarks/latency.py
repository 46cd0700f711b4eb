"""How much a tap gains by having several requests under way, where each answer takes its time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.benchmarks import serving
from tests.benchmarks.measure import Measurement, measure
from tests.sandbox.faults import Delay

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from tests.sandbox.sandbox import Sandbox
    from tests.sandbox.traffic import ReceivedRequest

LATENCY = 0.15
"""Seconds until the sandbox begins to answer."""

SECONDS_PER_MINUTE = 60


@dataclass(frozen=True)
class Traffic:
    """A run, and the requests that it sent."""

    measurement: Measurement
    requests: Sequence[ReceivedRequest]

    @property
    def refused(self) -> int:
        """How many requests were too many."""
        return sum(request.status == HTTPStatus.TOO_MANY_REQUESTS for request in self.requests)

    def share_of_limit(
        self, per_minute: float, counted_as: Callable[[ReceivedRequest], Hashable]
    ) -> float:
        """Return how much of a limit was used, 1 being all of it.

        Args:
            per_minute: How many requests are allowed of each kind.
            counted_as: Tells the kind of a request, such as its key and its endpoint.

        Returns:
            The share of the kind that was asked for most often, as the others cannot take longer:
            its requests by what the limit allows from the first to the last of them. A minute that
            has begun allows as many as a whole one.
        """
        times = defaultdict(list)
        for request in self.requests:
            times[counted_as(request)].append(request.time)
        busiest = max(times.values(), key=len)
        minutes = (max(busiest) - min(busiest)) // SECONDS_PER_MINUTE + 1
        return len(busiest) / (minutes * per_minute)


def run(make: Callable[[], Sandbox], command: Callable[[str], Sequence[str]]) -> Traffic:
    """Measure a command against a sandbox that answers late.

    Args:
        make: Makes the sandbox; it must fit into a pickle.
        command: Gives the command from the URL.
    """
    with serving.serve_apart(make, Delay(LATENCY)) as server:
        measurement = measure(command(server.url))
    return Traffic(measurement, server.requests)
