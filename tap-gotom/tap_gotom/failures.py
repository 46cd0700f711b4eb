"""What has failed: each part for itself, and told together at the end."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

import click
from singer_sdk.streams import Stream
from typing_extensions import override

from tap_gotom.errors import told

if TYPE_CHECKING:
    import logging
    from collections.abc import Sequence

    from tap_gotom.careful_tap import CarefulTap

MOST_LISTED = 50
MOST_SKIPS_TOLD = 3
MOST_FAILURES_IN_A_ROW = 3
REST_IS_LEFT_OUT = " The rest of this stream is left out, as that was not the first in a row."


class SyncFailedError(click.ClickException):
    """Parts of the sync failed; what is finished has been written, with its state."""

    def __init__(self, failures: Sequence[str], number: int) -> None:
        """Sum up what failed.

        Args:
            failures: One sentence per failed part, for the first of them.
            number: How many have failed.
        """
        lines = [f"- {failure}" for failure in failures]
        if number > len(failures):
            lines.append(f"- and {number - len(failures):,} more, which the log tells above.")
        super().__init__(
            f"{number:,} part(s) of the sync failed, everything else is complete:\n"
            + "\n".join(lines)
        )


class Failures:
    """The failures of a run.

    Attributes:
        number: How many there are.
    """

    def __init__(self, logger: logging.Logger) -> None:
        """Begin with none.

        Args:
            logger: Where each is told as it happens.
        """
        self._logger = logger
        self._listed: list[str] = []
        self.number = 0

    def add(self, failure: str) -> None:
        """Note that a part of the run has failed, and go on with the others."""
        self._logger.error(failure)
        self.number += 1
        if self.number <= MOST_LISTED:
            self._listed.append(failure)

    def sum_up(self) -> None:
        """Raise one error about all of them.

        Raises:
            SyncFailedError: There are some.
        """
        if self._listed:
            raise SyncFailedError(self._listed, self.number)


class ForgivingStream(Stream):
    """A stream that notes what is not there and what fails, and goes on."""

    _tap: CarefulTap

    @cached_property
    def _skipped(self) -> Counter[str]:
        """How much was left out, by reason."""
        return Counter()

    def skip(self, reason: str, detail: str) -> None:
        """Note that something is left out, to be counted in the log at the end.

        Args:
            reason: What kind of thing.
            detail: Which one.
        """
        self._skipped[reason] += 1
        is_told = self._skipped[reason] <= MOST_SKIPS_TOLD
        (self.logger.warning if is_told else self.logger.debug)("Skipped, %s: %s", reason, detail)

    def fail(self, place: str, error: Exception, rest: str = "") -> None:
        """Note that a part could not be read.

        Args:
            place: Which one.
            error: Why.
            rest: What becomes of the other parts, if anything.
        """
        self._tap.failures.add(f"{place}: {told(error)}{rest}")
        self.logger.debug("Where it failed:", exc_info=error)

    @override
    def log_sync_costs(self) -> None:
        """Count what was left out, and after the last stream raise one error about all failures.

        The SDK ends streams one after the other, and has no hook for when all are through.

        Raises:
            SyncFailedError: There are some, and this is the last stream.
        """
        super().log_sync_costs()
        for reason, number in self._skipped.items():
            self.logger.warning("%s: %s skipped, %s.", self.name, f"{number:,}", reason)
        if self is list(self._tap.streams.values())[-1]:
            self._tap.failures.sum_up()
