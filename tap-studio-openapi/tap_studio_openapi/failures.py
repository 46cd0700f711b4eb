"""What has failed: each part for itself, and told together at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping, Sequence

    from singer_sdk.streams import Stream

MOST_LISTED = 50


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

    def sum_up_after(self, stream: Stream, streams: Mapping[str, Stream]) -> None:
        """Raise one error about all of them, once the last of the streams has come to its end.

        The SDK ends streams one after the other, and has no hook for when all are through.

        Args:
            stream: The stream that has come to its end.
            streams: All streams, in the order in which they end.

        Raises:
            SyncFailedError: There are some, and it is the last one.
        """
        if stream is list(streams.values())[-1]:
            self.sum_up()
