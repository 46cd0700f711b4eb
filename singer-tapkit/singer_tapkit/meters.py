"""What a stream measures: all its records, its seconds, and whether it has succeeded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from singer_sdk import metrics
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from singer_sdk.helpers.types import Context


class RecordCounter(metrics.Counter):
    """A counter that also knows the total of the run, as the SDK's begins anew whenever it logs."""

    total = 0

    @override
    def increment(self, value: int = 1) -> None:
        self.total += value
        super().increment(value)


class SyncTimer(metrics.Timer):
    """A timer that takes the stream's word for its success.

    The SDK takes every stream for one that has succeeded, unless it has raised an exception.

    Attributes:
        seconds: How long all readings of the stream took together; None if there was none.
    """

    seconds: float | None = None

    def __init__(
        self, metric: metrics.Metric, tags: dict[str, Any], *, has_failed: Callable[[], bool]
    ) -> None:
        """Prepare to measure."""
        super().__init__(metric, tags)
        self._has_failed = has_failed

    @override
    def __exit__(self, exc_type: type[BaseException] | None, *_: object) -> None:
        self.pause()
        self.log(exc_type)

    def pause(self) -> None:
        """Count the seconds since the last beginning."""
        self.seconds = (self.seconds or 0.0) + self.elapsed()

    def log(self, exc_type: type[BaseException] | None = None) -> None:
        """Log the measurement, and what has ended the stream, if anything."""
        failed = exc_type is not None or self._has_failed()
        self.tags[metrics.Tag.STATUS] = (
            metrics.Status.FAILED if failed else metrics.Status.SUCCEEDED
        )
        metrics.log(self.logger, metrics.Point("timer", self.metric, self.seconds, self.tags))


class AggregateCounter(RecordCounter):
    """A counter over all parents, which still logs at its usual interval."""

    @override
    def __enter__(self) -> Self:
        return self

    @override
    def __exit__(self, *_: object) -> None: ...

    @override
    def with_context(self, value: Context | None) -> None: ...


class AggregateTimer(SyncTimer):
    """A timer over all parents."""

    @override
    def __exit__(self, *_: object) -> None:
        self.pause()

    @override
    def with_context(self, value: Context | None) -> None: ...
