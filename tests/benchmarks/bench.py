"""What a bench finds out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.benchmarks.measure import Measurement

SDK_DEFAULT = "SDK's default path"
SDK_LEAN = "SDK, msgspec, no conformance"
BY_RECORDS = "by records"
BARE = "bare loop"
DLT = "dlt, Arrow tables"
DLT_LISTS = "dlt, lists of rows"
ONE_AT_A_TIME = "one request at a time"

MAX_ROW_DIFFERENCE = 0.01
"""By which share the rows of two runs may differ that are compared; some lines are no rows."""


@dataclass(frozen=True)
class Contest:
    """Several runs over the same rows.

    Attributes:
        reads: What was read.
        runs: The measurements by who read it; names as above are what others are compared with.
    """

    reads: str
    runs: Mapping[str, Measurement]

    def ratio(self, name: str, other: str) -> float:
        """Compare the rows per second of one run with those of another.

        Raises:
            ValueError: They have not written as many rows.
        """
        one, base = self.runs[name], self.runs[other]
        if abs(one.lines - base.lines) > MAX_ROW_DIFFERENCE * base.lines:
            raise ValueError(
                f"{self.reads}: {name} wrote {one.lines:,} lines, {other} wrote {base.lines:,}."
            )
        return one.lines_per_second / base.lines_per_second

    def find_slowness(self, name: str, other: str, least: float) -> Iterator[str]:
        """Yield a complaint if a run was not so many times as fast as another one."""
        if (times := self.ratio(name, other)) < least:
            yield f"{name} was {times:.1f} times as fast as {other}, less than {least}."


@dataclass(frozen=True)
class Bench:
    """The figures of one tap.

    Attributes:
        contests: Who read what, how fast.
        notes: What else was found out, a sentence each.
        misses: Which promises are not kept, a sentence each.
    """

    contests: tuple[Contest, ...]
    notes: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
