"""What has failed in a run: each part by itself as it happens, and one summary at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import click
from typing_extensions import override

from singer_tapkit.errors import ExtractionError

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterable
    from typing import IO

LASTING_STATUS: Final = 1
"""The exit status if somebody has to do something before a run can succeed."""

TRANSIENT_STATUS: Final = 75
"""The exit status if the same run may succeed later, as EX_TEMPFAIL of ``sysexits.h``."""

MAX_NAMED: Final = 5
"""How many places a line of the summary names."""


class RunFailedError(click.ClickException):
    """The run has failed. The log says so at the level error, in its last line."""

    def __init__(
        self, message: str, logger: logging.Logger, exit_code: int = LASTING_STATUS
    ) -> None:
        """Describe why; each line of the message is an entry of the log."""
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]
        self._logger = logger

    @override
    def show(self, file: IO[Any] | None = None) -> None:
        for line in self.message.splitlines():
            self._logger.error(line)


class SyncFailedError(RunFailedError):
    """Parts of the run have failed; what is finished has been written, with its state."""


@dataclass
class _Cause:
    """The first of the errors that several parts have failed of, and the first places."""

    error: ExtractionError
    count: int = 0
    places: list[str] = field(default_factory=list)

    def add(self, place: str) -> None:
        self.count += 1
        if len(self.places) < MAX_NAMED:
            self.places.append(place)

    @override
    def __str__(self) -> str:
        if self.count == 1:
            return f"{self.places[0]}: {self.error}"
        more = f" and {self.count - MAX_NAMED:,} more" if self.count > MAX_NAMED else ""
        return f"{self.count:,} parts ({', '.join(self.places)}{more}): {self.error.cause}"


class FailureCollector:
    """The failures of a run. Threads may record some as well.

    Attributes:
        count: How many there are.
        by_stream: How many each stream has; those that concern all streams have no name.
    """

    def __init__(self, logger: logging.Logger) -> None:
        """Begin with none; each is logged as it happens."""
        self._logger = logger
        self._causes: dict[str, _Cause] = {}
        self._lock = Lock()
        self.count = 0
        self.by_stream: Counter[str] = Counter()

    def record(
        self, place: object, error: ExtractionError | str, *, stream: str = "", rest: str = ""
    ) -> None:
        """Note that a part of the run has failed, and log it.

        Args:
            place: What has failed.
            error: Why, and what the user can do.
            stream: Empty if it concerns all.
            rest: What becomes of the other parts, if anything.
        """
        self._logger.error("%s: %s%s", place, error, rest)
        error = error if isinstance(error, ExtractionError) else ExtractionError(error)
        with self._lock:
            self.count += 1
            self.by_stream[stream] += 1
            cause = self._causes.setdefault(error.cause, _Cause(error))
            cause.add(str(place))

    def raise_if_any(self, *, has_output: bool = False) -> None:
        """Raise one error about all failures, its last line about the most frequent cause.

        The rest is called complete if there is any output.

        Raises:
            SyncFailedError: There are some.
        """
        if not self.count:
            return
        causes = sorted(self._causes.values(), key=lambda cause: cause.count)
        is_transient = all(cause.error.is_transient for cause in causes)
        raise SyncFailedError(
            "\n".join([self._heading(causes, has_output=has_output), *map(str, causes)]),
            self._logger,
            TRANSIENT_STATUS if is_transient else LASTING_STATUS,
        )

    def _heading(self, causes: Iterable[_Cause], *, has_output: bool) -> str:
        """Return the line above the causes."""
        transient = sum(cause.count for cause in causes if cause.error.is_transient)
        lasting = self.count - transient
        kinds = [
            f"{lasting:,} until something is changed" if lasting else "",
            f"{transient:,} that may pass by itself" if transient else "",
        ]
        rest = " Everything else is complete." if has_output else ""
        return f"{self.count:,} part(s) of the sync failed: {', '.join(filter(None, kinds))}.{rest}"
