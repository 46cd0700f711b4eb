"""What has failed in a run: each part by itself as it happens, and one summary at the end."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    import logging
    from collections.abc import Sequence

MAX_LISTED: Final = 50


class SyncFailedError(click.ClickException):
    """Parts of the run have failed; what is finished has been written, with its state."""

    def __init__(self, failures: Sequence[str], count: int) -> None:
        """Sum up what has failed.

        Args:
            failures: One sentence per failed part, for the first of them.
            count: How many have failed.
        """
        lines = [f"- {failure}" for failure in failures]
        if count > len(failures):
            lines.append(f"- and {count - len(failures):,} more, which the log tells above.")
        super().__init__(
            f"{count:,} part(s) of the sync failed, everything else is complete:\n"
            + "\n".join(lines)
        )


class FailureCollector:
    """The failures of a run. Threads may record some as well.

    Attributes:
        count: How many there are.
    """

    def __init__(self, logger: logging.Logger) -> None:
        """Begin with none.

        Args:
            logger: Where each is logged as it happens.
        """
        self._logger = logger
        self._listed: list[str] = []
        self._lock = Lock()
        self.count = 0

    def record(self, failure: str) -> None:
        """Note that a part of the run has failed, and log it.

        Args:
            failure: What, why, and what the user can do.
        """
        self._logger.error(failure)
        with self._lock:
            self.count += 1
            if self.count <= MAX_LISTED:
                self._listed.append(failure)

    def raise_if_any(self) -> None:
        """Raise one error about all failures.

        Raises:
            SyncFailedError: There are some.
        """
        if self.count:
            raise SyncFailedError(self._listed, self.count)
