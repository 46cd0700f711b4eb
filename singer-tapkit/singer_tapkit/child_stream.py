"""A stream that is read anew for each record of another stream.

For each parent the SDK writes a SCHEMA and a STATE message and four log lines. Over thousands of
parents that would be most of the output; here it comes once per run.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from singer_tapkit.meters import AggregateCounter, AggregateTimer
from singer_tapkit.stream import BaseStream

if TYPE_CHECKING:
    from collections.abc import Sequence


class ChildStream(BaseStream):
    """A stream with a parent, which writes the state for both and has the only bookmark."""

    state_partitioning_keys: Sequence[str] | None = ()
    counter_class = AggregateCounter
    timer_class = AggregateTimer
    _is_announced = False

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
            self._record_counter.exit()
            self._sync_timer.log()
        super().log_sync_costs()
