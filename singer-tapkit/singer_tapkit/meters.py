"""What a stream measures: all its records, its seconds, and whether it has succeeded."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from singer_sdk import metrics
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self


class RecordCounter(metrics.Counter):
    """A counter that also knows the total, as the SDK's begins anew whenever it logs.

    Attributes:
        total: How many there were since the beginning of the run.
    """

    total = 0

    @override
    def increment(self, value: int = 1) -> None:
        self.total += value
        super().increment(value)


class SyncTimer(metrics.Timer):
    """A timer that takes the stream's word for its success.

    The SDK takes every stream for one that has succeeded, unless it has raised an exception.

    Attributes:
        seconds: How long all readings of the stream took together.
    """

    seconds = 0.0

    def __init__(
        self, metric: metrics.Metric, tags: dict[str, Any], *, has_failed: Callable[[], bool]
    ) -> None:
        """Prepare to measure.

        Args:
            metric: What is measured.
            tags: What the measurement is of.
            has_failed: Whether the stream has failed.
        """
        super().__init__(metric, tags)
        self._has_failed = has_failed
        self._begun = monotonic()

    @override
    def __enter__(self) -> Self:
        self._begun = monotonic()
        return super().__enter__()

    @override
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self.pause()
        self.log(exc_type)

    def pause(self) -> None:
        """Count the seconds since the last beginning."""
        self.seconds += monotonic() - self._begun

    def log(self, exc_type: type[BaseException] | None = None) -> None:
        """Log the measurement.

        Args:
            exc_type: What has ended the stream, if anything.
        """
        failed = exc_type is not None or self._has_failed()
        self.tags[metrics.Tag.STATUS] = (
            metrics.Status.FAILED if failed else metrics.Status.SUCCEEDED
        )
        point = metrics.Point("timer", self.metric, self.elapsed(), self.tags)
        metrics.log(self.logger, point)
