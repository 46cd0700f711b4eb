"""A stream that is read anew for each record of another stream.

For each parent the SDK writes a SCHEMA and a STATE message and four log lines. Over thousands of
parents that would be most of the output; here it comes once per run.
"""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any

from singer_sdk import metrics
from typing_extensions import override

from singer_tapkit.meters import RecordCounter, SyncTimer
from singer_tapkit.stream import BaseStream

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from singer_sdk.helpers.types import Context


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


class ChildStream(BaseStream):
    """A stream with a parent, which writes the state for both and has the only bookmark."""

    state_partitioning_keys: Sequence[str] | None = ()
    _is_announced = False

    @cached_property
    def _counter(self) -> AggregateCounter:
        return AggregateCounter(metrics.Metric.RECORD_COUNT, {metrics.Tag.STREAM: self.name})

    @cached_property
    def _timer(self) -> AggregateTimer:
        tags: dict[str, Any] = {metrics.Tag.STREAM: self.name}
        return AggregateTimer(
            metrics.Metric.SYNC_DURATION, tags, has_failed=lambda: self.has_failures
        )

    @override
    def get_record_counter(self, **options: Any) -> metrics.Counter:
        self._record_counter = self._counter
        return self._counter

    @override
    def get_sync_timer(self) -> metrics.Timer:
        self._sync_timer = self._timer
        return self._timer

    @override
    def log(self, message: str, *args: Any, level: int = logging.INFO, **kwargs: Any) -> None:
        is_repeated = self._is_announced and level == logging.INFO
        super().log(message, *args, level=logging.DEBUG if is_repeated else level, **kwargs)

    @override
    def _write_schema_message(self) -> None:
        if not self._is_announced:
            super()._write_schema_message()
            self._is_announced = True

    @override
    def _write_state_message(self) -> None: ...

    @override
    def log_sync_costs(self) -> None:
        if self._is_announced:
            self._counter.exit()
            self._timer.log()
        super().log_sync_costs()
