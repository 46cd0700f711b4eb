"""The customers of all studios, which take turns, so that all keys are used at once.

Source: the API's documentation, ``GET /v1/customers``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

from singer_tapkit import checkpoint
from singer_tapkit.errors import ExtractionError
from singer_tapkit.prefetch import round_robin
from tap_studio_openapi.customer_lists import load_checkpoint, read_customers
from tap_studio_openapi.streams.base import ObjectStream, PerParentStream, StudioStream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from singer_sdk.helpers.types import Context, Record

    from singer_tapkit.prefetch import PendingRequests
    from tap_studio_openapi.customer_lists import Page, Position
    from tap_studio_openapi.studios import Studio

STUDIOS_AT_ONCE: Final = 10


@dataclass(frozen=True)
class CustomerBatch:
    """Customers that are to be written, and what follows once they are.

    Attributes:
        studio: Whose customers they are.
        rows: The customers.
        next: Where a later run can go on; None where that is not to be kept.
        is_last: Whether the studio's customers end here.
        error: Why they end too early.
    """

    studio: Studio
    rows: list[dict[str, Any]]
    next: Position | None = None
    is_last: bool = False
    error: ExtractionError | None = None


class Customers(StudioStream):
    """All customers, one status after the other."""

    child_id = "customer_id"
    state_partitioning_keys = ("studio_id",)

    @override
    def get_records(self, context: Context | None) -> Iterator[Record]:
        lists = (self._open_list(studio) for studio in self.api.studios.values())
        batches = round_robin(lists, STUDIOS_AT_ONCE)
        if self.selected_children:
            batches = self.api.prefetcher.prefetch(batches, self._submit_batch)
        for batch in batches:
            yield from self._read_batch(batch)
            if batch.next:
                self._save_checkpoint(batch.studio, batch.next)
            if batch.is_last:
                self._end_list(batch.studio, batch.error)

    def _read_batch(self, batch: CustomerBatch) -> Iterator[Record]:
        """Yield customers; one that does not fit ends the studio's customers."""
        status = self.get_status(batch.studio)
        if batch.studio.is_lost or status.is_over:
            return
        with self.isolate(str(batch.studio), status):
            yield from self.prepare_records(batch.rows, {"studio_id": batch.studio.id})
        if status.failures_in_a_row:
            status.end()

    def _submit_batch(self, batch: CustomerBatch, pending: PendingRequests) -> None:
        self.submit_children(batch.rows, {"studio_id": batch.studio.id}, pending)

    def _open_list(self, studio: Studio) -> Iterator[CustomerBatch]:
        """Begin to read a studio's customers, and return what comes."""
        self.begin(studio)
        state = self._find_state(studio)
        found = load_checkpoint(state, self._settings_digest, self._customer_statuses)
        if found:
            self.logger.info(
                "Resuming %s where the run before was interrupted (%s, offset %s).",
                studio,
                found.position.status,
                found.position.offset,
            )
            self._started_at[studio.id] = found.started_at
        start = found.position if found else None
        pages = read_customers(self.api, studio, self._customer_statuses, start)
        return self._split_pages(studio, self.api.prefetcher.read_ahead(pages))

    def _split_pages(self, studio: Studio, pages: Iterator[Page]) -> Iterator[CustomerBatch]:
        """Yield customers one by one, each to be followed by its children, or else by page."""
        seen: set[tuple[str, str]] = set()
        try:
            for page in pages:
                rows = _take_new(page, seen)
                if self.selected_children:
                    yield from (CustomerBatch(studio, [row]) for row in rows)
                    rows = []
                if page.is_unknown_status:
                    reason = f"studios whose server knows no customers of status {page.status}"
                    self.expected_skips[reason] += 1
                yield CustomerBatch(studio, rows, page.next, is_last=page.next is None)
                if studio.is_lost:
                    return
        except ExtractionError as error:
            yield CustomerBatch(studio, [], is_last=True, error=error)

    def _save_checkpoint(self, studio: Studio, position: Position) -> None:
        """Keep that everything before a position has been written."""
        if studio.is_lost:
            return
        if not self.has_failed(studio):
            checkpoint.save(
                self._find_state(studio),
                position,
                settings=self._settings_digest,
                started_at=self._read_started_at(studio),
            )
        self.write_state()

    def _end_list(self, studio: Studio, error: ExtractionError | None) -> None:
        """Finish a studio; what was read of a list that has failed is taken up next time."""
        if error:
            self.handle_error(str(studio), self.get_status(studio), error)
        elif studio.is_lost:
            return
        else:
            checkpoint.clear(self._find_state(studio))
        self.end(studio, self._read_started_at(studio), is_complete=error is None)
        self.write_state()

    @cached_property
    def _customer_statuses(self) -> list[str]:
        return list(dict.fromkeys(self.config["customer_statuses"]))

    @cached_property
    def _settings_digest(self) -> str:
        """What a checkpoint depends on."""
        return checkpoint.settings_digest(
            {
                "statuses": self._customer_statuses,
                "start_date": self.config.get("start_date"),
                "lookback": self.config["checkin_lookback_days"],
                "streams": sorted(s.name for s in self._tap.streams.values() if s.selected),
            }
        )

    @cached_property
    def _started_at(self) -> dict[int, datetime]:
        """When the reading of a studio began, if in an earlier run."""
        return {}

    def _read_started_at(self, studio: Studio) -> datetime:
        return self._started_at.get(studio.id, studio.started_at)

    def _find_state(self, studio: Studio) -> dict[str, Any]:
        return self.get_context_state({"studio_id": studio.id})


class PerCustomerStream(PerParentStream):
    """A list per customer."""

    parent_stream_type = Customers


class ObjectPerCustomerStream(PerCustomerStream, ObjectStream):
    """An object per customer."""


def _take_new(page: Page, seen: set[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the customers of a page that were not seen under its status, and note them."""
    found = []
    for row in page.rows:
        key = (page.status, str(row.get("id")))
        if key not in seen:
            seen.add(key)
            found.append(row)
    return found
